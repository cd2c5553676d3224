// Needs, each, joins, stages, moves and ends.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;
using model::JoinKind;
using model::MoveKind;
using model::NeedsKind;

TEST_CASE("flow: four calls at once, joined, decided, ended") {
    Builder b;
    const auto d0 = b.call(0, "d0", "x");
    const auto d1 = b.call(0, "d1", "y");
    model::DecideVerb verdict;
    verdict.rules.emplace_back();
    model::Mapped granted;
    granted.name = "granted";
    granted.constant = expr::Value::boolean(true);
    verdict.rules[0].result = {granted};
    b.add(0, "verdict", verdict, {d0, d1});
    Lab lab(b.process);

    lab.open();
    CHECK(lab.last() == std::vector<std::string>{"CaseOpened", "StepStarted", "CallRequested",
                                                 "StepStarted", "CallRequested"});
    CHECK(lab.effects().size() == 2);
    CHECK(lab.answer("d0", "approved") == "");
    CHECK(lab.last() == std::vector<std::string>{"CallAnswered", "StepEnded"});
    CHECK(lab.answer("d1", "rejected") == "");
    CHECK(lab.last() == std::vector<std::string>{"CallAnswered", "StepEnded", "StepStarted",
                                                 "StepEnded", "CaseEnded", "CaseClosed"});
    CHECK(lab.steps() == "d0:approved d1:rejected verdict:done");
    CHECK(lab.state().end->name == "granted");
}

TEST_CASE("flow: needs all, any and at_least over ended, skipped and dead paths") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    const auto s = b.call(0, "s", "x");
    b.step(s).when = lab::constant(expr::Value::boolean(false));
    const auto c = b.call(0, "c", "x");
    b.call(0, "all", "x", {a, s});
    b.call(0, "dead", "x", {s});
    const auto any = b.call(0, "any", "x", {a, c});
    b.step(any).needs.kind = NeedsKind::any;
    b.step(any).needs.cancel_rest = true;
    const auto two = b.call(0, "two", "x", {a, s, c});
    b.step(two).needs.kind = NeedsKind::at_least;
    b.step(two).needs.count = 2;
    Lab lab(b.process);

    lab.open();
    CHECK(lab.steps() == "a:active s:skipped c:active dead:skipped");
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.steps() ==
          "a:approved s:skipped c:cancelled dead:skipped all:active any:active two:skipped");
    CHECK(lab.state().calls[1].status == CallStatus::cancelled);
    CHECK(lab.effects().size() == 3);
}

TEST_CASE("flow: the rest that has not begun when it is cancelled never does") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    const auto before = b.call(0, "before", "x");
    const auto late = b.call(0, "late", "x", {before});
    const auto first = b.call(0, "first", "x", {a, late});
    b.step(first).needs.kind = NeedsKind::any;
    b.step(first).needs.cancel_rest = true;
    b.call(0, "report", "x", {late});
    Lab lab(b.process);
    lab.open();

    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.answer("before", "approved") == "");

    CHECK(lab.steps() ==
          "a:approved before:approved late:skipped first:active report:skipped");
    CHECK(lab.state().instances[lab.state().instances[0].children.at(late)].skip_reason ==
          SkipReason::not_needed);
    CHECK(lab.answer("first", "approved") == "");
    CHECK(lab.state().status == CaseStatus::closed);
}

TEST_CASE(
    "flow: an each starts every item, and its join ended waits for all whatever their outcome") {
    Builder b;
    const auto stage = b.stage(0, "utility");
    b.each(stage, {"power", "gas"}, JoinKind::ended);
    b.on(stage, "refused", lab::move(MoveKind::continue_));
    const auto plan = b.call(b.inside(stage), "plan", "x");
    b.on(plan, "rejected", lab::move(MoveKind::end_branch, "refused"));
    b.call(b.inside(stage), "connect", "x", {plan});
    Lab lab(b.process);

    lab.open();
    CHECK(lab.steps() == "utility:active utility[power]:active utility[gas]:active "
                         "utility[power]/plan:active utility[gas]/plan:active");
    CHECK(lab.answer("utility[gas]/plan", "rejected") == "");
    CHECK(lab.answer("utility[power]/plan", "approved") == "");
    CHECK(lab.answer("utility[power]/connect", "approved") == "");
    CHECK(lab.steps() ==
          "utility:done utility[power]:done utility[gas]:refused utility[power]/plan:approved "
          "utility[gas]/plan:rejected utility[power]/connect:approved");
    CHECK(lab.state().status == CaseStatus::closed);
}

TEST_CASE(
    "flow: the joins all, any, at_least and percent decide as soon as the answer is certain") {
    struct Row {
        JoinKind join;
        std::uint32_t count;
        std::vector<std::string> answers;
        std::string set;
        bool after_last;
    };
    const std::vector<Row> rows = {
        {JoinKind::all, 0, {"approved", "approved", "approved"}, "done", true},
        {JoinKind::all, 0, {"rejected"}, "unmet", false},
        {JoinKind::any, 0, {"rejected", "approved"}, "done", false},
        {JoinKind::any, 0, {"rejected", "rejected", "rejected"}, "unmet", true},
        {JoinKind::at_least, 2, {"approved", "approved"}, "done", false},
        {JoinKind::at_least, 2, {"rejected", "rejected"}, "unmet", false},
        {JoinKind::percent, 67, {"approved", "approved", "approved"}, "done", true},
        {JoinKind::percent, 66, {"approved", "approved"}, "done", false},
        {JoinKind::percent, 67, {"rejected"}, "unmet", false},
    };
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.join));
        CAPTURE(row.count);
        Builder b;
        const auto step = b.call(0, "opinion", "x");
        b.each(step, {"a", "b", "c"}, row.join, row.count);
        b.step(step).set_on.push_back({"unmet", lab::move(MoveKind::continue_)});
        b.ask(0, "rest");
        Lab lab(b.process);
        lab.open();
        const char* keys[] = {"opinion[a]", "opinion[b]", "opinion[c]"};
        for (std::size_t i = 0; i < row.answers.size(); ++i) {
            CHECK(lab.state().instances[1].status == StepStatus::active);
            CHECK(lab.answer(keys[i], row.answers[i]) == "");
        }
        CHECK(lab.state().instances[1].outcome == row.set);
        // Undecided members run on.
        CHECK(lab.state().instances[lab.instance("opinion[c]")].settled() == row.after_last);
    }
}

TEST_CASE("flow: an empty each is done for ended and all, unmet otherwise") {
    for (const JoinKind join :
         {JoinKind::ended, JoinKind::all, JoinKind::any, JoinKind::at_least}) {
        Builder b;
        const auto step = b.call(0, "opinion", "x");
        b.each(step, {}, join, 1);
        Lab lab(b.process);
        lab.open();
        const bool met = join == JoinKind::ended || join == JoinKind::all;
        CHECK(lab.steps() == (met ? "opinion:done" : "opinion:unmet"));
    }
}

TEST_CASE("flow: a repeated item is an incident that names it, and nothing starts") {
    Builder b;
    const auto step = b.call(0, "opinion", "x");
    b.each(step, {"a", "a"}, JoinKind::ended);
    Lab lab(b.process);

    lab.open();

    CHECK(lab.steps() == "opinion:active");
    REQUIRE(lab.state().incidents.size() == 1);
    CHECK(lab.state().incidents[0].message ==
          "`each` could not be evaluated: the key \"a\" comes twice");
}

TEST_CASE("flow: a sequence starts one item after the other") {
    Builder b;
    const auto step = b.call(0, "opinion", "x");
    b.each(step, {"a", "b"}, JoinKind::ended);
    b.step(step).each->sequence = true;
    Lab lab(b.process);

    lab.open();
    CHECK(lab.steps() == "opinion:active opinion[a]:active");
    CHECK(lab.answer("opinion[a]", "rejected") == "");
    CHECK(lab.steps() == "opinion:active opinion[a]:rejected opinion[b]:active");
    CHECK(lab.answer("opinion[b]", "approved") == "");
    CHECK(lab.state().status == CaseStatus::closed);
}

TEST_CASE("flow: repeat begins new rounds, then takes its else") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    model::Move again = lab::move(MoveKind::repeat, "", 2);
    again.otherwise = {lab::move(MoveKind::end, "refused")};
    b.on(a, "rejected", again);
    Lab lab(b.process);

    lab.open();
    CHECK(lab.answer("a", "rejected") == "");
    CHECK(lab.steps() == "a#2:active");
    CHECK(lab.state().calls[1].supersedes == 1);
    CHECK(lab.state().calls[1].round == 2);
    CHECK(lab.answer("a", "rejected") == "");
    CHECK(lab.answer("a", "rejected") == "");
    CHECK(lab.steps() == "a#3:rejected");
    CHECK(lab.state().end->name == "refused");
}

TEST_CASE(
    "flow: an end move cancels what is open, and after_end goes on until the case is closed") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    b.on(a, "rejected", lab::move(MoveKind::end, "refused"));
    b.call(0, "b", "y");
    const auto after = b.add_scope(model::none);
    b.process.scopes[after].after_end = true;
    b.process.after_end = after;
    b.ask(after, "rating");
    Lab lab(b.process);

    lab.open();
    CHECK(lab.answer("a", "rejected") == "");
    CHECK(lab.last() == std::vector<std::string>{"CallAnswered", "StepEnded", "CallCancelled",
                                                 "StepCancelled", "CaseEnded", "StepStarted",
                                                 "StepStarted", "TaskOpened"});
    CHECK(lab.state().status == CaseStatus::ended);
    CHECK(lab.answer("b", "approved") == "");
    CHECK(lab.reply() == Reply::cancelled);
    CHECK(lab.last() == std::vector<std::string>{"CallAnsweredLate"});
    CHECK(lab.complete("rating", "approved") == "");
    CHECK(lab.state().status == CaseStatus::closed);
}

TEST_CASE("flow: treat_as makes a deemed outcome and follows that outcome's move") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    b.on(a, "rejected", lab::move(MoveKind::treat_as, "approved"));
    b.call(0, "b", "y", {a});
    Lab lab(b.process);

    lab.open();
    CHECK(lab.answer("a", "rejected") == "");
    CHECK(lab.steps() == "a:approved(deemed) b:active");
}

TEST_CASE("flow: a withdrawal ends an open case at once, tells the departments, and only once") {
    Builder b;
    b.call(0, "a", "x");
    b.ask(0, "t");
    Lab lab(b.process);

    lab.open();
    CHECK(lab.tell(WithdrawCase{"moved away"}) == "");
    CHECK(lab.state().end->kind == model::EndKind::withdrawn);
    CHECK(lab.state().end->reason == "moved away");
    CHECK(lab.steps() == "a:cancelled t:cancelled");
    CHECK(lab.effects().size() == 1);
    CHECK(lab.tell(WithdrawCase{}) ==
          "Expected to withdraw an open case, but it is withdrawn already");
}

TEST_CASE("flow: an expression that fails is an incident, and its retry goes on from there") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    model::Mapped bad;
    bad.name = "load";
    bad.expression = lab::constant(expr::Value::integer(1));
    bad.expression->program.nodes = {expr::Node{expr::Operation::variable, 0, 0, 0, 0}};
    bad.expression->program.variables = {{{"form"}}};
    bad.expression->refs = {{model::VariableRoot::bound, 99}};
    b.step(a).with = {bad};
    Lab lab(b.process);

    lab.open();
    REQUIRE(lab.state().incidents.size() == 1);
    CHECK(lab.state().incidents[0].kind == IncidentKind::expression_failed);
    CHECK(lab.tell(RetryIncident{1}) == "");
    CHECK(lab.state().incidents.size() == 2);
    CHECK(lab.state().incidents[0].resolved.has_value());
    CHECK(lab.tell(RetryIncident{1}) == "Expected open incident 1, but it is resolved");
}

TEST_CASE("veto: a member's outcome ends the set at once; the others run on or are cancelled") {
    for (const bool cancel_rest : {false, true}) {
        CAPTURE(cancel_rest);
        Builder b;
        const auto each = b.call(0, "hearing", "x");
        b.each(each, {"a", "b", "c"}, model::JoinKind::ended);
        b.step(each).each->veto = {"rejected"};
        b.step(each).each->cancel_rest = cancel_rest;
        b.ask(0, "sign", {each});
        Lab lab(b.process);
        lab.open();
        CHECK(lab.answer("hearing[a]", "approved") == "");
        CHECK(lab.answer("hearing[b]", "rejected") == "");
        const Instance set = lab.state().instances[lab.instance("hearing")];
        CHECK(set.status == StepStatus::ended);
        CHECK(set.outcome == "rejected");
        CHECK(set.outcome_kind == model::OutcomeKind::refusal);
        CHECK(lab.state().instances[lab.instance("sign")].is_open());
        const Instance rest = lab.state().instances[lab.instance("hearing[c]")];
        CHECK(rest.status == (cancel_rest ? StepStatus::cancelled : StepStatus::active));
        if (!cancel_rest) CHECK(lab.answer("hearing[c]", "rejected") == "");
        CHECK(lab.state().instances[lab.instance("hearing")].outcome == "rejected");
    }
}

TEST_CASE("veto: no member has one, so the join decides") {
    Builder b;
    const auto each = b.call(0, "hearing", "x");
    b.each(each, {"a", "b"}, model::JoinKind::any);
    b.step(each).each->veto = {"rejected"};
    Lab lab(b.process);
    lab.open();
    CHECK(lab.answer("hearing[a]", "approved") == "");
    CHECK(lab.state().instances[lab.instance("hearing")].outcome == "done");
}

TEST_CASE("while: false from the start skips, an expression that fails is an incident") {
    Builder b;
    b.step(b.ask(0, "never")).offered_while = lab::constant(expr::Value::boolean(false));
    b.step(b.ask(0, "offered")).offered_while = lab::constant(expr::Value::boolean(true));
    Lab lab(b.process);
    lab.open();
    CHECK(lab.steps() == "never:skipped offered:active");
    CHECK(lab.state().waits.size() == 1);
    CHECK(lab.complete("offered", "approved") == "");
    CHECK(lab.state().waits.empty());
}
