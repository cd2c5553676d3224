#pragma once
// A YAML text as a tree with places: what the loaders of documents read.

#include "definitions/diagnostics/diagnostic.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::yaml {

using diagnostics::Diagnostics;
using diagnostics::Span;

enum class NodeKind : std::uint8_t { null, scalar, sequence, mapping };

/// How a scalar was written.
enum class Style : std::uint8_t { plain, single_quoted, double_quoted, literal, folded };

/// What a scalar is by YAML's core schema. Quoted and block scalars are always texts; so are `yes`,
/// `no`, `on`, `off` and dates.
enum class ScalarType : std::uint8_t { text, boolean, integer, real };

struct Entry;

/// One node. Plain data; a copy is deep.
struct Node {
    NodeKind kind = NodeKind::null;
    Style style = Style::plain;
    bool flow = false;      ///< of a collection: written with { } or [ ]
    Span span;              ///< from its first character to behind its last
    std::size_t begin = 0;  ///< the same in bytes of the source's text
    std::size_t end = 0;
    std::string text;            ///< of a scalar: decoded
    std::vector<Node> items;     ///< of a sequence
    std::vector<Entry> entries;  ///< of a mapping, in the text's order; keys are unique texts

    bool is_null() const { return kind == NodeKind::null; }
    bool is_scalar() const { return kind == NodeKind::scalar; }
    bool is_sequence() const { return kind == NodeKind::sequence; }
    bool is_mapping() const { return kind == NodeKind::mapping; }
    bool is_plain() const { return style == Style::plain; }

    /// Returns the value of `key`, or null (also when this is no mapping).
    const Node* find(std::string_view key) const;
    /// Returns the entry of `key` (with the place of the key), or null.
    const Entry* entry(std::string_view key) const;
    /// Returns what this scalar is; `text` for every other node.
    ScalarType type() const;
};

struct Entry {
    Node key;  ///< a scalar
    Node value;
};

/// Returns the span of `length` bytes at `offset` of a scalar's decoded text: escapes, doubled
/// quotes, folded lines and the indentation of block scalars are followed. Offsets past the end
/// give the point behind the text. This is how a place in an expression becomes a place in the
/// file.
Span span_within(const diagnostics::Sources& sources, const Node& scalar, std::size_t offset,
                 std::size_t length);

/// Returns `text` as one line of YAML that yields exactly it: in double quotes, or in single quotes
/// when it holds a double quote or a backslash.
std::string quoted(std::string_view text);

}  // namespace countersign::yaml
