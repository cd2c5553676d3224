// Papers that may follow: the case begins without them, their step does not.
#include "lab.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;
using Names = std::vector<std::string>;

namespace {

/// A required paper that the step waits for.
void follows(Builder& b, model::StepIndex step) {
    b.process.materials[0].required = true;
    b.process.materials[0].follow_step = step;
}

Supply the_paper() {
    Supply supply;
    supply.materials = {{"plan", "plan.pdf", "", 0}};
    return supply;
}

}  // namespace

TEST_CASE("held: the application is accepted, the step starts once the paper is in") {
    Builder b;
    const auto accept = b.call(0, "accept", "x");
    follows(b, b.call(0, "connect", "y", {accept}));
    Lab lab(b.process);
    lab.open();
    CHECK(lab.answer("accept", "approved") == "");

    CHECK(lab.last() == Names{"CallAnswered", "StepEnded", "StepHeld"});
    REQUIRE(lab.state().held.size() == 1);
    const HeldStep held = lab.state().held[0];
    CHECK(held.since == lab.now());
    CHECK(address_of(lab.state(), lab.context().process, held) == "connect");
    CHECK(awaited_materials(lab.state(), lab.context(), held) == Names{"plan"});
    CHECK(lab.steps() == "accept:approved");

    CHECK(lab.tell(the_paper()) == "");
    CHECK(lab.last() == Names{"MaterialGiven", "StepStarted", "CallRequested"});
    CHECK(lab.state().held.empty());
    CHECK(lab.answer("connect", "approved") == "");
    CHECK(lab.state().end->name == "granted");
}

TEST_CASE("held: a paper that comes before its step is asked for by nobody") {
    Builder b;
    const auto accept = b.call(0, "accept", "x");
    follows(b, b.call(0, "connect", "y", {accept}));
    Lab lab(b.process);
    lab.open();
    CHECK(lab.tell(the_paper()) == "");
    CHECK(lab.last() == Names{"MaterialGiven"});
    CHECK(lab.answer("accept", "approved") == "");
    CHECK(lab.steps() == "accept:approved connect:active");
}

TEST_CASE("held: a step that is skipped waits for no paper") {
    Builder b;
    const auto connect = b.call(0, "connect", "y");
    follows(b, connect);
    b.step(connect).when = lab::constant(expr::Value::boolean(false));
    b.call(0, "other", "x");
    Lab lab(b.process);
    lab.open();
    CHECK(lab.state().held.empty());
    CHECK(lab.steps() == "connect:skipped other:active");
}

TEST_CASE("held: an optional paper holds nothing") {
    Builder b;
    const auto connect = b.call(0, "connect", "y");
    b.process.materials[0].follow_step = connect;
    Lab lab(b.process);
    lab.open();
    CHECK(lab.steps() == "connect:active");
}

TEST_CASE("held: members of an each wait one by one, in parallel and in sequence") {
    for (const bool sequence : {false, true}) {
        CAPTURE(sequence);
        Builder b;
        const auto connect = b.call(0, "connect", "y");
        b.each(connect, {"one", "two"}, model::JoinKind::ended);
        b.step(connect).each->sequence = sequence;
        follows(b, connect);
        Lab lab(b.process);
        lab.open();
        CHECK(lab.state().held.size() == (sequence ? 1 : 2));
        CHECK(lab.steps() == "connect:active");
        CHECK(address_of(lab.state(), lab.context().process, lab.state().held[0]) ==
              "connect[one]");

        CHECK(lab.tell(the_paper()) == "");
        CHECK(lab.state().held.empty());
        CHECK(lab.answer("connect[one]", "approved") == "");
        CHECK(lab.answer("connect[two]", "approved") == "");
        CHECK(lab.state().end->name == "granted");
    }
}

TEST_CASE("held: the end of its stage, of its case and a new round let go of what waits") {
    const auto make = [](model::Move rejected) {
        Builder b;
        const auto stage = b.stage(0, "site");
        const auto judge = b.call(b.inside(stage), "judge", "x");
        follows(b, b.call(b.inside(stage), "connect", "y"));
        b.on(judge, "rejected", std::move(rejected));
        b.on(stage, "refused", lab::move(model::MoveKind::continue_));
        b.call(0, "after", "z", {stage});
        return b.process;
    };
    Lab branch(make(lab::move(model::MoveKind::end_branch, "refused")));
    branch.open();
    REQUIRE(branch.state().held.size() == 1);
    CHECK(branch.answer("site/judge", "rejected") == "");
    CHECK(branch.state().held.empty());
    CHECK(branch.tell(the_paper()) == "");
    CHECK(branch.steps() == "site:refused site/judge:rejected after:active");

    Lab all(make(lab::move(model::MoveKind::end, "refused")));
    all.open();
    CHECK(all.answer("site/judge", "rejected") == "");
    CHECK(all.state().held.empty());
    CHECK(all.state().status == CaseStatus::closed);
}

TEST_CASE("held: what is no longer needed waits for no paper") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    const auto connect = b.call(0, "connect", "y");
    follows(b, connect);
    const auto first = b.call(0, "first", "x", {a, connect});
    b.step(first).needs.kind = model::NeedsKind::any;
    b.step(first).needs.cancel_rest = true;
    Lab lab(b.process);
    lab.open();
    REQUIRE(lab.state().held.size() == 1);

    CHECK(lab.answer("a", "approved") == "");

    CHECK(lab.state().held.empty());
    CHECK(lab.steps() == "a:approved connect:skipped first:active");
}
