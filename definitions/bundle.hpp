#pragma once
// Bundles (一件事): `bundle` names items, steps that run a process each; their forms and papers
// become one form and one set of papers.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Reads `bundle` but for what its items say as steps. The ends must be known.
void read_bundle(Draft& draft);

/// Adds to the form what the items ask for, if the bundle merges their forms: a field with an
/// `element` stands where the first item that asks for it has it, every other one under the item's
/// id.
void merge_form(Draft& draft);

/// Adds the items' materials, if the bundle merges them: one of the same id or `element` is there.
void merge_materials(Draft& draft);

/// Returns the text of an item as the step that it is: what refusals mean is filled in.
const Node& item_as_step(Draft& draft, const Node& item);

/// Returns what people call an item: its title, else that of the process that it runs.
Text title_of_item(const Draft& draft, std::string_view id);

/// Whether the bundle's form fills in this input of the step.
bool is_filled_by_bundle(const Draft& draft, StepIndex step, std::string_view input);

/// Whether a paper of the process that the step runs is among those of this one, by another id.
bool is_handed_by_bundle(const Draft& draft, StepIndex step, std::string_view theirs);

/// Completes the items once their conditions are compiled, and checks that what the bundle says it
/// takes back can be.
void finish_bundle(Draft& draft);

}  // namespace countersign::definitions
