// decide's front: the draft, the switch over commands, and the timers of a case.
#include "engine/core/decide.hpp"

#include "engine/base/check.hpp"
#include "engine/core/flow.hpp"

namespace countersign::core {

namespace {

/// Which timers an event may have moved.
struct Touched {
    const CaseState& state;
    std::set<TimerId>& timers;

    void clock(std::uint32_t number) { timers.insert({TimerKind::clock, number}); }
    void call(std::uint32_t number) {
        timers.insert({TimerKind::retry, number});
        if (state.calls[number - 1].undoes) timers.insert({TimerKind::undo, number});
    }
    void incident(std::uint32_t number) {
        const std::uint32_t about = state.incidents[number - 1].call;
        if (about != 0) call(about);
    }
    void supplement() {
        timers.insert({TimerKind::supplement_window, 0});
        timers.insert({TimerKind::supplement_limit, 0});
    }
    void operator()(const ClockStarted& e) { clock(e.clock); }
    void operator()(const ClockPaused& e) { clock(e.clock); }
    void operator()(const ClockResumed& e) { clock(e.clock); }
    void operator()(const ClockStopped& e) { clock(e.clock); }
    void operator()(const ClockRungReached& e) { clock(e.clock); }
    void operator()(const ClockDuePassed& e) { clock(e.clock); }
    void operator()(const CallRetryScheduled& e) { timers.insert({TimerKind::retry, e.call}); }
    void operator()(const CallRetried& e) { call(e.call); }
    void operator()(const CallBlocked& e) { call(e.call); }
    void operator()(const CallAnswered& e) { call(e.call); }
    void operator()(const CallCancelled& e) { call(e.call); }
    void operator()(const SupplementRequested&) { supplement(); }
    void operator()(const SupplementNoticed&) { supplement(); }
    void operator()(const SupplementSettled&) { supplement(); }
    void operator()(const StepEnded& e) { timers.insert({TimerKind::wait, e.instance}); }
    void operator()(const StepSkipped& e) { timers.insert({TimerKind::wait, e.instance}); }
    void operator()(const StepCancelled& e) { timers.insert({TimerKind::wait, e.instance}); }
    void operator()(const StepRedone& e) { timers.insert({TimerKind::wait, e.instance}); }
    void operator()(const StepForwarded& e) { timers.insert({TimerKind::wait, e.instance}); }
    void operator()(const UndoFirst&) {}
    void operator()(const HandedOver&) {}
    void operator()(const CaseOpened&) {}
    void operator()(const FormChanged&) {}
    void operator()(const MaterialGiven&) {}
    void operator()(const MissingItemSupplied&) {}
    void operator()(const CaseEnded&) {}
    void operator()(const CaseClosed&) {}
    void operator()(const IncidentRaised& e) { incident(e.incident); }
    void operator()(const IncidentResolved& e) { incident(e.incident); }
    void operator()(const SignalReceived&) {}
    void operator()(const SuspiciousFieldAccepted&) {}
    void operator()(const AcceptanceLapsed&) {}
    void operator()(const UndoBegun&) {}
    void operator()(const UndoPrepared&) {}
    void operator()(const PersonalNoticeGiven&) {}
    void operator()(const StepUndone&) {}
    void operator()(const UndoRequested& e) { call(e.call); }
    void operator()(const StepStarted&) {}
    void operator()(const WentBack&) {}
    void operator()(const DocumentIssued&) {}
    void operator()(const ItemAdded&) {}
    void operator()(const EachStarted&) {}
    void operator()(const NoticeGiven&) {}
    void operator()(const StepSupplementing&) {}
    void operator()(const StepHeld&) {}
    void operator()(const CallRequested&) {}
    void operator()(const CallAccepted&) {}
    void operator()(const CallAnsweredLate&) {}
    void operator()(const CallClaimed&) {}
    void operator()(const CallReleased&) {}
    void operator()(const ChildOpened&) {}
    void operator()(const RecallRequested&) {}
    void operator()(const RecallTaken&) {}
    void operator()(const CasePartOf&) {}
    void operator()(const ParentTold&) {}
    void operator()(const TaskOpened&) {}
    void operator()(const TaskClaimed&) {}
    void operator()(const TaskReleased&) {}
    void operator()(const TaskCompleted&) {}
    void operator()(const TaskCancelled&) {}
    void operator()(const SigningOpened&) {}
    void operator()(const TaskSigned&) {}
    void operator()(const ClockExtended& e) { clock(e.clock); }
};

void fire(Flow& flow, const FireTimer& command) {
    flow.draft.set_reply(Reply::stale);
    if (flow.state().status == CaseStatus::absent) return;
    const std::size_t before = flow.draft.events().size();
    switch (command.timer.kind) {
        case TimerKind::clock: fire_clock(flow, command.timer.number); break;
        case TimerKind::retry: fire_retry(flow, command.timer.number); break;
        case TimerKind::wait:
            // run() looks at every wait of the case; nothing else is to be done.
            flow.draft.touch(command.timer);
            break;
        case TimerKind::supplement_window: fire_supplement_window(flow); break;
        case TimerKind::supplement_limit: fire_supplement_limit(flow); break;
        case TimerKind::undo:
            fire_undo(flow, command.timer.number);
            break;
    }
    if (flow.draft.events().size() > before) flow.draft.set_reply(Reply::done);
}

struct Decider {
    Flow& flow;
    const Command& command;

    std::optional<Rejection> operator()(const OpenCase& c) { return decide_open(flow, command, c); }
    std::optional<Rejection> operator()(const AnswerCall& c) {
        return decide_answer(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const ReportAttempt& c) { return decide_attempt(flow, c); }
    std::optional<Rejection> operator()(const ClaimCall& c) {
        return decide_claim(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const ReleaseCall& c) {
        return decide_release(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const RecallCase&) { return decide_recall(flow); }
    std::optional<Rejection> operator()(const AddItem& c) {
        return decide_add(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const ExtendClock& c) {
        return decide_extend(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const ClaimTask& c) {
        return decide_claim(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const ReleaseTask& c) {
        return decide_release(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const CompleteTask& c) {
        return decide_complete(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const FireTimer& c) {
        fire(flow, c);
        return std::nullopt;
    }
    std::optional<Rejection> operator()(const Supply& c) {
        return decide_supply(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const WithdrawCase& c) {
        return decide_withdraw(flow, c, command.by);
    }
    std::optional<Rejection> operator()(const RetryIncident& c) { return decide_retry(flow, c); }
    std::optional<Rejection> operator()(const SignalCase& c) { return decide_signal(flow, c); }
};

/// When a comparison of `now` with this moment may turn next: at the moment, or just after it.
std::optional<Instant> next_turn(const CaseState& state, const model::Expression& moment,
                                 std::uint32_t instance, const Context& context) {
    const expr::Evaluated value = evaluate_at(state, context, moment, {instance, none});
    // What has no value yet is looked at anew when something happens to the case.
    if (!value || !value->is(expr::Kind::timestamp)) return std::nullopt;
    const Instant at = value->as_instant();
    if (at > context.now) return at;
    if (at + milliseconds(1) > context.now) return at + milliseconds(1);
    return std::nullopt;
}

std::optional<TimerDue> wait_due(const CaseState& state, std::uint32_t number,
                                 const Context& context) {
    if (!state.waits.contains(number)) return std::nullopt;
    const Instance& instance = state.instances[number];
    const model::Step& step = context.process.steps[instance.step];
    std::optional<TimerDue> earliest;
    const auto consider = [&](std::optional<Instant> at, bool movable) {
        if (at && (!earliest || *at < earliest->at)) earliest = TimerDue{*at, movable};
    };
    if (instance.role == InstanceRole::set) {
        for (const model::Expression& moment : step.each->open->moments)
            consider(next_turn(state, moment, number, context), false);
        return earliest;
    }
    for (const model::Expression& moment : step.while_moments)
        consider(next_turn(state, moment, number, context), false);
    const auto* verb = std::get_if<model::WaitVerb>(&step.verb);
    if (verb == nullptr) return earliest;
    calendar::Counting counting;
    counting.roll = false;
    for (const auto& branch : verb->branches) {
        for (const model::Expression& moment : branch.moments)
            consider(next_turn(state, moment, number, context), false);
        if (branch.before) {
            const auto moment = moment_before(state, context, branch, number);
            if (moment) consider(moment->at, branch.by->uses_calendar());
        }
        if (!branch.delay) continue;
        const auto due = calendar::due_after(calendar_of(context, nullptr), instance.started,
                                             *branch.delay, counting, {}, context.now);
        consider(due.at, branch.delay->uses_calendar());
    }
    return earliest;
}

std::optional<TimerDue> supplement_due(const CaseState& state, bool window,
                                       const Context& context) {
    const SupplementStatus wanted = window ? SupplementStatus::drafting : SupplementStatus::noticed;
    if (state.status != CaseStatus::open || state.supplement.status != wanted) return std::nullopt;
    if (!context.process.supplement) return std::nullopt;
    const model::Supplement& rule = *context.process.supplement;
    const calendar::Limit limit = window ? rule.window : rule.limit;
    const Instant from = window ? state.supplement.opened : state.supplement.noticed;
    return TimerDue{calendar::due_after(calendar_of(context, nullptr), from, limit).at,
                    limit.uses_calendar()};
}

}  // namespace

void Draft::add_event(Event event) {
    evolve(state_, event, now_);
    std::visit(
        [&](const auto& group) {
            std::visit(Touched{state_, touched_}, group.event);
        },
        event);
    events_.push_back(std::move(event));
}

const Contents& Flow::contents() const {
    static const Contents none_stored;
    return context.contents == nullptr ? none_stored : *context.contents;
}

std::optional<Rejection> decide(Draft& draft, const Command& command, const Context& context) {
    const bool opens = std::holds_alternative<OpenCase>(command.body);
    if (!opens && draft.state().status == CaseStatus::absent)
        return Rejection{RejectionCode::not_found,
                         format_both("Expected case {}, but there is none", "没有办件 {}",
                                     command.case_id.text()),
                         {}};
    Flow flow{draft, context, command.by.name, {}, 0, {}, false};
    std::optional<Rejection> rejection = std::visit(Decider{flow, command}, command.body);
    CHECK(!rejection || draft.events().empty());
    if (!rejection) run(flow);
    return rejection;
}

std::optional<TimerDue> due_of(const CaseState& state, TimerId timer, const Context& context) {
    switch (timer.kind) {
        case TimerKind::clock: {
            if (timer.number == 0 || timer.number > state.clocks.size()) return std::nullopt;
            const ClockState& clock = state.clocks[timer.number - 1];
            const auto point = next_point(state, clock, context);
            if (!point) return std::nullopt;
            const model::Clock& definition = clock_of(context.process, clock.ref);
            const bool movable = definition.within.uses_calendar() ||
                                 (point->rung != none && definition.rungs[point->rung].after &&
                                  definition.rungs[point->rung].after->uses_calendar());
            return TimerDue{point->due.at, movable};
        }
        case TimerKind::retry: {
            if (timer.number == 0 || timer.number > state.calls.size()) return std::nullopt;
            const Call& call = state.calls[timer.number - 1];
            if (call.status != CallStatus::retrying) return std::nullopt;
            return TimerDue{*call.retry_at, false};
        }
        case TimerKind::wait: return wait_due(state, timer.number, context);
        case TimerKind::supplement_window: return supplement_due(state, true, context);
        case TimerKind::supplement_limit: return supplement_due(state, false, context);
        case TimerKind::undo:
            return undo_due(state, timer.number, context);
    }
    return std::nullopt;
}

std::vector<std::pair<TimerId, TimerDue>> timers_of(const CaseState& state,
                                                    const Context& context) {
    std::vector<std::pair<TimerId, TimerDue>> timers;
    const auto look = [&](TimerId id) {
        if (const auto due = due_of(state, id, context)) timers.emplace_back(id, *due);
    };
    for (const ClockState& clock : state.clocks) look({TimerKind::clock, clock.number});
    for (const Call& call : state.calls) {
        look({TimerKind::retry, call.number});
        if (call.undoes) look({TimerKind::undo, call.number});
    }
    for (const std::uint32_t instance : state.waits) look({TimerKind::wait, instance});
    look({TimerKind::supplement_window, 0});
    look({TimerKind::supplement_limit, 0});
    return timers;
}

}  // namespace countersign::core
