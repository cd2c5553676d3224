// Reading a calendar document (definitions/library/calendars/README.md).

#include "definitions/calendar/document.hpp"

#include "definitions/calendar/days.hpp"
#include "definitions/yaml/access.hpp"
#include "engine/base/text.hpp"

#include <algorithm>
#include <charconv>

namespace countersign::definitions {

namespace {

using diagnostics::Diagnostics;
using diagnostics::Span;
using yaml::Keys;
using yaml::Node;

constexpr std::array<const char*, 7> weekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::int64_t first_year_allowed = 1900;
constexpr std::int64_t last_year_allowed = 9998;
constexpr int december = 12;

bool is_id(std::string_view text) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return !text.empty() && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

class DocumentReader {
  public:
    DocumentReader(const Node& root, Diagnostics& diagnostics)
        : root_(root), diagnostics_(diagnostics) {}

    CalendarDocument run() {
        const std::size_t errors = diagnostics_.errors();
        Keys keys(root_, diagnostics_, {"the calendar", "日历"}, "calendar");
        if (!keys.ok()) return std::move(document_);
        read_head(keys);
        const bool is_layer = keys.optional("extends") != nullptr;
        read_extends(keys);
        read_offset_of(keys, is_layer);
        if (const Node* week = is_layer ? keys.optional("week") : keys.required("week"))
            read_week(*week);
        if (const Node* years = is_layer ? keys.optional("years") : keys.required("years"))
            read_years(*years, is_layer);
        keys.finish();
        order_days();
        document_.ok = diagnostics_.errors() == errors;
        return std::move(document_);
    }

  private:
    void error(const char* code, const Span& span, Text message, Text suggestion = {}) {
        diagnostics_.error(code, span, std::move(message), std::move(suggestion));
    }

    void read_head(Keys& keys) {
        document_.id_span = root_.span;
        if (const Node* id = keys.required("calendar")) {
            document_.id_span = id->span;
            document_.id =
                yaml::as_text(*id, diagnostics_, {"a calendar's id", "日历的标识"}).value_or("");
            if (!document_.id.empty() && !is_id(document_.id))
                error("CS4012", id->span,
                      format_both("`{}` is no id of a calendar", "`{}`不能作日历的标识",
                                  document_.id),
                      {"use lower-case letters, digits and hyphens, and begin with a letter",
                       "只用小写字母、数字和连字符，并以字母开头"});
        }
        if (const Node* version = keys.required("version")) {
            const auto number = yaml::as_integer(*version, diagnostics_, ticked("version"));
            if (number && (*number < 1 || *number > UINT32_MAX))
                error("CS1018", version->span,
                      {"`version` must be an integer from 1 on", "`version`应为1以上的整数"},
                      {"write `version: 1`", "请写成`version: 1`"});
            document_.version = static_cast<std::uint32_t>(number.value_or(0));
        }
        if (const Node* title = keys.required("title"))
            document_.title =
                yaml::as_title(*title, diagnostics_, ticked("title")).value_or(Text());
    }

    void read_extends(Keys& keys) {
        const Node* extends = keys.optional("extends");
        if (extends == nullptr) return;
        document_.extends_span = extends->span;
        document_.extends = yaml::as_text(*extends, diagnostics_, ticked("extends"));
    }

    void read_offset_of(Keys& keys, bool is_layer) {
        const Node* offset = is_layer ? keys.optional("offset") : keys.required("offset");
        if (offset == nullptr) return;
        if (is_layer)
            error("CS4010", offset->span,
                  {"a calendar that extends another has the offset of the lowest one",
                   "叠加在别的日历上的日历，时差以最底层的为准"},
                  {"leave `offset` out", "请去掉`offset`"});
        else
            document_.offset_minutes = read_offset(*offset, diagnostics_);
    }

    void read_week(const Node& week) {
        Keys keys(week, diagnostics_, {"the week", "每周工作时间"});
        for (std::size_t i = 0; i < weekdays.size(); ++i)
            if (const Node* hours = keys.optional(weekdays[i]))
                document_.week[i] = read_hours(*hours, diagnostics_);
        keys.finish();
    }

    void read_years(const Node& years, bool is_layer) {
        if (!yaml::expect_mapping(years, diagnostics_, ticked("years"))) return;
        if (years.entries.empty() && !is_layer)
            error("CS4007", years.span, {"the calendar has no year", "日历没有年份"},
                  {"add one: `2026: { notice: …, holidays: […] }`",
                   "请补上一年：`2026: { notice: …, holidays: […] }`"});
        for (const yaml::Entry& entry : years.entries) {
            std::int64_t year = 0;
            const std::string& text = entry.key.text;
            const auto [end, failed] =
                std::from_chars(text.data(), text.data() + text.size(), year);
            const bool is_number = failed == std::errc() && end == text.data() + text.size();
            if (!is_number || year < first_year_allowed || year > last_year_allowed) {
                error("CS4007", entry.key.span,
                      format_both("`{}` is no year from {} to {}", "`{}`不是 {} 至 {} 之间的年份",
                                  text, first_year_allowed, last_year_allowed),
                      {"write it with four digits: `2026: …`", "请用四位数字：`2026: …`"});
                continue;
            }
            check_order(entry.key.span, static_cast<std::int32_t>(year), is_layer);
            document_.years.push_back(static_cast<std::int32_t>(year));
            read_year(entry.value, static_cast<std::int32_t>(year));
        }
    }

    void check_order(const Span& span, std::int32_t year, bool is_layer) {
        if (document_.years.empty()) return;
        const std::int32_t before = document_.years.back();
        if (year <= before)
            error("CS4007", span,
                  format_both("{} stands behind {}", "{0}年写在了{1}年之后", year, before),
                  {"write the years in ascending order", "请按年份先后书写"});
        else if (!is_layer && year != before + 1)
            error("CS4007", span,
                  format_both("{0} is missing between {1} and {2}", "{1}年与{2}年之间缺少{0}年",
                              before + 1, before, year),
                  {"add it, if need be with `notice: unverified`",
                   "请补上，必要时写`notice: unverified`"});
    }

    void read_year(const Node& node, std::int32_t year) {
        Keys keys(node, diagnostics_, format_both("the year {}", "{}年", year), "year");
        calendar::Notice notice;
        notice.year = year;
        const auto index = static_cast<std::uint16_t>(document_.notices.size());
        if (const Node* number = keys.required("notice"))
            notice.number = yaml::as_text(*number, diagnostics_, ticked("notice")).value_or("");
        if (const Node* issued = keys.optional("issued"))
            notice.issued = read_date(*issued, diagnostics_);
        document_.notices.push_back(std::move(notice));
        const Node* holidays = keys.required("holidays");
        if (holidays != nullptr &&
            yaml::expect_sequence(*holidays, diagnostics_, ticked("holidays")))
            for (const Node& entry : holidays->items) read_entry(entry, year, index);
        keys.finish();
    }

    void read_entry(const Node& node, std::int32_t year, std::uint16_t notice) {
        Keys keys(node, diagnostics_, {"the holiday", "节假日"}, "holiday");
        if (!keys.ok()) return;
        calendar::SpecialDay day;
        day.notice = notice;
        if (const Node* name = keys.required("name"))
            day.name =
                yaml::as_title(*name, diagnostics_, {"the holiday's `name`", "节假日的`name`"})
                    .value_or(Text{});
        const Node* off = keys.optional("off");
        const Node* work = keys.optional("work");
        const Node* hours = keys.optional("hours");
        if (off != nullptr) read_list(*off, year, day, false);
        if (work != nullptr) read_list(*work, year, day, true);
        if (hours != nullptr) read_special_hours(*hours, year, day);
        // Further keys are misspelt ones, and told as such.
        const bool has_others = node.entries.size() > 1;
        if (off == nullptr && work == nullptr && hours == nullptr && !has_others)
            error("CS4013", node.span, {"the holiday names no day", "节假日没有写明日期"},
                  {"add `off`, `work` or `hours`", "请补上`off`、`work`或`hours`"});
        keys.finish();
    }

    void read_list(const Node& list, std::int32_t year, calendar::SpecialDay day, bool is_make_up) {
        if (!yaml::expect_sequence(list, diagnostics_, ticked(is_make_up ? "work" : "off"))) return;
        day.usual_hours = is_make_up;
        for (const Node& item : list.items)
            for (const Date date : read_days(item, diagnostics_).value_or(std::vector<Date>()))
                add(date, item.span, year, day, is_make_up);
    }

    void read_special_hours(const Node& mapping, std::int32_t year, calendar::SpecialDay day) {
        if (!yaml::expect_mapping(mapping, diagnostics_, ticked("hours"))) return;
        for (const yaml::Entry& entry : mapping.entries) {
            const auto date = read_date(entry.key, diagnostics_);
            const auto hours = read_hours(entry.value, diagnostics_);
            if (!date || !hours) continue;
            day.hours = *hours;
            add(*date, entry.key.span, year, day, false);
        }
    }

    void add(Date date, const Span& span, std::int32_t year, calendar::SpecialDay day,
             bool is_make_up) {
        const bool is_before = date.year() == year - 1 && date.month() == december;
        if (date.year() != year && !is_before) {
            error("CS4004", span,
                  format_both("{} does not belong to {}", "{}不属于{}年", date.text(), year),
                  {"check the year, or move it to its own", "请检查年份，或移到它所属的年份"});
            return;
        }
        day.date = date;
        document_.days.push_back({std::move(day), span, is_make_up});
    }

    void order_days() {
        auto& days = document_.days;
        std::stable_sort(days.begin(), days.end(), [](const NamedDay& a, const NamedDay& b) {
            return a.day.date < b.day.date;
        });
        for (std::size_t i = 1; i < days.size(); ++i) {
            if (days[i].day.date != days[i - 1].day.date) continue;
            const bool in_order = days[i - 1].span < days[i].span;
            const Span& first = in_order ? days[i - 1].span : days[i].span;
            diagnostics_
                .error("CS4003", in_order ? days[i].span : days[i - 1].span,
                       format_both("{} is named twice", "{}写了两次", days[i].day.date.text()),
                       {"keep one of them", "请只保留一处"})
                .notes.push_back({first, {"first named here", "第一处在这里"}});
        }
    }

    const Node& root_;
    Diagnostics& diagnostics_;
    CalendarDocument document_;
};

}  // namespace

CalendarDocument read_calendar_document(const Node& root, Diagnostics& diagnostics) {
    return DocumentReader(root, diagnostics).run();
}

}  // namespace countersign::definitions
