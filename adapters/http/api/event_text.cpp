// Events as sentences for people, in English and Chinese.
#include "adapters/http/api/event_json.hpp"

#include <fmt/format.h>

namespace countersign::http {

namespace {

using namespace core;

Text say(std::string en, std::string zh) { return {std::move(en), std::move(zh)}; }

struct Sentence {
    const Viewed& viewed;

    std::string step(std::uint32_t instance) const {
        const std::string address = viewed.address(instance);
        return address.empty() ? std::string("case") : address;
    }
    std::string of_call(std::uint32_t number) const {
        return number == 0 || number > viewed.state.calls.size()
                   ? std::string()
                   : step(viewed.state.calls[number - 1].instance);
    }
    const std::string& department(std::uint32_t number) const {
        static const std::string unknown = "?";
        return number == 0 || number > viewed.state.calls.size()
                   ? unknown
                   : viewed.state.calls[number - 1].department;
    }
    std::string clock(std::uint32_t number) const {
        if (number == 0 || number > viewed.state.clocks.size()) return "clock";
        const ClockState& state = viewed.state.clocks[number - 1];
        return fmt::format("{} of {}", clock_of(viewed.process, state.ref).name, step(state.owner));
    }

    // The case
    Text operator()(const CaseOpened& e) const {
        return say(fmt::format("{} applied for {}", e.applicant, e.process.id),
                   fmt::format("{} 申请 {}", e.applicant, e.process.id));
    }
    Text operator()(const FormChanged& e) const {
        return say(fmt::format("the form is version {}", e.version),
                   fmt::format("申请表更新为第 {} 版", e.version));
    }
    Text operator()(const MaterialGiven& e) const {
        return say("handed in " + e.material.id, "提交材料 " + e.material.id);
    }
    Text operator()(const SupplementRequested& e) const {
        return say(fmt::format("{} asked for {} missing papers", step(e.instance), e.items.size()),
                   fmt::format("{} 提出 {} 项补正", step(e.instance), e.items.size()));
    }
    Text operator()(const SupplementNoticed&) const {
        return say("the notice of missing papers left", "补正通知已发出");
    }
    Text operator()(const SupplementSettled& e) const {
        return e.lapsed ? say("the time for missing papers lapsed", "补正逾期")
                        : say("the missing papers are in", "补正材料已齐");
    }
    Text operator()(const MissingItemSupplied& e) const {
        return say(e.id + " was supplied", "已补交 " + e.id);
    }
    Text operator()(const CaseEnded& e) const {
        return say(fmt::format("the case ended: {}", e.end.name), "事项办结：" + e.end.name);
    }
    Text operator()(const CaseClosed&) const { return say("the case is closed", "事项归档"); }
    Text operator()(const IncidentRaised& e) const {
        return say(fmt::format("incident {}: {}", e.incident, e.message),
                   fmt::format("异常 {}：{}", e.incident, e.message));
    }
    Text operator()(const IncidentResolved& e) const {
        return say(fmt::format("incident {} was resolved", e.incident),
                   fmt::format("异常 {} 已处理", e.incident));
    }
    Text operator()(const SignalReceived& e) const {
        return say("the signal " + e.name + " came", "收到信号 " + e.name);
    }

    // Steps
    Text operator()(const StepStarted& e) const {
        return say(step(e.instance) + " began", step(e.instance) + " 开始");
    }
    Text operator()(const EachStarted& e) const {
        return say(fmt::format("{} has {} items", step(e.instance), e.items.size()),
                   fmt::format("{} 展开为 {} 项", step(e.instance), e.items.size()));
    }
    Text operator()(const StepSkipped& e) const {
        return say(fmt::format("{} is skipped ({})", step(e.instance), name_of(e.reason)),
                   step(e.instance) + " 跳过");
    }
    Text operator()(const StepEnded& e) const {
        return say(
            fmt::format("{} ended: {}{}", step(e.instance), e.outcome, e.deemed ? " (deemed)" : ""),
            fmt::format("{} 办结：{}{}", step(e.instance), e.outcome, e.deemed ? "（视为）" : ""));
    }
    Text operator()(const StepCancelled& e) const {
        return say(step(e.instance) + " is cancelled", step(e.instance) + " 取消");
    }
    Text operator()(const StepRedone& e) const {
        return say(fmt::format("{} begins round {}", step(e.instance), e.round),
                   fmt::format("{} 开始第 {} 轮", step(e.instance), e.round));
    }
    Text operator()(const NoticeGiven& e) const {
        return say(fmt::format("{} to {}: {}", name_of(e.kind), e.to, e.text.in("en")),
                   fmt::format("通知 {}：{}", e.to, e.text.in("zh")));
    }
    Text operator()(const StepSupplementing& e) const {
        return say(step(e.instance) + " waits for missing papers", step(e.instance) + " 等待补正");
    }

    // Calls
    Text operator()(const CallRequested& e) const {
        return say(fmt::format("{} is asked: {}", e.department, viewed.call_id(e.call)),
                   fmt::format("向 {} 发起调用 {}", e.department, viewed.call_id(e.call)));
    }
    Text operator()(const CallAccepted& e) const {
        return say(department(e.call) + " accepted the call", department(e.call) + " 已签收");
    }
    Text operator()(const CallAnswered& e) const {
        return say(fmt::format("{} answered: {}", e.by, e.outcome),
                   fmt::format("{} 答复：{}", e.by, e.outcome));
    }
    Text operator()(const CallAnsweredLate& e) const {
        return say(fmt::format("{} answered again or too late: {}; nothing moves", e.by, e.outcome),
                   fmt::format("{} 重复或逾期答复：{}，不影响流程", e.by, e.outcome));
    }
    Text operator()(const CallRetryScheduled& e) const {
        return say(
            fmt::format("attempt {} to {} failed: {}", e.attempt - 1, department(e.call), e.reason),
            fmt::format("第 {} 次发往 {} 失败：{}", e.attempt - 1, department(e.call), e.reason));
    }
    Text operator()(const CallRetried& e) const {
        return say(fmt::format("attempt {} to {} leaves", e.attempt, department(e.call)),
                   fmt::format("第 {} 次发往 {}", e.attempt, department(e.call)));
    }
    Text operator()(const CallBlocked& e) const {
        return say(fmt::format("the call to {} is blocked: {}", department(e.call), e.reason),
                   fmt::format("发往 {} 的调用中止：{}", department(e.call), e.reason));
    }
    Text operator()(const CallCancelled& e) const {
        return say("the call to " + department(e.call) + " is cancelled",
                   "发往 " + department(e.call) + " 的调用已取消");
    }

    // Tasks
    Text operator()(const TaskOpened& e) const {
        return say(fmt::format("task {} for {}", viewed.task_id(e.task), e.role),
                   fmt::format("任务 {} 交 {}", viewed.task_id(e.task), e.role));
    }
    Text operator()(const TaskClaimed& e) const {
        return say(e.by + " took the task", e.by + " 领取任务");
    }
    Text operator()(const TaskReleased&) const {
        return say("the task was given back", "任务退回");
    }
    Text operator()(const TaskCompleted& e) const {
        return say(fmt::format("{} completed the task: {}", e.by, e.outcome),
                   fmt::format("{} 办结任务：{}", e.by, e.outcome));
    }
    Text operator()(const TaskCancelled&) const { return say("the task is cancelled", "任务取消"); }

    // Clocks
    Text operator()(const ClockStarted& e) const {
        return say("the clock " + clock(e.clock) + " runs", "计时开始：" + clock(e.clock));
    }
    Text operator()(const ClockPaused& e) const {
        return say("the clock " + clock(e.clock) + " stands still", "计时暂停：" + clock(e.clock));
    }
    Text operator()(const ClockResumed& e) const {
        return say("the clock " + clock(e.clock) + " runs on", "计时恢复：" + clock(e.clock));
    }
    Text operator()(const ClockStopped& e) const {
        return say("the clock " + clock(e.clock) + (e.met ? " is met" : " has stopped"),
                   "计时结束：" + clock(e.clock));
    }
    Text operator()(const ClockRungReached& e) const {
        return say(fmt::format("the clock {} reached rung {}", clock(e.clock), e.rung + 1),
                   fmt::format("计时 {} 到达第 {} 档", clock(e.clock), e.rung + 1));
    }
    Text operator()(const ClockDuePassed& e) const {
        return say("the due of " + clock(e.clock) + " passed: red card", "超期：" + clock(e.clock));
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

void write_event(JsonWriter& json, const Viewed& viewed, const Event& event,
                 expr::Personal personal) {
    json.begin_object();
    json.member("event", core::name_of(event));
    std::visit(
        [&](const auto& group) {
            std::visit(
                [&](const auto& inner) {
                    const std::uint32_t instance = instance_of(viewed, inner);
                    if (instance != none && instance < viewed.state.instances.size())
                        json.member_if("step", viewed.address(instance));
                    json.member("text", event_text(viewed, event));
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
