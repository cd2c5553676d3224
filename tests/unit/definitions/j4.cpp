// What the compiled process of the benchmark holds.

#include "support.hpp"

#include "engine/expr/evaluate.hpp"

#include <doctest/doctest.h>

namespace countersign::definitions {

TEST_CASE("the benchmark's process: checks without an error") {
    const Checked checked = check(j4_sources());

    CHECK_MESSAGE(!checked.found.has_errors(), rendered(checked));
    REQUIRE(checked.deployable.processes.size() == 1);
    CHECK(checked.deployable.sources.at(0) == j4_sources().at(0).text);
    CHECK(checked.deployable.departments.size() == 4);
}

TEST_CASE("the benchmark's process: fields that nothing uses are warned of") {
    const Checked checked = check(j4_sources());

    CHECK(codes(checked) == std::vector<std::string>{"CS2100", "CS2100"});
}

TEST_CASE("the benchmark's process: four calls start at once and the verdict waits for them") {
    const Checked checked = check(j4_sources());
    const model::Process& process = checked.deployable.processes.at(0);

    REQUIRE(process.scopes.size() == 1);
    CHECK(process.scopes[0].steps == std::vector<model::StepIndex>{0, 1, 2, 3, 4});
    const model::Step& verdict = step_of(process, "verdict");
    CHECK(verdict.needs.kind == model::NeedsKind::all);
    CHECK(verdict.needs.steps == std::vector<model::StepIndex>{0, 1, 2, 3});
    for (model::StepIndex step = 0; step < 4; ++step) {
        CHECK(process.steps[step].needs.steps.empty());
        CHECK(process.steps[step].dependents == std::vector<model::StepIndex>{4});
    }
}

TEST_CASE("the benchmark's process: a call has its input, limit and moves") {
    const Checked checked = check(j4_sources());
    const model::Process& process = checked.deployable.processes.at(0);
    const model::Step& step = step_of(process, "d2");
    const auto& call = std::get<model::CallVerb>(step.verb);

    CHECK(call.target.department == "dept2");
    CHECK(call.target.bound == model::none);
    const model::Operation& operation = process.operations.at(call.operation);
    CHECK(operation.name == "review");
    REQUIRE(operation.output.fields.size() == 5);
    CHECK(operation.output.fields[2].type == model::FieldType::list);
    REQUIRE(step.with.size() == 3);
    CHECK(step.with[1].name == "name");
    REQUIRE(step.with[1].expression);
    CHECK(step.with[1].expression->program.text == "form.applicant.name");
    REQUIRE(step.with[1].expression->refs.size() == 1);
    CHECK(step.with[1].expression->refs[0].root == model::VariableRoot::form);
    REQUIRE(step.clocks.size() == 1);
    CHECK(step.clocks[0].name == "limit");
    CHECK(step.clocks[0].within == calendar::Limit{30, calendar::Unit::second});
    CHECK(step.clocks[0].from.kind == model::EventKind::owner_started);
    REQUIRE(step.move_for("timeout") != nullptr);
    CHECK(step.move_for("timeout")->kind == model::MoveKind::end);
    CHECK(step.move_for("timeout")->target == "refused");
    REQUIRE(step.move_for("rejected") != nullptr);
    CHECK(step.move_for("rejected")->kind == model::MoveKind::continue_);
    CHECK(step.silence.kind == model::SilenceKind::escalate);
}

TEST_CASE(
    "the benchmark's process: the verdict's condition refers to the four steps and evaluates") {
    const Checked checked = check(j4_sources());
    const model::Process& process = checked.deployable.processes.at(0);
    const auto& decide = std::get<model::DecideVerb>(step_of(process, "verdict").verb);

    REQUIRE(decide.rules.size() == 2);
    REQUIRE(decide.rules[0].condition);
    const model::Expression& condition = *decide.rules[0].condition;
    REQUIRE(condition.refs.size() == 4);
    for (std::uint32_t i = 0; i < 4; ++i) {
        CHECK(condition.refs[i].root == model::VariableRoot::step);
        CHECK(condition.refs[i].index == i);
    }
    const auto approved = expr::Value::record({{"outcome", expr::Value::string("approved")}});
    const auto value = expr::evaluate(condition.program, [&](std::uint32_t) { return approved; });
    REQUIRE(value.has_value());
    CHECK(value->as_boolean());
    CHECK_FALSE(decide.rules[1].condition);
    REQUIRE(decide.rules[1].result.size() == 1);
    CHECK(decide.rules[1].result[0].name == "granted");
    CHECK(decide.rules[1].result[0].constant == expr::Value::boolean(false));
}

TEST_CASE("the benchmark's process: its ends are tried in order") {
    const Checked checked = check(j4_sources());
    const model::Process& process = checked.deployable.processes.at(0);

    REQUIRE(process.ends.size() == 2);
    CHECK(process.ends[0].name == "granted");
    REQUIRE(process.ends[0].when);
    CHECK(process.ends[0].when->refs.at(0).index == 4);
    CHECK(process.ends[1].kind == model::EndKind::refused);
    CHECK(process.ends[1].otherwise);
}

TEST_CASE("a compiled process: survives its bytes") {
    const Checked checked = check(j4_sources());
    const std::string bytes = model::encode_process(checked.deployable.processes.at(0));

    const auto again = model::decode_process(bytes);

    REQUIRE(again.has_value());
    CHECK(model::encode_process(*again) == bytes);
}

}  // namespace countersign::definitions
