// Who held a case, in exact milliseconds. Tests begin on Tuesday 2026-02-10 at 10:00; the plain
// calendar is open Monday to Friday from 09:00 to 17:00.
#include "lab.hpp"

#include "engine/core/ledger.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using calendar::Unit;
using lab::Builder;
using lab::Lab;
using model::MoveKind;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

Ledger ledger_of(const Lab& lab) {
    const Context context = lab.context();
    return core::ledger_of(lab.journal(), context.process, *context.calendars.find("plain"),
                           lab.now());
}

/// "02-10 10:00 government 2h: a call a, b call b", a line an interval; hours are working time.
std::string told(const Ledger& ledger) {
    std::string text;
    for (const LedgerInterval& interval : ledger.intervals) {
        CHECK(interval.span.working_ms % 60'000 == 0);
        text += rfc3339(interval.from, 480).substr(5, 11) + " ";
        text += std::string(name_of(interval.holder)) + " " +
                std::to_string(interval.span.working_ms / 60'000) + "min:";
        for (const Busy& busy : interval.busy) {
            text +=
                " " + (busy.who.empty() ? "-" : busy.who) + " " + std::string(name_of(busy.duty));
            for (const BusyStep& step : busy.steps) text += " " + step.address;
            text += ";";
        }
        if (!interval.paused.empty()) {
            text += " stands still:";
            for (const std::uint32_t clock : interval.paused) text += " " + std::to_string(clock);
        }
        text += "\n";
    }
    return text;
}

/// What the sums promise, whatever happened.
void check_sums(const Ledger& ledger) {
    Span held;
    for (const Span& span : ledger.held) held += span;
    CHECK(held == ledger.whole);
    Span cut;
    Instant at = ledger.from;
    for (const LedgerInterval& interval : ledger.intervals) {
        CHECK(interval.from == at);
        CHECK(interval.from < interval.to);
        at = interval.to;
        cut += interval.span;
    }
    CHECK(at == ledger.to);
    CHECK(cut == ledger.whole);
    for (std::size_t side = 0; side < holders; ++side) {
        Span parts = ledger.together[side];
        for (const auto& [key, share] : ledger.shares) {
            if (static_cast<std::size_t>(key.first) == side) parts += share.alone;
            CHECK(share.alone.elapsed_ms <= share.busy.elapsed_ms);
        }
        CHECK(parts == ledger.held[side]);
    }
}

Builder intake_and_two() {
    Builder b;
    b.process.supplement =
        model::Supplement{{4, Unit::working_hour}, 1, {10, Unit::working_day}, true};
    model::Clock promised;
    promised.name = "promised";
    promised.within = {10, Unit::working_day};
    promised.from = {model::EventKind::case_opened, none, ""};
    b.process.scopes[0].clocks = {promised};
    const auto accept = b.ask(0, "accept");
    for (const char* id : {"a", "b"}) {
        const auto step = b.call(0, id, std::string("dept_") + id, {accept});
        model::Move ask = lab::move(MoveKind::supplement);
        ask.otherwise = {lab::move(MoveKind::end, "refused")};
        b.on(step, "incomplete", ask);
    }
    return b;
}

Supply plan_supplied() {
    Supply supply;
    supply.materials = {{"plan", "plan.pdf", "", 0}};
    return supply;
}

}  // namespace

TEST_CASE("ledger: one after the other and two at once -> parts that sum to the whole") {
    Lab lab(intake_and_two().process);
    lab.open();
    lab.advance(hours(3));  // Tuesday 13:00
    CHECK(lab.complete("accept", "approved") == "");
    lab.advance(hours(24));  // Wednesday 13:00
    CHECK(lab.answer("a", "approved") == "");
    lab.advance(hours(48));  // Friday 13:00
    CHECK(lab.answer("b", "approved") == "");
    lab.advance(hours(100));  // the life of the case is over

    const Ledger ledger = ledger_of(lab);

    CHECK(told(ledger) ==
          "02-10T10:00 government 180min: hall task accept;\n"
          "02-10T13:00 government 480min: dept_a call a; dept_b call b;\n"
          "02-11T13:00 government 960min: dept_b call b;\n");
    check_sums(ledger);
    CHECK(ledger.ended);
    CHECK(ledger.whole == Span{27 * hour_ms, 75 * hour_ms});
    CHECK(ledger.together[0] == Span{8 * hour_ms, 24 * hour_ms});
    const auto share = [&](const char* who) { return ledger.shares.at({Holder::government, who}); };
    CHECK(share("hall").alone == Span{3 * hour_ms, 3 * hour_ms});
    CHECK(share("dept_a").busy == Span{8 * hour_ms, 24 * hour_ms});
    CHECK(share("dept_a").alone == Span{});
    CHECK(share("dept_b").busy == Span{24 * hour_ms, 72 * hour_ms});
    CHECK(share("dept_b").alone == Span{16 * hour_ms, 48 * hour_ms});
}

TEST_CASE("ledger: while a notice is out the applicant holds the case, whoever else is busy") {
    Lab lab(intake_and_two().process);
    lab.open();
    CHECK(lab.complete("accept", "approved") == "");
    lab.advance(hours(1));  // 11:00
    CHECK(lab.answer("a", "incomplete") == "");
    lab.advance(hours(6));   // the notice leaves after four working hours, at 15:00
    lab.advance(hours(18));  // Wednesday 11:00
    CHECK(lab.tell(plan_supplied()) == "");
    lab.advance(hours(1));
    CHECK(lab.answer("a", "approved") == "");
    lab.advance(hours(1));  // still open: the ledger ends at the present, 13:00

    const Ledger ledger = ledger_of(lab);

    CHECK(told(ledger) ==
          "02-10T10:00 government 60min: dept_a call a; dept_b call b;\n"
          "02-10T11:00 government 240min: dept_a notice a; dept_b call b;\n"
          "02-10T15:00 applicant 240min: applicant supplement a; dept_b call b; stands still: 1\n"
          "02-11T11:00 government 60min: dept_a call a#2; dept_b call b;\n"
          "02-11T12:00 government 60min: dept_b call b;\n");
    check_sums(ledger);
    CHECK(!ledger.ended);
    CHECK(ledger.held[1] == Span{4 * hour_ms, 20 * hour_ms});
    CHECK(ledger.shares.at({Holder::government, "dept_b"}).busy.working_ms == 11 * hour_ms);
}

TEST_CASE("ledger: a task of the applicant's counts as its own only while nobody else is busy") {
    Builder b;
    const auto asked = b.ask(0, "asked");
    std::get<model::AskVerb>(b.step(asked).verb).role = "applicant";
    b.call(0, "a", "dept_a");
    Lab lab(b.process);
    lab.open();
    lab.advance(hours(2));
    CHECK(lab.answer("a", "approved") == "");
    lab.advance(hours(3));

    const Ledger ledger = ledger_of(lab);

    CHECK(told(ledger) ==
          "02-10T10:00 government 120min: dept_a call a; applicant task asked;\n"
          "02-10T12:00 applicant 180min: applicant task asked;\n");
    check_sums(ledger);
}

TEST_CASE("ledger: a wait is nobody's, what is stuck is the operator's") {
    Builder b;
    model::WaitVerb wait;
    wait.branches = {{"done", calendar::Limit{2, Unit::hour}, {}, ""}};
    const auto waits = b.add(0, "waits", wait);
    b.call(0, "a", "dept_a", {waits});
    Lab lab(b.process);
    lab.open();
    lab.advance(hours(3));
    AnswerCall wrong;
    wrong.call = 1;
    wrong.outcome = "no such outcome";
    CHECK(lab.tell(wrong) == "");
    lab.advance(hours(1));
    CHECK(lab.tell(RetryIncident{1}) == "");
    lab.advance(hours(1));

    const Ledger ledger = ledger_of(lab);

    CHECK(told(ledger) ==
          "02-10T10:00 nobody 120min: - wait waits;\n"
          "02-10T12:00 government 60min: dept_a call a;\n"
          "02-10T13:00 government 60min: operator incident a;\n"
          "02-10T14:00 government 60min: dept_a call a;\n");
    check_sums(ledger);
}

TEST_CASE("ledger: from the receipt of a paper to its entry the office that took it in holds it") {
    Lab lab(intake_and_two().process);
    OpenCase body;
    body.process = {"test", 1, std::string(32, 'h')};
    body.form = expr::Value::record({});
    body.received = lab::start_of_tests() - hours(24);
    CHECK(lab.tell(body) == "");
    lab.advance(hours(1));

    const Ledger ledger = ledger_of(lab);

    CHECK(told(ledger) ==
          "02-09T10:00 government 480min: - entry;\n"
          "02-10T10:00 government 60min: hall task accept;\n");
    check_sums(ledger);
}

TEST_CASE("ledger: a set of branches shows how many are open and names the first of them") {
    Builder b;
    const auto many = b.call(0, "many", "dept_a");
    b.each(many, {"a", "b", "c", "d", "e"}, model::JoinKind::ended);
    Lab lab(b.process);
    lab.open();
    lab.advance(hours(1));
    CHECK(lab.answer("many[b]", "approved") == "");
    lab.advance(hours(1));

    const Ledger ledger = ledger_of(lab);

    REQUIRE(ledger.intervals.size() == 2);
    CHECK(ledger.intervals[0].busy[0].open == 5);
    CHECK(ledger.intervals[1].busy[0].open == 4);
    CHECK(told(ledger).ends_with("dept_a call many[a] many[c] many[d];\n"));
    check_sums(ledger);
}

TEST_CASE("ledger: a paper that may follow is the applicant's once nobody else can go on") {
    Builder b;
    const auto a = b.call(0, "a", "dept_a");
    const auto connect = b.call(0, "connect", "dept_b", {a});
    b.call(0, "c", "dept_c");
    b.process.materials[0].required = true;
    b.process.materials[0].follow_step = connect;
    Lab lab(b.process);
    lab.open();
    lab.advance(hours(1));
    CHECK(lab.answer("a", "approved") == "");
    lab.advance(hours(1));
    CHECK(lab.answer("c", "approved") == "");
    lab.advance(hours(2));
    CHECK(lab.tell(plan_supplied()) == "");
    lab.advance(hours(1));

    const Ledger ledger = ledger_of(lab);

    CHECK(told(ledger) ==
          "02-10T10:00 government 60min: dept_a call a; dept_c call c;\n"
          "02-10T11:00 government 60min: dept_c call c; applicant papers connect;\n"
          "02-10T12:00 applicant 120min: applicant papers connect;\n"
          "02-10T14:00 government 60min: dept_b call connect;\n");
    check_sums(ledger);
}

TEST_CASE("ledger: what a step that pauses the case waits for is a third party's") {
    Builder b = intake_and_two();
    const auto permits = b.stage(0, "permits", {0});
    b.step(permits).pauses_case = true;
    b.call(b.inside(permits), "road", "roads");
    Lab lab(b.process);
    lab.open();
    lab.advance(hours(1));
    CHECK(lab.complete("accept", "approved") == "");
    lab.advance(hours(2));
    CHECK(lab.answer("permits/road", "approved") == "");
    lab.advance(hours(1));

    const Ledger ledger = ledger_of(lab);

    CHECK(told(ledger) ==
          "02-10T10:00 government 60min: hall task accept;\n"
          "02-10T11:00 third_party 120min: roads call permits/road; dept_a call a; dept_b call b; "
          "stands still: 1\n"
          "02-10T13:00 government 60min: dept_a call a; dept_b call b;\n");
    check_sums(ledger);
    CHECK(ledger.shares.at({Holder::third_party, "roads"}).alone == Span{2 * hour_ms, 2 * hour_ms});
}

TEST_CASE("ledger: what comes after the end is nobody's time") {
    Builder b;
    b.call(0, "a", "dept_a");
    const auto after = b.add_scope(model::none);
    b.process.after_end = after;
    b.process.scopes[after].after_end = true;
    b.call(after, "archive", "archive");
    Lab lab(b.process);
    lab.open();
    lab.advance(hours(1));
    CHECK(lab.answer("a", "approved") == "");
    lab.advance(hours(3));
    CHECK(lab.answer("archive", "approved") == "");

    const Ledger ledger = ledger_of(lab);

    CHECK(told(ledger) == "02-10T10:00 government 60min: dept_a call a;\n");
    CHECK(ledger.whole == Span{hour_ms, hour_ms});
    check_sums(ledger);
}
