// The composition root: reads the command line, runs one command, returns its exit code.
#include "cli/commands/commands.hpp"
#include "cli/commands/help.hpp"
#include "cli/output/terminal.hpp"
#include "definitions/diagnostics/diagnostic.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <system_error>
#include <vector>

namespace {

using namespace countersign::cli;
using countersign::both;
using countersign::format_both;

/// The failure of a first word that is no command.
Failure no_such_command(const CLI::App& app, const std::string& word) {
    std::vector<std::string> known;
    for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
    return fail(Exit::usage, format_both("there is no command {}", "没有命令 {}", word),
                format_both("{} (countersign --help)", "{}（countersign --help）",
                            countersign::diagnostics::did_you_mean(word, known)));
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
    // What is wrong with a command line is told in the language that it asks for.
    std::string& language = globals.terminal.language;
    language = language_in({argv + 1, argv + argc}, language);
    report_in(language);
    if (language == "zh") speak_chinese(app);
    try {
        std::vector<std::string> words = expression_last({argv + 1, argv + argc});
        std::reverse(words.begin(), words.end());  // as CLI11 takes them
        app.parse(std::move(words));
    } catch (const CLI::Success& asked_for_help) {
        return app.exit(asked_for_help);
    } catch (const CLI::ParseError& error) {
        if (app.get_subcommands().empty() && !app.remaining().empty())
            return report(no_such_command(app, app.remaining().front()));
        return report(fail(Exit::usage, words_of(error),
                           both("--help tells what may stand there", "用法见 --help")));
    }
    try {
        const int code = run();
        if (std::fflush(stdout) == 0) return code;
    } catch (const std::system_error&) {
        // fmt throws when a stream does not take what is printed.
    }
    return report(fail(Exit::refused, both("the output could not be written", "输出无法写入"),
                       both("check the disk or pipe", "请检查磁盘或管道")));
}
