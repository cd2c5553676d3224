// `each` of a step: the bound name, its list and keys, and how the set is joined; see verbs.hpp.

#include "definitions/expressions.hpp"
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
                "CS2019", join->span, "there is no join `" + join->text + "`",
                "write `ended`, `all`, `any`, `{ at_least: 2 }` or `{ percent: 60 }`");
        return;
    }
    yaml::Keys keys(*join, draft.found, "`join`");
    const Node* at_least = keys.optional("at_least");
    const Node* percent = keys.optional("percent");
    if (const Node* cancel = keys.optional("cancel_rest")) {
        each.cancel_rest = yaml::as_boolean(*cancel, draft.found, "`cancel_rest`").value_or(false);
    }
    keys.finish();
    if (!keys.ok()) return;
    if ((at_least == nullptr) == (percent == nullptr)) {
        draft.found.error("CS2019", join->span, "`join` must say how many of the instances",
                          "write `{ at_least: 2 }` or `{ percent: 60 }`");
        return;
    }
    each.join = at_least != nullptr ? model::JoinKind::at_least : model::JoinKind::percent;
    const auto count = at_least != nullptr
                           ? read_count(*at_least, draft.found, "`at_least`", 1,
                                        static_cast<std::int64_t>(limits::each_items_max))
                           : read_count(*percent, draft.found, "`percent`", 1, 100);
    each.count = static_cast<std::uint32_t>(count.value_or(1));
}

void read_each_set(Draft& draft, StepIndex step, model::Each& each) {
    const Node& node = *draft.steps[step].node;
    read_join(draft, node, each);
    if (const Node* order = part(node, "order")) {
        if (order->is_scalar() && order->text == "sequence")
            each.sequence = true;
        else if (!order->is_scalar() || order->text != "parallel")
            draft.found.error("CS2019", order->span, "the order must be one of two",
                              "write `parallel` or `sequence`");
    }
    if (const Node* cancel = part(node, "cancel_rest")) {
        each.cancel_rest = yaml::as_boolean(*cancel, draft.found, "`cancel_rest`").value_or(false);
    }
}

void read_each_list(Draft& draft, StepIndex step, const Node& list, const std::string& name) {
    StepDraft& text = draft.steps[step];
    model::Each& each = *draft.process.steps[step].each;
    Site site = site_of(draft, step);
    site.own_item = false;
    if (!yaml::as_expression(list, draft.found, "the list of `each`")) return;
    Compiled compiled = compile(draft, list, 0, site, Form::expression);
    if (!compiled.ok) return;
    if (compiled.type.kind != TypeKind::list) {
        draft.found.error("CS2061", list.span,
                          "`each` goes over a list, but this is " + compiled.type.text());
        return;
    }
    each.items = std::move(compiled.expression);
    text.item = compiled.type.arguments.front();
    text.key = text.item;
    text.choice = choice_of(draft, list.text);
    const Node* key = part(*part(*text.node, "each"), "key");
    if (key != nullptr && yaml::as_expression(*key, draft.found, "`key`")) {
        Compiled by = compile(draft, *key, 0, site_of(draft, step), Form::expression);
        if (!by.ok) return;
        text.key = by.type;
        each.key = std::move(by.expression);
    }
    if (text.key.kind == TypeKind::string || text.key.kind == TypeKind::integer) return;
    draft.found.error("CS2080", key != nullptr ? key->span : list.span,
                      "keys of `each` are strings or integers, but " +
                          std::string(key != nullptr ? "this is " : "the items are ") +
                          text.key.text(),
                      key != nullptr ? "" : "add `key: " + name + ".…`");
    text.key = Type::of(TypeKind::string);
}

}  // namespace

void read_each(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    const Node* node = part(*text.node, "each");
    if (node == nullptr) {
        for (const char* key : {"join", "order"}) {
            const yaml::Entry* entry = text.node->entry(key);
            if (entry == nullptr) continue;
            draft.found.error("CS2017", entry->key.span,
                              std::string("`") + key + "` goes with `each` only");
        }
        const yaml::Entry* cancel = text.node->entry("cancel_rest");
        if (cancel != nullptr && part(*text.node, "needs") == nullptr) {
            draft.found.error("CS2017", cancel->key.span,
                              "`cancel_rest` goes with `each` or `needs` only");
        }
        return;
    }
    draft.process.steps[step].each.emplace();
    model::Each& each = *draft.process.steps[step].each;
    each.name = "item";
    text.item = Type::of(TypeKind::string);
    text.key = Type::of(TypeKind::string);
    read_each_set(draft, step, each);
    if (!yaml::expect_mapping(*node, draft.found, "`each`")) return;
    const yaml::Entry* bound = nullptr;
    for (const yaml::Entry& entry : node->entries) {
        if (entry.key.text == "key") continue;
        if (bound != nullptr) {
            draft.found.error(
                "CS2080", entry.key.span,
                "`each` binds one name, and `" + bound->key.text + "` stands here already");
            return;
        }
        bound = &entry;
    }
    if (bound == nullptr) {
        draft.found.error("CS2080", node->span, "`each` must bind a name to a list",
                          "write `{ s: form.… }`");
        return;
    }
    const auto name = read_id(bound->key, draft.found, "the bound name", false);
    if (!name) return;
    bool taken =
        std::find(reserved_names.begin(), reserved_names.end(), *name) != reserved_names.end();
    for (StepIndex stage = stage_of(draft, step); stage != none; stage = stage_of(draft, stage)) {
        const auto& outer = draft.process.steps[stage].each;
        taken = taken || (outer && outer->name == *name);
    }
    if (taken) {
        draft.found.error("CS2080", bound->key.span, "the name `" + *name + "` is taken",
                          "choose another name");
        return;
    }
    each.name = *name;
    read_each_list(draft, step, bound->value, *name);
}

}  // namespace countersign::definitions
