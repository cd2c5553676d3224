// What expressions see of a case: only what a program names is built.
#include "engine/core/flow.hpp"

#include "engine/base/date.hpp"

#include <algorithm>

namespace countersign::core {

using expr::Value;

namespace {

Value step_value(const CaseState& state, const model::Process& process, std::uint32_t instance);

/// The `steps` of a stage's instance, by id, as far as they exist.
Value inner_steps(const CaseState& state, const model::Process& process, const Instance& holder) {
    std::vector<std::pair<std::string, Value>> fields;
    for (const auto& [step, child] : holder.children)
        fields.emplace_back(process.steps[step].id, step_value(state, process, child));
    return Value::record(std::move(fields));
}

/// One instance as `steps.X`: what has not happened is absent, so that has() can ask for it. In a
/// list of instances `outcome` is always there, empty when the instance did not end.
Value instance_value(const CaseState& state, const model::Process& process,
                     const Instance& instance) {
    const model::Step& step = process.steps[instance.step];
    const bool member = instance.role == InstanceRole::member;
    std::vector<std::pair<std::string, Value>> fields;
    fields.emplace_back("round", Value::integer(instance.round));
    if (instance.status == StepStatus::ended) {
        fields.emplace_back("outcome", Value::string(instance.outcome));
        const Value result =
            instance.result.value.is_null() ? Value::record({}) : instance.result.value;
        fields.emplace_back("result", result);
        if (model::runs_process(process, step)) fields.emplace_back("gives", result);
        fields.emplace_back("ended", Value::instant(instance.ended));
    } else if (member) {
        fields.emplace_back("outcome", Value::string(""));
    }
    if (instance.started.ms != 0) fields.emplace_back("started", Value::instant(instance.started));
    if (member) {
        fields.emplace_back("key", instance.key);
        fields.emplace_back("item", instance.item);
        fields.emplace_back("index", Value::integer(instance.item_index));
    }
    if (std::holds_alternative<model::DoVerb>(step.verb))
        fields.emplace_back("steps", inner_steps(state, process, instance));
    return Value::record(std::move(fields));
}

Value step_value(const CaseState& state, const model::Process& process, std::uint32_t number) {
    const Instance& instance = state.instances[number];
    if (instance.role != InstanceRole::set) return instance_value(state, process, instance);
    std::vector<Value> members;
    for (const auto& [index, member] : instance.children)
        members.push_back(instance_value(state, process, state.instances[member]));
    return Value::list(std::move(members));
}

std::optional<Value> bound_value(const CaseState& state, Place place, std::uint32_t step,
                                 bool key) {
    for (std::uint32_t at = place.instance; at != none; at = state.instances[at].parent) {
        const Instance& instance = state.instances[at];
        if (instance.step != step) continue;
        if (instance.role == InstanceRole::member) return key ? instance.key : instance.item;
        if (instance.role == InstanceRole::set && at == place.instance &&
            place.item_index != none) {
            const auto& [item_key, item] = instance.items[place.item_index];
            return key ? item_key : item;
        }
    }
    return std::nullopt;
}

std::optional<Value> step_lookup(const CaseState& state, const model::Process& process, Place place,
                                 std::uint32_t step) {
    const model::ScopeIndex scope = process.steps[step].scope;
    std::uint32_t holder = scope == 0 ? 0 : none;
    for (std::uint32_t at = place.instance; at != none && holder == none;
         at = state.instances[at].parent)
        if (scope_of_holder(state, process, at) == scope) holder = at;
    if (holder == none) return std::nullopt;
    const auto& children = state.instances[holder].children;
    const auto found = children.find(step);
    if (found == children.end()) {
        // A step that has not begun: an empty record, so that has(steps.x.outcome) is false.
        return process.steps[step].each ? Value::list({}) : Value::record({});
    }
    return step_value(state, process, found->second);
}

Value material_value(const CaseState& state, const std::string& id) {
    const auto count = std::count_if(state.materials.begin(), state.materials.end(),
                                     [&](const GivenMaterial& m) { return m.id == id; });
    return Value::record(
        {{"present", Value::boolean(count > 0)}, {"count", Value::integer(count)}});
}

/// The earliest due of the open clocks of the case itself.
std::optional<calendar::Due> case_due(const CaseState& state, const Context& context) {
    std::optional<calendar::Due> earliest;
    for (const std::uint32_t number : state.instances[0].clocks) {
        const ClockState& clock = state.clocks[number - 1];
        if (!clock.is_open()) continue;
        const calendar::Due due = clock_due(state, clock, context);
        if (!earliest || due.at < earliest->at) earliest = due;
    }
    return earliest;
}

std::optional<Value> case_value(const CaseState& state, const Context& context,
                                std::uint32_t fact) {
    switch (static_cast<model::CaseFact>(fact)) {
        case model::CaseFact::id: return Value::string(state.id.text());
        case model::CaseFact::opened: return Value::instant(state.received);
        case model::CaseFact::round: return Value::integer(state.form_version);
        case model::CaseFact::due: {
            const auto due = case_due(state, context);
            if (!due) return std::nullopt;
            return Value::instant(due->at);
        }
        case model::CaseFact::overdue: {
            const auto due = case_due(state, context);
            return Value::boolean(due && due->at < context.now);
        }
        case model::CaseFact::clocks: {
            std::vector<std::pair<std::string, Value>> fields;
            for (const std::uint32_t number : state.instances[0].clocks) {
                const ClockState& clock = state.clocks[number - 1];
                const calendar::Due due = clock_due(state, clock, context);
                fields.emplace_back(clock_of(context.process, clock.ref).name,
                                    Value::record({{"due", Value::instant(due.at)}}));
            }
            return Value::record(std::move(fields));
        }
    }
    return std::nullopt;
}

std::optional<Value> look_up(const CaseState& state, const Context& context, model::VariableRef ref,
                             Place place) {
    switch (ref.root) {
        case model::VariableRoot::form: return state.form.value;
        case model::VariableRoot::material:
            return material_value(state, context.process.materials[ref.index].id);
        case model::VariableRoot::step:
            return step_lookup(state, context.process, place, ref.index);
        case model::VariableRoot::case_fact: return case_value(state, context, ref.index);
        case model::VariableRoot::now: return Value::instant(context.now);
        case model::VariableRoot::bound: return bound_value(state, place, ref.index, false);
        case model::VariableRoot::bound_key: return bound_value(state, place, ref.index, true);
        case model::VariableRoot::own_result:
            return place.result != nullptr ? *place.result
                                           : state.instances[place.instance].result.value;
    }
    return std::nullopt;
}

/// The moment that a date or time stands for: of a date its beginning, or its end.
std::optional<Instant> moment_of(const Value& value, int offset_minutes, bool end) {
    if (value.is(expr::Kind::timestamp)) return value.as_instant();
    const auto date =
        value.is(expr::Kind::string) ? Date::parse(value.as_string()) : std::optional<Date>();
    if (!date) return std::nullopt;
    return instant_of(end ? *date + 1 : *date, 0, offset_minutes);
}

/// The working days of the process's calendar.
expr::Host host_of(const Context& context) {
    return
        [&context](expr::Function function,
                   std::span<const Value> arguments) -> boost::system::result<Value, std::string> {
            const calendar::Calendar& calendar = calendar_of(context, nullptr);
            const int offset = calendar::data_of(calendar).offset_minutes;
            const auto from = moment_of(arguments.front(), offset, false);
            const auto to = moment_of(arguments.back(), offset, true);
            if (!from || !to) return std::string("this is no date");
            if (function == expr::Function::workday)
                return Value::boolean(
                    calendar::is_working_day(calendar, local_time(*from, offset).date));
            return Value::integer(calendar::working_days_between(calendar, *from, *to));
        };
}

}  // namespace

std::uint32_t holder_of(const CaseState& state, std::uint32_t instance) {
    const Instance& found = state.instances[instance];
    return found.role == InstanceRole::member ? state.instances[found.parent].parent : found.parent;
}

model::ScopeIndex scope_of_holder(const CaseState& state, const model::Process& process,
                                  std::uint32_t holder) {
    const Instance& instance = state.instances[holder];
    if (instance.role == InstanceRole::root) return 0;
    if (instance.role == InstanceRole::after_end) return process.after_end;
    if (instance.role == InstanceRole::set) return none;
    const auto* stage = std::get_if<model::DoVerb>(&process.steps[instance.step].verb);
    return stage != nullptr ? stage->scope : none;
}

expr::Evaluated evaluate_at(const CaseState& state, const Context& context,
                            const model::Expression& expression, Place place) {
    return expr::evaluate(
        expression.program,
        [&](std::uint32_t variable) {
            return look_up(state, context, expression.refs[variable], place);
        },
        host_of(context));
}

expr::Evaluated evaluate_with_item(const CaseState& state, const Context& context,
                                   const model::Expression& expression, std::uint32_t set,
                                   const Value& item) {
    return expr::evaluate(
        expression.program,
        [&](std::uint32_t variable) -> std::optional<Value> {
            const model::VariableRef ref = expression.refs[variable];
            const bool own =
                ref.root == model::VariableRoot::bound && ref.index == state.instances[set].step;
            return own ? item : look_up(state, context, ref, {set, none});
        },
        host_of(context));
}

expr::Evaluated evaluate_mapped(const CaseState& state, const Context& context,
                                const std::vector<model::Mapped>& values, Place place) {
    std::vector<std::pair<std::string, Value>> fields;
    for (const model::Mapped& mapped : values) {
        if (!mapped.expression) {
            fields.emplace_back(mapped.name, mapped.constant);
            continue;
        }
        const expr::Evaluated value = evaluate_at(state, context, *mapped.expression, place);
        if (!value && mapped.leave_out_when_empty) continue;
        if (!value) return expr::EvaluationError{mapped.name + ": " + value.error().message,
                                                 value.error().offset};
        if (value->is(expr::Kind::optional)) {
            if (value->held() != nullptr) fields.emplace_back(mapped.name, *value->held());
        } else {
            fields.emplace_back(mapped.name, *value);
        }
    }
    return Value::record(std::move(fields));
}

}  // namespace countersign::core
