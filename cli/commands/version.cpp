// version: which Countersign this is.
#include "cli/commands/commands.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace countersign::cli {

void add_version(CommandLine& line) {
    line.app.add_subcommand("version", "Print the version")->callback([&line_run = line.run] {
        line_run = [] {
            fmt::print("countersign {}\n", COUNTERSIGN_VERSION);
            return code_of(Exit::ok);
        };
    });
}

}  // namespace countersign::cli
