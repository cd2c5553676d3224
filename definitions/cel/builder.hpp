#pragma once
// Making nodes of the tree, for the parser and the macros.

#include "definitions/cel/ast.hpp"
#include "definitions/cel/lexer.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace countersign::cel {

/// Bytes of the text.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

class Builder {
  public:
    std::uint32_t add(AstKind kind, Span span, std::vector<std::uint32_t> children,
                      std::string name = {}, std::optional<Span> mark = {});
    std::uint32_t literal(Span span, expr::Value value);
    std::uint32_t name(Span span, std::string name) {
        return add(AstKind::name, span, {}, std::move(name));
    }
    std::uint32_t call(Span span, std::string name, std::vector<std::uint32_t> arguments,
                       std::optional<Span> mark = {});

    /// The parts of a comprehension.
    struct Loop {
        std::string item;
        std::string value;
        std::string accumulator = macro_result;
        std::uint32_t range = 0;
        std::uint32_t initial = 0;
        std::uint32_t condition = 0;
        std::uint32_t step = 0;
        std::uint32_t result = 0;
    };
    std::uint32_t comprehension(Span span, Loop loop, std::optional<Span> mark = {});

    Tree tree;
};

/// A call as the parser sees it, before macros.
struct MacroCall {
    Span span;
    Span mark;  ///< the name
    std::string name;
    std::optional<std::uint32_t> receiver;
    std::vector<std::uint32_t> arguments;
};

/// Expands a macro into nodes of `builder`; nothing when the call is none. Wrong arguments of a
/// macro are added to `problems` and yield a literal.
std::optional<std::uint32_t> expand(Builder& builder, const MacroCall& call,
                                    std::vector<Problem>& problems);

}  // namespace countersign::cel
