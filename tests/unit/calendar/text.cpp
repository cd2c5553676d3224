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
    CHECK(left("2026-03-05 17:00", "2026-03-05 17:00", Unit::working_day) == "0wd");
    CHECK(left("2026-03-05 20:00", "2026-03-05 17:00", Unit::working_day) == "overdue <0.1wd");
    CHECK(left("2026-03-06 17:00", "2026-03-05 17:00", Unit::working_day) == "overdue 1wd");
    CHECK(left("2026-03-06 13:00", "2026-03-05 17:00", Unit::working_day) == "overdue 0.5wd");
    CHECK(left("2026-03-06 16:00", "2026-03-09 11:20", Unit::working_hour) == "3h20min");
    CHECK(left("2026-03-06 16:00", "2026-03-06 16:20", Unit::working_hour) == "20min");
    CHECK(left("2026-03-06 13:00", "2026-03-06 16:00", Unit::hour) == "3h");
    CHECK(left("2026-03-06 13:00:15", "2026-03-06 13:01", Unit::second) == "45s");
    CHECK(left("2026-03-06 13:00", "2026-03-08 14:00", Unit::day) == "2d1h");
    CHECK(left("2026-03-08 13:00", "2026-03-06 13:00", Unit::day) == "overdue 2d");
}

TEST_CASE("lengths: in words for people, and what is none stays as it is") {
    const auto zh = [](std::string_view length) { return length_words(length).in("zh"); };
    CHECK(zh("3wd") == "3个工作日");
    CHECK(zh("2.5wd") == "2.5个工作日");
    CHECK(zh("<0.1wd") == "不足0.1个工作日");
    CHECK(zh("overdue 1wd") == "逾期1个工作日");
    CHECK(zh("3h20min") == "3小时20分钟");
    CHECK(zh("overdue 9d4h") == "逾期9天4小时");
    CHECK(zh("4wh") == "4个工作小时");
    CHECK(zh("1month") == "1个月");
    CHECK(zh("2year") == "2年");
    CHECK(zh("45s") == "45秒");
    CHECK(length_words("2.5wd").in("en") == "2.5wd");
    for (const char* other : {"", "soon", "3", "3lightyears", "wd"}) CHECK(zh(other) == other);
}

TEST_CASE("calendar data: read back from the archive, it gives the same due") {
    const CalendarData data = mainland_data();
    const auto read = decode<CalendarData>(encode(data));
    REQUIRE(read.has_value());
    CHECK(read->days.size() == data.days.size());
    CHECK(read->week == data.week);
    CHECK(due_text(*make_calendar(*read), "2026-01-26 10:00", "20wd") == "2026-02-28 17:00");
}
