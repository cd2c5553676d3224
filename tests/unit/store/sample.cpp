// Cases written record by record.
#include "tests/unit/store/sample.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace countersign::store::tests {

using namespace core;

model::Process sample_process(const std::string& id) {
    model::Process process;
    process.id = id;
    process.version = 3;
    process.title = {"Joint hookup", "联合报装"};
    process.operations.push_back({});
    process.operations.back().name = "review";
    process.scopes.push_back({});
    const auto add = [&](std::string name, model::Verb verb) {
        model::Step step;
        step.id = std::move(name);
        step.title = {"Step " + step.id, ""};
        step.verb = std::move(verb);
        process.scopes[0].steps.push_back(static_cast<std::uint32_t>(process.steps.size()));
        process.steps.push_back(std::move(step));
    };
    add("power", model::CallVerb{});
    model::AskVerb ask;
    ask.role = "hall.clerk";
    add("check", ask);
    add("water", model::CallVerb{});
    return process;
}

expr::StoredValue sample_form(const std::string& name, std::size_t bytes) {
    return {expr::Value::record(
        {{"name", expr::Value::string(name).marked_personal()},
         {"site", expr::Value::record({{"text", expr::Value::string(std::string(bytes, 's'))}})}})};
}

Writer::Writer(Store& store, CaseId id, model::Process process)
    : store_(store),
      id_(id),
      process_(std::move(process)),
      now_{static_cast<std::int64_t>(id.ms)} {}

void Writer::write_all(std::vector<Event> events) {
    now_ = now_ + seconds(1);
    Record record;
    record.sequence = head_.sequence + 1;
    record.command_id = "command-" + std::to_string(record.sequence);
    record.command_kind = 1;
    record.principal = "operator:li";
    record.at = now_;
    record.events = std::move(events);
    const Before before = before_of(state_);
    evolve(state_, record);
    Batch batch;
    append_record(batch, id_, record, head_, secret_);
    add_rows(batch, state_, process_, record.events, before, secret_);
    REQUIRE(store_.commit(batch).has_value());
    records_.push_back(std::move(record));
}

void Writer::open(const std::string& applicant, std::size_t form_bytes) {
    CaseOpened opened;
    opened.id = id_;
    opened.process = {process_.id, process_.version, std::string(32, 'p')};
    opened.applicant = applicant;
    opened.opened_by = "operator:li";
    opened.received = now_;
    opened.form = sample_form("张三", form_bytes);
    CallRequested requested;
    requested.call = 1;
    requested.instance = 1;
    requested.department = "grid";
    requested.input = sample_form("张三", 200);
    requested.due_when_asked = now_ + hours(5);
    TaskOpened task;
    task.task = 1;
    task.instance = 2;
    task.role = "hall.clerk";
    StepStarted first;
    first.instance = 1;
    first.step = 0;
    StepStarted second;
    second.instance = 2;
    second.step = 1;
    StepStarted third;
    third.instance = 3;
    third.step = 2;
    write(opened, first, requested, second, task, third);
}

void Writer::finish() {
    write(CallAccepted{1, 1});
    write(TaskClaimed{1, "operator:li"});
    FormChanged changed;
    changed.version = 2;
    changed.form = sample_form("李四", 500);
    write(changed);
    StepEnded ended;
    ended.instance = 1;
    ended.outcome = "approved";
    ended.result = sample_form("王五", 90);
    write(CallAnswered{1, "approved", "department:grid", now_, false}, ended);
    ended.instance = 2;
    CaseEnded end;
    end.end.name = "granted";
    end.end.at = now_;
    end.end.gives = sample_form("", 100);
    write(TaskCompleted{1, "operator:li", "done"}, ended, end);
    write(CaseClosed{});
}

void Writer::snapshot() {
    Batch batch;
    write_snapshot(batch, state_, head_, secret_);
    REQUIRE(store_.commit(batch).has_value());
}

namespace {

/// Picks one event that the call's status allows.
Event random_call_event(const Call& call, std::mt19937_64& random) {
    const std::uint64_t dice = random() % 6;
    switch (call.status) {
        case CallStatus::open:
            if (dice == 0) return make_event(CallAccepted{call.number, call.attempt});
            if (dice <= 2)
                return make_event(
                    CallRetryScheduled{call.number, call.attempt + 1, Instant{5}, "timeout"});
            if (dice == 3) return make_event(CallBlocked{call.number, "garbage"});
            break;
        case CallStatus::retrying:
            if (dice <= 3) return make_event(CallRetried{call.number, call.attempt});
            break;
        case CallStatus::blocked:
            // An operator has it tried again, under the same number or the next.
            if (dice <= 3)
                return make_event(
                    CallRetried{call.number, call.attempt + static_cast<std::uint32_t>(dice % 2)});
            break;
        case CallStatus::accepted:
            if (dice == 0) return make_event(CallBlocked{call.number, "garbage"});
            break;
        case CallStatus::absent:
        case CallStatus::answered:
        case CallStatus::cancelled:
            return make_event(CallAnsweredLate{call.number, "approved", "x", {}, ""});
    }
    if (dice % 2 == 0) return make_event(CallCancelled{call.number});
    return make_event(CallAnswered{call.number, "approved", "department:grid", Instant{5}, false});
}

Event random_task_event(const Task& task, std::mt19937_64& random) {
    const std::uint64_t dice = random() % 4;
    if (task.status == TaskStatus::open && dice < 2)
        return make_event(TaskClaimed{task.number, "operator:" + std::to_string(dice)});
    if (task.status == TaskStatus::claimed && dice < 2)
        return make_event(TaskReleased{task.number});
    if (dice == 2) return make_event(TaskCompleted{task.number, "operator:li", "done"});
    return make_event(TaskCancelled{task.number});
}

Event random_event(const CaseState& state, std::mt19937_64& random) {
    const std::uint64_t dice = random() % 10;
    if (dice == 0) {
        CallRequested requested;
        requested.call = static_cast<std::uint32_t>(state.calls.size() + 1);
        requested.instance = random() % 2 == 0 ? 1 : 3;
        requested.department = random() % 2 == 0 ? "grid" : "waterco";
        requested.input = sample_form("张三", random() % 200);
        if (random() % 2 == 0)
            requested.due_when_asked = Instant{static_cast<std::int64_t>(random() % 9)};
        return make_event(requested);
    }
    if (dice == 1) {
        TaskOpened opened;
        opened.task = static_cast<std::uint32_t>(state.tasks.size() + 1);
        opened.instance = 2;
        opened.role = random() % 2 == 0 ? "hall.clerk" : "applicant";
        return make_event(opened);
    }
    if (dice <= 3) {
        const Task& task = state.tasks[random() % state.tasks.size()];
        if (task.status == TaskStatus::open || task.status == TaskStatus::claimed)
            return random_task_event(task, random);
    }
    return random_call_event(state.calls[random() % state.calls.size()], random);
}

}  // namespace

void write_random(Writer& writer, std::mt19937_64& random, int records) {
    for (int i = 0; i < records; ++i) {
        CaseState state = writer.state();
        std::vector<Event> events;
        for (std::uint64_t count = random() % 5; count > 0; --count) {
            events.push_back(random_event(state, random));
            evolve(state, events.back(), writer.now() + seconds(1));
        }
        writer.write_all(std::move(events));
    }
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> calls_to_send(const CaseState& state) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
    for (const Call& call : state.calls)
        if (call.status == CallStatus::open) out.emplace_back(call.number, call.attempt);
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace countersign::store::tests
