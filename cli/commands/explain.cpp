// explain: the page of a diagnostic's code.
#include "cli/commands/commands.hpp"

#include "definitions/diagnostics/codes.hpp"
#include "definitions/diagnostics/diagnostic.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <memory>

namespace countersign::cli {

namespace {

int run(const Terminal& terminal, const std::string& code) {
    if (const diagnostics::CodePage* page = diagnostics::find_code(code)) {
        const std::string_view text = page->in(terminal.language).text;
        fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
        return code_of(Exit::ok);
    }
    std::vector<std::string> known;
    for (const diagnostics::CodePage& page : diagnostics::code_pages())
        known.emplace_back(page.code);
    return report(fail(Exit::usage, format_both("there is no code {}", "没有代码 {}", code),
                       diagnostics::did_you_mean(code, known)));
}

}  // namespace

void add_explain(CommandLine& line) {
    auto code = std::make_shared<std::string>();
    CLI::App* sub = line.app.add_subcommand("explain", "Print the page of a code that check gave");
    sub->add_option("CODE", *code, "such as CS1001")->required();
    sub->callback([code, &run_later = line.run, &globals = line.globals] {
        run_later = [code, &globals] { return run(globals.terminal, *code); };
    });
}

}  // namespace countersign::cli
