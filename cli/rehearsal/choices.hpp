#pragma once
// People of a rehearsal who choose at once what the command line says.

#include "adapters/rehearsal/world.hpp"
#include "cli/failure.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace countersign::cli {

/// Reads "STEP=OUTCOME" as a map by step: an id, or an address such as "utility[gas]/review".
/// Exit::usage when the process has no such step, it asks no person, or has no such outcome.
outcome<std::map<std::string, std::string>> read_choices(const std::vector<std::string>& given,
                                                         const model::Process& process);

/// Completes the tasks of a case, each at the moment at which it opens. Must outlive the world's
/// play.
class Choices {
  public:
    Choices(rehearsal::World& world, std::map<std::string, std::string> choices)
        : world_(world), choices_(std::move(choices)) {}

    /// Begins with the case; an address goes before an id.
    void follow(const CaseId& id);
    /// What was refused, a sentence each.
    const std::vector<Text>& refused() const { return refused_; }

  private:
    void look();
    void complete(const core::Task& task, const std::string& address, const std::string& chosen);

    rehearsal::World& world_;
    std::map<std::string, std::string> choices_;
    CaseId id_;
    std::size_t seen_ = 0;
    std::vector<Text> refused_;
};

}  // namespace countersign::cli
