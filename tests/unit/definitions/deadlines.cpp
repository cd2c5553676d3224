// Deadlines that cannot hold: the longest way against one that tries every way, and what the
// rendered goldens (deadline_*.yaml) do not show: what is clean.

#include "support.hpp"
#include "tests/main.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace countersign::definitions {

namespace {

/// A process over the library's departments whose steps come after nothing.
std::string process_with(const std::string& head, const std::string& steps) {
    return "process: trial\nversion: 1\ntitle: { en: Trial, zh: 试 }\ncalendar: jiading\n" + head +
           "form:\n  name: { type: text, required: true }\n"
           "steps:\n" +
           steps +
           "ends:\n  granted: { kind: granted, when: steps.read.outcome == 'done' }\n"
           "  refused: { kind: refused, otherwise: true }\n";
}

std::vector<std::string> codes_of(const std::string& head, const std::string& steps) {
    return codes(check(with_library(process_with(
        head, "  read: { ask: hall.clerk, with: { a: =form.name }, limit: 1wd }\n" + steps))));
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("deadlines: limits that add up to exactly what is promised are kept") {
    const std::string steps =
        "  plan: { ask: hall.clerk, needs: read, limit: 3wd }\n"
        "  sign: { ask: hall.clerk, needs: plan, limit: 6wd }\n";

    CHECK(codes_of("limits: { promised: 10wd }\n", steps) == Codes{});
    CHECK(codes_of("limits: { promised: 9wd }\n", steps) == Codes{"CS2110"});
}

TEST_CASE("deadlines: what has ended before a clock starts is not counted by it") {
    const std::string steps =
        "  plan: { ask: hall.clerk, needs: read, limit: 3wd }\n"
        "  sign: { ask: hall.clerk, needs: plan, limit: 6wd }\n";

    CHECK(codes_of("limits: { promised: 9wd, counted_from: read }\n", steps) == Codes{});
    CHECK(codes_of("limits: { promised: 8wd, counted_from: read }\n", steps) == Codes{"CS2110"});
    CHECK(codes_of("limits: { promised: 6wd, counted_from: plan.ended }\n", steps) == Codes{});
    CHECK(codes_of("limits: { promised: 9wd, counted_from: plan.started }\n", steps) == Codes{});
    CHECK(codes_of("limits: { promised: 8wd, counted_from: plan.started }\n", steps) ==
          Codes{"CS2110"});
}

TEST_CASE("deadlines: what runs beside the step that starts a clock counts in full") {
    const std::string steps = "  survey: { ask: hall.clerk, limit: 7wd }\n";

    CHECK(codes_of("limits: { promised: 7wd, counted_from: read }\n", steps) == Codes{});
    CHECK(codes_of("limits: { promised: 6wd, counted_from: read }\n", steps) == Codes{"CS2110"});
}

TEST_CASE("deadlines: a stage that ends when it is due keeps its limit, whatever is in it") {
    const std::string inner =
        "    do:\n      a: { ask: hall.clerk, limit: 4wd }\n"
        "      b: { ask: hall.clerk, needs: a, limit: 4wd }\n";
    const std::string cut = "  stage:\n    limit: 5wd\n    silence: absent\n" + inner;
    const std::string open = "  stage:\n    limit: 5wd\n" + inner;

    CHECK(codes_of("limits: { promised: 5wd }\n", cut) == Codes{});
    CHECK(codes_of("limits: { promised: 4wd }\n", cut) == Codes{"CS2110"});
    CHECK(codes_of("limits: { promised: 8wd }\n", open) == Codes{"CS2110"});
}

TEST_CASE("deadlines: a stage whose steps have no limits takes what its own limit says") {
    const std::string stage = "  stage:\n    limit: 5wd\n    do:\n      a: { ask: hall.clerk }\n";

    CHECK(codes_of("limits: { promised: 5wd }\n", stage) == Codes{});
    CHECK(codes_of("limits: { promised: 4wd }\n", stage) == Codes{"CS2110"});
}

TEST_CASE("deadlines: what is cancelled with the rest does not hold up the case") {
    const std::string steps =
        "  quick: { ask: hall.clerk, limit: 1wd }\n"
        "  slow: { ask: hall.clerk, limit: 30wd }\n"
        "  sign: { ask: hall.clerk, needs: { any: [quick, slow], cancel_rest: true }, limit: 2wd "
        "}\n";

    CHECK(codes_of("limits: { statutory: 3wd }\n", steps) == Codes{});
    CHECK(codes_of("limits: { statutory: 2wd }\n", steps) == Codes{"CS2110"});
}

TEST_CASE("deadlines: a promise is for the first round where the law sets a limit beside it") {
    const std::string steps =
        "  plan:\n    ask: hall.clerk\n    needs: read\n    limit: 3wd\n"
        "    choices: { fine: ok, again: refusal }\n"
        "    on: { again: { repeat: { times: 2, else: { end: refused } } } }\n";

    CHECK(codes_of("limits: { promised: 4wd, statutory: 10wd }\n", steps) == Codes{});
    CHECK(codes_of("limits: { promised: 4wd, statutory: 9wd }\n", steps) == Codes{"CS2111"});
    CHECK(codes_of("limits: { promised: 4wd }\n", steps) == Codes{"CS2111"});
    CHECK(codes_of("limits: { promised: 10wd }\n", steps) == Codes{});
}

TEST_CASE("deadlines: a first_of takes as long as the earliest of its times") {
    const std::string steps =
        "  pay: { needs: read, wait: { first_of: [4wd, { after: 150d, as: late }, { signal: paid "
        "}] } }\n";

    CHECK(codes_of("limits: { promised: 5wd }\n", steps) == Codes{});
    CHECK(codes_of("limits: { promised: 4wd }\n", steps) == Codes{"CS2110"});
}

TEST_CASE(
    "deadlines: steps that take turns at the same thing add up, in the order of their turns") {
    const std::string steps =
        "  fire: { ask: hall.clerk, exclusive: file, limit: 3wd }\n"
        "  water: { ask: hall.clerk, exclusive: file, limit: 4wd }\n"
        "  sign: { ask: hall.clerk, needs: fire, limit: 1wd }\n";

    CHECK(codes_of("limits: { promised: 7wd }\n", steps) == Codes{});
    CHECK(codes_of("limits: { promised: 6wd }\n", steps) == Codes{"CS2110"});

    const std::string later =
        "  late: { ask: hall.clerk, needs: read, exclusive: file, limit: 2wd }\n"
        "  early: { ask: hall.clerk, exclusive: file, limit: 1wd }\n";
    CHECK(codes_of("limits: { promised: 3wd }\n", later) == Codes{});
    CHECK(codes_of("limits: { promised: 2wd }\n", later) == Codes{"CS2110"});
}

TEST_CASE("deadlines: working hours are counted by the usual day of the process's calendar") {
    const std::string steps = "  plan: { ask: hall.clerk, needs: read, limit: 16wh }\n";

    // Two days of eight hours or a little more: never more than two and a half.
    CHECK(codes_of("limits: { promised: 2wd }\n", steps) == Codes{"CS2110"});
    CHECK(codes_of("limits: { promised: 4wd }\n", steps) == Codes{});
}

TEST_CASE("deadlines: a limit within the one around it, and a clock that stands still, are clean") {
    const std::string inner = "    do:\n      a: { ask: hall.clerk, limit: 1wd }\n";

    CHECK(codes_of("limits: { promised: 9wd }\n", "  s:\n    limit: 9wd\n" + inner) == Codes{});
    CHECK(codes_of("limits: { promised: 9wd }\n", "  s:\n    limit: 10wd\n" + inner) ==
          Codes{"CS2112"});
    CHECK(codes_of("limits: { promised: 9wd }\n",
                   "  s:\n    pauses: case\n    limit: 10wd\n" + inner) == Codes{});
    CHECK(codes_of("limits: { promised: 9wd }\n",
                   "  s:\n    limits: { statutory: 20wd }\n" + inner) == Codes{});
}

TEST_CASE("deadlines: of random graphs the longest way is the one that trying all of them finds") {
    std::mt19937_64 random(tests::seed());
    INFO("seed ", tests::seed());
    const auto below = [&](std::uint64_t bound) { return random() % bound; };
    for (int round = 0; round < 40; ++round) {
        const std::size_t count = 2 + below(9);
        std::vector<int> limits;
        std::vector<std::vector<std::size_t>> needs(count);
        std::string steps;
        for (std::size_t i = 0; i < count; ++i) {
            limits.push_back(static_cast<int>(below(9)) + 1);
            std::string list;
            for (std::size_t j = 0; j < i; ++j) {
                if (below(3) != 0) continue;
                needs[i].push_back(j);
                list += (list.empty() ? "s" : ", s") + std::to_string(j);
            }
            steps += "  s" + std::to_string(i) +
                     ": { ask: hall.clerk, limit: " + std::to_string(limits.back()) + "wd" +
                     (list.empty() ? "" : ", needs: [" + list + "]") + " }\n";
        }
        const std::function<int(std::size_t)> until = [&](std::size_t step) {
            int before = 0;
            for (const std::size_t other : needs[step]) before = std::max(before, until(other));
            return before + limits[step];
        };
        int longest = 0;
        for (std::size_t i = 0; i < count; ++i) longest = std::max(longest, until(i));
        CAPTURE(steps);
        CAPTURE(longest);

        const auto with = [&](int promised) {
            return codes_of("limits: { promised: " + std::to_string(promised) + "wd }\n", steps);
        };

        CHECK(with(longest) == Codes{});
        if (longest > 1) CHECK(with(longest - 1) == Codes{"CS2110"});
    }
}

}  // namespace countersign::definitions
