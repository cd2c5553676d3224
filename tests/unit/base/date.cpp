// Civil dates and local times.
#include "engine/base/date.hpp"

#include <doctest/doctest.h>

using namespace countersign;

TEST_CASE("date: every day of 0001 to 9999 follows the one before and reads back") {
    Date at = *Date::from(1, 1, 1);
    int wrong = 0;
    for (int year = 1; year <= 9999; ++year) {
        const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        for (int month = 1; month <= 12; ++month) {
            const int length = lengths[month - 1];
            if (Date::from(year, month, 1) != at) ++wrong;
            if (Date::from(year, month, length) != at + (length - 1)) ++wrong;
            if (Date::from(year, month, length + 1)) ++wrong;
            at = at + (length - 1);
            if (at.year() != year || at.month() != month || at.day() != length) ++wrong;
            at = at + 1;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("date: text there and back, weekdays, and what is no date") {
    const auto parsed = Date::parse("2026-02-10");
    REQUIRE(parsed.has_value());
    CHECK(parsed->text() == "2026-02-10");
    CHECK(parsed->weekday() == 2);
    CHECK(Date::parse("1970-01-01") == Date{0});
    CHECK(Date{0}.weekday() == 4);
    CHECK(Date{-1}.weekday() == 3);
    CHECK(Date{-4}.weekday() == 7);
    CHECK(Date{-1}.text() == "1969-12-31");
    CHECK(Date::parse("2024-02-29").has_value());
    for (const char* text :
         {"", "2025-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-01", "2026/01/01",
          "2026-01-011", "+026-01-01", "0000-01-01", "2026-01-0x"}) {
        CAPTURE(text);
        CHECK_FALSE(Date::parse(text));
    }
}

TEST_CASE("local time: floors before 1970 and over midnight, and reads back") {
    for (const std::int64_t ms :
         {std::int64_t{0}, std::int64_t{-1}, std::int64_t{-86'400'000}, std::int64_t{57'600'000},
          std::int64_t{57'599'999}, std::int64_t{1'790'000'000'123}}) {
        for (const int offset : {-720, -1, 0, 480, 840}) {
            CAPTURE(ms);
            CAPTURE(offset);
            const LocalTime time = local_time(Instant{ms}, offset);
            CHECK(time.ms_of_day >= 0);
            CHECK(time.ms_of_day < 86'400'000);
            CHECK(instant_of(time.date, time.ms_of_day, offset) == Instant{ms});
        }
    }
    CHECK(local_time(Instant{57'600'000}, 480).date == Date{1});
    CHECK(local_time(Instant{57'599'999}, 480).date == Date{0});
    CHECK(instant_of(Date{0}, 86'400'000, 0) == instant_of(Date{1}, 0, 0));
    CHECK(instant_of(Date{1}, -1, 0) == Instant{86'399'999});
}

TEST_CASE("moment: weekday, date and time of the place") {
    const Instant tuesday = instant_of(*Date::parse("2026-02-10"), 10 * 3'600'000, 480);

    CHECK(moment_text(tuesday, 480) == Text{"Tue 2026-02-10 10:00", "周二 2026-02-10 10:00"});
    CHECK(moment_text(tuesday, -720) == Text{"Mon 2026-02-09 14:00", "周一 2026-02-09 14:00"});
}

TEST_CASE("moments: a day, a wall clock, or an instant with its offset; else told what to write") {
    const auto at = [](std::string_view text) { return parse_moment(text, 480); };
    CHECK(*at("2026-02-10 15:30") == *parse_rfc3339("2026-02-10T15:30+08:00"));
    CHECK(*at("2026-02-10T15:30:05") == *parse_rfc3339("2026-02-10T15:30:05+08:00"));
    CHECK(*at("2026-02-10") == *parse_rfc3339("2026-02-10T00:00+08:00"));
    CHECK(*at("2026-02-10T15:30Z") == *parse_rfc3339("2026-02-10T23:30+08:00"));
    for (const char* text : {"", "15:30", "2026-02-30", "2026-02-10 25:00", "yesterday"}) {
        CAPTURE(text);
        REQUIRE(at(text).has_error());
        CHECK(at(text).error().message.find("write it like 2026-02-10 10:00") != std::string::npos);
    }
}
