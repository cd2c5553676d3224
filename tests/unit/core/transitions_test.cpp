// Every cell of the five transition tables, and every command against every state that refuses it.
#include "lab.hpp"

#include "engine/core/transitions.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>

using namespace countersign;
using namespace countersign::core;

namespace {

/// Every event leads from a state to one state only, and every state but the first is reached.
template <class Status>
void check_table(std::span<const Transition<Status>> table, std::set<Status> reachable) {
    std::set<std::pair<std::string_view, Status>> seen;
    std::set<Status> reached;
    for (const Transition<Status>& row : table) {
        CHECK_MESSAGE(seen.insert({row.event, row.from}).second, row.event);
        CHECK(next(row.event, row.from) == row.to);
        reached.insert(row.to);
    }
    CHECK(reached == reachable);
}

}  // namespace

TEST_CASE("transitions: each table is a function and reaches every state") {
    check_table(case_transitions(), {CaseStatus::open, CaseStatus::ended, CaseStatus::closed});
    check_table(step_transitions(),
                {StepStatus::active, StepStatus::supplementing, StepStatus::ended,
                 StepStatus::skipped, StepStatus::cancelled});
    check_table(call_transitions(),
                {CallStatus::open, CallStatus::accepted, CallStatus::retrying, CallStatus::blocked,
                 CallStatus::answered, CallStatus::cancelled});
    check_table(task_transitions(), {TaskStatus::open, TaskStatus::claimed, TaskStatus::completed,
                                     TaskStatus::cancelled});
    check_table(clock_transitions(),
                {ClockStatus::running, ClockStatus::paused, ClockStatus::stopped});
}

TEST_CASE("transitions: nothing leaves a settled state but evidence") {
    for (const auto& row : step_transitions())
        CHECK((row.from == StepStatus::waiting || row.from == StepStatus::active ||
               row.from == StepStatus::supplementing));
    for (const auto& row : call_transitions())
        if (row.from == CallStatus::answered || row.from == CallStatus::cancelled)
            CHECK(row.from == row.to);
    for (const auto& row : task_transitions())
        CHECK((row.from != TaskStatus::completed && row.from != TaskStatus::cancelled));
    for (const auto& row : clock_transitions()) CHECK(row.from != ClockStatus::stopped);
}

TEST_CASE("transitions: a command that does not fit names the state it found") {
    lab::Builder builder;
    builder.ask(0, "accept");
    lab::Lab lab(builder.process);
    lab.open();
    REQUIRE_EQ(lab.complete("accept", "approved"), "");

    CHECK(lab.tell(CompleteTask{1, "approved", expr::Value::record({}), "", {}, {}}) ==
          "Expected to complete open task T1, but it is completed");
    CHECK(lab.tell(ClaimTask{1}) == "Expected to claim open task T1, but it is completed");
    CHECK(lab.tell(ClaimTask{9}) == "Expected to claim a task of case " + lab.state().id.text() +
                                        ", but it has no task T9");
    CHECK(lab.tell(WithdrawCase{}) ==
          "Expected to withdraw an open case, but it was granted; giving up what was granted needs "
          "an application of its own");
    CHECK(lab.tell(Supply{}) == "Expected to supply papers to an open case, but it has ended");
    CHECK(lab.tell(RetryIncident{1}) ==
          "Expected an incident of this case, but it has no incident 1");
    CHECK(lab.tell(AnswerCall{}) == "Expected a call of case " + lab.state().id.text() +
                                        ", but it has no call C0");
}

TEST_CASE("transitions: a task is for its role, and for whoever claimed it") {
    lab::Builder builder;
    builder.ask(0, "accept");
    lab::Lab lab(builder.process);
    lab.open();

    CHECK(lab.tell(ClaimTask{1}, {"applicant"}) ==
          "Expected to claim task T1 as hall.clerk, but li has not "
          "that role");
    CHECK(lab.tell(ReleaseTask{1}, {"hall.clerk"}) ==
          "Expected to release claimed task T1, but nobody has it");
    CHECK(lab.tell(ClaimTask{1}, {"hall.clerk"}) == "");
    CHECK(lab.last() == std::vector<std::string>{"TaskClaimed"});
    CHECK(lab.tell(ClaimTask{1}, {"hall.clerk"}) == "");
    CHECK(lab.last().empty());
    CHECK(lab.tell(ReleaseTask{1}, {"hall.clerk"}) == "");
    CHECK(lab.last() == std::vector<std::string>{"TaskReleased"});
    CHECK(lab.tell(CompleteTask{1, "maybe", expr::Value::record({}), "", {}, {}}, {"hall.clerk"}) ==
          "Expected one of approved, rejected, incomplete, but the choice is 'maybe'");
}

namespace {

template <class Status>
std::string as_page(std::string_view title, std::span<const Transition<Status>> table) {
    std::string page = "### " + std::string(title) + "\n\n| event | from | to |\n|---|---|---|\n";
    for (const Transition<Status>& row : table)
        page += "| " + std::string(row.event) + " | " + std::string(name_of(row.from)) + " | " +
                std::string(name_of(row.to)) + " |\n";
    return page;
}

}  // namespace

TEST_CASE("transitions: the page shows the tables that the code uses") {
    std::ifstream file(COUNTERSIGN_CORE_PAGE);
    REQUIRE(file.good());
    const std::string page((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());

    for (const std::string& table :
         {as_page("Case", case_transitions()), as_page("Step", step_transitions()),
          as_page("Call", call_transitions()), as_page("Task", task_transitions()),
          as_page("Clock", clock_transitions())})
        CHECK_MESSAGE(page.find(table) != std::string::npos, table);
}
