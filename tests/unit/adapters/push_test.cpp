// The push binding against a server of the test's own: what goes out, what each answer means.
#include "adapters/departments/push.hpp"

#include "adapters/http/signature.hpp"
#include "engine/expr/json.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace countersign;
using namespace countersign::departments;
using namespace countersign::tests;

namespace {

const std::string answer = R"({"outcome":"approved","result":{"fee":"0"}})";

runtime::OutboundCall sample_call(std::uint32_t attempt = 1) {
    runtime::OutboundCall call;
    call.view.id = {{1'770'000'000'000, 5, 7}, 3};
    call.view.attempt = attempt;
    call.view.department = "grid";
    call.view.process = "hookup";
    call.view.step = "utility[power]/plan";
    call.view.operation = "plan";
    call.view.round = 2;
    call.view.supersedes = CallId{call.view.id.case_id, 1};
    call.view.due_when_asked = *parse_rfc3339("2026-02-27T17:00:00+08:00");
    call.view.requested = *parse_rfc3339("2026-02-24T10:00:00+08:00");
    call.view.input =
        expr::Value::record({{"address", expr::Value::string("示例路 1 号")},
                             {"phone", expr::Value::string("021").marked_personal()}});
    call.due = call.view.due_when_asked;
    call.working_time_left = "3wd";
    call.callback = "http://127.0.0.1:8420/v1/calls/X/answer?k=y";
    return call;
}

struct Fixture {
    boost::asio::io_context context;
    std::vector<std::string> requests;
    std::function<std::string(const std::string&)> reply = [](const std::string&) {
        return http_text(200, answer);
    };
    RawServer server{context, [this](const std::string& request) {
                         requests.push_back(request);
                         return reply(request);
                     }};
    PushConfig config;
    std::unique_ptr<runtime::Adapter> adapter;

    void start() {
        config.department = "grid";
        config.client.url =
            *http::parse_url(fmt::format("http://127.0.0.1:{}/calls", server.port()));
        config.client.sweep = std::chrono::milliseconds(5);
        config.signer = *http::Signer::from_key(std::string(32, 's'));
        config.source = "https://engine.example";
        auto made = make_push(config, context.get_executor());
        REQUIRE(made.has_value());
        adapter = std::move(*made);
    }
    runtime::SendResult send(const runtime::OutboundCall& call = sample_call()) {
        if (!adapter) start();
        std::optional<runtime::SendResult> result;
        adapter->send(call, [&](runtime::SendResult came) {
            CHECK_FALSE(result);
            result = std::move(came);
        });
        run_until(context, [&] { return result.has_value(); });
        return *result;
    }
    std::string field(std::size_t request, const std::string& name) const {
        const std::string& text = requests.at(request);
        const std::size_t at = text.find("\r\n" + name + ": ");
        if (at == text.npos) return {};
        const std::size_t from = at + name.size() + 4;
        return text.substr(from, text.find("\r\n", from) - from);
    }
    std::string body(std::size_t request) const {
        return requests.at(request).substr(requests.at(request).find("\r\n\r\n") + 4);
    }
};

}  // namespace

TEST_CASE("push: a 200 with JSON is the answer") {
    Fixture fixture;

    const auto result = fixture.send();

    const auto* answered = std::get_if<runtime::Answered>(&result);
    REQUIRE(answered != nullptr);
    CHECK_EQ(answered->outcome, "approved");
    CHECK_EQ(answered->result.find("fee")->as_string(), "0");
}

TEST_CASE("push: the body is the CloudEvent of the call") {
    const runtime::OutboundCall call = sample_call();
    const std::string id = call.view.id.text();

    CHECK_EQ(
        push_body(call, "https://engine.example"),
        R"({"specversion":"1.0","id":")" + id + R"(","source":"https://engine.example",)" +
            R"("type":"countersign.call.v1","subject":")" + call.view.id.case_id.text() +
            R"(","datacontenttype":"application/json","time":"2026-02-24T02:00:00Z",)" +
                 R"("data":{"call":")" +
            id +
            R"(","process":"hookup","step":"utility[power]/plan","operation":"plan",)" +
                 R"("department":"grid",)" +
            R"("round":2,"supersedes":")" + call.view.supersedes->text() +
            R"(","due_when_asked":"2026-02-27T09:00:00Z",)" +
                 R"("callback":"http://127.0.0.1:8420/v1/calls/X/answer?k=y",)" +
            R"("personal":["phone"],"input":{"address":"示例路 1 号","phone":"021"}}})");
}

TEST_CASE("push: each attempt has the same id and body, signed anew; the head tells the attempt") {
    Fixture fixture;
    fixture.send(sample_call(1));
    fixture.send(sample_call(2));

    REQUIRE_EQ(fixture.requests.size(), 2);
    CHECK(fixture.requests[0].starts_with("POST /calls HTTP/1.1\r\n"));
    CHECK_EQ(fixture.body(0), fixture.body(1));
    CHECK_EQ(fixture.field(0, "webhook-id"), sample_call().view.id.text());
    CHECK_EQ(fixture.field(0, "webhook-id"), fixture.field(1, "webhook-id"));
    CHECK_EQ(fixture.field(0, "content-type"), "application/cloudevents+json");
    CHECK_EQ(fixture.field(0, "countersign-attempt"), "1");
    CHECK_EQ(fixture.field(1, "countersign-attempt"), "2");
    CHECK_EQ(fixture.field(0, "countersign-due"), "2026-02-27T09:00:00Z");
    CHECK_EQ(fixture.field(0, "countersign-working-time-left"), "3wd");
    CHECK_EQ(fixture.field(0, "traceparent").size(), 55);
    CHECK_EQ(fixture.field(0, "traceparent").substr(0, 35),
             fixture.field(1, "traceparent").substr(0, 35));
    CHECK_NE(fixture.field(0, "traceparent"), fixture.field(1, "traceparent"));
    for (std::size_t i : {0U, 1U}) {
        const std::string sent = fixture.field(i, "webhook-timestamp");
        CHECK(http::verify_signature(*fixture.config.signer, fixture.field(i, "webhook-id"), sent,
                                     fixture.field(i, "webhook-signature"), fixture.body(i),
                                     std::stoll(sent))
                  .has_value());
    }
}

TEST_CASE("push: the connection is kept, and replaced once the other side has closed it") {
    Fixture fixture;
    fixture.send();
    fixture.send();
    CHECK_EQ(fixture.server.accepted(), 1);

    fixture.server.drop();
    const auto result = fixture.send();

    CHECK(std::holds_alternative<runtime::Answered>(result));
    CHECK_EQ(fixture.server.accepted(), 2);
}

TEST_CASE("push: statuses are accepted, retried or final") {
    Fixture fixture;
    const auto with = [&](unsigned status, const std::string& fields = {}) {
        fixture.reply = [=](const std::string&) { return http_text(status, "busy", fields); };
        return fixture.send();
    };

    CHECK(std::holds_alternative<runtime::Accepted>(with(202)));
    for (const unsigned status : {500U, 502U, 503U, 408U, 425U, 429U})
        CHECK_MESSAGE(std::holds_alternative<runtime::Failed>(with(status)), status);
    for (const unsigned status : {400U, 401U, 403U, 404U, 409U, 410U, 422U, 301U, 307U})
        CHECK_MESSAGE(std::holds_alternative<runtime::Refused>(with(status)), status);
    const auto busy = std::get<runtime::Failed>(with(429, "retry-after: 7\r\n"));
    CHECK_EQ(busy.retry_after->ms, 7'000);
    CHECK_EQ(busy.reason, "HTTP 429 Too Many Requests: busy");
    CHECK_EQ(std::get<runtime::Refused>(with(404)).evidence, "busy");
}

TEST_CASE("push: what is no answer is refused with its start as evidence") {
    Fixture fixture;
    const auto with = [&](const std::string& response) {
        fixture.reply = [=](const std::string&) { return response; };
        return std::get<runtime::AnswerRefused>(fixture.send());
    };

    const auto page = with(http_text(200, "<html>Login</html>", "content-type: text/html\r\n"));
    CHECK_EQ(page.evidence, "<html>Login</html>");
    CHECK_EQ(page.reason, "the answer is text/html, not JSON");
    CHECK_EQ(with(http_text(200, "\xff\xfe{")).evidence, "..{");
    CHECK_EQ(with(http_text(200, "{}")).evidence, "{}");
    CHECK_NE(with("ICY 200 OK\r\n\r\nnoise").reason.find("not HTTP/1.1"), std::string::npos);
    CHECK_NE(with(http_text(200, "")).reason.find("not JSON"), std::string::npos);
}

TEST_CASE("push: a large body is given up at its head, or when it passes the limit; never held") {
    Fixture fixture;
    const std::string large(10 << 20, 'x');
    fixture.reply = [&](const std::string&) { return http_text(200, large); };

    const auto announced = std::get<runtime::AnswerRefused>(fixture.send());
    CHECK_EQ(announced.reason, "the answer is larger than 1048576 bytes");
    CHECK(announced.evidence.starts_with("xxx"));

    fixture.reply = [&](const std::string&) {
        return "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nA00000\r\n" + large +
               "\r\n0\r\n\r\n";
    };
    const std::size_t before = fixture.server.sent();
    CHECK(std::holds_alternative<runtime::AnswerRefused>(fixture.send()));
    CHECK_LT(fixture.server.sent() - before, large.size());
}

TEST_CASE("push: silence, a stalled body and a closed connection fail the attempt") {
    Fixture fixture;
    fixture.config.client.first_byte_time = std::chrono::milliseconds(40);
    fixture.config.client.total_time = std::chrono::milliseconds(80);
    const auto with = [&](const std::string& response) {
        fixture.reply = [=](const std::string&) { return response; };
        return std::get<runtime::Failed>(fixture.send()).reason;
    };

    CHECK_EQ(with(""), "no answer within 40 ms");
    CHECK_EQ(with("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"),
             "no complete answer within 80 ms");
    CHECK_EQ(with("close"), "the connection was closed without an answer");
}

TEST_CASE("push: nobody listening fails the attempt") {
    Fixture fixture;
    fixture.start();
    {
        RawServer gone(fixture.context, [](const std::string&) { return std::string(); });
        fixture.config.client.url.port = std::to_string(gone.port());
    }
    auto made = make_push(fixture.config, fixture.context.get_executor());
    REQUIRE(made.has_value());
    fixture.adapter = std::move(*made);

    CHECK_EQ(std::get<runtime::Failed>(fixture.send()).reason,
             "cannot connect: Connection refused");
}

TEST_CASE("push: an informational response before the real one is passed over") {
    Fixture fixture;
    fixture.reply = [](const std::string&) {
        return "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + http_text(200, answer);
    };

    CHECK(std::holds_alternative<runtime::Answered>(fixture.send()));
}

TEST_CASE("push: a cancellation is told, and repeated when the department fails") {
    Fixture fixture;
    fixture.config.cancel_retry = std::chrono::milliseconds(1);
    fixture.start();
    fixture.reply = [&](const std::string&) {
        return http_text(fixture.requests.size() == 1 ? 500 : 204, "");
    };

    fixture.adapter->cancel({sample_call().view.id, "grid"});
    run_until(fixture.context, [&] { return fixture.requests.size() == 2; });

    const std::string id = sample_call().view.id.text();
    CHECK_EQ(fixture.field(0, "webhook-id"), id + "/cancelled");
    CHECK_EQ(fixture.body(0), fixture.body(1));
    CHECK_NE(fixture.body(0).find(R"("type":"countersign.call.cancelled.v1")"), std::string::npos);
    CHECK(fixture.body(0).ends_with(R"("data":{"call":")" + id + R"("}})"));
}

TEST_CASE("push: many attempts at once share the pool and all end") {
    Fixture fixture;
    fixture.start();
    int ended = 0;

    for (std::uint32_t i = 0; i < 50; ++i)
        fixture.adapter->send(sample_call(i + 1), [&](const runtime::SendResult& result) {
            if (std::holds_alternative<runtime::Answered>(result)) ++ended;
        });
    run_until(fixture.context, [&] { return ended == 50; });

    CHECK_EQ(fixture.requests.size(), 50);
}
