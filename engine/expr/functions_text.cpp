// Making texts: format() and strings.quote() of CEL's strings extension, and the concatenation of
// templates.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/bytes.hpp"
#include "engine/expr/call.hpp"
#include "engine/expr/numbers.hpp"

namespace countersign::expr {

namespace {

/// Templates: the texts of all arguments, one after the other.
Value concatenate(Call& call) {
    std::string out;
    for (const Value& argument : call.arguments) {
        const auto text = scalar_text(argument);
        if (!text) return call.no_overload();
        if (!call.charge(text_cost(text->size()))) return {};
        out += *text;
    }
    return Value::string(std::move(out));
}

/// "%s" of any value: texts without quotes, lists and maps in brackets, map entries by their key's
/// text.
std::optional<std::string> shown(const Value& value) {
    if (value.is(Kind::null)) return "null";
    if (value.is(Kind::bytes)) return value.as_string();
    if (value.is(Kind::list)) {
        std::string out;
        for (const Value& item : value.items()) {
            const auto text = shown(item);
            if (!text) return std::nullopt;
            out += (out.empty() ? "" : ", ") + *text;
        }
        return "[" + out + "]";
    }
    if (!value.is(Kind::map)) return scalar_text(value);
    std::vector<std::string> entries;
    for (const auto& [key, item] : value.entries()) {
        const auto key_text = shown(key);
        const auto item_text = shown(item);
        if (!key_text || !item_text) return std::nullopt;
        entries.push_back(*key_text + ": " + *item_text);
    }
    std::sort(entries.begin(), entries.end());
    std::string out;
    for (const std::string& entry : entries) out += (out.empty() ? "" : ", ") + entry;
    return "{" + out + "}";
}

/// One clause of a format: the letter and the digits after the point.
struct Clause {
    char letter = 's';
    int precision = 6;
};

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 0x20);
    return text;
}

std::optional<std::string> whole(const Value& value, fmt::string_view digits) {
    if (value.is(Kind::integer)) return fmt::format(fmt::runtime(digits), value.as_integer());
    if (value.is(Kind::unsigned_integer))
        return fmt::format(fmt::runtime(digits), value.as_unsigned());
    return std::nullopt;
}

std::optional<std::string> number(const Value& value, const Clause& clause) {
    double real = 0;
    if (value.is(Kind::real))
        real = value.as_real();
    else if (value.is(Kind::integer))
        real = static_cast<double>(value.as_integer());
    else if (value.is(Kind::unsigned_integer))
        real = static_cast<double>(value.as_unsigned());
    else
        return std::nullopt;
    if (!std::isfinite(real)) return real_text(real);
    if (clause.letter == 'e') return fmt::format("{:.{}e}", real, clause.precision);
    return fmt::format("{:.{}f}", real, clause.precision);
}

std::optional<std::string> formatted(const Value& value, const Clause& clause) {
    switch (clause.letter) {
        case 's':
            return shown(value);
        case 'd':
            if (value.is(Kind::real) && !std::isfinite(value.as_real()))
                return real_text(value.as_real());
            return whole(value, "{}");
        case 'b':
            if (value.is(Kind::boolean)) return value.as_boolean() ? "1" : "0";
            return whole(value, "{:b}");
        case 'o':
            return whole(value, "{:o}");
        case 'x':
        case 'X': {
            const bool is_text = value.is(Kind::string) || value.is(Kind::bytes);
            auto text = is_text ? std::optional(hex(value.as_string())) : whole(value, "{:x}");
            if (text && clause.letter == 'X') return upper(*text);
            return text;
        }
        case 'e':
        case 'f':
            return number(value, clause);
        default:
            return std::nullopt;
    }
}

/// Reads ".3f" or "s" from the front of `text`; nothing when it is no clause.
std::optional<Clause> take_clause(std::string_view& text) {
    Clause clause;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        clause.precision = 0;
        std::size_t digits = 0;
        for (; !text.empty() && text.front() >= '0' && text.front() <= '9' && digits < 3;
             ++digits) {
            clause.precision = clause.precision * 10 + (text.front() - '0');
            text.remove_prefix(1);
        }
        if (digits == 0) return std::nullopt;
    }
    if (text.empty() || std::string_view("sdboxXef").find(text.front()) == std::string_view::npos)
        return std::nullopt;
    clause.letter = text.front();
    text.remove_prefix(1);
    return clause;
}

Value format(Call& call) {
    if (!call.takes({Kind::string, Kind::list})) return call.no_overload();
    std::string_view text = call[0].as_string();
    const std::span<const Value> arguments = call[1].items();
    std::string out;
    std::size_t next = 0;
    while (!text.empty()) {
        const std::size_t percent = std::min(text.find('%'), text.size());
        if (!call.charge(1 + text_cost(percent))) return {};
        out += text.substr(0, percent);
        text.remove_prefix(percent);
        if (text.empty()) break;
        text.remove_prefix(1);
        if (text.starts_with('%')) {
            out += '%';
            text.remove_prefix(1);
            continue;
        }
        const auto clause = take_clause(text);
        if (!clause)
            return call.fail("format has a clause that is none of %s %d %f %e %b %o %x %X");
        if (next == arguments.size()) return call.fail("format has more clauses than arguments");
        if (!call.charge(arguments[next].weight())) return {};
        const auto piece = formatted(arguments[next++], *clause);
        if (!piece)
            return call.fail(std::string("format cannot write a ") +
                             std::string(type_name(arguments[next - 1])) + " as %" +
                             clause->letter);
        out += *piece;
    }
    return Value::string(std::move(out));
}

Value quote(Call& call) {
    if (!call.takes({Kind::string})) return call.no_overload();
    if (!call.charge(text_cost(call[0].as_string().size()))) return {};
    static constexpr std::string_view escaped = "\a\b\f\n\r\t\v\\\"";
    static constexpr std::string_view letters = "abfnrtv\\\"";
    std::string out = "\"";
    for (const char c : call[0].as_string()) {
        const std::size_t at = escaped.find(c);
        if (at != std::string_view::npos) out += '\\';
        out += at != std::string_view::npos ? letters[at] : c;
    }
    return Value::string(out + '"');
}

}  // namespace

std::span<const FunctionEntry> text_functions() {
    static constexpr std::array<FunctionEntry, 3> all{{
        {Function::concatenate, "@concatenate", concatenate},
        {Function::format, "format", format},
        {Function::quote, "strings.quote", quote},
    }};
    return all;
}

}  // namespace countersign::expr
