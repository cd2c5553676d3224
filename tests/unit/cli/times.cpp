// Times and lengths as people read them.
#include "cli/output/moment.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::cli;

namespace {

const Instant tuesday = *parse_rfc3339("2026-02-10T10:00:59+08:00");

}  // namespace

TEST_CASE("moment: shows the weekday and the wall clock of the calendar's offset") {
    CHECK(moment(tuesday, 480, "en") == "Tue 2026-02-10 10:00");
    CHECK(moment(tuesday, 480, "zh") == "周二 2026-02-10 10:00");
    CHECK(moment(tuesday, -720, "en") == "Mon 2026-02-09 14:00");
    CHECK(short_moment(tuesday, 480, "en") == "Tue 02-10 10:00");
}

TEST_CASE("readable: the two largest units, none that is zero") {
    CHECK(readable(hours(76), "en") == "3 d 4 h");
    CHECK(readable(hours(48), "en") == "2 d");
    CHECK(readable(minutes(125), "en") == "2 h 5 min");
    CHECK(readable(hours(24) + minutes(5), "en") == "1 d");
    CHECK(readable(seconds(12) + milliseconds(345), "en") == "12 s");
    CHECK(readable(milliseconds(345), "en") == "345 ms");
    CHECK(readable(milliseconds(0), "en") == "0 ms");
    CHECK(readable(hours(-1), "en") == "-1 h");
    CHECK(readable(hours(76), "zh") == "3 天 4 小时");
}

TEST_CASE("working: days of the calendar's length, hours and minutes, none that is zero") {
    CHECK(working((hours(27) + minutes(20)).ms, hours(8).ms, "en") == "3wd 3wh 20min");
    CHECK(working((hours(27) + minutes(20)).ms, hours(8).ms, "zh") == "3工作日3小时20分");
    CHECK(working(hours(16).ms, hours(8).ms, "en") == "2wd");
    CHECK(working(hours(16).ms, 0, "en") == "16wh");
    CHECK(working(59'999, hours(8).ms, "en") == "0");
}

TEST_CASE("offset: read off the end of an RFC 3339 text") {
    CHECK(offset_of("2026-02-10T10:00:00+08:00") == 480);
    CHECK(offset_of("2026-02-10T10:00:00-03:30") == -210);
    CHECK(offset_of("2026-02-10T02:00:00Z") == 0);
    CHECK(offset_of("") == 0);
    CHECK(offset_of("2026-02-10") == 0);
}
