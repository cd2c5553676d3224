#pragma once
// Text to tree.

#include "definitions/cel/ast.hpp"
#include "definitions/cel/problem.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace countersign::cel {

/// Parses a whole text; nothing, with the reason in `problems`, when it is no expression. Bounded
/// by limits::expression_bytes_max and expression_depth_max.
std::optional<Tree> parse(std::string_view text, std::vector<Problem>& problems);

}  // namespace countersign::cel
