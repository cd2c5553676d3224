#pragma once
// Calendar documents (definitions/library/calendars/README.md) → calendar::CalendarData.

#include "definitions/yaml/tree.hpp"
#include "engine/calendar/calendar.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace countersign::definitions {

/// Loads the calendar documents among `roots` (mappings whose first key is `calendar`), with their
/// `extends` layers merged, each by its id. Calendars with an error, and those laid over one, are
/// left out; what is wrong is in `diagnostics`. Extends are looked up among `roots` only, in any
/// order. Never throws.
std::map<std::string, calendar::CalendarData, std::less<>> load_calendars(
    const std::vector<const yaml::Node*>& roots, diagnostics::Diagnostics& diagnostics);

}  // namespace countersign::definitions
