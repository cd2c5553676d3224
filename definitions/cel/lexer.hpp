#pragma once
// Text to tokens, and the values of literals.

#include "definitions/cel/problem.hpp"
#include "engine/expr/value.hpp"

#include <string_view>
#include <vector>

namespace countersign::cel {

enum class TokenKind {
    end,
    name,
    quoted_name,
    integer,
    unsigned_integer,
    real,
    string,
    bytes,
    sign
};

/// A piece of the text. `text` of a sign is the sign ("&&"), of a quoted name what stands between
/// its back quotes.
struct Token {
    TokenKind kind = TokenKind::end;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::string_view text;

    bool is(std::string_view sign) const { return kind == TokenKind::sign && text == sign; }
    bool is_name(std::string_view name) const { return kind == TokenKind::name && text == name; }
};

/// Cuts `text` into tokens, the last of kind `end`. Stops at the first mistake and adds it to
/// `problems`. The tokens point into `text`.
std::vector<Token> lex(std::string_view text, std::vector<Problem>& problems);

/// Returns the value of a literal token; a mistake (number too large, unknown escape) is added to
/// `problems`. `negative`: a minus stands before it, so that the least int64 can be written.
expr::Value literal_value(const Token& token, bool negative, std::vector<Problem>& problems);

}  // namespace countersign::cel
