#pragma once
// Store: ordered families of bytes with one way to write. RocksDB (rocks.hpp) and its in-memory
// twin (memory.hpp) keep the same promises, held by one conformance suite.

#include "engine/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::store {

/// The families of README.md. The numbers name them in batches, never on disk.
enum class Family : std::uint8_t {
    journal = 0,
    cases = 1,
    timers = 2,
    calls = 3,
    tasks = 4,
    filed = 5,
    values = 6,
    indexes = 7,
    definitions = 8,
    keys = 9,
    meta = 10,
};
inline constexpr std::size_t families = 11;

/// A set of row changes that is written as one. Keys and values are copied into one arena.
class Batch {
  public:
    enum class Kind : std::uint8_t { put, remove, remove_single };
    struct Change {
        Family family;
        Kind kind;
        std::string_view key;
        std::string_view value;
    };

    void put(Family family, std::string_view key, std::string_view value);
    void remove(Family family, std::string_view key);
    /// For keys that are written once and removed once (families calls and tasks).
    void remove_single(Family family, std::string_view key);
    /// Appends all changes of `other`, in order.
    void append(const Batch& other);
    void clear();

    bool empty() const { return entries_.empty(); }
    std::size_t size() const { return entries_.size(); }
    std::size_t bytes() const { return arena_.size(); }
    Change change(std::size_t index) const;

  private:
    struct Entry {
        Family family;
        Kind kind;
        std::size_t key_at;
        std::size_t key_size;
        std::size_t value_size;
    };
    void add(Family family, Kind kind, std::string_view key, std::string_view value);
    std::string arena_;
    std::vector<Entry> entries_;
};

/// What commit() reports of a batch that is durable.
struct Committed {
    std::uint64_t number = 0;  ///< counts commits of this process, from 1
};

/// One row as scan() shows it; the views live until the visitor returns.
using Visitor = std::function<bool(std::string_view key, std::string_view value)>;  ///< false stops

/// Keeps bytes. Reads see every committed batch whole or not at all. All members may be called from
/// several threads at once.
class Store {
  public:
    virtual ~Store() = default;

    /// Writes all changes as one, durable when it returns (fsync). On an error nothing may be
    /// assumed: the engine stops, and restart and replay decide.
    virtual result<Committed> commit(const Batch& batch) = 0;

    /// Returns the value of a key, or nothing.
    virtual result<std::optional<std::string>> get(Family family, std::string_view key) const = 0;

    /// Visits rows with from <= key < to in key order (an empty `to`: to the end), at a snapshot.
    virtual result<void> scan(Family family, std::string_view from, std::string_view to,
                              const Visitor& visit) const = 0;

    /// The same from the last key below `to` down to `from`.
    virtual result<void> scan_back(Family family, std::string_view from, std::string_view to,
                                   const Visitor& visit) const = 0;

    /// Returns a few lines of the store's own numbers (sizes, stalls) for operators.
    virtual std::string statistics() const = 0;
};

/// Returns the smallest key greater than every key that begins with `prefix`; empty when none is.
std::string after_prefix(std::string_view prefix);

}  // namespace countersign::store
