#pragma once
// Plays a test document in a world of its own, and says which of its expectations did not hold.

#include "adapters/rehearsal/facts.hpp"
#include "definitions/testing/test.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace countersign::rehearsal {

/// Something in a script that did not come to pass as written, and why.
struct Mishap {
    diagnostics::Span place;
    Text message;
    bool refused = false;  ///< it was tried and refused; else its occasion never came
};

/// A test as it was played.
struct Played {
    std::unique_ptr<World> world;
    std::shared_ptr<const runtime::DeployedProcess> process;
    std::optional<CaseId> case_id;             ///< absent: the application was refused
    std::optional<core::Rejection> rejection;  ///< then why
    CaseFacts facts;                           ///< of the case
    std::vector<Mishap> mishaps;
    std::uint64_t working_days = 0;  ///< that the case took, by the process's calendar
};

/// Returns who opens a case: its applicant, or an operator where the request says what only staff
/// may enter, a receipt before the entry or a suspicious number that is taken all the same.
core::Principal opener_of(const runtime::OpenRequest& request);

/// Plays the test until nothing more happens, ten years at most. Fails only when the world does.
result<Played> play(const definitions::TestDefinition& test, const Stage& stage);

/// Returns what did not hold, each with its place and what happened instead. None: it passed.
std::vector<diagnostics::Diagnostic> unmet(const definitions::TestDefinition& test,
                                           const Played& played);

/// Returns when something happens that answers to `now`; never before it. A length in days ends
/// with the close of one, or at the time of day that `moment` names.
Instant moment_after(const definitions::Moment& moment, Instant now,
                     const calendar::Calendar& calendar);

}  // namespace countersign::rehearsal
