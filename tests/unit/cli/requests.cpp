// What the program says to a server and reads from it.
#include "cli/client.hpp"
#include "cli/json_view.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::cli;

TEST_CASE("requests: ids and filters are percent-encoded") {
    CHECK(percent_encoded("open") == "open");
    CHECK(percent_encoded("示例 a/b?c") == "%E7%A4%BA%E4%BE%8B%20a%2Fb%3Fc");
}

TEST_CASE("failures: the server's words, its list of problems, and a cure") {
    Reply reply;
    reply.status = 422;
    reply.json = boost::json::parse(
        R"({"title":"x","detail":"the form has 1 problem",
            "problems":[{"path":"site.address","message":"is missing"}]})");

    const Failure failure = failure_of(reply, "POST /v1/x");

    CHECK(failure.exit == Exit::refused);
    CHECK(failure.what.en == "the form has 1 problem\n  site.address: is missing");
}

TEST_CASE("failures: a problem in two languages is told in the one chosen") {
    Reply reply;
    reply.status = 422;
    reply.json = boost::json::parse(
        R"({"detail":"x","problems":[{"path":"a","message":{"en":"is missing","zh":"为必填项"}}]})");

    CHECK(failure_of(reply, "POST /", "zh").what.zh == "x\n  a: 为必填项");
    CHECK(failure_of(reply, "POST /").what.en == "x\n  a: is missing");
}

TEST_CASE("failures: the diagnostics of documents that the server refused, each with its place") {
    Reply reply;
    reply.status = 422;
    reply.json = boost::json::parse(
        R"({"detail":"x","found":{"diagnostics":[{"code":"CS2007","file":"a.yaml","line":3,
            "column":7,"message":{"en":"there is no role","zh":"没有角色"}}]}})");

    CHECK(failure_of(reply, "POST /", "zh").what.zh == "x\n  a.yaml:3:7: CS2007: 没有角色");
}

TEST_CASE("failures: what says nothing of itself is told by its status and what was asked") {
    Reply reply;
    reply.status = 502;
    reply.body = "<h1>Bad gateway</h1>";

    CHECK(failure_of(reply, "GET /v1/cases").what.en ==
          "<h1>Bad gateway</h1> (HTTP 502, GET /v1/cases)");
    CHECK(failure_of(reply, "GET /v1/cases", "zh").what.zh ==
          "<h1>Bad gateway</h1>（HTTP 502，GET /v1/cases）");
}

TEST_CASE("failures: no answer to a busy server's 503 counts as not reached") {
    Reply reply;
    reply.status = 503;
    CHECK(failure_of(reply, "GET /").exit == Exit::unreachable);
    reply.status = 401;
    CHECK(failure_of(reply, "GET /").exit == Exit::refused);
    CHECK(failure_of(reply, "GET /").cure.en.find("--token-file") != std::string::npos);
}

TEST_CASE("view: members that are absent read as empty") {
    const auto value = boost::json::parse(
        R"({"a":{"b":"x","n":3},"title":{"en":"Case","zh":""},
            "at":"2026-02-10T10:00:00Z","l":[1]})");

    CHECK(text_at(value, "a.b") == "x");
    CHECK(text_at(value, "a.n") == "3");
    CHECK(text_at(value, "a.none") == "");
    CHECK(text_at(value, "a.b.c") == "");
    CHECK(title_at(value, "title", "zh") == "Case");
    CHECK(integer_at(value, "a.n") == 3);
    CHECK(integer_at(value, "a.b", -1) == -1);
    CHECK(list_at(value, "l").size() == 1);
    CHECK(list_at(value, "a").empty());
    CHECK(instant_at(value, "at") == parse_rfc3339("2026-02-10T10:00:00Z").value());
    CHECK_FALSE(instant_at(value, "a.b"));
    CHECK_FALSE(flag_at(value, "none"));
}
