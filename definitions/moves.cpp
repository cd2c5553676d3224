// Moves, actions and silence; see moves.hpp.

#include "definitions/moves.hpp"

#include "engine/base/limits.hpp"

#include <algorithm>

namespace countersign::definitions {

using model::ActionKind;
using model::MoveKind;
using model::OutcomeKind;

namespace {

const std::vector<std::string> move_names = {"continue", "end",        "end_branch",
                                             "repeat",   "supplement", "treat_as"};
const std::vector<std::string> later_moves = {"back", "forward"};

bool has_outcome(const std::vector<model::Outcome>& outcomes, std::string_view name) {
    return std::any_of(outcomes.begin(), outcomes.end(),
                       [&](const model::Outcome& outcome) { return outcome.name == name; });
}

std::vector<std::string> outcome_names(const std::vector<model::Outcome>& outcomes) {
    std::vector<std::string> names;
    for (const model::Outcome& outcome : outcomes) names.push_back(outcome.name);
    return names;
}

bool is_after_end(const Draft& draft, StepIndex step) {
    for (StepIndex stage = stage_of(draft, step); stage != none; stage = stage_of(draft, stage))
        step = stage;
    return draft.process.scopes[draft.process.steps[step].scope].after_end;
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
        draft.found.error("CS2033", inner.span,
                          "`" + name + "` needs `else`: what follows when it is used up",
                          "add `else: { end: … }` or another move");
        return;
    }
    MoveContext deeper = context;
    ++deeper.depth;
    move.otherwise.push_back(read_move(draft, *otherwise, deeper));
    const MoveKind kind = move.otherwise.back().kind;
    if (kind == MoveKind::repeat || kind == MoveKind::supplement) {
        draft.found.error(
            "CS2033", otherwise->span, "`else` must go on without asking again",
            "write `continue`, `{ end: … }`, `{ end_branch: … }` or `{ treat_as: … }`");
    }
}

void read_end(Draft& draft, const Node& target, const MoveContext& context, model::Move& move) {
    move.kind = MoveKind::end;
    const auto name = yaml::as_text(target, draft.found, "`end`");
    if (!name) return;
    move.target = *name;
    if (draft.process.end(*name) == nullptr) {
        std::vector<std::string> known;
        for (const model::End& end : draft.process.ends) known.push_back(end.name);
        draft.found.error("CS2038", target.span, "there is no end `" + *name + "`",
                          diagnostics::did_you_mean(*name, known));
    } else if (is_after_end(draft, context.step)) {
        draft.found.error("CS2037", target.span, "a case cannot end again in `after_end`",
                          "write `continue`");
    }
}

void read_end_branch(Draft& draft, const Node& target, const MoveContext& context,
                     model::Move& move) {
    move.kind = MoveKind::end_branch;
    const auto name = yaml::as_text(target, draft.found, "`end_branch`");
    if (!name) return;
    move.target = *name;
    const StepIndex stage = stage_of(draft, context.step);
    if (stage == none) {
        draft.found.error("CS2037", target.span,
                          "`end_branch` ends the stage around a step, and there is none around `" +
                              draft.process.steps[context.step].id + "`",
                          "write `{ end: … }` to end the case");
        return;
    }
    const auto& outcomes = draft.process.steps[stage].outcomes;
    if (has_outcome(outcomes, *name)) return;
    draft.found.error(
        "CS2037", target.span,
        "the stage `" + draft.process.steps[stage].id + "` declares no outcome `" + *name + "`",
        outcomes.size() > 1 ? diagnostics::did_you_mean(*name, outcome_names(outcomes))
                            : "add `outcomes: { " + *name + ": refusal }` to the stage");
}

void read_repeat(Draft& draft, const Node& inner, const MoveContext& context, model::Move& move) {
    move.kind = MoveKind::repeat;
    yaml::Keys keys(inner, draft.found, "`repeat`");
    const Node* times = keys.optional("times");
    const Node* otherwise = keys.optional("else");
    keys.finish();
    if (!keys.ok()) return;
    if (times == nullptr) {
        draft.found.error("CS2033", inner.span, "`repeat` needs `times`: a loop has a bound",
                          "add `times: 2`");
    } else if (const auto count = read_count(*times, draft.found, "`times`", 1,
                                             static_cast<std::int64_t>(limits::repeat_max))) {
        move.times = static_cast<std::uint32_t>(*count);
    }
    read_else(draft, inner, otherwise, "repeat", context, move);
}

void read_supplement_move(Draft& draft, const Node& inner, const MoveContext& context,
                          model::Move& move) {
    move.kind = MoveKind::supplement;
    yaml::Keys keys(inner, draft.found, "`supplement`");
    const Node* otherwise = keys.optional("else");
    keys.finish();
    if (!keys.ok()) return;
    if (!draft.process.supplement && part(draft.root, "supplement") == nullptr) {
        draft.found.error(
            "CS2034", inner.span, "the process does not say how missing papers are asked for",
            "add `supplement: { window: 4wh, times: 1, limit: 10wd }` to the process");
    }
    const auto* outcome = draft.process.steps[context.step].outcome(context.outcome);
    if (outcome != nullptr && outcome->kind != OutcomeKind::supplement) {
        draft.found.error("CS2034", inner.span,
                          "`" + context.outcome +
                              "` is not of kind `supplement`, so its answer names nothing missing");
    } else if (is_after_end(draft, context.step)) {
        draft.found.error("CS2034", inner.span, "nothing is asked for once the case has ended");
    }
    read_else(draft, inner, otherwise, "supplement", context, move);
}

void refuse_deemed(Draft& draft, StepIndex step, const Span& place, const Text& basis) {
    if (basis.empty()) {
        draft.found.error("CS2035", place,
                          "an outcome that nobody gave needs the rule that allows it",
                          "add `legal_basis: { en: …, zh: … }`");
    }
    if (is_safety_critical(draft, step)) {
        draft.found.error("CS2036", place,
                          "nothing about `" + draft.process.steps[step].id +
                              "` may be deemed: it is safety critical");
    }
}

void read_treat_as(Draft& draft, const Node& node, const Node& target, const MoveContext& context,
                   model::Move& move) {
    move.kind = MoveKind::treat_as;
    const auto name = yaml::as_text(target, draft.found, "`treat_as`");
    if (!name) return;
    move.target = *name;
    move.legal_basis = read_basis(part(node, "legal_basis"), draft.found);
    const auto& outcomes = draft.process.steps[context.step].outcomes;
    if (*name == context.outcome) {
        draft.found.error("CS2032", target.span, "`" + *name + "` cannot be treated as itself");
    } else if (draft.steps[context.step].outcomes_known && !has_outcome(outcomes, *name)) {
        draft.found.error(
            "CS2031", target.span,
            "step `" + draft.process.steps[context.step].id + "` has no outcome `" + *name + "`",
            diagnostics::did_you_mean(*name, outcome_names(outcomes)));
    }
    refuse_deemed(draft, context.step, target.span, move.legal_basis);
}

model::Move read_move_mapping(Draft& draft, const Node& node, const MoveContext& context) {
    model::Move move;
    yaml::Keys keys(node, draft.found, "the move");
    const yaml::Entry* chosen = nullptr;
    for (const std::string& name : move_names) {
        const yaml::Entry* entry = node.entry(name);
        keys.also(name);
        if (entry == nullptr) continue;
        if (chosen != nullptr) {
            draft.found.error(
                "CS2032", entry->key.span,
                "a step moves in one way only, and `" + chosen->key.text + "` stands here already");
            continue;
        }
        chosen = entry;
    }
    const bool refused =
        std::any_of(later_moves.begin(), later_moves.end(),
                    [&](const std::string& name) { return node.find(name) != nullptr; });
    refuse_unavailable(keys, node, draft.found, later_moves);
    const Node* also = keys.optional("also");
    if (chosen == nullptr && !refused && also == nullptr) {
        draft.found.error("CS2032", node.span, "this is no move",
                          "write one of " + listed(move_names));
        return move;
    }
    keys.also("legal_basis");
    keys.finish();
    if (also != nullptr) move.also = read_actions(draft, *also, context.site);
    const yaml::Entry* basis = node.entry("legal_basis");
    if (basis != nullptr && node.find("treat_as") == nullptr) {
        draft.found.error("CS2032", basis->key.span, "`legal_basis` goes with `treat_as` only");
    }
    if (chosen == nullptr) return move;  // `also` alone: continue
    const std::string& name = chosen->key.text;
    const Node& value = chosen->value;
    if (context.of_set && name != "continue" && name != "end" && name != "end_branch") {
        draft.found.error("CS2032", chosen->key.span,
                          "a set as a whole can only `continue`, `end` or `end_branch`");
        return move;
    }
    if (name == "end")
        read_end(draft, value, context, move);
    else if (name == "end_branch")
        read_end_branch(draft, value, context, move);
    else if (name == "repeat")
        read_repeat(draft, value, context, move);
    else if (name == "supplement")
        read_supplement_move(draft, value, context, move);
    else if (name == "treat_as")
        read_treat_as(draft, node, value, context, move);
    return move;
}

model::Move read_move(Draft& draft, const Node& node, const MoveContext& context) {
    if (node.is_mapping()) return read_move_mapping(draft, node, context);
    if (node.is_scalar() && node.text == "continue") return {};
    const bool later = node.is_scalar() && std::find(later_moves.begin(), later_moves.end(),
                                                     node.text) != later_moves.end();
    draft.found.error(
        later ? "CS2009" : "CS2032", node.span,
        later ? "`" + node.text + "` is not available in this version"
              : "this must be a move, but it is " + yaml::describe(node),
        later ? "" : "write `continue`, or a mapping with one of " + listed(move_names));
    return {};
}

// ── Actions ──────────────────────────────────────────────────────────────────────────────────

void read_recipient(Draft& draft, const Node* to, model::Action& action) {
    if (to == nullptr || !yaml::as_text(*to, draft.found, "`to`")) return;
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
            "CS2040", node.span, "this must be an action, but it is " + yaml::describe(node),
            "write `remind`, `{ escalate: { to: ROLE } }` or `{ send: { to: ROLE, text: … } }`");
        return action;
    }
    const auto& [name, value] = node.entries.front();
    if (name.text == "remind") {
        yaml::Keys keys(value, draft.found, "`remind`");
        read_recipient(draft, keys.optional("to"), action);
        keys.finish();
    } else if (name.text == "escalate") {
        action.kind = ActionKind::escalate;
        if (value.is_scalar()) {
            read_recipient(draft, &value, action);
            return action;
        }
        yaml::Keys keys(value, draft.found, "`escalate`");
        read_recipient(draft, keys.required("to"), action);
        if (const Node* limit = keys.optional("limit"))
            action.limit = read_limit(*limit, draft.found, "`limit`");
        keys.finish();
    } else if (name.text == "send") {
        action.kind = ActionKind::send;
        yaml::Keys keys(value, draft.found, "`send`");
        read_recipient(draft, keys.required("to"), action);
        if (const Node* text = keys.required("text")) {
            compile_text(draft, *text, site, action.text_en, action.text_zh);
        }
        keys.finish();
    } else {
        draft.found.error("CS2040", name.span, "there is no action `" + name.text + "`",
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
                          "step `" + id + "` never times out: it has no `limit`",
                          "add `limit: 3wd`");
        return;
    }
    if (key.text == "failure" && !of_set && draft.steps[step].verb == VerbKind::call) return;
    if (has_outcome(outcomes, key.text)) return;
    auto known = outcome_names(outcomes);
    if (!of_set) known.emplace_back("timeout");
    draft.found.error(
        "CS2031", key.span,
        (of_set ? "the set of step `" : "step `") + id + "` has no outcome `" + key.text + "`",
        diagnostics::did_you_mean(key.text, known));
}

std::vector<model::OutcomeMove> read_moves(Draft& draft, StepIndex step, const Node* on,
                                           const std::vector<model::Outcome>& outcomes,
                                           bool of_set) {
    std::vector<model::OutcomeMove> moves;
    if (on != nullptr && yaml::expect_mapping(*on, draft.found, "`on`")) {
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
        const bool handled = std::any_of(
            moves.begin(), moves.end(),
            [&](const model::OutcomeMove& move) { return move.outcome == outcome.name; });
        if (handled) continue;
        const bool refusal = outcome.kind == OutcomeKind::refusal;
        const std::string& id = draft.process.steps[step].id;
        const std::string cure = refusal ? "continue" : "{ supplement: { else: { end: … } } }";
        draft.found.error(
            "CS2030", on != nullptr ? on->span : draft.steps[step].place,
            std::string("the ") + (refusal ? "refusal" : "supplement") + " `" + outcome.name +
                "` of " + (of_set ? "the set of " : "") + "step `" + id + "` is not handled",
            of_set
                ? "add `on: { each: {…}, set: { " + outcome.name + ": continue } }` or another move"
                : "add `on: { " + outcome.name + ": " + cure + " }` or another move");
    }
    return moves;
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

std::vector<model::Action> read_actions(Draft& draft, const Node& node, const Site& site) {
    std::vector<model::Action> actions;
    if (node.is_sequence()) {
        for (const Node& item : node.items) actions.push_back(read_action(draft, item, site));
    } else {
        actions.push_back(read_action(draft, node, site));
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
        yaml::Keys keys(*on, draft.found, "`on`");
        keys.also("each");
        keys.also("set");
        keys.finish();
    }
    model_step.on = read_moves(draft, step, split ? each : on, model_step.outcomes, false);
    if (!model_step.each) return;
    std::vector<model::Outcome> of_set = {{"done", OutcomeKind::ok}};
    if (model_step.each->join != model::JoinKind::ended)
        of_set.push_back({"unmet", OutcomeKind::refusal});
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
            "`silence` and `on.timeout` both say what follows when nobody answers by the due time",
            "keep one of them");
    } else if (!has_limit(draft, step) && part(text, "limit") == nullptr) {
        draft.found.error("CS2039", node->span, "`silence` has no meaning without a due time",
                          "add `limit: 3wd`");
    }
    if (node->is_scalar()) {
        if (node->text == "absent")
            model_step.silence.kind = model::SilenceKind::absent;
        else if (node->text != "escalate")
            draft.found.error("CS2039", node->span, "there is no silence `" + node->text + "`",
                              "write `escalate`, `absent` or `{ deem: OUTCOME, legal_basis: … }`");
        return;
    }
    yaml::Keys keys(*node, draft.found, "`silence`");
    const Node* deem = keys.required("deem");
    const Text basis = read_basis(keys.optional("legal_basis"), draft.found);
    keys.finish();
    if (deem == nullptr) return;
    model_step.silence = {model::SilenceKind::deem, deem->text, basis};
    if (draft.steps[step].outcomes_known && !has_outcome(model_step.outcomes, deem->text)) {
        draft.found.error(
            "CS2031", deem->span,
            "step `" + model_step.id + "` has no outcome `" + deem->text + "`",
            diagnostics::did_you_mean(deem->text, outcome_names(model_step.outcomes)));
    }
    refuse_deemed(draft, step, deem->span, basis);
}

}  // namespace countersign::definitions
