// Undoing: when a case ends refused or withdrawn, every step that had ended ok and names an `undo`
// is taken back, newest first, one after the other. What takes back is a call like any other; the
// next leaves when the one before is answered or given to an operator, which silence brings about.
#include "engine/core/flow.hpp"

#include "engine/base/check.hpp"

#include <algorithm>
#include <map>

namespace countersign::core {

namespace {

/// How long a department may be silent about an undoing whose operation has no limit of its own.
constexpr calendar::Limit undo_patience{5, calendar::Unit::working_day};

/// Whether it has done what may have to be taken back, and nobody has been asked to yet.
bool is_done(const Instance& instance) {
    return instance.status == StepStatus::ended && instance.undo && instance.undo->call == 0 &&
           instance.outcome_kind == model::OutcomeKind::ok;
}

void order_newest_first(const Flow& flow, std::vector<std::uint32_t>& steps) {
    std::sort(steps.begin(), steps.end(), [&](std::uint32_t a, std::uint32_t b) {
        return flow.at(a).ended != flow.at(b).ended ? flow.at(a).ended > flow.at(b).ended : a > b;
    });
}

/// What is to be taken back, newest first. Of a step that was done in several rounds of its stage
/// the latest counts: a department is told once.
std::vector<std::uint32_t> steps_to_undo(const Flow& flow) {
    std::map<std::string, std::uint32_t> latest;
    for (std::uint32_t i = 0; i < flow.state().instances.size(); ++i)
        if (is_done(flow.at(i))) latest[path_of(flow.state(), flow.process(), i)] = i;
    std::vector<std::uint32_t> steps;
    for (const auto& [path, instance] : latest) steps.push_back(instance);
    order_newest_first(flow, steps);
    return steps;
}

/// The prepared input and what the result adds to it.
expr::Value input_of(const Flow& flow, std::uint32_t instance) {
    const Instance& undone = flow.at(instance);
    expr::Value input = undone.undo->input.value;
    if (!input.is(expr::Kind::map)) return input;  // erased
    for (const model::UndoInput& one : flow.step_of(instance).undo->inputs) {
        if (!one.from_result) continue;
        const expr::Value* value = undone.result.value.find(one.name);
        if (value != nullptr && !value->is_null()) input = input.with(one.name, *value);
    }
    return input;
}

calendar::Limit patience_with(const model::Operation& operation) {
    return operation.limit.value_or(undo_patience);
}

/// The last incident about silence to this call, or null.
const Incident* last_overdue(const CaseState& state, std::uint32_t call) {
    const auto found = std::find_if(
        state.incidents.rbegin(), state.incidents.rend(), [&](const Incident& incident) {
            return incident.call == call && incident.kind == IncidentKind::undo_overdue;
        });
    return found == state.incidents.rend() ? nullptr : &*found;
}

bool is_operators(const CaseState& state, const Call& call) {
    if (call.status == CallStatus::blocked) return true;
    const Incident* overdue = last_overdue(state, call.number);
    return overdue != nullptr && !overdue->resolved;
}

void request_undo(Flow& flow, std::uint32_t instance) {
    const Instance& undone = flow.at(instance);
    CHECK(undone.undo.has_value());
    UndoRequested requested;
    requested.call = static_cast<std::uint32_t>(flow.state().calls.size()) + 1;
    requested.instance = instance;
    requested.round = undone.round;
    requested.supersedes = undone.undo->call;
    requested.department = undone.undo->department;
    requested.operation = undone.undo->operation;
    requested.input.value = input_of(flow, instance);
    requested.due_when_asked =
        calendar::due_after(calendar_of(flow.context, nullptr), flow.context.now,
                            patience_with(flow.process().operations[requested.operation]))
            .at;
    const DispatchCall dispatch{{flow.state().id, requested.call}, 1, requested.department};
    flow.draft.add(std::move(requested));
    flow.draft.effect(dispatch);
}

/// Whether a department has a call in hand that takes something back.
bool is_under_way(const CaseState& state) {
    return std::any_of(state.calls.begin(), state.calls.end(), [&](const Call& call) {
        return call.undoes && call.is_open() && !is_operators(state, call);
    });
}

/// Whether all that is due after the end has come to its own end.
bool obligations_over(const Flow& flow) {
    if (flow.process().after_end == none) return true;
    const auto& instances = flow.state().instances;
    const auto holder = std::find_if(instances.begin(), instances.end(), [](const Instance& i) {
        return i.role == InstanceRole::after_end;
    });
    const std::size_t steps = flow.process().scopes[flow.process().after_end].steps.size();
    return holder != instances.end() && holder->children_settled() == steps;
}

}  // namespace

void prepare_undo(Flow& flow, std::uint32_t instance, const std::string& department,
                  const expr::Value& sent) {
    const model::Undo& undo = *flow.step_of(instance).undo;
    std::vector<std::pair<std::string, expr::Value>> input;
    for (const model::UndoInput& one : undo.inputs) {
        const expr::Value* value = one.from_result ? nullptr : sent.find(one.name);
        if (value != nullptr && !value->is_null()) input.emplace_back(one.name, *value);
    }
    flow.draft.add(UndoPrepared{
        instance, department, undo.operation, {expr::Value::record(std::move(input))}});
}

std::vector<std::uint32_t> steps_to_undo(const Flow& flow, std::uint32_t holder,
                                         const std::vector<model::StepIndex>& steps) {
    std::vector<std::uint32_t> found;
    std::vector<std::uint32_t> within;
    for (const model::StepIndex step : steps) {
        const auto child = flow.at(holder).children.find(step);
        if (child != flow.at(holder).children.end()) within.push_back(child->second);
    }
    while (!within.empty()) {
        const std::uint32_t instance = within.back();
        within.pop_back();
        if (is_done(flow.at(instance))) found.push_back(instance);
        for (const auto& [key, child] : flow.at(instance).children) within.push_back(child);
    }
    order_newest_first(flow, found);
    return found;
}

void undo_before(Flow& flow, std::uint32_t holder, model::StepIndex step,
                 std::vector<std::uint32_t> instances) {
    flow.draft.add(UndoFirst{holder, step, std::move(instances)});
    go_on_undoing(flow);
}

bool is_undoing(const Flow& flow) {
    return !flow.state().to_undo.empty() || is_under_way(flow.state());
}

void begin_undo(Flow& flow) {
    std::vector<std::uint32_t> steps = steps_to_undo(flow);
    if (steps.empty()) return;
    flow.draft.add(UndoBegun{std::move(steps)});
    go_on_undoing(flow);
}

void go_on_undoing(Flow& flow) {
    if (!flow.state().to_undo.empty() && !is_under_way(flow.state()))
        request_undo(flow, flow.state().to_undo.front());
    close_if_over(flow);
    if (flow.state().status != CaseStatus::open || is_undoing(flow)) return;
    for (std::uint32_t holder = 0; holder < flow.state().instances.size(); ++holder)
        if (const std::uint32_t step = flow.at(holder).after_undo; step != none)
            flow.queue.push_back({Flow::Work::examine, holder, step});
}

void end_undo(Flow& flow, const Call& call, const Ending& answer) {
    const std::uint32_t number = call.number;
    const std::uint32_t instance = call.instance;
    flow.draft.add(
        StepUndone{instance, answer.outcome, answer.kind, {answer.result}, answer.note});
    resolve_incidents(flow, instance);
    if (answer.kind != model::OutcomeKind::ok) {
        IncidentRaised raised;
        raised.incident = static_cast<std::uint32_t>(flow.state().incidents.size()) + 1;
        raised.kind = IncidentKind::undo_refused;
        raised.instance = instance;
        raised.call = number;
        raised.message = answer.outcome + (answer.note.empty() ? "" : ": " + answer.note);
        flow.draft.add(std::move(raised));
    }
    go_on_undoing(flow);
}

std::optional<TimerDue> undo_due(const CaseState& state, std::uint32_t number,
                                 const Context& context) {
    if (number == 0 || number > state.calls.size()) return std::nullopt;
    const Call& call = state.calls[number - 1];
    if (!call.undoes || !call.is_open() || is_operators(state, call)) return std::nullopt;
    const Incident* overdue = last_overdue(state, number);
    const calendar::Limit limit = patience_with(context.process.operations[call.operation]);
    const Instant from = overdue == nullptr ? call.requested : *overdue->resolved;
    return TimerDue{calendar::due_after(calendar_of(context, nullptr), from, limit).at,
                    limit.uses_calendar()};
}

void fire_undo(Flow& flow, std::uint32_t number) {
    flow.draft.touch({TimerKind::undo, number});
    const auto due = undo_due(flow.state(), number, flow.context);
    if (!due || due->at > flow.context.now) return;
    const Call& call = flow.state().calls[number - 1];
    const std::uint32_t instance = call.instance;
    IncidentRaised raised;
    raised.incident = static_cast<std::uint32_t>(flow.state().incidents.size()) + 1;
    raised.kind = IncidentKind::undo_overdue;
    raised.instance = instance;
    raised.call = number;
    act(flow, instance, {model::Action{model::ActionKind::remind, call.department, {}, {}, {}}});
    flow.draft.add(std::move(raised));
    go_on_undoing(flow);
}

void repeat_undo(Flow& flow, std::uint32_t instance) { request_undo(flow, instance); }

void close_if_over(Flow& flow) {
    const CaseState& state = flow.state();
    if (state.status != CaseStatus::ended || !state.to_undo.empty() || is_under_way(state)) return;
    if (obligations_over(flow)) flow.draft.add(CaseClosed{});
}

}  // namespace countersign::core
