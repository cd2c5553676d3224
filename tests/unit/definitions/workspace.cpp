// The face of the room: sets of documents, reading of files, and rules that need a closer look than
// the rendered diagnostics give.

#include "support.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace countersign::definitions {

namespace {

namespace fs = std::filesystem;

/// A process over the library's departments with `steps`, two ends and a form with a name.
std::string process_with(const std::string& steps) {
    return "process: trial\nversion: 1\ntitle: { en: Trial, zh: 试 }\n"
           "form:\n  name: { type: text, required: true }\n  names: { type: list, of: text, "
           "required: true }\n"
           "steps:\n  read: { ask: hall.clerk, with: { a: =form.name, b: =form.names } }\n" +
           steps + "ends:\n  granted: { kind: granted, otherwise: true }\n";
}

struct TemporaryFolder {
    fs::path path =
        fs::temp_directory_path() / ("countersign-definitions-" + std::to_string(getpid()));
    TemporaryFolder() { fs::create_directories(path / "inner"); }
    ~TemporaryFolder() { fs::remove_all(path); }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path / name, std::ios::binary) << text;
    }
};

}  // namespace

TEST_CASE("check: nothing given yields nothing") {
    const Checked checked = check({});

    CHECK(checked.found.all().empty());
    CHECK(checked.deployable.processes.empty());
}

TEST_CASE("check: a test document is checked, too, against the process beside it") {
    const auto found = codes(check({{"a.yaml", "test: something\nprocess: x\n"}}));

    CHECK(found == std::vector<std::string>{"CS5002"});
}

TEST_CASE("check: two processes of one id are refused, whatever their versions") {
    auto files = with_library(process_with(""));
    files.push_back({"other.yaml", files.front().text});

    CHECK(codes(check(std::move(files))) == std::vector<std::string>{"CS2003"});
}

TEST_CASE("check: a file that is no YAML does not hide what is wrong with the others") {
    auto files = with_library(process_with("  other: { ask: hall.clrk }\n"));
    files.push_back({"bad.yaml", "department: [\n"});

    const auto found = codes(check(std::move(files)));

    REQUIRE(found.size() == 2);
    CHECK(found[0] == "CS2007");
    CHECK(found[1].substr(0, 3) == "CS1");
}

TEST_CASE("check: names that lead to a file that is no YAML are not reported as unknown") {
    for (const char* broken :
         {"department: heat\ncontracts: [\n", "# heating\n\ndepartment: 'heat'  # ours\nx: [\n"}) {
        auto files = with_library(process_with("  other: { call: heat.review }\n"));
        files.push_back({"heat.yaml", broken});

        const auto found = codes(check(std::move(files)));

        CAPTURE(broken);
        REQUIRE(found.size() == 1);
        CHECK(found[0].substr(0, 3) == "CS1");
    }
    // The same name without such a file is one that nobody has.
    CHECK(codes(check(with_library(process_with("  other: { call: heat.review }\n")))) ==
          std::vector<std::string>{"CS2004"});
}

TEST_CASE("check: of two documents with one id the second is told, and where the first stands") {
    for (const std::string kind : {"process", "department", "contract"}) {
        auto files = with_library(process_with(""));
        const auto first = std::find_if(files.begin(), files.end(), [&](const SourceFile& file) {
            return ("\n" + file.text).find("\n" + kind + ": ") != std::string::npos;
        });
        REQUIRE(first != files.end());
        files.push_back({"second.yaml", first->text});
        const std::string path = first->path;

        const Checked checked = check(std::move(files));

        REQUIRE(checked.found.all().size() == 1);
        const auto& told = checked.found.all()[0];
        CHECK_EQ(told.code, "CS2003");
        REQUIRE(told.notes.size() == 1);
        CHECK_EQ(checked.found.sources()[told.notes[0].span.file].name(), path);
    }
}

TEST_CASE("read_sources: reads folders recursively in the order of paths, each file once") {
    const TemporaryFolder folder;
    folder.write("b.yaml", "b");
    folder.write("inner/a.yaml", "a");
    folder.write("note.txt", "no definition");

    const auto sources =
        read_sources({(folder.path / "inner/a.yaml").string(), folder.path.string()});

    REQUIRE(sources.has_value());
    REQUIRE(sources->size() == 2);
    CHECK(sources->at(0).text == "a");
    CHECK(sources->at(1).path == (folder.path / "b.yaml").string());
}

TEST_CASE("read_sources: a path that is not there is an error that names it") {
    const auto sources = read_sources({"/nonexistent/x.yaml"});

    REQUIRE(sources.has_error());
    CHECK(sources.error().kind == ErrorKind::not_found);
    CHECK(sources.error().message.find("/nonexistent/x.yaml") != std::string::npos);
}

TEST_CASE("needs: a count and the cancelling of the rest are compiled") {
    const Checked checked = check(with_library(process_with(
        "  a: { ask: hall.clerk }\n  b: { ask: hall.clerk }\n"
        "  c: { ask: hall.clerk, needs: { at_least: 1, of: [a, b], cancel_rest: true } }\n")));

    REQUIRE_MESSAGE(!checked.found.has_errors(), rendered(checked));
    const model::Step& step = step_of(checked.deployable.processes[0], "c");
    CHECK(step.needs.kind == model::NeedsKind::at_least);
    CHECK(step.needs.count == 1);
    CHECK(step.needs.cancel_rest);
    CHECK(step.needs.steps == std::vector<model::StepIndex>{1, 2});
}

TEST_CASE("certainty: what a chain of needs has ended may be named without a guard") {
    const Checked checked = check(with_library(
        process_with("  a: { ask: hall.clerk, choices: { yes: ok, no_way: refusal }, on: { no_way: "
                     "continue } }\n"
                     "  b: { ask: hall.clerk, needs: a }\n"
                     "  stage:\n    needs: b\n    do:\n"
                     "      inner: { ask: hall.clerk, when: steps.a.outcome == 'yes' }\n")));

    CHECK(rendered(checked) == "");
}

TEST_CASE("certainty: one of several needs may have been skipped") {
    const std::string steps =
        "  a: { ask: hall.clerk, when: form.name == 'x' }\n  b: { ask: hall.clerk }\n"
        "  c: { ask: hall.clerk, needs: [a, b], when: ";

    const auto plain = check(with_library(process_with(steps + "steps.b.outcome == 'done' }\n")));
    const auto unsure = check(with_library(process_with(steps + "steps.a.outcome == 'done' }\n")));
    const auto guarded = check(with_library(
        process_with(steps + "\"has(steps.a.outcome) && steps.a.outcome == 'done'\" }\n")));

    CHECK(rendered(plain) == "");
    CHECK(codes(unsure) == std::vector<std::string>{"CS2067"});
    CHECK(rendered(guarded) == "");
}

TEST_CASE("certainty: a step that cancels the rest of its needs surely starts") {
    const std::string two = "  a: { ask: hall.clerk }\n  b: { ask: hall.clerk }\n";
    const std::string first =
        "  c: { ask: hall.clerk, needs: { any: [a, b], cancel_rest: true } }\n";

    const auto checked = [&](const std::string& rest) {
        return check(with_library(process_with(two + first + rest)));
    };

    const auto named =
        checked("  d: { ask: hall.clerk, needs: [c, a], when: steps.c.outcome == 'done' }\n");
    const auto cancelled =
        checked("  d: { ask: hall.clerk, needs: [c, a], when: steps.a.outcome == 'done' }\n");
    const auto by_two =
        checked("  e: { ask: hall.clerk, needs: { at_least: 2, of: [a, b] } }\n"
                "  f: { ask: hall.clerk, needs: [c, e], when: steps.e.outcome == 'done' }\n");

    CHECK(rendered(named) == "");
    CHECK(codes(cancelled) == std::vector<std::string>{"CS2067"});
    CHECK(codes(by_two) == std::vector<std::string>{"CS2067"});
}

TEST_CASE("certainty: a result is sure only if every other outcome leaves") {
    const std::string head =
        "  stage:\n    outcomes: { bad: refusal }\n    on: { bad: continue }\n    each: { n: "
        "form.names }\n    do:\n"
        "      a: { ask: hall.clerk, form: { fee: { type: number, required: true } }, "
        "choices: { yes: ok, no_way: refusal }, on: { no_way: ";
    const std::string tail =
        " } }\n      b: { ask: hall.clerk, needs: a, when: steps.a.result.fee > 1.0 }\n";

    const auto leaving = check(with_library(process_with(head + "{ end_branch: bad }" + tail)));
    const auto staying =
        check(with_library(process_with(head + "continue" + tail +
                                        "      c: { ask: hall.clerk, choices: { x: refusal }, on: "
                                        "{ x: { end_branch: bad } } }\n")));

    CHECK(rendered(leaving) == "");
    CHECK(codes(staying) == std::vector<std::string>{"CS2067"});
}

TEST_CASE("wait: each thing that may come first is an outcome") {
    const Checked checked =
        check(with_library(process_with("  pause: { wait: { first_of: [30d, { signal: paid }, { "
                                        "until: form.name == 'x', as: named }] } }\n")));

    REQUIRE_MESSAGE(!checked.found.has_errors(), rendered(checked));
    const model::Step& step = step_of(checked.deployable.processes[0], "pause");
    REQUIRE(step.outcomes.size() == 3);
    CHECK(step.outcomes[0].name == "elapsed");
    CHECK(step.outcomes[1].name == "paid");
    CHECK(step.outcomes[2].name == "named");
    const auto& wait = std::get<model::WaitVerb>(step.verb);
    CHECK(wait.branches[0].delay == calendar::Limit{30, calendar::Unit::day});
    CHECK(wait.branches[1].signal == "paid");
    CHECK(wait.branches[2].until);
}

TEST_CASE("limit: an operation's own holds where the step gives none") {
    const Checked checked = check(with_library(process_with(
        "  a: { call: grid.survey, with: { address: x, demand: y }, on: { no_access: continue } }\n"
        "  b: { call: grid.survey, with: { address: x, demand: y }, on: { no_access: continue }, "
        "limit: 2wd }\n")));

    REQUIRE_MESSAGE(!checked.found.has_errors(), rendered(checked));
    const model::Process& process = checked.deployable.processes[0];
    CHECK(step_of(process, "a").clocks.at(0).within ==
          calendar::Limit{5, calendar::Unit::working_day});
    CHECK(step_of(process, "b").clocks.at(0).within ==
          calendar::Limit{2, calendar::Unit::working_day});
}

TEST_CASE("each: joins, order and the moves of the set are compiled") {
    const Checked checked =
        check(with_library(process_with("  a:\n    each: { n: form.names, key: n }\n    ask: "
                                        "hall.clerk\n    join: { percent: 60 }\n"
                                        "    order: sequence\n    cancel_rest: true\n    on: { "
                                        "set: { unmet: { end: granted } } }\n")));

    REQUIRE_MESSAGE(!checked.found.has_errors(), rendered(checked));
    const model::Step& step = step_of(checked.deployable.processes[0], "a");
    REQUIRE(step.each);
    CHECK(step.each->join == model::JoinKind::percent);
    CHECK(step.each->count == 60);
    CHECK(step.each->sequence);
    CHECK(step.each->cancel_rest);
    CHECK(step.each->key);
    REQUIRE(step.set_on.size() == 1);
    CHECK(step.set_on[0].outcome == "unmet");
    CHECK(step.set_on[0].move.kind == model::MoveKind::end);
}

TEST_CASE("clocks: those of a stage belong to its scope, its limit to the step") {
    const Checked checked = check(
        with_library(process_with("  stage:\n    limit: 5wd\n    clocks: { own: { within: 4wd, "
                                  "from: inner.started, kind: statutory, "
                                  "on_redo: restart, count_start_day: true, ends: midnight } }\n"
                                  "    do:\n      inner: { ask: hall.clerk }\n")));

    REQUIRE_MESSAGE(!checked.found.has_errors(), rendered(checked));
    const model::Process& process = checked.deployable.processes[0];
    const model::Step& stage = step_of(process, "stage");
    REQUIRE(stage.clocks.size() == 1);
    CHECK(stage.clocks[0].name == "limit");
    const auto& own = process.scopes[std::get<model::DoVerb>(stage.verb).scope].clocks;
    REQUIRE(own.size() == 1);
    CHECK(own[0].from.kind == model::EventKind::step_started);
    CHECK(process.steps[own[0].from.step].id == "inner");
    CHECK(own[0].restart_on_redo);
    CHECK(own[0].counting.count_start_day);
    CHECK(own[0].counting.ends_midnight);
}

TEST_CASE("deemed: silence with its legal basis is compiled") {
    const Checked checked = check(with_library(process_with(
        "  a: { ask: hall.clerk, limit: 3wd, silence: { deem: done, legal_basis: Rule 7 } }\n")));

    REQUIRE_MESSAGE(!checked.found.has_errors(), rendered(checked));
    const model::Step& step = step_of(checked.deployable.processes[0], "a");
    CHECK(step.silence.kind == model::SilenceKind::deem);
    CHECK(step.silence.outcome == "done");
    CHECK(step.silence.legal_basis.en == "Rule 7");
}

TEST_CASE("places: the caret stands under the mistake, in characters") {
    const Checked checked = check(
        with_library(process_with("  a: { ask: hall.clerk, title: { en: Check, zh: 审核一下 }, "
                                  "when: \"form.name == '嘉定' && form.nam == 'x'\" }\n")));

    REQUIRE(codes(checked) == std::vector<std::string>{"CS2065"});
    const auto& diagnostic = checked.found.all().at(0);
    const std::string line(
        checked.found.sources()[diagnostic.span.file].line(diagnostic.span.line));
    // Characters, not bytes: each of the six Chinese characters before counts once.
    const std::size_t bytes = line.find("nam == 'x'");
    CHECK(diagnostic.span.column >= bytes + 1 - 6 * 2 - 5);
    CHECK(diagnostic.span.column <= bytes + 1 - 6 * 2);
}

TEST_CASE("limits: what follows an escalation with a limit of its own comes that much later") {
    const Checked checked = check(with_library(process_with(
        "  sign:\n    ask: hall.clerk\n    limit:\n      within: 3wd\n      then:\n"
        "        - at: 100%\n          do: [remind, { escalate: { to: hall.clerk, limit: 2wd } }, "
        "{ "
        "escalate: { to: operator, limit: 1wd } }, { escalate: { to: supervisor } }]\n")));

    REQUIRE(rendered(checked) == "");
    const auto& rungs = step_of(checked.deployable.processes.front(), "sign").clocks.front().rungs;
    REQUIRE(rungs.size() == 3);
    CHECK_FALSE(rungs[0].after.has_value());
    REQUIRE(rungs[0].actions.size() == 2);
    CHECK(rungs[0].actions[1].to == "hall.clerk");
    CHECK(rungs[1].after->text() == "2wd");
    CHECK(rungs[1].actions.front().to == "operator");
    CHECK(rungs[2].after->text() == "3wd");
    REQUIRE(rungs[2].actions.size() == 1);
    CHECK(rungs[2].actions.front().to == "supervisor");
}

}  // namespace countersign::definitions
