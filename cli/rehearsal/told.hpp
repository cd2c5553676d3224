#pragma once
// A world's case on the terminal, in the look of `history` and `show`.

#include "adapters/rehearsal/pages.hpp"
#include "cli/session.hpp"

#include <string>

namespace countersign::cli {

/// How a timeline is shown.
struct TimelineOptions {
    std::string_view indent;  ///< begins each line
    std::uint64_t after = 0;  ///< the record behind which it begins
    bool brief = false;       ///< as `history --brief`
};

/// Returns the timeline of a case, each line ended by a line break.
outcome<std::string> timeline_of(const Globals& globals, rehearsal::World& world, const CaseId& id,
                                 const TimelineOptions& how);

/// Returns why something was refused, with each problem on a line of its own.
Text told(const core::Rejection& rejection);

/// Prints a case as `show` does.
outcome<void> print_case_of(const Globals& globals, rehearsal::World& world, const CaseId& id);

/// Prints {"case", "history"} as the API tells them.
outcome<void> print_json_of(rehearsal::World& world, const CaseId& id);

}  // namespace countersign::cli
