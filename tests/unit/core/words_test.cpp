// Words for people: outcomes, principals, notes, reasons.
#include "lab.hpp"

#include "engine/core/words.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;

TEST_CASE("words: a known name in both languages, any other as it is") {
    CHECK(word_of("supplementing") == Text{"waits for papers", "待补正"});
    CHECK(word_of("approved") == Text{"approved", "同意"});
    CHECK(word_of("meter_sealed") == Text{"meter_sealed", "meter_sealed"});
}

TEST_CASE("words: a principal is a name, and whom it acts for") {
    CHECK(name_of_principal("engine") == Text{"the engine", "系统"});
    CHECK(name_of_principal("operator:operator") == Text{"the operator", "运维人员"});
    CHECK(name_of_principal("person:li") == Text{"li", "li"});
    CHECK(name_of_principal("person:li for wang") == Text{"li for wang", "li（代wang）"});
}

TEST_CASE("words: the core's own note is told in both languages, a person's as it was written") {
    CHECK(note_words(papers_late_note) ==
          Text{"the missing papers did not come in time", "逾期未补正"});
    CHECK(note_words("no duct") == Text{"no duct", "no duct"});
}

TEST_CASE("words: the reason of an end is made of its notes, each in words") {
    CaseState state;
    state.refusal_notes = {"no duct", std::string(papers_late_note)};
    state.end.emplace();
    state.end->reason = "no duct; the missing papers did not come in time";

    CHECK(end_reason(state).zh == "no duct；逾期未补正");
    state.end->reason = "moved away";
    CHECK(end_reason(state).zh == "moved away");
}

TEST_CASE("words: a branch is called by the choice that it stands for") {
    model::Process process;
    process.form.fields.emplace_back();
    process.form.fields[0].name = "services";
    process.form.fields[0].choices = {{"gas", {"gas", "气"}}, {"water", {}}};
    model::Step step;
    step.each.emplace();
    expr::Program& program = step.each->items.program;
    const auto node = [](expr::Operation operation, std::uint32_t argument) {
        return expr::Node{operation, argument, 0, 1, 0};
    };
    program.children = {0};
    // `form.services` as the checker resolves it at once, …
    program.variables = {{{"form", "services"}}};
    program.nodes = {node(expr::Operation::variable, 0)};
    CHECK(title_of_key(process, step, "gas") == Text{"gas", "气"});
    // … and as a member that is selected at run time.
    program.variables = {{{"form"}}};
    program.names = {"services"};
    program.nodes.push_back(node(expr::Operation::select, 0));

    CHECK(title_of_key(process, step, "gas") == Text{"gas", "气"});
    CHECK(title_of_key(process, step, "water") == Text{"water", "water"});
    CHECK(title_of_key(process, step, "other") == Text{"other", "other"});
    program.names = {"absent"};
    CHECK(title_of_key(process, step, "gas") == Text{"gas", "gas"});
    step.each.reset();
    CHECK(title_of_key(process, step, "gas") == Text{"gas", "gas"});
}

TEST_CASE("words: what an incident is about tells whose words are quoted") {
    Incident incident;
    incident.kind = IncidentKind::refused_by_department;
    incident.message = "HTTP 422";

    CHECK(incident_words(incident) == Text{"HTTP 422", "部门拒绝受理调用：“HTTP 422”"});
}
