#pragma once
// One pass of yaml-cpp over a text: the tree, as far as it got, and where it stood when it stopped.

#include "definitions/yaml/tree.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace countersign::yaml {

/// A mistake before it has a Span: bytes of the source's text.
struct Finding {
    std::string code;
    std::size_t begin = 0;
    std::size_t end = 0;
    Text message;
    Text suggestion;
};

/// Why yaml-cpp stopped, in its own words.
struct Failure {
    std::size_t offset = 0;
    std::string message;
};

/// A collection that was open when the parse stopped, outermost first.
struct OpenCollection {
    std::size_t begin = 0;
    bool flow = false;
    bool mapping = false;
    bool has_key = false;  ///< a key whose value had not come yet
};

/// The scalar or collection that came last before the parse stopped.
struct LastNode {
    bool is_value = false;  ///< false: it was a key
    std::size_t begin = 0;
    std::size_t end = 0;
    Style style = Style::plain;
    bool scalar = false;
};

struct Parsed {
    std::optional<Node> root;  ///< in part when it stopped; nothing for an empty text
    std::optional<Failure> failure;
    bool stopped = false;  ///< by ourselves: a bound, or a second document
    std::vector<OpenCollection> open;
    std::optional<LastNode> last;
    std::vector<Finding> findings;  ///< anchors, aliases, tags, odd keys, bounds
};

/// Parses the text of a source (valid UTF-8), or `text`, which has the same bytes but for repaired
/// mistakes. Places are those of the source.
Parsed parse(const diagnostics::Sources& sources, diagnostics::FileIndex file,
             const std::string& text);

}  // namespace countersign::yaml
