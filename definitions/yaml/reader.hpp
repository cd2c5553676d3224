#pragma once
// Reads a YAML text into a tree. Only a part of YAML 1.2 is taken (README.md): no anchors, aliases,
// merge keys, tags or further documents, no duplicate keys, keys are texts.

#include "definitions/yaml/tree.hpp"

#include <optional>
#include <string>

namespace countersign::yaml {

/// Reads `text`, adding it to the sources of `diagnostics` under `name` (a path as the user gave
/// it). Returns the root, or nothing when there was an error: all that could be found are then in
/// `diagnostics`. Never throws; bounded by limits::yaml_*. Not for two threads with one
/// Diagnostics.
std::optional<Node> read(std::string name, std::string text, Diagnostics& diagnostics);

/// Reads the file at `path`. A file that cannot be opened or is too large is a diagnostic as well
/// (CS1022, CS1016).
std::optional<Node> read_file(const std::string& path, Diagnostics& diagnostics);

}  // namespace countersign::yaml
