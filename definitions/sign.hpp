#pragma once
// `sign` of an `ask` (会签): several people sign, and k of n must agree.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reads who is asked into the verb, one role or a list of them, and `sign`, `order` of the step.
/// Its outcomes must be read: exactly one is of kind ok (CS2024).
void read_signers(Draft& draft, StepIndex step, model::AskVerb& ask);

/// The type of the result of a step that several sign: {signatures: [{by, role, outcome, note, …}]}
/// with the fields of its form.
expr::Type signatures_type(const model::Field& form);

}  // namespace countersign::definitions
