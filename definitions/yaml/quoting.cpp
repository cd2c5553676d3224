// Expressions in YAML's way (language.md, "Expressions").

#include "definitions/yaml/quoting.hpp"
#include "definitions/yaml/scalar_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace countersign::yaml {

namespace {


/// Returns the offset behind the string that begins at `at`, or nothing when its line ends first.
std::optional<std::size_t> string_end(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (++at; at < text.size() && !is_break(text[at]); ++at) {
        if (text[at] == quote) return at + 1;
        if (text[at] == '\\' && at + 1 < text.size() && !is_break(text[at + 1])) ++at;
    }
    return std::nullopt;
}

char opening_of(char closing) { return closing == ')' ? '(' : closing == ']' ? '[' : '{'; }

std::size_t trimmed_end(std::string_view text, std::size_t begin, std::size_t end) {
    while (end > begin && is_blank(text[end - 1])) --end;
    return end;
}

/// Says what in the text gets in YAML's way, as the begin of a sentence's second half.
std::string reason_of(std::string_view text, bool in_flow) {
    if (text.front() == '\'' || text.front() == '"')
        return "it begins with a quote, so YAML takes the quoted part for all of it";
    if (text.front() == '!') return "it begins with `!`, which YAML takes for a tag";
    if (text.front() == '[' || text.front() == '{')
        return fmt::format("it begins with `{}`, which YAML takes for a collection", text.front());
    if (std::string_view("@`%&*|>").find(text.front()) != std::string_view::npos)
        return fmt::format("it begins with `{}`, which means something else to YAML", text.front());
    if (text.find(": ") != std::string_view::npos)
        return "it holds `: `, which YAML takes for the end of a key";
    if (in_flow) {
        const std::size_t at = text.find_first_of("[]{},");
        if (at != std::string_view::npos)
            return fmt::format("it holds `{}`, which within {{ }} or [ ] belongs to YAML",
                               text[at]);
    }
    if (text.find(" #") != std::string_view::npos)
        return "it holds ` #`, which YAML takes for the begin of a comment";
    return "YAML would read it otherwise";
}

}  // namespace

std::optional<std::size_t> expression_end(std::string_view source, std::size_t begin,
                                          bool in_flow) {
    std::string open;
    std::size_t at = begin;
    while (at < source.size() && !is_break(source[at])) {
        const char c = source[at];
        if (c == '\'' || c == '"') {
            const auto end = string_end(source, at);
            if (!end) return std::nullopt;
            at = *end;
            continue;
        }
        if (open.empty() && c == '#' && at > begin && is_blank(source[at - 1])) break;
        if (open.empty() && in_flow && (c == ',' || c == ']' || c == '}')) break;
        if (c == '(' || c == '[' || c == '{') open += c;
        if (c == ')' || c == ']' || c == '}') {
            if (open.empty() || open.back() != opening_of(c)) return std::nullopt;
            open.pop_back();
        }
        ++at;
    }
    if (!open.empty()) return std::nullopt;
    return trimmed_end(source, begin, at);
}

bool has_open_bracket(std::string_view text) {
    int depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\'' || c == '"') {
            const auto end = string_end(text, at);
            if (!end) continue;
            at = *end - 1;
        } else if (c == '(' || c == '[' || c == '{') {
            ++depth;
        } else if (c == ')' || c == ']' || c == '}') {
            if (--depth < 0) return true;
        }
    }
    return depth != 0;
}

bool has_open_string(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\'' && text[at] != '"') continue;
        const auto end = string_end(text, at);
        if (!end) return true;
        at = *end - 1;
    }
    return false;
}

bool looks_like_expression(std::string_view key, std::string_view text) {
    constexpr std::array<std::string_view, 8> keys{"when",  "if",    "required", "each",
                                                   "until", "while", "key",      "item"};
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return true;
    if (!text.empty() && text.front() == '=') return true;
    constexpr std::array<std::string_view, 7> marks{"${", "==", "!=", "&&", "||", "<=", ">="};
    const bool has_mark = std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
        return text.find(mark) != std::string_view::npos;
    });
    return has_mark || text.substr(0, 5) == "form." || text.substr(0, 6) == "steps.";
}

std::string key_before(std::string_view source, std::size_t begin) {
    std::size_t at = begin;
    while (at > 0 && is_blank(source[at - 1])) --at;
    if (at == 0 || source[at - 1] != ':') return {};
    const std::size_t end = --at;
    while (at > 0 && std::string_view(" \t\r\n{[,").find(source[at - 1]) == std::string_view::npos)
        --at;
    return std::string(source.substr(at, end - at));
}

Finding must_be_quoted(std::string_view source, std::size_t begin, std::size_t end, bool in_flow) {
    const std::string_view text = source.substr(begin, end - begin);
    if (text.empty()) return {};
    const std::string key = key_before(source, begin);
    const std::string reason = reason_of(text, in_flow);
    const bool is_comment = reason.find("comment") != std::string::npos;
    const char* noun =
        looks_like_expression(key, text) || text.front() == '!' ? "expression" : "value";
    // Nobody copies a longer one from a terminal.
    constexpr std::size_t shown_bytes_max = 400;
    return {is_comment ? "CS1014" : "CS1013", begin, end,
            fmt::format("this {} must be quoted: {}", noun, reason),
            text.size() > shown_bytes_max
                ? "put all of it in quotes"
                : fmt::format("write `{}{}`", key.empty() ? "" : key + ": ", quoted(text))};
}

}  // namespace countersign::yaml
