#pragma once
// The transition tables of case, step, call, task and clock as data: the code looks transitions up
// here, the exhaustive test walks them, and the README's diagrams are checked against them.

#include "engine/core/state.hpp"

#include <span>
#include <string_view>

namespace countersign::core {

/// One allowed transition: `event` takes a machine from `from` to `to`.
template <class Status>
struct Transition {
    std::string_view event;
    Status from;
    Status to;
};

std::span<const Transition<CaseStatus>> case_transitions();
std::span<const Transition<StepStatus>> step_transitions();
std::span<const Transition<CallStatus>> call_transitions();
std::span<const Transition<TaskStatus>> task_transitions();
std::span<const Transition<ClockStatus>> clock_transitions();

/// Returns where `event` leads from `from`; CHECKs that the table allows it.
CaseStatus next(std::string_view event, CaseStatus from);
StepStatus next(std::string_view event, StepStatus from);
CallStatus next(std::string_view event, CallStatus from);
TaskStatus next(std::string_view event, TaskStatus from);
ClockStatus next(std::string_view event, ClockStatus from);

/// Returns the status' name: "supplementing".
std::string_view name_of(CaseStatus status);
std::string_view name_of(StepStatus status);
std::string_view name_of(CallStatus status);
std::string_view name_of(TaskStatus status);
std::string_view name_of(ClockStatus status);

}  // namespace countersign::core
