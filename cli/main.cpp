// The composition root: reads the command line, runs one command, returns its exit code.
#include "cli/commands/commands.hpp"
#include "cli/output/terminal.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <system_error>

int main(int argc, char** argv) {
    using namespace countersign::cli;
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
