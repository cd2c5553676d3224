#pragma once
// What a deployment file (countersign.yaml) says: where the engine listens and keeps its data, how
// each department is reached, who people are. README.md is its reference.

#include "adapters/http/client.hpp"
#include "adapters/http/signature.hpp"
#include "definitions/diagnostics/diagnostic.hpp"
#include "engine/core/command.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::deployment {

/// Reached by HTTP (adapters/departments/push.hpp).
struct PushBinding {
    http::ClientOptions client;
    std::optional<http::Signer> signer;  ///< absent: what is sent is not signed
    bool signature_required = true;      ///< of what it posts to a callback
};
/// Its people answer in the console or the CLI.
struct WorklistBinding {};

/// How one department is reached, and what it may be burdened with.
struct Department {
    std::string id;
    std::variant<PushBinding, WorklistBinding> binding;
    std::uint32_t concurrency = 16;
    double rate_per_second = 0;  ///< 0: no cap
    core::RetryPolicy retry;
};

/// Somebody who may use the API.
struct Person {
    std::string id;
    std::vector<std::string> roles;
    std::string token;  ///< empty: cannot log in by token
};

/// A checked deployment. Paths are relative to the working directory or absolute.
struct Deployment {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8420;
    std::string url;                 ///< how departments reach this engine, without a final "/"
    std::vector<std::string> hosts;  ///< names that `Host` may have
    std::string data = "data";
    std::string calendar;  ///< id of the one that pages and lists use; may be empty
    std::vector<std::string> definitions;
    std::vector<Department> departments;
    std::vector<Person> people;
    std::optional<Instant> clock_start;
    double clock_speed = 1;
    unsigned shards = 0;  ///< 0: one a core
    std::string log_level = "info";
    std::string log_format = "text";

    const Department* department(std::string_view id) const;  ///< or null
};

/// What a file yields: `deployment` means something only while `found` holds no error.
struct Loaded {
    Deployment deployment;
    diagnostics::Diagnostics found;
};

/// Where secrets come from; tests give their own.
struct Environment {
    /// Returns an environment variable, or nothing.
    std::function<std::optional<std::string>(const std::string& name)> variable;
    static Environment of_process();
};

/// Reads the file at `path` and the secrets that it names. Never fails: what is wrong is in
/// `found`.
Loaded load(const std::string& path, const Environment& environment = Environment::of_process());

/// The same from a text; relative paths in it are taken from `folder`.
Loaded load_text(const std::string& name, std::string text, const std::string& folder,
                 const Environment& environment = Environment::of_process());

/// Returns the secret in the file at `path`, after making it from 32 random bytes (base64, mode
/// 0600, synced before it gets its name) when there is none. Fails with io.
result<std::string> load_or_make_secret(const std::string& path);

}  // namespace countersign::deployment
