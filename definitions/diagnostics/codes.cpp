// The table of codes, made once from the embedded pages.

#include "definitions/diagnostics/codes.hpp"

#include "definitions/diagnostics/page_texts.hpp"

#include <string>

namespace countersign::diagnostics {

namespace {

/// The title is what the first line says behind "# CS1001 ".
CodePage make_page(const PageText& text) {
    const std::string_view page = text.page;
    const std::string_view code = text.code;
    std::string_view title = page.substr(0, page.find('\n'));
    const std::string prefix = "# " + std::string(code) + " ";
    if (title.substr(0, prefix.size()) == prefix) title.remove_prefix(prefix.size());
    return {code, title, page};
}

std::vector<CodePage> make_pages() {
    std::vector<CodePage> pages;
    for (const PageText* text = page_texts; text->code != nullptr; ++text)
        pages.push_back(make_page(*text));
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
