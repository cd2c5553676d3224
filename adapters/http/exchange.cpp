// One connection of the client: connect, TLS, send, read one response under its limits, give itself
// back to the pool.
#include "adapters/http/exchange.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/ssl.h>

namespace countersign::http {

namespace beast_http = boost::beast::http;

namespace {

constexpr std::size_t answer_read_bytes = 8 << 10;
constexpr std::size_t evidence_bytes = 512;

}  // namespace

Link::Link(std::shared_ptr<Pool> pool)
    : pool_(std::move(pool)), socket_(pool_->executor()), since_(Steady::now()) {}

void Link::connect(const Tcp::endpoint& endpoint) {
    if (closed_) return;
    socket_.async_connect(
        endpoint, [self = shared_from_this()](const auto& error) { self->connected(error); });
}

void Link::connected(const boost::system::error_code& error) {
    if (closed_) return;
    if (error) return fail(ExchangeOutcome::unreachable, "cannot connect: " + error.message());
    boost::system::error_code ignored;
    socket_.set_option(Tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    if (pool_->tls()) return shake_hands();
    send();
}

void Link::shake_hands() {
    const std::string& host = pool_->options().url.host;
    tls_.emplace(socket_, *pool_->tls());
    SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
    boost::system::error_code error;
    tls_->set_verify_callback(asio::ssl::host_name_verification(host), error);
    if (error) return fail(ExchangeOutcome::unreachable, "TLS: " + error.message());
    tls_->async_handshake(
        asio::ssl::stream_base::client, [self = shared_from_this()](const auto& failed) {
            if (self->closed_) return;
            if (failed) return self->fail(ExchangeOutcome::unreachable, "TLS: " + failed.message());
            self->send();
        });
}

void Link::begin(std::shared_ptr<Pending> exchange) {
    pending_ = std::move(exchange);
    send();
}

void Link::send() {
    phase_ = Phase::first_byte;
    since_ = Steady::now();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits::http_header_bytes_max));
    // The limit is set once the head is there, so that the start of a large body can be shown.
    parser_->body_limit(boost::none);
    in_.clear();
    in_used_ = 0;
    start_.clear();
    if (tls_) return send_rest(0);
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(pending_->head),
                                                   asio::buffer(pending_->body)};
    boost::system::error_code error;
    const std::size_t sent = socket_.write_some(pieces, error);
    if (error && error != asio::error::would_block && error != asio::error::try_again)
        return broken(error);
    if (sent < pending_->head.size() + pending_->body.size()) return send_rest(sent);
    read();
}

void Link::send_rest(std::size_t sent) {
    const std::size_t of_head = std::min(sent, pending_->head.size());
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(pending_->head) + of_head,
                                                   asio::buffer(pending_->body) + (sent - of_head)};
    // The handler keeps the exchange, whose bytes must outlive the operation.
    auto written = [self = shared_from_this(), kept = pending_](const auto& error, std::size_t) {
        if (self->closed_ || self->pending_ != kept) return;
        if (error) return self->broken(error);
        self->read();
    };
    if (tls_)
        asio::async_write(*tls_, pieces, std::move(written));
    else
        asio::async_write(socket_, pieces, std::move(written));
}

void Link::read() {
    if (in_used_ == in_.size()) {
        in_.clear();
        in_used_ = 0;
    }
    const std::size_t kept = in_.size();
    in_.resize(kept + answer_read_bytes);
    const auto space = asio::buffer(in_.data() + kept, answer_read_bytes);
    auto handler = [self = shared_from_this(), kept](const auto& error, std::size_t bytes) {
        self->in_.resize(kept + bytes);
        self->received(error, bytes);
    };
    if (tls_)
        tls_->async_read_some(space, std::move(handler));
    else
        socket_.async_read_some(space, std::move(handler));
}

void Link::received(const boost::system::error_code& error, std::size_t bytes) {
    if (closed_ || !pending_) return;
    if (error && error != asio::error::eof && error != asio::ssl::error::stream_truncated)
        return broken(error);
    if (error && !parser_->got_some() && bytes == 0) return broken(error);
    if (phase_ == Phase::first_byte) {
        phase_ = Phase::rest;
        since_ = Steady::now();
    }
    if (start_.size() < evidence_bytes)
        start_.append(in_, in_.size() - bytes, evidence_bytes - start_.size());
    if (!parse(error)) return;
    finish();
}

/// Feeds what came; true when the response is whole. Otherwise reads on or has reported.
bool Link::parse(const boost::system::error_code& end) {
    boost::system::error_code error;
    while (!parser_->is_done()) {
        if (in_used_ == in_.size() || error == beast_http::error::need_more) {
            if (!end) {
                read();
                return false;
            }
            parser_->put_eof(error);
            if (!error && parser_->is_done()) break;
            fail(ExchangeOutcome::unreachable, "the connection was closed within the response");
            return false;
        }
        const bool head_was_done = parser_->is_header_done();
        in_used_ += parser_->put(asio::buffer(in_.data() + in_used_, in_.size() - in_used_), error);
        if (error == beast_http::error::need_more) continue;
        const bool head_done = !error && !head_was_done && parser_->is_header_done();
        const std::size_t body_max = pool_->options().body_bytes_max;
        const bool large = head_done && parser_->content_length().value_or(0) > body_max;
        if (error == beast_http::error::body_limit || large) {
            fail(ExchangeOutcome::too_large,
                 fmt::format("the answer is larger than {} bytes", body_max));
            return false;
        }
        if (error) {
            fail(ExchangeOutcome::malformed, "the answer is not HTTP/1.1: " + error.message());
            return false;
        }
        if (head_done) parser_->body_limit(body_max);
        // 100 and 103 come before the response itself.
        if (parser_->is_done() && parser_->get().result_int() < 200) {
            parser_.emplace();
            parser_->body_limit(boost::none);
        }
    }
    return true;
}

void Link::finish() {
    auto& message = parser_->get();
    const auto text_of = [&](beast_http::field name) {
        const auto value = message[name];
        return std::string(value.data(), value.size());
    };
    ExchangeResult result;
    result.outcome = ExchangeOutcome::answered;
    result.status = message.result_int();
    result.content_type = text_of(beast_http::field::content_type);
    result.retry_after = text_of(beast_http::field::retry_after);
    result.body = std::move(message.body());
    const bool usable = parser_->keep_alive() && in_used_ == in_.size() && socket_.is_open();
    parser_.reset();
    auto exchange = std::move(pending_);
    if (usable) {
        phase_ = Phase::kept;
        since_ = Steady::now();
        pool_->keep(shared_from_this());
    } else {
        close();
    }
    exchange->done(std::move(result));
}

/// The socket failed. A kept connection may have been closed by the other side at any time: then
/// nothing has been read, and the same bytes go out once more on a fresh one.
void Link::broken(const boost::system::error_code& error) {
    if (pending_ && pending_->reused && phase_ == Phase::first_byte) {
        auto exchange = std::move(pending_);
        exchange->reused = false;
        close();
        return pool_->connect(std::move(exchange));
    }
    fail(ExchangeOutcome::unreachable, error == asio::error::eof
                                           ? "the connection was closed without an answer"
                                           : "the connection broke: " + error.message());
}

void Link::fail(ExchangeOutcome outcome, std::string reason) {
    if (closed_) return;
    close();
    ExchangeResult result;
    result.outcome = outcome;
    result.reason = std::move(reason);
    if (parser_ && parser_->is_header_done()) result.status = parser_->get().result_int();
    const std::size_t body = start_.find("\r\n\r\n");
    result.body = start_.substr(body == std::string::npos ? 0 : body + 4);
    parser_.reset();
    if (auto exchange = std::move(pending_)) exchange->done(std::move(result));
}

void Link::sweep(Steady::time_point now) {
    if (closed_) return;
    const ClientOptions& options = pool_->options();
    if (phase_ == Phase::kept) {
        if (now - since_ > options.idle_time) close();
        return;
    }
    const auto text = [](std::string_view what, std::chrono::milliseconds time) {
        return fmt::format("{} within {} ms", what, time.count());
    };
    if (phase_ == Phase::connecting && now - since_ > options.connect_time)
        return fail(ExchangeOutcome::timed_out, text("no connection", options.connect_time));
    if (phase_ == Phase::first_byte && now - since_ > options.first_byte_time)
        return fail(ExchangeOutcome::timed_out, text("no answer", options.first_byte_time));
    if (pending_ && now - pending_->begun > options.total_time)
        fail(ExchangeOutcome::timed_out, text("no complete answer", options.total_time));
}

void Link::abandon() {
    pending_.reset();
    close();
}

void Link::close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace countersign::http
