// Forwarding (转办, 退单): a step that was asked of the wrong department or role goes to another
// one. It is counted, and nobody gets it twice unless the answer names him, so that no file
// wanders.
#include "engine/core/flow.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

/// Whom the process asks first.
std::string first_asked(const Flow& flow, std::uint32_t instance) {
    const model::Verb& verb = flow.step_of(instance).verb;
    if (const auto* call = std::get_if<model::CallVerb>(&verb))
        return department_of(flow, instance, call->target);
    const auto* ask = std::get_if<model::AskVerb>(&verb);
    return ask != nullptr ? ask->role : std::string();
}

}  // namespace

std::string forward_target(const Flow& flow, std::uint32_t instance, const Ending& ending,
                           const model::Move& move) {
    const std::vector<std::string>& forwarded = flow.at(instance).forwarded;
    if (forwarded.size() >= move.times) return {};
    const std::string first = first_asked(flow, instance);
    const std::string& holder = forwarded.empty() ? first : forwarded.back();
    if (move.chosen) {
        const auto named =
            evaluate_at(flow.state(), flow.context, *move.chosen, {instance, none, &ending.result});
        if (!named || !named->is(expr::Kind::string) || named->as_string() == holder) return {};
        const bool known =
            std::find(move.to.begin(), move.to.end(), named->as_string()) != move.to.end();
        return known ? named->as_string() : std::string();
    }
    const auto had_it = [&](const std::string& one) {
        return one == first ||
               std::find(forwarded.begin(), forwarded.end(), one) != forwarded.end();
    };
    const auto next = std::find_if_not(move.to.begin(), move.to.end(), had_it);
    return next == move.to.end() ? std::string() : *next;
}

}  // namespace countersign::core
