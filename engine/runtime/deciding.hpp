#pragma once
// Deciding one command on a case in memory, with all rows that stand beside its record.

#include "engine/runtime/batches.hpp"
#include "engine/runtime/case_cache.hpp"
#include "engine/runtime/dispatcher.hpp"
#include "engine/runtime/in_flight.hpp"
#include "engine/runtime/timers.hpp"

namespace countersign::runtime {

/// What decisions are written into.
struct Desk {
    Batches& batches;
    Timers& timers;
    ShardMetrics& counts;
    Instant now;
    const calendar::Calendars& calendars;
    const ContentLookup& contents;
    InFlight& in_flight;
};

/// Decides the command at `desk.now` and adds its record, rows, timers and, when it pays, a
/// snapshot to the open batch. `fired` is the timer of a FireTimer, else null.
std::variant<CommandDone, core::Rejection> decide_into(Desk& desk, CachedCase& cached,
                                                       const core::Command& command,
                                                       const timer::Timer* fired = nullptr);

/// Returns the attempt as the dispatcher takes it; nothing when the call no longer waits for it.
std::optional<DispatchJob> job_of(const CachedCase& cached, const core::DispatchCall& effect,
                                  const core::Context& context);

/// Returns the command that reports an attempt's result to the case.
core::Command command_of(const AttemptResult& result);

}  // namespace countersign::runtime
