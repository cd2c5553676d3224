// document list, show: the papers that a case has issued, as they are kept.
#include "cli/commands/commands.hpp"

#include "cli/commands/case_view.hpp"
#include "cli/json_view.hpp"
#include "cli/output/table.hpp"
#include "cli/output/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

namespace json = boost::json;

void show_list(const Globals& globals, const json::value& answer) {
    const Terminal& terminal = globals.terminal;
    Table table({{std::string(terminal.say("DOCUMENT", "文书编号"))},
                 {std::string(terminal.say("TITLE", "名称")), true},
                 {std::string(terminal.say("STEP", "环节")), true},
                 {std::string(terminal.say("ISSUED", "出具时间"))},
                 {"SHA-256"}});
    const std::string hash = terminal.language == "zh" ? "sha256_zh" : "sha256_en";
    for (const json::value& one : list_at(answer, "documents"))
        table.add({text_at(one, "document"), title_at(one, "title", terminal.language),
                   title_at(one, "step_title", terminal.language), when(globals, one, "issued"),
                   text_at(one, hash).substr(0, 12)});
    if (table.empty())
        fmt::print(stderr, "{}\n", terminal.say("nothing was issued", "尚未出具任何文书"));
    else
        fmt::print("{}", table.draw(terminal));
}

/// The case of a document's number, "06ETMB…-D1"; empty when it is none.
std::string case_of(const std::string& number) {
    const std::size_t mark = number.rfind("-D");
    return mark == std::string::npos ? "" : number.substr(0, mark);
}

int show_text(const Globals& globals, const std::string& number) {
    const std::string of = case_of(number);
    if (of.empty())
        return report(fail(Exit::usage,
                           format_both("{} is no number of a document", "{} 不是文书编号", number),
                           both("write one as `document list CASE` shows it: 06ETMB…-D1",
                                "请写 `document list CASE` 所示的编号：06ETMB…-D1")));
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    const outcome<Reply> reply =
        client->get(fmt::format("/v1/cases/{}/documents", percent_encoded(of)));
    if (!reply) return report(reply.error());
    for (const json::value& one : list_at(reply->json, "documents")) {
        if (text_at(one, "document") != number) continue;
        if (globals.json()) {
            print_json(one);
        } else {
            const bool zh = globals.terminal.language == "zh";
            fmt::print("{}\n", printable_lines(text_at(one, zh ? "text_zh" : "text_en")));
        }
        return code_of(Exit::ok);
    }
    return report(
        fail(Exit::refused,
             format_both("the case has issued no document {}", "办件没有出具文书 {}", number),
             format_both("countersign document list {} shows those there are",
                         "countersign document list {} 可查看已有的文书", of)));
}

}  // namespace

void add_document(CommandLine& line) {
    auto given = std::make_shared<std::string>();
    CLI::App* group = line.app.add_subcommand("document", "Papers that a case issued: list, show");
    group->require_subcommand(1);
    CLI::App* list = group->add_subcommand("list", "What was issued");
    list->add_option("CASE", *given, "its id")->required();
    list->callback([given, &run = line.run, &globals = line.globals] {
        run = [given, &globals] {
            return show_answer(globals,
                               fmt::format("/v1/cases/{}/documents", percent_encoded(*given)),
                               [&](const json::value& answer) { show_list(globals, answer); });
        };
    });
    CLI::App* show = group->add_subcommand("show", "Print one as it was issued");
    show->add_option("DOCUMENT", *given, "its number")->required();
    show->callback([given, &run = line.run, &globals = line.globals] {
        run = [given, &globals] { return show_text(globals, *given); };
    });
}

}  // namespace countersign::cli
