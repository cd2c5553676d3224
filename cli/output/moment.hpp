#pragma once
// Times and durations as people read them.

#include "engine/base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::cli {

/// Returns "Tue 2026-02-10 10:00" (zh: "周二 2026-02-10 10:00") `offset_minutes` east of UTC.
std::string moment(Instant at, int offset_minutes, std::string_view language);

/// Returns the same without the year, for dense lists: "Tue 02-10 10:00".
std::string short_moment(Instant at, int offset_minutes, std::string_view language);

/// Returns a length in its two largest units: "3 d 4 h", "2 h 5 min", "12 s", "350 ms"; a negative
/// one with a minus sign. `language` zh: "3 天 4 小时".
std::string readable(Duration length, std::string_view language);

/// Returns working time in days of `day_ms`, hours and minutes: "7wd 3wh 20min", "0"; `language`
/// zh: "7工作日3小时20分". Seconds are cut off.
std::string working(std::int64_t ms, std::int64_t day_ms, std::string_view language);

/// Returns the offset of an RFC 3339 text in minutes east of UTC, 0 for "Z" or when there is none.
int offset_of(std::string_view rfc3339_text);

}  // namespace countersign::cli
