#pragma once
// The registry of bindings: from what a deployment file says of a department to what the engine
// runs.

#include "adapters/deployment/deployment.hpp"
#include "engine/runtime/adapter.hpp"

#include <memory>
#include <string>

namespace countersign::departments {

/// Returns the department's caps and the factory of its adapter. `source` names this engine in
/// CloudEvents (the deployment's url). Fails with invalid when the binding cannot work, such as TLS
/// files that do not fit together: at the start, not at the first call.
result<runtime::DepartmentConfig> make_department(const deployment::Department& department,
                                                  const std::string& source);

/// Makes the adapter of a department whose people answer by hand (worklist.cpp).
std::unique_ptr<runtime::Adapter> make_worklist();

}  // namespace countersign::departments
