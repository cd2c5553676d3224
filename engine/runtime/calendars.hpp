#pragma once
// The calendars in force: kept in the store, so that a change is noticed across a restart and the
// timers that it moves are re-filed even when the engine stops in between.

#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/calendar/calendar.hpp"
#include "engine/model/process.hpp"
#include "engine/store/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace countersign::runtime {

/// Returns `fresh` with what it lacks: the calendars of `before` (a running case must never lose
/// its own), and under the empty id, for processes that name none, Monday to Friday from 9 to 17 at
/// UTC+8.
calendar::Calendars completed(calendar::Calendars fresh, const calendar::Calendars& before);

/// Returns the ids of the calendars that a process counts by, each once.
std::vector<std::string> calendars_of(const model::Process& process);

/// Returns whether both hold the same tables under the same ids.
bool same_tables(const calendar::Calendars& a, const calendar::Calendars& b);

/// Returns the calendars kept by put_calendars(); none in a fresh store. corrupt when they do not
/// read back.
result<calendar::Calendars> stored_calendars(const store::Store& store);

/// Keeps the calendars, and marks every partition: its timers have to be re-filed.
void put_calendars(store::Batch& batch, const calendar::Calendars& calendars);

/// Whether the timers of a partition have to be re-filed.
result<bool> is_marked(const store::Store& store, std::uint8_t partition);
/// Adds that they have to be, or no longer.
void mark(store::Batch& batch, std::uint8_t partition);
void unmark(store::Batch& batch, std::uint8_t partition);

}  // namespace countersign::runtime
