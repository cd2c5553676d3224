// Needs, each, joins, moves and ends: what starts next and what a step's ending brings about.
// A join is a predicate over the counters that evolve keeps; only dependents of what changed are
// looked at again.
#include "engine/core/flow.hpp"

#include "engine/base/check.hpp"
#include "engine/base/date.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/transitions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::core {

using model::JoinKind;
using model::MoveKind;
using model::OutcomeKind;

namespace {

bool holder_open(const Flow& flow, std::uint32_t holder) {
    const Instance& instance = flow.at(holder);
    if (instance.role == InstanceRole::root) return flow.state().status == CaseStatus::open;
    if (instance.role == InstanceRole::after_end) return flow.state().status == CaseStatus::ended;
    return instance.is_open();
}

enum class NeedsState { open, met, dead };

/// Where a step's needs stand: met, still open, or never to be met (language.md, "Needs").
NeedsState needs_state(const Flow& flow, std::uint32_t holder, const model::Needs& needs) {
    if (needs.steps.empty()) return NeedsState::met;
    const auto& children = flow.at(holder).children;
    std::size_t ended = 0;
    std::size_t settled = 0;
    for (const model::StepIndex need : needs.steps) {
        const auto found = children.find(need);
        if (found == children.end()) continue;
        const Instance& instance = flow.at(found->second);
        if (instance.settled()) ++settled;
        if (instance.status != StepStatus::ended) continue;
        if (!needs.granted || instance.outcome_kind == OutcomeKind::ok) ++ended;
    }
    const std::size_t unsettled = needs.steps.size() - settled;
    std::size_t wanted = 1;
    switch (needs.kind) {
        case model::NeedsKind::all:
            if (needs.granted && settled != ended) return NeedsState::dead;
            if (unsettled != 0) return NeedsState::open;
            return ended > 0 ? NeedsState::met : NeedsState::dead;
        case model::NeedsKind::any: break;
        case model::NeedsKind::at_least: wanted = needs.count; break;
    }
    if (ended >= wanted) return NeedsState::met;
    return ended + unsettled < wanted ? NeedsState::dead : NeedsState::open;
}

std::uint32_t next_instance(const Flow& flow) {
    return static_cast<std::uint32_t>(flow.state().instances.size());
}

/// Settles a step that has not begun: it never will.
void skip_fresh(Flow& flow, std::uint32_t holder, model::StepIndex step, SkipReason reason) {
    const std::uint32_t number = next_instance(flow);
    const bool is_set = flow.process().steps[step].each.has_value();
    flow.draft.add(StepSkipped{number, true, step, holder,
                               is_set ? InstanceRole::set : InstanceRole::single, 0, reason});
    flow.queue.push_back({Flow::Work::settled, number, none});
}

void cancel_needs(Flow& flow, std::uint32_t holder, const model::Needs& needs) {
    for (const model::StepIndex need : needs.steps) {
        const auto found = flow.at(holder).children.find(need);
        if (found == flow.at(holder).children.end()) {
            // Left alone it would start later, when nobody needs it any more.
            skip_fresh(flow, holder, need, SkipReason::not_needed);
            continue;
        }
        const std::uint32_t instance = found->second;
        if (!flow.at(instance).is_open()) continue;
        cancel_instance(flow, instance);
        flow.queue.push_back({Flow::Work::settled, instance, none});
    }
}

/// What keeps a step from beginning: its `when`, asked for once, or its `while`; or why that cannot
/// be told.
struct Unwanted {
    std::string_view condition;
    std::optional<expr::EvaluationError> error;
};
std::optional<Unwanted> unwanted(const Flow& flow, const model::Step& step, Place place) {
    const std::pair<std::string_view, const std::optional<model::Expression>*> conditions[] = {
        {"when", &step.when}, {"while", &step.offered_while}};
    for (const auto& [name, condition] : conditions) {
        if (!*condition) continue;
        const expr::Evaluated holds = evaluate_at(flow.state(), flow.context, **condition, place);
        if (!holds) return Unwanted{name, holds.error()};
        if (!holds->as_boolean()) return Unwanted{name, std::nullopt};
    }
    return std::nullopt;
}

/// Makes and begins one instance, unless its `when` or `while` says no or papers for it are still
/// to follow.
void start_instance(Flow& flow, std::uint32_t parent, model::StepIndex step, InstanceRole role,
                    std::uint32_t item_index) {
    const model::Step& definition = flow.process().steps[step];
    const Place place{parent, role == InstanceRole::member ? item_index : none};
    const model::Material* fetched = model::fetched_by(flow.process(), step);
    if (fetched != nullptr && !is_to_fetch(flow, *fetched))
        return skip_fresh(flow, parent, step, SkipReason::not_needed);
    const auto no = unwanted(flow, definition, place);
    if (!no) {
        // Asked for first: a step that is to be skipped waits for no papers.
        if (!hold(flow, parent, step, role, item_index))
            make_and_begin(flow, parent, step, role, item_index);
        return;
    }
    const std::uint32_t number = next_instance(flow);
    if (!no->error) {
        flow.draft.add(
            StepSkipped{number, true, step, parent, role, item_index, SkipReason::when_false});
        flow.queue.push_back({Flow::Work::settled, number, none});
        return;
    }
    flow.draft.add(StepStarted{number, step, parent, role, item_index, is_looked_at(definition)});
    raise_expression(flow, number, *no->error, no->condition);
}

/// Returns the keyed items of a set, or what is wrong with them.
boost::system::result<std::vector<std::pair<expr::Value, expr::Value>>, expr::EvaluationError>
keyed_items(Flow& flow, std::uint32_t set) {
    const model::Each& each = *flow.step_of(set).each;
    const Place place{holder_of(flow.state(), set), none};
    const expr::Evaluated list = evaluate_at(flow.state(), flow.context, each.items, place);
    if (!list) return list.error();
    const std::size_t room =
        limits::instances_max -
        std::min<std::size_t>(limits::instances_max, flow.state().instances.size());
    const std::size_t items_max = std::min(limits::each_items_max, room);
    if (list->items().size() > items_max)
        return expr::EvaluationError{fmt::format("{} items are more than {}", list->items().size(),
                                                 items_max), 0};
    std::vector<std::pair<expr::Value, expr::Value>> items;
    std::set<std::string> seen;
    for (const expr::Value& item : list->items()) {
        const bool usable = item.is(expr::Kind::string) || item.is(expr::Kind::integer);
        if (!usable && !each.key)
            return expr::EvaluationError{"an item without `key` must be a string or an integer", 0};
        items.emplace_back(item, item);
    }
    if (each.key) {
        // `key` may use the bound name: the items must stand in the state before it is evaluated.
        std::vector<std::pair<expr::Value, expr::Value>> keyed = items;
        flow.draft.add(EachStarted{set, items});
        for (std::uint32_t i = 0; i < keyed.size(); ++i) {
            const auto key = evaluate_at(flow.state(), flow.context, *each.key, Place{set, i});
            if (!key) return key.error();
            if (!key->is(expr::Kind::string) && !key->is(expr::Kind::integer))
                return expr::EvaluationError{"a key must be a string or an integer", 0};
            keyed[i].first = *key;
        }
        items = std::move(keyed);
    }
    for (const auto& [key, item] : items)
        if (!seen.insert(key.dump_text()).second)
            return expr::EvaluationError{
                key.holds_personal() ? "a key comes twice"
                                     : "the key " + key.dump_text() + " comes twice",
                0};
    return items;
}

void check_join(Flow& flow, std::uint32_t set);

void begin_set(Flow& flow, std::uint32_t set) {
    auto items = keyed_items(flow, set);
    if (!items) return raise_expression(flow, set, items.error(), "each");
    const auto count = static_cast<std::uint32_t>(items->size());
    flow.draft.add(EachStarted{set, std::move(*items)});
    const model::StepIndex step = flow.at(set).step;
    const bool sequence = flow.process().steps[step].each->sequence;
    for (std::uint32_t i = 0; i < count && (i == 0 || !sequence); ++i)
        start_instance(flow, set, step, InstanceRole::member, i);
    if (count == 0) check_join(flow, set);
}

enum class JoinState { open, met, unmet };

/// Where a set's join stands; decided as soon as the answer is certain (language.md, "Each"). While
/// items may be added, `complete` is false: then only what more items cannot change is certain.
JoinState join_state(const Instance& set, const model::Each& each, bool complete) {
    const std::size_t total = set.items.size();
    const std::size_t skipped = set.children_skipped;
    const std::size_t settled = set.children_settled();
    const std::size_t open = total - settled;
    const std::size_t ok = set.children_ok;
    const std::size_t not_ok = settled - skipped - ok;
    if (total == 0 && !complete) return JoinState::open;
    if (total == 0)
        return each.join == JoinKind::ended || each.join == JoinKind::all ? JoinState::met
                                                                          : JoinState::unmet;
    std::size_t wanted = 0;
    switch (each.join) {
        case JoinKind::ended:
            return open == 0 && complete ? JoinState::met : JoinState::open;
        case JoinKind::all:
            if (not_ok > 0) return JoinState::unmet;
            return open == 0 && complete ? JoinState::met : JoinState::open;
        case JoinKind::any: wanted = 1; break;
        case JoinKind::at_least: wanted = each.count; break;
        case JoinKind::percent:
            if (!complete) return JoinState::open;  // a share of nobody knows how many
            wanted = ((total - skipped) * each.count + 99) / 100;
            break;
    }
    if (ok >= wanted) return JoinState::met;
    if (!complete) return JoinState::open;
    return ok + open < wanted ? JoinState::unmet : JoinState::open;
}

void cancel_children(Flow& flow, std::uint32_t instance) {
    std::vector<std::uint32_t> open;
    for (const auto& [key, child] : flow.at(instance).children)
        if (flow.at(child).is_open() || flow.at(child).children_open > 0) open.push_back(child);
    for (const std::uint32_t child : open) {
        // A set that is decided may have members that ran on.
        if (flow.at(child).is_open()) cancel_instance(flow, child);
        else cancel_children(flow, child);
    }
}

void check_join(Flow& flow, std::uint32_t set) {
    const Instance& instance = flow.at(set);
    if (!instance.is_open()) return;
    const model::Each& each = *flow.step_of(set).each;
    const auto complete = is_complete(flow, set);
    if (!complete) return raise_expression(flow, set, complete.error(), "open");
    const JoinState join = join_state(instance, each, *complete);
    if (join == JoinState::open) {
        const auto started = static_cast<std::uint32_t>(instance.children.size());
        if (each.sequence && instance.children_open == 0 && started < instance.items.size() &&
            !waits(flow, set, instance.step))
            start_instance(flow, set, instance.step, InstanceRole::member, started);
        return;
    }
    if (each.cancel_rest) cancel_children(flow, set);
    Ending ending;
    ending.outcome = join == JoinState::met ? "done" : "unmet";
    ending.kind = join == JoinState::met ? OutcomeKind::ok : OutcomeKind::refusal;
    ending.happened = flow.context.now;
    end_step(flow, set, std::move(ending));
}

void examine(Flow& flow, std::uint32_t holder, model::StepIndex step) {
    if (!holder_open(flow, holder) || flow.at(holder).children.contains(step)) return;
    if (waits(flow, holder, step)) return;
    if (flow.at(holder).after_undo == step && is_undoing(flow)) return;
    const model::Step& definition = flow.process().steps[step];
    const NeedsState needs = needs_state(flow, holder, definition.needs);
    if (needs == NeedsState::open) return;
    if (needs == NeedsState::dead) return skip_fresh(flow, holder, step, SkipReason::dead_path);
    if (definition.needs.cancel_rest) cancel_needs(flow, holder, definition.needs);
    if (!definition.each) return start_instance(flow, holder, step, InstanceRole::single, 0);
    const std::uint32_t set = next_instance(flow);
    const bool is_open = definition.each->open.has_value();
    flow.draft.add(StepStarted{set, step, holder, InstanceRole::set, 0, is_open});
    begin_set(flow, set);
}

/// How many papers are being fetched: when all else is settled nobody needs them any more.
std::size_t still_fetched(const Flow& flow) {
    const auto& children = flow.at(0).children;
    return static_cast<std::size_t>(
        std::count_if(flow.process().materials.begin(), flow.process().materials.end(),
                      [&](const model::Material& material) {
                          const auto fetch = children.find(material.fetch_step);
                          return fetch != children.end() && flow.at(fetch->second).is_open();
                      }));
}

/// Looks at a holder whose children may all be settled now.
void complete(Flow& flow, std::uint32_t holder) {
    if (!holder_open(flow, holder)) return;
    const model::ScopeIndex scope = scope_of_holder(flow.state(), flow.process(), holder);
    const bool is_root = flow.at(holder).role == InstanceRole::root;
    const std::size_t unneeded = is_root ? still_fetched(flow) : 0;
    if (flow.at(holder).children_settled() + unneeded != flow.process().scopes[scope].steps.size())
        return;
    if (is_root) return finish_case(flow);
    if (flow.at(holder).role == InstanceRole::after_end) return close_if_over(flow);
    Ending ending;
    ending.outcome = "done";
    ending.happened = flow.context.now;
    const auto& stage = std::get<model::DoVerb>(flow.step_of(holder).verb);
    if (stage.decision != none) return;  // it ends with its lead's decision
    if (stage.appointment != none) end_meeting(flow, holder, stage.appointment, ending);
    end_step(flow, holder, std::move(ending));
}

/// Ends a set with the outcome of a member that has a veto; false when it has none.
bool veto(Flow& flow, std::uint32_t instance) {
    const Instance& member = flow.at(instance);
    const std::uint32_t set = member.parent;
    const std::vector<std::string>& vetoes = flow.step_of(set).each->veto;
    if (member.status != StepStatus::ended || !flow.at(set).is_open() ||
        std::find(vetoes.begin(), vetoes.end(), member.outcome) == vetoes.end())
        return false;
    Ending ending;
    ending.outcome = member.outcome;
    ending.kind = member.outcome_kind;
    ending.note = member.note;
    ending.happened = flow.context.now;
    if (flow.step_of(set).each->cancel_rest) cancel_children(flow, set);
    end_step(flow, set, std::move(ending));
    return true;
}

void after_settled(Flow& flow, std::uint32_t instance) {
    const std::uint32_t parent = flow.at(instance).parent;
    hand_over_ready(flow, instance);
    if (flow.at(instance).role == InstanceRole::member) {
        if (!veto(flow, instance)) check_join(flow, parent);
        return;
    }
    if (model::fetched_by(flow.process(), flow.at(instance).step) != nullptr) release_held(flow);
    for (const model::StepIndex dependent : flow.step_of(instance).dependents)
        flow.queue.push_back({Flow::Work::examine, parent, dependent});
    flow.queue.push_back({Flow::Work::complete, parent, none});
}

/// The innermost stage instance around an instance, or none.
std::uint32_t enclosing_stage(const Flow& flow, std::uint32_t instance) {
    const std::uint32_t holder = holder_of(flow.state(), instance);
    return holder == none || flow.at(holder).step == none ? none : holder;
}

const model::Move* move_of(const Flow& flow, std::uint32_t instance, std::string_view outcome) {
    const model::Step& step = flow.step_of(instance);
    if (flow.at(instance).role != InstanceRole::set) return step.move_for(outcome);
    for (const model::OutcomeMove& on : step.set_on)
        if (on.outcome == outcome) return &on.move;
    return nullptr;
}

/// Records the ending and lets everything that hung on the instance know.
void settle(Flow& flow, std::uint32_t instance, const Ending& ending) {
    cancel_call(flow, instance);
    cancel_task(flow, instance);
    if (flow.at(instance).role != InstanceRole::set) cancel_children(flow, instance);
    drop_request(flow, instance);
    resolve_incidents(flow, instance);
    flow.draft.add(StepEnded{instance, ending.outcome, ending.kind, ending.deemed, {ending.result},
                             ending.note, ending.happened});
    const model::Material* fetched = model::fetched_by(flow.process(), flow.at(instance).step);
    if (fetched != nullptr && ending.kind == OutcomeKind::ok)
        take_fetched(flow, *fetched, ending.result);
    issue_documents(flow, instance, ending);
    stop_clocks(flow, instance, true, ending.happened);
    clocks_follow_end(flow, instance);
    mark_pauses(flow, instance);
    flow.queue.push_back({Flow::Work::settled, instance, none});
}

void end_branch(Flow& flow, std::uint32_t instance, const Ending& inner,
                const std::string& outcome) {
    const std::uint32_t stage = enclosing_stage(flow, instance);
    CHECK(stage != none);  // the checker refuses end_branch outside a stage
    if (!flow.at(stage).is_open()) return;
    const model::Outcome* declared = flow.step_of(stage).outcome(outcome);
    Ending ending;
    ending.outcome = outcome;
    ending.kind = declared != nullptr ? declared->kind : OutcomeKind::ok;
    ending.note = inner.note;
    ending.happened = inner.happened;
    end_step(flow, stage, std::move(ending));
}

/// Redoes an earlier step and all that depends on it; used up, the move's `else` is taken.
void go_back(Flow& flow, std::uint32_t instance, Ending ending, const model::Move& move) {
    const model::ScopeIndex scope = flow.process().steps[move.redone.front()].scope;
    std::uint32_t holder = holder_of(flow.state(), instance);
    while (scope_of_holder(flow.state(), flow.process(), holder) != scope)
        holder = holder_of(flow.state(), holder);
    std::string mover = path_of(flow.state(), flow.process(), instance) + ":" + ending.outcome;
    const auto& backs = flow.at(holder).backs;
    const auto taken = backs.find(mover);
    if (taken != backs.end() && taken->second >= move.times)
        return follow(flow, instance, std::move(ending), &move.otherwise.front());
    settle(flow, instance, ending);
    std::vector<std::uint32_t> to_undo;
    if (move.undo) to_undo = steps_to_undo(flow, holder, move.redone);
    for (const model::StepIndex step : move.redone) {
        const auto found = flow.at(holder).children.find(step);
        if (found == flow.at(holder).children.end()) continue;
        const std::uint32_t left = found->second;
        if (flow.at(left).is_open())
            cancel_instance(flow, left);
        else
            cancel_children(flow, left);
    }
    flow.draft.add(WentBack{instance, holder, move.redone, std::move(mover)});
    std::erase_if(flow.ready, [&](const HeldStep& ready) {
        return ready.parent == holder &&
               std::find(move.redone.begin(), move.redone.end(), ready.step) != move.redone.end();
    });
    if (!to_undo.empty())
        undo_before(flow, holder, move.redone.front(), std::move(to_undo));
    else
        flow.queue.push_back({Flow::Work::examine, holder, move.redone.front()});
}

void treat_as(Flow& flow, std::uint32_t instance, Ending ending, const model::Move& move) {
    const model::Outcome* outcome = flow.step_of(instance).outcome(move.target);
    ending.outcome = move.target;
    ending.kind = outcome != nullptr ? outcome->kind : OutcomeKind::ok;
    ending.deemed = true;
    const model::Move* further = move_of(flow, instance, move.target);
    const bool again = further != nullptr && further->kind == MoveKind::treat_as;
    follow(flow, instance, std::move(ending), again ? nullptr : further);
}

}  // namespace

void begin_item(Flow& flow, std::uint32_t set, std::uint32_t item_index) {
    const model::StepIndex step = flow.at(set).step;
    if (flow.process().steps[step].each->sequence) return check_join(flow, set);
    start_instance(flow, set, step, InstanceRole::member, item_index);
}

void enter_scope(Flow& flow, std::uint32_t holder) {
    const model::ScopeIndex scope = scope_of_holder(flow.state(), flow.process(), holder);
    for (const model::StepIndex step : flow.process().scopes[scope].steps)
        if (flow.process().steps[step].needs.steps.empty())
            flow.queue.push_back({Flow::Work::examine, holder, step});
    flow.queue.push_back({Flow::Work::complete, holder, none});
}

bool is_looked_at(const model::Step& step) {
    return step.offered_while || std::holds_alternative<model::WaitVerb>(step.verb);
}

void make_and_begin(Flow& flow, std::uint32_t parent, model::StepIndex step, InstanceRole role,
                    std::uint32_t item_index) {
    const std::uint32_t number = next_instance(flow);
    flow.draft.add(StepStarted{number, step, parent, role, item_index,
                               is_looked_at(flow.process().steps[step])});
    begin(flow, number);
}

namespace {

/// Returns which rules count, or why that cannot be told.
boost::system::result<std::vector<const model::Rule*>, expr::EvaluationError> hits_of(
    const Flow& flow, std::uint32_t instance, const model::DecideVerb& verb) {
    std::vector<const model::Rule*> hits;
    for (const model::Rule& rule : verb.rules) {
        if (rule.condition) {
            const auto hit =
                evaluate_at(flow.state(), flow.context, *rule.condition, {instance, none});
            if (!hit) return hit.error();
            if (!hit->as_boolean()) continue;
        } else if (!hits.empty()) {
            continue;  // for when no other holds
        }
        hits.push_back(&rule);
        if (verb.hit == model::HitKind::first) return hits;
    }
    if (verb.hit == model::HitKind::unique && hits.size() > 1)
        return expr::EvaluationError{
            fmt::format("{} rules of the decision table hold, and one only may", hits.size()), 0};
    if (verb.hit != model::HitKind::collect && hits.empty())
        return expr::EvaluationError{"no rule of the decision table holds", 0};
    return hits;
}

void begin_decide(Flow& flow, std::uint32_t instance, const model::DecideVerb& verb) {
    const auto hits = hits_of(flow, instance, verb);
    if (!hits) return raise_expression(flow, instance, hits.error(), "decide");
    std::vector<expr::Value> results;
    for (const model::Rule* rule : *hits) {
        const auto result =
            evaluate_mapped(flow.state(), flow.context, rule->result, {instance, none});
        if (!result) return raise_expression(flow, instance, result.error(), "then");
        results.push_back(*result);
    }
    for (const model::Rule* rule : *hits) act(flow, instance, rule->also);
    Ending ending;
    ending.outcome = "done";
    ending.result = verb.hit == model::HitKind::collect
                        ? expr::Value::record({{"all", expr::Value::list(std::move(results))}})
                        : results.front();
    ending.happened = flow.context.now;
    end_step(flow, instance, std::move(ending));
}

}  // namespace

boost::system::result<calendar::Due, expr::EvaluationError> moment_before(
    const CaseState& state, const Context& context, const model::WaitVerb::Branch& branch,
    std::uint32_t instance) {
    const auto& calendar = calendar_of(context, nullptr);
    const auto value = evaluate_at(state, context, *branch.before, {instance, none});
    if (!value) return value.error();
    if (value->is(expr::Kind::timestamp))
        return calendar::latest_before(calendar, value->as_instant(), *branch.by);
    const auto date =
        value->is(expr::Kind::string) ? Date::parse(value->as_string()) : std::optional<Date>();
    if (!date) return expr::EvaluationError{"this is no date", 0};
    const int offset = calendar::data_of(calendar).offset_minutes;
    return calendar::latest_before(calendar, instant_of(*date, 0, offset), *branch.by);
}

namespace {

/// Ends a wait whose condition holds or whose delay is over.
void look_at_wait(Flow& flow, std::uint32_t instance, const model::WaitVerb& verb) {
    for (const model::WaitVerb::Branch& branch : verb.branches) {
        bool came = false;
        if (branch.until) {
            const auto holds =
                evaluate_at(flow.state(), flow.context, *branch.until, {instance, none});
            if (!holds) return raise_expression(flow, instance, holds.error(), "until");
            came = holds->as_boolean();
        }
        if (branch.delay) {
            const auto& calendar = calendar_of(flow.context, nullptr);
            calendar::Counting counting;
            counting.roll = false;
            came = came || calendar::due_after(calendar, flow.at(instance).started, *branch.delay,
                                               counting, {}, flow.context.now)
                                   .at <= flow.context.now;
        }
        if (branch.before) {
            const auto moment = moment_before(flow.state(), flow.context, branch, instance);
            if (!moment) return raise_expression(flow, instance, moment.error(), "before");
            came = came || moment->at <= flow.context.now;
        }
        if (!came) continue;
        Ending ending;
        ending.outcome = branch.name;
        ending.happened = flow.context.now;
        return end_step(flow, instance, std::move(ending));
    }
    flow.draft.touch({TimerKind::wait, instance});
}

bool has_open_incident(const Flow& flow, std::uint32_t instance) {
    return std::any_of(flow.state().incidents.begin(), flow.state().incidents.end(),
                       [&](const Incident& i) { return i.instance == instance && !i.resolved; });
}

}  // namespace

void begin(Flow& flow, std::uint32_t instance) {
    if (flow.at(instance).role == InstanceRole::set) return begin_set(flow, instance);
    mark_pauses(flow, instance);
    start_clocks(flow, instance);
    clocks_follow_start(flow, instance);
    const model::Verb& verb = flow.step_of(instance).verb;
    if (const auto* call = std::get_if<model::CallVerb>(&verb)) request_call(flow, instance, *call);
    else if (const auto* ask = std::get_if<model::AskVerb>(&verb)) open_task(flow, instance, *ask);
    else if (std::holds_alternative<model::DoVerb>(verb)) enter_scope(flow, instance);
    else if (const auto* decide = std::get_if<model::DecideVerb>(&verb))
        begin_decide(flow, instance, *decide);
    else if (const auto* appoint = std::get_if<model::AppointVerb>(&verb))
        begin_appointment(flow, instance, *appoint);
    else look_at_wait(flow, instance, std::get<model::WaitVerb>(verb));
}

void end_step(Flow& flow, std::uint32_t instance, Ending ending) {
    const std::uint32_t led = stage_led_by(flow, instance);
    if (led != none) {
        settle(flow, instance, ending);
        ending.result = with_opinions(flow, led, ending.result);
        return end_step(flow, led, std::move(ending));
    }
    const model::Move* move = move_of(flow, instance, ending.outcome);
    follow(flow, instance, std::move(ending), move);
}

void follow(Flow& flow, std::uint32_t instance, Ending ending, const model::Move* move) {
    if (move == nullptr) return settle(flow, instance, ending);
    switch (move->kind) {
        case MoveKind::continue_:
        case MoveKind::end:
        case MoveKind::end_branch: break;
        case MoveKind::treat_as:
            act(flow, instance, move->also, &ending.result);
            return treat_as(flow, instance, std::move(ending), *move);
        case MoveKind::repeat: {
            act(flow, instance, move->also, &ending.result);
            if (flow.at(instance).round - flow.at(instance).forwarded.size() <= move->times)
                return redo(flow, instance);
            return follow(flow, instance, std::move(ending),
                          move->otherwise.empty() ? nullptr : &move->otherwise.front());
        }
        case MoveKind::supplement:
            act(flow, instance, move->also, &ending.result);
            return ask_supplement(flow, instance, std::move(ending), *move);
        case MoveKind::back:
            act(flow, instance, move->also, &ending.result);
            return go_back(flow, instance, std::move(ending), *move);
        case MoveKind::forward:
            act(flow, instance, move->also, &ending.result);
            return forward(flow, instance, std::move(ending), *move);
    }
    settle(flow, instance, ending);
    act(flow, instance, move->also);
    if (move->kind == MoveKind::end_branch) return end_branch(flow, instance, ending, move->target);
    if (move->kind != MoveKind::end) return;
    const model::End* end = flow.process().end(move->target);
    CHECK(end != nullptr);
    end_case(flow, end->name, end->kind, ending.note);
}

void cancel_instance(Flow& flow, std::uint32_t instance) {
    cancel_children(flow, instance);
    cancel_call(flow, instance);
    cancel_task(flow, instance);
    drop_request(flow, instance);
    resolve_incidents(flow, instance);
    flow.draft.add(StepCancelled{instance});
    stop_clocks(flow, instance, false, flow.context.now);
    mark_pauses(flow, instance);
}

void skip_absent(Flow& flow, std::uint32_t instance) {
    cancel_children(flow, instance);
    cancel_call(flow, instance);
    cancel_task(flow, instance);
    resolve_incidents(flow, instance);
    flow.draft.add(
        StepSkipped{instance, false, none, 0, InstanceRole::single, 0, SkipReason::absent});
    stop_clocks(flow, instance, false, flow.context.now);
    mark_pauses(flow, instance);
    flow.queue.push_back({Flow::Work::settled, instance, none});
}

namespace {

/// Calls off what a round of an open instance has under way.
void leave_round(Flow& flow, std::uint32_t instance) {
    cancel_children(flow, instance);
    cancel_call(flow, instance);
    cancel_task(flow, instance);
    resolve_incidents(flow, instance);
    stop_restarting_clocks(flow, instance);
}

}  // namespace

void redo(Flow& flow, std::uint32_t instance) {
    leave_round(flow, instance);
    flow.draft.add(StepRedone{instance, flow.at(instance).round + 1});
    begin(flow, instance);
}

void forward(Flow& flow, std::uint32_t instance, Ending ending, const model::Move& move) {
    std::string to = forward_target(flow, instance, ending, move);
    if (to.empty()) return follow(flow, instance, std::move(ending), &move.otherwise.front());
    leave_round(flow, instance);
    flow.draft.add(
        StepForwarded{instance, flow.at(instance).round + 1, std::move(to), ending.note});
    begin(flow, instance);
}

void end_case(Flow& flow, std::string_view end, model::EndKind kind, std::string reason) {
    if (flow.state().status != CaseStatus::open) return;
    CaseEnd ended;
    ended.name = end;
    ended.kind = kind;
    ended.at = flow.context.now;
    ended.reason = std::move(reason);
    if (const model::End* definition = flow.process().end(end)) {
        const auto gives =
            evaluate_mapped(flow.state(), flow.context, definition->gives, {0, none});
        if (!gives) return raise_expression(flow, 0, gives.error(), "gives");
        ended.gives.value = *gives;
    }
    cancel_children(flow, 0);
    resolve_incidents(flow, 0);
    hand_over_at_end(flow, kind);
    flow.draft.add(CaseEnded{std::move(ended)});
    if (flow.state().tells_parent())
        flow.draft.effect(DispatchCall{{flow.state().id, 0}, 1, std::string(parent_department)});
    stop_clocks(flow, 0, true, flow.context.now);
    flow.queue.clear();
    if (kind != model::EndKind::granted) begin_undo(flow);
    if (flow.process().after_end == none) return close_if_over(flow);
    const std::uint32_t holder = next_instance(flow);
    flow.draft.add(StepStarted{holder, none, none, InstanceRole::after_end, 0, false});
    enter_scope(flow, holder);
}

expr::Value rendered_text(Flow& flow, Place place,
                          const std::optional<model::Expression>& expression) {
    if (!expression) return expr::Value::string("");
    const auto value = evaluate_at(flow.state(), flow.context, *expression, place);
    if (!value)
        return expr::Value::string("(" + expression->program.text + ": " + value.error().message +
                                   ")");
    if (value->is(expr::Kind::string)) return *value;
    const expr::Value text = expr::Value::string(value->dump_text());
    return value->holds_personal() ? text.marked_personal() : text;
}

void act(Flow& flow, std::uint32_t instance, const std::vector<model::Action>& actions,
         const expr::Value* result) {
    const Place place{instance, none, result};
    for (const model::Action& action : actions) {
        const expr::Value en = rendered_text(flow, place, action.text_en);
        const expr::Value zh = rendered_text(flow, place, action.text_zh);
        if (en.personal() || zh.personal())
            flow.draft.add(PersonalNoticeGiven{
                instance, action.kind, action.to, {en.marked_personal()}, {zh.marked_personal()}});
        else
            flow.draft.add(NoticeGiven{
                instance, action.kind, action.to, both(en.as_string(), zh.as_string())});
    }
}

void raise_expression(Flow& flow, std::uint32_t instance, const expr::EvaluationError& error,
                      std::string_view what) {
    if (has_open_incident(flow, instance)) return;
    IncidentRaised raised;
    raised.incident = static_cast<std::uint32_t>(flow.state().incidents.size()) + 1;
    raised.kind = IncidentKind::expression_failed;
    raised.instance = instance;
    raised.message = fmt::format("`{}` could not be evaluated: {}", what, error.message);
    flow.draft.add(std::move(raised));
}

void resolve_incidents(Flow& flow, std::uint32_t instance) {
    std::vector<std::uint32_t> open;
    for (const Incident& incident : flow.state().incidents)
        if (incident.instance == instance && !incident.resolved) open.push_back(incident.number);
    for (const std::uint32_t number : open) flow.draft.add(IncidentResolved{number, flow.by});
}

namespace {

/// Looks at the `while` of an open instance, and cancels it when that is false.
bool is_still_offered(Flow& flow, std::uint32_t instance) {
    const auto& condition = flow.step_of(instance).offered_while;
    if (!condition) return true;
    const auto holds = evaluate_at(flow.state(), flow.context, *condition, {instance, none});
    if (!holds) {
        raise_expression(flow, instance, holds.error(), "while");
        return false;
    }
    if (holds->as_boolean()) return true;
    cancel_instance(flow, instance);
    flow.queue.push_back({Flow::Work::settled, instance, none});
    return false;
}

}  // namespace

void run(Flow& flow) {
    do {
        while (!flow.queue.empty()) {
            CHECK(++flow.worked <= limits::decide_work_max);
            const Flow::Entry entry = flow.queue.front();
            flow.queue.pop_front();
            switch (entry.work) {
                case Flow::Work::examine: examine(flow, entry.instance, entry.step); break;
                case Flow::Work::settled: after_settled(flow, entry.instance); break;
                case Flow::Work::complete: complete(flow, entry.instance); break;
            }
        }
        const std::set<std::uint32_t> waits = flow.state().waits;
        for (const std::uint32_t instance : waits) {
            if (!flow.at(instance).is_open() || has_open_incident(flow, instance)) continue;
            if (flow.at(instance).role == InstanceRole::set) {
                check_join(flow, instance);
                if (flow.at(instance).is_open()) flow.draft.touch({TimerKind::wait, instance});
                continue;
            }
            if (!is_still_offered(flow, instance)) continue;
            if (const auto* wait = std::get_if<model::WaitVerb>(&flow.step_of(instance).verb))
                look_at_wait(flow, instance, *wait);
            else
                flow.draft.touch({TimerKind::wait, instance});
        }
        if (flow.queue.empty()) pass_turns(flow);
    } while (!flow.queue.empty() || !flow.ready.empty());
    // Once a command, so that a pausing step that follows another leaves no gap between them.
    if (flow.pauses_moved) settle_pauses(flow);
}

}  // namespace countersign::core
