// diagram: a process as a picture, with what a case has come to where one is given.
#include "cli/commands/commands.hpp"

#include "cli/json_view.hpp"
#include "cli/pictures/svg.hpp"
#include "cli/rehearsal/sources.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <memory>

namespace countersign::cli {

namespace {

namespace json = boost::json;
using States = std::map<std::string, BoxState, std::less<>>;

struct Options {
    std::string process;
    std::string output;
    std::string case_id;
    std::vector<std::string> definitions;
};

BoxState state_of(const json::value& step) {
    const std::string status = text_at(step, "status");
    if (status == "active" || status == "supplementing") return BoxState::active;
    if (status == "skipped" || status == "cancelled" || status == "never_started")
        return BoxState::skipped;
    if (status != "ended") return BoxState::waiting;
    return text_at(step, "kind") == "ok" ? BoxState::done : BoxState::refused;
}

/// A step of several branches is what asks for most attention among them.
void add_states(const json::array& steps, States& states) {
    static constexpr BoxState by_weight[] = {BoxState::skipped, BoxState::waiting, BoxState::done,
                                             BoxState::refused, BoxState::active};
    const auto weight = [](BoxState state) {
        return std::find(std::begin(by_weight), std::end(by_weight), state) - std::begin(by_weight);
    };
    for (const json::value& step : steps) {
        const BoxState state = state_of(step);
        const auto [found, fresh] = states.emplace(text_at(step, "step"), state);
        if (!fresh && weight(state) > weight(found->second)) found->second = state;
        add_states(list_at(step, "steps"), states);
    }
}

outcome<States> states_of_case(const Globals& globals, const std::string& id,
                               std::string& process) {
    States states;
    if (id.empty()) return states;
    auto client = connect(globals);
    if (!client) return client.error();
    const auto reply = client->get("/v1/cases/" + percent_encoded(id));
    if (!reply) return reply.error();
    add_states(list_at(reply->json, "steps"), states);
    if (process.empty()) process = text_at(reply->json, "process");
    return states;
}

outcome<void> write(const std::string& path, const std::string& svg) {
    if (path.empty() || path == "-") {
        fmt::print("{}", svg);
        return boost::system::in_place_value;
    }
    std::ofstream file(path, std::ios::binary);
    file << svg;
    file.close();
    if (file) return boost::system::in_place_value;
    return fail(Exit::usage, format_both("{} cannot be written", "无法写入 {}", path),
                both("name a file in a folder that exists", "请指明已有目录中的文件"));
}

outcome<void> draw(const Globals& globals, Options options) {
    const std::string& language = globals.terminal.language;
    auto states = states_of_case(globals, options.case_id, options.process);
    if (!states) return states.error();
    if (options.process.empty())
        return fail(
            Exit::usage, both("there is no process", "没有指明事项"),
            both("name its id, or a case with --case", "请写事项编号，或用 --case 指明办件"));
    auto files = definitions_for(options.process, ".", options.definitions);
    if (!files) return files.error();
    const auto checked = without_errors(globals.terminal, std::move(*files));
    if (!checked) return checked.error();
    const auto process = process_in(*checked, options.process);
    if (!process) return process.error();
    const http::Names names = http::names_of(checked->deployable.departments);
    const Chart chart = chart_of(**process, names, language, *states);
    return write(options.output, draw_svg(chart, lay_out(chart), language));
}

}  // namespace

void add_diagram(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("diagram", "Draw a process as a picture (SVG)");
    sub->add_option("PROCESS", options->process, "its id; with --case it may be left out");
    sub->add_option("-o", options->output, "the file (default: standard output)");
    sub->add_option("--case", options->case_id,
                    "show what the steps of this case have come to, as the server tells it");
    sub->add_option("--definitions", options->definitions,
                    "the process and what it needs (default: the nearest folder upwards that "
                    "holds it, or whose countersign.yaml names it); may be repeated")
        ->allow_extra_args(false);
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] {
            const auto drawn = draw(globals, *options);
            return drawn ? code_of(Exit::ok) : report(drawn.error());
        };
    });
}

}  // namespace countersign::cli
