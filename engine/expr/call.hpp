#pragma once
// How the evaluator calls a function, and the tables of functions. Inside of this room only.

#include "engine/expr/functions.hpp"
#include "engine/expr/value.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace countersign::expr {

/// The regular expressions that one evaluation has compiled.
using Patterns = std::vector<std::shared_ptr<const re2::RE2>>;

/// One call: what goes in, what it may cost, and why it failed.
struct Call {
    Function function = Function::unbound;
    std::span<const Value> arguments;
    std::uint64_t& steps_left;
    Patterns& patterns;
    std::string error;  ///< not empty: the call failed and its value does not count

    std::size_t count() const { return arguments.size(); }
    const Value& operator[](std::size_t i) const { return arguments[i]; }
    bool has(std::size_t i, Kind kind) const {
        return i < arguments.size() && arguments[i].is(kind);
    }
    /// Whether the arguments are of these kinds, no more and no less.
    bool takes(std::initializer_list<Kind> kinds) const;

    /// Takes `cost` steps; false (and failed) when there are not so many.
    bool charge(std::uint64_t cost);
    /// Fails with `why`, which must not quote arguments: they may be personal.
    Value fail(std::string why);
    /// Fails because no overload takes these arguments: "no such overload: +(int, string)".
    Value no_overload();
};

using Implementation = Value (*)(Call&);

struct FunctionEntry {
    Function function;
    std::string_view name;
    Implementation implementation;  ///< null: the evaluator itself runs it
};

std::span<const FunctionEntry> operator_functions();
std::span<const FunctionEntry> conversion_functions();
std::span<const FunctionEntry> list_functions();
std::span<const FunctionEntry> math_functions();
std::span<const FunctionEntry> string_functions();
std::span<const FunctionEntry> text_functions();
std::span<const FunctionEntry> time_functions();

/// Returns the implementation, or null when there is none.
Implementation implementation_of(Function function);

/// Returns the name of a value's type as type() gives it: "int", "list", "null_type".
std::string_view type_name(const Value& value);

/// Returns what string() and templates make of a scalar; nothing for kinds that have no text.
std::optional<std::string> scalar_text(const Value& value);

/// Steps for going over `bytes` bytes of text.
inline std::uint64_t text_cost(std::size_t bytes) { return bytes / 64; }

}  // namespace countersign::expr
