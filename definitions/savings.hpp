#pragma once
// What a bundle saves against doing its items one by one.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Returns how long a checked process takes in working days: what it promises, else what the law
/// allows, else its longest way. Nothing when no step on that way has a limit.
std::optional<calendar::Limit> time_of(const Draft& draft);

/// Returns how often the applicant has to come: once to hand in, once for what is granted, and for
/// each task and each joint appointment.
std::size_t trips_of(const model::Process& process);

/// Returns what a checked bundle saves; nothing for other processes.
std::optional<Savings> savings_of(const Draft& draft);

}  // namespace countersign::definitions
