// The values of literal tokens: numbers and the escapes of texts.
#include <charconv>

#include "definitions/cel/lexer.hpp"

namespace countersign::cel {

namespace {

using expr::Value;

void problem(std::vector<Problem>& problems, const Token& token, Text message) {
    problems.push_back({token.begin, token.end - token.begin, std::move(message), {}});
}

Value integer_value(const Token& token, bool negative, std::vector<Problem>& problems) {
    std::string_view digits = token.text;
    const bool hexadecimal = digits.size() > 2 && (digits[1] == 'x' || digits[1] == 'X');
    if (hexadecimal) digits.remove_prefix(2);
    const bool is_unsigned = token.kind == TokenKind::unsigned_integer;
    if (is_unsigned) digits.remove_suffix(1);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number,
                                              hexadecimal ? 16 : 10);
    const std::uint64_t bound =
        is_unsigned ? UINT64_MAX : std::uint64_t{INT64_MAX} + (negative ? 1 : 0);
    if (error != std::errc() || number > bound) {
        problem(problems, token, {"the number does not fit in 64 bits", "数超出64位整数的范围"});
        return Value::integer(0);
    }
    if (is_unsigned) return Value::unsigned_integer(number);
    return Value::integer(static_cast<std::int64_t>(negative ? 0 - number : number));
}

Value real_value(const Token& token, bool negative, std::vector<Problem>& problems) {
    // from_chars wants a digit before the point, which CEL does not.
    const std::string digits = (token.text.starts_with('.') ? "0" : "") + std::string(token.text);
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc())
        problem(problems, token, {"the number does not fit in a double", "数超出双精度小数的范围"});
    return Value::real(negative ? -number : number);
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto tail = [&](unsigned shift) {
        out += static_cast<char>(0x80 | (point >> shift & 0x3f));
    };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0 | point >> 6);
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0 | point >> 12);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0 | point >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

/// Reads one escape after the backslash at the front of `left`; false when it is none.
bool unescape(std::string_view& left, bool bytes, std::string& out) {
    static constexpr std::string_view letters = "abfnrtv\\?\"'`";
    static constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\?\"'`";
    const char letter = left.front();
    if (const std::size_t at = letters.find(letter); at != std::string_view::npos) {
        out += meanings[at];
        left.remove_prefix(1);
        return true;
    }
    std::size_t digits = 0;
    int base = 16;
    if (letter == 'x' || letter == 'X') digits = 2;
    if (letter == 'u' && !bytes) digits = 4;
    if (letter == 'U' && !bytes) digits = 8;
    if (letter >= '0' && letter <= '3') {
        digits = 3;
        base = 8;
    } else {
        left.remove_prefix(1);
    }
    if (digits == 0 || left.size() < digits) return false;
    std::uint32_t point = 0;
    const auto [end, error] = std::from_chars(left.data(), left.data() + digits, point, base);
    if (error != std::errc() || end != left.data() + digits) return false;
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
    left.remove_prefix(digits);
    // In bytes \xff is one byte, in texts the character U+00FF.
    if (bytes)
        out += static_cast<char>(point);
    else
        append_utf8(out, point);
    return true;
}

Value text_value(const Token& token, std::vector<Problem>& problems) {
    std::string_view left = token.text;
    const std::size_t prefix = left.find_first_of("\"'");
    const bool raw = left.substr(0, prefix).find_first_of("rR") != std::string_view::npos;
    const bool bytes = token.kind == TokenKind::bytes;
    left.remove_prefix(prefix);
    const bool is_long = left.size() >= 6 && left[1] == left[0] && left[2] == left[0];
    const std::size_t quotes = is_long ? 3 : 1;
    left = left.substr(quotes, left.size() - 2 * quotes);
    std::string out;
    while (!left.empty()) {
        const char c = left.front();
        left.remove_prefix(1);
        if (raw || c != '\\') {
            out += c;
            continue;
        }
        const auto offset =
            static_cast<std::uint32_t>(left.data() - token.text.data() - 1) + token.begin;
        if (left.empty() || !unescape(left, bytes, out)) {
            problems.push_back({offset,
                                2,
                                {"there is no such escape in a text", "文本中没有这种转义"},
                                {"write '\\\\' for one backslash", "一个反斜杠请写 '\\\\'"}});
            break;
        }
    }
    return bytes ? Value::bytes(std::move(out)) : Value::string(std::move(out));
}

}  // namespace

Value literal_value(const Token& token, bool negative, std::vector<Problem>& problems) {
    switch (token.kind) {
        case TokenKind::integer:
        case TokenKind::unsigned_integer:
            return integer_value(token, negative, problems);
        case TokenKind::real:
            return real_value(token, negative, problems);
        case TokenKind::string:
        case TokenKind::bytes:
            return text_value(token, problems);
        case TokenKind::end:
        case TokenKind::name:
        case TokenKind::quoted_name:
        case TokenKind::sign:
            break;
    }
    return {};
}

}  // namespace countersign::cel
