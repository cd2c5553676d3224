// Derived rows: after every record they are what the state calls for.
#include "engine/base/bytes.hpp"
#include "engine/store/chain.hpp"
#include "engine/store/seal.hpp"
#include "tests/main.hpp"
#include "tests/unit/store/sample.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace countersign::store::tests {

namespace {

constexpr CaseId sample_id{1'770'000'000'000, 5, 1};

std::vector<std::pair<std::uint32_t, std::uint32_t>> outbox_of(const Store& store) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
    for (const std::string& department : outbox_departments(store, {}).value())
        for (const OutboxRow& row : outbox(store, department, {}, 10'000).value())
            out.emplace_back(row.key.call.number, row.key.attempt);
    std::sort(out.begin(), out.end());
    return out;
}

/// What the departments of the state's calls have in hand, by the store.
std::set<std::uint32_t> in_hand_of(const Store& store, const core::CaseState& state) {
    std::set<std::string> departments;
    for (const core::Call& call : state.calls) departments.insert(call.department);
    std::set<std::uint32_t> calls;
    for (const std::string& department : departments)
        for (const TaskListing& call : list_in_hand(store, department, 1'000).value().rows)
            calls.insert(call.id.number);
    return calls;
}

std::set<std::uint32_t> accepted_calls(const core::CaseState& state) {
    std::set<std::uint32_t> calls;
    for (const core::Call& call : state.calls)
        if (call.status == core::CallStatus::accepted) calls.insert(call.number);
    return calls;
}

std::vector<std::string> worklists_of(const Store& store) {
    std::vector<std::string> out;
    for (const char* role : {"hall.clerk", "applicant"})
        for (const TaskListing& task : list_tasks(store, role, 1'000).value().rows)
            out.push_back(std::to_string(task.id.number) + task.row.role + task.claimed_by);
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> open_tasks(const core::CaseState& state) {
    std::vector<std::string> out;
    for (const core::Task& task : state.tasks) {
        const bool claimed = task.status == core::TaskStatus::claimed;
        if (claimed || task.status == core::TaskStatus::open)
            out.push_back(std::to_string(task.number) + task.role +
                          (claimed ? task.claimed_by : ""));
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::size_t count_of(const Store& store, Family family) {
    std::size_t count = 0;
    REQUIRE(store
                .scan(family, {}, {},
                      [&](std::string_view, std::string_view) {
                          ++count;
                          return true;
                      })
                .has_value());
    return count;
}

}  // namespace

TEST_CASE("rows: random records leave the outbox and the worklists that the state calls for") {
    std::mt19937_64 random(countersign::tests::seed());
    for (int round = 0; round < 10; ++round) {
        // The store in memory CHECKs that each row of calls and tasks comes and goes once.
        const auto store = make_memory_store();
        Writer writer(*store, sample_id);
        writer.open();
        for (int step = 0; step < 40; ++step) {
            write_random(writer, random, 1);
            CHECK(outbox_of(*store) == calls_to_send(writer.state()));
            CHECK(worklists_of(*store) == open_tasks(writer.state()));
            CHECK(in_hand_of(*store, writer.state()) == accepted_calls(writer.state()));
            CHECK(count_of(*store, Family::tasks) == open_tasks(writer.state()).size());
        }
        CHECK(verify_case(*store, sample_id).ok());
    }
}

TEST_CASE("rows: an outbox row gives the dispatcher the call as the state has it") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();

    const auto rows = outbox(*store, "grid", {5, 5}, 10);

    REQUIRE(rows.has_value());
    REQUIRE(rows->size() == 1);
    const core::CallView view = view_of(rows->front());
    CHECK(view.id == CallId{sample_id, 1});
    CHECK(view.attempt == 1);
    CHECK(view.department == "grid");
    CHECK(view.process == "hookup");
    CHECK(view.step == "power");
    CHECK(view.operation == "review");
    CHECK(view.round == 1);
    CHECK(!view.supersedes);
    CHECK(view.due_when_asked == writer.state().calls[0].due_when_asked);
    CHECK(view.requested == writer.state().calls[0].requested);
    CHECK(view.input == writer.state().calls[0].input.value);
    CHECK(view.input.holds_personal());
    CHECK(outbox(*store, "grid", {6, 63}, 10)->empty());
    CHECK(outbox(*store, "gri", {}, 10)->empty());
}

TEST_CASE("rows: a task's row shows its step, and who claimed it until it is released") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    const auto only = [&] {
        const auto tasks = tasks_of(*store, sample_id);
        REQUIRE(tasks.has_value());
        REQUIRE(tasks->size() == 1);
        return tasks->front();
    };
    CHECK(only().id == TaskId{sample_id, 1});
    CHECK(only().row.role == "hall.clerk");
    CHECK(only().row.step == "check");
    CHECK(only().row.title.en == "Step check");
    CHECK(only().row.opened == writer.state().tasks[0].opened);
    CHECK(only().claimed_by == "");
    writer.write(core::TaskClaimed{1, "operator:li"});
    CHECK(only().claimed_by == "operator:li");
    writer.write(core::TaskReleased{1});
    CHECK(only().claimed_by == "");
    writer.write(core::TaskCancelled{1});
    CHECK(tasks_of(*store, sample_id)->empty());
    CHECK(list_tasks(*store, "hall.clerk", 10)->rows.empty());
}

TEST_CASE("rows: a case is found under its status, and only there") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    const auto under = [&](core::CaseStatus status) {
        CaseFilter filter;
        filter.status = status;
        const auto page = list_cases(*store, filter, 10);
        REQUIRE(page.has_value());
        filter.process = "hookup";
        CHECK(list_cases(*store, filter, 10)->rows.size() == page->rows.size());
        return page->rows.size();
    };
    writer.open();
    CHECK(under(core::CaseStatus::open) == 1);
    CHECK(case_info(*store, sample_id)->end == "");
    writer.finish();
    CHECK(under(core::CaseStatus::open) == 0);
    CHECK(under(core::CaseStatus::ended) == 0);
    CHECK(under(core::CaseStatus::closed) == 1);
    const auto info = case_info(*store, sample_id);
    REQUIRE(info.has_value());
    CHECK(info->end == "granted");
    CHECK(info->ended == writer.state().end->at);
    CHECK(info->applicant == "applicant:zhang");
    CHECK(info->version == 3);
    CHECK(info->title.en == "Joint hookup");
    CHECK(info->opened == writer.state().opened);
}

TEST_CASE("rows: a summary that was written before it had the receipt still reads") {
    CaseInfo info;
    info.process = "hookup";
    info.applicant = "applicant:zhang";
    info.opened = Instant{5};
    info.received = Instant{3};
    std::string old(1, '\0');
    BinaryWriter writer(old, 0, nullptr);
    writer& info;

    const auto before = decode_row<CaseInfo>(old, "an old row");
    REQUIRE(before.has_value());
    CHECK(before->applicant == "applicant:zhang");
    CHECK(before->received == Instant{});
    const auto now = decode_row<CaseInfo>(encode_row(info), "a new row");
    REQUIRE(now.has_value());
    CHECK(now->received == Instant{3});
}

TEST_CASE("rows: what a department has in hand is listed until it is settled") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    const auto in_hand = [&] {
        std::vector<std::uint32_t> calls;
        for (const TaskListing& call : list_in_hand(*store, "grid", 10).value().rows)
            calls.push_back(call.id.number);
        return calls;
    };
    CHECK(in_hand().empty());
    writer.write(core::CallAccepted{1, 1});
    CHECK(in_hand() == std::vector<std::uint32_t>{1});
    CHECK(list_in_hand(*store, "water", 10).value().rows.empty());
    writer.write(core::CallAnswered{1, "approved", "department:grid", writer.now(), false});
    CHECK(in_hand().empty());
}

TEST_CASE("rows: everything that a finished case leaves in the queues is gone") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    writer.finish();
    CHECK(count_of(*store, Family::calls) == 0);
    CHECK(count_of(*store, Family::tasks) == 0);
    CHECK(count_of(*store, Family::indexes) == 4);
    CHECK(outbox_departments(*store, {})->empty());
}

TEST_CASE("rows: a timer has one row, at the due at which it was filed last") {
    const auto store = make_memory_store();
    const core::TimerId timer{core::TimerKind::clock, 4};
    const auto file = [&](std::optional<Instant> filed, std::optional<core::TimerDue> due) {
        Batch batch;
        file_timer(batch, sample_id, timer, filed, due);
        REQUIRE(store->commit(batch).has_value());
    };
    const auto filed = [&] {
        const auto due = due_timers(*store, 5, {-1'000}, {1'000}, 10);
        const auto own = timers_of_case(*store, sample_id);
        REQUIRE(due.has_value());
        REQUIRE(own.has_value());
        REQUIRE(due->size() == own->size());
        if (due->empty()) return std::pair<std::int64_t, bool>(0, false);
        CHECK(due->front().key == own->front().key);
        CHECK(due->front().movable == own->front().movable);
        return std::pair(due->front().key.due.ms, due->front().movable);
    };
    file(std::nullopt, core::TimerDue{{50}, true});
    CHECK(filed() == std::pair<std::int64_t, bool>(50, true));
    file(Instant{50}, core::TimerDue{{-7}, false});
    CHECK(filed() == std::pair<std::int64_t, bool>(-7, false));
    file(Instant{-7}, core::TimerDue{{-7}, true});
    CHECK(filed() == std::pair<std::int64_t, bool>(-7, true));
    file(Instant{-7}, std::nullopt);
    CHECK(filed() == std::pair<std::int64_t, bool>(0, false));
    CHECK(count_of(*store, Family::timers) == 0);
    CHECK(count_of(*store, Family::filed) == 0);
}

TEST_CASE("rows: an Idempotency-Key and the last stamp read back") {
    const auto store = make_memory_store();
    CHECK(!find_repeat(*store, "applicant:zhang", "k1").value());
    CHECK(!last_stamp(*store).value());
    Repeat repeat;
    repeat.case_id = {99, idempotency_partition("applicant:zhang", "k1"), 3};
    repeat.body = sha256("body");
    repeat.at = {1234};
    Batch batch;
    put_repeat(batch, "applicant:zhang", "k1", repeat);
    put_stamp(batch, {777});
    REQUIRE(store->commit(batch).has_value());

    const auto found = find_repeat(*store, "applicant:zhang", "k1").value();
    REQUIRE(found.has_value());
    CHECK(found->case_id == repeat.case_id);
    CHECK(found->body == repeat.body);
    CHECK(found->at == repeat.at);
    CHECK(!find_repeat(*store, "applicant:li", "k1").value());
    CHECK(last_stamp(*store).value() == Instant{777});
}

}  // namespace countersign::store::tests
