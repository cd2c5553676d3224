// Missing papers: one notice, clocks stand still, the step is redone when they are in.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using calendar::Unit;
using lab::Builder;
using lab::Lab;
using model::MoveKind;

namespace {

Builder two_that_may_ask() {
    Builder b;
    b.process.supplement =
        model::Supplement{{4, Unit::working_hour}, 1, {10, Unit::working_day}, true};
    model::Clock promised;
    promised.name = "promised";
    promised.within = {10, Unit::working_day};
    promised.from = {model::EventKind::case_opened, none, ""};
    b.process.scopes[0].clocks = {promised};
    for (const char* id : {"a", "b"}) {
        const auto step = b.call(0, id, id);
        b.limit(step, {3, Unit::working_day});
        model::Move ask = lab::move(MoveKind::supplement);
        ask.otherwise = {lab::move(MoveKind::end, "refused")};
        b.on(step, "incomplete", ask);
    }
    return b;
}

Supply the_plan() {
    Supply supply;
    supply.materials = {{"plan", "plan.pdf", "", 0}};
    return supply;
}

}  // namespace

TEST_CASE("supplement: the notice waits for others that might ask, at most for the window") {
    Lab lab(two_that_may_ask().process);
    lab.open();
    CHECK(lab.answer("a", "incomplete") == "");
    CHECK(lab.steps() == "a:supplementing b:active");
    CHECK(lab.state().supplement.status == SupplementStatus::drafting);

    lab.advance(hours(4));

    CHECK(lab.last() == std::vector<std::string>{"SupplementNoticed", "NoticeGiven", "ClockPaused",
                                                 "ClockPaused"});
    CHECK(lab.state().clocks[0].status == ClockStatus::paused);
    CHECK(lab.state().clocks[1].status == ClockStatus::paused);
    CHECK(lab.state().clocks[2].status == ClockStatus::running);
}

TEST_CASE("supplement: once nobody else could ask, the one notice leaves at once with all items") {
    Lab lab(two_that_may_ask().process);
    lab.open();
    CHECK(lab.answer("a", "incomplete") == "");
    CHECK(lab.answer("b", "incomplete") == "");

    CHECK(lab.state().supplement.status == SupplementStatus::noticed);
    CHECK(lab.state().supplement.requests.size() == 2);
    CHECK(lab.state().supplement.notices == 1);
}

TEST_CASE(
    "supplement: the papers redo the asking step and the pause shifts the case's due by its "
    "closes") {
    Lab lab(two_that_may_ask().process);
    lab.open();
    const Instant before = clock_due(lab.state(), lab.state().clocks[0], lab.context()).at;
    CHECK(lab.answer("b", "approved") == "");
    lab.advance(hours(24));
    CHECK(lab.answer("a", "incomplete") == "");
    lab.advance(hours(48));  // over the closes of Wednesday and Thursday

    CHECK(lab.tell(the_plan()) == "");

    CHECK(lab.steps() == "a#2:active b:approved");
    CHECK(lab.state().supplement.status == SupplementStatus::idle);
    CHECK(lab.state().clocks[0].status == ClockStatus::running);
    const Instant after = clock_due(lab.state(), lab.state().clocks[0], lab.context()).at;
    CHECK((after - before).ms == hours(48).ms);
    CHECK(lab.state().calls.back().supersedes == 1);
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.state().end->name == "granted");
}

TEST_CASE("supplement: a request beyond `times`, or papers that never come, take the else") {
    Lab again(two_that_may_ask().process);
    again.open();
    CHECK(again.answer("b", "approved") == "");
    CHECK(again.answer("a", "incomplete") == "");
    CHECK(again.tell(the_plan()) == "");
    CHECK(again.answer("a", "incomplete") == "");
    CHECK(again.state().end->name == "refused");

    Lab never(two_that_may_ask().process);
    never.open();
    CHECK(never.answer("b", "approved") == "");
    CHECK(never.answer("a", "incomplete") == "");
    never.advance(hours(24 * 13));
    CHECK(never.state().status == CaseStatus::open);
    never.advance(hours(24 * 2));
    CHECK(never.state().end->name == "refused");
    CHECK(never.state().end->reason == "the missing papers did not come in time");
}

TEST_CASE("supplement: an outcome that asks must say what for") {
    Lab lab(two_that_may_ask().process);
    lab.open();
    AnswerCall answer;
    answer.call = 1;
    answer.outcome = "incomplete";

    CHECK(lab.tell(answer) == "");
    CHECK(lab.reply() == Reply::answer_refused);
    CHECK(lab.state().incidents[0].message ==
          "Expected `missing` to list the papers or fields to be supplied, but it is empty");
    answer.missing = {{"passport", "", false}};
    CHECK(lab.tell(answer) == "");
    CHECK(lab.reply() == Reply::answer_refused);
}

TEST_CASE("supplement: only what was asked for may change the form") {
    Lab lab(two_that_may_ask().process);
    lab.open();
    Supply supply;
    supply.fields = {{"site", expr::Value::string("Lane 5")}};

    CHECK(lab.tell(supply) == "Expected a field that was asked for, but 'site' was not");
    CHECK(lab.answer("b", "approved") == "");
    AnswerCall answer;
    answer.call = 1;
    answer.outcome = "incomplete";
    answer.missing = {{"site", "where?", false}};
    CHECK(lab.tell(answer) == "");
    CHECK(lab.tell(supply) == "");
    CHECK(lab.state().form_version == 2);
    CHECK(lab.state().form.value.find("site")->as_string() == "Lane 5");
    CHECK(lab.steps() == "a#2:active b:approved");
}

TEST_CASE("supplement: a field is handed in while the form holds a file -> the file stays") {
    Builder b = two_that_may_ask();
    model::Field map;
    map.name = "map";
    map.type = model::FieldType::file;
    b.process.form.fields.push_back(map);
    Lab lab(b.process);
    const std::string hash(64, 'a');
    lab.store(hash, 7);
    OpenCase open;
    open.form = expr::Value::record(
        {{"site", expr::Value::string("Lane 4")},
         {"map", expr::Value::record({{"name", expr::Value::string("map.pdf")},
                                      {"sha256", expr::Value::string(hash)}})}});
    CHECK(lab.tell(open) == "");
    CHECK(lab.answer("b", "approved") == "");
    AnswerCall ask;
    ask.call = 1;
    ask.outcome = "incomplete";
    ask.missing = {{"site", "where?", false}, {"map", "of what?", false}};
    CHECK(lab.tell(ask) == "");
    const expr::Value* before = model::part_at(lab.state().form.value, "map");
    REQUIRE(before != nullptr);
    const expr::Value map_before = *before;

    Supply site;
    site.fields = {{"site", expr::Value::string("Lane 5")}};
    CHECK(lab.tell(site) == "");

    CHECK(*model::part_at(lab.state().form.value, "map") == map_before);
    Supply other;
    other.fields = {
        {"map", expr::Value::record({{"name", expr::Value::string("other.pdf")},
                                     {"sha256", expr::Value::string(std::string(64, 'b'))}})}};
    CHECK(lab.tell(other) == "Expected fields and papers without mistakes, but there are some");
    lab.store(std::string(64, 'b'), 8);
    CHECK(lab.tell(other) == "");
}
