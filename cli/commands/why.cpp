// why: what a case waits for, since when, on whom, by which rule, and what would move it.
#include "cli/commands/commands.hpp"

#include "cli/commands/case_view.hpp"
#include "cli/json_view.hpp"
#include "cli/output/table.hpp"
#include "cli/output/text.hpp"
#include "cli/output/words.hpp"
#include "engine/base/text.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

std::string rule_of(const Globals& globals, const boost::json::value& wait) {
    const Terminal& terminal = globals.terminal;
    const std::string within = text_at(wait, "rule.within");
    std::string rule;
    if (!within.empty())
        rule = fmt::format(
            "{} {} {}{}", length(terminal, within), terminal.say("from", "起算于"),
            when(globals, wait, "rule.from"),
            flag_at(wait, "rule.paused") ? terminal.say(", paused", "，已停表") : "");
    const std::string basis = title_at(wait, "rule.legal_basis", terminal.language);
    if (!basis.empty()) rule += std::string(rule.empty() ? "" : terminal.say("; ", "；")) + basis;
    return rule;
}

void print_wait(const Globals& globals, const boost::json::value& wait) {
    const Terminal& terminal = globals.terminal;
    const auto name = [&](std::string_view en, std::string_view zh) {
        return std::string(terminal.say(en, zh));
    };
    const std::string title = title_at(wait, "title", terminal.language);
    const std::string step = text_at(wait, "step");
    const bool incident = text_at(wait, "kind") == "incident";
    // The address is for those who have to type it; people know the step by its title.
    const std::string heading = printable(title.empty() ? step : title);
    fmt::print("\n{}{}\n", terminal.styled(heading, incident ? Style::red : Style::bold),
               title.empty() || title == step
                   ? ""
                   : terminal.styled(format_both(" ({})", "（{}）", printable(step))
                                         .in(terminal.language),
                                     Style::dim));
    std::string due = when(globals, wait, "due");
    const std::string remaining = text_at(wait, "remaining");
    if (!remaining.empty())
        due += format_both(" ({})", "（{}）", length(terminal, remaining)).in(terminal.language);
    std::vector<std::pair<std::string, Cell>> facts = {
        {name("waits for", "等待"), title_at(wait, "who", terminal.language)},
        {name("since", "自"), when(globals, wait, "since")},
        {name("what", "情况"),
         Cell(title_at(wait, "text", terminal.language), incident ? Style::red : Style::plain)},
        {name("came", "返回"), text_at(wait, "evidence")},
        {name("due", "截止"), due},
        {name("card", "牌"), card(terminal, text_at(wait, "card"))},
        {name("rule", "依据"), rule_of(globals, wait)},
    };
    for (const boost::json::value& move : list_at(wait, "moved_by"))
        facts.emplace_back(name("moved by", "推动"), title_at(move, "", terminal.language));
    if (incident && !text_at(wait, "incident").empty())
        facts.emplace_back(name("incident", "异常"), text_at(wait, "incident"));
    fmt::print("{}", draw_facts(facts, terminal));
}

void show(const Globals& globals, const boost::json::value& answer) {
    const Terminal& terminal = globals.terminal;
    fmt::print("{}\n", printable(title_at(answer, "text", terminal.language)));
    for (const boost::json::value& wait : list_at(answer, "waits")) print_wait(globals, wait);
    std::string next;
    for (const boost::json::value& step : list_at(answer, "next")) {
        std::string needs;
        for (const boost::json::value& need : list_at(step, "waits_for_titles"))
            needs.append(needs.empty() ? "" : terminal.say(", ", "、"))
                .append(title_at(need, "", terminal.language));
        next += "\n  " + format_both("{} (after {})", "{}（待{}）",
                                     printable(title_at(step, "title", terminal.language)),
                                     printable(needs))
                              .in(terminal.language);
    }
    if (!next.empty()) fmt::print("\n{}{}\n", terminal.say("then:", "随后："), next);
}

}  // namespace

void add_why(CommandLine& line) {
    auto id = std::make_shared<std::string>();
    CLI::App* sub =
        line.app.add_subcommand("why", "Say what a case waits for, and what would move it");
    sub->add_option("CASE", *id, "its id")->required();
    sub->callback([id, &run = line.run, &globals = line.globals] {
        run = [id, &globals] {
            return show_answer(globals, fmt::format("/v1/cases/{}/why", percent_encoded(*id)),
                               [&](const boost::json::value& answer) { show(globals, answer); });
        };
    });
}

}  // namespace countersign::cli
