// The command line as a whole: the global options, the groups, the order in which --help shows
// them.
#include "cli/commands/commands.hpp"

#include <CLI/CLI.hpp>

namespace countersign::cli {

void add_everything(CommandLine& line) {
    CLI::App& app = line.app;
    Globals& globals = line.globals;
    app.require_subcommand(1);
    app.fallthrough();  // before the commands, which inherit it: options may stand behind them
    app.add_option("--server", globals.server, "where the server is")
        ->envname("COUNTERSIGN_SERVER")
        ->capture_default_str();
    app.add_option("--token-file", globals.token_file,
                   "file with your token (default: data/operator.token if there is one)")
        ->envname("COUNTERSIGN_TOKEN_FILE");
    app.add_option("--output", globals.output, "text, or json as the server gave it")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    app.add_option("--lang", globals.terminal.language, "en or zh (default: by the locale)")
        ->check(CLI::IsMember({"en", "zh"}));

    add_check(line);
    add_test(line);
    add_rehearse(line);
    add_explain(line);
    add_compare(line);
    add_diagram(line);
    add_bundle(line);
    add_eval(line);
    add_calendar(line);
    add_serve(line);
    add_deploy(line);
    add_start(line);
    add_list(line);
    add_show(line);
    add_history(line);
    add_why(line);
    add_clock(line);
    add_task(line);
    add_supply(line);
    add_gantt(line);
    add_add(line);
    add_extend(line);
    add_schema(line);
    add_document(line);
    add_material(line);
    add_withdraw(line);
    add_incident(line);
    add_verify(line);
    add_department(line);
    add_version(line);
    app.footer(
        "Exit codes: 0 done, 1 refused or errors found, 2 wrong arguments or a file that cannot "
        "be read, 3 no server answered.");
}

}  // namespace countersign::cli
