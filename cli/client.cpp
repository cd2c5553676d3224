// A synchronous HTTP/1.1 client on Beast. Each step is asynchronous underneath, because only then
// does Beast's stream keep its time limits; the context is run until the step has ended.
#include "cli/client.hpp"

#include "adapters/http/client.hpp"
#include "adapters/http/content_fields.hpp"

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
using Pieces = beast::http::response_parser<beast::http::buffer_body>;
using Taker = Client::Taker;
using Progress = Client::Progress;

constexpr std::chrono::seconds connect_time{5};
constexpr std::chrono::seconds exchange_time{60};  ///< a long poll of the server is shorter
constexpr std::size_t body_bytes_max = 64u << 20;  ///< histories are long
constexpr std::size_t piece_bytes = 256u << 10;    ///< of a file that comes or goes
constexpr std::chrono::milliseconds pause_first{100};
constexpr std::chrono::milliseconds pause_most{2'000};

Failure unreachable(const std::string& url, const std::string& why) {
    return fail(Exit::unreachable,
                format_both("no server answers at {}: {}", "{} 没有服务器应答：“{}”", url, why),
                both("start one (countersign serve --config FILE), or name it with --server URL",
                     "请启动服务器（countersign serve --config FILE），或用 --server URL 指明"));
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

    error_code exchange(const Message& message, std::optional<Reply>& reply) {
        const error_code error = step(
            exchange_time, [&](auto done) { beast::http::async_write(stream, message, done); });
        return error ? error : read_reply(reply);
    }

    void close() {
        error_code ignored;
        stream.socket().close(ignored);
        connected = false;
    }

    outcome<Reply> ask(const Message& message) {
        std::optional<Reply> answer;
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
        return std::move(*answer);
    }

    /// Sends a request whose body is a file, each piece within exchange_time.
    error_code send_file(beast::http::request<beast::http::file_body>& request,
                         const Progress& progress) {
        beast::http::request_serializer<beast::http::file_body> serializer(request);
        serializer.limit(piece_bytes);
        const std::uint64_t all = request.body().size();
        std::uint64_t sent = 0;
        while (!serializer.is_done()) {
            std::size_t wrote = 0;
            const error_code error = step(exchange_time, [&](auto done) {
                beast::http::async_write_some(stream, serializer,
                                              [&wrote, done](error_code e, std::size_t n) {
                                                  wrote = n;
                                                  done(e);
                                              });
            });
            if (error) return error;
            sent += wrote;
            if (progress) progress(std::min(sent, all), all);
        }
        return {};
    }

    /// Connects anew, asks, and reads the head of the answer.
    error_code ask_for_file(std::string_view target, Pieces& parser) {
        close();
        error_code error = connect();
        if (error) return error;
        const Message asked = message(beast::http::verb::get, target);
        error =
            step(exchange_time, [&](auto done) { beast::http::async_write(stream, asked, done); });
        if (error) return error;
        return step(exchange_time, [&](auto done) {
            beast::http::async_read_header(stream, buffer, parser, done);
        });
    }

    /// Hands the body of an answer to `take`, each piece within exchange_time, and closes.
    outcome<void> receive(Pieces& parser, const Taker& take, const Progress& progress) {
        const std::uint64_t all = parser.content_length().value_or(0);
        std::string piece(piece_bytes, '\0');
        std::uint64_t came = 0;
        error_code error;
        while (!parser.is_done() && !error) {
            parser.get().body().data = piece.data();
            parser.get().body().size = piece.size();
            error = step(exchange_time, [&](auto done) {
                beast::http::async_read_some(stream, buffer, parser, done);
            });
            if (error == beast::http::error::need_buffer) error = {};
            const std::string_view got(piece.data(), piece.size() - parser.get().body().size);
            came += got.size();
            if (auto taken = take(got); !taken) return taken;
            if (progress) progress(came, all);
        }
        close();
        if (!error) return boost::system::in_place_value;
        return fail(Exit::refused,
                    format_both("the file broke off after {} of {} bytes, and was not saved",
                                "文件在第 {} 字节（共 {} 字节）处中断，未予保存", came, all),
                    both("ask again; if it breaks off at the same place, let an operator run "
                         "countersign verify CASE",
                         "请重新下载；若总在同一处中断，请运维人员执行 countersign verify 办件编号"));
    }

    /// Reads one whole response.
    error_code read_reply(std::optional<Reply>& reply) {
        beast::http::response_parser<beast::http::string_body> parser;
        parser.body_limit(body_bytes_max);
        const error_code error = step(exchange_time, [&](auto done) {
            beast::http::async_read(stream, buffer, parser, done);
        });
        if (error) return error;
        reply = reply_of(parser.get().result_int(), std::move(parser.get().body()));
        if (!parser.get().keep_alive()) close();
        return error;
    }

    static Reply reply_of(unsigned status, std::string body) {
        Reply reply{status, std::move(body), nullptr};
        error_code none;
        reply.json = boost::json::parse(reply.body, none);
        if (none) reply.json = nullptr;
        return reply;
    }

    Message message(beast::http::verb verb, std::string_view target) const {
        return request<beast::http::string_body>(verb, target);
    }

    template <class Body>
    beast::http::request<Body> request(beast::http::verb verb, std::string_view target) const {
        beast::http::request<Body> request(verb, {target.data(), target.size()}, 11);
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
        return fail(Exit::usage,
                    format_both("--server {}: {}", "--server {}：{}", address.url,
                                url.error().text()),
                    both("write it like http://127.0.0.1:8420", "例如 http://127.0.0.1:8420"));
    if (url->tls)
        return fail(Exit::usage,
                    format_both("--server {}: https is not spoken here",
                                "--server {}：命令行不支持 https", address.url),
                    both("run the command on the server's machine, or through a tunnel to it",
                         "请在服务器本机执行，或通过隧道连接"));
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

outcome<Reply> Client::upload(std::string_view target, const std::string& path,
                              const Progress& progress) {
    auto request = inside_->request<beast::http::file_body>(beast::http::verb::post, target);
    error_code error;
    request.body().open(path.c_str(), beast::file_mode::scan, error);
    if (error)
        return fail(Exit::usage, format_both("{} cannot be read: {}", "{} 无法读取：“{}”", path,
                                             error.message()));
    request.set(beast::http::field::content_type, "application/octet-stream");
    request.prepare_payload();
    // A kept connection might be closed by now; half a file later that would be a pity.
    inside_->close();
    error = inside_->connect();
    if (error) return unreachable(inside_->url, error.message());
    const error_code broken = inside_->send_file(request, progress);
    if (broken == beast::http::error::short_read) {
        inside_->close();
        return fail(Exit::usage,
                    format_both("{} became shorter while it was sent", "{} 在上传时变短", path),
                    both("wait until it is written to its end, and send it again",
                         "请等文件写完后重新上传"));
    }
    // A server that refuses may say so before all is sent, and close.
    std::optional<Reply> reply;
    error = inside_->read_reply(reply);
    if (broken || error) inside_->close();
    if (!reply) return unreachable(inside_->url, (broken ? broken : error).message());
    return only_success(std::move(*reply), fmt::format("POST {}", target), inside_->language);
}

outcome<FileHead> Client::download(std::string_view target, const Taker& write,
                                   const Progress& progress) {
    Inside& inside = *inside_;
    Pieces parser;
    parser.body_limit(boost::none);
    if (const error_code error = inside.ask_for_file(target, parser))
        return unreachable(inside.url, error.message());
    if (parser.get().result() != beast::http::status::ok) {
        std::string body;
        const Taker collect = [&body](std::string_view piece) -> outcome<void> {
            if (body.size() < body_bytes_max) body += piece;
            return boost::system::in_place_value;
        };
        if (auto read = inside.receive(parser, collect, nullptr); !read) return read.error();
        return failure_of(Inside::reply_of(parser.get().result_int(), std::move(body)),
                          fmt::format("GET {}", target), inside.language);
    }
    FileHead head;
    head.bytes = parser.content_length().value_or(0);
    head.name = http::file_name_in(parser.get()[beast::http::field::content_disposition]);
    if (auto digest = http::sha256_in(parser.get()["repr-digest"]); digest && *digest)
        head.sha256 = std::move(**digest);
    if (auto read = inside.receive(parser, write, progress); !read) return read.error();
    return head;
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
