// The command line: what is refused before anything is done, and with which exit code.
#include "cli/commands/commands.hpp"
#include "cli/commands/help.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <vector>

using namespace countersign::cli;

namespace {

/// Parses a command line as main does; the exit code that main would return for it, or 0 when a
/// command was chosen.
int parse(std::vector<std::string> arguments, Globals& globals, std::function<int()>& run) {
    CLI::App app("test", "countersign");
    CommandLine line{app, globals, run};
    add_everything(line);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::Success&) {
        return 0;
    } catch (const CLI::ParseError&) {
        return code_of(Exit::usage);
    }
    return 0;
}

int parse(std::vector<std::string> arguments) {
    Globals globals;
    std::function<int()> run;
    return parse(std::move(arguments), globals, run);
}

}  // namespace

TEST_CASE("arguments: what does not fit is refused before anything runs") {
    CHECK(parse({}) == 2);
    CHECK(parse({"no-such-command"}) == 2);
    CHECK(parse({"check"}) == 2);
    CHECK(parse({"check", "x.yaml", "--format", "xml"}) == 2);
    CHECK(parse({"start", "joint-utility-hookup"}) == 2);
    CHECK(parse({"list", "--limit", "0"}) == 2);
    CHECK(parse({"list", "--status", "lost"}) == 2);
    CHECK(parse({"show"}) == 2);
    CHECK(parse({"withdraw", "06ETMB"}) == 2);
    CHECK(parse({"task"}) == 2);
    CHECK(parse({"task", "complete"}) == 2);
    CHECK(parse({"serve"}) == 2);
    CHECK(parse({"serve", "--config", "x.yaml", "--speed", "0"}) == 2);
    CHECK(parse({"department", "serve", "grid.yaml"}) == 2);
    CHECK(parse({"list", "--output", "xml"}) == 2);
    CHECK(parse({"list", "--lang", "fr"}) == 2);
}

TEST_CASE("arguments: global options may stand before and behind the command") {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--server", "http://h:1", "list"},
          {"list", "--server", "http://h:1"}}) {
        Globals globals;
        std::function<int()> run;
        CHECK(parse(arguments, globals, run) == 0);
        CHECK(globals.server == "http://h:1");
        CHECK(run);
    }
}

TEST_CASE("arguments: help is no error") { CHECK(parse({"--help"}) == 0); }

TEST_CASE("check: a path that cannot be read exits with 2, a code that does not exist too") {
    Globals globals;
    std::function<int()> run;

    CHECK(parse({"check", "/no/such/folder"}, globals, run) == 0);
    CHECK(run() == 2);
    CHECK(parse({"explain", "CS0000"}, globals, run) == 0);
    CHECK(run() == 2);
}

TEST_CASE("client: a server that is not there exits with 3, a URL that is none with 2") {
    Globals globals;
    std::function<int()> run;

    CHECK(parse({"list", "--server", "http://127.0.0.1:1"}, globals, run) == 0);
    CHECK(run() == 3);
    CHECK(parse({"list", "--server", "ftp://127.0.0.1"}, globals, run) == 0);
    CHECK(run() == 2);
    CHECK(parse({"list", "--token-file", "/no/such/file"}, globals, run) == 0);
    CHECK(run() == 2);
}

TEST_CASE("help: every description of the command line has a Chinese") {
    Globals globals;
    std::function<int()> run;
    CLI::App app("Countersign runs approvals that several departments must agree on.");
    CommandLine line{app, globals, run};
    add_everything(line);

    // A new command or option adds its Chinese to cli/commands/help.cpp.
    CHECK(without_chinese(app) == std::vector<std::string>{});
}

TEST_CASE("help: what CLI11 says of a command line is said in Chinese as well") {
    CHECK(words_of(CLI::RequiredError("CASE")).zh == "缺少 CASE");
    CHECK(words_of(CLI::RequiredError::Subcommand(1)).zh == "缺少命令");
    CHECK(words_of(CLI::ExtrasError({"--nothing"})).zh == "不认识的参数：--nothing");
    CHECK(words_of(CLI::ValidationError("--limit", "Value 0 not in range 1 to 1000")).zh ==
          "--limit：“0”不在 1 至 1000 之内");
    CHECK(words_of(CLI::ValidationError("--status", "x not in {open,ended}")).zh ==
          "--status：“x”不在 {open,ended} 之内");
    CHECK(words_of(CLI::ValidationError("--file", "File does not exist: x")).zh ==
          "--file：“File does not exist: x”");
    CHECK(words_of(CLI::ArgumentMismatch::TypedAtLeast("--lang", 1, "TEXT")).zh ==
          "--lang 缺少取值");
}

TEST_CASE("help: the language asked for is known before the command line is parsed") {
    CHECK(language_in({"show", "--lang", "zh"}, "en") == "zh");
    CHECK(language_in({"--lang=en", "show"}, "zh") == "en");
    CHECK(language_in({"--lang"}, "zh") == "zh");
    CHECK(language_in({"--lang", "de"}, "zh") == "zh");
    CHECK(language_in({"show", "zh"}, "en") == "en");
}
