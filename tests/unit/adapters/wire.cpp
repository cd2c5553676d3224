// A raw client and a raw server for tests; everything runs on the test's own thread.
#include "wire.hpp"

#include <doctest/doctest.h>

#include <boost/asio/ip/address_v4.hpp>

#include <cstdlib>

namespace countersign::tests {

namespace asio = boost::asio;

void run_until(asio::io_context& context, const std::function<bool()>& done) {
    const auto end = http::Steady::now() + std::chrono::seconds(20);
    while (!done()) {
        REQUIRE_MESSAGE(http::Steady::now() < end, "nothing happened within 20 seconds");
        context.restart();
        context.run_one_for(std::chrono::milliseconds(100));
    }
}

RawClient::RawClient(asio::io_context& context, std::uint16_t port)
    : context_(context), socket_(context.get_executor()) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
}

void RawClient::send(const std::string& bytes) {
    bool sent = false;
    asio::async_write(socket_, asio::buffer(bytes), [&](const auto&, std::size_t) { sent = true; });
    run_until(context_, [&] { return sent; });
}

void RawClient::begin_to_send(std::string bytes) {
    const auto kept = std::make_shared<const std::string>(std::move(bytes));
    asio::async_write(socket_, asio::buffer(*kept), [kept](const auto&, std::size_t) {});
}

void RawClient::read_some() {
    reading_ = true;
    socket_.async_read_some(asio::buffer(buffer_), [this](const auto& error, std::size_t bytes) {
        reading_ = false;
        in_.append(buffer_, bytes);
        if (error) closed = true;
    });
}

std::string RawClient::read(const std::function<bool(const std::string&)>& enough) {
    run_until(context_, [&] {
        if (closed || enough(in_)) return true;
        if (!reading_) read_some();
        return false;
    });
    return std::exchange(in_, {});
}

std::string RawClient::response() {
    return read([](const std::string& text) {
        const std::size_t end = text.find("\r\n\r\n");
        const std::size_t length = text.find("content-length: ");
        return end != text.npos && length < end &&
               text.size() >= end + 4 + std::strtoul(text.c_str() + length + 16, nullptr, 10);
    });
}

struct RawServer::Inside : std::enable_shared_from_this<RawServer::Inside> {
    struct Peer {
        Socket socket;
        std::string in;
        std::string out;
        char buffer[8192];
    };

    Inside(asio::io_context& context, std::function<std::string(const std::string&)> given)
        : acceptor(context.get_executor(), {asio::ip::address_v4::loopback(), 0}),
          answer(std::move(given)) {}

    void accept() {
        acceptor.async_accept([self = shared_from_this()](const auto& error, Socket socket) {
            if (error) return;
            ++self->accepted;
            auto peer = std::make_shared<Peer>(Peer{std::move(socket), {}, {}, {}});
            self->peers.push_back(peer);
            self->read(peer);
            self->accept();
        });
    }

    void read(const std::shared_ptr<Peer>& peer) {
        peer->socket.async_read_some(
            asio::buffer(peer->buffer),
            [self = shared_from_this(), peer](const auto& error, std::size_t bytes) {
                if (error) return;
                peer->in.append(peer->buffer, bytes);
                self->answer_whole(peer);
            });
    }

    void answer_whole(const std::shared_ptr<Peer>& peer) {
        const std::size_t end = peer->in.find("\r\n\r\n");
        const std::size_t length = peer->in.find("content-length: ");
        if (end == std::string::npos || length == std::string::npos) return read(peer);
        const std::size_t whole =
            end + 4 + std::strtoul(peer->in.c_str() + length + 16, nullptr, 10);
        if (peer->in.size() < whole) return read(peer);
        peer->out = answer(peer->in.substr(0, whole));
        peer->in.erase(0, whole);
        if (peer->out == "close") return peer->socket.close();
        write(peer, 0);
    }

    void write(const std::shared_ptr<Peer>& peer, std::size_t from) {
        if (from == peer->out.size()) return read(peer);
        peer->socket.async_write_some(
            asio::buffer(peer->out) + from,
            [self = shared_from_this(), peer, from](const auto& error, std::size_t bytes) {
                self->sent += bytes;
                if (!error) self->write(peer, from + bytes);
            });
    }

    http::Acceptor acceptor;
    std::function<std::string(const std::string&)> answer;
    std::vector<std::shared_ptr<Peer>> peers;
    std::size_t accepted = 0;
    std::size_t sent = 0;
};

RawServer::RawServer(asio::io_context& context,
                     std::function<std::string(const std::string&)> answer)
    : inside_(std::make_shared<Inside>(context, std::move(answer))) {
    inside_->accept();
}
RawServer::~RawServer() {
    drop();
    inside_->acceptor.close();
}
std::uint16_t RawServer::port() const { return inside_->acceptor.local_endpoint().port(); }
std::size_t RawServer::accepted() const { return inside_->accepted; }
std::size_t RawServer::sent() const { return inside_->sent; }
void RawServer::drop() {
    for (const auto& peer : inside_->peers) {
        boost::system::error_code ignored;
        peer->socket.close(ignored);
    }
    inside_->peers.clear();
}

std::string http_text(unsigned status, const std::string& body, const std::string& fields) {
    return "HTTP/1.1 " + std::to_string(status) + " x\r\n" + fields +
           "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace countersign::tests
