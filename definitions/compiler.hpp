#pragma once
// One process document → model::Process.

#include "definitions/catalog.hpp"

namespace countersign::definitions {

struct CompiledProcess {
    model::Process process;
    ProcessSignature signature;  ///< for those that run it
    std::optional<Savings> savings;  ///< of a bundle without errors
};

/// Checks a process document against the catalog and compiles it. Returns something even when there
/// are errors; it means something only when there are none. What it runs must be compiled before.
CompiledProcess compile_process(const Node& root, const Catalog& catalog, Diagnostics& found);

}  // namespace countersign::definitions
