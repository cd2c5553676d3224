#pragma once
// Checks of conditions against each other: decision tables without gaps and without rules that are
// never reached, steps and ends whose condition can never hold.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Checks each decision: rules that can never hold or that those above hide, cases that no rule
/// covers. The condition of a last rule that holds whenever it is reached is dropped, so that a
/// complete table always decides.
void check_tables(Draft& draft);

/// Reports `when` of steps and of ends that can never hold, and constants that a choice or an
/// outcome is compared with and that it never is.
void check_conditions(Draft& draft);

}  // namespace countersign::definitions
