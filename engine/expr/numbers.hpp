#pragma once
// Comparing numbers of different kinds, and the texts of numbers, money, durations and timestamps.

#include "engine/expr/value.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::expr {

inline constexpr double two_to_63 = 9223372036854775808.0;
inline constexpr double two_to_64 = 18446744073709551616.0;
inline constexpr std::int64_t nanos_a_second = 1'000'000'000;

/// Whether the value is an int, a uint or a double.
inline bool is_number(const Value& value) {
    return value.is(Kind::integer) || value.is(Kind::unsigned_integer) || value.is(Kind::real);
}

/// Whether a map may have keys of this kind.
inline bool is_key(Kind kind) {
    return kind == Kind::boolean || kind == Kind::integer || kind == Kind::unsigned_integer ||
           kind == Kind::string;
}

/// Orders two numbers (int, uint, double) by their exact values; unordered when one is NaN.
std::partial_ordering compare_numbers(const Value& a, const Value& b);

/// Bounds of CEL timestamps: 0001-01-01T00:00:00Z … 9999-12-31T23:59:59Z, seconds since 1970.
inline constexpr std::int64_t timestamp_seconds_min = -62135596800;
inline constexpr std::int64_t timestamp_seconds_max = 253402300799;
/// Bound of CEL durations: about 10,000 years.
inline constexpr std::int64_t duration_seconds_max = 315576000000;

/// Returns the shortest text that reads back as `value`: "1.0" as "1", and "NaN", "Infinity".
std::string real_text(double value);
/// Returns "12.34", "-0.05".
std::string money_text(std::int64_t fen);
/// Returns "30s", "-1.5s": seconds with as much of a fraction as there is.
std::string duration_text(Seconds length);
/// Returns RFC 3339 in UTC with as much of a fraction as there is.
std::string timestamp_text(Seconds since_1970);

/// Reads "12.34", "12", "-0.5": at most two digits after the point; nothing when it is no amount.
std::optional<std::int64_t> read_money(std::string_view text);
/// Reads "1h30m", "1.5s", "-20ms", with the units h m s ms us ns; nothing when it is none.
std::optional<Seconds> read_duration(std::string_view text);
/// Reads RFC 3339 with up to nine digits of fraction; nothing when it is none.
std::optional<Seconds> read_timestamp(std::string_view text);

/// Whether the seconds are within CEL's bounds.
bool is_timestamp(Seconds seconds);
bool is_duration(Seconds seconds);

}  // namespace countersign::expr
