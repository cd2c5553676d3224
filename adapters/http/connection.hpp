#pragma once
// One connection of a listener: reads requests one at a time, hands them to the service, writes the
// responses. Included by listener.cpp and connection.cpp only.

#include "adapters/http/listener.hpp"
#include "adapters/http/net.hpp"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/parser.hpp>

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

/// A body that Beast's parser appends to a text. Unlike Beast's own it reserves nothing on a
/// client's word, and the text may be taken away between two calls.
struct GatheredBody {
    using value_type = std::string;
    class reader {
      public:
        template <bool is_request, class Fields>
        reader(boost::beast::http::header<is_request, Fields>&, value_type& body) : body_(body) {}
        void init(const boost::optional<std::uint64_t>&, boost::system::error_code& error) {
            error = {};
        }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
            error = {};
            const std::size_t before = body_.size();
            for (const asio::const_buffer piece : boost::beast::buffers_range_ref(buffers))
                body_.append(static_cast<const char*>(piece.data()), piece.size());
            return body_.size() - before;
        }
        void finish(boost::system::error_code& error) { error = {}; }

      private:
        value_type& body_;
    };
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
    using Parser = boost::beast::http::request_parser<GatheredBody>;
    enum class Phase { idle, head, body, handling, writing, closing };

    void read();
    void received(const boost::system::error_code& error, std::size_t bytes);
    void parse();
    bool parse_head();
    bool head_done();
    bool parse_body();
    bool feed_body(std::size_t enough);
    bool open_body();
    void stream_body();
    void hand_over();
    void taken();
    void drop_sink();
    void handle();
    void refuse(unsigned status, std::string_view code, const Text& detail);
    void refuse_parse(const boost::system::error_code& error);
    void send(Response response);
    void send_rest(std::size_t sent);
    void written();
    void next_piece();
    void piece_came(result<std::string> piece);
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
    std::shared_ptr<BodySink> sink_;
    std::shared_ptr<BodySource> source_;
    std::uint64_t source_left_ = 0;
    bool waits_ = false;    ///< for the sink or the source: the other side is not to blame
    bool expects_ = false;  ///< the client sends its body when it is told to
    bool opening_ = false;  ///< the service is being asked for a sink
    bool close_after_ = false;
    bool answered_ = false;  ///< the request under way has its response
};

}  // namespace countersign::http
