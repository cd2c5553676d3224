// Derived rows. What a record changes in the outbox and in worklists is the difference between the
// rows that were there before and those that the state after it calls for, so each row is written
// once and removed once whatever happens within one record.
#include "engine/store/rows.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"
#include "engine/core/contents.hpp"
#include "engine/store/meta.hpp"
#include "engine/store/seal.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace countersign::store {

namespace {

using core::CallStatus;
using core::CaseStatus;
using core::TaskStatus;

/// What the events of a record touched.
struct Touched {
    bool opened = false;
    std::set<std::uint32_t> calls;
    std::map<std::uint32_t, bool> tasks;  ///< task → it was opened by this record
};

struct Toucher {
    Touched& touched;
    void operator()(const core::CaseEvent& event) const {
        if (std::holds_alternative<core::CaseOpened>(event)) touched.opened = true;
    }
    void operator()(const core::StepEvent&) const {}
    void operator()(const core::CallEvent& event) const {
        std::visit([&](const auto& e) { touched.calls.insert(e.call); }, event);
    }
    void operator()(const core::TaskEvent& event) const {
        std::visit(
            [&](const auto& e) {
                touched.tasks[e.task] |=
                    std::is_same_v<std::decay_t<decltype(e)>, core::TaskOpened> ||
                    std::is_same_v<std::decay_t<decltype(e)>, core::SigningOpened>;
            },
            event);
    }
    void operator()(const core::ClockEventRecord&) const {}
};

bool is_open(TaskStatus status) {
    return status == TaskStatus::open || status == TaskStatus::claimed;
}

CallKey key_of(const core::CaseState& state, const core::Call& call, std::uint32_t attempt) {
    return {call.department, call.due_when_asked, {state.id, call.number}, attempt};
}

struct RowWriter {
    Batch& batch;
    const core::CaseState& state;
    const model::Process& process;
    const CaseSecret& secret;

    void move_indexes(CaseStatus from, CaseStatus to) const {
        const CaseId id = state.id;
        const std::uint8_t partition = id.partition;
        const auto row = [&](std::string prefix) {
            return with_case_inverted(std::move(prefix), id);
        };
        const auto& name = state.process.id;
        if (from == CaseStatus::absent) {
            const Hash applicant = sha256(state.applicant);
            batch.put(Family::indexes, row(opened_index_prefix(partition)), {});
            batch.put(Family::indexes, row(applicant_index_prefix(partition, applicant)), {});
        } else {
            batch.remove(Family::indexes, row(status_index_prefix(partition, from)));
            batch.remove(Family::indexes, row(process_index_prefix(partition, name, from)));
        }
        batch.put(Family::indexes, row(status_index_prefix(partition, to)), {});
        batch.put(Family::indexes, row(process_index_prefix(partition, name, to)), {});
        CaseInfo info{state.process.id,
                      state.process.version,
                      process.title,
                      state.applicant,
                      state.opened,
                      state.status,
                      {},
                      {},
                      state.received};
        if (state.end) {
            info.end = state.end->name;
            info.ended = state.end->at;
        }
        batch.put(Family::cases, case_row_key(id, CaseRow::info), encode_row(info));
    }

    void change_call(std::uint32_t number, std::optional<std::uint32_t> before) const {
        const core::Call& call = state.calls[number - 1];
        const bool to_send = call.is_to_send();
        if (before && to_send && *before == call.attempt) return;
        if (before) batch.remove_single(Family::calls, call_key(key_of(state, call, *before)));
        if (to_send) put_call(call);
    }

    void put_call(const core::Call& call) const {
        const CallRow row{process.id,
                          core::address_of(state, process, call.instance),
                          std::string(call.recalled ? core::recall_operation
                                                    : process.operations[call.operation].name),
                          call.round,
                          call.supersedes,
                          call.requested,
                          call.input};
        // The input's row came with CallRequested.
        const Keeping keeping(state.id, secret, nullptr);
        batch.put(Family::calls, call_key(key_of(state, call, call.attempt)),
                  encode_row(row, &keeping.archive()));
    }

    /// The word that the case owes the case that waits for it; it points to this case's end.
    void change_parent(bool before) const {
        const bool after = state.tells_parent();
        if (before == after) return;
        const CallKey key{std::string(core::parent_department), {}, {state.id, 0}, 1};
        if (!after) return batch.remove_single(Family::calls, call_key(key));
        const core::CallView view = core::view_of_ended(state, process);
        const CallRow row{view.process, view.step, view.operation, 1, 0, view.requested, {}};
        batch.put(Family::calls, call_key(key), encode_row(row));
    }

    /// The list of what a department has in hand, for those whose people work it off.
    void change_accepted(std::uint32_t number, bool was_accepted) const {
        const core::Call& call = state.calls[number - 1];
        const bool is_accepted = call.status == CallStatus::accepted;
        if (is_accepted == was_accepted) return;
        const std::string key =
            role_index_key(in_hand_role(call.department), TaskId{state.id, number});
        if (!is_accepted) return batch.remove(Family::indexes, key);
        const core::Instance& instance = state.instances[call.instance];
        const TaskRow row{call.department, process.id,
                          core::address_of(state, process, call.instance),
                          process.steps[instance.step].title, call.requested};
        batch.put(Family::indexes, key, encode_row(row));
    }

    void change_task(std::uint32_t number, bool opened) const {
        const core::Task& task = state.tasks[number - 1];
        const TaskId id{state.id, number};
        const bool open = is_open(task.status);
        if (opened && open) {
            const core::Instance& instance = state.instances[task.instance];
            CHECK(instance.step < process.steps.size());
            const TaskRow row{task.role, process.id,
                              core::address_of(state, process, task.instance),
                              process.steps[instance.step].title, task.opened};
            batch.put(Family::tasks, task_key(id), encode_row(row));
            batch.put(Family::indexes, role_index_key(task.role, id), {});
        }
        if (!opened && !open) {
            batch.remove_single(Family::tasks, task_key(id));
            batch.remove(Family::indexes, role_index_key(task.role, id));
        }
        if (open && task.status == TaskStatus::claimed)
            batch.put(Family::indexes, claim_index_key(id), task.claimed_by);
        else if (!opened)
            batch.remove(Family::indexes, claim_index_key(id));
    }
};

/// Adds rows for the contents that a record's events name: papers, and files in forms and results.
struct ContentNamer {
    Batch& batch;
    const core::CaseState& state;
    const model::Process& process;

    void name(std::string_view sha256) const {
        const auto bytes = unhex(sha256);
        Hash hash{};
        if (!bytes || bytes->size() != hash.size()) return;
        std::copy(bytes->begin(), bytes->end(), hash.begin());
        put_content_name(batch, state.id, hash);
    }
    void files(const model::Field& root, const expr::StoredValue& value) const {
        core::each_file(root, value.value,
                        [&](std::string_view sha256, const expr::Value&) { name(sha256); });
    }
    void operator()(const core::CaseOpened& e) const {
        for (const core::GivenMaterial& material : e.materials) name(material.sha256);
        files(process.form, e.form);
    }
    void operator()(const core::FormChanged& e) const { files(process.form, e.form); }
    void operator()(const core::MaterialGiven& e) const { name(e.material.sha256); }
    void operator()(const core::TaskSigned& e) const {
        const core::Instance& instance = state.instances[state.tasks[e.task - 1].instance];
        if (const auto* ask = std::get_if<model::AskVerb>(&process.steps[instance.step].verb))
            files(ask->form, e.signature.form);
    }
    void operator()(const core::StepEnded& e) const {
        const core::Instance& instance = state.instances[e.instance];
        if (instance.step == core::none) return;
        const model::Verb& verb = process.steps[instance.step].verb;
        if (const auto* ask = std::get_if<model::AskVerb>(&verb)) files(ask->form, e.result);
        if (std::holds_alternative<model::CallVerb>(verb) && instance.call != 0)
            files(process.operations[state.calls[instance.call - 1].operation].output, e.result);
    }
    template <class Other>
    void operator()(const Other&) const {}
};

std::string filed_value(core::TimerDue due) {
    std::string value;
    put_time(value, due.at);
    value += due.movable ? '\1' : '\0';
    return value;
}

}  // namespace

Before before_of(const core::CaseState& state) {
    Before before;
    before.status = state.status;
    before.tells_parent = state.tells_parent();
    for (const core::Call& call : state.calls) {
        if (call.is_to_send()) before.to_send.emplace_back(call.number, call.attempt);
        if (call.status == CallStatus::accepted) before.accepted.push_back(call.number);
    }
    return before;
}

void add_rows(Batch& batch, const core::CaseState& after, const model::Process& process,
              std::span<const core::Event> events, const Before& before, const CaseSecret& secret) {
    Touched touched;
    for (const core::Event& event : events)
        std::visit([&](const auto& group) { Toucher{touched}(group.event); }, event);
    CHECK(touched.opened ==
          (before.status == CaseStatus::absent && after.status != CaseStatus::absent));
    const ContentNamer namer{batch, after, process};
    for (const core::Event& event : events)
        std::visit([&](const auto& group) { std::visit(namer, group.event); }, event);
    const RowWriter writer{batch, after, process, secret};
    if (after.status != before.status) writer.move_indexes(before.status, after.status);
    for (const std::uint32_t call : touched.calls) {
        const auto at =
            std::lower_bound(before.to_send.begin(), before.to_send.end(), std::pair(call, 0u));
        const bool there = at != before.to_send.end() && at->first == call;
        writer.change_call(call, there ? std::optional(at->second) : std::nullopt);
        writer.change_accepted(call, std::binary_search(before.accepted.begin(),
                                                        before.accepted.end(), call));
    }
    writer.change_parent(before.tells_parent);
    for (const auto& [task, opened] : touched.tasks) writer.change_task(task, opened);
}

void put_content_name(Batch& batch, CaseId id, const Hash& content) {
    batch.put(Family::indexes, with_case(content_index_prefix(id.partition, content), id), {});
}

void file_timer(Batch& batch, CaseId id, core::TimerId timer, std::optional<Instant> filed,
                std::optional<core::TimerDue> due) {
    if (filed && (!due || due->at != *filed))
        batch.remove(Family::timers, timer_key({*filed, id, timer}));
    if (due) {
        batch.put(Family::timers, timer_key({due->at, id, timer}),
                  due->movable ? "\1" : std::string_view("\0", 1));
        batch.put(Family::filed, filed_key(id, timer), filed_value(*due));
    } else if (filed) {
        batch.remove(Family::filed, filed_key(id, timer));
    }
}

void put_repeat(Batch& batch, std::string_view principal, std::string_view key,
                const Repeat& repeat) {
    CHECK(repeat.case_id.partition == idempotency_partition(principal, key));
    std::string value(1, static_cast<char>(archive_format));
    value.append(case_key(repeat.case_id)).append(view_of(repeat.body));
    put_time(value, repeat.at);
    batch.put(Family::indexes, idempotency_key(principal, key), value);
}

void put_stamp(Batch& batch, Instant at) {
    std::string value;
    put_time(value, at);
    batch.put(Family::meta, stamp_row, value);
}

}  // namespace countersign::store
