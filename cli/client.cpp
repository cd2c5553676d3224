// A synchronous HTTP/1.1 client on Beast. Each step is asynchronous underneath, because only then
// does Beast's stream keep its time limits; the context is run until the step has ended.
#include "cli/client.hpp"

#include "adapters/http/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

namespace countersign::cli {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Message = beast::http::request<beast::http::string_body>;

constexpr std::chrono::seconds connect_time{5};
constexpr std::chrono::seconds exchange_time{60};  ///< a long poll of the server is shorter
constexpr std::size_t body_bytes_max = 64u << 20;  ///< histories are long
constexpr std::chrono::milliseconds pause_first{100};
constexpr std::chrono::milliseconds pause_most{2'000};

Failure unreachable(const std::string& url, const std::string& why) {
    return fail(Exit::unreachable, fmt::format("no server answers at {}: {}", url, why),
                "start one (countersign serve --config FILE), or name it with --server URL");
}

}  // namespace

struct Client::Inside {
    std::string url;
    std::string token;
    std::string language;
    http::Url parsed;
    asio::io_context context{1};
    beast::tcp_stream stream{context};
    beast::flat_buffer buffer;
    bool connected = false;

    /// Runs one asynchronous step to its end.
    template <class Start>
    error_code step(std::chrono::seconds at_most, Start start) {
        error_code came;
        stream.expires_after(at_most);
        start([&came](const error_code& error, auto&&...) { came = error; });
        context.restart();
        context.run();
        return came;
    }

    error_code connect() {
        error_code error;
        asio::ip::tcp::resolver resolver(context);
        const auto places = resolver.resolve(parsed.host, parsed.port, error);
        if (error) return error;
        buffer.clear();
        error = step(connect_time, [&](auto done) { stream.async_connect(places, done); });
        connected = !error;
        return error;
    }

    error_code exchange(const Message& message,
                        std::optional<beast::http::response<beast::http::string_body>>& answer) {
        error_code error = step(
            exchange_time, [&](auto done) { beast::http::async_write(stream, message, done); });
        if (error) return error;
        beast::http::response_parser<beast::http::string_body> parser;
        parser.body_limit(body_bytes_max);
        error = step(exchange_time,
                     [&](auto done) { beast::http::async_read(stream, buffer, parser, done); });
        if (!error) answer = parser.release();
        return error;
    }

    void close() {
        error_code ignored;
        stream.socket().close(ignored);
        connected = false;
    }

    outcome<Reply> ask(const Message& message) {
        std::optional<beast::http::response<beast::http::string_body>> answer;
        error_code error;
        const bool reused = connected;
        if (connected) error = exchange(message, answer);
        // The server may have closed the kept connection meanwhile. Only a GET may be asked again:
        // of another request nobody knows whether it was obeyed.
        if (!reused || (error && message.method() == beast::http::verb::get)) {
            close();
            error = connect();
            if (!error) error = exchange(message, answer);
        }
        if (!answer) {
            close();
            return unreachable(url, error.message());
        }
        if (!answer->keep_alive()) close();
        Reply reply{answer->result_int(), std::move(answer->body()), nullptr};
        error_code none;
        reply.json = boost::json::parse(reply.body, none);
        if (none) reply.json = nullptr;
        return reply;
    }

    Message message(beast::http::verb verb, std::string_view target) const {
        Message request(verb, {target.data(), target.size()}, 11);
        request.set(beast::http::field::host, parsed.host_header());
        request.set(beast::http::field::accept, "application/json");
        request.set(beast::http::field::accept_language, language);
        request.set(beast::http::field::user_agent, "countersign");
        if (!token.empty())
            request.set(beast::http::field::authorization, fmt::format("Bearer {}", token));
        return request;
    }
};

Client::Client(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

outcome<Client> Client::make(const ServerAddress& address) {
    result<http::Url> url = http::parse_url(address.url);
    if (!url)
        return fail(Exit::usage, fmt::format("--server {}: {}", address.url, url.error().message),
                    "write it like http://127.0.0.1:8420");
    if (url->tls)
        return fail(Exit::usage, fmt::format("--server {}: https is not spoken here", address.url),
                    "run the command on the server's machine, or through a tunnel to it");
    auto inside = std::make_unique<Inside>();
    inside->url = address.url;
    inside->token = address.token;
    inside->language = address.language;
    inside->parsed = std::move(*url);
    return Client(std::move(inside));
}

namespace {

outcome<Reply> only_success(outcome<Reply> reply, std::string_view what,
                            std::string_view language) {
    if (reply && (reply->status < 200 || reply->status > 299))
        return failure_of(*reply, what, language);
    return reply;
}

}  // namespace

outcome<Reply> Client::get(std::string_view target) {
    return only_success(inside_->ask(inside_->message(beast::http::verb::get, target)),
                        fmt::format("GET {}", target), inside_->language);
}

outcome<Reply> Client::post(std::string_view target, std::string body, const Headers& headers) {
    Message request = inside_->message(beast::http::verb::post, target);
    request.set(beast::http::field::content_type, "application/json");
    for (const auto& [name, value] : headers) request.set(name, value);
    request.body() = std::move(body);
    request.prepare_payload();
    return only_success(inside_->ask(request), fmt::format("POST {}", target), inside_->language);
}

outcome<Reply> Client::post_patiently(std::string_view target, const std::string& body,
                                      const Headers& headers, std::chrono::seconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    auto pause = pause_first;
    for (;;) {
        outcome<Reply> reply = post(target, body, headers);
        if (reply || reply.error().exit != Exit::unreachable) return reply;
        if (std::chrono::steady_clock::now() + pause > until) return reply;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, pause_most);
    }
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            out.push_back(c);
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace countersign::cli
