#pragma once
// Re-filing: after a change of calendars every movable timer is looked at once, nearest due first
// in each partition, in slices between other work. A clock reads right whether or not it was
// reached.

#include "engine/base/ids.hpp"
#include "engine/store/keys.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace countersign::runtime {

/// Where a shard stands in it. Not shared between threads.
class Refiling {
  public:
    /// Begins these partitions [first, first + count) anew.
    void begin(std::uint8_t first, std::uint8_t count);
    /// Begins one partition, unless it waits already.
    void begin(std::uint8_t partition);

    bool is_done() const { return left_.empty(); }
    std::uint8_t partition() const { return left_.front(); }
    const std::optional<store::TimerKey>& after() const { return after_; }
    /// The rows up to `last` were looked at.
    void advance(const store::TimerKey& last) { after_ = last; }
    /// The partition has no further row.
    void finish();

  private:
    std::deque<std::uint8_t> left_;
    std::optional<store::TimerKey> after_;
};

}  // namespace countersign::runtime
