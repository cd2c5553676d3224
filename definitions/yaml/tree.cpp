// Nodes: look-ups, and the core schema of YAML 1.2 (chapter 10.3).

#include "definitions/yaml/tree.hpp"

#include <algorithm>

namespace countersign::yaml {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_of(std::string_view text, bool (*is)(char)) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is);
}

bool is_octal_digit(char c) { return c >= '0' && c <= '7'; }
bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_integer(std::string_view text) {
    if (text.substr(0, 2) == "0o") return all_of(text.substr(2), is_octal_digit);
    if (text.substr(0, 2) == "0x") return all_of(text.substr(2), is_hex_digit);
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return all_of(text, is_digit);
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    const auto take_digits = [&text] {
        std::size_t count = 0;
        while (count < text.size() && is_digit(text[count])) ++count;
        text.remove_prefix(count);
        return count;
    };
    std::size_t digits = take_digits();
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        digits += take_digits();
    }
    if (digits == 0) return false;
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    text.remove_prefix(1);
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return take_digits() > 0 && text.empty();
}

bool is_special_real(std::string_view text) {
    if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return text == ".inf" || text == ".Inf" || text == ".INF";
}

bool is_boolean(std::string_view text) {
    return text == "true" || text == "True" || text == "TRUE" || text == "false" ||
           text == "False" || text == "FALSE";
}

}  // namespace

const Entry* Node::entry(std::string_view key) const {
    for (const Entry& entry : entries)
        if (entry.key.text == key) return &entry;
    return nullptr;
}

const Node* Node::find(std::string_view key) const {
    const Entry* found = entry(key);
    return found == nullptr ? nullptr : &found->value;
}

ScalarType Node::type() const {
    if (kind != NodeKind::scalar || style != Style::plain) return ScalarType::text;
    if (is_boolean(text)) return ScalarType::boolean;
    if (is_integer(text)) return ScalarType::integer;
    if (is_decimal(text) || is_special_real(text)) return ScalarType::real;
    return ScalarType::text;
}

std::string quoted(std::string_view text) {
    const bool single = text.find_first_of("\"\\") != std::string_view::npos &&
                        text.find('\n') == std::string_view::npos;
    std::string out = single ? "'" : "\"";
    for (const char c : text) {
        if (single && c == '\'')
            out += "''";
        else if (!single && c == '\n')
            out += "\\n";
        else if (!single && (c == '"' || c == '\\'))
            out += std::string("\\") + c;
        else
            out += c;
    }
    return out + (single ? "'" : "\"");
}

}  // namespace countersign::yaml
