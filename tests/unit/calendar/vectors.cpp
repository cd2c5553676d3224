// The published tables: due dates over real holidays, and working days a month.
#include "mainland.hpp"

#include <array>

using namespace countersign;
using namespace countersign::calendar;
using namespace countersign::calendar::testing;

namespace {

struct Vector {
    const char* start;
    const char* length;
    const char* due;
};

constexpr std::array<Vector, 19> vectors = {{
    {"2024-02-02", "5wd", "2024-02-08"},  // Sunday 02-04 works
    {"2024-02-09", "1wd", "2024-02-18"},  // due on a Sunday that works
    {"2024-04-03", "3wd", "2024-04-09"},  // Sunday 04-07 works
    {"2024-04-26", "5wd", "2024-05-07"},
    {"2024-09-13", "5wd", "2024-09-23"},   // Saturday 09-14 works, then three days off
    {"2024-09-27", "10wd", "2024-10-16"},  // two make-up days
    {"2024-12-27", "5wd", "2025-01-06"},   // over the year's end
    {"2025-01-20", "20wd", "2025-02-21"},
    {"2025-01-24", "5wd", "2025-02-07"},
    {"2025-04-25", "5wd", "2025-05-06"},
    {"2025-09-26", "10wd", "2025-10-16"},
    {"2025-12-31", "5wd", "2026-01-08"},  // Sunday 01-04 works
    {"2026-01-03", "1wd", "2026-01-04"},
    {"2026-01-26", "20wd", "2026-02-28"},  // due on a Saturday that works
    {"2026-02-13", "5wd", "2026-02-27"},   // Saturday 02-14 works
    {"2026-02-14", "10wd", "2026-03-06"},
    {"2026-04-30", "5wd", "2026-05-11"},  // Saturday 05-09 works
    {"2026-09-18", "5wd", "2026-09-24"},  // Sunday 09-20 works
    {"2026-09-30", "20wd", "2026-11-03"},
}};

struct Months {
    int year;
    int total;
    std::array<int, 12> days;
};

constexpr std::array<Months, 3> months = {{
    {2024, 251, {22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22}},
    {2025, 248, {19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23}},
    {2026, 248, {21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23}},
}};

}  // namespace

TEST_CASE(
    "vectors: a limit in working days over real holidays -> due at the close of the published "
    "day") {
    const auto calendar = mainland();
    for (const Vector& vector : vectors) {
        for (const char* hour : {" 00:00", " 10:00", " 16:59", " 17:00", " 23:59"}) {
            CAPTURE(std::string(vector.start) + hour + " + " + vector.length);
            CHECK(due_text(*calendar, std::string(vector.start) + hour, vector.length) ==
                  std::string(vector.due) + " 17:00");
        }
    }
}

TEST_CASE("vectors: the day before the due is one working day short of the limit") {
    const auto calendar = mainland();
    for (const Vector& vector : vectors) {
        CAPTURE(vector.start);
        const Instant from = local(std::string(vector.start) + " 10:00");
        const Instant due = local(std::string(vector.due) + " 17:00");
        const auto count = limit(vector.length).count;

        CHECK(working_days_between(*calendar, from, due) == count);
        CHECK(working_days_between(*calendar, from, due - milliseconds(1)) == count - 1);
    }
}

TEST_CASE("vectors: working days a month and a year are those counted from the notices") {
    const auto calendar = mainland();
    for (const Months& year : months) {
        int total = 0;
        for (int month = 1; month <= 12; ++month) {
            int days = 0;
            for (int day = 1; day <= 31; ++day) {
                const auto at = Date::from(year.year, month, day);
                if (at && is_working_day(*calendar, *at)) ++days;
            }
            CAPTURE(year.year * 100 + month);
            CHECK(days == year.days[static_cast<std::size_t>(month - 1)]);
            total += days;
        }
        CHECK(total == year.total);
        const Instant first = instant_of(*Date::from(year.year - 1, 12, 31), 0, 480);
        const Instant last = instant_of(*Date::from(year.year, 12, 31), 86'400'000, 480);
        CHECK(working_days_between(*calendar, first, last) == year.total);
        CHECK(working_ms_between(*calendar, first + hours(24), last) ==
              year.total * 8 * 3'600'000LL);
    }
}

TEST_CASE("vectors: 2024-02-09, the eve of the Spring Festival, is a working day") {
    CHECK(is_working_day(*mainland(), date("2024-02-09")));
    CHECK_FALSE(is_working_day(*mainland(), date("2024-02-10")));
    CHECK(is_working_day(*mainland(), date("2024-02-18")));
}
