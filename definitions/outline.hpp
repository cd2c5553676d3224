#pragma once
// The first pass over a process: which steps there are, in which scopes, with which verb.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reads the `steps` and `after_end` maps into steps and scopes: ids, verbs, unknown keys. Reports
/// ids that stand twice and what this version does not run.
void read_outline(Draft& draft);

}  // namespace countersign::definitions
