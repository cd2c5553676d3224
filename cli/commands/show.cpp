// show: a case as it stands, once or for as long as it changes.
#include "cli/commands/commands.hpp"

#include "cli/commands/case_view.hpp"
#include "cli/json_view.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

namespace countersign::cli {

namespace {

constexpr std::chrono::milliseconds look_again{500};

/// Draws the case anew whenever it changed, until it is closed. On a terminal each drawing takes
/// the place of the one before.
int watch(const Globals& globals, const std::string& target) {
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    std::string drawn;
    for (;;) {
        const outcome<Reply> reply = client->get(target);
        if (!reply) return report(reply.error());
        const std::string sequence = text_at(reply->json, "sequence");
        // On a terminal what is left of each limit is shown anew, too.
        if (globals.terminal.columns != 0 || sequence != drawn) {
            if (globals.terminal.columns != 0) fmt::print("\x1b[H\x1b[2J");
            globals.json() ? print_json(reply->json) : print_case(globals, reply->json);
            std::fflush(stdout);
        }
        drawn = sequence;
        if (text_at(reply->json, "status") == "closed") return code_of(Exit::ok);
        std::this_thread::sleep_for(look_again);
    }
}

}  // namespace

void add_show(CommandLine& line) {
    struct Options {
        std::string id;
        bool watch = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("show", "Show a case: its steps, clocks and incidents");
    sub->add_option("CASE", options->id, "its id")->required();
    sub->add_flag("--watch", options->watch, "again whenever it changes, until it is closed");
    sub->callback([options, &run = line.run, &globals = line.globals] {
        run = [options, &globals] {
            const std::string target = "/v1/cases/" + percent_encoded(options->id);
            if (options->watch) return watch(globals, target);
            return show_answer(globals, target, [&](const boost::json::value& shown) {
                print_case(globals, shown);
            });
        };
    });
}

}  // namespace countersign::cli
