// Ids, partitions and pending keys.

#include "engine/runtime/openings.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"

#include <algorithm>

namespace countersign::runtime {

unsigned shard_of_partition(std::uint8_t partition, unsigned shards) {
    // The inverse of owned_partitions: shard i begins at ceil(i * 64 / n).
    return partition * shards / partitions;
}

unsigned home_shard(std::string_view department, unsigned shards) {
    return static_cast<unsigned>(stable_hash(department) % shards);
}

OwnedPartitions owned_partitions(unsigned shard, unsigned shards) {
    CHECK(shards >= 1 && shards <= partitions && shard < shards);
    const unsigned first = (shard * partitions + shards - 1) / shards;
    const unsigned end = ((shard + 1) * partitions + shards - 1) / shards;
    return {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(end - first)};
}

CaseId CaseIds::next(Instant now) {
    turn_ = static_cast<std::uint8_t>((turn_ + 1) % owned_.count);
    return next(now, static_cast<std::uint8_t>(owned_.first + turn_));
}

CaseId CaseIds::next(Instant now, std::uint8_t partition) {
    constexpr std::uint32_t counter_end = 1u << 24;
    const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(now.ms, 0));
    if (ms > ms_) {
        ms_ = ms;
        counter_ = 0;
    }
    CHECK(counter_ < counter_end);
    return CaseId{ms_, partition, counter_++};
}

const PendingKeys::Pending* PendingKeys::find(const std::string& principal,
                                              const std::string& key) const {
    const auto found = by_name_.find(Name(principal, key));
    return found == by_name_.end() ? nullptr : &found->second;
}

void PendingKeys::add(const std::string& principal, const std::string& key,
                      const Pending& pending) {
    order_.emplace_back(pending.batch, Name(principal, key));
    by_name_.insert_or_assign(Name(principal, key), pending);
}

void PendingKeys::committed(std::uint64_t batch) {
    while (!order_.empty() && order_.front().first <= batch) {
        by_name_.erase(order_.front().second);
        order_.pop_front();
    }
}

}  // namespace countersign::runtime
