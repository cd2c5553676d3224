#pragma once
// Clocks: `limit`, `limits` and `clocks` of the case, a stage or a step.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reads `limits` and `clocks` of the process into the clocks of its scope.
void read_case_clocks(Draft& draft);

/// Reads the clocks of a step: `limit` is its own deadline (an operation's limit stands in for it),
/// the others of a stage belong to its scope.
void read_step_clocks(Draft& draft, model::StepIndex step);

/// Reads `deems_accepted` of `supplement`: a clock of the step that takes the application in. The
/// moves of the steps must be read.
void read_deems_accepted(Draft& draft);

/// Reads `pauses` of a step: whose clocks stand still while it is open.
void read_pauses(Draft& draft, model::StepIndex step);

}  // namespace countersign::definitions
