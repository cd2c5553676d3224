#pragma once
// HeldPort: a port that the system chose, kept until listeners have it. Departments are told where
// to answer before anything listens.

#include "engine/base/result.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace countersign::http {

/// Owns a socket that is bound and does not listen; listeners that share the port may bind it too.
class HeldPort {
  public:
    /// Has the system choose a port of `address`. Fails with io, naming the address.
    static result<std::unique_ptr<HeldPort>> choose(const std::string& address);

    std::uint16_t port() const;

  private:
    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor socket_{context_};
};

}  // namespace countersign::http
