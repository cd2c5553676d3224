// Arithmetic, comparison and membership. int64 and uint64 overflow is an error, double follows
// IEEE 754; money is exact.
#include <array>

#include "engine/expr/call.hpp"
#include "engine/expr/numbers.hpp"

namespace countersign::expr {

namespace {

Value overflow(Call& call) { return call.fail("integer overflow"); }

/// Adds (sign 1) or subtracts (-1) two times; both are far from the bounds of int64.
Seconds sum_of(Seconds a, Seconds b, int sign) {
    std::int64_t nanos = a.nanos + sign * std::int64_t{b.nanos};
    std::int64_t seconds = a.seconds + sign * b.seconds;
    if (nanos >= nanos_a_second) {
        nanos -= nanos_a_second;
        ++seconds;
    }
    if (nanos < 0) {
        nanos += nanos_a_second;
        --seconds;
    }
    return {seconds, static_cast<std::int32_t>(nanos)};
}

Value timestamp_in_range(Call& call, Seconds seconds) {
    if (!is_timestamp(seconds)) return call.fail("timestamp out of range");
    return Value::timestamp(seconds);
}

Value duration_in_range(Call& call, Seconds seconds) {
    if (!is_duration(seconds)) return call.fail("duration out of range");
    return Value::duration(seconds);
}

Value add_times(Call& call) {
    const bool right_is_timestamp = call[1].is(Kind::timestamp);
    if (call[0].is(Kind::timestamp) && right_is_timestamp) return call.no_overload();
    const Seconds sum = sum_of(call[0].as_seconds(), call[1].as_seconds(), 1);
    if (call[0].is(Kind::timestamp) || right_is_timestamp) return timestamp_in_range(call, sum);
    return duration_in_range(call, sum);
}

Value add_lists(Call& call) {
    if (!call.charge(call[0].size() + call[1].size())) return {};
    std::vector<Value> items(call[0].items().begin(), call[0].items().end());
    items.insert(items.end(), call[1].items().begin(), call[1].items().end());
    return Value::list(std::move(items));
}

Value add_texts(Call& call) {
    const std::string& left = call[0].as_string();
    const std::string& right = call[1].as_string();
    if (!call.charge(text_cost(left.size() + right.size()))) return {};
    return call[0].is(Kind::string) ? Value::string(left + right) : Value::bytes(left + right);
}

bool is_time(const Value& value) { return value.is(Kind::timestamp) || value.is(Kind::duration); }

Value add(Call& call) {
    if (call.count() != 2) return call.no_overload();
    const Value& a = call[0];
    const Value& b = call[1];
    if (is_time(a) && is_time(b)) return add_times(call);
    if (a.kind() != b.kind()) return call.no_overload();
    std::int64_t sum = 0;
    std::uint64_t unsigned_sum = 0;
    switch (a.kind()) {
        case Kind::integer:
            if (__builtin_add_overflow(a.as_integer(), b.as_integer(), &sum)) return overflow(call);
            return Value::integer(sum);
        case Kind::unsigned_integer:
            if (__builtin_add_overflow(a.as_unsigned(), b.as_unsigned(), &unsigned_sum))
                return overflow(call);
            return Value::unsigned_integer(unsigned_sum);
        case Kind::money:
            if (__builtin_add_overflow(a.as_fen(), b.as_fen(), &sum)) return overflow(call);
            return Value::money(sum);
        case Kind::real:
            return Value::real(a.as_real() + b.as_real());
        case Kind::string:
        case Kind::bytes:
            return add_texts(call);
        case Kind::list:
            return add_lists(call);
        case Kind::null:
        case Kind::boolean:
        case Kind::map:
        case Kind::timestamp:
        case Kind::duration:
        case Kind::type:
        case Kind::optional:
        case Kind::erased:
            break;
    }
    return call.no_overload();
}

Value subtract(Call& call) {
    std::int64_t rest = 0;
    std::uint64_t unsigned_rest = 0;
    if (call.takes({Kind::integer, Kind::integer})) {
        if (__builtin_sub_overflow(call[0].as_integer(), call[1].as_integer(), &rest))
            return overflow(call);
        return Value::integer(rest);
    }
    if (call.takes({Kind::unsigned_integer, Kind::unsigned_integer})) {
        if (__builtin_sub_overflow(call[0].as_unsigned(), call[1].as_unsigned(), &unsigned_rest))
            return overflow(call);
        return Value::unsigned_integer(unsigned_rest);
    }
    if (call.takes({Kind::money, Kind::money})) {
        if (__builtin_sub_overflow(call[0].as_fen(), call[1].as_fen(), &rest))
            return overflow(call);
        return Value::money(rest);
    }
    if (call.takes({Kind::real, Kind::real}))
        return Value::real(call[0].as_real() - call[1].as_real());
    if (call.count() != 2 || !is_time(call[0]) || !is_time(call[1])) return call.no_overload();
    if (call[0].is(Kind::duration) && call[1].is(Kind::timestamp)) return call.no_overload();
    const Seconds difference = sum_of(call[0].as_seconds(), call[1].as_seconds(), -1);
    if (call[0].is(Kind::timestamp) && call[1].is(Kind::duration))
        return timestamp_in_range(call, difference);
    return duration_in_range(call, difference);
}

Value multiply(Call& call) {
    std::int64_t product = 0;
    if (call.takes({Kind::integer, Kind::integer})) {
        if (__builtin_mul_overflow(call[0].as_integer(), call[1].as_integer(), &product))
            return overflow(call);
        return Value::integer(product);
    }
    if (call.takes({Kind::unsigned_integer, Kind::unsigned_integer})) {
        std::uint64_t unsigned_product = 0;
        if (__builtin_mul_overflow(call[0].as_unsigned(), call[1].as_unsigned(), &unsigned_product))
            return overflow(call);
        return Value::unsigned_integer(unsigned_product);
    }
    if (call.takes({Kind::real, Kind::real}))
        return Value::real(call[0].as_real() * call[1].as_real());
    const bool money_first = call.takes({Kind::money, Kind::integer});
    if (!money_first && !call.takes({Kind::integer, Kind::money})) return call.no_overload();
    const std::int64_t fen = call[money_first ? 0 : 1].as_fen();
    const std::int64_t times = call[money_first ? 1 : 0].as_integer();
    if (__builtin_mul_overflow(fen, times, &product)) return overflow(call);
    return Value::money(product);
}

Value divide(Call& call) {
    if (call.takes({Kind::real, Kind::real}))
        return Value::real(call[0].as_real() / call[1].as_real());
    if (call.takes({Kind::integer, Kind::integer})) {
        if (call[1].as_integer() == 0) return call.fail("division by zero");
        // The least int64 divided by -1 has no int64.
        if (call[0].as_integer() == INT64_MIN && call[1].as_integer() == -1) return overflow(call);
        return Value::integer(call[0].as_integer() / call[1].as_integer());
    }
    if (!call.takes({Kind::unsigned_integer, Kind::unsigned_integer})) return call.no_overload();
    if (call[1].as_unsigned() == 0) return call.fail("division by zero");
    return Value::unsigned_integer(call[0].as_unsigned() / call[1].as_unsigned());
}

Value modulo(Call& call) {
    if (call.takes({Kind::integer, Kind::integer})) {
        if (call[1].as_integer() == 0) return call.fail("modulus by zero");
        if (call[0].as_integer() == INT64_MIN && call[1].as_integer() == -1) return overflow(call);
        return Value::integer(call[0].as_integer() % call[1].as_integer());
    }
    if (!call.takes({Kind::unsigned_integer, Kind::unsigned_integer})) return call.no_overload();
    if (call[1].as_unsigned() == 0) return call.fail("modulus by zero");
    return Value::unsigned_integer(call[0].as_unsigned() % call[1].as_unsigned());
}

Value negate(Call& call) {
    if (call.takes({Kind::real})) return Value::real(-call[0].as_real());
    if (call.takes({Kind::integer}))
        return call[0].as_integer() == INT64_MIN ? overflow(call)
                                                 : Value::integer(-call[0].as_integer());
    if (call.takes({Kind::money}))
        return call[0].as_fen() == INT64_MIN ? overflow(call) : Value::money(-call[0].as_fen());
    return call.no_overload();
}

Value logical_not(Call& call) {
    if (!call.takes({Kind::boolean})) return call.no_overload();
    return Value::boolean(!call[0].as_boolean());
}

bool charge_comparison(Call& call) {
    return call.charge(std::min(call[0].weight(), call[1].weight()) - 1);
}

Value equals(Call& call) {
    if (call.count() != 2) return call.no_overload();
    if (!charge_comparison(call)) return {};
    return Value::boolean(call[0] == call[1]);
}

Value not_equals(Call& call) {
    if (call.count() != 2) return call.no_overload();
    if (!charge_comparison(call)) return {};
    return Value::boolean(call[0] != call[1]);
}

bool is_ordered(Kind kind) {
    return kind == Kind::boolean || kind == Kind::string || kind == Kind::bytes ||
           kind == Kind::timestamp || kind == Kind::duration || kind == Kind::money;
}

/// Orders numbers for `<` and its kin. An integer beside a double is rounded to one first, as the
/// specification's cases want it; equality and the keys of maps are exact.
std::partial_ordering related(const Value& a, const Value& b) {
    if (a.is(Kind::real) == b.is(Kind::real)) return compare_numbers(a, b);
    const auto rounded = [](const Value& value) {
        if (value.is(Kind::integer)) return static_cast<double>(value.as_integer());
        if (value.is(Kind::unsigned_integer)) return static_cast<double>(value.as_unsigned());
        return value.as_real();
    };
    return rounded(a) <=> rounded(b);
}

/// Compares for `<` and its kin; nothing (and failed) when the two have no order.
std::optional<std::partial_ordering> compared(Call& call) {
    if (call.count() == 2 && is_number(call[0]) && is_number(call[1]))
        return related(call[0], call[1]);
    if (call.count() != 2 || call[0].kind() != call[1].kind() || !is_ordered(call[0].kind())) {
        call.no_overload();
        return std::nullopt;
    }
    if (!charge_comparison(call)) return std::nullopt;
    return Value::order(call[0], call[1]);
}

Value less(Call& call) {
    const auto order = compared(call);
    return order ? Value::boolean(*order < 0) : Value();
}

Value less_equals(Call& call) {
    const auto order = compared(call);
    return order ? Value::boolean(*order <= 0) : Value();
}

Value greater(Call& call) {
    const auto order = compared(call);
    return order ? Value::boolean(*order > 0) : Value();
}

Value greater_equals(Call& call) {
    const auto order = compared(call);
    return order ? Value::boolean(*order >= 0) : Value();
}

Value in(Call& call) {
    if (call.count() == 2 && call[1].is(Kind::map))
        return Value::boolean(call[1].find(call[0]) != nullptr);
    if (call.count() != 2 || !call[1].is(Kind::list)) return call.no_overload();
    for (const Value& item : call[1].items()) {
        if (!call.charge(std::min(item.weight(), call[0].weight()))) return {};
        if (item == call[0]) return Value::boolean(true);
    }
    return Value::boolean(false);
}

}  // namespace

std::span<const FunctionEntry> operator_functions() {
    static constexpr std::array<FunctionEntry, 21> all{{
        {Function::add, "+", add},
        {Function::subtract, "-", subtract},
        {Function::multiply, "*", multiply},
        {Function::divide, "/", divide},
        {Function::modulo, "%", modulo},
        {Function::negate, "-x", negate},
        {Function::logical_not, "!", logical_not},
        {Function::equals, "==", equals},
        {Function::not_equals, "!=", not_equals},
        {Function::less, "<", less},
        {Function::less_equals, "<=", less_equals},
        {Function::greater, ">", greater},
        {Function::greater_equals, ">=", greater_equals},
        {Function::in, "in", in},
        {Function::not_strictly_false, "@not_strictly_false", nullptr},
        {Function::append, "@append", nullptr},
        {Function::append_if, "@append_if", nullptr},
        {Function::insert, "@insert", nullptr},
        {Function::insert_if, "@insert_if", nullptr},
        {Function::insert_all, "@insert_all", nullptr},
        {Function::insert_all_if, "@insert_all_if", nullptr},
    }};
    return all;
}

}  // namespace countersign::expr
