// withdraw: ends a case because the applicant wants it no longer, and lists what is taken back.
#include "cli/commands/commands.hpp"

#include "cli/json_view.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

struct Options {
    std::string id;
    std::string reason;
};

/// What departments had done and are now asked to take back. That the case is withdrawn is certain
/// by then, so a server that goes away here is no failure.
void print_undo(const Globals& globals, const std::string& id) {
    outcome<Client> client = connect(globals);
    if (!client) return;
    const outcome<Reply> shown = client->get("/v1/cases/" + percent_encoded(id));
    if (!shown) return;
    for (const boost::json::value& undone : list_at(shown->json, "undo"))
        fmt::print(stderr, "{} {} ({}.{})\n",
                   globals.terminal.say("is taken back:", "将撤销："),
                   title_at(undone, "title", globals.terminal.language),
                   text_at(undone, "department"), text_at(undone, "operation"));
}

int run(const Globals& globals, const Options& options) {
    return post_and_show(globals, fmt::format("/v1/cases/{}/withdraw", percent_encoded(options.id)),
                         boost::json::object{{"reason", options.reason}},
                         [&](const boost::json::value&) {
                             fmt::print(stderr, "{} {}\n", options.id,
                                        globals.terminal.say("is withdrawn", "已撤回"));
                             print_undo(globals, options.id);
                         });
}

}  // namespace

void add_withdraw(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("withdraw", "Withdraw a case");
    sub->add_option("CASE", options->id, "its id")->required();
    sub->add_option("--reason", options->reason, "kept with the case")->required();
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
