#pragma once
// The longest way through the steps of a process, in working days: the critical path over `needs`,
// with the stages' inner ways in it.

#include "definitions/draft.hpp"

#include <cstdint>
#include <set>
#include <vector>

namespace countersign::definitions {

/// Millionths of a working day: lengths in other units are cut to them.
using Length = std::int64_t;

/// How other units become working days: by the weekly pattern of the process's calendar.
struct Rate {
    std::int64_t days_a_week = 5;
    std::int64_t day_ms = 8 * 3'600'000;  ///< working time of a usual day
    Length length(const calendar::Limit& limit) const;
};

/// Returns the rate of the process's calendar; without one five days of eight hours.
Rate rate_of(const Draft& draft);

/// From which event, for whose clock and with which rounds the ways are measured.
struct View {
    StepIndex owner = none;       ///< whose clock: none for the case's
    StepIndex origin = none;      ///< starts when the clock does, or none: with the case
    bool origin_past = false;     ///< the clock starts when the origin has ended
    std::set<StepIndex> past;     ///< settled when the clock starts
    std::set<StepIndex> skipped;  ///< taken as skipped, for their conditions exclude others'
    bool rounds = false;          ///< with all that `repeat` allows
    StepIndex asked = none;       ///< this step asks for missing papers as often as it may
    bool all_ask = false;         ///< every step does that may: no way is longer
};

/// One step on a way.
struct WayPart {
    StepIndex step = none;  ///< none: the time for missing papers
    std::optional<calendar::Limit> limit;
    std::int64_t times = 1;
    Length length = 0;
    bool count_unknown = false;  ///< one after the other, nobody knows how many: counted once
    StepIndex back_to = none;    ///< the way from there to `step` once more
};

struct Way {
    Length length = 0;
    std::vector<WayPart> parts;
};

/// The ways of one view. Each scope is measured from its own start.
class Ways {
  public:
    Ways(const Draft& draft, const Rate& rate, const View& view);

    /// Returns the longest way until all steps of a top level have settled.
    Way through(ScopeIndex scope) const;
    /// Returns the longest way until the step starts or has ended.
    Way until(StepIndex step, bool ended) const;

  private:
    struct Measured {
        Length start = 0;
        Length end = 0;
        StepIndex before = none;     ///< the need that it waited for
        bool dead = false;           ///< skipped, or too many of its needs are
        bool known = false;          ///< measured in this pass
        std::vector<WayPart> parts;  ///< its own; of a stage those within
    };

    /// When a step is cancelled at the latest, and what that waited for.
    struct Cut {
        Length at = 0;
        StepIndex before = none;
    };

    void measure(ScopeIndex scope);
    bool note_cuts();
    std::vector<StepIndex>::iterator next_ready(std::vector<StepIndex>& open);
    void measure_start(StepIndex step);
    std::vector<WayPart> parts_of(StepIndex step);
    std::vector<WayPart> leaf_parts(StepIndex step) const;
    bool counts_with_visits(StepIndex step) const;
    std::vector<WayPart> stage_parts(StepIndex step);
    void add_way_back(StepIndex step, const model::Move& move, std::vector<WayPart>& parts) const;
    void add_rounds(StepIndex step, std::vector<WayPart>& parts) const;
    bool pauses(StepIndex step) const;
    bool holds_origin(StepIndex step) const;
    StepIndex last_of(ScopeIndex scope) const;
    void collect(StepIndex step, bool ended, std::vector<WayPart>& parts) const;

    const Draft& draft_;
    const Rate& rate_;
    const View& view_;
    std::vector<Measured> steps_;
    std::vector<std::optional<Cut>> cuts_;
};

/// Whether the step may ask for missing papers.
bool may_ask(const model::Step& step);

/// Whether the step ends when it is due: by `on.timeout` or by what its silence means.
bool ends_when_due(const model::Step& step);

/// Returns the clock that is the step's own limit, or null.
const model::Clock* limit_of(const model::Step& step);

/// Returns how many instances an `each` has at most, where the text tells: of a list that is
/// written out its items, of a choice of departments all of them.
std::optional<std::int64_t> most_items(const Draft& draft, StepIndex step);

}  // namespace countersign::definitions
