// Papers that may follow the application (容缺受理): a hidden need of one step. The step starts once
// they are in; until then the applicant holds the case (language.md, "Materials").
#include "engine/core/flow.hpp"

#include <algorithm>

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

bool hold(Flow& flow, std::uint32_t parent, model::StepIndex step, InstanceRole role,
          std::uint32_t item_index) {
    std::vector<std::string> awaited = awaited_materials(
        flow.state(), flow.context, {step, parent, role, item_index, flow.context.now, {}});
    if (awaited.empty()) return false;
    flow.draft.add(StepHeld{step, parent, role, item_index, std::move(awaited)});
    return true;
}

void release_held(Flow& flow) {
    const std::vector<HeldStep> waiting = flow.state().held;
    for (const HeldStep& held : waiting) {
        // What one of them brings about may end the stage of another.
        if (!holder_open(flow.state(), held.parent)) continue;
        if (!awaited_materials(flow.state(), flow.context, held).empty()) continue;
        make_and_begin(flow, held.parent, held.step, held.role, held.item_index);
    }
}

}  // namespace countersign::core
