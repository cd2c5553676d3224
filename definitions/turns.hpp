#pragma once
// `exclusive` of steps: those of one name are never open at the same time.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reads `exclusive` of a step; its verb must be read.
void read_exclusive(Draft& draft, StepIndex step);

/// Checks, once all steps are read, that none waits for a turn which it can never get, and warns of
/// names that keep nothing apart.
void check_turns(Draft& draft);

}  // namespace countersign::definitions
