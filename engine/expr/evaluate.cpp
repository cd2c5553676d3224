// The evaluator: selection, indexing, lists and maps, logic, conditions and calls. Loops are in
// evaluate_loop.cpp.
#include "engine/expr/evaluate.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/check.hpp"
#include "engine/base/limits.hpp"
#include "engine/expr/evaluation.hpp"
#include "engine/expr/numbers.hpp"

namespace countersign::expr {

namespace {

constexpr std::size_t arguments_inline = 4;

bool is_scalar(const Value& value) {
    return !value.is(Kind::list) && !value.is(Kind::map) && !value.is(Kind::optional);
}

/// Returns the position that a number names in a list; nothing for fractions and other kinds.
std::optional<std::int64_t> position(const Value& key) {
    if (key.is(Kind::integer)) return key.as_integer();
    if (key.is(Kind::unsigned_integer) && key.as_unsigned() <= INT64_MAX)
        return static_cast<std::int64_t>(key.as_unsigned());
    if (key.is(Kind::real) && key.as_real() == std::trunc(key.as_real()) &&
        std::fabs(key.as_real()) < 1e15)
        return static_cast<std::int64_t>(key.as_real());
    return std::nullopt;
}

/// What is computed from personal scalars is personal, except for booleans and counts of items.
Value carry_mark(Function function, std::span<const Value> arguments, Value made) {
    if (made.is(Kind::boolean)) return made;
    bool of_scalar = false;
    bool of_parts = false;
    for (const Value& argument : arguments) {
        if (!argument.holds_personal()) continue;
        (is_scalar(argument) ? of_scalar : of_parts) = true;
    }
    const bool counts_parts = function == Function::size;
    const bool marks =
        of_scalar || (of_parts && !counts_parts && is_scalar(made) && !made.personal());
    return marks ? made.marked_personal() : made;
}

}  // namespace

void throw_exception_from_error(const EvaluationError&, const boost::source_location&) {
    CHECK(false && "value() was asked of a failed evaluation");
    std::abort();
}

Evaluation::Evaluation(const Program& program, const Lookup& lookup, std::uint64_t& steps_left,
                       const Host* host)
    : program_(program),
      lookup_(lookup),
      steps_left_(steps_left),
      host_(host),
      variables_(program.variables.size()),
      slots_(program.slots),
      steps_given_(steps_left) {}

Evaluated Evaluation::run() {
    CHECK(!program_.nodes.empty());
    Value value;
    if (!evaluate(static_cast<std::uint32_t>(program_.nodes.size() - 1), value)) return error_;
    return value;
}

std::uint32_t Evaluation::child_index(const Node& node, std::uint32_t i) const {
    return program_.children[node.first_child + i];
}

bool Evaluation::child(const Node& node, std::uint32_t i, Value& out) {
    return evaluate(child_index(node, i), out);
}

bool Evaluation::fail(const Node& node, std::string why) {
    error_ = {std::move(why), node.offset};
    return false;
}

bool Evaluation::exhausted(const Node& node) {
    exhausted_ = true;
    steps_left_ = 0;
    return fail(node, "step budget of " + std::to_string(steps_given_) + " exceeded");
}

bool Evaluation::charge(const Node& node, std::uint64_t cost) {
    if (cost >= steps_left_) return exhausted(node);
    steps_left_ -= cost;
    return true;
}

bool Evaluation::bounded(const Node& node, const Value& value) {
    if (value.depth() > value_depth_max) return fail(node, "value is nested too deeply");
    if (value.weight() > value_weight_max) return fail(node, "value is too large");
    return true;
}

bool Evaluation::evaluate(std::uint32_t index, Value& out) {
    const Node& node = program_.nodes[index];
    if (!charge(node, 1)) return false;
    ++depth_;
    const bool done =
        depth_ > depth_max ? fail(node, "expression is nested too deeply") : dispatch(node, out);
    --depth_;
    return done;
}

bool Evaluation::dispatch(const Node& node, Value& out) {
    switch (node.operation) {
        case Operation::constant:
            out = program_.constants[node.argument];
            return true;
        case Operation::variable:
            return variable(node, out);
        case Operation::local:
            return local(node, out);
        case Operation::select:
            return select(node, out);
        case Operation::has:
            return has(node, out);
        case Operation::optional_select:
            return optional_select(node, out);
        case Operation::index:
            return this->index(node, out);
        case Operation::optional_index:
            return optional_index(node, out);
        case Operation::list:
            return list(node, out);
        case Operation::map:
            return map(node, out);
        case Operation::logical_and:
            return logical(node, out, false);
        case Operation::logical_or:
            return logical(node, out, true);
        case Operation::conditional:
            return conditional(node, out);
        case Operation::call:
            return call(node, out);
        case Operation::comprehension:
            return comprehension(node, out);
        case Operation::has_variable:
            out = Value::boolean(bound(node.argument).has_value());
            return true;
        case Operation::optional_variable:
            return optional_variable(node, out);
        case Operation::optional_item:
            break;  // only lists and maps look into it
    }
    return fail(node, "program has an unknown operation");
}

const std::optional<Value>& Evaluation::bound(std::uint32_t variable) {
    Bound& entry = variables_[variable];
    if (!entry.asked) {
        entry.asked = true;
        entry.value = lookup_(variable);
    }
    return entry.value;
}

bool Evaluation::variable(const Node& node, Value& out) {
    const std::optional<Value>& value = bound(node.argument);
    if (value) {
        out = *value;
        return true;
    }
    std::string path;
    for (const std::string& part : program_.variables[node.argument].path)
        path += (path.empty() ? "" : ".") + part;
    return fail(node, "no such value: " + path);
}

bool Evaluation::optional_variable(const Node& node, Value& out) {
    const std::optional<Value>& value = bound(node.argument);
    out = value ? Value::some(*value) : Value::none();
    return true;
}

bool Evaluation::select(const Node& node, Value& out) {
    Value of;
    if (!child(node, 0, of)) return false;
    const std::string& name = program_.names[node.argument];
    if (of.is(Kind::optional)) {
        // A selection from an optional goes on as an optional; from an empty one it stays empty.
        if (!of.held()) {
            out = std::move(of);
            return true;
        }
        if (!of.held()->is(Kind::map)) return fail(node, "no such key: " + name);
        const Value* found = of.held()->find(name);
        out = found ? Value::some(*found) : Value::none();
        return true;
    }
    const Value* found = of.find(name);
    if (!found && of.is(Kind::map)) return fail(node, "no such key: " + name);
    if (!found)
        return fail(node,
                    "no such overload: a " + std::string(type_name(of)) + " has no field " + name);
    out = Value(*found);  // a copy first: `found` points into `of`
    return true;
}

bool Evaluation::has(const Node& node, Value& out) {
    Value of;
    if (!child(node, 0, of)) return false;
    const Value* from = &of;
    if (of.is(Kind::optional)) from = of.held();
    if (from && !from->is(Kind::map))
        return fail(node,
                    "no such overload: a " + std::string(type_name(*from)) + " has no fields");
    const bool is_there = from && from->find(program_.names[node.argument]);
    out = Value::boolean(is_there);
    return true;
}

bool Evaluation::optional_select(const Node& node, Value& out) {
    Value of;
    if (!child(node, 0, of)) return false;
    const Value* from = of.is(Kind::optional) ? of.held() : &of;
    if (from && !from->is(Kind::map))
        return fail(node,
                    "no such overload: a " + std::string(type_name(*from)) + " has no fields");
    const Value* found = from ? from->find(program_.names[node.argument]) : nullptr;
    out = found ? Value::some(*found) : Value::none();
    return true;
}

const Value* Evaluation::item(const Value& of, const Value& key, std::string& why,
                              bool& wrong_kind) {
    wrong_kind = false;
    if (of.is(Kind::map)) {
        const Value* found = of.find(key);
        // A text that the rule's author wrote may be shown, a personal one not.
        if (!found)
            why = key.is(Kind::string) && !key.personal() ? "no such key: " + key.as_string()
                                                          : "no such key";
        return found;
    }
    const auto at = position(key);
    wrong_kind = !of.is(Kind::list) || !at;
    if (wrong_kind) {
        why = "no such overload: " + std::string(type_name(of)) + "[" +
              std::string(type_name(key)) + "]";
        return nullptr;
    }
    const std::span<const Value> items = of.items();
    if (*at >= 0 && static_cast<std::uint64_t>(*at) < items.size())
        return &items[static_cast<std::size_t>(*at)];
    why = "index out of range";
    return nullptr;
}

bool Evaluation::index(const Node& node, Value& out) {
    Value of;
    Value key;
    if (!child(node, 0, of) || !child(node, 1, key)) return false;
    const bool is_optional = of.is(Kind::optional);
    if (is_optional && !of.held()) {
        out = std::move(of);
        return true;
    }
    std::string why;
    bool wrong_kind = false;
    const Value* found = item(is_optional ? *of.held() : of, key, why, wrong_kind);
    if (!found && (!is_optional || wrong_kind)) return fail(node, std::move(why));
    if (is_optional)
        out = found ? Value::some(*found) : Value::none();
    else
        out = Value(*found);
    return true;
}

bool Evaluation::optional_index(const Node& node, Value& out) {
    Value of;
    Value key;
    if (!child(node, 0, of) || !child(node, 1, key)) return false;
    const Value* from = of.is(Kind::optional) ? of.held() : &of;
    std::string why;
    bool wrong_kind = false;
    const Value* found = from ? item(*from, key, why, wrong_kind) : nullptr;
    if (wrong_kind) return fail(node, std::move(why));
    out = found ? Value::some(*found) : Value::none();
    return true;
}

bool Evaluation::list(const Node& node, Value& out) {
    std::vector<Value> items;
    items.reserve(node.child_count);
    for (std::uint32_t i = 0; i < node.child_count; ++i) {
        const Node& part = program_.nodes[child_index(node, i)];
        const bool is_optional = part.operation == Operation::optional_item;
        Value value;
        if (!(is_optional ? child(part, 0, value) : child(node, i, value))) return false;
        if (!is_optional) {
            items.push_back(std::move(value));
            continue;
        }
        if (!value.is(Kind::optional))
            return fail(part, "no such overload: ?item needs an optional");
        if (value.held()) items.push_back(*value.held());
    }
    out = Value::list(std::move(items));
    return bounded(node, out);
}

bool Evaluation::add_entry(const Node& node, std::vector<Entry>& entries, Value key, Value value) {
    if (!is_key(key.kind()))
        return fail(node, "a map's key must be a bool, int, uint or string, not a " +
                              std::string(type_name(key)));
    entries.emplace_back(std::move(key), std::move(value));
    return true;
}

bool Evaluation::finish_map(const Node& node, std::vector<Entry> entries, Value& out) {
    const std::size_t count = entries.size();
    out = Value::map(std::move(entries));
    if (out.size() != count) return fail(node, "a map has a repeated key");
    return bounded(node, out);
}

bool Evaluation::map(const Node& node, Value& out) {
    std::vector<Entry> entries;
    entries.reserve(node.child_count / 2);
    for (std::uint32_t i = 0; i + 1 < node.child_count; i += 2) {
        const Node& part = program_.nodes[child_index(node, i + 1)];
        const bool is_optional = part.operation == Operation::optional_item;
        Value key;
        Value value;
        if (!child(node, i, key)) return false;
        if (!(is_optional ? child(part, 0, value) : child(node, i + 1, value))) return false;
        if (is_optional) {
            if (!value.is(Kind::optional))
                return fail(part, "no such overload: ?key needs an optional value");
            if (!value.held()) continue;
            value = Value(*value.held());
        }
        if (!add_entry(node, entries, std::move(key), std::move(value))) return false;
    }
    return finish_map(node, std::move(entries), out);
}

bool Evaluation::logical(const Node& node, Value& out, bool decisive) {
    // An operand that decides makes the errors of the others unimportant, on whichever side it is.
    std::optional<EvaluationError> first_error;
    for (std::uint32_t i = 0; i < node.child_count; ++i) {
        Value operand;
        bool done = child(node, i, operand);
        if (done && !operand.is(Kind::boolean))
            done = fail(program_.nodes[child_index(node, i)],
                        "no such overload: " + std::string(decisive ? "||" : "&&") + " of a " +
                            std::string(type_name(operand)));
        if (exhausted_) return false;
        if (!done && !first_error) first_error = error_;
        if (done && operand.as_boolean() == decisive) {
            out = Value::boolean(decisive);
            return true;
        }
    }
    if (first_error) {
        error_ = std::move(*first_error);
        return false;
    }
    out = Value::boolean(!decisive);
    return true;
}

bool Evaluation::condition_of(const Node& node, std::uint32_t i, bool& holds) {
    Value condition;
    if (!child(node, i, condition)) return false;
    if (!condition.is(Kind::boolean))
        return fail(node, "no such overload: a condition must be a bool, not a " +
                              std::string(type_name(condition)));
    holds = condition.as_boolean();
    return true;
}

bool Evaluation::conditional(const Node& node, Value& out) {
    bool holds = false;
    if (!condition_of(node, 0, holds)) return false;
    return child(node, holds ? 1 : 2, out);
}

bool Evaluation::optional_else(const Node& node, Function function, Value& out) {
    Value optional;
    if (node.child_count != 2) return fail(node, "no such overload: or() takes one argument");
    if (!child(node, 0, optional)) return false;
    if (!optional.is(Kind::optional))
        return fail(node, "no such overload: " + std::string(type_name(optional)) + "." +
                              std::string(name_of(function)));
    if (!optional.held()) {
        if (!child(node, 1, out)) return false;
        if (function == Function::optional_or && !out.is(Kind::optional))
            return fail(node, "no such overload: or() takes an optional");
        return true;
    }
    if (function == Function::optional_or)
        out = std::move(optional);
    else
        out = Value(*optional.held());
    return true;
}

bool Evaluation::call(const Node& node, Value& out) {
    const auto function = static_cast<Function>(node.argument);
    if (const Implementation implementation = implementation_of(function))
        return call_implementation(node, function, implementation, out);
    if (function == Function::or_value || function == Function::optional_or)
        return optional_else(node, function, out);
    if (function == Function::not_strictly_false) return not_strictly_false(node, out);
    if (function >= Function::append && function <= Function::insert_all_if)
        return build(node, function);
    if (function == Function::workdays || function == Function::workday)
        return ask_host(node, function, out);
    return fail(node, "unbound function");
}

bool Evaluation::ask_host(const Node& node, Function function, Value& out) {
    if (host_ == nullptr) return fail(node, "there is no calendar here");
    std::vector<Value> arguments(node.child_count);
    for (std::uint32_t i = 0; i < node.child_count; ++i)
        if (!child(node, i, arguments[i])) return false;
    auto answer = (*host_)(function, arguments);
    if (!answer) return fail(node, answer.error());
    out = carry_mark(function, arguments, std::move(*answer));
    return true;
}

bool Evaluation::call_implementation(const Node& node, Function function,
                                     Implementation implementation, Value& out) {
    boost::container::small_vector<Value, arguments_inline> arguments(node.child_count);
    for (std::uint32_t i = 0; i < node.child_count; ++i)
        if (!child(node, i, arguments[i])) return false;
    Call made{function, {arguments.data(), arguments.size()}, steps_left_, patterns_, {}};
    Value value = implementation(made);
    if (steps_left_ == 0) return exhausted(node);
    if (!made.error.empty()) return fail(node, std::move(made.error));
    out = carry_mark(function, made.arguments, std::move(value));
    return is_scalar(out) || bounded(node, out);
}

Evaluated evaluate(const Program& program, const Lookup& lookup, std::uint64_t& steps_left) {
    return Evaluation(program, lookup, steps_left).run();
}

Evaluated evaluate(const Program& program, const Lookup& lookup, const Host& host) {
    std::uint64_t steps_left = limits::expression_steps_max;
    return Evaluation(program, lookup, steps_left, &host).run();
}

Evaluated evaluate(const Program& program, const Lookup& lookup) {
    std::uint64_t steps_left = limits::expression_steps_max;
    return evaluate(program, lookup, steps_left);
}

}  // namespace countersign::expr
