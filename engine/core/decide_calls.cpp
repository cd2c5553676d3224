// Calls: requested, answered, retried, blocked, cancelled (adapters.md, "Promises"). A transport
// report counts only for the current attempt; an answer counts whichever attempt brought it.
#include "engine/core/flow.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/transitions.hpp"
#include "engine/core/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace countersign::core {

namespace {

const Call* find_call(const Flow& flow, std::uint32_t number) {
    if (number == 0 || number > flow.state().calls.size()) return nullptr;
    return &flow.state().calls[number - 1];
}

Rejection no_such_call(const Flow& flow, std::uint32_t number) {
    return {RejectionCode::not_found,
            format_both("Expected a call of case {}, but it has no call C{}",
                        "办件 {} 没有调用 C{}", flow.state().id.text(), number),
            {}};
}

/// Back-off with jitter: first · factor^(n-1), at most `most`, spread over [3/4, 1] of it by a hash
/// of the call and attempt, so that replicas of a decision agree.
std::int64_t backoff_ms(const RetryPolicy& policy, const CallId& call,
                        std::uint32_t failed_attempt) {
    const double exponent = static_cast<double>(std::min<std::uint32_t>(failed_attempt - 1, 60));
    const double raw = static_cast<double>(policy.first_ms) * std::pow(policy.factor, exponent);
    const double bounded = std::min(raw, static_cast<double>(policy.most_ms));
    const std::uint64_t hash = stable_hash(fmt::format("{}/{}", call.text(), failed_attempt));
    const double share = 0.75 + 0.25 * static_cast<double>(hash % 1'000) / 1'000.0;
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(bounded * share));
}

void block(Flow& flow, std::uint32_t call, IncidentKind kind, const std::string& reason,
           const std::string& evidence) {
    if (flow.state().calls[call - 1].undoes)
        resolve_incidents(flow, flow.state().calls[call - 1].instance);  // its silence is over
    flow.draft.add(CallBlocked{call, reason});
    IncidentRaised raised;
    raised.incident = static_cast<std::uint32_t>(flow.state().incidents.size()) + 1;
    raised.kind = kind;
    raised.instance = flow.state().calls[call - 1].instance;
    raised.call = call;
    raised.message = reason;
    raised.evidence = evidence.substr(0, 1'000);
    flow.draft.add(std::move(raised));
    if (flow.state().calls[call - 1].undoes) go_on_undoing(flow);
}

/// An unhandled failure is an incident for the operator; a handled one ends the step.
void fail_call(Flow& flow, const Call& call, IncidentKind kind, const ReportAttempt& report) {
    const std::uint32_t instance = call.instance;
    const std::uint32_t number = call.number;
    if (call.undoes || flow.step_of(instance).move_for("failure") == nullptr)
        return block(flow, number, kind, report.reason, report.evidence);
    Ending ending;
    ending.outcome = "failure";
    ending.kind = model::OutcomeKind::failure;
    ending.note = report.reason;
    ending.happened = flow.context.now;
    end_step(flow, instance, std::move(ending));
}

Text problems_text(const std::vector<model::Problem>& problems) {
    Text text;
    for (const model::Problem& problem : problems) {
        text.en += (text.en.empty() ? "" : "; ") + problem.path + ": " + problem.message.in("en");
        text.zh += (text.zh.empty() ? "" : "；") + problem.path + "：" + problem.message.in("zh");
    }
    return text;
}

/// Returns what keeps an answer from being one by its contract, or an empty text.
Text contract_problem(const Flow& flow, const model::Operation& operation, const AnswerCall& answer,
                      const model::Conformed& conformed) {
    const model::Outcome* outcome = operation.outcome(answer.outcome);
    if (outcome == nullptr)
        return format_both("the outcome '{}' is none of: {}", "结果“{}”不在约定范围内：{}",
                           answer.outcome, names_of(operation.outcomes));
    if (outcome->kind == model::OutcomeKind::supplement)
        return check_missing(flow.process(), answer.missing);
    // A refusal need not carry what only an approval can.
    if (outcome->kind != model::OutcomeKind::ok) return {};
    if (!conformed.problems.empty())
        return format_both("the result breaks the contract: {}", "答复内容不符合约定：{}",
                           problems_text(conformed.problems));
    return {};
}

/// What a person is told of an answer that is none: the fields to mend, or what may be chosen.
Rejection refuse_typed(const Flow& flow, const model::Operation& operation,
                       const AnswerCall& answer, std::vector<model::Problem> problems) {
    const model::Outcome* outcome = operation.outcome(answer.outcome);
    if (outcome == nullptr)
        return {RejectionCode::invalid,
                format_both("Expected one of {}, but the choice is '{}'",
                            "可选结果为 {}，而所选为“{}”", names_of(operation.outcomes),
                            answer.outcome),
                {}};
    if (outcome->kind == model::OutcomeKind::supplement)
        return {RejectionCode::invalid, check_missing(flow.process(), answer.missing), {}};
    return form_refused(std::move(problems));
}

Rejection settled_call(const Call& call, const Text& verb) {
    return {RejectionCode::state,
            format_both("Expected to {} open call C{}, but it is {}", "不能{}：调用 C{} {}", verb,
                        call.number, word_of(name_of(call.status))),
            {}};
}

/// Whether the step does its work, and only a condition of it could not be told: run() looks again.
bool is_under_way(const Flow& flow, std::uint32_t instance) {
    const Instance& about = flow.at(instance);
    const auto& state = flow.state();
    return !about.children.empty() || (about.call != 0 && state.calls[about.call - 1].is_open()) ||
           (about.task != 0 && !state.tasks[about.task - 1].completed());
}

bool runs_process(const Flow& flow, const Call& call) {
    return !flow.process().operations[call.operation].runs.empty();
}

/// What another case answers, nobody answers in its place.
Rejection answered_by_case(const Call& call) {
    if (!call.child)
        return {
            RejectionCode::state,
            format_both("Expected a call to a department, but C{} opens a case, whose end is "
                        "the answer",
                        "不能代为答复：调用 C{} 将另立办件，以该办件的办结结果为准", call.number),
            {}};
    return {RejectionCode::state,
            format_both("Expected a call to a department, but case {1} answers C{0}; finish or "
                        "withdraw that case",
                        "不能代为答复：调用 C{} 以办件 {} 的结果为准，请办结或撤回该办件",
                        call.number, call.child->text()),
            {}};
}

/// The case that waits for this one was told how it ended. What failed stays in the outbox.
std::optional<Rejection> parent_reported(Flow& flow, const ReportAttempt& report) {
    if (flow.state().tells_parent() && report.outcome == AttemptOutcome::accepted)
        flow.draft.add(ParentTold{});
    else
        flow.draft.set_reply(Reply::stale);
    return std::nullopt;
}

std::optional<Rejection> answer_late(Flow& flow, const Call& call, const AnswerCall& answer) {
    const bool cancelled = call.status == CallStatus::cancelled;
    flow.draft.set_reply(cancelled ? Reply::cancelled : Reply::already_answered);
    constexpr std::uint32_t recorded_max = 16;  // repeats of a department gone wild fill no journal
    if (call.extra_answers >= recorded_max) return std::nullopt;
    // Nobody has held it against the contract, which says what is personal: so all of it may be.
    flow.draft.add(CallAnsweredLate{
        call.number, answer.outcome.substr(0, 100), flow.by, {answer.result.marked_personal()},
        answer.note});
    return std::nullopt;
}

}  // namespace

std::string department_of(const Flow& flow, std::uint32_t instance, const model::Target& target) {
    if (target.bound == none) return target.department;
    for (std::uint32_t at = instance; at != none; at = flow.at(at).parent) {
        const Instance& found = flow.at(at);
        if (found.step != target.bound || found.role != InstanceRole::member) continue;
        if (!found.item.is(expr::Kind::string)) return {};
        for (const model::Member& member : target.members)
            if (member.value == found.item.as_string()) return member.department;
    }
    return {};
}

Happened happened_at(std::optional<Instant> told, Instant not_before, Instant now) {
    if (!told) return {now, false};
    const Instant earliest = std::max(not_before, now - milliseconds(limits::happened_before_ms));
    if (*told < earliest) return {earliest, true};
    if (*told > now) return {now, *told > now + milliseconds(limits::happened_after_ms)};
    return {*told, false};
}

void request_call(Flow& flow, std::uint32_t instance, const model::CallVerb& verb) {
    auto input =
        evaluate_mapped(flow.state(), flow.context, flow.step_of(instance).with, {instance, none});
    if (!input) return raise_expression(flow, instance, input.error(), "with");
    add_from_bundle(flow, instance, *input);
    add_opinions(flow, instance, flow.process().operations[verb.operation], *input);
    CallRequested requested;
    const std::string first = department_of(flow, instance, verb.target);
    if (first.empty())
        return raise_expression(flow, instance, {"the item names no department", 0}, "call");
    const auto& forwarded = flow.at(instance).forwarded;
    requested.department = forwarded.empty() ? first : forwarded.back();
    std::string undone_by;
    if (const auto& undo = flow.step_of(instance).undo) {
        undone_by = department_of(flow, instance, undo->target);
        if (undone_by.empty())
            return raise_expression(flow, instance, {"the item names no department", 0}, "undo");
        if (undone_by == first) undone_by = requested.department;  // who did it takes it back
    }
    requested.call = static_cast<std::uint32_t>(flow.state().calls.size()) + 1;
    requested.instance = instance;
    requested.round = flow.at(instance).round;
    const std::uint32_t before = flow.at(instance).call;
    const bool same_department =
        before != 0 && flow.state().calls[before - 1].department == requested.department;
    requested.supersedes = same_department ? before : 0;  // another one knows nothing of it
    requested.operation = verb.operation;
    requested.input.value = *input;
    const auto due = deadline_of(flow.state(), instance, flow.context);
    if (due) requested.due_when_asked = due->at;
    const CallId id{flow.state().id, requested.call};
    const std::string department = requested.department;
    flow.draft.add(std::move(requested));
    flow.draft.effect(DispatchCall{id, 1, department});
    if (!undone_by.empty()) prepare_undo(flow, instance, undone_by, *input);
}

void cancel_call(Flow& flow, std::uint32_t instance) {
    const std::uint32_t number = flow.at(instance).call;
    if (number == 0 || !flow.state().calls[number - 1].is_open()) return;
    const Call& call = flow.state().calls[number - 1];
    const CallId id{flow.state().id, number};
    const std::string department = call.department;
    const std::uint32_t next_attempt = call.attempt + 1;
    flow.draft.add(CallCancelled{number});
    if (!runs_process(flow, call)) return flow.draft.effect(CancelCall{id, department});
    // A case may have been opened for it, also by an attempt that nobody has reported on: it must
    // not go on for nobody, whatever happens to this machine meanwhile.
    flow.draft.add(RecallRequested{number, next_attempt});
    flow.draft.effect(DispatchCall{id, next_attempt, department});
}

std::optional<Rejection> decide_claim(Flow& flow, const ClaimCall& command, const Principal& by) {
    const Call* call = find_call(flow, command.call);
    if (call == nullptr) return no_such_call(flow, command.call);
    if (!call->is_open()) return settled_call(*call, both("claim", "领取"));
    if (call->claimed_by == by.name) return std::nullopt;
    if (!call->claimed_by.empty())
        return Rejection{RejectionCode::state,
                         format_both("Expected to claim call C{}, but {} has it",
                                     "不能领取：调用 C{} 已由 {} 领取", call->number,
                                     name_of_principal(call->claimed_by)),
                         {}};
    flow.draft.add(CallClaimed{call->number, by.name});
    return std::nullopt;
}

std::optional<Rejection> decide_release(Flow& flow, const ReleaseCall& command,
                                        const Principal& by) {
    const Call* call = find_call(flow, command.call);
    if (call == nullptr) return no_such_call(flow, command.call);
    if (!call->is_open()) return settled_call(*call, both("release", "退回"));
    if (call->claimed_by.empty())
        return Rejection{RejectionCode::state,
                         format_both("Expected to release claimed call C{}, but nobody has it",
                                     "不能退回：调用 C{} 尚无人领取", call->number),
                         {}};
    if (call->claimed_by != by.name && !by.has("operator") && !by.has("supervisor"))
        return Rejection{
            RejectionCode::not_allowed,
            format_both("Expected to release call C{}, but {} has it; its holder, a supervisor or "
                        "an operator may release it",
                        "不能退回：调用 C{} 由 {} 领取，只有本人、督查人员或运维人员可以退回",
                        call->number, name_of_principal(call->claimed_by)),
            {}};
    flow.draft.add(CallReleased{call->number});
    return std::nullopt;
}

std::optional<Rejection> decide_answer(Flow& flow, const AnswerCall& answer, const Principal& by) {
    const Call* call = find_call(flow, answer.call);
    if (call == nullptr) return no_such_call(flow, answer.call);
    if (answer.note.size() > limits::note_bytes_max) return note_too_large();
    if (!call->is_open()) return answer_late(flow, *call, answer);
    if (answer.by_hand && runs_process(flow, *call)) return answered_by_case(*call);
    if (answer.by_hand && !call->claimed_by.empty() && call->claimed_by != by.name &&
        !by.has("operator"))
        return Rejection{RejectionCode::state,
                         format_both("Expected to answer call C{}, but {} has it",
                                     "不能办理：调用 C{} 由 {} 领取", call->number,
                                     name_of_principal(call->claimed_by)),
                         {}};
    const model::Operation& operation = flow.process().operations[call->operation];
    model::Conformed conformed = model::conform(operation.output, answer.result, false);
    conformed.value =
        settle_files(operation.output, conformed.value, flow.contents(), conformed.problems);
    const Text problem = contract_problem(flow, operation, answer, conformed);
    if (!problem.empty() && answer.by_hand)
        return refuse_typed(flow, operation, answer, std::move(conformed.problems));
    if (!problem.empty()) {
        flow.draft.set_reply(Reply::answer_refused);
        if (call->status == CallStatus::blocked) return std::nullopt;
        block(flow, call->number, IncidentKind::answer_refused, problem.en,
              answer.outcome + " " + answer.result.dump_text());
        return std::nullopt;
    }
    const std::uint32_t instance = call->instance;
    const Happened happened = happened_at(answer.happened_at, call->requested, flow.context.now);
    flow.draft.add(CallAnswered{call->number, answer.outcome, flow.by, happened.at, happened.cut});
    Ending ending;
    ending.outcome = answer.outcome;
    ending.kind = operation.outcome(answer.outcome)->kind;
    ending.result = std::move(conformed.value);
    ending.note = answer.note;
    ending.happened = happened.at;
    ending.missing = answer.missing;
    if (flow.state().calls[answer.call - 1].undoes) {
        end_undo(flow, flow.state().calls[answer.call - 1], ending);
        return std::nullopt;
    }
    end_step(flow, instance, std::move(ending));
    return std::nullopt;
}

std::optional<Rejection> decide_attempt(Flow& flow, const ReportAttempt& report) {
    if (report.call == 0) return parent_reported(flow, report);
    const Call* call = find_call(flow, report.call);
    if (call == nullptr) return no_such_call(flow, report.call);
    if (call->recalled && call->attempt == report.attempt) {
        // What failed stays in the outbox: it leaves again when the engine starts anew.
        if (report.outcome == AttemptOutcome::accepted) flow.draft.add(RecallTaken{call->number});
        return std::nullopt;
    }
    if (call->status != CallStatus::open || call->attempt != report.attempt) {
        flow.draft.set_reply(Reply::stale);
        return std::nullopt;
    }
    switch (report.outcome) {
        case AttemptOutcome::accepted:
            flow.draft.add(CallAccepted{call->number, report.attempt});
            if (report.child) flow.draft.add(ChildOpened{report.call, *report.child});
            return std::nullopt;
        case AttemptOutcome::refused:
            fail_call(flow, *call, IncidentKind::refused_by_department, report);
            return std::nullopt;
        case AttemptOutcome::answer_refused:
            block(flow, call->number, IncidentKind::answer_refused, report.reason, report.evidence);
            return std::nullopt;
        case AttemptOutcome::failed: break;
    }
    if (report.attempt >= std::min(report.policy.attempts, limits::attempts_max)) {
        fail_call(flow, *call, IncidentKind::attempts_exhausted, report);
        return std::nullopt;
    }
    const std::int64_t wait =
        std::max(backoff_ms(report.policy, {flow.state().id, call->number}, report.attempt),
                 report.retry_after_ms.value_or(0));
    flow.draft.add(CallRetryScheduled{call->number, report.attempt + 1,
                                      flow.context.now + milliseconds(wait), report.reason});
    return std::nullopt;
}

void fire_retry(Flow& flow, std::uint32_t number) {
    const Call* call = find_call(flow, number);
    if (call == nullptr || call->status != CallStatus::retrying ||
        *call->retry_at > flow.context.now) {
        flow.draft.touch({TimerKind::retry, number});
        return;
    }
    const DispatchCall dispatch{{flow.state().id, number}, call->attempt, call->department};
    flow.draft.add(CallRetried{number, call->attempt});
    flow.draft.effect(dispatch);
}

std::optional<Rejection> decide_retry(Flow& flow, const RetryIncident& command) {
    const auto& incidents = flow.state().incidents;
    if (command.incident == 0 || command.incident > incidents.size())
        return Rejection{RejectionCode::not_found,
                         format_both("Expected an incident of this case, but it has no incident {}",
                                     "本办件没有异常 {}", command.incident),
                         {}};
    const Incident incident = incidents[command.incident - 1];
    if (incident.resolved)
        return Rejection{RejectionCode::state,
                         format_both("Expected open incident {}, but it is resolved",
                                     "异常 {} 已处理，无需重试", command.incident),
                         {}};
    if (flow.state().status != CaseStatus::open && incident.instance == 0)
        return Rejection{RejectionCode::state,
                         both("Expected an open case, but it has ended", "办件已办结，不能重试"),
                         {}};
    flow.draft.add(IncidentResolved{incident.number, flow.by});
    if (incident.call == 0) {
        if (incident.instance == 0) finish_case(flow);
        else if (!is_under_way(flow, incident.instance))
            begin(flow, incident.instance);
        return std::nullopt;
    }
    if (incident.kind == IncidentKind::undo_refused) {
        repeat_undo(flow, incident.instance);
        return std::nullopt;
    }
    const Call& call = flow.state().calls[incident.call - 1];
    // A blocked call's incident is open with it; that of a silent undoing until it is answered.
    CHECK(call.status == CallStatus::blocked || incident.kind == IncidentKind::undo_overdue);
    const DispatchCall dispatch{{flow.state().id, call.number}, call.attempt + 1, call.department};
    flow.draft.add(CallRetried{call.number, call.attempt + 1});
    flow.draft.effect(dispatch);
    return std::nullopt;
}

}  // namespace countersign::core
