#pragma once
// The codes of diagnostics and their pages, embedded from definitions/codes/*.md (English) and
// definitions/codes/zh/*.md (Chinese) when building.

#include <string_view>
#include <vector>

namespace countersign::diagnostics {

/// A page in one language. `text` is the whole Markdown text, `title` what its first line says
/// after the code: "The text is not valid YAML".
struct Page {
    std::string_view title;
    std::string_view text;
};

/// One code and what it means. Both pages are there.
struct CodePage {
    std::string_view code;  ///< "CS1001"
    Page english;
    Page chinese;
    /// Returns the page in `language`: "zh", else English.
    const Page& in(std::string_view language) const { return language == "zh" ? chinese : english; }
};

/// Returns all codes, in order.
const std::vector<CodePage>& code_pages();

/// Returns the page of a code ("CS1001", in either case), or null.
const CodePage* find_code(std::string_view code);

}  // namespace countersign::diagnostics
