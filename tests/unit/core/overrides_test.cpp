// Numbers with a wrong check digit: accepted by staff alone, with a reason that is kept.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;
using Names = std::vector<std::string>;

namespace {

/// In use, though its check digit is wrong (domain.md, 5.1).
const std::string doubtful = "91350203M0001QAY9B";
const std::string fine = "91310114MAC0TEX05A";

model::Process with_code() {
    Builder b;
    model::Field code;
    code.name = "code";
    code.type = model::FieldType::uscc;
    code.required = true;
    b.process.form.fields.push_back(code);
    b.process.supplement =
        model::Supplement{{4, calendar::Unit::working_hour}, 1, {10, calendar::Unit::working_day}};
    const auto a = b.call(0, "a", "x");
    model::Move ask = lab::move(model::MoveKind::supplement);
    ask.otherwise = {lab::move(model::MoveKind::end, "refused")};
    b.on(a, "incomplete", ask);
    return b.process;
}

OpenCase application(const std::string& code, std::vector<FieldOverride> overrides = {}) {
    OpenCase open;
    open.process = {"test", 1, std::string(32, 'h')};
    open.form = expr::Value::record({{"code", expr::Value::string(code)}});
    open.overrides = std::move(overrides);
    return open;
}

std::vector<std::string> clerk() { return {"hall.clerk"}; }

}  // namespace

TEST_CASE("overrides: a suspicious number is refused, and accepted with a reason") {
    Lab lab(with_code());
    CHECK(lab.tell(application(doubtful), clerk()) ==
          "Expected a complete application, but it has 1 mistake");

    CHECK(lab.tell(application(doubtful, {{"code", "as on the licence"}}), clerk()) == "");

    CHECK(lab.last() ==
          Names{"CaseOpened", "SuspiciousFieldAccepted", "StepStarted", "CallRequested"});
    REQUIRE(lab.state().accepted.size() == 1);
    CHECK(lab.state().accepted[0].field == "code");
    CHECK(lab.state().accepted[0].by == "li");
    CHECK(lab.state().accepted[0].reason == "as on the licence");
}

TEST_CASE("overrides: what answers no suspicious number, or has no reason, is a mistake") {
    Lab lab(with_code());
    const std::string one = "Expected a complete application, but it has 1 mistake";
    const std::string two = "Expected a complete application, but it has 2 mistakes";
    CHECK(lab.tell(application(fine, {{"code", "r"}}), clerk()) == one);
    CHECK(lab.tell(application(doubtful, {{"code", " "}}), clerk()) == one);
    CHECK(lab.tell(application("123", {{"code", "r"}}), clerk()) == two);
    CHECK(lab.tell(application(doubtful, {{"code", "r"}, {"code", "again"}}), clerk()) == one);
    CHECK(lab.tell(application(doubtful, {{"code", "r"}, {"site", "r"}}), clerk()) == one);
    CHECK(lab.state().status == CaseStatus::absent);
}

TEST_CASE("overrides: an applicant may not vouch for its own number") {
    Lab lab(with_code());
    const std::string said = lab.tell(application(doubtful, {{"code", "r"}}), {"applicant"});
    CHECK(said.starts_with("Expected a member of staff to accept a suspicious number"));
    CHECK(lab.tell(application(doubtful, {{"code", "r"}}), {"applicant", "hall.clerk"}) == "");
}

TEST_CASE("overrides: more than anybody types are refused as a whole") {
    Lab lab(with_code());
    const std::vector<FieldOverride> many(101, {"code", "r"});
    CHECK(lab.tell(application(doubtful, many), clerk()) ==
          "Expected at most 100 overrides, but there are 101");
}

TEST_CASE("overrides: an accepted number stays accepted until it is changed") {
    Lab lab(with_code());
    CHECK(lab.tell(application(doubtful, {{"code", "r"}}), clerk()) == "");
    AnswerCall ask;
    ask.call = 1;
    ask.outcome = "incomplete";
    ask.missing = {{"site", ""}, {"code", ""}};
    CHECK(lab.tell(ask) == "");

    Supply site;
    site.fields = {{"site", expr::Value::string("Road 1")}};
    CHECK(lab.tell(site, clerk()) == "");
    CHECK(lab.last() == Names{"FormChanged", "MissingItemSupplied"});
    CHECK(lab.state().accepted.size() == 1);

    Supply code;
    code.fields = {{"code", expr::Value::string(fine)}};
    CHECK(lab.tell(code, clerk()) == "");
    CHECK(lab.last()[0] == "FormChanged");
    CHECK(lab.last()[1] == "AcceptanceLapsed");
    CHECK(lab.state().accepted.empty());
}

TEST_CASE("overrides: another suspicious number handed in later needs a reason of its own") {
    Lab lab(with_code());
    CHECK(lab.tell(application(doubtful, {{"code", "r"}}), clerk()) == "");
    AnswerCall ask;
    ask.call = 1;
    ask.outcome = "incomplete";
    ask.missing = {{"code", ""}};
    CHECK(lab.tell(ask) == "");

    Supply other;
    other.fields = {{"code", expr::Value::string("91310114MAC0TEX05B")}};
    CHECK(lab.tell(other, clerk()) ==
          "Expected fields and papers without mistakes, but there are some");
    other.overrides = {{"code", "as on the new licence"}};
    CHECK(lab.tell(other, clerk()) == "");
    REQUIRE(lab.state().accepted.size() == 1);
    CHECK(lab.state().accepted[0].reason == "as on the new licence");
}
