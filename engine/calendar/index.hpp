#pragma once
// The index over a calendar's days, seen by this room only. Two counts grow along the dates:
// working days and working milliseconds before a date. Where days are named one by one they are
// looked up in a table; outside, the weekly pattern repeats and the counts follow by division. Both
// counts start at the table's first Monday and are negative before it.

#include "engine/calendar/calendar.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace countersign::calendar {

/// The working time of one kind of day.
struct DayPattern {
    std::vector<Hours> hours;   ///< empty: no working day
    std::int64_t total_ms = 0;  ///< working milliseconds of the day
    std::int64_t close_ms = 0;  ///< close of business, milliseconds since midnight; at most 24 h

    bool works() const { return total_ms > 0; }
    /// Returns the working milliseconds of the day before `ms_of_day`.
    std::int64_t worked_ms(std::int64_t ms_of_day) const;
    /// Returns the first millisecond of the day at which `worked` (1 … total_ms) has been worked.
    std::int64_t time_of(std::int64_t worked) const;
};

class Calendar {
  public:
    explicit Calendar(CalendarData data);

    const CalendarData& data() const { return data_; }
    const DayPattern& day(Date date) const;
    /// Returns the number of working days before `date`.
    std::int64_t working_days_before(Date date) const { return before(date).days; }
    /// Returns the date that has `index` working days before it and is one itself.
    Date working_day(std::int64_t index) const;
    /// Returns the number of working days whose close lies at or before `at`.
    std::int64_t closes_until(Instant at) const;
    /// Returns the working milliseconds before `at`.
    std::int64_t worked_ms_before(Instant at) const;
    /// Returns the first instant that has `worked` working milliseconds before it.
    Instant instant_of_worked(std::int64_t worked) const;
    /// Whether a notice covers the year of `date`.
    bool certain(Date date) const { return first_certain_ <= date && date <= last_certain_; }

    LocalTime local(Instant at) const { return local_time(at, data_.offset_minutes); }
    Instant at(Date date, std::int64_t ms_of_day) const {
        return instant_of(date, ms_of_day, data_.offset_minutes);
    }

  private:
    struct Before {
        std::int64_t ms = 0;
        std::int64_t days = 0;
    };
    struct Row {
        Before before;
        std::uint32_t pattern = 0;  ///< index into patterns_; unused in the last row
    };

    std::uint32_t intern(const std::vector<Hours>& hours);
    void index_week();
    void index_days();
    Before before(Date date) const;
    bool in_table(Date date) const { return first_ <= date && date < end_; }

    CalendarData data_;
    std::vector<DayPattern> patterns_;
    std::array<std::uint32_t, 7> week_pattern_{};  ///< Monday first
    std::array<Before, 8> week_before_{};          ///< [7] is the whole week
    std::vector<std::int32_t> week_working_days_;  ///< 0 = Monday … 6 = Sunday
    Date first_;                                   ///< the table: Mondays, [first_, end_)
    Date end_;
    std::vector<Row> rows_;  ///< one a date, and one for end_
    std::vector<Date> table_working_days_;
    Date first_certain_;
    Date last_certain_;
};

}  // namespace countersign::calendar
