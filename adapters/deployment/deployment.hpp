#pragma once
// What a deployment file (countersign.yaml) says: where the engine listens and keeps its data, how
// each department is reached, who people are. README.md is its reference.

#include "adapters/http/client.hpp"
#include "adapters/http/signature.hpp"
#include "definitions/diagnostics/diagnostic.hpp"
#include "definitions/workspace.hpp"
#include "engine/base/date.hpp"
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

/// Who acts for a person while that one is away.
struct Delegate {
    std::string to;  ///< id of another person
    Date from;       ///< both days included, as the deployment's calendar counts them
    Date until;
};

/// Somebody who may use the API.
struct Person {
    std::string id;
    std::vector<std::string> roles;
    std::string token;                     ///< empty: cannot log in by token
    std::vector<Delegate> delegates = {};  ///< they have these roles, but "applicant", meanwhile
    Text name = {};                        ///< what others read instead of the id; may be empty
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
    std::uint64_t cases_in_flight = 0;  ///< open cases at most; 0: any number
    std::string log_level = "info";
    std::string log_format = "text";

    const Department* department(std::string_view id) const;  ///< or null
};

/// A name in the file that only definitions can prove right, and where it stands.
struct NameUse {
    enum class Kind { role, calendar, department };
    Kind kind = Kind::role;
    std::string name;
    diagnostics::Span span;
};

/// What a file yields: `deployment` means something only while `found` holds no error.
struct Loaded {
    Deployment deployment;
    diagnostics::Diagnostics found;
    std::vector<NameUse> names;     ///< in the order of the file
    diagnostics::Span departments;  ///< where the key stands, else the file as a whole
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

/// A department that a process asks and that the deployment does not bind.
struct Unbound {
    std::string department;
    std::string process;  ///< the first that asks it
};
std::vector<Unbound> unbound_departments(const Deployment& deployment,
                                         const std::vector<model::Process>& processes);
Text text_of(const Unbound& unbound);

/// Adds to `loaded.found` what the checked definitions prove wrong: roles, calendars and
/// departments that none of them has (CS3012 … CS3014), departments that a process asks and that
/// are not bound (CS3015). A name that is near to none of a set that may still grow by a later
/// deployment is a warning.
void check_names(Loaded& loaded, const definitions::Deployable& deployable);

/// Returns the secret in the file at `path`, after making it from 32 random bytes (base64, mode
/// 0600, synced before it gets its name) when there is none. Fails with io.
result<std::string> load_or_make_secret(const std::string& path);

}  // namespace countersign::deployment
