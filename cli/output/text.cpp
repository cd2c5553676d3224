// Width-aware text for terminals. Widths are those of engine/base/text.hpp (Unicode UAX #11).
#include "cli/output/text.hpp"

#include "engine/base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace countersign::cli {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "…";

/// Returns the number of bytes of the character at the front; 1 for a stray byte.
std::size_t character_bytes(std::string_view text) {
    const auto first = static_cast<std::uint8_t>(text.front());
    const std::size_t length = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return std::min(length, text.size());
}

/// Whether a well-formed character steers the terminal or the direction of writing: C0 and C1
/// controls, U+200E … U+200F, U+202A … U+202E, U+2066 … U+2069, the line and paragraph separators.
bool is_steering(std::string_view character) {
    const auto byte = [character](std::size_t i) {
        return static_cast<std::uint8_t>(character[i]);
    };
    if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7f;
    if (character.size() == 2) return byte(0) == 0xc2 && byte(1) < 0xa0;
    if (character.size() != 3 || byte(0) != 0xe2) return false;
    if (byte(1) == 0x80)
        return byte(2) == 0x8e || byte(2) == 0x8f || (byte(2) >= 0xa8 && byte(2) <= 0xae);
    return byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
}

std::string cleaned(std::string_view text, bool keep_breaks) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::string_view character = text.substr(0, character_bytes(text));
        if (!is_utf8(character)) {
            out += replacement;
            text.remove_prefix(1);
            continue;
        }
        text.remove_prefix(character.size());
        if (character == "\n" && keep_breaks)
            out += '\n';
        else if (character == "\n" || character == "\t" || character == "\r")
            out += ' ';
        else
            out += is_steering(character) ? replacement : character;
    }
    return out;
}

/// Returns how many bytes of `text` fit into `columns`.
std::size_t fitting_bytes(std::string_view text, int columns) {
    std::size_t bytes = 0;
    int used = 0;
    while (bytes < text.size()) {
        const std::string_view rest = text.substr(bytes);
        const std::size_t length = character_bytes(rest);
        used += display_width(rest.substr(0, length));
        if (used > columns) break;
        bytes += length;
    }
    return bytes;
}

}  // namespace

std::string printable(std::string_view text) { return cleaned(text, false); }

std::string printable_lines(std::string_view text) { return cleaned(text, true); }

std::string truncated(std::string_view text, int columns) {
    if (display_width(text) <= columns) return std::string(text);
    return std::string(text.substr(0, fitting_bytes(text, columns - 1))).append(ellipsis);
}

std::string padded(std::string_view text, int columns) {
    const int missing = std::max(0, columns - display_width(text));
    return std::string(text).append(static_cast<std::size_t>(missing), ' ');
}

std::string padded_left(std::string_view text, int columns) {
    const int missing = std::max(0, columns - display_width(text));
    return std::string(static_cast<std::size_t>(missing), ' ').append(text);
}

std::vector<std::string> wrapped(std::string_view text, int columns) {
    std::vector<std::string> lines;
    while (display_width(text) > columns) {
        // At least one character a line, or a terminal of one column would never end.
        const std::size_t most = std::max(fitting_bytes(text, columns), character_bytes(text));
        // The character behind the last that fits may be the blank to break at.
        const std::size_t blank = text.substr(0, most + 1).rfind(' ');
        const bool at_blank = blank != std::string_view::npos && blank != 0;
        lines.emplace_back(text.substr(0, at_blank ? blank : most));
        text.remove_prefix(at_blank ? blank + 1 : most);
    }
    if (lines.empty() || !text.empty()) lines.emplace_back(text);
    return lines;
}

}  // namespace countersign::cli
