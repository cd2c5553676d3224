#pragma once
// Diagnostics as text for people, as JSON, and as SARIF 2.1.0 for editors and code hosts.

#include "definitions/diagnostics/diagnostic.hpp"

#include <string>
#include <string_view>

namespace countersign::diagnostics {

/// Returns the diagnostics for a person who reads `language` ("en" or "zh"): "file:line:column:
/// error CS1001: message", the source line, a line of carets placed by display width, "  = help:
/// suggestion", the notes in the same form, and at the end "2 errors, 1 warning". At most
/// limits::diagnostics_max, the errors first to be kept; then a line says how many more there are.
/// Empty when there are none.
std::string render_human(const Diagnostics& diagnostics, std::string_view language);

/// Returns one diagnostic as render_human shows it.
std::string render_human(const Diagnostic& diagnostic, const Sources& sources,
                         std::string_view language);

/// Returns {"diagnostics": [{"severity", "code", "file", "line", "column", "endLine", "endColumn",
/// "message": {"en", "zh"}, "suggestion": {"en", "zh"} or null, "notes": [{place, "message"}]}],
/// "shown": n, "errors": n, "warnings": n} with a final line break. Both languages are in it, since
/// whoever shows it to a person knows that person's. Bounded like render_human; "shown" says how
/// many are in the list.
std::string render_json(const Diagnostics& diagnostics);

/// Returns a SARIF 2.1.0 log (OASIS) with one run in `language`, its rules with the titles of
/// codes.hpp, columns in Unicode code points. Not bounded.
std::string render_sarif(const Diagnostics& diagnostics, std::string_view language);

}  // namespace countersign::diagnostics
