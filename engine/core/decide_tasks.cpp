// Tasks: what a person's worklist shows, who may act, and what completing one means.
#include "engine/core/flow.hpp"

#include "engine/base/limits.hpp"
#include "engine/core/transitions.hpp"

#include <fmt/format.h>

namespace countersign::core {

namespace {

const Task* find_task(const Flow& flow, std::uint32_t number) {
    if (number == 0 || number > flow.state().tasks.size()) return nullptr;
    return &flow.state().tasks[number - 1];
}

/// Checks that a task exists, is open or claimed, and that `by` may act on it.
std::optional<Rejection> unfit(const Flow& flow, std::uint32_t number, std::string_view verb,
                               const Principal& by) {
    const Task* task = find_task(flow, number);
    if (task == nullptr)
        return Rejection{RejectionCode::not_found,
                         fmt::format("Expected to {} a task of case {}, but it has no task T{}",
                                     verb, flow.state().id.text(), number),
                         {}};
    if (task->status != TaskStatus::open && task->status != TaskStatus::claimed)
        return Rejection{RejectionCode::state,
                         fmt::format("Expected to {} open task T{}, but it is {}", verb, number,
                                     name_of(task->status)),
                         {}};
    if (!by.has(task->role) && !by.has("operator"))
        return Rejection{RejectionCode::not_allowed,
                         fmt::format("Expected to {} task T{} as {}, but {} has not that role",
                                     verb, number, task->role, by.name),
                         {}};
    return std::nullopt;
}

}  // namespace

void open_task(Flow& flow, std::uint32_t instance, const model::AskVerb& verb) {
    auto input = evaluate_mapped(flow.state(), flow.context, flow.step_of(instance).with,
                                 {instance, none});
    if (!input) return raise_expression(flow, instance, input.error(), "with");
    const auto number = static_cast<std::uint32_t>(flow.state().tasks.size()) + 1;
    flow.draft.add(TaskOpened{number, instance, verb.role, {*std::move(input)}});
}

void cancel_task(Flow& flow, std::uint32_t instance) {
    const std::uint32_t number = flow.at(instance).task;
    if (number == 0) return;
    const TaskStatus status = flow.state().tasks[number - 1].status;
    if (status == TaskStatus::open || status == TaskStatus::claimed)
        flow.draft.add(TaskCancelled{number});
}

std::optional<Rejection> decide_claim(Flow& flow, const ClaimTask& command, const Principal& by) {
    if (auto rejection = unfit(flow, command.task, "claim", by)) return rejection;
    const Task& task = *find_task(flow, command.task);
    if (task.status == TaskStatus::claimed && task.claimed_by == by.name) return std::nullopt;
    if (task.status == TaskStatus::claimed)
        return Rejection{RejectionCode::state,
                         fmt::format("Expected to claim open task T{}, but {} has it", command.task,
                                     task.claimed_by),
                         {}};
    flow.draft.add(TaskClaimed{command.task, by.name});
    return std::nullopt;
}

std::optional<Rejection> decide_release(Flow& flow, const ReleaseTask& command,
                                        const Principal& by) {
    if (auto rejection = unfit(flow, command.task, "release", by)) return rejection;
    const Task& task = *find_task(flow, command.task);
    if (task.status == TaskStatus::open)
        return Rejection{RejectionCode::state,
                         fmt::format("Expected to release claimed task T{}, but nobody "
                                     "has it",
                                     command.task),
                         {}};
    if (task.claimed_by != by.name && !by.has("operator"))
        return Rejection{RejectionCode::not_allowed,
                         fmt::format("Expected to release task T{}, but {} has it", command.task,
                                     task.claimed_by),
                         {}};
    flow.draft.add(TaskReleased{command.task});
    return std::nullopt;
}

std::optional<Rejection> decide_complete(Flow& flow, const CompleteTask& command,
                                         const Principal& by) {
    if (auto rejection = unfit(flow, command.task, "complete", by)) return rejection;
    const Task& task = *find_task(flow, command.task);
    if (task.status == TaskStatus::claimed && task.claimed_by != by.name && !by.has("operator"))
        return Rejection{RejectionCode::state,
                         fmt::format("Expected to complete task T{}, but {} has it", command.task,
                                     task.claimed_by),
                         {}};
    if (command.note.size() > limits::note_bytes_max)
        return Rejection{
            RejectionCode::too_large, "Expected a note of at most 16 KiB, but it is longer", {}};
    const std::uint32_t instance = task.instance;
    const model::Step& step = flow.step_of(instance);
    const model::Outcome* outcome = step.outcome(command.outcome);
    if (outcome == nullptr) {
        std::string known;
        for (const model::Outcome& o : step.outcomes) known += (known.empty() ? "" : ", ") + o.name;
        return Rejection{
            RejectionCode::invalid,
            fmt::format("Expected one of {}, but the choice is '{}'", known, command.outcome),
            {}};
    }
    const auto& verb = std::get<model::AskVerb>(step.verb);
    model::Conformed conformed = model::conform(verb.form, command.form);
    if (!conformed.problems.empty())
        return Rejection{RejectionCode::invalid,
                         "Expected a form without mistakes, but it has some",
                         std::move(conformed.problems)};
    if (outcome->kind == model::OutcomeKind::supplement) {
        const std::string problem = check_missing(flow.process(), command.missing);
        if (!problem.empty()) return Rejection{RejectionCode::invalid, problem, {}};
    }
    const Happened happened = happened_at(command.happened_at, task.opened, flow.context.now);
    flow.draft.add(TaskCompleted{command.task, by.name, command.outcome});
    Ending ending;
    ending.outcome = command.outcome;
    ending.kind = outcome->kind;
    ending.result = std::move(conformed.value);
    ending.note = command.note;
    ending.happened = happened.at;
    ending.missing = command.missing;
    end_step(flow, instance, std::move(ending));
    return std::nullopt;
}

}  // namespace countersign::core
