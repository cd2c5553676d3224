// evolve: the only code that changes a case's state, live and in recovery alike. It needs neither
// process nor calendar: events carry every value. Appliers of released events are frozen.
#include "engine/core/decide.hpp"

#include "engine/base/check.hpp"
#include "engine/core/transitions.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

/// Returns the counter of `parent` in which a child of this status is counted, or null.
std::uint32_t* counter_of(Instance& parent, StepStatus status) {
    switch (status) {
        case StepStatus::waiting: return nullptr;
        case StepStatus::active:
        case StepStatus::supplementing: return &parent.children_open;
        case StepStatus::ended: return &parent.children_ended;
        case StepStatus::skipped: return &parent.children_skipped;
        case StepStatus::cancelled: return &parent.children_cancelled;
    }
    return nullptr;
}

/// The one function that changes an instance's status and keeps its parent's counters.
void change_status(CaseState& state, Instance& instance, std::string_view event, StepStatus to) {
    const StepStatus from = instance.status;
    // An event may lead to one status only; the table says which.
    CHECK(next(event, from) == to);
    instance.status = to;
    if (instance.parent == none) return;
    Instance& parent = state.instances[instance.parent];
    if (std::uint32_t* left = counter_of(parent, from)) --*left;
    if (std::uint32_t* entered = counter_of(parent, to)) ++*entered;
    if (to == StepStatus::ended && instance.outcome_kind == model::OutcomeKind::ok)
        ++parent.children_ok;
}

/// Makes the instance that StepStarted and a fresh StepSkipped name; it is `waiting` at first.
Instance& make_instance(CaseState& state, std::uint32_t number, std::uint32_t step,
                        std::uint32_t parent, InstanceRole role, std::uint32_t item_index) {
    CHECK(number == state.instances.size());
    Instance instance;
    instance.step = step;
    instance.parent = parent;
    instance.role = role;
    instance.status = StepStatus::waiting;
    instance.item_index = item_index;
    if (parent != none) {
        Instance& holder = state.instances[parent];
        const bool member = role == InstanceRole::member;
        if (member) {
            instance.key = holder.items[item_index].first;
            instance.item = holder.items[item_index].second;
        }
        holder.children[member ? item_index : step] = number;
        const auto redone = holder.rounds.find(step);
        if (!member && redone != holder.rounds.end()) instance.round = redone->second + 1;
        if (member) instance.round = holder.round;
        if (!member && holder.after_undo == step) holder.after_undo = none;
    }
    return state.instances.emplace_back(std::move(instance));
}

/// Whatever waits for papers below an instance does so no longer: it is settled or begins anew.
void release_below(CaseState& state, std::uint32_t instance) {
    std::erase_if(state.held, [&](const HeldStep& held) { return held.parent == instance; });
}

/// Begun or skipped, a step waits for papers no longer. `Event` tells which step and where.
template <class Event>
void release_step(CaseState& state, const Event& e) {
    std::erase_if(state.held, [&](const HeldStep& held) {
        return held.parent == e.parent && held.step == e.step && held.role == e.role &&
               held.item_index == e.item_index;
    });
}

struct Applier {
    CaseState& state;
    Instant at;

    Call& call(std::uint32_t number) { return state.calls[number - 1]; }
    Task& task(std::uint32_t number) { return state.tasks[number - 1]; }
    ClockState& clock(std::uint32_t number) { return state.clocks[number - 1]; }
    Instance& instance(std::uint32_t number) { return state.instances[number]; }

    // ── Case ──
    void operator()(const CaseOpened& e) {
        state.status = next("CaseOpened", state.status);
        state.id = e.id;
        state.process = e.process;
        state.applicant = e.applicant;
        state.opened_by = e.opened_by;
        state.opened = at;
        state.received = e.received;
        state.form = e.form;
        state.form_version = 1;
        state.materials = e.materials;
        Instance root;
        root.role = InstanceRole::root;
        root.started = at;
        state.instances.push_back(std::move(root));
    }
    void operator()(const FormChanged& e) {
        state.form = e.form;
        state.form_version = e.version;
    }
    void operator()(const MaterialGiven& e) { state.materials.push_back(e.material); }
    void operator()(const SupplementRequested& e) {
        if (state.supplement.status == SupplementStatus::idle) {
            state.supplement.status = SupplementStatus::drafting;
            state.supplement.opened = at;
        }
        state.supplement.requests.push_back({e.instance, e.items});
    }
    void operator()(const SupplementNoticed&) {
        state.supplement.status = SupplementStatus::noticed;
        state.supplement.noticed = at;
        ++state.supplement.notices;
    }
    void operator()(const SupplementSettled& e) {
        std::erase_if(state.supplement.requests,
                      [&](const auto& r) { return r.instance == e.instance; });
        if (state.supplement.requests.empty()) state.supplement.status = SupplementStatus::idle;
        state.supplement_settled = at;
    }
    void operator()(const MissingItemSupplied& e) {
        for (auto& request : state.supplement.requests)
            for (MissingItem& item : request.items)
                if (item.id == e.id) item.supplied = true;
    }
    void operator()(const CaseEnded& e) {
        state.status = next("CaseEnded", state.status);
        state.end = e.end;
        state.held.clear();
        Instance& root = state.instances[0];
        root.status = StepStatus::ended;
        root.ended = at;
    }
    void operator()(const CaseClosed&) {
        state.status = next("CaseClosed", state.status);
        state.closed = at;
    }
    void operator()(const IncidentRaised& e) {
        CHECK(e.incident == state.incidents.size() + 1);
        state.incidents.push_back(
            {e.incident, e.kind, e.instance, e.call, e.message, e.evidence, at, {}});
        if (e.kind == IncidentKind::undo_overdue) undo_handled(call(e.call));
    }
    void operator()(const IncidentResolved& e) { state.incidents[e.incident - 1].resolved = at; }
    void operator()(const SignalReceived&) {}
    void operator()(const SuspiciousFieldAccepted& e) {
        state.accepted.push_back({e.field, e.by, e.reason, at});
    }
    void operator()(const UndoBegun& e) { state.to_undo = e.instances; }
    void operator()(const CasePartOf& e) { state.parent = e.parent; }
    void operator()(const ParentTold&) { state.parent_told = true; }
    void operator()(const AcceptanceLapsed& e) {
        std::erase_if(state.accepted, [&](const auto& number) { return number.field == e.field; });
    }

    // ── Steps ──
    void operator()(const StepStarted& e) {
        Instance& made = make_instance(state, e.instance, e.step, e.parent, e.role, e.item_index);
        made.started = at;
        change_status(state, made, "StepStarted", StepStatus::active);
        if (e.waits) state.waits.insert(e.instance);
        release_step(state, e);
    }
    void operator()(const EachStarted& e) { instance(e.instance).items = e.items; }
    void operator()(const ItemAdded& e) { instance(e.instance).items.emplace_back(e.key, e.item); }
    void operator()(const StepSkipped& e) {
        if (e.fresh) {
            make_instance(state, e.instance, e.step, e.parent, e.role, e.item_index);
            release_step(state, e);
        }
        Instance& skipped = instance(e.instance);
        skipped.skip_reason = e.reason;
        skipped.ended = at;
        change_status(state, skipped, "StepSkipped", StepStatus::skipped);
        release_below(state, e.instance);
        state.waits.erase(e.instance);
    }
    void operator()(const StepEnded& e) {
        Instance& ended = instance(e.instance);
        ended.outcome = e.outcome;
        ended.outcome_kind = e.kind;
        ended.deemed = e.deemed;
        ended.result = e.result;
        ended.note = e.note;
        ended.ended = e.happened;
        change_status(state, ended, "StepEnded", StepStatus::ended);
        release_below(state, e.instance);
        state.waits.erase(e.instance);
        if (e.kind == model::OutcomeKind::refusal && !e.note.empty())
            state.refusal_notes.push_back(e.note);
    }
    void operator()(const StepCancelled& e) {
        Instance& cancelled = instance(e.instance);
        cancelled.ended = at;
        change_status(state, cancelled, "StepCancelled", StepStatus::cancelled);
        release_below(state, e.instance);
        state.waits.erase(e.instance);
    }
    void operator()(const StepRedone& e) { begin_round(e, "StepRedone"); }
    void operator()(const StepForwarded& e) {
        begin_round(e, "StepForwarded");
        instance(e.instance).forwarded.push_back(e.to);
    }
    void operator()(const UndoFirst& e) {
        instance(e.holder).after_undo = e.step;
        state.to_undo.insert(state.to_undo.end(), e.instances.begin(), e.instances.end());
    }
    void operator()(const HandedOver& e) {
        for (const std::uint32_t granted : e.instances) instance(granted).handed_over = at;
    }
    template <class Redone>
    void begin_round(const Redone& e, std::string_view event) {
        Instance& redone = instance(e.instance);
        change_status(state, redone, event, StepStatus::active);
        redone.round = e.round;
        redone.signing.clear();
        redone.started = at;
        redone.handed_over = {};
        redone.children.clear();
        redone.items.clear();
        redone.rounds.clear();
        redone.backs.clear();
        redone.children_open = redone.children_ended = redone.children_ok = 0;
        redone.children_skipped = redone.children_cancelled = 0;
        release_below(state, e.instance);
    }
    void operator()(const WentBack& e) {
        Instance& holder = instance(e.holder);
        ++holder.backs[e.move];
        for (const std::uint32_t step : e.steps) {
            std::erase_if(state.held, [&](const HeldStep& held) {
                return held.parent == e.holder && held.step == step;
            });
            const auto found = holder.children.find(step);
            if (found == holder.children.end()) continue;
            const Instance& left = instance(found->second);
            CHECK(left.settled());
            --*counter_of(holder, left.status);
            if (left.status == StepStatus::ended && left.outcome_kind == model::OutcomeKind::ok)
                --holder.children_ok;
            holder.rounds[step] = left.round;
            holder.children.erase(found);
        }
    }
    void operator()(const NoticeGiven&) {}
    void operator()(const DocumentIssued& e) {
        CHECK(e.paper == state.documents.size() + 1);
        state.documents.push_back({e.paper, e.instance, e.document, at, e.text_en, e.text_zh});
    }
    void operator()(const PersonalNoticeGiven&) {}
    void operator()(const StepSupplementing& e) {
        Instance& asking = instance(e.instance);
        asking.outcome = e.outcome;
        asking.note = e.note;
        change_status(state, asking, "StepSupplementing", StepStatus::supplementing);
    }

    void operator()(const StepHeld& e) {
        release_step(state, e);  // it waited for papers, now for its turn
        state.held.push_back({e.step, e.parent, e.role, e.item_index, at, e.materials});
    }

    void operator()(const UndoPrepared& e) {
        instance(e.instance).undo = PreparedUndo{e.department, e.operation, e.input, 0, {}};
    }
    void operator()(const StepUndone& e) { instance(e.instance).undo->outcome = e.outcome; }

    // ── Calls ──
    template <class Requested>
    Call& add_call(const Requested& e, std::string_view event) {
        CHECK(e.call == state.calls.size() + 1);
        Call made;
        made.number = e.call;
        made.instance = e.instance;
        made.round = e.round;
        made.supersedes = e.supersedes;
        made.department = e.department;
        made.operation = e.operation;
        made.status = next(event, CallStatus::absent);
        made.input = e.input;
        made.requested = at;
        made.due_when_asked = e.due_when_asked;
        return state.calls.emplace_back(std::move(made));
    }
    /// A call that takes a step back was answered or given to an operator: the next one's turn.
    void undo_handled(const Call& handled) {
        if (handled.undoes) std::erase(state.to_undo, handled.instance);
    }
    void operator()(const UndoRequested& e) {
        add_call(e, "UndoRequested").undoes = true;
        instance(e.instance).undo->call = e.call;
        instance(e.instance).undo->outcome.clear();
    }
    void operator()(const CallRequested& e) {
        add_call(e, "CallRequested");
        instance(e.instance).call = e.call;
    }
    void operator()(const CallAccepted& e) {
        call(e.call).status = next("CallAccepted", call(e.call).status);
        call(e.call).accepted = at;
    }
    void operator()(const CallAnswered& e) {
        call(e.call).status = next("CallAnswered", call(e.call).status);
        call(e.call).retry_at.reset();
        call(e.call).input = {};  // not needed again: the journal has it
        undo_handled(call(e.call));
    }
    void operator()(const CallAnsweredLate& e) {
        call(e.call).status = next("CallAnsweredLate", call(e.call).status);
        ++call(e.call).extra_answers;
    }
    void operator()(const CallRetryScheduled& e) {
        Call& c = call(e.call);
        c.status = next("CallRetryScheduled", c.status);
        c.attempt = e.attempt;
        c.retry_at = e.at;
        c.last_error = e.reason;
    }
    void operator()(const CallRetried& e) {
        Call& c = call(e.call);
        c.status = next("CallRetried", c.status);
        c.attempt = e.attempt;
        c.retry_at.reset();
        c.accepted.reset();
    }
    void operator()(const CallBlocked& e) {
        Call& c = call(e.call);
        c.status = next("CallBlocked", c.status);
        c.retry_at.reset();
        c.last_error = e.reason;
        undo_handled(c);
    }
    void operator()(const CallCancelled& e) {
        Call& c = call(e.call);
        c.status = next("CallCancelled", c.status);
        c.retry_at.reset();
        c.input = {};
    }

    void operator()(const CallClaimed& e) { call(e.call).claimed_by = e.by; }
    void operator()(const CallReleased& e) { call(e.call).claimed_by.clear(); }
    void operator()(const ChildOpened& e) { call(e.call).child = e.child; }
    void operator()(const RecallRequested& e) {
        call(e.call).recalled = true;
        call(e.call).attempt = e.attempt;
    }
    void operator()(const RecallTaken& e) { call(e.call).recalled = false; }

    // ── Tasks ──
    template <class Opened>
    void add_task(const Opened& e, std::string_view event) {
        CHECK(e.task == state.tasks.size() + 1);
        const TaskStatus open = next(event, TaskStatus::absent);
        state.tasks.push_back({e.task, e.instance, e.role, open, "", at, e.input});
    }
    void operator()(const TaskOpened& e) {
        add_task(e, "TaskOpened");
        instance(e.instance).task = e.task;
    }
    void operator()(const SigningOpened& e) {
        add_task(e, "SigningOpened");
        Instance& signing = instance(e.instance);
        signing.signing.push_back(e.task);
        if (signing.task == 0 || task(signing.task).completed()) signing.task = e.task;
    }
    /// The task that stands for a step which several people sign is one that is still open.
    void operator()(const TaskSigned& e) {
        Task& signed_now = task(e.task);
        signed_now.status = next("TaskSigned", signed_now.status);
        signed_now.completed_by = e.by;
        signed_now.signature = e.signature;
        signed_now.input = {};
        Instance& signing = instance(signed_now.instance);
        for (const std::uint32_t other : signing.signing)
            if (!task(other).completed()) {
                signing.task = other;
                break;
            }
    }
    void operator()(const TaskClaimed& e) {
        task(e.task).status = next("TaskClaimed", task(e.task).status);
        task(e.task).claimed_by = e.by;
    }
    void operator()(const TaskReleased& e) {
        task(e.task).status = next("TaskReleased", task(e.task).status);
        task(e.task).claimed_by.clear();
    }
    void operator()(const TaskCompleted& e) {
        task(e.task).status = next("TaskCompleted", task(e.task).status);
        task(e.task).completed_by = e.by;
        task(e.task).input = {};  // not needed again: the journal has it
    }
    void operator()(const TaskCancelled& e) {
        task(e.task).status = next("TaskCancelled", task(e.task).status);
        task(e.task).input = {};
    }

    // ── Clocks ──
    void operator()(const ClockStarted& e) {
        CHECK(e.clock == state.clocks.size() + 1);
        ClockState made;
        made.number = e.clock;
        made.owner = e.owner;
        made.ref = e.ref;
        made.status = next("ClockStarted", ClockStatus::absent);
        made.from = e.from;
        state.clocks.push_back(std::move(made));
        instance(e.owner).clocks.push_back(e.clock);
    }
    void operator()(const ClockPaused& e) {
        clock(e.clock).status = next("ClockPaused", clock(e.clock).status);
        clock(e.clock).pauses.push_back({e.at, {}});
    }
    void operator()(const ClockResumed& e) {
        clock(e.clock).status = next("ClockResumed", clock(e.clock).status);
        clock(e.clock).pauses.back().to = e.at;
    }
    void operator()(const ClockStopped& e) {
        ClockState& c = clock(e.clock);
        c.status = next("ClockStopped", c.status);
        // A back-dated stop may lie before the pause began: the pause is then empty, not negative.
        if (!c.pauses.empty() && !c.pauses.back().to)
            c.pauses.back().to = std::max(e.at, c.pauses.back().from);
        c.stopped = e.at;
        c.met = e.met;
    }
    void operator()(const ClockRungReached& e) {
        clock(e.clock).status = next("ClockRungReached", clock(e.clock).status);
        clock(e.clock).rungs_done = e.rung + 1;
    }
    void operator()(const ClockExtended& e) {
        clock(e.clock).status = next("ClockExtended", clock(e.clock).status);
        clock(e.clock).extensions.push_back({e.count, e.by, e.reason, at});
    }
    void operator()(const ClockDuePassed& e) {
        clock(e.clock).status = next("ClockDuePassed", clock(e.clock).status);
        clock(e.clock).due_passed = e.due;
    }
};

}  // namespace

void evolve(CaseState& state, const Event& event, Instant at) {
    std::visit([&](const auto& group) { std::visit(Applier{state, at}, group.event); }, event);
}

void evolve(CaseState& state, const Record& record) {
    CHECK(record.sequence == state.sequence + 1);
    for (const Event& event : record.events) evolve(state, event, record.at);
    state.sequence = record.sequence;
    state.last = record.at;
}

}  // namespace countersign::core
