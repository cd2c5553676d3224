#pragma once
// `meet`: a joint appointment. It is a stage of three steps, which the text says in short: each
// department is asked which of the slots it can keep (`offers`), the earliest that suits all is
// fixed (`slot`), each comes and tells its finding (`visits`).

#include "definitions/draft.hpp"

namespace countersign::definitions {

inline constexpr std::string_view meeting_offers = "offers";
inline constexpr std::string_view meeting_slot = "slot";
inline constexpr std::string_view meeting_visits = "visits";

/// Returns the name of the operation by which a department is asked for the slots of a meeting.
std::string slots_operation(std::string_view operation);

/// Adds to a `kind: meeting` operation what a meeting gives it, and returns the operation that asks
/// for slots beside it.
model::Operation make_meeting(model::Operation& operation);

/// Returns the mapping that the step's text stands for: a stage. Null after reporting what is
/// wrong.
const Node* expand_meeting(Draft& draft, StepIndex step, const Node& node);

/// Fills in the verb of `slot` inside a meeting.
void read_appointment(Draft& draft, StepIndex step);

/// Compiles what it waits for until all types are known.
void read_slots(Draft& draft, StepIndex step);

/// Gives the stage of a meeting its result, once its steps are read.
void read_meeting(Draft& draft, StepIndex stage);

/// Returns the titles of the three steps.
Text title_in_meeting(std::string_view id);

}  // namespace countersign::definitions
