// Days and years of a calendar, read off its data.
#include "cli/calendar/days.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::cli {

namespace {

const calendar::SpecialDay* special_of(const calendar::CalendarData& data, Date date) {
    const auto found = std::lower_bound(
        data.days.begin(), data.days.end(), date,
        [](const calendar::SpecialDay& day, Date wanted) { return day.date < wanted; });
    return found != data.days.end() && found->date == date ? &*found : nullptr;
}

const std::vector<calendar::Hours>& usual_hours_of(const calendar::CalendarData& data, Date date) {
    return data.week[static_cast<std::size_t>(date.weekday() - 1)];
}

/// The hours of the first working day of the week, which make-up days have.
const std::vector<calendar::Hours>& make_up_hours(const calendar::CalendarData& data) {
    return *std::find_if(data.week.begin(), data.week.end(),
                         [](const auto& hours) { return !hours.empty(); });
}

Date first_of(int year) { return *Date::from(year, 1, 1); }

bool alike(const Day& a, const Day& b) {
    return a.works == b.works && a.hours == b.hours && a.name == b.name && a.notice == b.notice;
}

}  // namespace

Day day_of(const calendar::Calendar& calendar, Date date) {
    const calendar::CalendarData& data = calendar::data_of(calendar);
    Day day;
    day.date = date;
    day.hours = usual_hours_of(data, date);
    if (const calendar::SpecialDay* special = special_of(data, date)) {
        day.named = true;
        day.name = special->name;
        if (special->notice < data.notices.size())
            day.notice = data.notices[special->notice].number;
        day.hours = special->usual_hours ? make_up_hours(data) : special->hours;
    }
    day.works = calendar::is_working_day(calendar, date);
    return day;
}

std::string hours_text(const std::vector<calendar::Hours>& hours) {
    std::string text;
    for (const calendar::Hours& one : hours)
        text += fmt::format("{}{:02}:{:02}-{:02}:{:02}", text.empty() ? "" : ", ", one.from / 60,
                            one.from % 60, one.to / 60, one.to % 60);
    return text;
}

Text kind_text(const Day& day) {
    if (day.works) return format_both("works {}", "上班 {}", hours_text(day.hours));
    return day.named ? both("day off", "放假") : both("rest day", "休息日");
}

std::vector<Stretch> named_days(const calendar::Calendar& calendar, int year) {
    std::vector<Stretch> stretches;
    for (const calendar::SpecialDay& special : calendar::data_of(calendar).days) {
        if (special.date.year() != year) continue;
        const Day day = day_of(calendar, special.date);
        const bool goes_on = !stretches.empty() && stretches.back().last + 1 == day.date &&
                             alike(stretches.back().day, day);
        if (goes_on)
            stretches.back().last = day.date;
        else
            stretches.push_back({day.date, day.date, day});
    }
    return stretches;
}

YearTotals totals_of(const calendar::Calendar& calendar, int year) {
    const calendar::CalendarData& data = calendar::data_of(calendar);
    YearTotals totals;
    for (Date date = first_of(year); date.year() == year; date = date + 1) {
        const bool works = calendar::is_working_day(calendar, date);
        const bool usually = !usual_hours_of(data, date).empty();
        totals.total += works;
        totals.months[static_cast<std::size_t>(date.month() - 1)] += works;
        totals.weekdays_off += usually && !works;
        totals.made_up += works && !usually;
    }
    return totals;
}

std::vector<Changed> changes_of(const calendar::Calendar& before, const calendar::Calendar& after) {
    const calendar::CalendarData& old = calendar::data_of(before);
    const calendar::CalendarData& fresh = calendar::data_of(after);
    std::vector<Date> dates;
    for (const auto* data : {&old, &fresh})
        for (const calendar::SpecialDay& special : data->days) dates.push_back(special.date);
    std::sort(dates.begin(), dates.end());
    dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
    std::vector<Changed> changes;
    for (const Date date : dates) {
        Changed changed{day_of(before, date), day_of(after, date)};
        const bool same = changed.before.works == changed.after.works &&
                          changed.before.hours == changed.after.hours;
        if (!same) changes.push_back(std::move(changed));
    }
    return changes;
}

std::string known_years(const calendar::Calendar& calendar) {
    const calendar::CalendarData& data = calendar::data_of(calendar);
    if (data.first_year == data.last_year) return std::to_string(data.first_year);
    return fmt::format("{}–{}", data.first_year, data.last_year);
}

}  // namespace countersign::cli
