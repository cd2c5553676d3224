#pragma once
// Suggestions for misspelt names.

#include "engine/base/text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::cel {

/// Returns the one of `known` that `name` most likely misspells, or an empty text: at most two
/// letters are wrong, missing, added or swapped with their neighbour, one in names below five.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

/// Returns "did you mean 'x'?", or an empty text for an empty name.
Text did_you_mean(std::string_view near);

}  // namespace countersign::cel
