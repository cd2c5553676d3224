#pragma once
// `documents`: the papers that a process issues (文书), and which step issues which.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reads the process's own `documents` and those of its steps, whose outcomes must be known.
void read_documents(Draft& draft);

}  // namespace countersign::definitions
