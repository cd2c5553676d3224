// Whose hands a step is in: several who sign, one who prolongs, a set whose end cannot be told.

#include "engine/base/date.hpp"
#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view form = R"({"n": 1})";

core::Principal clerk(const std::string& name) { return {"person:" + name, {"hall.clerk"}}; }

core::RejectionCode refused(const runtime::CommandResult& result) {
    REQUIRE(std::holds_alternative<core::Rejection>(result));
    return std::get<core::Rejection>(result).code;
}

bool is_done(const runtime::CommandResult& result) {
    return !std::holds_alternative<core::Rejection>(result);
}

}  // namespace

TEST_CASE("sign: nobody signs twice, neither himself nor for another") {
    World world(with_departments(R"(
process: signed
version: 1
title: { en: Signed, zh: 会签 }
calendar: jiading
form: { n: { type: integer, required: true } }
steps:
  approve:
    ask: hall.clerk
    sign: { at_least: 2, of: 3 }
    with: { n: =form.n }
    choices: { agreed: ok, refused: refusal }
    on: { refused: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
)"));
    const CaseId id = world.open("signed", form);
    CHECK(world.count(id, "SigningOpened") == 3);
    const auto sign = [](std::uint32_t task) {
        return core::CompleteTask{task, "agreed", {}, "", {}, {}};
    };
    CHECK(is_done(world.submit(id, sign(2), clerk("li"))));
    CHECK(refused(world.submit(id, sign(1), clerk("li"))) == core::RejectionCode::not_allowed);
    CHECK(refused(world.submit(id, core::ClaimTask{3}, clerk("wang for li"))) ==
          core::RejectionCode::not_allowed);
    CHECK(refused(world.submit(id, sign(2), clerk("wang"))) == core::RejectionCode::state);
    CHECK(world.state(id).status == core::CaseStatus::open);
    CHECK(is_done(world.submit(id, sign(3), clerk("wang"))));
    CHECK(world.end_of(id) == "granted");
    CHECK(world.count(id, "TaskCancelled") == 1);
    world.finish();
}

TEST_CASE("extend: by whom, how much, how often and when the definition says") {
    World world(with_departments(R"(
process: prolonged
version: 1
title: { en: Prolonged, zh: 延期 }
calendar: jiading
form: { n: { type: integer, required: true } }
steps:
  review:
    ask: hall.clerk
    with: { n: =form.n }
    limit: { within: 3wd, extend: { by: supervisor, max: 2wd, times: 2 } }
ends:
  granted: { kind: granted, otherwise: true }
)"));
    const CaseId id = world.open("prolonged", form);
    const core::Principal head{"person:head", {"supervisor"}};
    const auto extend = [](std::string_view by, std::string clock = "limit",
                           std::string reason = "ill") {
        return core::ExtendClock{"review", std::move(clock), *calendar::Limit::parse(by),
                                 std::move(reason)};
    };
    const auto code = [&](core::ExtendClock command, core::Principal by) {
        return refused(world.submit(id, std::move(command), std::move(by)));
    };
    CHECK(code(extend("1wd"), clerk("li")) == core::RejectionCode::not_allowed);
    CHECK(code(extend("3wd"), head) == core::RejectionCode::invalid);
    CHECK(code(extend("1d"), head) == core::RejectionCode::invalid);
    CHECK(code(extend("1wd", "promised"), head) == core::RejectionCode::not_found);
    CHECK(code(extend("1wd", "limit", ""), head) == core::RejectionCode::invalid);
    CHECK(is_done(world.submit(id, extend("2wd"), head)));
    CHECK(is_done(world.submit(id, extend("1wd"), head)));
    CHECK(code(extend("1wd"), head) == core::RejectionCode::state);
    world.restart();
    world.run();
    // Opened on Tuesday, 2026-02-10: 11, 12, 13, the worked Saturday, and after the Festival
    // 24, 25.
    const auto passed = world.state(id).clocks.front().due_passed;
    REQUIRE(passed.has_value());
    CHECK(rfc3339(*passed, 480) == "2026-02-25T17:00:00+08:00");
    CHECK(code(extend("1wd"), head) == core::RejectionCode::state);
    world.finish();
}

TEST_CASE("open: a condition that cannot be told is an incident, and begins nothing anew") {
    World world(with_departments(R"(
process: opened
version: 1
title: { en: Opened, zh: 追加 }
calendar: jiading
form: { n: { type: integer, required: true } }
steps:
  parts:
    each: { part: "['a']" }
    open: { by: hall.clerk, until: 10 / form.n > 1 }
    ask: hall.clerk
    with: { part: =part }
  decide: { needs: parts, ask: hall.clerk }
ends:
  granted: { kind: granted, otherwise: true }
)"));
    const CaseId id = world.open("opened", R"({"n": 0})");
    CHECK(is_done(world.complete(id, "parts[a]", "done")));
    CHECK(world.count(id, "IncidentRaised") == 1);
    CHECK(world.state(id).status == core::CaseStatus::open);
    CHECK(is_done(world.retry(id)));
    CHECK(world.count(id, "IncidentRaised") == 2);
    CHECK(world.count(id, "TaskOpened") == 1);
    CHECK(world.count(id, "EachStarted") == 1);
    world.withdraw(id);
    world.finish();
}

}  // namespace countersign::scenario
