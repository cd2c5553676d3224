// The five machines as tables. README.md draws them; tests/unit/core walks every cell.
#include "engine/core/transitions.hpp"

#include "engine/base/check.hpp"

#include <array>

namespace countersign::core {

namespace {

using C = CaseStatus;
constexpr std::array<Transition<C>, 3> case_table = {{
    {"CaseOpened", C::absent, C::open},
    {"CaseEnded", C::open, C::ended},
    {"CaseClosed", C::ended, C::closed},
}};

using S = StepStatus;
constexpr std::array<Transition<S>, 11> step_table = {{
    {"StepStarted", S::waiting, S::active},
    {"StepSkipped", S::waiting, S::skipped},
    {"StepSkipped", S::active, S::skipped},
    {"StepSupplementing", S::active, S::supplementing},
    {"StepRedone", S::active, S::active},
    {"StepRedone", S::supplementing, S::active},
    {"StepForwarded", S::active, S::active},
    {"StepEnded", S::active, S::ended},
    {"StepEnded", S::supplementing, S::ended},
    {"StepCancelled", S::active, S::cancelled},
    {"StepCancelled", S::supplementing, S::cancelled},
}};

using K = CallStatus;
constexpr std::array<Transition<K>, 21> call_table = {{
    {"CallRequested", K::absent, K::open},
    {"UndoRequested", K::absent, K::open},
    {"CallAccepted", K::open, K::accepted},
    {"CallRetryScheduled", K::open, K::retrying},
    {"CallRetried", K::retrying, K::open},
    {"CallRetried", K::blocked, K::open},
    {"CallRetried", K::open, K::open},  // an undoing that is overdue is sent once more
    {"CallRetried", K::accepted, K::open},
    {"CallBlocked", K::open, K::blocked},
    {"CallBlocked", K::accepted, K::blocked},
    {"CallBlocked", K::retrying, K::blocked},
    {"CallAnswered", K::open, K::answered},
    {"CallAnswered", K::accepted, K::answered},
    {"CallAnswered", K::retrying, K::answered},
    {"CallAnswered", K::blocked, K::answered},
    {"CallCancelled", K::open, K::cancelled},
    {"CallCancelled", K::accepted, K::cancelled},
    {"CallCancelled", K::retrying, K::cancelled},
    {"CallCancelled", K::blocked, K::cancelled},
    {"CallAnsweredLate", K::answered, K::answered},
    {"CallAnsweredLate", K::cancelled, K::cancelled},
}};

using T = TaskStatus;
constexpr std::array<Transition<T>, 10> task_table = {{
    {"TaskOpened", T::absent, T::open},
    {"TaskClaimed", T::open, T::claimed},
    {"TaskReleased", T::claimed, T::open},
    {"TaskCompleted", T::open, T::completed},
    {"TaskCompleted", T::claimed, T::completed},
    {"TaskCancelled", T::open, T::cancelled},
    {"TaskCancelled", T::claimed, T::cancelled},
    {"SigningOpened", T::absent, T::open},
    {"TaskSigned", T::open, T::completed},
    {"TaskSigned", T::claimed, T::completed},
}};

using L = ClockStatus;
constexpr std::array<Transition<L>, 9> clock_table = {{
    {"ClockStarted", L::absent, L::running},
    {"ClockPaused", L::running, L::paused},
    {"ClockResumed", L::paused, L::running},
    {"ClockRungReached", L::running, L::running},
    {"ClockDuePassed", L::running, L::running},
    {"ClockExtended", L::running, L::running},
    {"ClockExtended", L::paused, L::paused},
    {"ClockStopped", L::running, L::stopped},
    {"ClockStopped", L::paused, L::stopped},
}};

template <class Status, std::size_t n>
Status look_up(const std::array<Transition<Status>, n>& table, std::string_view event,
               Status from) {
    for (const Transition<Status>& row : table)
        if (row.from == from && row.event == event) return row.to;
    CHECK(!"an event that the transition table does not allow");
    return from;
}

}  // namespace

std::span<const Transition<CaseStatus>> case_transitions() { return case_table; }
std::span<const Transition<StepStatus>> step_transitions() { return step_table; }
std::span<const Transition<CallStatus>> call_transitions() { return call_table; }
std::span<const Transition<TaskStatus>> task_transitions() { return task_table; }
std::span<const Transition<ClockStatus>> clock_transitions() { return clock_table; }

CaseStatus next(std::string_view event, CaseStatus from) {
    return look_up(case_table, event, from);
}
StepStatus next(std::string_view event, StepStatus from) {
    return look_up(step_table, event, from);
}
CallStatus next(std::string_view event, CallStatus from) {
    return look_up(call_table, event, from);
}
TaskStatus next(std::string_view event, TaskStatus from) {
    return look_up(task_table, event, from);
}
ClockStatus next(std::string_view event, ClockStatus from) {
    return look_up(clock_table, event, from);
}

std::string_view name_of(CaseStatus status) {
    switch (status) {
        case C::absent: return "absent";
        case C::open: return "open";
        case C::ended: return "ended";
        case C::closed: return "closed";
    }
    return "";
}

std::string_view name_of(StepStatus status) {
    switch (status) {
        case S::waiting: return "waiting";
        case S::active: return "active";
        case S::supplementing: return "supplementing";
        case S::ended: return "ended";
        case S::skipped: return "skipped";
        case S::cancelled: return "cancelled";
    }
    return "";
}

std::string_view name_of(CallStatus status) {
    switch (status) {
        case K::absent: return "absent";
        case K::open: return "open";
        case K::accepted: return "accepted";
        case K::retrying: return "retrying";
        case K::blocked: return "blocked";
        case K::answered: return "answered";
        case K::cancelled: return "cancelled";
    }
    return "";
}

std::string_view name_of(TaskStatus status) {
    switch (status) {
        case T::absent: return "absent";
        case T::open: return "open";
        case T::claimed: return "claimed";
        case T::completed: return "completed";
        case T::cancelled: return "cancelled";
    }
    return "";
}

std::string_view name_of(ClockStatus status) {
    switch (status) {
        case L::absent: return "absent";
        case L::running: return "running";
        case L::paused: return "paused";
        case L::stopped: return "stopped";
    }
    return "";
}

}  // namespace countersign::core
