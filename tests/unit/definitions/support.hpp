#pragma once
// Texts and helpers that the tests of definitions share.

#include "definitions/workspace.hpp"

#include <string>
#include <vector>

namespace countersign::definitions {

/// The process of the benchmark with its departments: four calls at once, one decision.
std::vector<SourceFile> j4_sources();

/// The shipped library.
std::vector<SourceFile> library_sources();

/// The shipped library without its processes, and `process` beside it as "process.yaml".
std::vector<SourceFile> with_library(std::string process);

/// The diagnostics as a person sees them.
std::string rendered(const Checked& checked);

/// The codes found, ordered by place.
std::vector<std::string> codes(const Checked& checked);

/// The step of that id, wherever it is; fails the test if there is none.
const model::Step& step_of(const model::Process& process, std::string_view id);

}  // namespace countersign::definitions
