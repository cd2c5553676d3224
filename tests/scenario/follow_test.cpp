// Papers that may follow: one branch waits for the applicant, the others go on.

#include "runner.hpp"

#include "engine/expr/json.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view process = R"yaml(
process: hookup
version: 1
title: { en: Hookup, zh: 报装 }
calendar: jiading
form:
  address: { type: text, required: true }
  services:
    type: choices
    of: { contract: review, as: { power: a, gas: b } }
    min: 1
    required: true
materials:
  proof: { required: true, title: { en: Proof, zh: 证明 } }
  photo: { title: { en: Photo, zh: 照片 } }
  appliances:
    title: { en: Appliances, zh: 用气设备清单 }
    required: "'gas' in form.services"
    may_follow: { step: connect, when: "s == 'gas'" }
steps:
  utility:
    each: { s: form.services }
    do:
      plan:
        call: s.check
        with: { address: =form.address }
        on: { rejected: { end: refused }, incomplete: { end: refused } }
      connect:
        needs: plan
        call: s.check
        with: { address: =form.address }
        on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
)yaml";

runtime::OpenRequest application(std::string_view services) {
    runtime::OpenRequest request;
    request.process = "hookup";
    request.applicant = "zhang";
    request.by = {"operator:li", {"operator"}};
    request.form = expr::Value::record({{"address", expr::Value::string("Example Road 1")},
                                        {"services", expr::from_json(services).value()}});
    request.materials = {{"proof", "proof.pdf", "", 0}};
    return request;
}

CaseId open(World& world, std::string_view services) {
    return std::get<runtime::Opened>(world.try_open(application(services))).case_id;
}

}  // namespace

TEST_CASE("follow: the gas branch waits for its paper, power is connected meanwhile") {
    World world(with_departments(process));
    world.department("a", always(answer("approved")));
    world.department("b", always(answer("approved")));

    const CaseId id = open(world, R"(["power", "gas"])");
    world.run_for(hours(24 * 30));
    CHECK(world.steps(id) ==
          "utility:active utility[power]:done utility[gas]:active "
          "utility[power]/plan:approved utility[gas]/plan:approved "
          "utility[power]/connect:approved");
    const core::CaseState waiting = world.state(id);
    REQUIRE(waiting.held.size() == 1);
    CHECK(waiting.held[0].materials == std::vector<std::string>{"appliances"});

    CHECK(std::holds_alternative<runtime::CommandDone>(world.supply(id, {"appliances"})));
    world.run();
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("follow: what waits for a paper outlives a restart") {
    World world(with_departments(process));
    world.department("a", always(answer("approved")));
    world.department("b", always(answer("approved")));

    const CaseId id = open(world, R"(["gas"])");
    world.run_for(hours(1));
    world.restart(3);
    world.run_for(hours(1));
    CHECK(world.state(id).held.size() == 1);
    world.supply(id, {"appliances"});
    world.run();
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("follow: without gas nobody waits for the paper") {
    World world(with_departments(process));
    world.department("a", always(answer("approved")));

    const CaseId id = open(world, R"(["power"])");
    world.run();
    CHECK(world.end_of(id) == "granted");
    CHECK(world.count(id, "StepHeld") == 0);
    world.finish();
}

TEST_CASE("follow: a paper that may not follow is missed in the application") {
    World world(with_departments(process));
    runtime::OpenRequest request = application(R"(["gas"])");
    request.materials.clear();

    const auto opened = world.try_open(std::move(request));

    const auto* rejection = std::get_if<core::Rejection>(&opened);
    REQUIRE(rejection != nullptr);
    REQUIRE(rejection->problems.size() == 1);
    CHECK(rejection->problems[0].path == "materials.proof");
}

TEST_CASE("follow: listed papers that nobody asked for are taken, too; others are refused") {
    World world(with_departments(process));
    world.department("a", always(silence()));

    const CaseId id = open(world, R"(["power"])");
    world.run_for(hours(1));
    CHECK(std::holds_alternative<runtime::CommandDone>(world.supply(id, {"photo"})));
    CHECK(std::holds_alternative<core::Rejection>(world.supply(id, {"passport"})));
    CHECK(world.state(id).materials.size() == 2);
    world.finish();
}

}  // namespace countersign::scenario
