#pragma once
// Sockets on the io_context of a shard's thread. Only sources that move bytes include this header:
// Asio is heavy. With the context's own executor no operation pays for type erasure.

#include "engine/base/check.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>

namespace countersign::http {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ContextExecutor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<Tcp, ContextExecutor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, ContextExecutor>;
using Steady = std::chrono::steady_clock;
using SteadyTimer = asio::basic_waitable_timer<Steady, asio::wait_traits<Steady>, ContextExecutor>;

/// Returns the io_context's executor behind `executor`; CHECKs that there is one.
inline ContextExecutor context_executor(const asio::any_io_executor& executor) {
    const ContextExecutor* inner = executor.target<ContextExecutor>();
    CHECK(inner != nullptr);
    return *inner;
}

}  // namespace countersign::http
