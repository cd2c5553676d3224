// Departments asked at once: joins, refusals, dispatch from one shard to another.

#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view j4_application =
    R"({"id": "A-1", "applicant": {"name": "Example Ltd", "city": "Jiading"}, "kind": "new",
        "note": "four departments at once"})";
constexpr std::string_view opinion =
    R"({"department": "d", "decision": "yes", "conditions": ["a", "b"], "reference": "R-1",
        "remark": "none"})";

std::string joint(std::string_view join) {
    return R"yaml(
process: joint
version: 1
title: { en: Joint review, zh: 联合审查 }
calendar: jiading
form:
  address: { type: text, required: true }
  services:
    type: choices
    of: { contract: review, as: { one: a, two: b, three: c, four: d } }
    min: 1
    required: true
steps:
  utility:
    each: { s: form.services }
    call: s.check
    with: { address: =form.address }
)yaml" + std::string(join) + R"yaml(
ends:
  granted: { kind: granted, when: "steps.utility.all(b, b.outcome == 'approved')" }
  refused: { kind: refused, otherwise: true }
)yaml";
}

constexpr std::string_view ended = R"(
    join: ended
    on: { rejected: continue, incomplete: continue })";
constexpr std::string_view all = R"(
    join: all
    cancel_rest: true
    on:
      each: { rejected: continue, incomplete: continue }
      set: { unmet: { end: refused } })";
constexpr std::string_view application =
    R"({"address": "Example Road 1", "services": ["one", "two", "three", "four"]})";

}  // namespace

TEST_CASE("J4: four departments answer and the case is granted") {
    World world(files_of("tests/bench/j4/definitions"));
    for (const char* id : {"dept0", "dept1", "dept2", "dept3"})
        world.department(id, always(answer("approved", milliseconds(20), opinion)));

    const CaseId id = world.open("j4", j4_application);
    world.run();

    CHECK(world.end_of(id) == "granted");
    CHECK(world.steps(id) == "d0:approved d1:approved d2:approved d3:approved verdict:done");
    CHECK(world.seen().size() == 4);
    world.finish();
}

TEST_CASE("join ended: a refusal does not stop the others, the end tells") {
    World world(with_departments(joint(ended)));
    world.department("a", always(answer("approved")));
    world.department("b", always(answer("rejected")));
    world.department("c", always(answer("approved", hours(30))));
    world.department("d", always(answer("approved")));

    const CaseId id = world.open("joint", application);
    world.run_for(hours(1));
    CHECK(world.end_of(id) == "(open)");
    world.run();

    CHECK(world.end_of(id) == "refused");
    CHECK(world.count(id, "CallAnswered") == 4);
    world.finish();
}

TEST_CASE("join all: the first refusal decides, the rest is cancelled and told so") {
    World world(with_departments(joint(all)));
    world.department("a", always(answer("approved")));
    world.department("b", always(answer("rejected", minutes(5))));
    world.department("c", always(answer("approved", hours(3))));

    const CaseId id = world.open("joint", application);
    world.run_for(hours(1));

    CHECK(world.end_of(id) == "refused");
    CHECK(world.count(id, "CallCancelled") == 2);
    CHECK(world.cancelled().size() == 2);
    world.run();
    CHECK(world.count(id, "CallAnsweredLate") == 1);
    world.finish();
}

TEST_CASE("shards: departments live on other shards than their cases") {
    for (const unsigned shards : {2u, 3u, 8u}) {
        CAPTURE(shards);
        WorldOptions options;
        options.shards = shards;
        World world(with_departments(joint(ended)), options);
        for (const char* id : {"a", "b", "c", "d"})
            world.department(id, always(answer("approved")));

        std::vector<CaseId> cases;
        for (int i = 0; i < 16; ++i) cases.push_back(world.open("joint", application));
        world.run();

        for (const CaseId& id : cases) CHECK(world.end_of(id) == "granted");
        CHECK(world.seen().size() == 64);
        world.finish();
    }
}

}  // namespace countersign::scenario
