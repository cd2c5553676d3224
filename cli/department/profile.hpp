#pragma once
// A profile: how a played department answers. README.md of this room has its format.

#include "definitions/diagnostics/diagnostic.hpp"
#include "engine/base/time.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::cli {

/// What a department that misbehaves does instead of answering.
enum class Fault {
    none,
    error,    ///< HTTP 500
    refuse,   ///< HTTP 422
    garbage,  ///< 200 with bytes that are no JSON
    html,     ///< 200 with a page of a login portal
    huge,     ///< 200 with ten million bytes
    silence,  ///< the connection stays open and nothing comes
};

/// One way in which an operation may be answered.
struct Answer {
    /// Members of the call's input and what they must be ("site.address" looks into records); with
    /// any, only calls that fit are answered so.
    std::map<std::string, boost::json::value> when;
    std::uint32_t round = 0;     ///< of the step, the first is 1; 0: any
    std::uint64_t share = 1;     ///< of the calls, against the other answers' shares
    Duration after;              ///< case time until it answers; 0: in the response itself
    std::optional<Duration> at;  ///< then it waits for this time of the day, China's wall clock
    std::string outcome;
    boost::json::object result;
    std::string note;
    boost::json::array missing;  ///< papers and fields that a supplement asks for: {id, reason}
    Fault fault = Fault::none;
    std::uint32_t fault_attempts = 0;  ///< the first attempts of each call that go wrong; 0: all
};

/// What a played department looks at of a call.
struct PlayedCall {
    std::string operation;
    std::string id;
    std::uint32_t round = 1;
    boost::json::value input;
};

/// The answers by operation; "*" stands for every operation that is not named.
struct Profile {
    std::map<std::string, std::vector<Answer>, std::less<>> operations;

    /// Returns the answer for a call, always the same one for the same call, or nothing when the
    /// profile has none for it. Answers that are meant for such calls (`when`, `round`) go before
    /// those for any. Who has one for a meeting and none for its slots can keep all that are
    /// offered.
    std::optional<Answer> answer(const PlayedCall& call) const;
};

/// Returns how long in case time a department takes that was asked at `asked`.
Duration answering_time(const Answer& answer, Instant asked);

/// Reads a profile. What is wrong with it is in `found`; then there is no value.
std::optional<Profile> read_profile(const std::string& path, diagnostics::Diagnostics& found);

}  // namespace countersign::cli
