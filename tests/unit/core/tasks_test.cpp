// Tasks: who may take, free and complete them.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;

namespace {

Lab with_task() {
    Builder b;
    b.ask(0, "t");
    Lab lab(b.process);
    lab.open();
    return lab;
}

CompleteTask approved() { return {1, "approved", expr::Value::record({}), "", {}, {}}; }

/// The role of the lab's tasks.
std::string role(const Lab& lab) { return lab.state().tasks[0].role; }

}  // namespace

TEST_CASE("tasks: only who has the role takes a task, and nobody takes another's") {
    Lab lab = with_task();
    CHECK(lab.tell(ClaimTask{1}, {"water.clerk"}) ==
          "Expected to claim task T1 as " + role(lab) + ", but li has not that role");
    CHECK(lab.tell(ClaimTask{1}, {role(lab)}) == "");
    CHECK(lab.state().tasks[0].claimed_by == "li");
    CHECK(lab.tell(ClaimTask{1}, {role(lab)}) == "");  // one's own again
    CHECK(lab.last().empty());
    CHECK(lab.tell_as("wang", ClaimTask{1}, {role(lab)}) ==
          "Expected to claim open task T1, but li has it");
    CHECK(lab.tell_as("wang", approved(), {role(lab)}) ==
          "Expected to complete task T1, but li has it");
    CHECK(lab.tell(approved(), {role(lab)}) == "");
}

TEST_CASE("tasks: its holder, a supervisor or an operator frees a task, colleagues do not") {
    for (const char* freeing : {"supervisor", "operator"}) {
        Lab lab = with_task();
        CHECK(lab.tell(ClaimTask{1}, {role(lab)}) == "");
        CHECK(lab.tell_as("wang", ReleaseTask{1}, {role(lab)}) ==
              "Expected to release task T1, but li has it; its holder, a supervisor or an operator "
              "may release it");
        CHECK(lab.tell_as("boss", ReleaseTask{1}, {freeing}) == "");
        CHECK(lab.state().tasks[0].status == TaskStatus::open);
    }
}

TEST_CASE("tasks: a supervisor frees tasks, and neither takes nor completes them") {
    Lab lab = with_task();
    const std::string no = " task T1 as " + role(lab) + ", but li has not that role";
    CHECK(lab.tell(ClaimTask{1}, {"supervisor"}) == "Expected to claim" + no);
    CHECK(lab.tell(approved(), {"supervisor"}) == "Expected to complete" + no);
}

TEST_CASE("calls: a mistake typed by a person is told back and blocks nothing") {
    Builder b;
    b.process.operations[0].output.fields.emplace_back().name = "number";
    b.process.operations[0].output.fields[0].required = true;
    b.call(0, "a", "x");
    Lab lab(b.process);
    lab.open();
    AnswerCall typed;
    typed.call = 1;
    typed.outcome = "approved";
    typed.by_hand = true;
    CHECK(lab.tell(typed) == "Expected a form without mistakes, but it has some");
    typed.outcome = "maybe";
    CHECK(lab.tell(typed) ==
          "Expected one of approved, rejected, incomplete, but the choice is 'maybe'");
    typed.outcome = "incomplete";
    CHECK(lab.tell(typed).starts_with("Expected `missing` to list the papers"));
    typed.outcome = "approved";
    CHECK(lab.state().calls[0].status == CallStatus::open);
    CHECK(lab.state().incidents.empty());
    typed.result = expr::Value::record({{"number", expr::Value::string("7")}});
    CHECK(lab.tell(typed) == "");
}

namespace {

Lab with_call() {
    Builder b;
    b.call(0, "c", "gasco");
    Lab lab(b.process);
    lab.open();
    return lab;
}

AnswerCall by_hand(const char* outcome) {
    AnswerCall answer;
    answer.call = 1;
    answer.outcome = outcome;
    answer.result = expr::Value::record({});
    answer.by_hand = true;
    return answer;
}

}  // namespace

TEST_CASE("calls: who takes one from the worklist has it, until it is given back or answered") {
    Lab lab = with_call();
    CHECK(lab.tell(ReleaseCall{1}, {"gasco.clerk"}) ==
          "Expected to release claimed call C1, but nobody has it");
    CHECK(lab.tell(ClaimCall{1}, {"gasco.clerk"}) == "");
    CHECK(lab.last() == std::vector<std::string>{"CallClaimed"});
    CHECK(lab.state().calls[0].claimed_by == "li");
    CHECK(lab.tell(ClaimCall{1}, {"gasco.clerk"}) == "");  // one's own again
    CHECK(lab.last().empty());
    CHECK(lab.tell_as("wang", ClaimCall{1}, {"gasco.clerk"}) ==
          "Expected to claim call C1, but li has it");
    CHECK(lab.tell_as("wang", by_hand("rejected"), {"gasco.clerk"}) ==
          "Expected to answer call C1, but li has it");
    CHECK(lab.tell_as("wang", ReleaseCall{1}, {"gasco.clerk"}) ==
          "Expected to release call C1, but li has it; its holder, a supervisor or an operator may "
          "release it");
    CHECK(lab.tell_as("boss", ReleaseCall{1}, {"supervisor"}) == "");
    CHECK(lab.state().calls[0].claimed_by.empty());
    CHECK(lab.tell_as("wang", ClaimCall{1}, {"gasco.clerk"}) == "");
    CHECK(lab.tell_as("wang", by_hand("rejected"), {"gasco.clerk"}) == "");
    CHECK(lab.tell(ClaimCall{1}, {"gasco.clerk"}) ==
          "Expected to claim open call C1, but it is answered");
    CHECK(lab.tell(ClaimCall{9}, {"gasco.clerk"}).find("no call") != std::string::npos);
}

TEST_CASE("calls: the department's own answer counts whoever has taken the call") {
    Lab lab = with_call();
    CHECK(lab.tell(ClaimCall{1}, {"gasco.clerk"}) == "");
    AnswerCall answer = by_hand("rejected");
    answer.by_hand = false;
    CHECK(lab.tell_as("department:gasco", answer, {}) == "");
    CHECK(lab.state().calls[0].status == CallStatus::answered);
}

TEST_CASE("not_by: who completed the one completes not the other, nor does who acts for them") {
    Builder b;
    const auto first = b.ask(0, "first");
    const auto second = b.ask(0, "second", {first});
    b.step(second).not_by = first;
    Lab lab(b.process);
    lab.open();
    const std::vector<std::string> clerk = {lab.state().tasks[0].role};
    const auto complete = [&](std::string who, std::uint32_t task) {
        return lab.tell_as(std::move(who),
                           CompleteTask{task, "approved", expr::Value::record({}), "", {}, {}},
                           clerk);
    };
    CHECK(complete("person:wang for li", 1) == "");
    const std::string refused =
        "Expected somebody else to complete task T2: wang for li completed first, and these two "
        "are kept apart";
    for (const char* who : {"person:wang", "person:li", "person:zhao for li", "person:li for zhao"})
        CHECK(complete(who, 2) == refused);
    CHECK(lab.tell_as("person:li", ClaimTask{2}, clerk).starts_with("Expected somebody else to"));
    CHECK(done_before(lab.state(), lab.context().process, 2, "person:li") == 1u);
    CHECK_FALSE(done_before(lab.state(), lab.context().process, 2, "person:zhao"));
    CHECK_FALSE(done_before(lab.state(), lab.context().process, 1, "person:li"));
    CHECK(complete("person:zhao", 2) == "");
}

TEST_CASE("not_by: in branches the one of the same key is meant") {
    Builder b;
    const auto first = b.ask(0, "first");
    b.each(first, {"x", "y"}, model::JoinKind::ended);
    const auto second = b.ask(0, "second", {first});
    b.each(second, {"y", "z"}, model::JoinKind::ended);
    b.step(second).not_by = first;
    Lab lab(b.process);
    lab.open();
    const std::vector<std::string> clerk = {lab.state().tasks[0].role};
    const auto complete = [&](std::string who, std::uint32_t task) {
        return lab.tell_as(std::move(who),
                           CompleteTask{task, "approved", expr::Value::record({}), "", {}, {}},
                           clerk);
    };
    CHECK(complete("person:li", 1) == "");    // first[x]
    CHECK(complete("person:wang", 2) == "");  // first[y]
    CHECK(complete("person:wang", 3) != "");  // second[y]
    CHECK(complete("person:li", 3) == "");
    CHECK(complete("person:li", 4) != "");  // second[z]: no first[z], so all are meant
    CHECK(complete("person:zhao", 4) == "");
}
