// Accepting connections, the sweep over their time limits, and the orderly stop.
#include "adapters/http/listener.hpp"

#include "adapters/http/connection.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/write.hpp>

#include <fmt/format.h>
#include <sys/socket.h>

#include <vector>

namespace countersign::http {

namespace {

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

class TcpListener final : public Listener, public std::enable_shared_from_this<TcpListener> {
  public:
    TcpListener(ContextExecutor executor, ListenerOptions options, Service service)
        : executor_(executor),
          acceptor_(executor),
          sweeper_(executor),
          shared_(std::make_shared<Shared>(Shared{std::move(options), std::move(service)})) {}

    result<void> bind() {
        boost::system::error_code error;
        const auto address = asio::ip::make_address(shared_->options.address, error);
        const Tcp::endpoint endpoint(address, shared_->options.port);
        if (!error) acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(Acceptor::reuse_address(true), error);
        if (!error && shared_->options.share_port) acceptor_.set_option(ReusePort(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(Acceptor::max_listen_connections, error);
        if (error)
            return failure(ErrorKind::io,
                           fmt::format("cannot listen on {}:{}: {}", shared_->options.address,
                                       shared_->options.port, error.message()));
        return {};
    }

    std::uint16_t port() const override {
        boost::system::error_code ignored;
        return acceptor_.local_endpoint(ignored).port();
    }

    void start() override {
        asio::dispatch(executor_, [self = shared_from_this()] {
            self->accept();
            self->sweep_later();
        });
    }

    void stop(std::chrono::milliseconds grace, std::function<void()> done) override {
        asio::dispatch(executor_,
                       [self = shared_from_this(), grace, done = std::move(done)]() mutable {
                           boost::system::error_code ignored;
                           self->shared_->stopping = true;
                           self->acceptor_.close(ignored);
                           for (const auto& connection : self->connections_) connection->stop();
                           self->stop_by_ = Steady::now() + grace;
                           self->stopped_ = std::move(done);
                           self->finish_stop();
                       });
    }

  private:
    void accept() {
        acceptor_.async_accept([self = shared_from_this()](const auto& error, Socket socket) {
            if (!self->acceptor_.is_open()) return;
            if (!error) self->take(std::move(socket));
            // Out of descriptors: waiting for a sweep keeps the loop from spinning.
            if (error && error != asio::error::connection_aborted) {
                self->accept_waits_ = true;
                return;
            }
            self->accept();
        });
    }

    void take(Socket socket) {
        if (connections_.size() >= shared_->options.connections_max) forget_closed();
        if (connections_.size() >= shared_->options.connections_max) {
            static constexpr std::string_view full =
                "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n"
                "connection: close\r\n\r\n";
            boost::system::error_code ignored;
            socket.non_blocking(true, ignored);
            socket.write_some(asio::buffer(full), ignored);
            return;
        }
        connections_.push_back(std::make_shared<Connection>(std::move(socket), shared_));
        connections_.back()->start();
    }

    void sweep_later() {
        sweeper_.expires_after(shared_->options.sweep);
        sweeper_.async_wait([self = shared_from_this()](const auto& error) {
            if (error || self->ended_) return;
            self->sweep();
            self->sweep_later();
        });
    }

    void sweep() {
        const auto now = Steady::now();
        for (const auto& connection : connections_) connection->sweep(now);
        forget_closed();
        if (std::exchange(accept_waits_, false) && acceptor_.is_open()) accept();
    }

    void forget_closed() {
        std::erase_if(connections_, [](const auto& connection) { return !connection->open(); });
    }

    /// Ends when every connection has gone, or at the end of the grace.
    void finish_stop() {
        forget_closed();
        if (!connections_.empty() && Steady::now() < stop_by_) {
            sweeper_.expires_after(std::chrono::milliseconds(5));
            sweeper_.async_wait([self = shared_from_this()](const auto&) { self->finish_stop(); });
            return;
        }
        for (const auto& connection : connections_) connection->close();
        connections_.clear();
        ended_ = true;
        sweeper_.cancel();
        if (stopped_) std::exchange(stopped_, nullptr)();
    }

    ContextExecutor executor_;
    Acceptor acceptor_;
    SteadyTimer sweeper_;
    std::shared_ptr<Shared> shared_;
    std::vector<std::shared_ptr<Connection>> connections_;
    std::function<void()> stopped_;
    Steady::time_point stop_by_;
    bool accept_waits_ = false;
    bool ended_ = false;
};

}  // namespace

result<std::shared_ptr<Listener>> Listener::make(boost::asio::any_io_executor executor,
                                                 ListenerOptions options, Service service) {
    auto listener = std::make_shared<TcpListener>(context_executor(executor), std::move(options),
                                                  std::move(service));
    if (auto bound = listener->bind(); !bound) return bound.error();
    return std::shared_ptr<Listener>(std::move(listener));
}

}  // namespace countersign::http
