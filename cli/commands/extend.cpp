// extend: prolongs a clock that may be prolonged.
#include "cli/commands/commands.hpp"

#include "cli/json_view.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

namespace json = boost::json;

struct Options {
    std::string id;
    std::string clock;
    std::string by;
    std::string reason;
    std::string of;
};

int run(const Globals& globals, const Options& options) {
    return post_and_show(
        globals, fmt::format("/v1/cases/{}/extend", percent_encoded(options.id)),
        json::object{{"clock", options.clock},
                     {"of", options.of},
                     {"by", options.by},
                     {"reason", options.reason}},
        [&](const json::value&) {
            fmt::print(stderr, "{}\n",
                       format_both("{} is extended by {}", "{} 延期 {}", options.clock, options.by)
                           .in(globals.terminal.language));
        });
}

}  // namespace

void add_extend(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand(
        "extend", "Prolong a clock that may be prolonged, before it is due");
    sub->add_option("CASE", options->id, "its id")->required();
    sub->add_option("CLOCK", options->clock, "the clock's name: promised, statutory, limit …")
        ->required();
    sub->add_option("BY", options->by, "by how much, such as 5wd")->required();
    sub->add_option("--reason", options->reason, "why; the applicant is told")->required();
    sub->add_option("--of", options->of, "the step's address, for a clock of a step");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
