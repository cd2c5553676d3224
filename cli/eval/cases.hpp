#pragma once
// Cases of the CEL specification: an expression, what it may use, and what must come of it. One
// JSON object a line: `expr`; `type_env`, `bindings`, `disable_check`; `value`, `eval_error`, or
// `typed_result` with `deduced_type` and `result`, `check_only`.

#include "cli/failure.hpp"
#include "definitions/cel/checker.hpp"
#include "engine/expr/evaluate.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <string>

namespace countersign::cli {

/// Values by the names of variables: "x", "a.b".
using Bound = std::map<std::string, expr::Value, std::less<>>;

/// What an expression may use. Variables that no declaration names are dyn.
struct Setting {
    cel::Environment environment{{}, cel::Mode::dyn, {}, false};
    Bound bound;
};

/// Reads `type_env`, `bindings` and `disable_check` of a case. Exit::usage, naming the member, when
/// a binding has no tagged value.
outcome<Setting> setting_of(const boost::json::value& given);

/// Evaluates a program that was checked in a setting.
expr::Evaluated evaluate_in(const expr::Program& program, const Bound& bound);

/// What came of a case.
struct CaseResult {
    bool passed = false;
    std::string expected;  ///< as JSON; of a type its text
    std::string got;
};
/// Runs one case. An error is expected by its being one: its words are not compared.
CaseResult run_case(const boost::json::value& given);

/// Returns what is wrong with an expression in one line: "there is no `x`; cannot …".
std::string problems_text(const std::vector<cel::Problem>& problems, std::string_view language);

}  // namespace countersign::cli
