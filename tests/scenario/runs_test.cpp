// `run`: a case opens another one, is told how that ended, and tells it when nobody waits any more;
// also when the engine dies at any of its steps.

#include "engine/core/words.hpp"
#include "engine/store/queries.hpp"
#include "runner.hpp"

#include <doctest/doctest.h>

#include <map>

namespace countersign::scenario {

namespace {

constexpr std::string_view parent = R"yaml(
process: works
version: 1
title: { en: Works, zh: 工程 }
calendar: jiading
form:
  address: { type: text, required: true }
  length_m: { type: integer, min: 0, required: true }
materials:
  plan: { required: true, title: { en: Plan, zh: 图纸 } }
  other: { required: false, title: { en: Other, zh: 其他 } }
steps:
  permit:
    run: dig
    with: { where: =form.address, length_m: =form.length_m }
    on: { refused: { end: refused }, withdrawn: continue }
  connect:
    needs: permit
    when: steps.permit.outcome == 'granted'
    call: a.check
    with: { address: "=steps.permit.?gives.number.orValue('?')" }
    on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused, reason: required }
)yaml";

constexpr std::string_view child = R"yaml(
process: dig
version: 1
title: { en: Permit to dig, zh: 挖掘许可 }
calendar: jiading
form:
  where: { type: text, required: true }
  length_m: { type: integer, min: 1, required: true }
materials:
  plan: { required: true, title: { en: Plan, zh: 图纸 } }
steps:
  review:
    call: b.check
    with: { address: =form.where }
    on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true, gives: { number: "D-${form.length_m}" } }
  refused: { kind: refused, reason: required }
)yaml";

std::vector<definitions::SourceFile> documents() {
    std::vector<definitions::SourceFile> files = with_departments(parent);
    files.push_back({"dig.yaml", std::string(child)});
    return files;
}

WorldOptions options_of(unsigned shards, std::size_t restart_at_step = 0) {
    WorldOptions options;
    options.shards = shards;
    options.restart_at_step = restart_at_step;
    return options;
}

constexpr std::string_view form = R"({"address": "1 Example Road", "length_m": 12})";

CaseId open_works(World& world, std::string_view with = form) {
    return world.open("works", with, "key", {{"plan", "plan.pdf", "", 1}, {"other", "o", "", 1}});
}

/// The case that the only call to a process opened.
CaseId child_of(World& world, const CaseId& id) {
    std::optional<CaseId> found;
    for (const core::Call& call : world.state(id).calls)
        if (call.child) found = call.child;
    REQUIRE_MESSAGE(found.has_value(), world.timeline(id));
    return *found;
}

/// How many cases of the process there are in the store.
std::size_t cases_of(World& world, std::string_view process) {
    std::size_t count = 0;
    for (const core::CaseStatus status :
         {core::CaseStatus::open, core::CaseStatus::ended, core::CaseStatus::closed}) {
        store::CaseFilter filter;
        filter.process = std::string(process);
        filter.status = status;
        const auto listed = store::list_cases(world.store(), filter, 1'000);
        REQUIRE(listed.has_value());
        count += listed->rows.size();
    }
    return count;
}

std::size_t outbox_rows(World& world) {
    const auto departments = store::outbox_departments(world.store(), {});
    REQUIRE(departments.has_value());
    std::size_t rows = 0;
    for (const std::string& department : *departments) {
        const auto listed = store::outbox(world.store(), department, {}, 1'000);
        REQUIRE(listed.has_value());
        rows += listed->size();
    }
    return rows;
}

}  // namespace

TEST_CASE("a case is opened with the input and the papers that its process asks for") {
    for (const unsigned shards : {1u, 3u}) {
        CAPTURE(shards);
        World world(documents(), options_of(shards));
        world.department("a", always(answer("approved")));
        world.department("b", always(answer("approved", hours(1))));
        const CaseId id = open_works(world);
        const CaseId dig = child_of(world, id);
        const core::CaseState opened = world.state(dig);
        CHECK(opened.process.id == "dig");
        CHECK(opened.applicant == "Example Ltd");
        CHECK(opened.opened_by == "case:" + id.text());
        REQUIRE(opened.parent.has_value());
        CHECK(opened.parent->text() == id.text() + "-C1");
        REQUIRE(opened.materials.size() == 1);
        CHECK(opened.materials[0].id == "plan");
        CHECK(opened.form.value.find("where")->as_string() == "1 Example Road");
        CHECK(world.steps(id) == "permit:active");

        world.run();
        CHECK(world.end_of(dig) == "granted");
        CHECK(world.steps(id) == "permit:granted connect:approved");
        CHECK(world.end_of(id) == "granted");
        CHECK(world.seen().back().call.view.input.find("address")->as_string() == "D-12");
        CHECK(world.state(dig).parent_told);
        CHECK(outbox_rows(world) == 0);
        world.finish();
    }
}

TEST_CASE("a refusal comes with its reason, a withdrawal as one") {
    World world(documents(), options_of(2));
    world.department("b", [](const runtime::OutboundCall&) {
        Play play = answer("rejected", hours(1));
        std::get<runtime::Answered>(play.result).note = "the road is new";
        return play;
    });
    const CaseId refused = open_works(world);
    world.run();
    CHECK(world.end_of(refused) == "refused");
    CHECK(world.state(refused).end->reason == "the road is new");

    const CaseId id = world.open("works", form, "another", {{"plan", "plan.pdf", "", 1}});
    world.withdraw(child_of(world, id));
    world.run();
    CHECK(world.steps(id) == "permit:withdrawn connect:skipped");
    CHECK(world.end_of(id) == "granted");
    world.finish();
}

TEST_CASE("who withdraws a case withdraws what it had opened") {
    World world(documents(), options_of(2));
    const CaseId id = open_works(world);
    const CaseId dig = child_of(world, id);
    world.withdraw(id);
    world.run();
    CHECK(world.end_of(dig) == "withdrawn");
    CHECK(core::end_reason(world.state(dig)).in("zh") == "发起的办件已不再需要");
    CHECK(world.count(id, "CallAnsweredLate") == 0);
    CHECK(world.count(id, "RecallTaken") == 1);
    CHECK(outbox_rows(world) == 0);
    world.finish();
}

TEST_CASE("an input that the other process refuses is an operator's") {
    World world(documents(), options_of(2));
    const CaseId id = open_works(world, R"({"address": "1 Example Road", "length_m": 0})");
    world.run();
    const core::CaseState state = world.state(id);
    REQUIRE(state.incidents.size() == 1);
    CHECK(state.incidents[0].kind == core::IncidentKind::refused_by_department);
    CHECK(state.incidents[0].message.find("length_m") != std::string::npos);
    CHECK(cases_of(world, "dig") == 0);
    // Nobody answers in the other case's place.
    core::AnswerCall by_hand;
    by_hand.call = 1;
    by_hand.outcome = "granted";
    by_hand.by_hand = true;
    const auto told = world.submit(id, by_hand);
    REQUIRE(std::holds_alternative<core::Rejection>(told));
    CHECK(std::get<core::Rejection>(told).message.in("en").find("opens a case") !=
          std::string::npos);
    world.withdraw(id);
    world.run();
    CHECK(outbox_rows(world) == 0);
    world.finish();
}

TEST_CASE("the engine may die at any step") {
    // Which step of the shards loses what is decided and not durable, and all that is on its way.
    std::map<std::string, std::size_t> ends;
    for (const bool withdraws : {false, true}) {
        std::size_t steps = 1;
        for (std::size_t restart_at = 0; restart_at <= steps; ++restart_at) {
            CAPTURE(withdraws);
            CAPTURE(restart_at);
            World world(documents(), options_of(2, restart_at));
            world.department("a", always(answer("approved", hours(1))));
            world.department("b", always(answer("approved", hours(2))));
            runtime::OpenRequest request;
            request.process = "works";
            request.by = {"clerk:zhao", {"hall.clerk"}};
            request.applicant = "Example Ltd";
            request.form = expr::Value::record({{"address", expr::Value::string("1 Road")},
                                                {"length_m", expr::Value::integer(12)}});
            request.materials = {{"plan", "plan.pdf", "", 1}};
            request.key = "key";
            runtime::OpenResult opened = world.try_open(request);
            // Whoever gets no answer asks again, with the same key.
            if (!std::holds_alternative<runtime::Opened>(opened)) opened = world.try_open(request);
            REQUIRE(std::holds_alternative<runtime::Opened>(opened));
            const CaseId id = std::get<runtime::Opened>(opened).case_id;
            if (withdraws) {
                core::WithdrawCase withdrawal{"no longer needed"};
                if (std::holds_alternative<Error>(world.submit(id, withdrawal)))
                    (void)world.submit(id, withdrawal);
            }
            world.run();
            CHECK(world.end_of(id) == (withdraws ? "withdrawn" : "granted"));
            CHECK_MESSAGE(cases_of(world, "dig") == 1, world.timeline(id));
            CHECK(outbox_rows(world) == 0);
            for (const core::Call& call : world.state(id).calls)
                if (call.child) ++ends[world.end_of(*call.child)];
            world.finish();
            if (restart_at == 0) steps = world.engine_steps();
        }
        CHECK(steps > 10);
    }
    CHECK(ends["granted"] > 10);
    CHECK(ends["withdrawn"] > 10);
}

}  // namespace countersign::scenario
