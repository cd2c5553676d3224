#pragma once
// One calendar document as it stands, before layers are laid over one another.

#include "definitions/yaml/tree.hpp"
#include "engine/calendar/calendar.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace countersign::definitions {

/// A day that a document names. `day.notice` counts within the document.
struct NamedDay {
    calendar::SpecialDay day;
    diagnostics::Span span;
    bool is_make_up = false;  ///< from `work`
};

struct CalendarDocument {
    bool ok = false;  ///< false: it has errors and nothing may be laid over it
    std::string id;
    diagnostics::Span id_span;
    std::uint32_t version = 0;
    Text title;
    std::optional<std::string> extends;
    diagnostics::Span extends_span;
    std::optional<std::int32_t> offset_minutes;
    std::array<std::optional<std::vector<calendar::Hours>>, 7>
        week;                               ///< Monday first; absent: not named
    std::vector<std::int32_t> years;        ///< ascending
    std::vector<calendar::Notice> notices;  ///< one a year
    std::vector<NamedDay> days;             ///< by date, unique
};

/// Reads the mapping `root`, adding what is wrong with it.
CalendarDocument read_calendar_document(const yaml::Node& root,
                                        diagnostics::Diagnostics& diagnostics);

}  // namespace countersign::definitions
