// What `countersign check` costs by the number of steps: a made-up process with stages of ten steps
// each, calls and tasks with inputs, limits, conditions, moves and decisions. It has no mistake, so
// every pass runs, the deadlines and the decision tables too.
#include "definitions/workspace.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace countersign::definitions;

constexpr int steps_a_stage = 10;

const char* const department = R"(
department: office
title: { en: Office, zh: 办公室 }
roles: [clerk, head]
operations:
  review:
    input: { name: text, area: number }
    output: { number: text }
    outcomes: { approved: ok, rejected: refusal }
)";

std::string decision(int stage) {
    return fmt::format(R"(      route{0}:
        decide:
          - {{ if: form.kind == 'shop' && form.area > {0}.0, then: {{ way: desk }} }}
          - {{ if: form.kind == 'office', then: {{ way: letter }} }}
          - {{ if: "form.kind in ['store', 'factory'] && !form.urgent", then: {{ way: survey }} }}
          - {{ if: form.urgent || form.area < 50.0, then: {{ way: visit }} }}
          - {{ then: {{ way: phone }} }}
)",
                       stage);
}

/// A step of a stage: by turns a call, a task with a loop, a task with a condition.
std::string step(int stage, int number) {
    const std::string id = fmt::format("s{}_{}", stage, number);
    const std::string before =
        number == 1 ? fmt::format("route{}", stage) : fmt::format("s{}_{}", stage, number - 1);
    switch (number % 3) {
        case 0:
            return fmt::format(
                "      {}:\n        call: office.review\n        needs: [{}, route{}]\n"
                "        with: {{ name: =form.name, area: =form.area }}\n"
                "        limit: 1wd\n        on: {{ rejected: continue }}\n",
                id, before, stage);
        case 1:
            return fmt::format(
                "      {}:\n        ask: office.clerk\n        needs: {}\n"
                "        with: {{ note: \"${{form.name}} ({})\" }}\n"
                "        choices: {{ fine: ok, again: refusal }}\n        limit: 4wh\n"
                "        on: {{ again: {{ repeat: {{ times: 2, else: {{ end: refused }} }} }} }}\n",
                id, before, number);
        default:
            return fmt::format(
                "      {}:\n        ask: office.head\n        needs: [{}, route{}]\n"
                "        when: form.area > {}.0 && form.kind != 'store'\n"
                "        limit: {{ within: 1wd, warn: 80% }}\n",
                id, before, stage, number);
    }
}

std::string process_of(int count) {
    std::string text = R"(process: large
version: 1
title: { en: Large, zh: 大 }
limits: { promised: 900wd, statutory: 999wd, counted_from: accept }
form:
  name: { type: text, required: true }
  kind: { type: choice, of: [shop, office, store, factory], required: true }
  urgent: { type: boolean, required: true }
  area: { type: number, min: 0, required: true }
steps:
  accept: { ask: office.clerk, limit: 1wd }
)";
    for (int stage = 0; stage * steps_a_stage < count; ++stage) {
        const std::string before = stage < 2 ? "accept" : fmt::format("stage{}", stage - 2);
        text += fmt::format("  stage{}:\n    needs: {}\n    do:\n", stage, before);
        text += decision(stage);
        for (int number = 1; number < steps_a_stage; ++number) text += step(stage, number);
    }
    return text +
           "ends:\n  granted: { kind: granted, when: steps.accept.outcome == 'done' }\n"
           "  refused: { kind: refused, otherwise: true }\n";
}

void check_process(benchmark::State& state) {
    const std::string process = process_of(static_cast<int>(state.range(0)));
    for (auto _ : state) {
        const Checked checked = check({{"process.yaml", process}, {"office.yaml", department}});
        if (!checked.found.all().empty()) {
            state.SkipWithError(checked.found.all().front().message.en.c_str());
            break;
        }
        benchmark::DoNotOptimize(checked);
    }
    state.counters["bytes"] = static_cast<double>(process.size());
}

BENCHMARK(check_process)->Arg(10)->Arg(100)->Arg(500)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
