// Addresses of instances: "utility[power]/supply_plan#2" (language.md §1, "Names"), and their
// titles.
#include "engine/core/command.hpp"
#include "engine/core/decide.hpp"
#include "engine/core/words.hpp"

#include <fmt/format.h>

namespace countersign::core {

namespace {

/// A personal key would stand in every list and message, so its place in the list is written.
std::string key_text(const expr::Value& key, std::uint32_t item_index) {
    if (key.holds_personal()) return std::to_string(item_index + 1);
    if (key.is(expr::Kind::string)) return key.as_string();
    if (key.is(expr::Kind::integer)) return std::to_string(key.as_integer());
    return key.dump_text();
}

/// "Utility[gas]".
Text with_key(const model::Process& process, const model::Step& step, const Text& title,
              const std::string& key) {
    return format_both("{}[{}]", "{}[{}]", title, title_of_key(process, step, key));
}

}  // namespace

std::string path_of(const CaseState& state, const model::Process& process, std::uint32_t instance) {
    std::string path;
    for (std::uint32_t at = instance; at != none; at = state.instances[at].parent) {
        const Instance& found = state.instances[at];
        if (found.step == none) break;
        std::string part = process.steps[found.step].id;
        if (found.role == InstanceRole::member) {
            part += "[" + key_text(found.key, found.item_index) + "]";
            at = found.parent;  // the set has the same step: skipped
        }
        path = path.empty() ? part : part + "/" + path;
    }
    return path;
}

std::string address_of(const CaseState& state, const model::Process& process,
                       std::uint32_t instance) {
    std::string path = path_of(state, process, instance);
    const Instance& found = state.instances[instance];
    if (found.round > 1 && found.step != none) path += fmt::format("#{}", found.round);
    return path;
}

Text titles_of(const CaseState& state, const model::Process& process, std::uint32_t instance) {
    Text titles;
    for (std::uint32_t at = instance; at != none; at = state.instances[at].parent) {
        const Instance& found = state.instances[at];
        if (found.step == none) break;
        const model::Step& step = process.steps[found.step];
        Text title = step.title.empty() ? both(step.id, step.id) : step.title;
        if (found.role == InstanceRole::member) {
            title = with_key(process, step, title, key_text(found.key, found.item_index));
            at = found.parent;  // the set has the same step: skipped
        }
        titles = titles.empty() ? title : format_both("{} · {}", "{} · {}", title, titles);
    }
    return titles.empty() ? titles
                          : format_both("{}{}", "{}{}", titles,
                                        round_words(state.instances[instance].round));
}

std::string address_of(const CaseState& state, const model::Process& process,
                       const HeldStep& held) {
    std::string path = path_of(state, process, held.parent);
    if (held.role == InstanceRole::member)
        return fmt::format("{}[{}]", path,
                           key_text(state.instances[held.parent].items[held.item_index].first,
                                    held.item_index));
    return path.empty() ? process.steps[held.step].id : path + "/" + process.steps[held.step].id;
}

Text titles_of(const CaseState& state, const model::Process& process, const HeldStep& held) {
    const Text above = titles_of(state, process, held.parent);
    const model::Step& step = process.steps[held.step];
    if (held.role == InstanceRole::member)  // the set above has the step's title
        return with_key(process, step, above,
                        key_text(state.instances[held.parent].items[held.item_index].first,
                                 held.item_index));
    const Text own = step.title.empty() ? both(step.id, step.id) : step.title;
    return above.empty() ? own : format_both("{} · {}", "{} · {}", above, own);
}

std::uint32_t find_instance(const CaseState& state, const model::Process& process,
                            std::string_view address) {
    // From the newest on: after a stage was redone, its latest instances carry the address.
    for (std::uint32_t at = static_cast<std::uint32_t>(state.instances.size()); at-- > 0;)
        if (path_of(state, process, at) == address) return at;
    return none;
}

const model::Clock& clock_of(const model::Process& process, const ClockRef& ref) {
    return ref.of_scope ? process.scopes[ref.index].clocks[ref.clock]
                        : process.steps[ref.index].clocks[ref.clock];
}

CallView view_of_call(const CaseState& state, const model::Process& process, std::uint32_t number) {
    const Call& call = state.calls[number - 1];
    CallView view;
    view.id = {state.id, number};
    view.attempt = call.attempt;
    view.department = call.department;
    view.process = process.id;
    view.step = path_of(state, process, call.instance);
    view.operation = call.recalled ? recall_operation : process.operations[call.operation].name;
    view.round = call.round;
    if (call.supersedes != 0) view.supersedes = CallId{state.id, call.supersedes};
    view.due_when_asked = call.due_when_asked;
    view.requested = call.requested;
    view.input = call.input.value;
    return view;
}

CallView view_of_ended(const CaseState& state, const model::Process& process) {
    CallView view;
    view.id = {state.id, 0};
    view.department = parent_department;
    view.process = process.id;
    view.step = state.parent->text();
    view.operation = ended_operation;
    view.requested = state.end->at;
    return view;
}

}  // namespace countersign::core
