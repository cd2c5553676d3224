#pragma once
// Civil dates (proleptic Gregorian) and the local time of an instant.

#include "engine/base/result.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign {

/// A civil date as a count of days since 1970-01-01. Years 0001 … 9999.
struct Date {
    std::int32_t days = 0;
    auto operator<=>(const Date&) const = default;

    /// Returns the date, or nothing when there is no such day (2025-02-29).
    static std::optional<Date> from(int year, int month, int day);
    /// Reads "2026-02-10"; nothing when it is not such a text or there is no such day.
    static std::optional<Date> parse(std::string_view text);

    int year() const;
    int month() const;         ///< 1 … 12
    int day() const;           ///< 1 … 31
    int weekday() const;       ///< 1 = Monday … 7 = Sunday (ISO 8601)
    std::string text() const;  ///< "2026-02-10"

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("days", days);
    }
};

inline constexpr Date operator+(Date date, std::int32_t days) { return {date.days + days}; }
inline constexpr Date operator-(Date date, std::int32_t days) { return {date.days - days}; }

/// The wall clock at some place: date, and milliseconds since its midnight (0 … 86,399,999).
struct LocalTime {
    Date date;
    std::int64_t ms_of_day = 0;
};

/// Returns what the wall clock shows at `at`, `offset_minutes` east of UTC.
LocalTime local_time(Instant at, int offset_minutes);

/// Returns the instant at which the wall clock shows `ms_of_day` on `date`; `ms_of_day` may pass a
/// day's end or be negative.
Instant instant_of(Date date, std::int64_t ms_of_day, int offset_minutes);

/// Returns "Fri", 周五.
Text weekday_text(Date date);

/// Returns an instant as people read it: "Fri 2026-02-27 17:00", 周五 2026-02-27 17:00. The
/// weekday is there because working days are what these cases are about.
Text moment_text(Instant at, int offset_minutes);

/// Reads a moment as people write it: "2026-02-27 17:00" on the wall clock `offset_minutes` east of
/// UTC, a day alone for its first moment, or RFC 3339 with an offset of its own. Fails with
/// ErrorKind::invalid, naming what is wrong.
result<Instant> parse_moment(std::string_view text, int offset_minutes);

}  // namespace countersign
