#pragma once
// A case as bars over time: planned and actual, by who has it.

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace countersign::cli {

/// Returns an SVG of a case's ledger as the server tells it (GET …/clock): a row a round of a step,
/// under who has it; light for the limit, dark for what it took, red beyond its due; days off
/// shaded, pauses of the case's clocks hatched, their dues as lines. Without scripts, light or dark
/// as its reader prefers.
std::string draw_gantt(const boost::json::value& ledger, std::string_view language);

}  // namespace countersign::cli
