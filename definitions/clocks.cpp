// Clocks of cases, stages and steps; see clocks.hpp.

#include "definitions/clocks.hpp"

#include "definitions/longest_way.hpp"
#include "definitions/moves.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace countersign::definitions {

using model::Clock;
using model::ClockEvent;
using model::EventKind;

namespace {

/// Whose clocks are read: the case's (`step` none), a stage's, or a step's.
struct Owner {
    StepIndex step = none;
    Site site;
};

Owner owner_of(const Draft& draft, StepIndex step) {
    Owner owner;
    owner.step = step;
    if (step != none) owner.site = site_of(draft, step);
    owner.site.own_result = true;  // actions come while the owner runs: nothing of it is certain
    return owner;
}

// ── Points of a clock ────────────────────────────────────────────────────────────────────────

std::optional<std::uint32_t> read_percent(Draft& draft, const Node& node, const Text& what) {
    std::string_view text = node.is_scalar() ? std::string_view(node.text) : std::string_view();
    std::uint32_t percent = 0;
    const bool marked = !text.empty() && text.back() == '%';
    if (marked) text.remove_suffix(1);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (marked && read.ec == std::errc() && read.ptr == text.data() + text.size() && percent >= 1 &&
        percent <= 100) {
        return percent;
    }
    draft.found.error("CS2042", node.span,
                      format_both("{} must be a share of the limit, but this is {}",
                                  "{}应为时限的百分比，但此处是{}", what, yaml::describe(node)),
                      {"write `80%`, at most `100%`", "请写成`80%`，最多`100%`"});
    return std::nullopt;
}

/// Returns when the next escalation comes that `limit` after the point `from`; nothing after
/// reporting why it cannot be told.
std::optional<calendar::Limit> next_after(Draft& draft, const Node& limit, const model::Rung& from,
                                          const calendar::Limit& wait) {
    if (!from.after && from.percent == 100) return wait;
    if (from.after && from.after->unit == wait.unit)
        return calendar::Limit{from.after->count + wait.count, wait.unit};
    draft.found.error("CS2042", limit.span,
                      from.after
                          ? Text{"this `limit` and the `at` before it have different units",
                                 "此`limit`与前面的`at`单位不同"}
                          : Text{"a `limit` of `escalate` counts from the due time, and this comes "
                                 "before it",
                                 "`escalate`的`limit`从到期起算，而此处在到期之前"},
                      {"write a further entry of `then`: `{ at: +2wd, do: … }`",
                       "请在`then`中另写一项：`{ at: +2wd, do: … }`"});
    return std::nullopt;
}

/// Adds the point with its actions. What stands behind an `escalate` with a `limit` comes that much
/// later, if the step is still open then.
void push_rungs(Draft& draft, const Node& node, model::Rung rung, std::vector<model::Rung>& rungs) {
    std::vector<model::Action> actions = std::exchange(rung.actions, {});
    for (std::size_t i = 0; i < actions.size(); ++i) {
        const auto wait = std::exchange(actions[i].limit, std::nullopt);
        rung.actions.push_back(std::move(actions[i]));
        if (!wait) continue;
        const Node& item = node.is_sequence() ? node.items[i] : node;
        const Node& limit = *item.find("escalate")->find("limit");
        if (i + 1 == actions.size()) {
            draft.found.error(
                "CS2040", limit.span,
                {"nothing follows when this time has passed", "这段时间过后没有下一步"},
                {"add whom it is escalated to next: `do: [{ escalate: { to: hall.head, limit: 2wd "
                 "} "
                 "}, { escalate: { to: supervisor } }]`",
                 "请补上之后督办给谁：`do: [{ escalate: { to: hall.head, limit: 2wd } }, { "
                 "escalate: "
                 "{ to: supervisor } }]`"});
            continue;
        }
        const auto next = next_after(draft, limit, rung, *wait);
        if (!next) return;
        rungs.push_back(std::exchange(rung, {}));
        rung.after = next;
    }
    rungs.push_back(std::move(rung));
}

void read_rung(Draft& draft, const Node& node, const Owner& owner,
               std::vector<model::Rung>& rungs) {
    yaml::Keys keys(node, draft.found, {"the entry of `then`", "`then`的一项"}, "rung");
    const Node* at = keys.required("at");
    const Node* action = keys.required("do");
    keys.finish();
    if (at == nullptr || action == nullptr) return;
    model::Rung rung;
    rung.actions = read_actions(draft, *action, owner.site);
    if (at->is_scalar() && at->text.substr(0, 1) == "+") {
        Node rest = *at;
        rest.text.erase(0, 1);
        rung.after = read_limit(rest, draft.found, ticked("at"));
        if (!rung.after) return;
    } else {
        const auto percent = read_percent(draft, *at, ticked("at"));
        if (!percent) return;
        rung.percent = *percent;
    }
    push_rungs(draft, *action, std::move(rung), rungs);
}

/// Orders rungs by when they come: shares of the limit, then those after it.
void order_rungs(std::vector<model::Rung>& rungs) {
    std::stable_sort(rungs.begin(), rungs.end(), [](const model::Rung& a, const model::Rung& b) {
        if (a.after.has_value() != b.after.has_value()) return b.after.has_value();
        if (!a.after) return a.percent < b.percent;
        return compare_limits(*a.after, *b.after).value_or(0) < 0;
    });
}

// ── Events ───────────────────────────────────────────────────────────────────────────────────

/// Whether a clock of `owner` can speak of `step`: it is seen from there, or inside a stage of
/// which there is one only.
bool reaches(const Draft& draft, const Owner& owner, StepIndex step) {
    ScopeIndex scope = draft.process.steps[step].scope;
    for (;;) {
        ScopeIndex seen = owner.step == none ? 0 : draft.process.steps[owner.step].scope;
        for (;;) {
            if (seen == scope) return true;
            const StepIndex stage = draft.process.scopes[seen].owner;
            if (stage == none) break;
            seen = draft.process.steps[stage].scope;
        }
        const StepIndex stage = draft.process.scopes[scope].owner;
        if (stage == none) return false;
        if (stage == owner.step) return true;
        if (part(*draft.steps[stage].node, "each") != nullptr) return false;
        scope = draft.process.steps[stage].scope;
    }
}

std::optional<ClockEvent> read_event(Draft& draft, const Node& node, const Owner& owner) {
    if (!yaml::as_text(node, draft.found, {"the event", "事件"})) return std::nullopt;
    ClockEvent event;
    if (node.text == "case.opened") {
        event.kind = EventKind::case_opened;
        return event;
    }
    const std::size_t dot = node.text.find('.');
    const std::string id = node.text.substr(0, dot);
    event.step = find_anywhere(draft, id);
    if (event.step == none) {
        std::vector<std::string> known;
        for (const model::Step& step : draft.process.steps) known.push_back(step.id);
        draft.found.error("CS2021", node.span,
                          format_both("there is no step `{}`", "没有步骤`{}`", id),
                          diagnostics::did_you_mean(id, known));
        return std::nullopt;
    }
    if (!reaches(draft, owner, event.step)) {
        draft.found.error(
            "CS2043", node.span,
            format_both(
                "step `{}` is inside a stage of which there are many, or out of sight from here",
                "步骤`{}`在有多个实例的阶段之内，或从此处看不到", id),
            {"name the stage", "请写阶段的名称"});
        return std::nullopt;
    }
    if (dot == std::string::npos) {
        event.kind = EventKind::step_ended_ok;
        return event;
    }
    const std::string what = node.text.substr(dot + 1);
    if (what == "started")
        event.kind = EventKind::step_started;
    else if (what == "ended")
        event.kind = EventKind::step_ended;
    else {
        event.kind = EventKind::step_outcome;
        event.outcome = what;
        const auto& step = draft.process.steps[event.step];
        if (draft.steps[event.step].outcomes_known && step.outcome(what) == nullptr &&
            what != "timeout") {
            std::vector<std::string> known{"started", "ended"};
            for (const auto& outcome : step.outcomes) known.push_back(outcome.name);
            draft.found.error(
                "CS2043", node.span,
                format_both("step `{}` has no event `{}`", "步骤`{}`没有事件`{}`", id, what),
                diagnostics::did_you_mean(what, known));
            return std::nullopt;
        }
    }
    return event;
}

// ── One clock ────────────────────────────────────────────────────────────────────────────────

void read_counting(Draft& draft, yaml::Keys& keys, Clock& clock) {
    if (const Node* node = keys.optional("count_start_day")) {
        clock.counting.count_start_day =
            yaml::as_boolean(*node, draft.found, ticked("count_start_day")).value_or(false);
    }
    if (const Node* node = keys.optional("ends")) {
        clock.counting.ends_midnight = node->is_scalar() && node->text == "midnight";
        if (!clock.counting.ends_midnight && !(node->is_scalar() && node->text == "close")) {
            draft.found.error("CS2042", node->span,
                              {"a limit ends at the `close` of business or at `midnight`",
                               "时限止于下班（`close`）或午夜（`midnight`）"},
                              {"write `close` or `midnight`", "请写`close`或`midnight`"});
        }
    }
    if (const Node* node = keys.optional("roll")) {
        clock.counting.roll = yaml::as_boolean(*node, draft.found, ticked("roll")).value_or(true);
    }
    if (const Node* node = keys.optional("calendar")) {
        clock.calendar = yaml::as_text(*node, draft.found, ticked("calendar")).value_or("");
        const auto& known = draft.catalog.calendars;
        if (!clock.calendar.empty() &&
            std::find(known.begin(), known.end(), clock.calendar) == known.end()) {
            draft.found.error(
                "CS2008", node->span,
                format_both("there is no calendar `{}`", "没有日历`{}`", clock.calendar),
                diagnostics::did_you_mean(clock.calendar, known));
        }
    }
}

void read_rungs(Draft& draft, yaml::Keys& keys, const Owner& owner, Clock& clock) {
    if (const Node* warn = keys.optional("warn")) {
        if (const auto percent = read_percent(draft, *warn, ticked("warn"))) {
            model::Rung rung;
            rung.percent = *percent;
            rung.actions.emplace_back();
            rung.actions.back().kind = model::ActionKind::warn;
            clock.rungs.push_back(std::move(rung));
        }
    }
    if (const Node* then = keys.optional("then");
        then != nullptr && yaml::expect_sequence(*then, draft.found, ticked("then"))) {
        for (const Node& item : then->items) read_rung(draft, item, owner, clock.rungs);
    }
    order_rungs(clock.rungs);
}

/// `extend: {by, max, times}`: who may prolong the clock, each time by how much, how often.
void read_extend(Draft& draft, const Node& node, Clock& clock) {
    yaml::Keys keys(node, draft.found, ticked("extend"), "extend");
    const Node* by = keys.required("by");
    const Node* max = keys.required("max");
    const Node* times = keys.optional("times");
    keys.finish();
    if (by == nullptr || max == nullptr) return;
    model::Extension extension;
    if (yaml::as_text(*by, draft.found, ticked("by")) &&
        check_role(*by, draft.catalog, draft.found))
        extension.role = by->text;
    const auto length = read_limit(*max, draft.found, ticked("max"));
    if (!length) return;
    extension.max = *length;
    if (length->unit != clock.within.unit || length->count < 1)
        draft.found.error(
            "CS2042", max->span,
            format_both("an extension counts in the unit of its clock, `{}`, and is at least one",
                        "延期应与时限`{}`同单位，且不少于一", clock.within.text()),
            format_both("write `{}`", "请写成`{}`",
                        calendar::Limit{std::max<std::int64_t>(length->count, 1), clock.within.unit}
                            .text()));
    if (times != nullptr)
        extension.times = static_cast<std::uint32_t>(
            read_count(*times, draft.found, ticked("times"), 1, 100).value_or(1));
    clock.extend = std::move(extension);
}

/// Reads what `limit`'s long form and an entry of `clocks` have in common.
bool read_within(Draft& draft, yaml::Keys& keys, const Owner& owner, Clock& clock) {
    const Node* within = keys.required("within");
    const Node* extend = keys.optional("extend");
    read_counting(draft, keys, clock);
    read_rungs(draft, keys, owner, clock);
    clock.legal_basis = read_basis(keys.optional("legal_basis"), draft.found);
    if (within == nullptr) return false;
    const auto limit = read_limit(*within, draft.found, ticked("within"));
    if (limit) clock.within = *limit;
    if (limit && extend != nullptr) read_extend(draft, *extend, clock);
    return limit.has_value();
}

std::optional<Clock> read_limit_clock(Draft& draft, const Node& node, const Owner& owner) {
    Clock clock;
    clock.name = "limit";
    clock.restart_on_redo = true;
    if (!node.is_mapping()) {
        const auto limit = read_limit(node, draft.found, ticked("limit"));
        if (!limit) return std::nullopt;
        clock.within = *limit;
        return clock;
    }
    yaml::Keys keys(node, draft.found, ticked("limit"), "limit");
    const bool ok = read_within(draft, keys, owner, clock);
    keys.finish();
    if (!ok) return std::nullopt;
    return clock;
}

/// Entries after the due need the step still open, which it is only while silence escalates.
void check_rungs_after(Draft& draft, StepIndex step, const Node& limit, const Clock& clock) {
    const Node& node = *draft.steps[step].node;
    const Node* silence = part(node, "silence");
    const Node* on = part(node, "on");
    if (on != nullptr && part(*on, "each") != nullptr) on = part(*on, "each");
    const bool ends =
        (silence != nullptr && !(silence->is_scalar() && silence->text == "escalate")) ||
        (on != nullptr && on->find("timeout") != nullptr);
    if (!ends) return;
    for (const model::Rung& rung : clock.rungs) {
        if (!rung.after) continue;
        draft.found.error(
            "CS2042", limit.span,
            format_both(
                "what comes after the due time never happens: step `{}` ends when it is due",
                "到期之后的安排不会发生：步骤`{}`到期即结束", draft.process.steps[step].id),
            {"leave out `at: +…`, or leave out `silence` and `on.timeout`",
             "请去掉`at: +…`，或去掉`silence`和`on.timeout`"});
        return;
    }
}

// ── limits, clocks ───────────────────────────────────────────────────────────────────────────

void read_limits(Draft& draft, const Node& node, const Owner& owner, std::vector<Clock>& clocks) {
    yaml::Keys keys(node, draft.found, ticked("limits"), "limits");
    const Node* promised = keys.optional("promised");
    const Node* statutory = keys.optional("statutory");
    const Node* from = keys.optional("counted_from");
    keys.finish();
    if (!keys.ok()) return;
    ClockEvent event;
    event.kind = owner.step == none ? EventKind::case_opened : EventKind::owner_started;
    if (from != nullptr) event = read_event(draft, *from, owner).value_or(event);
    std::optional<calendar::Limit> lengths[2];
    if (promised != nullptr) lengths[0] = read_limit(*promised, draft.found, ticked("promised"));
    if (statutory != nullptr) lengths[1] = read_limit(*statutory, draft.found, ticked("statutory"));
    for (int i = 0; i < 2; ++i) {
        if (!lengths[i]) continue;
        Clock clock;
        clock.name = i == 0 ? "promised" : "statutory";
        clock.kind = i == 0 ? model::ClockKind::promised : model::ClockKind::statutory;
        clock.within = *lengths[i];
        clock.from = event;
        clocks.push_back(std::move(clock));
    }
    if (lengths[0] && lengths[1] && compare_limits(*lengths[0], *lengths[1]).value_or(0) > 0) {
        draft.found.error(
            "CS2041", promised->span,
            format_both("what is promised ({}) is longer than the law allows ({})",
                        "承诺时限（{}）长于法定时限（{}）", lengths[0]->text(), lengths[1]->text()),
            format_both("promise at most `{}`", "承诺时限最多`{}`", lengths[1]->text()));
    }
    if (promised == nullptr && statutory == nullptr) {
        draft.found.error("CS2042", node.span, {"`limits` has no limit", "`limits`没有写时限"},
                          {"write `{ promised: 10wd, statutory: 20wd }`",
                           "请写成`{ promised: 10wd, statutory: 20wd }`"});
    }
}

void read_named_clock(Draft& draft, const Node& key, const Node& value, const Owner& owner,
                      std::vector<Clock>& clocks) {
    const auto name = read_id(key, draft.found, {"the clock", "时钟"}, false);
    if (!name) return;
    Clock clock;
    clock.name = *name;
    yaml::Keys keys(value, draft.found, format_both("clock `{}`", "时钟`{}`", *name), "clock");
    const Node* kind = keys.optional("kind");
    const Node* from = keys.optional("from");
    const Node* to = keys.optional("to");
    const Node* on_redo = keys.optional("on_redo");
    const bool ok = read_within(draft, keys, owner, clock);
    keys.finish();
    if (!keys.ok()) return;
    if (kind != nullptr) {
        if (kind->text == "statutory")
            clock.kind = model::ClockKind::statutory;
        else if (kind->text == "promised")
            clock.kind = model::ClockKind::promised;
        else if (kind->text != "internal")
            draft.found.error(
                "CS2042", kind->span,
                format_both("there is no kind of clock `{}`", "没有`{}`这种时钟", kind->text),
                {"write `statutory`, `promised` or `internal`",
                 "请写`statutory`（法定）、`promised`（承诺）或`internal`（内部）"});
    }
    clock.from.kind = owner.step == none ? EventKind::case_opened : EventKind::owner_started;
    if (from != nullptr) clock.from = read_event(draft, *from, owner).value_or(clock.from);
    if (to != nullptr) clock.to = read_event(draft, *to, owner);
    // A step's own clock starts anew each round, all others run on (language.md, "Clocks and
    // limits").
    clock.restart_on_redo = owner.step != none && draft.steps[owner.step].verb != VerbKind::do_;
    if (on_redo != nullptr) {
        clock.restart_on_redo = on_redo->text == "restart";
        if (!clock.restart_on_redo && on_redo->text != "carry") {
            draft.found.error("CS2042", on_redo->span,
                              {"a clock can `carry` or `restart` when its step is redone",
                               "步骤重做时，时钟可以接着走（`carry`）或重新开始（`restart`）"},
                              {"write `carry` or `restart`", "请写`carry`或`restart`"});
        }
    }
    const bool taken =
        *name == "limit" || std::any_of(clocks.begin(), clocks.end(),
                                        [&](const Clock& other) { return other.name == *name; });
    if (taken)
        draft.found.error("CS2003", key.span,
                          format_both("there is another clock `{}`", "已有时钟叫`{}`", *name),
                          {"choose another name", "请另取名称"});
    else if (ok)
        clocks.push_back(std::move(clock));
}

void read_clock_parts(Draft& draft, const Node& node, const Owner& owner,
                      std::vector<Clock>& clocks) {
    if (const Node* limits = part(node, "limits")) read_limits(draft, *limits, owner, clocks);
    const Node* named = part(node, "clocks");
    if (named == nullptr || !yaml::expect_mapping(*named, draft.found, ticked("clocks"))) return;
    for (const auto& [key, value] : named->entries)
        read_named_clock(draft, key, value, owner, clocks);
}

}  // namespace

void read_case_clocks(Draft& draft) {
    std::vector<Clock> clocks;
    read_clock_parts(draft, draft.root, owner_of(draft, none), clocks);
    draft.process.scopes[0].clocks = std::move(clocks);
}

void read_step_clocks(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    model::Step& model_step = draft.process.steps[step];
    const Owner owner = owner_of(draft, step);
    const Node* limit = part(*text.node, "limit");
    if (limit != nullptr && text.verb == VerbKind::decide) {
        draft.found.error(
            "CS2044", text.node->entry("limit")->key.span,
            {"a decision is made at once: a limit on it never runs", "决策当即作出，时限不会起算"},
            {"leave the limit out", "请去掉时限"});
        return;
    }
    if (limit != nullptr) {
        if (auto clock = read_limit_clock(draft, *limit, owner)) {
            check_rungs_after(draft, step, *limit, *clock);
            model_step.clocks.push_back(std::move(*clock));
        }
    } else if (text.verb == VerbKind::call && text.outcomes_known) {
        const auto& call = std::get<model::CallVerb>(model_step.verb);
        if (const auto& own = draft.process.operations[call.operation].limit) {
            Clock clock;
            clock.name = "limit";
            clock.within = *own;
            clock.restart_on_redo = true;
            model_step.clocks.push_back(std::move(clock));
        }
    }
    std::vector<Clock> others;
    read_clock_parts(draft, *text.node, owner, others);
    auto* stage = std::get_if<model::DoVerb>(&model_step.verb);
    auto& target = stage != nullptr && text.verb == VerbKind::do_
                       ? draft.process.scopes[stage->scope].clocks
                       : model_step.clocks;
    target.insert(target.end(), std::make_move_iterator(others.begin()),
                  std::make_move_iterator(others.end()));
}

namespace {

/// The step that takes the application in, and may ask for missing papers; none after reporting
/// that there is not exactly one.
StepIndex intake_of(Draft& draft, const Node& place) {
    std::vector<StepIndex> found;
    for (const StepIndex step : draft.process.scopes[0].steps) {
        const model::Step& one = draft.process.steps[step];
        if (draft.steps[step].verb == VerbKind::ask && may_ask(one) && one.needs.steps.empty() &&
            !one.each)
            found.push_back(step);
    }
    if (found.size() == 1) return found.front();
    draft.found.error(
        "CS2055", place.span,
        format_both("`deems_accepted` is about the one `ask` that takes the application in and may "
                    "ask for papers, and there are {} of them",
                    "`deems_accepted`只用于受理申请、可要求补正的唯一`ask`，而此处有{}个",
                    found.size()),
        {"let one `ask` without needs have an outcome of kind `supplement` with the move "
         "`supplement`",
         "请使一个没有前置的`ask`有`supplement`类结果，并以`supplement`流转"});
    return none;
}

}  // namespace

void read_deems_accepted(Draft& draft) {
    const Node* supplement = part(draft.root, "supplement");
    const Node* node = supplement == nullptr ? nullptr : part(*supplement, "deems_accepted");
    if (node == nullptr) return;
    yaml::Keys keys(*node, draft.found, ticked("deems_accepted"), "deems_accepted");
    const Node* after = keys.required("after");
    const Node* basis = keys.optional("legal_basis");
    keys.finish();
    if (after == nullptr) return;
    const auto within = read_limit(*after, draft.found, ticked("after"));
    const StepIndex intake = intake_of(draft, *node);
    if (!within || intake == none) return;
    Clock clock;
    clock.name = "deems_accepted";
    clock.kind = model::ClockKind::statutory;
    clock.within = *within;
    clock.from.kind = EventKind::received;
    clock.restart_on_redo = true;
    clock.legal_basis = read_basis(basis, draft.found);
    std::vector<std::string> passing;
    for (const model::Outcome& outcome : draft.process.steps[intake].outcomes)
        if (outcome.kind == model::OutcomeKind::ok) passing.push_back(outcome.name);
    if (passing.size() != 1) {
        draft.found.error("CS2055", node->span,
                          format_both("which outcome is deemed? Step `{}` has {} of kind `ok`",
                                      "视为哪个结果不明确：步骤`{}`有{}个`ok`类结果",
                                      draft.process.steps[intake].id, passing.size()),
                          {"let it have one outcome that accepts", "请只保留一个受理的结果"});
        return;
    }
    clock.deems = passing.front();
    refuse_deemed(draft, intake, node->span, clock.legal_basis);
    draft.process.steps[intake].clocks.push_back(std::move(clock));
}

void read_pauses(Draft& draft, StepIndex step) {
    const Node* node = part(*draft.steps[step].node, "pauses");
    if (node == nullptr) return;
    model::Step& model_step = draft.process.steps[step];
    if (draft.steps[step].verb == VerbKind::decide) {
        draft.found.error("CS2045", node->span,
                          Text{"a decision is made at once: no clock stands still meanwhile",
                               "判断即时完成，期间没有可以停止的计时"},
                          Text{"leave `pauses` out", "请去掉`pauses`"});
        return;
    }
    const auto list = yaml::as_texts(*node, draft.found, ticked("pauses"));
    for (const Node* item : list.value_or(std::vector<const Node*>{})) {
        if (item->text == "case" && is_after_end(draft, step)) {
            draft.found.error("CS2045", item->span,
                              Text{"in `after_end` the clocks of the case have stopped for good",
                                   "在`after_end`中，办件的计时已经全部结束"},
                              Text{"leave `case` out", "请去掉`case`"});
        } else if (item->text == "case") {
            model_step.pauses_case = true;
        } else if (item->text == "stage" && stage_of(draft, step) == none) {
            draft.found.error("CS2045", item->span,
                              format_both("step `{}` is in no stage whose clocks could stand still",
                                  "步骤`{}`不在任何阶段内，没有可以停止的阶段计时",
                                  model_step.id),
                              Text{"write `pauses: case`", "请写`pauses: case`"});
        } else if (item->text == "stage") {
            model_step.pauses_stage = true;
        } else {
            draft.found.error("CS2045", item->span,
                              format_both("`pauses` names whose clocks stand still, but this is {}",
                                  "`pauses`应指明停止哪些计时，而此处为{}",
                                  yaml::describe(*item)),
                              Text{"write `case`, `stage` or `[case, stage]`",
                                   "请写`case`、`stage`或`[case, stage]`"});
        }
    }
}

}  // namespace countersign::definitions
