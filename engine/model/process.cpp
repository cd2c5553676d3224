// The compiled process: look-ups by name, and its bytes in the store.

#include "engine/model/process.hpp"

#include <algorithm>

namespace countersign::model {

namespace {

template <class Items>
auto find_by_name(const Items& items, std::string_view name) -> decltype(items.data()) {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const auto& item) { return item.name == name; });
    return found == items.end() ? nullptr : &*found;
}

}  // namespace

const Outcome* Operation::outcome(std::string_view wanted) const {
    return find_by_name(outcomes, wanted);
}

const Outcome* Step::outcome(std::string_view name) const { return find_by_name(outcomes, name); }

const Move* Step::move_for(std::string_view name) const {
    for (const OutcomeMove& handled : on)
        if (handled.outcome == name) return &handled.move;
    return nullptr;
}

const End* Process::end(std::string_view name) const { return find_by_name(ends, name); }

std::uint32_t Process::end_index(std::string_view name) const {
    const End* found = end(name);
    return found == nullptr ? none : static_cast<std::uint32_t>(found - ends.data());
}

StepIndex Process::find(ScopeIndex scope, std::string_view id_wanted) const {
    if (scope >= scopes.size()) return none;
    for (const StepIndex member : scopes[scope].steps)
        if (member < steps.size() && steps[member].id == id_wanted) return member;
    return none;
}

const Material* fetched_by(const Process& process, StepIndex step) {
    for (const Material& material : process.materials)
        if (material.fetch_step == step && step != none) return &material;
    return nullptr;
}

namespace {

void add_once(std::vector<std::string>& list, const std::string& one) {
    if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(one);
}

}  // namespace

std::vector<std::string> forwarded_to(const Step& step) {
    std::vector<std::string> targets;
    for (const OutcomeMove& on : step.on)
        if (on.move.kind == MoveKind::forward)
            for (const std::string& to : on.move.to) add_once(targets, to);
    return targets;
}

std::vector<std::string> departments_of(const Process& process, const Step& step) {
    std::vector<std::string> departments;
    const auto* call = std::get_if<CallVerb>(&step.verb);
    if (call == nullptr || runs_process(process, step)) return departments;
    const auto add = [&](const Target& target) {
        if (!target.department.empty()) add_once(departments, target.department);
        for (const Member& member : target.members) add_once(departments, member.department);
    };
    add(call->target);
    for (const std::string& to : forwarded_to(step)) add_once(departments, to);
    if (step.undo) add(step.undo->target);
    return departments;
}

std::vector<std::string> roles_of(const Step& step) {
    std::vector<std::string> roles;
    const auto* ask = std::get_if<AskVerb>(&step.verb);
    if (ask == nullptr) return roles;
    add_once(roles, ask->role);
    if (ask->sign)
        for (const std::string& role : ask->sign->roles) add_once(roles, role);
    for (const std::string& role : forwarded_to(step)) add_once(roles, role);
    return roles;
}

bool runs_process(const Process& process, const Step& step) {
    const auto* call = std::get_if<CallVerb>(&step.verb);
    return call != nullptr && call->operation < process.operations.size() &&
           !process.operations[call->operation].runs.empty();
}

std::string encode_process(const Process& process) {
    std::string bytes(1, static_cast<char>(process_format));
    BinaryWriter writer(bytes, process_format);
    writer& process;
    return bytes;
}

result<Process> decode_process(std::string_view bytes) {
    if (bytes.empty())
        return failure(ErrorKind::corrupt, "cannot read a compiled process: it is empty");
    const auto format = static_cast<unsigned char>(bytes.front());
    if (format > process_format)
        return failure(ErrorKind::corrupt, "cannot read a compiled process: its format " +
                                               std::to_string(format) +
                                               " is newer than this program");
    return decode<Process>(bytes.substr(1), format);
}

}  // namespace countersign::model
