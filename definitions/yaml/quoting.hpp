#pragma once
// Where YAML cuts an expression short, or takes it for something else, the expression is found
// again in the source: to show it, and to print the quoted form.

#include "definitions/yaml/parse.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::yaml {

/// Returns where the expression that begins at `begin` ends, strings and brackets followed as CEL
/// has them: at the line's end or before a comment; within a flow collection also before a comma or
/// the bracket that closes it. Nothing when a string or a bracket is left open.
std::optional<std::size_t> expression_end(std::string_view source, std::size_t begin, bool in_flow);

/// Returns whether brackets are left open or too many are closed in `text`.
bool has_open_bracket(std::string_view text);

/// Returns whether a string is left open in `text`.
bool has_open_string(std::string_view text);

/// Returns whether a value reads like an expression: by its key (`when`, `if` …), by `=` or `${`,
/// or by operators.
bool looks_like_expression(std::string_view key, std::string_view text);

/// Returns the key whose value begins at `begin`, when it stands on the same line, else empty.
std::string key_before(std::string_view source, std::size_t begin);

/// Returns the finding that [begin, end) must be quoted, with the quoted form, and why: by what it
/// begins with or holds. `code` is CS1013, or CS1014 when a comment cut it.
Finding must_be_quoted(std::string_view source, std::size_t begin, std::size_t end, bool in_flow);

}  // namespace countersign::yaml
