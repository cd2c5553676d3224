// Extensions (延期): a clock whose definition says who may prolong it, by how much and how often.
// The applicant is told with the reason (Administrative Licensing Law Art. 42), and what fell due
// stays so.
#include "engine/core/flow.hpp"

#include "engine/base/date.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/words.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

Rejection no_extension(RejectionCode code, Text text) { return {code, std::move(text), {}}; }

/// The latest clock of that name that an instance has, or null.
const ClockState* clock_named(const Flow& flow, std::uint32_t owner, std::string_view name) {
    if (owner == none) return nullptr;
    const auto& owned = flow.at(owner).clocks;
    const auto found = std::find_if(owned.rbegin(), owned.rend(), [&](std::uint32_t number) {
        return clock_of(flow.process(), flow.state().clocks[number - 1].ref).name == name;
    });
    return found == owned.rend() ? nullptr : &flow.state().clocks[*found - 1];
}

/// What the clock's rule says against this extension, or nothing.
std::optional<Rejection> refuse_by_rule(const ClockState& clock, const model::Clock& definition,
                                        const ExtendClock& command, const Principal& by) {
    if (!definition.extend)
        return no_extension(
            RejectionCode::not_allowed,
            format_both("Expected a clock that may be extended, but `{}` may not: its "
                        "definition has no `extend`",
                        "计时“{}”不允许延期：流程未规定`extend`", command.clock));
    const model::Extension& rule = *definition.extend;
    if (!by.has(rule.role))
        return no_extension(RejectionCode::not_allowed,
                            format_both("Expected {} to extend `{}`, but somebody else did",
                                        "只有{}可以批准“{}”延期", rule.role, command.clock));
    if (clock.extensions.size() >= rule.times)
        return no_extension(
            RejectionCode::state,
            format_both("Expected `{}` to be extended {} at most, and it has been",
                        "“{}”最多可延期 {} 次，已用完", command.clock,
                        both(rule.times == 1 ? "once" : std::to_string(rule.times) + " times",
                             std::to_string(rule.times))));
    if (command.by.unit != rule.max.unit || command.by.count < 1 ||
        command.by.count > rule.max.count)
        return no_extension(
            RejectionCode::invalid,
            format_both("Expected an extension of at most {}, but it is {}",
                        "一次最多可延期 {}，而申请的是 {}", calendar::length_words(rule.max.text()),
                        calendar::length_words(command.by.text())));
    return std::nullopt;
}

void tell_applicant(Flow& flow, const ClockState& clock, const std::string& reason) {
    const model::Clock& definition = clock_of(flow.process(), clock.ref);
    const auto& calendar = calendar_of(flow.context, &definition);
    const Text due = moment_text(clock_due(flow.state(), clock, flow.context).at,
                                 calendar::data_of(calendar).offset_minutes);
    flow.draft.add(NoticeGiven{clock.owner, model::ActionKind::send, "applicant",
                               format_both("The time limit was extended, it ends {}: {}",
                                           "办理时限延长至{}：{}", due, reason)});
}

}  // namespace

std::optional<Rejection> decide_extend(Flow& flow, const ExtendClock& command,
                                       const Principal& by) {
    const std::uint32_t owner =
        command.owner.empty() ? 0 : find_instance(flow.state(), flow.process(), command.owner);
    const ClockState* clock = clock_named(flow, owner, command.clock);
    if (clock == nullptr)
        return no_extension(
            RejectionCode::not_found,
            format_both("Expected a clock of this case, but {} has none called `{}` now",
                        "办件中 {} 目前没有计时“{}”",
                        command.owner.empty() ? both("the case", "办件本身")
                                              : both(command.owner, command.owner),
                        command.clock));
    const model::Clock& definition = clock_of(flow.process(), clock->ref);
    if (auto refused = refuse_by_rule(*clock, definition, command, by)) return refused;
    if (!clock->is_open())
        return no_extension(RejectionCode::state,
                            format_both("Expected a running clock, but `{}` has "
                                        "stopped",
                                        "计时“{}”已停止", command.clock));
    if (clock->due_passed || clock_due(flow.state(), *clock, flow.context).at <= flow.context.now)
        return no_extension(
            RejectionCode::state,
            format_both("Expected `{}` to be extended before its due, but it has passed",
                        "“{}”已到期，只能在到期前延期", command.clock));
    if (command.reason.empty())
        return no_extension(RejectionCode::invalid,
                            both("Expected a reason for the extension", "延期须写明理由"));
    if (command.reason.size() > limits::note_bytes_max) return note_too_large();
    const std::uint32_t number = clock->number;
    flow.draft.add(ClockExtended{number, command.by.count, flow.by, command.reason});
    tell_applicant(flow, flow.state().clocks[number - 1], command.reason);
    return std::nullopt;
}

}  // namespace countersign::core
