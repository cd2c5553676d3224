#pragma once
// push: a department with an HTTP service. CloudEvents 1.0 bodies, signed as Standard Webhooks
// (adapters.md, "On the wire").

#include "adapters/http/client.hpp"
#include "adapters/http/signature.hpp"
#include "engine/runtime/adapter.hpp"

#include <memory>
#include <optional>
#include <string>

namespace countersign::departments {

/// How one department is reached by push.
struct PushConfig {
    std::string department;
    http::ClientOptions client;          ///< its URL and limits
    std::optional<http::Signer> signer;  ///< absent: unsigned, for departments that cannot verify
    std::string source = "countersign";  ///< CloudEvents `source`: this engine
    std::chrono::milliseconds cancel_retry{1'000};  ///< before a cancellation is repeated first
};

/// Makes the adapter. Fails with invalid when TLS files cannot be read. `executor` must be an
/// io_context's.
result<std::unique_ptr<runtime::Adapter>> make_push(PushConfig config,
                                                    boost::asio::any_io_executor executor);

/// Returns the CloudEvents body of a call: the same bytes on every attempt.
std::string push_body(const runtime::OutboundCall& call, std::string_view source);

/// Returns what a response, or the lack of one, means for the attempt.
runtime::SendResult push_result(const http::ExchangeResult& exchange, Instant real_now);

}  // namespace countersign::departments
