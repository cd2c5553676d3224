#pragma once
// The case states of a shard in memory. Idle ones are kept as long as there is room; a case with
// decisions that are not durable yet is pinned and never read from the store.

#include "engine/runtime/catalog.hpp"
#include "engine/store/journal.hpp"

#include <list>
#include <map>
#include <memory>
#include <unordered_map>

namespace countersign::runtime {

struct CaseIdHash {
    std::size_t operator()(const CaseId& id) const {
        const std::uint64_t mixed = (id.ms << 24 ^ id.counter ^ std::uint64_t{id.partition} << 56);
        return static_cast<std::size_t>(mixed * 0x9e3779b97f4a7c15ULL >> 7);
    }
};

/// A case in memory, with what its next record and rows need.
struct CachedCase {
    core::CaseState state;
    std::shared_ptr<const DeployedProcess> deployed;
    store::Head head;
    store::CaseSecret secret;
    std::map<core::TimerId, core::TimerDue> filed;  ///< where its timers' rows are
    std::size_t snapshot_bytes = 0;
    std::size_t tail_bytes = 0;
    std::uint64_t batch = 0;  ///< the last batch that holds a decision of it
    /// What it is reckoned to take: the bytes that its decisions wrote, a share of which it keeps.
    std::size_t bytes = case_bytes_least;

    /// Of a state without decisions: containers, strings, the cache's own entry.
    static constexpr std::size_t case_bytes_least = 4 << 10;
};

/// Not shared between threads.
class CaseCache {
  public:
    /// Idle cases leave when there are more than `cases_max` or when all are reckoned to take more
    /// than `bytes_max`.
    CaseCache(const store::Store& store, std::size_t cases_max, std::size_t bytes_max)
        : store_(store), cases_max_(cases_max), bytes_max_(bytes_max) {}

    /// Returns the case when it is in memory, else null.
    CachedCase* find(const CaseId& id);
    /// Returns the case, read from the store when it is not in memory. not_found or corrupt. Valid
    /// until the next load() or add(), of a pinned case until its batch is durable.
    result<CachedCase*> load(const CaseId& id, const Catalog& catalog);
    /// Adds a case that was opened just now.
    CachedCase& add(CachedCase fresh);
    /// Batches up to `batch` are durable: their cases may leave.
    void committed(std::uint64_t batch) { durable_ = batch; }

    std::size_t size() const { return entries_.size(); }
    /// The bytes that the cases are reckoned to take.
    std::size_t bytes() const { return bytes_; }
    std::uint64_t loads() const { return loads_; }

  private:
    struct Entry {
        CachedCase cached;
        std::list<CaseId>::iterator used;
        std::size_t weighed = 0;  ///< its share of bytes_
    };
    CachedCase& keep(CachedCase cached);
    CachedCase& hand_out(Entry& entry);
    void weigh();
    void evict();

    const store::Store& store_;
    std::size_t cases_max_;
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    Entry* handed_out_ = nullptr;  ///< may have grown since it was weighed
    std::uint64_t durable_ = 0;
    std::uint64_t loads_ = 0;
    std::list<CaseId> used_;  ///< most recently used first
    std::unordered_map<CaseId, Entry, CaseIdHash> entries_;
};

}  // namespace countersign::runtime
