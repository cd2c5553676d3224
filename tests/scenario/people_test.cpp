// People and ends: tasks, rework, withdrawal, obligations after the end.

#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view process = R"(
process: desk
version: 1
title: { en: Desk work, zh: 窗口办理 }
calendar: jiading
form:
  address: { type: text, required: true }
steps:
  accept:
    ask: hall.clerk
    choices: { accepted: ok, refused: refusal }
    limit: 1wd
    on: { refused: { end: refused } }
  review:
    needs: accept
    call: a.check
    with: { address: =form.address }
    on: { rejected: { repeat: { times: 2, else: { end: refused } } }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
  withdrawn: { kind: withdrawn }
after_end:
  rating:
    ask: applicant
    form: { stars: { type: integer, min: 1, max: 5 } }
    limit: 5wd
    silence: absent
)";
constexpr std::string_view form = R"({"address": "Example Road 1"})";

}  // namespace

TEST_CASE("desk: a clerk accepts, the department approves, the applicant rates, the case closes") {
    World world(with_departments(process));
    world.department("a", always(answer("approved")));

    const CaseId id = world.open("desk", form);
    CHECK(world.steps(id) == "accept:active");
    world.complete(id, "accept", "accepted");
    world.run_for(minutes(1));
    CHECK(world.end_of(id) == "granted");
    CHECK(world.state(id).status == core::CaseStatus::ended);

    world.complete(id, "rating", "done", R"({"stars": 5})");
    CHECK(world.state(id).status == core::CaseStatus::closed);
    world.finish();
}

TEST_CASE("desk: without a rating the case closes at the limit") {
    World world(with_departments(process));
    world.department("a", always(answer("approved")));

    const CaseId id = world.open("desk", form);
    world.complete(id, "accept", "accepted");
    world.run();

    CHECK(world.state(id).status == core::CaseStatus::closed);
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("repeat: a refusal is asked again as a new call that names the one before") {
    World world(with_departments(process));
    world.department("a", in_turn({answer("rejected"), answer("rejected"), answer("approved")}));

    const CaseId id = world.open("desk", form);
    world.complete(id, "accept", "accepted");
    world.run_for(hours(1));

    CHECK(world.end_of(id) == "granted");
    REQUIRE(world.seen().size() == 3);
    CHECK(world.seen()[0].call.view.id == CallId{id, 1});
    CHECK(world.seen()[1].call.view.id == CallId{id, 2});
    CHECK(world.seen()[1].call.view.supersedes == CallId{id, 1});
    CHECK(world.seen()[2].call.view.round == 3);
    world.run();
    world.finish();
}

TEST_CASE("repeat: one refusal too many takes the other way") {
    World world(with_departments(process));
    world.department("a", always(answer("rejected")));

    const CaseId id = world.open("desk", form);
    world.complete(id, "accept", "accepted");
    world.run();

    CHECK(world.end_of(id) == "refused");
    CHECK(world.seen().size() == 3);
    world.finish();
}

TEST_CASE("withdraw: the open task is withdrawn from the worklist and the case ends") {
    World world(with_departments(process));

    const CaseId id = world.open("desk", form);
    world.withdraw(id);

    CHECK(world.end_of(id) == "withdrawn");
    CHECK(world.count(id, "TaskCancelled") == 1);
    const auto late = world.submit(id, core::CompleteTask{1, "accepted", {}, "", {}, {}},
                                   {"clerk:zhao", {"hall.clerk"}});
    CHECK(std::holds_alternative<core::Rejection>(late));
    world.run();
    world.finish();
}

TEST_CASE("desk: a task is not done by someone without its role") {
    World world(with_departments(process));

    const CaseId id = world.open("desk", form);
    const auto result = world.submit(id, core::CompleteTask{1, "accepted", {}, "", {}, {}},
                                     {"clerk:of-another", {"a.clerk"}});

    REQUIRE(std::holds_alternative<core::Rejection>(result));
    CHECK(std::get<core::Rejection>(result).code == core::RejectionCode::not_allowed);
    CHECK(world.steps(id) == "accept:active");
    world.finish();
}

}  // namespace countersign::scenario
