#pragma once
// What the tests of sockets share: a loop that runs until something happened, a raw client, and a
// server that sends whatever bytes a test wants.

#include "adapters/http/net.hpp"

#include <boost/asio/write.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace countersign::tests {

using http::Socket;
using http::Tcp;

/// Runs the context until `done` holds; fails the test after 20 seconds of real time.
void run_until(boost::asio::io_context& context, const std::function<bool()>& done);

/// Sends bytes to 127.0.0.1:port and returns all that comes until `enough` holds of it or the other
/// side closes; sets `closed` then.
struct RawClient {
    RawClient(boost::asio::io_context& context, std::uint16_t port);
    void send(const std::string& bytes);
    /// Begins to send; the bytes go as far as the other side takes them while the context runs.
    void begin_to_send(std::string bytes);
    /// Reads until what came satisfies `enough`, or the other side closed.
    std::string read(const std::function<bool(const std::string&)>& enough);
    /// Reads one whole response that has a content-length.
    std::string response();
    bool closed = false;

  private:
    void read_some();
    boost::asio::io_context& context_;
    Socket socket_;
    std::string in_;
    bool reading_ = false;
    char buffer_[4096];
};

/// A server on 127.0.0.1 that hands each request's text to `answer` and sends what it returns; an
/// empty return sends nothing, and "close" closes.
class RawServer {
  public:
    RawServer(boost::asio::io_context& context,
              std::function<std::string(const std::string&)> answer);
    ~RawServer();
    std::uint16_t port() const;
    std::size_t accepted() const;
    /// Closes every connection that is open now.
    void drop();
    /// The bytes sent so far and accepted by the kernel.
    std::size_t sent() const;

  private:
    struct Inside;
    std::shared_ptr<Inside> inside_;
};

/// Returns a response of that status and body with its content-length.
std::string http_text(unsigned status, const std::string& body,
                      const std::string& fields = "content-type: application/json\r\n");

}  // namespace countersign::tests
