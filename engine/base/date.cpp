// Civil dates by the standard library's calendar arithmetic.
#include "engine/base/date.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace countersign {

namespace {
constexpr std::int64_t day_ms = 86'400'000;

std::chrono::year_month_day civil(Date date) {
    return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(date.days)));
}
}  // namespace

std::optional<Date> Date::from(int year, int month, int day) {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return std::nullopt;
    const std::chrono::year_month_day ymd(std::chrono::year(year),
                                          std::chrono::month(static_cast<unsigned>(month)),
                                          std::chrono::day(static_cast<unsigned>(day)));
    if (!ymd.ok()) return std::nullopt;
    return Date{static_cast<std::int32_t>(std::chrono::sys_days(ymd).time_since_epoch().count())};
}

std::optional<Date> Date::parse(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    int part[3] = {0, 0, 0};
    std::size_t which = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 4 || i == 7) {
            ++which;
            continue;
        }
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        part[which] = part[which] * 10 + (text[i] - '0');
    }
    return from(part[0], part[1], part[2]);
}

int Date::year() const { return static_cast<int>(civil(*this).year()); }
int Date::month() const { return static_cast<int>(static_cast<unsigned>(civil(*this).month())); }
int Date::day() const { return static_cast<int>(static_cast<unsigned>(civil(*this).day())); }

int Date::weekday() const {
    const int since_thursday = ((days % 7) + 7) % 7;  // 1970-01-01 was a Thursday
    return (since_thursday + 3) % 7 + 1;
}

std::string Date::text() const {
    const auto ymd = civil(*this);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()),
                       static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
}

LocalTime local_time(Instant at, int offset_minutes) {
    const std::int64_t ms = at.ms + offset_minutes * 60'000LL;
    std::int64_t days = ms / day_ms;
    if (ms % day_ms < 0) --days;
    return {Date{static_cast<std::int32_t>(days)}, ms - days * day_ms};
}

Instant instant_of(Date date, std::int64_t ms_of_day, int offset_minutes) {
    return Instant{date.days * day_ms + ms_of_day - offset_minutes * 60'000LL};
}

Text weekday_text(Date date) {
    constexpr std::array<std::string_view, 7> days_en = {"Mon", "Tue", "Wed", "Thu",
                                                         "Fri", "Sat", "Sun"};
    constexpr std::array<std::string_view, 7> days_zh = {"周一", "周二", "周三", "周四",
                                                         "周五", "周六", "周日"};
    const auto index = static_cast<std::size_t>(date.weekday() - 1);
    return both(std::string(days_en[index]), std::string(days_zh[index]));
}

Text moment_text(Instant at, int offset_minutes) {
    const LocalTime local = local_time(at, offset_minutes);
    const std::int64_t minute = local.ms_of_day / 60'000;
    return format_both("{0} {1} {2:02}:{3:02}", "{0} {1} {2:02}:{3:02}", weekday_text(local.date),
                       local.date.text(), minute / 60, minute % 60);
}

result<Instant> parse_moment(std::string_view text, int offset_minutes) {
    if (const auto date = Date::parse(text)) return instant_of(*date, 0, offset_minutes);
    if (const auto at = parse_rfc3339(text)) return *at;
    if (const auto wall = parse_rfc3339(std::string(text) + "Z"))
        return *wall - Duration{offset_minutes * 60'000LL};
    return failure(ErrorKind::invalid,
                   format_both("'{}' is no day and no moment; write it like 2026-02-10 10:00",
                               "“{}”不是日期或时刻，应写成 2026-02-10 10:00", text));
}

}  // namespace countersign
