#pragma once
// What a calendar says of days: their kind, whole years, and what another one says otherwise.

#include "engine/base/text.hpp"
#include "engine/calendar/calendar.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace countersign::cli {

/// A day as a calendar has it.
struct Day {
    Date date;
    bool works = false;
    std::vector<calendar::Hours> hours;  ///< empty unless it works
    Text name;                           ///< of the holiday or order that names the day, or empty
    std::string notice;                  ///< its notice's number
    bool named = false;                  ///< not by its weekday alone
};
Day day_of(const calendar::Calendar& calendar, Date date);

/// Returns what a day is: "works 09:00-17:00", "make-up workday 09:00-17:00", "day off", "weekend".
Text kind_text(const Day& day);

/// Returns "09:00-12:00, 13:00-17:00".
std::string hours_text(const std::vector<calendar::Hours>& hours);

/// Days that follow each other and are named alike.
struct Stretch {
    Date first;
    Date last;
    Day day;  ///< the first
};
/// Returns the days of a year that are not what their weekdays say, or are named by a notice.
std::vector<Stretch> named_days(const calendar::Calendar& calendar, int year);

/// The working days of a year.
struct YearTotals {
    int total = 0;
    std::array<int, 12> months{};
    int weekdays_off = 0;  ///< days off that the usual week has as working days
    int made_up = 0;       ///< working days that the usual week has as days off
};
YearTotals totals_of(const calendar::Calendar& calendar, int year);

/// A day on which two calendars differ.
struct Changed {
    Day before;
    Day after;
};
/// Returns the days that differ in the years that either knows.
std::vector<Changed> changes_of(const calendar::Calendar& before, const calendar::Calendar& after);

/// Returns "2020–2026", the years with a notice.
std::string known_years(const calendar::Calendar& calendar);

}  // namespace countersign::cli
