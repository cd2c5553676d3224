#pragma once
// What the build generates from definitions/codes (embed_pages.cmake).

namespace countersign::diagnostics {

/// A code and its page in both languages; the last has null for all.
struct PageText {
    const char* code;
    const char* english;
    const char* chinese;
};

/// Ordered by code.
extern const PageText page_texts[];

}  // namespace countersign::diagnostics
