// What the compiled joint utility hookup of the library holds.

#include "support.hpp"

#include <doctest/doctest.h>

namespace countersign::definitions {

namespace {

/// The shipped process, compiled once for all tests of this file.
const model::Process& hookup() {
    static const Checked checked = check(library_sources());
    REQUIRE_MESSAGE(!checked.found.has_errors(), rendered(checked));
    for (const model::Process& process : checked.deployable.processes) {
        if (process.id == "joint-utility-hookup") return process;
    }
    FAIL("the library has no joint-utility-hookup");
    return checked.deployable.processes.front();
}

}  // namespace

TEST_CASE("library: checks without an error or a warning") {
    const Checked checked = check(library_sources());

    CHECK(rendered(checked) == "");
    CHECK(checked.deployable.processes.size() >= 1);
    CHECK(checked.deployable.departments.size() >= 10);
    CHECK(checked.deployable.contracts.size() == 2);
    CHECK(checked.deployable.calendars.size() == 2);
}

TEST_CASE("hookup: scopes are the process, what follows its end, a branch, and the road in it") {
    const model::Process& process = hookup();

    REQUIRE(process.scopes.size() == 4);
    CHECK(process.after_end == 1);
    CHECK(process.scopes[1].after_end);
    CHECK(process.scopes[0].owner == model::none);
    const model::Step& utility = step_of(process, "utility");
    CHECK(std::get<model::DoVerb>(utility.verb).scope == 2);
    CHECK(process.steps[process.scopes[2].owner].id == "utility");
    CHECK(std::get<model::DoVerb>(step_of(process, "road").verb).scope == 3);
    CHECK(step_of(process, "road").pauses_case);
    CHECK(process.find(3, "permit") != model::none);
    CHECK(process.find(2, "supply_plan") != model::none);
    CHECK(process.find(0, "supply_plan") == model::none);
}

TEST_CASE("hookup: each service is a department's, and has a title of its own") {
    const auto& fields = hookup().form.fields;
    const auto services = std::find_if(fields.begin(), fields.end(), [](const model::Field& f) {
        return f.name == "services";
    });

    REQUIRE(services != fields.end());
    REQUIRE(services->choices.size() == 4);
    CHECK(services->choices[2].value == "gas");
    CHECK(services->choices[2].title == Text{"gas", "气"});
    const auto& call = std::get<model::CallVerb>(step_of(hookup(), "supply_plan").verb);
    REQUIRE(call.target.members.size() == 4);
    CHECK(call.target.members[2].department == "gasco");
}

TEST_CASE("hookup: the case's clocks count from an accepted application") {
    const model::Process& process = hookup();

    const auto& clocks = process.scopes[0].clocks;
    REQUIRE(clocks.size() == 2);
    CHECK(clocks[0].name == "promised");
    CHECK(clocks[0].kind == model::ClockKind::promised);
    CHECK(clocks[0].within == calendar::Limit{10, calendar::Unit::working_day});
    CHECK(clocks[0].from.kind == model::EventKind::step_ended_ok);
    CHECK(process.steps.at(clocks[0].from.step).id == "accept");
    CHECK(clocks[1].name == "statutory");
    CHECK(clocks[1].within == calendar::Limit{20, calendar::Unit::working_day});
    CHECK_FALSE(clocks[1].restart_on_redo);
}

TEST_CASE("hookup: intake asks the clerk, sends back once, and may refuse") {
    const model::Process& process = hookup();
    const model::Step& accept = step_of(process, "accept");

    CHECK(std::get<model::AskVerb>(accept.verb).role == "hall.clerk");
    REQUIRE(accept.outcome("incomplete") != nullptr);
    CHECK(accept.outcome("incomplete")->kind == model::OutcomeKind::supplement);
    REQUIRE(accept.move_for("incomplete") != nullptr);
    CHECK(accept.move_for("incomplete")->kind == model::MoveKind::supplement);
    REQUIRE(accept.move_for("incomplete")->otherwise.size() == 1);
    CHECK(accept.move_for("incomplete")->otherwise[0].target == "withdrawn");
    CHECK(accept.move_for("accepted") == nullptr);
    REQUIRE(process.supplement);
    CHECK(process.supplement->times == 1);
    CHECK(process.supplement->window == calendar::Limit{4, calendar::Unit::working_hour});
    CHECK(process.supplement->pauses_case);
    const auto optional = [&](std::string_view name) {
        for (const model::Mapped& mapped : accept.with) {
            if (mapped.name == name) return mapped.leave_out_when_empty;
        }
        FAIL("no such input");
        return false;
    };
    CHECK(optional("project_code"));
    CHECK_FALSE(optional("applicant"));
}

TEST_CASE("hookup: a branch goes over the services and calls whom each names") {
    const model::Process& process = hookup();
    const model::Step& utility = step_of(process, "utility");
    const model::Step& plan = step_of(process, "supply_plan");
    const auto& call = std::get<model::CallVerb>(plan.verb);

    REQUIRE(utility.each);
    CHECK(utility.each->name == "s");
    CHECK(utility.each->join == model::JoinKind::ended);
    CHECK_FALSE(utility.each->sequence);
    CHECK(utility.outcome("refused")->kind == model::OutcomeKind::refusal);
    CHECK(utility.move_for("refused")->kind == model::MoveKind::continue_);
    CHECK(call.target.department.empty());
    CHECK(process.steps.at(call.target.bound).id == "utility");
    REQUIRE(call.target.members.size() == 4);
    CHECK(call.target.members[1].value == "water");
    CHECK(call.target.members[1].department == "waterco");
    CHECK(process.operations.at(call.operation).name == "plan");
    CHECK(plan.move_for("rejected")->kind == model::MoveKind::end_branch);
    CHECK(plan.move_for("rejected")->target == "refused");
}

TEST_CASE("hookup: a supply plan is warned of at 80 % and escalated when due") {
    const model::Process& process = hookup();
    const model::Step& plan = step_of(process, "supply_plan");

    REQUIRE(plan.clocks.size() == 1);
    const model::Clock& clock = plan.clocks[0];
    CHECK(clock.name == "limit");
    CHECK(clock.restart_on_redo);
    CHECK(clock.within == calendar::Limit{3, calendar::Unit::working_day});
    REQUIRE(clock.rungs.size() == 2);
    CHECK(clock.rungs[0].percent == 80);
    CHECK(clock.rungs[0].actions.at(0).kind == model::ActionKind::warn);
    CHECK(clock.rungs[1].percent == 100);
    CHECK(clock.rungs[1].actions.at(0).kind == model::ActionKind::escalate);
    CHECK(clock.rungs[1].actions.at(0).to == "supervisor");
}

TEST_CASE("hookup: a fee outside the red line is told to the supervisor in two languages") {
    const model::Process& process = hookup();
    const auto& decide = std::get<model::DecideVerb>(step_of(process, "fee_is_zero").verb);

    REQUIRE(decide.rules.size() == 2);
    REQUIRE(decide.rules[0].condition);
    CHECK(decide.rules[0].condition->refs.at(0).root == model::VariableRoot::step);
    REQUIRE(decide.rules[1].also.size() == 1);
    const model::Action& action = decide.rules[1].also[0];
    CHECK(action.kind == model::ActionKind::send);
    REQUIRE(action.text_en);
    REQUIRE(action.text_zh);
    bool names_service = false;
    for (const model::VariableRef& ref : action.text_en->refs) {
        names_service = names_service || ref.root == model::VariableRoot::bound;
    }
    CHECK(names_service);
}

TEST_CASE("hookup: three ways to end it, and one to withdraw") {
    const model::Process& process = hookup();

    REQUIRE(process.ends.size() == 4);
    CHECK(process.ends[0].name == "connected");
    CHECK(process.ends[0].gives.size() == 1);
    CHECK(process.ends[1].kind == model::EndKind::granted);
    CHECK(process.ends[2].otherwise);
    CHECK(process.ends[2].reason_required);
    CHECK(process.ends[3].kind == model::EndKind::withdrawn);
    CHECK_FALSE(process.ends[3].when);
}

TEST_CASE("hookup: each service may be rated after the end, and silence is no rating") {
    const model::Process& process = hookup();
    const model::Step& rating = step_of(process, "rating");

    CHECK(rating.scope == process.after_end);
    CHECK(std::get<model::AskVerb>(rating.verb).role == "applicant");
    CHECK(rating.silence.kind == model::SilenceKind::absent);
    REQUIRE(rating.clocks.size() == 1);
    CHECK(rating.clocks[0].within == calendar::Limit{5, calendar::Unit::working_day});
}

}  // namespace countersign::definitions
