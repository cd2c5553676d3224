// Tasks: what a person's worklist shows, who may act, and what completing one means.
#include "engine/core/flow.hpp"

#include "engine/base/limits.hpp"
#include "engine/core/words.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

const Task* find_task(const Flow& flow, std::uint32_t number) {
    if (number == 0 || number > flow.state().tasks.size()) return nullptr;
    return &flow.state().tasks[number - 1];
}

bool may_act(const Task& task, const Principal& by) {
    return by.has(task.role) || by.has("operator");
}

/// Checks that a task exists, is open or claimed, and that `by` may act on it.
std::optional<Rejection> unfit(const Flow& flow, std::uint32_t number, const Text& verb,
                               const Principal& by) {
    const Task* task = find_task(flow, number);
    if (task == nullptr)
        return Rejection{
            RejectionCode::not_found,
            format_both("Expected to {} a task of case {}, but it has no task T{}",
                        "不能{}：办件 {} 没有任务 T{}", verb, flow.state().id.text(), number),
            {}};
    if (task->status != TaskStatus::open && task->status != TaskStatus::claimed)
        return Rejection{RejectionCode::state,
                         format_both("Expected to {} open task T{}, but it is {}",
                                     "不能{}：任务 T{} {}", verb, number, words_of(task->status)),
                         {}};
    if (!may_act(*task, by))
        return Rejection{RejectionCode::not_allowed,
                         format_both("Expected to {} task T{} as {}, but {} has not that role",
                                     "不能{}：任务 T{} 由角色 {} 办理，而 {} 没有该角色", verb,
                                     number, task->role, by.name),
                         {}};
    return std::nullopt;
}

/// The people whom a principal stands for: "person:wang for li" is wang, and acts as li.
std::vector<std::string_view> people_of(std::string_view principal) {
    constexpr std::string_view person = "person:";
    if (!principal.starts_with(person)) return {};
    principal.remove_prefix(person.size());
    const std::size_t instead = principal.find(" for ");
    if (instead == std::string_view::npos) return {principal};
    return {principal.substr(0, instead), principal.substr(instead + 5)};
}

/// The key of the innermost branch of an `each` around an instance, or null.
const expr::Value* key_around(const CaseState& state, std::uint32_t instance) {
    for (std::uint32_t at = instance; at != none; at = state.instances[at].parent)
        if (state.instances[at].role == InstanceRole::member) return &state.instances[at].key;
    return nullptr;
}

/// The instances of a step as seen from another one: beside it or on the nearest level around it;
/// of a set the member of the same key, else all.
std::vector<std::uint32_t> seen_from(const CaseState& state, std::uint32_t instance,
                                     model::StepIndex step) {
    for (std::uint32_t holder = holder_of(state, instance); holder != none;
         holder = holder_of(state, holder)) {
        const auto found = state.instances[holder].children.find(step);
        if (found == state.instances[holder].children.end()) continue;
        const Instance& seen = state.instances[found->second];
        if (seen.role != InstanceRole::set) return {found->second};
        const expr::Value* key = key_around(state, instance);
        std::vector<std::uint32_t> members;
        for (const auto& [index, member] : seen.children) {
            if (key != nullptr && state.instances[member].key == *key) return {member};
            members.push_back(member);
        }
        return members;
    }
    return {};
}

/// Keeps those who did the one from doing the other.
std::optional<Rejection> refuse_own_work(const Flow& flow, std::uint32_t number, const Text& verb,
                                         const Principal& by) {
    const auto other = done_before(flow.state(), flow.process(), number, by.name);
    if (!other) return std::nullopt;
    const Task& task = flow.state().tasks[*other - 1];
    const Text title = titles_of(flow.state(), flow.process(), task.instance);
    return Rejection{
        RejectionCode::not_allowed,
        format_both(
            "Expected somebody else to {} task T{}: {} completed {}, and these two are kept "
            "apart",
            "不能{}：任务 T{} 须由他人办理，{} 已办理“{}”", verb, number,
            name_of_principal(task.completed_by), title),
        {}};
}

/// Adds what the process requires and nobody has handed in to what somebody asks for: there is one
/// notice, and it names everything (Administrative Licensing Law Art. 32 (4)).
std::vector<MissingItem> with_missing_papers(const Flow& flow, std::vector<MissingItem> asked) {
    for (std::string& id :
         missing_materials(flow.process(), flow.state().form.value, flow.state().materials))
        if (std::none_of(asked.begin(), asked.end(),
                         [&](const MissingItem& item) { return item.id == id; }))
            asked.push_back({std::move(id), {}, false});
    return asked;
}

/// Whoever may ask for papers does not let an application pass that lacks some.
std::optional<Rejection> refuse_passing(const Flow& flow, const model::Step& step) {
    const std::vector<std::string> missing =
        missing_materials(flow.process(), flow.state().form.value, flow.state().materials);
    if (missing.empty()) return std::nullopt;
    std::vector<model::Outcome> asking;
    for (const model::Outcome& outcome : step.outcomes)
        if (outcome.kind == model::OutcomeKind::supplement) asking.push_back(outcome);
    return Rejection{
        RejectionCode::state,
        format_both("Expected all required papers to be there, but {} {} missing; hand in what the "
                    "applicant has brought, or choose {} to send one notice for all",
                    "尚缺 {} 份必交材料；申请人已提交的请先补录，否则请选择“{}”一次性告知",
                    missing.size(), missing.size() == 1 ? "is" : "are", names_of(asking)),
        missing_problems(flow.process(), missing)};
}

}  // namespace

std::optional<std::uint32_t> done_before(const CaseState& state, const model::Process& process,
                                         std::uint32_t number, std::string_view principal) {
    if (number == 0 || number > state.tasks.size()) return std::nullopt;
    const std::uint32_t instance = state.tasks[number - 1].instance;
    const model::StepIndex apart = process.steps[state.instances[instance].step].not_by;
    const std::vector<std::uint32_t>& signing = state.instances[instance].signing;
    const auto people = people_of(principal);
    if ((apart == none && signing.empty()) || people.empty()) return std::nullopt;
    std::vector<std::uint32_t> others;
    if (apart != none) others = seen_from(state, instance, apart);
    for (const Task& task : state.tasks) {
        const bool signs = std::find(signing.begin(), signing.end(), task.number) != signing.end();
        if (!signs && std::find(others.begin(), others.end(), task.instance) == others.end())
            continue;
        for (const std::string_view person : people_of(task.completed_by))
            if (std::find(people.begin(), people.end(), person) != people.end()) return task.number;
    }
    return std::nullopt;
}

void open_task(Flow& flow, std::uint32_t instance, const model::AskVerb& verb) {
    auto input = evaluate_mapped(flow.state(), flow.context, flow.step_of(instance).with,
                                 {instance, none});
    if (!input) return raise_expression(flow, instance, input.error(), "with");
    if (verb.sign) return open_signings(flow, instance, *verb.sign, *input);
    const auto number = static_cast<std::uint32_t>(flow.state().tasks.size()) + 1;
    const auto& forwarded = flow.at(instance).forwarded;
    flow.draft.add(TaskOpened{
        number, instance, forwarded.empty() ? verb.role : forwarded.back(), {*std::move(input)}});
}

void cancel_task(Flow& flow, std::uint32_t instance) {
    std::vector<std::uint32_t> tasks = flow.at(instance).signing;
    if (tasks.empty() && flow.at(instance).task != 0) tasks.push_back(flow.at(instance).task);
    for (const std::uint32_t number : tasks)
        if (!flow.state().tasks[number - 1].completed()) flow.draft.add(TaskCancelled{number});
}

std::optional<Rejection> decide_claim(Flow& flow, const ClaimTask& command, const Principal& by) {
    if (auto rejection = unfit(flow, command.task, both("claim", "领取"), by)) return rejection;
    if (auto refused = refuse_own_work(flow, command.task, both("claim", "领取"), by))
        return refused;
    const Task& task = *find_task(flow, command.task);
    if (task.status == TaskStatus::claimed && task.claimed_by == by.name) return std::nullopt;
    if (task.status == TaskStatus::claimed)
        return Rejection{RejectionCode::state,
                         format_both("Expected to claim open task T{}, but {} has it",
                                     "不能领取：任务 T{} 已由 {} 领取", command.task,
                                     name_of_principal(task.claimed_by)),
                         {}};
    flow.draft.add(TaskClaimed{command.task, by.name});
    return std::nullopt;
}

std::optional<Rejection> decide_release(Flow& flow, const ReleaseTask& command,
                                        const Principal& by) {
    // A supervisor frees what someone on leave has claimed, without having the role.
    const Task* found = find_task(flow, command.task);
    Principal as = by;
    if (found != nullptr && by.has("supervisor")) as.roles.push_back(found->role);
    if (auto rejection = unfit(flow, command.task, both("release", "退回"), as)) return rejection;
    const Task& task = *find_task(flow, command.task);
    if (task.status == TaskStatus::open)
        return Rejection{RejectionCode::state,
                         format_both("Expected to release claimed task T{}, but nobody has it",
                                     "不能退回：任务 T{} 尚无人领取", command.task),
                         {}};
    if (task.claimed_by != by.name && !by.has("operator") && !by.has("supervisor"))
        return Rejection{
            RejectionCode::not_allowed,
            format_both("Expected to release task T{}, but {} has it; its holder, a supervisor or "
                        "an operator may release it",
                        "不能退回：任务 T{} 由 {} 领取，只有本人、督查人员或运维人员可以退回",
                        command.task, name_of_principal(task.claimed_by)),
            {}};
    flow.draft.add(TaskReleased{command.task});
    return std::nullopt;
}

std::optional<Rejection> decide_complete(Flow& flow, const CompleteTask& command,
                                         const Principal& by) {
    if (auto rejection = unfit(flow, command.task, both("complete", "办理"), by)) return rejection;
    if (auto refused = refuse_own_work(flow, command.task, both("complete", "办理"), by))
        return refused;
    const Task& task = *find_task(flow, command.task);
    if (task.status == TaskStatus::claimed && task.claimed_by != by.name && !by.has("operator"))
        return Rejection{RejectionCode::state,
                         format_both("Expected to complete task T{}, but {} has it",
                                     "不能办理：任务 T{} 由 {} 领取", command.task,
                                     name_of_principal(task.claimed_by)),
                         {}};
    if (command.note.size() > limits::note_bytes_max) return note_too_large();
    const std::uint32_t instance = task.instance;
    const model::Step& step = flow.step_of(instance);
    const model::Outcome* outcome = step.outcome(command.outcome);
    if (outcome == nullptr)
        return Rejection{
            RejectionCode::invalid,
            format_both("Expected one of {}, but the choice is '{}'", "可选结果为 {}，而所选为“{}”",
                        names_of(step.outcomes), command.outcome),
            {}};
    const auto& verb = std::get<model::AskVerb>(step.verb);
    model::Conformed conformed = model::conform(verb.form, command.form);
    conformed.value = settle_files(verb.form, conformed.value, flow.contents(), conformed.problems);
    if (!conformed.problems.empty()) return form_refused(std::move(conformed.problems));
    if (outcome->kind == model::OutcomeKind::ok && may_ask_for_papers(step))
        if (auto refused = refuse_passing(flow, step)) return refused;
    std::vector<MissingItem> missing;
    if (outcome->kind == model::OutcomeKind::supplement) {
        missing = with_missing_papers(flow, command.missing);
        const Text problem = check_missing(flow.process(), missing);
        if (!problem.empty()) return Rejection{RejectionCode::invalid, problem, {}};
    }
    const Happened happened = happened_at(command.happened_at, task.opened, flow.context.now);
    if (verb.sign) {
        Signature signature{command.outcome,
                            outcome->kind,
                            command.note,
                            {std::move(conformed.value)},
                            happened.at};
        flow.draft.add(TaskSigned{command.task, by.name, std::move(signature)});
        count_signatures(flow, instance, *verb.sign, command.task, std::move(missing));
        return std::nullopt;
    }
    flow.draft.add(TaskCompleted{command.task, by.name, command.outcome});
    Ending ending;
    ending.outcome = command.outcome;
    ending.kind = outcome->kind;
    ending.result = std::move(conformed.value);
    ending.note = command.note;
    ending.happened = happened.at;
    ending.missing = std::move(missing);
    end_step(flow, instance, std::move(ending));
    return std::nullopt;
}

}  // namespace countersign::core
