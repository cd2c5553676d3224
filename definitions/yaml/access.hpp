#pragma once
// Typed access to nodes: the value, or a diagnostic that names what was expected and what stands
// there.

#include "definitions/yaml/sections.hpp"
#include "definitions/yaml/tree.hpp"
#include "engine/base/text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::yaml {

/// Returns a node's kind for a message: "a text", "the integer `3`", "a mapping", "nothing" …
Text describe(const Node& node);

// Each returns the value, or nothing after adding CS1018 at the node; `what` names the thing wanted
// in the message: "`version` must be an integer, but here is the text `one`"; ticked() makes such a
// name.

/// A non-empty text; plain numbers and booleans are refused with the quoted form as the cure.
std::optional<std::string> as_text(const Node& node, Diagnostics& diagnostics, const Text& what);
/// An expression: any scalar's text as it stands, be it plain, a number or a boolean.
std::optional<std::string> as_expression(const Node& node, Diagnostics& diagnostics,
                                         const Text& what);
/// A decimal int64.
std::optional<std::int64_t> as_integer(const Node& node, Diagnostics& diagnostics,
                                       const Text& what);
/// A finite number; integers too.
std::optional<double> as_number(const Node& node, Diagnostics& diagnostics, const Text& what);
/// `true` or `false`.
std::optional<bool> as_boolean(const Node& node, Diagnostics& diagnostics, const Text& what);
/// One text for both languages, or {en, zh} with at least one of them.
std::optional<Text> as_title(const Node& node, Diagnostics& diagnostics, const Text& what);
/// One text, or a list of texts. The pointers are into `node`.
std::optional<std::vector<const Node*>> as_texts(const Node& node, Diagnostics& diagnostics,
                                                 const Text& what);
/// Whether it is a mapping; CS1018 else.
bool expect_mapping(const Node& node, Diagnostics& diagnostics, const Text& what);
/// Whether it is a sequence; CS1018 else.
bool expect_sequence(const Node& node, Diagnostics& diagnostics, const Text& what);

/// Reads the keys of one mapping and remembers which were asked for, so that `finish` can report
/// the others (CS1020) with the nearest known one. Made for a node that is no mapping it reports
/// that (CS1018) and then has no keys.
class Keys {
  public:
    /// `node` and `diagnostics` must outlive it. `what` names the mapping: "step `accept`",
    /// "步骤`accept`". `section` is what definitions/keys.md calls such a mapping; empty for
    /// documents of other rooms. A key that is asked for and that the section does not have is a
    /// mistake of the loader (CHECKed), so that the page, and the schema made of it, hold.
    Keys(const Node& node, Diagnostics& diagnostics, Text what, std::string_view section = {});

    bool ok() const { return is_mapping_; }
    /// Returns the value of `key`, or null. Adds CS1021 for a key without value (`key:` alone):
    /// its author wanted to say something.
    const Node* optional(std::string_view key);
    /// The same, and adds CS1021 when the key is missing.
    const Node* required(std::string_view key);
    /// Counts `key` as known without reading it.
    void also(std::string_view key);
    /// Reports every key that was not asked for.
    void finish();

  private:
    const Node& node_;
    Diagnostics& diagnostics_;
    Text what_;
    const Section* section_;
    bool is_mapping_;
    std::vector<std::string> known_;
};

}  // namespace countersign::yaml
