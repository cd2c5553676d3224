// Opening: the receipt of a paper application is not its entry.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;

namespace {

constexpr std::int64_t day_ms = 86'400'000;

OpenCase received_before(std::int64_t ms) {
    OpenCase open;
    open.process = {"test", 1, std::string(32, 'h')};
    open.form = expr::Value::record({});
    open.received = Instant{lab::start_of_tests().ms - ms};
    return open;
}

}  // namespace

TEST_CASE("opening: clocks of a paper application count from its receipt, not from its entry") {
    Builder b;
    model::Clock promised;
    promised.name = "promised";
    promised.within = {3, calendar::Unit::working_day};
    promised.from = {model::EventKind::case_opened, none, ""};
    b.process.scopes[0].clocks = {promised};
    b.call(0, "a", "x");
    Lab lab(b.process);

    CHECK(lab.tell(received_before(day_ms), {"hall.clerk"}) == "");

    CHECK(lab.state().received == Instant{lab::start_of_tests().ms - day_ms});
    CHECK(lab.state().opened == lab::start_of_tests());
    // Monday is the day of receipt, so Tuesday counts: Thursday's close instead of Friday's.
    CHECK(clock_due(lab.state(), lab.state().clocks[0], lab.context()).at ==
          *parse_rfc3339("2026-02-12T17:00:00+08:00"));
}

TEST_CASE("opening: a receipt lies in the past, in the last 30 days, and is told by staff") {
    Builder b;
    b.call(0, "a", "x");
    Lab lab(b.process);
    CHECK(lab.tell(received_before(-1), {"hall.clerk"})
              .starts_with("Expected an instant of receipt in the past"));
    CHECK(lab.tell(received_before(30 * day_ms), {"hall.clerk"}) ==
          "Expected a receipt within the last 30 days, but it lies 30 days back; check the year "
          "and the month, or enter the application as received today");
    CHECK(lab.tell(received_before(day_ms), {"applicant"})
              .starts_with("Expected the receipt of an application to be told by staff"));
    CHECK(lab.state().status == CaseStatus::absent);
    CHECK(lab.tell(received_before(30 * day_ms - 1), {"hall.clerk"}) == "");
}

namespace {

/// A clerk's intake that may ask for papers, then a call; the plan is required.
Builder with_intake() {
    Builder b;
    b.process.supplement = model::Supplement{
        {4, calendar::Unit::working_hour}, 1, {10, calendar::Unit::working_day}, true};
    for (const char* id : {"plan", "lease"}) {
        model::Material material;
        material.id = id;
        material.required = true;
        b.process.materials.push_back(material);
    }
    const auto intake = b.ask(0, "intake");
    model::Move ask = lab::move(model::MoveKind::supplement);
    ask.otherwise = {lab::move(model::MoveKind::end, "refused")};
    b.on(intake, "incomplete", ask);
    b.call(0, "review", "x", {intake});
    return b;
}

OpenCase without_papers(bool incomplete) {
    OpenCase open;
    open.process = {"test", 1, std::string(32, 'h')};
    open.form = expr::Value::record({});
    open.incomplete = incomplete;
    return open;
}

CompleteTask choice(std::string outcome, std::vector<MissingItem> missing = {}) {
    CompleteTask body;
    body.task = 1;
    body.outcome = std::move(outcome);
    body.form = expr::Value::record({});
    body.missing = std::move(missing);
    return body;
}

}  // namespace

TEST_CASE("opening: staff enters what came without required papers, an applicant does not") {
    Lab lab(with_intake().process);
    CHECK(lab.tell(without_papers(false), {"hall.clerk"}) ==
          "Expected a complete application, but it has 2 mistakes");
    CHECK(lab.tell(without_papers(true), {"applicant"})
              .starts_with("Expected an incomplete application to be entered by staff"));
    CHECK(lab.state().status == CaseStatus::absent);
    CHECK(lab.tell(without_papers(true), {"hall.clerk"}) == "");
    CHECK(missing_materials(lab.context().process, lab.state().form.value, lab.state().materials) ==
          std::vector<std::string>{"plan", "lease"});
}

TEST_CASE("opening: where no intake could ask for papers, all of them must be there") {
    Builder b = with_intake();
    b.process.steps[0].on.clear();
    Lab no_move(b.process);
    CHECK(no_move.tell(without_papers(true), {"hall.clerk"})
              .starts_with("Expected a process whose intake may ask for missing papers"));
    Builder late = with_intake();
    std::swap(late.process.steps[0].needs, late.process.steps[1].needs);
    late.process.steps[0].needs.steps = {1};
    Lab only_later(late.process);
    CHECK(only_later.tell(without_papers(true), {"hall.clerk"})
              .starts_with("Expected a process whose intake may ask for missing papers"));
}

TEST_CASE("intake: nothing passes while a required paper is missing; one notice names them all") {
    Lab lab(with_intake().process);
    REQUIRE(lab.tell(without_papers(true), {"hall.clerk"}) == "");
    CHECK(lab.tell(choice("approved"), {"hall.clerk"}) ==
          "Expected all required papers to be there, but 2 are missing; hand in what the applicant "
          "has brought, or choose incomplete to send one notice for all");

    CHECK(lab.tell(choice("incomplete", {{"lease", "not signed", false}}), {"hall.clerk"}) == "");

    REQUIRE(lab.state().supplement.requests.size() == 1);
    const auto& items = lab.state().supplement.requests[0].items;
    REQUIRE(items.size() == 2);
    CHECK(items[0].id == "lease");
    CHECK(items[0].reason == "not signed");
    CHECK(items[1].id == "plan");
    Supply supply;
    supply.materials = {{"plan", "plan.pdf", "", 0}, {"lease", "lease.pdf", "", 0}};
    CHECK(lab.tell(supply, {"hall.clerk"}) == "");
    CHECK(lab.complete("intake", "approved") == "");
    CHECK(lab.steps() == "intake#2:approved review:active");
}

TEST_CASE("intake: it may refuse what lacks papers, and asks for them without listing any") {
    Lab refused(with_intake().process);
    REQUIRE(refused.tell(without_papers(true), {"hall.clerk"}) == "");
    CHECK(refused.tell(choice("rejected"), {"hall.clerk"}) == "");
    Lab asked(with_intake().process);
    REQUIRE(asked.tell(without_papers(true), {"hall.clerk"}) == "");
    CHECK(asked.tell(choice("incomplete"), {"hall.clerk"}) == "");
    CHECK(asked.state().supplement.requests[0].items.size() == 2);
}
