// Decision tables: their rules and the type of what they yield; see verbs.hpp.

#include "definitions/cel/checker.hpp"
#include "definitions/expressions.hpp"
#include "definitions/moves.hpp"
#include "definitions/verbs.hpp"

namespace countersign::definitions {

using expr::Type;
using expr::TypeKind;

namespace {

/// Gathers the results' types over the rules; a name that a rule leaves out becomes optional.
void merge_result(Draft& draft, const Node& place, const std::string& name, const Type& type,
                  bool first_rule, std::vector<expr::TypeField>& fields) {
    for (expr::TypeField& field : fields) {
        if (field.name != name) continue;
        const bool both_numbers =
            (field.type.kind == TypeKind::integer && type.kind == TypeKind::real) ||
            (field.type.kind == TypeKind::real && type.kind == TypeKind::integer);
        if (both_numbers || !cel::is_assignable(type, field.type)) {
            draft.found.error(
                "CS2091", place.span,
                format_both("`{}` is {} in a rule above, but {} here",
                            "`{}`在上面的规则中是{}，在这里却是{}", name, field.type.text(),
                            type.text()),
                both_numbers
                    ? Text{"write whole numbers with a point too: `1.0`", "整数也请带小数点：`1.0`"}
                    : Text{"give it the same type in every rule", "请在每条规则中使用同一类型"});
        }
        return;
    }
    fields.push_back({name, type, !first_rule});
}

void read_rule_result(Draft& draft, StepIndex step, const Node& then, bool first, model::Rule& rule,
                      std::vector<expr::TypeField>& fields) {
    if (then.is_scalar()) {
        draft.found.error(
            "CS2091", then.span,
            format_both("`then` names what the decision yields, but this is {}",
                        "`then`应写明决策得出的数据及其名称，但此处是{}", yaml::describe(then)),
            format_both("write `then: {{ result: {} }}`, or another name",
                        "请写成`then: {{ result: {} }}`，或另取名称", then.text));
        return;
    }
    if (!yaml::expect_mapping(then, draft.found, ticked("then"))) return;
    for (const auto& [key, value] : then.entries) {
        const auto name = read_id(key, draft.found, {"the result", "结果数据"}, false);
        if (!name) continue;
        ValueRead read = read_value(draft, value, nullptr, site_of(draft, step), ticked(*name));
        if (!read.ok) {
            draft.steps[step].outcomes_known = false;
            continue;
        }
        read.mapped.name = *name;
        merge_result(draft, value, *name, read.type, first, fields);
        if (read.mapped.leave_out_when_empty) {
            for (auto& field : fields) field.optional = field.optional || field.name == *name;
        }
        rule.result.push_back(std::move(read.mapped));
    }
    for (expr::TypeField& field : fields) {
        if (then.find(field.name) == nullptr) field.optional = true;
    }
}

model::HitKind hit_of(Draft& draft, const Node* hit) {
    if (hit == nullptr) return model::HitKind::first;
    const std::string text = hit->is_scalar() ? hit->text : "";
    if (text == "first") return model::HitKind::first;
    if (text == "unique") return model::HitKind::unique;
    if (text == "collect") return model::HitKind::collect;
    draft.found.error(
        "CS2090", hit->span,
        format_both("`hit` cannot be {}", "`hit`不能是{}", yaml::describe(*hit)),
        {"write `first` (the first rule that holds decides), `unique` (one rule only may hold) or "
         "`collect` (all that hold count)",
         "请写`first`（首条成立的规则决定）、`unique`（只允许一条成立）或`collect`"
         "（成立的都计入）"});
    return model::HitKind::first;
}

/// Rules as other tools have them: `when`, `else`.
void refuse_other_words(Draft& draft, const Node& rule, yaml::Keys& keys) {
    if (const yaml::Entry* when = rule.entry("when");
        when != nullptr && part(rule, "if") == nullptr) {
        keys.also("when");
        draft.found.error("CS1020", when->key.span,
                          {"the condition of a rule is its `if`", "规则的条件用`if`"},
                          {"write `if`", "请写`if`"});
    }
    if (const yaml::Entry* other = rule.entry("else")) {
        keys.also("else");
        draft.found.error("CS1020", other->key.span,
                          {"the last rule has no `if` and says what holds otherwise",
                           "最后一条规则不写`if`，表示其余情形"},
                          {"write `- { then: … }`", "请写成`- { then: … }`"});
    }
}

}  // namespace

void read_decide(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    model::DecideVerb decide;
    text.outcomes_known = true;
    draft.process.steps[step].outcomes = {{"done", model::OutcomeKind::ok}};
    decide.hit = hit_of(draft, part(*text.node, "hit"));
    if (!yaml::expect_sequence(*text.verb_node, draft.found, ticked("decide"))) return;
    std::vector<expr::TypeField> fields;
    for (const Node& item : text.verb_node->items) {
        yaml::Keys keys(item, draft.found, {"the rule", "规则"}, "rule");
        keys.also("also");
        refuse_other_words(draft, item, keys);
        const Node* condition = keys.optional("if");
        const Node* then = item.find("else") != nullptr ? nullptr : keys.required("then");
        keys.finish();
        const bool first = decide.rules.empty();
        decide.rules.emplace_back();
        if (then != nullptr)
            read_rule_result(draft, step, *then, first, decide.rules.back(), fields);
        const bool last = &item == &text.verb_node->items.back();
        const bool meant = item.find("when") != nullptr || item.find("else") != nullptr;
        if (condition == nullptr && !last && item.is_mapping() && !meant) {
            draft.found.error("CS2090", item.span,
                              {"a rule without a condition must be the last: none below is reached",
                               "不带条件的规则只能放在最后：它下面的都轮不到"},
                              {"move it to the end, or add `if`", "请移到最后，或补上`if`"});
        }
    }
    if (decide.rules.empty()) {
        draft.found.error("CS2090", text.verb_node->span,
                          {"a decision needs at least one rule", "决策至少要有一条规则"},
                          {"add a rule `- { then: {…} }`", "请补上一条规则`- { then: {…} }`"});
    }
    text.result = Type::record_of(std::move(fields));
    if (decide.hit == model::HitKind::collect)
        text.result = Type::record_of({{"all", Type::list_of(std::move(text.result)), false}});
    text.has_result = true;
    draft.process.steps[step].verb = std::move(decide);
}

void read_rules(Draft& draft, StepIndex step) {
    auto* decide = std::get_if<model::DecideVerb>(&draft.process.steps[step].verb);
    const Node& node = *draft.steps[step].verb_node;
    if (decide == nullptr || !node.is_sequence()) return;
    for (std::size_t i = 0; i < decide->rules.size() && i < node.items.size(); ++i) {
        const Node& item = node.items[i];
        if (const Node* condition = part(item, "if")) {
            decide->rules[i].condition =
                compile_condition(draft, *condition, site_of(draft, step), ticked("if"));
        }
        if (const Node* also = part(item, "also")) {
            Site site = site_of(draft, step);
            decide->rules[i].also = read_actions_at_once(draft, *also, site);
        }
    }
}

}  // namespace countersign::definitions
