// UTF-8 checks and display widths. Sources: RFC 3629; Unicode UAX #11 (wide and full-width ranges).
#include "engine/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace countersign {

namespace {

/// Decodes one character at the front and removes it; a negative number when it is malformed.
std::int32_t take_character(std::string_view& text) {
    const auto first = static_cast<std::uint8_t>(text.front());
    if (first < 0x80) {
        text.remove_prefix(1);
        return first;
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        text.remove_prefix(1);
        return -1;
    }
    auto code = static_cast<std::int32_t>(first & (0x7f >> length));
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<std::uint8_t>(text[i]);
        if ((next & 0xc0) != 0x80) {
            text.remove_prefix(1);
            return -1;
        }
        code = code << 6 | (next & 0x3f);
    }
    text.remove_prefix(length);
    constexpr std::array<std::int32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < smallest[length] || code > 0x10ffff || surrogate ? -1 : code;
}

struct Range {
    std::int32_t first;
    std::int32_t last;
};

constexpr std::array<Range, 14> wide = {{{0x1100, 0x115f}, {0x231a, 0x231b}, {0x2e80, 0x303e},
    {0x3041, 0x33ff}, {0x3400, 0x4dbf}, {0x4e00, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3},
    {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1faff},
    {0x20000, 0x3fffd}}};
constexpr std::array<Range, 5> zero_width = {{{0x0300, 0x036f}, {0x200b, 0x200f}, {0x20d0, 0x20ff},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}}};

template <std::size_t n>
bool within(std::int32_t code, const std::array<Range, n>& ranges) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [code](const Range& r) { return code >= r.first && code <= r.last; });
}

}  // namespace

const std::string& Text::in(std::string_view language) const {
    if (language == "zh") return zh.empty() ? en : zh;
    return en.empty() ? zh : en;
}

bool is_utf8(std::string_view bytes) {
    while (!bytes.empty())
        if (take_character(bytes) < 0) return false;
    return true;
}

int display_width(std::string_view text) {
    int columns = 0;
    while (!text.empty()) {
        const std::int32_t code = take_character(text);
        if (code < 0) ++columns;
        else if (code < 0x300) columns += code >= 0x20 && code != 0x7f ? 1 : 0;
        else if (within(code, zero_width)) continue;
        else columns += within(code, wide) ? 2 : 1;
    }
    return columns;
}

}  // namespace countersign
