// Undoing: what had ended ok is taken back, newest first, when the case ends refused or withdrawn.
#include "lab.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;
using Names = std::vector<std::string>;

namespace {

model::Field text(std::string name) {
    model::Field field;
    field.name = std::move(name);
    return field;
}

/// Steps a and b that can be taken back by `x.remove`, and c, which ends the case when it refuses.
struct Undoable {
    Builder b;

    Undoable() {
        model::Operation& review = b.process.operations[0];
        review.input.fields = {text("address")};
        review.output.fields = {text("number")};
        model::Operation remove;
        remove.name = "remove";
        remove.input.type = model::FieldType::record;
        remove.input.fields = {text("address"), text("number")};
        remove.output.type = model::FieldType::record;
        remove.outcomes = {{"done", model::OutcomeKind::ok}, {"kept", model::OutcomeKind::refusal}};
        b.process.operations.push_back(remove);
        for (const char* id : {"a", "b"}) {
            const auto step = b.call(0, id, id);
            b.step(step).with = {{"address", {}, expr::Value::string("Road 1"), false}};
            b.step(step).undo =
                model::Undo{{"x", none, {}}, 1, {{"address", false}, {"number", true}}};
        }
        b.on(b.call(0, "c", "c"), "rejected", lab::move(model::MoveKind::end, "refused"));
    }
};

std::string answer(Lab& lab, std::uint32_t call, std::string outcome, std::string number = {}) {
    AnswerCall told;
    told.call = call;
    told.outcome = std::move(outcome);
    if (!number.empty())
        told.result = expr::Value::record({{"number", expr::Value::string(number)}});
    return lab.tell(told);
}

/// a and b are approved in that order; then the case ends refused.
Lab refused_case() {
    Lab lab(Undoable().b.process);
    lab.open();
    CHECK(answer(lab, 1, "approved", "A-1") == "");
    lab.advance(hours(1));
    CHECK(answer(lab, 2, "approved", "B-1") == "");
    lab.advance(hours(1));
    CHECK(answer(lab, 3, "rejected") == "");
    return lab;
}

std::optional<TimerDue> due(const Lab& lab, TimerId timer) {
    return due_of(lab.state(), timer, lab.context());
}

std::string member(const expr::Value& record, std::string_view name) {
    const expr::Value* found = record.find(name);
    return found == nullptr ? "" : found->as_string();
}

}  // namespace

TEST_CASE("undo: newest first, each after the one before is answered, then the case closes") {
    Lab lab = refused_case();
    CHECK(lab.last() ==
          Names{"CallAnswered", "StepEnded", "CaseEnded", "UndoBegun", "UndoRequested"});
    CHECK(lab.state().status == CaseStatus::ended);
    REQUIRE(lab.state().calls.size() == 4);
    const Call first = lab.state().calls[3];
    CHECK(first.department == "x");
    CHECK(first.instance == lab.instance("b"));
    CHECK(member(first.input.value, "address") == "Road 1");
    CHECK(member(first.input.value, "number") == "B-1");
    CHECK(lab.effects().size() == 1);

    CHECK(answer(lab, 4, "done") == "");
    CHECK(lab.last() == Names{"CallAnswered", "StepUndone", "UndoRequested"});
    CHECK(lab.state().calls[4].instance == lab.instance("a"));
    CHECK(lab.state().status == CaseStatus::ended);

    CHECK(answer(lab, 5, "done") == "");
    CHECK(lab.last() == Names{"CallAnswered", "StepUndone", "CaseClosed"});
    CHECK(lab.state().to_undo.empty());
}

TEST_CASE("undo: a granted end takes nothing back, an undecided step has nothing to take back") {
    Lab granted(Undoable().b.process);
    granted.open();
    for (const std::uint32_t call : {1u, 2u, 3u}) CHECK(answer(granted, call, "approved") == "");
    CHECK(granted.state().end->name == "granted");
    CHECK(granted.state().calls.size() == 3);
    CHECK(granted.state().status == CaseStatus::closed);

    Lab early(Undoable().b.process);
    early.open();
    CHECK(answer(early, 1, "approved", "A-1") == "");
    CHECK(early.tell(WithdrawCase{"changed plans"}) == "");
    CHECK(early.state().calls.size() == 4);
    CHECK(early.state().calls[3].instance == early.instance("a"));
    CHECK(answer(early, 4, "done") == "");
    CHECK(early.state().status == CaseStatus::closed);
}

TEST_CASE("undo: a blocked call is the operator's, the next one leaves, and the case may close") {
    Lab lab = refused_case();
    ReportAttempt refused;
    refused.call = 4;
    refused.outcome = AttemptOutcome::refused;
    refused.reason = "404";
    CHECK(lab.tell(refused) == "");
    CHECK(lab.last() == Names{"CallBlocked", "IncidentRaised", "UndoRequested"});
    CHECK(answer(lab, 5, "done") == "");
    CHECK(lab.state().status == CaseStatus::closed);

    CHECK(lab.tell(RetryIncident{1}) == "");
    CHECK(lab.last() == Names{"IncidentResolved", "CallRetried"});
    CHECK(answer(lab, 4, "done") == "");
    CHECK(lab.last() == Names{"CallAnswered", "StepUndone"});
    CHECK(lab.state().instances[lab.instance("b")].undo->outcome == "done");
}

TEST_CASE("undo: a department that will not take it back leaves an incident that can be retried") {
    Lab lab = refused_case();
    CHECK(answer(lab, 4, "kept") == "");
    CHECK(lab.last() == Names{"CallAnswered", "StepUndone", "IncidentRaised", "UndoRequested"});
    CHECK(lab.state().incidents[0].kind == IncidentKind::undo_refused);

    CHECK(lab.tell(RetryIncident{1}) == "");
    CHECK(lab.last() == Names{"IncidentResolved", "UndoRequested"});
    CHECK(lab.state().calls[5].supersedes == 4);
    CHECK(answer(lab, 5, "done") == "");
    CHECK(lab.state().status == CaseStatus::ended);
    CHECK(answer(lab, 6, "done") == "");
    CHECK(lab.state().status == CaseStatus::closed);
}

TEST_CASE("undo: an answer that breaks the contract blocks only its own call") {
    Lab lab = refused_case();
    CHECK(answer(lab, 4, "nonsense") == "");
    CHECK(lab.reply() == Reply::answer_refused);
    CHECK(lab.last() == Names{"CallBlocked", "IncidentRaised", "UndoRequested"});
    CHECK(lab.state().end->name == "refused");
}

TEST_CASE("undo: silence reminds the department, tells the operator, and holds up nothing else") {
    Lab lab = refused_case();
    const Call first = lab.state().calls[3];
    const TimerId timer{TimerKind::undo, 4};
    REQUIRE(due(lab, timer).has_value());
    CHECK(due(lab, timer)->at == *first.due_when_asked);
    lab.advance_to(*first.due_when_asked - minutes(1));
    CHECK(lab.tell(FireTimer{timer}) == "");
    CHECK(lab.reply() == Reply::stale);

    lab.advance_to(*first.due_when_asked);
    CHECK(lab.last() == Names{"NoticeGiven", "IncidentRaised", "UndoRequested"});
    CHECK(lab.state().incidents[0].kind == IncidentKind::undo_overdue);
    CHECK(lab.state().calls[3].status == CallStatus::open);
    CHECK_FALSE(due(lab, timer).has_value());
    CHECK(lab.tell(FireTimer{timer}) == "");
    CHECK(lab.reply() == Reply::stale);

    // It is an operator's now; the next one is answered, and the case closes.
    CHECK(answer(lab, 5, "done") == "");
    CHECK(lab.last() == Names{"CallAnswered", "StepUndone", "CaseClosed"});

    CHECK(answer(lab, 4, "done") == "");
    CHECK(lab.last() == Names{"CallAnswered", "StepUndone", "IncidentResolved"});
    CHECK(lab.state().instances[lab.instance("b")].undo->outcome == "done");
}

TEST_CASE("undo: an operator has a silent one sent once more, and it may fall silent again") {
    Lab lab = refused_case();
    const TimerId timer{TimerKind::undo, 4};
    lab.advance_to(due(lab, timer)->at);
    lab.advance(hours(3));
    CHECK(lab.tell(RetryIncident{1}) == "");
    CHECK(lab.last() == Names{"IncidentResolved", "CallRetried"});
    CHECK(lab.state().calls[3].attempt == 2);
    CHECK(lab.effects().size() == 1);
    CHECK(answer(lab, 5, "done") == "");
    CHECK(lab.state().status == CaseStatus::ended);  // the one sent again is waited for

    REQUIRE(due(lab, timer).has_value());
    CHECK(due(lab, timer)->at > lab.now());
    lab.advance_to(due(lab, timer)->at);
    CHECK(lab.last() == Names{"NoticeGiven", "IncidentRaised", "CaseClosed"});

    ReportAttempt refused;
    refused.call = 4;
    refused.attempt = 2;
    refused.outcome = AttemptOutcome::refused;
    refused.reason = "410";
    CHECK(lab.tell(refused) == "");
    CHECK(lab.last() == Names{"IncidentResolved", "CallBlocked", "IncidentRaised"});
    CHECK(lab.tell(RetryIncident{2}) != "");
    CHECK(lab.tell(RetryIncident{3}) == "");
    CHECK(answer(lab, 4, "done") == "");
    CHECK(lab.state().instances[lab.instance("b")].undo->outcome == "done");
}

TEST_CASE("undo: an operation's own limit says how long its department may be silent") {
    Undoable made;
    made.b.process.operations[1].limit = calendar::Limit{2, calendar::Unit::hour};
    Lab lab(made.b.process);
    lab.open();
    CHECK(answer(lab, 1, "approved", "A-1") == "");
    CHECK(lab.tell(WithdrawCase{"changed plans"}) == "");
    CHECK(due(lab, {TimerKind::undo, 4})->at == lab.now() + hours(2));
}

TEST_CASE("undo: obligations after the end and undoings are both waited for") {
    Undoable made;
    made.b.process.after_end = made.b.add_scope(none);
    made.b.process.scopes[made.b.process.after_end].after_end = true;
    made.b.ask(made.b.process.after_end, "rating");
    Lab lab(made.b.process);
    lab.open();
    CHECK(answer(lab, 1, "approved") == "");
    CHECK(lab.tell(WithdrawCase{"changed plans"}) == "");
    CHECK(lab.complete("rating", "approved") == "");
    CHECK(lab.state().status == CaseStatus::ended);
    CHECK(answer(lab, 4, "done") == "");
    CHECK(lab.state().status == CaseStatus::closed);
}

TEST_CASE("withdraw: twice, or after the end, is answered by how the case ended") {
    Lab withdrawn(Undoable().b.process);
    withdrawn.open();
    CHECK(withdrawn.tell(WithdrawCase{"changed plans"}) == "");
    CHECK(withdrawn.tell(WithdrawCase{"again"}) ==
          "Expected to withdraw an open case, but it is withdrawn already");

    Lab lab = refused_case();
    CHECK(lab.tell(WithdrawCase{"late"}) ==
          "Expected to withdraw an open case, but it has ended refused");
}
