// When scripted people act, by a calendar of Monday to Friday from 9 to 17 at UTC+8.

#include "adapters/rehearsal/play.hpp"
#include "engine/runtime/calendars.hpp"

#include <doctest/doctest.h>

namespace countersign::rehearsal {

namespace {

using calendar::Unit;

std::string after(std::string_view now, definitions::Moment moment) {
    const auto calendars = runtime::completed({}, {});
    const auto begin = parse_rfc3339(std::string(now) + ":00+08:00");
    REQUIRE(begin.has_value());
    return rfc3339(moment_after(moment, *begin, *calendars.find("")), 480).substr(0, 16);
}

constexpr std::int64_t nine_thirty = (9 * 60 + 30) * 60'000;

}  // namespace

TEST_CASE("moments: without a word at once, in days at the close of the last") {
    CHECK(after("2026-03-02T10:00", {}) == "2026-03-02T10:00");
    CHECK(after("2026-03-02T10:00", {{{2, Unit::working_hour}}, {}, {}}) == "2026-03-02T12:00");
    CHECK(after("2026-03-06T10:00", {{{1, Unit::working_day}}, {}, {}}) == "2026-03-09T17:00");
}

TEST_CASE("moments: a time of the day is that of the last day, or the next that comes") {
    CHECK(after("2026-03-06T10:00", {{{1, Unit::working_day}}, nine_thirty, {}}) ==
          "2026-03-09T09:30");
    CHECK(after("2026-03-06T10:00", {{}, nine_thirty, {}}) == "2026-03-09T09:30");
    CHECK(after("2026-03-06T09:00", {{}, nine_thirty, {}}) == "2026-03-06T09:30");
    CHECK(after("2026-03-06T16:00", {{{2, Unit::working_hour}}, nine_thirty, {}}) ==
          "2026-03-10T09:30");
}

TEST_CASE("moments: what lies in the past happens at once") {
    const definitions::When when{*Date::from(2026, 3, 1), nine_thirty};
    CHECK(after("2026-03-02T10:00", {{}, {}, when}) == "2026-03-02T10:00");
    CHECK(after("2026-02-27T10:00", {{}, {}, when}) == "2026-03-01T09:30");
}

}  // namespace countersign::rehearsal
