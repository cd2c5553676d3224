#pragma once
// Merging ordered rows of several ranges, a few rows of each at a time. Used inside this room.

#include "engine/store/store.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::store {

/// Yields the rows of several key ranges of one family as one sequence, least first, by what
/// `parse` reads from their keys; within a range that must be the order of the keys. Ranges are
/// read a few rows at a time, each time at a snapshot of its own.
template <class Id>
class Merge {
  public:
    using Parse = std::function<std::optional<Id>(std::string_view key)>;
    struct Row {
        Id id;
        std::string value;
    };

    /// `store` must outlive the merge.
    Merge(const Store& store, Family family, Parse parse)
        : store_(store), family_(family), parse_(std::move(parse)) {}

    /// Adds the rows with low <= key < high.
    void add(std::string low, std::string high) {
        ranges_.push_back({std::move(low), std::move(high), {}, 0, chunk_first, false});
        unread_.push_back(ranges_.size() - 1);
    }

    /// Returns the next row, or nothing after the last.
    result<std::optional<Row>> next() {
        for (const std::size_t index : unread_) {
            const auto filled = fill(index);
            if (!filled) return filled.error();
        }
        unread_.clear();
        if (heap_.empty()) return std::optional<Row>();
        std::pop_heap(heap_.begin(), heap_.end(), Later{*this});
        const std::size_t index = heap_.back();
        heap_.pop_back();
        Range& range = ranges_[index];
        std::optional<Row> row(std::move(range.rows[range.at++]));
        if (range.at < range.rows.size())
            push(index);
        else if (!range.ended)
            unread_.push_back(index);
        return row;
    }

  private:
    // A page over all partitions takes about one row of each; a long range is read in long chunks.
    static constexpr std::size_t chunk_first = 2;
    static constexpr std::size_t chunk_last = 128;

    struct Range {
        std::string low;
        std::string high;
        std::vector<Row> rows;
        std::size_t at;
        std::size_t chunk;  ///< rows to read next time
        bool ended;
    };
    struct Later {
        const Merge& merge;
        bool operator()(std::size_t a, std::size_t b) const {
            const Id& first = merge.ranges_[a].rows[merge.ranges_[a].at].id;
            const Id& second = merge.ranges_[b].rows[merge.ranges_[b].at].id;
            return second < first;
        }
    };

    void push(std::size_t index) {
        heap_.push_back(index);
        std::push_heap(heap_.begin(), heap_.end(), Later{*this});
    }

    result<void> fill(std::size_t index) {
        Range& range = ranges_[index];
        range.rows.clear();
        range.at = 0;
        bool damaged = false;
        std::string last;
        const auto scanned = store_.scan(
            family_, range.low, range.high, [&](std::string_view key, std::string_view value) {
                auto id = parse_(key);
                damaged = !id;
                if (damaged) return false;
                range.rows.push_back({std::move(*id), std::string(value)});
                last = key;
                return range.rows.size() < range.chunk;
            });
        if (!scanned) return scanned.error();
        if (damaged) return failure(ErrorKind::corrupt, "a row of the store has a damaged key");
        range.ended = range.rows.size() < range.chunk;
        range.chunk = std::min(range.chunk * 4, chunk_last);
        if (range.rows.empty()) return {};
        range.low = last + '\0';
        push(index);
        return {};
    }

    const Store& store_;
    Family family_;
    Parse parse_;
    std::vector<Range> ranges_;
    std::vector<std::size_t> unread_;
    std::vector<std::size_t> heap_;
};

}  // namespace countersign::store
