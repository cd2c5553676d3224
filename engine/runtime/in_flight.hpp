#pragma once
// How many cases are open, against the most that a deployment takes.

#include <atomic>
#include <cstdint>

namespace countersign::runtime {

/// Counts open cases over all shards, so that opening one reads no index. Any thread.
class InFlight {
  public:
    /// `most` 0: any number, and nothing is counted. `open`: those that the store holds.
    InFlight(std::uint64_t most, std::uint64_t open) : most_(most), open_(open) {}

    std::uint64_t most() const { return most_; }
    /// Counts a case that is to be opened; false, and counts nothing, when there is no room. Shards
    /// that ask at once never pass the limit together.
    bool enter() {
        if (most_ == 0) return true;
        std::uint64_t open = open_.load(std::memory_order_relaxed);
        while (open < most_)
            if (open_.compare_exchange_weak(open, open + 1, std::memory_order_relaxed)) return true;
        return false;
    }
    /// A case has ended, or was not opened after all.
    void leave() {
        if (most_ != 0) open_.fetch_sub(1, std::memory_order_relaxed);
    }

  private:
    std::uint64_t most_;
    std::atomic<std::uint64_t> open_;
};

}  // namespace countersign::runtime
