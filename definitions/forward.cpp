// `forward`; see forward.hpp.

#include "definitions/forward.hpp"

#include "definitions/cel/checker.hpp"
#include "definitions/verbs.hpp"
#include "engine/base/limits.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

bool is_expression(const Node& node) { return node.is_scalar() && node.text.starts_with('='); }

bool answers_alike(const model::Operation& first, const model::Operation& other) {
    const auto same = [](const model::Outcome& a, const model::Outcome& b) {
        return a.name == b.name && a.kind == b.kind;
    };
    return std::equal(first.outcomes.begin(), first.outcomes.end(), other.outcomes.begin(),
                      other.outcomes.end(), same) &&
           cel::is_assignable(model::type_of(first.input), model::type_of(other.input)) &&
           cel::is_assignable(model::type_of(other.output), model::type_of(first.output));
}

/// Whether the call can go to that department; reports what is in the way.
bool check_department(Draft& draft, const Node& to, const model::Operation& operation) {
    const DepartmentDefinition* department = find_department(draft, to.text, to.span);
    if (department == nullptr) return false;
    const auto& operations = department->operations;
    const auto same =
        std::find_if(operations.begin(), operations.end(),
                     [&](const model::Operation& other) { return other.name == operation.name; });
    if (same != operations.end() && answers_alike(operation, *same)) return true;
    draft.found.error(
        "CS2010", to.span,
        same == operations.end()
            ? format_both("`{}` has no operation `{}`, so the call cannot go there",
                          "`{}`没有操作`{}`，无法转交", to.text, operation.name)
            : format_both("`{}.{}` has other inputs, outputs or outcomes, so the call cannot go "
                          "there as it is",
                          "`{}.{}`的输入、输出或结果不同，无法原样转交", to.text, operation.name),
        {"let both departments implement one contract with the operation",
         "请让两个部门实现含该操作的同一份约定"});
    return false;
}

bool check_target(Draft& draft, const Node& to, StepIndex step) {
    const model::Verb& verb = draft.process.steps[step].verb;
    if (const auto* call = std::get_if<model::CallVerb>(&verb))
        return check_department(draft, to, draft.process.operations[call->operation]);
    return check_role(to, draft.catalog, draft.found);
}

/// What keeps a step from being forwarded at all; reports it.
bool refuse_step(Draft& draft, const Node& inner, StepIndex step) {
    const model::Step& model_step = draft.process.steps[step];
    const auto* ask = std::get_if<model::AskVerb>(&model_step.verb);
    const bool calls = draft.steps[step].verb == VerbKind::call;
    if ((calls || ask != nullptr) && !(ask != nullptr && ask->sign)) return false;
    draft.found.error(
        "CS2010", inner.span,
        format_both("step `{}` cannot be forwarded: only a `call`, or an `ask` that one person "
                    "completes, is in somebody's hands alone",
                    "步骤`{}`不能转交：只有`call`或由一人办理的`ask`才在单独一方手中",
                    model_step.id),
        {"write another move, such as `{ end_branch: … }` or `{ back: { to: STEP, … } }`",
         "请改用别的流转，如`{ end_branch: … }`或`{ back: { to: 步骤, … } }`"});
    return true;
}

void read_targets(Draft& draft, const Node& list, const Text& what, StepIndex step,
                  model::Move& move) {
    const auto targets = yaml::as_texts(list, draft.found, what);
    for (const Node* to : targets.value_or(std::vector<const Node*>{})) {
        if (!check_target(draft, *to, step)) continue;
        const bool twice = std::find(move.to.begin(), move.to.end(), to->text) != move.to.end();
        if (twice)
            draft.found.error("CS2010", to->span,
                              format_both("`{}` stands here twice", "`{}`在此重复", to->text),
                              {"keep one of them", "请只保留一个"});
        move.to.push_back(to->text);
    }
}

/// `to: =result.office` with `of: [water, gas]`.
void read_chosen(Draft& draft, const Node& to, const Node* of, const Site& site,
                 model::Move& move) {
    if (of == nullptr) {
        draft.found.error(
            "CS2010", to.span,
            {"an expression in `to` needs `of`: whoever it may name, so that each can be checked",
             "`to`用表达式时须写`of`，列出可能的去向，以便逐一核对"},
            {"add `of: [water, gas]`", "请补上`of: [water, gas]`"});
        return;
    }
    read_targets(draft, *of, ticked("of"), site.step, move);
    model::Field text;
    text.type = model::FieldType::text;
    const ValueRead read = read_value(draft, to, &text, site, ticked("to"));
    if (read.ok) move.chosen = read.mapped.expression;
}

}  // namespace

void read_forward(Draft& draft, const Node& inner, yaml::Keys& keys, const Site& site,
                  model::Move& move) {
    move.kind = model::MoveKind::forward;
    const Node* to = keys.optional("to");
    const Node* of = keys.optional("of");
    const Node* at_most = keys.optional("at_most");
    if (refuse_step(draft, inner, site.step)) return;
    if (to == nullptr) {
        draft.found.error("CS2010", inner.span,
                          {"`forward` needs `to`: whom it goes to", "`forward`缺少`to`：转交给谁"},
                          {"add `to: DEPARTMENT`, or `to: [A, B]` to try them in turn",
                           "请补上`to: 部门`，或`to: [甲, 乙]`依次转交"});
        return;
    }
    if (is_expression(*to)) {
        read_chosen(draft, *to, of, site, move);
    } else {
        if (of != nullptr)
            draft.found.error(
                "CS2010", of->span,
                {"`of` goes with an expression in `to`", "`of`只与表达式形式的`to`连用"},
                {"leave it out", "请去掉"});
        read_targets(draft, *to, ticked("to"), site.step, move);
    }
    move.times = static_cast<std::uint32_t>(move.to.size());
    if (at_most == nullptr && is_expression(*to))
        draft.found.error(
            "CS2033", inner.span,
            {"`forward` needs `at_most`: nobody knows how often the file would wander",
             "`forward`缺少`at_most`：转交要有次数上限"},
            {"add `at_most: 2`", "请补上`at_most: 2`"});
    if (at_most == nullptr) return;
    const auto count = read_count(*at_most, draft.found, ticked("at_most"), 1,
                                  static_cast<std::int64_t>(limits::repeat_max));
    if (count) move.times = static_cast<std::uint32_t>(*count);
}

}  // namespace countersign::definitions
