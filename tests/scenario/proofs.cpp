// What a world shows of its cases, and what it proves of them at the end.

#include "runner.hpp"

#include "engine/core/transitions.hpp"
#include "engine/store/queries.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace countersign::scenario {

namespace {

std::size_t rows_in(const store::Store& store, store::Family family) {
    std::size_t count = 0;
    const auto scanned = store.scan(family, "", "", [&](auto, auto) {
        ++count;
        return true;
    });
    REQUIRE(scanned.has_value());
    return count;
}

}  // namespace

core::CaseState World::state(const CaseId& id) {
    auto seen = world_->state(id);
    REQUIRE_MESSAGE(seen.has_value(), seen.error().message);
    return *std::move(seen);
}

const model::Process& World::process_of(const core::CaseState& seen) const {
    return *world_->stage().catalog->of_hash(seen.process.hash)->process;
}

std::string World::steps(const CaseId& id) {
    const core::CaseState seen = state(id);
    const model::Process& process = process_of(seen);
    std::string text;
    for (std::uint32_t i = 0; i < seen.instances.size(); ++i) {
        const core::Instance& instance = seen.instances[i];
        if (instance.step == core::none) continue;
        if (!text.empty()) text += ' ';
        text += core::address_of(seen, process, i) + ':';
        text += instance.status == core::StepStatus::ended
                    ? instance.outcome
                    : std::string(core::name_of(instance.status));
        if (instance.deemed) text += '!';
    }
    return text;
}

std::string World::end_of(const CaseId& id) {
    const core::CaseState seen = state(id);
    return seen.end ? seen.end->name : "(open)";
}

std::vector<std::string> World::events(const CaseId& id) {
    std::vector<std::string> names;
    const auto read =
        store::read_journal(store(), id, [&](const core::Record& record, const store::Head&) {
            for (const core::Event& event : record.events) names.emplace_back(core::name_of(event));
            return true;
        });
    REQUIRE_MESSAGE(read.has_value(), read.error().message);
    return names;
}

std::size_t World::count(const CaseId& id, std::string_view event) {
    const std::vector<std::string> names = events(id);
    return static_cast<std::size_t>(std::count(names.begin(), names.end(), event));
}

std::string World::timeline(const CaseId& id) {
    std::string text;
    const auto read =
        store::read_journal(store(), id, [&](const core::Record& record, const store::Head&) {
            text += rfc3339(record.at, 480) + "  " + record.command_id + " by " + record.principal;
            for (const core::Event& event : record.events)
                text += "\n    " + std::string(core::name_of(event));
            text += '\n';
            return true;
        });
    if (!read) return read.error().message;
    return text + rfc3339(now(), 480) + "  now: " + steps(id);
}

void World::check_rows(const core::CaseState& seen) {
    const core::Context context{now(), process_of(seen), world_->calendars()};
    std::map<core::TimerId, Instant> expected;
    for (const auto& [timer, due] : core::timers_of(seen, context)) expected[timer] = due.at;
    const auto filed = store::timers_of_case(store(), seen.id);
    REQUIRE(filed.has_value());
    std::map<core::TimerId, Instant> found;
    for (const store::FiledTimer& timer : *filed) found[timer.key.timer] = timer.key.due;
    CHECK_MESSAGE(found == expected, "the timers filed are not those of the state\n"
                                         << timeline(seen.id));

    std::set<std::pair<std::uint32_t, std::uint32_t>> open_calls;
    for (const core::Call& call : seen.calls)
        if (call.is_to_send()) open_calls.insert({call.number, call.attempt});
    std::set<std::pair<std::uint32_t, std::uint32_t>> to_send;
    if (seen.tells_parent()) open_calls.insert({0, 1});
    const auto departments = store::outbox_departments(store(), {});
    REQUIRE(departments.has_value());
    for (const std::string& department : *departments) {
        const auto rows = store::outbox(store(), department, {}, 100'000);
        REQUIRE(rows.has_value());
        for (const store::OutboxRow& row : *rows)
            if (row.key.call.case_id == seen.id)
                to_send.insert({row.key.call.number, row.key.attempt});
    }
    CHECK_MESSAGE(to_send == open_calls, "the outbox is not what the state says\n"
                                             << timeline(seen.id));
}

std::vector<CaseId> World::all_cases() {
    std::vector<CaseId> all = world_->cases();
    for (std::size_t i = 0; i < all.size(); ++i)
        for (const core::Call& call : state(all[i]).calls)
            if (call.child) all.push_back(*call.child);
    return all;
}

void World::finish() {
    settle();
    for (const CaseId& id : all_cases()) {
        const core::CaseState live = state(id);
        const auto replayed = store::replay_case(store(), id);
        REQUIRE_MESSAGE(replayed.has_value(), replayed.error().message);
        CHECK_MESSAGE(store::encode_state(*replayed) == store::encode_state(live),
                      "replaying the journal gives another state\n"
                          << timeline(id));
        check_rows(live);
    }
    // No row of the timer index is left behind: each belongs to a timer that is filed.
    CHECK(rows_in(store(), store::Family::timers) == rows_in(store(), store::Family::filed));
    const store::ChainReport report = store::verify_all(store());
    for (const store::ChainProblem& problem : report.problems) FAIL_CHECK(problem.message);
}

}  // namespace countersign::scenario
