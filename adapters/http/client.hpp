#pragma once
// Client: HTTP/1.1 to one endpoint over a pool of kept connections, with limits on time and size.
// No redirects, no decompression, TLS verified (adapters.md, "Outbound safety").

#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace countersign::http {

/// An absolute URL, taken apart.
struct Url {
    bool tls = false;
    std::string host;                 ///< a name or an address; IPv6 without brackets
    std::string port;                 ///< digits, never empty
    std::string target;               ///< path and query, at least "/"
    std::string host_header() const;  ///< what `Host` says
};

/// Reads an http or https URL. Fails with invalid: other schemes, a user or password, a fragment.
result<Url> parse_url(std::string_view text);

struct ClientOptions {
    Url url;
    std::chrono::milliseconds connect_time{3'000};
    std::chrono::milliseconds first_byte_time{10'000};
    std::chrono::milliseconds total_time{30'000};
    std::chrono::milliseconds idle_time{20'000};  ///< a kept connection that nobody uses is closed
    std::chrono::milliseconds sweep{100};         ///< how often the times are looked at
    std::size_t body_bytes_max = limits::answer_bytes_max;
    std::string certificate_authorities;  ///< PEM file; empty: the system's
    std::string certificate;              ///< PEM file of our own; empty: none
    std::string private_key;              ///< PEM file
};

/// What came of an exchange.
enum class ExchangeOutcome {
    answered,     ///< a whole response: status, headers, body
    unreachable,  ///< no connection, or it broke, or TLS failed
    timed_out,
    too_large,  ///< the response's body passes body_bytes_max; `body` is its start
    malformed,  ///< not HTTP/1.1; `body` is its start
};
struct ExchangeResult {
    ExchangeOutcome outcome = ExchangeOutcome::unreachable;
    std::string reason;  ///< for a person; empty when answered
    unsigned status = 0;
    std::string content_type;  ///< of the response
    std::string retry_after;   ///< header, as it came
    std::string body;
};
using ExchangeHandler = std::function<void(ExchangeResult)>;

/// Fails with invalid when the TLS files of the options cannot be used.
result<void> check_client(const ClientOptions& options);

class Client {
  public:
    /// Fails with invalid when TLS files cannot be read. `executor` must be an io_context's that
    /// one thread runs; every member is called there.
    static result<std::unique_ptr<Client>> make(boost::asio::any_io_executor executor,
                                                ClientOptions options);
    virtual ~Client() = default;

    /// Posts `body` to the URL. `fields` are whole header lines, each ending with CRLF; host,
    /// length and connection are added. A kept connection that turns out to be closed is replaced
    /// once. `done` comes exactly once, on the executor, in bounded time, unless the client is
    /// destroyed.
    virtual void post(std::string_view fields, std::string body, ExchangeHandler done) = 0;

    /// Connections that are open now, used or kept.
    virtual std::size_t connections() const = 0;
};

}  // namespace countersign::http
