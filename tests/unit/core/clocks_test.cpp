// Deadlines: warned, escalated, overdue, deemed, absent; clocks of the case counted from a step.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using calendar::Unit;
using lab::Builder;
using lab::Lab;
using model::ActionKind;

namespace {

model::Rung rung(std::uint32_t percent, ActionKind kind,
                 std::optional<calendar::Limit> after = {}) {
    model::Rung made;
    made.percent = percent;
    made.after = after;
    made.actions = {model::Action{kind, "supervisor", {}, {}, {}}};
    return made;
}

Instant at(const char* text) { return *parse_rfc3339(text); }

}  // namespace

TEST_CASE(
    "clocks: a limit in working days warns, falls due, escalates once, and the step stays open") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    b.limit(a, {3, Unit::working_day},
            {rung(80, ActionKind::warn), rung(100, ActionKind::remind, {{2, Unit::working_day}})});
    Lab lab(b.process);
    lab.open();

    lab.advance_to(at("2026-02-13T12:11:59+08:00"));
    CHECK(lab.state().clocks[0].rungs_done == 0);
    lab.advance_to(at("2026-02-13T16:59:59+08:00"));
    CHECK(lab.state().clocks[0].rungs_done == 1);
    CHECK_FALSE(lab.state().clocks[0].due_passed.has_value());
    lab.advance_to(at("2026-02-13T17:00:00+08:00"));
    CHECK(lab.last() == std::vector<std::string>{"ClockDuePassed", "NoticeGiven"});
    CHECK(lab.state().clocks[0].due_passed == at("2026-02-13T17:00+08:00"));
    CHECK(lab.steps() == "a:active");
    lab.advance_to(at("2026-02-17T17:00:00+08:00"));
    CHECK(lab.last() == std::vector<std::string>{"ClockRungReached", "NoticeGiven"});
    CHECK(timers_of(lab.state(), lab.context()).empty());
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.state().clocks[0].status == ClockStatus::stopped);
}

TEST_CASE("clocks: a timer that comes early only files itself anew") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    b.limit(a, {30, Unit::second});
    Lab lab(b.process);
    lab.open();

    CHECK(lab.tell(FireTimer{{TimerKind::clock, 1}}) == "");

    CHECK(lab.last().empty());
    CHECK(lab.reply() == Reply::stale);
    CHECK(due_of(lab.state(), {TimerKind::clock, 1}, lab.context())->at == lab.now() + seconds(30));
    CHECK_FALSE(due_of(lab.state(), {TimerKind::clock, 1}, lab.context())->movable);
}

TEST_CASE("clocks: on.timeout ends the step and cancels its call") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    b.limit(a, {30, Unit::second});
    b.on(a, "timeout", lab::move(model::MoveKind::end, "refused"));
    Lab lab(b.process);
    lab.open();

    lab.advance(seconds(30));

    CHECK(lab.steps() == "a:timeout");
    CHECK(lab.state().calls[0].status == CallStatus::cancelled);
    CHECK(lab.state().end->name == "refused");
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.reply() == Reply::cancelled);
}

TEST_CASE("clocks: silence may be deemed an outcome, or count as absent") {
    for (const bool deem : {true, false}) {
        Builder b;
        const auto a = b.call(0, "a", "x");
        b.limit(a, {1, Unit::working_day});
        b.step(a).silence.kind = deem ? model::SilenceKind::deem : model::SilenceKind::absent;
        b.step(a).silence.outcome = "approved";
        b.call(0, "b", "y", {a});
        Lab lab(b.process);
        lab.open();

        lab.advance(hours(48));

        CHECK(lab.steps() == (deem ? "a:approved(deemed) b:active" : "a:skipped b:skipped"));
        CHECK(lab.state().calls[0].status == CallStatus::cancelled);
    }
}

TEST_CASE(
    "clocks: the case's clock counts from the acceptance, back-dated as that is, and stops at the "
    "end") {
    Builder b;
    const auto accept = b.ask(0, "accept");
    b.on(accept, "rejected", lab::move(model::MoveKind::continue_));
    model::Clock promised;
    promised.name = "promised";
    promised.within = {10, Unit::working_day};
    promised.from = {model::EventKind::step_ended_ok, accept, ""};
    b.process.scopes[0].clocks = {promised};
    b.call(0, "a", "x", {accept});
    Lab lab(b.process);
    lab.open();
    CHECK(lab.state().clocks.empty());
    const Instant happened = lab.now() + minutes(10);
    lab.advance(hours(30));
    CompleteTask complete;
    complete.task = 1;
    complete.outcome = "approved";
    complete.form = expr::Value::record({});
    complete.happened_at = happened;

    CHECK(lab.tell(complete) == "");

    REQUIRE(lab.state().clocks.size() == 1);
    CHECK(lab.state().clocks[0].from == happened);
    CHECK(clock_due(lab.state(), lab.state().clocks[0], lab.context()).at ==
          at("2026-02-24T17:00+08:00"));
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.state().clocks[0].met);
}

TEST_CASE(
    "clocks: a wait ends at its delay, by its condition or by its signal, whichever comes first") {
    Builder b;
    model::WaitVerb wait;
    wait.branches = {{"later", calendar::Limit{2, Unit::hour}, {}, ""},
                     {"called", {}, {}, "phone"}};
    const auto w = b.add(0, "w", wait);
    b.step(w).outcomes = {{"later", model::OutcomeKind::ok}, {"called", model::OutcomeKind::ok}};
    Lab first(b.process);
    first.open();
    Lab second(b.process);
    second.open();

    first.advance(hours(2));
    CHECK(first.steps() == "w:later");
    CHECK(second.tell(SignalCase{"door"}) ==
          "Expected a step that waits for the signal 'door', but none does");
    CHECK(second.tell(SignalCase{"phone"}) == "");
    CHECK(second.steps() == "w:called");
}

TEST_CASE("clocks: a step's clock may count from another step, before or after its own start") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    const auto c = b.call(0, "c", "x");
    const auto d = b.call(0, "d", "x", {a});
    for (const auto owner : {c, d}) {
        model::Clock clock;
        clock.name = "delivery";
        clock.within = {1, Unit::working_day};
        clock.from = {model::EventKind::step_ended_ok, a, ""};
        b.step(owner).clocks = {clock};
    }
    Lab lab(b.process);
    lab.open();
    CHECK(lab.state().clocks.empty());
    const Instant ended = lab.now();

    CHECK(lab.answer("a", "approved") == "");

    REQUIRE(lab.state().clocks.size() == 2);
    CHECK(lab.state().clocks[0].owner == lab.instance("c"));
    CHECK(lab.state().clocks[0].from == ended);
    CHECK(lab.state().clocks[1].owner == lab.instance("d"));
    CHECK(lab.state().clocks[1].from == ended);
}

TEST_CASE("clocks: a clock ends at its `to` event") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    b.call(0, "c", "x");
    model::Clock clock;
    clock.name = "survey";
    clock.within = {1, Unit::working_day};
    clock.from = {model::EventKind::case_opened, model::none, ""};
    clock.to = model::ClockEvent{model::EventKind::step_ended, a, ""};
    b.process.scopes[0].clocks = {clock};
    Lab lab(b.process);
    lab.open();

    CHECK(lab.answer("a", "rejected") == "");

    CHECK(lab.state().clocks[0].status == ClockStatus::stopped);
    CHECK(lab.state().clocks[0].met);
    CHECK(lab.state().status == CaseStatus::open);
}

TEST_CASE("clocks: redone, one that carries runs on, one that restarts is a new one") {
    for (const bool carries : {false, true}) {
        CAPTURE(carries);
        Builder b;
        const auto step = b.call(0, "a", "a");
        b.limit(step, {5, calendar::Unit::hour});
        b.step(step).clocks[0].restart_on_redo = !carries;
        model::Move again = lab::move(model::MoveKind::repeat, "", 2);
        again.otherwise = {lab::move(model::MoveKind::continue_)};
        b.on(step, "rejected", again);
        Lab lab(b.process);
        lab.open();
        const Instant opened = lab.now();
        lab.advance(hours(2));
        CHECK(lab.answer("a", "rejected") == "");
        const ClockState& running = lab.state().clocks.back();
        CHECK(lab.state().clocks.size() == (carries ? 1 : 2));
        CHECK(running.status == ClockStatus::running);
        CHECK(running.from == (carries ? opened : lab.now()));
        CHECK(lab.state().instances[lab.instance("a")].round == 2);
        // What is used up in the round before counts.
        lab.advance(hours(4));
        CHECK(lab.state().clocks.back().due_passed.has_value() == carries);
    }
}
