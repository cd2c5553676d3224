#pragma once
// Questions about due times and lengths, as people write them, and their answers.

#include "cli/failure.hpp"
#include "engine/calendar/calendar.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::cli {

/// A point of time as it was written: a day alone, or a moment.
struct Written {
    Instant at;  ///< of a day its first moment
    bool is_day = false;
};

/// Reads "2026-02-13", "2026-02-13 10:00" on the calendar's wall clock, or RFC 3339. Exit::usage
/// when it is none.
outcome<Written> read_point(const calendar::Calendar& calendar, std::string_view text);

struct DueAnswer {
    Written from;
    calendar::Limit limit;
    calendar::Due due;
    std::string text;  ///< "2026-02-27" for days from a day, else "2026-02-27 17:00"
};

/// Returns when a limit ends that begins at `from`. Exit::usage when one of the texts is none.
outcome<DueAnswer> due_from(const calendar::Calendar& calendar, std::string_view from,
                            std::string_view limit, const calendar::Counting& counting);

struct BetweenAnswer {
    Written from;
    Written to;
    std::int64_t working_days = 0;  ///< whose close lies behind `from`, and not behind `to`
    std::int64_t working_ms = 0;    ///< of two days: from the first's end to the second's end
    bool provisional = false;
    std::string text;  ///< "5wd"; with a moment among the two also the working time
};

/// Returns the working days and hours between two points; a day's are counted as limits count them:
/// not the first day, the last one whole. Exit::usage when a text is no point or they stand the
/// wrong way round.
outcome<BetweenAnswer> between(const calendar::Calendar& calendar, std::string_view from,
                               std::string_view to);

/// Two words of a line: "2026-02-13 5wd", "2026-02-13 10:00 5wd", "2026-02-13 2026-02-27 12:00". A
/// time of day belongs to the day before it; quotation marks, a leading "due" or "between", and
/// commas between are passed over. Exit::usage when there are not two.
struct Pair {
    std::string first;
    std::string second;
};
outcome<Pair> read_pair(std::string_view line);

/// Returns "2026-02-27 17:00" on the calendar's wall clock.
std::string wall_text(const calendar::Calendar& calendar, Instant at);

/// Whether times of that year are computed from the weekly pattern alone.
bool is_provisional(const calendar::Calendar& calendar, Instant at);

}  // namespace countersign::cli
