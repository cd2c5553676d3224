// Timer rows and the window's refills.

#include "engine/runtime/timers.hpp"

#include <limits>

namespace countersign::runtime {

namespace {

timer::Timer window_timer(const CaseId& id, core::TimerId timer, Instant due) {
    return {due, id, static_cast<std::uint8_t>(timer.kind), timer.number};
}

core::TimerId id_of(const timer::Timer& timer) {
    return {static_cast<core::TimerKind>(timer.kind), timer.number};
}

store::TimerKey key_of(const timer::Timer& timer) {
    return {timer.due, timer.case_id, id_of(timer)};
}

}  // namespace

bool Timers::file(CachedCase& cached, const std::set<core::TimerId>& touched,
                  const core::Context& context, store::Batch& rows, std::uint64_t batch) {
    const CaseId id = cached.state.id;
    bool moved = false;
    for (const core::TimerId timer : touched) {
        const std::optional<core::TimerDue> due = core::due_of(cached.state, timer, context);
        const auto at = cached.filed.find(timer);
        std::optional<Instant> filed;
        if (at != cached.filed.end()) filed = at->second.at;
        const bool same = due ? filed == due->at && at->second.movable == due->movable : !filed;
        if (same) continue;
        moved = true;
        store::file_timer(rows, id, timer, filed, due);
        if (filed) window_.erase(window_timer(id, timer, *filed));
        if (due) {
            window_.insert(window_timer(id, timer, due->at), batch);
            cached.filed[timer] = *due;
        } else {
            cached.filed.erase(at);
        }
    }
    return moved;
}

void Timers::drop_stale(const timer::Timer& fired, const CachedCase& cached, store::Batch& rows) {
    const auto at = cached.filed.find(id_of(fired));
    if (at != cached.filed.end() && at->second.at == fired.due) return;
    rows.remove(store::Family::timers, store::timer_key(key_of(fired)));
}

result<void> Timers::refill() {
    const Instant first{std::numeric_limits<std::int64_t>::min()};
    const Instant last{std::numeric_limits<std::int64_t>::max()};
    while (const auto wanted = window_.wanted()) {
        std::optional<store::TimerKey> after;
        if (wanted->after) after = key_of(*wanted->after);
        const auto rows =
            store::due_timers(store_, wanted->partition, first, last, wanted->rows_max, after);
        if (!rows) return rows.error();
        std::vector<timer::Timer> timers;
        timers.reserve(rows->size());
        for (const store::FiledTimer& row : *rows)
            timers.push_back(window_timer(row.key.case_id, row.key.timer, row.key.due));
        window_.refill(*wanted, timers, timers.size() < wanted->rows_max);
    }
    return {};
}

result<std::optional<timer::Timer>> Timers::pop(Instant now) {
    const auto refilled = refill();
    if (!refilled) return refilled.error();
    return window_.pop(now);
}

result<std::optional<Instant>> Timers::next() {
    const auto refilled = refill();
    if (!refilled) return refilled.error();
    return window_.next();
}

}  // namespace countersign::runtime
