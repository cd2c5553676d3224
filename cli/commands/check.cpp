// check: reads definitions together and says what is wrong with them.
#include "cli/commands/commands.hpp"

#include "cli/compare/explained.hpp"
#include "cli/output/text.hpp"
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
    std::string step;  ///< to be explained
};

/// Tells a step of the checked processes whole; those of all processes that have one of that id.
outcome<void> explain(const Globals& globals, const definitions::Deployable& set,
                      const std::string& id) {
    const Terminal& terminal = globals.terminal;
    const http::Names names = http::names_of(set.departments);
    std::vector<std::string> known;
    bool found = false;
    for (const model::Process& process : set.processes) {
        for (model::StepIndex step = 0; step < process.steps.size(); ++step) {
            known.push_back(process.steps[step].id);
            if (process.steps[step].id != id) continue;
            const Text title = process.steps[step].title;
            fmt::print("{}{}\n", found ? "\n" : "",
                       terminal.styled(
                           fmt::format("{} · {}{}{}", process.id, id, title.empty() ? "" : " · ",
                                       printable(title.in(terminal.language))),
                           Style::bold));
            found = true;
            for (const Told& told : explain_step(process, names, step)) {
                fmt::print("{}\n", told.heading.in(terminal.language));
                for (const Text& line : told.lines)
                    fmt::print("  {}\n", printable(line.in(terminal.language)));
            }
        }
    }
    if (found) return boost::system::in_place_value;
    return fail(Exit::usage, format_both("there is no step {}", "没有步骤 {}", id),
                diagnostics::did_you_mean(id, known));
}

int run(const Globals& globals, const Options& options) {
    const Terminal& terminal = globals.terminal;
    auto sources = definitions::read_sources(options.paths);
    if (!sources)
        return report(fail(Exit::usage, sources.error().text(),
                           both("name files or folders that exist", "请指明存在的文件或目录")));
    if (sources->empty())
        return report(fail(
            Exit::usage,
            format_both("{} holds no *.yaml file", "{} 中没有 *.yaml 文件", options.paths.front()),
            both("name a definition, or a folder with some", "请指明定义文件，或存有定义的目录")));
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
        fmt::print(
            stderr, "{}\n",
            format_both("{} {} checked, nothing to find fault with",
                        "已检查 {0} 个文件，未发现问题", files, files == 1 ? "file" : "files")
                .in(terminal.language));
    if (!options.step.empty() && !found.has_errors())
        if (const auto told = explain(globals, checked.deployable, options.step); !told)
            return report(told.error());
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
    sub->add_option("--explain", options->step,
                    "STEP: tell when it begins, is skipped or called off, what it can wait for and "
                    "who sees what");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
