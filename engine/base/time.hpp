#pragma once
// Instants and durations of case time, in milliseconds, and their RFC 3339 text.

#include "engine/base/field.hpp"
#include "engine/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign {

/// A length of elapsed time in milliseconds; may be negative.
struct Duration {
    std::int64_t ms = 0;
    auto operator<=>(const Duration&) const = default;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("ms", ms);
    }
};

/// A point of case time: milliseconds since 1970-01-01T00:00Z, leap seconds ignored.
struct Instant {
    std::int64_t ms = 0;
    auto operator<=>(const Instant&) const = default;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("ms", ms);
    }
};

inline constexpr Duration milliseconds(std::int64_t n) { return {n}; }
inline constexpr Duration seconds(std::int64_t n) { return {n * 1'000}; }
inline constexpr Duration minutes(std::int64_t n) { return {n * 60'000}; }
inline constexpr Duration hours(std::int64_t n) { return {n * 3'600'000}; }
inline constexpr Instant operator+(Instant at, Duration by) { return {at.ms + by.ms}; }
inline constexpr Instant operator-(Instant at, Duration by) { return {at.ms - by.ms}; }
inline constexpr Duration operator-(Instant a, Instant b) { return {a.ms - b.ms}; }
inline constexpr Duration operator+(Duration a, Duration b) { return {a.ms + b.ms}; }

/// Returns `at` as RFC 3339 with the given offset in minutes east of UTC, e.g.
/// "2026-02-10T10:00:00+08:00"; milliseconds are written only when there are any.
std::string rfc3339(Instant at, int offset_minutes = 0);

/// Reads RFC 3339 ("2026-02-10T10:00+08:00"; seconds and fraction may be left out, the offset may
/// not). Fails with ErrorKind::invalid, naming what is wrong; finer than milliseconds is cut off.
result<Instant> parse_rfc3339(std::string_view text);

/// Reads a duration such as "500ms", "30s", "10min", "2h"; fails with ErrorKind::invalid.
result<Duration> parse_duration(std::string_view text);

}  // namespace countersign
