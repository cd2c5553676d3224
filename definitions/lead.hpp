#pragma once
// `lead` with `assist` (牵头, 协办): assistants give their opinions, the lead decides. It is a
// stage of two steps, which the text says in short: the assistants are asked at once (`opinions`),
// and the lead gets what they said and decides (`decision`); its outcome is the stage's.

#include "definitions/draft.hpp"

namespace countersign::definitions {

inline constexpr std::string_view lead_opinions = "opinions";
inline constexpr std::string_view lead_decision = "decision";

/// Returns the mapping that the step's text stands for: a stage. Null after reporting what is
/// wrong (CS2028).
const Node* expand_lead(Draft& draft, StepIndex step, const Node& node);

/// Gives the stage its outcomes and its result, once the steps in it are read.
void read_lead(Draft& draft, StepIndex stage);

/// Whether the engine fills in this input of the step: what the assistants said.
bool is_filled_with_opinions(const Draft& draft, StepIndex step, std::string_view input);

/// Whether the step asks an assistant: it is sent what its operation takes of what the text names,
/// and is silent without a word about its time, which read_lead() has looked at.
bool is_assistant(const Draft& draft, StepIndex step);

/// Returns the title of a step that was made of a `lead`; `node` is its text.
Text title_in_lead(const Draft& draft, std::string_view id, const Node& node);

}  // namespace countersign::definitions
