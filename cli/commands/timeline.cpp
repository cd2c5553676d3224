// Words for events. What has none of its own is told in the server's words.
#include "cli/commands/timeline.hpp"

#include "cli/json_view.hpp"
#include "cli/output/moment.hpp"
#include "cli/output/text.hpp"
#include "cli/output/words.hpp"
#include "engine/base/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace countersign::cli {

namespace {

namespace json = boost::json;

constexpr int where_columns = 36;
constexpr int what_least = 20;

Style style_of_kind(std::string_view kind) {
    if (kind == "ok" || kind == "granted") return Style::green;
    if (kind == "supplement") return Style::yellow;
    return kind.empty() ? Style::plain : Style::red;
}

/// Returns who a principal is, without the kind that its words tell already: "department:grid".
std::string name_of(const std::string& principal) {
    const std::size_t colon = principal.find(':');
    const bool is_operator = principal.starts_with("operator:");
    return colon == std::string::npos || is_operator ? principal : principal.substr(colon + 1);
}

std::string in_brackets(const std::string& text) {
    return text.empty() ? std::string() : fmt::format(" ({})", text);
}

}  // namespace

Timeline::Timeline(const Terminal& terminal, const json::value& process, std::string titles)
    : terminal_(terminal), title_language_(std::move(titles)), process_(process) {
    for (const json::value& step : list_at(process_, "steps"))
        titles_[text_at(step, "step")] = title_at(step, "title", title_language_);
}

std::string Timeline::titles_of(std::string_view address) const {
    std::string out;
    while (!address.empty()) {
        const std::size_t slash = address.find('/');
        const std::string_view part = address.substr(0, slash);
        address = slash == std::string_view::npos ? std::string_view() : address.substr(slash + 1);
        const std::size_t end = part.find_first_of("[#");
        const auto found = titles_.find(part.substr(0, end));
        const bool titled = found != titles_.end() && !found->second.empty();
        if (!out.empty()) out += " · ";
        out += titled ? found->second : std::string(part.substr(0, end));
        if (end != std::string_view::npos) out += part.substr(end);
    }
    return out;
}

std::string Timeline::clock_words(const json::value& event) const {
    const auto number = static_cast<std::size_t>(integer_at(event, "data.clock"));
    const json::array& clocks = list_at(case_, "clocks");
    if (number == 0 || number > clocks.size()) return std::string(terminal_.say("clock", "时钟"));
    const json::value& clock = clocks[number - 1];
    return fmt::format("{} {}", word(terminal_, text_at(clock, "name")), text_at(clock, "within"));
}

bool Timeline::is_late(const json::value& event) const {
    const auto number = static_cast<std::size_t>(integer_at(event, "data.clock"));
    const json::array& clocks = list_at(case_, "clocks");
    return number >= 1 && number <= clocks.size() && text_at(clocks[number - 1], "card") == "red";
}

Happening Timeline::tell_case(std::string_view name, const json::value& event) const {
    Happening told;
    if (name == "CaseOpened") {
        told.what = fmt::format("{} {}", terminal_.say("applied for by", "收件，申请人"),
                                text_at(event, "data.applicant"));
        const std::optional<Instant> received = instant_at(event, "data.received");
        const std::optional<Instant> opened = instant_at(case_, "opened");
        if (received && opened && *received != *opened)
            told.what += fmt::format(
                "{}{}{}{}", terminal_.say(", received ", "，收到于 "),
                short_moment(*received, offset_of(text_at(case_, "now")), terminal_.language),
                terminal_.say(", entered by ", "，登记人 "), name_of(text_at(case_, "opened_by")));
        told.style = Style::bold;
    } else if (name == "CaseEnded") {
        const std::string end = text_at(event, "data.end.name");
        const json::value* shown = find(case_, "end");
        std::string title = shown == nullptr ? "" : title_at(*shown, "title", title_language_);
        if (title.empty()) title = end;
        const std::string kind = shown == nullptr ? "" : text_at(*shown, "kind");
        told.what = fmt::format("{}{}{}", terminal_.say("ended: ", "办结："), title,
                                in_brackets(word(terminal_, kind)));
        told.style = style_of_kind(kind);
    } else if (name == "CaseClosed") {
        told.what = terminal_.say("closed: nothing is left to do", "归档");
        told.style = Style::bold;
    } else {
        told.what = title_at(event, "text", terminal_.language);
        if (name == "IncidentRaised") told.style = Style::red;
    }
    return told;
}

Happening Timeline::tell_notice(const json::value& event) const {
    const std::string name = text_at(event, "event");
    const std::string kind = text_at(event, "data.kind");
    Happening told{{}, title_at(event, "text", terminal_.language), Style::yellow};
    if (kind == "warn") {
        told.what = terminal_.say("yellow card: the limit is near", "黄牌：临近期限");
    } else if (kind == "escalate") {
        told.what = fmt::format("{} {}", terminal_.say("escalated to", "升级督办"),
                                text_at(event, "data.to"));
        told.style = Style::red;
    } else if (kind == "remind") {
        told.what =
            fmt::format("{} {}", terminal_.say("reminded:", "催办"), text_at(event, "data.to"));
    } else if (kind == "send") {
        told.what =
            fmt::format("{} {}: {}", terminal_.say("told", "通知"), text_at(event, "data.to"),
                        name == "PersonalNoticeGiven"
                            ? text_at(event, terminal_.say("data.text_en", "data.text_zh"))
                            : title_at(event, "data.text", terminal_.language));
    }
    return told;
}

Happening Timeline::tell_step(std::string_view name, const json::value& event) const {
    Happening told;
    if (name == "StepStarted") {
        told.what = terminal_.say("begins", "开始");
    } else if (name == "StepEnded") {
        told.what = fmt::format(
            "{}{}{}", terminal_.say("ends: ", "办结："),
            word(terminal_, text_at(event, "data.outcome")),
            flag_at(event, "data.deemed") ? terminal_.say(" (deemed)", "（视为）") : "");
        const std::string note = text_at(event, "data.note");
        if (!note.empty()) told.what += ", " + note;
        const std::string kind = text_at(event, "data.outcome_kind");
        told.style = style_of_kind(kind.empty() ? "ok" : kind);
    } else if (name == "EachStarted") {
        std::string keys;
        for (const json::value& item : list_at(event, "data.items"))
            if (item.is_array() && !item.as_array().empty())
                keys += (keys.empty() ? "" : ", ") + text_at(item.as_array()[0], "");
        told.what = fmt::format("{}{}", terminal_.say("a branch each for ", "分办："), keys);
    } else if (name.ends_with("NoticeGiven")) {
        told = tell_notice(event);
    } else {
        told.what = title_at(event, "text", terminal_.language);
        if (name == "StepSkipped" || name == "StepCancelled") told.style = Style::dim;
        if (name == "StepSupplementing" || name == "StepHeld") told.style = Style::yellow;
    }
    return told;
}

Happening Timeline::tell_call(std::string_view name, const json::value& event) const {
    Happening told;
    const std::string number = fmt::format("C{}", text_at(event, "data.call"));
    if (name == "CallRequested") {
        told.what = fmt::format("→ {} {}", text_at(event, "data.department"), number);
        if (const auto due = instant_at(event, "data.due_when_asked"))
            told.what += fmt::format(
                ", {} {}", terminal_.say("due", "限"),
                short_moment(*due, offset_of(text_at(case_, "now")), terminal_.language));
    } else if (name == "CallAnswered") {
        told.what = fmt::format("← {} {}: {}", name_of(text_at(event, "data.by")), number,
                                word(terminal_, text_at(event, "data.outcome")));
    } else if (name == "CallAccepted") {
        told.what =
            fmt::format("{} {}", number, terminal_.say("accepted, will be answered", "已签收"));
        told.style = Style::dim;
    } else if (name == "CallRetryScheduled") {
        told.what = fmt::format("{} {}: {}", number,
                                terminal_.say("failed, is tried again", "失败，将重试"),
                                text_at(event, "data.reason"));
        told.style = Style::yellow;
    } else if (name == "CallRetried") {
        told.what = fmt::format("→ {} {} {}", number, terminal_.say("attempt", "重试"),
                                text_at(event, "data.attempt"));
    } else {
        told.what = title_at(event, "text", terminal_.language);
        if (name == "CallBlocked") told.style = Style::red;
    }
    return told;
}

Happening Timeline::tell_task(std::string_view name, const json::value& event) const {
    Happening told;
    const std::string number = fmt::format("T{}", text_at(event, "data.task"));
    if (name == "TaskOpened")
        told.what = fmt::format("{} {} {}", terminal_.say("task", "任务"), number,
                                terminal_.language == "zh" ? "交 " + text_at(event, "data.role")
                                                           : "for " + text_at(event, "data.role"));
    else if (name == "TaskCompleted")
        told.what = fmt::format("{} {}: {}", name_of(text_at(event, "data.by")), number,
                                word(terminal_, text_at(event, "data.outcome")));
    else
        told.what = title_at(event, "text", terminal_.language);
    return told;
}

Happening Timeline::tell_clock(std::string_view name, const json::value& event) const {
    Happening told;
    const std::string clock = clock_words(event);
    told.style = Style::dim;
    if (name == "ClockStarted") {
        told.what = fmt::format("⏱ {} {}", clock, terminal_.say("runs", "起算"));
    } else if (name == "ClockStopped") {
        const std::string_view met = is_late(event) ? terminal_.say("stops, late", "超期完成")
                                                    : terminal_.say("is met", "按时完成");
        told.what = fmt::format("⏱ {} {}", clock,
                                flag_at(event, "data.met") ? met : terminal_.say("stops", "停止"));
    } else if (name == "ClockRungReached") {
        told.what =
            fmt::format("⏱ {} {}", clock, terminal_.say("reaches its next warning", "到达预警点"));
    } else if (name == "ClockDuePassed") {
        told.what =
            fmt::format("⏱ {} {}", clock, terminal_.say("has passed: red card", "超期：红牌"));
        told.style = Style::red;
    } else {
        told.what = title_at(event, "text", terminal_.language);
        told.style = Style::yellow;
    }
    return told;
}

Happening Timeline::tell(const json::value& event) const {
    const std::string name = text_at(event, "event");
    Happening told;
    if (name.starts_with("Call"))
        told = tell_call(name, event);
    else if (name.starts_with("Task"))
        told = tell_task(name, event);
    else if (name.starts_with("Clock"))
        told = tell_clock(name, event);
    else if (name.starts_with("Step") || name == "EachStarted" || name.ends_with("NoticeGiven"))
        told = tell_step(name, event);
    else
        told = tell_case(name, event);
    told.where = titles_of(text_at(event, "step"));
    if (name == "CaseOpened") told.where = title_at(process_, "title", title_language_);
    // The holder of what comes after the end has no address.
    if (name == "StepStarted" && told.where.empty())
        told.where = terminal_.say("after the end", "办结后事项");
    return told;
}

std::string Timeline::line(std::string_view moment, const Happening& happening) const {
    const std::string where =
        padded(truncated(printable(happening.where), where_columns), where_columns);
    std::string what = printable(happening.what);
    if (terminal_.columns != 0) {
        const int used = display_width(moment) + where_columns + 4;
        what = truncated(what, std::max(what_least, terminal_.columns - used));
    }
    return fmt::format("{}  {}  {}", terminal_.styled(moment, Style::dim), where,
                       terminal_.styled(what, happening.style));
}

}  // namespace countersign::cli
