// Deadlines that cannot hold; see deadlines.hpp.

#include "definitions/deadlines.hpp"

#include "definitions/conditions.hpp"
#include "definitions/longest_way.hpp"

#include <algorithm>

namespace countersign::definitions {

using model::Clock;
using model::ClockKind;
using model::EventKind;

namespace {

/// Ways that are looked at for one clock before nothing is claimed.
constexpr std::size_t ways_max = 100;
/// Parts of a condition under which a step runs.
constexpr std::size_t formula_parts_max = 500;
/// Parts of a way that a message names; of longer ones the middle is counted.
constexpr std::size_t parts_shown_max = 12;

/// One clock with the one that it belongs to.
struct OwnedClock {
    StepIndex owner = none;
    const Clock* clock = nullptr;
    const Node* place = nullptr;
};

const Node* place_of(const Draft& draft, StepIndex owner, const std::string& name) {
    const Node& node = owner == none ? draft.root : *draft.steps[owner].node;
    if (name == "limit") return part(node, "limit");
    if (const Node* limits = part(node, "limits"))
        if (const Node* found = part(*limits, name)) return found;
    const Node* clocks = part(node, "clocks");
    const Node* found = clocks == nullptr ? nullptr : part(*clocks, name);
    return found == nullptr ? nullptr : part(*found, "within");
}

std::vector<OwnedClock> all_clocks(const Draft& draft) {
    std::vector<OwnedClock> all;
    const auto add = [&](StepIndex owner, const std::vector<Clock>& clocks) {
        for (const Clock& clock : clocks)
            if (const Node* place = place_of(draft, owner, clock.name))
                all.push_back({owner, &clock, place});
    };
    add(none, draft.process.scopes[0].clocks);
    for (StepIndex step = 0; step < draft.steps.size(); ++step) {
        const model::Step& of = draft.process.steps[step];
        add(step, of.clocks);
        if (const auto* stage = std::get_if<model::DoVerb>(&of.verb))
            add(step, draft.process.scopes[stage->scope].clocks);
    }
    return all;
}

Text owner_words(const Draft& draft, StepIndex owner) {
    if (owner == none) return {"the case", "办件"};
    const std::string& id = draft.process.steps[owner].id;
    return draft.steps[owner].verb == VerbKind::do_ ? format_both("the stage `{}`", "阶段`{}`", id)
                                                    : format_both("step `{}`", "步骤`{}`", id);
}

/// Returns "12wd", "7.5wd".
std::string days_text(Length length) {
    std::string text = fmt::format("{:.2f}", static_cast<double>(length) / 1'000'000);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text + "wd";
}

class DeadlineCheck {
  public:
    explicit DeadlineCheck(Draft& draft)
        : draft_(draft), rate_(rate_of(draft)), conditions_(draft) {
        for (StepIndex step = 0; step < draft.steps.size(); ++step)
            if (const Node* when = part(*draft.steps[step].node, "when"))
                whens_.emplace(step, conditions_.read(*when, step));
    }

    void run() {
        clocks_ = all_clocks(draft_);
        for (const OwnedClock& clock : clocks_) check_clock(clock);
        for (const OwnedClock& clock : clocks_) check_outlived(clock);
    }

  private:
    // ── What is measured ─────────────────────────────────────────────────────────────────────

    View view_of(const OwnedClock& owned) const {
        View view;
        view.owner = owned.owner;
        switch (owned.clock->from.kind) {
            case EventKind::case_opened:
                return view;
            case EventKind::received:
            case EventKind::owner_started:
                view.origin = owned.owner;
                break;
            case EventKind::step_started:
                view.origin = owned.clock->from.step;
                break;
            case EventKind::step_ended:
            case EventKind::step_ended_ok:
            case EventKind::step_outcome:
                view.origin = owned.clock->from.step;
                view.origin_past = true;
                break;
        }
        for (StepIndex at = view.origin; at != none; at = stage_of(draft_, at)) {
            const StepSet& before = draft_.flow.settled_before[at];
            for (StepIndex step = 0; step < before.size(); ++step)
                if (before[step]) view.past.insert(step);
        }
        return view;
    }

    Way measure(const OwnedClock& owned, const View& view) const {
        const Ways ways(draft_, rate_, view);
        const auto& to = owned.clock->to;
        if (to && to->step != none)
            return ways.until(to->step, to->kind != EventKind::step_started);
        return owned.owner == none ? ways.through(0) : ways.until(owned.owner, true);
    }

    /// Returns the longest way whose conditions can hold together, if it is longer than allowed.
    std::optional<Way> exceeding(const OwnedClock& owned, const View& view, Length allowed) {
        std::vector<std::set<StepIndex>> open{{}};
        std::optional<Way> longest;
        for (std::size_t tried = 0; !open.empty(); ++tried) {
            if (tried == ways_max) return std::nullopt;
            View narrowed = view;
            narrowed.skipped = std::move(open.back());
            open.pop_back();
            Way way = measure(owned, narrowed);
            if (way.length <= allowed || (longest && way.length <= longest->length)) continue;
            const auto conflict = conflict_on(way);
            if (conflict.empty()) longest = std::move(way);
            for (const StepIndex step : conflict) {
                open.push_back(narrowed.skipped);
                open.back().insert(step);
            }
        }
        return longest;
    }

    /// Returns steps on the way whose conditions cannot hold together; empty when they can.
    std::set<StepIndex> conflict_on(const Way& way) {
        if (whens_.empty()) return {};
        std::set<StepIndex> conditional;
        for (const WayPart& part : way.parts)
            for (StepIndex at = part.step; at != none; at = stage_of(draft_, at))
                if (runs_when(at).kind != Formula::Kind::constant) conditional.insert(at);
        const auto contradict = [&](const std::set<StepIndex>& steps) {
            std::vector<const Formula*> formulas;
            for (const StepIndex step : steps) formulas.push_back(&runs_when(step));
            return conditions_.hold(formulas) == Holding::never;
        };
        if (conditional.empty() || !contradict(conditional)) return {};
        for (const StepIndex step : std::set<StepIndex>(conditional)) {
            std::set<StepIndex> fewer = conditional;
            fewer.erase(step);
            if (contradict(fewer)) conditional = std::move(fewer);
        }
        return conditional;
    }

    /// Returns when a step runs: by its own condition, and where it is reached. Constant when there
    /// are no conditions.
    const Formula& runs_when(StepIndex step) {
        const auto known = runs_.find(step);
        if (known != runs_.end()) return known->second;
        Formula formula = reached_when(step);
        if (const auto own = whens_.find(step); own != whens_.end()) {
            formula = formula.kind == Formula::Kind::constant
                          ? own->second
                          : Formula::group(Formula::Kind::all, {own->second, formula});
        }
        return runs_.emplace(step, std::move(formula)).first->second;
    }

    /// Returns when a step is not skipped with its needs, of which one must have ended, or with the
    /// stage around it.
    Formula reached_when(StepIndex step) {
        std::vector<Formula> all;
        const auto add = [&](Formula formula) {
            if (formula.kind != Formula::Kind::constant) all.push_back(std::move(formula));
        };
        if (const StepIndex stage = stage_of(draft_, step); stage != none) add(runs_when(stage));
        std::vector<Formula> needs;
        for (const StepIndex other : draft_.process.steps[step].needs.steps) {
            // Of an `each` the instances are skipped: the set itself goes on.
            const bool is_set = draft_.process.steps[other].each.has_value();
            needs.push_back(is_set ? reached_when(other) : runs_when(other));
            if (needs.back().kind != Formula::Kind::constant) continue;
            needs.clear();  // one that always goes on is enough
            break;
        }
        if (!needs.empty()) add(Formula::group(Formula::Kind::any, std::move(needs)));
        Formula formula = all.empty() ? Formula::constant(true)
                                      : Formula::group(Formula::Kind::all, std::move(all));
        // Taken for always true when it grows too large: then a way may count that never is.
        if (size_of(formula) > formula_parts_max) return Formula::constant(true);
        return formula;
    }

    static std::size_t size_of(const Formula& formula) {
        std::size_t size = 1;
        for (const Formula& part : formula.parts) size += size_of(part);
        return size;
    }

    void check_clock(const OwnedClock& owned) {
        const Clock& clock = *owned.clock;
        const bool own_limit = clock.name == "limit" && owned.owner != none;
        const bool leaf = owned.owner != none && draft_.steps[owned.owner].verb != VerbKind::do_;
        // A step's own limit is what it is measured by; what ends when it is due keeps its limit.
        if (own_limit && (leaf || ends_when_due(draft_.process.steps[owned.owner]))) return;
        const bool late = owned.owner != none && is_after_end(draft_, owned.owner);
        if (late && clock.from.kind == EventKind::case_opened) return;
        View view = view_of(owned);
        if (clock.to && view.past.count(clock.to->step) != 0) {
            report_backward(owned);
            return;
        }
        const Length allowed = rate_.length(clock.within);
        if (auto way = exceeding(owned, view, allowed)) {
            report(owned, *way, false);
            return;
        }
        if (is_for_the_first_round(owned)) return;
        view.rounds = true;
        std::optional<Way> longest = exceeding(owned, view, allowed);
        View widest = view;
        widest.all_ask = true;
        const bool asking_matters = measure(owned, widest).length > allowed;
        for (StepIndex step = 0; asking_matters && step < draft_.steps.size(); ++step) {
            if (!may_ask(draft_.process.steps[step])) continue;
            view.asked = step;
            auto way = exceeding(owned, view, longest ? longest->length : allowed);
            if (way) longest = std::move(way);
        }
        if (longest) report(owned, *longest, true);
    }

    /// What is promised is promised for papers and work that are in order; where the law sets a
    /// limit beside it, that one has to hold when steps are asked again.
    bool is_for_the_first_round(const OwnedClock& owned) const {
        if (owned.clock->kind != ClockKind::promised) return false;
        return std::any_of(clocks_.begin(), clocks_.end(), [&](const OwnedClock& other) {
            return other.owner == owned.owner && other.clock->kind == ClockKind::statutory;
        });
    }

    // ── What is said ─────────────────────────────────────────────────────────────────────────

    std::string path_of(StepIndex step, StepIndex owner) const {
        std::string path = draft_.process.steps[step].id;
        for (StepIndex at = stage_of(draft_, step); at != none && at != owner;
             at = stage_of(draft_, at))
            path = draft_.process.steps[at].id + "/" + path;
        return path;
    }

    Text part_words(const WayPart& part, StepIndex owner) const {
        const std::string times = part.times > 1 ? fmt::format("{} × ", part.times) : "";
        if (part.back_to != none) {
            return format_both("again from `{}` to `{}` {}{}", "从`{}`到`{}`重办 {}{}",
                               path_of(part.back_to, owner), path_of(part.step, owner), times,
                               part.limit->text());
        }
        if (part.step == none) {
            return format_both("missing papers {}{}", "补正{}{}", times, part.limit->text());
        }
        return format_both("`{}` {}{}", "`{}` {}{}", path_of(part.step, owner), times,
                           part.limit->text());
    }

    Text sum_words(const Way& way, StepIndex owner) const {
        std::vector<const WayPart*> counted;
        for (const WayPart& part : way.parts)
            if (part.length > 0 && part.limit) counted.push_back(&part);
        Text words;
        const std::size_t half = parts_shown_max / 2;
        for (std::size_t i = 0; i < counted.size(); ++i) {
            const bool cut = counted.size() > parts_shown_max;
            if (cut && i == half) {
                words = format_both("{} + … ({} more)", "{} + …（另{}个）", words,
                                    counted.size() - parts_shown_max);
            }
            if (cut && i >= half && i < counted.size() - half) continue;
            const Text own = part_words(*counted[i], owner);
            words = words.empty() ? own : format_both("{} + {}", "{} + {}", words, own);
        }
        return words;
    }

    /// The total in the unit of the clock when all parts have it, else in working days.
    std::optional<calendar::Limit> exact_total(const Way& way, calendar::Unit unit) const {
        calendar::Limit total{0, unit};
        for (const WayPart& part : way.parts) {
            if (!part.limit || part.limit->count == 0) continue;
            if (part.limit->unit != unit) return std::nullopt;
            total.count += part.limit->count * part.times;
        }
        return total;
    }

    /// What is not in the sum, or how it was converted.
    Text remarks(const Way& way, const Clock& clock, StepIndex owner) const {
        std::vector<std::string> unlimited, once;
        bool mixed = !exact_total(way, clock.within.unit).has_value();
        for (const WayPart& part : way.parts) {
            if (part.step == none) continue;
            if (!part.limit)
                unlimited.push_back(path_of(part.step, owner));
            else if (part.count_unknown)
                once.push_back(path_of(part.step, owner));
        }
        Text all;
        if (!unlimited.empty())
            all = format_both("; not counted: {}, without a limit", "；未计入：没有时限的{}",
                              joined(unlimited));
        if (!once.empty())
            all = format_both(
                "{}; counted once, for nobody knows how many there are in sequence: "
                "{}",
                "{}；依次办理的数目未知，只计一次：{}", all, joined(once));
        if (mixed)
            all = format_both("{}; a week counted as {} working days, one working day as {} hours",
                              "{}；一周按{}个工作日、一个工作日按{}小时折算", all,
                              rate_.days_a_week, static_cast<double>(rate_.day_ms) / 3'600'000);
        return all;
    }

    static Text joined(const std::vector<std::string>& names) {
        Text all;
        for (const std::string& name : names)
            all = all.empty() ? ticked(name) : format_both("{}, {}", "{}、{}", all, ticked(name));
        return all;
    }

    Text clock_words(const OwnedClock& owned) const {
        const std::string within = owned.clock->within.text();
        return owned.clock->name == "limit"
                   ? format_both("the limit of {}, {},", "{}的时限（{}）",
                                 owner_words(draft_, owned.owner), within)
                   : format_both("the clock `{1}` of {0}, {2},", "{}的时钟`{}`（{}）",
                                 owner_words(draft_, owned.owner), owned.clock->name, within);
    }

    void report_backward(const OwnedClock& owned) {
        const Node* clocks =
            part(owned.owner == none ? draft_.root : *draft_.steps[owned.owner].node, "clocks");
        draft_.found.error(
            "CS2043", part(*clocks->find(owned.clock->name), "to")->span,
            format_both("the clock `{}` ends before it starts: step `{}` has settled by then",
                        "时钟`{}`尚未开始就已结束：届时步骤`{}`早已了结", owned.clock->name,
                        draft_.process.steps[owned.clock->to->step].id),
            {"exchange `from` and `to`, or name a later step",
             "请对调`from`与`to`，或写更后面的步骤"});
    }

    void report(const OwnedClock& owned, const Way& way, bool rounds) {
        const auto exact = exact_total(way, owned.clock->within.unit);
        const std::string total = exact ? exact->text() : days_text(way.length);
        Text sum = sum_words(way, owned.owner);
        // A single step says its own length.
        const bool is_said = sum.en.ends_with("` " + total);
        if (!is_said) sum = format_both("{} = {}", "{} = {}", sum, total);
        sum = format_both("{}{}", "{}{}", sum, remarks(way, *owned.clock, owned.owner));
        const Text clock = clock_words(owned);
        const bool in_days = owned.clock->within.unit == calendar::Unit::working_day;
        const std::string enough =
            exact ? exact->text()
                  : calendar::Limit{(way.length + 999'999) / 1'000'000, owned.clock->within.unit}
                        .text();
        const Text at_least = exact || in_days
                                  ? format_both("allow at least `{}`", "请至少给出`{}`", enough)
                                  : Text{"allow more time", "请放宽时限"};
        if (rounds) {
            draft_.found.warning(
                "CS2111", owned.place->span,
                format_both("{} cannot be kept once steps are asked again: {}",
                            "{}在步骤重办后无法保证：{}", clock, sum),
                format_both("{}, shorten a limit on this way, or ask again less often",
                            "{}，或缩短这条路径上的时限，或减少重办次数", at_least));
        } else {
            draft_.found.error("CS2110", owned.place->span,
                               format_both("{} cannot be kept even if nobody is late: {}",
                                           "{}即使无人逾期也无法保证：{}", clock, sum),
                               format_both("{}, or shorten a limit on this way",
                                           "{}，或缩短这条路径上的时限", at_least));
            broken_.insert(owned.clock);
        }
    }

    // ── Clocks around clocks ─────────────────────────────────────────────────────────────────

    /// Whether what an inner clock promises must lie within what the outer one does.
    static bool is_held_to(ClockKind inner, ClockKind outer) {
        if (outer == ClockKind::statutory) return true;
        if (outer == ClockKind::promised) return inner != ClockKind::statutory;
        return inner == ClockKind::internal;
    }

    bool is_around(StepIndex outer, StepIndex inner) const {
        if (outer == none) return !is_after_end(draft_, inner);
        for (StepIndex at = stage_of(draft_, inner); at != none; at = stage_of(draft_, at))
            if (at == outer) return true;
        return false;
    }

    /// Whether the outer clock runs all the while that `step` is open.
    bool runs_during(const OwnedClock& outer, StepIndex step) const {
        const View view = view_of(outer);
        if (outer.clock->to) return false;
        for (StepIndex at = step; at != none && at != outer.owner; at = stage_of(draft_, at)) {
            if (view.past.count(at) != 0 || at == view.origin) return false;
            const model::Step& of = draft_.process.steps[at];
            const bool still = outer.owner == none ? of.pauses_case : of.pauses_stage;
            if (still) return false;
        }
        return true;
    }

    void check_outlived(const OwnedClock& inner) {
        if (inner.owner == none || inner.clock->to ||
            inner.clock->from.kind != EventKind::owner_started)
            return;
        // A step's own limit is on the ways already, and may be cancelled with the rest of them.
        const bool leaf = draft_.steps[inner.owner].verb != VerbKind::do_;
        if (leaf && inner.clock->name == "limit") return;
        for (const OwnedClock& outer : clocks_) {
            if (outer.owner == inner.owner || !is_around(outer.owner, inner.owner)) continue;
            if (broken_.count(outer.clock) != 0) continue;
            if (!is_held_to(inner.clock->kind, outer.clock->kind)) continue;
            if (rate_.length(inner.clock->within) <= rate_.length(outer.clock->within)) continue;
            if (!runs_during(outer, inner.owner)) continue;
            const Text cure =
                inner.clock->within.unit == outer.clock->within.unit
                    ? format_both("write at most `{}`", "最多写`{}`", outer.clock->within.text())
                    : Text{"shorten it", "请缩短"};
            draft_.found
                .error("CS2112", inner.place->span,
                       format_both("{} outlives {} which runs meanwhile", "{}长于同时计时的{}",
                                   clock_words(inner), clock_words(outer)),
                       cure)
                .notes.push_back(
                    {outer.place->span, {"the other clock stands here", "另一时钟在这里"}});
            break;
        }
    }

    Draft& draft_;
    Rate rate_;
    Conditions conditions_;
    std::map<StepIndex, Formula> whens_;
    std::map<StepIndex, Formula> runs_;  ///< what runs_when() has found
    std::vector<OwnedClock> clocks_;
    std::set<const Clock*> broken_;
};

}  // namespace

void check_deadlines(Draft& draft) { DeadlineCheck(draft).run(); }

}  // namespace countersign::definitions
