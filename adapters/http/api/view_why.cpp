// Why a case stands where it stands: for each open step since when, on whom, by which rule, until
// when, and what would move it. In English and Chinese.
#include "adapters/http/api/views.hpp"

#include "engine/core/transitions.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace countersign::http {

namespace {

using core::Call;
using core::CallStatus;
using core::Instance;
using core::StepStatus;

/// One reason to wait.
struct Reason {
    std::string_view kind;  ///< "call", "task", "wait", "supplement", "incident"
    std::string on;         ///< whom or what it waits for
    Text text;
    std::vector<Text> moves;
    std::optional<Instant> due;
    std::string remaining;
    std::string_view card;
};

Text both(std::string en, std::string zh) { return {std::move(en), std::move(zh)}; }

std::string_view in_chinese(model::ActionKind kind) {
    switch (kind) {
        case model::ActionKind::warn:
            return "预警";
        case model::ActionKind::remind:
            return "催办";
        case model::ActionKind::escalate:
            return "升级督办";
        case model::ActionKind::send:
            return "通知";
    }
    return {};
}

/// What the due time of a step brings by its definition.
Text at_due(const Viewed& viewed, const model::Step& step, Instant due) {
    const std::string at = viewed.wall(due);
    if (step.move_for("timeout") != nullptr)
        return both(fmt::format("at {} it ends by time-out", at),
                    fmt::format("{} 起按超时办结", at));
    switch (step.silence.kind) {
        case model::SilenceKind::escalate:
            return both(fmt::format("at {} its card turns red; it stays open", at),
                        fmt::format("{} 起亮红灯，事项继续等待", at));
        case model::SilenceKind::deem:
            return both(fmt::format("silence until {} counts as `{}` ({})", at,
                                    step.silence.outcome, step.silence.legal_basis.in("en")),
                        fmt::format("至 {} 未答复视为“{}”（{}）", at, step.silence.outcome,
                                    step.silence.legal_basis.in("zh")));
        case model::SilenceKind::absent:
            return both(fmt::format("silence until {} counts as absent", at),
                        fmt::format("至 {} 未答复视为缺席", at));
    }
    return {};
}

/// The rungs that are still to come.
void add_rungs(const Viewed& viewed, const core::ClockState& clock, std::vector<Text>& moves) {
    const model::Clock& defined = core::clock_of(viewed.process, clock.ref);
    for (std::size_t i = clock.rungs_done; i < defined.rungs.size(); ++i) {
        const model::Rung& rung = defined.rungs[i];
        const std::string point =
            rung.after ? "+" + rung.after->text() : fmt::format("{}%", rung.percent);
        for (const model::Action& action : rung.actions)
            moves.push_back(
                both(fmt::format("at {}: {} {}", point, name_of(action.kind), action.to),
                     fmt::format("到 {}：{} {}", point, in_chinese(action.kind), action.to)));
    }
}

void add_deadline(const Viewed& viewed, std::uint32_t number, const model::Step& step,
                  Reason& reason) {
    const core::ClockState* clock = deadline_clock(viewed, number);
    if (clock == nullptr) return;
    const ClockView view = view_of(viewed, *clock);
    reason.due = view.due.at;
    reason.remaining = view.remaining;
    reason.card = view.card;
    if (!clock->due_passed) reason.moves.push_back(at_due(viewed, step, view.due.at));
    add_rungs(viewed, *clock, reason.moves);
}

/// "and has until 2026-02-27 17:00 (3wd left)", or nothing without a deadline.
Text until(const Viewed& viewed, const Reason& reason) {
    if (!reason.due) return {};
    const std::string at = viewed.wall(*reason.due);
    const bool late = reason.remaining.starts_with("overdue");
    return both(late ? fmt::format("; it was due {} ({})", at, reason.remaining)
                     : fmt::format(" and has until {} ({} left)", at, reason.remaining),
                late ? fmt::format("，应于 {} 前办结（已超期 {}）", at,
                                   reason.remaining.substr(std::string_view("overdue").size()))
                     : fmt::format("，须于 {} 前答复（剩余 {}）", at, reason.remaining));
}

Text call_text(const Viewed& viewed, const Call& call) {
    const std::string id = viewed.call_id(call.number);
    const std::string& who = call.department;
    const std::string next = call.retry_at ? viewed.wall(*call.retry_at) : std::string("—");
    switch (call.status) {
        case CallStatus::accepted:
            return both(fmt::format("{} has accepted call {}", who, id),
                        fmt::format("{} 已签收调用 {}", who, id));
        case CallStatus::retrying:
            return both(
                fmt::format("attempt {} of call {} to {} failed ({}); attempt {} follows at {}",
                            call.attempt - 1, id, who, call.last_error, call.attempt, next),
                fmt::format("向 {} 发送调用 {} 第 {} 次失败（{}），第 {} 次将于 {} 重试", who, id,
                            call.attempt - 1, call.last_error, call.attempt, next));
        case CallStatus::blocked:
            return both(fmt::format("call {} to {} is blocked: {}", id, who, call.last_error),
                        fmt::format("发给 {} 的调用 {} 已中止：{}", who, id, call.last_error));
        case CallStatus::absent:
        case CallStatus::open:
        case CallStatus::answered:
        case CallStatus::cancelled:
            break;
    }
    return both(
        fmt::format("{} has been asked by call {} (attempt {}) and has neither accepted nor "
                    "answered it",
                    who, id, call.attempt),
        fmt::format("已向 {} 发出调用 {}（第 {} 次），尚未签收或答复", who, id, call.attempt));
}

Reason of_call(const Viewed& viewed, std::uint32_t number, const Instance& instance,
               const model::Step& step) {
    const Call& call = viewed.state.calls[instance.call - 1];
    Reason reason{"call", call.department, {}, {}, {}, {}, {}};
    reason.moves.push_back(
        both(fmt::format("an answer of {} to {}", call.department, viewed.call_id(call.number)),
             fmt::format("{} 对 {} 的答复", call.department, viewed.call_id(call.number))));
    if (call.status == CallStatus::blocked)
        reason.moves.push_back(both("an operator who retries the call or answers it by hand",
                                    "运维人员重试或人工代答"));
    add_deadline(viewed, number, step, reason);
    const Text tail = until(viewed, reason);
    const Text head = call_text(viewed, call);
    reason.text = both(head.en + tail.en, head.zh + tail.zh);
    return reason;
}

Reason of_task(const Viewed& viewed, std::uint32_t number, const Instance& instance,
               const model::Step& step) {
    const core::Task& task = viewed.state.tasks[instance.task - 1];
    const std::string id = viewed.task_id(task.number);
    Reason reason{"task", task.claimed_by.empty() ? task.role : task.claimed_by, {}, {}, {}, {},
                  {}};
    reason.moves.push_back(both(fmt::format("{} completing task {}", task.role, id),
                                fmt::format("{} 办结任务 {}", task.role, id)));
    add_deadline(viewed, number, step, reason);
    const Text tail = until(viewed, reason);
    reason.text = task.claimed_by.empty()
                      ? both(fmt::format("task {} waits for {}", id, task.role) + tail.en,
                             fmt::format("任务 {} 等待 {} 办理", id, task.role) + tail.zh)
                      : both(fmt::format("{} has task {}", task.claimed_by, id) + tail.en,
                             fmt::format("{} 正在办理任务 {}", task.claimed_by, id) + tail.zh);
    return reason;
}

Reason of_wait(const Viewed& viewed, std::uint32_t number, const model::Step& step) {
    Reason reason{"wait", "time", {}, {}, {}, {}, {}};
    reason.due = wait_due(viewed, number);
    for (const auto& branch : std::get<model::WaitVerb>(step.verb).branches) {
        if (!branch.signal.empty())
            reason.moves.push_back(both(fmt::format("the signal `{}`", branch.signal),
                                        fmt::format("信号“{}”", branch.signal)));
        if (branch.until) reason.moves.push_back(both("its condition becoming true", "条件成立"));
    }
    if (reason.due)
        reason.moves.push_back(both(fmt::format("the time {}", viewed.wall(*reason.due)),
                                    fmt::format("到达 {}", viewed.wall(*reason.due))));
    reason.text = reason.due ? both(fmt::format("it waits until {}", viewed.wall(*reason.due)),
                                    fmt::format("等待至 {}", viewed.wall(*reason.due)))
                             : both("it waits for an event", "等待事件发生");
    return reason;
}

Reason of_supplement(const Viewed& viewed, std::uint32_t number) {
    Reason reason{"supplement", "applicant", {}, {}, {}, {}, {}};
    std::string missing;
    for (const auto& request : viewed.state.supplement.requests) {
        if (request.instance != number) continue;
        for (const core::MissingItem& item : request.items) {
            if (item.supplied) continue;
            missing += missing.empty() ? item.id : ", " + item.id;
            const std::string why =
                item.reason.empty() ? item.id : item.id + " (" + item.reason + ")";
            reason.moves.push_back(both("the applicant supplying " + why, "申请人补交 " + why));
        }
    }
    const core::TimerKind kind = viewed.state.supplement.status == core::SupplementStatus::noticed
                                     ? core::TimerKind::supplement_limit
                                     : core::TimerKind::supplement_window;
    if (const auto due = core::due_of(viewed.state, {kind, 0}, viewed.context()))
        reason.due = due->at;
    const bool noticed = kind == core::TimerKind::supplement_limit;
    const std::string at = reason.due ? viewed.wall(*reason.due) : "—";
    reason.text =
        noticed
            ? both(fmt::format("the applicant has been asked for {} until {}", missing, at),
                   fmt::format("已通知申请人于 {} 前补正：{}", at, missing))
            : both(fmt::format("a notice for {} is being gathered and leaves by {}", missing, at),
                   fmt::format("补正通知（{}）正在汇总，将于 {} 前发出", missing, at));
    return reason;
}

std::optional<Reason> reason_of(const Viewed& viewed, std::uint32_t number) {
    const Instance& instance = viewed.state.instances[number];
    if (instance.step == model::none || instance.role == core::InstanceRole::set)
        return std::nullopt;
    const model::Step& step = viewed.process.steps[instance.step];
    if (instance.status == StepStatus::supplementing) return of_supplement(viewed, number);
    if (instance.status != StepStatus::active) return std::nullopt;
    if (instance.call != 0 && std::holds_alternative<model::CallVerb>(step.verb))
        return of_call(viewed, number, instance, step);
    if (instance.task != 0 && std::holds_alternative<model::AskVerb>(step.verb))
        return of_task(viewed, number, instance, step);
    if (std::holds_alternative<model::WaitVerb>(step.verb)) return of_wait(viewed, number, step);
    return std::nullopt;
}

/// The rule that the wait stands on: the step's limit with its legal basis.
void write_rule(JsonWriter& json, const Viewed& viewed, std::uint32_t number,
                const model::Step& step) {
    const core::ClockState* clock = deadline_clock(viewed, number);
    if (clock == nullptr && step.legal_basis.empty()) return;
    json.key("rule");
    json.begin_object();
    if (clock != nullptr) {
        const model::Clock& defined = core::clock_of(viewed.process, clock->ref);
        json.member("within", defined.within.text());
        json.member("from", viewed.time(clock->from));
        json.member("kind", name_of(defined.kind));
        json.member("paused", clock->status == core::ClockStatus::paused);
    }
    const Text& basis =
        clock != nullptr && !core::clock_of(viewed.process, clock->ref).legal_basis.empty()
            ? core::clock_of(viewed.process, clock->ref).legal_basis
            : step.legal_basis;
    if (!basis.empty()) json.member("legal_basis", basis);
    json.end_object();
}

void write_moves(JsonWriter& json, const std::vector<Text>& moves) {
    json.key("moved_by");
    json.begin_array();
    for (const Text& move : moves) json.value(move);
    json.end_array();
}

void write_reason(JsonWriter& json, const Viewed& viewed, std::uint32_t number,
                  const Reason& reason) {
    const Instance& instance = viewed.state.instances[number];
    const model::Step& step = viewed.process.steps[instance.step];
    json.begin_object();
    json.member("step", viewed.address(number));
    json.member("title", step.title);
    json.member("kind", reason.kind);
    json.member("on", reason.on);
    json.member("since", viewed.time(instance.started));
    json.member("text", reason.text);
    if (reason.due) json.member("due", viewed.time(*reason.due));
    json.member_if("remaining", reason.remaining);
    json.member_if("card", reason.card);
    write_rule(json, viewed, number, step);
    if (instance.call != 0 && reason.kind == "call")
        json.member("call", viewed.call_id(instance.call));
    if (instance.task != 0 && reason.kind == "task")
        json.member("task", viewed.task_id(instance.task));
    write_moves(json, reason.moves);
    json.end_object();
}

void write_open_incidents(JsonWriter& json, const Viewed& viewed) {
    for (const core::Incident& incident : viewed.state.incidents) {
        if (incident.resolved) continue;
        json.begin_object();
        json.member("step", viewed.address(incident.instance));
        json.member("kind", "incident");
        json.member("on", "operator");
        json.member("since", viewed.time(incident.raised));
        json.member("incident", incident.number);
        json.member("incident_kind", name_of(incident.kind));
        json.member("text", both(fmt::format("incident {}: {}", incident.number, incident.message),
                                 fmt::format("异常 {}：{}", incident.number, incident.message)));
        json.member_if("evidence", incident.evidence);
        if (incident.call != 0) json.member("call", viewed.call_id(incident.call));
        write_moves(json, {incident.call != 0
                               ? both("an operator who retries it or answers the call by hand",
                                      "运维人员重试或人工代答")
                               : both("an operator who retries it", "运维人员重试")});
        json.end_object();
    }
}

/// Steps that have not started, and the siblings that they wait for.
void write_next(JsonWriter& json, const Viewed& viewed) {
    json.key("next");
    json.begin_array();
    for (std::uint32_t holder = 0; holder < viewed.state.instances.size(); ++holder) {
        const Instance& instance = viewed.state.instances[holder];
        if (!instance.is_open() || instance.role == core::InstanceRole::set) continue;
        const model::Scope* scope = nullptr;
        if (instance.role == core::InstanceRole::root)
            scope = &viewed.process.scopes[0];
        else if (instance.step != model::none)
            if (const auto* stage =
                    std::get_if<model::DoVerb>(&viewed.process.steps[instance.step].verb))
                scope = &viewed.process.scopes[stage->scope];
        if (scope == nullptr) continue;
        const std::string above = viewed.address(holder);
        for (const model::StepIndex index : scope->steps) {
            if (instance.children.contains(index)) continue;
            const model::Step& step = viewed.process.steps[index];
            json.begin_object();
            json.member("step", above.empty() ? step.id : above + "/" + step.id);
            json.key("waits_for");
            json.begin_array();
            for (const model::StepIndex need : step.needs.steps) {
                const auto found = instance.children.find(need);
                const bool settled = found != instance.children.end() &&
                                     viewed.state.instances[found->second].settled();
                if (!settled) json.value(viewed.process.steps[need].id);
            }
            json.end_array();
            json.end_object();
        }
    }
    json.end_array();
}

Text summary(const Viewed& viewed, std::size_t reasons) {
    const core::CaseState& state = viewed.state;
    if (state.end) {
        const std::string at = viewed.wall(state.end->at);
        const std::string reason = state.end->reason.empty() ? "" : ": " + state.end->reason;
        const bool closed = state.status == core::CaseStatus::closed;
        return both(fmt::format("the case ended {} as `{}`{}{}", at, state.end->name, reason,
                                closed ? "" : "; what is still open is done after the end"),
                    fmt::format("事项已于 {} 办结（{}）{}{}", at, state.end->name, reason,
                                closed ? "" : "；尚有办结后事项未完成"));
    }
    return both(fmt::format("the case is open and waits for {} {}", reasons,
                            reasons == 1 ? "thing" : "things"),
                fmt::format("事项办理中，等待 {} 项", reasons));
}

}  // namespace

void write_why(JsonWriter& json, const Viewed& viewed) {
    std::vector<std::pair<std::uint32_t, Reason>> reasons;
    for (std::uint32_t i = 0; i < viewed.state.instances.size(); ++i)
        if (auto reason = reason_of(viewed, i)) reasons.emplace_back(i, std::move(*reason));
    json.begin_object();
    json.member("case", viewed.state.id.text());
    json.member("status", core::name_of(viewed.state.status));
    json.member("now", viewed.time(viewed.now));
    json.member("text", summary(viewed, reasons.size()));
    json.key("waits");
    json.begin_array();
    for (const auto& [number, reason] : reasons) write_reason(json, viewed, number, reason);
    write_open_incidents(json, viewed);
    json.end_array();
    write_next(json, viewed);
    json.end_object();
}

}  // namespace countersign::http
