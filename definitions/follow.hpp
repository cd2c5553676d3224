#pragma once
// `may_follow` of materials: papers without which a case begins, and one of its steps does not.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reads `may_follow` of every material; all steps and the names that they bind must be known.
void read_follows(Draft& draft);

}  // namespace countersign::definitions
