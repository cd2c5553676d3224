// What a value and a rule cost: JSON in and out, the archive's bytes, and evaluations.
#include <benchmark/benchmark.h>

#include "definitions/cel/checker.hpp"
#include "engine/expr/evaluate.hpp"
#include "engine/expr/json.hpp"

using namespace countersign;
using expr::Type;
using expr::TypeKind;
using expr::Value;

namespace {

/// A form as a household's application fills it: about 600 bytes of JSON.
constexpr std::string_view form_text = R"({
    "applicant": {"name": "Wang Xiaoming", "id": "310101199001011234", "phone": "13800000000"},
    "site": {"district": "Huangpu", "road": "Nanjing East Road", "number": 120, "area": 86.5},
    "load_kw": 12.5, "voltage": "220V", "start": "2026-02-10T10:00:00+08:00", "urgent": false,
    "meters": [{"id": "m1", "kw": 4.5}, {"id": "m2", "kw": 8.0}, {"id": "m3", "kw": 0.5}],
    "note": "The meter box stands behind the second door on the left.", "copies": 2})";

void read_json(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(expr::from_json(form_text));
}
BENCHMARK(read_json);

void write_json(benchmark::State& state) {
    const Value form = *expr::from_json(form_text);
    for (auto _ : state) benchmark::DoNotOptimize(expr::to_json(form));
}
BENCHMARK(write_json);

void write_archive(benchmark::State& state) {
    const Value form = *expr::from_json(form_text);
    for (auto _ : state) benchmark::DoNotOptimize(encode(form));
}
BENCHMARK(write_archive);

void read_archive(benchmark::State& state) {
    const std::string bytes = encode(*expr::from_json(form_text));
    for (auto _ : state) benchmark::DoNotOptimize(decode<Value>(bytes));
}
BENCHMARK(read_archive);

void run(benchmark::State& state, std::string_view text) {
    const cel::Environment environment{
        {{{"form"}, Type::of(TypeKind::dyn), 1}}, cel::Mode::dyn, {}, false};
    const cel::Checked checked = cel::check(text, environment);
    if (!checked.ok()) return state.SkipWithError("the expression does not check");
    const Value form = *expr::from_json(form_text);
    for (auto _ : state)
        benchmark::DoNotOptimize(expr::evaluate(
            checked.program, [&](std::uint32_t) -> std::optional<Value> { return form; }));
}
BENCHMARK_CAPTURE(run, condition, "form.load_kw > 10.0 && form.voltage == '220V'");
BENCHMARK_CAPTURE(run, guarded, "has(form.site.area) ? form.site.area * 1.5 : 0.0");
BENCHMARK_CAPTURE(run, loop, "form.meters.filter(m, m.kw > 1.0).map(m, m.id)");
BENCHMARK_CAPTURE(run, pattern, "form.applicant.phone.matches('^1[3-9][0-9]{9}$')");

void check_condition(benchmark::State& state) {
    const cel::Environment environment{
        {{{"form"}, Type::of(TypeKind::dyn), 1}}, cel::Mode::dyn, {}, false};
    for (auto _ : state)
        benchmark::DoNotOptimize(
            cel::check("form.load_kw > 10.0 && form.voltage == '220V'", environment));
}
BENCHMARK(check_condition);

}  // namespace
