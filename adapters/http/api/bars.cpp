// The chart of a case; see bars.hpp.
#include "adapters/http/api/bars.hpp"

#include "engine/core/event.hpp"
#include "engine/core/words.hpp"

#include <algorithm>

namespace countersign::http {

namespace {

constexpr std::int64_t days_told_max = 3'660;

/// Whether somebody has the step in hand, or it waits for a time; rules decide at once, and a stage
/// is what its steps are.
bool is_drawn(const Viewed& viewed, const Bar& bar) {
    const core::Instance& instance = viewed.state.instances[bar.instance];
    if (instance.step == model::none || instance.role == core::InstanceRole::set) return false;
    const model::Verb& verb = viewed.process.steps[instance.step].verb;
    return std::holds_alternative<model::CallVerb>(verb) ||
           std::holds_alternative<model::AskVerb>(verb) ||
           std::holds_alternative<model::WaitVerb>(verb);
}

Text signers_of(const Viewed& viewed, const model::Sign& sign) {
    Text all;
    for (std::size_t i = 0; i < sign.roles.size(); ++i) {
        if (i > 0 && sign.roles[i] == sign.roles[i - 1]) continue;
        const Text role = viewed.names.role(sign.roles[i]);
        all = all.empty() ? role : format_both("{}, {}", "{}、{}", all, role);
    }
    return all;
}

Text who_of(const Viewed& viewed, const Bar& bar) {
    const core::Instance& instance = viewed.state.instances[bar.instance];
    const model::Verb& verb = viewed.process.steps[instance.step].verb;
    if (const auto* ask = std::get_if<model::AskVerb>(&verb))
        return ask->sign ? signers_of(viewed, *ask->sign)
                         : viewed.names.role(bar.forwarded.empty() ? ask->role : bar.forwarded);
    if (!std::holds_alternative<model::CallVerb>(verb)) return core::word_of("time");
    if (!bar.forwarded.empty()) return viewed.department(bar.forwarded);
    const auto& calls = viewed.state.calls;
    const auto first = std::find_if(calls.begin(), calls.end(), [&](const core::Call& call) {
        return call.instance == bar.instance && !call.undoes;
    });
    return first == calls.end() ? core::word_of("time") : viewed.department(first->department);
}

/// The step's deadline in that round: its clock of the name "limit" that ran then.
const core::ClockState* limit_in(const Viewed& viewed, const Bar& bar) {
    const core::ClockState* found = nullptr;
    for (const std::uint32_t number : viewed.state.instances[bar.instance].clocks) {
        const core::ClockState& clock = viewed.state.clocks[number - 1];
        if (core::clock_of(viewed.process, clock.ref).name != "limit") continue;
        const bool stopped_before = clock.stopped && *clock.stopped < bar.from;
        if (!stopped_before && (!bar.to || clock.from < *bar.to || clock.from == bar.from))
            found = &clock;
    }
    return found;
}

std::string without(std::string text, const std::string& ending) {
    if (!ending.empty() && text.ends_with(ending)) text.resize(text.size() - ending.size());
    return text;
}

/// The step's title with the bar's own round instead of the one that it is in now.
Text title_of(const Viewed& viewed, const Bar& bar) {
    const Text now = viewed.titles(bar.instance);
    const Text round = core::round_words(viewed.state.instances[bar.instance].round);
    const Text own = core::round_words(bar.round);
    return both(without(now.en, round.en) + own.en, without(now.zh, round.zh) + own.zh);
}

void write_bar(JsonWriter& json, const Viewed& viewed, const Bar& bar) {
    json.begin_object();
    json.member("step", core::path_of(viewed.state, viewed.process, bar.instance));
    json.member("title", title_of(viewed, bar));
    json.member("round", bar.round);
    json.member("who", who_of(viewed, bar));
    json.member("from", viewed.time(bar.from));
    if (bar.to) json.member("to", viewed.time(*bar.to));
    json.member_if("outcome", bar.outcome);
    if (!bar.outcome.empty()) json.member("outcome_title", core::word_of(bar.outcome));
    json.member("cut", bar.cut);
    if (const core::ClockState* limit = limit_in(viewed, bar)) {
        const ClockView view = view_of(viewed, *limit);
        json.member("plan_from", viewed.time(limit->from));
        json.member("due", viewed.time(view.due.at));
        json.member("overdue", limit->due_passed.has_value());
    }
    json.end_object();
}

/// Stretches of days on which nobody works, from the day of `from` to that of `to`.
void write_days_off(JsonWriter& json, const Viewed& viewed, Instant from, Instant to) {
    json.key("off");
    json.begin_array();
    const calendar::Calendar* calendar = viewed.calendars.find(viewed.process.calendar);
    if (calendar != nullptr) {
        const int offset = viewed.offset_minutes;
        Date day = local_time(from, offset).date;
        const Date last = local_time(to, offset).date;
        for (std::int64_t told = 0; told < days_told_max && day <= last; ++told) {
            Date end = day;
            while (end <= last && !calendar::is_working_day(*calendar, end)) end = end + 1;
            if (end != day) {
                json.begin_object();
                json.member("from", viewed.time(instant_of(day, 0, offset)));
                json.member("to", viewed.time(instant_of(end, 0, offset)));
                json.end_object();
                day = end;
            }
            day = day + 1;
        }
    }
    json.end_array();
}

void write_case_clocks(JsonWriter& json, const Viewed& viewed) {
    json.key("dues");
    json.begin_array();
    for (const core::ClockState& clock : viewed.state.clocks) {
        if (clock.owner != 0) continue;
        const model::Clock& defined = core::clock_of(viewed.process, clock.ref);
        json.begin_object();
        json.member("name", defined.name);
        json.member("title", core::word_of(defined.name));
        json.member("due", viewed.time(view_of(viewed, clock).due.at));
        json.key("pauses");
        json.begin_array();
        for (const calendar::Pause& pause : clock.pauses) {
            json.begin_object();
            json.member("from", viewed.time(pause.from));
            json.member("to", viewed.time(pause.to.value_or(viewed.now)));
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

}  // namespace

void BarReader::close(std::uint32_t instance, Instant at, std::string outcome, bool cut) {
    for (auto bar = bars_.rbegin(); bar != bars_.rend(); ++bar) {
        if (bar->instance != instance || bar->to) continue;
        bar->to = std::max(at, bar->from);
        bar->outcome = std::move(outcome);
        bar->cut = cut;
        return;
    }
}

void BarReader::begin_round(std::uint32_t instance, std::uint32_t round, Instant at) {
    const auto before = std::find_if(bars_.rbegin(), bars_.rend(),
                                     [&](const Bar& bar) { return bar.instance == instance; });
    std::string forwarded = before == bars_.rend() ? std::string() : before->forwarded;
    close(instance, at, {}, false);
    bars_.push_back({instance, round, at, {}, {}, false, std::move(forwarded)});
}

void BarReader::read(const core::Record& record) {
    for (const core::Event& event : record.events) {
        if (const auto* started = core::event_as<core::StepStarted>(event))
            bars_.push_back({started->instance, 1, record.at, {}, {}, false, {}});
        if (const auto* redone = core::event_as<core::StepRedone>(event))
            begin_round(redone->instance, redone->round, record.at);
        if (const auto* sent = core::event_as<core::StepForwarded>(event)) {
            begin_round(sent->instance, sent->round, record.at);
            bars_.back().forwarded = sent->to;
        }
        if (const auto* ended = core::event_as<core::StepEnded>(event))
            close(ended->instance, ended->happened, ended->outcome, false);
        if (const auto* cancelled = core::event_as<core::StepCancelled>(event))
            close(cancelled->instance, record.at, {}, true);
        if (const auto* skipped = core::event_as<core::StepSkipped>(event);
            skipped && !skipped->fresh)
            close(skipped->instance, record.at, {}, true);
    }
}

void write_chart(JsonWriter& json, const Viewed& viewed, const std::vector<Bar>& bars) {
    Instant last = viewed.state.end ? viewed.state.end->at : viewed.now;
    const auto reach = [&last](Instant at) { last = std::max(last, at); };
    json.key("bars");
    json.begin_array();
    for (const Bar& bar : bars) {
        if (!is_drawn(viewed, bar)) continue;
        write_bar(json, viewed, bar);
        if (bar.to) reach(*bar.to);
        if (const core::ClockState* limit = limit_in(viewed, bar))
            reach(view_of(viewed, *limit).due.at);
    }
    json.end_array();
    for (const core::ClockState& clock : viewed.state.clocks)
        if (clock.owner == 0) reach(view_of(viewed, clock).due.at);
    write_case_clocks(json, viewed);
    write_days_off(json, viewed, viewed.state.received, last);
    json.member("last", viewed.time(last));
}

}  // namespace countersign::http
