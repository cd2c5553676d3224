// Calls: attempts, retries, answers early, late, twice and broken.
#include "lab.hpp"

#include "engine/core/flow.hpp"
#include "engine/core/words.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;

namespace {

Lab one_call() {
    Builder b;
    b.call(0, "a", "x");
    Lab lab(b.process);
    lab.open();
    return lab;
}

ReportAttempt failed(std::uint32_t attempt) {
    ReportAttempt report;
    report.call = 1;
    report.attempt = attempt;
    report.reason = "connection refused";
    report.policy.attempts = 3;
    return report;
}

}  // namespace

TEST_CASE("calls: a failed attempt is tried again after a back-off, with the same id") {
    Lab lab = one_call();

    CHECK(lab.tell(failed(1)) == "");
    CHECK(lab.last() == std::vector<std::string>{"CallRetryScheduled"});
    const Duration wait = *lab.state().calls[0].retry_at - lab.now();
    CHECK(wait.ms >= 750);
    CHECK(wait.ms <= 1'000);
    lab.advance(wait + milliseconds(-1));
    CHECK(lab.state().calls[0].status == CallStatus::retrying);
    lab.advance(milliseconds(1));
    CHECK(lab.last() == std::vector<std::string>{"CallRetried"});
    REQUIRE(lab.effects().size() == 1);
    CHECK(std::get<DispatchCall>(lab.effects()[0]).attempt == 2);
    CHECK(std::get<DispatchCall>(lab.effects()[0]).call.number == 1);
}

TEST_CASE("calls: Retry-After is obeyed when it is longer than the back-off") {
    Lab lab = one_call();
    ReportAttempt report = failed(1);
    report.retry_after_ms = 90'000;

    CHECK(lab.tell(report) == "");

    CHECK((*lab.state().calls[0].retry_at - lab.now()).ms == 90'000);
}

TEST_CASE(
    "calls: a report of an old attempt is refused, an answer counts whichever attempt brought it") {
    Lab lab = one_call();
    CHECK(lab.tell(failed(1)) == "");

    CHECK(lab.tell(failed(1)) == "");
    CHECK(lab.reply() == Reply::stale);
    CHECK(lab.last().empty());
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.state().calls[0].status == CallStatus::answered);
    CHECK(lab.state().status == CaseStatus::closed);
    CHECK(timers_of(lab.state(), lab.context()).empty());
}

TEST_CASE(
    "calls: attempts exhausted open an incident, and the operator's retry begins the next "
    "attempt") {
    Lab lab = one_call();
    for (std::uint32_t attempt = 1; attempt <= 3; ++attempt) {
        CHECK(lab.tell(failed(attempt)) == "");
        lab.advance(hours(1));
    }

    CHECK(lab.state().calls[0].status == CallStatus::blocked);
    REQUIRE(lab.state().incidents.size() == 1);
    CHECK(lab.state().incidents[0].message == "connection refused");
    CHECK(incident_words(lab.state().incidents[0]) ==
          Text{"no attempt got through, the last one: connection refused",
               "各次发送均未成功，最后一次：“connection refused”"});
    CHECK(lab.tell(RetryIncident{1}) == "");
    CHECK(std::get<DispatchCall>(lab.effects()[0]).attempt == 4);
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.state().status == CaseStatus::closed);
}

TEST_CASE("calls: a handled failure ends the step instead") {
    Builder b;
    const auto a = b.call(0, "a", "x");
    b.on(a, "failure", lab::move(model::MoveKind::continue_));
    Lab lab(b.process);
    lab.open();
    ReportAttempt report = failed(1);
    report.outcome = AttemptOutcome::refused;

    CHECK(lab.tell(report) == "");

    CHECK(lab.steps() == "a:failure");
    CHECK(lab.state().incidents.empty());
}

TEST_CASE("calls: a second answer is recorded and moves nothing, and repeats fill no journal") {
    Builder b;
    b.call(0, "a", "x");
    b.ask(0, "t");
    Lab lab(b.process);
    lab.open();
    CHECK(lab.answer("a", "approved") == "");

    CHECK(lab.answer("a", "rejected") == "");
    CHECK(lab.reply() == Reply::already_answered);
    CHECK(lab.last() == std::vector<std::string>{"CallAnsweredLate"});
    CHECK(lab.steps() == "a:approved t:active");
    for (int i = 0; i < 100; ++i) CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.state().calls[0].extra_answers == 16);
}

TEST_CASE(
    "calls: an answer that breaks the contract is an incident, a right one afterwards counts") {
    Lab lab = one_call();

    CHECK(lab.answer("a", "perhaps") == "");
    CHECK(lab.reply() == Reply::answer_refused);
    REQUIRE(lab.state().incidents.size() == 1);
    CHECK(lab.state().incidents[0].message ==
          "the outcome 'perhaps' is none of: approved, rejected, incomplete");
    CHECK(lab.answer("a", "maybe") == "");
    CHECK(lab.last().empty());
    CHECK(lab.answer("a", "approved") == "");
    CHECK(lab.state().incidents[0].resolved.has_value());
    CHECK(lab.state().status == CaseStatus::closed);
}

TEST_CASE(
    "calls: an acceptance is kept, and the answer may come with the time at which it happened") {
    Lab lab = one_call();
    ReportAttempt report = failed(1);
    report.outcome = AttemptOutcome::accepted;
    CHECK(lab.tell(report) == "");
    CHECK(lab.state().calls[0].status == CallStatus::accepted);
    const Instant told = lab.now() + hours(1);
    lab.advance(hours(20));
    AnswerCall answer;
    answer.call = 1;
    answer.outcome = "approved";
    answer.happened_at = told;

    CHECK(lab.tell(answer) == "");

    CHECK(lab.state().instances[1].ended == told);
}

TEST_CASE("calls: happened_at is taken within its tolerance and flagged outside it") {
    const Instant now = lab::start_of_tests();
    const Instant asked = now - hours(48);

    CHECK(happened_at(now - hours(1), asked, now).at == now - hours(1));
    CHECK(happened_at(asked - hours(1), asked, now).at == asked);
    CHECK(happened_at(asked - hours(1), asked, now).cut);
    CHECK(happened_at(now + minutes(4), asked, now).at == now);
    CHECK_FALSE(happened_at(now + minutes(4), asked, now).cut);
    CHECK(happened_at(now + minutes(6), asked, now).cut);
    CHECK(happened_at({}, asked, now).at == now);
}
