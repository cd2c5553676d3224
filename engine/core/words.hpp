#pragma once
// Words that rejections share, in both languages.

#include "engine/core/command.hpp"

#include <string>
#include <vector>

namespace countersign::core {

/// Returns how people call the status: "claimed", 已领取.
Text words_of(CaseStatus status);
Text words_of(TaskStatus status);

/// Returns the outcomes' names one after the other: "accepted, refused", accepted、refused.
Text names_of(const std::vector<model::Outcome>& outcomes);

/// Rejections that several deciders give.
Rejection note_too_large();
Rejection form_refused(std::vector<model::Problem> problems);

}  // namespace countersign::core
