// Clocks that stood still for a while.
#include "mainland.hpp"

using namespace countersign;
using namespace countersign::calendar;
using namespace countersign::calendar::testing;

namespace {

Pause pause(std::string_view from, std::string_view to) { return {local(from), local(to)}; }

}  // namespace

TEST_CASE("wd pause: inside one day -> costs nothing") {
    const auto calendar = mainland();
    const std::vector<Pause> pauses = {pause("2026-03-04 09:00", "2026-03-04 16:59")};
    CHECK(due_text(*calendar, "2026-03-02 10:00", "5wd", {}, pauses) == "2026-03-09 17:00");
}

TEST_CASE("wd pause: over k closes of working days -> the due moves by k working days") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-03-02 10:00", "5wd", {},
                   {pause("2026-03-04 16:00", "2026-03-05 09:00")}) == "2026-03-10 17:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "5wd", {},
                   {pause("2026-03-04 16:00", "2026-03-06 18:00")}) == "2026-03-12 17:00");
    // From Friday evening to Monday morning no close of a working day lies.
    CHECK(due_text(*calendar, "2026-03-02 10:00", "5wd", {},
                   {pause("2026-03-06 17:01", "2026-03-09 08:00")}) == "2026-03-09 17:00");
}

TEST_CASE(
    "wd pause: begins at the close -> that day does not count; ends at the close -> it counts") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-03-02 10:00", "2wd", {},
                   {pause("2026-03-03 17:00", "2026-03-03 18:00")}) == "2026-03-05 17:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "2wd", {},
                   {pause("2026-03-03 12:00", "2026-03-03 17:00")}) == "2026-03-04 17:00");
}

TEST_CASE(
    "wd pause: on the last day over its close -> due the next working day; after the due -> "
    "nothing") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-03-02 10:00", "1wd", {},
                   {pause("2026-03-03 16:00", "2026-03-03 19:00")}) == "2026-03-04 17:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "1wd", {},
                   {pause("2026-03-03 17:01", "2026-03-09 19:00")}) == "2026-03-03 17:00");
}

TEST_CASE("wd pause: one that the other's shift reaches counts too") {
    const auto calendar = mainland();
    const std::vector<Pause> pauses = {pause("2026-03-03 10:00", "2026-03-04 10:00"),
                                       pause("2026-03-05 10:00", "2026-03-06 10:00"),
                                       pause("2026-03-11 10:00", "2026-03-12 10:00")};
    // 03-03 and 03-05 are paused: counted are 03-04, 03-06, 03-09.
    CHECK(due_text(*calendar, "2026-03-02 10:00", "3wd", {}, pauses) == "2026-03-09 17:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "5wd", {}, pauses) == "2026-03-12 17:00");
}

TEST_CASE("wd pause: before the start or over the start date's close -> nothing") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-03-02 10:00", "1wd", {},
                   {pause("2026-02-02 10:00", "2026-02-26 10:00")}) == "2026-03-03 17:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "1wd", {},
                   {pause("2026-03-02 11:00", "2026-03-03 10:00")}) == "2026-03-03 17:00");
}

TEST_CASE("wd pause: still open -> as if it ended now; not begun by now -> nothing") {
    const auto calendar = mainland();
    const std::vector<Pause> open = {{local("2026-03-03 10:00"), {}}};
    CHECK(due_text(*calendar, "2026-03-02 10:00", "2wd", {}, open, "2026-03-03 16:00") ==
          "2026-03-04 17:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "2wd", {}, open, "2026-03-06 16:00") ==
          "2026-03-09 17:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "2wd", {}, open, "2026-03-02 16:00") ==
          "2026-03-04 17:00");
}

TEST_CASE("wd pause: seven months over a year without a notice -> provisional") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-11-02 10:00", "2wd", {},
                   {pause("2026-11-03 10:00", "2027-06-01 10:00")}) == "2027-06-02 17:00?");
}

TEST_CASE("wh pause: the due moves by exactly the working time paused") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-03-02 10:00", "4wh", {},
                   {pause("2026-03-02 11:00", "2026-03-02 11:20")}) == "2026-03-02 14:20");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "4wh", {},
                   {pause("2026-03-02 11:00", "2026-03-03 10:00")}) == "2026-03-03 13:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "4wh", {},
                   {pause("2026-03-02 14:00", "2026-03-03 10:00")}) == "2026-03-02 14:00");
    CHECK(due_text(*calendar, "2026-03-02 16:00", "4wh", {},
                   {pause("2026-03-02 18:00", "2026-03-03 08:00")}) == "2026-03-03 12:00");
}

TEST_CASE("elapsed pause: the due moves by exactly the time paused") {
    const auto calendar = mainland();
    CHECK(due_text(*calendar, "2026-03-02 10:00", "2h", {},
                   {pause("2026-03-02 11:00", "2026-03-02 11:20")}) == "2026-03-02 12:20");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "2h", {},
                   {pause("2026-03-02 09:00", "2026-03-02 10:15")}) == "2026-03-02 12:15");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "2h", {},
                   {pause("2026-03-02 12:00", "2026-03-02 13:00")}) == "2026-03-02 12:00");
}

TEST_CASE("d pause: dates whose midnight falls into it do not count, then the roll") {
    const auto calendar = mainland();
    const Counting plain{.roll = false};
    CHECK(due_text(*calendar, "2026-03-02 10:00", "3d", plain,
                   {pause("2026-03-04 10:00", "2026-03-04 23:59")}) == "2026-03-06 00:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "3d", plain,
                   {pause("2026-03-04 10:00", "2026-03-05 09:00")}) == "2026-03-07 00:00");
    CHECK(due_text(*calendar, "2026-03-02 10:00", "4d", {},
                   {pause("2026-03-04 10:00", "2026-03-05 09:00")}) == "2026-03-10 00:00");
    CHECK(due_text(*calendar, "2026-01-31 10:00", "1month", plain,
                   {pause("2026-02-10 10:00", "2026-02-12 09:00")}) == "2026-03-03 00:00");
}

TEST_CASE("point pause: the counted days move, the share of the next counted day stays") {
    const auto calendar = mainland();
    const std::vector<Pause> pauses = {pause("2026-03-03 10:00", "2026-03-04 10:00")};
    const Due point = point_of(*calendar, local("2026-03-02 10:00"), limit("3wd"), 80, {}, pauses,
                               local("2026-03-05 10:00"));
    CHECK(shown(point.at) == "2026-03-06 12:12");
}

TEST_CASE("used: whole days counted, a pause over two closes takes two, an open one counts on") {
    const auto calendar = mainland();
    const Instant from = local("2026-03-02 10:00");
    const auto used = [&](const std::vector<Pause>& pauses, std::string_view until) {
        return used_of(*calendar, from, Unit::working_day, {}, pauses, local(until));
    };
    CHECK(used({}, "2026-03-03 16:59") == 0);
    CHECK(used({}, "2026-03-03 17:00") == 1);
    CHECK(used({}, "2026-03-09 12:00") == 4);
    CHECK(used({pause("2026-03-04 16:00", "2026-03-06 09:00")}, "2026-03-09 12:00") == 2);
    CHECK(used({{local("2026-03-04 16:00"), {}}}, "2026-03-09 12:00") == 1);
    CHECK(used_of(*calendar, from, Unit::working_hour, {},
                  {pause("2026-03-02 11:00", "2026-03-02 12:00")},
                  local("2026-03-03 10:00")) == 7 * 3'600'000);
    CHECK(usual_day_ms(*calendar) == 8 * 3'600'000);
}
