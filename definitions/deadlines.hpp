#pragma once
// Deadlines that cannot hold: the longest way through the steps against the clocks of the case, of
// stages and of steps (language.md §4).

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reports every clock that is exceeded although each step keeps its own limit: in the first round
/// (CS2110), or only when steps are asked again (CS2111); and clocks that run on after one around
/// them has run out (CS2112). The process must be without errors.
void check_deadlines(Draft& draft);

}  // namespace countersign::definitions
