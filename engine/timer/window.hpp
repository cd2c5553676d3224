#pragma once
// Window: the nearest timers of a shard in memory, over the durable index in the store.
// Per partition everything up to a horizon is in memory; beyond it only on disk. The window reads
// nothing itself: it says which rows it wants, and its owner scans them.

#include "engine/base/ids.hpp"

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace countersign::timer {

/// A timer as filed. Orders as the durable index does: by due, case, timer.
struct Timer {
    Instant due;
    CaseId case_id;
    std::uint8_t kind = 0;  ///< of core::TimerId
    std::uint32_t number = 0;
    auto operator<=>(const Timer&) const = default;
};

/// The rows that a window wants next: of `partition`, greater than `after` (absent: from the first
/// row), at most `rows_max`.
struct Wanted {
    std::uint8_t partition = 0;
    std::optional<Timer> after;
    std::size_t rows_max = 0;
};

/// Not shared between threads. A timer that it gives may be stale (its row was removed meanwhile):
/// whoever fires it derives the due anew.
class Window {
  public:
    /// Covers partitions [first, first + count); holds about `timers_max` in memory.
    Window(std::uint8_t first, std::uint8_t count, std::size_t timers_max);

    /// Takes a timer whose row is written in batch `batch`, not yet durable.
    void insert(const Timer& timer, std::uint64_t batch);
    /// Forgets a timer whose row is removed.
    void erase(const Timer& timer);
    /// Rows written in batches up to `batch` can be scanned from now on.
    void committed(std::uint64_t batch);

    /// Returns and forgets the nearest timer with due <= now. Nothing while rows are wanted, since
    /// a nearer one may be on disk.
    std::optional<Timer> pop(Instant now);

    /// Returns the nearest due that is known; nothing when there is no timer. Meaningful while
    /// nothing is wanted.
    std::optional<Instant> next() const;

    /// Returns what must be read before pop() goes on, or nothing.
    std::optional<Wanted> wanted() const;
    /// Takes the rows that wanted() asked for, in order; `complete` when the scan met the end.
    void refill(const Wanted& wanted, const std::vector<Timer>& rows, bool complete);

    /// Returns how many timers are in memory.
    std::size_t size() const { return size_; }

  private:
    struct Part {
        std::set<Timer> timers;
        std::optional<Timer> horizon;  ///< last position in memory; absent: nothing was read yet
        bool complete = false;         ///< all rows are in memory: there is no horizon
        bool covers(const Timer& timer) const;
        bool wants() const { return timers.empty() && !complete; }
    };
    Part& part_of(const Timer& timer);
    void trim(Part& part);

    std::uint8_t first_;
    std::size_t part_max_;
    std::vector<Part> parts_;
    std::deque<std::pair<std::uint64_t, Timer>> pending_;  ///< inserted, not yet durable
    std::size_t size_ = 0;
};

}  // namespace countersign::timer
