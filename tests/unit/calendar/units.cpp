// Each unit without pauses: half days, working hours over gaps, months' ends, roll, points, bounds.
#include "mainland.hpp"

#include <limits>

using namespace countersign;
using namespace countersign::calendar;
using namespace countersign::calendar::testing;

namespace {

const std::vector<Hours> with_lunch = {{9 * 60, 12 * 60}, {13 * 60, 17 * 60}};

std::string point_text(const Calendar& calendar, std::string_view from, std::string_view length,
                       unsigned percent, const Counting& counting = {}) {
    const Due due =
        point_of(calendar, local(from), limit(length), percent, counting, {}, local(from));
    return shown(due.at) + (due.provisional ? "?" : "");
}

/// 2026-03-04 (a Wednesday) closes at noon.
std::shared_ptr<const Calendar> with_half_day() {
    CalendarData data = mainland_data();
    SpecialDay half;
    half.date = date("2026-03-04");
    half.hours = {{9 * 60, 12 * 60}};
    const auto place = std::find_if(data.days.begin(), data.days.end(),
                                    [&](const SpecialDay& day) { return day.date > half.date; });
    data.days.insert(place, half);
    return make_calendar(std::move(data));
}

}  // namespace

TEST_CASE("wd: a half day counts as a day and closes at its own hour") {
    const auto calendar = with_half_day();
    CHECK(due_text(*calendar, "2026-03-03 10:00", "1wd") == "2026-03-04 12:00");
    CHECK(due_text(*calendar, "2026-03-03 10:00", "2wd") == "2026-03-05 17:00");
    CHECK(close_of(*calendar, date("2026-03-04")) == local("2026-03-04 12:00"));
    CHECK_FALSE(close_of(*calendar, date("2026-03-07")));
}

TEST_CASE("wd: count_start_day counts the date of the start unless its close has passed") {
    const auto calendar = mainland();
    const Counting counting{.count_start_day = true};
    CHECK(due_text(*calendar, "2026-03-03 10:00", "1wd", counting) == "2026-03-03 17:00");
    CHECK(due_text(*calendar, "2026-03-03 16:59", "3wd", counting) == "2026-03-05 17:00");
    CHECK(due_text(*calendar, "2026-03-03 17:00", "1wd", counting) == "2026-03-04 17:00");
    CHECK(due_text(*calendar, "2026-03-07 10:00", "1wd", counting) == "2026-03-09 17:00");
}

TEST_CASE("wd: ends_midnight moves the due from close of business to the end of the day") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-03-03 10:00", "1wd", {.ends_midnight = true}) ==
          "2026-03-05 00:00");
}

TEST_CASE("wd: past the last year known -> the weekly pattern, provisional, nothing fails") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-12-30 10:00", "1wd") == "2026-12-31 17:00");
    CHECK(due_text(*calendar, "2026-12-30 10:00", "2wd") == "2027-01-01 17:00?");
    CHECK(due_text(*calendar, "2026-12-30 10:00", "3wd") == "2027-01-04 17:00?");
    CHECK(due_text(*calendar, "2019-12-30 10:00", "1wd") == "2019-12-31 17:00?");
    CHECK(due_text(*calendar, "2019-12-30 10:00", "2wd") == "2020-01-02 17:00?");
    CHECK(due_text(*calendar, "2020-01-02 10:00", "1wd") == "2020-01-03 17:00");
}

TEST_CASE(
    "wd: a year with a layer's closure but without a notice stays provisional, the closure holds") {
    CalendarData data = mainland_data();
    SpecialDay typhoon;
    typhoon.date = date("2027-07-20");
    data.days.push_back(typhoon);
    const auto calendar = make_calendar(std::move(data));
    CHECK(due_text(*calendar, "2027-07-19 10:00", "1wd") == "2027-07-21 17:00?");
    CHECK(due_text(*calendar, "2026-12-30 10:00", "1wd") == "2026-12-31 17:00");
}

TEST_CASE(
    "wd: a calendar without any named day or year is the weekly pattern, always provisional") {
    CalendarData data;
    data.week = {{{540, 1020}}, {}, {{540, 1020}}, {}, {}, {}, {}};
    const auto calendar = make_calendar(std::move(data));
    CHECK(due_text(*calendar, "2026-03-02 10:00", "1wd") == "2026-03-04 17:00?");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "2wd") == "2026-03-09 17:00?");
    CHECK(due_text(*calendar, "1951-03-05 10:00", "3wd") == "1951-03-14 17:00?");
}

TEST_CASE("wd: the offset decides which date an instant has") {
    CalendarData data = mainland_data();
    data.offset_minutes = -300;
    const auto calendar = make_calendar(std::move(data));
    // 2026-03-03 10:00 at +08:00 is still 03-02 there.
    CHECK(due_after(*calendar, local("2026-03-03 10:00"), limit("1wd")).at ==
          *parse_rfc3339("2026-03-03T17:00-05:00"));
}

TEST_CASE("wh: working time is consumed over lunch, night, weekend and holiday") {
    const auto calendar = mainland(with_lunch);
    CHECK(due_text(*calendar, "2026-03-03 10:00", "2wh") == "2026-03-03 12:00");
    CHECK(due_text(*calendar, "2026-03-03 11:00", "2wh") == "2026-03-03 14:00");
    CHECK(due_text(*calendar, "2026-03-03 12:30", "1wh") == "2026-03-03 14:00");
    CHECK(due_text(*calendar, "2026-03-06 16:00", "4wh") == "2026-03-09 12:00");
    CHECK(due_text(*calendar, "2026-02-14 16:00", "2wh") == "2026-02-24 10:00");
    CHECK(due_text(*calendar, "2026-02-28 20:00", "7wh") == "2026-03-02 17:00");
    CHECK(due_text(*calendar, "2026-12-31 16:00", "2wh") == "2027-01-01 10:00?");
    CHECK(due_text(*calendar, "2026-12-31 16:00", "1wh") == "2026-12-31 17:00");
}

TEST_CASE("wh: far beyond and before the table the weekly pattern repeats") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2031-01-03 16:00", "1wh") == "2031-01-03 17:00?");
    CHECK(due_text(*calendar, "2031-01-03 16:00", "2wh") == "2031-01-06 10:00?");
    CHECK(due_text(*calendar, "2031-01-04 16:00", "40wh") == "2031-01-10 17:00?");
    CHECK(due_text(*calendar, "2010-01-01 16:00", "2wh") == "2010-01-04 10:00?");
    CHECK(due_text(*calendar, "2010-01-02 16:00", "40wh") == "2010-01-08 17:00?");
}

TEST_CASE("d: counts dates to midnight and rolls a last day off to the next working day") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-03-02 10:00", "1d") == "2026-03-04 00:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "5d") == "2026-03-10 00:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "5d", {.roll = false}) == "2026-03-08 00:00");
    CHECK(due_text(*calendar, "2026-09-21 10:00", "10d") == "2026-10-09 00:00");
    CHECK(due_text(*calendar, "2026-12-30 10:00", "3d") == "2027-01-05 00:00?");
    CHECK(due_text(*calendar, "2026-12-30 10:00", "3d", {.roll = false}) == "2027-01-03 00:00");
}

TEST_CASE("month, year: the like-numbered date, else the month's last, to midnight") {
    const auto calendar = mainland();
    const Counting plain{.roll = false};
    CHECK(due_text(*calendar, "2025-01-31 10:00", "1month", plain) == "2025-03-01 00:00");
    CHECK(due_text(*calendar, "2024-01-31 10:00", "1month", plain) == "2024-03-01 00:00");
    CHECK(due_text(*calendar, "2025-08-31 10:00", "1month", plain) == "2025-10-01 00:00");
    CHECK(due_text(*calendar, "2025-11-15 10:00", "3month", plain) == "2026-02-16 00:00");
    CHECK(due_text(*calendar, "2024-02-29 10:00", "1year", plain) == "2025-03-01 00:00");
    CHECK(due_text(*calendar, "2024-02-29 10:00", "4year", plain) == "2028-03-01 00:00");
    CHECK(due_text(*calendar, "2025-11-15 10:00", "3month") ==
          "2026-02-25 00:00");  // 02-15 is a holiday
    CHECK(due_text(*calendar, "2025-01-31 10:00", "1month") == "2025-03-01 00:00");
}

TEST_CASE("h, min, s: elapsed time, whatever the calendar, never provisional") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-02-16 10:00", "48h") == "2026-02-18 10:00");
    CHECK(due_text(*calendar, "2029-02-16 10:00", "90min") == "2029-02-16 11:30");
    CHECK(due_after(*calendar, Instant{5}, limit("30s")).at == Instant{30'005});
}

TEST_CASE("zero of any unit is used up at once") {
    const auto calendar = mainland();
    for (const char* zero : {"0wd", "0wh", "0d", "0h", "0s", "0month"})
        CHECK(due_text(*calendar, "2026-03-07 10:00", zero) == "2026-03-07 10:00");
}

TEST_CASE("point: whole days by their close, the rest as a share of the next day's working time") {
    const auto calendar = mainland();
    CHECK(point_text(*calendar, "2026-03-02 10:00", "10wd", 80) == "2026-03-12 17:00");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "3wd", 80) ==
          "2026-03-05 12:12");  // 2.4 of 8 h
    CHECK(point_text(*calendar, "2026-03-02 10:00", "1wd", 50) == "2026-03-03 13:00");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "1wd", 100) == "2026-03-03 17:00");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "1wd", 0) == "2026-03-02 10:00");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "2wd", 50, {.ends_midnight = true}) ==
          "2026-03-04 00:00");
    CHECK(point_text(*mainland(with_lunch), "2026-03-02 10:00", "1wd", 50) == "2026-03-03 13:30");
    CHECK(point_text(*with_half_day(), "2026-03-03 10:00", "1wd", 50) == "2026-03-04 10:30");
}

TEST_CASE("point: of working hours, dates and elapsed time") {
    const auto calendar = mainland(with_lunch);
    CHECK(point_text(*calendar, "2026-03-02 10:00", "4wh", 50) == "2026-03-02 12:00");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "4wh", 75) == "2026-03-02 14:00");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "10d", 50) == "2026-03-08 00:00");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "5d", 50) == "2026-03-05 12:00");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "5d", 100) == "2026-03-10 00:00");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "1h", 50) == "2026-03-02 10:30");
    CHECK(point_text(*calendar, "2026-03-02 10:00", "1h", 250) == "2026-03-02 11:00");
}

TEST_CASE("due: a wild start or count is bounded, not undefined") {
    const auto calendar = mainland();
    const Instant wild_starts[] = {{std::numeric_limits<std::int64_t>::max()},
                                   {std::numeric_limits<std::int64_t>::min()},
                                   {0}};
    for (const Instant from : wild_starts) {
        for (unsigned unit = 0; unit <= 7; ++unit) {
            const Limit wild{std::numeric_limits<std::int64_t>::max(), static_cast<Unit>(unit)};
            const std::vector<Pause> pauses = {{{std::numeric_limits<std::int64_t>::min()},
                                                Instant{std::numeric_limits<std::int64_t>::max()}}};
            CHECK(due_after(*calendar, from, wild).at >
                  Instant{std::numeric_limits<std::int64_t>::min()});
            CHECK(due_after(*calendar, from, wild, {}, pauses, from).at >=
                  due_after(*calendar, from, wild).at);
        }
    }
    CHECK(due_after(*calendar, local("2026-03-02 10:00"), Limit{-5, Unit::working_day}).at ==
          local("2026-03-02 10:00"));
}

TEST_CASE("between: nothing when the end does not follow the start") {
    const auto calendar = mainland();
    CHECK(working_days_between(*calendar, local("2026-03-05 10:00"), local("2026-03-02 10:00")) ==
          0);
    CHECK(working_days_between(*calendar, local("2026-03-05 10:00"), local("2026-03-05 18:00")) ==
          0);
    CHECK(working_ms_between(*calendar, local("2026-03-05 10:00"), local("2026-03-02 10:00")) == 0);
    CHECK(working_ms_between(*calendar, local("2026-03-05 10:00"), local("2026-03-05 11:30")) ==
          5'400'000);
    CHECK(working_ms_between(*calendar, local("2026-03-06 16:00"), local("2026-03-09 09:30")) ==
          5'400'000);
}

TEST_CASE("calendars: found by id, null for an unknown one") {
    Calendars calendars;
    calendars.by_id["jiading"] = mainland();
    CHECK(calendars.find("jiading") == calendars.by_id["jiading"].get());
    CHECK(calendars.find("shanghai") == nullptr);
    CHECK(data_of(*calendars.find("jiading")).id == "china-mainland");
}

TEST_CASE("before: working days, dates, months and hours counted back from a date") {
    const auto calendar = mainland();
    const auto before = [&](std::string_view at, std::string_view length) {
        const Due due = latest_before(*calendar, local(at), limit(length));
        return shown(due.at) + (due.provisional ? "?" : "");
    };
    // 2026-05-09 is a worked Saturday; 2026-02-14 as well, and 15 to 23 are off.
    CHECK(before("2026-05-11 00:00", "2wd") == "2026-05-08 09:00");
    CHECK(before("2026-05-11 15:00", "1wd") == "2026-05-09 09:00");
    CHECK(before("2026-02-24 00:00", "1wd") == "2026-02-14 09:00");
    CHECK(before("2026-05-11 15:00", "30d") == "2026-04-11 00:00");
    CHECK(before("2026-03-31 10:00", "1month") == "2026-02-28 00:00");
    CHECK(before("2028-02-29 10:00", "1year") == "2027-02-28 00:00");
    CHECK(before("2026-03-04 10:00", "26h") == "2026-03-03 08:00");
    CHECK(before("2026-03-04 10:00", "0wd") == "2026-03-04 10:00");
    CHECK(before("2031-05-12 00:00", "1wd").ends_with("?"));
}

TEST_CASE("before: what begins then and takes that many working days is due on the day itself") {
    const auto calendar = mainland();
    for (Date day = date("2026-01-05"); day < date("2026-12-28"); day = day + 1) {
        if (!is_working_day(*calendar, day)) continue;
        for (const std::int64_t count : {1, 2, 5, 20}) {
            const Limit length{count, Unit::working_day};
            const Instant begins = latest_before(*calendar, instant_of(day, 0, 480), length).at;
            CHECK(due_after(*calendar, begins, length).at == *close_of(*calendar, day));
        }
    }
}
