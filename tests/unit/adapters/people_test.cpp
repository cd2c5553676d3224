// People: departments' worklists, who may only look, and what strangers do not see.
#include "adapters/http/api/views.hpp"
#include "api_fixture.hpp"

#include <set>
#include <thread>

using namespace countersign;
using namespace countersign::http;
using namespace countersign::tests;

namespace {

std::vector<expr::Value> tasks_of(ApiFixture& fixture, const std::string& token,
                                  const std::string& query = {}) {
    const expr::Value json = fixture.send("GET /v1/tasks" + query, token).json();
    const auto items = json.find("tasks")->items();
    return {items.begin(), items.end()};
}

}  // namespace

TEST_CASE("people: a department without a system finds its calls on its worklist, answers them") {
    ApiFixture fixture;
    const std::string id = fixture.open();
    // The call is on the list once its binding has taken it, on another thread.
    while (tasks_of(fixture, planner_token).empty()) std::this_thread::yield();

    const expr::Value task = tasks_of(fixture, planner_token)[0];
    const std::string call = task.find("task")->as_string();
    CHECK_EQ(call, id + "-C1");
    CHECK_EQ(task.find("step")->as_string(), "plan");
    CHECK_EQ(task.find("due")->as_string(), "2026-03-06T17:00:00+08:00");
    CHECK_EQ(task.find("card")->as_string(), "green");
    CHECK_EQ(tasks_of(fixture, planner_token, "?role=grid.planner").size(), 1);
    CHECK(tasks_of(fixture, clerk_token).empty());
    CHECK_EQ(tasks_of(fixture, operator_token).size(), 1);

    const Reply shown = fixture.send("GET /v1/calls/" + call, planner_token);
    CHECK_EQ(shown.text("outcomes"), R"(["approved","rejected"])");
    CHECK_EQ(shown.text("result_fields"), R"(["drawing"])");
    CHECK_EQ(shown.text("input"), R"({"address":"Road 1"})");
    CHECK_EQ(fixture.send("GET /v1/calls/" + call, clerk_token).body.find("Road 1"),
             std::string::npos);

    const std::string complete = "POST /v1/tasks/" + call + "/complete";
    const std::string claim = "POST /v1/tasks/" + call + "/claim";
    CHECK_EQ(fixture.send(claim, clerk_token).status, 403);
    CHECK_EQ(fixture.send(claim, planner_token).status, 200);
    CHECK_EQ(tasks_of(fixture, planner_token)[0].find("claimed_by")->as_string(), "person:zhao");
    CHECK_EQ(fixture.send("GET /v1/calls/" + call, planner_token).text("claimed_by"),
             "person:zhao");
    CHECK_EQ(fixture.send("POST /v1/tasks/" + call + "/release", clerk_token).status, 403);
    CHECK_EQ(fixture.send("POST /v1/tasks/" + call + "/release", planner_token).status, 200);
    CHECK_EQ(fixture.send("POST /v1/tasks/" + call + "/release", planner_token).status, 409);
    CHECK_EQ(tasks_of(fixture, planner_token)[0].find("claimed_by"), nullptr);
    CHECK_EQ(fixture.send(complete, clerk_token, R"({"outcome": "rejected"})").status, 403);
    CHECK_EQ(fixture.send(complete, planner_token, R"({"outcome": "maybe"})").status, 422);
    const Reply lacks = fixture.send(complete, planner_token, R"({"outcome": "approved"})");
    CHECK_EQ(lacks.status, 422);
    CHECK_NE(lacks.text("problems").find(R"("path":"drawing")"), std::string::npos);
    CHECK_EQ(tasks_of(fixture, planner_token).size(), 1);

    const std::string good = R"({"outcome": "approved", "form": {"drawing": "D-1"}})";
    CHECK_EQ(fixture.send(complete, planner_token, good).status, 200);
    CHECK(tasks_of(fixture, planner_token).empty());
    REQUIRE_EQ(tasks_of(fixture, clerk_token).size(), 1);
    CHECK_EQ(tasks_of(fixture, clerk_token)[0].find("due"), nullptr);  // it has no limit
}

TEST_CASE("people: the worklist of a role goes from its tasks to its department's calls by pages") {
    ApiFixture fixture;
    for (int i = 0; i < 5; ++i) fixture.open();
    while (tasks_of(fixture, planner_token).size() < 5) std::this_thread::yield();

    std::set<std::string> met;
    std::string after;
    for (int page = 0; page < 5; ++page) {
        const expr::Value json =
            fixture.send("GET /v1/tasks?role=grid.planner&limit=2&after=" + after, planner_token)
                .json();
        for (const expr::Value& task : json.find("tasks")->items())
            CHECK(met.insert(task.find("task")->as_string()).second);
        const expr::Value* next = json.find("next");
        if (next == nullptr || next->is_null()) break;
        after = next->as_string();
    }
    CHECK_EQ(met.size(), 5);
}

TEST_CASE("people: an application is shown as people read it, what is personal to few") {
    ApiFixture fixture;
    const Reply opened = fixture.send(
        "POST /v1/processes/hookup/cases", clerk_token,
        R"({"form": {"address": "Road 1", "phone": "021-5", "people": [{"name": "Li"}]},
            "applicant": "Li", "received": "2026-03-02 15:30"})");
    REQUIRE_EQ(opened.status, 201);
    const std::string shown = "GET /v1/cases/" + opened.text("case");

    const Reply open = fixture.send(shown, clerk_token);
    CHECK_EQ(open.text("received"), "2026-03-02T15:30:00+08:00");
    CHECK_EQ(open.text("missing"), "[]");
    CHECK_NE(
        open.body.find(
            R"({"path":"address","title":{"en":"Address","zh":"地址"},"text":{"en":"Road 1",)"),
        std::string::npos);
    CHECK_NE(open.text("form_text").find(R"("path":"people[0].name")"), std::string::npos);
    CHECK_NE(open.text("form_text").find("021-5"), std::string::npos);
    const std::string masked = fixture.send(shown, auditor_token).text("form_text");
    CHECK_NE(masked.find("Road 1"), std::string::npos);
    CHECK_EQ(masked.find("021-5"), std::string::npos);
    CHECK_EQ(masked.find(R"("Li")"), std::string::npos);
}

TEST_CASE("people: an application may lack papers only where an intake could ask for them") {
    ApiFixture fixture;
    const std::string line = "POST /v1/processes/hookup/cases";
    const std::string form = R"({"form": {"address": "Road 1"}, "incomplete": )";
    CHECK_EQ(fixture.send(line, clerk_token, form + "true}").status, 422);
    CHECK_EQ(fixture.send(line, applicant_token, form + "true}").status, 403);
    CHECK_EQ(fixture.send(line, clerk_token, form + "1}").status, 400);
    CHECK_EQ(fixture.send(line, clerk_token, form + "false}").status, 201);
}

TEST_CASE("people: who has a name in the deployment is called by it, also for another") {
    ApiFixture fixture;
    fixture.server->stop();
    fixture.deployment.people[0].name = {"Li Ming", "李明"};
    fixture.serve();
    const Reply opened = fixture.send(
        "POST /v1/processes/hookup/cases", clerk_token,
        R"({"form": {"address": "Road 1"}, "applicant": "Acme", "received": "2026-03-02"})");
    REQUIRE_EQ(opened.status, 201);
    const std::string shown = "GET /v1/cases/" + opened.text("case");

    CHECK_EQ(fixture.send(shown, clerk_token).text("opened_by_title"),
             R"({"en":"Li Ming","zh":"李明"})");
    CHECK_EQ(fixture.send(shown, clerk_token).text("opened_by"), "person:li");
    const std::string told = fixture.send(shown + "/history", clerk_token).body;
    CHECK_NE(told.find(R"("by_title":{"en":"Li Ming","zh":"李明"})"), std::string::npos);
    CHECK_NE(told.find("entered by Li Ming"), std::string::npos);
    CHECK_EQ(told.find("entered by li"), std::string::npos);

    const Reply own = fixture.send("POST /v1/processes/hookup/cases", clerk_token,
                                   R"({"form": {"address": "Road 1"}})");
    CHECK_EQ(fixture.send("GET /v1/cases/" + own.text("case"), clerk_token).text("applicant_title"),
             R"({"en":"Li Ming","zh":"李明"})");

    Names names;
    names.people = {{"li", {"Li Ming", "李明"}}};
    CHECK(names.principal("person:li for wang") == Text{"Li Ming for wang", "李明（代wang）"});
    CHECK(names.principal("person:wang") == Text{"wang", "wang"});
    CHECK_FALSE(names.names_person("person:wang"));
    CHECK_FALSE(names.names_person("engine"));
}

TEST_CASE("people: an auditor looks and changes nothing") {
    ApiFixture fixture;
    const std::string id = fixture.open();
    CHECK_EQ(fixture.send("GET /v1/cases/" + id, auditor_token).status, 200);
    for (const char* act : {"withdraw", "supply"})
        CHECK_EQ(fixture.send("POST /v1/cases/" + id + "/" + act, auditor_token, "{}").status, 403);
    CHECK_EQ(fixture.send("POST /v1/processes/hookup/cases", auditor_token,
                          R"({"form": {"address": "Road 1"}})")
                 .status,
             403);
}

TEST_CASE("people: who has no part in a case neither withdraws nor supplies") {
    ApiFixture fixture;
    const std::string line = "POST /v1/cases/" + fixture.open() + "/withdraw";
    const std::string reason = R"({"reason": "mistake"})";
    const Reply refused = fixture.send(line, stranger_token, reason);
    CHECK_EQ(refused.status, 403);
    CHECK_NE(refused.text("detail").find("sun has no part in this process"), std::string::npos);
    CHECK_EQ(fixture.send(line, applicant_token, reason).status, 404);
    CHECK_EQ(fixture.send(line, planner_token, reason).status, 200);

    // Whoever entered a case may take it back without a role in it.
    const std::string own = fixture.open(stranger_token);
    CHECK_EQ(fixture.send("POST /v1/cases/" + own + "/withdraw", stranger_token, reason).status,
             200);
}

TEST_CASE("people: a call of somebody else's case does not exist for an applicant") {
    ApiFixture fixture;
    const std::string call = fixture.open() + "-C1";
    CHECK_EQ(fixture.send("POST /v1/tasks/" + call + "/complete", applicant_token,
                          R"({"outcome": "rejected"})")
                 .status,
             404);
}

TEST_CASE("people: strangers see no personal value of a case on any route") {
    ApiFixture fixture;
    const std::string marker = "13855550199";
    const Reply opened =
        fixture.send("POST /v1/processes/hookup/cases", operator_token,
                     R"({"form": {"address": "Road 1", "phone": ")" + marker +
                         R"(", "people": [{"name": "N)" + marker + R"("}]}})");
    REQUIRE_MESSAGE(opened.status == 201, opened.body);
    const std::string id = opened.text("case");
    // An answer that is none, and one that comes too late: both kept as evidence.
    const std::string line = fixture.answer_line(id + "-C1");
    const std::string leak = R"("result": {"owner": ")" + marker + R"("})";
    fixture.send(line, "", R"({"outcome": "maybe", )" + leak + "}");
    fixture.send(line, "", R"({"outcome": "rejected"})");
    fixture.send(line, "", R"({"outcome": "rejected", )" + leak + "}");

    const std::vector<std::string> routes = {
        "/v1/cases",          "/v1/cases/" + id,           "/v1/cases/" + id + "/form",
        "/v1/tasks",          "/v1/cases/" + id + "/why",  "/v1/cases/" + id + "/history",
        "/v1/processes",      "/v1/cases/" + id + "/events", "/v1/cases/" + id + "/materials",
        "/v1/calls/" + id + "-C1", "/v1/cases/" + id + "/verify", "/v1/me",
        "/v1/cases/" + id + "/clock"};
    for (const std::string& route : routes)
        for (const std::string& token :
             {planner_token, stranger_token, auditor_token, applicant_token}) {
            CAPTURE(route);
            const Reply seen = fixture.send("GET " + route, token);
            CHECK_EQ(seen.body.find(marker), std::string::npos);
        }
    const Reply open = fixture.send("GET /v1/cases/" + id + "/history", operator_token);
    CHECK_NE(open.body.find("PersonalNoticeGiven"), std::string::npos);
    CHECK_NE(open.body.find("call " + marker), std::string::npos);
}
