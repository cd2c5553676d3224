#pragma once
// `from` of a material: a paper that is fetched by data sharing instead of being asked for. Each
// becomes a step of its own that needs nothing, "materials.ID", which calls the operation.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Adds the steps that fetch materials to the process's own scope.
void add_fetches(Draft& draft);

/// Finds out which fields of the operation's result are the paper: a file, and a number.
void read_fetched(Draft& draft, StepIndex step);

/// Returns where an input of a fetching call comes from when no `with` says so: the form's field of
/// the same shared element, else the only one of that name; its path, or an empty text.
std::string source_of_input(const Draft& draft, const model::Field& input);

/// Whether the step fetches a material.
bool is_fetch(const Draft& draft, StepIndex step);

}  // namespace countersign::definitions
