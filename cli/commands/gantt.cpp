// gantt: a case as bars over time, as a picture.
#include "cli/commands/commands.hpp"

#include "cli/json_view.hpp"
#include "cli/pictures/gantt.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <fstream>
#include <memory>

namespace countersign::cli {

namespace {

struct Options {
    std::string id;
    std::string output;
};

int draw(const Globals& globals, const Options& options) {
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    const outcome<Reply> reply =
        client->get(fmt::format("/v1/cases/{}/clock", percent_encoded(options.id)));
    if (!reply) return report(reply.error());
    const std::string svg = draw_gantt(reply->json, globals.terminal.language);
    if (options.output.empty() || options.output == "-") {
        fmt::print("{}", svg);
        return code_of(Exit::ok);
    }
    std::ofstream file(options.output, std::ios::binary);
    file << svg;
    file.close();
    if (file) return code_of(Exit::ok);
    return report(fail(Exit::usage,
                       format_both("{} cannot be written", "无法写入 {}", options.output),
                       both("name a file in a folder that exists", "请指明已有目录中的文件")));
}

}  // namespace

void add_gantt(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand(
        "gantt", "Draw a case over time, planned and actual, as a picture (SVG)");
    sub->add_option("CASE", options->id, "its id")->required();
    sub->add_option("-o", options->output, "the file (default: standard output)");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return draw(globals, *options); };
    });
}

}  // namespace countersign::cli
