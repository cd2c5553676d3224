// A short history: who was asked, what came of it, what went wrong.
#include "cli/commands/brief.hpp"

#include "cli/json_view.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace countersign::cli {

namespace {

namespace json = boost::json;

/// Returns the verb of the step at an address, "utility[gas]/plan#2" by its "plan"; empty when the
/// process does not tell.
std::string verb_at(std::string_view address, const json::value& process) {
    const std::size_t slash = address.rfind('/');
    if (slash != std::string_view::npos) address.remove_prefix(slash + 1);
    const std::string_view step = address.substr(0, address.find_first_of("[#"));
    for (const json::value& known : list_at(process, "steps"))
        if (text_at(known, "step") == step) return text_at(known, "verb");
    return {};
}

bool is_quiet_step(std::string_view name, const json::value& event, std::string_view verb) {
    // The notice of missing papers names every step that waits for them.
    if (name == "StepStarted" || name == "StepRedone" || name == "StepSupplementing") return true;
    if (name == "StepSkipped") return text_at(event, "data.reason") != "absent";
    // An answer says how a call or a task ended; what the rules decided shows in what follows.
    return name == "StepEnded" && !flag_at(event, "data.deemed") &&
           (verb == "call" || verb == "run" || verb == "ask" || verb == "decide");
}

}  // namespace

bool goes_without_saying(const json::value& event, const json::value& process) {
    const std::string name = text_at(event, "event");
    const std::string address = text_at(event, "step");
    if (name == "CallAccepted" || name == "UndoPrepared" || name == "ClockRungReached") return true;
    if (name.starts_with("Clock") && !address.empty()) return name != "ClockDuePassed";
    if (name.starts_with("Step")) return is_quiet_step(name, event, verb_at(address, process));
    return name == "MissingItemSupplied";  // what was handed in is told by itself
}

}  // namespace countersign::cli
