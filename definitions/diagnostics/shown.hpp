#pragma once
// Which of many diagnostics a bounded rendering shows.

#include "definitions/diagnostics/diagnostic.hpp"

#include <cstddef>
#include <vector>

namespace countersign::diagnostics {

/// The diagnostics to show, and how many there are without bound, each mistake counted once.
struct Shown {
    std::vector<Diagnostic> list;
    std::size_t errors = 0;
    std::size_t warnings = 0;

    std::size_t left_out() const { return errors + warnings - list.size(); }
};

/// Returns at most limits::diagnostics_max, in order; where some must go, warnings go first.
Shown choose_shown(const Diagnostics& diagnostics);

}  // namespace countersign::diagnostics
