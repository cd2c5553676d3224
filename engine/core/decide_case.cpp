// The case as a whole: opening it, withdrawing it, signals, and which end it comes to.
#include "engine/core/flow.hpp"

#include "engine/base/check.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/words.hpp"
#include "engine/model/bundle.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

std::vector<model::Problem> unknown_materials(const Flow& flow,
                                              const std::vector<GivenMaterial>& given) {
    std::vector<model::Problem> problems;
    const auto& known = flow.process().materials;
    for (const GivenMaterial& g : given)
        if (std::none_of(known.begin(), known.end(), [&](const auto& m) { return m.id == g.id; }))
            problems.push_back({"materials." + g.id,
                                "unknown_material",
                                {"this process asks for no such material", "本事项不需要该材料"}});
    return problems;
}

/// The law has papers taken in as they come, and what is missing told at once (Administrative
/// Licensing Law Art. 32): by staff, and where somebody looks at them before anything else happens.
std::optional<Rejection> refuse_incomplete(const Flow& flow, const OpenCase& open,
                                           const Principal& by) {
    if (!open.incomplete) return std::nullopt;
    if (by.is_only_applicant())
        return Rejection{
            RejectionCode::not_allowed,
            both("Expected an incomplete application to be entered by staff, but an applicant "
                 "sent it; hand in all papers, or bring what there is to the hall",
                 "材料不齐的申请须由工作人员登记；请补齐全部材料，或到窗口提交现有材料"),
            {}};
    if (!intake_may_ask(flow.process()))
        return Rejection{
            RejectionCode::invalid,
            format_both("Expected a process whose intake may ask for missing papers, but {} has "
                        "none; hand in all papers",
                        "事项“{}”没有可提出补正的受理环节，请一次交齐全部材料",
                        flow.process().title),
            {}};
    return std::nullopt;
}

void start_case_clocks(Flow& flow) {
    const auto& clocks = flow.process().scopes[0].clocks;
    for (std::uint32_t i = 0; i < clocks.size(); ++i) {
        const model::EventKind from = clocks[i].from.kind;
        if (from != model::EventKind::case_opened && from != model::EventKind::owner_started)
            continue;
        const auto number = static_cast<std::uint32_t>(flow.state().clocks.size()) + 1;
        // A paper application counts from its receipt, not from its entry here.
        flow.draft.add(ClockStarted{number, 0, {true, 0, i}, flow.state().received});
    }
}

/// The receipt of a paper application is told by staff, and lies a little way back at most: clocks
/// count from it, and whoever mistypes its month would open a case that is long overdue.
std::optional<Rejection> refuse_receipt(const OpenCase& open, const Principal& by, Instant now) {
    if (!open.received) return std::nullopt;
    if (by.is_only_applicant())
        return Rejection{
            RejectionCode::not_allowed,
            both("Expected the receipt of an application to be told by staff, but an applicant "
                 "did; leave `received` out: it is received now",
                 "收到时间由工作人员登记，申请人不能填写；请去掉 received，以提交时间为准"),
            {}};
    if (*open.received > now)
        return Rejection{
            RejectionCode::invalid,
            both("Expected an instant of receipt in the past, but it lies in the future; check the "
                 "date and the offset",
                 "收到时间不能晚于现在，请核对日期和时区"),
            {}};
    constexpr std::int64_t day_ms = 86'400'000;
    const std::int64_t days = (now.ms - open.received->ms) / day_ms;
    if (days >= limits::receipt_days_max)
        return Rejection{
            RejectionCode::invalid,
            format_both("Expected a receipt within the last {} days, but it lies {} days back; "
                        "check the year and the month, or enter the application as received today",
                        "收到时间应在最近 {} 天内，所填时间在 {} 天前；请核对年月，或按今日收到登记",
                        limits::receipt_days_max, days),
            {}};
    return std::nullopt;
}

/// Every case may be withdrawn, whether or not its text names an end for that.
std::string withdrawn_end(const model::Process& process) {
    for (const model::End& declared : process.ends)
        if (declared.kind == model::EndKind::withdrawn) return declared.name;
    return "withdrawn";
}

/// A case that has ended cannot be withdrawn; how it ended says what can be done instead.
Rejection refuse_withdrawal(const CaseEnd& end) {
    Text found;
    switch (end.kind) {
        case model::EndKind::granted:
            found = both("it was granted; giving up what was granted needs an application of its "
                         "own",
                         "办件已准予办结；如需放弃，请另行申请");
            break;
        case model::EndKind::refused:
            found = both("it has ended refused", "办件已不予办理，无需撤回");
            break;
        case model::EndKind::withdrawn:
            found = both("it is withdrawn already", "办件已经撤回，无需重复操作");
            break;
    }
    return {RejectionCode::state,
            format_both("Expected to withdraw an open case, but {}", "不能撤回：{}", found),
            {}};
}

/// What must be handed in with the application: what is fetched is not asked for.
std::vector<std::string> to_hand_in(const model::Process& process, const expr::Value& form,
                                    const std::vector<GivenMaterial>& given) {
    std::vector<std::string> missing = missing_materials(process, form, given);
    for (const model::Material& material : process.materials)
        if (material.fetch_step != none) std::erase(missing, material.id);
    return missing;
}

}  // namespace

bool intake_may_ask(const model::Process& process) {
    const auto& steps = process.scopes[0].steps;
    return process.supplement && std::any_of(steps.begin(), steps.end(), [&](model::StepIndex i) {
               const model::Step& step = process.steps[i];
               return step.needs.steps.empty() && may_ask_for_papers(step) &&
                      std::holds_alternative<model::AskVerb>(step.verb);
           });
}

std::optional<Rejection> decide_open(Flow& flow, const Command& command, const OpenCase& open) {
    if (flow.state().status != CaseStatus::absent)
        return Rejection{RejectionCode::state,
                         format_both("Expected to open case {}, but it exists", "办件 {} 已存在",
                                     command.case_id.text()),
                         {}};
    if (auto refused = refuse_overrides(open.overrides, command.by)) return refused;
    if (auto refused = refuse_receipt(open, command.by, flow.context.now)) return refused;
    if (auto refused = refuse_incomplete(flow, open, command.by)) return refused;
    model::Conformed conformed = model::conform_application(flow.process(), open.form);
    std::vector<FieldOverride> overrides = open.overrides;
    if (open.parent)  // whoever vouched for it there did so for this, too
        for (const model::Problem& problem : conformed.problems)
            if (problem.code == "suspicious")
                overrides.push_back({problem.path, open.parent->case_id.text()});
    const Acceptances accepted =
        accept_suspicious(flow, conformed.value, overrides, conformed.problems);
    conformed.value =
        settle_files(flow.process().form, conformed.value, flow.contents(), conformed.problems);
    std::vector<GivenMaterial> materials = open.materials;
    const auto add_problems = [&](const std::vector<model::Problem>& more) {
        conformed.problems.insert(conformed.problems.end(), more.begin(), more.end());
    };
    if (!open.incomplete)
        add_problems(missing_problems(flow.process(),
                                      to_hand_in(flow.process(), conformed.value, materials)));
    add_problems(unknown_materials(flow, materials));
    add_problems(settle_materials(flow.process(), flow.contents(), materials));
    if (!conformed.problems.empty())
        return Rejection{RejectionCode::invalid,
                         format_both("Expected a complete application, but it has {} {}",
                                     "申请不完整或有误，共 {} 处", conformed.problems.size(),
                                     conformed.problems.size() == 1 ? "mistake" : "mistakes"),
                         std::move(conformed.problems)};
    if (materials.size() > limits::materials_max)
        return Rejection{RejectionCode::too_large,
                         format_both("Expected at most {} papers in a case, but there are {}",
                                     "一个办件最多可有 {} 份材料，现有 {} 份",
                                     limits::materials_max, materials.size()),
                         {}};
    CaseOpened opened;
    opened.id = command.case_id;
    opened.process = open.process;
    opened.applicant = open.applicant;
    opened.opened_by = flow.by;
    opened.received = open.received.value_or(flow.context.now);
    opened.form.value = std::move(conformed.value);
    opened.materials = std::move(materials);
    flow.draft.add(std::move(opened));
    if (open.parent) flow.draft.add(CasePartOf{*open.parent});
    record(flow, accepted);
    start_case_clocks(flow);
    enter_scope(flow, 0);
    return std::nullopt;
}

std::optional<Rejection> decide_withdraw(Flow& flow, const WithdrawCase& command,
                                         const Principal&) {
    if (flow.state().status != CaseStatus::open) return refuse_withdrawal(*flow.state().end);
    if (command.reason.size() > limits::note_bytes_max)
        return Rejection{
            RejectionCode::too_large,
            both("Expected a reason of at most 16 KiB, but it is longer", "理由过长，最多 16 KiB"),
            {}};
    end_case(flow, withdrawn_end(flow.process()), model::EndKind::withdrawn, command.reason);
    return std::nullopt;
}

std::optional<Rejection> decide_recall(Flow& flow) {
    const CaseState& state = flow.state();
    if (!state.parent) {
        flow.draft.set_reply(Reply::stale);
        return std::nullopt;
    }
    if (state.status == CaseStatus::open)
        end_case(flow, withdrawn_end(flow.process()), model::EndKind::withdrawn,
                 std::string(recalled_note));
    if (state.tells_parent()) flow.draft.add(ParentTold{});
    return std::nullopt;
}

std::optional<Rejection> decide_signal(Flow& flow, const SignalCase& command) {
    std::vector<std::pair<std::uint32_t, std::string>> hit;
    for (const std::uint32_t instance : flow.state().waits) {
        const auto* wait = std::get_if<model::WaitVerb>(&flow.step_of(instance).verb);
        if (wait == nullptr || flow.at(instance).role == InstanceRole::set)
            continue;  // offered while a condition holds, or open for more items
        for (const auto& branch : wait->branches)
            if (!branch.signal.empty() && branch.signal == command.name) {
                hit.emplace_back(instance, branch.name);
                break;
            }
    }
    if (hit.empty())
        return Rejection{
            RejectionCode::state,
            format_both("Expected a step that waits for the signal '{}', but none does",
                        "没有步骤在等待信号“{}”", command.name),
            {}};
    flow.draft.add(SignalReceived{command.name});
    for (const auto& [instance, outcome] : hit) {
        if (!flow.at(instance).is_open()) continue;
        Ending ending;
        ending.outcome = outcome;
        ending.happened = flow.context.now;
        end_step(flow, instance, std::move(ending));
    }
    return std::nullopt;
}

void finish_case(Flow& flow) {
    for (const model::End& end : flow.process().ends) {
        bool fits = end.otherwise;
        if (!fits && end.when) {
            const auto holds = evaluate_at(flow.state(), flow.context, *end.when, {0, none});
            if (!holds)
                return raise_expression(flow, 0, holds.error(), "ends." + end.name + ".when");
            fits = holds->as_boolean();
        }
        if (!fits) continue;
        std::string reason;
        if (end.otherwise)
            for (const std::string& note : flow.state().refusal_notes)
                reason += (reason.empty() ? "" : "; ") + note;
        return end_case(flow, end.name, end.kind, std::move(reason));
    }
    raise_expression(flow, 0, {"no end fits and none is `otherwise`", 0}, "ends");
}

}  // namespace countersign::core
