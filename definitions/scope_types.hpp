#pragma once
// Types of what expressions may name: steps as seen from a place, the case, the materials.

#include "definitions/cel/checker.hpp"
#include "definitions/expressions.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace countersign::definitions {

/// Returns the steps that expressions at `site` may name, innermost level first.
std::vector<SeenStep> seen_steps(const Draft& draft, const Site& site);

/// Returns the steps whose `each` binds a name that `site` sees.
std::vector<StepIndex> bound_steps(const Draft& draft, const Site& site);

/// Returns the type of `steps.X` for a step as seen.
expr::Type type_of_step(const Draft& draft, const SeenStep& seen);

/// A name after `steps.` in an expression's text, outside of string literals.
struct StepMention {
    std::string id;
    std::size_t offset = 0;  ///< bytes, of the id
};

std::vector<StepMention> mentions_of_steps(std::string_view text);

/// Returns what expressions at `site` may use; of the steps only those in `steps`.
cel::Environment environment(const Draft& draft, const Site& site,
                             const std::vector<SeenStep>& steps);

/// Returns what a variable's path refers to; the path comes from a checked expression at `site`.
model::VariableRef reference(const Draft& draft, const Site& site,
                             const std::vector<std::string>& path);

}  // namespace countersign::definitions
