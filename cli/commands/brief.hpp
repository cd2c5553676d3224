#pragma once
// Which events of a history a short telling leaves out.

#include <boost/json/value.hpp>

namespace countersign::cli {

/// Whether an event of GET /v1/cases/{id}/history only repeats what the events beside it tell, or
/// is the engine's own book-keeping: the start of a step that asks somebody, the limit that then
/// runs, the end that an answer brings. `process` is GET /v1/processes/{id}; what it lacks is told.
bool goes_without_saying(const boost::json::value& event, const boost::json::value& process);

}  // namespace countersign::cli
