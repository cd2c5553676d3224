// Bodies in pieces, both ways: backpressure, early answers, clients that go, contents that break.
#include "adapters/http/listener.hpp"

#include "wire.hpp"

#include <doctest/doctest.h>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

using namespace countersign;
using namespace countersign::http;
using namespace countersign::tests;

namespace {

/// What a sink was given, and how it behaves.
struct Log {
    std::string bytes;
    std::size_t largest = 0;
    std::size_t pieces = 0;
    bool opened = false;
    bool ended = false;
    bool broken = false;
    bool answer_at_first_piece = false;
    bool holds = false;          ///< does not ask for more until the test does
    std::function<void()> more;  ///< of the piece held
    Responder respond;

    void answer(unsigned status) {
        Response response;
        response.status = status;
        response.body = "{}";
        respond(std::move(response));
    }
};

class Sink final : public BodySink {
  public:
    explicit Sink(Log& log) : log_(log) {}
    void piece(std::string bytes, std::function<void()> more) override {
        ++log_.pieces;
        log_.largest = std::max(log_.largest, bytes.size());
        log_.bytes += bytes;
        if (log_.answer_at_first_piece) return log_.answer(507);
        if (log_.holds)
            log_.more = std::move(more);
        else
            more();
    }
    void end() override {
        log_.ended = true;
        log_.answer(201);
    }
    void broken() override { log_.broken = true; }

  private:
    Log& log_;
};

/// Gives `pieces` of a size; then fails, or ends.
class Source final : public BodySource {
  public:
    Source(boost::asio::any_io_executor executor, std::size_t pieces, bool fails)
        : executor_(std::move(executor)), left_(pieces), fails_(fails) {}
    void next(std::function<void(result<std::string>)> done) override {
        boost::asio::post(executor_, [this, done = std::move(done)] {
            ++asked;
            if (left_ == 0 && fails_)
                return done(failure(ErrorKind::corrupt, both("it rots", "已损坏")));
            if (left_ == 0) return done(std::string());
            --left_;
            done(std::string(64 << 10, 'x'));
        });
    }
    std::size_t asked = 0;

  private:
    boost::asio::any_io_executor executor_;
    std::size_t left_;
    bool fails_;
};

struct Fixture {
    boost::asio::io_context context;
    Log log;
    std::shared_ptr<Source> source;
    bool source_fails = false;
    std::size_t source_pieces = 4;
    std::shared_ptr<Listener> listener;

    explicit Fixture(ListenerOptions options = {}) {
        options.sweep = std::chrono::milliseconds(5);
        Service service;
        service.body_bytes_max = [](const Request&) { return std::uint64_t{4} << 20; };
        service.open_body = [this](const Request& request,
                                   Responder respond) -> std::shared_ptr<BodySink> {
            if (request.path != "/up") return nullptr;
            log.opened = true;
            log.respond = respond;
            if (request.header("authorization").empty()) {
                log.answer(401);
                return nullptr;
            }
            return std::make_shared<Sink>(log);
        };
        service.handle = [this](const Request&, Responder respond) {
            source = std::make_shared<Source>(context.get_executor(), source_pieces, source_fails);
            Response response;
            response.source = source;
            response.source_bytes = 4 * (64 << 10);
            respond(std::move(response));
        };
        auto made = Listener::make(context.get_executor(), options, service);
        REQUIRE(made.has_value());
        listener = *made;
        listener->start();
    }
    ~Fixture() {
        bool stopped = false;
        log.respond = {};
        log.more = {};
        listener->stop(std::chrono::milliseconds(0), [&] { stopped = true; });
        run_until(context, [&] { return stopped; });
    }
};

std::string head(std::size_t length, const std::string& fields = "authorization: x\r\n") {
    return fmt::format("POST /up HTTP/1.1\r\nhost: 127.0.0.1\r\n{}content-length: {}\r\n\r\n",
                       fields, length);
}

}  // namespace

TEST_CASE("streaming: a body comes whole, in bounded pieces, and the connection goes on") {
    Fixture fixture;
    RawClient client(fixture.context, fixture.listener->port());
    std::string body;
    for (int i = 0; body.size() < 1'000'000; ++i) body += std::to_string(i);

    client.send(head(body.size()) + body);
    const std::string first = client.response();
    const bool same = fixture.log.bytes == body;
    client.send(head(3) + "abc");
    const std::string second = client.response();

    CHECK_NE(first.find("201"), std::string::npos);
    CHECK(same);
    CHECK_GE(fixture.log.pieces, 3);
    CHECK_LE(fixture.log.largest, (256 << 10) + (128 << 10));
    CHECK_NE(second.find("201"), std::string::npos);
    CHECK(fixture.log.bytes.ends_with("abc"));
    CHECK_FALSE(fixture.log.broken);
}

TEST_CASE("streaming: a chunked body comes whole") {
    Fixture fixture;
    RawClient client(fixture.context, fixture.listener->port());

    client.send(
        "POST /up HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: x\r\n"
        "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n");

    CHECK_NE(client.response().find("201"), std::string::npos);
    CHECK_EQ(fixture.log.bytes, "hello, world");
}

TEST_CASE("streaming: while a sink is at work nothing more is read") {
    Fixture fixture;
    fixture.log.holds = true;
    RawClient client(fixture.context, fixture.listener->port());
    const std::string body(3 << 20, 'b');

    client.begin_to_send(head(body.size()) + body);
    run_until(fixture.context, [&] { return fixture.log.more != nullptr; });
    fixture.context.restart();
    fixture.context.poll();  // whatever the server would read, it would read now
    CHECK_EQ(fixture.log.pieces, 1);
    fixture.log.holds = false;
    std::exchange(fixture.log.more, nullptr)();

    CHECK_NE(client.response().find("201"), std::string::npos);
    CHECK_EQ(fixture.log.bytes.size(), body.size());
}

TEST_CASE("streaming: who is refused by the head sends nothing of the body") {
    Fixture fixture;
    RawClient client(fixture.context, fixture.listener->port());

    client.send(head(1'000'000, "expect: 100-continue\r\n"));
    const std::string refused = client.response();

    CHECK(refused.starts_with("HTTP/1.1 401"));
    CHECK_EQ(fixture.log.pieces, 0);
    RawClient other(fixture.context, fixture.listener->port());
    other.send(head(3, "authorization: x\r\nexpect: 100-continue\r\n"));
    CHECK(other.read([](const std::string& text) { return text.ends_with("\r\n\r\n"); })
              .starts_with("HTTP/1.1 100 Continue"));
    other.send("abc");
    CHECK(other.response().starts_with("HTTP/1.1 201"));
}

TEST_CASE("streaming: a body that announces too much is refused before any of it comes") {
    Fixture fixture;
    RawClient client(fixture.context, fixture.listener->port());

    client.send(head((4 << 20) + 1));

    CHECK(client.response().starts_with("HTTP/1.1 413"));
    CHECK_EQ(fixture.log.pieces, 0);
}

TEST_CASE("streaming: a chunked body that grows too large is broken off") {
    Fixture fixture;
    RawClient client(fixture.context, fixture.listener->port());
    const std::string chunk = "100000\r\n" + std::string(1 << 20, 'c') + "\r\n";

    client.begin_to_send(
        "POST /up HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: x\r\n"
        "transfer-encoding: chunked\r\n\r\n" +
        chunk + chunk + chunk + chunk + chunk);

    CHECK(client.response().starts_with("HTTP/1.1 413"));
    CHECK(fixture.log.broken);
    CHECK_FALSE(fixture.log.ended);
}

TEST_CASE("streaming: a sink may answer amid the body, and the connection ends") {
    Fixture fixture;
    fixture.log.answer_at_first_piece = true;
    RawClient client(fixture.context, fixture.listener->port());

    client.begin_to_send(head(3 << 20) + std::string(1 << 20, 'd'));

    CHECK(client.response().starts_with("HTTP/1.1 507"));
    CHECK_EQ(fixture.log.pieces, 1);
    CHECK_FALSE(fixture.log.broken);
}

TEST_CASE("streaming: a client that goes, or that sends too slowly, breaks the body") {
    for (const bool goes : {true, false}) {
        ListenerOptions options;
        options.body_grace = std::chrono::milliseconds(20);
        Fixture fixture(options);
        {
            auto client = std::make_unique<RawClient>(fixture.context, fixture.listener->port());
            client->send(head(1'000'000) + "abc");
            run_until(fixture.context, [&] { return fixture.log.opened; });
            if (goes) client.reset();
            run_until(fixture.context, [&] { return fixture.log.broken; });
        }
        CHECK_FALSE(fixture.log.ended);
    }
}

TEST_CASE("streaming: a response comes from its source, piece by piece") {
    Fixture fixture;
    RawClient client(fixture.context, fixture.listener->port());

    client.send("GET /down HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
    const std::string whole = client.response();
    client.send("HEAD /down HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
    const std::string without =
        client.read([](const std::string& text) { return text.ends_with("\r\n\r\n"); });

    CHECK_NE(whole.find("content-length: 262144"), std::string::npos);
    CHECK(whole.ends_with(std::string(4 * (64 << 10), 'x')));
    CHECK_NE(without.find("content-length: 262144"), std::string::npos);
    CHECK_EQ(fixture.source->asked, 0);
    client.send("GET /down HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
    CHECK_GT(client.response().size(), 262144);
}

TEST_CASE("streaming: a source that fails or ends early cuts the response off") {
    for (const bool fails : {true, false}) {
        Fixture fixture;
        fixture.source_pieces = 2;
        fixture.source_fails = fails;
        RawClient client(fixture.context, fixture.listener->port());

        client.send("GET /down HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
        const std::string part = client.response();

        CHECK(client.closed);
        CHECK_NE(part.find("content-length: 262144"), std::string::npos);
        CHECK_LT(part.size(), 262144);
    }
}
