#pragma once
// The codes of diagnostics and their pages, embedded from definitions/codes/*.md when building.

#include <string_view>
#include <vector>

namespace countersign::diagnostics {

/// One code. `page` is the whole Markdown text, `title` what its first line says after the code.
struct CodePage {
    std::string_view code;   ///< "CS1001"
    std::string_view title;  ///< "The text is not valid YAML"
    std::string_view page;
};

/// Returns all codes, in order.
const std::vector<CodePage>& code_pages();

/// Returns the page of a code ("CS1001", in either case), or null.
const CodePage* find_code(std::string_view code);

}  // namespace countersign::diagnostics
