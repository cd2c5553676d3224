// deploy: gives definitions to a running server, checked here first.
#include "cli/commands/commands.hpp"

#include "cli/json_view.hpp"
#include "definitions/diagnostics/render.hpp"
#include "definitions/workspace.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

int run(const Globals& globals, const std::vector<std::string>& paths) {
    auto sources = definitions::read_sources(paths);
    if (!sources)
        return report(
            fail(Exit::usage, sources.error().text(),
                 both("name files or folders that exist", "请指明存在的文件或目录")));
    const definitions::Checked checked = definitions::check(*sources);
    if (!checked.found.all().empty())
        fmt::print(stderr, "{}",
                   diagnostics::render_human(checked.found, globals.terminal.language));
    if (checked.found.has_errors())
        return report(fail(Exit::refused,
                           both("the definitions have errors, nothing was deployed",
                                "定义文件有错误，未作任何部署"),
                           both("mend the places above", "请改正上述各处")));
    boost::json::array files;
    for (const definitions::SourceFile& file : *sources)
        files.push_back({{"path", file.path}, {"text", file.text}});
    return post_and_show(globals, "/v1/deployments", boost::json::object{{"files", files}},
                         [&](const boost::json::value& answer) {
                             for (const boost::json::value& process : list_at(answer, "processes"))
                                 fmt::print("{} {}\n", text_at(process, "process"),
                                            text_at(process, "version"));
                         });
}

}  // namespace

void add_deploy(CommandLine& line) {
    auto paths = std::make_shared<std::vector<std::string>>();
    CLI::App* sub = line.app.add_subcommand("deploy", "Give definitions to a running server");
    sub->add_option("PATH", *paths, "YAML files, or folders of them, checked together")->required();
    sub->callback([paths, &run_later = line.run, &globals = line.globals] {
        run_later = [paths, &globals] { return run(globals, *paths); };
    });
}

}  // namespace countersign::cli
