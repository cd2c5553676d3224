#pragma once
// What happened in a case, as parts of sentences: what a failed expectation says instead.

#include "adapters/rehearsal/play.hpp"

namespace countersign::rehearsal {

/// Tells of one played case. Keeps references: `played` must outlive it. Times are the wall clock
/// at `offset_minutes`.
class Telling {
  public:
    Telling(const Played& played, int offset_minutes)
        : facts_(played.facts),
          state_(played.facts.state),
          process_(*played.process->process),
          offset_(offset_minutes) {}

    /// "2026-02-12 10:00"
    std::string moment(Instant at) const;
    /// Whether an instant is on the day, or at the moment to its precision, that was written.
    bool is_at(Instant found, const definitions::When& wanted) const;

    /// How the case ended, or whom it still waits for.
    Text case_now() const;
    /// What became of a round of the step at `address`.
    Text round(const std::string& address, const RoundFacts& round) const;
    /// Why there is nothing of an address.
    Text never(const std::string& address) const;

  private:
    Text waits() const;

    const CaseFacts& facts_;
    const core::CaseState& state_;
    const model::Process& process_;
    int offset_;
};

/// A moment as authors write it, with the time of the day when it has one.
std::string written(const definitions::When& when);

/// Adds one to a list in a sentence: "a, b" and “a、b”.
void add_to_list(Text& list, const Text& one);

}  // namespace countersign::rehearsal
