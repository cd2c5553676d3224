#pragma once
// How cases are opened: their ids, and the Idempotency-Keys whose cases are not durable yet.

#include "engine/runtime/messages.hpp"
#include "engine/store/keys.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace countersign::runtime {

/// Returns the shard that owns a partition when there are `shards` of them.
unsigned shard_of_partition(std::uint8_t partition, unsigned shards);
/// Returns the shard on which a department's dispatcher lives.
unsigned home_shard(std::string_view department, unsigned shards);

/// The partitions of a shard: [first, first + count).
struct OwnedPartitions {
    std::uint8_t first = 0;
    std::uint8_t count = 0;
};
OwnedPartitions owned_partitions(unsigned shard, unsigned shards);

/// Makes ids that rise with time: unique in a partition as long as case time never starts below the
/// last durable stamp.
class CaseIds {
  public:
    explicit CaseIds(OwnedPartitions owned) : owned_(owned) {}
    /// Returns an id in any of the shard's partitions.
    CaseId next(Instant now);
    /// Returns an id in that partition.
    CaseId next(Instant now, std::uint8_t partition);

  private:
    OwnedPartitions owned_;
    std::uint64_t ms_ = 0;
    std::uint32_t counter_ = 0;
    std::uint8_t turn_ = 0;
};

/// Keys of cases that are decided but not yet durable: the store does not know them.
class PendingKeys {
  public:
    struct Pending {
        CaseId case_id;
        store::Hash body{};
        std::uint64_t batch = 0;
    };
    const Pending* find(const std::string& principal, const std::string& key) const;
    void add(const std::string& principal, const std::string& key, const Pending& pending);
    void committed(std::uint64_t batch);

  private:
    using Name = std::pair<std::string, std::string>;
    std::map<Name, Pending> by_name_;
    std::deque<std::pair<std::uint64_t, Name>> order_;
};

}  // namespace countersign::runtime
