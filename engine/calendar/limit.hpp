#pragma once
// Bounds of what this room computes with, seen by this room only.

#include "engine/calendar/calendar.hpp"

#include <algorithm>
#include <cstdint>

namespace countersign::calendar {

/// Returns the largest count that a limit of `unit` may have (engine/base/limits.hpp).
std::int64_t count_max(Unit unit);

/// Returns `at`, or the nearest instant of the years 0001 … 9999: beyond, dates are not defined,
/// and a department's wild time stamp must not overflow the arithmetic.
inline constexpr Instant within_years(Instant at) {
    return Instant{std::clamp<std::int64_t>(at.ms, -62'135'510'400'000, 253'402'214'400'000)};
}

}  // namespace countersign::calendar
