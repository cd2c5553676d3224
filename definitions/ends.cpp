// Ends and the checks over a whole process; see ends.hpp.

#include "definitions/ends.hpp"

#include "definitions/conditions.hpp"
#include "definitions/expressions.hpp"
#include "definitions/fetch.hpp"
#include "definitions/longest_way.hpp"

#include <algorithm>

namespace countersign::definitions {

using model::EndKind;
using model::MoveKind;
using model::VariableRoot;

namespace {

std::optional<EndKind> kind_of(Draft& draft, const Node* node) {
    if (node == nullptr) return std::nullopt;
    if (node->is_scalar()) {
        if (node->text == "granted") return EndKind::granted;
        if (node->text == "refused") return EndKind::refused;
        if (node->text == "withdrawn") return EndKind::withdrawn;
    }
    draft.found.error(
        "CS2050", node->span,
        format_both("the kind of an end cannot be {}", "结局的种类不能是{}", yaml::describe(*node)),
        {"write `granted`, `refused` or `withdrawn`",
         "请写`granted`（准予）、`refused`（不予）或`withdrawn`（撤回）"});
    return std::nullopt;
}

void read_end_entry(Draft& draft, const Node& key, const Node& value) {
    const auto name = read_id(key, draft.found, {"the end", "结局"}, false);
    if (!name) return;
    model::End end;
    end.name = *name;
    yaml::Keys keys(value, draft.found, format_both("end `{}`", "结局`{}`", *name), "end");
    if (!keys.ok()) return;
    end.kind = kind_of(draft, keys.required("kind")).value_or(EndKind::refused);
    end.title = read_title(keys.optional("title"), draft.found,
                           format_both("the title of `{}`", "`{}`的标题", *name));
    const Node* when = keys.optional("when");
    if (const Node* otherwise = keys.optional("otherwise")) {
        end.otherwise =
            yaml::as_boolean(*otherwise, draft.found, ticked("otherwise")).value_or(true);
        if (end.otherwise && when != nullptr) {
            draft.found.error("CS2050", when->span,
                              format_both("the end `{}` has both `when` and `otherwise`",
                                          "结局`{}`同时写了`when`和`otherwise`", *name),
                              {"keep one of them", "请只保留一个"});
        }
    }
    if (const Node* reason = keys.optional("reason")) {
        end.reason_required = reason->is_scalar() && reason->text == "required";
        if (!end.reason_required && !(reason->is_scalar() && reason->text == "optional")) {
            draft.found.error(
                "CS2050", reason->span,
                {"`reason` must be `required` or `optional`", "`reason`应为`required`或`optional`"},
                {"write `required` if the refusal must say why", "必须写明理由时请写`required`"});
        }
    }
    keys.also("gives");
    keys.finish();
    draft.process.ends.push_back(std::move(end));
}

const Node* end_node(const Draft& draft, const std::string& name) {
    const Node* ends = part(draft.root, "ends");
    return ends == nullptr ? nullptr : ends->find(name);
}

// ── Which ends are reached ───────────────────────────────────────────────────────────────────

void collect_targets(const model::Move& move, MoveKind kind, std::set<std::string>& targets) {
    if (move.kind == kind) targets.insert(move.target);
    for (const model::Move& otherwise : move.otherwise) collect_targets(otherwise, kind, targets);
}

std::set<std::string> targets_of(const model::Step& step, MoveKind kind) {
    std::set<std::string> targets;
    for (const auto& move : step.on) collect_targets(move.move, kind, targets);
    for (const auto& move : step.set_on) collect_targets(move.move, kind, targets);
    return targets;
}

/// Whether the case never runs out by itself, because a step that always runs ends it.
bool always_moved(const Draft& draft) {
    for (const StepIndex step : draft.process.scopes[0].steps) {
        if (draft.flow.always_ends[step] && always_leaves(draft, step)) return true;
    }
    return false;
}

void check_otherwise(Draft& draft) {
    const Node* ends = part(draft.root, "ends");
    if (ends == nullptr || !ends->is_mapping()) return;
    const model::End* first = nullptr;
    for (const model::End& end : draft.process.ends) {
        const Span place = ends->entry(end.name)->key.span;
        if (first != nullptr && end.otherwise) {
            draft.found.error(
                "CS2050", place,
                format_both("there are two ends with `otherwise`, `{}` and `{}`",
                            "有两个结局写了`otherwise`：`{}`和`{}`", first->name, end.name),
                {"give one of them `when` instead", "请给其中一个改写`when`"});
        } else if (first != nullptr && end.when) {
            draft.found.error(
                "CS2050", place,
                format_both(
                    "the end `{}` is never reached: ends are tried in order, and `{}` stands "
                    "before it with `otherwise`",
                    "结局`{}`永远轮不到：结局依次判断，而写了`otherwise`的`{}`在它之前", end.name,
                    first->name),
                format_both("move `{}` behind it", "请把`{}`移到它之后", first->name));
        }
        if (end.otherwise && first == nullptr) first = &end;
    }
    if (first == nullptr && !always_moved(draft)) {
        draft.found.error(
            "CS2050", draft.root.entry("ends")->key.span,
            {"when every step is settled and no `when` holds, the case has no end",
             "各步骤都已了结而没有`when`成立时，办件没有结局"},
            {"add `otherwise: true` to one end", "请给一个结局补上`otherwise: true`"});
    }
}

void check_reached(Draft& draft) {
    std::set<std::string> moved;
    for (const model::Step& step : draft.process.steps)
        moved.merge(targets_of(step, MoveKind::end));
    for (const model::End& end : draft.process.ends) {
        const Node* node = end_node(draft, end.name);
        if (node == nullptr || end.kind == EndKind::withdrawn || end.otherwise) continue;
        if (part(*node, "when") != nullptr || moved.count(end.name) != 0) continue;
        draft.found.warning(
            "CS2052", part(draft.root, "ends")->entry(end.name)->key.span,
            format_both("nothing leads to the end `{}`", "没有任何途径到达结局`{}`", end.name),
            {"give it `when` or `otherwise`, or name it in a move",
             "请给它写`when`或`otherwise`，或在`on`中写明它"});
    }
}

/// Whether the conditions of steps that ask somebody leave no case over: `when: form.large` and
/// `when: "!form.large"`.
bool one_of_them_is_asked(const Draft& draft, ScopeIndex scope) {
    Conditions conditions(draft);
    std::vector<Formula> none_runs;
    for (const StepIndex step : draft.process.scopes[scope].steps) {
        const StepDraft& text = draft.steps[step];
        const Node* when = part(*text.node, "when");
        const bool asks =
            text.verb == VerbKind::call || text.verb == VerbKind::ask || text.verb == VerbKind::run;
        if (!asks || when == nullptr || part(*text.node, "each") != nullptr ||
            part(*text.node, "silence") != nullptr)
            continue;
        const auto& needs = draft.process.steps[step].needs.steps;
        const bool reached = std::all_of(needs.begin(), needs.end(), [&](StepIndex other) {
            return draft.flow.always_ends[other];
        });
        const auto& dependents = draft.process.steps[step].dependents;
        const bool cut = std::any_of(dependents.begin(), dependents.end(), [&](StepIndex other) {
            return draft.process.steps[other].needs.cancel_rest;
        });
        if (reached && !cut) none_runs.push_back(Conditions::negated(conditions.read(*when, step)));
    }
    std::vector<const Formula*> all;
    for (const Formula& formula : none_runs) all.push_back(&formula);
    return !all.empty() && conditions.hold(all) == Holding::never;
}

/// Whether somebody is surely asked once the scope runs: a call or ask that cannot be skipped.
bool someone_is_asked(const Draft& draft, ScopeIndex scope) {
    if (one_of_them_is_asked(draft, scope)) return true;
    for (const StepIndex step : draft.process.scopes[scope].steps) {
        if (!draft.flow.always_ends[step] || is_fetch(draft, step)) continue;
        const StepDraft& text = draft.steps[step];
        // A list may be empty; a set of departments that the form must name is not.
        if (part(*text.node, "each") != nullptr) {
            const bool may_skip =
                part(*text.node, "when") != nullptr || part(*text.node, "while") != nullptr;
            if (text.choice == nullptr || may_skip) continue;
        }
        if (text.verb == VerbKind::call || text.verb == VerbKind::ask ||
            text.verb == VerbKind::run || text.verb == VerbKind::broken)
            return true;
        const auto* stage = std::get_if<model::DoVerb>(&draft.process.steps[step].verb);
        if (text.verb == VerbKind::do_ && someone_is_asked(draft, stage->scope)) return true;
    }
    return false;
}

/// Whether the end's condition can hold although nobody was asked, as far as can be told: it names
/// no step, or only lists, decisions and waits.
bool can_hold_unasked(const Draft& draft, const model::End& end) {
    if (end.otherwise) return true;
    if (!end.when) return false;
    for (const model::VariableRef& ref : end.when->refs) {
        if (ref.root != VariableRoot::step) continue;
        const StepDraft& text = draft.steps[ref.index];
        const bool asks = text.verb == VerbKind::call || text.verb == VerbKind::ask ||
                          text.verb == VerbKind::run || text.verb == VerbKind::do_;
        if (asks && part(*text.node, "each") == nullptr) return false;
    }
    return true;
}

void check_granted(Draft& draft) {
    if (draft.process.scopes[0].steps.empty() || someone_is_asked(draft, 0)) return;
    for (const model::End& end : draft.process.ends) {
        if (end.kind != EndKind::granted || !can_hold_unasked(draft, end)) continue;
        draft.found.error(
            "CS2051", part(draft.root, "ends")->entry(end.name)->key.span,
            format_both(
                "the case can end `{}` (granted) with every `ask` and `call` skipped: nobody has "
                "agreed to it",
                "即使所有`ask`和`call`都被跳过，办件也会以`{}`（准予）结束：没有任何人同意过",
                end.name),
            {"let one `ask` or `call` run without `when`, or name its outcome in `when` of the end",
             "请让一个`ask`或`call`不带`when`，或在结局的`when`中判断它的结果"});
        return;
    }
}

// ── Steps ────────────────────────────────────────────────────────────────────────────────────

bool may_be_skipped_itself(const Draft& draft, StepIndex step) {
    const Node& node = *draft.steps[step].node;
    if (part(node, "each") != nullptr || draft.steps[step].verb == VerbKind::broken) return false;
    const Node* silence = part(node, "silence");
    return part(node, "when") != nullptr ||
           (silence != nullptr && silence->is_scalar() && silence->text == "absent");
}

void check_starts(Draft& draft, StepIndex step) {
    const model::Step& model_step = draft.process.steps[step];
    const auto& needs = model_step.needs;
    if (needs.steps.empty()) return;
    const Span place = part(*draft.steps[step].node, "needs")->span;
    const bool wants_all =
        needs.kind == model::NeedsKind::all ||
        (needs.kind == model::NeedsKind::at_least && needs.count == needs.steps.size());
    std::size_t leaving = 0;
    StepIndex blocker = none;
    for (const StepIndex other : needs.steps) {
        if (!always_leaves(draft, other)) continue;
        ++leaving;
        if (blocker == none) blocker = other;
    }
    if (blocker != none && (wants_all || leaving == needs.steps.size())) {
        draft.found.error(
            "CS2025", place,
            format_both("step `{}` can never start: whatever `{}` ends with leaves this level",
                        "步骤`{}`永远不会开始：`{}`无论什么结果都会离开这一层", model_step.id,
                        draft.process.steps[blocker].id),
            {"let one of its outcomes `continue`", "请让它的某个结果`continue`（继续）"});
        return;
    }
    if (draft.steps[step].is_item) return;  // so it is meant between items of a bundle
    if (needs.steps.size() == 1 && may_be_skipped_itself(draft, needs.steps[0])) {
        const std::string& other = draft.process.steps[needs.steps[0]].id;
        draft.found.warning("CS2026", place,
                            format_both("step `{0}` never runs when `{1}` is skipped",
                                        "`{1}`被跳过时，步骤`{0}`也不会进行", model_step.id, other),
                            format_both("if it should, let it need a step before `{}` as well",
                                        "若仍要进行，请让它也以`{}`之前的步骤为前置", other));
    }
}

/// A join that asks for more instances than there can be.
void check_join(Draft& draft, StepIndex step) {
    const auto& each = draft.process.steps[step].each;
    if (!each || each->join != model::JoinKind::at_least) return;
    const auto most = most_items(draft, step);
    if (!most || static_cast<std::int64_t>(each->count) <= *most) return;
    draft.found.error("CS2027", part(*draft.steps[step].node, "join")->span,
                      format_both("this join can never be met: it asks for {} instances of `{}`, "
                                  "and there are at most {}",
                                  "这种汇合永远达不到：它要求`{1}`的{0}个实例，而最多只有{2}个",
                                  each->count, draft.process.steps[step].id, *most),
                      format_both("write at most `{{ at_least: {} }}`, or `all`",
                                  "最多写`{{ at_least: {} }}`，或写`all`", *most));
}

void check_stage_outcomes(Draft& draft, StepIndex stage) {
    const Node* node = part(*draft.steps[stage].node, "outcomes");
    const auto* verb = std::get_if<model::DoVerb>(&draft.process.steps[stage].verb);
    if (draft.steps[stage].verb != VerbKind::do_ || node == nullptr || !node->is_mapping()) return;
    std::set<std::string> yielded;
    for (const StepIndex step : draft.process.scopes[verb->scope].steps) {
        if (draft.steps[step].verb == VerbKind::broken || !draft.steps[step].outcomes_known) return;
        yielded.merge(targets_of(draft.process.steps[step], MoveKind::end_branch));
    }
    yielded.merge(targets_of(draft.process.steps[stage], MoveKind::treat_as));
    yielded.insert(draft.process.steps[stage].silence.outcome);
    if (draft.steps[stage].meets) yielded.insert("no_slot");
    for (const auto& [key, value] : node->entries) {
        if (yielded.count(key.text) != 0 || draft.process.steps[stage].outcome(key.text) == nullptr)
            continue;
        draft.found.error(
            "CS2031", key.span,
            format_both("the outcome `{0}` of the stage `{1}` can never happen: no step in it says "
                        "`end_branch: {0}`",
                        "阶段`{1}`的结果`{0}`不会出现：其中没有步骤写`end_branch: {0}`", key.text,
                        draft.process.steps[stage].id),
            {"leave it out, or yield it in `on` of a step",
             "请去掉它，或在某个步骤的`on`中给出它"});
    }
}

}  // namespace

void read_ends(Draft& draft) {
    const Node* ends = part(draft.root, "ends");
    if (ends == nullptr || !yaml::expect_mapping(*ends, draft.found, ticked("ends"))) return;
    for (const auto& [key, value] : ends->entries) read_end_entry(draft, key, value);
    if (draft.process.ends.empty()) {
        draft.found.error("CS2050", ends->span,
                          {"a process needs at least one end", "流程至少要有一个结局"},
                          {"add `granted: { kind: granted, otherwise: true }`",
                           "请补上`granted: { kind: granted, otherwise: true }`"});
    }
}

void compile_ends(Draft& draft) {
    Site site;
    site.all_settled = true;
    draft.gives.resize(draft.process.ends.size());
    for (std::size_t i = 0; i < draft.process.ends.size(); ++i) {
        const Node* node = end_node(draft, draft.process.ends[i].name);
        if (node == nullptr) continue;
        if (const Node* when = part(*node, "when")) {
            draft.process.ends[i].when = compile_condition(draft, *when, site, ticked("when"));
        }
        const Node* gives = part(*node, "gives");
        if (gives == nullptr || !yaml::expect_mapping(*gives, draft.found, ticked("gives")))
            continue;
        // By a move the case may end anywhere: nothing is certain in `gives` but what `when` saw.
        Site at_end = site;
        at_end.all_settled = draft.process.ends[i].when.has_value();
        for (const auto& [key, value] : gives->entries) {
            if (!read_id(key, draft.found, {"the value", "值"}, false)) continue;
            ValueRead read = read_value(draft, value, nullptr, at_end, ticked(key.text));
            if (!read.ok) continue;
            read.mapped.name = key.text;
            draft.gives[i].push_back({key.text, read.type, read.mapped.leave_out_when_empty});
            draft.process.ends[i].gives.push_back(std::move(read.mapped));
        }
    }
}

void check_whole(Draft& draft) {
    check_otherwise(draft);
    check_reached(draft);
    check_granted(draft);
    for (StepIndex step = 0; step < draft.steps.size(); ++step) {
        check_starts(draft, step);
        check_stage_outcomes(draft, step);
        check_join(draft, step);
    }
}

void check_fields_used(Draft& draft) {
    const auto& used = draft.fields_used;
    const auto is_used = [&](const std::string& path) {
        for (std::size_t end = path.size();; end = path.rfind('.', end - 1)) {
            if (used.count(path.substr(0, end)) != 0) return true;
            if (path.rfind('.', end - 1) == std::string::npos) break;
        }
        return used.count("") != 0;
    };
    for (const FieldPlace& leaf : draft.form.leaves) {
        if (is_used(leaf.path)) continue;
        draft.found.warning("CS2100", leaf.place,
                            format_both("nothing uses the form field `{}`",
                                        "没有任何地方用到表单字段`{}`", leaf.path),
                            {"ask only for what a step needs: name it in a `with`, or leave it out",
                             "只收集步骤所需的内容：请在某个`with`中用到它，或去掉它"});
    }
}

void check_materials_used(Draft& draft) {
    const Node* materials = part(draft.root, "materials");
    if (materials == nullptr) return;
    for (const auto& [key, value] : materials->entries) {
        // Who writes `required: false` wants a paper that may be there.
        if (part(value, "required") != nullptr || part(value, "may_follow") != nullptr ||
            part(value, "from") != nullptr)
            continue;
        if (draft.materials_used.count(key.text) != 0) continue;
        draft.found.warning(
            "CS2102", key.span,
            format_both("nothing needs the material `{}`", "没有任何地方需要材料`{}`", key.text),
            {"say when it is `required`, write `required: false` if it may be handed in, or leave "
             "it out",
             "请用`required`写明何时需要；可交可不交的请写`required: false`；否则去掉"});
    }
}

}  // namespace countersign::definitions
