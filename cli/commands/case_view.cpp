// A case on a terminal.
#include "cli/commands/case_view.hpp"

#include "cli/json_view.hpp"
#include "cli/output/moment.hpp"
#include "cli/output/table.hpp"
#include "cli/output/words.hpp"
#include "engine/base/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace countersign::cli {

namespace {

namespace json = boost::json;

constexpr int offset_of_china = 480;  ///< minutes; of every calendar shipped

std::string heading(const Terminal& terminal, std::string_view en, std::string_view zh) {
    return std::string(terminal.say(en, zh));
}

/// Adds the rows of a list of steps and, indented, of those within them.
void add_steps(const Globals& globals, Table& table, const json::array& steps, std::size_t depth) {
    const Terminal& terminal = globals.terminal;
    for (const json::value& step : steps) {
        std::string name(depth * 2, ' ');
        const std::string key = titled(step, "key", terminal.language);
        const std::string title = title_at(step, "title", terminal.language);
        name += title.empty() ? text_at(step, "step") : title;
        if (!key.empty()) name += fmt::format(" [{}]", key);
        const std::string state = text_at(step, "status");
        const std::string outcome = text_at(step, "outcome");
        std::string shown_outcome = word(terminal, outcome);
        if (flag_at(step, "deemed")) shown_outcome += terminal.say(" (deemed)", "（视为）");
        if (state == "skipped") shown_outcome = word(terminal, text_at(step, "skip_reason"));
        std::string holder = text_at(step, "task");
        if (holder.empty()) holder = text_at(step, "call");
        if (!holder.empty())
            holder = fmt::format("{} {}", titled(step, "holder", terminal.language), holder);
        std::string awaited;
        const std::string comma(terminal.say(", ", "、"));
        for (const json::value& paper : list_at(step, "awaits_titles"))
            awaited += (awaited.empty() ? "" : comma) + title_at(paper, "", terminal.language);
        if (!awaited.empty())
            holder = fmt::format("{}{}{}", titled(step, "holder", terminal.language),
                                 terminal.say(": ", "："), awaited);
        if (!text_at(step, "turn").empty())
            holder = format_both("its turn, after {}", "轮候，待 {} 结束",
                                 title_at(step, "turn_of_title", terminal.language))
                         .in(terminal.language);
        table.add({name, status(terminal, state, text_at(step, "kind")), shown_outcome,
                   when(globals, step, state == "ended" ? "ended" : "due"),
                   length(terminal, text_at(step, "remaining")),
                   card(terminal, text_at(step, "card")), holder});
        add_steps(globals, table, list_at(step, "steps"), depth + 1);
    }
}

void print_steps(const Globals& globals, const json::value& shown) {
    const Terminal& terminal = globals.terminal;
    Table table({{heading(terminal, "STEP", "步骤"), true},
                 {heading(terminal, "STATUS", "状态")},
                 {heading(terminal, "OUTCOME", "结果"), true},
                 {heading(terminal, "ENDED OR DUE", "办结或截止")},
                 {heading(terminal, "LEFT", "剩余")},
                 {heading(terminal, "CARD", "牌")},
                 {heading(terminal, "WITH", "在办"), true}});
    add_steps(globals, table, list_at(shown, "steps"), 0);
    if (!table.empty()) fmt::print("\n{}", table.draw(terminal));
}

void print_clocks(const Globals& globals, const json::value& shown) {
    const Terminal& terminal = globals.terminal;
    Table table({{heading(terminal, "CLOCK", "时钟"), true},
                 {heading(terminal, "OF", "对象"), true},
                 {heading(terminal, "WITHIN", "期限")},
                 {heading(terminal, "STATUS", "状态")},
                 {heading(terminal, "DUE", "截止")},
                 {heading(terminal, "LEFT", "剩余")},
                 {heading(terminal, "CARD", "牌")}});
    for (const json::value& clock : list_at(shown, "clocks")) {
        // Clocks of the case, and those that are still open or went wrong; the rest is history.
        const std::string colour = text_at(clock, "card");
        const std::string of = text_at(clock, "of");
        if (!of.empty() && text_at(clock, "status") == "stopped" && colour != "red") continue;
        table.add({word(terminal, text_at(clock, "name")), titled(clock, "of", terminal.language),
                   length(terminal, text_at(clock, "within")),
                   status(terminal, text_at(clock, "status")),
                   when(globals, clock, "due") + (flag_at(clock, "provisional") ? "?" : ""),
                   length(terminal, text_at(clock, "remaining")), card(terminal, colour)});
    }
    if (!table.empty()) fmt::print("\n{}", table.draw(terminal));
}

void print_incidents(const Globals& globals, const json::value& shown) {
    const Terminal& terminal = globals.terminal;
    for (const json::value& incident : list_at(shown, "incidents")) {
        if (!text_at(incident, "resolved").empty()) continue;
        fmt::print("\n{}\n", terminal.styled(fmt::format("{} {}", terminal.say("incident", "异常"),
                                                         text_at(incident, "incident")),
                                             Style::red));
        fmt::print(
            "{}",
            draw_facts({{heading(terminal, "step", "步骤"),
                         title_at(incident, "title", terminal.language)},
                        {heading(terminal, "since", "时间"), when(globals, incident, "raised")},
                        {heading(terminal, "what", "情况"),
                         title_at(incident, "text", terminal.language)},
                        {heading(terminal, "came", "返回"), text_at(incident, "evidence")},
                        {heading(terminal, "call", "调用"), text_at(incident, "call")}},
                       terminal));
    }
}

void print_overrides(const Globals& globals, const json::value& shown) {
    const Terminal& terminal = globals.terminal;
    Table table({{heading(terminal, "ACCEPTED NUMBER", "已认可的可疑号码"), true},
                 {heading(terminal, "BY", "认可人"), true},
                 {heading(terminal, "AT", "时间")},
                 {heading(terminal, "REASON", "理由"), true}});
    for (const json::value& accepted : list_at(shown, "overrides"))
        table.add({title_at(accepted, "title", terminal.language),
                   title_at(accepted, "by_title", terminal.language),
                   when(globals, accepted, "at"), text_at(accepted, "reason")});
    if (!table.empty()) fmt::print("\n{}", table.draw(terminal));
}

/// "answered: done", "waiting", "blocked".
std::string undo_state(const Terminal& terminal, const json::value& undone) {
    const std::string outcome = text_at(undone, "outcome");
    const std::string state = word(terminal, text_at(undone, "status"));
    return outcome.empty() ? state : fmt::format("{}: {}", state, word(terminal, outcome));
}

void print_undo(const Globals& globals, const json::value& shown) {
    const Terminal& terminal = globals.terminal;
    Table table({{heading(terminal, "TAKEN BACK", "撤销事项"), true},
                 {heading(terminal, "BY", "办理部门"), true},
                 {heading(terminal, "OPERATION", "操作"), true},
                 {heading(terminal, "STATUS", "状态"), true},
                 {heading(terminal, "CALL", "调用")}});
    for (const json::value& undone : list_at(shown, "undo"))
        table.add({title_at(undone, "title", terminal.language),
                   title_at(undone, "department_title", terminal.language),
                   text_at(undone, "operation"), undo_state(terminal, undone),
                   text_at(undone, "call")});
    if (!table.empty()) fmt::print("\n{}", table.draw(terminal));
}

}  // namespace

std::string when(const Globals& globals, const json::value& value, std::string_view path) {
    const std::optional<Instant> at = instant_at(value, path);
    if (!at) return {};
    const std::string text = text_at(value, path);
    return moment(*at, text.ends_with('Z') ? offset_of_china : offset_of(text),
                  globals.terminal.language);
}

const json::value* find_step(const json::value& shown, std::string_view address) {
    for (const json::value& step : list_at(shown, "steps")) {
        if (text_at(step, "address") == address) return &step;
        if (const json::value* found = find_step(step, address)) return found;
    }
    return nullptr;
}

std::string missing_papers(const Terminal& terminal, const json::value& shown) {
    std::string titles;
    for (const json::value& paper : list_at(shown, "missing"))
        titles.append(titles.empty() ? "" : terminal.say(", ", "、"))
            .append(title_at(paper, "title", terminal.language));
    return titles;
}

std::string still_asked(const Terminal& terminal, const json::value& shown) {
    std::string items;
    for (const json::value& request : list_at(shown, "supplement.requests"))
        for (const json::value& item : list_at(request, "items")) {
            if (flag_at(item, "supplied")) continue;
            const std::string title = title_at(item, "title", terminal.language);
            const std::string reason = text_at(item, "reason");
            items.append(items.empty() ? "" : terminal.say("; ", "；"));
            items += reason.empty()
                         ? title
                         : format_both("{} ({})", "{}（{}）", title, reason).in(terminal.language);
        }
    return items;
}

void print_case(const Globals& globals, const json::value& shown) {
    const Terminal& terminal = globals.terminal;
    const json::value* end = find(shown, "end");
    Cell ended("");
    if (end != nullptr && end->is_object()) {
        const std::string title = title_at(*end, "title", terminal.language);
        ended = status(terminal, text_at(*end, "kind"), text_at(*end, "kind"));
        const std::string reason = title_at(*end, "reason_text", terminal.language);
        const std::string kind = title == ended.text ? "" : " · " + ended.text;
        ended.text = fmt::format("{}{}{}{}", title, kind,
                                 reason.empty() ? "" : terminal.say(": ", "："), reason);
    }
    const std::string asked = still_asked(terminal, shown);
    const std::string received = when(globals, shown, "received");
    const std::string opened = when(globals, shown, "opened");
    fmt::print(
        "{}",
        draw_facts(
            {{heading(terminal, "case", "办件编号"), Cell(text_at(shown, "case"), Style::bold)},
             {heading(terminal, "process", "事项"),
              format_both("{} ({} {})", "{}（{} {}）", title_at(shown, "title", terminal.language),
                          text_at(shown, "process"), text_at(shown, "version"))
                  .in(terminal.language)},
             {heading(terminal, "applicant", "申请人"),
              titled(shown, "applicant", terminal.language)},
             {heading(terminal, "received", "收到时间"), received == opened ? "" : received},
             {heading(terminal, "part of", "所属办件"), text_at(shown, "parent")},
             {received == opened ? heading(terminal, "received", "收到时间")
                                 : heading(terminal, "entered", "登记时间"),
              opened},
             {heading(terminal, "entered by", "登记人"),
              received == opened ? "" : title_at(shown, "opened_by_title", terminal.language)},
             {heading(terminal, "now", "现在"), when(globals, shown, "now")},
             {heading(terminal, "status", "状态"), status(terminal, text_at(shown, "status"))},
             {heading(terminal, "missing", "缺少材料"),
              asked.empty() ? missing_papers(terminal, shown) : ""},
             {heading(terminal, "asked for", "待补正"), asked},
             {heading(terminal, "end", "办结"), ended}},
            terminal));
    print_steps(globals, shown);
    print_clocks(globals, shown);
    print_incidents(globals, shown);
    print_overrides(globals, shown);
    print_undo(globals, shown);
}

outcome<json::array> overrides_of(const std::vector<std::string>& given) {
    json::array overrides;
    for (const std::string& one : given) {
        const std::size_t equals = one.find('=');
        if (equals == 0 || equals == std::string::npos || equals + 1 == one.size())
            return fail(Exit::usage,
                        format_both("--accept-suspicious {} has no reason",
                                    "--accept-suspicious {} 没有理由", one),
                        both("write FIELD=REASON, such as applicant.uscc=\"as on the licence\"",
                             "请写成 FIELD=REASON，例如 applicant.uscc=\"与营业执照一致\""));
        overrides.push_back(
            json::object{{"field", one.substr(0, equals)}, {"reason", one.substr(equals + 1)}});
    }
    return overrides;
}

Text no_value(const std::string& field) {
    return format_both("--field {} has no value", "--field {} 没有取值", field);
}

json::value value_of_argument(const std::string& text) {
    json::error_code error;
    json::value value = json::parse(text, error);
    return error ? json::value(json::string(text)) : value;
}

outcome<json::object> form_of(const std::vector<std::string>& fields) {
    json::object form;
    for (const std::string& field : fields) {
        const std::size_t equals = field.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail(Exit::usage, no_value(field),
                        both("write it like stars=5", "例如 stars=5"));
        json::object* into = &form;
        std::string path = field.substr(0, equals);
        for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.')) {
            json::value& inner = (*into)[path.substr(0, dot)];
            if (!inner.is_object()) inner = json::object();
            into = &inner.as_object();
            path.erase(0, dot + 1);
        }
        (*into)[path] = value_of_argument(field.substr(equals + 1));
    }
    return form;
}

}  // namespace countersign::cli
