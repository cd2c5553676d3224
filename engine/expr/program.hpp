#pragma once
// A compiled, typed expression: what `definitions/cel` makes of a text and `evaluate` runs.
// Flat and immutable, so that it is stored with the compiled process and shared by threads.

#include "engine/base/archive.hpp"
#include "engine/expr/value.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace countersign::expr {

/// What a node does. The numbers are stored: never reused.
enum class Operation : std::uint8_t {
    constant = 0,         ///< argument: index into constants
    variable = 1,         ///< argument: index into variables
    local = 2,            ///< argument: slot of a comprehension's variable
    select = 3,           ///< child 0 .name (argument: index into names); error when absent
    has = 4,              ///< has(child 0 .name)
    optional_select = 5,  ///< child 0 .?name
    index = 6,            ///< child 0 [child 1]
    optional_index = 7,   ///< child 0 [?child 1]
    list = 8,             ///< children are the items
    map = 9,              ///< children alternate key, value
    logical_and = 10,     ///< commutative: an error on one side yields to false on the other
    logical_or = 11,
    conditional = 12,    ///< child 0 ? child 1 : child 2
    call = 13,           ///< argument: number of the Function; children are its arguments
    comprehension = 14,  ///< see Comprehension; argument: index into comprehensions
    has_variable =
        15,  ///< has() of a variable (argument: index into variables): whether it is bound
    optional_variable = 16,  ///< a variable as an optional, empty when it is unbound
    optional_item = 17,      ///< child 0 yields an optional; an item of a list or a value of a map
                             ///< that is left out when it is empty
};

/// One node; logical_and and logical_or have two children or more. Children stand before their
/// parent, the root is the last node.
struct Node {
    Operation operation = Operation::constant;
    std::uint32_t argument = 0;
    std::uint32_t first_child = 0;  ///< into Program::children
    std::uint32_t child_count = 0;
    std::uint32_t offset = 0;  ///< byte offset in the text, for error messages

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("operation", operation) & make_field("argument", argument) &
            make_field("first_child", first_child) & make_field("child_count", child_count) &
            make_field("offset", offset);
    }
};

/// A loop over a list's items or a map's keys, as the macros all, exists, map, filter … expand to.
struct Comprehension {
    std::uint32_t range = 0;  ///< node
    std::uint32_t item_slot = 0;
    std::uint32_t value_slot = 0;  ///< second variable of the two-variable forms
    bool two_variables = false;
    std::uint32_t accumulator_slot = 0;
    std::uint32_t initial = 0;    ///< node
    std::uint32_t condition = 0;  ///< node: loop while true
    std::uint32_t step = 0;       ///< node
    std::uint32_t result = 0;     ///< node

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("range", range) & make_field("item_slot", item_slot) &
            make_field("value_slot", value_slot) & make_field("two_variables", two_variables) &
            make_field("accumulator_slot", accumulator_slot) & make_field("initial", initial) &
            make_field("condition", condition) & make_field("step", step) &
            make_field("result", result);
    }
};

/// A variable as the text names it: its root and the fields that the checker resolves at once
/// ("steps", "survey"): the engine then builds only what is asked for.
struct Variable {
    std::vector<std::string> path;
    bool operator==(const Variable&) const = default;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("path", path);
    }
};

struct Program {
    std::string text;  ///< the source, for `show`, `why` and error messages
    std::vector<Node> nodes;
    std::vector<std::uint32_t> children;
    std::vector<Value> constants;
    std::vector<std::string> names;
    std::vector<Variable> variables;
    std::vector<Comprehension> comprehensions;
    std::uint32_t slots = 0;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("text", text) & make_field("nodes", nodes) &
            make_field("children", children) & make_field("constants", constants) &
            make_field("names", names) & make_field("variables", variables) &
            make_field("comprehensions", comprehensions) & make_field("slots", slots);
    }
};

}  // namespace countersign::expr
