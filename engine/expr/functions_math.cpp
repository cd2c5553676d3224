// The math extension of CEL.
#include <array>
#include <cmath>

#include "engine/expr/call.hpp"
#include "engine/expr/numbers.hpp"

namespace countersign::expr {

namespace {

/// The extreme of the arguments, or of the one list among them; `sign` -1 for the least. Of equal
/// ones the first.
Value extreme(Call& call, int sign) {
    std::span<const Value> among = call.arguments;
    if (call.takes({Kind::list})) among = call[0].items();
    if (among.empty()) return call.no_overload();
    const Value* best = &among.front();
    for (const Value& value : among) {
        if (!call.charge(1)) return {};
        if (!is_number(value)) return call.no_overload();
        const std::partial_ordering order = compare_numbers(value, *best);
        if (sign > 0 ? order > 0 : order < 0) best = &value;
    }
    return *best;
}

Value greatest(Call& call) { return extreme(call, 1); }
Value least(Call& call) { return extreme(call, -1); }

template <double (*function)(double)>
Value of_real(Call& call) {
    if (!call.takes({Kind::real})) return call.no_overload();
    return Value::real(function(call[0].as_real()));
}

double ceil_of(double x) { return std::ceil(x); }
double floor_of(double x) { return std::floor(x); }
double round_of(double x) { return std::round(x); }
double trunc_of(double x) { return std::trunc(x); }

Value square_root(Call& call) {
    if (call.takes({Kind::integer}))
        return Value::real(std::sqrt(static_cast<double>(call[0].as_integer())));
    if (call.takes({Kind::unsigned_integer}))
        return Value::real(std::sqrt(static_cast<double>(call[0].as_unsigned())));
    if (!call.takes({Kind::real})) return call.no_overload();
    return Value::real(std::sqrt(call[0].as_real()));
}

Value absolute(Call& call) {
    if (call.takes({Kind::unsigned_integer})) return call[0];
    if (call.takes({Kind::real})) return Value::real(std::fabs(call[0].as_real()));
    if (!call.takes({Kind::integer})) return call.no_overload();
    const std::int64_t number = call[0].as_integer();
    if (number == INT64_MIN) return call.fail("integer overflow");
    return Value::integer(number < 0 ? -number : number);
}

Value sign(Call& call) {
    if (call.takes({Kind::unsigned_integer}))
        return Value::unsigned_integer(call[0].as_unsigned() > 0 ? 1 : 0);
    if (call.takes({Kind::integer})) {
        const std::int64_t number = call[0].as_integer();
        return Value::integer((number > 0) - (number < 0));
    }
    if (!call.takes({Kind::real})) return call.no_overload();
    const double number = call[0].as_real();
    if (std::isnan(number)) return call[0];
    return Value::real((number > 0) - (number < 0));
}

Value is_nan(Call& call) {
    if (!call.takes({Kind::real})) return call.no_overload();
    return Value::boolean(std::isnan(call[0].as_real()));
}

Value is_inf(Call& call) {
    if (!call.takes({Kind::real})) return call.no_overload();
    return Value::boolean(std::isinf(call[0].as_real()));
}

Value is_finite(Call& call) {
    if (!call.takes({Kind::real})) return call.no_overload();
    return Value::boolean(std::isfinite(call[0].as_real()));
}

std::uint64_t bits(const Value& value) {
    return value.is(Kind::integer) ? static_cast<std::uint64_t>(value.as_integer())
                                   : value.as_unsigned();
}

Value like(const Value& model, std::uint64_t raw) {
    if (model.is(Kind::unsigned_integer)) return Value::unsigned_integer(raw);
    return Value::integer(static_cast<std::int64_t>(raw));
}

bool takes_two_integers(const Call& call) {
    return call.takes({Kind::integer, Kind::integer}) ||
           call.takes({Kind::unsigned_integer, Kind::unsigned_integer});
}

Value bit_and(Call& call) {
    if (!takes_two_integers(call)) return call.no_overload();
    return like(call[0], bits(call[0]) & bits(call[1]));
}

Value bit_or(Call& call) {
    if (!takes_two_integers(call)) return call.no_overload();
    return like(call[0], bits(call[0]) | bits(call[1]));
}

Value bit_xor(Call& call) {
    if (!takes_two_integers(call)) return call.no_overload();
    return like(call[0], bits(call[0]) ^ bits(call[1]));
}

Value bit_not(Call& call) {
    if (!call.takes({Kind::integer}) && !call.takes({Kind::unsigned_integer}))
        return call.no_overload();
    return like(call[0], ~bits(call[0]));
}

/// Shifts fill with zeros on both sides: CEL's right shift of a negative int is no arithmetic one.
Value shift(Call& call, bool left) {
    if (!call.takes({Kind::integer, Kind::integer}) &&
        !call.takes({Kind::unsigned_integer, Kind::integer}))
        return call.no_overload();
    const std::int64_t by = call[1].as_integer();
    if (by < 0) return call.fail("negative offset of a shift");
    if (by >= 64) return like(call[0], 0);
    return like(call[0], left ? bits(call[0]) << by : bits(call[0]) >> by);
}

Value shift_left(Call& call) { return shift(call, true); }
Value shift_right(Call& call) { return shift(call, false); }

}  // namespace

std::span<const FunctionEntry> math_functions() {
    static constexpr std::array<FunctionEntry, 18> all{{
        {Function::math_greatest, "math.greatest", greatest},
        {Function::math_least, "math.least", least},
        {Function::math_ceil, "math.ceil", of_real<ceil_of>},
        {Function::math_floor, "math.floor", of_real<floor_of>},
        {Function::math_round, "math.round", of_real<round_of>},
        {Function::math_trunc, "math.trunc", of_real<trunc_of>},
        {Function::math_sqrt, "math.sqrt", square_root},
        {Function::math_abs, "math.abs", absolute},
        {Function::math_sign, "math.sign", sign},
        {Function::math_is_nan, "math.isNaN", is_nan},
        {Function::math_is_inf, "math.isInf", is_inf},
        {Function::math_is_finite, "math.isFinite", is_finite},
        {Function::math_bit_and, "math.bitAnd", bit_and},
        {Function::math_bit_or, "math.bitOr", bit_or},
        {Function::math_bit_xor, "math.bitXor", bit_xor},
        {Function::math_bit_not, "math.bitNot", bit_not},
        {Function::math_shift_left, "math.bitShiftLeft", shift_left},
        {Function::math_shift_right, "math.bitShiftRight", shift_right},
    }};
    return all;
}

}  // namespace countersign::expr
