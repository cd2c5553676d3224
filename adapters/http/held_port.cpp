// A port of the system's choice, bound so that listeners can share it and nobody else gets it.
#include "adapters/http/held_port.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

namespace countersign::http {

namespace asio = boost::asio;

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

result<std::unique_ptr<HeldPort>> HeldPort::choose(const std::string& address) {
    auto held = std::make_unique<HeldPort>();
    boost::system::error_code error;
    const asio::ip::tcp::endpoint any(asio::ip::make_address(address, error), 0);
    if (!error) held->socket_.open(any.protocol(), error);
    if (!error) held->socket_.set_option(ReusePort(true), error);
    if (!error) held->socket_.bind(any, error);
    if (error)
        return failure(ErrorKind::io,
                       fmt::format("cannot listen on {}: {}", address, error.message()));
    return held;
}

std::uint16_t HeldPort::port() const { return socket_.local_endpoint().port(); }

}  // namespace countersign::http
