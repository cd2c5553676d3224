#pragma once
// Assembling a server by hand: store, clock, engine, departments, HTTP, in this order, and their
// end in the reverse one.

#include "adapters/deployment/deployment.hpp"
#include "definitions/workspace.hpp"
#include "engine/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace countersign::serve {

/// What a server is made of beside its deployment.
struct ServeOptions {
    /// The deployment's documents, read and checked without errors.
    std::vector<definitions::SourceFile> sources;
    definitions::Deployable deployable;
    /// File of the first operator's token, made when it is not there; empty: operator.token in the
    /// deployment's data folder.
    std::string operator_token_file;
    std::string version = "0.1.0";
    /// Called once, from any thread, when the engine cannot go on: stop, report, exit non-zero.
    std::function<void(const Error&)> on_failure;
};

/// A running server. One a process: it stands on threads of its own.
class Running {
  public:
    virtual ~Running() = default;
    /// Where departments and people reach it; with port 0 in the deployment, the port chosen.
    virtual const std::string& url() const = 0;
    /// The file that holds the first operator's token.
    virtual const std::string& operator_token_file() const = 0;
    /// Requests under way end (at most `grace`), what is decided is committed, everything closes.
    virtual void stop(std::chrono::milliseconds grace = std::chrono::seconds(5)) = 0;
};

/// Opens the store (made when it is not there), recovers, deploys the processes, and serves. Fails
/// with what was tried: the address or the data folder in use, a department that a process asks and
/// that has no binding, a store that does not read back.
result<std::unique_ptr<Running>> start(const deployment::Deployment& deployment,
                                       ServeOptions options);

}  // namespace countersign::serve
