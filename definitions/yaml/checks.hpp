#pragma once
// What yaml-cpp takes without a word although the author meant something else.

#include "definitions/yaml/parse.hpp"

#include <string_view>
#include <vector>

namespace countersign::yaml {

/// Returns expressions that YAML cut or split, colons without a space in { }, tabs that indent,
/// merge keys.
std::vector<Finding> check_tree(std::string_view source, const Node& root);

/// Adds CS1009 for every key that a mapping has twice, with a note at the first.
void check_duplicates(const Node& root, Diagnostics& diagnostics);

}  // namespace countersign::yaml
