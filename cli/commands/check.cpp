// check: reads definitions together and says what is wrong with them.
#include "cli/commands/commands.hpp"

#include "definitions/diagnostics/render.hpp"
#include "definitions/workspace.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <memory>

namespace countersign::cli {

namespace {

struct Options {
    std::vector<std::string> paths;
    std::string format = "human";
    bool strict = false;
};

int run(const Terminal& terminal, const Options& options) {
    auto sources = definitions::read_sources(options.paths);
    if (!sources)
        return report(
            fail(Exit::usage, sources.error().text(),
                 both("name files or folders that exist", "请指明存在的文件或目录")));
    if (sources->empty())
        return report(fail(Exit::usage,
                           format_both("{} holds no *.yaml file", "{} 中没有 *.yaml 文件",
                                       options.paths.front()),
                           both("name a definition, or a folder with some",
                                "请指明定义文件，或存有定义的目录")));
    const std::size_t files = sources->size();
    const definitions::Checked checked = definitions::check(std::move(*sources));
    const diagnostics::Diagnostics& found = checked.found;
    if (options.format == "json")
        fmt::print("{}", diagnostics::render_json(found));
    else if (options.format == "sarif")
        fmt::print("{}", diagnostics::render_sarif(found, terminal.language));
    else
        fmt::print("{}", diagnostics::render_human(found, terminal.language));
    if (found.all().empty())
        fmt::print(stderr, "{}\n",
                   format_both("{} {} checked, nothing to find fault with",
                               "已检查 {0} 个文件，未发现问题", files, files == 1 ? "file" : "files")
                       .in(terminal.language));
    const bool refused = found.has_errors() || (options.strict && found.warnings() != 0);
    return code_of(refused ? Exit::refused : Exit::ok);
}

}  // namespace

void add_check(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub =
        line.app.add_subcommand("check", "Check definitions: files and folders, together");
    sub->add_option("PATH", options->paths, "YAML files, or folders of them")->required();
    sub->add_option("--format", options->format, "human, json or sarif")
        ->check(CLI::IsMember({"human", "json", "sarif"}))
        ->capture_default_str();
    sub->add_flag("--strict", options->strict, "warnings fail, too");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals.terminal, *options); };
    });
}

}  // namespace countersign::cli
