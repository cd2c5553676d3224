#pragma once
// From an expression's text to a typed program, or to the list of what is wrong with it.

#include "definitions/cel/problem.hpp"
#include "engine/expr/program.hpp"
#include "engine/expr/type.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::cel {

/// A name that expressions may use.
struct Declaration {
    /// The dotted name, mostly of one part: {"form"}, {"now"}, the name that an `each` binds.
    std::vector<std::string> path;
    expr::Type type;
    /// How many parts of a chain of fields become one expr::Variable, counted with the root: with
    /// 1, `form.site` is Variable{"form"} and a selection; with 2, `steps.survey.result` is
    /// Variable{"steps", "survey"} and a selection, and in strict mode `steps` alone is refused.
    std::size_t depth = 1;
};

/// How much the types must tell.
enum class Mode {
    strict,     ///< definitions: no dyn, no unknown names, optional fields must be guarded
    dyn,        ///< `countersign eval`: CEL's own gradual typing; unknown names are dyn variables
    unchecked,  ///< everything that parses compiles; mismatches are errors of the evaluation
};

/// What an expression may use and how strictly it is checked.
struct Environment {
    std::vector<Declaration> declarations;
    Mode mode = Mode::strict;
    /// Functions beyond the standard ones (README.md), as signatures: "fee(string, int) -> money",
    /// "string.shout() -> string"; a single capital letter is a type parameter. A function that
    /// the engine does not know can be checked but not evaluated.
    std::vector<std::string> functions;
    /// Lets the whole expression be an optional field alone (`form.phone`), as values of `with`
    /// may be: it then yields an optional, empty when the field is absent, and its type says so.
    bool may_be_absent = false;
};

/// An expression that was checked. With problems, `program` must not be evaluated.
struct Checked {
    expr::Program program;
    expr::Type type;
    std::vector<Problem> problems;  ///< in order of their place; empty when all is well

    bool ok() const { return problems.empty(); }
};

/// Parses and checks `text` (valid UTF-8, at most limits::expression_bytes_max bytes).
Checked check(std::string_view text, const Environment& environment);

/// Whether a value of type `from` may stand where `to` is declared: the same type, dyn on either
/// side, a record with at least the required fields of `to`.
bool is_assignable(const expr::Type& from, const expr::Type& to);

/// Whether the program reads a variable whose path begins with `root`.
bool reads(const expr::Program& program, std::string_view root);

/// Returns the signatures of the standard functions, one a line, in the order of the manual.
std::vector<std::string> standard_functions();

}  // namespace countersign::cel
