// What becomes of attempts: failures, refusals, garbage, late and repeated answers.

#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view single = R"(
process: single
version: 1
title: { en: One review, zh: 单项审查 }
calendar: jiading
form:
  address: { type: text, required: true }
steps:
  review:
    call: a.check
    with: { address: =form.address }
    on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
)";
constexpr std::string_view form = R"({"address": "Example Road 1"})";

}  // namespace

TEST_CASE("attempts: a department that fails twice is asked again with the same id and answers") {
    World world(with_departments(single));
    world.department("a", in_turn({fail("500"), fail("no route"), answer("approved")}));

    const CaseId id = world.open("single", form);
    world.run();

    CHECK(world.end_of(id) == "granted");
    REQUIRE(world.seen().size() == 3);
    for (std::uint32_t i = 0; i < 3; ++i) {
        CHECK(world.seen()[i].call.view.id == world.seen()[0].call.view.id);
        CHECK(world.seen()[i].call.view.attempt == i + 1);
        CHECK(world.seen()[i].call.view.input == world.seen()[0].call.view.input);
    }
    CHECK(world.seen()[2].at - world.seen()[1].at > world.seen()[1].at - world.seen()[0].at);
    world.finish();
}

TEST_CASE("attempts: exhausted ones become an incident, an operator's retry goes on") {
    WorldOptions options;
    options.retry.attempts = 3;
    World world(with_departments(single), options);
    world.department("a", in_turn({fail("1"), fail("2"), fail("3"), answer("approved")}));

    const CaseId id = world.open("single", form);
    world.run_for(hours(1));
    CHECK(world.end_of(id) == "(open)");
    CHECK(world.count(id, "IncidentRaised") == 1);
    CHECK(world.seen().size() == 3);

    world.retry(id);
    world.run();
    CHECK(world.end_of(id) == "granted");
    CHECK(world.count(id, "IncidentResolved") == 1);
    world.finish();
}

TEST_CASE("attempts: garbage is an incident with its evidence, retried by an operator") {
    World world(with_departments(single));
    world.department("a", in_turn({garbage("<html>"), answer("approved")}));

    const CaseId id = world.open("single", form);
    world.run_for(hours(1));
    REQUIRE(world.state(id).incidents.size() == 1);
    CHECK(world.state(id).incidents[0].evidence == "<html>");
    CHECK(world.seen().size() == 1);

    world.retry(id);
    world.run();
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("attempts: an answer that breaks the contract never reaches the case") {
    World world(with_departments(single));
    world.department("a", in_turn({answer("perhaps"),
                                   answer("approved", seconds(1), R"({"number": 5})"),
                                   answer("approved")}));

    const CaseId id = world.open("single", form);
    world.run_for(hours(1));
    CHECK(world.steps(id) == "review:active");
    CHECK(world.count(id, "IncidentRaised") == 1);
    world.retry(id);
    world.run_for(hours(1));
    CHECK(world.steps(id) == "review:active");
    world.retry(id);
    world.run();
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("attempts: a refused call waits for an operator, who may answer by hand") {
    World world(with_departments(single));
    world.department("a", always(refuse("404 unknown")));

    const CaseId id = world.open("single", form);
    world.run_for(hours(1));
    CHECK(world.count(id, "CallBlocked") == 1);

    world.submit(id, core::AnswerCall{1, "approved", expr::Value::record({}), "by phone", {}, {}});
    world.run();
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("attempts: an accepted call is answered by its callback, once") {
    World world(with_departments(single));
    world.department("a", always(promise("approved", hours(20))));

    const CaseId id = world.open("single", form);
    world.run_for(hours(1));
    CHECK(world.count(id, "CallAccepted") == 1);
    world.run_for(hours(20));
    CHECK(world.end_of(id) == "granted");

    const auto again = world.submit(
        id, core::AnswerCall{1, "rejected", expr::Value::record({}), "changed our mind", {}, {}},
        {"department:a", {}});
    REQUIRE(std::holds_alternative<runtime::CommandDone>(again));
    CHECK(std::get<runtime::CommandDone>(again).reply == core::Reply::already_answered);
    CHECK(world.end_of(id) == "granted");
    CHECK(world.seen().size() == 1);
    world.finish();
}

TEST_CASE("attempts: an answer after the withdrawal is kept and moves nothing") {
    World world(with_departments(single));
    world.department("a", always(promise("approved", hours(20))));

    const CaseId id = world.open("single", form);
    world.run_for(hours(1));
    world.withdraw(id);
    CHECK(world.cancelled() == std::vector<CallId>{CallId{id, 1}});
    const std::string end = world.end_of(id);
    world.run();

    CHECK(world.end_of(id) == end);
    CHECK(world.count(id, "CallAnsweredLate") == 1);
    world.finish();
}

TEST_CASE("attempts: a department that is not in the deployment becomes an incident") {
    World world(with_departments(single));
    world.forget_department("a");

    const CaseId id = world.open("single", form);
    world.run_for(hours(1));

    CHECK(world.count(id, "IncidentRaised") == 1);
    world.finish();
}

}  // namespace countersign::scenario
