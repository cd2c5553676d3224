// HTTP/1.1 on one socket, parsed by Beast's parser. Reads go into a string of the connection, a
// response leaves by one gathered write, and time limits are looked at by the listener's sweep: a
// request costs no timer.
#include "adapters/http/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace countersign::http {

namespace beast_http = boost::beast::http;

namespace {

constexpr std::size_t read_bytes = 16 << 10;
constexpr std::size_t stream_read_bytes = 128 << 10;  ///< of a body that is taken in pieces
constexpr std::size_t piece_bytes = 256 << 10;        ///< handed to a sink at once

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::string_view trimmed_host(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

}  // namespace

Connection::Connection(Socket socket, std::shared_ptr<Shared> shared)
    : socket_(std::move(socket)),
      shared_(std::move(shared)),
      executor_(socket_.get_executor()),
      since_(Steady::now()) {}

void Connection::start() {
    boost::system::error_code error;
    socket_.non_blocking(true, error);
    if (!error) socket_.set_option(Tcp::no_delay(true), error);
    if (error) return close();
    read();
}

void Connection::enter(Phase phase) {
    phase_ = phase;
    since_ = Steady::now();
}

void Connection::read() {
    if (shared_->stopping && phase_ == Phase::idle) return close();
    if (in_used_ == in_.size()) {
        in_.clear();
        in_used_ = 0;
    }
    const std::size_t kept = in_.size();
    const std::size_t wanted = sink_ ? stream_read_bytes : read_bytes;
    in_.resize(kept + wanted);
    socket_.async_read_some(
        asio::buffer(in_.data() + kept, wanted),
        [self = shared_from_this(), kept](const auto& error, std::size_t bytes) {
            self->in_.resize(kept + bytes);
            self->received(error, bytes);
        });
}

void Connection::received(const boost::system::error_code& error, std::size_t) {
    if (error || !socket_.is_open()) return close();
    parse();
}

void Connection::parse() {
    if (!parser_) {
        request_.headers.clear();  // views into the parser of the request before
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(limits::http_header_bytes_max));
        // The service says what a body may have once the head is there; until then nothing is read.
        parser_->body_limit(boost::none);
        request_.head_only = false;
        enter(Phase::head);
    }
    if (!parser_->is_header_done() && !parse_head()) return;
    if (sink_) return stream_body();
    if (!parser_->is_done() && !parse_body()) return;
    handle();
}

/// Feeds the head; false when more bytes are needed or the connection was refused.
bool Connection::parse_head() {
    const std::string_view bytes = std::string_view(in_).substr(in_used_);
    const std::size_t end = bytes.find("\r\n\r\n");
    const std::string_view head = bytes.substr(0, end);
    if (head.find("\r\n ") != head.npos || head.find("\r\n\t") != head.npos) {
        refuse(400, "malformed", both("a header line is folded", "请求头有折行"));
        return false;
    }
    if (end == bytes.npos) {
        if (bytes.size() > limits::http_header_bytes_max) {
            refuse(431, "header_too_large",
                   both("the head has more than 8 KiB", "请求头超过 8 KiB"));
            return false;
        }
        read();
        return false;
    }
    boost::system::error_code error;
    while (!parser_->is_header_done() && !error)
        in_used_ += parser_->put(asio::buffer(in_.data() + in_used_, in_.size() - in_used_), error);
    if (error) {
        refuse_parse(error);
        return false;
    }
    return head_done();
}

/// Checks the head; false when the request was refused.
bool Connection::head_done() {
    const auto& message = parser_->get();
    request_.head_only = message.method() == beast_http::verb::head;
    request_.method = request_.head_only                           ? Method::get
                      : message.method() == beast_http::verb::get  ? Method::get
                      : message.method() == beast_http::verb::post ? Method::post
                                                                   : Method::other;
    const std::string_view target = view(message.target());
    const std::size_t mark = target.find('?');
    request_.path = target.substr(0, mark);
    request_.query = mark == target.npos ? std::string_view() : target.substr(mark + 1);
    request_.body = {};
    request_.headers.clear();
    std::size_t hosts = 0;
    expects_ = false;
    for (const auto& field : message) {
        request_.headers.emplace_back(view(field.name_string()), view(field.value()));
        if (field.name() == beast_http::field::host) ++hosts;
        if (field.name() == beast_http::field::expect) expects_ = true;
    }
    close_after_ = !parser_->keep_alive();
    const auto fail = [&](unsigned status, std::string_view code, const Text& detail) {
        refuse(status, code, detail);
        return false;
    };
    if (request_.headers.size() > shared_->options.fields_max)
        return fail(431, "header_too_large",
                    both("the head has too many fields", "请求头字段过多"));
    if (!target.starts_with('/'))
        return fail(400, "malformed", both("the target must begin with /", "请求目标应以 / 开头"));
    if (hosts > 1 || (hosts == 0 && message.version() >= 11))
        return fail(400, "malformed", both("exactly one Host is needed", "应有且仅有一个 Host"));
    if (!host_fits())
        return fail(421, "misdirected",
                    both("this server does not serve that Host", "本服务器不为该 Host 服务"));
    if (message.count(beast_http::field::transfer_encoding) > 0 && !parser_->chunked())
        return fail(400, "malformed",
                    both("no transfer encoding but `chunked` is taken", "传输编码只支持 chunked"));
    if (message.find(beast_http::field::upgrade) != message.end() && hosts == 1)
        close_after_ = true;
    const std::uint64_t body_max = shared_->service.body_bytes_max(request_);
    if (parser_->content_length().value_or(0) > body_max)
        return fail(
            413, "too_large",
            format_both("the body may have {} bytes here", "此处请求体最多 {} 字节", body_max));
    parser_->body_limit(body_max);
    return open_body();
}

/// Begins the body: whole or in pieces. False when the sink answers without it.
bool Connection::open_body() {
    body_bytes_ = 0;
    request_.executor = executor_;
    if (shared_->service.open_body) {
        enter(Phase::body);
        answered_ = false;
        opening_ = true;
        sink_ = shared_->service.open_body(request_, Responder(shared_from_this()));
        opening_ = false;
        if (answered_) {
            sink_.reset();
            return false;
        }
    }
    if (expects_ && !parser_->is_done()) {
        boost::system::error_code ignored;
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        socket_.write_some(asio::buffer(go_on), ignored);
    }
    if (!parser_->is_done()) enter(Phase::body);
    return true;
}

bool Connection::host_fits() const {
    if (shared_->options.hosts.empty()) return true;
    std::string host(trimmed_host(request_.header("host")));
    std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    const auto& known = shared_->options.hosts;
    return host.empty() || std::find(known.begin(), known.end(), host) != known.end();
}

/// Feeds the parser until it is done, holds `enough` of the body, or wants more bytes. False when
/// the request was refused.
bool Connection::feed_body(std::size_t enough) {
    while (!parser_->is_done() && in_used_ < in_.size() && parser_->get().body().size() < enough) {
        boost::system::error_code error;
        const std::size_t used =
            parser_->put(asio::buffer(in_.data() + in_used_, in_.size() - in_used_), error);
        in_used_ += used;
        body_bytes_ += used;
        if (error == beast_http::error::need_more) break;
        if (error) {
            refuse_parse(error);
            return false;
        }
    }
    return true;
}

/// Feeds a body that is taken as a whole; false when more bytes are needed or it was refused.
bool Connection::parse_body() {
    if (!feed_body(std::string::npos)) return false;
    if (parser_->is_done()) return true;
    read();
    return false;
}

/// Feeds a body that a sink takes. Nothing more is read while the sink is at work, so that a client
/// sends no faster than the disk writes.
void Connection::stream_body() {
    if (!feed_body(piece_bytes)) return;
    const bool done = parser_->is_done();
    const std::size_t gathered = parser_->get().body().size();
    if (gathered >= piece_bytes || (done && gathered > 0)) return hand_over();
    if (!done) return read();
    enter(Phase::handling);
    std::exchange(sink_, nullptr)->end();
}

void Connection::hand_over() {
    waits_ = true;
    const auto since = Steady::now();
    const auto sink = sink_;  // it may answer at once, and is let go then
    sink->piece(std::exchange(parser_->get().body(), {}), [self = shared_from_this(), since] {
        asio::post(self->socket_.get_executor(), [self, since] {
            self->since_ += Steady::now() - since;  // the client is not to blame for this time
            self->taken();
        });
    });
}

void Connection::taken() {
    waits_ = false;
    if (sink_ && socket_.is_open()) stream_body();
}

void Connection::drop_sink() {
    if (sink_) std::exchange(sink_, nullptr)->broken();
}

void Connection::refuse_parse(const boost::system::error_code& error) {
    if (error == beast_http::error::header_limit)
        return refuse(431, "header_too_large",
                      both("the head has more than 8 KiB", "请求头超过 8 KiB"));
    if (error == beast_http::error::body_limit)
        return refuse(413, "too_large",
                      both("the body is larger than this route takes", "请求体超过此处上限"));
    refuse(400, "malformed",
           format_both("this is not HTTP/1.1: {}", "不是 HTTP/1.1：“{}”", error.message()));
}

void Connection::refuse(unsigned status, std::string_view code, const Text& detail) {
    drop_sink();
    answered_ = true;
    Response response = problem_response(status, code, detail, request_.language());
    response.close = true;  // what follows cannot be told apart from the rest of this request
    send(std::move(response));
}

void Connection::handle() {
    request_.body = parser_->get().body();
    answered_ = false;
    enter(Phase::handling);
    shared_->service.handle(request_, Responder(shared_from_this()));
}

void Connection::respond(Response response) {
    asio::dispatch(socket_.get_executor(),
                   [self = shared_from_this(), response = std::move(response)]() mutable {
                       const bool early = self->opening_ || self->sink_;
                       if (self->answered_ || (!early && self->phase_ != Phase::handling)) return;
                       self->answered_ = true;
                       self->sink_.reset();
                       // The rest of the body cannot be told apart from a next request.
                       response.close = response.close || early;
                       self->send(std::move(response));
                   });
}

void Connection::send(Response response) {
    if (!socket_.is_open()) return;
    enter(Phase::writing);
    waits_ = false;
    if (response.close || shared_->stopping) close_after_ = true;
    source_ = std::move(response.source);
    source_left_ = response.source_bytes;
    const std::uint64_t bytes = source_ ? source_left_ : response.body.size();
    out_head_.clear();
    fmt::format_to(std::back_inserter(out_head_), "HTTP/1.1 {} {}\r\ncontent-type: {}\r\n",
                   response.status, reason_of(response.status), response.content_type);
    // A 304 has no body, and the length of the one it stands for is not known here.
    if (response.status != 304)
        fmt::format_to(std::back_inserter(out_head_), "content-length: {}\r\n", bytes);
    for (const auto& [name, value] : response.headers)
        fmt::format_to(std::back_inserter(out_head_), "{}: {}\r\n", name, value);
    if (close_after_) out_head_ += "connection: close\r\n";
    out_head_ += "\r\n";
    if (source_ || request_.head_only) response.body.clear();
    if (request_.head_only) source_.reset();
    out_body_ = std::move(response.body);
    boost::system::error_code error;
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(out_head_),
                                                   asio::buffer(out_body_)};
    const std::size_t sent = socket_.write_some(pieces, error);
    if (error && error != asio::error::would_block && error != asio::error::try_again)
        return close();
    if (sent == out_head_.size() + out_body_.size()) return written();
    send_rest(sent);
}

void Connection::send_rest(std::size_t sent) {
    const std::size_t of_head = std::min(sent, out_head_.size());
    const std::array<asio::const_buffer, 2> pieces{asio::buffer(out_head_) + of_head,
                                                   asio::buffer(out_body_) + (sent - of_head)};
    asio::async_write(socket_, pieces, [self = shared_from_this()](const auto& error, std::size_t) {
        if (error) return self->close();
        self->written();
    });
}

void Connection::next_piece() {
    waits_ = true;
    source_->next([self = shared_from_this()](result<std::string> piece) {
        asio::post(self->socket_.get_executor(), [self, piece = std::move(piece)]() mutable {
            self->piece_came(std::move(piece));
        });
    });
}

/// Sends a piece of the body. What is not right cuts the response off: the client sees that bytes
/// are missing, and takes none for good.
void Connection::piece_came(result<std::string> piece) {
    waits_ = false;
    if (!socket_.is_open()) return;
    if (!piece || piece->empty() || piece->size() > source_left_) return close();
    source_left_ -= piece->size();
    if (source_left_ == 0) source_.reset();
    enter(Phase::writing);
    out_head_.clear();
    out_body_ = *std::move(piece);
    send_rest(0);
}

void Connection::written() {
    if (source_ && source_left_ > 0) return next_piece();
    source_.reset();
    if (close_after_) {
        boost::system::error_code ignored;
        socket_.shutdown(Tcp::socket::shutdown_send, ignored);
        enter(Phase::closing);
        return drain();
    }
    parser_.reset();
    enter(Phase::idle);
    if (in_used_ == in_.size()) return read();
    // Not from here: a row of requests that are answered at once would go ever deeper.
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        if (self->socket_.is_open()) self->parse();
    });
}

/// Reads on until the other side closes or the sweep's patience ends: closing with bytes unread
/// would reset the connection, and the response might never be seen.
void Connection::drain() {
    in_.resize(read_bytes);
    socket_.async_read_some(asio::buffer(in_),
                            [self = shared_from_this()](const auto& error, std::size_t) {
                                if (error || !self->socket_.is_open()) return self->close();
                                self->drain();
                            });
}

void Connection::sweep(Steady::time_point now) {
    if (waits_) return;
    const auto waited = now - since_;
    const ListenerOptions& options = shared_->options;
    switch (phase_) {
        case Phase::idle:
            if (waited > options.idle_time) close();
            break;
        case Phase::head:
        case Phase::closing:
            if (waited > options.head_time) close();
            break;
        case Phase::body: {
            const auto allowed =
                options.body_grace + std::chrono::milliseconds(body_bytes_ * 1'000 / 1'024);
            if (waited > allowed) close();
            break;
        }
        case Phase::handling:
            break;
        case Phase::writing:
            if (waited > options.write_time) close();
            break;
    }
}

void Connection::stop() {
    if (phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::closing) close();
}

void Connection::close() {
    drop_sink();
    source_.reset();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

}  // namespace countersign::http
