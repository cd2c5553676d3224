#pragma once
// The timers of a shard: files their rows beside the records that move them, and gives those that
// are due, from the window over the durable index.

#include "engine/runtime/case_cache.hpp"
#include "engine/store/queries.hpp"
#include "engine/store/rows.hpp"
#include "engine/timer/window.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace countersign::runtime {

/// Not shared between threads.
class Timers {
  public:
    Timers(const store::Store& store, std::uint8_t first, std::uint8_t count,
           std::size_t window_max)
        : store_(store), window_(first, count, window_max) {}

    /// Moves the rows of these timers to where they fall due now. Returns whether any moved.
    bool file(CachedCase& cached, const std::set<core::TimerId>& touched,
              const core::Context& context, store::Batch& rows, std::uint64_t batch);
    /// Removes the row of a timer that was fired and is filed elsewhere or nowhere.
    static void drop_stale(const timer::Timer& fired, const CachedCase& cached, store::Batch& rows);

    /// Returns the nearest timer with due <= now, or nothing; fails when the index cannot be read.
    result<std::optional<timer::Timer>> pop(Instant now);
    /// Returns when the next timer is due; fails when the index cannot be read.
    result<std::optional<Instant>> next();
    void committed(std::uint64_t batch) { window_.committed(batch); }
    std::size_t in_window() const { return window_.size(); }

  private:
    result<void> refill();

    const store::Store& store_;
    timer::Window window_;
};

}  // namespace countersign::runtime
