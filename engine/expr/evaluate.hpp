#pragma once
// Evaluation: pure, always ends, no recursion on input, int64 overflow is an error.

#include "engine/expr/functions.hpp"
#include "engine/expr/program.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace countersign::expr {

/// Why an evaluation gave no value: "no such key: load_kw", "integer overflow", "division by zero",
/// "step budget of 100000 exceeded" … `offset` is the byte in the program's text.
struct EvaluationError {
    std::string message;
    std::uint32_t offset = 0;
};

using Evaluated = boost::system::result<Value, EvaluationError>;

[[noreturn]] void throw_exception_from_error(const EvaluationError&, const boost::source_location&);

/// Gives the value of Program::variables[index], or nothing when it is unbound (an error then
/// unless the expression guards it with has()). Called at most once a variable and evaluation.
using Lookup = std::function<std::optional<Value>(std::uint32_t index)>;

/// Answers the functions that need more than their arguments, such as a calendar
/// (Function::workdays on). Pure; the error of a failed one tells why.
using Host = std::function<boost::system::result<Value, std::string>(Function function,
                                                                     std::span<const Value>)>;

/// Runs `program`. Each node and each loop turn costs one step of `steps_left`, and so does each
/// item that a function goes over; when it reaches 0 the result is an error. Pure; any thread.
Evaluated evaluate(const Program& program, const Lookup& lookup, std::uint64_t& steps_left);

/// The same with the whole budget of limits::expression_steps_max.
Evaluated evaluate(const Program& program, const Lookup& lookup);
/// The same with a host; without one its functions fail.
Evaluated evaluate(const Program& program, const Lookup& lookup, const Host& host);

}  // namespace countersign::expr
