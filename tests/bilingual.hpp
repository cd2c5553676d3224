#pragma once
// What every text that a person may read must be: whole in both languages. The helpers of the tests
// ask it of each message that passes through them, so that none is ever left in English only.

#include "engine/base/text.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace countersign::tests {

/// Whether the text has a Chinese character (the unified ideographs, U+4E00 … U+9FFF).
inline bool has_chinese(std::string_view text) {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
        if (byte(i) >= 0xe4 && byte(i) <= 0xe9 && (byte(i + 1) & 0xc0) == 0x80 &&
            (byte(i + 2) & 0xc0) == 0x80)
            return true;
    }
    return false;
}

/// Checks that both languages are there and that the Chinese one is Chinese.
inline void check_bilingual(const Text& text) {
    CAPTURE(text.en);
    CAPTURE(text.zh);
    CHECK(!text.en.empty());
    CHECK(has_chinese(text.zh));
    CHECK(text.en != text.zh);
}

/// The same of all that the diagnostics of a run say (diagnostics::Diagnostics; a template, so that
/// tests of lower rooms need not see it).
template <class Diagnostics>
void check_all_bilingual(const Diagnostics& found) {
    for (const auto& diagnostic : found.all()) {
        CAPTURE(diagnostic.code);
        check_bilingual(diagnostic.message);
        if (!diagnostic.suggestion.empty()) check_bilingual(diagnostic.suggestion);
        for (const auto& note : diagnostic.notes) check_bilingual(note.text);
    }
}

}  // namespace countersign::tests
