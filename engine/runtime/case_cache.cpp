// Case states in memory, the least recently used idle ones leaving first.

#include "engine/runtime/case_cache.hpp"

#include "engine/base/check.hpp"
#include "engine/store/queries.hpp"

namespace countersign::runtime {

CachedCase* CaseCache::find(const CaseId& id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return nullptr;
    used_.splice(used_.begin(), used_, found->second.used);
    return &hand_out(found->second);
}

result<CachedCase*> CaseCache::load(const CaseId& id, const Catalog& catalog) {
    if (CachedCase* present = find(id)) return present;
    auto loaded = store::load_case(store_, id);
    if (!loaded) return loaded.error();
    ++loads_;
    CachedCase fresh;
    fresh.deployed = catalog.of_hash(loaded->state.process.hash);
    if (!fresh.deployed) {
        return failure(ErrorKind::corrupt, "cannot read case " + id.text() + ": its process " +
                                               loaded->state.process.id + " is not in the store");
    }
    const auto timers = store::timers_of_case(store_, id);
    if (!timers) return timers.error();
    for (const store::FiledTimer& timer : *timers)
        fresh.filed[timer.key.timer] = core::TimerDue{timer.key.due, timer.movable};
    fresh.state = std::move(loaded->state);
    fresh.head = loaded->head;
    fresh.secret = loaded->secret;
    fresh.snapshot_bytes = loaded->snapshot_bytes;
    fresh.tail_bytes = loaded->tail_bytes;
    fresh.bytes += loaded->snapshot_bytes + loaded->tail_bytes;
    return &keep(std::move(fresh));
}

CachedCase& CaseCache::add(CachedCase fresh) { return keep(std::move(fresh)); }

CachedCase& CaseCache::keep(CachedCase cached) {
    weigh();
    evict();
    const CaseId id = cached.state.id;
    used_.push_front(id);
    const auto [at, fresh] = entries_.try_emplace(id, Entry{std::move(cached), used_.begin()});
    CHECK(fresh);
    return hand_out(at->second);
}

CachedCase& CaseCache::hand_out(Entry& entry) {
    weigh();
    handed_out_ = &entry;
    return entry.cached;
}

void CaseCache::weigh() {
    if (handed_out_ == nullptr) return;
    bytes_ += handed_out_->cached.bytes - handed_out_->weighed;
    handed_out_->weighed = handed_out_->cached.bytes;
    handed_out_ = nullptr;
}

void CaseCache::evict() {
    // Pinned cases are the most recently used ones, so the search from the other end is short.
    auto at = used_.end();
    while ((entries_.size() >= cases_max_ || bytes_ >= bytes_max_) && at != used_.begin()) {
        --at;
        const auto found = entries_.find(*at);
        if (found->second.cached.batch > durable_) continue;
        bytes_ -= found->second.weighed;
        entries_.erase(found);
        at = used_.erase(at);
    }
}

}  // namespace countersign::runtime
