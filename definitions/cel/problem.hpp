#pragma once
// What is wrong with an expression: the cel room's share of a diagnostic. The place is in bytes of
// the expression's text; the loader of definitions turns it into line and column.

#include "engine/base/text.hpp"

#include <cstdint>
#include <string_view>

namespace countersign::cel {

/// What kind of mistake it is: each has a page of its own for authors.
enum class ProblemKind {
    syntax,  ///< the text cannot be read
    name,    ///< nothing here has that name
    type,    ///< types that do not go together
    absent,  ///< a value that may be absent is read without a guard
};

/// Returns the code of the page about a kind: "CS2060".
std::string_view code_of(ProblemKind kind);

/// One mistake of an author.
struct Problem {
    std::uint32_t offset = 0;  ///< bytes from the start of the text
    std::uint32_t length = 0;  ///< bytes; 0 at the end of the text
    Text message;              ///< one sentence without a final full stop
    Text suggestion;           ///< what to write instead or to do, or empty
    ProblemKind kind = ProblemKind::syntax;
    bool operator==(const Problem&) const = default;
};

}  // namespace countersign::cel
