// Sentences in both languages about steps, rounds and whole cases.
#include "adapters/rehearsal/telling.hpp"

#include "engine/base/text.hpp"

#include <algorithm>

namespace countersign::rehearsal {

namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::size_t listed_max = 8;

Text reason_of(core::SkipReason reason) {
    switch (reason) {
        case core::SkipReason::when_false:
            return {"its `when` was false", "其`when`不成立"};
        case core::SkipReason::dead_path:
            return {"none of its needs ended", "其前置步骤均未办结"};
        case core::SkipReason::absent:
            return {"nobody answered in time, and silence counts as absent",
                    "逾期无人答复，按缺席处理"};
        case core::SkipReason::empty_list:
            return {"its list was empty", "其清单为空"};
        case core::SkipReason::not_needed:
            return {"what needs it went on without it", "后续步骤已无需等待它"};
    }
    return {};
}

bool is_open(const core::Task& task) {
    return task.status == core::TaskStatus::open || task.status == core::TaskStatus::claimed;
}

/// Sentences, as many as can be read at a glance.
Text sentences_of(const std::vector<Text>& all) {
    Text text;
    for (std::size_t i = 0; i < std::min(all.size(), listed_max); ++i)
        text = i == 0 ? all[i] : format_both("{}; {}", "{}；{}", text, all[i]);
    if (all.size() <= listed_max) return text;
    return format_both("{}; and {} more", "{}；另有{}项", text, all.size() - listed_max);
}

}  // namespace

std::string written(const definitions::When& when) {
    if (!when.ms_of_day) return when.date.text();
    const std::string text = rfc3339(countersign::instant_of(when.date, *when.ms_of_day, 0));
    return text.substr(0, 10) + " " + text.substr(11, 5);
}

void add_to_list(Text& list, const Text& one) {
    list = list.empty() ? one : format_both("{}, {}", "{}、{}", list, one);
}

std::string Telling::moment(Instant at) const {
    std::string text = rfc3339(at, offset_).substr(0, 16);
    text[10] = ' ';
    return text;
}

bool Telling::is_at(Instant found, const definitions::When& wanted) const {
    const LocalTime local = local_time(found, offset_);
    if (local.date != wanted.date) return false;
    if (!wanted.ms_of_day) return true;
    // What was written to the minute is compared to the minute.
    const bool to_minute = *wanted.ms_of_day % minute_ms == 0;
    return to_minute ? local.ms_of_day / minute_ms == *wanted.ms_of_day / minute_ms
                     : local.ms_of_day == *wanted.ms_of_day;
}

Text Telling::case_now() const {
    if (state_.end)
        return format_both("the case ended `{}` {}", "办件已于{1}以`{0}`办结", state_.end->name,
                           moment(state_.end->at));
    return format_both("the case is still open: {}", "办件仍在办理：{}", waits());
}

Text Telling::waits() const {
    std::vector<Text> all;
    const auto address = [this](std::uint32_t instance) {
        return plain_address(state_, process_, instance);
    };
    for (const core::Task& task : state_.tasks)
        if (is_open(task))
            all.push_back(
                format_both("`{}` waits for {}", "`{}`等待{}", address(task.instance), task.role));
    for (const core::Call& call : state_.calls)
        if (call.is_open())
            all.push_back(
                format_both("`{}` waits for {}.{}", "`{}`等待{}.{}", address(call.instance),
                            call.department, process_.operations[call.operation].name));
    for (const auto& request : state_.supplement.requests)
        all.push_back(format_both("`{}` waits for missing papers", "`{}`等待补正",
                                  address(request.instance)));
    for (const core::Incident& incident : state_.incidents)
        if (!incident.resolved)
            all.push_back(format_both("`{}` waits for an operator ({})", "`{}`等待运维人员（{}）",
                                      address(incident.instance), incident.message));
    if (all.empty()) return {"nothing is asked of anybody", "没有待办事项"};
    return sentences_of(all);
}

Text Telling::round(const std::string& address, const RoundFacts& round) const {
    if (round.skipped)
        return format_both("`{}` was skipped: {}", "`{}`被跳过：{}", address,
                           reason_of(*round.skipped));
    if (round.ended)
        return format_both("`{}` ended `{}`{} {}", "`{0}`于{3}以`{1}`办结{2}", address,
                           round.outcome, round.deemed ? Text{" (deemed)", "（视为）"} : Text{},
                           moment(*round.ended));
    if (round.cancelled) return format_both("`{}` was cancelled", "`{}`已取消", address);
    if (!round.outcome.empty())
        return format_both("`{}` asked for papers (`{}`) and had not got them",
                           "`{}`要求补正（`{}`），材料未齐", address, round.outcome);
    return format_both("`{}` is still open since {}", "`{}`自{}起仍在办理", address,
                       moment(round.started.value_or(state_.opened)));
}

Text Telling::never(const std::string& address) const {
    const std::size_t bracket = address.rfind('[');
    if (bracket != std::string::npos && address.back() == ']') {
        const std::string step = address.substr(0, bracket);
        Text keys;
        for (const auto& [other, rounds] : facts_.steps) {
            if (!other.starts_with(step + "[")) continue;
            if (other.find('/', step.size()) != std::string::npos) continue;
            const std::string key = other.substr(step.size() + 1, other.size() - step.size() - 2);
            add_to_list(keys, {key, key});
        }
        if (!keys.empty())
            return format_both("there was no `{}`: its items were {}", "没有`{}`：各项为{}",
                               address, keys);
    }
    return format_both("`{}` never started: {}", "`{}`从未开始：{}", address, case_now());
}

}  // namespace countersign::rehearsal
