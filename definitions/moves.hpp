#pragma once
// Moves, actions, silence: what follows when a step has ended, is due or gets no answer.

#include "definitions/expressions.hpp"

#include <vector>

namespace countersign::definitions {

/// Reads `on` of a step and checks that every refusal and supplement is handled.
void read_on(Draft& draft, StepIndex step);

/// Reads `silence` of a step.
void read_silence(Draft& draft, StepIndex step);

/// Reads one action or a list of them; texts see what `site` sees.
std::vector<model::Action> read_actions(Draft& draft, const Node& node, const Site& site);

/// The same where nothing is due: a `limit` of `escalate` is refused.
std::vector<model::Action> read_actions_at_once(Draft& draft, const Node& node, const Site& site);

/// Refuses a deemed outcome without the rule that allows it, or on something safety critical.
void refuse_deemed(Draft& draft, StepIndex step, const Span& place, const Text& basis);

/// Whether anything about the step is safety critical: itself, its operation or a stage around it.
bool is_safety_critical(const Draft& draft, StepIndex step);

}  // namespace countersign::definitions
