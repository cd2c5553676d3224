// Why a case stands where it stands: for each open step since when, on whom, by which rule, until
// when, and what would move it. In English and Chinese.
#include "adapters/http/api/views.hpp"

#include "engine/core/transitions.hpp"
#include "engine/core/words.hpp"

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
    std::string on;         ///< whom or what it waits for, by id
    Text who;               ///< the same as people call it
    Text text;
    std::vector<Text> moves;
    std::optional<Instant> due;
    std::string remaining;
    std::string_view card;
};

/// What the due time of a step brings by its definition.
Text at_due(const Viewed& viewed, const model::Step& step, Instant due) {
    const Text at = viewed.wall(due);
    if (step.move_for("timeout") != nullptr)
        return format_both("at {} it ends by time-out", "{} 起按超时办结", at);
    const model::Silence& silence = step.silence;
    switch (silence.kind) {
        case model::SilenceKind::escalate:
            return format_both("at {} its card turns red; it stays open",
                               "{} 起亮红牌，事项继续等待", at);
        case model::SilenceKind::deem:
            return format_both("silence until {} counts as \"{}\" ({})",
                               "至 {} 未答复视为“{}”（{}）", at, core::word_of(silence.outcome),
                               silence.legal_basis);
        case model::SilenceKind::absent:
            return format_both("silence until {} counts as absent", "至 {} 未答复视为缺席", at);
    }
    return {};
}

/// What an action does, to whom: "escalate to the supervisor".
Text deed(const Viewed& viewed, const model::Action& action) {
    if (action.kind == model::ActionKind::warn) return both("yellow card", "亮黄牌");
    return format_both("{} {}", "{}{}", core::word_of(name_of(action.kind)),
                       viewed.names.addressee(action.to));
}

/// The rungs that are still to come.
void add_rungs(const Viewed& viewed, const core::ClockState& clock, std::vector<Text>& moves) {
    const model::Clock& defined = core::clock_of(viewed.process, clock.ref);
    for (std::size_t i = clock.rungs_done; i < defined.rungs.size(); ++i) {
        const model::Rung& rung = defined.rungs[i];
        const Text point = rung.after ? format_both("{} after the due", "到期后{}",
                                                    calendar::length_words(rung.after->text()))
                                      : format_both("at {}%", "到 {}%", rung.percent);
        for (const model::Action& action : rung.actions)
            moves.push_back(format_both("{}: {}", "{}：{}", point, deed(viewed, action)));
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

/// "and has until Fri 2026-02-27 17:00 (3wd left)", or nothing without a deadline.
Text until(const Viewed& viewed, const Reason& reason) {
    if (!reason.due) return {};
    const Text at = viewed.wall(*reason.due);
    const Text length = calendar::length_words(reason.remaining);
    if (reason.remaining.starts_with("overdue"))
        return format_both("; it was due {} ({})", "，应于 {} 前办结（已{}）", at, length);
    return format_both(" and has until {} ({} left)", "，须于 {} 前办结（剩余{}）", at, length);
}

Text call_text(const Viewed& viewed, const Call& call) {
    const std::string id = viewed.call_id(call.number);
    const Text who = viewed.department(call.department);
    if (const auto run = core::title_of_run(viewed.process, call.department);
        run && (call.status == CallStatus::accepted || call.status == CallStatus::open)) {
        if (call.child)
            return format_both("it waits for case {} ({})", "等待办件 {}（{}）办结",
                               call.child->text(), *run);
        return format_both("a case of {} is being opened by call {}", "正在另立办件“{}”：调用 {}",
                           *run, id);
    }
    switch (call.status) {
        case CallStatus::accepted:
            if (!call.claimed_by.empty())
                return format_both("{} has call {}", "{} 正在办理调用 {}",
                                   viewed.names.principal(call.claimed_by), id);
            if (viewed.names.by_hand.contains(call.department))
                return format_both("{} has call {} on its worklist", "{} 待领取调用 {}", who, id);
            return format_both("{} has accepted call {}", "{} 已签收调用 {}", who, id);
        case CallStatus::retrying:
            return format_both(
                "attempt {0} of call {1} to {2} failed ({3}); attempt {4} follows at {5}",
                "第 {0} 次向 {2} 发送调用 {1} 失败（“{3}”），第 {4} 次将于 {5} 发送",
                call.attempt - 1, id, who, call.last_error, call.attempt,
                viewed.wall(*call.retry_at));
        case CallStatus::blocked:
            return format_both("call {} to {} is blocked", "调用 {} 发往 {} 已中止", id, who);
        case CallStatus::absent:
        case CallStatus::open:
        case CallStatus::answered:
        case CallStatus::cancelled:
            break;
    }
    return format_both(
        "{} has been asked by call {} (attempt {}) and has neither accepted nor answered it",
        "已向 {} 发出调用 {}（第 {} 次），尚未签收或答复", who, id, call.attempt);
}

/// Puts a sentence and its tail together.
Text with_tail(const Text& head, const Text& tail) {
    return both(head.en + tail.en, head.zh + tail.zh);
}

Reason of_call(const Viewed& viewed, std::uint32_t number, const Instance& instance,
               const model::Step& step) {
    const Call& call = viewed.state.calls[instance.call - 1];
    Reason reason{"call", call.department, viewed.department(call.department), {}, {}, {}, {}, {}};
    if (core::title_of_run(viewed.process, call.department)) {
        reason.kind = "run";
        if (call.child)
            reason.moves.push_back(
                format_both("the end of case {}", "办件 {} 办结", call.child->text()));
        if (call.status == CallStatus::blocked)
            reason.moves.push_back(both("an operator who has it tried again", "运维人员重试"));
    } else {
        reason.moves.push_back(format_both("an answer of {} to {}", "{} 对 {} 的答复", reason.who,
                                           viewed.call_id(call.number)));
        if (call.status == CallStatus::blocked)
            reason.moves.push_back(both("an operator who retries the call or answers it by hand",
                                        "运维人员重试或人工代答"));
    }
    add_deadline(viewed, number, step, reason);
    reason.text = with_tail(call_text(viewed, call), until(viewed, reason));
    return reason;
}

Reason of_task(const Viewed& viewed, std::uint32_t number, const Instance& instance,
               const model::Step& step) {
    const core::Task& task = viewed.state.tasks[instance.task - 1];
    const std::string id = viewed.task_id(task.number);
    const bool claimed = !task.claimed_by.empty();
    const Text role = viewed.names.role(task.role);
    const Text who = claimed ? viewed.names.principal(task.claimed_by) : role;
    Reason reason{"task", claimed ? task.claimed_by : task.role, who, {}, {}, {}, {}, {}};
    reason.moves.push_back(format_both("{} completing task {}", "{} 办理任务 {}", role, id));
    add_deadline(viewed, number, step, reason);
    const Text head = claimed ? format_both("{} has task {}", "{} 正在办理任务 {}", who, id)
                              : format_both("task {} waits for {}", "任务 {} 待 {} 办理", id, role);
    reason.text = with_tail(head, until(viewed, reason));
    return reason;
}

/// A step that several sign: how many have agreed, and on whom it waits now.
Reason of_signing(const Viewed& viewed, std::uint32_t number, const Instance& instance,
                  const model::Step& step) {
    const auto& sign = *std::get<model::AskVerb>(step.verb).sign;
    const core::Task& first = viewed.state.tasks[instance.task - 1];
    Reason reason{"task", first.role, {}, {}, {}, {}, {}, {}};
    std::size_t agreed = 0;
    for (const std::uint32_t one : instance.signing) {
        const core::Task& task = viewed.state.tasks[one - 1];
        agreed += task.signature && task.signature->kind == model::OutcomeKind::ok ? 1 : 0;
        if (task.completed()) continue;
        const Text who = task.claimed_by.empty() ? viewed.names.role(task.role)
                                                 : viewed.names.principal(task.claimed_by);
        reason.who = reason.who.empty() ? who : format_both("{}, {}", "{}、{}", reason.who, who);
        reason.moves.push_back(
            format_both("{} signing task {}", "{} 签署任务 {}", who, viewed.task_id(one)));
    }
    add_deadline(viewed, number, step, reason);
    reason.text =
        with_tail(format_both("{} of {} signatures are there; it waits for {}",
                              "已同意 {} 份，须 {} 份；待 {} 签署", agreed, sign.count, reason.who),
                  until(viewed, reason));
    return reason;
}

Reason of_wait(const Viewed& viewed, std::uint32_t number, const model::Step& step) {
    Reason reason{"wait", "time", core::word_of("time"), {}, {}, {}, {}, {}};
    reason.due = wait_due(viewed, number);
    for (const auto& branch : std::get<model::WaitVerb>(step.verb).branches) {
        if (!branch.signal.empty())
            reason.moves.push_back(format_both("the signal `{}`", "信号“{}”", branch.signal));
        if (branch.until) reason.moves.push_back(both("its condition becoming true", "条件成立"));
    }
    reason.text = both("it waits for an event", "等待事件发生");
    if (reason.due) {
        const Text at = viewed.wall(*reason.due);
        reason.moves.push_back(format_both("the time {}", "到达 {}", at));
        reason.text = format_both("it waits until {}", "等待至 {}", at);
    }
    return reason;
}

/// What the applicant still has to supply for a step: titles for the sentence, and a move each.
Text missing_items(const Viewed& viewed, std::uint32_t number, std::vector<Text>& moves) {
    Text missing;
    for (const auto& request : viewed.state.supplement.requests) {
        if (request.instance != number) continue;
        for (const core::MissingItem& item : request.items) {
            if (item.supplied) continue;
            const Text title = core::title_of_item(viewed.process, item.id);
            missing.en += (missing.en.empty() ? "" : ", ") + title.in("en");
            missing.zh += (missing.zh.empty() ? "" : "、") + title.in("zh");
            moves.push_back(format_both(
                "the applicant supplying {} ({}){}", "申请人补交 {}（{}）{}", title, item.id,
                item.reason.empty() ? Text() : both(": " + item.reason, "：" + item.reason)));
        }
    }
    return missing;
}

Reason of_supplement(const Viewed& viewed, std::uint32_t number) {
    Reason reason{"supplement", "applicant", core::word_of("applicant"), {}, {}, {}, {}, {}};
    const Text missing = missing_items(viewed, number, reason.moves);
    const bool noticed = viewed.state.supplement.status == core::SupplementStatus::noticed;
    const core::TimerKind kind =
        noticed ? core::TimerKind::supplement_limit : core::TimerKind::supplement_window;
    if (const auto due = core::due_of(viewed.state, {kind, 0}, viewed.context()))
        reason.due = due->at;
    const Text at = reason.due ? viewed.wall(*reason.due) : both("—", "—");
    reason.text = noticed ? format_both("the applicant has been asked for {0} until {1}",
                                        "已通知申请人于 {1} 前补正：{0}", missing, at)
                          : format_both("a notice for {} is being gathered and leaves by {}",
                                        "补正通知（{}）正在汇总，将于 {} 前发出", missing, at);
    return reason;
}

/// A set that is open for more items than it has.
Reason of_open_set(const Viewed& viewed, std::uint32_t number, const model::OpenRule& rule) {
    const Text who = viewed.names.role(rule.role);
    Reason reason{"open", rule.role, who, {}, {}, {}, {}, {}};
    const Text title = viewed.titles(number);
    Text until = both("", "");
    if (rule.until_step != model::none) {
        const model::Step& step = viewed.process.steps[rule.until_step];
        until = step.title.empty() ? both(step.id, step.id) : step.title;
    } else if (rule.until) {
        until = both("`" + rule.until->program.text + "`", "`" + rule.until->program.text + "`");
    }
    reason.text = format_both("{} takes further items of {} until {}", "{} 可由{}追加事项，直到 {}",
                              title, who, until);
    reason.moves.push_back(format_both("{} coming to its end or true", "{} 办结或成立", until));
    return reason;
}

std::optional<Reason> reason_of(const Viewed& viewed, std::uint32_t number) {
    const Instance& instance = viewed.state.instances[number];
    if (instance.role == core::InstanceRole::set && instance.status == StepStatus::active)
        if (const auto& rule = viewed.process.steps[instance.step].each->open)
            return of_open_set(viewed, number, *rule);
    if (instance.step == model::none || instance.role == core::InstanceRole::set)
        return std::nullopt;
    const model::Step& step = viewed.process.steps[instance.step];
    if (instance.status == StepStatus::supplementing) return of_supplement(viewed, number);
    if (instance.status != StepStatus::active) return std::nullopt;
    if (instance.call != 0 && std::holds_alternative<model::CallVerb>(step.verb))
        return of_call(viewed, number, instance, step);
    if (!instance.signing.empty()) return of_signing(viewed, number, instance, step);
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
        json.member("within", core::within_of(*clock, defined).text());
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
    json.member("title", viewed.titles(number));
    json.member("kind", reason.kind);
    json.member("on", reason.on);
    json.member("who", reason.who);
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

void write_open_incidents(JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
    for (const core::Incident& incident : viewed.state.incidents) {
        if (incident.resolved) continue;
        json.begin_object();
        json.member("step", viewed.address(incident.instance));
        json.member("title", viewed.titles(incident.instance));
        json.member("kind", "incident");
        json.member("on", "operator");
        json.member("since", viewed.time(incident.raised));
        json.member("incident", incident.number);
        json.member("incident_kind", name_of(incident.kind));
        json.member("who", core::word_of("operator"));
        json.member("text", format_both("incident {}: {}", "异常 {}：{}", incident.number,
                                        core::incident_words(incident)));
        if (!incident.evidence.empty())
            json.member("evidence", personal == expr::Personal::open
                                        ? std::string_view(incident.evidence)
                                        : masked_text);
        if (incident.call != 0) json.member("call", viewed.call_id(incident.call));
        write_moves(json, {incident.call != 0
                               ? both("an operator who retries it or answers the call by hand",
                                      "运维人员重试或人工代答")
                               : both("an operator who retries it", "运维人员重试")});
        json.end_object();
    }
}

/// Steps that wait for papers which may follow: the applicant holds the case.
/// A step that may begin once another of its `exclusive` name is over.
void write_turn(JsonWriter& json, const Viewed& viewed, const core::HeldStep& held) {
    const Text title = core::titles_of(viewed.state, viewed.process, held);
    const auto other = turn_holder(viewed, held);
    const Text who = other ? viewed.titles(*other) : Text();
    json.begin_object();
    json.member("step", core::address_of(viewed.state, viewed.process, held));
    json.member("title", title);
    json.member("kind", "turn");
    json.member("on", other ? viewed.address(*other) : std::string());
    json.member("who", who);
    json.member("since", viewed.time(held.since));
    json.member("text", format_both("{} waits for its turn: never at the same time as {} (`{}`)",
                                    "{} 等待轮到：不与 {} 同时进行（`{}`）", title, who,
                                    viewed.process.steps[held.step].exclusive));
    write_moves(json, {format_both("{} coming to its end", "{} 结束", who)});
    json.end_object();
}

void write_held(JsonWriter& json, const Viewed& viewed) {
    for (const core::HeldStep& held : viewed.state.held) {
        if (held.waits_for_turn()) {
            write_turn(json, viewed, held);
            continue;
        }
        const std::vector<std::string> awaited =
            core::awaited_materials(viewed.state, viewed.context(), held);
        const Text title = core::titles_of(viewed.state, viewed.process, held);
        json.begin_object();
        json.member("step", core::address_of(viewed.state, viewed.process, held));
        json.member("title", title);
        json.member("kind", "material");
        const Call* fetching = fetching_all(viewed, awaited);
        json.member("on", fetching != nullptr ? fetching->department : "applicant");
        json.member("who", fetching != nullptr ? viewed.department(fetching->department)
                                               : core::word_of("applicant"));
        json.member("since", viewed.time(held.since));
        json.member("text", fetching != nullptr
                                ? format_both("{} starts once these are fetched: {}",
                                              "{} 待调取以下材料后开始：{}", title,
                                              titles_of(viewed, awaited))
                                : format_both("{} starts once the applicant hands in: {}",
                                              "{} 待申请人补交容缺材料后开始：{}", title,
                                              titles_of(viewed, awaited)));
        json.key("materials");
        json.begin_array();
        for (const std::string& id : awaited) json.value(id);
        json.end_array();
        std::vector<Text> moves;
        for (const std::string& id : awaited)
            moves.push_back(format_both("the applicant supplying {} ({})", "申请人补交{}（{}）",
                                        core::title_of_item(viewed.process, id), id));
        write_moves(json, moves);
        json.end_object();
    }
}

/// Departments that are asked to take something back; blocked ones stand among the incidents.
void write_undoing(JsonWriter& json, const Viewed& viewed) {
    for (const Call& call : viewed.state.calls) {
        if (!call.undoes || !call.is_open() || call.status == CallStatus::blocked) continue;
        const Text title = viewed.titles(call.instance);
        const Text who = viewed.department(call.department);
        const std::string id = viewed.call_id(call.number);
        json.begin_object();
        json.member("step", viewed.address(call.instance));
        json.member("title", title);
        json.member("kind", "undo");
        json.member("on", call.department);
        json.member("who", who);
        json.member("since", viewed.time(call.requested));
        json.member("text", format_both("{} is taken back: {}", "撤销 {}：{}", title,
                                        call_text(viewed, call)));
        if (call.due_when_asked) json.member("due", viewed.time(*call.due_when_asked));
        json.member("call", id);
        write_moves(json, {format_both("an answer of {} to {}", "{} 对 {} 的答复", who, id)});
        json.end_object();
    }
}

/// The titles on the way to a step that has no instance yet.
Text within(const Viewed& viewed, std::uint32_t holder, const model::Step& step) {
    const Text own = step.title.empty() ? both(step.id, step.id) : step.title;
    const Text above = core::titles_of(viewed.state, viewed.process, holder);
    return above.empty() ? own : format_both("{} · {}", "{} · {}", above, own);
}

/// The siblings that a step waits for, by id and by title.
void write_needs(JsonWriter& json, const Viewed& viewed, const Instance& holder,
                 const model::Step& step) {
    std::vector<const model::Step*> needs;
    for (const model::StepIndex need : step.needs.steps) {
        const auto found = holder.children.find(need);
        const bool settled =
            found != holder.children.end() && viewed.state.instances[found->second].settled();
        if (!settled) needs.push_back(&viewed.process.steps[need]);
    }
    json.key("waits_for");
    json.begin_array();
    for (const model::Step* need : needs) json.value(need->id);
    json.end_array();
    json.key("waits_for_titles");
    json.begin_array();
    for (const model::Step* need : needs)
        json.value(need->title.empty() ? both(need->id, need->id) : need->title);
    json.end_array();
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
            if (is_held(viewed.state, holder, index)) continue;  // it stands among the waits
            const model::Step& step = viewed.process.steps[index];
            json.begin_object();
            json.member("step", above.empty() ? step.id : above + "/" + step.id);
            json.member("title", within(viewed, holder, step));
            write_needs(json, viewed, instance, step);
            json.end_object();
        }
    }
    json.end_array();
}

Text summary(const Viewed& viewed, std::size_t reasons) {
    const core::CaseState& state = viewed.state;
    if (!state.end)
        return format_both("the case is open and waits for {} {}", "办件办理中，等待 {} 项",
                           reasons, reasons == 1 ? "thing" : "things");
    const Text reason = core::end_reason(state);
    const Text because =
        reason.empty() ? Text() : both(": " + reason.in("en"), "：" + reason.in("zh"));
    Text rest;
    if (!state.to_undo.empty())
        rest = both("; what was done is being taken back", "；正在撤销已办成的事项");
    else if (state.status != core::CaseStatus::closed)
        rest = both("; what is still open is done after the end", "；尚有办结后事项未完成");
    return format_both("the case ended {}: {}{}{}", "办件已于 {} 办结：{}{}{}",
                       viewed.wall(state.end->at), end_title(viewed), because, rest);
}

}  // namespace

void write_why(JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
    std::vector<std::pair<std::uint32_t, Reason>> reasons;
    for (std::uint32_t i = 0; i < viewed.state.instances.size(); ++i)
        if (auto reason = reason_of(viewed, i)) reasons.emplace_back(i, std::move(*reason));
    json.begin_object();
    json.member("case", viewed.state.id.text());
    json.member("status", core::name_of(viewed.state.status));
    json.member("now", viewed.time(viewed.now));
    json.member("text", summary(viewed, reasons.size() + viewed.state.held.size()));
    json.key("waits");
    json.begin_array();
    for (const auto& [number, reason] : reasons) write_reason(json, viewed, number, reason);
    write_held(json, viewed);
    write_undoing(json, viewed);
    write_open_incidents(json, viewed, personal);
    json.end_array();
    write_next(json, viewed);
    json.end_object();
}

}  // namespace countersign::http
