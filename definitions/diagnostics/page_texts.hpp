#pragma once
// What the build generates from definitions/codes/*.md (embed_pages.cmake).

namespace countersign::diagnostics {

/// A code and its page; the last has null for both.
struct PageText {
    const char* code;
    const char* page;
};

/// Ordered by code.
extern const PageText page_texts[];

}  // namespace countersign::diagnostics
