#pragma once
// A played department: an HTTP service that answers calls as a profile says, for demonstrations and
// for whoever builds a process.

#include "adapters/http/signature.hpp"
#include "cli/department/profile.hpp"
#include "engine/base/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace countersign::cli {

struct PlayedOptions {
    std::string name;        ///< shown in its log lines
    std::uint16_t port = 0;  ///< 0: any free one
    Profile profile;
    double speed = 1;                    ///< case seconds a real second, as the engine has it
    std::optional<http::Signer> signer;  ///< checks calls and signs answers; absent: neither
    std::string journal;                 ///< file that gets a line a request; empty: none
};

/// Serves on 127.0.0.1 until SIGTERM or SIGINT. `ready` is called with the port once it listens.
/// A call repeated gets the same answer, and is answered once. Fails with io when it cannot listen
/// or open the journal.
result<void> play_department(PlayedOptions options,
                             const std::function<void(std::uint16_t)>& ready);

}  // namespace countersign::cli
