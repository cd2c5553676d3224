// eval: the value or the type of an expression, and cases of the CEL specification.
#include "cli/commands/commands.hpp"

#include "cli/eval/cases.hpp"
#include "cli/eval/tagged.hpp"
#include "cli/output/text.hpp"
#include "definitions/diagnostics/diagnostic.hpp"
#include "definitions/diagnostics/render.hpp"
#include "engine/expr/json.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <sstream>

namespace countersign::cli {

namespace {

namespace json = boost::json;

struct Options {
    std::string expression;
    std::string bindings;
    std::string cases;
    std::string skip;
    bool as_json = false;
    bool type_only = false;
};

std::string quoted(std::string_view text) {
    std::string out;
    expr::append_json_string(out, text);
    return out;
}

std::string error_text(std::string_view message) {
    return fmt::format(R"({{"eval_error": {{"errors": [{{"message": {}}}]}}}})", quoted(message));
}

// ── One expression ───────────────────────────────────────────────────────────────────────────

/// Whether a file has members of a case, and nothing else.
bool is_setting(const json::object& object) {
    return !object.empty() && std::all_of(object.begin(), object.end(), [](const auto& entry) {
        const std::string_view key = entry.key();
        return (key == "bindings" && entry.value().is_object()) ||
               (key == "type_env" && entry.value().is_array()) ||
               (key == "disable_check" && entry.value().is_bool());
    });
}

/// A file of bindings: those of a case, tagged values by name, or plain JSON by name. Tagged ones
/// give their variables no type, so that an expression is checked as it would be without the file.
outcome<Setting> read_bindings(const std::string& path) {
    const auto text = read_text(path);
    if (!text) return text.error();
    json::error_code error;
    const json::value given = json::parse(*text, error);
    if (error || !given.is_object())
        return fail(
            Exit::usage, format_both("{} is no JSON object", "{} 不是 JSON 对象", path),
            both(R"(write it like {"x": 3, "name": "a"})", R"(应写成 {"x": 3, "name": "a"})"));
    if (is_setting(given.get_object())) return setting_of(given);
    Setting setting;
    for (const auto& [name, one] : given.get_object()) {
        const json::value* inner = one.is_object() && one.get_object().size() == 1
                                       ? one.get_object().if_contains("value")
                                       : nullptr;
        auto value = value_of_tagged(inner != nullptr ? *inner : one);
        setting.bound.emplace(std::string(name), value ? *std::move(value) : value_of_plain(one));
    }
    return setting;
}

/// Adds a mistake at its place in the expression.
void add(const Globals& globals, const Options& options, const cel::Problem& problem,
         std::string_view code, diagnostics::Diagnostics& found) {
    if (found.sources().size() == 0)
        found.sources().add(globals.terminal.language == "zh" ? "表达式" : "expression",
                            options.expression);
    found.error(code, found.sources().span(0, problem.offset, problem.offset + problem.length),
                problem.message, problem.suggestion);
}

int tell_error(const Globals& globals, const Options& options, const expr::EvaluationError& error) {
    diagnostics::Diagnostics found;
    add(globals, options,
        {error.offset,
         0,
         format_both("there is no value: {}", "无法求值：“{}”", error.message),
         {},
         cel::ProblemKind::type},
        "CS2068", found);
    fmt::print(stderr, "{}", diagnostics::render_human(found, globals.terminal.language));
    return code_of(Exit::refused);
}

int tell_problems(const Globals& globals, const Options& options,
                  const std::vector<cel::Problem>& problems) {
    const std::string& language = globals.terminal.language;
    if (options.as_json) {
        fmt::print("{}\n", error_text(problems_text(problems, language)));
        return code_of(Exit::refused);
    }
    diagnostics::Diagnostics found;
    for (const cel::Problem& problem : problems)
        add(globals, options, problem, cel::code_of(problem.kind), found);
    fmt::print(stderr, "{}", diagnostics::render_human(found, language));
    return code_of(Exit::refused);
}

int evaluate_one(const Globals& globals, const Options& options) {
    Setting setting;
    if (!options.bindings.empty()) {
        auto read = read_bindings(options.bindings);
        if (!read) return report(read.error());
        setting = *std::move(read);
    }
    const cel::Checked checked = cel::check(options.expression, setting.environment);
    if (!checked.ok()) return tell_problems(globals, options, checked.problems);
    if (options.type_only) {
        fmt::print("{}\n", options.as_json
                               ? fmt::format(R"({{"deduced_type": {}}})", tagged_text(checked.type))
                               : checked.type.text());
        return code_of(Exit::ok);
    }
    const expr::Evaluated value = evaluate_in(checked.program, setting.bound);
    if (!value) {
        if (!options.as_json) return tell_error(globals, options, value.error());
        fmt::print("{}\n", error_text(value.error().message));
        return code_of(Exit::refused);
    }
    fmt::print("{}\n", options.as_json ? fmt::format(R"({{"value": {}}})", tagged_text(*value))
                                       : printable_lines(cel_text(*value)));
    return code_of(Exit::ok);
}

// ── Cases ────────────────────────────────────────────────────────────────────────────────────

struct Tally {
    std::size_t passed = 0;
    std::size_t failed = 0;
    std::size_t skipped = 0;
};

std::string member_text(const json::value& value, std::string_view name) {
    const json::value* found = value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
}

/// "comparisons/lt_literal/name", as far as a case says so.
std::string name_of_case(const json::value& given) {
    std::string name;
    for (const std::string_view part : {"file", "section", "name"})
        if (const std::string text = member_text(given, part); !text.empty())
            name += (name.empty() ? "" : "/") + text;
    return name;
}

/// The skip list: a line has the case's name, blanks, and the reason; `#` begins a remark.
outcome<std::map<std::string, std::string>> read_skips(const std::string& path) {
    std::map<std::string, std::string> skips;
    if (path.empty()) return skips;
    const auto text = read_text(path);
    if (!text) return text.error();
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.front() == '#') continue;
        const std::size_t blank = line.find(' ');
        const std::size_t reason = line.find_first_not_of(' ', blank);
        if (blank == std::string::npos || reason == std::string::npos)
            return fail(Exit::usage,
                        format_both("{}: {} has no reason", "{}：{} 没有理由", path, line),
                        both("write the case's name, a blank, and why it is skipped",
                             "请依次写出用例名、空格和跳过的理由"));
        skips[line.substr(0, blank)] = line.substr(reason);
    }
    return skips;
}

void run_line(const Terminal& terminal, const std::string& line, std::size_t number,
              const std::map<std::string, std::string>& skips, Tally& tally) {
    json::error_code error;
    const json::value given = json::parse(line, error);
    std::string name = name_of_case(given);
    if (name.empty()) name = format_both("line {}", "第 {} 行", number).in(terminal.language);
    CaseResult result;
    if (error || member_text(given, "expr").empty()) {
        result.expected = terminal.say("a case", "一个用例");
        result.got = terminal.say("no JSON object with `expr`", "不是含有`expr`的 JSON 对象");
    } else if (const auto skip = skips.find(name); skip != skips.end()) {
        ++tally.skipped;
        fmt::print(
            "{}\n",
            format_both("skipped {}: {}", "跳过 {}：{}", name, skip->second).in(terminal.language));
        return;
    } else {
        result = run_case(given);
    }
    ++(result.passed ? tally.passed : tally.failed);
    if (result.passed) return;
    const std::string expression = member_text(given, "expr");
    const std::string& shown = expression.empty() ? line : expression;
    fmt::print("{}\n", format_both("failed {}\n  expression {}\n  expected   {}\n  got        {}",
                                   "未通过 {}\n  表达式  {}\n  应为    {}\n  实为    {}", name,
                                   truncated(printable(shown), 200), printable(result.expected),
                                   printable(result.got))
                           .in(terminal.language));
}

int run_cases(const Globals& globals, const Options& options) {
    const auto text = read_text(options.cases);
    if (!text) return report(text.error());
    const auto skips = read_skips(options.skip);
    if (!skips) return report(skips.error());
    Tally tally;
    std::istringstream lines(*text);
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") != std::string::npos)
            run_line(globals.terminal, line, number, *skips, tally);
    }
    if (tally.passed + tally.failed + tally.skipped == 0)
        return report(
            fail(Exit::usage, format_both("{} holds no case", "{} 中没有用例", options.cases)));
    // One form in both languages: what reads it counts on it.
    fmt::print("{} passed, {} failed, {} skipped\n", tally.passed, tally.failed, tally.skipped);
    return code_of(tally.failed == 0 ? Exit::ok : Exit::refused);
}

int run(const Globals& globals, Options options) {
    options.as_json = options.as_json || globals.json();
    if (options.cases.empty() == options.expression.empty())
        return report(fail(Exit::usage,
                           options.cases.empty()
                               ? both("there is no expression", "没有表达式")
                               : both("either an expression or --cases is evaluated, not both",
                                      "表达式与 --cases 只能选一"),
                           both("write countersign eval '1 + 2', or --cases FILE.jsonl",
                                "请写 countersign eval '1 + 2' 或 --cases FILE.jsonl")));
    return options.cases.empty() ? evaluate_one(globals, options) : run_cases(globals, options);
}

}  // namespace

std::vector<std::string> expression_last(std::vector<std::string> words) {
    static constexpr std::array with_value = {"--bindings",   "--cases",  "--skip", "--server",
                                              "--token-file", "--output", "--lang"};
    static constexpr std::array alone = {"--json", "--type-only", "-h", "--help"};
    const auto is_in = [](const auto& names, std::string_view word) {
        return std::find(names.begin(), names.end(), word) != names.end();
    };
    const auto command = std::find_if(words.begin(), words.end(), [&](const std::string& word) {
        return !word.starts_with('-') &&
               (&word == &words.front() || !is_in(with_value, *(&word - 1)));
    });
    if (command == words.end() || *command != "eval") return words;
    for (auto word = command + 1; word != words.end(); ++word) {
        if (*word == "--") return words;
        if (is_in(with_value, *word)) {
            if (++word == words.end()) return words;
            continue;
        }
        const bool is_option = !word->starts_with('-') || is_in(alone, *word) ||
                               is_in(with_value, word->substr(0, word->find('=')));
        if (is_option) continue;
        std::string expression = std::move(*word);
        words.erase(word);
        words.insert(words.end(), {"--", std::move(expression)});
        return words;
    }
    return words;
}

void add_eval(CommandLine& line) {
    auto options = std::make_shared<Options>();
    CLI::App* sub = line.app.add_subcommand("eval", "Evaluate an expression (CEL)");
    sub->add_option("EXPRESSION", options->expression, "such as '1 + 2', or form.load_kw > 100");
    sub->add_option("--bindings", options->bindings,
                    "JSON file with the variables by name; - for standard input");
    sub->add_flag("--json", options->as_json,
                  "the value or the error as the specification's cases write them");
    sub->add_flag("--type-only", options->type_only, "the type that is deduced, without a value");
    sub->add_option("--cases", options->cases,
                    "run a file of the specification's cases instead, one JSON object a line");
    sub->add_option("--skip", options->skip,
                    "cases that are not run: FILE/SECTION/NAME and the reason, one a line");
    sub->callback([options, &run_later = line.run, &globals = line.globals] {
        run_later = [options, &globals] { return run(globals, *options); };
    });
}

}  // namespace countersign::cli
