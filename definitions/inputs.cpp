// `with`: the input of a call or of a task; see verbs.hpp.

#include "definitions/bundle.hpp"
#include "definitions/expressions.hpp"
#include "definitions/fetch.hpp"
#include "definitions/lead.hpp"
#include "definitions/verbs.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

const model::Field* input_field(const model::Field& input, std::string_view name) {
    for (const model::Field& field : input.fields) {
        if (field.name == name) return &field;
    }
    return nullptr;
}

/// The input of a fetching call whose `from` has no `with`: the form's fields of the same element
/// or name.
void read_sources(Draft& draft, StepIndex step, const model::Operation& operation) {
    for (const model::Field& field : operation.input.fields) {
        const std::string path = source_of_input(draft, field);
        if (path.empty()) continue;
        Node source = *draft.steps[step].verb_node;
        source.text = "=form." + path;
        ValueRead read =
            read_value(draft, source, &field, site_of(draft, step), ticked(field.name));
        if (!read.ok) continue;
        read.mapped.name = field.name;
        draft.process.steps[step].with.push_back(std::move(read.mapped));
    }
}

/// "the operation `plan`", "the process `road-excavation`".
Text named(const model::Operation& operation) {
    return operation.runs.empty() ? format_both("the operation `{}`", "操作`{}`", operation.name)
                                  : format_both("the process `{}`", "流程`{}`", operation.runs);
}

void read_with(Draft& draft, StepIndex step, const model::Operation* operation) {
    const Node* with = part(*draft.steps[step].node, "with");
    auto& mapped = draft.process.steps[step].with;
    if (with != nullptr && !yaml::expect_mapping(*with, draft.found, ticked("with"))) return;
    if (with != nullptr) {
        for (const auto& [key, value] : with->entries) {
            const model::Field* field = nullptr;
            if (operation != nullptr) {
                field = input_field(operation->input, key.text);
                if (field == nullptr && is_assistant(draft, step)) continue;  // is the lead's
                if (field == nullptr) {
                    std::vector<std::string> known;
                    for (const auto& other : operation->input.fields) known.push_back(other.name);
                    draft.found.error("CS2071", key.span,
                                      format_both("{} takes no `{}`", "{}没有输入项`{}`",
                                                  named(*operation), key.text),
                                      diagnostics::did_you_mean(key.text, known));
                    continue;
                }
            } else if (!read_id(key, draft.found, {"the input", "输入项"}, false)) {
                continue;
            }
            ValueRead read =
                read_value(draft, value, field, site_of(draft, step), ticked(key.text));
            if (!read.ok) continue;
            read.mapped.name = key.text;
            mapped.push_back(std::move(read.mapped));
        }
    }
    if (operation == nullptr) return;
    if (with == nullptr && is_fetch(draft, step)) read_sources(draft, step, *operation);
    for (const model::Field& field : operation->input.fields) {
        const bool is_mapped =
            std::any_of(mapped.begin(), mapped.end(),
                        [&](const model::Mapped& one) { return one.name == field.name; });
        if (is_mapped || is_filled_with_opinions(draft, step, field.name) ||
            is_filled_by_bundle(draft, step, field.name))
            continue;
        if (!field.required || field.default_value ||
            (with != nullptr && with->find(field.name) != nullptr))
            continue;
        draft.found.error(
            "CS2070", with != nullptr ? with->span : draft.steps[step].verb_node->span,
            format_both("{} needs the input `{}` ({})", "{}需要输入项`{}`（{}）", named(*operation),
                        field.name, model::type_of(field).text()),
            is_fetch(draft, step) && with == nullptr
                ? format_both("write `from: {{ call: {}, with: {{ {}: … }} }}`",
                              "请写成`from: {{ call: {}, with: {{ {}: … }} }}`",
                              draft.steps[step].verb_node->text, field.name)
                : format_both("add `{}: …` to `with`", "请在`with`中补上`{}: …`", field.name));
    }
}

}  // namespace

void read_inputs(Draft& draft, StepIndex step) {
    const model::Step& model_step = draft.process.steps[step];
    switch (draft.steps[step].verb) {
        case VerbKind::call:
        case VerbKind::run: {
            if (!draft.steps[step].outcomes_known) return;
            const auto& call = std::get<model::CallVerb>(model_step.verb);
            const model::Operation operation = draft.process.operations[call.operation];
            read_with(draft, step, &operation);
            return;
        }
        case VerbKind::ask:
            read_with(draft, step, nullptr);
            return;
        case VerbKind::decide:
            read_rules(draft, step);
            return;
        case VerbKind::appoint:
            return;  // read_slots() comes when the clocks are known
        case VerbKind::do_:
        case VerbKind::wait:
        case VerbKind::lead:
        case VerbKind::broken:
            return;
    }
}

}  // namespace countersign::definitions
