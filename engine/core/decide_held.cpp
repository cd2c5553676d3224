// What a step waits for beyond its needs. Papers that may follow the application (容缺受理): it
// starts once they are in; until then the applicant holds the case (language.md, "Materials"). Its
// turn among the steps of its `exclusive` name: first ready, first served, ties by address.
#include "engine/core/flow.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace countersign::core {

namespace {

bool is_given(const CaseState& state, const std::string& material) {
    return std::any_of(state.materials.begin(), state.materials.end(),
                       [&](const GivenMaterial& given) { return given.id == material; });
}

/// A condition that cannot be told counts as true: a paper too many is asked for, none is missed.
bool holds(const CaseState& state, const Context& context,
           const std::optional<model::Expression>& condition, Place place) {
    if (!condition) return true;
    const expr::Evaluated value = evaluate_at(state, context, *condition, place);
    return !value || !value->is(expr::Kind::boolean) || value->as_boolean();
}

bool holder_open(const CaseState& state, std::uint32_t holder) {
    return state.instances[holder].role == InstanceRole::root ? state.status == CaseStatus::open
                                                              : state.instances[holder].is_open();
}

const std::string& turn_of(const Flow& flow, std::uint32_t step) {
    return flow.process().steps[step].exclusive;
}

/// Whether no step of that `exclusive` name is open in the case.
bool is_free(const Flow& flow, const std::string& name) {
    const auto& instances = flow.state().instances;
    return std::none_of(instances.begin(), instances.end(), [&](const Instance& instance) {
        return instance.is_open() && instance.step != none && instance.role != InstanceRole::set &&
               turn_of(flow, instance.step) == name;
    });
}

/// Whether what waits for a turn could still begin: what came since may have ended its stage, or
/// settled it.
bool could_begin(const Flow& flow, const HeldStep& ready) {
    const Instance& parent = flow.at(ready.parent);
    const bool member = ready.role == InstanceRole::member;
    return holder_open(flow.state(), ready.parent) &&
           !parent.children.contains(member ? ready.item_index : ready.step);
}

/// Lets a step that lacks nothing else wait for its turn, which pass_turns gives once all that is
/// ready in this command is known; false when it needs none.
bool queue_for_turn(Flow& flow, HeldStep ready) {
    if (turn_of(flow, ready.step).empty()) return false;
    ready.since = flow.context.now;
    ready.materials.clear();
    flow.ready.push_back(std::move(ready));
    return true;
}

}  // namespace

std::vector<std::string> missing_materials(const model::Process& process, const expr::Value& form,
                                           const std::vector<GivenMaterial>& given) {
    std::vector<std::string> missing;
    for (const model::Material& material : process.materials) {
        if (material.follow_step != model::none) continue;  // a need of its step, not of the case
        bool required = material.required;
        if (!required && material.required_when) {
            const auto& refs = material.required_when->refs;
            const auto value =
                expr::evaluate(material.required_when->program, [&](std::uint32_t variable) {
                    const bool is_form = refs[variable].root == model::VariableRoot::form;
                    return is_form ? std::optional<expr::Value>(form) : std::nullopt;
                });
            required = value && value->is(expr::Kind::boolean) && value->as_boolean();
        }
        const bool there = std::any_of(given.begin(), given.end(),
                                       [&](const GivenMaterial& g) { return g.id == material.id; });
        if (required && !there) missing.push_back(material.id);
    }
    return missing;
}

std::vector<std::string> awaited_materials(const CaseState& state, const Context& context,
                                           const HeldStep& held) {
    const Place place{held.parent, held.role == InstanceRole::member ? held.item_index : none};
    std::vector<std::string> awaited;
    for (const model::Material& material : context.process.materials) {
        if (material.follow_step != held.step || is_given(state, material.id)) continue;
        const bool required = material.required || material.required_when.has_value();
        if (required && holds(state, context, material.required_when, {0, none}) &&
            holds(state, context, material.follow_when, place))
            awaited.push_back(material.id);
    }
    return awaited;
}

bool is_held(const CaseState& state, std::uint32_t parent, model::StepIndex step) {
    return std::any_of(state.held.begin(), state.held.end(), [&](const HeldStep& held) {
        return held.parent == parent && held.step == step;
    });
}

namespace {

/// Whether the state has this very step among those that wait for their turn.
bool is_held(const CaseState& state, const HeldStep& one) {
    return std::any_of(state.held.begin(), state.held.end(), [&](const HeldStep& held) {
        return held.waits_for_turn() && held.parent == one.parent && held.step == one.step &&
               held.role == one.role && held.item_index == one.item_index;
    });
}

}  // namespace

bool hold(Flow& flow, std::uint32_t parent, model::StepIndex step, InstanceRole role,
          std::uint32_t item_index) {
    const HeldStep ready{step, parent, role, item_index, flow.context.now, {}};
    std::vector<std::string> awaited = awaited_materials(flow.state(), flow.context, ready);
    if (awaited.empty()) return queue_for_turn(flow, ready);
    flow.draft.add(StepHeld{step, parent, role, item_index, std::move(awaited)});
    return true;
}

void release_held(Flow& flow) {
    const std::vector<HeldStep> waiting = flow.state().held;
    for (const HeldStep& held : waiting) {
        // What one of them brings about may end the stage of another.
        if (held.waits_for_turn() || !holder_open(flow.state(), held.parent)) continue;
        if (!awaited_materials(flow.state(), flow.context, held).empty()) continue;
        if (queue_for_turn(flow, held)) continue;
        make_and_begin(flow, held.parent, held.step, held.role, held.item_index);
    }
}

bool waits(const Flow& flow, std::uint32_t parent, model::StepIndex step) {
    return is_held(flow.state(), parent, step) ||
           std::any_of(flow.ready.begin(), flow.ready.end(), [&](const HeldStep& ready) {
               return ready.parent == parent && ready.step == step;
           });
}

void pass_turns(Flow& flow) {
    if (flow.ready.empty() && flow.state().held.empty()) return;
    using Waiting = std::tuple<Instant, std::string, HeldStep>;
    std::vector<Waiting> line;
    const auto join_line = [&](const HeldStep& one) {
        if (one.waits_for_turn() && could_begin(flow, one))
            line.emplace_back(one.since, address_of(flow.state(), flow.process(), one), one);
    };
    for (const HeldStep& held : flow.state().held) join_line(held);
    for (const HeldStep& ready : flow.ready) join_line(ready);
    flow.ready.clear();
    std::sort(line.begin(), line.end(), [](const Waiting& a, const Waiting& b) {
        return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });
    for (const auto& [since, address, one] : line) {
        const bool known = is_held(flow.state(), one);
        if (is_free(flow, turn_of(flow, one.step)) && could_begin(flow, one))
            make_and_begin(flow, one.parent, one.step, one.role, one.item_index);
        else if (!known && could_begin(flow, one))
            flow.draft.add(StepHeld{one.step, one.parent, one.role, one.item_index, {}});
    }
}

}  // namespace countersign::core
