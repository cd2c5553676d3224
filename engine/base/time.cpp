// RFC 3339 and duration texts. Source of the grammar: RFC 3339 §5.6.
#include "engine/base/time.hpp"

#include "engine/base/date.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace countersign {

void throw_exception_from_error(const Error& error, const boost::source_location& place) {
    std::fprintf(stderr, "value() of a failed result: %s (%s:%u)\n", error.message.c_str(),
                 place.file_name(), static_cast<unsigned>(place.line()));
    std::abort();
}

std::string rfc3339(Instant at, int offset_minutes) {
    const LocalTime local = local_time(at, offset_minutes);
    const std::int64_t ms = local.ms_of_day;
    std::string text = fmt::format("{}T{:02}:{:02}:{:02}", local.date.text(), ms / 3'600'000,
                                   ms / 60'000 % 60, ms / 1'000 % 60);
    if (ms % 1'000 != 0) text += fmt::format(".{:03}", ms % 1'000);
    if (offset_minutes == 0) return text + "Z";
    const int away = std::abs(offset_minutes);
    return text +
           fmt::format("{}{:02}:{:02}", offset_minutes < 0 ? '-' : '+', away / 60, away % 60);
}

namespace {

/// Reads exactly `digits` decimal digits at the front of `text` and removes them; -1 if not there.
int take_digits(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return -1;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = text[i];
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

Error bad_instant(std::string_view text, const Text& why) {
    return failure(ErrorKind::invalid,
                   format_both("'{}' is not a date and time ({}); write it like "
                               "2026-02-10T10:00+08:00",
                               "“{}”不是日期时间（{}），应写成 2026-02-10T10:00+08:00", text, why));
}

/// Reads ".123" into milliseconds; finer digits are cut off.
int take_fraction_ms(std::string_view& text) {
    if (!take(text, '.')) return 0;
    int ms = 0;
    int scale = 100;
    bool any = false;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        ms += (text.front() - '0') * scale;
        scale /= 10;
        any = true;
        text.remove_prefix(1);
    }
    return any ? ms : -1;
}

/// Reads "Z" or "+08:00" into minutes east of UTC.
bool take_offset(std::string_view& text, int& minutes_east) {
    minutes_east = 0;
    if (take(text, 'Z') || take(text, 'z')) return true;
    int sign = 0;
    if (take(text, '+'))
        sign = 1;
    else if (take(text, '-'))
        sign = -1;
    if (sign == 0) return false;
    const int h = take_digits(text, 2);
    if (h < 0 || h > 23 || !take(text, ':')) return false;
    const int m = take_digits(text, 2);
    if (m < 0 || m > 59) return false;
    minutes_east = sign * (h * 60 + m);
    return true;
}

}  // namespace

result<Instant> parse_rfc3339(std::string_view text) {
    std::string_view rest = text;
    const int y = take_digits(rest, 4);
    if (y < 0 || !take(rest, '-')) return bad_instant(text, both("no year", "缺年份"));
    const int mo = take_digits(rest, 2);
    if (mo < 0 || !take(rest, '-')) return bad_instant(text, both("no month", "缺月份"));
    const int d = take_digits(rest, 2);
    const auto date = Date::from(y, mo, d);
    if (!date) return bad_instant(text, both("no such day", "没有这一天"));
    if (!take(rest, 'T') && !take(rest, 't') && !take(rest, ' '))
        return bad_instant(text, both("no time", "缺时间"));
    const int h = take_digits(rest, 2);
    if (h < 0 || h > 23 || !take(rest, ':')) return bad_instant(text, both("no hour", "缺小时"));
    const int mi = take_digits(rest, 2);
    if (mi < 0 || mi > 59) return bad_instant(text, both("no minute", "缺分钟"));
    int s = 0;
    int ms = 0;
    if (take(rest, ':')) {
        s = take_digits(rest, 2);
        if (s < 0 || s > 59) return bad_instant(text, both("no second", "缺秒"));
        ms = take_fraction_ms(rest);
        if (ms < 0) return bad_instant(text, both("no fraction", "小数部分有误"));
    }
    int east = 0;
    if (!take_offset(rest, east))
        return bad_instant(text, both("no offset such as +08:00 or Z", "缺时区，如 +08:00 或 Z"));
    if (!rest.empty()) return bad_instant(text, both("something follows it", "末尾有多余内容"));
    const std::int64_t of_day = ((h * 60LL + mi) * 60 + s) * 1'000 + ms;
    return instant_of(*date, of_day, east);
}

result<Duration> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    std::int64_t scale = 0;
    if (unit == "ms")
        scale = 1;
    else if (unit == "s")
        scale = 1'000;
    else if (unit == "min")
        scale = 60'000;
    else if (unit == "h")
        scale = 3'600'000;
    if (error != std::errc() || scale == 0 || count < 0 || count > 1'000'000'000)
        return failure(ErrorKind::invalid,
                       format_both("'{}' is not a duration; write it like 500ms, 30s, 10min or 2h",
                                   "“{}”不是时长，应写成 500ms、30s、10min 或 2h", text));
    return Duration{count * scale};
}

}  // namespace countersign
