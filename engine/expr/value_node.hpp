#pragma once
// The shared part of strings, lists, maps and optionals. Only the sources of value.hpp include it.

#include "engine/expr/value.hpp"

#include <string>
#include <variant>
#include <vector>

namespace countersign::expr {

/// What a value that is no small scalar points to; never changed after it is made.
struct Value::Node {
    /// Text of strings, bytes and types; items of lists and of optionals (none or one); entries.
    std::variant<std::string, std::vector<Value>, std::vector<Entry>> content;
    bool holds_personal = false;
    unsigned depth = 0;
    std::uint64_t weight = 1;
};

}  // namespace countersign::expr
