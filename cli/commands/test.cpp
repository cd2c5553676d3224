// test: plays test documents in virtual time and says which expectations did not hold.
#include "cli/commands/commands.hpp"

#include "adapters/rehearsal/play.hpp"
#include "cli/output/moment.hpp"
#include "cli/output/text.hpp"
#include "cli/rehearsal/sources.hpp"
#include "cli/rehearsal/told.hpp"
#include "definitions/diagnostics/render.hpp"
#include "engine/base/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace countersign::cli {

namespace {

namespace json = boost::json;
using definitions::SourceFile;

struct Options {
    std::vector<std::string> paths;
    std::vector<std::string> definitions;
    std::string filter;
    std::string format = "human";
    bool verbose = false;
};

/// Tests that share their definitions.
struct Group {
    std::vector<SourceFile> definitions;
    std::vector<SourceFile> tests;
};

/// What all tests came to.
struct Sum {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::uint64_t working_days = 0;
    std::chrono::duration<double, std::milli> took{};
    std::size_t unplayed = 0;  ///< documents with errors
    json::array tests;
};

/// Returns the id under the key `process` of the top level.
std::string process_in(std::string_view text) {
    for (std::string_view key = "\nprocess:"; text.find(key) != std::string_view::npos;) {
        std::string_view rest = text.substr(text.find(key) + key.size());
        rest = rest.substr(0, rest.find_first_of("\r\n"));
        rest = rest.substr(0, rest.find(" #"));
        const std::size_t begin = rest.find_first_not_of(" \t\"'");
        if (begin == std::string_view::npos) break;
        return std::string(rest.substr(begin, rest.find_last_not_of(" \t\"'") - begin + 1));
    }
    return {};
}

bool is_test(const SourceFile& file) {
    return kind_of(file.text) == "test" || file.path.ends_with(".test.yaml");
}

/// Finds the test documents and what they need, in the order of the paths.
outcome<std::vector<Group>> find_tests(const Options& options) {
    auto files = definitions::read_sources(options.paths);
    if (!files)
        return fail(Exit::usage, files.error().text(),
                    both("name files or folders that exist", "请指明存在的文件或目录"));
    std::vector<SourceFile> tests;
    std::copy_if(files->begin(), files->end(), std::back_inserter(tests), is_test);
    if (tests.empty())
        return fail(
            Exit::usage,
            format_both("{} holds no test", "{} 中没有测试", options.paths.front()),
            both("a test is a YAML file whose first key is `test`, such as hookup.test.yaml",
                 "测试是第一个键为 `test` 的 YAML 文件，例如 hookup.test.yaml"));
    std::vector<Group> groups;
    // Tests of one process lie side by side, and named definitions are everybody's: read once.
    std::map<std::pair<std::string, std::string>, std::size_t> found;
    for (SourceFile& test : tests) {
        const std::string process = process_in(test.text);
        std::pair<std::string, std::string> place;
        if (options.definitions.empty())
            place = {process, std::filesystem::path(test.path).parent_path().string()};
        if (const auto known = found.find(place); known != found.end()) {
            groups[known->second].tests.push_back(std::move(test));
            continue;
        }
        auto needed = definitions_for(process, test.path, options.definitions);
        if (!needed) return needed.error();
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
            return std::equal(group.definitions.begin(), group.definitions.end(), needed->begin(),
                              needed->end(),
                              [](const auto& a, const auto& b) { return a.path == b.path; });
        });
        found[place] = static_cast<std::size_t>(same - groups.begin());
        if (same == groups.end()) {
            groups.push_back({std::move(*needed), {}});
            groups.back().tests.push_back(std::move(test));
        } else {
            same->tests.push_back(std::move(test));
        }
    }
    return groups;
}

definitions::Checked check_all(const Group& group) {
    std::vector<SourceFile> all = group.definitions;
    all.insert(all.end(), group.tests.begin(), group.tests.end());
    return definitions::check(std::move(all));
}

/// Drops the tests that have errors, or all of them when the definitions have some.
void drop_broken(Group& group, const diagnostics::Diagnostics& found) {
    std::set<std::string_view> broken;
    for (const diagnostics::Diagnostic& one : found.all())
        if (one.severity == diagnostics::Severity::error)
            broken.insert(found.sources()[one.span.file].name());
    const auto is_broken = [&broken](const SourceFile& file) { return broken.contains(file.path); };
    const bool all =
        std::any_of(group.definitions.begin(), group.definitions.end(), is_broken);
    std::erase_if(group.tests, [&](const SourceFile& test) { return all || is_broken(test); });
}

/// Plays the tests of one checked set and prints what came of each.
class Runner {
  public:
    Runner(const Globals& globals, const Options& options, Sum& sum)
        : globals_(globals), options_(options), terminal_(globals.terminal), sum_(sum) {}

    outcome<void> run(Group group) {
        definitions::Checked checked = check_all(group);
        if (checked.found.has_errors()) {
            fmt::print(stderr, "{}", diagnostics::render_human(checked.found, terminal_.language));
            const std::size_t before = group.tests.size();
            drop_broken(group, checked.found);
            sum_.unplayed += before - group.tests.size();
            if (group.tests.empty()) return {};
            checked = check_all(group);
        }
        const auto stage = rehearsal::make_stage(checked.deployable);
        if (!stage) return fail(Exit::refused, stage.error().text());
        for (const definitions::TestDefinition& test : checked.deployable.tests) {
            if (test.name.find(options_.filter) == std::string::npos) continue;
            if (auto played = play(test, *stage, checked.found); !played) return played.error();
        }
        return {};
    }

  private:
    outcome<void> play(const definitions::TestDefinition& test, const rehearsal::Stage& stage,
                       const diagnostics::Diagnostics& checked) {
        const auto begun = std::chrono::steady_clock::now();
        auto played = rehearsal::play(test, stage);
        if (!played) return fail(Exit::refused, played.error().text());
        const auto unmet = rehearsal::unmet(test, *played);
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - begun;
        ++(unmet.empty() ? sum_.passed : sum_.failed);
        sum_.working_days += played->working_days;
        sum_.took += took;
        const Duration covered = played->case_id ? played->facts.last - test.start : Duration{};
        if (options_.format == "json") {
            keep(test, unmet, checked.sources(), covered, took.count());
            return {};
        }
        print_line(test, unmet.empty(), covered, took.count());
        for (const diagnostics::Diagnostic& one : unmet)
            fmt::print("\n{}",
                       diagnostics::render_human(one, checked.sources(), terminal_.language));
        if (played->case_id && (!unmet.empty() || options_.verbose)) {
            auto lines = timeline_of(globals_, *played->world, *played->case_id,
                                     {"    ", 0, !options_.verbose});
            if (!lines) return lines.error();
            fmt::print("\n{}\n", *lines);
        }
        return {};
    }

    void print_line(const definitions::TestDefinition& test, bool passed, Duration covered,
                    double milliseconds) const {
        const std::string_view word =
            passed ? terminal_.say("ok    ", "通过  ") : terminal_.say("FAILED", "未通过");
        const std::string length = covered.ms == 0 ? "0" : readable(covered, terminal_.language);
        fmt::print("{}  {:>13}  {:>6.1f} ms  {}\n",
                   terminal_.styled(word, passed ? Style::green : Style::red), length, milliseconds,
                   printable(test.name));
    }

    void keep(const definitions::TestDefinition& test,
              const std::vector<diagnostics::Diagnostic>& unmet,
              const diagnostics::Sources& sources, Duration covered, double milliseconds) {
        json::array failures;
        for (const diagnostics::Diagnostic& one : unmet)
            failures.push_back({{"code", one.code},
                                {"line", one.span.line},
                                {"column", one.span.column},
                                {"message", {{"en", one.message.en}, {"zh", one.message.zh}}}});
        sum_.tests.push_back({{"test", test.name},
                              {"file", sources[test.place.file].name()},
                              {"passed", unmet.empty()},
                              {"covered_ms", covered.ms},
                              {"took_ms", milliseconds},
                              {"failures", std::move(failures)}});
    }

    const Globals& globals_;
    const Options& options_;
    const Terminal& terminal_;
    Sum& sum_;
};

void print_sum(const Terminal& terminal, const Options& options, const Sum& sum) {
    if (options.format == "json")
        return print_json(json::object{{"tests", sum.tests},
                                       {"passed", sum.passed},
                                       {"failed", sum.failed},
                                       {"not_played", sum.unplayed},
                                       {"working_days", sum.working_days},
                                       {"took_ms", sum.took.count()}});
    Text came = format_both("{} passed, {} failed", "通过{}项，未通过{}项", sum.passed, sum.failed);
    if (sum.unplayed != 0)
        came = format_both("{}, {} not played because of the errors above",
                           "{}，{}项因上述错误未执行", came, sum.unplayed);
    if (const double seconds = sum.took.count() / 1'000; sum.working_days != 0 && seconds > 0)
        came = format_both("{}; {} working {} in {:.0f} ms ({:.0f} a second)",
                           "{0}；{1}个工作日，用时{3:.0f}毫秒（每秒{4:.0f}个）", came,
                           sum.working_days, sum.working_days == 1 ? "day" : "days",
                           sum.took.count(), static_cast<double>(sum.working_days) / seconds);
    fmt::print("{}\n", came.in(terminal.language));
}

int run(const Globals& globals, const Options& options) {
    auto groups = find_tests(options);
    if (!groups) return report(groups.error());
    Sum sum;
    Runner runner(globals, options, sum);
    for (Group& group : *groups)
        if (const auto ran = runner.run(std::move(group)); !ran) return report(ran.error());
    if (sum.passed + sum.failed + sum.unplayed == 0)
        return report(fail(Exit::usage,
                           format_both("no test is named like {}", "没有名称含“{}”的测试",
                                       options.filter),
                           both("leave --filter out to see their names",
                                "去掉 --filter 可看到全部名称")));
    print_sum(globals.terminal, options, sum);
    return code_of(sum.failed + sum.unplayed != 0 ? Exit::refused : Exit::ok);
}

}  // namespace

void add_test(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("test", "Play tests of definitions in virtual time");
    sub->add_option("PATH", options->paths, "test documents, or folders with some")->required();
    sub->add_option("--definitions", options->definitions,
                    "the documents that they are about (default: the nearest folder upwards that "
                    "holds the process, or whose countersign.yaml names it)")
        ->allow_extra_args(false);
    sub->add_option("--filter", options->filter, "only tests with this in their names");
    sub->add_option("--format", options->format, "human or json")
        ->check(CLI::IsMember({"human", "json"}))
        ->capture_default_str();
    sub->add_flag("-v,--verbose", options->verbose,
                  "every event, and the timelines of tests that pass, too");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
