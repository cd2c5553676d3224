// The composition root: reads the command line, runs one command, returns its exit code.
#include "cli/commands/commands.hpp"
#include "cli/output/terminal.hpp"
#include "definitions/diagnostics/diagnostic.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>
#include <system_error>
#include <vector>

namespace {

using namespace countersign::cli;

/// The failure of a first word that is no command.
Failure no_such_command(const CLI::App& app, const std::string& word, std::string_view language) {
    std::vector<std::string> known;
    for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
    return fail(
        Exit::usage, "there is no command " + word,
        countersign::diagnostics::did_you_mean(word, known).in(language) + " (countersign --help)");
}

}  // namespace

int main(int argc, char** argv) {
    Globals globals;
    globals.terminal = look_at_terminal();
    std::function<int()> run;
    CLI::App app("Countersign runs approvals that several departments must agree on.",
                 "countersign");
    CommandLine line{app, globals, run};
    add_everything(line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked_for_help) {
        return app.exit(asked_for_help);
    } catch (const CLI::ParseError& error) {
        if (app.get_subcommands().empty() && !app.remaining().empty())
            return report(no_such_command(app, app.remaining().front(), globals.terminal.language));
        app.exit(error);
        return code_of(Exit::usage);
    }
    try {
        const int code = run();
        if (std::fflush(stdout) == 0) return code;
    } catch (const std::system_error&) {
        // fmt throws when a stream does not take what is printed.
    }
    return report(fail(Exit::refused, "the output could not be written", "check the disk or pipe"));
}
