// Due times. Every unit is counted the same way: the time after the start is a row of countable
// things (closes of working days, dates, milliseconds), a pause takes a run of them out, and the
// due is where the last one that is needed lies. Sources: Civil Code Art. 200-203; language.md,
// "Units".
#include "engine/calendar/calendar.hpp"

#include "engine/calendar/index.hpp"
#include "engine/calendar/limit.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace countersign::calendar {

namespace {

constexpr std::int64_t day_ms = 86'400'000;

/// What every counting below needs.
struct Question {
    const Calendar& calendar;
    Instant from;
    const Counting& counting;
    const std::vector<Pause>& pauses;
    Instant now;
    std::int64_t percent;  ///< 1 … 100
};

/// Returns the number of the `count`-th (1 …) countable thing at or after number `first` that no
/// pause takes out. `number_at(x)` is the number of the first thing that lies at or after the
/// instant x.
template <class NumberAt>
std::int64_t last_counted(const Question& q, std::int64_t first, std::int64_t count,
                          NumberAt number_at) {
    std::int64_t last = first + count - 1;
    std::int64_t settled = first;
    for (const Pause& pause : q.pauses) {
        const std::int64_t begin = std::max(number_at(within_years(pause.from)), settled);
        if (begin > last) break;
        const std::int64_t end = number_at(within_years(pause.to ? *pause.to : q.now));
        if (end <= begin) continue;
        last += end - begin;
        settled = end;
    }
    return last;
}

/// Returns the number of countable things from number `first` on that lie before number `end` and
/// that no pause takes out: what last_counted() inverts.
template <class NumberAt>
std::int64_t counted_before(const Question& q, std::int64_t first, std::int64_t end,
                            NumberAt number_at) {
    std::int64_t counted = std::max<std::int64_t>(end - first, 0);
    std::int64_t settled = first;
    for (const Pause& pause : q.pauses) {
        const std::int64_t begin = std::max(number_at(within_years(pause.from)), settled);
        const std::int64_t stop =
            std::min(number_at(within_years(pause.to ? *pause.to : q.now)), end);
        if (stop <= begin) continue;
        counted -= stop - begin;
        settled = stop;
    }
    return counted;
}

bool is_provisional(const Calendar& calendar, Date first, Date last) {
    return !calendar.certain(first) || !calendar.certain(last);
}

/// Returns the number of the first working day that a clock may count.
std::int64_t first_working_day(const Question& q) {
    const Calendar& calendar = q.calendar;
    const Date start = calendar.local(q.from).date;
    const DayPattern& start_day = calendar.day(start);
    // A start at or after the close does not count its date: the clock did not run at that close.
    const bool counts_start = q.counting.count_start_day && start_day.works() &&
                              q.from < calendar.at(start, start_day.close_ms);
    return calendar.working_days_before(counts_start ? start : start + 1);
}

Due working_day_point(const Question& q, std::int64_t count) {
    const Calendar& calendar = q.calendar;
    const Date start = calendar.local(q.from).date;
    const std::int64_t first = first_working_day(q);
    const std::int64_t whole = count * q.percent / 100;
    const std::int64_t rest = count * q.percent % 100;
    const auto number_at = [&calendar](Instant at) {
        return calendar.closes_until(at - milliseconds(1));
    };
    const std::int64_t last = last_counted(q, first, whole + (rest > 0 ? 1 : 0), number_at);
    const Date date = calendar.working_day(last);
    const DayPattern& day = calendar.day(date);
    const bool provisional = is_provisional(calendar, start, date);
    if (rest == 0)
        return {calendar.at(date, q.counting.ends_midnight ? day_ms : day.close_ms), provisional};
    const std::int64_t share_ms = std::max<std::int64_t>(day.total_ms * rest / 100, 1);
    // Where the start's own date counts, a small share of it may lie before the start.
    return {std::max(q.from, calendar.at(date, day.time_of(share_ms))), provisional};
}

Due working_hour_point(const Question& q, std::int64_t count) {
    const Calendar& calendar = q.calendar;
    const std::int64_t needed_ms = count * 3'600'000 * q.percent / 100;
    const auto number_at = [&calendar](Instant at) { return calendar.worked_ms_before(at); };
    const std::int64_t last = last_counted(q, number_at(q.from), needed_ms, number_at);
    const Instant due = calendar.instant_of_worked(last + 1);
    // The last working millisecond decides, so that a day that closes at 24:00 is not the next one.
    const Date date = calendar.local(due - milliseconds(1)).date;
    return {due, is_provisional(calendar, calendar.local(q.from).date, date)};
}

Due elapsed_point(const Question& q, std::int64_t total_ms) {
    const std::int64_t needed_ms = std::max<std::int64_t>(total_ms * q.percent / 100, 1);
    const auto number_at = [](Instant at) { return at.ms; };
    return {Instant{last_counted(q, q.from.ms, needed_ms, number_at) + 1}, false};
}

/// Returns the like-numbered date `months` later, or the last of that month (Civil Code Art. 202).
Date months_later(Date date, std::int64_t months) {
    using namespace std::chrono;
    const year_month_day start{sys_days{std::chrono::days{date.days}}};
    const year_month month =
        year_month{start.year(), start.month()} + std::chrono::months{static_cast<int>(months)};
    const year_month_day_last last{month.year(), month_day_last{month.month()}};
    const year_month_day later{month.year(), month.month(), std::min(start.day(), last.day())};
    return Date{static_cast<std::int32_t>(sys_days{later}.time_since_epoch().count())};
}

Due date_point(const Question& q, Date end) {
    const Calendar& calendar = q.calendar;
    const Date start = calendar.local(q.from).date;
    const std::int64_t dates = end.days - start.days;
    const std::int64_t whole = dates * q.percent / 100;
    const std::int64_t rest = dates * q.percent % 100;
    // A date is counted at its end, the midnight after it.
    const auto number_at = [&calendar](Instant at) -> std::int64_t {
        return calendar.local(at - milliseconds(1)).date.days;
    };
    const std::int64_t last =
        last_counted(q, start.days + 1, whole + (rest > 0 ? 1 : 0), number_at);
    const Date date{static_cast<std::int32_t>(last)};
    if (rest > 0) return {calendar.at(date, std::max<std::int64_t>(day_ms * rest / 100, 1)), false};
    if (q.percent < 100 || !q.counting.roll) return {calendar.at(date, day_ms), false};
    const Date rolled = calendar.working_day(calendar.working_days_before(date));
    return {calendar.at(rolled, day_ms), is_provisional(calendar, date, rolled)};
}

}  // namespace

std::shared_ptr<const Calendar> make_calendar(CalendarData data) {
    return std::make_shared<const Calendar>(std::move(data));
}

const CalendarData& data_of(const Calendar& calendar) { return calendar.data(); }

const Calendar* Calendars::find(std::string_view id) const {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : found->second.get();
}

Due due_after(const Calendar& calendar, Instant from, Limit limit, const Counting& counting,
              const std::vector<Pause>& pauses, Instant now) {
    return point_of(calendar, from, limit, 100, counting, pauses, now);
}

Due due_after(const Calendar& calendar, Instant from, Limit limit) {
    static const std::vector<Pause> none;
    return point_of(calendar, from, limit, 100, {}, none, from);
}

Due latest_before(const Calendar& calendar, Instant at, Limit limit) {
    at = within_years(at);
    const std::int64_t count = std::clamp<std::int64_t>(limit.count, 0, count_max(limit.unit));
    const Date date = calendar.local(at).date;
    const auto begin_of = [&](Date day) { return Due{within_years(calendar.at(day, 0)), false}; };
    const auto elapsed = [&](std::int64_t ms) {
        return Due{within_years(at - milliseconds(ms)), false};
    };
    if (count == 0) return {at, false};
    switch (limit.unit) {
        case Unit::working_day: {
            const Date day = calendar.working_day(calendar.working_days_before(date) - count);
            const std::int64_t opening =
                calendar.day(day).hours.front().from * std::int64_t{60'000};
            return {within_years(calendar.at(day, opening)), is_provisional(calendar, day, date)};
        }
        case Unit::working_hour: {
            const std::int64_t worked = calendar.worked_ms_before(at) - count * 3'600'000;
            const Instant moment = calendar.instant_of_worked(worked);
            return {moment, is_provisional(calendar, calendar.local(moment).date, date)};
        }
        case Unit::day:
            return begin_of(date + static_cast<std::int32_t>(-count));
        case Unit::month:
            return begin_of(months_later(date, -count));
        case Unit::year:
            return begin_of(months_later(date, -count * 12));
        case Unit::hour:
            return elapsed(count * 3'600'000);
        case Unit::minute:
            return elapsed(count * 60'000);
        case Unit::second:
            return elapsed(count * 1'000);
    }
    return {at, false};  // a unit that no version wrote
}

Due point_of(const Calendar& calendar, Instant from, Limit limit, unsigned percent,
             const Counting& counting, const std::vector<Pause>& pauses, Instant now) {
    from = within_years(from);
    const std::int64_t count = std::clamp<std::int64_t>(limit.count, 0, count_max(limit.unit));
    if (count == 0 || percent == 0) return {from, false};
    const Question q{calendar, from, counting, pauses, now, std::min(percent, 100U)};
    const Date start = calendar.local(from).date;
    switch (limit.unit) {
        case Unit::working_day:
            return working_day_point(q, count);
        case Unit::working_hour:
            return working_hour_point(q, count);
        case Unit::day:
            return date_point(q, start + static_cast<std::int32_t>(count));
        case Unit::month:
            return date_point(q, months_later(start, count));
        case Unit::year:
            return date_point(q, months_later(start, count * 12));
        case Unit::hour:
            return elapsed_point(q, count * 3'600'000);
        case Unit::minute:
            return elapsed_point(q, count * 60'000);
        case Unit::second:
            return elapsed_point(q, count * 1'000);
    }
    return {from, false};  // a unit that no version wrote
}

std::int64_t working_days_between(const Calendar& calendar, Instant from, Instant to) {
    const Date start = calendar.local(within_years(from)).date;
    const std::int64_t closed = calendar.closes_until(within_years(to));
    return std::max<std::int64_t>(closed - calendar.working_days_before(start + 1), 0);
}

std::int64_t working_ms_between(const Calendar& calendar, Instant from, Instant to) {
    if (to <= from) return 0;
    return calendar.worked_ms_before(within_years(to)) -
           calendar.worked_ms_before(within_years(from));
}

std::int64_t used_of(const Calendar& calendar, Instant from, Unit unit, const Counting& counting,
                     const std::vector<Pause>& pauses, Instant until) {
    from = within_years(from);
    until = within_years(std::max(from, until));
    const Question q{calendar, from, counting, pauses, until, 100};
    switch (unit) {
        case Unit::working_day:
            return counted_before(
                q, first_working_day(q), calendar.closes_until(until),
                [&calendar](Instant at) { return calendar.closes_until(at - milliseconds(1)); });
        case Unit::working_hour: {
            const auto worked = [&calendar](Instant at) { return calendar.worked_ms_before(at); };
            return counted_before(q, worked(from), worked(until), worked);
        }
        case Unit::day:
        case Unit::month:
        case Unit::year:
            return counted_before(q, calendar.local(from).date.days + 1,
                                  calendar.local(until).date.days,
                                  [&calendar](Instant at) -> std::int64_t {
                                      return calendar.local(at - milliseconds(1)).date.days;
                                  });
        case Unit::hour:
        case Unit::minute:
        case Unit::second:
            return counted_before(q, from.ms, until.ms, [](Instant at) { return at.ms; });
    }
    return 0;  // a unit that no version wrote
}

std::int64_t usual_day_ms(const Calendar& calendar) {
    std::int64_t longest = 0;
    for (const auto& hours : calendar.data().week) {
        std::int64_t day = 0;
        for (const Hours& part : hours) day += (part.to - part.from) * std::int64_t{60'000};
        longest = std::max(longest, day);
    }
    return longest == 0 ? std::int64_t{8} * 3'600'000 : longest;
}

bool is_working_day(const Calendar& calendar, Date date) { return calendar.day(date).works(); }

std::optional<Instant> close_of(const Calendar& calendar, Date date) {
    const DayPattern& day = calendar.day(date);
    if (!day.works()) return std::nullopt;
    return calendar.at(date, day.close_ms);
}

}  // namespace countersign::calendar
