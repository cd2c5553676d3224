// Waiters by case, with their deadlines in order.

#include "engine/runtime/waiters.hpp"

#include <algorithm>

namespace countersign::runtime {

void Waiters::add(const CaseId& id, Time until, CaseVisitor visitor) {
    by_case_[id].push_back({std::move(visitor), deadlines_.emplace(until, id)});
}

std::vector<CaseVisitor> Waiters::take(const CaseId& id) {
    std::vector<CaseVisitor> taken;
    auto waiting = by_case_.extract(id);
    if (waiting.empty()) return taken;
    for (Waiter& waiter : waiting.mapped()) {
        deadlines_.erase(waiter.deadline);
        taken.push_back(std::move(waiter.visitor));
    }
    return taken;
}

std::vector<std::pair<CaseId, CaseVisitor>> Waiters::take_expired(Time now) {
    std::vector<std::pair<CaseId, CaseVisitor>> taken;
    while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
        const auto first = deadlines_.begin();
        const CaseId id = first->second;
        std::vector<Waiter>& waiting = by_case_[id];
        const auto at = std::find_if(waiting.begin(), waiting.end(), [&](const Waiter& waiter) {
            return waiter.deadline == first;
        });
        taken.emplace_back(id, std::move(at->visitor));
        waiting.erase(at);
        deadlines_.erase(first);
        if (waiting.empty()) by_case_.erase(id);
    }
    return taken;
}

std::optional<Waiters::Time> Waiters::next() const {
    if (deadlines_.empty()) return std::nullopt;
    return deadlines_.begin()->first;
}

}  // namespace countersign::runtime
