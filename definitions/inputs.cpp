// `with`: the input of a call or of a task; see verbs.hpp.

#include "definitions/expressions.hpp"
#include "definitions/verbs.hpp"

namespace countersign::definitions {

namespace {

const model::Field* input_field(const model::Field& input, std::string_view name) {
    for (const model::Field& field : input.fields) {
        if (field.name == name) return &field;
    }
    return nullptr;
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
    for (const model::Field& field : operation->input.fields) {
        if (!field.required || field.default_value ||
            (with != nullptr && with->find(field.name) != nullptr))
            continue;
        draft.found.error(
            "CS2070", with != nullptr ? with->span : draft.steps[step].verb_node->span,
            format_both("{} needs the input `{}` ({})", "{}需要输入项`{}`（{}）", named(*operation),
                        field.name, model::type_of(field).text()),
            format_both("add `{}: …` to `with`", "请在`with`中补上`{}: …`", field.name));
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
        case VerbKind::do_:
        case VerbKind::wait:
        case VerbKind::broken:
            return;
    }
}

}  // namespace countersign::definitions
