#pragma once
// `undo` of a call: what takes it back when the case ends refused or withdrawn.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reads `undo` of a step and proves that each input of the undoing operation is there; its verb,
/// `with`, moves and silence must be read.
void read_undo(Draft& draft, StepIndex step);

}  // namespace countersign::definitions
