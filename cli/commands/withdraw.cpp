// withdraw: ends a case because the applicant wants it no longer.
#include "cli/commands/commands.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

void add_withdraw(CommandLine& line) {
    struct Options {
        std::string id;
        std::string reason;
    };
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("withdraw", "Withdraw a case");
    sub->add_option("CASE", options->id, "its id")->required();
    sub->add_option("--reason", options->reason, "kept with the case")->required();
    sub->callback([options, &run = line.run, &globals = line.globals] {
        run = [options, &globals] {
            return post_and_show(
                globals, fmt::format("/v1/cases/{}/withdraw", percent_encoded(options->id)),
                boost::json::object{{"reason", options->reason}}, [&](const boost::json::value&) {
                    fmt::print(stderr, "{} {}\n", options->id,
                               globals.terminal.say("is withdrawn", "已撤回"));
                });
        };
    });
}

}  // namespace countersign::cli
