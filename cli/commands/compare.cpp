// diff: what a new version of a process changes. disclose: who gets to see what.
#include "cli/commands/commands.hpp"

#include "cli/compare/facts.hpp"
#include "cli/json_view.hpp"
#include "cli/output/table.hpp"
#include "cli/output/text.hpp"
#include "cli/rehearsal/sources.hpp"
#include "definitions/workspace.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace countersign::cli {

namespace {

namespace json = boost::json;

struct Options {
    std::string first;
    std::string second;
    std::vector<std::string> definitions;
};

/// One checked process with what its parts are called.
struct Loaded {
    model::Process process;
    http::Names names;
};

outcome<Loaded> checked(const Globals& globals, std::vector<definitions::SourceFile> files,
                        const std::string& id) {
    const auto set = without_errors(globals.terminal, std::move(files));
    if (!set) return set.error();
    const auto found = process_in(*set, id);
    if (!found) return found.error();
    return Loaded{**found, http::names_of(set->deployable.departments)};
}

/// The process of a file, with what it needs: of the folders named, else those that are found for
/// it.
outcome<Loaded> load_file(const Globals& globals, const Options& options, const std::string& path) {
    auto own = definitions::read_sources({path});
    if (!own)
        return fail(Exit::usage, own.error().text(),
                    both("name a file that exists", "请指明存在的文件"));
    const auto process = std::find_if(
        own->begin(), own->end(),
        [](const definitions::SourceFile& file) { return kind_of(file.text) == "process"; });
    if (process == own->end())
        return fail(Exit::usage, format_both("{} holds no process", "{} 中没有事项", path),
                    both("name the file of a process", "请指明事项的文件"));
    const std::string id(id_of(process->text));
    auto needed = definitions_for(id, path, options.definitions);
    if (!needed) return needed.error();
    std::vector<definitions::SourceFile> files = {*process};
    for (definitions::SourceFile& file : *needed) {
        const bool same = kind_of(file.text) == "process" && id_of(file.text) == id;
        // Other processes are not asked about, and may be of another time.
        if (!same && kind_of(file.text) != "process") files.push_back(std::move(file));
    }
    return checked(globals, std::move(files), id);
}

// ── diff ─────────────────────────────────────────────────────────────────────────────────────

json::value json_of(const std::optional<Text>& text) {
    if (!text) return nullptr;
    return json::object{{"en", text->en}, {"zh", text->zh}};
}

void print_changes(const Terminal& terminal, const std::vector<Change>& changes) {
    std::optional<Section> section;
    for (const Change& change : changes) {
        if (section != change.section) {
            fmt::print(
                "{}{}\n", section ? "\n" : "",
                terminal.styled(title_of(change.section).in(terminal.language), Style::bold));
            section = change.section;
        }
        const auto said = [&](const std::optional<Text>& text) {
            return printable(text->in(terminal.language));
        };
        const std::string key = printable(change.key);
        if (!change.before)
            fmt::print("{}\n", terminal.styled(fmt::format("  + {}: {}", key, said(change.after)),
                                               Style::green));
        else if (!change.after)
            fmt::print("{}\n", terminal.styled(fmt::format("  - {}: {}", key, said(change.before)),
                                               Style::red));
        else
            fmt::print("  ~ {}: {}\n      → {}\n", key, said(change.before), said(change.after));
    }
}

outcome<void> diff(const Globals& globals, const Options& options) {
    const auto before = load_file(globals, options, options.first);
    if (!before) return before.error();
    const auto after = load_file(globals, options, options.second);
    if (!after) return after.error();
    const std::vector<Change> changes = changes_between(facts_of(before->process, before->names),
                                                        facts_of(after->process, after->names));
    const Terminal& terminal = globals.terminal;
    if (globals.json()) {
        json::array all;
        for (const Change& change : changes)
            all.push_back(json::object{{"section", title_of(change.section).en},
                                       {"key", change.key},
                                       {"before", json_of(change.before)},
                                       {"after", json_of(change.after)}});
        const auto side = [](const Loaded& one) {
            return json::object{{"process", one.process.id}, {"version", one.process.version}};
        };
        print_json(json::object{
            {"before", side(*before)}, {"after", side(*after)}, {"changes", std::move(all)}});
        return boost::system::in_place_value;
    }
    fmt::print("{} {} → {} {}\n\n", before->process.id, before->process.version, after->process.id,
               after->process.version);
    print_changes(terminal, changes);
    if (changes.empty()) fmt::print("{}\n", terminal.say("nothing changes", "没有变化"));
    return boost::system::in_place_value;
}

// ── disclose ─────────────────────────────────────────────────────────────────────────────────

outcome<void> disclose(const Globals& globals, const Options& options) {
    auto files = definitions_for(options.first, ".", options.definitions);
    if (!files) return files.error();
    if (files->empty())
        return fail(Exit::usage,
                    format_both("there is no process {}", "没有事项 {}", options.first),
                    both("name the definitions with --definitions PATH",
                         "请用 --definitions PATH 指明定义文件"));
    const auto loaded = checked(globals, std::move(*files), options.first);
    if (!loaded) return loaded.error();
    std::vector<Disclosed> all = disclosed_by(loaded->process, loaded->names);
    std::stable_sort(all.begin(), all.end(),
                     [](const Disclosed& a, const Disclosed& b) { return a.who < b.who; });
    const Terminal& terminal = globals.terminal;
    if (globals.json()) {
        json::array list;
        for (const Disclosed& one : all)
            list.push_back(json::object{{"who", one.who},
                                        {"title", {{"en", one.title.en}, {"zh", one.title.zh}}},
                                        {"step", one.step},
                                        {"field", one.field},
                                        {"source", one.source},
                                        {"personal", one.personal}});
        print_json(list);
        return boost::system::in_place_value;
    }
    Table table({{std::string(terminal.say("WHO", "对象"))},
                 {std::string(terminal.say("STEP", "步骤"))},
                 {std::string(terminal.say("SEES", "看到"))},
                 {std::string(terminal.say("FROM", "取自")), true},
                 {""}});
    std::string last;
    for (const Disclosed& one : all) {
        const std::string who = one.title.in(terminal.language);
        table.add(
            {who == last ? std::string() : who, one.step, one.field, one.source,
             Cell(one.personal ? std::string(terminal.say("personal", "个人信息")) : std::string(),
                  Style::yellow)});
        last = who;
    }
    if (table.empty())
        fmt::print("{}\n",
                   terminal.say("no step sends or shows anything", "没有步骤发送或出示任何内容"));
    else
        fmt::print("{}", table.draw(terminal));
    return boost::system::in_place_value;
}

}  // namespace

void add_compare(CommandLine& line) {
    const auto add = [&line](const char* name, const char* help,
                             outcome<void> (*run)(const Globals&, const Options&)) {
        auto options = std::make_shared<Options>();
        CLI::App* sub = line.app.add_subcommand(name, help);
        sub->callback([options, run, &run_later = line.run, &globals = line.globals] {
            run_later = [options, run, &globals] {
                const auto done = run(globals, *options);
                return done ? code_of(Exit::ok) : report(done.error());
            };
        });
        return std::pair(sub, options);
    };
    const auto [changes, compared] = add("diff", "What a new version of a process changes", diff);
    changes->add_option("OLD", compared->first, "the file of the old version")->required();
    changes->add_option("NEW", compared->second, "the file of the new one")->required();
    changes
        ->add_option("--definitions", compared->definitions,
                     "what both need (default: the nearest folder upwards that holds the process, "
                     "or whose countersign.yaml names it); may be repeated")
        ->allow_extra_args(false);
    const auto [seen, shown] = add("disclose", "Who gets to see what of an application", disclose);
    seen->add_option("PROCESS", shown->first, "its id")->required();
    seen->add_option("--definitions", shown->definitions,
                     "the process and what it needs (default: the nearest folder upwards that "
                     "holds it, or whose countersign.yaml names it); may be repeated")
        ->allow_extra_args(false);
}

}  // namespace countersign::cli
