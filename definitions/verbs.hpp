#pragma once
// What each step does: its `each`, its verb, its outcomes and the type of its result.

#include "definitions/draft.hpp"

namespace countersign::definitions {

/// Fills in the verbs, `each` lists, outcomes and result types of a scope's steps and of all in
/// them, needs first, so that an expression knows what the steps before it yield.
void read_verbs(Draft& draft, model::ScopeIndex scope);

/// Resolves `department.operation`, or `NAME.operation` with a name bound by `each`, as `key` of a
/// step holds it; fills in `call` and returns the operation, or null after reporting.
const model::Operation* read_operation(Draft& draft, model::StepIndex step, const Node& node,
                                       std::string_view key, model::CallVerb& call);

/// Returns the department of that id, or null; reports one that does not exist (CS2004).
const DepartmentDefinition* find_department(Draft& draft, const std::string& id, const Span& place);

/// Returns the index of an operation in the process; `key` tells operations apart.
std::uint32_t add_operation(Draft& draft, const std::string& key,
                            const model::Operation& operation);

/// Fills in `each` of one step; what is wrong leaves the item a text, so that checks go on.
void read_each(Draft& draft, model::StepIndex step);

/// Reads `open` of an `each`, once all types are known.
void read_open(Draft& draft, model::StepIndex step);

/// Reads the results of a decision's rules; their types are the type of its result.
void read_decide(Draft& draft, model::StepIndex step);

/// Compiles the conditions and actions of a decision's rules.
void read_rules(Draft& draft, model::StepIndex step);

/// Compiles what waits until all types are known: `with`, decision rules' conditions and actions.
void read_inputs(Draft& draft, model::StepIndex step);

}  // namespace countersign::definitions
