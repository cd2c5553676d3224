// Back: an earlier step and all that depends on it are redone; the rest stays.
#include "lab.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;
using Names = std::vector<std::string>;

namespace {

/// Lets a step go back when it is rejected; `redone` begins with where to.
void back(Builder& b, model::StepIndex step, std::vector<model::StepIndex> redone,
          std::uint32_t rounds, model::Move otherwise) {
    model::Move move = lab::move(model::MoveKind::back, "", rounds);
    move.redone = std::move(redone);
    move.otherwise = {std::move(otherwise)};
    b.on(step, "rejected", move);
}

model::Move refuse() { return lab::move(model::MoveKind::end, "refused"); }

}  // namespace

TEST_CASE("back: the step and what depends on it are redone, the rest stays") {
    Builder b;
    const auto first = b.call(0, "a", "a");
    const auto second = b.call(0, "b", "b", {first});
    const auto third = b.call(0, "c", "c", {second});
    b.call(0, "d", "d");
    back(b, third, {first, second, third}, 1, refuse());
    Lab lab(b.process);
    lab.open();
    CHECK(lab.answer("d", "approved") == "");
    for (const char* step : {"a", "b"}) CHECK(lab.answer(step, "approved") == "");
    lab.advance(hours(1));
    CHECK(lab.answer("c", "rejected") == "");
    CHECK(lab.last() ==
          Names{"CallAnswered", "StepEnded", "WentBack", "StepStarted", "CallRequested"});
    CHECK(lab.steps() ==
          "a:approved d:approved b:approved c:rejected a#2:active");
    CHECK(lab.state().instances[lab.instance("a")].started == lab.now());

    for (const char* step : {"a", "b", "c"}) CHECK(lab.answer(step, "approved") == "");
    CHECK(lab.state().end->name == "granted");
}

TEST_CASE("back: a loop is bounded, then its else is taken") {
    Builder b;
    const auto first = b.call(0, "a", "a");
    const auto second = b.call(0, "b", "b", {first});
    back(b, second, {first, second}, 2, refuse());
    Lab lab(b.process);
    lab.open();
    for (std::uint32_t round = 1; round <= 2; ++round) {
        CHECK(lab.state().instances[lab.instance("a")].round == round);
        CHECK(lab.answer("a", "approved") == "");
        CHECK(lab.answer("b", "rejected") == "");
        CHECK_FALSE(lab.state().end.has_value());
    }
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.answer("b", "rejected") == "");
    CHECK(lab.state().end->name == "refused");
}

TEST_CASE("back: what is running there is called off, and a late answer moves nothing") {
    Builder b;
    const auto first = b.call(0, "a", "a");
    const auto second = b.call(0, "b", "b", {first});
    const auto third = b.call(0, "c", "c", {first});
    const auto last = b.call(0, "d", "d", {second, third});
    back(b, second, {first, second, third, last}, 1, refuse());
    Lab lab(b.process);
    lab.open();
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.answer("b", "rejected") == "");
    CHECK(lab.steps() == "a:approved b:rejected c:cancelled a#2:active");
    const auto& calls = lab.state().calls;
    const auto called_off = std::find_if(calls.begin(), calls.end(),
                                         [](const Call& call) { return call.department == "c"; });
    REQUIRE(called_off != calls.end());
    CHECK(called_off->status == CallStatus::cancelled);
    AnswerCall late;
    late.call = called_off->number;
    late.outcome = "approved";
    CHECK(lab.tell(late) == "");
    CHECK(lab.reply() == Reply::cancelled);
    CHECK(lab.steps() == "a:approved b:rejected c:cancelled a#2:active");

    for (const char* step : {"a", "b", "c", "d"}) CHECK(lab.answer(step, "approved") == "");
    CHECK(lab.state().end->name == "granted");
}

TEST_CASE("back: out of a stage, and in branches each counts by itself") {
    Builder b;
    const auto first = b.ask(0, "first");
    const auto set = b.stage(0, "branch", {first});
    b.each(set, {"x", "y"}, model::JoinKind::ended);
    b.on(set, "refused", lab::move(model::MoveKind::continue_));
    const auto inner = b.ask(b.inside(set), "inner");
    const auto check = b.ask(b.inside(set), "check", {inner});
    back(b, check, {inner, check}, 1, lab::move(model::MoveKind::end_branch, "refused"));
    Lab lab(b.process);
    lab.open();
    CHECK(lab.complete("first", "approved") == "");
    for (const char* key : {"x", "y"}) {
        const std::string branch = "branch[" + std::string(key) + "]/";
        CHECK(lab.complete(branch + "inner", "approved") == "");
        CHECK(lab.complete(branch + "check", "rejected") == "");
        CHECK(lab.state().instances[lab.instance(branch + "inner")].is_open());
    }
    CHECK(lab.complete("branch[x]/inner", "approved") == "");
    CHECK(lab.complete("branch[x]/check", "rejected") == "");
    CHECK(lab.state().instances[lab.instance("branch[x]")].outcome == "refused");
    CHECK(lab.state().instances[lab.instance("branch[y]")].is_open());
}

TEST_CASE("back: out of a stage the stage is redone whole, and the count outlives it") {
    Builder b;
    const auto first = b.ask(0, "first");
    const auto stage = b.stage(0, "stage", {first});
    const auto inner = b.ask(b.inside(stage), "inner");
    back(b, inner, {first, stage}, 1, refuse());
    Lab lab(b.process);
    lab.open();
    CHECK(lab.complete("first", "approved") == "");
    CHECK(lab.complete("stage/inner", "rejected") == "");
    CHECK(lab.state().instances[lab.instance("first")].is_open());
    CHECK(lab.steps().find("stage:cancelled") != std::string::npos);
    CHECK(lab.complete("first", "approved") == "");
    const auto open = std::find_if(
        lab.state().tasks.begin(), lab.state().tasks.end(),
        [](const Task& task) { return task.status == TaskStatus::open; });
    REQUIRE(open != lab.state().tasks.end());
    CHECK(lab.tell(CompleteTask{open->number, "rejected", expr::Value::record({}), "", {}, {}}) ==
          "");
    CHECK(lab.state().end->name == "refused");
}

TEST_CASE("back: who is ready for a turn and is redone waits for it no longer") {
    Builder b;
    const auto first = b.ask(0, "first");
    const auto second = b.ask(0, "second", {first});
    const auto third = b.ask(0, "third", {first});
    b.step(second).exclusive = b.step(third).exclusive = "dig";
    back(b, second, {first, second, third}, 1, refuse());
    Lab lab(b.process);
    lab.open();
    CHECK(lab.complete("first", "approved") == "");
    CHECK(lab.state().held.size() == 1);
    CHECK(lab.complete("second", "rejected") == "");
    CHECK(lab.state().held.empty());
    CHECK(lab.steps() == "first:approved second:rejected first#2:active");
}

TEST_CASE("back: what was done in several rounds is taken back once") {
    Builder b;
    const auto first = b.call(0, "a", "a");
    b.step(first).undo = model::Undo{{"a", none, {}}, 0, {}};
    const auto second = b.ask(0, "b", {first});
    back(b, second, {first, second}, 1, refuse());
    Lab lab(b.process);
    lab.open();
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.complete("b", "rejected") == "");
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.tell(WithdrawCase{"changed plans"}) == "");
    CHECK(lab.state().to_undo == std::vector<std::uint32_t>{lab.instance("a")});
}
