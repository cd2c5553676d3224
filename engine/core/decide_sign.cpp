// Tasks that several people sign (会签): k of n must agree, at once or one after the other, and one
// with a veto decides alone. Nobody signs twice (done_before).
#include "engine/core/flow.hpp"

#include "engine/core/words.hpp"

#include <algorithm>

namespace countersign::core {

using expr::Value;
using model::OutcomeKind;

namespace {

void open_signing(Flow& flow, std::uint32_t instance, const std::string& role,
                  const expr::StoredValue& input) {
    const auto number = static_cast<std::uint32_t>(flow.state().tasks.size()) + 1;
    flow.draft.add(SigningOpened{number, instance, role, input});
}

/// What all who have signed said: {signatures: [{by, role, outcome, note, …}]}.
Value signatures_of(const Flow& flow, std::uint32_t instance) {
    std::vector<Value> signatures;
    for (const std::uint32_t number : flow.at(instance).signing) {
        const Task& task = flow.state().tasks[number - 1];
        if (!task.signature) continue;
        std::vector<std::pair<std::string, Value>> one = {
            {"by", Value::string(name_of_principal(task.completed_by).en)},
            {"role", Value::string(task.role)},
            {"outcome", Value::string(task.signature->outcome)},
            {"note", Value::string(task.signature->note)}};
        const Value& form = task.signature->form.value;
        if (form.is(expr::Kind::map))
            for (const auto& [name, value] : form.entries())
                one.emplace_back(name.as_string(), value);
        signatures.push_back(Value::record(std::move(one)));
    }
    return Value::record({{"signatures", Value::list(std::move(signatures))}});
}

/// What those said who did not agree.
std::string notes_of(const Flow& flow, std::uint32_t instance) {
    std::string notes;
    for (const std::uint32_t number : flow.at(instance).signing) {
        const auto& signature = flow.state().tasks[number - 1].signature;
        if (!signature || signature->kind == OutcomeKind::ok || signature->note.empty()) continue;
        notes += (notes.empty() ? "" : "; ") + signature->note;
    }
    return notes;
}

void end_signed(Flow& flow, std::uint32_t instance, const Signature& decisive,
                std::vector<MissingItem> missing) {
    Ending ending;
    ending.outcome = decisive.outcome;
    ending.kind = decisive.kind;
    ending.result = signatures_of(flow, instance);
    ending.note = decisive.kind == OutcomeKind::ok ? decisive.note : notes_of(flow, instance);
    ending.happened = decisive.happened;
    ending.missing = std::move(missing);
    end_step(flow, instance, std::move(ending));
}

}  // namespace

void open_signings(Flow& flow, std::uint32_t instance, const model::Sign& sign,
                   const Value& input) {
    for (std::size_t i = 0; i < sign.roles.size() && (i == 0 || !sign.sequence); ++i)
        open_signing(flow, instance, sign.roles[i], {input});
}

void count_signatures(Flow& flow, std::uint32_t instance, const model::Sign& sign,
                      std::uint32_t last, std::vector<MissingItem> missing) {
    const Signature decisive = *flow.state().tasks[last - 1].signature;
    const auto& signing = flow.at(instance).signing;
    std::size_t agreed = 0;
    std::size_t refused = 0;
    for (const std::uint32_t number : signing) {
        const auto& signature = flow.state().tasks[number - 1].signature;
        if (signature) ++(signature->kind == OutcomeKind::ok ? agreed : refused);
    }
    const bool alone =
        decisive.kind == OutcomeKind::supplement ||
        std::find(sign.veto.begin(), sign.veto.end(), decisive.outcome) != sign.veto.end();
    const bool met = agreed >= sign.count;
    const bool unmet = refused > sign.roles.size() - sign.count;
    if (alone || met || unmet) return end_signed(flow, instance, decisive, std::move(missing));
    if (!sign.sequence || agreed + refused < signing.size()) return;
    auto input =
        evaluate_mapped(flow.state(), flow.context, flow.step_of(instance).with, {instance, none});
    if (!input) return raise_expression(flow, instance, input.error(), "with");
    open_signing(flow, instance, sign.roles[signing.size()], {*std::move(input)});
}

}  // namespace countersign::core
