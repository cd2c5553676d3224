// bundle: what a bundle saves against doing its items one by one.
#include "cli/commands/commands.hpp"

#include "cli/json_view.hpp"
#include "cli/output/table.hpp"
#include "cli/rehearsal/sources.hpp"
#include "definitions/workspace.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace countersign::cli {

namespace {

namespace json = boost::json;
using definitions::Cost;
using definitions::ItemAlone;
using definitions::Savings;

struct Options {
    std::string process;
    std::vector<std::string> definitions;
};

/// "3", "2.5"
std::string days_text(double days) { return fmt::format("{:.6g}", std::round(days * 100) / 100); }

json::object json_of(const Cost& cost) {
    return {{"fields", cost.fields},
            {"papers", cost.papers},
            {"working_days", cost.days},
            {"trips", cost.trips}};
}

json::object json_of(const Savings& savings) {
    json::array items;
    for (const ItemAlone& item : savings.items) {
        json::object one = json_of(item.cost);
        if (!item.days_known) one["working_days"] = nullptr;
        one["item"] = item.id;
        one["process"] = item.process;
        one["title"] = {{"en", item.title.en}, {"zh", item.title.zh}};
        one["several"] = item.several;
        items.emplace_back(std::move(one));
    }
    json::array way;
    for (const auto& [step, limit] : savings.way)
        way.emplace_back(json::object{
            {"step", step}, {"limit", limit.empty() ? json::value(nullptr) : json::value(limit)}});
    return {{"process", savings.process},
            {"items", std::move(items)},
            {"one_by_one", json_of(savings.apart)},
            {"together", json_of(savings.together)},
            {"way", std::move(way)}};
}

std::vector<Cell> row_of(std::string name, std::string process, const Cost& cost,
                         const std::string& days, Style style) {
    return {Cell(std::move(name), style),
            Cell(std::move(process), style),
            Cell(std::to_string(cost.fields), style),
            Cell(std::to_string(cost.papers), style),
            Cell(days, style),
            Cell(std::to_string(cost.trips), style)};
}

std::string difference(std::size_t apart, std::size_t together) {
    return std::to_string(static_cast<long long>(apart) - static_cast<long long>(together));
}

void print(const Terminal& terminal, const Savings& savings) {
    const std::string& language = terminal.language;
    Table table({{std::string(terminal.say("ITEM", "事项")), true},
                 {std::string(terminal.say("PROCESS", "流程"))},
                 {std::string(terminal.say("FIELDS", "填写项")), false, true},
                 {std::string(terminal.say("PAPERS", "材料")), false, true},
                 {std::string(terminal.say("WORKING DAYS", "工作日")), false, true},
                 {std::string(terminal.say("TRIPS", "跑动次数")), false, true}});
    bool any_several = false;
    bool any_unknown = false;
    for (const ItemAlone& item : savings.items) {
        const std::string title = item.title.empty() ? item.id : item.title.in(language);
        any_several = any_several || item.several;
        any_unknown = any_unknown || !item.days_known;
        table.add(row_of(item.several ? title + " *" : title, item.process, item.cost,
                         item.days_known ? days_text(item.cost.days) : "?", Style::plain));
    }
    table.add(row_of(std::string(terminal.say("one by one", "逐项办理")), "", savings.apart,
                     days_text(savings.apart.days), Style::dim));
    table.add(row_of(std::string(terminal.say("together", "一件事")), "", savings.together,
                     days_text(savings.together.days), Style::plain));
    const Cost& apart = savings.apart;
    const Cost& together = savings.together;
    table.add({Cell(std::string(terminal.say("saved", "节省")), Style::bold), Cell(""),
               Cell(difference(apart.fields, together.fields), Style::bold),
               Cell(difference(apart.papers, together.papers), Style::bold),
               Cell(days_text(apart.days - together.days), Style::bold),
               Cell(difference(apart.trips, together.trips), Style::bold)});
    fmt::print("{}", table.draw(terminal));
    std::string way;
    for (const auto& [step, limit] : savings.way)
        way += fmt::format("{}{} {}", way.empty() ? "" : " → ", step, limit.empty() ? "?" : limit);
    if (!way.empty())
        fmt::print("\n{}\n", format_both("longest way: {}", "最长路径：{}", way).in(language));
    if (any_several)
        fmt::print("{}\n", terminal.say("* one for each item of a list: counted once",
                                        "* 按清单逐项办理，此处只计一次"));
    if (any_unknown || way.find('?') != std::string::npos)
        fmt::print("{}\n",
                   terminal.say("? without a limit: counted as nothing", "? 没有时限，按零计"));
}

outcome<void> run(const Globals& globals, const Options& options) {
    auto files = definitions_for(options.process, ".", options.definitions);
    if (!files) return files.error();
    const auto checked = without_errors(globals.terminal, std::move(*files));
    if (!checked) return checked.error();
    const auto process = process_in(*checked, options.process);
    if (!process) return process.error();
    const auto& all = checked->deployable.savings;
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const Savings& one) { return one.process == options.process; });
    if (found == all.end()) {
        std::string known;
        for (const Savings& one : all) known += (known.empty() ? "" : ", ") + one.process;
        return fail(
            Exit::usage,
            format_both("the process {} is no bundle", "流程 {} 不是一件事", options.process),
            known.empty()
                ? both("a bundle is a process with `bundle:`", "一件事是写有`bundle:`的流程")
                : format_both("bundles here: {}", "此处的一件事：{}", known));
    }
    if (globals.json())
        print_json(json_of(*found));
    else
        print(globals.terminal, *found);
    return boost::system::in_place_value;
}

}  // namespace

void add_bundle(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand(
        "bundle", "What a bundle saves: fields, papers, working days and trips");
    sub->add_option("PROCESS", options->process, "its id")->required();
    sub->add_option("--definitions", options->definitions,
                    "the process and what it needs (default: the nearest folder upwards that "
                    "holds it, or whose countersign.yaml names it); may be repeated")
        ->allow_extra_args(false);
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] {
            const auto done = run(globals, *options);
            return done ? code_of(Exit::ok) : report(done.error());
        };
    });
}

}  // namespace countersign::cli
