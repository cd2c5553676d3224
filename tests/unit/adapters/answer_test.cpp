// Answers as JSON, Retry-After, URLs, and excerpts for incidents.
#include "adapters/http/answer.hpp"
#include "adapters/http/client.hpp"
#include "adapters/http/retry_after.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::http;

TEST_CASE("answer: all members are read") {
    const auto answer = parse_answer(
        R"({"outcome": "incomplete", "result": {"n": 1}, "happened_at": "2026-02-10T10:00:00+08:00",
            "note": "see below", "missing": [{"material": "site_plan", "reason": "unreadable"},
            {"field": "site.address", "reason": "wrong"}], "extra": true})");

    REQUIRE(answer.has_value());
    CHECK_EQ(answer->outcome, "incomplete");
    CHECK_EQ(answer->result.find("n")->as_integer(), 1);
    CHECK_EQ(rfc3339(*answer->happened_at), "2026-02-10T02:00:00Z");
    CHECK_EQ(answer->note, "see below");
    REQUIRE_EQ(answer->missing.size(), 2);
    CHECK_EQ(answer->missing[0].id, "site_plan");
    CHECK_EQ(answer->missing[1].id, "site.address");
    CHECK_EQ(answer->missing[1].reason, "wrong");
}

TEST_CASE("answer: an outcome alone is enough, its result is empty") {
    const auto answer = parse_answer(R"({"outcome":"approved"})");

    REQUIRE(answer.has_value());
    CHECK_EQ(answer->result.entries().size(), 0);
    CHECK_FALSE(answer->happened_at);
}

TEST_CASE("answer: what is none is refused and says why") {
    const std::initializer_list<std::pair<std::string, std::string>> wrong = {
        {"<html>", "not JSON"},
        {"[]", "must be a JSON object"},
        {"{}", "must name its `outcome`"},
        {R"({"outcome":1})", "`outcome` must be a text"},
        {R"({"outcome":"a","result":[]})", "`result` must be an object"},
        {R"({"outcome":"a","happened_at":"yesterday"})", "`happened_at`"},
        {R"({"outcome":"a","missing":{}})", "`missing` must be a list"},
        {R"({"outcome":"a","missing":[{"reason":"x"}]})", "must name a `material` or a `field`"},
        {R"({"outcome":"a","outcome":"b"})", "not JSON"},
    };
    for (const auto& [text, message] : wrong) {
        const auto answer = parse_answer(text);
        REQUIRE_MESSAGE(answer.has_error(), text);
        CHECK_NE(answer.error().message.find(message), std::string::npos);
    }
}

TEST_CASE("excerpt: one line of valid text, whatever came") {
    CHECK_EQ(excerpt("a\r\nb\x01"), "a  b ");
    CHECK_EQ(excerpt("\xff\xfe"), "..");
    std::string long_text;
    for (int i = 0; i < 300; ++i) long_text += "水";
    const std::string shown = excerpt(long_text);
    CHECK(is_utf8(shown));
    CHECK_EQ(shown.substr(shown.size() - 6), "水…");
}

TEST_CASE("retry-after: seconds and dates, bounded to a day") {
    const Instant now = *parse_rfc3339("2015-10-21T07:27:00Z");

    CHECK_EQ(parse_retry_after("120", now)->ms, seconds(120).ms);
    CHECK_EQ(parse_retry_after("99999999999999", now)->ms, hours(24).ms);
    CHECK_EQ(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now)->ms, seconds(60).ms);
    CHECK_EQ(parse_retry_after("Wed, 21 Oct 2015 07:26:00 GMT", now)->ms, seconds(0).ms);
    CHECK_FALSE(parse_retry_after("", now));
    CHECK_FALSE(parse_retry_after("soon", now));
    CHECK_FALSE(parse_retry_after("-1", now));
    CHECK_FALSE(parse_retry_after("Wed, 31 Feb 2015 07:28:00 GMT", now));
}

TEST_CASE("url: taken apart, and what may not stand in one is refused") {
    const auto url = parse_url("https://dept.example:8443/api/calls?x=1");
    REQUIRE(url.has_value());
    CHECK(url->tls);
    CHECK_EQ(url->host, "dept.example");
    CHECK_EQ(url->port, "8443");
    CHECK_EQ(url->target, "/api/calls?x=1");
    CHECK_EQ(url->host_header(), "dept.example:8443");
    CHECK_EQ(parse_url("http://127.0.0.1")->target, "/");
    CHECK_EQ(parse_url("http://127.0.0.1")->host_header(), "127.0.0.1");
    CHECK_EQ(parse_url("http://[::1]:80/")->host_header(), "[::1]");

    for (const char* bad : {"ftp://a/", "a", "http://", "http://u:p@a/", "http://a/#x",
                            "http://a:0/", "http://a:70000/", "http://a b/"})
        CHECK_MESSAGE(parse_url(bad).has_error(), bad);
}
