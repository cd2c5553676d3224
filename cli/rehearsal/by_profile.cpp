// From a profile's answers to what a played department does.
#include "cli/rehearsal/by_profile.hpp"

#include "engine/expr/json.hpp"

#include <boost/json.hpp>

#include <memory>
#include <utility>

namespace countersign::cli {

namespace {

namespace json = boost::json;
using rehearsal::Play;

PlayedCall played(const core::CallView& view) {
    return {view.operation, view.id.text(), view.round,
            json::parse(expr::to_json(view.input, expr::Personal::open))};
}

/// What an attempt that goes wrong comes to; the engine meets the same over HTTP.
Play gone_wrong(Fault fault) {
    Play play;
    switch (fault) {
        case Fault::error:
            play.result = runtime::Failed{"HTTP 500", {}};
            break;
        case Fault::refuse:
            play.result = runtime::Refused{"HTTP 422", "refused by the profile"};
            break;
        case Fault::garbage:
        case Fault::html:
            play.result = runtime::AnswerRefused{"the answer is no JSON", "by the profile"};
            break;
        case Fault::huge:
            play.result = runtime::AnswerRefused{"the answer is too large", "by the profile"};
            break;
        case Fault::silence:
        case Fault::none:
            play.silent = true;
            break;
    }
    return play;
}

std::vector<core::MissingItem> missing_of(const Answer& answer) {
    std::vector<core::MissingItem> items;
    for (const json::value& one : answer.missing) {
        const auto text = [&one](std::string_view name) {
            const json::value* member = one.as_object().if_contains(name);
            return member != nullptr && member->is_string() ? std::string(member->as_string())
                                                            : std::string();
        };
        if (one.is_object()) items.push_back({text("id"), text("reason"), false});
    }
    return items;
}

Play play_of(const Answer& answer, std::uint32_t attempt, Instant now) {
    if (answer.fault != Fault::none &&
        (answer.fault_attempts == 0 || attempt <= answer.fault_attempts))
        return gone_wrong(answer.fault);
    auto result = expr::from_json(json::serialize(answer.result));
    if (!result)
        return {runtime::AnswerRefused{"the profile's result is no value", result.error().message},
                {}, false, {}, {}};
    runtime::Answered said{answer.outcome, *std::move(result), answer.note, {}, missing_of(answer)};
    const Duration wait = answering_time(answer, now);
    Play play;
    if (wait.ms <= 0) {
        play.result = std::move(said);
    } else {
        play.callback = std::move(said);
        play.later = wait;
    }
    return play;
}

}  // namespace

void play_by_hand(rehearsal::World& world, const std::string& department) {
    world.department(department, [](const runtime::OutboundCall&) { return Play{}; });
}

void play_by_profile(rehearsal::World& world, const std::string& department, Profile profile) {
    world.department(department,
                     [&world, kept = std::move(profile)](const runtime::OutboundCall& call) {
                         const std::optional<Answer> answer = kept.answer(played(call.view));
                         return !answer ? Play{} : play_of(*answer, call.view.attempt, world.now());
                     });
}

}  // namespace countersign::cli
