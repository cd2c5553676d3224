// Clocks: warning, due, escalation, time-outs, silence, and the holidays between.

#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

std::string timed(std::string_view modifiers) {
    return R"(
process: timed
version: 1
title: { en: Timed review, zh: 限时审查 }
calendar: jiading
form:
  address: { type: text, required: true }
steps:
  review:
    call: a.check
    with: { address: =form.address }
)" + std::string(modifiers) + R"(
  second:
    needs: review
    call: b.check
    with: { address: =form.address }
    on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
)";
}

constexpr std::string_view refusals =
    "    on: { rejected: { end: refused }, incomplete: { end: refused } }\n";
constexpr std::string_view form = R"({"address": "Example Road 1"})";

Instant at(std::string_view text) { return *parse_rfc3339(text); }

}  // namespace

TEST_CASE("deadline: warned, passed and escalated at their own moments, then answered late") {
    World world(with_departments(timed(
        std::string("    limit: { within: 5wd, warn: 80%, then: [{ at: 100%, do: { escalate: { to: "
                    "supervisor } } }, { at: +2wd, do: remind }] }\n") +
        std::string(refusals))));
    world.department("a", always(promise("approved", hours(24 * 40))));
    world.department("b", always(answer("approved")));

    const CaseId id = world.open("timed", form);
    // Opened on Tuesday 10 February: counted are 11, 12, 13, Saturday 14 (worked), and the first
    // day after Spring Festival, Tuesday 24.
    world.run_until("2026-02-14T16:59:59+08:00");
    CHECK(world.count(id, "ClockRungReached") == 0);
    world.run_until("2026-02-14T17:00:00+08:00");
    CHECK(world.count(id, "ClockRungReached") == 1);
    world.run_until("2026-02-24T16:59:59+08:00");
    CHECK(world.count(id, "ClockDuePassed") == 0);
    world.run_until("2026-02-24T17:00:00+08:00");
    CHECK(world.count(id, "ClockDuePassed") == 1);
    CHECK(world.count(id, "ClockRungReached") == 2);
    const std::size_t notices = world.count(id, "NoticeGiven");
    world.run_until("2026-02-26T17:00:00+08:00");
    CHECK(world.count(id, "NoticeGiven") == notices + 1);
    CHECK(world.end_of(id) == "(open)");
    world.run();

    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("deadline: a timeout ends the step and cancels its call") {
    World world(with_departments(timed(
        "    limit: 2wd\n    on: { timeout: { end: refused }, rejected: { end: refused }, "
        "incomplete: { end: refused } }\n")));
    world.department("a", always(promise("approved", hours(24 * 9))));

    const CaseId id = world.open("timed", form);
    world.run_until("2026-02-12T16:59:59+08:00");
    CHECK(world.end_of(id) == "(open)");
    world.run_until("2026-02-12T17:00:00+08:00");

    CHECK(world.end_of(id) == "refused");
    CHECK(world.state(id).end->at == at("2026-02-12T17:00:00+08:00"));
    CHECK(world.cancelled().size() == 1);
    world.run();
    CHECK(world.count(id, "CallAnsweredLate") == 1);
    world.finish();
}

TEST_CASE("silence: deemed approved by law, marked as deemed") {
    World world(with_departments(timed(
        std::string("    limit: 3wd\n    silence: { deem: approved, legal_basis: { en: Art. 1, zh: "
                    "第一条 } }\n") +
        std::string(refusals))));
    world.department("b", always(answer("approved")));

    const CaseId id = world.open("timed", form);
    world.run();

    CHECK(world.steps(id) == "review:approved! second:approved");
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("silence: absent counts as skipped, and what needs that step alone is skipped too") {
    constexpr std::string_view process = R"(
process: absent
version: 1
title: { en: With an absent one, zh: 缺席审查 }
calendar: jiading
form:
  address: { type: text, required: true }
steps:
  opinion:
    call: a.check
    with: { address: =form.address }
    limit: 3wd
    silence: absent
    on: { rejected: continue, incomplete: continue }
  archive:
    needs: opinion
    call: c.check
    with: { address: =form.address }
    on: { rejected: continue, incomplete: continue }
  review:
    call: b.check
    with: { address: =form.address }
    on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
)";
    World world(with_departments(process));
    world.department("a", always(promise("approved", hours(24 * 30))));
    world.department("b", always(answer("approved")));

    const CaseId id = world.open("absent", form);
    world.run_until("2026-02-13T16:59:59+08:00");
    CHECK(world.steps(id) == "opinion:active review:approved");
    world.run();

    CHECK(world.steps(id) == "opinion:skipped review:approved archive:skipped");
    CHECK(world.end_of(id) == "granted");
    CHECK(world.count(id, "CallCancelled") == 1);
    world.finish();
}

TEST_CASE("silence: without a rule the case waits, escalated, and nothing is lost") {
    World world(with_departments(timed(std::string("    limit: 1wd\n") + std::string(refusals))));
    world.department("a", in_turn({silence()}));
    world.department("b", always(answer("approved")));

    const CaseId id = world.open("timed", form);
    world.run_for(hours(24 * 30));
    CHECK(world.end_of(id) == "(open)");
    CHECK(world.count(id, "ClockDuePassed") == 1);

    world.submit(id, core::AnswerCall{1, "approved", expr::Value::record({}), "by phone", {}, {}});
    world.run();
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("calendar: a new holiday moves the timers of open clocks, across a restart too") {
    constexpr std::string_view timeout =
        "    limit: 5wd\n    on: { timeout: { end: refused }, rejected: { end: refused }, "
        "incomplete: { end: refused } }\n";
    std::vector<definitions::SourceFile> later = with_departments(timed(timeout));
    for (definitions::SourceFile& file : later) {
        if (!file.path.ends_with("jiading.yaml")) continue;
        file.text +=
            "years:\n  2026:\n    notice: unverified\n    holidays:\n"
            "      - { name: { en: Flood, zh: 防汛 }, off: [2026-02-12..2026-02-13] }\n";
    }
    for (const bool restarted : {false, true}) {
        CAPTURE(restarted);
        World world(with_departments(timed(timeout)));
        const CaseId id = world.open("timed", form);
        for (int i = 0; i < 200; ++i) world.open("timed", form);
        world.run_until("2026-02-11T12:00:00+08:00");

        world.change_calendars(later, !restarted);
        if (restarted) world.restart(3);
        world.run_until("2026-02-26T16:59:59+08:00");
        CHECK(world.end_of(id) == "(open)");
        world.finish();
        world.run_until("2026-02-26T17:00:00+08:00");
        CHECK(world.end_of(id) == "refused");
        world.run();
        world.finish();
    }
}

TEST_CASE("clock: timers held while wall time has departed fire when it is accepted") {
    World world(with_departments(timed(
        "    limit: 1h\n    on: { timeout: { end: refused }, rejected: { end: refused }, "
        "incomplete: { end: refused } }\n")));

    const CaseId id = world.open("timed", form);
    world.shard(0).hold_timers(true);
    world.run_for(hours(2));
    CHECK(world.end_of(id) == "(open)");
    world.shard(0).hold_timers(false);
    world.settle();

    CHECK(world.end_of(id) == "refused");
    world.finish();
}

}  // namespace countersign::scenario
