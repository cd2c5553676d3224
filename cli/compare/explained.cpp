// What the text of a process means for one of its steps.
#include "cli/compare/explained.hpp"

#include "engine/core/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace countersign::cli {

namespace {

using model::none;
using model::Step;
using model::StepIndex;

Text plain(std::string text) { return {text, text}; }

class Explaining {
  public:
    Explaining(const model::Process& process, const http::Names& names, StepIndex step)
        : process_(process),
          names_(names),
          index_(step),
          step_(process.steps[step]),
          facts_(facts_of(process, names)),
          path_(path_of_step(step)) {}

    std::vector<Told> run() {
        tell({"does", "做什么"}, does());
        tell({"begins", "何时开始"}, begins());
        tell({"is skipped", "何时跳过"}, skipped());
        tell({"is called off", "何时取消"}, called_off());
        tell({"waits for", "等待什么"}, waits());
        tell({"may end", "可能的结果"}, ends());
        tell({"is given", "能看到什么"}, given());
        tell({"comes before", "之后的步骤"}, followers());
        return std::move(told_);
    }

  private:
    void tell(Text heading, std::vector<Text> lines) {
        if (!lines.empty()) told_.push_back({std::move(heading), std::move(lines)});
    }

    std::string path_of_step(StepIndex step) const {
        std::string path = process_.steps[step].id;
        for (StepIndex stage = stage_of(step); stage != none; stage = stage_of(stage))
            path = process_.steps[stage].id + "/" + path;
        return path;
    }

    StepIndex stage_of(StepIndex step) const {
        return process_.scopes[process_.steps[step].scope].owner;
    }

    /// The facts whose keys begin with the path and this.
    std::vector<Text> facts(Section section, std::string_view behind) const {
        std::vector<Text> lines;
        const std::string front = path_ + std::string(behind);
        for (const Fact& fact : facts_)
            if (fact.section == section && fact.belongs == path_ && fact.key.starts_with(front))
                lines.push_back(
                    format_both("{}: {}", "{}：{}", fact.key.substr(path_.size() + 1), fact.value));
        return lines;
    }

    std::vector<Text> does() const {
        std::vector<Text> lines;
        for (const Fact& fact : facts_)
            if (fact.section == Section::steps && fact.key == path_) lines.push_back(fact.value);
        if (step_.each)
            lines.push_back(format_both("once for each {} of {}", "对 {1} 中的每个 {0} 各一次",
                                        step_.each->name, step_.each->items.program.text));
        return lines;
    }

    std::string listed(const std::vector<StepIndex>& steps) const {
        std::string text;
        for (const StepIndex step : steps)
            text += (text.empty() ? "" : ", ") + process_.steps[step].id;
        return text;
    }

    std::vector<Text> begins() const {
        std::vector<Text> lines;
        const model::Needs& needs = step_.needs;
        const StepIndex stage = stage_of(index_);
        if (needs.steps.empty() && stage != none)
            lines.push_back(
                format_both("with its stage {}", "随其阶段 {} 开始", process_.steps[stage].id));
        else if (needs.steps.empty() && process_.scopes[step_.scope].after_end)
            lines.push_back({"once the case has ended", "办件办结后"});
        else if (needs.steps.empty())
            lines.push_back({"when the case is opened", "开案时"});
        else if (needs.steps.size() == 1)
            lines.push_back(format_both("once {} has ended", "{} 办结后", listed(needs.steps)));
        else if (needs.kind == model::NeedsKind::all)
            lines.push_back(format_both(
                "once all of these are settled (ended, skipped or called off) and at least one "
                "has ended: {}",
                "下列步骤均已了结（办结、跳过或取消）且至少一项办结后：{}", listed(needs.steps)));
        else
            lines.push_back(format_both(
                "once {} of these have ended: {}", "下列步骤办结 {} 项后：{}",
                needs.kind == model::NeedsKind::any ? 1U : needs.count, listed(needs.steps)));
        for (const model::Material& material : process_.materials) {
            if (material.follow_step != index_) continue;
            Text line = format_both("and the paper {} is in", "且材料 {} 已交", material.id);
            if (material.follow_when)
                line = format_both("{}, if {}", "{}（当 {}）", line,
                                   material.follow_when->program.text);
            lines.push_back(std::move(line));
        }
        if (!step_.exclusive.empty())
            lines.push_back(format_both("and no other step of `{}` is open",
                                        "且没有其他占用`{}`的步骤在办", step_.exclusive));
        return lines;
    }

    bool may_be_skipped(const Step& step) const {
        return step.when || step.offered_while || step.silence.kind == model::SilenceKind::absent;
    }

    std::vector<Text> skipped() const {
        std::vector<Text> lines;
        if (step_.when)
            lines.push_back(format_both("if `{}` is false when it would begin",
                                        "轮到它时`{}`不成立", step_.when->program.text));
        if (step_.offered_while)
            lines.push_back(format_both("if `{}` is false when it would begin",
                                        "轮到它时`{}`不成立", step_.offered_while->program.text));
        const bool all_may =
            !step_.needs.steps.empty() &&
            std::all_of(step_.needs.steps.begin(), step_.needs.steps.end(),
                        [&](StepIndex need) { return may_be_skipped(process_.steps[need]); });
        if (all_may)
            lines.push_back(
                format_both("if none of {} ended", "{} 均未办结", listed(step_.needs.steps)));
        if (step_.silence.kind == model::SilenceKind::absent)
            lines.push_back({"if nobody answers by its due time", "到期无人答复"});
        if (step_.each && step_.each->join != model::JoinKind::ended)
            lines.push_back({"an empty list leaves its set unmet", "列表为空时整组未达成"});
        return lines;
    }

    void add_backs(const model::Move& move, StepIndex from, const std::string& outcome,
                   std::vector<Text>& lines) const {
        for (StepIndex at = index_; at != none; at = stage_of(at))
            if (std::find(move.redone.begin(), move.redone.end(), at) != move.redone.end()) {
                lines.push_back(format_both("and done again when {} ends `{}` ({} at most)",
                                            "{} 结果为`{}`时退回重办（至多 {} 次）",
                                            path_of_step(from), outcome, move.times));
                return;
            }
    }

    std::vector<Text> called_off() const {
        std::vector<Text> lines;
        if (step_.offered_while)
            lines.push_back(format_both("once `{}` is false", "`{}`不再成立时",
                                        step_.offered_while->program.text));
        for (const StepIndex other : step_.dependents)
            if (process_.steps[other].needs.cancel_rest)
                lines.push_back(format_both("when {} begins without it", "{} 先行开始时",
                                            process_.steps[other].id));
        if (step_.each && step_.each->cancel_rest)
            lines.push_back({"branches that are undecided when the set is decided",
                             "整组已有结论时尚未办结的分支"});
        for (StepIndex from = 0; from < process_.steps.size(); ++from)
            for (const model::OutcomeMove& on : process_.steps[from].on)
                add_backs(on.move, from, on.outcome, lines);
        lines.push_back({"when its stage or the case ends before it", "其阶段或办件先行结束时"});
        return lines;
    }

    std::vector<Text> waits() const {
        std::vector<Text> lines;
        const auto* ask = std::get_if<model::AskVerb>(&step_.verb);
        if (ask != nullptr && ask->sign)
            for (const std::string& role : ask->sign->roles)
                lines.push_back(format_both("{} to sign", "{} 签署", names_.role(role)));
        else if (ask != nullptr)
            lines.push_back(
                format_both("{} to complete its task", "{} 办理任务", names_.role(ask->role)));
        for (const std::string& to : model::forwarded_to(step_))
            lines.push_back(format_both("whoever it is forwarded to: {}", "转交后的办理方：{}",
                                        ask != nullptr ? names_.role(to) : names_.department(to)));
        if (const auto* call = std::get_if<model::CallVerb>(&step_.verb)) {
            const auto run = core::title_of_run(process_, call->target.department);
            if (run)
                lines.push_back(format_both("a case of {} to end", "“{}”办件办结", *run));
            else if (!call->target.department.empty())
                lines.push_back(format_both("an answer of {}", "{} 的答复",
                                            names_.department(call->target.department)));
            for (const model::Member& member : call->target.members)
                lines.push_back(format_both("an answer of {}", "{} 的答复",
                                            names_.department(member.department)));
        }
        if (step_.not_by != none)
            lines.push_back(format_both("somebody else than who completed {}",
                                        "须由办理 {} 以外的人办理",
                                        process_.steps[step_.not_by].id));
        for (const Fact& fact : facts_)
            if (fact.section == Section::clocks && fact.belongs == path_)
                lines.push_back(
                    format_both("{}: {}", "{}：{}", fact.key.substr(path_.size() + 1), fact.value));
        const bool has_limit = std::any_of(step_.clocks.begin(), step_.clocks.end(),
                                           [](const auto& clock) { return clock.name == "limit"; });
        if (has_limit)
            lines.push_back(due_text());
        else if (!lines.empty() && !std::holds_alternative<model::DoVerb>(step_.verb))
            lines.push_back({"without a limit", "没有时限"});
        return lines;
    }

    Text due_text() const {
        if (step_.move_for("timeout") != nullptr)
            return {"at its due time it ends `timeout`", "到期即以`timeout`结束"};
        switch (step_.silence.kind) {
            case model::SilenceKind::absent:
                return {"at its due time it counts as skipped", "到期未答复视为缺席"};
            case model::SilenceKind::deem:
                return format_both("at its due time it is deemed `{}`", "到期未答复视为`{}`",
                                   step_.silence.outcome);
            case model::SilenceKind::escalate:
                break;
        }
        return {"at its due time it is escalated, and stays open", "到期升级督办，仍待办理"};
    }

    std::vector<Text> ends() const { return facts(Section::outcomes, " "); }

    std::vector<Text> given() const {
        std::vector<Text> lines;
        for (const Disclosed& one : disclosed_by(process_, names_)) {
            if (one.step != path_) continue;
            Text line =
                format_both("{}: {} from {}", "{}：{}，取自 {}", one.title, one.field, one.source);
            if (one.personal) line = format_both("{} (personal)", "{}（个人信息）", line);
            lines.push_back(std::move(line));
        }
        return lines;
    }

    std::vector<Text> followers() const {
        std::vector<Text> lines;
        for (const StepIndex other : step_.dependents)
            lines.push_back(plain(process_.steps[other].id));
        return lines;
    }

    const model::Process& process_;
    const http::Names& names_;
    StepIndex index_;
    const Step& step_;
    std::vector<Fact> facts_;
    std::string path_;
    std::vector<Told> told_;
};

}  // namespace

std::vector<Told> explain_step(const model::Process& process, const http::Names& names,
                               StepIndex step) {
    return Explaining(process, names, step).run();
}

}  // namespace countersign::cli
