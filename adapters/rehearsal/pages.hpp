#pragma once
// What the API would say of a world's case, by the API's own writers: a rehearsal reads like a run.

#include "adapters/rehearsal/world.hpp"

#include <string>

namespace countersign::rehearsal {

/// Returns GET /v1/processes/{id} of a case's process.
result<std::string> process_page(World& world, const CaseId& id);
/// Returns GET /v1/cases/{id}, personal fields open.
result<std::string> case_page(World& world, const CaseId& id);
/// Returns GET /v1/cases/{id}/history behind a record's number, personal fields open.
result<std::string> history_page(World& world, const CaseId& id, std::uint64_t after = 0);

}  // namespace countersign::rehearsal
