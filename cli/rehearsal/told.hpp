#pragma once
// A world's case on the terminal, in the look of `history` and `show`.

#include "adapters/rehearsal/pages.hpp"
#include "cli/session.hpp"

#include <string>

namespace countersign::cli {

/// Returns the timeline of a case, each line ended by a line break and begun by `indent`, from
/// behind record `after` on.
outcome<std::string> timeline_of(const Globals& globals, rehearsal::World& world, const CaseId& id,
                                 std::string_view indent = "", std::uint64_t after = 0);

/// Prints a case as `show` does.
outcome<void> print_case_of(const Globals& globals, rehearsal::World& world, const CaseId& id);

}  // namespace countersign::cli
