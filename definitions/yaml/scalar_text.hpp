#pragma once
// From a scalar's decoded text back to the source: yaml-cpp tells only where a scalar begins.

#include "definitions/yaml/tree.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace countersign::yaml {

/// Whether the character ends a line, or is white space inside one.
inline bool is_break(char c) { return c == '\n' || c == '\r'; }
inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Returns the style of the scalar that begins at `begin`.
Style style_at(std::string_view source, std::size_t begin);

/// Returns for each byte of `text`, the decoded scalar that begins at `begin`, the offset in the
/// source where it comes from; one more entry at the end is the offset behind the scalar, its
/// closing quote included. Never out of the source, also where the texts do not fit.
std::vector<std::size_t> positions_of(std::string_view source, std::size_t begin, Style style,
                                      std::string_view text);

}  // namespace countersign::yaml
