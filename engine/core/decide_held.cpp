// What a step waits for beyond its needs. Papers that may follow the application (容缺受理): it
// starts once they are in; until then the applicant holds the case (language.md, "Materials"). Its
// turn among the steps of its `exclusive` name: first ready, first served, ties by address.
#include "engine/core/flow.hpp"
#include "engine/model/bundle.hpp"

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

/// Whether the step is one with which the case begins, and the paper is still being fetched, or
/// could not be fetched and nobody will ask for it.
bool waits_for_fetched(const CaseState& state, const model::Process& process, const HeldStep& held,
                       const model::Material& material) {
    const model::Step& step = process.steps[held.step];
    if (material.fetch_step == none || material.follow_step != none || step.scope != 0 ||
        !step.needs.steps.empty() || model::fetched_by(process, held.step) != nullptr)
        return false;
    const auto& begun = state.instances[0].children;
    const auto fetch = begun.find(material.fetch_step);
    const bool settled = fetch != begun.end() && state.instances[fetch->second].settled();
    return !settled || !intake_may_ask(process);
}

}  // namespace

bool is_to_fetch(const Flow& flow, const model::Material& material) {
    if (is_given(flow.state(), material.id)) return false;
    return material.required ||
           holds(flow.state(), flow.context, material.required_when, {0, none});
}

void take_fetched(Flow& flow, const model::Material& material, const expr::Value& result) {
    if (is_given(flow.state(), material.id)) return;
    GivenMaterial fetched;
    fetched.id = material.id;
    const auto text = [](const expr::Value* value) {
        return value != nullptr && value->is(expr::Kind::string) ? value->as_string()
                                                                 : std::string();
    };
    const auto member = [&](const expr::Value* record, std::string_view name) {
        return record != nullptr && record->is(expr::Kind::map) ? record->find(name) : nullptr;
    };
    if (const expr::Value* file = member(&result, material.fetched_file)) {
        fetched.name = text(member(file, "name"));
        fetched.sha256 = text(member(file, "sha256"));
        const expr::Value* bytes = member(file, "bytes");
        if (bytes != nullptr && bytes->is(expr::Kind::integer))
            fetched.bytes = static_cast<std::uint64_t>(bytes->as_integer());
    }
    if (fetched.name.empty()) fetched.name = text(member(&result, material.fetched_number));
    if (fetched.name.empty()) fetched.name = material.id;
    flow.draft.add(MaterialGiven{std::move(fetched)});
}

void stop_fetching(Flow& flow, const std::string& id) {
    for (const model::Material& material : flow.process().materials) {
        if (material.id != id || material.fetch_step == none) continue;
        const auto fetch = flow.at(0).children.find(material.fetch_step);
        if (fetch == flow.at(0).children.end() || !flow.at(fetch->second).is_open()) continue;
        const std::uint32_t instance = fetch->second;
        cancel_instance(flow, instance);
        flow.queue.push_back({Flow::Work::settled, instance, none});
    }
}

std::vector<std::string> missing_materials(const model::Process& process, const expr::Value& form,
                                           const std::vector<GivenMaterial>& given) {
    std::vector<std::string> missing = model::required_materials(process, form);
    std::erase_if(missing, [&](const std::string& id) {
        return std::any_of(given.begin(), given.end(),
                           [&](const GivenMaterial& one) { return one.id == id; });
    });
    return missing;
}

std::vector<std::string> awaited_materials(const CaseState& state, const Context& context,
                                           const HeldStep& held) {
    const Place place{held.parent, held.role == InstanceRole::member ? held.item_index : none};
    std::vector<std::string> awaited;
    for (const model::Material& material : context.process.materials) {
        if (is_given(state, material.id)) continue;
        const bool follows =
            material.follow_step == held.step && holds(state, context, material.follow_when, place);
        if (!follows && !waits_for_fetched(state, context.process, held, material)) continue;
        const bool required = material.required || material.required_when.has_value();
        if (required && holds(state, context, material.required_when, {0, none}))
            awaited.push_back(material.id);
    }
    return awaited;
}

const Call* fetching_call(const CaseState& state, const model::Process& process,
                          std::string_view id) {
    for (const model::Material& material : process.materials) {
        if (material.id != id || material.fetch_step == none) continue;
        const auto fetch = state.instances[0].children.find(material.fetch_step);
        if (fetch == state.instances[0].children.end()) continue;
        const Instance& instance = state.instances[fetch->second];
        if (instance.is_open() && instance.call != 0) return &state.calls[instance.call - 1];
    }
    return nullptr;
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
