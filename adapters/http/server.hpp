#pragma once
// The HTTP server of an engine: one listener on each shard's thread, all on one port, with the API
// of README.md behind them.

#include "adapters/deployment/deployment.hpp"
#include "adapters/http/signature.hpp"
#include "definitions/workspace.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/store/blobs.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace countersign::http {

struct ServerOptions {
    /// Key of the callbacks' capabilities; the one that callback_urls was given.
    Signer capabilities;
    /// Token of the first operator ("operator"), beside the people of the deployment; may be empty.
    std::string operator_token;
    /// The documents that are deployed: POST /v1/deployments checks new ones together with them.
    std::vector<definitions::SourceFile> sources;
    std::string version = "0.1.0";
    /// The departments among them: what they are called.
    std::vector<definitions::DepartmentDefinition> departments;
    /// Where the contents of papers are kept; must be given and outlive the server.
    store::Blobs* blobs = nullptr;
    /// A HeldPort holds the deployment's port for the listeners.
    bool port_held = false;
};

/// A running server. Must be stopped, and destroyed, before its engine is.
class Server {
  public:
    virtual ~Server() = default;
    virtual std::uint16_t port() const = 0;
    /// Stops accepting, lets requests under way end for at most `grace`; returns when no connection
    /// is left. Not from a shard's thread. May be called twice.
    virtual void stop(std::chrono::milliseconds grace = std::chrono::seconds(5)) = 0;
};

/// Binds the deployment's address and starts to serve. `engine` must be started and outlive the
/// server. Fails with io when the address cannot be bound.
result<std::unique_ptr<Server>> start_server(runtime::Engine& engine,
                                             const deployment::Deployment& deployment,
                                             ServerOptions options);

/// Returns what EngineConfig::callback_url wants: the absolute URL of a call's answer with its
/// capability; the same for a call for as long as `base` and the key stay.
std::function<std::string(const CallId&)> callback_urls(std::string base, Signer capabilities);

}  // namespace countersign::http
