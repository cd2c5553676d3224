#pragma once
// The numbers and names of the functions that programs call. Both are stored: never reused.

#include <cstdint>
#include <optional>
#include <string_view>

namespace countersign::expr {

/// A function, an operator, or (from `append` on) a step of a macro. `argument` of Operation::call.
enum class Function : std::uint16_t {
    unbound = 0,  ///< a name that the engine does not know: calling it is an error

    add = 1,
    subtract = 2,
    multiply = 3,
    divide = 4,
    modulo = 5,
    negate = 6,
    logical_not = 7,
    equals = 8,
    not_equals = 9,
    less = 10,
    less_equals = 11,
    greater = 12,
    greater_equals = 13,
    in = 14,
    concatenate = 15,

    // These run inside of comprehensions and see their first argument, a local, as a place.
    not_strictly_false = 20,  ///< (x): false only if x is false, true also for an error
    append = 21,              ///< (list, item)
    append_if = 22,           ///< (list, condition, item)
    insert = 23,              ///< (map, key, value)
    insert_if = 24,           ///< (map, condition, key, value)
    insert_all = 25,          ///< (map, map)
    insert_all_if = 26,       ///< (map, condition, map)

    size = 40,
    contains = 41,
    starts_with = 42,
    ends_with = 43,
    matches = 44,
    type = 45,
    dyn = 46,
    to_int = 47,
    to_uint = 48,
    to_double = 49,
    to_string = 50,
    to_bytes = 51,
    to_bool = 52,
    duration = 53,
    timestamp = 54,
    money = 55,
    at = 56,

    get_full_year = 60,
    get_month = 61,
    get_day_of_year = 62,
    get_day_of_month = 63,
    get_date = 64,
    get_day_of_week = 65,
    get_hours = 66,
    get_minutes = 67,
    get_seconds = 68,
    get_milliseconds = 69,

    optional_of = 80,
    optional_none = 81,
    optional_of_non_zero = 82,
    has_value = 83,
    optional_value = 84,
    or_value = 85,
    optional_or = 86,
    first = 87,
    last = 88,
    unwrap = 89,
    unwrap_opt = 90,

    char_at = 100,
    index_of = 101,
    last_index_of = 102,
    join = 103,
    lower_ascii = 104,
    upper_ascii = 105,
    replace = 106,
    split = 107,
    substring = 108,
    trim = 109,
    reverse = 110,
    format = 111,
    quote = 112,

    math_greatest = 130,
    math_least = 131,
    math_ceil = 132,
    math_floor = 133,
    math_round = 134,
    math_trunc = 135,
    math_abs = 136,
    math_sign = 137,
    math_is_nan = 138,
    math_is_inf = 139,
    math_is_finite = 140,
    math_bit_and = 141,
    math_bit_or = 142,
    math_bit_xor = 143,
    math_bit_not = 144,
    math_shift_left = 145,
    math_shift_right = 146,
    math_sqrt = 147,

    // These ask whoever evaluates (Host).
    workdays = 160,  ///< (from, to): the working days after the one, to the end of the other
    workday = 161,   ///< (date): whether it is one
};

/// Returns the function of a name as texts write it ("size", "math.greatest", "+", "in"), or
/// nothing. Operators with one and two operands have names of their own: "-" and "-x".
std::optional<Function> function_named(std::string_view name);

/// Returns the name of a function; "?" for a number that is none.
std::string_view name_of(Function function);

}  // namespace countersign::expr
