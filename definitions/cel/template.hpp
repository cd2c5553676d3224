#pragma once
// Texts with embedded expressions: "Grid connection for ${form.site} (${form.load_kw} kW)".

#include "definitions/cel/checker.hpp"

namespace countersign::cel {

/// Whether `text` has a `${` that is not escaped as `$${`.
bool has_expressions(std::string_view text);

/// Compiles `text` to one program that yields the whole string; offsets of problems are bytes of
/// `text`. `$${` stands for `${`. Strings are inserted as they are, int, uint, double and bool as
/// CEL's string() writes them, money as "12.34", timestamps as RFC 3339, durations as "30s"; other
/// types are a problem. A text without expressions gives a constant.
Checked check_template(std::string_view text, const Environment& environment);

}  // namespace countersign::cel
