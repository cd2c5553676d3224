// Undoing from the text of a process to the department: inputs by name, retries, a restart.

#include "runner.hpp"

#include <doctest/doctest.h>

namespace countersign::scenario {

namespace {

constexpr std::string_view department = R"(
department: net
title: { en: Network, zh: 管网 }
operations:
  connect:
    input: { address: text }
    output: { meter: text }
    outcomes: { connected: ok, rejected: refusal }
  disconnect:
    input: { address: text, meter: text, note: { type: text, required: false } }
    outcomes: { done: ok, kept: refusal }
)";

constexpr std::string_view process = R"(
process: undoing
version: 1
title: { en: Undoing, zh: 撤销 }
calendar: jiading
form:
  address: { type: text, required: true }
steps:
  connect:
    call: net.connect
    with: { address: =form.address }
    undo: net.disconnect
    on: { rejected: { end: refused } }
  decide:
    needs: connect
    call: a.check
    with: { address: =form.address }
    on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
  withdrawn: { kind: withdrawn }
)";

constexpr std::string_view contract = R"(
contract: network
title: { en: Network, zh: 管网 }
operations:
  connect:
    input: { address: text }
    output: { meter: text }
    outcomes: { connected: ok, rejected: refusal }
  disconnect:
    input: { address: text, meter: text }
    outcomes: { done: ok }
)";

/// Each network's own department takes back what it did.
constexpr std::string_view joint = R"(
process: joint-undoing
version: 1
title: { en: Joint undoing, zh: 联合撤销 }
calendar: jiading
form:
  address: { type: text, required: true }
  services:
    type: choices
    of: { contract: network, as: { water: tap, heating: heat } }
    required: true
steps:
  utility:
    each: { s: form.services }
    order: sequence
    do:
      connect:
        call: s.connect
        with: { address: =form.address }
        undo: s.disconnect
        on: { rejected: { end: refused } }
  decide:
    needs: utility
    call: a.check
    with: { address: =form.address }
    on: { rejected: { end: refused }, incomplete: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
)";

World joint_world() {
    auto documents = with_departments(joint);
    documents.push_back({"network.yaml", std::string(contract)});
    for (const char* id : {"tap", "heat"})
        documents.push_back({std::string(id) + ".yaml",
                             "department: " + std::string(id) +
                                 "\ntitle: { en: Works, zh: 公司 }\nimplements: [network]\n"});
    return World(std::move(documents));
}

World world_of() {
    auto documents = with_departments(process);
    documents.push_back({"net.yaml", std::string(department)});
    return World(std::move(documents));
}

/// Connects; disconnects as told.
Behaviour network(std::vector<Play> undoing) {
    return [undoing = std::move(undoing), next = std::size_t(0)](
               const runtime::OutboundCall& call) mutable {
        if (call.view.operation == "connect")
            return answer("connected", seconds(1), R"({"meter": "M-7"})");
        return undoing[std::min(next++, undoing.size() - 1)];
    };
}

}  // namespace

TEST_CASE("undo: a refusal takes back what was connected, with its address and meter") {
    World world = world_of();
    world.department("net", network({fail("busy"), answer("done")}));
    world.department("a", always(answer("rejected")));

    const CaseId id = world.open("undoing", R"({"address": "Road 1"})");
    world.run();

    CHECK(world.end_of(id) == "refused");
    CHECK(world.state(id).status == core::CaseStatus::closed);
    CHECK(world.count(id, "StepUndone") == 1);
    REQUIRE(world.seen().size() == 4);  // connect, check, and twice disconnect
    const core::CallView& undo = world.seen()[3].call.view;
    CHECK(undo.operation == "disconnect");
    CHECK(undo.step == "connect");
    CHECK(undo.input.find("address")->as_string() == "Road 1");
    CHECK(undo.input.find("meter")->as_string() == "M-7");
    CHECK(undo.input.find("note") == nullptr);
    world.finish();
}

TEST_CASE("undo: each member's department takes back its own, the last connected first") {
    World world = joint_world();
    for (const char* id : {"tap", "heat"}) world.department(id, network({answer("done")}));
    world.department("a", always(answer("rejected")));

    const CaseId id =
        world.open("joint-undoing", R"({"address": "Road 1", "services": ["water", "heating"]})");
    world.run();

    CHECK(world.state(id).status == core::CaseStatus::closed);
    REQUIRE(world.seen().size() == 5);
    CHECK(world.seen()[3].department == "heat");
    CHECK(world.seen()[3].call.view.operation == "disconnect");
    CHECK(world.seen()[3].call.view.step == "utility[heating]/connect");
    CHECK(world.seen()[4].department == "tap");
    world.finish();
}

TEST_CASE("undo: a withdrawal outlives a crash before the department has answered") {
    World world = world_of();
    world.department("net", network({silence(), answer("done")}));

    const CaseId id = world.open("undoing", R"({"address": "Road 1"})");
    world.run_for(minutes(1));
    world.withdraw(id);
    world.settle();
    CHECK(world.state(id).status == core::CaseStatus::ended);
    world.restart();
    world.run();

    CHECK(world.state(id).status == core::CaseStatus::closed);
    CHECK(world.end_of(id) == "withdrawn");
    world.finish();
}

}  // namespace countersign::scenario
