// Lead and assistants (牵头, 协办): the stage ends with what its lead decides, who is told what
// each assistant said. Who said nothing in time is not among them.
#include "engine/core/flow.hpp"

#include <algorithm>

namespace countersign::core {

using expr::Value;

namespace {

constexpr std::string_view opinions_name = "opinions";

/// What each assistant said: {by, outcome, note, …}.
std::vector<Value> opinions_in(const Flow& flow, std::uint32_t stage) {
    std::vector<Value> opinions;
    const auto& steps = flow.at(stage).children;
    const auto& verb = std::get<model::DoVerb>(flow.step_of(stage).verb);
    for (const auto& [step, holder] : steps) {
        if (step == verb.decision) continue;
        for (const auto& [assistant, number] : flow.at(holder).children) {
            const Instance& said = flow.at(number);
            if (said.status != StepStatus::ended || said.call == 0) continue;
            std::vector<std::pair<std::string, Value>> opinion = {
                {"by", Value::string(flow.state().calls[said.call - 1].department)},
                {"outcome", Value::string(said.outcome)},
                {"note", Value::string(said.note)}};
            if (said.result.value.is(expr::Kind::map))
                for (const auto& [name, value] : said.result.value.entries())
                    if (name.as_string() != "by" && name.as_string() != "outcome" &&
                        name.as_string() != "note")
                        opinion.emplace_back(name.as_string(), value);
            opinions.push_back(Value::record(std::move(opinion)));
        }
    }
    return opinions;
}

/// Of each opinion the fields that the operation declares.
Value as_declared(const model::Field& field, const std::vector<Value>& opinions) {
    std::vector<Value> told;
    for (const Value& opinion : opinions) {
        std::vector<std::pair<std::string, Value>> members;
        for (const model::Field& member : field.fields.front().fields)
            if (const Value* value = opinion.find(member.name))
                members.emplace_back(member.name, *value);
        told.push_back(Value::record(std::move(members)));
    }
    return Value::list(std::move(told));
}

}  // namespace

std::uint32_t stage_led_by(const Flow& flow, std::uint32_t instance) {
    const std::uint32_t holder = holder_of(flow.state(), instance);
    if (holder == none || flow.at(holder).step == none) return none;
    const auto* stage = std::get_if<model::DoVerb>(&flow.step_of(holder).verb);
    const bool leads =
        stage != nullptr && stage->decision != none && stage->decision == flow.at(instance).step;
    return leads && flow.at(holder).is_open() ? holder : none;
}

Value with_opinions(const Flow& flow, std::uint32_t stage, const Value& result) {
    const Value record = result.is(expr::Kind::map) ? result : Value::record({});
    return record.with(std::string(opinions_name), Value::list(opinions_in(flow, stage)));
}

void add_opinions(const Flow& flow, std::uint32_t instance, const model::Operation& operation,
                  Value& input) {
    const std::uint32_t stage = stage_led_by(flow, instance);
    if (stage == none || input.find(opinions_name) != nullptr) return;
    for (const model::Field& field : operation.input.fields)
        if (field.name == opinions_name && field.type == model::FieldType::list &&
            field.fields.front().type == model::FieldType::record)
            input = input.with(std::string(opinions_name),
                               as_declared(field, opinions_in(flow, stage)));
}

}  // namespace countersign::core
