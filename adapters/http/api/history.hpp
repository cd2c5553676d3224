#pragma once
// A case's journal as the API tells it: GET /v1/cases/{id}/history, and whatever plays cases
// without a server.

#include "adapters/http/api/views.hpp"
#include "engine/store/store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace countersign::http {

/// Where a history finds what a case is pinned to, and what its reader may see.
struct HistorySight {
    std::function<std::shared_ptr<const runtime::DeployedProcess>(const std::string& hash)>
        process_of_hash;  ///< null when it is not known
    /// How personal fields are written; nothing when the case itself may not be seen.
    std::function<std::optional<expr::Personal>(const core::CaseState&, const model::Process&)>
        personal;
    const Names& names;
};

/// Returns {"case", "records": [{"sequence", "at", "by", "command", "events": […]}], "last"} with
/// the records behind number `after`, each event told with the addresses of its time. Fails with
/// not_found, also for a case that may not be seen.
result<std::string> history_of(const store::Store& store, const CaseId& id, std::uint64_t after,
                               const HistorySight& sight);

}  // namespace countersign::http
