// The API: who may do what, what is refused, what is answered.
#include "api_fixture.hpp"

using namespace countersign;
using namespace countersign::http;
using namespace countersign::tests;

namespace {

const std::string approved = R"({"outcome": "approved", "result": {"drawing": "D-1"}})";

}  // namespace

TEST_CASE("api: health needs no token, everything else does, and applicants may do less") {
    ApiFixture fixture;

    CHECK_EQ(fixture.send("GET /healthz", "").status, 200);
    CHECK_EQ(fixture.send("GET /readyz", "").text("status"), "ready");
    const Reply without = fixture.send("GET /v1/cases", "");
    CHECK_EQ(without.status, 401);
    CHECK_NE(without.head.find("application/problem+json"), std::string::npos);
    CHECK_NE(without.head.find("www-authenticate: Bearer"), std::string::npos);
    CHECK_EQ(fixture.send("GET /v1/cases", "wrong-token-0123456789").status, 401);
    CHECK_EQ(fixture.send("GET /v1/verify", clerk_token).status, 403);
    CHECK_EQ(fixture.send("GET /v1/tasks", applicant_token).status, 403);
    CHECK_EQ(fixture.send("GET /v1/nowhere", operator_token).status, 404);
    CHECK_EQ(fixture.send("DELETE /v1/cases", operator_token).status, 405);
    CHECK_EQ(fixture.send("GET /v1/cases/nonsense", operator_token).status, 404);
}

TEST_CASE("api: an Idempotency-Key opens one case; another body with it is a conflict") {
    ApiFixture fixture;
    const std::string line = "POST /v1/processes/hookup/cases";
    const std::string body = R"({"form": {"address": "Road 1"}})";
    const std::string key = "idempotency-key: k-1\r\n";

    const Reply first = fixture.send(line, operator_token, body, key);
    const Reply again = fixture.send(line, operator_token, body, key);
    const Reply other =
        fixture.send(line, operator_token, R"({"form": {"address": "Road 2"}})", key);
    const Reply unlike = fixture.send(line, clerk_token, body, key);

    CHECK_EQ(first.status, 201);
    CHECK_NE(first.head.find("location: /v1/cases/" + first.text("case")), std::string::npos);
    CHECK_EQ(again.status, 200);
    CHECK_EQ(again.text("case"), first.text("case"));
    CHECK_EQ(other.status, 409);
    CHECK_EQ(unlike.status, 201);
    CHECK_NE(unlike.text("case"), first.text("case"));
}

TEST_CASE("api: a form with mistakes gives all of them, and opens nothing") {
    ApiFixture fixture;

    const Reply reply = fixture.send("POST /v1/processes/hookup/cases", operator_token,
                                     R"({"form": {"phone": 5, "street": "x"}})");

    CHECK_EQ(reply.status, 422);
    const expr::Value json = reply.json();
    CHECK_GE(json.find("problems")->items().size(), 2);
    CHECK_NE(reply.body.find(R"("path":"address")"), std::string::npos);
    CHECK_EQ(fixture.send("GET /v1/cases", operator_token).json().find("cases")->items().size(), 0);
    CHECK_EQ(fixture.send("POST /v1/processes/none/cases", operator_token, "{}").status, 404);
    CHECK_EQ(fixture.send("POST /v1/processes/hookup/cases", operator_token, "[]").status, 400);
    CHECK_EQ(fixture.send("POST /v1/processes/hookup/cases", operator_token, "{").status, 400);
    CHECK_EQ(
        fixture.send("POST /v1/processes/hookup/cases", operator_token, R"({"form": 1})").status,
        400);
}

TEST_CASE("api: other open cases of the same applicant and process are named, and refuse nothing") {
    ApiFixture fixture;
    const auto apply = [&](const std::string& token, const std::string& applicant) {
        const std::string who =
            applicant.empty() ? "" : R"(, "applicant": ")" + applicant + R"(")";
        const Reply reply = fixture.send("POST /v1/processes/hookup/cases", token,
                                         R"({"form": {"address": "Road 1"})" + who + "}");
        REQUIRE_EQ(reply.status, 201);
        return reply;
    };
    const Reply first = apply(clerk_token, "Example Ltd");
    const Reply second = apply(clerk_token, "Example Ltd");
    const Reply other = apply(clerk_token, "Another Ltd");

    CHECK_EQ(first.body.find("possible_duplicates"), std::string::npos);
    CHECK_EQ(second.text("possible_duplicates"), R"([")" + first.text("case") + R"("])");
    CHECK_EQ(other.body.find("possible_duplicates"), std::string::npos);

    const Reply own = apply(applicant_token, "");
    CHECK_EQ(apply(applicant_token, "").text("possible_duplicates"),
             R"([")" + own.text("case") + R"("])");

    for (const Reply* open : {&first, &second})
        CHECK_EQ(fixture.send("POST /v1/cases/" + open->text("case") + "/withdraw", operator_token,
                              R"({"reason": "mistake"})")
                     .status,
                 200);
    CHECK_EQ(apply(clerk_token, "Example Ltd").body.find("possible_duplicates"),
             std::string::npos);
}

TEST_CASE("api: a paper application is listed with its receipt and its entry") {
    ApiFixture fixture;
    const std::string line = "POST /v1/processes/hookup/cases";
    const auto body = [](const std::string& received) {
        return R"({"form": {"address": "Road 1"}, "applicant": "Li", "received": ")" + received +
               R"("})";
    };
    CHECK_EQ(fixture.send(line, clerk_token, body("2026-03-02T15:00:00+08:00")).status, 201);

    const Reply list = fixture.send("GET /v1/cases", clerk_token);
    const expr::Value json = list.json();
    const expr::Value& listed = json.find("cases")->items()[0];
    CHECK_EQ(*parse_rfc3339(listed.find("received")->as_string()),
             *parse_rfc3339("2026-03-02T15:00:00+08:00"));
    CHECK_NE(listed.find("received")->as_string(), listed.find("opened")->as_string());
    const Reply history = fixture.send(
        "GET /v1/cases/" + listed.find("case")->as_string() + "/history", operator_token);
    CHECK_NE(history.body.find("received 2026-03-02T15:00:00+08:00, entered by"),
             std::string::npos);
    CHECK_EQ(fixture.send(line, clerk_token, body("2027-03-02T15:00:00+08:00")).status, 422);
    CHECK_EQ(fixture.send(line, clerk_token, body("2026-01-02T15:00:00+08:00")).status, 422);
    CHECK_EQ(fixture.send(line, applicant_token,
                          R"({"form": {"address": "R"}, "received": "2026-03-02T15:00:00+08:00"})")
                 .status,
             403);
}

TEST_CASE("api: a problem is told in the language asked for, with both for each field") {
    ApiFixture fixture;
    const std::string line = "POST /v1/processes/hookup/cases";
    const std::string chinese = "accept-language: zh-CN,zh;q=0.9,en;q=0.8\r\n";

    const Reply en = fixture.send(line, operator_token, R"({"form": {}})");
    const Reply zh = fixture.send(line, operator_token, R"({"form": {}})", chinese);

    CHECK_EQ(en.text("detail"), "Expected a complete application, but it has 1 mistake");
    CHECK_EQ(en.text("title"), "Unprocessable Content");
    CHECK_NE(en.head.find("content-language: en"), std::string::npos);
    CHECK_EQ(zh.text("detail"), "申请不完整或有误，共 1 处");
    CHECK_EQ(zh.text("title"), "内容不符合要求");
    CHECK_NE(zh.head.find("content-language: zh"), std::string::npos);
    CHECK_NE(zh.head.find("vary: accept-language"), std::string::npos);
    CHECK_EQ(zh.text("problems"), en.text("problems"));
    CHECK_EQ(fixture.send("GET /v1/cases/x", operator_token, "", chinese).text("detail"),
             "这不是办件编号");
    CHECK_EQ(fixture.send(line, operator_token, "{\"a\":1,\"a\":2}", chinese).text("detail"),
             "请求体不是 JSON：JSON 有误：同一对象中有重名（第 12 字节）");
    CHECK_EQ(
        fixture.send("POST /v1/processes/none/cases", operator_token, "{}", chinese).text("detail"),
        "未部署事项 none 的该版本");
}

TEST_CASE("api: the view tells who holds the case; personal fields are masked for others") {
    ApiFixture fixture;
    const std::string id = fixture.open();

    const Reply open = fixture.send("GET /v1/cases/" + id, operator_token);
    const Reply masked = fixture.send("GET /v1/cases/" + id, auditor_token);

    CHECK_EQ(open.text("status"), "open");
    CHECK_NE(open.body.find(R"("holder":"grid")"), std::string::npos);
    CHECK_NE(open.body.find(R"("phone":"021")"), std::string::npos);
    CHECK_NE(masked.body.find(R"("phone":"***")"), std::string::npos);
    CHECK_EQ(masked.body.find("021"), std::string::npos);
    const Reply history = fixture.send("GET /v1/cases/" + id + "/history", auditor_token);
    CHECK_EQ(history.status, 200);
    CHECK_EQ(history.body.find("021"), std::string::npos);
    CHECK_NE(history.body.find(R"("event":"CaseOpened")"), std::string::npos);
    CHECK_EQ(fixture.send("GET /v1/cases/" + id, applicant_token).status, 404);
    CHECK_EQ(fixture.send("GET /v1/cases/" + id + "/history", applicant_token).status, 404);
}

TEST_CASE("api: why names the department, the call, the due and what would move it") {
    ApiFixture fixture;
    const std::string id = fixture.open();

    const Reply why = fixture.send("GET /v1/cases/" + id + "/why", operator_token);

    CHECK_EQ(why.status, 200);
    const expr::Value json = why.json();
    REQUIRE_EQ(json.find("waits")->items().size(), 1);
    const expr::Value& wait = json.find("waits")->items()[0];
    CHECK_EQ(wait.find("on")->as_string(), "grid");
    CHECK_EQ(wait.find("due")->as_string(), "2026-03-06T17:00:00+08:00");
    const std::string& text = wait.find("text")->find("en")->as_string();
    // Whether its worklist has taken the call yet is a matter of microseconds.
    CHECK(text.starts_with("Grid has "));
    CHECK(text.ends_with(" and has until Fri 2026-03-06 17:00 (3.8wd left)"));
    const std::string& chinese = wait.find("text")->find("zh")->as_string();
    CHECK_NE(chinese.find("电网"), std::string::npos);
    CHECK(chinese.ends_with("，须于 周五 2026-03-06 17:00 前办结（剩余3.8个工作日）"));
    CHECK_EQ(json.find("next")->items()[0].find("step")->as_string(), "accept");
}

TEST_CASE("api: the clock tells who held the case, in parts that sum to its whole life") {
    ApiFixture fixture;
    const std::string id = fixture.open();
    fixture.clock.advance(hours(26));  // from Tuesday 10:00 to Wednesday 12:00
    CHECK_EQ(fixture.send(fixture.answer_line(id + "-C1"), "", approved).text("status"),
             "accepted");
    fixture.clock.advance(hours(1));

    const Reply clock = fixture.send("GET /v1/cases/" + id + "/clock", operator_token);

    CHECK_EQ(clock.status, 200);
    const expr::Value json = clock.json();
    CHECK_EQ(json.find("whole")->find("working_ms")->as_integer(), 11 * 3'600'000);
    CHECK_EQ(json.find("whole")->find("elapsed_ms")->as_integer(), 27 * 3'600'000);
    const expr::Value& government = json.find("holders")->items()[0];
    CHECK_EQ(government.find("holder")->as_string(), "government");
    CHECK_EQ(government.find("working_ms")->as_integer(), 11 * 3'600'000);
    REQUIRE_EQ(government.find("who")->items().size(), 2);
    const expr::Value& grid = government.find("who")->items()[0];
    CHECK_EQ(grid.find("who")->as_string(), "grid");
    CHECK_EQ(grid.find("alone")->find("working_ms")->as_integer(), 10 * 3'600'000);
    REQUIRE_EQ(json.find("intervals")->items().size(), 2);
    const expr::Value& second = json.find("intervals")->items()[1];
    CHECK_EQ(second.find("from")->as_string(), "2026-03-04T12:00:00+08:00");
    CHECK_EQ(second.find("busy")->items()[0].find("who")->as_string(), "hall");
    CHECK_EQ(second.find("busy")
                 ->items()[0]
                 .find("steps")
                 ->items()[0]
                 .find("title")
                 ->find("zh")
                 ->as_string(),
             "accept");
    const expr::Value& limit = json.find("clocks")->items()[0];
    CHECK_EQ(limit.find("within")->as_string(), "3wd");
    CHECK_EQ(limit.find("counted")->as_integer(), 0);  // Wednesday's close had not come
    // What the chart is drawn of: a bar a step, with its limit and the days off.
    REQUIRE_EQ(json.find("bars")->items().size(), 2);
    const expr::Value& bar = json.find("bars")->items()[0];
    CHECK_EQ(bar.find("from")->as_string().substr(0, 16), "2026-03-03T10:00");
    CHECK_EQ(bar.find("to")->as_string().substr(0, 16), "2026-03-04T12:00");
    CHECK_EQ(bar.find("outcome")->as_string(), "approved");
    CHECK_EQ(bar.find("due")->as_string().substr(0, 16), "2026-03-06T17:00");
    CHECK(json.find("bars")->items()[1].find("to") == nullptr);
    CHECK_EQ(fixture.send("GET /v1/cases/" + id + "/clock", applicant_token).status, 404);
    CHECK_EQ(fixture.send("GET /v1/cases/000000000000X/clock", operator_token).status, 404);
}

TEST_CASE("api: a callback with its capability answers once; repeats are told so") {
    ApiFixture fixture;
    const std::string call = fixture.open() + "-C1";

    CHECK_EQ(fixture.send("POST /v1/calls/" + call + "/answer", "", approved).status, 401);
    CHECK_EQ(fixture.send("POST /v1/calls/" + call + "/answer?k=x", "", approved).status, 401);
    CHECK_EQ(fixture.send("POST /v1/calls/" + call + "/answer", clerk_token, approved).status, 403);
    CHECK_EQ(fixture.send(fixture.answer_line(call), "", "<html>").status, 400);
    CHECK_EQ(fixture.send(fixture.answer_line(call), "", approved).text("status"), "accepted");
    CHECK_EQ(fixture.send(fixture.answer_line(call), "", approved).text("status"),
             "already_answered");
    const Reply shown = fixture.send("GET /v1/calls/" + call, operator_token);
    CHECK_EQ(shown.text("status"), "answered");
    CHECK_EQ(fixture.send(fixture.answer_line(call.substr(0, 16) + "-C9"), "", approved).status,
             404);
}

TEST_CASE("api: a binding that demands signatures refuses an unsigned callback") {
    ApiFixture fixture(true);
    const std::string call = fixture.open() + "-C1";
    const Signer signer = *Signer::from_key(std::string(32, 'g'));
    const std::string at = std::to_string(machine_now().ms / 1'000);
    const std::string fields =
        fmt::format("webhook-id: m1\r\nwebhook-timestamp: {}\r\nwebhook-signature: {}\r\n", at,
                    signer.sign("m1", at, approved));

    CHECK_EQ(fixture.send(fixture.answer_line(call), "", approved).status, 401);
    CHECK_EQ(fixture.send(fixture.answer_line(call), "", approved + " ", fields).status, 401);
    CHECK_EQ(fixture.send(fixture.answer_line(call), "", approved, fields).status, 200);
}

TEST_CASE("api: an answer that breaks the contract is refused and opens an incident") {
    ApiFixture fixture;
    const std::string id = fixture.open();

    const Reply refused = fixture.send(fixture.answer_line(id + "-C1"), "",
                                       R"({"outcome": "approved", "result": {}})");

    CHECK_EQ(refused.status, 422);
    const Reply why = fixture.send("GET /v1/cases/" + id + "/why", operator_token);
    CHECK_NE(why.body.find(R"("kind":"incident")"), std::string::npos);
    CHECK_EQ(fixture.send("POST /v1/calls/" + id + "-C1/answer", operator_token, approved)
                 .text("status"),
             "accepted");
}

TEST_CASE("api: a clerk finds, claims and completes a task; the waiting request then answers") {
    ApiFixture fixture;
    RawClient waiting(fixture.context, fixture.server->port());
    const std::string body = R"({"form": {"address": "Road 1"}})";
    waiting.send(
        fmt::format("POST /v1/processes/hookup/cases?wait=ended HTTP/1.1\r\nhost: 127.0.0.1\r\n"
                    "authorization: Bearer {}\r\ncontent-length: {}\r\n\r\n{}",
                    operator_token, body.size(), body));
    std::string id;
    run_until(fixture.context, [&] {
        const expr::Value cases = fixture.send("GET /v1/cases", operator_token).json();
        if (cases.find("cases")->items().empty()) return false;
        id = cases.find("cases")->items()[0].find("case")->as_string();
        return true;
    });
    fixture.send(fixture.answer_line(id + "-C1"), "", approved);

    const expr::Value tasks = fixture.send("GET /v1/tasks", clerk_token).json();
    REQUIRE_EQ(tasks.find("tasks")->items().size(), 1);
    const std::string task = tasks.find("tasks")->items()[0].find("task")->as_string();
    CHECK_EQ(fixture.send("POST /v1/tasks/" + task + "/claim", auditor_token).status, 403);
    CHECK_EQ(fixture.send("POST /v1/tasks/" + task + "/claim", clerk_token).status, 200);
    CHECK_EQ(
        fixture
            .send("POST /v1/tasks/" + task + "/complete", clerk_token, R"({"outcome": "perhaps"})")
            .status,
        422);
    CHECK_EQ(fixture
                 .send("POST /v1/tasks/" + task + "/complete", clerk_token,
                       R"({"outcome": "accepted", "note": "fine"})")
                 .status,
             200);
    CHECK_EQ(fixture.send("POST /v1/tasks/" + task + "/claim", clerk_token).status, 409);

    const std::string ended = waiting.response();
    CHECK_EQ(ended.substr(0, 15), "HTTP/1.1 200 OK");
    CHECK_NE(ended.find(R"("end":{"name":"granted","kind":"granted")"), std::string::npos);
    CHECK_EQ(fixture.send("GET /v1/cases?status=open", operator_token)
                 .json()
                 .find("cases")
                 ->items()
                 .size(),
             0);
    CHECK_EQ(fixture.send("GET /v1/cases/" + id + "/verify", operator_token).text("ok"), "true");
}

TEST_CASE("api: an applicant withdraws its own case only; an answer after it moves nothing") {
    ApiFixture fixture;
    const std::string own = fixture.open(applicant_token);
    const std::string other = fixture.open();
    const std::string body = R"({"reason": "moved away"})";

    CHECK_EQ(fixture.send("POST /v1/cases/" + other + "/withdraw", applicant_token, body).status,
             404);
    CHECK_EQ(fixture.send("POST /v1/cases/" + own + "/withdraw", applicant_token, body).status,
             200);
    CHECK_EQ(fixture.send("POST /v1/cases/" + own + "/withdraw", applicant_token, body).status,
             409);
    const Reply late = fixture.send(fixture.answer_line(own + "-C1"), "", approved);

    CHECK_EQ(late.status, 200);
    CHECK_EQ(late.text("status"), "cancelled");
    const Reply shown = fixture.send("GET /v1/cases/" + own, applicant_token);
    CHECK_NE(shown.body.find(R"("end":{"name":"withdrawn","kind":"withdrawn")"), std::string::npos);
}

TEST_CASE(
    "api: documents with mistakes are refused with their diagnostics; good ones are deployed") {
    ApiFixture fixture;
    const auto document = [](const std::string& text) {
        std::string body = R"({"files": [{"path": "second.yaml", "text": )";
        expr::append_json_string(body, text);
        return body + "}]}";
    };
    std::string second(process_text);
    second.replace(second.find("hookup"), 6, "second");

    const Reply wrong = fixture.send("POST /v1/deployments", operator_token,
                                     document("process: second\nversion: one\n"));
    const Reply right = fixture.send("POST /v1/deployments", operator_token, document(second));

    CHECK_EQ(wrong.status, 422);
    CHECK_NE(wrong.body.find(R"("code":"CS)"), std::string::npos);
    CHECK_EQ(right.status, 201);
    CHECK_EQ(
        fixture.send("GET /v1/processes", clerk_token).json().find("processes")->items().size(), 2);
    CHECK_EQ(fixture.send("GET /v1/processes/second", clerk_token).status, 200);
    CHECK_EQ(fixture.send("POST /v1/deployments", clerk_token, document(second)).status, 403);
}

namespace {

const std::string heat_text = "department: heat\ntitle: { en: Heat, zh: 热力 }\n"
                              "roles: [clerk]\noperations: {}\n";

Reply post_document(ApiFixture& fixture, const std::string& path, std::string_view text) {
    std::string body = R"({"files": [{"path": ")" + path + R"(", "text": )";
    expr::append_json_string(body, text);
    return fixture.send("POST /v1/deployments", operator_token, body + "}]}");
}

/// A process that asks the clerk of the department heat.
std::string process_of_heat() {
    std::string text(process_text);
    text.replace(text.find("hookup"), 6, "second");
    text.replace(text.find("ask: hall.clerk"), 15, "ask: heat.clerk");
    return text;
}

}  // namespace

TEST_CASE("api: what was deployed is part of the next check after a restart") {
    ApiFixture fixture;
    REQUIRE_EQ(post_document(fixture, "heat.yaml", heat_text).status, 201);

    fixture.serve();
    const Reply next = post_document(fixture, "second.yaml", process_of_heat());

    CHECK_MESSAGE(next.status == 201, next.body);
    CHECK_NE(fixture.send("GET /v1/processes/second", clerk_token).body.find("热力"),
             std::string::npos);
}

TEST_CASE("api: documents deployed before that no longer fit the deployment file stop nothing") {
    ApiFixture fixture;
    REQUIRE_EQ(post_document(fixture, "heat.yaml", heat_text).status, 201);

    // The file names the department now, under another path: twice the same id.
    fixture.sources.push_back({"definitions/heat.yaml", heat_text});
    fixture.serve();

    const Reply next = post_document(fixture, "second.yaml", process_of_heat());
    CHECK_MESSAGE(next.status == 201, next.body);
}

TEST_CASE("api: who acts for another has their roles on those days, and is recorded so") {
    ApiFixture fixture;
    fixture.deployment.calendar = "jiading";
    const auto lend = [&fixture](int first, int last) {
        fixture.deployment.people[0].delegates = {
            {"wu", *Date::from(2026, 3, first), *Date::from(2026, 3, last)}};
        fixture.serve();
    };
    const std::string id = fixture.open();
    fixture.send(fixture.answer_line(id + "-C1"), "", approved);
    const std::string claim = "POST /v1/tasks/" + id + "-T1/claim";

    lend(1, 2);  // it is the third: over
    CHECK_EQ(fixture.send(claim, auditor_token).status, 403);
    lend(4, 9);  // not yet
    CHECK_EQ(fixture.send(claim, auditor_token).status, 403);
    lend(3, 3);  // both days are included
    const Reply me = fixture.send("GET /v1/me", auditor_token);
    CHECK_NE(me.body.find(R"("roles":["auditor","hall.clerk"])"), std::string::npos);
    CHECK_NE(me.body.find(R"("acts_for":[{"id":"li","roles":["hall.clerk"],"before":"2026-03-04)"),
             std::string::npos);
    CHECK_EQ(
        fixture.send("GET /v1/tasks", auditor_token).json().find("tasks")->items().size(), 1);
    CHECK_EQ(fixture.send(claim, auditor_token).status, 200);
    CHECK_EQ(fixture.send("POST /v1/cases/" + id + "/withdraw", auditor_token,
                          R"({"reason": "for li"})")
                 .status,
             200);

    const std::string history = fixture.send("GET /v1/cases/" + id + "/history", clerk_token).body;
    const std::size_t first = history.find(R"("by":"person:wu for li")");
    CHECK_NE(first, std::string::npos);
    CHECK_NE(history.find(R"("by":"person:wu for li")", first + 1), std::string::npos);
    CHECK_NE(history.find("wu（代li）"), std::string::npos);
}

TEST_CASE("api: while as many cases are open as may be, none is opened; a repeat is answered") {
    ApiFixture fixture(false, 2);
    const std::string line = "POST /v1/processes/hookup/cases";
    const std::string body = R"({"form": {"address": "Road 1"}})";
    const std::string key = "idempotency-key: one\r\n";
    const std::string first = fixture.send(line, operator_token, body, key).text("case");
    CHECK_EQ(fixture.send(line, operator_token, R"({"form": {}})").status, 422);
    fixture.open();

    const Reply full = fixture.send(line, operator_token, body);
    CHECK_EQ(full.status, 503);
    CHECK_NE(full.head.find("retry-after"), std::string::npos);
    CHECK_NE(full.text("detail").find("2 cases are open"), std::string::npos);
    CHECK_EQ(fixture.send(line, operator_token, body, key).text("case"), first);

    fixture.send("POST /v1/cases/" + first + "/withdraw", operator_token, R"({"reason": "no"})");
    CHECK_EQ(fixture.send(line, operator_token, body).status, 201);
    CHECK_EQ(fixture.send(line, operator_token, body).status, 503);
}

TEST_CASE("api: a process that asks a department which is not bound is not deployed") {
    ApiFixture fixture;
    const auto renamed = [](std::string text, const std::string& from, const std::string& to) {
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
            text.replace(at, from.size(), to);
        return text;
    };
    std::string body = R"({"files": [{"path": "heat.yaml", "text": )";
    expr::append_json_string(
        body, renamed(std::string(grid_text), "department: grid", "department: heat"));
    body += R"(}, {"path": "second.yaml", "text": )";
    expr::append_json_string(
        body, renamed(renamed(std::string(process_text), "grid.", "heat."), "hookup", "second"));

    const Reply reply = fixture.send("POST /v1/deployments", operator_token, body + "}]}");

    CHECK_EQ(reply.status, 422);
    CHECK_NE(reply.text("detail").find("process `second` asks department `heat`"),
             std::string::npos);
    CHECK_EQ(fixture.send("GET /v1/processes/second", clerk_token).status, 404);
}

TEST_CASE("api: a port that another server listens on is refused, not shared") {
    ApiFixture first;
    deployment::Deployment same = first.deployment;
    same.port = first.server->port();

    const auto second =
        start_server(*first.engine, same,
                     {first.capabilities, operator_token, {}, "test", {}, first.blobs.get()});

    REQUIRE_FALSE(second.has_value());
    CHECK_EQ(second.error().kind, ErrorKind::io);
}

TEST_CASE("api: metrics count what happened") {
    ApiFixture fixture;
    fixture.open();

    const Reply reply = fixture.send("GET /metrics", operator_token);

    CHECK_EQ(reply.status, 200);
    CHECK_NE(reply.body.find("countersign_cases_opened_total 1"), std::string::npos);
    CHECK_NE(reply.body.find("# TYPE countersign_mailbox gauge"), std::string::npos);
}
