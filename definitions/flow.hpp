#pragma once
// What is certain about the order of steps, from `needs`, `when` and `silence` alone.

#include "engine/model/process.hpp"

#include <string_view>
#include <vector>

namespace countersign::definitions {

struct Draft;

/// A set of steps: one bit each, so that a chain of thousands stays small.
using StepSet = std::vector<bool>;

/// Facts about each step, by index. "Sibling" facts: outer levels are those of the stage.
struct Flow {
    /// Once its scope has run out by itself, it has ended (not skipped, not cancelled).
    std::vector<bool> always_ends;
    /// The same, but for a step that needs it and may cancel it as the rest of its needs.
    std::vector<bool> unless_cancelled;
    /// Siblings that have ended whenever this step starts.
    std::vector<StepSet> ended_before;
    /// Siblings that have ended ok whenever this step starts.
    std::vector<StepSet> granted_before;
    /// Siblings that are settled whenever this step starts.
    std::vector<StepSet> settled_before;
};

/// Resolves `needs` of all steps, fills in Step::needs, Step::dependents and Draft::order, and
/// reports names that do not exist or are no siblings, cycles, and counts that cannot be reached.
void read_needs(Draft& draft);

/// Computes the facts; needs must be read.
void compute_flow(Draft& draft);

/// Returns a step and all siblings that need it, directly or through others.
std::vector<model::StepIndex> redone_by(const Draft& draft, model::StepIndex step);

/// Whether a step needs an earlier sibling, directly or through others.
bool comes_after(const Draft& draft, model::StepIndex step, model::StepIndex earlier);

/// Computes StepDraft::result_sure from what `on`, `silence` and the outcomes say. The outcomes
/// must be known.
void compute_result_sure(Draft& draft, model::StepIndex step);

/// Whether an outcome of kind ok surely comes with a result: none is deemed.
bool ok_has_result(const Draft& draft, model::StepIndex step);

/// Whether the move of this outcome leaves the step's scope, so that nothing in it sees the
/// outcome.
bool outcome_leaves(const Draft& draft, model::StepIndex step, std::string_view outcome);

/// Whether every way in which the step can end leaves its scope, so that nothing comes after it.
bool always_leaves(const Draft& draft, model::StepIndex step);

}  // namespace countersign::definitions
