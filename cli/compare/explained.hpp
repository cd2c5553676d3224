#pragma once
// One step told whole: when it begins, in which situations it is skipped or called off, what it can
// wait for, who sees what, and what follows.

#include "cli/compare/facts.hpp"

namespace countersign::cli {

/// Lines under a heading.
struct Told {
    Text heading;
    std::vector<Text> lines;
};

/// Returns what is to be said of a step, headings without lines left out.
std::vector<Told> explain_step(const model::Process& process, const http::Names& names,
                               model::StepIndex step);

}  // namespace countersign::cli
