#pragma once
// The ends of a process, and the checks over the whole of it.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reads the names and kinds of `ends`, so that moves can name them.
void read_ends(Draft& draft);

/// Compiles the conditions and `gives` of the ends.
void compile_ends(Draft& draft);

/// Checks what only the whole shows: which ends can be reached, steps that never start or are
/// skipped unnoticed, stage outcomes that nothing yields.
void check_whole(Draft& draft);

/// Warns of form fields that no expression reads (CS2100).
void check_fields_used(Draft& draft);

/// Warns of materials that are never required and that no expression names.
void check_materials_used(Draft& draft);

}  // namespace countersign::definitions
