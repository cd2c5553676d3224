// Opening: the receipt of a paper application is not its entry.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;

namespace {

constexpr std::int64_t day_ms = 86'400'000;

OpenCase received_before(std::int64_t ms) {
    OpenCase open;
    open.process = {"test", 1, std::string(32, 'h')};
    open.form = expr::Value::record({});
    open.received = Instant{lab::start_of_tests().ms - ms};
    return open;
}

}  // namespace

TEST_CASE("opening: clocks of a paper application count from its receipt, not from its entry") {
    Builder b;
    model::Clock promised;
    promised.name = "promised";
    promised.within = {3, calendar::Unit::working_day};
    promised.from = {model::EventKind::case_opened, none, ""};
    b.process.scopes[0].clocks = {promised};
    b.call(0, "a", "x");
    Lab lab(b.process);

    CHECK(lab.tell(received_before(day_ms), {"hall.clerk"}) == "");

    CHECK(lab.state().received == Instant{lab::start_of_tests().ms - day_ms});
    CHECK(lab.state().opened == lab::start_of_tests());
    // Monday is the day of receipt, so Tuesday counts: Thursday's close instead of Friday's.
    CHECK(clock_due(lab.state(), lab.state().clocks[0], lab.context()).at ==
          *parse_rfc3339("2026-02-12T17:00:00+08:00"));
}

TEST_CASE("opening: a receipt lies in the past, in the last 30 days, and is told by staff") {
    Builder b;
    b.call(0, "a", "x");
    Lab lab(b.process);
    CHECK(lab.tell(received_before(-1), {"hall.clerk"})
              .starts_with("Expected an instant of receipt in the past"));
    CHECK(lab.tell(received_before(30 * day_ms), {"hall.clerk"}) ==
          "Expected a receipt within the last 30 days, but it lies 30 days back; check the year "
          "and the month, or enter the application as received today");
    CHECK(lab.tell(received_before(day_ms), {"applicant"})
              .starts_with("Expected the receipt of an application to be told by staff"));
    CHECK(lab.state().status == CaseStatus::absent);
    CHECK(lab.tell(received_before(30 * day_ms - 1), {"hall.clerk"}) == "");
}
