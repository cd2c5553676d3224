#pragma once
// What can be told of conditions without running them: which of them can hold at once. A condition
// is read as a formula over comparisons of a term with a constant (`form.area > 100`,
// `steps.review.outcome == 'approved'`, `form.urgent`); every other part of it is a truth of its
// own that may be either way. So "cannot hold" is always right, "may hold" errs on the safe side.

#include "definitions/draft.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace countersign::definitions {

/// Numbers between two bounds, which may be infinite.
struct Interval {
    double low = 0;
    double high = 0;
    bool low_open = true;
    bool high_open = true;
    static Interval all();
    static Interval above(double bound, bool open);
    static Interval below(double bound, bool open);
    Interval meet(const Interval& other) const;
    bool empty() const;
};

/// What is compared: its text, and what is known of the values that it may have.
struct Term {
    std::string text;  ///< as the author wrote it, without blanks
    bool integer = false;
    bool money = false;  ///< numbers are fen
    Interval range = Interval::all();
    std::optional<std::set<std::string>> values;  ///< of a choice or an outcome
};

/// A condition in negation normal form.
struct Formula {
    enum class Kind { constant, truth, number, text, all, any };
    Kind kind = Kind::constant;
    bool value = true;            ///< of constant, truth; of text: whether it is one of `texts`
    std::size_t term = 0;         ///< of truth, number and text
    Interval interval;            ///< of number
    std::set<std::string> texts;  ///< of text
    std::vector<Formula> parts;   ///< of all and any

    static Formula constant(bool value);
    static Formula number(std::size_t term, const Interval& interval);
    static Formula group(Kind kind, std::vector<Formula> parts);
};

/// A constant that the term it is compared with can never be.
struct StrayConstant {
    std::uint32_t begin = 0;  ///< bytes of the condition's text
    std::uint32_t end = 0;
    std::string term;
    std::string constant;
    std::vector<std::string> known;  ///< the values that it may have
};

enum class Holding { never, may, unknown };

/// Reads conditions of one process and tells which can hold together. Terms of the same text are
/// the same value as long as they speak of the form, of ended steps, or of names bound by `each`
/// around the same step; what changes by itself (`now`, `case`, `materials`) is the same only
/// within one step.
class Conditions {
  public:
    explicit Conditions(const Draft& draft) : draft_(draft) {}

    /// Returns the formula of a condition that stands at `step` (or none, for the ends). What
    /// cannot be parsed may be either way.
    Formula read(const Node& scalar, StepIndex step);

    /// Returns what `read` found that can never be equal, and forgets it.
    std::vector<StrayConstant> take_strays();

    /// Returns the opposite.
    static Formula negated(const Formula& formula);

    /// Whether all can hold at once; `unknown` when that would take too long to find out.
    Holding hold(const std::vector<const Formula*>& formulas);

    /// Returns the case that the last hold() found: "`form.kind` is `c` and `form.area` is over
    /// 100". Empty when no term matters.
    Text witness() const { return witness_; }

  private:
    friend class FormulaReader;
    struct Values {
        std::optional<bool> truth;
        Interval interval;
        bool bounded = false;
        std::optional<std::set<std::string>> allowed;
        std::set<std::string> excluded;
    };
    using State = std::map<std::size_t, Values>;

    std::size_t term_of(const std::string& key, const std::string& text);
    bool refine(State& state, const Formula& atom) const;
    bool is_possible(const State& state, const Formula& part) const;
    bool settle(std::vector<const Formula*>& open, State& state,
                std::vector<const Formula*>& choices);
    std::optional<bool> search(std::vector<const Formula*> open,
                               std::vector<const Formula*> choices, State state);
    Text describe(const State& state) const;

    const Draft& draft_;
    std::vector<Term> terms_;
    std::map<std::string, std::size_t> by_key_;
    std::vector<StrayConstant> strays_;
    Text witness_;
    std::size_t budget_ = 0;  ///< steps that the running search has left
};

}  // namespace countersign::definitions
