#pragma once
// Calendars for the tests of this folder, and short ways to write times.

#include "engine/calendar/calendar.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::calendar::testing {

/// The days 2020 … 2026 of mainland China; open Monday to Friday in `hours` (09:00-17:00 if empty).
CalendarData mainland_data(std::vector<Hours> hours = {});
std::shared_ptr<const Calendar> mainland(std::vector<Hours> hours = {});

inline Date date(std::string_view text) {
    const auto parsed = Date::parse(text);
    REQUIRE(parsed.has_value());
    return *parsed;
}

/// "2026-02-10 10:00" as the wall clock at +08:00 shows it.
inline Instant local(std::string_view text) {
    const auto parsed = parse_rfc3339(std::string(text) + "+08:00");
    REQUIRE(parsed.has_value());
    return *parsed;
}

/// The reverse of local(): what a failing assertion shows.
inline std::string shown(Instant at) { return rfc3339(at, 480).substr(0, 16).replace(10, 1, " "); }

inline Limit limit(std::string_view text) {
    const auto parsed = Limit::parse(text);
    REQUIRE(parsed.has_value());
    return *parsed;
}

/// Due as text, with "?" behind it when it is provisional.
inline std::string due_text(const Calendar& calendar, std::string_view from,
                            std::string_view length, const Counting& counting = {},
                            const std::vector<Pause>& pauses = {},
                            std::string_view now = "2026-11-23 10:00") {
    const Due due = due_after(calendar, local(from), limit(length), counting, pauses, local(now));
    return shown(due.at) + (due.provisional ? "?" : "");
}

}  // namespace countersign::calendar::testing
