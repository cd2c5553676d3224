// Clocks: started and stopped by events of steps, their ladders, their dues, and what silence
// means. A due is derived whenever it is asked for; the state holds facts only.
#include "engine/core/flow.hpp"

#include "engine/base/check.hpp"

#include <algorithm>

namespace countersign::core {

using model::EventKind;
using model::OutcomeKind;

namespace {

bool is_deadline(const Flow& flow, const ClockState& clock) {
    return !clock.ref.of_scope && clock_of(flow.process(), clock.ref).name == "limit";
}

void start_clock(Flow& flow, std::uint32_t owner, ClockRef ref, Instant from) {
    const auto number = static_cast<std::uint32_t>(flow.state().clocks.size()) + 1;
    flow.draft.add(ClockStarted{number, owner, ref, from});
    // It may start while something makes it stand still.
    const auto& steps = flow.process().steps;
    flow.pauses_moved =
        flow.pauses_moved || flow.state().supplement.status == SupplementStatus::noticed ||
        std::any_of(steps.begin(), steps.end(),
                    [](const model::Step& step) { return step.pauses_case || step.pauses_stage; });
}

/// Whether an event of the process's text is the one that happened to `instance`.
bool matches(const Flow& flow, const model::ClockEvent& event, std::uint32_t instance, bool ended) {
    const Instance& subject = flow.at(instance);
    if (event.step == none || event.step != subject.step) return false;
    if (subject.role == InstanceRole::member) return false;  // the set as a whole is meant
    switch (event.kind) {
        case EventKind::case_opened:
        case EventKind::received:
        case EventKind::owner_started: return false;
        case EventKind::step_started: return !ended;
        case EventKind::step_ended: return ended;
        case EventKind::step_ended_ok: return ended && subject.outcome_kind == OutcomeKind::ok;
        case EventKind::step_outcome: return ended && subject.outcome == event.outcome;
    }
    return false;
}

/// The open clock of this definition that `owner` has, or null; `any` finds a stopped one, too.
const ClockState* owned_clock(const Flow& flow, std::uint32_t owner, ClockRef ref, bool any) {
    for (const std::uint32_t number : flow.at(owner).clocks) {
        const ClockState& clock = flow.state().clocks[number - 1];
        if (clock.ref == ref && (any || clock.is_open())) return &clock;
    }
    return nullptr;
}

bool is_foreign(const model::Clock& clock) { return clock.from.step != none; }

/// Starts and stops the clocks among `clocks` that `owner` has and that count from or to what
/// happened to `instance`.
void follow_clocks(Flow& flow, std::uint32_t owner, const std::vector<model::Clock>& clocks,
                   ClockRef ref, std::uint32_t instance, bool ended) {
    const Instant when = ended ? flow.at(instance).ended : flow.at(instance).started;
    for (ref.clock = 0; ref.clock < clocks.size(); ++ref.clock) {
        const model::Clock& clock = clocks[ref.clock];
        if (clock.to && matches(flow, *clock.to, instance, ended)) {
            const ClockState* open = owned_clock(flow, owner, ref, false);
            if (open != nullptr) flow.draft.add(ClockStopped{open->number, when, true});
        }
        if (!matches(flow, clock.from, instance, ended)) continue;
        if (owned_clock(flow, owner, ref, !clock.restart_on_redo) == nullptr)
            start_clock(flow, owner, ref, when);
    }
}

/// The open instances of a step under `holder`: itself, or the members of its set.
std::vector<std::uint32_t> open_instances(const Flow& flow, std::uint32_t holder,
                                          model::StepIndex step) {
    const auto found = flow.at(holder).children.find(step);
    if (found == flow.at(holder).children.end()) return {};
    if (flow.at(found->second).role == InstanceRole::single)
        return flow.at(found->second).is_open() ? std::vector{found->second}
                                                : std::vector<std::uint32_t>();
    std::vector<std::uint32_t> open;
    for (const auto& [index, member] : flow.at(found->second).children)
        if (flow.at(member).is_open()) open.push_back(member);
    return open;
}

/// Looks at the clocks of every scope around `instance`, and at those of the steps in it, for one
/// that counts from or to its event.
void follow_event(Flow& flow, std::uint32_t instance, bool ended) {
    for (std::uint32_t holder = holder_of(flow.state(), instance); holder != none;
         holder = flow.at(holder).parent) {
        const model::ScopeIndex scope = scope_of_holder(flow.state(), flow.process(), holder);
        if (scope == none) continue;  // a set stands between a member and its scope's holder
        follow_clocks(flow, holder, flow.process().scopes[scope].clocks, {true, scope, 0}, instance,
                      ended);
        for (const model::StepIndex step : flow.process().scopes[scope].steps) {
            const auto& clocks = flow.process().steps[step].clocks;
            if (std::none_of(clocks.begin(), clocks.end(), is_foreign)) continue;
            for (const std::uint32_t owner : open_instances(flow, holder, step))
                if (owner != instance)
                    follow_clocks(flow, owner, clocks, {false, step, 0}, instance, ended);
        }
    }
}

/// When the event happened from which a clock of `owner` counts, if it has happened.
std::optional<Instant> happened_before(const Flow& flow, const model::Clock& clock,
                                       std::uint32_t owner) {
    for (std::uint32_t holder = holder_of(flow.state(), owner); holder != none;
         holder = flow.at(holder).parent) {
        if (flow.at(holder).step == clock.from.step && matches(flow, clock.from, holder, false))
            return flow.at(holder).started;
        const auto found = flow.at(holder).children.find(clock.from.step);
        if (found == flow.at(holder).children.end()) continue;
        const Instance& subject = flow.at(found->second);
        const bool ended = subject.status == StepStatus::ended;
        if (matches(flow, clock.from, found->second, false)) return subject.started;
        if (ended && matches(flow, clock.from, found->second, true)) return subject.ended;
    }
    return std::nullopt;
}

/// Whether the deadline's own ladder escalates at the due or after it.
bool escalates_itself(const model::Step& step) {
    for (const model::Clock& clock : step.clocks)
        for (const model::Rung& rung : clock.rungs)
            if (rung.percent >= 100 &&
                std::any_of(rung.actions.begin(), rung.actions.end(),
                            [](const auto& a) { return a.kind == model::ActionKind::escalate; }))
                return true;
    return false;
}

/// The due passed while the clock ran: what the step's rules say about silence.
void deadline_passed(Flow& flow, std::uint32_t instance) {
    // It waits for the applicant's papers: the card stands, the papers have a limit of their own.
    if (flow.at(instance).status == StepStatus::supplementing) return;
    const model::Step& step = flow.step_of(instance);
    Ending ending;
    ending.happened = flow.context.now;
    if (step.move_for("timeout") != nullptr) {
        ending.outcome = "timeout";
        ending.kind = OutcomeKind::timeout;
        return end_step(flow, instance, std::move(ending));
    }
    switch (step.silence.kind) {
        case model::SilenceKind::absent: return skip_absent(flow, instance);
        case model::SilenceKind::deem: {
            const model::Outcome* outcome = step.outcome(step.silence.outcome);
            ending.outcome = step.silence.outcome;
            ending.kind = outcome != nullptr ? outcome->kind : OutcomeKind::ok;
            ending.deemed = true;
            return end_step(flow, instance, std::move(ending));
        }
        case model::SilenceKind::escalate: break;
    }
    if (!escalates_itself(step))
        act(flow, instance, {model::Action{model::ActionKind::escalate, "supervisor", {}, {}, {}}});
}

/// The due of a clock passed whose silence means an outcome, since the event from which it counts
/// (Administrative Licensing Law Art. 32: accepted on the day of receipt).
void deem(Flow& flow, const ClockState& clock) {
    const std::string& deemed = clock_of(flow.process(), clock.ref).deems;
    if (deemed.empty() || flow.at(clock.owner).status != StepStatus::active) return;
    const model::Outcome* outcome = flow.step_of(clock.owner).outcome(deemed);
    Ending ending;
    ending.outcome = deemed;
    ending.kind = outcome != nullptr ? outcome->kind : OutcomeKind::ok;
    ending.deemed = true;
    ending.happened = clock.from;
    end_step(flow, clock.owner, std::move(ending));
}

/// The owners whose clocks an instance makes stand still by its step's `pauses`: the case, the
/// stage around it.
void add_paused(const CaseState& state, const model::Process& process, std::uint32_t instance,
                std::set<std::uint32_t>& owners) {
    const Instance& pausing = state.instances[instance];
    if (pausing.step == none || pausing.role == InstanceRole::set) return;
    const model::Step& step = process.steps[pausing.step];
    if (step.pauses_case) owners.insert(0);
    if (step.pauses_stage) owners.insert(holder_of(state, instance));
}

std::set<std::uint32_t> paused_owners(const Flow& flow) {
    std::set<std::uint32_t> owners;
    for (std::uint32_t i = 0; i < flow.state().instances.size(); ++i)
        if (flow.at(i).is_open()) add_paused(flow.state(), flow.process(), i, owners);
    return owners;
}

/// When the last reason of a pause went away: what happened elsewhere may have happened before now.
Instant resumed_at(const Flow& flow, const ClockState& clock) {
    Instant last = std::max(clock.pauses.back().from, flow.state().supplement_settled);
    for (std::uint32_t i = 0; i < flow.state().instances.size(); ++i) {
        if (!flow.at(i).settled()) continue;
        std::set<std::uint32_t> owners;
        add_paused(flow.state(), flow.process(), i, owners);
        if (owners.contains(clock.owner)) last = std::max(last, flow.at(i).ended);
    }
    return std::min(last, flow.context.now);
}

/// Whether the open supplement makes this clock stand still: it is the asking step's own, its
/// branch's, or the case's where the process says so.
bool stands_still(const Flow& flow, const ClockState& clock) {
    const SupplementState& supplement = flow.state().supplement;
    if (supplement.status != SupplementStatus::noticed) return false;
    for (const auto& request : supplement.requests) {
        if (clock.owner == 0) return flow.process().supplement->pauses_case;
        for (std::uint32_t at = request.instance; at != none; at = flow.at(at).parent)
            if (at == clock.owner) return true;
    }
    return false;
}

}  // namespace

const calendar::Calendar& calendar_of(const Context& context, const model::Clock* clock) {
    const bool own = clock != nullptr && !clock->calendar.empty();
    const calendar::Calendar* found =
        context.calendars.find(own ? clock->calendar : context.process.calendar);
    CHECK(found != nullptr);  // a deployment is stored only with the calendars that it names
    return *found;
}

void start_clocks(Flow& flow, std::uint32_t instance) {
    const model::StepIndex step = flow.at(instance).step;
    const auto& own = flow.process().steps[step].clocks;
    for (std::uint32_t i = 0; i < own.size(); ++i) {
        if (owned_clock(flow, instance, {false, step, i}, false) != nullptr) continue;
        std::optional<Instant> from = flow.context.now;
        const bool first_round = flow.at(instance).round == 1;
        if (own[i].from.kind == EventKind::case_opened ||
            (own[i].from.kind == EventKind::received && first_round))
            from = flow.state().received;
        else if (is_foreign(own[i]) && own[i].from.step != step)
            from = happened_before(flow, own[i], instance);
        if (from) start_clock(flow, instance, {false, step, i}, *from);
    }
    const model::ScopeIndex scope = scope_of_holder(flow.state(), flow.process(), instance);
    if (scope == none) return;
    const auto& inner = flow.process().scopes[scope].clocks;
    for (std::uint32_t i = 0; i < inner.size(); ++i)
        if (inner[i].from.kind == EventKind::owner_started &&
            owned_clock(flow, instance, {true, scope, i}, false) == nullptr)
            start_clock(flow, instance, {true, scope, i}, flow.context.now);
}

void stop_clocks(Flow& flow, std::uint32_t instance, bool met, Instant when) {
    const std::vector<std::uint32_t> owned = flow.at(instance).clocks;
    for (const std::uint32_t number : owned)
        if (flow.state().clocks[number - 1].is_open())
            flow.draft.add(ClockStopped{number, when, met});
}

void stop_restarting_clocks(Flow& flow, std::uint32_t instance) {
    const std::vector<std::uint32_t> owned = flow.at(instance).clocks;
    for (const std::uint32_t number : owned) {
        const ClockState& clock = flow.state().clocks[number - 1];
        if (clock.is_open() && clock_of(flow.process(), clock.ref).restart_on_redo)
            flow.draft.add(ClockStopped{number, flow.context.now, false});
    }
}

void clocks_follow_start(Flow& flow, std::uint32_t instance) {
    follow_event(flow, instance, false);
}
void clocks_follow_end(Flow& flow, std::uint32_t instance) { follow_event(flow, instance, true); }

calendar::Limit within_of(const ClockState& clock, const model::Clock& definition) {
    calendar::Limit within = definition.within;
    for (const ClockExtension& extension : clock.extensions) within.count += extension.count;
    return within;
}

calendar::Due clock_due(const CaseState&, const ClockState& clock, const Context& context) {
    const model::Clock& definition = clock_of(context.process, clock.ref);
    const Instant now = clock.stopped ? *clock.stopped : context.now;
    return calendar::due_after(calendar_of(context, &definition), clock.from,
                               within_of(clock, definition), definition.counting, clock.pauses,
                               now);
}

std::optional<calendar::Due> deadline_of(const CaseState& state, std::uint32_t instance,
                                         const Context& context) {
    for (const std::uint32_t number : state.instances[instance].clocks) {
        const ClockState& clock = state.clocks[number - 1];
        if (!clock.is_open() || clock.ref.of_scope) continue;
        if (clock_of(context.process, clock.ref).name == "limit")
            return clock_due(state, clock, context);
    }
    return std::nullopt;
}

std::optional<ClockPoint> next_point(const CaseState& state, const ClockState& clock,
                                     const Context& context) {
    if (clock.status != ClockStatus::running) return std::nullopt;
    const model::Clock& definition = clock_of(context.process, clock.ref);
    const auto& calendar = calendar_of(context, &definition);
    std::optional<ClockPoint> point;
    if (!clock.due_passed) point = ClockPoint{clock_due(state, clock, context), none};
    if (clock.rungs_done >= definition.rungs.size()) return point;
    const model::Rung& rung = definition.rungs[clock.rungs_done];
    calendar::Due at;
    if (rung.after) {
        const Instant due = clock_due(state, clock, context).at;
        at = calendar::due_after(calendar, due, *rung.after, definition.counting, {}, context.now);
    } else {
        at = calendar::point_of(calendar, clock.from, within_of(clock, definition), rung.percent,
                                definition.counting, clock.pauses, context.now);
    }
    // At the same instant the rung comes first: what it does needs the step still open.
    if (!point || at.at <= point->due.at) point = ClockPoint{at, clock.rungs_done};
    return point;
}

void fire_clock(Flow& flow, std::uint32_t number) {
    if (number == 0 || number > flow.state().clocks.size()) return;
    for (;;) {
        const ClockState clock = flow.state().clocks[number - 1];
        const auto point = next_point(flow.state(), clock, flow.context);
        if (!point || point->due.at > flow.context.now) break;
        if (point->rung != none) {
            flow.draft.add(ClockRungReached{number, point->rung, point->due.at});
            act(flow, clock.owner, clock_of(flow.process(), clock.ref).rungs[point->rung].actions);
        } else {
            flow.draft.add(ClockDuePassed{number, point->due.at});
            if (!flow.at(clock.owner).is_open()) continue;
            if (is_deadline(flow, clock))
                deadline_passed(flow, clock.owner);
            else
                deem(flow, clock);
        }
    }
    flow.draft.touch({TimerKind::clock, number});
}

std::vector<std::uint32_t> pausing_instances(const CaseState& state, const model::Process& process,
                                             const ClockState& clock) {
    std::vector<std::uint32_t> pausing;
    for (std::uint32_t i = 0; i < state.instances.size(); ++i) {
        std::set<std::uint32_t> owners;
        if (state.instances[i].is_open()) add_paused(state, process, i, owners);
        if (owners.contains(clock.owner)) pausing.push_back(i);
    }
    return pausing;
}

void mark_pauses(Flow& flow, std::uint32_t instance) {
    const model::Step& step = flow.step_of(instance);
    if (step.pauses_case || step.pauses_stage) flow.pauses_moved = true;
}

void settle_pauses(Flow& flow) {
    const std::set<std::uint32_t> owners = paused_owners(flow);
    for (std::size_t i = 0; i < flow.state().clocks.size(); ++i) {
        const ClockState& clock = flow.state().clocks[i];
        if (!clock.is_open()) continue;
        const bool still = owners.contains(clock.owner) || stands_still(flow, clock);
        if (still && clock.status == ClockStatus::running)
            flow.draft.add(ClockPaused{clock.number, flow.context.now});
        else if (!still && clock.status == ClockStatus::paused)
            flow.draft.add(ClockResumed{clock.number, resumed_at(flow, clock)});
    }
}

}  // namespace countersign::core
