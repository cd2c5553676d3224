#pragma once
// Expressions of a process: what each may name, their compiled form, and the place of a mistake.

#include "definitions/draft.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::definitions {

/// A step that a place sees, and what is certain about it there.
struct SeenStep {
    StepIndex step = none;
    bool ended = false;    ///< it has surely ended
    bool settled = false;  ///< it has surely ended, or was skipped or cancelled
    bool granted = false;  ///< it has surely ended ok
};

/// Where an expression stands, which decides what it may name (language.md, "Names").
struct Site {
    StepIndex step = none;     ///< the step that it belongs to, or none
    ScopeIndex scope = 0;      ///< the scope whose steps it sees first
    bool form_only = false;    ///< a condition of the form itself
    bool own_item = true;      ///< sees the name that the step's own `each` binds
    bool own_result = false;   ///< runs once the step has an outcome: sees `result` and itself
    bool all_settled = false;  ///< runs when every step of `scope` is settled (`ends`)
};

/// Returns the site of a modifier of `step`.
Site site_of(const Draft& draft, StepIndex step);

/// What compiling an expression gave. Without `ok`, what is wrong has been reported.
struct Compiled {
    model::Expression expression;
    expr::Type type;
    bool ok = false;
};

enum class Form {
    expression,  ///< the whole text is one expression
    value,       ///< the same, and it may be an optional field alone
    text,        ///< a text with `${…}`; yields a string
};

/// Compiles the scalar's text from byte `skip` on.
Compiled compile(Draft& draft, const Node& scalar, std::size_t skip, const Site& site, Form form);

/// Compiles a field that holds bare CEL and must yield a boolean.
std::optional<model::Expression> compile_condition(Draft& draft, const Node& node, const Site& site,
                                                   const Text& what);

/// Compiles a text in one or two languages into `en` and `zh`; warns of a missing one.
void compile_text(Draft& draft, const Node& node, const Site& site,
                  std::optional<model::Expression>& en, std::optional<model::Expression>& zh);

/// A value as a definition writes it: a literal, `=expression`, or a text with `${…}`.
struct ValueRead {
    model::Mapped mapped;  ///< without its name
    expr::Type type;       ///< of what it yields when there is something
    bool ok = false;
};

/// Reads a value for `field`, or for anything when `field` is null. Reports wrong types.
ValueRead read_value(Draft& draft, const Node& node, const model::Field* field, const Site& site,
                     const Text& what);

/// Refuses `now` but in a comparison with a value without `now` (CS2063), and returns those values:
/// they are the moments at which the condition may turn by itself, a timer each.
std::vector<model::Expression> check_now(Draft& draft, const Node& node,
                                         const model::Expression& expression);

/// Reports texts that the outcome of a step is compared with and that it can never have (CS2031).
void check_outcome_names(Draft& draft, const Node& scalar, std::size_t skip,
                         const std::vector<SeenStep>& steps, const expr::Program& program);

}  // namespace countersign::definitions
