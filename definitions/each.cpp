// `each` of a step: the bound name, its list and keys, and how the set is joined; see verbs.hpp.

#include "definitions/expressions.hpp"
#include "definitions/runs.hpp"
#include "definitions/verbs.hpp"
#include "engine/base/limits.hpp"

#include <algorithm>

namespace countersign::definitions {

using expr::Type;
using expr::TypeKind;

namespace {

const std::vector<std::string> reserved_names = {"form", "steps", "materials",
                                                 "case", "now",   "result"};

/// The department choice whose field is exactly what the list names, or null.
const DepartmentChoice* choice_of(const Draft& draft, const std::string& text) {
    for (const DepartmentChoice& choice : draft.form.departments) {
        if (text == "form." + choice.path) return &choice;
    }
    return nullptr;
}

void read_join(Draft& draft, const Node& node, model::Each& each) {
    const Node* join = part(node, "join");
    if (join == nullptr) return;
    if (join->is_scalar()) {
        if (join->text == "ended")
            each.join = model::JoinKind::ended;
        else if (join->text == "all")
            each.join = model::JoinKind::all;
        else if (join->text == "any")
            each.join = model::JoinKind::any;
        else
            draft.found.error(
                "CS2019", join->span,
                format_both("there is no join `{}`", "没有`{}`这种汇合方式", join->text),
                {"write `ended`, `all`, `any`, `{ at_least: 2 }` or `{ percent: 60 }`",
                 "请写`ended`、`all`、`any`、`{ at_least: 2 }`或`{ percent: 60 }`"});
        return;
    }
    yaml::Keys keys(*join, draft.found, ticked("join"), "join");
    const Node* at_least = keys.optional("at_least");
    const Node* percent = keys.optional("percent");
    if (const Node* cancel = keys.optional("cancel_rest")) {
        each.cancel_rest =
            yaml::as_boolean(*cancel, draft.found, ticked("cancel_rest")).value_or(false);
    }
    keys.finish();
    if (!keys.ok()) return;
    if ((at_least == nullptr) == (percent == nullptr)) {
        draft.found.error(
            "CS2019", join->span,
            {"`join` must say how many of the instances", "`join`应写明需要多少个实例"},
            {"write `{ at_least: 2 }` or `{ percent: 60 }`",
             "请写`{ at_least: 2 }`或`{ percent: 60 }`"});
        return;
    }
    each.join = at_least != nullptr ? model::JoinKind::at_least : model::JoinKind::percent;
    const auto count = at_least != nullptr
                           ? read_count(*at_least, draft.found, ticked("at_least"), 1,
                                        static_cast<std::int64_t>(limits::each_items_max))
                           : read_count(*percent, draft.found, ticked("percent"), 1, 100);
    each.count = static_cast<std::uint32_t>(count.value_or(1));
}

void read_each_set(Draft& draft, StepIndex step, model::Each& each) {
    const Node& node = *draft.steps[step].node;
    read_join(draft, node, each);
    if (const Node* order = part(node, "order")) {
        if (order->is_scalar() && order->text == "sequence")
            each.sequence = true;
        else if (!order->is_scalar() || order->text != "parallel")
            draft.found.error(
                "CS2019", order->span, {"the order must be one of two", "次序只有两种"},
                {"write `parallel` or `sequence`", "请写`parallel`（同时）或`sequence`（依次）"});
    }
    if (const Node* cancel = part(node, "cancel_rest")) {
        each.cancel_rest =
            yaml::as_boolean(*cancel, draft.found, ticked("cancel_rest")).value_or(false);
    }
}

void read_each_list(Draft& draft, StepIndex step, const Node& list, const std::string& name) {
    StepDraft& text = draft.steps[step];
    model::Each& each = *draft.process.steps[step].each;
    Site site = site_of(draft, step);
    site.own_item = false;
    if (!yaml::as_expression(list, draft.found, {"the list of `each`", "`each`的列表"})) return;
    Compiled compiled = compile(draft, list, 0, site, Form::expression);
    if (!compiled.ok) return;
    if (compiled.type.kind != TypeKind::list) {
        draft.found.error("CS2061", list.span,
                          format_both("`each` goes over a list, but this is {}",
                                      "`each`要逐项处理列表，但此处是{}", compiled.type.text()),
                          {"name a `list` or `choices` field, or write a list: `['a', 'b']`",
                           "请写`list`或`choices`类型的字段，或写出列表：`['a', 'b']`"});
        return;
    }
    each.items = std::move(compiled.expression);
    text.item = compiled.type.arguments.front();
    text.key = text.item;
    text.choice = choice_of(draft, list.text.substr(list.text.find_first_not_of(' ')));
    if (const StepIndex stage = stage_of(draft, step); stage != none && draft.steps[stage].meets)
        if (draft.steps[stage].meeting_choice != nullptr)
            text.choice = draft.steps[stage].meeting_choice;
    const Node* key = part(*part(*text.node, "each"), "key");
    if (key != nullptr && yaml::as_expression(*key, draft.found, ticked("key"))) {
        Compiled by = compile(draft, *key, 0, site_of(draft, step), Form::expression);
        if (!by.ok) return;
        text.key = by.type;
        each.key = std::move(by.expression);
    }
    if (text.key.kind == TypeKind::string || text.key.kind == TypeKind::integer) return;
    draft.found.error(
        "CS2080", key != nullptr ? key->span : list.span,
        format_both("keys of `each` are strings or integers, but {} {}",
                    "`each`的键应为文本或整数，但{}{}",
                    key != nullptr ? Text{"this is", "此处是"} : Text{"the items are", "各项是"},
                    text.key.text()),
        key != nullptr ? Text{} : format_both("add `key: {}.…`", "请补上`key: {}.…`", name));
    text.key = Type::of(TypeKind::string);
}

/// What an added item is: one of the departments' names, or whatever the list holds.
std::optional<model::Field> field_of_item(const StepDraft& text) {
    if (text.choice == nullptr) return field_for(text.item);
    model::Field field;
    field.type = model::FieldType::choice;
    for (const model::Member& member : text.choice->members)
        field.choices.push_back({member.value, {}});
    return field;
}

/// The step beside this one until whose end the set is open, or none.
StepIndex closing_step(Draft& draft, StepIndex step, const Node& until) {
    if (!until.is_scalar()) return none;
    const StepIndex found = draft.process.find(draft.process.steps[step].scope, until.text);
    if (found == none) return none;
    if (found != step && !draft.flow.settled_before[found][step]) return found;
    draft.found.error(
        "CS2085", until.span,
        format_both("`{}` waits for this very set, which waits for it to be closed",
                    "`{}`要等这一组办结，而这一组又要等它结束", until.text),
        {"name a step that does not need it, or a condition", "请写不以它为前置的步骤，或写条件"});
    return none;
}

}  // namespace

void read_open(Draft& draft, StepIndex step) {
    const Node* node = part(*draft.steps[step].node, "open");
    auto& each = draft.process.steps[step].each;
    if (node == nullptr || !each) return;
    yaml::Keys keys(*node, draft.found, ticked("open"), "open");
    if (!keys.ok()) return;
    const Node* by = keys.required("by");
    const Node* until = keys.required("until");
    keys.finish();
    model::OpenRule rule;
    if (by != nullptr && yaml::as_text(*by, draft.found, ticked("by")) &&
        check_role(*by, draft.catalog, draft.found))
        rule.role = by->text;
    if (until == nullptr) return;
    const std::size_t before = draft.found.errors();
    rule.until_step = closing_step(draft, step, *until);
    if (rule.until_step == none && draft.found.errors() == before) {
        Site site = site_of(draft, step);
        site.own_item = false;
        rule.until = compile_condition(draft, *until, site, ticked("until"));
        if (rule.until) rule.moments = check_now(draft, *until, *rule.until);
    }
    auto item = field_of_item(draft.steps[step]);
    if (!item) {
        draft.found.error("CS2085", node->span,
                          format_both("nobody can type in an item of this list: it is {}",
                                      "这种列表的项无法填写：{}", draft.steps[step].item.text()),
                          {"go over texts, numbers or records", "请逐项处理文本、数字或记录"});
        return;
    }
    item->name = each->name;
    item->required = true;
    rule.item = *std::move(item);
    each->open = std::move(rule);
}

void read_each(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    const Node* node = part(*text.node, "each");
    if (node == nullptr) {
        for (const char* key : {"join", "order", "veto", "open"}) {
            const yaml::Entry* entry = text.node->entry(key);
            if (entry == nullptr) continue;
            draft.found.error(
                "CS2017", entry->key.span,
                format_both("`{}` goes with `each` only", "`{}`只能与`each`一起用", key),
                {"leave it out", "请去掉"});
        }
        const yaml::Entry* cancel = text.node->entry("cancel_rest");
        if (cancel != nullptr && part(*text.node, "needs") == nullptr) {
            draft.found.error("CS2017", cancel->key.span,
                              {"`cancel_rest` goes with `each` or `needs` only",
                               "`cancel_rest`只能与`each`或`needs`一起用"},
                              {"leave it out", "请去掉"});
        }
        return;
    }
    draft.process.steps[step].each.emplace();
    model::Each& each = *draft.process.steps[step].each;
    each.name = "item";
    text.item = Type::of(TypeKind::string);
    text.key = Type::of(TypeKind::string);
    read_each_set(draft, step, each);
    if (!yaml::expect_mapping(*node, draft.found, ticked("each"))) return;
    const yaml::Entry* bound = nullptr;
    for (const yaml::Entry& entry : node->entries) {
        if (entry.key.text == "key") continue;
        if (bound != nullptr) {
            draft.found.error("CS2080", entry.key.span,
                              format_both("`each` binds one name, and `{}` stands here already",
                                          "`each`只引入一个名称，这里已有`{}`", bound->key.text),
                              {"keep one of them", "请只保留一个"});
            return;
        }
        bound = &entry;
    }
    if (bound == nullptr) {
        draft.found.error("CS2080", node->span,
                          {"`each` must bind a name to a list", "`each`应给列表的每一项取个名称"},
                          {"write `{ s: form.… }`", "请写成`{ s: form.… }`"});
        return;
    }
    const auto name = read_id(bound->key, draft.found, {"the bound name", "所取的名称"}, false);
    if (!name) return;
    bool taken =
        std::find(reserved_names.begin(), reserved_names.end(), *name) != reserved_names.end();
    for (StepIndex stage = stage_of(draft, step); stage != none; stage = stage_of(draft, stage)) {
        const auto& outer = draft.process.steps[stage].each;
        taken = taken || (outer && outer->name == *name);
    }
    if (taken) {
        draft.found.error("CS2080", bound->key.span,
                          format_both("the name `{}` is taken", "名称`{}`已被占用", *name),
                          {"choose another name", "请另取名称"});
        return;
    }
    each.name = *name;
    read_each_list(draft, step, bound->value, *name);
}

}  // namespace countersign::definitions
