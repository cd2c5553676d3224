// `may_follow` (容缺受理); see follow.hpp.

#include "definitions/follow.hpp"

#include "definitions/expressions.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

StepIndex read_follow_step(Draft& draft, const Node& node) {
    if (!yaml::as_text(node, draft.found, ticked("may_follow"))) return none;
    const StepIndex step = find_anywhere(draft, node.text);
    if (step == none) {
        std::vector<std::string> known;
        for (const model::Step& other : draft.process.steps) known.push_back(other.id);
        draft.found.error("CS2021", node.span,
                          format_both("there is no step `{}`", "没有步骤`{}`", node.text),
                          diagnostics::did_you_mean(node.text, known));
    } else if (is_after_end(draft, step)) {
        draft.found.error(
            "CS2046", node.span,
            format_both("step `{}` runs after the end, when no papers are taken any more",
                "步骤`{}`在办结后进行，此时不再收取材料", node.text),
            Text{"name a step of `steps`", "请改为`steps`中的步骤"});
        return none;
    }
    return step;
}

/// Over the form and the names bound by `each`, so that it is the same whenever it is asked.
void read_follow_when(Draft& draft, const Node& node, model::Material& material) {
    auto when =
        compile_condition(draft, node, site_of(draft, material.follow_step), ticked("when"));
    if (!when) return;
    const bool is_steady = std::all_of(
        when->refs.begin(), when->refs.end(), [](const model::VariableRef& ref) {
            return ref.root == model::VariableRoot::form ||
                   ref.root == model::VariableRoot::bound ||
                   ref.root == model::VariableRoot::bound_key;
        });
    if (is_steady) {
        material.follow_when = std::move(when);
        return;
    }
    draft.found.error(
        "CS2046", node.span,
        Text{"`when` of `may_follow` may speak of names bound by `each` and of the form only",
             "`may_follow`的`when`只能使用`each`绑定的名称和申请表"},
        format_both("put a condition over steps into `when` of step `{}`",
            "涉及其他步骤的条件请写在步骤`{}`的`when`中",
            draft.process.steps[material.follow_step].id));
}

void read_follow(Draft& draft, const Node& value, model::Material& material) {
    const Node* follow = part(value, "may_follow");
    if (follow == nullptr) return;
    if (part(value, "required") == nullptr || (!material.required && !material.required_when)) {
        draft.found.error(
            "CS2046", follow->span,
            format_both("material `{}` is not required, so no step would wait for it",
                "材料`{}`不是必需材料，任何步骤都不会等待它", material.id),
            Text{"add `required: true`, or leave `may_follow` out",
                 "请加上`required: true`，或去掉`may_follow`"});
    }
    if (!follow->is_mapping()) {
        material.follow_step = read_follow_step(draft, *follow);
        return;
    }
    yaml::Keys keys(*follow, draft.found, ticked("may_follow"), "may_follow");
    const Node* step = keys.required("step");
    const Node* when = keys.optional("when");
    keys.finish();
    if (step != nullptr) material.follow_step = read_follow_step(draft, *step);
    if (when != nullptr && material.follow_step != none) read_follow_when(draft, *when, material);
}

}  // namespace

void read_follows(Draft& draft) {
    const Node* materials = part(draft.root, "materials");
    if (materials == nullptr || !materials->is_mapping()) return;
    for (model::Material& material : draft.process.materials)
        if (const Node* value = part(*materials, material.id)) read_follow(draft, *value, material);
}

}  // namespace countersign::definitions
