// `undo`; see undo.hpp. The undoing operation's input is filled in by name: from the result of the
// step, else from what its `with` sent.

#include "definitions/undo.hpp"

#include "definitions/bundle.hpp"
#include "definitions/cel/checker.hpp"
#include "definitions/verbs.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

using model::Field;
using model::OutcomeKind;

const Field* field_of(const Field& record, std::string_view name) {
    const auto found = std::find_if(record.fields.begin(), record.fields.end(),
                                    [&](const Field& field) { return field.name == name; });
    return found == record.fields.end() ? nullptr : &*found;
}

bool treats_as_ok(const model::Step& step, const model::Move& move) {
    if (move.kind == model::MoveKind::treat_as) {
        const model::Outcome* outcome = step.outcome(move.target);
        if (outcome != nullptr && outcome->kind == OutcomeKind::ok) return true;
    }
    return std::any_of(move.otherwise.begin(), move.otherwise.end(),
                       [&](const model::Move& next) { return treats_as_ok(step, next); });
}

/// Whether the step may end ok without an answer, and so without a result.
bool may_be_deemed_ok(const model::Step& step) {
    const model::Outcome* deemed = step.outcome(step.silence.outcome);
    if (step.silence.kind == model::SilenceKind::deem && deemed != nullptr &&
        deemed->kind == OutcomeKind::ok)
        return true;
    return std::any_of(step.on.begin(), step.on.end(), [&](const model::OutcomeMove& on) {
        return treats_as_ok(step, on.move);
    });
}

/// A place from which an input may come.
struct Source {
    const Field* field = nullptr;
    bool is_sure = false;
    bool from_result = false;
};

bool fits(const Source& source, const Field& wanted) {
    return source.field != nullptr &&
           cel::is_assignable(model::type_of(*source.field), model::type_of(wanted));
}

/// What the undone step has under a name: the result first, for it says what has become true.
std::vector<Source> sources_of(const Draft& draft, const model::Step& step,
                               std::string_view name) {
    const auto& call = std::get<model::CallVerb>(step.verb);
    const model::Operation& operation = draft.process.operations[call.operation];
    std::vector<Source> sources;
    if (const Field* result = field_of(operation.output, name))
        sources.push_back({result, result->required && !may_be_deemed_ok(step), true});
    for (const model::Mapped& mapped : step.with)
        if (const Field* input = field_of(operation.input, name);
            mapped.name == name && input != nullptr)
            sources.push_back({input, !mapped.leave_out_when_empty, false});
    const auto at = static_cast<StepIndex>(&step - draft.process.steps.data());
    if (const Field* input = field_of(operation.input, name);
        input != nullptr && is_filled_by_bundle(draft, at, name))
        sources.push_back({input, input->required, false});
    return sources;
}

/// Why the input is not surely there, and what mends it.
struct Lack {
    Text why;
    Text cure;
};

Lack lack_of(const Field& wanted, const std::vector<Source>& sources) {
    Lack lack{both("neither its `with` nor its result has one", "其`with`和结果中都没有"),
              format_both("name `{0}` in `with` of the step, or let its operation yield it",
                          "请在该步骤的`with`中给出`{0}`，或由其操作返回`{0}`", wanted.name)};
    for (const Source& source : sources) {
        if (!fits(source, wanted))
            lack = {format_both("what the step has under that name is {}",
                                "该步骤的同名值类型为{}", model::type_of(*source.field).text()),
                    {"let both have the same type", "请使两者类型一致"}};
        else if (source.from_result)
            lack.why = {"its result may lack it: the field is not required, or an outcome is "
                        "deemed and has no result",
                        "其结果中可能没有：该字段不是必需的，或结果是视为作出、没有返回内容"};
        else
            lack.why = {"its `with` leaves it out when the form has none",
                        "申请表未填写时，其`with`不包含该值"};
    }
    return lack;
}

void report_input(Draft& draft, const Node& node, const model::Step& step, const Field& wanted,
                  const std::vector<Source>& sources) {
    const Lack lack = lack_of(wanted, sources);
    draft.found.error(
        "CS2047", node.span,
        format_both("undoing step `{0}` by `{1}` needs the input `{2}` ({3}), and {4}",
                    "用`{1}`撤销步骤`{0}`需要输入`{2}`（{3}），而{4}", step.id, node.text,
                    wanted.name, model::type_of(wanted).text(), lack.why),
        lack.cure);
}

void read_undo_inputs(Draft& draft, const Node& node, const model::Step& step,
                      const Field& wanted_input, model::Undo& undo) {
    for (const Field& wanted : wanted_input.fields) {
        const std::vector<Source> sources = sources_of(draft, step, wanted.name);
        const bool must = wanted.required && !wanted.default_value;
        const auto found = std::find_if(sources.begin(), sources.end(), [&](const Source& source) {
            return fits(source, wanted) && (source.is_sure || !must);
        });
        if (found != sources.end())
            undo.inputs.push_back({wanted.name, found->from_result});
        else if (must)
            report_input(draft, node, step, wanted, sources);
    }
}

void refuse_verb(Draft& draft, const Node& node, const model::Step& step) {
    draft.found.error(
        "CS2047", node.span,
        format_both("step `{}` cannot be undone: only a `call` or a `run` does something elsewhere "
                    "that can be taken back",
                    "步骤`{}`不能撤销：只有`call`或`run`办成的事才能撤回", step.id),
        {"put `undo` on the step whose effect it takes back", "请把`undo`写在需要撤回的步骤上"});
}

/// What makes an operation no undoing: it asks for papers when nobody is there any more to ask.
bool check_outcomes(Draft& draft, const Node& node, const model::Operation& operation) {
    for (const model::Outcome& outcome : operation.outcomes) {
        if (outcome.kind != OutcomeKind::supplement) continue;
        draft.found.error(
            "CS2047", node.span,
            format_both("`{}` may ask for missing papers (`{}`), but the case has ended when it is "
                        "called",
                        "`{}`可能要求补正（`{}`），而撤销时办件已经办结", node.text, outcome.name),
            {"name an operation that either does it or refuses", "请改用只会办理或拒绝的操作"});
        return false;
    }
    return true;
}

}  // namespace

void read_undo(Draft& draft, StepIndex step) {
    const Node* node = part(*draft.steps[step].node, "undo");
    if (node == nullptr) return;
    if (draft.steps[step].verb == VerbKind::broken) return;
    if (draft.steps[step].verb != VerbKind::call && draft.steps[step].verb != VerbKind::run)
        return refuse_verb(draft, *node, draft.process.steps[step]);
    if (is_after_end(draft, step)) {
        draft.found.error("CS2047", node->span,
                          {"what is done after the end is not undone by the end",
                           "办结后的步骤不因办结而撤销"},
                          {"leave `undo` out", "请去掉`undo`"});
        return;
    }
    model::CallVerb call;
    const model::Operation* operation = read_operation(draft, step, *node, "undo", call);
    if (operation == nullptr || !draft.steps[step].outcomes_known) return;
    if (!check_outcomes(draft, *node, *operation)) return;
    model::Undo undo{call.target, call.operation, {}};
    const model::Step& model_step = draft.process.steps[step];
    read_undo_inputs(draft, *node, model_step, operation->input, undo);
    draft.process.steps[step].undo = std::move(undo);
}

}  // namespace countersign::definitions
