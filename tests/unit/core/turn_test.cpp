// Turns: steps of one `exclusive` name are never open at the same time.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;
using Names = std::vector<std::string>;

namespace {

/// Calls a, b and c, ready at once, that want one turn.
Lab three_at_once() {
    Builder b;
    for (const char* id : {"a", "b", "c"}) b.step(b.call(0, id, id)).exclusive = "dig";
    Lab lab(b.process);
    lab.open();
    return lab;
}

}  // namespace

TEST_CASE("turns: ready at once they go by address, one after the other") {
    Lab lab = three_at_once();
    CHECK(lab.steps() == "a:active");
    REQUIRE(lab.state().held.size() == 2);
    CHECK(lab.state().held[0].waits_for_turn());
    CHECK(lab.state().calls.size() == 1);

    lab.advance(hours(1));
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.last() == Names{"CallAnswered", "StepEnded", "StepStarted", "CallRequested"});
    CHECK(lab.steps() == "a:approved b:active");
    CHECK(lab.answer("b", "approved") == "");
    CHECK(lab.answer("c", "approved") == "");
    CHECK(lab.state().end->name == "granted");
}

TEST_CASE("turns: who was ready first goes first, whatever the address") {
    Builder b;
    const auto gate = b.ask(0, "gate");
    b.step(b.call(0, "m", "m")).exclusive = "dig";
    b.step(b.call(0, "a", "a", {gate})).exclusive = "dig";
    b.step(b.call(0, "z", "z")).exclusive = "dig";
    Lab lab(b.process);
    lab.open();
    CHECK(lab.steps() == "gate:active m:active");  // z is ready, and waits
    lab.advance(hours(1));
    CHECK(lab.complete("gate", "approved") == "");
    CHECK(lab.answer("m", "approved") == "");
    CHECK(lab.steps() == "gate:approved m:approved z:active");
    CHECK(lab.answer("z", "approved") == "");
    CHECK(lab.steps() == "gate:approved m:approved z:approved a:active");
}

TEST_CASE("turns: a step that waits for its turn has not started, nor has its clock") {
    Builder b;
    b.step(b.call(0, "a", "a")).exclusive = "dig";
    const auto second = b.call(0, "b", "b");
    b.step(second).exclusive = "dig";
    b.limit(second, {2, calendar::Unit::hour});
    Lab lab(b.process);
    lab.open();
    CHECK(lab.state().clocks.empty());
    lab.advance(hours(5));
    CHECK(lab.answer("a", "approved") == "");
    REQUIRE(lab.state().clocks.size() == 1);
    CHECK(lab.state().clocks[0].from == lab.now());
    CHECK(lab.state().instances[lab.instance("b")].started == lab.now());
}

TEST_CASE("turns: members of an each take them one by one, and its join waits for all") {
    Builder b;
    const auto each = b.call(0, "works", "works");
    b.each(each, {"x", "y", "z"}, model::JoinKind::ended);
    b.step(each).exclusive = "dig";
    Lab lab(b.process);
    lab.open();
    CHECK(lab.state().held.size() == 2);
    CHECK(lab.answer("works[x]", "approved") == "");
    CHECK(lab.answer("works[y]", "approved") == "");
    CHECK_FALSE(lab.state().end.has_value());
    CHECK(lab.answer("works[z]", "approved") == "");
    CHECK(lab.state().end->name == "granted");
}

TEST_CASE("turns: a stage keeps its turn until it ends; one that is cancelled gives it back") {
    Builder b;
    const auto stage = b.stage(0, "first");
    b.step(stage).exclusive = "room";
    const auto inner = b.ask(b.inside(stage), "inner");
    b.ask(b.inside(stage), "more");
    b.step(b.ask(0, "second")).exclusive = "room";
    b.on(inner, "rejected", lab::move(model::MoveKind::end_branch, "refused"));
    Lab lab(b.process);
    lab.open();
    CHECK(lab.complete("first/inner", "rejected") == "");
    CHECK(lab.state().instances[lab.instance("second")].status == StepStatus::active);
    CHECK(lab.state().held.empty());
}

TEST_CASE("turns: the end of a case ends the waiting") {
    Lab lab = three_at_once();
    CHECK(lab.tell(WithdrawCase{"changed plans"}) == "");
    CHECK(lab.state().held.empty());
    CHECK(lab.state().status == CaseStatus::closed);
}

TEST_CASE("turns: a further round keeps the turn") {
    Builder b;
    const auto first = b.call(0, "a", "a");
    b.step(first).exclusive = "dig";
    model::Move again = lab::move(model::MoveKind::repeat);
    again.times = 1;
    again.otherwise = {lab::move(model::MoveKind::continue_)};
    b.on(first, "rejected", again);
    b.step(b.call(0, "b", "b")).exclusive = "dig";
    Lab lab(b.process);
    lab.open();
    CHECK(lab.answer("a", "rejected") == "");
    CHECK(lab.state().held.size() == 1);
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.state().held.empty());
}
