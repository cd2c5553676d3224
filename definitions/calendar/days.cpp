// Dates, ranges, hours and offsets.

#include "definitions/calendar/days.hpp"

#include "definitions/yaml/access.hpp"
#include "engine/base/text.hpp"

namespace countersign::definitions {

namespace {

using diagnostics::Diagnostics;
using yaml::Node;

constexpr std::int32_t range_days_max = 62;
constexpr std::size_t parts_a_day_max = 8;
constexpr int minutes_a_day = 24 * 60;
constexpr int offset_minutes_max = 14 * 60;

/// Reads "HH:MM" up to 24:00 as minutes.
std::optional<int> parse_time(std::string_view text) {
    const auto is_digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    if (!is_digit(0) || !is_digit(1) || !is_digit(3) || !is_digit(4)) return std::nullopt;
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    const int minutes = hour * 60 + minute;
    if (minute > 59 || minutes > minutes_a_day) return std::nullopt;
    return minutes;
}

std::optional<Date> parse_date(const Node& node, std::string_view text, Diagnostics& diagnostics) {
    if (const auto date = Date::parse(text)) return date;
    const bool has_form = text.size() == 10 && text[4] == '-' && text[7] == '-';
    diagnostics.error("CS4001", node.span,
                      format_both("`{}` is {}", "`{}`{}", text,
                                  has_form ? Text{"no day that exists", "这一天不存在"}
                                           : Text{"no date", "不是日期"}),
                      {"write it as in `2026-02-14`", "请按`2026-02-14`的形式书写"});
    return std::nullopt;
}

std::optional<calendar::Hours> parse_hours(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto from = parse_time(text.substr(0, dash));
    const auto to = parse_time(text.substr(dash + 1));
    if (!from || !to) return std::nullopt;
    return calendar::Hours{static_cast<std::uint16_t>(*from), static_cast<std::uint16_t>(*to)};
}

}  // namespace

std::optional<Date> read_date(const Node& node, Diagnostics& diagnostics) {
    const auto text = yaml::as_text(node, diagnostics, {"a day", "日期"});
    return text ? parse_date(node, *text, diagnostics) : std::nullopt;
}

std::optional<std::vector<Date>> read_days(const Node& node, Diagnostics& diagnostics) {
    const auto text = yaml::as_text(node, diagnostics, {"a day", "日期"});
    if (!text) return std::nullopt;
    const std::size_t dots = text->find("..");
    const std::string_view whole = *text;
    const auto first = parse_date(node, whole.substr(0, dots), diagnostics);
    const auto last =
        dots == std::string::npos ? first : parse_date(node, whole.substr(dots + 2), diagnostics);
    if (!first || !last) return std::nullopt;
    if (*last < *first) {
        diagnostics.error(
            "CS4002", node.span, {"the range ends before it begins", "起止日期颠倒"},
            format_both("write `{}..{}`", "请写成`{}..{}`", last->text(), first->text()));
        return std::nullopt;
    }
    if (last->days - first->days >= range_days_max) {
        diagnostics.error("CS4002", node.span,
                          format_both("the range has {} days, but at most {} are allowed",
                                      "这一段有 {} 天，最多允许 {} 天",
                                      last->days - first->days + 1, range_days_max),
                          {"check the year and the month of both ends", "请检查两端的年份和月份"});
        return std::nullopt;
    }
    std::vector<Date> days;
    for (Date day = *first; day <= *last; day = day + 1) days.push_back(day);
    return days;
}

std::optional<std::vector<calendar::Hours>> read_hours(const Node& node, Diagnostics& diagnostics) {
    if (!yaml::expect_sequence(node, diagnostics, {"working hours", "工作时间"}))
        return std::nullopt;
    const std::size_t errors = diagnostics.errors();
    const auto refuse = [&](const Node& at, Text message, Text suggestion) {
        diagnostics.error("CS4005", at.span, std::move(message), std::move(suggestion));
    };
    if (node.items.size() > parts_a_day_max)
        refuse(node, format_both("a day has at most {} parts", "一天最多分 {} 段", parts_a_day_max),
               {"join parts that follow one another", "请合并前后相接的时段"});
    std::vector<calendar::Hours> day;
    for (const Node& item : node.items) {
        const auto text = yaml::as_text(item, diagnostics, {"working hours", "工作时间"});
        if (!text) continue;
        const auto hours = parse_hours(*text);
        if (!hours) {
            refuse(item, format_both("`{}` is no part of a day", "`{}`不是一天中的时段", *text),
                   {"write it as in `\"09:00-12:00\"`", "请按`\"09:00-12:00\"`的形式书写"});
        } else if (hours->from >= hours->to) {
            refuse(item, format_both("`{}` ends before it begins", "`{}`的结束早于开始", *text),
                   {"write the earlier time first", "请把较早的时间写在前面"});
        } else if (!day.empty() && hours->from < day.back().to) {
            refuse(item,
                   format_both("`{}` begins before the part ahead of it ends",
                               "`{}`开始时前一时段尚未结束", *text),
                   {"write the parts of a day in order, without overlap",
                    "请按先后书写各时段，互不重叠"});
        } else {
            day.push_back(*hours);
        }
    }
    if (diagnostics.errors() != errors) return std::nullopt;
    return day;
}

std::optional<std::int32_t> read_offset(const Node& node, Diagnostics& diagnostics) {
    const std::string& text = node.text;
    const bool has_sign = node.is_scalar() && !text.empty() && (text[0] == '+' || text[0] == '-');
    const auto minutes = has_sign ? parse_time(std::string_view(text).substr(1)) : std::nullopt;
    if (minutes && *minutes <= offset_minutes_max) return text[0] == '-' ? -*minutes : *minutes;
    diagnostics.error(
        "CS4010", node.span,
        format_both("an offset is hours and minutes east of UTC, at most 14:00, but here is {}",
                    "时差应为比UTC早的时和分，最多14:00，但此处是{}", yaml::describe(node)),
        {"write it as in `\"+08:00\"`", "请按`\"+08:00\"`的形式书写"});
    return std::nullopt;
}

}  // namespace countersign::definitions
