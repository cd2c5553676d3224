#pragma once
// The calendars that a command without a server reckons by.

#include "cli/failure.hpp"
#include "engine/calendar/calendar.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::cli {

/// Calendars whose documents were found, and the one that is meant when none is named.
struct FoundCalendars {
    calendar::Calendars all;
    std::string usual;

    std::vector<std::string> given = {};  ///< ids of those found in documents

    /// Whether a document was found that has this id.
    bool is_given(std::string_view id) const;
    /// Returns the calendar of that id, the usual one for an empty id. Exit::usage when there is
    /// none.
    outcome<const calendar::Calendar*> pick(std::string_view id) const;
};

/// Reads the calendar documents below the paths; without any, those that the nearest
/// countersign.yaml upwards from the working folder names. The calendars that the program carries
/// are there, too, where no document has their id. Exit::usage when a path cannot be read,
/// Exit::refused, after their mistakes are shown in `language`, when documents have any.
outcome<FoundCalendars> find_calendars(const std::vector<std::string>& paths,
                                       std::string_view language);

/// Reads one document, or a folder whose calendars end in one, and returns that calendar with its
/// layers; also the id of one that the program carries. Errors as above.
outcome<std::shared_ptr<const calendar::Calendar>> read_calendar(const std::string& path,
                                                                 std::string_view language);

}  // namespace countersign::cli
