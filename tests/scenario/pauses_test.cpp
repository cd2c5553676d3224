// Time that is not the departments': works and others' permits stop the clock of the case.

#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view process = R"(
process: works
version: 1
title: { en: Works, zh: 施工 }
calendar: jiading
limits: { promised: 5wd }
form:
  address: { type: text, required: true }
steps:
  plan:
    call: a.check
    with: { address: =form.address }
    limit: 2wd
    on: { rejected: { end: refused }, incomplete: { end: refused } }
  excavation:
    needs: plan
    pauses: case
    do:
      traffic:
        call: b.check
        with: { address: =form.address }
        limit: 3wd
        on: { rejected: { end: refused }, incomplete: { end: refused } }
      green:
        call: c.check
        with: { address: =form.address }
        on: { rejected: { end: refused }, incomplete: { end: refused } }
  connect:
    needs: excavation
    call: d.check
    with: { address: =form.address }
    limit: 3wd
    on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
)";

}  // namespace

TEST_CASE("pauses: an excavation of many days costs the promised working days nothing") {
    World world(with_departments(process));
    world.department("a", always(answer("approved")));
    world.department("b", always(promise("approved", hours(24 * 14))));
    world.department("c", always(promise("approved", hours(24 * 20))));
    world.department("d", always(promise("approved", hours(30))));

    const CaseId id = world.open("works", R"({"address": "Example Road 1"})");
    world.run_until("2026-02-20T12:00:00+08:00");
    const core::CaseState during = world.state(id);
    CHECK(during.clocks[0].status == core::ClockStatus::paused);
    world.run();

    CHECK(world.end_of(id) == "granted");
    CHECK(world.count(id, "ClockPaused") == 1);
    CHECK(world.count(id, "ClockResumed") == 1);
    // The green permit came on 2 March, the connection on 3 March: two dates after the pause.
    const core::CaseState state = world.state(id);
    CHECK_FALSE(state.clocks[0].due_passed);
    CHECK(state.clocks[0].met);
    // The limit of the permit itself ran on and is overdue.
    CHECK(world.count(id, "ClockDuePassed") >= 1);
    world.finish();
}

TEST_CASE("pauses: a restart in the middle of a pause changes nothing") {
    World world(with_departments(process));
    world.department("a", always(answer("approved")));
    world.department("b", always(promise("approved", hours(24 * 14))));
    world.department("c", always(promise("approved", hours(24 * 3))));
    world.department("d", always(silence()));

    const CaseId id = world.open("works", R"({"address": "Example Road 1"})");
    world.run_until("2026-02-12T12:00:00+08:00");
    world.restart(4);
    world.run_until("2026-03-31T12:00:00+08:00");

    const core::CaseState state = world.state(id);
    REQUIRE(state.clocks[0].due_passed);
    // Opened and paused on 10 February, resumed on 24 February 10:00 (before its close): the first
    // counted date is the 24th, the fifth is Saturday 28 February, a make-up working day.
    CHECK(rfc3339(*state.clocks[0].due_passed, 480) == "2026-02-28T17:00:00+08:00");
    world.finish();
}

}  // namespace countersign::scenario
