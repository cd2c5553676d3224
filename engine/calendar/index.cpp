// Building and asking the index: prefix sums over the table, division outside it.
#include "engine/calendar/index.hpp"

#include "engine/base/check.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace countersign::calendar {

namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t minutes_a_day = 24 * 60;
constexpr int offset_minutes_max = 14 * 60;

std::int64_t floor_divide(std::int64_t number, std::int64_t by) {
    return number / by - (number % by < 0 ? 1 : 0);
}

Date monday_of(Date date) { return date - (date.weekday() - 1); }

void check_hours(const std::vector<Hours>& hours) {
    std::uint16_t open_from = 0;
    for (const Hours& part : hours) {
        CHECK(part.from >= open_from && part.from < part.to && part.to <= minutes_a_day);
        open_from = part.to;
    }
}

void check_data(const CalendarData& data) {
    CHECK(data.week.size() == 7);
    CHECK(data.offset_minutes >= -offset_minutes_max && data.offset_minutes <= offset_minutes_max);
    for (const auto& hours : data.week) check_hours(hours);
    // A calendar that never works has no due times at all; the loader refuses it.
    CHECK(
        std::any_of(data.week.begin(), data.week.end(), [](const auto& h) { return !h.empty(); }));
    for (std::size_t i = 0; i < data.days.size(); ++i) {
        check_hours(data.days[i].hours);
        CHECK(i == 0 || data.days[i - 1].date < data.days[i].date);
    }
    CHECK(data.first_year <= data.last_year && data.first_year >= 0 && data.last_year <= 9999);
}

}  // namespace

std::int64_t DayPattern::worked_ms(std::int64_t ms_of_day) const {
    std::int64_t worked = 0;
    for (const Hours& part : hours) {
        const std::int64_t from = part.from * minute_ms;
        if (ms_of_day <= from) break;
        worked += std::min(ms_of_day, part.to * minute_ms) - from;
    }
    return worked;
}

std::int64_t DayPattern::time_of(std::int64_t worked) const {
    for (const Hours& part : hours) {
        const std::int64_t length = (part.to - part.from) * minute_ms;
        if (worked <= length) return part.from * minute_ms + worked;
        worked -= length;
    }
    return close_ms;
}

Calendar::Calendar(CalendarData data) : data_(std::move(data)) {
    check_data(data_);
    index_week();
    index_days();
    // Without a covered year nothing is certain: an empty range.
    first_certain_ = Date{std::numeric_limits<std::int32_t>::max()};
    last_certain_ = Date{std::numeric_limits<std::int32_t>::min()};
    if (const auto from = Date::from(data_.first_year, 1, 1)) first_certain_ = *from;
    if (const auto to = Date::from(data_.last_year, 12, 31)) last_certain_ = *to;
}

std::uint32_t Calendar::intern(const std::vector<Hours>& hours) {
    const auto same = std::find_if(patterns_.begin(), patterns_.end(),
                                   [&](const DayPattern& p) { return p.hours == hours; });
    if (same != patterns_.end()) return static_cast<std::uint32_t>(same - patterns_.begin());
    DayPattern pattern;
    pattern.hours = hours;
    for (const Hours& part : hours) pattern.total_ms += (part.to - part.from) * minute_ms;
    if (!hours.empty()) pattern.close_ms = hours.back().to * minute_ms;
    patterns_.push_back(std::move(pattern));
    return static_cast<std::uint32_t>(patterns_.size() - 1);
}

void Calendar::index_week() {
    for (std::size_t i = 0; i < 7; ++i) {
        week_pattern_[i] = intern(data_.week[i]);
        const DayPattern& pattern = patterns_[week_pattern_[i]];
        if (pattern.works()) week_working_days_.push_back(static_cast<std::int32_t>(i));
        week_before_[i + 1] = {week_before_[i].ms + pattern.total_ms,
                               week_before_[i].days + (pattern.works() ? 1 : 0)};
    }
}

void Calendar::index_days() {
    if (!data_.days.empty()) {
        first_ = monday_of(data_.days.front().date);
        end_ = monday_of(data_.days.back().date) + 7;
    } else {
        first_ = end_ = monday_of(Date{});
    }
    const auto usual = static_cast<std::size_t>(week_working_days_.front());
    rows_.reserve(static_cast<std::size_t>(end_.days - first_.days) + 1);
    auto special = data_.days.begin();
    Before sum;
    for (Date date = first_; date < end_; date = date + 1) {
        std::uint32_t pattern = week_pattern_[static_cast<std::size_t>(date.weekday() - 1)];
        if (special != data_.days.end() && special->date == date) {
            pattern = special->usual_hours ? week_pattern_[usual] : intern(special->hours);
            ++special;
        }
        rows_.push_back({sum, pattern});
        sum.ms += patterns_[pattern].total_ms;
        if (!patterns_[pattern].works()) continue;
        ++sum.days;
        table_working_days_.push_back(date);
    }
    rows_.push_back({sum, 0});
}

const DayPattern& Calendar::day(Date date) const {
    if (in_table(date))
        return patterns_[rows_[static_cast<std::size_t>(date.days - first_.days)].pattern];
    return patterns_[week_pattern_[static_cast<std::size_t>(date.weekday() - 1)]];
}

Calendar::Before Calendar::before(Date date) const {
    if (in_table(date)) return rows_[static_cast<std::size_t>(date.days - first_.days)].before;
    const bool after = date >= end_;
    const std::int64_t distance = date.days - (after ? end_ : first_).days;
    const std::int64_t weeks = floor_divide(distance, 7);
    const Before& part = week_before_[static_cast<std::size_t>(distance - weeks * 7)];
    const Before base = after ? rows_.back().before : Before{};
    return {base.ms + weeks * week_before_[7].ms + part.ms,
            base.days + weeks * week_before_[7].days + part.days};
}

Date Calendar::working_day(std::int64_t index) const {
    const auto known = static_cast<std::int64_t>(table_working_days_.size());
    if (index >= 0 && index < known) return table_working_days_[static_cast<std::size_t>(index)];
    const bool after = index >= known;
    const std::int64_t distance = after ? index - known : index;
    const std::int64_t weeks = floor_divide(distance, week_before_[7].days);
    const auto nth = static_cast<std::size_t>(distance - weeks * week_before_[7].days);
    return (after ? end_ : first_) + static_cast<std::int32_t>(weeks * 7) + week_working_days_[nth];
}

std::int64_t Calendar::closes_until(Instant at) const {
    const LocalTime time = local(at);
    const DayPattern& pattern = day(time.date);
    const bool closed = pattern.works() && pattern.close_ms <= time.ms_of_day;
    return working_days_before(time.date) + (closed ? 1 : 0);
}

std::int64_t Calendar::worked_ms_before(Instant at) const {
    const LocalTime time = local(at);
    return before(time.date).ms + day(time.date).worked_ms(time.ms_of_day);
}

Instant Calendar::instant_of_worked(std::int64_t worked) const {
    const std::int64_t known = rows_.back().before.ms;
    if (worked > 0 && worked <= known) {
        // The last date with less than `worked` before it is the one on which `worked` is reached.
        const auto reached =
            std::lower_bound(rows_.begin(), rows_.end(), worked,
                             [](const Row& row, std::int64_t ms) { return row.before.ms < ms; });
        const auto row = reached - 1;
        const Date date = first_ + static_cast<std::int32_t>(row - rows_.begin());
        return at(date, patterns_[row->pattern].time_of(worked - row->before.ms));
    }
    const bool after = worked > known;
    const std::int64_t distance = after ? worked - known : worked;
    const std::int64_t weeks = floor_divide(distance - 1, week_before_[7].ms);
    const std::int64_t left = distance - weeks * week_before_[7].ms;  // 1 … a whole week's
    std::size_t weekday = 0;
    while (week_before_[weekday + 1].ms < left) ++weekday;
    const Date date =
        (after ? end_ : first_) + static_cast<std::int32_t>(weeks * 7 + static_cast<int>(weekday));
    return at(date, patterns_[week_pattern_[weekday]].time_of(left - week_before_[weekday].ms));
}

}  // namespace countersign::calendar
