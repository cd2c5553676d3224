#pragma once
// The inside of the client: its pool of connections, and one exchange at a time on each of them.
// Included by client.cpp and exchange.cpp only.

#include "adapters/http/client.hpp"
#include "adapters/http/net.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace countersign::http {

/// One exchange under way.
struct Pending {
    std::string head;
    std::string body;
    ExchangeHandler done;
    Steady::time_point begun;
    bool reused = false;  ///< sent on a kept connection, which may have been closed meanwhile
};

class Link;

/// The connections to one endpoint.
class Pool : public std::enable_shared_from_this<Pool> {
  public:
    Pool(ContextExecutor executor, ClientOptions options, std::shared_ptr<asio::ssl::context> tls);

    void post(std::string_view fields, std::string body, ExchangeHandler done);
    /// Sends on a new connection.
    void connect(std::shared_ptr<Pending> exchange);
    /// Takes a connection back that may be used again.
    void keep(std::shared_ptr<Link> link);
    /// Closes everything; completions that are due no longer come.
    void destroy();
    std::size_t connections() const;

    const ClientOptions& options() const { return options_; }
    const std::shared_ptr<asio::ssl::context>& tls() const { return tls_; }
    const ContextExecutor& executor() const { return executor_; }

  private:
    void sweep_later();
    void forget_closed();

    ContextExecutor executor_;
    ClientOptions options_;
    std::shared_ptr<asio::ssl::context> tls_;
    asio::ip::basic_resolver<Tcp, ContextExecutor> resolver_;
    SteadyTimer sweeper_;
    std::optional<Tcp::endpoint> fixed_;  ///< of a URL with an address instead of a name
    std::string head_;                    ///< the request line and Host
    std::vector<std::shared_ptr<Link>> links_;
    std::vector<std::shared_ptr<Link>> kept_;
    bool sweeping_ = false;
    bool destroyed_ = false;
};

/// One connection.
class Link : public std::enable_shared_from_this<Link> {
  public:
    explicit Link(std::shared_ptr<Pool> pool);

    void assign(std::shared_ptr<Pending> exchange) { pending_ = std::move(exchange); }
    void connect(const Tcp::endpoint& endpoint);
    /// Sends on this open connection.
    void begin(std::shared_ptr<Pending> exchange);
    void fail(ExchangeOutcome outcome, std::string reason);
    void sweep(Steady::time_point now);
    /// Closes it; its exchange is not reported.
    void abandon();
    void close();
    bool open() const { return socket_.is_open() && !closed_; }
    /// Whether it is open or still on its way to be.
    bool alive() const { return !closed_; }

  private:
    using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;
    enum class Phase { connecting, first_byte, rest, kept };

    void connected(const boost::system::error_code& error);
    void shake_hands();
    void send();
    void send_rest(std::size_t sent);
    void read();
    void received(const boost::system::error_code& error, std::size_t bytes);
    void broken(const boost::system::error_code& error);
    bool parse(const boost::system::error_code& error);
    void finish();

    std::shared_ptr<Pool> pool_;
    Socket socket_;
    std::optional<asio::ssl::stream<Socket&>> tls_;
    std::shared_ptr<Pending> pending_;
    std::optional<Parser> parser_;
    std::string in_;
    std::size_t in_used_ = 0;
    std::string start_;  ///< the first bytes of the response, as evidence
    Phase phase_ = Phase::connecting;
    Steady::time_point since_;
    bool closed_ = false;
};

}  // namespace countersign::http
