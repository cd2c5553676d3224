// Needs and what follows from them; see flow.hpp.

#include "definitions/draft.hpp"
#include "definitions/fetch.hpp"

#include <algorithm>

namespace countersign::definitions {

using model::Needs;
using model::NeedsKind;

namespace {

/// Returns the cure for several names that no comma, or one of a Chinese keyboard, parts.
std::optional<Text> comma_cure(std::string_view text) {
    std::string names;
    for (std::size_t at = 0; at < text.size();) {
        const auto parts = [&](std::string_view sign) {
            return text.substr(at, sign.size()) == sign;
        };
        const std::size_t skipped = parts("，") || parts("、") ? 3
                                    : parts(" ") || parts(",") ? 1
                                                               : 0;
        if (skipped == 0)
            names += text[at];
        else if (!names.empty() && names.back() != ' ')
            names += ", ";
        at += std::max<std::size_t>(skipped, 1);
    }
    if (names.find(", ") == std::string::npos) return std::nullopt;
    return format_both("part them by commas: `[{}]`", "请用半角逗号分开：`[{}]`", names);
}

/// Resolves one name of a `needs`; none after reporting why not.
StepIndex resolve(Draft& draft, StepIndex step, const Node& name) {
    const ScopeIndex scope = draft.process.steps[step].scope;
    const StepIndex sibling = draft.process.find(scope, name.text);
    if (sibling == step) {
        draft.found.error("CS2023", name.span,
                          format_both("step `{}` needs itself", "步骤`{}`以自己为前置", name.text),
                          {"leave it out", "请去掉"});
        return none;
    }
    if (sibling != none && !is_fetch(draft, sibling)) return sibling;
    const StepIndex other = find_anywhere(draft, name.text);
    if (other == none || is_fetch(draft, other)) {
        draft.found.error("CS2021", name.span,
                          format_both("there is no step `{}`", "没有步骤`{}`", name.text),
                          comma_cure(name.text).value_or(
                              diagnostics::did_you_mean(name.text, ids_of(draft, scope))));
        return none;
    }
    const StepIndex own_stage = stage_of(draft, step);
    const StepIndex other_stage = stage_of(draft, other);
    auto& diagnostic = draft.found.error(
        "CS2022", name.span,
        format_both("`needs` names steps of the same `steps` map only, and `{}` is not beside `{}`",
                    "`needs`只能写同一`steps`中的步骤，而`{}`与`{}`不在同一层", name.text,
                    draft.process.steps[step].id),
        is_after_end(draft, step) && !is_after_end(draft, other)
            ? Text{"leave it out: `after_end` begins once the case has ended",
                   "请去掉：`after_end`在办件结束之后才开始"}
        : own_stage != none &&
                draft.process.steps[other].scope == draft.process.steps[own_stage].scope
            ? format_both("put `needs: {}` on the stage `{}`", "请把`needs: {}`写在阶段`{}`上",
                          name.text, draft.process.steps[own_stage].id)
        : other_stage != none && draft.process.steps[other_stage].scope == scope
            ? format_both("write `needs: {}`, the stage that it is in",
                          "请写`needs: {}`，即它所在的阶段", draft.process.steps[other_stage].id)
            : Text{"put `needs` on the stage", "请把`needs`写在阶段上"});
    diagnostic.notes.push_back(
        {draft.steps[other].place, format_both("`{}` stands here", "`{}`在这里", name.text)});
    return none;
}

std::vector<StepIndex> resolve_all(Draft& draft, StepIndex step, const Node& node) {
    std::vector<StepIndex> steps;
    const auto names = yaml::as_texts(node, draft.found, ticked("needs"));
    for (const Node* name : names.value_or(std::vector<const Node*>{})) {
        const StepIndex other = resolve(draft, step, *name);
        if (other == none) {
            draft.steps[step].needs_known = false;
            continue;
        }
        if (std::find(steps.begin(), steps.end(), other) != steps.end()) {
            draft.found.error("CS2003", name->span,
                              format_both("`{}` stands twice in `needs`",
                                          "`{}`在`needs`中出现了两次", name->text),
                              {"keep one of them", "请只保留一个"});
            continue;
        }
        steps.push_back(other);
    }
    return steps;
}

void read_needs_mapping(Draft& draft, StepIndex step, const Node& node, Needs& needs) {
    yaml::Keys keys(node, draft.found, ticked("needs"), "needs");
    const Node* any = keys.optional("any");
    const Node* at_least = keys.optional("at_least");
    const Node* of = keys.optional("of");
    if (const yaml::Entry* all = node.entry("all")) {
        keys.also("all");
        keys.finish();
        draft.found.error("CS2018", all->key.span, {"a list asks for all", "列表就表示全部"},
                          {"write `needs: [a, b]`", "请写成`needs: [a, b]`"});
        return;
    }
    if (const Node* cancel = keys.optional("cancel_rest")) {
        needs.cancel_rest =
            yaml::as_boolean(*cancel, draft.found, ticked("cancel_rest")).value_or(false);
    }
    keys.finish();
    if ((any == nullptr) == (at_least == nullptr) || (at_least == nullptr) != (of == nullptr)) {
        draft.found.error(
            "CS2018", node.span,
            {"`needs` must say how many of which steps", "`needs`应写明哪些步骤中的几个"},
            {"write `{ any: [a, b] }` or `{ at_least: 2, of: [a, b, c] }`",
             "请写`{ any: [a, b] }`或`{ at_least: 2, of: [a, b, c] }`"});
        return;
    }
    needs.steps = resolve_all(draft, step, any != nullptr ? *any : *of);
    needs.kind = any != nullptr ? NeedsKind::any : NeedsKind::at_least;
    if (at_least == nullptr) return;
    const auto count = read_count(*at_least, draft.found, ticked("at_least"), 1, 1'000);
    if (!count) return;
    needs.count = static_cast<std::uint32_t>(*count);
    if (of->is_sequence() && needs.count > of->items.size()) {
        draft.found.error(
            "CS2025", at_least->span,
            format_both("step `{}` can never start: it needs {} of {} steps",
                        "步骤`{0}`永远不会开始：前置要求{2}个步骤中的{1}个",
                        draft.process.steps[step].id, needs.count, of->items.size()),
            format_both("write at most `at_least: {}`", "最多写`at_least: {}`", of->items.size()));
    }
}

void read_needs_of(Draft& draft, StepIndex step) {
    const Node* node = part(*draft.steps[step].node, "needs");
    model::Step& model_step = draft.process.steps[step];
    if (node == nullptr) return;
    model_step.needs.granted = draft.steps[step].is_item;
    if (node->is_mapping())
        read_needs_mapping(draft, step, *node, model_step.needs);
    else
        model_step.needs.steps = resolve_all(draft, step, *node);
    const Node* cancel = part(*draft.steps[step].node, "cancel_rest");
    if (cancel != nullptr && part(*draft.steps[step].node, "each") == nullptr) {
        model_step.needs.cancel_rest =
            yaml::as_boolean(*cancel, draft.found, ticked("cancel_rest")).value_or(false);
    }
    for (const StepIndex other : model_step.needs.steps)
        draft.process.steps[other].dependents.push_back(step);
}

/// Reports the cycle that `step` is on, once.
void report_cycle(Draft& draft, StepIndex step, const std::set<StepIndex>& left) {
    std::vector<StepIndex> path{step};
    for (;;) {
        const auto& needs = draft.process.steps[path.back()].needs.steps;
        const auto next = std::find_if(needs.begin(), needs.end(),
                                       [&](StepIndex other) { return left.count(other) != 0; });
        if (next == needs.end()) return;  // it only depends on a cycle
        const auto seen = std::find(path.begin(), path.end(), *next);
        if (seen == path.end()) {
            path.push_back(*next);
            continue;
        }
        if (seen != path.begin() || *std::min_element(path.begin(), path.end()) != step) return;
        Text text;
        for (const StepIndex other : path) {
            const std::string& id = draft.process.steps[other].id;
            text = format_both("{}`{}` needs ", "{}`{}`等待", text, id);
        }
        draft.found.error("CS2023", part(*draft.steps[step].node, "needs")->span,
                          format_both("these steps wait for each other for ever: {}`{}`",
                                      "这些步骤互相等待，永远不会开始：{}`{}`", text,
                                      draft.process.steps[step].id),
                          {"take one of the needs away", "请去掉其中一个前置"});
        return;
    }
}

/// Orders the steps of a scope so that needs come first; those on cycles come last.
std::vector<StepIndex> order_of(Draft& draft, ScopeIndex scope) {
    std::vector<StepIndex> order;
    const auto& steps = draft.process.scopes[scope].steps;
    std::set<StepIndex> left(steps.begin(), steps.end());
    for (bool moved = true; moved;) {
        moved = false;
        for (const StepIndex step : steps) {
            if (left.count(step) == 0) continue;
            const auto& needs = draft.process.steps[step].needs.steps;
            if (std::any_of(needs.begin(), needs.end(),
                            [&](StepIndex n) { return left.count(n) != 0; }))
                continue;
            order.push_back(step);
            left.erase(step);
            moved = true;
            break;  // in the document's order wherever the needs allow it
        }
    }
    for (const StepIndex step : left) report_cycle(draft, step, left);
    order.insert(order.end(), left.begin(), left.end());
    return order;
}

bool silence_is_absent(const Draft& draft, StepIndex step) {
    const Node* silence = part(*draft.steps[step].node, "silence");
    return silence != nullptr && silence->is_scalar() && silence->text == "absent";
}

/// Whether a step other than `but` may cancel it, as the rest of its needs.
bool may_be_cancelled(const Draft& draft, StepIndex step, StepIndex but = none) {
    for (const StepIndex other : draft.process.steps[step].dependents) {
        if (other != but && draft.process.steps[other].needs.cancel_rest) return true;
    }
    return false;
}

/// How many of the needs must have ended for the step to start.
std::size_t needed_count(const Needs& needs) {
    return needs.kind == NeedsKind::at_least ? needs.count : 1;
}

/// Whether a step ends unless a step that needs it cancels it.
bool ends_unless_cancelled(const Draft& draft, StepIndex step) {
    const Node& node = *draft.steps[step].node;
    const bool has_each = part(node, "each") != nullptr;
    // Of an `each`, `when`, `while` and `silence` belong to the instances; the set itself goes on.
    const bool has_condition = part(node, "when") != nullptr || part(node, "while") != nullptr;
    if (!has_each && (has_condition || silence_is_absent(draft, step))) return false;
    const Needs& needs = draft.process.steps[step].needs;
    if (needs.steps.empty()) return true;
    if (needs.granted) return false;  // what it needs may be refused
    std::size_t sure = 0;
    for (const StepIndex other : needs.steps) {
        // What this step itself cancels it cancels once it has started, so once enough have ended.
        const bool ends =
            draft.flow.unless_cancelled[other] && !may_be_cancelled(draft, other, step);
        sure += ends ? 1 : 0;
    }
    return sure >= needed_count(needs);
}

StepSet with_itself(const std::vector<StepSet>& facts, StepIndex step) {
    StepSet all = facts[step];
    all[step] = true;
    return all;
}

void add_all(StepSet& to, const StepSet& from) {
    for (std::size_t i = 0; i < from.size(); ++i) {
        if (from[i]) to[i] = true;
    }
}

void keep_common(StepSet& to, const StepSet& with) {
    for (std::size_t i = 0; i < with.size(); ++i) {
        if (!with[i]) to[i] = false;
    }
}

/// What has surely been granted once this need has ended; itself, if only that lets it count.
StepSet granted_with(const Flow& flow, const Needs& needs, StepIndex need) {
    StepSet all = flow.granted_before[need];
    if (needs.granted) all[need] = true;
    return all;
}

void compute_before(Draft& draft, StepIndex step) {
    const Needs& needs = draft.process.steps[step].needs;
    Flow& flow = draft.flow;
    if (!draft.steps[step].needs_known) {
        // Who needs a step that there is not meant one that has ended.
        flow.ended_before[step].assign(draft.steps.size(), true);
        flow.settled_before[step].assign(draft.steps.size(), true);
        return;
    }
    if (needs.steps.empty()) return;
    const bool all_ended = needed_count(needs) == needs.steps.size();
    // At least one need has ended, so whatever ended before each of them has ended.
    StepSet common = with_itself(flow.ended_before, needs.steps.front());
    StepSet ended(draft.steps.size(), false);
    StepSet common_granted = granted_with(flow, needs, needs.steps.front());
    StepSet granted(draft.steps.size(), false);
    for (const StepIndex other : needs.steps) {
        const StepSet before = with_itself(flow.ended_before, other);
        keep_common(common, before);
        keep_common(common_granted, granted_with(flow, needs, other));
        const bool sure = all_ended || (needs.kind == NeedsKind::all &&
                                        (flow.always_ends[other] || needs.granted));
        if (sure) add_all(ended, before);
        if (sure) add_all(granted, granted_with(flow, needs, other));
        if (needs.kind == NeedsKind::all || all_ended) {
            add_all(flow.settled_before[step], with_itself(flow.settled_before, other));
        }
    }
    add_all(ended, common);
    add_all(granted, common_granted);
    flow.granted_before[step] = std::move(granted);
    add_all(flow.settled_before[step], ended);
    flow.ended_before[step] = std::move(ended);
}

/// Whether a move, as the text has it, leaves the scope of its step. `step` bounds the chain of
/// treat_as, whose outcome has a move of its own.
bool leaves(const Draft& draft, StepIndex step, const Node* move, std::size_t depth) {
    if (move == nullptr || !move->is_mapping() || depth > 8) return false;
    if (move->find("end") != nullptr || move->find("end_branch") != nullptr) return true;
    for (const char* key : {"repeat", "back", "supplement"}) {
        const Node* inner = part(*move, key);
        if (inner != nullptr) return leaves(draft, step, part(*inner, "else"), depth + 1);
    }
    if (const Node* outcome = part(*move, "treat_as")) {
        const Node* on = part(*draft.steps[step].node, "on");
        if (on == nullptr) return false;
        if (const Node* each = part(*on, "each")) on = each;
        return leaves(draft, step, part(*on, outcome->text), depth + 1);
    }
    return false;
}

const Node* move_of(const Draft& draft, StepIndex step, std::string_view outcome) {
    const Node* on = part(*draft.steps[step].node, "on");
    if (on == nullptr) return nullptr;
    if (const Node* each = part(*on, "each")) on = each;
    return part(*on, outcome);
}

}  // namespace

void read_needs(Draft& draft) {
    for (StepIndex step = 0; step < draft.steps.size(); ++step) read_needs_of(draft, step);
    for (ScopeIndex scope = 0; scope < draft.process.scopes.size(); ++scope) {
        draft.order.push_back(order_of(draft, scope));
    }
}

void compute_flow(Draft& draft) {
    const std::size_t count = draft.steps.size();
    draft.flow.always_ends.assign(count, false);
    draft.flow.unless_cancelled.assign(count, false);
    draft.flow.ended_before.assign(count, StepSet(count, false));
    draft.flow.settled_before.assign(count, StepSet(count, false));
    draft.flow.granted_before.assign(count, StepSet(count, false));
    for (const auto& order : draft.order) {
        for (const StepIndex step : order) {
            draft.flow.unless_cancelled[step] = ends_unless_cancelled(draft, step);
            draft.flow.always_ends[step] =
                draft.flow.unless_cancelled[step] && !may_be_cancelled(draft, step);
            compute_before(draft, step);
        }
    }
}

void compute_result_sure(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    text.result_sure = text.has_result;
    // Of a meeting: there always, or looked at only once the slot is fixed.
    if (text.meets || text.verb == VerbKind::appoint) return;
    if (const Node* silence = part(*text.node, "silence");
        silence != nullptr && silence->is_mapping()) {
        text.result_sure = false;
    }
    for (const model::Outcome& outcome : draft.process.steps[step].outcomes) {
        if (outcome.kind == model::OutcomeKind::ok) continue;
        if (!leaves(draft, step, move_of(draft, step, outcome.name), 0)) text.result_sure = false;
    }
    for (const char* name : {"timeout", "failure"}) {
        const Node* move = move_of(draft, step, name);
        if (move != nullptr && !leaves(draft, step, move, 0)) text.result_sure = false;
    }
}

bool ok_has_result(const Draft& draft, StepIndex step) {
    const StepDraft& text = draft.steps[step];
    const model::Step& model_step = draft.process.steps[step];
    const Node* silence = part(*text.node, "silence");
    if (!text.has_result || (silence != nullptr && silence->is_mapping())) return false;
    const Node* on = part(*text.node, "on");
    if (on == nullptr) return true;
    if (const Node* each = part(*on, "each")) on = each;
    return std::none_of(on->entries.begin(), on->entries.end(), [&](const yaml::Entry& entry) {
        const Node* treated = part(entry.value, "treat_as");
        const model::Outcome* outcome =
            treated == nullptr ? nullptr : model_step.outcome(treated->text);
        return outcome != nullptr && outcome->kind == model::OutcomeKind::ok;
    });
}

bool outcome_leaves(const Draft& draft, StepIndex step, std::string_view outcome) {
    return leaves(draft, step, move_of(draft, step, outcome), 0);
}

bool always_leaves(const Draft& draft, StepIndex step) {
    const StepDraft& text = draft.steps[step];
    const auto& outcomes = draft.process.steps[step].outcomes;
    if (!text.outcomes_known || outcomes.empty() || part(*text.node, "each") != nullptr)
        return false;
    if (silence_is_absent(draft, step)) return false;
    for (const model::Outcome& outcome : outcomes) {
        if (!leaves(draft, step, move_of(draft, step, outcome.name), 0)) return false;
    }
    for (const char* name : {"timeout", "failure"}) {
        const Node* move = move_of(draft, step, name);
        if (move != nullptr && !leaves(draft, step, move, 0)) return false;
    }
    return true;
}

std::vector<StepIndex> redone_by(const Draft& draft, StepIndex step) {
    std::vector<StepIndex> redone = {step};
    for (std::size_t i = 0; i < redone.size(); ++i)
        for (const StepIndex dependent : draft.process.steps[redone[i]].dependents)
            if (std::find(redone.begin(), redone.end(), dependent) == redone.end())
                redone.push_back(dependent);
    return redone;
}

bool comes_after(const Draft& draft, StepIndex step, StepIndex earlier) {
    const std::vector<StepIndex> redone = redone_by(draft, earlier);
    return std::find(redone.begin(), redone.end(), step) != redone.end();
}

}  // namespace countersign::definitions
