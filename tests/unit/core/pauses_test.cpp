// `pauses`: clocks of the case and of a stage stand still while a step is open.
#include "lab.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace countersign;
using namespace countersign::core;
using calendar::Unit;
using lab::Builder;
using lab::Lab;
using Names = std::vector<std::string>;

namespace {

model::Clock promised(std::int64_t days) {
    model::Clock clock;
    clock.name = "promised";
    clock.within = {days, Unit::working_day};
    clock.from = {model::EventKind::case_opened, none, ""};
    return clock;
}

Instant on_day(const char* text) { return *parse_rfc3339(text); }

std::size_t count(const Lab& lab, std::string_view name) {
    std::size_t found = 0;
    for (const Record& record : lab.journal())
        for (const Event& event : record.events) found += name_of(event) == name ? 1 : 0;
    return found;
}

}  // namespace

TEST_CASE("pauses: the case's clock stands still while the step is open, the step's own runs") {
    Builder b;
    b.process.scopes[0].clocks = {promised(10)};
    const auto works = b.call(0, "works", "x");
    b.limit(works, {20, Unit::working_day});
    b.call(0, "connect", "y", {works});
    b.step(works).pauses_case = true;
    Lab lab(b.process);
    lab.open();

    CHECK(lab.state().clocks[0].status == ClockStatus::paused);
    CHECK(lab.state().clocks[1].status == ClockStatus::running);
    CHECK(pausing_instances(lab.state(), lab.context().process, lab.state().clocks[0]) ==
          std::vector<std::uint32_t>{lab.instance("works")});

    // Opened on Tuesday the 10th at 10:00; closed again after the closes of the 10th to the 12th.
    lab.advance_to(on_day("2026-02-13T10:00+08:00"));
    CHECK(lab.answer("works", "approved") == "");
    CHECK(lab.state().clocks[0].status == ClockStatus::running);
    // Ten working days without the pause: Tuesday the 24th. The 11th and the 12th were not counted.
    CHECK(clock_due(lab.state(), lab.state().clocks[0], lab.context()).at ==
          on_day("2026-02-26T17:00+08:00"));
}

TEST_CASE("pauses: two open steps that overlap stop the clock once, and one after the other, too") {
    Builder b;
    b.process.scopes[0].clocks = {promised(10)};
    const auto first = b.call(0, "first", "x");
    const auto second = b.call(0, "second", "y");
    const auto third = b.call(0, "third", "z", {second});
    for (const auto step : {first, second, third}) b.step(step).pauses_case = true;
    Lab lab(b.process);
    lab.open();

    CHECK(lab.answer("first", "approved") == "");
    CHECK(lab.state().clocks[0].status == ClockStatus::paused);
    CHECK(lab.answer("second", "approved") == "");
    CHECK(lab.state().clocks[0].status == ClockStatus::paused);
    CHECK(lab.answer("third", "approved") == "");
    CHECK(count(lab, "ClockPaused") == 1);
    CHECK(lab.state().clocks[0].status == ClockStatus::stopped);
}

TEST_CASE("pauses: a stage's clock stands still for its own step only, the case's runs on") {
    Builder b;
    b.process.scopes[0].clocks = {promised(10)};
    const auto stage = b.stage(0, "site");
    b.limit(stage, {5, Unit::working_day});
    const auto test = b.call(b.inside(stage), "test", "x");
    b.call(b.inside(stage), "other", "y");
    b.step(test).pauses_stage = true;
    Lab lab(b.process);
    lab.open();

    CHECK(lab.state().clocks[0].status == ClockStatus::running);
    CHECK(lab.state().clocks[1].status == ClockStatus::paused);
    CHECK(lab.answer("site/test", "approved") == "");
    CHECK(lab.state().clocks[1].status == ClockStatus::running);
}

TEST_CASE("pauses: a clock that starts while a step pauses stands still from its start") {
    Builder b;
    const auto accept = b.call(0, "accept", "x");
    const auto works = b.call(0, "works", "y");
    model::Clock counted = promised(10);
    counted.from = {model::EventKind::step_ended_ok, accept, ""};
    b.process.scopes[0].clocks = {counted};
    b.step(works).pauses_case = true;
    Lab lab(b.process);
    lab.open();

    CHECK(lab.answer("accept", "approved") == "");
    REQUIRE(lab.state().clocks.size() == 1);
    CHECK(lab.state().clocks[0].status == ClockStatus::paused);
}

TEST_CASE("pauses: a step and missing papers at once stop the clock until both are over") {
    Builder b;
    b.process.supplement =
        model::Supplement{{4, Unit::working_hour}, 1, {10, Unit::working_day}, true};
    b.process.scopes[0].clocks = {promised(10)};
    const auto asks = b.call(0, "asks", "x");
    model::Move move = lab::move(model::MoveKind::supplement);
    move.otherwise = {lab::move(model::MoveKind::end, "refused")};
    b.on(asks, "incomplete", move);
    const auto works = b.call(0, "works", "y");
    b.step(works).pauses_case = true;
    Lab lab(b.process);
    lab.open();

    CHECK(lab.answer("asks", "incomplete") == "");
    lab.advance(hours(2));
    CHECK(lab.answer("works", "approved") == "");
    CHECK(lab.state().clocks[0].status == ClockStatus::paused);
    lab.advance(hours(1));
    Supply supply;
    supply.materials = {{"plan", "plan.pdf", "", 0}};
    CHECK(lab.tell(supply) == "");
    CHECK(lab.state().clocks[0].status == ClockStatus::running);
    CHECK(count(lab, "ClockPaused") == 1);
    CHECK(lab.state().clocks[0].pauses.back().to == lab.now());
}

TEST_CASE("pauses: what happened earlier than it was told ends the pause when it happened") {
    Builder b;
    b.process.scopes[0].clocks = {promised(10)};
    const auto works = b.call(0, "works", "x");
    b.call(0, "connect", "y", {works});
    b.step(works).pauses_case = true;
    Lab lab(b.process);
    lab.open();

    lab.advance_to(on_day("2026-02-13T10:00+08:00"));
    AnswerCall answer;
    answer.call = lab.state().instances[lab.instance("works")].call;
    answer.outcome = "approved";
    answer.result = expr::Value::record({});
    answer.happened_at = on_day("2026-02-11T15:00+08:00");
    CHECK(lab.tell(answer) == "");

    CHECK(lab.state().clocks[0].pauses.back().to == on_day("2026-02-11T15:00+08:00"));
}

TEST_CASE("pauses: a cancelled step pauses no longer") {
    Builder b;
    b.process.scopes[0].clocks = {promised(10)};
    const auto stage = b.stage(0, "site");
    const auto works = b.call(b.inside(stage), "works", "x");
    const auto judge = b.call(b.inside(stage), "judge", "y");
    b.on(judge, "rejected", lab::move(model::MoveKind::end_branch, "refused"));
    b.on(stage, "refused", lab::move(model::MoveKind::continue_));
    b.call(0, "after", "z", {stage});
    b.step(works).pauses_case = true;
    Lab lab(b.process);
    lab.open();
    CHECK(lab.state().clocks[0].status == ClockStatus::paused);

    CHECK(lab.answer("site/judge", "rejected") == "");

    CHECK(lab.state().instances[lab.instance("site/works")].status == StepStatus::cancelled);
    CHECK(lab.state().clocks[0].status == ClockStatus::running);
}
