#pragma once
// Offsets of time zones, by "+08:00" or by name ("Asia/Shanghai") from the machine's zone data.

#include <cstdint>
#include <optional>
#include <string_view>

namespace countersign::expr {

/// Returns how many seconds a zone's clocks are ahead of UTC at an instant, in seconds since 1970;
/// nothing when the zone is neither an offset nor a name of the IANA's data on this machine (of
/// "UTC" none is needed). What an expression yields is kept in the events, so that a replay does
/// not depend on this data.
std::optional<std::int64_t> zone_offset(std::string_view zone, std::int64_t at);

}  // namespace countersign::expr
