#pragma once
// How a command ends: its exit code, and a failure that names the place and the cure.

#include "engine/base/text.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace countersign::cli {

/// What the program returns to its caller; README.md tells them to users.
enum class Exit {
    ok = 0,
    refused = 1,      ///< errors were found, or the server or engine said no
    usage = 2,        ///< wrong arguments, or a file that cannot be read
    unreachable = 3,  ///< no server answered
};

/// Why a command could not do what it was asked for: what was tried and what came of it, and what
/// to do about it (may be empty). Sentences without a final full stop.
struct Failure {
    Exit exit = Exit::refused;
    Text what;
    Text cure;
};

/// Called by Boost when value() is asked of a failed outcome: we were wrong, so it aborts.
[[noreturn]] void throw_exception_from_error(const Failure& failure,
                                             const boost::source_location& place);

/// A value, or the failure that kept the command from it.
template <class T>
using outcome = boost::system::result<T, Failure>;

/// Returns a failed outcome of any type.
inline Failure fail(Exit exit, Text what, Text cure = {}) {
    return Failure{exit, std::move(what), std::move(cure)};
}

/// Chooses the language, "en" or "zh", of the failures that are reported from now on. For main,
/// before any thread is started.
void report_in(std::string_view language);

/// Says the failure on standard error and returns its exit code.
int report(const Failure& failure);

/// Returns the number that the process exits with.
inline int code_of(Exit exit) { return static_cast<int>(exit); }

}  // namespace countersign::cli
