#pragma once
// Departments of a world that answer by profiles, as `department serve` lets them answer a server.

#include "adapters/rehearsal/world.hpp"
#include "cli/department/profile.hpp"

#include <string>

namespace countersign::cli {

/// Has a department take every call and never answer: whoever plays the case answers for it.
void play_by_hand(rehearsal::World& world, const std::string& department);

/// Has a department answer by its profile; a call for which that has nothing is taken, and not
/// answered.
void play_by_profile(rehearsal::World& world, const std::string& department, Profile profile);

}  // namespace countersign::cli
