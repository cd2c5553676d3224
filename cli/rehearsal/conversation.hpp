#pragma once
// A rehearsal in conversation: whoever sits at the terminal acts for everybody.

#include "adapters/rehearsal/world.hpp"
#include "cli/session.hpp"

namespace countersign::cli {

/// Plays a case by questions and answers on the standard streams, until it is closed, the user
/// stops, or the input ends: who must act, what is asked, until when; what was chosen is done, and
/// what does not fit is explained and asked again. Each new event is shown as `history` shows it.
outcome<void> converse(const Globals& globals, rehearsal::World& world, const CaseId& id);

/// Asks for an application of `process`: the form field by field, and the papers. Nothing when the
/// input ended, or the user went back, before all was answered.
std::optional<runtime::OpenRequest> ask_application(const Globals& globals,
                                                    const model::Process& process);

}  // namespace countersign::cli
