// Where a case's time went: its ledger by holder, the intervals, and what its clocks counted.
#include "adapters/http/api/views.hpp"

#include "engine/core/transitions.hpp"
#include "engine/core/words.hpp"

#include <array>
#include <string>

namespace countersign::http {

namespace {

using core::Busy;
using core::Holder;
using core::Ledger;
using core::LedgerInterval;
using core::Span;

constexpr std::array sides = {Holder::government, Holder::applicant, Holder::third_party,
                              Holder::nobody};

void write_span(JsonWriter& json, const Span& span) {
    json.member("working_ms", span.working_ms);
    json.member("elapsed_ms", span.elapsed_ms);
}

void write_span_of(JsonWriter& json, std::string_view name, const Span& span) {
    json.key(name);
    json.begin_object();
    write_span(json, span);
    json.end_object();
}

/// Who somebody is, by name; the office that took in a paper application has none.
void write_who(JsonWriter& json, const Viewed& viewed, const std::string& who) {
    if (who.empty()) return;
    json.member("who", who);
    const auto run = core::title_of_run(viewed.process, who);
    json.member("title", run ? *run : viewed.names.addressee(who));
}

void write_holders(JsonWriter& json, const Viewed& viewed, const Ledger& ledger) {
    json.key("holders");
    json.begin_array();
    for (const Holder side : sides) {
        json.begin_object();
        json.member("holder", core::name_of(side));
        write_span(json, ledger.held[static_cast<std::size_t>(side)]);
        write_span_of(json, "together", ledger.together[static_cast<std::size_t>(side)]);
        json.key("who");
        json.begin_array();
        for (const auto& [key, share] : ledger.shares) {
            if (key.first != side) continue;
            json.begin_object();
            write_who(json, viewed, key.second);
            write_span_of(json, "alone", share.alone);
            write_span_of(json, "busy", share.busy);
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void write_busy(JsonWriter& json, const Viewed& viewed, const Busy& busy) {
    json.begin_object();
    json.member("side", core::name_of(busy.side));
    write_who(json, viewed, busy.who);
    json.member("duty", core::name_of(busy.duty));
    json.member("open", busy.open);
    json.key("steps");
    json.begin_array();
    for (const core::BusyStep& step : busy.steps) {
        json.begin_object();
        json.member("step", step.address);
        json.member("title", step.titles);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

void write_intervals(JsonWriter& json, const Viewed& viewed, const Ledger& ledger) {
    json.key("intervals");
    json.begin_array();
    for (const LedgerInterval& interval : ledger.intervals) {
        json.begin_object();
        json.member("from", viewed.time(interval.from));
        json.member("to", viewed.time(interval.to));
        json.member("holder", core::name_of(interval.holder));
        write_span(json, interval.span);
        json.key("busy");
        json.begin_array();
        for (const Busy& busy : interval.busy) write_busy(json, viewed, busy);
        json.end_array();
        json.key("stands_still");
        json.begin_array();
        for (const std::uint32_t number : interval.paused) {
            const core::ClockState& clock = viewed.state.clocks[number - 1];
            json.begin_object();
            json.member("clock", number);
            json.member("name", core::clock_of(viewed.process, clock.ref).name);
            json.member("of", viewed.address(clock.owner));
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

/// How far each clock got and what its pauses took, in its own unit: working days, dates, or
/// milliseconds for the others.
void write_counts(JsonWriter& json, const Viewed& viewed) {
    json.key("clocks");
    json.begin_array();
    for (const core::ClockState& clock : viewed.state.clocks) {
        const model::Clock& defined = core::clock_of(viewed.process, clock.ref);
        const std::string& id =
            defined.calendar.empty() ? viewed.process.calendar : defined.calendar;
        const calendar::Calendar* counted_by = viewed.calendars.find(id);
        if (counted_by == nullptr) continue;
        const Instant until = clock.stopped ? *clock.stopped : viewed.now;
        const auto used = [&](const std::vector<calendar::Pause>& pauses) {
            return calendar::used_of(*counted_by, clock.from, defined.within.unit, defined.counting,
                                     pauses, until);
        };
        const std::int64_t counted = used(clock.pauses);
        const ClockView view = view_of(viewed, clock);
        json.begin_object();
        json.member("clock", clock.number);
        json.member("name", defined.name);
        json.member("kind", name_of(defined.kind));
        json.member("of", viewed.address(clock.owner));
        json.member("of_title", viewed.titles(clock.owner));
        json.member("within", core::within_of(clock, defined).text());
        json.member("unit", calendar::Limit{1, defined.within.unit}.text().substr(1));
        json.member("status", core::name_of(clock.status));
        json.member("from", viewed.time(clock.from));
        json.member("due", viewed.time(view.due.at));
        if (clock.stopped) json.member("stopped", viewed.time(*clock.stopped));
        json.member("counted", counted);
        json.member("stood_still", used({}) - counted);
        json.member("card", view.card);
        if (!defined.legal_basis.empty()) json.member("legal_basis", defined.legal_basis);
        json.end_object();
    }
    json.end_array();
}

}  // namespace

void write_ledger(JsonWriter& json, const Viewed& viewed, const Ledger& ledger) {
    const calendar::Calendar* calendar = viewed.calendars.find(viewed.process.calendar);
    json.member("case", viewed.state.id.text());
    json.member("process", viewed.state.process.id);
    json.member("title", viewed.process.title);
    json.member("status", core::name_of(viewed.state.status));
    json.member("now", viewed.time(viewed.now));
    json.member("from", viewed.time(ledger.from));
    json.member("to", viewed.time(ledger.to));
    json.member("ended", ledger.ended);
    json.key("calendar");
    json.begin_object();
    json.member("calendar", viewed.process.calendar);
    if (calendar != nullptr) {
        json.member("title", calendar::data_of(*calendar).title);
        json.member("version", calendar::data_of(*calendar).version);
        json.member("usual_day_ms", calendar::usual_day_ms(*calendar));
    }
    json.end_object();
    write_span_of(json, "whole", ledger.whole);
    write_holders(json, viewed, ledger);
    write_intervals(json, viewed, ledger);
    write_counts(json, viewed);
}

}  // namespace countersign::http
