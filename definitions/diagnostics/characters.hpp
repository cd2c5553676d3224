#pragma once
// Walking over UTF-8 text that may be broken: each stray byte counts as a character of its own.

#include <cstddef>
#include <string_view>

namespace countersign::diagnostics {

/// Returns the bytes (1 … 4) of the character at `offset`, which must lie within `text`; 1 for a
/// byte that begins no character, or one whose rest is missing.
inline std::size_t character_bytes(std::string_view text, std::size_t offset) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char first = byte(offset);
    const std::size_t wanted = first < 0xc2   ? 1U
                               : first < 0xe0 ? 2U
                               : first < 0xf0 ? 3U
                               : first < 0xf5 ? 4U
                                              : 1U;
    if (offset + wanted > text.size()) return 1;
    for (std::size_t i = 1; i < wanted; ++i)
        if ((byte(offset + i) & 0xc0U) != 0x80U) return 1;
    return wanted;
}

/// Returns the number of characters of `text`.
inline std::size_t count_characters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += character_bytes(text, at)) ++count;
    return count;
}

}  // namespace countersign::diagnostics
