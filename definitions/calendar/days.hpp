#pragma once
// The small texts of calendar documents: dates, ranges, hours, offsets.

#include "definitions/yaml/tree.hpp"
#include "engine/base/date.hpp"
#include "engine/calendar/calendar.hpp"

#include <optional>
#include <vector>

namespace countersign::definitions {

/// Reads "2026-02-14"; else adds CS4001.
std::optional<Date> read_date(const yaml::Node& node, diagnostics::Diagnostics& diagnostics);

/// Reads "2026-02-14" or "2026-02-15..2026-02-23" as its days, both ends included; else adds CS4001
/// or CS4002.
std::optional<std::vector<Date>> read_days(const yaml::Node& node,
                                           diagnostics::Diagnostics& diagnostics);

/// Reads a list of "09:00-12:00", may be empty; else adds CS4005.
std::optional<std::vector<calendar::Hours>> read_hours(const yaml::Node& node,
                                                       diagnostics::Diagnostics& diagnostics);

/// Reads "+08:00" as minutes east of UTC; else adds CS4010.
std::optional<std::int32_t> read_offset(const yaml::Node& node,
                                        diagnostics::Diagnostics& diagnostics);

}  // namespace countersign::definitions
