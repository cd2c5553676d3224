// The outline of a process; see outline.hpp.

#include "definitions/outline.hpp"

#include "definitions/bundle.hpp"
#include "definitions/fetch.hpp"
#include "definitions/lead.hpp"
#include "definitions/meet.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

const std::vector<std::string> verbs = {"call", "ask",    "meet", "run",
                                        "do",   "decide", "wait", "lead"};

/// Keys that any step may have.
const std::vector<std::string> modifiers = {
    "title",
    "needs",
    "when",
    "each",
    "order",
    "join",
    "cancel_rest",
    "limit",
    "limits",
    "clocks",
    "on",
    "silence",
    "safety_critical",
    "legal_basis",
    "pauses",
    "undo",
    "exclusive",
    "while",
    "veto",
    "documents",
    "open",
};

const std::vector<std::string> later_modifiers = {
    "slots",
    "by",
    "visible_to",
};

VerbKind verb_kind(std::string_view name) {
    if (name == "call") return VerbKind::call;
    if (name == "ask") return VerbKind::ask;
    if (name == "run") return VerbKind::run;
    if (name == "meet") return VerbKind::run;  // takes the same keys
    if (name == "lead") return VerbKind::lead;
    if (name == "do") return VerbKind::do_;
    if (name == "decide") return VerbKind::decide;
    if (name == "wait") return VerbKind::wait;
    return VerbKind::broken;
}

/// Keys that go with one verb only.
std::vector<std::string> keys_of(VerbKind verb) {
    switch (verb) {
        case VerbKind::call:
        case VerbKind::run:
            return {"with"};
        case VerbKind::lead:
            return {"with", "assist"};
        case VerbKind::ask:
            return {"with", "form", "choices", "not_by", "sign"};
        case VerbKind::do_:
            return {"outcomes"};
        case VerbKind::decide:
            return {"hit"};
        case VerbKind::wait:
        case VerbKind::appoint:
            return {};
        case VerbKind::broken:
            return {"with", "form", "choices", "not_by", "sign", "outcomes", "hit", "assist"};
    }
    return {};
}

class OutlineReader {
  public:
    explicit OutlineReader(Draft& draft) : draft_(draft) {}

    /// Adds a scope with the steps of the map; what is inside them comes with descend().
    ScopeIndex open_scope(const Node& steps, StepIndex owner, const Text& what) {
        const auto scope = static_cast<ScopeIndex>(draft_.process.scopes.size());
        draft_.process.scopes.emplace_back();
        draft_.process.scopes.back().owner = owner;
        if (!yaml::expect_mapping(steps, draft_.found, what)) return scope;
        if (steps.entries.empty()) {
            draft_.found.error(
                "CS2020", steps.span, format_both("{} has no steps", "{}没有步骤", what),
                {"add one: `NAME: { ask: ROLE }`", "请补上一个：`名称: { ask: 角色 }`"});
        }
        for (const auto& [key, value] : steps.entries) add_step(key, value, scope);
        return scope;
    }

    /// Adds the items of a bundle to the process's own steps.
    void add_items(const Node& items) {
        if (!items.is_mapping()) return;
        for (const auto& [key, value] : items.entries) {
            const std::size_t before = draft_.steps.size();
            add_step(key, item_as_step(draft_, value), 0);
            if (draft_.steps.size() == before) continue;
            draft_.steps.back().is_item = true;
            if (draft_.process.steps.back().title.empty())
                draft_.process.steps.back().title = title_of_item(draft_, key.text);
        }
    }

    void descend(ScopeIndex scope) {
        const std::vector<StepIndex> own = draft_.process.scopes[scope].steps;
        for (const StepIndex step : own) {
            if (draft_.steps[step].verb != VerbKind::do_) continue;
            const Node& inner = *draft_.steps[step].verb_node;
            const ScopeIndex stage = open_scope(
                inner, step,
                format_both("the stage `{}`", "阶段`{}`", draft_.process.steps[step].id));
            draft_.process.steps[step].verb = model::DoVerb{stage};
            descend(stage);
        }
    }

  private:
    void add_step(const Node& key, const Node& value, ScopeIndex scope) {
        const auto id = read_id(key, draft_.found, {"the step", "步骤"}, false);
        if (!id) return;
        const StepIndex owner = draft_.process.scopes[scope].owner;
        const bool made = owner != none && (draft_.steps[owner].meets ||
                                            draft_.steps[owner].leads || is_made(draft_, owner));
        const StepIndex other = made ? none : find_anywhere(draft_, *id);
        if (other != none && !is_made(draft_, other)) {
            draft_.found
                .error("CS2003", key.span,
                       format_both("there are two steps `{}`; ids are unique in the whole document",
                                   "有两个步骤叫`{}`；标识在整份文档中不能重复", *id),
                       {"give one of them another id", "请给其中一个换个标识"})
                .notes.push_back(
                    {draft_.steps[other].place, {"the first one stands here", "第一个在这里"}});
            return;
        }
        const bool is_key = std::find(modifiers.begin(), modifiers.end(), *id) != modifiers.end() ||
                            std::find(verbs.begin(), verbs.end(), *id) != verbs.end();
        if (!value.is_mapping() && is_key) {
            draft_.found.error("CS2020", key.span,
                               format_both("`{}` stands where the steps stand, but it belongs into "
                                           "one of them",
                                           "`{}`写在了与步骤同一层，它应属于某个步骤", *id),
                               {"indent it further, like the other keys of its step",
                                "请多缩进一级，与该步骤的其他键对齐"});
            return;
        }
        if (!yaml::expect_mapping(value, draft_.found, format_both("step `{}`", "步骤`{}`", *id)))
            return;
        const auto step = static_cast<StepIndex>(draft_.process.steps.size());
        draft_.process.steps.emplace_back();
        draft_.process.steps.back().id = *id;
        draft_.process.steps.back().scope = scope;
        draft_.process.scopes[scope].steps.push_back(step);
        StepDraft text;
        text.node = &value;
        text.place = key.span;
        if (made) {
            draft_.steps.push_back(text);
            return read_made(step, value);
        }
        draft_.steps.push_back(text);
        read_keys(step, value);
    }

    void read_keys(StepIndex step, const Node& node) {
        StepDraft& text = draft_.steps[step];
        const std::string& id = draft_.process.steps[step].id;
        yaml::Keys keys(node, draft_.found, format_both("step `{}`", "步骤`{}`", id), "step");
        const yaml::Entry* verb = nullptr;
        for (const std::string& name : verbs) {
            const yaml::Entry* entry = node.entry(name);
            if (entry == nullptr) continue;
            keys.required(name);
            if (verb != nullptr) {
                draft_.found.error(
                    "CS2020", entry->key.span,
                    format_both("step `{}` has two verbs, `{}` and `{}`",
                                "步骤`{}`有两个动词：`{}`和`{}`", id, verb->key.text, name),
                    {"a step does one thing: make two steps of it",
                     "一个步骤只做一件事：请拆成两个步骤"});
                continue;
            }
            verb = entry;
        }
        if (verb == nullptr) {
            draft_.found.error(
                "CS2020", text.place, format_both("step `{}` has no verb", "步骤`{}`没有动词", id),
                format_both("say what it does: {}", "请写明它做什么：{}", listed(verbs)));
        }
        if (verb != nullptr && !verb->value.is_null()) {
            text.verb = verb_kind(verb->key.text);
            text.verb_node = &verb->value;
        }
        refuse_unavailable(keys, node, draft_.found, later_modifiers);
        for (const std::string& name : modifiers) accept(keys, node, name);
        for (const std::string& name : keys_of(text.verb)) accept(keys, node, name);
        refuse_of_other_verbs(keys, node, id, text.verb);
        keys.finish();
        if (verb != nullptr && (verb->key.text == "meet" || verb->key.text == "lead"))
            read_short(step, node, verb->key.text);
        draft_.process.steps[step].title = read_title(
            part(node, "title"), draft_.found, format_both("the title of `{}`", "`{}`的标题", id));
    }

    /// A step of a stage that was made: its text is the engine's, and only the verb is to be found.
    void read_made(StepIndex step, const Node& node) {
        StepDraft& text = draft_.steps[step];
        model::Step& model_step = draft_.process.steps[step];
        const bool meets = is_in_meeting(draft_, step);
        model_step.title =
            meets ? title_in_meeting(model_step.id) : title_in_lead(draft_, model_step.id, node);
        constexpr std::pair<const char*, VerbKind> kinds[] = {
            {"appoint", VerbKind::appoint}, {"call", VerbKind::call}, {"do", VerbKind::do_}};
        for (const auto& [key, kind] : kinds)
            if (const Node* verb = part(node, key)) {
                text.verb = kind;
                text.verb_node = verb;
            }
    }

    /// From here on the step is the stage that its text stands for.
    void read_short(StepIndex step, const Node& node, std::string_view verb) {
        draft_.steps[step].verb = VerbKind::broken;
        if (part(node, verb) == nullptr) return;
        const Node* stage =
            verb == "meet" ? expand_meeting(draft_, step, node) : expand_lead(draft_, step, node);
        if (stage == nullptr) return;
        StepDraft& text = draft_.steps[step];
        text.verb = VerbKind::do_;
        text.node = stage;
        text.verb_node = part(*stage, "do");
    }

    /// Counts a key as known; one without a value is reported.
    static void accept(yaml::Keys& keys, const Node& node, const std::string& name) {
        if (node.entry(name) != nullptr)
            keys.required(name);
        else
            keys.also(name);
    }

    void refuse_of_other_verbs(yaml::Keys& keys, const Node& node, const std::string& id,
                               VerbKind verb) {
        const auto own = keys_of(verb);
        for (const std::string& name : keys_of(VerbKind::broken)) {
            if (std::find(own.begin(), own.end(), name) != own.end()) continue;
            const yaml::Entry* entry = node.entry(name);
            if (entry == nullptr) continue;
            keys.also(name);
            std::vector<std::string> with;
            for (const std::string& other : verbs) {
                const auto theirs = keys_of(verb_kind(other));
                if (std::find(theirs.begin(), theirs.end(), name) != theirs.end())
                    with.push_back(other);
            }
            draft_.found.error("CS2017", entry->key.span,
                               format_both("`{}` does not go with the verb of step `{}`",
                                           "`{}`不能与步骤`{}`的动词一起用", name, id),
                               format_both("it goes with {}", "它与{}一起用", listed(with)));
        }
    }

    Draft& draft_;
};

}  // namespace

const Node* part(const Node& mapping, std::string_view key) {
    const Node* node = mapping.find(key);
    return node == nullptr || node->is_null() ? nullptr : node;
}

bool is_in_meeting(const Draft& draft, StepIndex step) {
    const StepIndex owner = draft.process.scopes[draft.process.steps[step].scope].owner;
    return owner != none && draft.steps[owner].meets;
}

bool is_made(const Draft& draft, StepIndex step) {
    for (StepIndex owner = stage_of(draft, step); owner != none; owner = stage_of(draft, owner))
        if (draft.steps[owner].meets || draft.steps[owner].leads) return true;
    return false;
}

StepIndex find_anywhere(const Draft& draft, std::string_view id) {
    for (StepIndex step = 0; step < draft.process.steps.size(); ++step) {
        if (draft.process.steps[step].id == id) return step;
    }
    return none;
}

StepIndex stage_of(const Draft& draft, StepIndex step) {
    return draft.process.scopes[draft.process.steps[step].scope].owner;
}

bool is_after_end(const Draft& draft, StepIndex step) {
    for (StepIndex stage = stage_of(draft, step); stage != none; stage = stage_of(draft, stage))
        step = stage;
    return draft.process.scopes[draft.process.steps[step].scope].after_end;
}

std::vector<std::string> ids_of(const Draft& draft, ScopeIndex scope) {
    std::vector<std::string> ids;
    for (const StepIndex step : draft.process.scopes[scope].steps)
        if (!is_fetch(draft, step)) ids.push_back(draft.process.steps[step].id);
    return ids;
}

void read_outline(Draft& draft) {
    OutlineReader reader(draft);
    if (const Node* steps = part(draft.root, "steps")) {
        reader.open_scope(*steps, none, ticked("steps"));
    } else {
        draft.process.scopes.emplace_back();
    }
    if (draft.bundle.items_node != nullptr) reader.add_items(*draft.bundle.items_node);
    add_fetches(draft);
    if (const Node* steps = part(draft.root, "after_end")) {
        draft.process.after_end = reader.open_scope(*steps, none, ticked("after_end"));
        draft.process.scopes[draft.process.after_end].after_end = true;
        reader.descend(0);
        reader.descend(draft.process.after_end);
    } else {
        reader.descend(0);
    }
}

}  // namespace countersign::definitions
