#pragma once
// What is wrong with an expression: the cel room's share of a diagnostic. The place is in bytes of
// the expression's text; the loader of definitions turns it into line and column.

#include "engine/base/text.hpp"

#include <cstdint>

namespace countersign::cel {

/// One mistake of an author.
struct Problem {
    std::uint32_t offset = 0;  ///< bytes from the start of the text
    std::uint32_t length = 0;  ///< bytes; 0 at the end of the text
    Text message;              ///< one sentence without a final full stop
    Text suggestion;           ///< what to write instead or to do, or empty
    bool operator==(const Problem&) const = default;
};

}  // namespace countersign::cel
