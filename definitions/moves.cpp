// Moves, actions and silence; see moves.hpp.

#include "definitions/moves.hpp"

#include "definitions/fetch.hpp"
#include "definitions/flow.hpp"
#include "definitions/forward.hpp"
#include "definitions/lead.hpp"
#include "engine/base/limits.hpp"

#include <algorithm>

namespace countersign::definitions {

using model::ActionKind;
using model::MoveKind;
using model::OutcomeKind;

namespace {

const std::vector<std::string> move_names = {"continue", "end",        "end_branch", "repeat",
                                             "back",     "supplement", "treat_as",   "forward"};

bool has_outcome(const std::vector<model::Outcome>& outcomes, std::string_view name) {
    return std::any_of(outcomes.begin(), outcomes.end(),
                       [&](const model::Outcome& outcome) { return outcome.name == name; });
}

std::vector<std::string> outcome_names(const std::vector<model::Outcome>& outcomes) {
    std::vector<std::string> names;
    for (const model::Outcome& outcome : outcomes) names.push_back(outcome.name);
    return names;
}

/// What is known while the moves of one step are read.
struct MoveContext {
    StepIndex step = none;
    Site site;
    std::string outcome;  ///< after which the move comes
    bool of_set = false;
    std::size_t depth = 0;
};

model::Move read_move(Draft& draft, const Node& node, const MoveContext& context);

/// Reads `else` of a repeat or supplement, which must be there.
void read_else(Draft& draft, const Node& inner, const Node* otherwise, const std::string& name,
               const MoveContext& context, model::Move& move) {
    if (otherwise == nullptr) {
        draft.found.error(
            "CS2033", inner.span,
            format_both("`{}` needs `else`: what follows when it is used up",
                        "`{}`缺少`else`：次数用完之后怎么办", name),
            {"add `else: { end: … }` or another move", "请补上`else: { end: … }`或别的流转"});
        return;
    }
    MoveContext deeper = context;
    ++deeper.depth;
    move.otherwise.push_back(read_move(draft, *otherwise, deeper));
    const MoveKind kind = move.otherwise.back().kind;
    if (kind == MoveKind::repeat || kind == MoveKind::supplement || kind == MoveKind::back ||
        kind == MoveKind::forward) {
        draft.found.error(
            "CS2033", otherwise->span,
            {"`else` must go on without asking again", "`else`必须继续往下，不能再次征询"},
            {"write `continue`, `{ end: … }`, `{ end_branch: … }` or `{ treat_as: … }`",
             "请写`continue`、`{ end: … }`、`{ end_branch: … }`或`{ treat_as: … }`"});
    }
}

void read_end(Draft& draft, const Node& target, const MoveContext& context, model::Move& move) {
    move.kind = MoveKind::end;
    const auto name = yaml::as_text(target, draft.found, ticked("end"));
    if (!name) return;
    move.target = *name;
    if (draft.process.end(*name) == nullptr) {
        std::vector<std::string> known;
        for (const model::End& end : draft.process.ends) known.push_back(end.name);
        draft.found.error("CS2038", target.span,
                          format_both("there is no end `{}`", "没有结局`{}`", *name),
                          diagnostics::did_you_mean(*name, known));
    } else if (is_after_end(draft, context.step)) {
        draft.found.error(
            "CS2037", target.span,
            {"a case cannot end again in `after_end`", "办件在`after_end`中不能再次结束"},
            {"write `continue`", "请写`continue`"});
    }
}

void read_end_branch(Draft& draft, const Node& target, const MoveContext& context,
                     model::Move& move) {
    move.kind = MoveKind::end_branch;
    const auto name = yaml::as_text(target, draft.found, ticked("end_branch"));
    if (!name) return;
    move.target = *name;
    const StepIndex stage = stage_of(draft, context.step);
    if (stage == none) {
        draft.found.error(
            "CS2037", target.span,
            format_both("`end_branch` ends the stage around a step, and there is none around `{}`",
                        "`end_branch`结束步骤所在的阶段，而`{}`不在任何阶段之内",
                        draft.process.steps[context.step].id),
            {"write `{ end: … }` to end the case", "要结束办件请写`{ end: … }`"});
        return;
    }
    const auto& outcomes = draft.process.steps[stage].outcomes;
    if (has_outcome(outcomes, *name)) return;
    draft.found.error("CS2037", target.span,
                      format_both("the stage `{}` declares no outcome `{}`",
                                  "阶段`{}`没有声明结果`{}`", draft.process.steps[stage].id, *name),
                      outcomes.size() > 1
                          ? diagnostics::did_you_mean(*name, outcome_names(outcomes))
                          : format_both("add `outcomes: {{ {}: refusal }}` to the stage",
                                        "请在该阶段补上`outcomes: {{ {}: refusal }}`", *name));
}

void read_repeat(Draft& draft, const Node& inner, const MoveContext& context, model::Move& move) {
    move.kind = MoveKind::repeat;
    if (inner.is_scalar()) {
        draft.found.error(
            "CS2033", inner.span,
            {"`repeat` needs `times` and `else`", "`repeat`要写`times`和`else`"},
            {"write `{ times: 2, else: { end: … } }`", "请写成`{ times: 2, else: { end: … } }`"});
        return;
    }
    yaml::Keys keys(inner, draft.found, ticked("repeat"), "repeat");
    const Node* times = keys.optional("times");
    const Node* otherwise = keys.optional("else");
    keys.finish();
    if (!keys.ok()) return;
    if (times == nullptr) {
        draft.found.error(
            "CS2033", inner.span,
            {"`repeat` needs `times`: a loop has a bound", "`repeat`缺少`times`：重办要有次数上限"},
            {"add `times: 2`", "请补上`times: 2`"});
    } else if (const auto count = read_count(*times, draft.found, ticked("times"), 1,
                                             static_cast<std::int64_t>(limits::repeat_max))) {
        move.times = static_cast<std::uint32_t>(*count);
    }
    read_else(draft, inner, otherwise, "repeat", context, move);
}

/// Where `back` leads: the step, and the one at its level that goes back, which comes after it.
struct Way {
    StepIndex to = none;
    StepIndex from = none;
};

/// Finds an earlier step beside this one, or beside a stage around it.
std::optional<Way> find_way(Draft& draft, const Node& node, StepIndex step) {
    const std::string id = yaml::as_text(node, draft.found, ticked("to")).value_or("");
    if (id.empty()) return std::nullopt;
    std::vector<std::string> earlier;
    for (StepIndex from = step; from != none; from = stage_of(draft, from)) {
        for (const StepIndex other : draft.process.scopes[draft.process.steps[from].scope].steps) {
            if (other == from || !comes_after(draft, from, other)) continue;
            if (draft.process.steps[other].id == id) return Way{other, from};
            earlier.push_back(draft.process.steps[other].id);
        }
    }
    const bool exists = find_anywhere(draft, id) != none;
    draft.found.error(
        "CS2094", node.span,
        exists ? format_both("`back` from `{}` cannot lead to `{}`: that is not surely before it, "
                             "beside it or beside a stage around it",
                             "不能从`{}`退回至`{}`：它不是本步骤（或其所在阶段）同级的前置步骤",
                             draft.process.steps[step].id, id)
               : format_both("there is no step `{}`", "没有步骤`{}`", id),
        id == draft.process.steps[step].id
            ? Text{"to do this step itself again, write `repeat`", "要重办本步骤，请写`repeat`"}
        : earlier.empty() ? Text{"nothing comes before this step: write `repeat` to do it again",
                                 "此步骤没有前置步骤；要重办本步骤请写`repeat`"}
                          : diagnostics::did_you_mean(id, earlier));
    return std::nullopt;
}

/// Whether going back redoes other branches of an `each` than the one that goes back.
void warn_of_sisters(Draft& draft, const Node& node, StepIndex step, const Way& way) {
    for (StepIndex at = step;; at = stage_of(draft, at)) {
        if (part(*draft.steps[at].node, "each") != nullptr) {
            draft.found.warning(
                "CS2095", node.span,
                format_both("going back to `{}` redoes all branches of `{}`, not this one alone",
                            "退回至`{}`会使`{}`的所有分支重办，而不只是本分支",
                            draft.process.steps[way.to].id, draft.process.steps[at].id),
                {"go back to a step inside the branch, if the others should stay",
                 "若其他分支应保持不变，请退回至分支内的步骤"});
            return;
        }
        if (at == way.from) return;
    }
}

/// Whether a step among these, or in them, can be taken back.
bool undoes_something(const Draft& draft, const std::vector<StepIndex>& steps) {
    return std::any_of(steps.begin(), steps.end(), [&](StepIndex step) {
        if (part(*draft.steps[step].node, "undo") != nullptr) return true;
        const auto* stage = std::get_if<model::DoVerb>(&draft.process.steps[step].verb);
        return stage != nullptr && draft.steps[step].verb == VerbKind::do_ &&
               undoes_something(draft, draft.process.scopes[stage->scope].steps);
    });
}

void read_back(Draft& draft, const Node& inner, const MoveContext& context, model::Move& move) {
    move.kind = MoveKind::back;
    if (!yaml::expect_mapping(inner, draft.found, ticked("back"))) return;
    yaml::Keys keys(inner, draft.found, ticked("back"), "back");
    const Node* to = keys.optional("to");
    const Node* rounds = keys.optional("rounds");
    const Node* otherwise = keys.optional("else");
    const Node* undo = keys.optional("undo");
    keys.finish();
    if (!keys.ok()) return;
    if (to == nullptr)
        draft.found.error(
            "CS2094", inner.span,
            {"`back` needs `to`: the step to go back to", "`back`缺少`to`：退回至哪个步骤"},
            {"add `to: STEP`", "请补上`to: 步骤`"});
    if (rounds == nullptr)
        draft.found.error(
            "CS2033", inner.span,
            {"`back` needs `rounds`: a loop has a bound", "`back`缺少`rounds`：退回要有次数上限"},
            {"add `rounds: 2`", "请补上`rounds: 2`"});
    else if (const auto count = read_count(*rounds, draft.found, ticked("rounds"), 1,
                                           static_cast<std::int64_t>(limits::repeat_max)))
        move.times = static_cast<std::uint32_t>(*count);
    read_else(draft, inner, otherwise, "back", context, move);
    const auto way = to != nullptr ? find_way(draft, *to, context.step) : std::nullopt;
    if (!way) return;
    warn_of_sisters(draft, *to, context.step, *way);
    move.target = draft.process.steps[way->to].id;
    move.redone = redone_by(draft, way->to);
    if (undo == nullptr) return;
    move.undo = yaml::as_boolean(*undo, draft.found, ticked("undo")).value_or(false);
    if (!move.undo || undoes_something(draft, move.redone)) return;
    draft.found.error(
        "CS2094", undo->span,
        format_both("nothing that is redone from `{}` on has an `undo`, so there is "
                    "nothing to take back",
                    "自`{}`起重办的步骤都没有`undo`，没有可以撤销的事项", move.target),
        {"leave it out, or add `undo: department.operation` to the `call`",
         "请去掉，或给相应的`call`补上`undo: 部门.操作`"});
}

void read_supplement_move(Draft& draft, const Node& inner, const MoveContext& context,
                          model::Move& move) {
    move.kind = MoveKind::supplement;
    yaml::Keys keys(inner, draft.found, ticked("supplement"), "ask_again");
    const Node* otherwise = keys.optional("else");
    keys.finish();
    if (!keys.ok()) return;
    if (!draft.process.supplement && part(draft.root, "supplement") == nullptr) {
        draft.found.error(
            "CS2034", inner.span,
            {"the process does not say how missing papers are asked for", "流程没有规定如何补正"},
            {"add `supplement: { window: 4wh, times: 1, limit: 10wd }` to the process",
             "请在流程中补上`supplement: { window: 4wh, times: 1, limit: 10wd }`"});
    }
    const auto* outcome = draft.process.steps[context.step].outcome(context.outcome);
    if (outcome != nullptr && outcome->kind != OutcomeKind::supplement) {
        draft.found.error(
            "CS2034", inner.span,
            format_both("`{}` is not of kind `supplement`, so its answer names nothing missing",
                        "`{}`不是`supplement`类的结果，答复中不会列出缺少什么", context.outcome),
            {"write another move, or declare the outcome as `supplement`",
             "请改用别的流转，或把该结果声明为`supplement`"});
    } else if (is_after_end(draft, context.step)) {
        draft.found.error(
            "CS2034", inner.span,
            {"nothing is asked for once the case has ended", "办件结束后不能再要求补正"},
            {"write `continue`", "请写`continue`"});
    }
    read_else(draft, inner, otherwise, "supplement", context, move);
}

void read_treat_as(Draft& draft, const Node& node, const Node& target, const MoveContext& context,
                   model::Move& move) {
    move.kind = MoveKind::treat_as;
    const auto name = yaml::as_text(target, draft.found, ticked("treat_as"));
    if (!name) return;
    move.target = *name;
    move.legal_basis = read_basis(part(node, "legal_basis"), draft.found);
    const auto& outcomes = draft.process.steps[context.step].outcomes;
    if (*name == context.outcome) {
        draft.found.error(
            "CS2032", target.span,
            format_both("`{}` cannot be treated as itself", "`{}`不能视为它自己", *name),
            {"name another outcome, or write `continue`", "请写别的结果，或写`continue`"});
    } else if (draft.steps[context.step].outcomes_known && !has_outcome(outcomes, *name)) {
        draft.found.error("CS2031", target.span,
                          format_both("step `{}` has no outcome `{}`", "步骤`{}`没有结果`{}`",
                                      draft.process.steps[context.step].id, *name),
                          diagnostics::did_you_mean(*name, outcome_names(outcomes)));
    }
    refuse_deemed(draft, context.step, target.span, move.legal_basis);
}

void read_forward_move(Draft& draft, const Node& inner, const MoveContext& context,
                       model::Move& move) {
    move.kind = MoveKind::forward;
    if (!yaml::expect_mapping(inner, draft.found, ticked("forward"))) return;
    yaml::Keys keys(inner, draft.found, ticked("forward"), "forward");
    const Node* otherwise = keys.optional("else");
    read_forward(draft, inner, keys, context.site, move);
    keys.finish();
    read_else(draft, inner, otherwise, "forward", context, move);
}

model::Move read_move_mapping(Draft& draft, const Node& node, const MoveContext& context) {
    model::Move move;
    yaml::Keys keys(node, draft.found, {"the move", "流转"}, "move");
    const yaml::Entry* chosen = nullptr;
    for (const std::string& name : move_names) {
        const yaml::Entry* entry = node.entry(name);
        keys.also(name);
        if (entry == nullptr) continue;
        if (chosen != nullptr) {
            draft.found.error(
                "CS2032", entry->key.span,
                format_both("a step moves in one way only, and `{}` stands here already",
                            "一个结果只能有一种流转，这里已有`{}`", chosen->key.text),
                {"keep one of them", "请只保留一个"});
            continue;
        }
        chosen = entry;
    }
    const Node* also = keys.optional("also");
    if (chosen == nullptr && also == nullptr) {
        draft.found.error("CS2032", node.span, {"this is no move", "这不是一种流转"},
                          format_both("write one of {}", "请写{}之一", listed(move_names)));
        return move;
    }
    keys.also("legal_basis");
    keys.finish();
    if (also != nullptr) move.also = read_actions_at_once(draft, *also, context.site);
    const yaml::Entry* basis = node.entry("legal_basis");
    if (basis != nullptr && node.find("treat_as") == nullptr) {
        draft.found.error(
            "CS2032", basis->key.span,
            {"`legal_basis` goes with `treat_as` only", "`legal_basis`只能与`treat_as`一起用"},
            {"leave it out", "请去掉"});
    }
    if (chosen == nullptr) return move;  // `also` alone: continue
    const std::string& name = chosen->key.text;
    const Node& value = chosen->value;
    if (context.of_set && name != "continue" && name != "end" && name != "end_branch") {
        draft.found.error("CS2032", chosen->key.span,
                          {"a set as a whole can only `continue`, `end` or `end_branch`",
                           "整组只能`continue`、`end`或`end_branch`"},
                          {"put other moves under `each`", "别的流转请写在`each`之下"});
        return move;
    }
    if (name == "end")
        read_end(draft, value, context, move);
    else if (name == "end_branch")
        read_end_branch(draft, value, context, move);
    else if (name == "repeat")
        read_repeat(draft, value, context, move);
    else if (name == "back")
        read_back(draft, value, context, move);
    else if (name == "supplement")
        read_supplement_move(draft, value, context, move);
    else if (name == "treat_as")
        read_treat_as(draft, node, value, context, move);
    else if (name == "forward")
        read_forward_move(draft, value, context, move);
    return move;
}

model::Move read_move(Draft& draft, const Node& node, const MoveContext& context) {
    if (node.is_mapping()) return read_move_mapping(draft, node, context);
    if (node.is_scalar() && node.text == "continue") return {};
    if (node.is_scalar() && draft.process.end(node.text) != nullptr) {
        draft.found.error("CS2032", node.span,
                          format_both("`{}` is an end, and a move says how it is reached",
                                      "`{}`是结局，流转要写明怎样到达", node.text),
                          format_both("write `{{ end: {} }}`", "请写成`{{ end: {} }}`", node.text));
        return {};
    }
    const Text cure = format_both("write `continue`, or a mapping with one of {}",
                                  "请写`continue`，或写含有{}之一的键值对", listed(move_names));
    draft.found.error("CS2032", node.span,
                      format_both("this must be a move, but it is {}", "此处应为一种流转，但实为{}",
                                  yaml::describe(node)),
                      cure);
    return {};
}

// ── Actions ──────────────────────────────────────────────────────────────────────────────────

void read_recipient(Draft& draft, const Node* to, model::Action& action) {
    if (to == nullptr || !yaml::as_text(*to, draft.found, ticked("to"))) return;
    action.to = to->text;
    const bool is_department = draft.catalog.department(to->text) != nullptr;
    if (is_department && action.kind == ActionKind::send) return;
    check_role(*to, draft.catalog, draft.found);
}

model::Action read_action(Draft& draft, const Node& node, const Site& site) {
    model::Action action;
    if (node.is_scalar() && node.text == "remind") return action;
    if (node.is_scalar() || !node.is_mapping() || node.entries.size() != 1) {
        draft.found.error(
            "CS2040", node.span,
            format_both("this must be an action, but it is {}", "此处应为一个动作，但实为{}",
                        yaml::describe(node)),
            {"write `remind`, `{ escalate: { to: ROLE } }` or `{ send: { to: ROLE, text: … } }`",
             "请写`remind`、`{ escalate: { to: 角色 } }`或`{ send: { to: 角色, text: … } }`"});
        return action;
    }
    const auto& [name, value] = node.entries.front();
    if (name.text == "remind") {
        yaml::Keys keys(value, draft.found, ticked("remind"), "remind");
        read_recipient(draft, keys.optional("to"), action);
        keys.finish();
    } else if (name.text == "escalate") {
        action.kind = ActionKind::escalate;
        if (value.is_scalar()) {
            read_recipient(draft, &value, action);
            return action;
        }
        yaml::Keys keys(value, draft.found, ticked("escalate"), "escalate");
        read_recipient(draft, keys.required("to"), action);
        if (const Node* limit = keys.optional("limit"))
            action.limit = read_limit(*limit, draft.found, ticked("limit"));
        keys.finish();
    } else if (name.text == "send") {
        action.kind = ActionKind::send;
        yaml::Keys keys(value, draft.found, ticked("send"), "send");
        read_recipient(draft, keys.required("to"), action);
        if (const Node* text = keys.required("text")) {
            compile_text(draft, *text, site, action.text_en, action.text_zh);
        }
        keys.finish();
    } else {
        draft.found.error("CS2040", name.span,
                          format_both("there is no action `{}`", "没有动作`{}`", name.text),
                          diagnostics::did_you_mean(name.text, {"remind", "escalate", "send"}));
    }
    return action;
}

// ── on ───────────────────────────────────────────────────────────────────────────────────────

bool has_limit(const Draft& draft, StepIndex step) {
    const auto& clocks = draft.process.steps[step].clocks;
    return std::any_of(clocks.begin(), clocks.end(),
                       [](const model::Clock& clock) { return clock.name == "limit"; });
}

void check_outcome(Draft& draft, StepIndex step, const Node& key,
                   const std::vector<model::Outcome>& outcomes, bool of_set) {
    const std::string& id = draft.process.steps[step].id;
    if (key.text == "timeout" && !of_set) {
        if (has_limit(draft, step) || part(*draft.steps[step].node, "limit") != nullptr) return;
        draft.found.error("CS2031", key.span,
                          format_both("step `{}` never times out: it has no `limit`",
                                      "步骤`{}`没有`limit`，不会超期", id),
                          {"add `limit: 3wd`", "请补上`limit: 3wd`"});
        return;
    }
    const VerbKind verb = draft.steps[step].verb;
    if (key.text == "failure" && !of_set && (verb == VerbKind::call || verb == VerbKind::run))
        return;
    if (has_outcome(outcomes, key.text)) return;
    auto known = outcome_names(outcomes);
    if (!of_set) known.emplace_back("timeout");
    draft.found.error(
        "CS2031", key.span,
        of_set ? format_both("the set of step `{}` has no outcome `{}`",
                             "步骤`{}`的整组没有结果`{}`", id, key.text)
               : format_both("step `{}` has no outcome `{}`", "步骤`{}`没有结果`{}`", id, key.text),
        diagnostics::did_you_mean(key.text, known));
}

/// The move that most refusals of a step have: the end of its branch, where the stage has an
/// outcome for it, else of the case.
std::string usual_refusal(const Draft& draft, StepIndex step) {
    const auto is_refusal = [](const model::Outcome& outcome) {
        return outcome.kind == OutcomeKind::refusal;
    };
    if (const StepIndex stage = stage_of(draft, step); stage != none) {
        const auto& outcomes = draft.process.steps[stage].outcomes;
        const auto found = std::find_if(outcomes.begin(), outcomes.end(), is_refusal);
        return found == outcomes.end() ? "continue" : "{ end_branch: " + found->name + " }";
    }
    if (is_after_end(draft, step)) return "continue";
    for (const model::End& end : draft.process.ends)
        if (end.kind == model::EndKind::refused) return "{ end: " + end.name + " }";
    return "continue";
}

std::vector<model::OutcomeMove> read_moves(Draft& draft, StepIndex step, const Node* on,
                                           const std::vector<model::Outcome>& outcomes,
                                           bool of_set) {
    std::vector<model::OutcomeMove> moves;
    if (on != nullptr && yaml::expect_mapping(*on, draft.found, ticked("on"))) {
        for (const auto& [key, value] : on->entries) {
            check_outcome(draft, step, key, outcomes, of_set);
            MoveContext context;
            context.step = step;
            context.site = site_of(draft, step);
            context.site.own_result = !of_set;
            context.site.own_item = !of_set;
            context.outcome = key.text;
            context.of_set = of_set;
            moves.push_back({key.text, read_move(draft, value, context)});
        }
    }
    for (const model::Outcome& outcome : outcomes) {
        if (outcome.kind == OutcomeKind::ok) continue;
        const bool handled =
            std::any_of(moves.begin(), moves.end(), [&](const model::OutcomeMove& move) {
                return move.outcome == outcome.name ||
                       (!has_outcome(outcomes, move.outcome) &&
                        diagnostics::nearest(move.outcome, outcome_names(outcomes)) ==
                            outcome.name);
            });
        if (handled) continue;  // or misspelt, which has been said
        if (is_fetch(draft, step) || is_made(draft, step)) {
            // What cannot be fetched is handed in: who needs the paper waits for it, or asks. What
            // those who met say stands among the findings.
            moves.push_back({outcome.name, {}});
            continue;
        }
        const bool refusal = outcome.kind == OutcomeKind::refusal;
        const std::string& id = draft.process.steps[step].id;
        const std::string move =
            refusal ? usual_refusal(draft, step) : "{ supplement: { else: { end: … } } }";
        const Text kind =
            refusal ? Text{"refusal", "不予类结果"} : Text{"supplement", "补正类结果"};
        draft.found.error(
            "CS2030", on != nullptr ? on->span : draft.steps[step].place,
            format_both("the {0} `{1}` of {2}step `{3}` is not handled",
                        "步骤`{3}`{2}的{0}`{1}`没有写明如何处理", kind, outcome.name,
                        of_set ? Text{"the set of ", "整组"} : Text{}, id),
            of_set ? format_both(
                         "add `on: {{ each: {{…}}, set: {{ {}: continue }} }}` or another move",
                         "请补上`on: {{ each: {{…}}, set: {{ {}: continue }} }}`或别的流转",
                         outcome.name)
                   : format_both("add `on: {{ {}: {} }}` or another move",
                                 "请补上`on: {{ {}: {} }}`或别的流转", outcome.name, move));
    }
    return moves;
}

/// The outcomes of an instance that the set ends with at once, by `veto`.
std::vector<model::Outcome> read_veto(Draft& draft, StepIndex step) {
    std::vector<model::Outcome> outcomes;
    const Node* node = part(*draft.steps[step].node, "veto");
    if (node == nullptr) return outcomes;
    model::Step& model_step = draft.process.steps[step];
    const auto list = yaml::as_texts(*node, draft.found, ticked("veto"));
    for (const Node* item : list.value_or(std::vector<const Node*>{})) {
        const model::Outcome* outcome = model_step.outcome(item->text);
        if (outcome == nullptr) {
            draft.found.error(
                "CS2031", item->span,
                format_both("step `{}` has no outcome `{}`", "步骤`{}`没有结果`{}`", model_step.id,
                            item->text),
                diagnostics::did_you_mean(item->text, outcome_names(model_step.outcomes)));
            continue;
        }
        if (outcome->kind == OutcomeKind::supplement) {
            draft.found.error(
                "CS2031", item->span,
                format_both("`{}` asks for papers, and its instance goes on afterwards: it is no "
                            "veto",
                            "`{}`是要求补正，补齐后继续办理，不能作为否决", item->text),
                {"name an outcome that ends the instance", "请写能使该项办结的结果"});
            continue;
        }
        model_step.each->veto.push_back(item->text);
        outcomes.push_back(*outcome);
    }
    return outcomes;
}

}  // namespace

bool is_safety_critical(const Draft& draft, StepIndex step) {
    const auto* call = std::get_if<model::CallVerb>(&draft.process.steps[step].verb);
    if (call != nullptr && draft.steps[step].outcomes_known &&
        draft.process.operations[call->operation].safety_critical) {
        return true;
    }
    for (StepIndex at = step; at != none; at = stage_of(draft, at)) {
        const Node* critical = part(*draft.steps[at].node, "safety_critical");
        if (critical != nullptr && critical->is_scalar() && critical->text == "true") return true;
    }
    return false;
}

void refuse_deemed(Draft& draft, StepIndex step, const Span& place, const Text& basis) {
    if (basis.empty()) {
        draft.found.error(
            "CS2035", place,
            {"an outcome that nobody gave needs the rule that allows it",
             "无人作出的结果须写明允许这样认定的依据"},
            {"add `legal_basis: { en: …, zh: … }`", "请补上`legal_basis: { en: …, zh: … }`"});
    }
    if (is_safety_critical(draft, step)) {
        draft.found.error(
            "CS2036", place,
            format_both("nothing about `{}` may be deemed: it is safety critical",
                        "`{}`涉及安全，不能视为任何结果", draft.process.steps[step].id),
            {"let silence `escalate`, or write another move",
             "逾期未答复请用`escalate`（督办），或改用别的流转"});
    }
}

std::vector<model::Action> read_actions(Draft& draft, const Node& node, const Site& site) {
    std::vector<model::Action> actions;
    if (node.is_sequence()) {
        for (const Node& item : node.items) actions.push_back(read_action(draft, item, site));
    } else {
        actions.push_back(read_action(draft, node, site));
    }
    return actions;
}

std::vector<model::Action> read_actions_at_once(Draft& draft, const Node& node, const Site& site) {
    std::vector<model::Action> actions = read_actions(draft, node, site);
    for (std::size_t i = 0; i < actions.size(); ++i) {
        if (!actions[i].limit) continue;
        const Node& item = node.is_sequence() ? node.items[i] : node;
        draft.found.error(
            "CS2040", item.find("escalate")->entry("limit")->key.span,
            {"`limit` of `escalate` counts from a due time, and here is none",
             "`escalate`的`limit`从到期起算，而此处没有期限"},
            {"put it into `then` of a limit, or leave it out", "请写在时限的`then`里，或去掉"});
        actions[i].limit.reset();
    }
    return actions;
}

void read_on(Draft& draft, StepIndex step) {
    if (!draft.steps[step].outcomes_known) return;
    model::Step& model_step = draft.process.steps[step];
    const Node* on = part(*draft.steps[step].node, "on");
    const Node* each = on != nullptr ? part(*on, "each") : nullptr;
    const Node* set = on != nullptr ? part(*on, "set") : nullptr;
    const bool split = model_step.each.has_value() && (each != nullptr || set != nullptr);
    if (split) {
        yaml::Keys keys(*on, draft.found, ticked("on"));
        keys.also("each");
        keys.also("set");
        keys.finish();
    }
    model_step.on = read_moves(draft, step, split ? each : on, model_step.outcomes, false);
    if (!model_step.each) return;
    std::vector<model::Outcome> of_set = {{"done", OutcomeKind::ok}};
    if (model_step.each->join != model::JoinKind::ended)
        of_set.push_back({"unmet", OutcomeKind::refusal});
    for (const model::Outcome& outcome : read_veto(draft, step))
        if (!has_outcome(of_set, outcome.name)) of_set.push_back(outcome);
    model_step.set_on = read_moves(draft, step, split ? set : nullptr, of_set, true);
}

void read_silence(Draft& draft, StepIndex step) {
    const Node& text = *draft.steps[step].node;
    const Node* node = part(text, "silence");
    if (node == nullptr) return;
    model::Step& model_step = draft.process.steps[step];
    const Node* on = part(text, "on");
    if (on != nullptr && part(*on, "each") != nullptr) on = part(*on, "each");
    if (on != nullptr && on->find("timeout") != nullptr) {
        draft.found.error(
            "CS2039", node->span,
            {"`silence` and `on.timeout` both say what follows when nobody answers by the due time",
             "`silence`和`on.timeout`都规定了到期无人答复时怎么办"},
            {"keep one of them", "请只保留一个"});
    } else if (!has_limit(draft, step) && part(text, "limit") == nullptr &&
               !is_assistant(draft, step)) {
        draft.found.error(
            "CS2039", node->span,
            {"`silence` has no meaning without a due time", "没有到期时间，`silence`不起作用"},
            {"add `limit: 3wd`", "请补上`limit: 3wd`"});
    }
    if (node->is_scalar()) {
        if (node->text == "absent")
            model_step.silence.kind = model::SilenceKind::absent;
        else if (node->text != "escalate")
            draft.found.error(
                "CS2039", node->span,
                format_both("there is no silence `{}`", "`silence`没有`{}`这种写法", node->text),
                {"write `escalate`, `absent` or `{ deem: OUTCOME, legal_basis: … }`",
                 "请写`escalate`、`absent`或`{ deem: 结果, legal_basis: … }`"});
        return;
    }
    yaml::Keys keys(*node, draft.found, ticked("silence"), "silence");
    const Node* deem = keys.required("deem");
    const Text basis = read_basis(keys.optional("legal_basis"), draft.found);
    keys.finish();
    if (deem == nullptr) return;
    model_step.silence = {model::SilenceKind::deem, deem->text, basis};
    if (draft.steps[step].outcomes_known && !has_outcome(model_step.outcomes, deem->text)) {
        draft.found.error(
            "CS2031", deem->span,
            format_both("step `{}` has no outcome `{}`", "步骤`{}`没有结果`{}`", model_step.id,
                        deem->text),
            diagnostics::did_you_mean(deem->text, outcome_names(model_step.outcomes)));
    }
    refuse_deemed(draft, step, deem->span, basis);
}

}  // namespace countersign::definitions
