// What a due time costs, by distance, unit and number of pauses: flat over the distance.
#include "engine/calendar/calendar.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

namespace {

using namespace countersign;
using namespace countersign::calendar;

/// Seven years with a week off each half year and a worked Saturday before it.
std::shared_ptr<const Calendar> seven_years() {
    CalendarData data;
    const std::vector<Hours> open = {{9 * 60, 12 * 60}, {13 * 60, 17 * 60}};
    data.week = {open, open, open, open, open, {}, {}};
    data.first_year = 2020;
    data.last_year = 2026;
    for (int year = data.first_year; year <= data.last_year; ++year) {
        for (const int month : {5, 10}) {
            const Date first = *Date::from(year, month, 1);
            SpecialDay worked;
            worked.date = first - (first.weekday() + 1);
            worked.usual_hours = true;
            data.days.push_back(worked);
            for (int day = 0; day < 7; ++day) {
                SpecialDay off;
                off.date = first + day;
                data.days.push_back(off);
            }
        }
    }
    return make_calendar(std::move(data));
}

constexpr Instant start{1'772'416'800'000};  // 2026-03-02 10:00 at +08:00

void due(benchmark::State& state, Unit unit) {
    const auto calendar = seven_years();
    Instant from = start;
    for (auto _ : state) {
        const Due found = due_after(*calendar, from, Limit{state.range(0), unit});
        benchmark::DoNotOptimize(found);
        from.ms ^= 60'000;
    }
}

void due_with_pauses(benchmark::State& state) {
    const auto calendar = seven_years();
    std::vector<Pause> pauses;
    for (std::int64_t i = 0; i < state.range(0); ++i)
        pauses.push_back({start + hours(24 * 3 * i), start + hours(24 * 3 * i + 30)});
    for (auto _ : state) {
        const Due found =
            due_after(*calendar, start, Limit{60, Unit::working_day}, {}, pauses, start);
        benchmark::DoNotOptimize(found);
    }
}

void between(benchmark::State& state) {
    const auto calendar = seven_years();
    const Instant to = start + hours(24 * state.range(0));
    for (auto _ : state) {
        const std::int64_t worked = working_ms_between(*calendar, start, to);
        benchmark::DoNotOptimize(worked);
    }
}

}  // namespace

BENCHMARK_CAPTURE(due, wd, Unit::working_day)->Arg(1)->Arg(60)->Arg(250)->Arg(2'500);
BENCHMARK_CAPTURE(due, wh, Unit::working_hour)->Arg(4)->Arg(480)->Arg(20'000);
BENCHMARK_CAPTURE(due, d, Unit::day)->Arg(10)->Arg(3'650);
BENCHMARK_CAPTURE(due, month, Unit::month)->Arg(1)->Arg(120);
BENCHMARK_CAPTURE(due, h, Unit::hour)->Arg(48);
BENCHMARK(due_with_pauses)->Arg(0)->Arg(1)->Arg(4)->Arg(16);
BENCHMARK(between)->Arg(10)->Arg(3'650);

BENCHMARK_MAIN();
