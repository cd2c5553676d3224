// Meetings (联合踏勘): the earliest slot that all can keep, and what those who came found. Who
// named no slot is not waited for; a slot that has passed, or lies beyond the limit, is none.
#include "engine/core/flow.hpp"

#include "engine/base/date.hpp"
#include "engine/core/words.hpp"

#include <algorithm>

namespace countersign::core {

using expr::Kind;
using expr::Value;

namespace {

std::vector<Instant> instants_of(const Value* list) {
    std::vector<Instant> instants;
    if (list == nullptr || !list->is(Kind::list)) return instants;
    for (const Value& item : list->items())
        if (item.is(Kind::timestamp)) instants.push_back(item.as_instant());
    return instants;
}

bool contains(const std::vector<Instant>& instants, Instant one) {
    return std::find(instants.begin(), instants.end(), one) != instants.end();
}

/// Returns the set of a step beside the one of `instance`, or null.
const Instance* set_beside(const Flow& flow, std::uint32_t instance, model::StepIndex step) {
    const auto& children = flow.at(holder_of(flow.state(), instance)).children;
    const auto found = children.find(step);
    return found == children.end() ? nullptr : &flow.at(found->second);
}

/// What each of those who answered can keep.
std::vector<std::vector<Instant>> answers_of(const Flow& flow, const Instance* offers) {
    std::vector<std::vector<Instant>> answers;
    if (offers == nullptr) return answers;
    for (const auto& [index, member] : offers->children) {
        const Instance& offer = flow.at(member);
        if (offer.status != StepStatus::ended || offer.outcome != "offered") continue;
        const Value& result = offer.result.value;
        answers.push_back(instants_of(result.is(Kind::map) ? result.find("slots") : nullptr));
    }
    return answers;
}

/// The earliest slot that is still to come, lies within the limit and suits all; none without
/// anybody who answered.
std::optional<Instant> earliest(const Flow& flow, const model::AppointVerb& verb, Instant begun,
                                std::vector<Instant> slots,
                                const std::vector<std::vector<Instant>>& answers) {
    if (answers.empty()) return std::nullopt;
    std::optional<Instant> last;
    if (verb.within)
        last = calendar::due_after(calendar_of(flow.context, nullptr), begun, *verb.within).at;
    std::sort(slots.begin(), slots.end());
    for (const Instant slot : slots) {
        if (slot < flow.context.now || (last && slot > *last)) continue;
        const bool suits = std::all_of(answers.begin(), answers.end(),
                                       [&](const auto& answer) { return contains(answer, slot); });
        if (suits) return slot;
    }
    return std::nullopt;
}

void tell_applicant(Flow& flow, std::uint32_t instance, Instant slot) {
    const int offset = calendar::data_of(calendar_of(flow.context, nullptr)).offset_minutes;
    const Text title = titles_of(flow.state(), flow.process(), holder_of(flow.state(), instance));
    flow.draft.add(NoticeGiven{instance, model::ActionKind::send, "applicant",
                               format_both("{}: {}", "{}：{}", title, moment_text(slot, offset))});
}

}  // namespace

void begin_appointment(Flow& flow, std::uint32_t instance, const model::AppointVerb& verb) {
    const auto given = evaluate_mapped(flow.state(), flow.context, {verb.slots}, {instance, none});
    if (!given) return raise_expression(flow, instance, given.error(), "slots");
    const auto answers = answers_of(flow, set_beside(flow, instance, verb.offers));
    const Instant begun = flow.at(holder_of(flow.state(), instance)).started;
    const auto slot =
        earliest(flow, verb, begun, instants_of(given->find(verb.slots.name)), answers);
    Ending ending;
    ending.outcome = slot ? "fixed" : "no_slot";
    ending.kind = slot ? model::OutcomeKind::ok : model::OutcomeKind::refusal;
    ending.happened = flow.context.now;
    if (slot) {
        ending.result = Value::record({{"slot", Value::instant(*slot)}});
        tell_applicant(flow, instance, *slot);
    }
    end_step(flow, instance, std::move(ending));
}

void end_meeting(Flow& flow, std::uint32_t stage, model::StepIndex appointment, Ending& ending) {
    const auto& children = flow.at(stage).children;
    const auto& verb = std::get<model::AppointVerb>(flow.process().steps[appointment].verb);
    const auto fixed = children.find(appointment);
    const bool held =
        fixed != children.end() && flow.at(fixed->second).outcome == std::string_view("fixed");
    std::vector<std::pair<std::string, Value>> result;
    std::vector<Value> findings;
    if (held) {
        result.emplace_back("slot", *flow.at(fixed->second).result.value.find("slot"));
        for (const auto& [index, number] : flow.at(children.at(verb.visits)).children) {
            const Instance& visit = flow.at(number);
            if (visit.status != StepStatus::ended) continue;
            std::vector<std::pair<std::string, Value>> finding = {
                {"by", visit.key}, {"outcome", Value::string(visit.outcome)}};
            if (visit.result.value.is(Kind::map))
                for (const auto& [name, value] : visit.result.value.entries())
                    if (name.as_string() != "by" && name.as_string() != "outcome")
                        finding.emplace_back(name.as_string(), value);
            findings.push_back(Value::record(std::move(finding)));
        }
    } else {
        ending.outcome = "no_slot";
        ending.kind = model::OutcomeKind::refusal;
    }
    result.emplace_back("findings", Value::list(std::move(findings)));
    ending.result = Value::record(std::move(result));
}

}  // namespace countersign::core
