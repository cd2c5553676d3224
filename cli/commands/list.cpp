// list: cases, newest first.
#include "cli/commands/commands.hpp"

#include "cli/commands/case_view.hpp"
#include "cli/json_view.hpp"
#include "cli/output/words.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

struct Options {
    std::string status;
    std::string process;
    std::string applicant;
    std::string after;
    unsigned limit = 50;
};

std::string target_of(const Options& options) {
    std::string target = fmt::format("/v1/cases?limit={}", options.limit);
    const auto add = [&target](std::string_view name, const std::string& value) {
        if (!value.empty()) target += fmt::format("&{}={}", name, percent_encoded(value));
    };
    add("status", options.status);
    add("process", options.process);
    add("applicant", options.applicant);
    add("after", options.after);
    return target;
}

void show(const Globals& globals, const boost::json::value& answer) {
    const Terminal& terminal = globals.terminal;
    Table table({{std::string(terminal.say("CASE", "办件编号"))},
                 {std::string(terminal.say("RECEIVED", "收到时间"))},
                 {std::string(terminal.say("ENTERED", "登记时间"))},
                 {std::string(terminal.say("STATUS", "状态"))},
                 {std::string(terminal.say("END", "结果")), true},
                 {std::string(terminal.say("PROCESS", "事项")), true},
                 {std::string(terminal.say("APPLICANT", "申请人")), true}});
    for (const boost::json::value& one : list_at(answer, "cases")) {
        const std::string received = when(globals, one, "received");
        const std::string opened = when(globals, one, "opened");
        // What came and was entered at once needs no second time.
        table.add({text_at(one, "case"), received, opened == received ? "" : opened,
                   status(terminal, text_at(one, "status")), titled(one, "end", terminal.language),
                   title_at(one, "title", terminal.language),
                   titled(one, "applicant", terminal.language)});
    }
    if (table.empty())
        fmt::print(stderr, "{}\n", terminal.say("no case fits", "没有符合条件的办件"));
    else
        fmt::print("{}", table.draw(terminal));
    const std::string next = text_at(answer, "next");
    if (!next.empty())
        fmt::print(stderr, "{} --after {}\n", terminal.say("more:", "下一页："), next);
}

}  // namespace

void add_list(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("list", "List cases, newest first");
    sub->add_option("--status", options->status, "open, ended or closed")
        ->check(CLI::IsMember({"open", "ended", "closed"}));
    sub->add_option("--process", options->process, "of this process");
    sub->add_option("--applicant", options->applicant, "of this applicant");
    sub->add_option("--after", options->after, "the next page, as the page before says");
    sub->add_option("--limit", options->limit, "at most so many")
        ->check(CLI::Range(1u, 1000u))
        ->capture_default_str();
    sub->callback([options, &run = line.run, &globals = line.globals] {
        run = [options, &globals] {
            return show_answer(globals, target_of(*options),
                               [&](const boost::json::value& answer) { show(globals, answer); });
        };
    });
}

}  // namespace countersign::cli
