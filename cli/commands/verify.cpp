// verify: proves that the journal was neither changed nor cut, and replays to the state kept, and
// that the papers which cases name are there: those of one case are read and checked as well.
#include "cli/commands/commands.hpp"

#include "cli/json_view.hpp"
#include "cli/output/table.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

void show(const Globals& globals, const boost::json::value& answer) {
    const Terminal& terminal = globals.terminal;
    for (const boost::json::value& problem : list_at(answer, "problems"))
        fmt::print("{} {}: {}\n", text_at(problem, "case"), text_at(problem, "sequence"),
                   text_at(problem, "message"));
    const auto& lost = list_at(answer, "content_problems");
    for (const boost::json::value& problem : lost)
        if (problem.is_string()) fmt::print("{}\n", problem.as_string().c_str());
    const auto verdict = [&](bool sound, std::string_view good, std::string_view bad) {
        fmt::print("{}\n",
                   terminal.styled(sound ? good : bad, sound ? Style::green : Style::red));
    };
    verdict(list_at(answer, "problems").empty(), terminal.say("the chain is whole", "哈希链完整"),
            terminal.say("the chain is broken", "哈希链不完整"));
    verdict(lost.empty(), terminal.say("the papers are whole", "材料文件完整"),
            terminal.say("papers are missing or damaged", "材料文件有缺失或损坏"));
    fmt::print(
        "{}",
        draw_facts({{std::string(terminal.say("cases", "办件")), text_at(answer, "cases")},
                    {std::string(terminal.say("records", "记录")), text_at(answer, "records")},
                    {std::string(terminal.say("values", "数据")), text_at(answer, "values")},
                    {std::string(terminal.say("snapshots", "快照")), text_at(answer, "snapshots")},
                    {std::string(terminal.say("files", "文件")), text_at(answer, "contents")}},
                   terminal));
}

int run(const Globals& globals, const std::string& id) {
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    const std::string target =
        id.empty() ? "/v1/verify" : fmt::format("/v1/cases/{}/verify", percent_encoded(id));
    const outcome<Reply> reply = client->get(target);
    if (!reply) return report(reply.error());
    globals.json() ? print_json(reply->json) : show(globals, reply->json);
    return code_of(flag_at(reply->json, "ok") ? Exit::ok : Exit::refused);
}

}  // namespace

void add_verify(CommandLine& line) {
    auto id = std::make_shared<std::string>();
    CLI::App* sub =
        line.app.add_subcommand("verify", "Prove the journal's chain of one case, or of all");
    sub->add_option("CASE", *id, "its id; without one, all cases");
    sub->callback([id, &run_later = line.run, &globals = line.globals] {
        run_later = [id, &globals] { return run(globals, *id); };
    });
}

}  // namespace countersign::cli
