// Reading points and limits, and writing what is reckoned from them.
#include "cli/calendar/reckoning.hpp"

#include "cli/output/moment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace countersign::cli {

namespace {

constexpr std::int64_t day_ms = 86'400'000;

int offset_of_calendar(const calendar::Calendar& calendar) {
    return calendar::data_of(calendar).offset_minutes;
}

/// Whether a due of this unit is the end of a day.
bool ends_days(calendar::Unit unit) {
    return unit == calendar::Unit::working_day || unit == calendar::Unit::day ||
           unit == calendar::Unit::month || unit == calendar::Unit::year;
}

outcome<calendar::Limit> read_limit(std::string_view text) {
    const auto limit = calendar::Limit::parse(text);
    if (limit) return *limit;
    return fail(Exit::usage, limit.error().text());
}

bool is_time_of_day(std::string_view word) {
    return word.size() >= 4 && word.find(':') != std::string_view::npos &&
           std::all_of(word.begin(), word.end(),
                       [](char c) { return (c >= '0' && c <= '9') || c == ':' || c == '.'; });
}

}  // namespace

std::string wall_text(const calendar::Calendar& calendar, Instant at) {
    const LocalTime local = local_time(at, offset_of_calendar(calendar));
    const std::int64_t seconds = local.ms_of_day / 1'000;
    std::string text =
        fmt::format("{} {:02}:{:02}", local.date.text(), seconds / 3'600, seconds / 60 % 60);
    if (local.ms_of_day % 60'000 != 0) text += fmt::format(":{:02}", seconds % 60);
    if (local.ms_of_day % 1'000 != 0) text += fmt::format(".{:03}", local.ms_of_day % 1'000);
    return text;
}

bool is_provisional(const calendar::Calendar& calendar, Instant at) {
    const calendar::CalendarData& data = calendar::data_of(calendar);
    const int year = local_time(at, data.offset_minutes).date.year();
    return year < data.first_year || year > data.last_year;
}

outcome<Written> read_point(const calendar::Calendar& calendar, std::string_view text) {
    const int offset = offset_of_calendar(calendar);
    if (const auto date = Date::parse(text)) return Written{instant_of(*date, 0, offset), true};
    const auto at = parse_moment(text, offset);
    if (!at) return fail(Exit::usage, at.error().text());
    return Written{*at, false};
}

outcome<DueAnswer> due_from(const calendar::Calendar& calendar, std::string_view from,
                            std::string_view limit, const calendar::Counting& counting) {
    const auto start = read_point(calendar, from);
    if (!start) return start.error();
    const auto within = read_limit(limit);
    if (!within) return within.error();
    DueAnswer answer{*start, *within, {}, {}};
    answer.due = calendar::due_after(calendar, start->at, *within, counting, {}, start->at);
    if (start->is_day && (ends_days(within->unit) || within->count == 0)) {
        const Instant last = std::max(start->at, answer.due.at - milliseconds(1));
        answer.text = local_time(last, offset_of_calendar(calendar)).date.text();
    } else {
        answer.text = wall_text(calendar, answer.due.at);
    }
    return answer;
}

outcome<BetweenAnswer> between(const calendar::Calendar& calendar, std::string_view from,
                               std::string_view to) {
    const auto start = read_point(calendar, from);
    if (!start) return start.error();
    const auto stop = read_point(calendar, to);
    if (!stop) return stop.error();
    if (stop->at < start->at)
        return fail(Exit::usage, format_both("{} lies before {}", "{} 早于 {}", to, from),
                    both("name the earlier one first", "请先写较早的一个"));
    BetweenAnswer answer;
    answer.from = *start;
    answer.to = *stop;
    const Instant until = stop->is_day ? stop->at + milliseconds(day_ms) : stop->at;
    const Instant since = start->is_day ? start->at + milliseconds(day_ms) : start->at;
    answer.working_days = calendar::working_days_between(calendar, start->at, until);
    answer.working_ms = calendar::working_ms_between(calendar, since, until);
    answer.provisional = is_provisional(calendar, start->at) ||
                         is_provisional(calendar, std::max(start->at, until - milliseconds(1)));
    answer.text = fmt::format("{}wd", answer.working_days);
    if (!start->is_day || !stop->is_day) {
        const std::int64_t minutes = answer.working_ms / 60'000;
        answer.text += fmt::format(" {}wh", minutes / 60);
        if (minutes % 60 != 0) answer.text += fmt::format("{}min", minutes % 60);
    }
    return answer;
}

outcome<Pair> read_pair(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : line) {
        const bool apart = c == ' ' || c == '\t' || c == ',' || c == '"' || c == '\'' || c == '\r';
        if (!apart) word += c;
        if (apart && !word.empty()) words.push_back(std::exchange(word, {}));
    }
    if (!word.empty()) words.push_back(word);
    if (!words.empty() && (words.front() == "due" || words.front() == "between"))
        words.erase(words.begin());
    for (std::size_t i = 1; i < words.size();) {
        if (!is_time_of_day(words[i]) || words[i - 1].find(':') != std::string::npos) {
            ++i;
            continue;
        }
        words[i - 1] += " " + words[i];
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (words.size() == 2) return Pair{words[0], words[1]};
    return fail(Exit::usage,
                format_both("'{}' has {} of the two parts that a line needs",
                            "“{}”有 {} 个部分，而每行应有两个", line, words.size()),
                both("write a start and a limit, or two points, such as 2026-02-13 5wd",
                     "请写起点和时限，或两个时间点，例如 2026-02-13 5wd"));
}

}  // namespace countersign::cli
