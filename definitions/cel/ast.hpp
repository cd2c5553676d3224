#pragma once
// The tree of an expression, macros expanded. Nodes lie in one vector, children before parents.

#include "engine/expr/value.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace countersign::cel {

enum class AstKind {
    literal,
    name,             ///< name
    select,           ///< child 0 .name
    optional_select,  ///< child 0 .?name
    has,              ///< has(child 0 .name)
    index,            ///< child 0 [child 1]
    optional_index,   ///< child 0 [?child 1]
    call,             ///< name(children); with `on_receiver` child 0 .name(the others)
    list,
    map,            ///< children alternate key, value
    optional_item,  ///< ?child 0, in lists and as value of maps
    logical_and,
    logical_or,
    conditional,
    comprehension,  ///< children: range, initial, condition, step, result
};

/// One node with the bytes of the text that it covers.
struct Ast {
    AstKind kind = AstKind::literal;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    /// Where messages about the node point: an operator's sign, the name of a field or function.
    std::uint32_t mark = 0;
    std::uint32_t mark_length = 0;
    std::uint32_t depth = 1;
    std::string name;
    bool on_receiver = false;
    expr::Value literal;
    std::vector<std::uint32_t> children;
    // Of a comprehension:
    std::string item;
    std::string value;  ///< second variable, or empty
    std::string accumulator;
};

struct Tree {
    std::vector<Ast> nodes;
    std::uint32_t root = 0;

    const Ast& operator[](std::uint32_t index) const { return nodes[index]; }
};

/// The accumulator of macros: no name that a text can contain.
inline constexpr const char* macro_result = "@result";

}  // namespace countersign::cel
