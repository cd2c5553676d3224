// Which conditions can hold at once; see conditions.hpp. The search takes conjunctions apart, tries
// the branches of disjunctions in turn and narrows the values of each term: DPLL over intervals and
// sets (Davis, Logemann, Loveland 1962).

#include "definitions/conditions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace countersign::definitions {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Steps of one search; beyond, nothing is claimed.
constexpr std::size_t search_steps_max = 100'000;

/// Of whole numbers the open bounds are closed at the next one.
Interval whole(Interval interval) {
    if (std::isfinite(interval.low)) {
        const double up = std::ceil(interval.low);
        interval.low = interval.low_open && up == interval.low ? up + 1 : up;
        interval.low_open = false;
    }
    if (std::isfinite(interval.high)) {
        const double down = std::floor(interval.high);
        interval.high = interval.high_open && down == interval.high ? down - 1 : down;
        interval.high_open = false;
    }
    return interval;
}

}  // namespace

Interval Interval::all() { return {-infinity, infinity, true, true}; }

Interval Interval::above(double bound, bool open) { return {bound, infinity, open, true}; }

Interval Interval::below(double bound, bool open) { return {-infinity, bound, true, open}; }

Interval Interval::meet(const Interval& other) const {
    Interval both = *this;
    if (other.low > low || (other.low == low && other.low_open)) {
        both.low = other.low;
        both.low_open = other.low_open;
    }
    if (other.high < high || (other.high == high && other.high_open)) {
        both.high = other.high;
        both.high_open = other.high_open;
    }
    return both;
}

bool Interval::empty() const { return low > high || (low == high && (low_open || high_open)); }

Formula Formula::constant(bool value) {
    Formula formula;
    formula.value = value;
    return formula;
}

Formula Formula::number(std::size_t term, const Interval& interval) {
    Formula formula;
    formula.kind = Kind::number;
    formula.term = term;
    formula.interval = interval;
    return formula;
}

Formula Formula::group(Kind kind, std::vector<Formula> parts) {
    Formula formula;
    formula.kind = kind;
    formula.parts = std::move(parts);
    return formula;
}

std::vector<StrayConstant> Conditions::take_strays() { return std::exchange(strays_, {}); }

Formula Conditions::negated(const Formula& formula) {
    Formula opposite = formula;
    switch (formula.kind) {
        case Formula::Kind::constant:
        case Formula::Kind::truth:
        case Formula::Kind::text:
            opposite.value = !formula.value;
            return opposite;
        case Formula::Kind::number: {
            std::vector<Formula> parts;
            const Interval& of = formula.interval;
            if (of.low > -infinity)
                parts.push_back(
                    Formula::number(formula.term, Interval::below(of.low, !of.low_open)));
            if (of.high < infinity)
                parts.push_back(
                    Formula::number(formula.term, Interval::above(of.high, !of.high_open)));
            return Formula::group(Formula::Kind::any, std::move(parts));
        }
        case Formula::Kind::all:
        case Formula::Kind::any:
            opposite.kind =
                formula.kind == Formula::Kind::all ? Formula::Kind::any : Formula::Kind::all;
            for (Formula& part : opposite.parts) part = negated(part);
            return opposite;
    }
    return opposite;
}

// ── Searching ────────────────────────────────────────────────────────────────────────────────

bool Conditions::refine(State& state, const Formula& atom) const {
    const Term& term = terms_[atom.term];
    Values& values = state[atom.term];
    if (atom.kind == Formula::Kind::truth) {
        if (values.truth && *values.truth != atom.value) return false;
        values.truth = atom.value;
        return true;
    }
    if (atom.kind == Formula::Kind::number) {
        Interval narrowed = (values.bounded ? values.interval : term.range).meet(atom.interval);
        if (term.integer) narrowed = whole(narrowed);
        values.interval = narrowed;
        values.bounded = true;
        return !narrowed.empty();
    }
    if (!values.allowed && term.values) values.allowed = term.values;
    if (atom.value && !values.allowed) {
        values.allowed = atom.texts;
        for (const std::string& text : values.excluded) values.allowed->erase(text);
    } else if (values.allowed) {
        std::erase_if(*values.allowed, [&](const std::string& text) {
            return (atom.texts.count(text) != 0) != atom.value;
        });
    } else {
        values.excluded.insert(atom.texts.begin(), atom.texts.end());
    }
    return !values.allowed || !values.allowed->empty();
}

bool Conditions::is_possible(const State& state, const Formula& part) const {
    switch (part.kind) {
        case Formula::Kind::constant:
            return part.value;
        case Formula::Kind::all:
        case Formula::Kind::any:
            return true;  // found out when it is taken apart
        case Formula::Kind::truth:
        case Formula::Kind::number:
        case Formula::Kind::text:
            break;
    }
    State one;
    if (const auto known = state.find(part.term); known != state.end()) one.insert(*known);
    return refine(one, part);
}

/// Takes what must hold apart into `state` and the disjunctions that are left; false when it cannot
/// hold.
bool Conditions::settle(std::vector<const Formula*>& open, State& state,
                        std::vector<const Formula*>& choices) {
    while (!open.empty() && budget_ > 0) {
        --budget_;
        const Formula* formula = open.back();
        open.pop_back();
        switch (formula->kind) {
            case Formula::Kind::constant:
                if (!formula->value) return false;
                break;
            case Formula::Kind::all:
                for (const Formula& part : formula->parts) open.push_back(&part);
                break;
            case Formula::Kind::any:
                choices.push_back(formula);
                break;
            case Formula::Kind::truth:
            case Formula::Kind::number:
            case Formula::Kind::text:
                if (!refine(state, *formula)) return false;
                break;
        }
    }
    return true;
}

std::optional<bool> Conditions::search(std::vector<const Formula*> open,
                                       std::vector<const Formula*> choices, State state) {
    for (;;) {
        if (!settle(open, state, choices)) return false;
        if (budget_ == 0) return std::nullopt;
        if (choices.empty()) {
            witness_ = describe(state);
            return true;
        }
        // The disjunction with the fewest parts that are still possible: with none of them the
        // search is over, with one there is nothing to choose.
        std::vector<const Formula*> fewest;
        std::size_t chosen = choices.size();
        for (std::size_t i = 0;
             i < choices.size() && (chosen == choices.size() || fewest.size() > 1); ++i) {
            std::vector<const Formula*> possible;
            for (const Formula& part : choices[i]->parts)
                if (is_possible(state, part)) possible.push_back(&part);
            budget_ -= std::min<std::size_t>(budget_, 1);
            if (chosen != choices.size() && possible.size() >= fewest.size()) continue;
            fewest = std::move(possible);
            chosen = i;
        }
        choices.erase(choices.begin() + static_cast<std::ptrdiff_t>(chosen));
        if (fewest.empty()) return false;
        if (fewest.size() == 1) {
            open = std::move(fewest);
            continue;
        }
        for (const Formula* part : fewest) {
            const auto holds = search({part}, choices, state);
            if (!holds || *holds) return holds;
        }
        return false;
    }
}

Holding Conditions::hold(const std::vector<const Formula*>& formulas) {
    witness_ = {};
    const std::size_t given = std::min(search_steps_max, draft_.search_steps_left);
    budget_ = given;
    const auto holds = search({formulas.rbegin(), formulas.rend()}, {}, {});
    draft_.search_steps_left -= given - budget_;
    return !holds ? Holding::unknown : *holds ? Holding::may : Holding::never;
}

// ── Words ────────────────────────────────────────────────────────────────────────────────────

namespace {

std::string shown_number(const Term& term, double number) {
    if (term.money) return fmt::format("{:.2f}", number / 100);
    return fmt::format("{}", number);
}

Text words_of(const Term& term, const Interval& interval) {
    const std::string low = shown_number(term, interval.low);
    const std::string high = shown_number(term, interval.high);
    const bool has_low = std::isfinite(interval.low), has_high = std::isfinite(interval.high);
    if (has_low && has_high && interval.low == interval.high)
        return format_both("`{}` is {}", "`{}`为{}", term.text, low);
    if (has_low && has_high) {
        return format_both(
            "`{}` is {} {} and {} {}", "`{}`{}{}且{}{}", term.text,
            interval.low_open ? Text{"over", "大于"} : Text{"at least", "不小于"}, low,
            interval.high_open ? Text{"under", "小于"} : Text{"at most", "不大于"}, high);
    }
    if (has_low) {
        return format_both("`{}` is {} {}", "`{}`{}{}", term.text,
                           interval.low_open ? Text{"over", "大于"} : Text{"at least", "不小于"},
                           low);
    }
    return format_both("`{}` is {} {}", "`{}`{}{}", term.text,
                       interval.high_open ? Text{"under", "小于"} : Text{"at most", "不大于"},
                       high);
}

Text listed_texts(const std::set<std::string>& texts) {
    return listed({texts.begin(), texts.end()});
}

}  // namespace

Text Conditions::describe(const State& state) const {
    Text all;
    const auto add = [&](const Text& words) {
        all = all.empty() ? words : format_both("{} and {}", "{}，{}", all, words);
    };
    for (const auto& [index, values] : state) {
        const Term& term = terms_[index];
        if (term.text.empty()) continue;
        if (values.truth && *values.truth)
            add(format_both("`{}` holds", "`{}`成立", term.text));
        else if (values.truth)
            add(format_both("`{}` does not hold", "`{}`不成立", term.text));
        if (values.bounded) add(words_of(term, values.interval));
        if (values.allowed)
            add(format_both("`{}` is `{}`", "`{}`为`{}`", term.text, *values.allowed->begin()));
        else if (!values.excluded.empty())
            add(format_both("`{}` is not {}", "`{}`不是{}", term.text,
                            listed_texts(values.excluded)));
    }
    return all;
}

}  // namespace countersign::definitions
