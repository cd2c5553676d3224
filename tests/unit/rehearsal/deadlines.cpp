// What `check` says of deadlines against what happens: random processes are played with everybody
// answering as late as the limits allow. The shortest promise that is accepted is always kept, and
// some application uses all of it.

#include "adapters/rehearsal/play.hpp"
#include "definitions/diagnostics/render.hpp"
#include "tests/main.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace countersign::rehearsal {

namespace {

constexpr const char* office = R"(calendar: office
version: 1
title: { en: Office, zh: 办公室 }
offset: "+08:00"
week:
  mon: ["09:00-17:00"]
  tue: ["09:00-17:00"]
  wed: ["09:00-17:00"]
  thu: ["09:00-17:00"]
  fri: ["09:00-17:00"]
years:
  2026: { notice: unverified, holidays: [] }
)";
constexpr const char* hall = "department: hall\ntitle: { en: Hall, zh: 大厅 }\nroles: [clerk]\n";

/// A made-up process: its steps, and how long each person takes.
class RandomProcess {
  public:
    explicit RandomProcess(std::mt19937_64& random) : random_(random) {
        // `any` of steps that may be skipped depends on which are: one or the other.
        has_conditions_ = below(2) == 0;
        steps_ = "  first: { ask: hall.clerk, limit: 1wd }\n";
        script_ = "    first: { after: 1wd, at: \"16:50\" }\n";
        names_.push_back("first");
        add_steps("  ", 3 + below(4), 1);
    }

    std::string process(int promised) const {
        return fmt::format(
            "process: trial\nversion: 1\ntitle: {{ en: Trial, zh: 试 }}\n"
            "calendar: office\nlimits: {{ promised: {}wd }}\n"
            "form:\n  x: {{ type: boolean, required: true }}\n"
            "  y: {{ type: boolean, required: true }}\nsteps:\n{}"
            "  shown: {{ ask: hall.clerk, limit: 1wd, with: {{ x: =form.x, y: =form.y "
            "}} }}\n"
            "ends:\n  granted: {{ kind: granted, otherwise: true }}\n",
            promised, steps_);
    }

    std::string test(bool x, bool y, const std::string& expectation) const {
        return fmt::format(
            "test: played\nprocess: trial\n"
            "given:\n  at: 2026-03-02 10:00\n  form: {{ x: {}, y: {} }}\n"
            "people:\n  hall.clerk:\n    shown: {{ after: 1wd, at: \"16:50\" }}\n{}"
            "expect:\n  - {{ clock: promised, {} }}\n",
            x, y, script_, expectation);
    }

  private:
    std::size_t below(std::size_t bound) { return random_() % bound; }

    std::string needs_of(const std::vector<std::string>& before) {
        std::vector<std::string> chosen;
        for (const std::string& name : before)
            if (below(3) == 0) chosen.push_back(name);
        if (chosen.empty()) return "";
        const std::string list = fmt::format("[{}]", fmt::join(chosen, ", "));
        if (has_conditions_ || chosen.size() < 2 || below(2) == 0)
            return fmt::format(", needs: {}", list);
        if (below(2) == 0) return fmt::format(", needs: {{ any: {} }}", list);
        return fmt::format(", needs: {{ at_least: 2, of: {} }}", list);
    }

    std::string condition() {
        const char* const conditions[] = {"form.x",  "!form.x",          "form.y",
                                          "!form.y", "form.x && form.y", "form.x || !form.y"};
        return conditions[below(std::size(conditions))];
    }

    void add_steps(const std::string& indent, std::size_t count, int depth) {
        std::vector<std::string> siblings;
        if (depth == 1) siblings.push_back("first");
        for (std::size_t i = 0; i < count; ++i) {
            const std::string id = fmt::format("s{}", names_.size());
            names_.push_back(id);
            std::string rest = needs_of(siblings);
            if (has_conditions_ && below(3) == 0)
                rest += fmt::format(", when: \"{}\"", condition());
            siblings.push_back(id);
            if (depth < 3 && below(5) == 0) {
                steps_ += indent + id + ":\n" + indent + "  title: { en: Stage, zh: 阶段 }\n";
                for (std::size_t at = 0; !rest.empty();) {
                    const std::size_t next = rest.find(", when", at + 1);
                    steps_ += indent + "  " + rest.substr(2, next == at ? next : next - 2) + "\n";
                    rest = next == std::string::npos ? "" : rest.substr(next);
                }
                steps_ += indent + "  do:\n";
                add_steps(indent + "    ", 1 + below(3), depth + 1);
                continue;
            }
            const std::size_t days = 1 + below(4);
            if (below(6) == 0) rest += ", each: { k: \"['a', 'b', 'c']\" }, order: sequence";
            steps_ +=
                fmt::format("{}{}: {{ ask: hall.clerk, limit: {}wd{} }}\n", indent, id, days, rest);
            script_ += fmt::format("    {}: {{ after: {}wd, at: \"16:50\" }}\n", id, days);
        }
    }

    std::mt19937_64& random_;
    bool has_conditions_ = false;
    std::string steps_;
    std::string script_;
    std::vector<std::string> names_;
};

definitions::Checked check_all(const RandomProcess& process, int promised,
                               const std::string& test) {
    std::vector<definitions::SourceFile> files = {
        {"process.yaml", process.process(promised)}, {"office.yaml", office}, {"hall.yaml", hall}};
    if (!test.empty()) files.push_back({"play.test.yaml", test});
    return definitions::check(std::move(files));
}

/// Whether the checks accept the promise; another error makes the process useless for this.
std::optional<bool> accepts(const RandomProcess& process, int promised) {
    const definitions::Checked checked = check_all(process, promised, "");
    for (const auto& one : checked.found.all())
        if (one.severity == diagnostics::Severity::error && one.code != "CS2110")
            return std::nullopt;
    return !checked.found.has_errors();
}

/// Whether the expectation about the promised clock holds in a case with this form.
bool holds(const RandomProcess& process, int promised, bool x, bool y,
           const std::string& expectation) {
    const definitions::Checked checked =
        check_all(process, promised, process.test(x, y, expectation));
    CAPTURE(diagnostics::render_human(checked.found, "en"));
    REQUIRE(checked.deployable.tests.size() == 1);
    const auto stage = make_stage(checked.deployable);
    REQUIRE(stage.has_value());
    const auto played = play(checked.deployable.tests.front(), *stage);
    REQUIRE(played.has_value());
    const auto found = unmet(checked.deployable.tests.front(), *played);
    // That somebody's task was cancelled before he came to it is told as well.
    return std::none_of(found.begin(), found.end(), [](const auto& one) {
        return one.message.en.find("`promised`") != std::string::npos;
    });
}

}  // namespace

TEST_CASE("deadlines: the shortest promise that is accepted is kept, and used up by some case") {
    std::mt19937_64 random(tests::seed());
    INFO("seed ", tests::seed());
    int played = 0;
    for (int round = 0; round < 12; ++round) {
        const RandomProcess process(random);
        int promised = 1;
        std::optional<bool> accepted = accepts(process, promised);
        while (accepted && !*accepted) accepted = accepts(process, ++promised);
        if (!accepted) continue;
        ++played;
        CAPTURE(process.process(promised));
        bool used_up = false;  // ten minutes before its last day closes
        for (const bool x : {false, true}) {
            for (const bool y : {false, true}) {
                CAPTURE(x);
                CAPTURE(y);
                CHECK(holds(process, promised, x, y, "card: green"));
                used_up = used_up ||
                          holds(process, promised, x, y, fmt::format("used: {}wd", promised - 1));
            }
        }
        CHECK(used_up);
    }
    CHECK(played > 3);
}

}  // namespace countersign::rehearsal
