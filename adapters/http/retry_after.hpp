#pragma once
// The header Retry-After (RFC 9110 §10.2.3).

#include "engine/base/time.hpp"

#include <optional>
#include <string_view>

namespace countersign::http {

/// Returns how long to wait: seconds, or the time until an HTTP date counted from `now`; never
/// negative and at most a day. Nothing when the text is neither.
std::optional<Duration> parse_retry_after(std::string_view text, Instant now);

}  // namespace countersign::http
