// Words for events. What has none of its own is told in the server's words.
#include "cli/commands/timeline.hpp"

#include "cli/json_view.hpp"
#include "cli/output/moment.hpp"
#include "cli/output/text.hpp"
#include "cli/output/words.hpp"
#include "engine/base/text.hpp"
#include "engine/core/words.hpp"

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

/// Takes an address apart at its slashes, but for those within a key.
std::vector<std::string_view> parts_of(std::string_view address) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    bool within = false;
    for (std::size_t i = 0; i <= address.size(); ++i) {
        if (i < address.size() && address[i] == '[') within = true;
        if (i < address.size() && address[i] == ']') within = false;
        if (i == begin && i == address.size()) break;
        if (i < address.size() && (address[i] != '/' || within)) continue;
        parts.push_back(address.substr(begin, i - begin));
        begin = i + 1;
    }
    return parts;
}

/// Returns the id of the step at an address: "plan" of "utility[gas]/plan#2".
std::string step_in(std::string_view address) {
    const std::vector<std::string_view> parts = parts_of(address);
    return parts.empty() ? std::string()
                         : std::string(parts.back().substr(0, parts.back().find_first_of("[#")));
}

/// Fits the titles on a way into `columns`: what lies between the first and the last goes first,
/// then the title of the first, of which "[power]" tells the branch; the last tells most.
std::string fitting(const std::string& where, int columns) {
    constexpr std::string_view between = " · ";
    if (display_width(where) <= columns) return where;
    const std::size_t first = where.find(between);
    const std::size_t last = where.rfind(between);
    if (first == std::string::npos) return truncated(where, columns);
    const std::string end = (first == last ? "" : " · …") + where.substr(last);
    const std::string head = where.substr(0, first);
    const std::size_t key = head.find('[');
    for (const std::string& begin : {head, key == std::string::npos ? "…" : head.substr(key)})
        if (display_width(begin + end) <= columns) return begin + end;
    return truncated("…" + where.substr(last), columns);
}

std::string in_one_line(std::string_view text, std::string_view between) {
    std::string out;
    for (const char c : text)
        if (c == '\n')
            out += between;
        else
            out += c;
    return out;
}

std::string in_brackets(const Terminal& terminal, const std::string& text) {
    if (text.empty()) return {};
    return terminal.language == "zh" ? fmt::format("（{}）", text) : fmt::format(" ({})", text);
}

}  // namespace

Timeline::Timeline(const Terminal& terminal, const json::value& process, std::string titles)
    : terminal_(terminal), title_language_(std::move(titles)), process_(process) {
    for (const json::value& step : list_at(process_, "steps"))
        titles_[text_at(step, "step")] = title_at(step, "title", title_language_);
}

std::string Timeline::title_of_key(std::string_view step, const std::string& key,
                                   std::string_view language) const {
    for (const json::value& known : list_at(process_, "steps")) {
        if (text_at(known, "step") != step) continue;
        // A key may have points, at which a path would be divided.
        const json::value* keys = find(known, "keys");
        const json::object* object = keys == nullptr ? nullptr : keys->if_object();
        const json::value* title = object == nullptr ? nullptr : object->if_contains(key);
        if (title != nullptr) return title_at(*title, "", language);
    }
    return key;
}

std::string Timeline::title_of_part(std::string_view part) const {
    const std::size_t bracket = part.find('[');
    const std::size_t hash = part.rfind('#');
    const std::string_view step = part.substr(0, std::min(bracket, hash));
    const auto found = titles_.find(step);
    const bool titled = found != titles_.end() && !found->second.empty();
    std::string out = titled ? found->second : std::string(step);
    const std::size_t end = part.rfind(']');
    if (bracket != std::string_view::npos && end != std::string_view::npos)
        out += fmt::format(
            "[{}]", title_of_key(step, std::string(part.substr(bracket + 1, end - bracket - 1)),
                                 title_language_));
    // A key may have the sign, too: a round stands behind it.
    if (hash != std::string_view::npos && (bracket == std::string_view::npos || hash > end))
        out += format_both(" (round {})", "（第{}轮）", part.substr(hash + 1)).in(title_language_);
    return out;
}

std::string Timeline::titles_of(std::string_view address) const {
    std::string out;
    for (const std::string_view part : parts_of(address))
        out.append(out.empty() ? "" : " · ").append(title_of_part(part));
    return out;
}

std::string Timeline::called(const std::string& id) const {
    // A principal of the journal says what it is before its name; a rehearsed one has a role's.
    const std::string name = id.substr(id.find(':') + 1);
    for (const std::string_view group : {"roles", "departments"}) {
        // Roles have points in their ids, at which a path would be divided.
        const json::value* names = find(process_, group);
        const json::object* object = names == nullptr ? nullptr : names->if_object();
        const json::value* title = object == nullptr ? nullptr : object->if_contains(name);
        if (title != nullptr) return title_at(*title, "", terminal_.language);
    }
    const std::string own = core::name_of_principal(id).in(terminal_.language);
    const bool is_operator = id.starts_with("operator:") && id != "operator:operator";
    return is_operator ? fmt::format("{} {}", word(terminal_, "operator"), own) : own;
}

std::string Timeline::titled_applicant(const json::value& event, const std::string& id) const {
    const std::string name = title_at(event, "applicant_title", terminal_.language);
    return name.empty() ? id : name;
}

std::string Timeline::doer(const json::value& event, std::string_view path) const {
    const std::string name = title_at(event, "by_title", terminal_.language);
    return name.empty() ? called(text_at(event, path)) : name;
}

std::string Timeline::title_of_item(const std::string& id) const {
    for (const json::value& material : list_at(process_, "materials"))
        if (text_at(material, "id") == id) return title_at(material, "title", terminal_.language);
    const json::value* at = find(process_, "form");
    std::string_view rest = id;
    while (at != nullptr && !rest.empty()) {
        const std::string_view name = rest.substr(0, rest.find('.'));
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
        const json::value* member = nullptr;
        for (const json::value& field : list_at(*at, "fields"))
            if (text_at(field, "name") == name) member = &field;
        at = member;
    }
    const std::string title = at == nullptr ? "" : title_at(*at, "title", terminal_.language);
    return title.empty() ? id : title;
}

std::string Timeline::titles_of_items(const json::array& items) const {
    std::string titles;
    for (const json::value& item : items)
        titles.append(titles.empty() ? "" : terminal_.say(", ", "、"))
            .append(title_of_item(text_at(item, item.is_object() ? "id" : "")));
    return titles;
}

std::string Timeline::clock_words(const json::value& event) const {
    const auto number = static_cast<std::size_t>(integer_at(event, "data.clock"));
    const json::array& clocks = list_at(case_, "clocks");
    if (number == 0 || number > clocks.size()) return std::string(terminal_.say("clock", "时钟"));
    const json::value& clock = clocks[number - 1];
    return fmt::format("{} {}", word(terminal_, text_at(clock, "name")),
                       length(terminal_, text_at(clock, "within")));
}

bool Timeline::is_late(const json::value& event) const {
    const auto number = static_cast<std::size_t>(integer_at(event, "data.clock"));
    const json::array& clocks = list_at(case_, "clocks");
    return number >= 1 && number <= clocks.size() && text_at(clocks[number - 1], "card") == "red";
}

Happening Timeline::tell_case(std::string_view name, const json::value& event) const {
    Happening told;
    if (name == "CaseOpened") {
        const std::string applicant = text_at(event, "data.applicant");
        told.what = applicant.empty()
                        ? std::string(terminal_.say("applied for", "收件"))
                        : fmt::format("{} {}", terminal_.say("applied for by", "收件，申请人"),
                                      titled_applicant(event, applicant));
        const std::optional<Instant> received = instant_at(event, "data.received");
        const std::optional<Instant> opened = instant_at(case_, "opened");
        if (received && opened && *received != *opened)
            told.what += fmt::format(
                "{}{}{}{}", terminal_.say(", received ", "，收到于 "),
                short_moment(*received, offset_of(text_at(case_, "now")), terminal_.language),
                terminal_.say(", entered by ", "，登记人 "), doer(event, "data.opened_by"));
        told.style = Style::bold;
    } else if (name == "CaseEnded") {
        const std::string end = text_at(event, "data.end.name");
        const json::value* shown = find(case_, "end");
        std::string title = shown == nullptr ? "" : title_at(*shown, "title", title_language_);
        if (title.empty()) title = end;
        const std::string kind = shown == nullptr ? "" : text_at(*shown, "kind");
        told.what = fmt::format("{}{}{}", terminal_.say("ended: ", "办结："), title,
                                in_brackets(terminal_, word(terminal_, kind)));
        // Why it was refused stands where somebody refused it; why it was withdrawn only here.
        if (kind == "withdrawn" && shown != nullptr)
            if (const std::string why = title_at(*shown, "reason_text", title_language_);
                !why.empty())
                told.what.append(terminal_.say(": ", "：")).append(why);
        told.style = style_of_kind(kind);
    } else if (name == "CaseClosed") {
        told.what = terminal_.say("closed: nothing is left to do", "归档");
        told.style = Style::bold;
    } else if (name == "SupplementRequested") {
        told.what = fmt::format("{}{}", terminal_.say("asks for what is missing: ", "提出补正："),
                                titles_of_items(list_at(event, "data.items")));
        told.style = Style::yellow;
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
                                called(text_at(event, "data.to")));
        told.style = Style::red;
    } else if (kind == "remind") {
        // Without a name it goes to whoever has the step in hand.
        const std::string to = text_at(event, "data.to");
        told.what = terminal_.say("a reminder goes out", "催办");
        if (!to.empty()) told.what.append(terminal_.say(" to ", " ")).append(called(to));
    } else if (kind == "send") {
        const std::string text =
            name == "PersonalNoticeGiven"
                ? text_at(event, terminal_.say("data.text_en", "data.text_zh"))
                : title_at(event, "data.text", terminal_.language);
        told.what = fmt::format("{} {}{}{}", terminal_.say("told", "通知"),
                                called(text_at(event, "data.to")), terminal_.say(": ", "："),
                                in_one_line(text, terminal_.say("; ", "；")));
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
        const std::string note =
            core::note_words(text_at(event, "data.note")).in(terminal_.language);
        if (!note.empty()) told.what.append(terminal_.say(", ", "，")).append(note);
        const std::string kind = text_at(event, "data.outcome_kind");
        told.style = style_of_kind(kind.empty() ? "ok" : kind);
    } else if (name == "EachStarted") {
        std::string keys;
        for (const json::value& item : list_at(event, "data.items"))
            if (item.is_array() && !item.as_array().empty())
                keys.append(keys.empty() ? "" : terminal_.say(", ", "、"))
                    .append(title_of_key(step_in(text_at(event, "step")),
                                         text_at(item.as_array()[0], ""), terminal_.language));
        told.what = fmt::format("{}{}", terminal_.say("a branch each for ", "分办："), keys);
    } else if (name.ends_with("NoticeGiven")) {
        told = tell_notice(event);
    } else {
        told = tell_pause(name, event);
    }
    return told;
}

Happening Timeline::tell_pause(std::string_view name, const json::value& event) const {
    Happening told;
    if (name == "StepSkipped") {
        told.what = std::string(terminal_.say("is skipped", "跳过")) +
                    in_brackets(terminal_, word(terminal_, text_at(event, "data.reason")));
        told.style = Style::dim;
    } else if (name == "StepCancelled") {
        told.what = terminal_.say("is cancelled", "取消");
        told.style = Style::dim;
    } else if (name == "StepRedone") {
        told.what = terminal_.say("begins again", "重新开始");
    } else if (name == "WentBack") {
        told.what = title_at(event, "text", terminal_.language);
        told.style = Style::yellow;
    } else if (name == "StepSupplementing") {
        told.what = terminal_.say("waits for missing papers", "等待补正");
        told.style = Style::yellow;
    } else if (name == "StepHeld" && list_at(event, "data.materials").empty()) {
        told.what = terminal_.say("waits for its turn", "等待轮到");
        told.style = Style::dim;
    } else if (name == "StepHeld") {
        told.what =
            fmt::format("{}{}", terminal_.say("waits for papers to follow: ", "等待容缺材料："),
                        titles_of_items(list_at(event, "data.materials")));
        told.style = Style::yellow;
    } else {
        told.what = title_at(event, "text", terminal_.language);
    }
    return told;
}

Happening Timeline::tell_undo(std::string_view name, const json::value& event) const {
    Happening told;
    const std::string department = called(text_at(event, "data.department"));
    if (name == "UndoPrepared") {
        told.what =
            format_both("could be taken back by {}", "如需撤销，由 {} 办理", department)
                .in(terminal_.language);
        told.style = Style::dim;
    } else if (name == "UndoRequested") {
        told.what = format_both("→ {} C{}: to take it back", "→ {} C{}：请予撤销", department,
                                text_at(event, "data.call"))
                        .in(terminal_.language);
    } else if (name == "StepUndone") {
        const bool undone = text_at(event, "data.kind") == "ok";
        told.what = fmt::format("{}{}",
                                undone ? terminal_.say("was taken back: ", "已撤销：")
                                       : terminal_.say("was not taken back: ", "未能撤销："),
                                word(terminal_, text_at(event, "data.outcome")));
        told.style = undone ? Style::yellow : Style::red;
    } else {
        told.what = title_at(event, "text", terminal_.language);
        told.style = Style::yellow;
    }
    return told;
}

Happening Timeline::tell_call(std::string_view name, const json::value& event) const {
    Happening told;
    const std::string number = fmt::format("C{}", text_at(event, "data.call"));
    if (name == "CallRequested") {
        told.what = fmt::format("→ {} {}", called(text_at(event, "data.department")), number);
        if (const auto due = instant_at(event, "data.due_when_asked"))
            told.what += fmt::format(
                "{} {}", terminal_.say(", due", "，限"),
                short_moment(*due, offset_of(text_at(case_, "now")), terminal_.language));
    } else if (name == "CallAnswered") {
        told.what =
            fmt::format("← {} {}{}{}", doer(event, "data.by"), number, terminal_.say(": ", "："),
                        word(terminal_, text_at(event, "data.outcome")));
    } else if (name == "CallAccepted") {
        told.what =
            fmt::format("{} {}", number, terminal_.say("accepted, will be answered", "已签收"));
        told.style = Style::dim;
    } else if (name == "CallRetryScheduled") {
        told.what = format_both("{} failed, is tried again: {}", "{} 失败，将重试：“{}”", number,
                                text_at(event, "data.reason"))
                        .in(terminal_.language);
        told.style = Style::yellow;
    } else if (name == "CallRetried") {
        told.what = format_both("→ {} attempt {}", "→ {} 第{}次发送", number,
                                text_at(event, "data.attempt"))
                        .in(terminal_.language);
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
        told.what = fmt::format("{} {} {} {}", terminal_.say("task", "任务"), number,
                                terminal_.say("for", "交"), called(text_at(event, "data.role")));
    else if (name == "TaskCompleted")
        told.what = format_both("{} completes {}: {}", "{} 办理 {}：{}", doer(event, "data.by"),
                                number, word(terminal_, text_at(event, "data.outcome")))
                        .in(terminal_.language);
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
    } else if (name == "ClockPaused" || name == "ClockResumed") {
        told.what = fmt::format("⏱ {} {}", clock,
                                name == "ClockPaused" ? terminal_.say("stands still", "停表")
                                                      : terminal_.say("runs on", "恢复计时"));
        told.style = Style::yellow;
    } else {
        told.what = title_at(event, "text", terminal_.language);
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
    else if (name.starts_with("Undo") || name == "StepUndone")
        told = tell_undo(name, event);
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
        padded(fitting(printable(happening.where), where_columns), where_columns);
    std::string what = printable(happening.what);
    if (terminal_.columns != 0) {
        const int used = display_width(moment) + where_columns + 4;
        what = truncated(what, std::max(what_least, terminal_.columns - used));
    }
    return fmt::format("{}  {}  {}", terminal_.styled(moment, Style::dim), where,
                       terminal_.styled(what, happening.style));
}

}  // namespace countersign::cli
