// Cutting a text into tokens, with hints for what people write who know other languages.
#include "definitions/cel/lexer.hpp"

#include "engine/base/text.hpp"

#include <array>
#include <string>

namespace countersign::cel {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

struct Hint {
    std::string_view found;
    Text message;
    Text suggestion;
};

/// Characters that are no sign of the language, and what was probably meant.
const std::array<Hint, 22> hints{{
    {"=", {"'=' is no operator", "'='不是运算符"}, {"write '==' to compare", "比较请写 '=='"}},
    {"&", {"'&' is no operator", "'&'不是运算符"}, {"write '&&' for \"and\"", "“且”请写 '&&'"}},
    {"|", {"'|' is no operator", "'|'不是运算符"}, {"write '||' for \"or\"", "“或”请写 '||'"}},
    {";",
     {"';' does not belong here", "';'不该出现在此处"},
     {"an expression ends without a sign", "表达式结尾不加符号"}},
    {"“",
     {"typographic quotes cannot enclose a text", "中文引号不能用来括起文本"},
     {"write '\"' or \"'\"", "请用半角的 '\"' 或 \"'\""}},
    {"”",
     {"typographic quotes cannot enclose a text", "中文引号不能用来括起文本"},
     {"write '\"' or \"'\"", "请用半角的 '\"' 或 \"'\""}},
    {"‘",
     {"typographic quotes cannot enclose a text", "中文引号不能用来括起文本"},
     {"write '\"' or \"'\"", "请用半角的 '\"' 或 \"'\""}},
    {"’",
     {"typographic quotes cannot enclose a text", "中文引号不能用来括起文本"},
     {"write '\"' or \"'\"", "请用半角的 '\"' 或 \"'\""}},
    {"（", {"'（' is a full-width character", "'（'是全角字符"}, {"write '('", "请写 '('"}},
    {"）", {"'）' is a full-width character", "'）'是全角字符"}, {"write ')'", "请写 ')'"}},
    {"，", {"'，' is a full-width character", "'，'是全角字符"}, {"write ','", "请写 ','"}},
    {"：", {"'：' is a full-width character", "'：'是全角字符"}, {"write ':'", "请写 ':'"}},
    {"？", {"'？' is a full-width character", "'？'是全角字符"}, {"write '?'", "请写 '?'"}},
    {"！", {"'！' is a full-width character", "'！'是全角字符"}, {"write '!'", "请写 '!'"}},
    {"＞", {"'＞' is a full-width character", "'＞'是全角字符"}, {"write '>'", "请写 '>'"}},
    {"＜", {"'＜' is a full-width character", "'＜'是全角字符"}, {"write '<'", "请写 '<'"}},
    {"＝", {"'＝' is a full-width character", "'＝'是全角字符"}, {"write '=='", "请写 '=='"}},
    {"；",
     {"'；' is a full-width character", "'；'是全角字符"},
     {"an expression ends without a sign", "表达式结尾不加符号"}},
    {"≠", {"'≠' is no operator", "'≠'不是运算符"}, {"write '!='", "请写 '!='"}},
    {"≥", {"'≥' is no operator", "'≥'不是运算符"}, {"write '>='", "请写 '>='"}},
    {"≤", {"'≤' is no operator", "'≤'不是运算符"}, {"write '<='", "请写 '<='"}},
    {"$",
     {"'$' does not belong here", "'$'不该出现在此处"},
     {"names are written without '$'", "名称前不加 '$'"}},
}};

constexpr std::array<std::string_view, 25> all_signs{
    "&&", "||", "==", "!=", "<=", ">=", ".?", "(", ")", "[", "]", "{", "}",
    ".",  ",",  ":",  "?",  "!",  "<",  ">",  "+", "-", "*", "/", "%"};

class Lexer {
  public:
    Lexer(std::string_view text, std::vector<Problem>& problems)
        : text_(text), problems_(problems) {}

    std::vector<Token> run() {
        while (skip_blanks()) {
            const std::size_t begin = at_;
            if (!one()) break;
            if (at_ == begin) break;
        }
        const auto end = static_cast<std::uint32_t>(text_.size());
        tokens_.push_back({TokenKind::end, end, end, {}});
        return std::move(tokens_);
    }

  private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    /// Skips blanks and comments; false at the end.
    bool skip_blanks() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                ++at_;
            } else if (c == '/' && peek(1) == '/') {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else {
                return true;
            }
        }
        return false;
    }

    void push(TokenKind kind, std::size_t begin) {
        tokens_.push_back({kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_),
                           text_.substr(begin, at_ - begin)});
    }

    bool problem(std::size_t begin, std::size_t length, Text message, Text suggestion = {}) {
        problems_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(length),
                             std::move(message), std::move(suggestion)});
        return false;
    }

    bool one() {
        const char c = peek();
        if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
        if (const std::size_t quote = quote_ahead(); quote != std::string_view::npos)
            return string(quote);
        if (is_letter(c)) {
            const std::size_t begin = at_;
            while (is_letter(peek()) || is_digit(peek())) ++at_;
            push(TokenKind::name, begin);
            return true;
        }
        if (c == '`') return quoted_name();
        for (const std::string_view sign : all_signs) {
            if (!text_.substr(at_).starts_with(sign)) continue;
            at_ += sign.size();
            push(TokenKind::sign, at_ - sign.size());
            return true;
        }
        return unknown();
    }

    bool unknown() {
        for (const Hint& hint : hints)
            if (text_.substr(at_).starts_with(hint.found))
                return problem(at_, hint.found.size(), hint.message, hint.suggestion);
        std::size_t length = 1;
        while ((static_cast<unsigned char>(peek(length)) & 0xc0) == 0x80) ++length;
        return problem(at_, length,
                       format_both("'{}' does not belong here", "'{}'不该出现在此处",
                                   text_.substr(at_, length)),
                       {"texts stand in quotes", "文本请放在引号内"});
    }

    bool number() {
        const std::size_t begin = at_;
        TokenKind kind = TokenKind::integer;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && is_hex(peek(2))) {
            at_ += 2;
            while (is_hex(peek())) ++at_;
        } else {
            while (is_digit(peek())) ++at_;
            if (peek() == '.' && is_digit(peek(1))) {
                kind = TokenKind::real;
                ++at_;
                while (is_digit(peek())) ++at_;
            }
            const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
            if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign))) {
                kind = TokenKind::real;
                at_ += sign;
                while (is_digit(peek())) ++at_;
            }
        }
        if (kind == TokenKind::integer && (peek() == 'u' || peek() == 'U')) {
            kind = TokenKind::unsigned_integer;
            ++at_;
        }
        if (is_letter(peek()) || is_digit(peek())) {
            while (is_letter(peek()) || is_digit(peek())) ++at_;
            return problem(
                begin, at_ - begin,
                format_both("'{}' is no number", "'{}'不是数", text_.substr(begin, at_ - begin)),
                {"a name begins with a letter, and a number has no unit",
                 "名称以字母开头，数后不带单位"});
        }
        push(kind, begin);
        return true;
    }

    /// Distance to a string's opening quote after its prefixes r and b; npos if none begins here.
    std::size_t quote_ahead() const {
        std::size_t i = 0;
        bool raw = false;
        bool bytes = false;
        for (;; ++i) {
            const char c = peek(i);
            if (c == '"' || c == '\'') return i;
            if ((c == 'r' || c == 'R') && !raw)
                raw = true;
            else if ((c == 'b' || c == 'B') && !bytes)
                bytes = true;
            else
                return std::string_view::npos;
        }
    }

    bool string(std::size_t prefix) {
        const std::size_t begin = at_;
        const std::string_view prefixes = text_.substr(begin, prefix);
        const bool raw = prefixes.find_first_of("rR") != std::string_view::npos;
        const bool bytes = prefixes.find_first_of("bB") != std::string_view::npos;
        at_ += prefix;
        const char quote = peek();
        const bool is_long = peek(1) == quote && peek(2) == quote;
        const std::string close(is_long ? 3 : 1, quote);
        at_ += close.size();
        while (!text_.substr(at_).starts_with(close)) {
            if (at_ >= text_.size() || (!is_long && (peek() == '\n' || peek() == '\r')))
                return problem(begin, at_ - begin, {"the text is not closed", "文本没有闭合"},
                               format_both("write {} at its end", "请在结尾写 {}", close));
            at_ += !raw && peek() == '\\' && at_ + 1 < text_.size() ? 2 : 1;
        }
        at_ += close.size();
        push(bytes ? TokenKind::bytes : TokenKind::string, begin);
        return true;
    }

    bool quoted_name() {
        const std::size_t begin = at_;
        const std::size_t close = text_.find('`', at_ + 1);
        if (close == std::string_view::npos || close == begin + 1)
            return problem(begin, text_.size() - begin,
                           {"the name in back quotes is not closed", "反引号内的名称没有闭合"},
                           {"write ` at its end", "请在结尾写 `"});
        at_ = close + 1;
        push(TokenKind::quoted_name, begin);
        tokens_.back().text = text_.substr(begin + 1, close - begin - 1);
        return true;
    }

    std::string_view text_;
    std::vector<Problem>& problems_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> lex(std::string_view text, std::vector<Problem>& problems) {
    return Lexer(text, problems).run();
}

}  // namespace countersign::cel
