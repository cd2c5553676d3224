// Events as sentences for people, in English and Chinese.
#include "adapters/http/api/event_json.hpp"
#include "engine/core/words.hpp"

namespace countersign::http {

namespace {

using namespace core;

/// Minutes. A history is told without calendars, and every calendar shipped is China's.
constexpr int offset_of_china = 480;

/// The step that the event tells of, which has no instance yet.
HeldStep held_by(const StepHeld& e) {
    return {e.step, e.parent, e.role, e.item_index, {}, {}};
}

struct Sentence {
    const Viewed& viewed;

    Text step(std::uint32_t instance) const { return viewed.titles(instance); }
    Text department(std::uint32_t call) const {
        const bool known = call >= 1 && call <= viewed.state.calls.size();
        return viewed.department(known ? viewed.state.calls[call - 1].department : "?");
    }
    Text who(const std::string& principal) const { return viewed.names.principal(principal); }
    /// "limit of Utility[gas] · Supply plan", 专业服务[gas] · 供应方案的时限.
    Text clock(std::uint32_t number) const {
        if (number == 0 || number > viewed.state.clocks.size()) return both("clock", "时钟");
        const ClockState& state = viewed.state.clocks[number - 1];
        return format_both("{0} of {1}", "{1}的{0}",
                           word_of(clock_of(viewed.process, state.ref).name), step(state.owner));
    }
    Text item(const std::string& id) const { return title_of_item(viewed.process, id); }

    // The case
    Text operator()(const CaseOpened& e) const {
        const Text applied = format_both("{} applied for {}", "{} 申请 {}",
                                         viewed.names.applicant(e.applicant), viewed.process.title);
        if (e.received == viewed.state.opened) return applied;
        return format_both("{}; received {}, entered by {}", "{}；{} 收到，由 {} 登记", applied,
                           rfc3339(e.received, offset_of_china), who(e.opened_by));
    }
    Text operator()(const FormChanged& e) const {
        return format_both("the form is version {}", "申请表更新为第 {} 版", e.version);
    }
    Text operator()(const MaterialGiven& e) const {
        return format_both("handed in: {}", "提交材料：{}", item(e.material.id));
    }
    Text operator()(const SupplementRequested& e) const {
        std::vector<std::string> ids;
        for (const MissingItem& missing : e.items) ids.push_back(missing.id);
        return format_both("{} asks for what is missing: {}", "{} 提出补正：{}", step(e.instance),
                           titles_of(viewed, ids));
    }
    Text operator()(const SupplementNoticed&) const {
        return both("the notice of missing papers left", "补正通知已发出");
    }
    Text operator()(const SupplementSettled& e) const {
        return e.lapsed ? both("the time for missing papers lapsed", "补正逾期")
                        : both("the missing papers are in", "补正材料已齐");
    }
    Text operator()(const MissingItemSupplied& e) const {
        return format_both("supplied: {}", "已补交：{}", item(e.id));
    }
    Text operator()(const CaseEnded&) const {
        return format_both("the case ended: {}", "办件办结：{}", end_title(viewed));
    }
    Text operator()(const CaseClosed&) const { return both("the case is closed", "办件归档"); }
    Text operator()(const IncidentRaised& e) const {
        return format_both("incident {}: {}", "异常 {}：{}", e.incident,
                           incident_words(viewed.state.incidents[e.incident - 1]));
    }
    Text operator()(const IncidentResolved& e) const {
        return format_both("incident {} was resolved", "异常 {} 已处理", e.incident);
    }
    Text operator()(const SignalReceived& e) const {
        return format_both("the signal {} came", "收到信号 {}", e.name);
    }
    Text operator()(const SuspiciousFieldAccepted& e) const {
        return format_both("{} accepted the suspicious number in {}: {}",
                           "{} 认可“{}”中的可疑号码：{}", who(e.by), item(e.field), e.reason);
    }
    Text operator()(const UndoBegun& e) const {
        return format_both("what was done is taken back, newest first: {} {}",
                           "开始撤销已办成的事项，自最近一项起：{} 项", e.instances.size(),
                           e.instances.size() == 1 ? "step" : "steps");
    }
    Text operator()(const CasePartOf& e) const {
        return format_both("it was opened for case {}", "由办件 {} 发起", e.parent.case_id.text());
    }
    Text operator()(const ParentTold&) const {
        return format_both("case {} knows how it ended", "办结情况已告知办件 {}",
                           viewed.state.parent->case_id.text());
    }
    Text operator()(const AcceptanceLapsed& e) const {
        return format_both("the suspicious number in {} was changed; its acceptance lapses",
                           "“{}”中的可疑号码已更改，原认可失效", item(e.field));
    }

    // Steps
    Text operator()(const StepStarted& e) const {
        return format_both("{} began", "{} 开始", step(e.instance));
    }
    Text operator()(const EachStarted& e) const {
        return format_both("{} has {} items", "{} 展开为 {} 项", step(e.instance), e.items.size());
    }
    Text operator()(const ItemAdded& e) const {
        const Text key = e.key.holds_personal() ? both("an item", "一项")
                                                : both(e.key.dump_text(), e.key.dump_text());
        return format_both("{} added {} to {}", "{} 将 {} 追加到 {}", who(e.by), key,
                           step(e.instance));
    }
    Text operator()(const StepSkipped& e) const {
        return format_both("{} is skipped ({})", "{} 跳过（{}）", step(e.instance),
                           word_of(name_of(e.reason)));
    }
    Text operator()(const StepEnded& e) const {
        return format_both("{} ended: {}{}", "{} 办结：{}{}", step(e.instance), word_of(e.outcome),
                           e.deemed ? both(" (deemed)", "（视为）") : Text());
    }
    Text operator()(const StepCancelled& e) const {
        return format_both("{} is cancelled", "{} 取消", step(e.instance));
    }
    Text operator()(const StepRedone& e) const {
        return format_both("{} begins round {}", "{} 开始第 {} 轮", step(e.instance), e.round);
    }
    Text operator()(const StepForwarded& e) const {
        const auto& instance = viewed.state.instances[e.instance];
        const bool asks =
            std::holds_alternative<model::AskVerb>(viewed.process.steps[instance.step].verb);
        const Text to = asks ? viewed.names.role(e.to) : viewed.department(e.to);
        return e.reason.empty()
                   ? format_both("{} is forwarded to {}", "{} 转交 {}", step(e.instance), to)
                   : format_both("{} is forwarded to {}: {}", "{} 转交 {}：{}", step(e.instance),
                                 to, e.reason);
    }
    Text operator()(const HandedOver& e) const {
        Text titles;
        for (const std::uint32_t instance : e.instances)
            titles = titles.empty() ? step(instance)
                                    : format_both("{}, {}", "{}、{}", titles, step(instance));
        return format_both("handed over to the applicant: {}", "交付申请人：{}", titles);
    }
    Text operator()(const UndoFirst& e) const {
        return format_both("what was done is taken back first: {} {}",
                           "先撤销已办成的事项，自最近一项起：{} 项", e.instances.size(),
                           e.instances.size() == 1 ? "step" : "steps");
    }
    Text operator()(const WentBack& e) const {
        const model::Step& to = viewed.process.steps[e.steps.front()];
        return format_both("{} sends the case back to {}", "{} 退回至 {}", step(e.instance),
                           to.title.empty() ? both(to.id, to.id) : to.title);
    }
    Text operator()(const NoticeGiven& e) const {
        return format_both(
            "{} {}{}", "{} {}{}", word_of(name_of(e.kind)), viewed.names.addressee(e.to),
            e.text.empty() ? Text() : both(": " + e.text.in("en"), "：" + e.text.in("zh")));
    }
    Text operator()(const PersonalNoticeGiven& e) const {
        return format_both("{} {} (its text is personal)", "{}{}（内容涉及个人信息）",
                           word_of(name_of(e.kind)), viewed.names.addressee(e.to));
    }
    Text operator()(const DocumentIssued& e) const {
        return format_both("issued: {} ({})", "出具：{}（{}）",
                           viewed.process.documents[e.document].title,
                           core::document_number(viewed.state.id, e.paper));
    }
    Text operator()(const StepSupplementing& e) const {
        return format_both("{} waits for missing papers", "{} 等待补正", step(e.instance));
    }

    Text operator()(const StepHeld& e) const {
        if (e.materials.empty())
            return format_both("{} waits for its turn", "{} 等待轮到",
                               titles_of(viewed.state, viewed.process, held_by(e)));
        return format_both("{} waits for papers to follow: {}", "{} 等待容缺材料：{}",
                           titles_of(viewed.state, viewed.process, held_by(e)),
                           titles_of(viewed, e.materials));
    }

    Text operator()(const UndoPrepared& e) const {
        return format_both("{} could be taken back by {}", "{} 如需撤销，由 {} 办理",
                           step(e.instance), viewed.department(e.department));
    }
    Text operator()(const StepUndone& e) const {
        return e.kind == model::OutcomeKind::ok
                   ? format_both("{} was taken back: {}", "{} 已撤销：{}", step(e.instance),
                                 word_of(e.outcome))
                   : format_both("{} was not taken back: {}", "{} 未能撤销：{}", step(e.instance),
                                 word_of(e.outcome));
    }

    // Calls
    Text operator()(const CallRequested& e) const {
        if (const auto run = title_of_run(viewed.process, e.department))
            return format_both("a case of {} is to be opened: {}", "将另立办件“{}”：{}", *run,
                               viewed.call_id(e.call));
        return format_both("{} is asked: {}", "向 {} 发起调用 {}", viewed.department(e.department),
                           viewed.call_id(e.call));
    }
    Text operator()(const UndoRequested& e) const {
        return format_both("{} is asked to take back {}: {}", "请 {} 撤销 {}：{}",
                           viewed.department(e.department), step(e.instance),
                           viewed.call_id(e.call));
    }
    Text operator()(const ChildOpened& e) const {
        return format_both("case {} was opened", "已另立办件 {}", e.child.text());
    }
    Text operator()(const RecallRequested& e) const {
        return format_both("the case of {} is no longer needed", "不再需要“{}”的办件",
                           department(e.call));
    }
    Text operator()(const RecallTaken& e) const {
        return format_both("the case of {} was told so", "已告知“{}”的办件", department(e.call));
    }
    Text operator()(const CallAccepted& e) const {
        return format_both("{} accepted the call", "{} 已签收", department(e.call));
    }
    Text operator()(const CallAnswered& e) const {
        return format_both("{} answered: {}", "{} 答复：{}", who(e.by), word_of(e.outcome));
    }
    Text operator()(const CallAnsweredLate& e) const {
        return format_both("{} answered again or too late: {}; nothing moves",
                           "{} 重复或逾期答复：{}，不影响流程", who(e.by), word_of(e.outcome));
    }
    Text operator()(const CallRetryScheduled& e) const {
        return format_both("attempt {} to {} failed: {}", "第 {} 次发往 {} 失败：“{}”",
                           e.attempt - 1, department(e.call), e.reason);
    }
    Text operator()(const CallRetried& e) const {
        return format_both("attempt {} to {} leaves", "第 {} 次发往 {}", e.attempt,
                           department(e.call));
    }
    Text operator()(const CallBlocked& e) const {
        return format_both("the call to {} is blocked", "发往 {} 的调用中止", department(e.call));
    }
    Text operator()(const CallCancelled& e) const {
        return format_both("the call to {} is cancelled", "发往 {} 的调用已取消",
                           department(e.call));
    }

    Text operator()(const CallClaimed& e) const {
        return format_both("{} took the call", "{} 领取待办", who(e.by));
    }
    Text operator()(const CallReleased&) const {
        return both("the call was given back", "待办退回");
    }

    // Tasks
    Text operator()(const TaskOpened& e) const {
        return format_both("task {} for {}", "任务 {} 交 {}", viewed.task_id(e.task),
                           viewed.names.role(e.role));
    }
    Text operator()(const TaskClaimed& e) const {
        return format_both("{} took the task", "{} 领取任务", who(e.by));
    }
    Text operator()(const TaskReleased&) const {
        return both("the task was given back", "任务退回");
    }
    Text operator()(const TaskCompleted& e) const {
        return format_both("{} completed the task: {}", "{} 办理任务：{}", who(e.by),
                           word_of(e.outcome));
    }
    Text operator()(const SigningOpened& e) const {
        return format_both("task {} for {} to sign", "任务 {} 交 {} 签署", viewed.task_id(e.task),
                           viewed.names.role(e.role));
    }
    Text operator()(const TaskSigned& e) const {
        const Text outcome = word_of(e.signature.outcome);
        if (e.signature.note.empty())
            return format_both("{} signed: {}", "{} 签署：{}", who(e.by), outcome);
        return format_both("{} signed: {}, {}", "{} 签署：{}，{}", who(e.by), outcome,
                           e.signature.note);
    }
    Text operator()(const TaskCancelled&) const {
        return both("the task is cancelled", "任务取消");
    }

    // Clocks
    Text operator()(const ClockStarted& e) const {
        return format_both("the clock {} runs", "起算：{}", clock(e.clock));
    }
    Text operator()(const ClockPaused& e) const {
        return format_both("the clock {} stands still", "停表：{}", clock(e.clock));
    }
    Text operator()(const ClockResumed& e) const {
        return format_both("the clock {} runs on", "恢复计时：{}", clock(e.clock));
    }
    Text operator()(const ClockStopped& e) const {
        return e.met ? format_both("the clock {} is met", "计时结束：{}，已办成", clock(e.clock))
                     : format_both("the clock {} has stopped", "计时停止：{}", clock(e.clock));
    }
    Text operator()(const ClockRungReached& e) const {
        return format_both("the clock {} reached rung {}", "{} 到达第 {} 个预警点", clock(e.clock),
                           e.rung + 1);
    }
    Text operator()(const ClockExtended& e) const {
        const core::ClockState& extended = viewed.state.clocks[e.clock - 1];
        const calendar::Limit by{e.count, core::clock_of(viewed.process, extended.ref).within.unit};
        return format_both("{} extended the clock {} by {}: {}", "{} 批准“{}”延期 {}：{}",
                           who(e.by), clock(e.clock), calendar::length_words(by.text()), e.reason);
    }
    Text operator()(const ClockDuePassed& e) const {
        return format_both("the due of {} passed: red card", "超期：{}，亮红牌", clock(e.clock));
    }
};

/// The instance that an event is about, or none.
template <class T>
std::uint32_t instance_of(const Viewed& viewed, const T& event) {
    const CaseState& state = viewed.state;
    if constexpr (requires { event.instance; })
        return event.instance;
    else if constexpr (requires { event.owner; })
        return event.owner;
    else if constexpr (requires { event.call; })
        return event.call >= 1 && event.call <= state.calls.size()
                   ? state.calls[event.call - 1].instance
                   : none;
    else if constexpr (requires { event.task; })
        return event.task >= 1 && event.task <= state.tasks.size()
                   ? state.tasks[event.task - 1].instance
                   : none;
    else if constexpr (requires { event.clock; })
        return event.clock >= 1 && event.clock <= state.clocks.size()
                   ? state.clocks[event.clock - 1].owner
                   : none;
    else
        return none;
}

}  // namespace

Text event_text(const Viewed& viewed, const Event& event) {
    return std::visit([&](const auto& group) { return std::visit(Sentence{viewed}, group.event); },
                      event);
}

namespace {

/// Who did what the event tells; empty where it does not say.
template <class Event>
std::string person_of(const Event& event) {
    if constexpr (requires { event.opened_by; })
        return event.opened_by;
    else if constexpr (requires { event.by; })
        return event.by;
    else
        return {};
}

}  // namespace

void write_event(JsonWriter& json, const Viewed& viewed, const Event& event,
                 expr::Personal personal) {
    json.begin_object();
    json.member("event", core::name_of(event));
    std::visit(
        [&](const auto& group) {
            std::visit(
                [&](const auto& inner) {
                    const std::uint32_t instance = instance_of(viewed, inner);
                    if constexpr (std::is_same_v<std::decay_t<decltype(inner)>, StepHeld>)
                        json.member("step",
                                    address_of(viewed.state, viewed.process, held_by(inner)));
                    else if (instance != none && instance < viewed.state.instances.size())
                        json.member_if("step", viewed.address(instance));
                    json.member("text", event_text(viewed, event));
                    if (const std::string by = person_of(inner); viewed.names.names_person(by))
                        json.member("by_title", viewed.names.principal(by));
                    if constexpr (std::is_same_v<std::decay_t<decltype(inner)>, CaseOpened>)
                        json.member("applicant_title", viewed.names.applicant(inner.applicant));
                    json.key("data");
                    json.begin_object();
                    write_event_members(json, inner, personal);
                    json.end_object();
                },
                group.event);
        },
        event);
    json.end_object();
}

}  // namespace countersign::http
