#pragma once
// Listener: an HTTP/1.1 server on one thread's executor, with the limits of trust.md §2.7. Several
// of them may share a port (SO_REUSEPORT), one a shard.

#include "adapters/http/message.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace countersign::http {

/// Bounds in real time and number; the defaults are trust.md §2.7's.
struct ListenerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;   ///< 0: the system chooses, see Listener::port
    bool share_port = false;  ///< other listeners of this process bind the same port
    std::size_t connections_max = 4'096;
    std::size_t fields_max = 64;
    std::chrono::milliseconds head_time{5'000};   ///< from the first byte of a head to its last
    std::chrono::milliseconds body_grace{5'000};  ///< then 1 KiB/s are the least
    std::chrono::milliseconds idle_time{30'000};
    std::chrono::milliseconds write_time{30'000};
    std::chrono::milliseconds sweep{500};  ///< how often the bounds are looked at
    /// Names that `Host` may have, without port and in lower case; empty: any.
    std::vector<std::string> hosts;
};

class Listener {
  public:
    /// Binds and listens; nothing is accepted before start(). Fails with io, naming the address.
    /// `executor` must be an io_context's that one thread runs.
    static result<std::shared_ptr<Listener>> make(boost::asio::any_io_executor executor,
                                                  ListenerOptions options, Service service);
    virtual ~Listener() = default;

    virtual std::uint16_t port() const = 0;
    /// Begins to accept. Any thread.
    virtual void start() = 0;
    /// Stops accepting, closes idle connections, lets running requests end for at most `grace`,
    /// then calls `done` on its executor. Any thread; once.
    virtual void stop(std::chrono::milliseconds grace, std::function<void()> done) = 0;
};

}  // namespace countersign::http
