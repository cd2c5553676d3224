#pragma once
// Patterns of text fields: regular expressions of RE2 over the whole value.

#include <optional>
#include <string>
#include <string_view>

namespace countersign::model {

/// Returns why a pattern cannot be read, in RE2's English words, or nothing when it can.
std::optional<std::string> pattern_problem(std::string_view pattern);

}  // namespace countersign::model
