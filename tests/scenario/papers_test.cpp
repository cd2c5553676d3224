// Missing papers: one notice for all who ask, the clock stands still, what comes in goes on.

#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view process = R"(
process: papers
version: 1
title: { en: Review with papers, zh: 材料审查 }
calendar: jiading
limits: { promised: 10wd }
supplement: { window: 4wh, times: 1, limit: 10wd, pauses: case }
form:
  address: { type: text, required: true }
materials:
  proof: { title: { en: Proof, zh: 证明 } }
  plan: { title: { en: Plan, zh: 图纸 } }
steps:
  first:
    call: a.check
    with: { address: =form.address }
    on: { rejected: { end: refused }, incomplete: { supplement: { else: { end: lapsed } } } }
  second:
    call: b.check
    with: { address: =form.address }
    on: { rejected: { end: refused }, incomplete: { supplement: { else: { end: lapsed } } } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
  lapsed: { kind: withdrawn }
)";
constexpr std::string_view form = R"({"address": "Example Road 1"})";

}  // namespace

TEST_CASE("papers: two departments ask, one notice leaves, each goes on when its papers are in") {
    World world(with_departments(process));
    world.department("a", in_turn({ask_for("incomplete", {"proof"}), answer("approved")}));
    world.department("b", in_turn({ask_for("incomplete", {"plan"}, hours(1)), answer("approved")}));

    const CaseId id = world.open("papers", form);
    world.run_for(hours(48));
    CHECK(world.count(id, "SupplementNoticed") == 1);
    CHECK(world.count(id, "SupplementRequested") == 2);
    CHECK(world.count(id, "ClockPaused") >= 1);
    CHECK(world.steps(id) == "first:supplementing second:supplementing");

    world.supply(id, {"proof"});
    world.run_for(hours(1));
    CHECK(world.steps(id) == "first#2:approved second:supplementing");
    world.supply(id, {"plan"});
    world.run();
    CHECK(world.end_of(id) == "granted");
    CHECK(world.seen().size() == 4);
    world.finish();
}

TEST_CASE("papers: the promised due moves by the working days that the clock stood still") {
    World world(with_departments(process));
    world.department("a", in_turn({ask_for("incomplete", {"proof"}),
                                   promise("approved", hours(24 * 60))}));
    world.department("b", always(answer("approved")));

    const CaseId id = world.open("papers", form);
    world.run_until("2026-03-02T12:00:00+08:00");
    CHECK(world.count(id, "ClockResumed") == 0);
    world.supply(id, {"proof"});
    CHECK(world.count(id, "ClockResumed") >= 1);
    // Ten working days from 10 February without a pause: 3 March. The closes of 10 February (the
    // notice left that day) to 28 February were not counted.
    world.run_until("2026-03-03T18:00:00+08:00");
    CHECK(world.count(id, "ClockDuePassed") == 0);
    world.finish();
}

TEST_CASE("papers: what does not come in time takes the other way") {
    World world(with_departments(process));
    world.department("a", always(ask_for("incomplete", {"proof"})));
    world.department("b", always(answer("approved")));

    const CaseId id = world.open("papers", form);
    world.run();

    CHECK(world.end_of(id) == "lapsed");
    world.finish();
}

TEST_CASE("papers: a second request exceeds the one notice allowed") {
    World world(with_departments(process));
    world.department("a", always(ask_for("incomplete", {"proof"})));
    world.department("b", always(answer("approved")));

    const CaseId id = world.open("papers", form);
    world.run_for(hours(48));
    world.supply(id, {"proof"});
    world.run();

    CHECK(world.end_of(id) == "lapsed");
    CHECK(world.count(id, "SupplementNoticed") == 1);
    world.finish();
}

}  // namespace countersign::scenario
