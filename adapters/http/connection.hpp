#pragma once
// One connection of a listener: reads requests one at a time, hands them to the service, writes the
// responses. Included by listener.cpp and connection.cpp only.

#include "adapters/http/listener.hpp"
#include "adapters/http/net.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>
#include <string>

namespace countersign::http {

/// What the connections of one listener share; lives on the listener's thread.
struct Shared {
    ListenerOptions options;
    Service service;
    bool stopping = false;
};

/// Lives on its listener's thread. Kept alive by its own pending operation, by the responder of the
/// request under way, and by the listener's list.
class Connection final : public Responder::Sink, public std::enable_shared_from_this<Connection> {
  public:
    Connection(Socket socket, std::shared_ptr<Shared> shared);

    void start();
    void respond(Response response) override;
    /// Closes it when it has stood still for longer than its phase allows.
    void sweep(Steady::time_point now);
    /// Closes it now if no request is under way, else after its response.
    void stop();
    void close();
    bool open() const { return socket_.is_open(); }

  private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    enum class Phase { idle, head, body, handling, writing, closing };

    void read();
    void received(const boost::system::error_code& error, std::size_t bytes);
    void parse();
    bool parse_head();
    bool head_done();
    bool parse_body();
    void handle();
    void refuse(unsigned status, std::string_view code, const Text& detail);
    void refuse_parse(const boost::system::error_code& error);
    void send(Response response);
    void send_rest(std::size_t sent);
    void written();
    void drain();
    void enter(Phase phase);
    bool host_fits() const;

    Socket socket_;
    std::shared_ptr<Shared> shared_;
    std::optional<Parser> parser_;
    Request request_;
    asio::any_io_executor executor_;
    std::string in_;           ///< bytes received and not yet parsed
    std::size_t in_used_ = 0;  ///< of them, parsed
    std::string out_head_;
    std::string out_body_;
    Phase phase_ = Phase::idle;
    Steady::time_point since_;
    std::size_t body_bytes_ = 0;  ///< received of the body so far
    bool close_after_ = false;
    bool answered_ = false;  ///< the request under way has its response
};

}  // namespace countersign::http
