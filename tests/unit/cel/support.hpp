#pragma once
// Compiling and evaluating in one line, for tests.

#include "definitions/cel/checker.hpp"
#include "engine/expr/evaluate.hpp"
#include "engine/expr/json.hpp"
#include "tests/bilingual.hpp"

#include <map>
#include <string>

namespace countersign::cel::testing {

using Bindings = std::map<std::string, expr::Value>;

inline std::string dotted(const std::vector<std::string>& path) {
    std::string out;
    for (const std::string& name : path) out += (out.empty() ? "" : ".") + name;
    return out;
}

inline expr::Evaluated run(const expr::Program& program, const Bindings& bindings = {}) {
    return expr::evaluate(program, [&](std::uint32_t index) -> std::optional<expr::Value> {
        const auto at = bindings.find(dotted(program.variables[index].path));
        return at == bindings.end() ? std::nullopt : std::optional(at->second);
    });
}

inline std::string show(const std::vector<Problem>& problems) {
    std::string out;
    for (const Problem& problem : problems) {
        tests::check_bilingual(problem.message);
        if (!problem.suggestion.empty()) tests::check_bilingual(problem.suggestion);
        out += (out.empty() ? "" : "\n") + std::to_string(problem.offset) + "+" +
               std::to_string(problem.length) + ": " + problem.message.en +
               (problem.suggestion.empty() ? "" : " [" + problem.suggestion.en + "]");
    }
    return out;
}

/// Returns the value as JSON (open), "error: ..." of the evaluation, or the problems.
inline std::string eval(std::string_view text,
                        const Environment& environment = {{}, Mode::dyn, {}, false},
                        const Bindings& bindings = {}) {
    const Checked checked = check(text, environment);
    if (!checked.ok()) return "problem: " + show(checked.problems);
    const expr::Evaluated value = run(checked.program, bindings);
    return value.has_value() ? expr::to_json(*value, expr::Personal::open)
                             : "error: " + value.error().message;
}

}  // namespace countersign::cel::testing
