// The HTTP server's behaviour on the wire: keep-alive, limits, refusals, orderly stop.
#include "adapters/http/listener.hpp"

#include "wire.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::http;
using namespace countersign::tests;

namespace {

struct Fixture {
    boost::asio::io_context context;
    std::vector<std::string> seen;
    std::vector<Responder> held;
    std::shared_ptr<Listener> listener;

    explicit Fixture(ListenerOptions options = {}) {
        options.sweep = std::chrono::milliseconds(5);
        Service service;
        service.body_bytes_max = [](const Request& request) {
            return request.path == "/large" ? std::size_t{1} << 20 : std::size_t{64};
        };
        service.handle = [this](const Request& request, Responder respond) {
            seen.push_back(std::string(request.path) + "|" + std::string(request.body));
            if (request.path == "/hold") return held.push_back(respond);
            Response response;
            response.body = "{}";
            respond(std::move(response));
        };
        auto made = Listener::make(context.get_executor(), options, service);
        REQUIRE(made.has_value());
        listener = *made;
        listener->start();
    }
    ~Fixture() {
        bool stopped = false;
        held.clear();
        listener->stop(std::chrono::milliseconds(0), [&] { stopped = true; });
        run_until(context, [&] { return stopped; });
    }
    RawClient client() { return RawClient(context, listener->port()); }
    /// Sends text on a connection of its own and returns the status line's code.
    std::string status_of(const std::string& text) {
        RawClient client(context, listener->port());
        client.send(text);
        const std::string response = client.response();
        return response.size() < 12 ? "closed" : response.substr(9, 3);
    }
};

const std::string get = "GET /a HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";

}  // namespace

TEST_CASE("listener: two requests on one connection are both answered") {
    Fixture fixture;
    RawClient client = fixture.client();

    client.send(get);
    CHECK_NE(client.response().find("HTTP/1.1 200 OK"), std::string::npos);
    client.send("POST /b HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 3\r\n\r\nabc");
    CHECK_NE(client.response().find("content-length: 2"), std::string::npos);

    CHECK_EQ(fixture.seen, std::vector<std::string>{"/a|", "/b|abc"});
}

TEST_CASE("listener: requests sent at once are answered one after the other") {
    Fixture fixture;
    RawClient client = fixture.client();

    client.send(get + get + get);
    client.read([](const std::string& text) {
        std::size_t count = 0;
        for (std::size_t at = text.find("200 OK"); at != text.npos;
             at = text.find("200 OK", at + 1))
            ++count;
        return count == 3;
    });

    CHECK_EQ(fixture.seen.size(), 3);
}

TEST_CASE("listener: a chunked body is put together and its size is bounded") {
    Fixture fixture;
    const std::string head =
        "POST /b HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n";

    CHECK_EQ(fixture.status_of(head + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), "200");
    CHECK_EQ(fixture.seen.back(), "/b|abcde");
    CHECK_EQ(fixture.status_of(head + "50\r\n" + std::string(80, 'x') + "\r\n0\r\n\r\n"), "413");
}

TEST_CASE("listener: what is ambiguous or too large is refused with its status") {
    Fixture fixture;
    const std::string host = "host: 127.0.0.1\r\n";

    CHECK_EQ(fixture.status_of("POST / HTTP/1.1\r\n" + host +
                               "content-length: 3\r\ntransfer-encoding: chunked\r\n\r\nabc"),
             "400");
    CHECK_EQ(fixture.status_of("POST / HTTP/1.1\r\n" + host +
                               "transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n"),
             "400");
    CHECK_EQ(fixture.status_of("POST / HTTP/1.1\r\n" + host + "transfer-encoding: gzip\r\n\r\n"),
             "400");
    CHECK_EQ(fixture.status_of("POST / HTTP/1.1\r\n" + host +
                               "content-length: 3\r\ncontent-length: 4\r\n\r\nabcd"),
             "400");
    CHECK_EQ(fixture.status_of("GET / HTTP/1.1\r\n\r\n"), "400");
    CHECK_EQ(fixture.status_of("GET / HTTP/1.1\r\n" + host + host + "\r\n"), "400");
    CHECK_EQ(fixture.status_of("GET / HTTP/1.1\r\n" + host + "a: b\r\n c\r\n\r\n"), "400");
    CHECK_EQ(fixture.status_of("GET http://x/ HTTP/1.1\r\n" + host + "\r\n"), "400");
    CHECK_EQ(fixture.status_of("nonsense\r\n\r\n"), "400");
    CHECK_EQ(fixture.status_of("POST / HTTP/1.1\r\n" + host + "content-length: 65\r\n\r\n"), "413");
    CHECK_EQ(fixture.status_of("GET / HTTP/1.1\r\n" + host + "a: " + std::string(9'000, 'x') +
                               "\r\n\r\n"),
             "431");
    std::string many = "GET / HTTP/1.1\r\n" + host;
    for (int i = 0; i < 70; ++i) many += "a: b\r\n";
    CHECK_EQ(fixture.status_of(many + "\r\n"), "431");
    CHECK(fixture.seen.empty());
}

TEST_CASE("listener: a Host that it does not serve is refused") {
    ListenerOptions options;
    options.hosts = {"127.0.0.1", "localhost", "[::1]"};
    Fixture fixture(options);

    CHECK_EQ(fixture.status_of("GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n"), "421");
    CHECK_EQ(fixture.status_of("GET / HTTP/1.1\r\nhost: LOCALHOST:8420\r\n\r\n"), "200");
    CHECK_EQ(fixture.status_of("GET / HTTP/1.1\r\nhost: [::1]:8420\r\n\r\n"), "200");
}

TEST_CASE("listener: a head or body that does not come, and an idle connection, are closed") {
    ListenerOptions options;
    options.head_time = std::chrono::milliseconds(30);
    options.body_grace = std::chrono::milliseconds(30);
    options.idle_time = std::chrono::milliseconds(30);
    Fixture fixture(options);

    for (const char* start :
         {"", "GET / HT", "POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nab"}) {
        RawClient client = fixture.client();
        client.send(start);
        CHECK_EQ(client.read([](const std::string&) { return false; }), "");
        CHECK(client.closed);
    }
    CHECK(fixture.seen.empty());
}

TEST_CASE("listener: expect 100-continue is answered before the body") {
    Fixture fixture;
    RawClient client = fixture.client();

    client.send(
        "POST /large HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n");
    CHECK_EQ(client.read([](const std::string& text) { return text.ends_with("\r\n\r\n"); }),
             "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");

    CHECK_NE(client.response().find("200 OK"), std::string::npos);
}

TEST_CASE("listener: stopping lets a request under way end, and closes idle connections") {
    Fixture fixture;
    RawClient busy = fixture.client();
    RawClient idle = fixture.client();
    idle.send(get);
    idle.response();
    busy.send("GET /hold HTTP/1.1\r\nhost: a\r\n\r\n");
    run_until(fixture.context, [&] { return !fixture.held.empty(); });
    bool stopped = false;

    fixture.listener->stop(std::chrono::seconds(10), [&] { stopped = true; });
    idle.read([](const std::string&) { return false; });
    CHECK(idle.closed);
    CHECK_FALSE(stopped);
    Response late;
    late.body = "done";
    fixture.held.back()(late);
    const std::string response = busy.read([](const std::string&) { return false; });
    run_until(fixture.context, [&] { return stopped; });

    CHECK_NE(response.find("connection: close"), std::string::npos);
    CHECK(response.ends_with("done"));
}

TEST_CASE("listener: a second response to a request is dropped") {
    Fixture fixture;
    RawClient client = fixture.client();
    client.send("GET /hold HTTP/1.1\r\nhost: a\r\n\r\n");
    run_until(fixture.context, [&] { return !fixture.held.empty(); });

    Response first;
    first.body = "1";
    Response second;
    second.body = "2";
    fixture.held.back()(first);
    fixture.held.back()(second);

    CHECK(client.response().ends_with("1"));
    client.send(get);
    CHECK(client.response().ends_with("{}"));
}

TEST_CASE("listener: more connections than allowed are turned away with 503") {
    ListenerOptions options;
    options.connections_max = 1;
    Fixture fixture(options);
    RawClient first = fixture.client();
    first.send(get);
    first.response();

    RawClient second = fixture.client();
    const std::string refused = second.read([](const std::string&) { return false; });

    CHECK_NE(refused.find("503"), std::string::npos);
    CHECK_NE(refused.find("retry-after: 1"), std::string::npos);
}

TEST_CASE("request: query parameters are decoded") {
    Request request;
    request.query = "a=1&b=x%20y+z&c&d=%zz&%65=5";

    CHECK_EQ(*request.parameter("a"), "1");
    CHECK_EQ(*request.parameter("b"), "x y z");
    CHECK_EQ(*request.parameter("c"), "");
    CHECK_EQ(*request.parameter("d"), "%zz");
    CHECK_EQ(*request.parameter("e"), "5");
    CHECK_FALSE(request.parameter("f"));
}

TEST_CASE("problem: RFC 9457 members and media type") {
    const Text detail = both("there is no case \"x\"", "没有办件“x”");

    const Response response = problem_response(404, "not_found", detail, "en");
    const Response chinese = problem_response(404, "not_found", detail, "zh");

    CHECK_EQ(response.content_type, "application/problem+json");
    CHECK_EQ(response.body, R"({"type":"urn:countersign:problem:not_found","title":"Not Found",)"
                            R"("status":404,"detail":"there is no case \"x\""})");
    CHECK_EQ(chinese.body, R"({"type":"urn:countersign:problem:not_found","title":"未找到",)"
                           R"("status":404,"detail":"没有办件“x”"})");
    CHECK_EQ(chinese.headers[0], std::pair<std::string, std::string>("content-language", "zh"));
}
