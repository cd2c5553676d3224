// Departments asked at once: the benchmark's process.

#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view application =
    R"({"id": "A-1", "applicant": {"name": "Example Ltd", "city": "Jiading"}, "kind": "new",
        "note": "four departments at once"})";
constexpr std::string_view opinion =
    R"({"department": "d", "decision": "yes", "conditions": ["a", "b"], "reference": "R-1",
        "remark": "none"})";

World j4_world(WorldOptions options = {}) {
    return World(files_of("tests/bench/j4/definitions"), std::move(options));
}

}  // namespace

TEST_CASE("J4: four departments answer and the case is granted") {
    World world = j4_world();
    for (const char* id : {"dept0", "dept1", "dept2", "dept3"})
        world.department(id, always(answer("approved", milliseconds(20), opinion)));

    const CaseId id = world.open("j4", application);
    world.run();

    CHECK(world.end_of(id) == "granted");
    CHECK(world.steps(id) == "d0:approved d1:approved d2:approved d3:approved verdict:done");
    CHECK(world.seen().size() == 4);
    world.finish();
}

}  // namespace countersign::scenario
