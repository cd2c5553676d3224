#pragma once
// A case as JSON: its state, its clocks, what it waits for. Pure: called within a visit of the
// case.

#include "adapters/http/json_writer.hpp"
#include "engine/runtime/engine.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::http {

/// A visited case, with what every view needs of it.
struct Viewed {
    explicit Viewed(const runtime::CaseRead& read);
    Viewed(const core::CaseState& case_state, const model::Process& case_process,
           const calendar::Calendars& all, Instant time);

    const core::CaseState& state;
    const model::Process& process;
    const calendar::Calendars& calendars;
    Instant now;
    int offset_minutes = 0;  ///< of the process's calendar

    core::Context context() const { return {now, process, calendars}; }
    /// Returns RFC 3339 with the calendar's offset.
    std::string time(Instant at) const { return rfc3339(at, offset_minutes); }
    /// Returns "2026-02-27 17:00" as the calendar's place reads it.
    std::string wall(Instant at) const;
    std::string address(std::uint32_t instance) const;
    std::string call_id(std::uint32_t number) const { return CallId{state.id, number}.text(); }
    std::string task_id(std::uint32_t number) const { return TaskId{state.id, number}.text(); }
};

/// A clock as people read it.
struct ClockView {
    calendar::Due due;
    std::string remaining;  ///< "2.5wd", "overdue 1wd"; empty once stopped
    std::string_view card;  ///< "green", "yellow", "red", "paused", "met"
};
ClockView view_of(const Viewed& viewed, const core::ClockState& clock);

/// Returns the open clock named "limit" of an instance, or null.
const core::ClockState* deadline_clock(const Viewed& viewed, std::uint32_t instance);

/// Writes the state view of GET /v1/cases/{id}.
void write_case(JsonWriter& json, const Viewed& viewed, expr::Personal personal);
/// Writes the steps tree: an array.
void write_steps(JsonWriter& json, const Viewed& viewed, expr::Personal personal);
/// Writes one call as GET /v1/calls/{id} gives it.
void write_call(JsonWriter& json, const Viewed& viewed, const core::Call& call);
/// Writes what the case waits for, as GET /v1/cases/{id}/why gives it.
void write_why(JsonWriter& json, const Viewed& viewed);
/// Writes `end`, or null.
void write_end(JsonWriter& json, const Viewed& viewed, expr::Personal personal);

/// Returns whether the wait of an instance ends by itself, and when.
std::optional<Instant> wait_due(const Viewed& viewed, std::uint32_t instance);

// Names as the API writes them.
std::string_view name_of(model::OutcomeKind kind);
std::string_view name_of(model::EndKind kind);
std::string_view name_of(model::ClockKind kind);
std::string_view name_of(model::ActionKind kind);
std::string_view name_of(core::SkipReason reason);
std::string_view name_of(core::IncidentKind kind);
std::string_view name_of(core::InstanceRole role);
std::string_view verb_of(const model::Step& step);

}  // namespace countersign::http
