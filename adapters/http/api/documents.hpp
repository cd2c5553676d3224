#pragma once
// The documents that are deployed: those of the deployment file, and those that were posted, which
// the store keeps so that they are part of the next check after a restart, too.

#include "adapters/http/api/api.hpp"
#include "engine/expr/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::http {

/// Replaces documents of the same path and adds the others.
std::vector<definitions::SourceFile> merged(std::vector<definitions::SourceFile> files,
                                            const std::vector<definitions::SourceFile>& given);

/// Reads {"files": [{"path", "text"}]}; invalid when it is anything else.
result<std::vector<definitions::SourceFile>> files_of(const expr::Value& given);

/// The same of a JSON text, within the bounds of expr::from_json().
result<std::vector<definitions::SourceFile>> files_of_json(std::string_view text);

/// Writes what files_of_json() reads.
std::string json_of(const std::vector<definitions::SourceFile>& files);

/// Takes the posted documents out of the store and adds them to `api.options.sources`, their names
/// to `api.options.departments`.
/// Of two with one path that of the deployment file counts. Where they do not fit the deployment
/// file's any more these alone count, and the log says so: what changed is not known to be wrong.
/// Fails with corrupt when they do not read back. Before the first request.
result<void> restore_documents(Api& api);

}  // namespace countersign::http
