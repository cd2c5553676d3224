// Limits as text, remaining time as people read it, and calendars through the archive.
#include "mainland.hpp"

using namespace countersign;
using namespace countersign::calendar;
using namespace countersign::calendar::testing;

TEST_CASE("limit: every unit reads back what it wrote") {
    for (const char* text :
         {"3wd", "4wh", "10d", "2h", "30min", "30s", "1month", "10year", "0wd", "5000wd"})
        CHECK(limit(text).text() == text);
    CHECK(limit("3wd") == Limit{3, Unit::working_day});
    CHECK(limit("1month") == Limit{1, Unit::month});
    CHECK(limit("30min") == Limit{30, Unit::minute});
}

TEST_CASE("limit: what is none is refused with the reason") {
    for (const char* text :
         {"", "wd", "3", "3 wd", " 3wd", "3wd ", "-3wd", "+3wd", "3.5wd", "03wd", "-0wd", "3WD",
          "3days", "3m", "99999999999999999999wd", "5001wd", "101year", "3wd4"}) {
        CAPTURE(text);
        const auto parsed = Limit::parse(text);
        REQUIRE(parsed.has_error());
        CHECK(parsed.error().kind == ErrorKind::invalid);
        CHECK(parsed.error().message.find("write it like 3wd") != std::string::npos);
    }
    CHECK(Limit::parse("5001wd").error().message.find("at most 5000wd") != std::string::npos);
}

TEST_CASE("limit: elapsed units alone need no calendar") {
    for (const char* text : {"1wd", "1wh", "1d", "1month", "1year"})
        CHECK(limit(text).uses_calendar());
    for (const char* text : {"1h", "1min", "1s"}) CHECK_FALSE(limit(text).uses_calendar());
}

TEST_CASE("remaining: working days in tenths, time in hours and minutes, overdue named") {
    const auto calendar = mainland();
    const auto left = [&](std::string_view now, std::string_view due, Unit unit) {
        return remaining_text(*calendar, local(now), local(due), unit);
    };
    CHECK(left("2026-03-03 13:00", "2026-03-05 17:00", Unit::working_day) == "2.5wd");
    CHECK(left("2026-03-03 17:00", "2026-03-05 17:00", Unit::working_day) == "2wd");
    CHECK(left("2026-03-07 12:00", "2026-03-09 17:00", Unit::working_day) == "1wd");
    CHECK(left("2026-03-05 16:50", "2026-03-05 17:00", Unit::working_day) == "<0.1wd");
    CHECK(left("2026-03-06 17:00", "2026-03-05 17:00", Unit::working_day) == "overdue 1wd");
    CHECK(left("2026-03-06 13:00", "2026-03-05 17:00", Unit::working_day) == "overdue 0.5wd");
    CHECK(left("2026-03-06 16:00", "2026-03-09 11:20", Unit::working_hour) == "3h20min");
    CHECK(left("2026-03-06 16:00", "2026-03-06 16:20", Unit::working_hour) == "20min");
    CHECK(left("2026-03-06 13:00", "2026-03-06 16:00", Unit::hour) == "3h");
    CHECK(left("2026-03-06 13:00:15", "2026-03-06 13:01", Unit::second) == "45s");
    CHECK(left("2026-03-06 13:00", "2026-03-08 14:00", Unit::day) == "2d1h");
    CHECK(left("2026-03-08 13:00", "2026-03-06 13:00", Unit::day) == "overdue 2d");
}

TEST_CASE("calendar data: read back from the archive, it gives the same due") {
    const CalendarData data = mainland_data();
    const auto read = decode<CalendarData>(encode(data));
    REQUIRE(read.has_value());
    CHECK(read->days.size() == data.days.size());
    CHECK(read->week == data.week);
    CHECK(due_text(*make_calendar(*read), "2026-01-26 10:00", "20wd") == "2026-02-28 17:00");
}
