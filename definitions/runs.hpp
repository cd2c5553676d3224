#pragma once
// `run`: what a process looks like to another one that runs it. Its form is the input, its ends are
// the outcomes, what they give is the result.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Returns the ids of the processes that a document's steps run, in their order, stages included.
std::vector<std::string> processes_run_by(const Node& root);

/// Returns what a compiled process looks like to those that run it. Reports ends that give values
/// of different types under one name (CS2099).
ProcessSignature signature_of(const Draft& draft);

/// Returns a field that holds values of the type, or nothing for what no field holds.
std::optional<model::Field> field_for(const expr::Type& type);

/// Fills in the verb, outcomes and result type of a step with `run`.
void read_run(Draft& draft, StepIndex step);

}  // namespace countersign::definitions
