#pragma once
// Readers of the values that deployment files have: durations, rates, secrets, addresses. Used by
// this folder's sources only.

#include "adapters/deployment/deployment.hpp"
#include "definitions/yaml/access.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::deployment {

using diagnostics::Diagnostics;
using yaml::Node;

/// A delegation and where it stands; it can be judged once all people are read.
struct DelegateUse {
    std::string of;
    Delegate delegate;
    diagnostics::Span span;  ///< of the name behind `to`
};

/// What all readers share.
struct Reading {
    Diagnostics& found;
    std::string folder;  ///< where relative paths start
    const Environment& environment;
    std::vector<NameUse>& names;
    std::vector<DelegateUse> delegates = {};

    /// Adds an error of this room.
    void error(std::string_view code, const Node& node, Text message, Text suggestion = {}) const;
    /// Returns `path` as seen from the working directory.
    std::string path(const std::string& given) const;
};

/// The cure for a text that is no URL, and that for a secret that is none.
extern const Text url_cure;
extern const Text make_secret_cure;

// Each returns the value, or nothing after a diagnostic.

/// "500ms", "1s", "10min", "2h", within [least, most].
std::optional<std::chrono::milliseconds> read_duration(Reading& reading, const Node& node,
                                                       const Text& what, Duration least,
                                                       Duration most);
/// "50/s", "10/min", "100/h": as a number a second.
std::optional<double> read_rate(Reading& reading, const Node& node, const Text& what);
/// An integer within [least, most].
std::optional<std::int64_t> read_whole(Reading& reading, const Node& node, const Text& what,
                                       std::int64_t least, std::int64_t most);
/// One of the words.
std::optional<std::string> read_word(Reading& reading, const Node& node, const Text& what,
                                     const std::vector<std::string>& words);
/// {file: path} or {env: NAME} or {value: text}: the text, without line breaks at its end.
std::optional<std::string> read_secret(Reading& reading, const Node& node, const Text& what);
/// {url, secret, signature, timeouts, tls}.
std::optional<PushBinding> read_push(Reading& reading, const Node& node, const std::string& id);
/// {first, factor, most, attempts}.
core::RetryPolicy read_retry(Reading& reading, const Node& node);
/// [{to, from, until}]: who acts for `person`.
void read_delegates(Reading& reading, const Node& node, Person& person);
/// Refuses those that name nobody, the person itself, or each other for the same days (CS3016).
void check_delegates(Reading& reading, const Deployment& read);

}  // namespace countersign::deployment
