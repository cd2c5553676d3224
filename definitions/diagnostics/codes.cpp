// The table of codes, made once from the embedded pages.

#include "definitions/diagnostics/codes.hpp"

#include "definitions/diagnostics/page_texts.hpp"

#include <string>

namespace countersign::diagnostics {

namespace {

/// The title is what the first line says behind "# CS1001 ".
Page make_page(std::string_view code, std::string_view text) {
    std::string_view title = text.substr(0, text.find('\n'));
    const std::string prefix = "# " + std::string(code) + " ";
    if (title.substr(0, prefix.size()) == prefix) title.remove_prefix(prefix.size());
    return {title, text};
}

std::vector<CodePage> make_pages() {
    std::vector<CodePage> pages;
    for (const PageText* text = page_texts; text->code != nullptr; ++text)
        pages.push_back({text->code, make_page(text->code, text->english),
                         make_page(text->code, text->chinese)});
    return pages;
}

}  // namespace

const std::vector<CodePage>& code_pages() {
    static const std::vector<CodePage> pages = make_pages();
    return pages;
}

const CodePage* find_code(std::string_view code) {
    std::string upper(code);
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    for (const CodePage& page : code_pages())
        if (page.code == upper) return &page;
    return nullptr;
}

}  // namespace countersign::diagnostics
