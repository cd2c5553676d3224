// Expressions in YAML's way (language.md, "Expressions").

#include "definitions/yaml/quoting.hpp"
#include "definitions/yaml/scalar_text.hpp"
#include "engine/base/text.hpp"

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

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Returns the text without the quotes around it if they were meant for YAML, as in
/// `"form.n == "x""`: what is within reads as an expression only then, since in `'x' == 'y'` a
/// string would follow a word.
std::string_view unwrapped(std::string_view text) {
    const char quote = text.front();
    if (text.size() < 3 || (quote != '\'' && quote != '"') || text.back() != quote) return text;
    const std::string_view inner = text.substr(1, text.size() - 2);
    if (!is_word(inner.front()) && inner.front() != '!' && inner.front() != '(') return text;
    for (std::size_t at = 0; at < inner.size(); ++at) {
        if (inner[at] != '\'' && inner[at] != '"') continue;
        const auto end = string_end(inner, at);
        if (!end || (at > 0 && is_word(inner[trimmed_end(inner, 0, at) - 1]))) return text;
        at = *end - 1;
    }
    return inner;
}

/// Says what in the text gets in YAML's way, as the begin of a sentence's second half.
Text reason_of(std::string_view text, bool in_flow) {
    const char first = text.front();
    if (first == '\'' || first == '"')
        return {"it begins with a quote, so YAML takes the quoted part for all of it",
                "它以引号开头，YAML会把引号内的部分当作全部"};
    if (first == '!')
        return {"it begins with `!`, which YAML takes for a tag",
                "它以`!`开头，YAML会把它当作标签"};
    if (first == '[' || first == '{')
        return format_both("it begins with `{}`, which YAML takes for a collection",
                           "它以`{}`开头，YAML会把它当作列表或键值对", first);
    if (std::string_view("@`%&*|>").find(first) != std::string_view::npos)
        return format_both("it begins with `{}`, which means something else to YAML",
                           "它以`{}`开头，在YAML中另有含义", first);
    if (text.find(": ") != std::string_view::npos)
        return {"it holds `: `, which YAML takes for the end of a key",
                "它含有`: `，YAML会把它当作键的结尾"};
    if (in_flow) {
        const std::size_t at = text.find_first_of("[]{},");
        if (at != std::string_view::npos)
            return format_both("it holds `{}`, which within {{ }} or [ ] belongs to YAML",
                               "它含有`{}`，在{{ }}或[ ]内属于YAML的符号", text[at]);
    }
    if (text.find(" #") != std::string_view::npos)
        return {"it holds ` #`, which YAML takes for the begin of a comment",
                "它含有` #`，YAML会把它当作注释的开头"};
    return {"YAML would read it otherwise", "否则YAML会读成别的意思"};
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
    const Text reason = reason_of(text, in_flow);
    const bool is_comment = reason.en.find("comment") != std::string::npos;
    const Text noun = looks_like_expression(key, text) || text.front() == '!'
                          ? Text{"expression", "表达式"}
                          : Text{"value", "值"};
    // Nobody copies a longer one from a terminal.
    constexpr std::size_t shown_bytes_max = 400;
    return {is_comment ? "CS1014" : "CS1013", begin, end,
            format_both("this {} must be quoted: {}", "这个{}必须加引号：{}", noun, reason),
            text.size() > shown_bytes_max
                ? Text{"put all of it in quotes", "请把它全部放在引号内"}
                : format_both("write `{}{}`", "请写成`{}{}`", key.empty() ? "" : key + ": ",
                              quoted(unwrapped(text)))};
}

}  // namespace countersign::yaml
