// Limits as text, and what remains of one as people read it.
#include "engine/base/limits.hpp"
#include "engine/calendar/index.hpp"
#include "engine/calendar/limit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace countersign::calendar {

namespace {

struct UnitName {
    Unit unit;
    std::string_view name;
};

constexpr std::array<UnitName, 8> unit_names = {{{Unit::working_day, "wd"},
                                                 {Unit::working_hour, "wh"},
                                                 {Unit::day, "d"},
                                                 {Unit::hour, "h"},
                                                 {Unit::minute, "min"},
                                                 {Unit::second, "s"},
                                                 {Unit::month, "month"},
                                                 {Unit::year, "year"}}};

Error bad_limit(std::string_view text, const Text& why) {
    return failure(ErrorKind::invalid,
                   format_both("'{}' is not a limit ({}); write it like 3wd, 4wh, 10d, 2h, 30min, "
                               "30s, 1month or 1year",
                               "“{}”不是期限（{}），应写成 3wd、4wh、10d、2h、30min、30s、1month "
                               "或 1year",
                               text, why));
}

/// Millionths of a working day before `at`: whole days by their close, today by its working time.
std::int64_t millionths_before(const Calendar& calendar, Instant at) {
    const LocalTime time = calendar.local(at);
    const DayPattern& day = calendar.day(time.date);
    const std::int64_t today =
        day.works() ? day.worked_ms(time.ms_of_day) * 1'000'000 / day.total_ms : 0;
    return calendar.working_days_before(time.date) * 1'000'000 + today;
}

std::string working_days_text(std::int64_t millionths) {
    const std::int64_t tenths = (millionths + 1) / 100'000;  // + 1: both ends were cut off
    if (tenths == 0) return "<0.1wd";
    if (tenths % 10 == 0) return fmt::format("{}wd", tenths / 10);
    return fmt::format("{}.{}wd", tenths / 10, tenths % 10);
}

/// "9d4h" from 48 h on when days are whole days, "3h20min", "20min", "45s".
std::string time_text(std::int64_t ms, bool with_days) {
    const std::int64_t all_seconds = ms / 1'000;
    const std::int64_t all_minutes = all_seconds / 60;
    const std::int64_t all_hours = all_minutes / 60;
    if (with_days && all_hours >= 48) {
        const std::string days = fmt::format("{}d", all_hours / 24);
        return all_hours % 24 == 0 ? days : days + fmt::format("{}h", all_hours % 24);
    }
    if (all_minutes == 0) return fmt::format("{}s", all_seconds);
    if (all_hours == 0) return fmt::format("{}min", all_minutes);
    const std::string text = fmt::format("{}h", all_hours);
    return all_minutes % 60 == 0 ? text : text + fmt::format("{}min", all_minutes % 60);
}

}  // namespace

std::int64_t count_max(Unit unit) {
    switch (unit) {
        case Unit::working_day:
            return limits::working_days_max;
        case Unit::working_hour:
            return limits::working_days_max * 24;
        case Unit::day:
            return limits::calendar_years_max * 366;
        case Unit::month:
            return limits::calendar_years_max * 12;
        case Unit::year:
            return limits::calendar_years_max;
        case Unit::hour:
            return limits::elapsed_seconds_max / 3'600;
        case Unit::minute:
            return limits::elapsed_seconds_max / 60;
        case Unit::second:
            return limits::elapsed_seconds_max;
    }
    return 0;  // a unit that no version wrote
}

std::string Limit::text() const {
    const auto named = std::find_if(unit_names.begin(), unit_names.end(),
                                    [this](const UnitName& n) { return n.unit == unit; });
    return fmt::format("{}{}", count, named == unit_names.end() ? "?" : named->name);
}

result<Limit> Limit::parse(std::string_view text) {
    Limit limit;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, limit.count);
    if (error == std::errc::result_out_of_range)
        return bad_limit(text, both("the number is too large", "数字过大"));
    if (error != std::errc() || limit.count < 0)
        return bad_limit(text, both("no number at its front", "开头不是数字"));
    const std::string_view digits = text.substr(0, static_cast<std::size_t>(stop - text.data()));
    if (digits.front() == '-' || (digits.size() > 1 && digits.front() == '0'))
        return bad_limit(text, both("a sign or a leading zero", "有正负号或前导零"));
    const std::string_view unit = text.substr(digits.size());
    const auto named = std::find_if(unit_names.begin(), unit_names.end(),
                                    [unit](const UnitName& n) { return n.name == unit; });
    if (named == unit_names.end()) return bad_limit(text, both("no such unit", "没有这种单位"));
    limit.unit = named->unit;
    if (limit.count > count_max(limit.unit))
        return bad_limit(text,
                         format_both("at most {}{}", "最多 {}{}", count_max(limit.unit), unit));
    return limit;
}

bool Limit::uses_calendar() const {
    switch (unit) {
        case Unit::working_day:
        case Unit::working_hour:
        case Unit::day:
        case Unit::month:
        case Unit::year:
            return true;
        case Unit::hour:
        case Unit::minute:
        case Unit::second:
            return false;
    }
    return false;
}

Text length_words(std::string_view length) {
    struct Word {
        std::string_view unit;
        std::string_view zh;
    };
    // The longest that fits comes first: "month" begins like "min" and "m".
    constexpr std::array<Word, 8> words = {{{"month", "个月"},
                                            {"year", "年"},
                                            {"min", "分钟"},
                                            {"wd", "个工作日"},
                                            {"wh", "个工作小时"},
                                            {"d", "天"},
                                            {"h", "小时"},
                                            {"s", "秒"}}};
    constexpr std::string_view overdue = "overdue ";
    std::string_view rest = length;
    std::string zh;
    const auto take = [&rest](std::string_view front) {
        if (!rest.starts_with(front)) return false;
        rest.remove_prefix(front.size());
        return true;
    };
    if (take(overdue)) zh += "逾期";
    if (take("<")) zh += "不足";
    while (!rest.empty()) {
        const std::size_t digits = rest.find_first_not_of("0123456789.");
        if (digits == 0 || digits == std::string_view::npos) return both(std::string(length), "");
        zh += rest.substr(0, digits);
        rest.remove_prefix(digits);
        const auto word = std::find_if(words.begin(), words.end(),
                                       [&take](const Word& w) { return take(w.unit); });
        if (word == words.end()) return both(std::string(length), "");
        zh += word->zh;
    }
    return both(std::string(length), std::move(zh));
}

std::string remaining_text(const Calendar& calendar, Instant now, Instant due, Unit unit) {
    now = within_years(now);
    due = within_years(due);
    if (now == due && unit == Unit::working_day) return "0wd";  // nothing, not "<0.1wd"
    const bool overdue = now > due;
    const Instant first = overdue ? due : now;
    const Instant last = overdue ? now : due;
    const std::string prefix = overdue ? "overdue " : "";
    if (unit == Unit::working_day)
        return prefix + working_days_text(millionths_before(calendar, last) -
                                          millionths_before(calendar, first));
    if (unit == Unit::working_hour)
        return prefix + time_text(working_ms_between(calendar, first, last), false);
    return prefix + time_text((last - first).ms, true);
}

}  // namespace countersign::calendar
