#pragma once
// What a case of a world waits for somebody to do, as both ways of rehearsing list it.

#include "adapters/rehearsal/world.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace countersign::cli {

/// Something that somebody is waited for to do.
struct Due {
    enum class Kind { task, call, papers, incident };
    Kind kind = Kind::task;
    std::uint32_t number = 0;  ///< of the task, call or incident
    std::uint32_t index = 0;   ///< of a task its step, of a call its operation, in the process
    std::string who;           ///< role, or department
    Text text;                 ///< what is asked of whom, until when
    std::string means;         ///< the option that has it done: "--choose 'accept=accepted'"
};

/// Returns all that is waited for: tasks, calls, papers, incidents; none when nobody is.
std::vector<Due> agenda_of(rehearsal::World& world, const CaseId& id);

/// Returns the materials and fields of the form that the applicant is asked to hand in.
std::vector<std::string> missing_of(rehearsal::World& world, const CaseId& id);

/// Returns what a case is pinned to; null when there is no such case.
std::shared_ptr<const model::Process> process_of(rehearsal::World& world, const CaseId& id);

}  // namespace countersign::cli
