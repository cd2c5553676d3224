#pragma once
// People of a rehearsal who choose at once what the command line says.

#include "adapters/rehearsal/world.hpp"
#include "cli/failure.hpp"
#include "engine/expr/value.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace countersign::cli {

/// What a person does about a step.
struct Choice {
    std::string outcome;
    expr::Value form = expr::Value::record({});
};
using ChoicesBySteps = std::map<std::string, Choice>;

/// Reads "STEP=OUTCOME" and "STEP.PATH=VALUE" as a map by step: an id, or an address such as
/// "utility[gas]/review". Exit::usage when the process has no such step, it asks no person, has no
/// such outcome, or when fields are given of a step for which nothing is chosen.
outcome<ChoicesBySteps> read_choices(const std::vector<std::string>& chosen,
                                     const std::vector<std::string>& fields,
                                     const model::Process& process);

/// Completes the tasks of a case, each at the moment at which it opens. Must outlive the world's
/// play.
class Choices {
  public:
    Choices(rehearsal::World& world, ChoicesBySteps choices)
        : world_(world), choices_(std::move(choices)) {}

    /// Begins with the case; an address goes before an id.
    void follow(const CaseId& id);
    /// What was refused, a sentence each.
    const std::vector<Text>& refused() const { return refused_; }

  private:
    void look();
    void complete(const core::Task& task, const std::string& address, const Choice& choice);

    rehearsal::World& world_;
    ChoicesBySteps choices_;
    CaseId id_;
    std::size_t seen_ = 0;
    std::vector<Text> refused_;
};

}  // namespace countersign::cli
