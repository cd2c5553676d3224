// The shipped hookup: the opening of the road within a branch.

#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view form = R"({
    "applicant": {"name": "Example Ltd", "uscc": "91310114MAC0TEX05A"},
    "agent": {"name": "Chen", "phone": "021-59520000"},
    "site": {"division": "310114102", "address": "Example Road 1", OUTSIDE},
    "services": ["power"], "power": {"load_kw": 120}})";

std::string form_with(std::string_view outside) {
    std::string text(form);
    return text.replace(text.find("OUTSIDE"), 7, outside);
}

/// The grid company answers at once; so do all bodies but those that a test scripts anew.
void script(World& world) {
    world.department("grid", [](const runtime::OutboundCall& call) {
        if (call.view.operation == "survey")
            return answer("done", minutes(1), R"({"finding": "free"})");
        if (call.view.operation == "plan")
            return answer("approved", minutes(1), R"({"drawing": "D-1"})");
        return answer("approved", minutes(1), R"({"fee": "0"})");
    });
    for (const char* id : {"tpolice", "plan", "green", "water"})
        world.department(id, always(answer("approved", hours(1))));
    world.department("trans", [](const runtime::OutboundCall& call) {
        if (call.view.operation == "reinstatement") return answer("approved");
        return answer("approved", hours(1), R"({"permit": "P-1", "until": "2026-03-31"})");
    });
}

CaseId open(World& world, std::string_view outside) {
    const CaseId id = world.open("joint-utility-hookup", form_with(outside), {},
                                 {{"premises_proof", "", "", 0}, {"site_plan", "", "", 0}});
    world.complete(id, "accept", "accepted");
    return id;
}

constexpr std::string_view across =
    R"("line_outside_red_line_m": 35, "crossing": ["power"])";

}  // namespace

TEST_CASE("hookup: a line that stays inside the red line asks nobody for the road") {
    World world(files_of("definitions/library"));
    script(world);

    const CaseId id = open(world, R"("line_outside_red_line_m": 0)");
    world.run();

    CHECK(world.end_of(id) == "connected");
    CHECK(world.steps(id).find("utility[power]/road:skipped") != std::string::npos);
    for (const Seen& seen : world.seen()) CHECK(seen.department == "grid");
    world.finish();
}

TEST_CASE("hookup: a consent refused refuses the branch, the road authority is not asked") {
    World world(files_of("definitions/library"));
    script(world);
    world.department("tpolice", always(answer("rejected", hours(2))));

    const CaseId id = open(world, across);
    world.run();

    CHECK(world.end_of(id) == "refused");
    CHECK(world.steps(id).find("utility[power]:refused") != std::string::npos);
    for (const Seen& seen : world.seen()) CHECK(seen.department != "trans");
    world.finish();
}

TEST_CASE("hookup: silence of greening is deemed consent after three working days, then the road") {
    World world(files_of("definitions/library"));
    script(world);
    world.department("green", always(silence()));
    world.department("water", always(silence()));

    const CaseId id = open(world, across);
    world.run_until("2026-02-13T16:59:00+08:00");
    CHECK(world.steps(id).find("road/permit") == std::string::npos);
    world.run();

    CHECK(world.end_of(id) == "connected");
    const std::string steps = world.steps(id);
    CHECK(steps.find("road/greening:approved") != std::string::npos);
    CHECK(steps.find("road/drainage:skipped") != std::string::npos);
    CHECK(steps.find("road/permit:approved") != std::string::npos);
    world.finish();
}

}  // namespace countersign::scenario
