#pragma once
// The calendars of the library, as the program carries them.

#include <string_view>
#include <vector>

namespace countersign::definitions {

/// A calendar document that needs no file.
struct ShippedCalendar {
    std::string_view id;
    std::string_view text;  ///< its YAML
};

/// Returns the documents of definitions/library/calendars, ordered by id.
const std::vector<ShippedCalendar>& shipped_calendars();

}  // namespace countersign::definitions
