// calendar: due times and lengths on the spot, and what calendars say of years and days. All but
// `load` needs no server.
#include "cli/commands/commands.hpp"

#include "cli/calendar/days.hpp"
#include "cli/calendar/found.hpp"
#include "cli/calendar/reckoning.hpp"
#include "cli/json_view.hpp"
#include "cli/output/moment.hpp"
#include "cli/output/table.hpp"
#include "cli/output/text.hpp"
#include "engine/base/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <memory>

namespace countersign::cli {

namespace {

namespace json = boost::json;

constexpr int explained_days_max = 400;

struct Options {
    std::vector<std::string> definitions;
    std::string calendar;
    std::string first;
    std::string second;
    calendar::Counting counting;
    bool no_roll = false;
    bool batch = false;
    bool explain = false;
    int year = 0;
};

std::string title_of(const calendar::Calendar& calendar, const Terminal& terminal) {
    const calendar::CalendarData& data = calendar::data_of(calendar);
    return data.title.empty() ? data.id : data.title.in(terminal.language);
}

std::string marked(const Terminal& terminal, std::string text, bool provisional) {
    if (provisional) text += terminal.say(" (provisional)", "（暂定）");
    return text;
}

int this_year(const calendar::Calendar& calendar) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const Instant at{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
    return local_time(at, calendar::data_of(calendar).offset_minutes).date.year();
}

// ── due and between ──────────────────────────────────────────────────────────────────────────

/// What a day is for a limit that counts working days: "1", or why it is not counted.
std::string count_of(const Terminal& terminal, const Day& day, int& counted) {
    if (day.works) return std::to_string(++counted);
    return std::string(terminal.say("not counted", "不计"));
}

/// The days from the start to the due, each counted or not, and why.
void explain(const Terminal& terminal, const calendar::Calendar& calendar, const DueAnswer& answer,
             const calendar::Counting& counting) {
    const int offset = calendar::data_of(calendar).offset_minutes;
    const Date first = local_time(answer.from.at, offset).date;
    const Date last =
        local_time(std::max(answer.from.at, answer.due.at - milliseconds(1)), offset).date;
    const bool works = answer.limit.unit == calendar::Unit::working_day;
    Table table({{std::string(terminal.say("DAY", "日期"))},
                 {std::string(terminal.say("COUNTED", "计数")), false, true},
                 {std::string(terminal.say("WHAT IT IS", "性质"))},
                 {std::string(terminal.say("NAME", "名称")), true},
                 {std::string(terminal.say("BY", "依据")), true}});
    int counted = 0;
    int listed = 0;
    for (Date date = first; date <= last && listed < explained_days_max;
         date = date + 1, ++listed) {
        const Day day = day_of(calendar, date);
        std::string count;
        if (date == first && !counting.count_start_day)
            count = terminal.say("start", "起算日");
        else if (works)
            count = count_of(terminal, day, counted);
        table.add({fmt::format("{} {}", weekday_text(date).in(terminal.language), date.text()),
                   count, kind_text(day).in(terminal.language), day.name.in(terminal.language),
                   day.notice});
    }
    fmt::print("\n{}", table.draw(terminal));
    if (listed == explained_days_max)
        fmt::print("{}\n", terminal.say("… further days are not listed", "……其余日期从略"));
}

json::object json_of(const calendar::Calendar& calendar, const DueAnswer& answer) {
    const calendar::CalendarData& data = calendar::data_of(calendar);
    return {{"from", rfc3339(answer.from.at, data.offset_minutes)},
            {"limit", answer.limit.text()},
            {"due", rfc3339(answer.due.at, data.offset_minutes)},
            {"text", answer.text},
            {"provisional", answer.due.provisional},
            {"calendar", data.id},
            {"version", data.version}};
}

json::object json_of(const calendar::Calendar& calendar, const BetweenAnswer& answer) {
    const calendar::CalendarData& data = calendar::data_of(calendar);
    return {{"from", rfc3339(answer.from.at, data.offset_minutes)},
            {"to", rfc3339(answer.to.at, data.offset_minutes)},
            {"working_days", answer.working_days},
            {"working_ms", answer.working_ms},
            {"text", answer.text},
            {"provisional", answer.provisional},
            {"calendar", data.id},
            {"version", data.version}};
}

/// Answers one question; JSON in one line where `in_batch`.
template <class Answer>
void tell(const Globals& globals, const calendar::Calendar& calendar, const Answer& answer,
          bool provisional, bool in_batch) {
    if (!globals.json())
        fmt::print("{}\n", marked(globals.terminal, answer.text, provisional));
    else if (in_batch)
        fmt::print("{}\n", json::serialize(json_of(calendar, answer)));
    else
        print_json(json_of(calendar, answer));
}

outcome<void> answer_due(const Globals& globals, const Options& options,
                         const calendar::Calendar& calendar, const Pair& asked) {
    const auto answer = due_from(calendar, asked.first, asked.second, options.counting);
    if (!answer) return answer.error();
    tell(globals, calendar, *answer, answer->due.provisional, options.batch);
    if (options.explain && !globals.json())
        explain(globals.terminal, calendar, *answer, options.counting);
    return boost::system::in_place_value;
}

outcome<void> answer_between(const Globals& globals, const Options& options,
                             const calendar::Calendar& calendar, const Pair& asked) {
    const auto answer = between(calendar, asked.first, asked.second);
    if (!answer) return answer.error();
    tell(globals, calendar, *answer, answer->provisional, options.batch);
    return boost::system::in_place_value;
}

using Answering = outcome<void> (*)(const Globals&, const Options&, const calendar::Calendar&,
                                    const Pair&);

/// One answer a line, in the order of the lines; a line that is wrong is answered by what is wrong.
int answer_lines(const Globals& globals, const Options& options, const calendar::Calendar& calendar,
                 Answering answer) {
    Exit worst = Exit::ok;
    std::string line;
    while (std::getline(std::cin, line)) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        const auto asked = read_pair(line);
        outcome<void> told = asked ? answer(globals, options, calendar, *asked) : asked.error();
        if (told) continue;
        worst = Exit::usage;
        fmt::print(
            "{}\n",
            format_both("error: {}", "错误：{}", told.error().what).in(globals.terminal.language));
    }
    return code_of(worst);
}

int reckon(const Globals& globals, const Options& options, Answering answer, bool is_due) {
    if (options.batch != options.first.empty() || options.batch != options.second.empty())
        return report(fail(Exit::usage,
                           options.batch ? both("--batch reads its questions from standard input",
                                                "--batch 从标准输入读取问题")
                                         : both("two points are needed", "需要两个参数"),
                           is_due ? both("write calendar due FROM LIMIT, or calendar due --batch",
                                         "请写 calendar due FROM LIMIT 或 calendar due --batch")
                                  : both("write calendar between A B, or calendar between --batch",
                                         "请写 calendar between A B 或 calendar between --batch")));
    const auto found = find_calendars(options.definitions, globals.terminal.language);
    if (!found) return report(found.error());
    const auto calendar = found->pick(options.calendar);
    if (!calendar) return report(calendar.error());
    if (options.batch) return answer_lines(globals, options, **calendar, answer);
    const auto told = answer(globals, options, **calendar, {options.first, options.second});
    return told ? code_of(Exit::ok) : report(told.error());
}

// ── show ─────────────────────────────────────────────────────────────────────────────────────

std::string week_text(const Terminal& terminal, const calendar::CalendarData& data) {
    const Date monday = *Date::from(2024, 1, 1);
    std::string text;
    for (std::size_t first = 0; first < data.week.size();) {
        std::size_t last = first;
        while (last + 1 < data.week.size() && data.week[last + 1] == data.week[first]) ++last;
        if (!data.week[first].empty()) {
            const auto name = [&](std::size_t day) {
                return weekday_text(monday + static_cast<std::int32_t>(day)).in(terminal.language);
            };
            text +=
                fmt::format("{}{}{} {}", text.empty() ? "" : terminal.say("; ", "；"), name(first),
                            last == first ? "" : "–" + name(last), hours_text(data.week[first]));
        }
        first = last + 1;
    }
    return text;
}

std::string notices_text(const calendar::CalendarData& data, int year, const Terminal& terminal) {
    std::string text;
    for (const calendar::Notice& notice : data.notices) {
        if (notice.year != year) continue;
        text += text.empty() ? "" : terminal.say("; ", "；");
        text += notice.number == "unverified"
                    ? std::string(terminal.say("not compared with a notice", "未与通知核对"))
                    : notice.number;
        if (notice.issued) text += " " + notice.issued->text();
    }
    return text;
}

std::string totals_text(const Terminal& terminal, const YearTotals& totals) {
    return format_both("{} working days: {}", "{} 个工作日：{}", totals.total,
                       fmt::format("{}", fmt::join(totals.months, " ")))
        .in(terminal.language);
}

json::array json_of(const std::vector<calendar::Hours>& hours) {
    json::array all;
    for (const calendar::Hours& one : hours) all.push_back(json::string(hours_text({one})));
    return all;
}

json::object json_of(const calendar::Calendar& calendar, int year) {
    const calendar::CalendarData& data = calendar::data_of(calendar);
    const YearTotals totals = totals_of(calendar, year);
    json::array days;
    for (const calendar::SpecialDay& special : data.days) {
        if (special.date.year() != year) continue;
        const Day day = day_of(calendar, special.date);
        days.push_back(json::object{{"date", day.date.text()},
                                    {"works", day.works},
                                    {"hours", json_of(day.hours)},
                                    {"name", {{"en", day.name.en}, {"zh", day.name.zh}}},
                                    {"notice", day.notice}});
    }
    json::array week;
    for (const auto& hours : data.week) week.push_back(json_of(hours));
    return {{"calendar", data.id},
            {"title", {{"en", data.title.en}, {"zh", data.title.zh}}},
            {"version", data.version},
            {"offset_minutes", data.offset_minutes},
            {"first_year", data.first_year},
            {"last_year", data.last_year},
            {"year", year},
            {"provisional", year < data.first_year || year > data.last_year},
            {"working_days", totals.total},
            {"working_days_by_month", json::array(totals.months.begin(), totals.months.end())},
            {"week", std::move(week)},
            {"days", std::move(days)}};
}

std::string offset_text(int minutes) {
    const int size = std::abs(minutes);
    return fmt::format("UTC{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

void print_days(const Terminal& terminal, const calendar::Calendar& calendar, int year) {
    Table table({{std::string(terminal.say("DAYS", "日期"))},
                 {std::string(terminal.say("WHAT", "性质"))},
                 {std::string(terminal.say("NAME", "名称")), true},
                 {std::string(terminal.say("BY", "依据")), true}});
    for (const Stretch& stretch : named_days(calendar, year)) {
        const auto day = [&](Date date) {
            return fmt::format("{} {}", weekday_text(date).in(terminal.language),
                               date.text().substr(5));
        };
        table.add({stretch.first == stretch.last
                       ? day(stretch.first)
                       : fmt::format("{} – {}", day(stretch.first), day(stretch.last)),
                   Cell(kind_text(stretch.day).in(terminal.language),
                        stretch.day.works ? Style::yellow : Style::plain),
                   stretch.day.name.in(terminal.language), stretch.day.notice});
    }
    if (!table.empty()) fmt::print("\n{}", table.draw(terminal));
}

int show(const Globals& globals, const Options& options) {
    const Terminal& terminal = globals.terminal;
    const auto found = find_calendars(options.definitions, terminal.language);
    if (!found) return report(found.error());
    const auto picked = found->pick(options.calendar);
    if (!picked) return report(picked.error());
    const calendar::Calendar& calendar = **picked;
    const calendar::CalendarData& data = calendar::data_of(calendar);
    const int year = options.year != 0 ? options.year : this_year(calendar);
    if (globals.json()) {
        print_json(json_of(calendar, year));
        return code_of(Exit::ok);
    }
    const bool provisional = year < data.first_year || year > data.last_year;
    std::string notice = notices_text(data, year, terminal);
    if (provisional)
        notice = terminal.say("none yet: by the weekly pattern alone, provisional",
                              "尚无：仅按每周规律推算，均为暂定");
    fmt::print(
        "{}",
        draw_facts({{std::string(terminal.say("calendar", "日历")), Cell(data.id, Style::bold)},
                    {std::string(terminal.say("title", "名称")), title_of(calendar, terminal)},
                    {std::string(terminal.say("version", "版本")), std::to_string(data.version)},
                    {std::string(terminal.say("offset", "时差")), offset_text(data.offset_minutes)},
                    {std::string(terminal.say("week", "每周")), week_text(terminal, data)},
                    {std::string(terminal.say("known", "已知年份")), known_years(calendar)},
                    {fmt::format("{}", year), totals_text(terminal, totals_of(calendar, year))},
                    {std::string(terminal.say("notice", "依据")),
                     Cell(notice, provisional ? Style::yellow : Style::plain)}},
                   terminal));
    print_days(terminal, calendar, year);
    return code_of(Exit::ok);
}

// ── check ────────────────────────────────────────────────────────────────────────────────────

void print_years(const Terminal& terminal, const calendar::Calendar& calendar) {
    const calendar::CalendarData& data = calendar::data_of(calendar);
    fmt::print("{}\n", terminal.styled(fmt::format("{} · {} · {}", data.id,
                                                   title_of(calendar, terminal), data.version),
                                       Style::bold));
    Table table({{std::string(terminal.say("YEAR", "年份"))},
                 {std::string(terminal.say("WORKING DAYS", "工作日")), false, true},
                 {std::string(terminal.say("WEEKDAYS OFF", "平日放假")), false, true},
                 {std::string(terminal.say("MADE UP", "调休上班")), false, true},
                 {std::string(terminal.say("BY MONTH", "逐月"))},
                 {std::string(terminal.say("NOTICE", "依据")), true}});
    for (int year = data.first_year; year <= data.last_year; ++year) {
        const YearTotals totals = totals_of(calendar, year);
        table.add({std::to_string(year), std::to_string(totals.total),
                   std::to_string(totals.weekdays_off), std::to_string(totals.made_up),
                   fmt::format("{}", fmt::join(totals.months, " ")),
                   notices_text(data, year, terminal)});
    }
    fmt::print("{}\n", table.draw(terminal));
}

int check(const Globals& globals, const Options& options) {
    const auto found = find_calendars(options.definitions, globals.terminal.language);
    if (!found) return report(found.error());
    json::array all;
    for (const auto& [id, calendar] : found->all.by_id) {
        if (!options.definitions.empty() && !found->is_given(id)) continue;
        if (!globals.json()) {
            print_years(globals.terminal, *calendar);
            continue;
        }
        const calendar::CalendarData& data = calendar::data_of(*calendar);
        for (int year = data.first_year; year <= data.last_year; ++year)
            all.push_back(json_of(*calendar, year));
    }
    if (globals.json()) print_json(all);
    return code_of(Exit::ok);
}

// ── diff ─────────────────────────────────────────────────────────────────────────────────────

std::string day_text(const Terminal& terminal, const Day& day) {
    const std::string name = day.name.in(terminal.language);
    const std::string kind = kind_text(day).in(terminal.language);
    return name.empty() ? kind : fmt::format("{} · {}", kind, name);
}

void print_changes(const Terminal& terminal, const std::vector<Changed>& changes) {
    Table table({{std::string(terminal.say("DAY", "日期"))},
                 {std::string(terminal.say("BEFORE", "原为")), true},
                 {std::string(terminal.say("NOW", "现为")), true}});
    for (const Changed& changed : changes)
        table.add({fmt::format("{} {}", weekday_text(changed.before.date).in(terminal.language),
                               changed.before.date.text()),
                   day_text(terminal, changed.before), day_text(terminal, changed.after)});
    if (!table.empty()) fmt::print("{}", table.draw(terminal));
}

json::object json_of(const Changed& changed) {
    const auto side = [](const Day& day) {
        return json::object{{"works", day.works},
                            {"hours", json_of(day.hours)},
                            {"name", {{"en", day.name.en}, {"zh", day.name.zh}}}};
    };
    return {{"date", changed.before.date.text()},
            {"before", side(changed.before)},
            {"after", side(changed.after)}};
}

int diff(const Globals& globals, const Options& options) {
    const Terminal& terminal = globals.terminal;
    const auto before = read_calendar(options.first, terminal.language);
    if (!before) return report(before.error());
    const auto after = read_calendar(options.second, terminal.language);
    if (!after) return report(after.error());
    const std::vector<Changed> changes = changes_of(**before, **after);
    const calendar::CalendarData& old = calendar::data_of(**before);
    const calendar::CalendarData& fresh = calendar::data_of(**after);
    if (globals.json()) {
        json::array days;
        for (const Changed& changed : changes) days.push_back(json_of(changed));
        print_json(json::object{{"before", {{"calendar", old.id}, {"version", old.version}}},
                                {"after", {{"calendar", fresh.id}, {"version", fresh.version}}},
                                {"days", std::move(days)}});
        return code_of(Exit::ok);
    }
    bool told = false;
    const auto fact = [&](std::string_view en, std::string_view zh, const std::string& was,
                          const std::string& is) {
        if (was == is) return;
        told = true;
        fmt::print("{}\n", format_both("{}: {} → {}", "{}：{} → {}",
                                       both(std::string(en), std::string(zh)), was, is)
                               .in(terminal.language));
    };
    fact("calendar", "日历", old.id, fresh.id);
    fact("version", "版本", std::to_string(old.version), std::to_string(fresh.version));
    fact("known years", "已知年份", known_years(**before), known_years(**after));
    fact("week", "每周", week_text(terminal, old), week_text(terminal, fresh));
    fact("offset", "时差", offset_text(old.offset_minutes), offset_text(fresh.offset_minutes));
    for (int year = std::min(old.first_year, fresh.first_year);
         year <= std::max(old.last_year, fresh.last_year); ++year)
        fact(fmt::format("working days of {}", year), fmt::format("{} 年工作日", year),
             std::to_string(totals_of(**before, year).total),
             std::to_string(totals_of(**after, year).total));
    if (told && !changes.empty()) fmt::print("\n");
    print_changes(terminal, changes);
    if (changes.empty()) fmt::print("{}\n", terminal.say("no day differs", "没有日期变动"));
    return code_of(Exit::ok);
}

void add_sources(CLI::App* sub, Options& options) {
    sub->add_option("--definitions", options.definitions,
                    "calendar documents, or folders with some (default: those of the nearest "
                    "countersign.yaml upwards, else the program's own); may be repeated")
        ->allow_extra_args(false);
}

void add_reckoning(CommandLine& line, CLI::App* group, bool is_due) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = group->add_subcommand(
        is_due ? "due" : "between",
        is_due ? "When a limit ends: calendar due 2026-02-13 5wd"
               : "Working days between two points: calendar between 2026-02-13 2026-02-27");
    sub->add_option(is_due ? "FROM" : "A", options->first,
                    "a day, or a moment such as \"2026-02-13 10:00\"");
    sub->add_option(is_due ? "LIMIT" : "B", options->second,
                    is_due ? "such as 5wd, 4wh, 10d, 1month or 2h"
                           : "a later day or moment; of a day all of it");
    sub->add_option("--calendar", options->calendar,
                    "its id (default: the deployment's, else china-mainland)");
    add_sources(sub, *options);
    sub->add_flag("--batch", options->batch,
                  "read such pairs from standard input, one a line, and answer each with a line");
    if (is_due) {
        sub->add_flag("--count-start-day", options->counting.count_start_day,
                      "wd: the day of the start counts, too");
        sub->add_flag("--midnight", options->counting.ends_midnight,
                      "wd: ends at midnight, not at the close of business");
        sub->add_flag("--no-roll", options->no_roll,
                      "d, month, year: a last day that is no working day stays the last");
        sub->add_flag("--explain", options->explain, "list the days, counted or not, and why");
    }
    sub->callback([options, is_due, &run = line.run, &globals = line.globals] {
        run = [options, is_due, &globals] {
            options->counting.roll = !options->no_roll;
            return reckon(globals, *options, is_due ? answer_due : answer_between, is_due);
        };
    });
}

}  // namespace

void add_calendar(CommandLine& line) {
    CLI::App* group = line.app.add_subcommand(
        "calendar", "Due times on the spot, and what calendars say of days and years");
    group->require_subcommand(1);
    add_reckoning(line, group, true);
    add_reckoning(line, group, false);

    auto shown = std::make_shared<Options>();
    CLI::App* sub = group->add_subcommand("show", "A calendar and the days of one of its years");
    sub->add_option("CALENDAR", shown->calendar,
                    "its id (default: the deployment's, else china-mainland)");
    sub->add_option("--year", shown->year, "default: this one")->check(CLI::Range(1, 9'998));
    add_sources(sub, *shown);
    sub->callback([shown, &run = line.run, &globals = line.globals] {
        run = [shown, &globals] { return show(globals, *shown); };
    });

    auto checked = std::make_shared<Options>();
    sub = group->add_subcommand(
        "check", "Check calendars, and sum up their years to compare with the notices");
    sub->add_option("PATH", checked->definitions,
                    "calendar documents, or folders with some (default: the program's own)");
    sub->callback([checked, &run = line.run, &globals = line.globals] {
        run = [checked, &globals] { return check(globals, *checked); };
    });

    auto compared = std::make_shared<Options>();
    sub = group->add_subcommand("diff", "The days that a calendar has otherwise than another");
    sub->add_option("OLD", compared->first, "a calendar document, or the id of the program's own")
        ->required();
    sub->add_option("NEW", compared->second, "the same")->required();
    sub->callback([compared, &run = line.run, &globals = line.globals] {
        run = [compared, &globals] { return diff(globals, *compared); };
    });
}

}  // namespace countersign::cli
