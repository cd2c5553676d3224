#pragma once
// What became of a case: its journal told as facts of its steps, for expectations.

#include "adapters/rehearsal/world.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace countersign::rehearsal {

/// One round of a step, or one occurrence of it when a stage around it was redone.
struct RoundFacts {
    std::uint32_t instance = 0;
    std::optional<Instant> started;
    std::optional<Instant> ended;  ///< when it happened, as whoever answered said
    std::string outcome;           ///< also of a round that asked for papers
    bool deemed = false;
    bool cancelled = false;
    std::optional<core::SkipReason> skipped;
    std::string note;
    expr::Value result;
    bool warned = false;   ///< a yellow card was given
    bool overdue = false;  ///< a due of its own passed: a red card
    std::vector<std::string> escalated_to;

    /// "red", "yellow" or "green".
    std::string_view card() const { return overdue ? "red" : warned ? "yellow" : "green"; }
    bool is_open() const { return started && !ended && !cancelled && !skipped; }
};

/// A notice that was given.
struct NoticeFacts {
    Instant at;
    model::ActionKind kind = model::ActionKind::send;
    std::string to;
    Text text;
};

/// All that expectations speak of.
struct CaseFacts {
    core::CaseState state;
    std::map<std::string, std::vector<RoundFacts>, std::less<>> steps;  ///< by address, no "#2"
    std::vector<NoticeFacts> notices;
    std::uint32_t papers_asked = 0;  ///< notices of missing papers that left
    Instant last;                    ///< of the last record
    std::size_t records = 0;
};

/// Returns the address of an instance without the number of its round.
std::string plain_address(const core::CaseState& state, const model::Process& process,
                          std::uint32_t instance);

/// Reads the journal of a case. Fails when it does not read back.
result<CaseFacts> read_facts(const store::Store& store, const CaseId& id,
                             const model::Process& process);

}  // namespace countersign::rehearsal
