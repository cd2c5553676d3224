#pragma once
// Drawing a chart that has places.

#include "cli/pictures/layout.hpp"

#include <string>
#include <string_view>

namespace countersign::cli {

/// Returns an SVG document: light or dark as its reader prefers, without scripts, with a title and
/// a description for those who do not see it.
std::string draw_svg(const Chart& chart, const Laid& laid, std::string_view language);

/// Returns text as it may stand in XML.
std::string escaped(std::string_view text);

}  // namespace countersign::cli
