#pragma once
// result<T>: a value, or the Error that kept the world from giving it (style.md, "ERRORS").

#include "engine/base/text.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace countersign {

/// What kind of failure it was, for whoever has to decide between retrying and giving up.
enum class ErrorKind {
    not_found,    ///< the thing named does not exist
    invalid,      ///< outside bytes or text that cannot be what they should be
    conflict,     ///< it exists already, with other content
    unavailable,  ///< may work when tried again: network, overload, stopping
    io,           ///< disk, socket or operating system
    corrupt,      ///< stored bytes that we wrote and that do not read back
};

/// A failure of the world. `message` says what was tried and why it failed, for a person, in
/// English; failures that users cause or can mend say it in Chinese, too.
struct Error {
    ErrorKind kind = ErrorKind::io;
    std::string message;
    std::string message_zh;  ///< empty where only who keeps the machine can do something about it
    Text text() const { return {message, message_zh}; }
};

/// Called by Boost when value() is asked of a failed result: we were wrong, so it aborts.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& place);

template <class T>
using result = boost::system::result<T, Error>;

/// Returns a failed result of any type.
inline Error failure(ErrorKind kind, std::string message) {
    return Error{kind, std::move(message), {}};
}
inline Error failure(ErrorKind kind, Text message) {
    return Error{kind, std::move(message.en), std::move(message.zh)};
}

}  // namespace countersign
