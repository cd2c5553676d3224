// The longest way through a process; see longest_way.hpp. Needs are a graph without cycles whose
// order is known (Draft::order), so one pass over it suffices (critical path method).

#include "definitions/longest_way.hpp"

#include "definitions/meet.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace countersign::definitions {

using calendar::Limit;
using calendar::Unit;
using model::MoveKind;
using model::NeedsKind;

namespace {

constexpr Length one_day = 1'000'000;
/// Longer than any limit may be; keeps sums of many far from overflow.
constexpr Length longest = 1'000'000'000'000;

Length length_of(const std::vector<WayPart>& parts) {
    return std::accumulate(
        parts.begin(), parts.end(), Length{0},
        [](Length sum, const WayPart& part) { return std::min(longest, sum + part.length); });
}

bool has_unknown(const std::vector<WayPart>& parts) {
    return std::any_of(parts.begin(), parts.end(), [](const WayPart& part) {
        return !part.limit.has_value() || part.count_unknown;
    });
}

void multiply(std::vector<WayPart>& parts, std::int64_t times) {
    for (WayPart& part : parts) {
        part.times *= times;
        part.length = std::min(longest, part.length * times);
    }
}

/// How many of the needs must have ended.
std::size_t wanted_of(const model::Needs& needs) {
    return needs.kind == NeedsKind::at_least ? needs.count : 1;
}

/// How often the moves of a step let it be asked again.
std::int64_t repeats_of(const model::Step& step) {
    std::int64_t times = 0;
    for (const auto& move : step.on)
        if (move.move.kind == MoveKind::repeat || move.move.kind == MoveKind::forward)
            times += move.move.times;
    return times;
}

}  // namespace

Length Rate::length(const Limit& limit) const {
    const std::int64_t count = std::min<std::int64_t>(limit.count, 1'000'000'000);
    const auto of_days = [&](std::int64_t days) { return days * one_day * days_a_week / 7; };
    const auto of_seconds = [&](std::int64_t each) {
        return count * each * days_a_week * 10'000 / 6'048;  // millionths of a week of 604'800 s
    };
    switch (limit.unit) {
        case Unit::working_day:
            return std::min(longest, std::min<std::int64_t>(count, 1'000'000) * one_day);
        case Unit::working_hour:
            return std::min<std::int64_t>(count, 1'000'000) * 3'600'000 * one_day / day_ms;
        case Unit::day:
            return of_days(std::min<std::int64_t>(count, 1'000'000));
        case Unit::month:
            return of_days(std::min<std::int64_t>(count, 10'000) * 365 / 12);
        case Unit::year:
            return of_days(std::min<std::int64_t>(count, 1'000) * 365);
        case Unit::hour:
            return of_seconds(3'600);
        case Unit::minute:
            return of_seconds(60);
        case Unit::second:
            return of_seconds(1);
    }
    return 0;
}

Rate rate_of(const Draft& draft) {
    Rate rate;
    if (draft.catalog.tables == nullptr) return rate;
    for (const calendar::CalendarData& data : *draft.catalog.tables) {
        if (data.id != draft.process.calendar) continue;
        std::int64_t days = 0, longest_ms = 0;
        for (const auto& hours : data.week) {
            std::int64_t ms = 0;
            for (const calendar::Hours& part : hours) ms += (part.to - part.from) * 60'000;
            if (ms > 0) ++days;
            longest_ms = std::max(longest_ms, ms);
        }
        if (days > 0) rate = {days, longest_ms};
    }
    return rate;
}

const model::Clock* limit_of(const model::Step& step) {
    for (const model::Clock& clock : step.clocks)
        if (clock.name == "limit") return &clock;
    return nullptr;
}

std::optional<std::int64_t> most_items(const Draft& draft, StepIndex step) {
    const StepDraft& text = draft.steps[step];
    const auto& each = draft.process.steps[step].each;
    if (!each || each->open) return std::nullopt;
    if (text.choice != nullptr) return static_cast<std::int64_t>(text.choice->members.size());
    const auto& program = each->items.program;
    if (program.nodes.empty()) return std::nullopt;
    const auto& root = program.nodes.back();
    if (root.operation == expr::Operation::list) return root.child_count;
    if (root.operation != expr::Operation::constant) return std::nullopt;
    const expr::Value& value = program.constants[root.argument];
    if (!value.is(expr::Kind::list)) return std::nullopt;
    return static_cast<std::int64_t>(value.size());
}

bool may_ask(const model::Step& step) {
    return std::any_of(step.on.begin(), step.on.end(), [](const model::OutcomeMove& move) {
        return move.move.kind == MoveKind::supplement;
    });
}

bool ends_when_due(const model::Step& step) {
    return limit_of(step) != nullptr && (step.silence.kind != model::SilenceKind::escalate ||
                                         step.move_for("timeout") != nullptr);
}

Ways::Ways(const Draft& draft, const Rate& rate, const View& view)
    : draft_(draft), rate_(rate), view_(view), steps_(draft.steps.size()) {
    constexpr int passes_max = 4;  // each only shortens
    const bool cancels = std::any_of(draft.process.steps.begin(), draft.process.steps.end(),
                                     [](const model::Step& step) {
                                         return step.needs.cancel_rest && !step.needs.steps.empty();
                                     });
    cuts_.assign(steps_.size(), std::nullopt);
    for (int pass = 0; pass < (cancels ? passes_max : 1); ++pass) {
        for (ScopeIndex scope = 0; scope < draft.process.scopes.size(); ++scope)
            if (draft.process.scopes[scope].owner == none) measure(scope);
        if (!cancels || !note_cuts()) return;
    }
}

/// What is cancelled with the rest of somebody's needs is over when that one starts, or has ended
/// before it. Returns whether that shortens anything.
bool Ways::note_cuts() {
    bool shortens = false;
    for (StepIndex step = 0; step < steps_.size(); ++step) {
        const model::Needs& needs = draft_.process.steps[step].needs;
        if (!needs.cancel_rest || needs.kind == NeedsKind::all || steps_[step].dead) continue;
        const Cut cut{steps_[step].start, steps_[step].before};
        for (const StepIndex other : needs.steps) {
            if (steps_[other].end <= cut.at) continue;
            if (cuts_[other] && cuts_[other]->at <= cut.at) continue;
            cuts_[other] = cut;
            shortens = true;
        }
    }
    return shortens;
}

void Ways::measure(ScopeIndex scope) {
    std::vector<StepIndex> open = draft_.order[scope];
    for (const StepIndex step : open) steps_[step].known = false;
    const bool turns = std::any_of(open.begin(), open.end(), [&](StepIndex step) {
        return !draft_.process.steps[step].exclusive.empty();
    });
    std::map<std::string, StepIndex> had;  // who had a turn last
    while (!open.empty()) {
        const auto next = turns ? next_ready(open) : open.begin();
        const StepIndex step = *next;
        open.erase(next);
        Measured& measured = steps_[step];
        measure_start(step);
        measured.parts = parts_of(step);
        // Who waits for a turn starts when the one before has ended.
        const std::string& turn = draft_.process.steps[step].exclusive;
        if (!turn.empty() && !measured.parts.empty()) {
            const auto last = had.find(turn);
            if (last != had.end() && steps_[last->second].end > measured.start) {
                measured.before = last->second;
                measured.start = steps_[last->second].end;
            }
            had[turn] = step;
        }
        measured.end = std::min(longest, measured.start + length_of(measured.parts));
        measured.known = true;
        if (const auto& cut = cuts_[step]; cut && measured.end > cut->at) {
            measured.start = measured.end = cut->at;
            measured.before = cut->before;
            measured.parts.clear();
        }
    }
}

/// Returns the step that is ready first, of those of whose needs enough are measured: turns are had
/// in that order, and what is not measured yet ends later.
std::vector<StepIndex>::iterator Ways::next_ready(std::vector<StepIndex>& open) {
    auto first = open.end();
    for (auto at = open.begin(); at != open.end(); ++at) {
        const model::Needs& needs = draft_.process.steps[*at].needs;
        std::size_t known = 0, alive = 0;
        for (const StepIndex other : needs.steps) {
            known += steps_[other].known ? 1 : 0;
            alive += steps_[other].known && !steps_[other].dead ? 1 : 0;
        }
        const bool enough =
            needs.kind != NeedsKind::all && !needs.steps.empty() && alive >= wanted_of(needs);
        if (known < needs.steps.size() && !enough) continue;
        measure_start(*at);
        if (first == open.end() || steps_[*at].start < steps_[*first].start) first = at;
    }
    return first;
}

/// A step starts with the last of its needs, with the k-th that has ended when k suffice.
void Ways::measure_start(StepIndex step) {
    Measured& measured = steps_[step];
    measured.before = none;
    measured.start = 0;
    measured.dead = false;
    if (holds_origin(step)) return;
    const model::Needs& needs = draft_.process.steps[step].needs;
    // Of an `each` the instances are skipped: the set itself goes on.
    measured.dead = view_.skipped.count(step) != 0 && !draft_.process.steps[step].each;
    if (needs.steps.empty()) return;
    std::vector<StepIndex> waited;
    for (const StepIndex other : needs.steps)
        if (steps_[other].known && !steps_[other].dead) waited.push_back(other);
    std::size_t count = wanted_of(needs);
    if (count > waited.size()) measured.dead = true;
    // All are waited for until they are settled, those that are skipped as well.
    if (measured.dead || needs.kind == NeedsKind::all) {
        waited = needs.steps;
        count = waited.size();
    }
    // Of equals those first that end by themselves: a cut leads back to who cuts.
    std::stable_sort(waited.begin(), waited.end(), [&](StepIndex a, StepIndex b) {
        return std::pair(steps_[a].end, cuts_[a].has_value()) <
               std::pair(steps_[b].end, cuts_[b].has_value());
    });
    measured.before = waited[count - 1];
    measured.start = steps_[measured.before].end;
}

std::vector<WayPart> Ways::parts_of(StepIndex step) {
    const model::Step& of = draft_.process.steps[step];
    std::vector<WayPart> parts;
    if (std::holds_alternative<model::DoVerb>(of.verb))
        parts = stage_parts(step);
    else
        parts = leaf_parts(step);
    if (view_.past.count(step) != 0 || steps_[step].dead || view_.skipped.count(step) != 0 ||
        pauses(step))
        return {};
    if (step == view_.origin && view_.origin_past) return {};
    if (of.each && (of.each->sequence || !of.exclusive.empty())) {
        if (const auto count = most_items(draft_, step))
            multiply(parts, std::max<std::int64_t>(1, *count));
        else
            for (WayPart& part : parts) part.count_unknown = true;
    }
    add_rounds(step, parts);
    return parts;
}

/// Whether the departments' time to name slots is part of the limit that their visits have.
bool Ways::counts_with_visits(StepIndex step) const {
    const StepIndex visits = draft_.process.find(draft_.process.steps[step].scope, meeting_visits);
    return visits != none && visits != step && limit_of(draft_.process.steps[visits]) != nullptr;
}

std::vector<WayPart> Ways::leaf_parts(StepIndex step) const {
    const model::Step& of = draft_.process.steps[step];
    if (std::holds_alternative<model::DecideVerb>(of.verb) ||
        std::holds_alternative<model::AppointVerb>(of.verb))
        return {};  // at once
    if (is_in_meeting(draft_, step) && counts_with_visits(step)) return {};
    WayPart part;
    part.step = step;
    if (const model::Clock* clock = limit_of(of)) part.limit = clock->within;
    if (const auto* wait = std::get_if<model::WaitVerb>(&of.verb)) {
        // Of several that it waits for the first ends it.
        for (const auto& branch : wait->branches) {
            if (!branch.delay) continue;
            if (!part.limit || rate_.length(*branch.delay) < rate_.length(*part.limit))
                part.limit = branch.delay;
        }
    }
    if (!part.limit && model::runs_process(draft_.process, of)) {
        const auto& call = std::get<model::CallVerb>(of.verb);
        const std::string& runs = draft_.process.operations[call.operation].runs;
        if (const ProcessSignature* process = draft_.catalog.process(runs))
            part.limit = process->takes;
    }
    if (part.limit) part.length = rate_.length(*part.limit);
    return {part};
}

/// A stage takes as long as its longest way. Where that holds steps without a limit, its own limit
/// stands for the whole; where it ends when it is due, it takes no longer.
std::vector<WayPart> Ways::stage_parts(StepIndex step) {
    const model::Step& of = draft_.process.steps[step];
    const ScopeIndex scope = std::get<model::DoVerb>(of.verb).scope;
    measure(scope);
    Way inner = through(scope);
    const model::Clock* clock = limit_of(of);
    if (clock == nullptr || step == view_.owner) return inner.parts;
    const Length own = rate_.length(clock->within);
    const bool cut = ends_when_due(of) && own < inner.length;
    if (cut || (has_unknown(inner.parts) && own > inner.length))
        return {{step, clock->within, 1, own, false, none}};
    return inner.parts;
}

void Ways::add_rounds(StepIndex step, std::vector<WayPart>& parts) const {
    const model::Step& of = draft_.process.steps[step];
    if (view_.rounds) {
        multiply(parts, 1 + repeats_of(of));
        for (const auto& move : of.on)
            if (move.move.kind == MoveKind::back) add_way_back(step, move.move, parts);
    }
    const bool asks = step == view_.asked || (view_.all_ask && may_ask(of));
    if (!asks || !draft_.process.supplement) return;
    const model::Supplement& rule = *draft_.process.supplement;
    multiply(parts, 1 + rule.times);
    // The clocks of the step and its stages stand still until the papers are there.
    if (view_.owner != none || rule.pauses_case) return;
    const auto times = static_cast<std::int64_t>(rule.times);
    parts.push_back({none, rule.limit, times, rate_.length(rule.limit) * times, false, none});
}

/// Going back takes the way from there to here once more a round.
void Ways::add_way_back(StepIndex step, const model::Move& move,
                        std::vector<WayPart>& parts) const {
    if (move.redone.empty() || move.times == 0) return;
    const StepIndex to = move.redone.front();
    Length round = length_of(parts) + steps_[step].start;
    for (StepIndex at = step; draft_.process.steps[at].scope != draft_.process.steps[to].scope;) {
        at = stage_of(draft_, at);
        if (at == none) return;
        round += steps_[at].start;
    }
    round -= steps_[to].start;
    if (round <= 0) return;
    WayPart part;
    part.step = step;
    part.back_to = to;
    part.times = move.times;
    part.length = std::min(longest, round * part.times);
    // In whole days as far as they go: the message says when other units were converted.
    part.limit = Limit{(round + one_day - 1) / one_day, Unit::working_day};
    parts.push_back(std::move(part));
}

bool Ways::pauses(StepIndex step) const {
    const model::Step& of = draft_.process.steps[step];
    if (view_.owner == none) return of.pauses_case;
    return of.pauses_stage && stage_of(draft_, step) == view_.owner;
}

/// Whether the step is the origin or a stage around it: it has started when the clock starts.
bool Ways::holds_origin(StepIndex step) const {
    for (StepIndex at = view_.origin; at != none; at = stage_of(draft_, at))
        if (at == step) return true;
    return false;
}

/// The step of a scope that ends last. What is cancelled with the rest of somebody's needs is over
/// when that one starts.
StepIndex Ways::last_of(ScopeIndex scope) const {
    StepIndex last = none;
    for (const StepIndex step : draft_.process.scopes[scope].steps) {
        const auto& dependents = draft_.process.steps[step].dependents;
        const bool cut = std::any_of(dependents.begin(), dependents.end(), [&](StepIndex other) {
            return draft_.process.steps[other].needs.cancel_rest;
        });
        if (!cut && (last == none || steps_[step].end > steps_[last].end)) last = step;
    }
    return last;
}

void Ways::collect(StepIndex step, bool ended, std::vector<WayPart>& parts) const {
    std::vector<StepIndex> row;
    for (StepIndex at = step; at != none; at = steps_[at].before) row.push_back(at);
    for (auto at = row.rbegin(); at != row.rend(); ++at) {
        if (*at == step && !ended) break;
        const auto& own = steps_[*at].parts;
        parts.insert(parts.end(), own.begin(), own.end());
    }
}

Way Ways::through(ScopeIndex scope) const {
    Way way;
    const StepIndex last = last_of(scope);
    if (last == none) return way;
    way.length = steps_[last].end;
    collect(last, true, way.parts);
    return way;
}

Way Ways::until(StepIndex step, bool ended) const {
    const StepIndex stage = stage_of(draft_, step);
    Way way;
    if (stage != none) way = until(stage, false);
    way.length += ended ? steps_[step].end : steps_[step].start;
    collect(step, ended, way.parts);
    return way;
}

}  // namespace countersign::definitions
