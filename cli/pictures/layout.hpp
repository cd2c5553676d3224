#pragma once
// Where the parts of a chart stand. Graphviz decides; drawing is ours.

#include "cli/pictures/chart.hpp"

#include <string_view>
#include <vector>

namespace countersign::cli {

/// Font sizes and distances of a picture, in CSS pixels.
inline constexpr double title_size = 14;
inline constexpr double line_size = 12;
inline constexpr double line_height = 18;
inline constexpr double box_padding = 12;

/// Returns how wide a text is in a sans-serif font of that size: wide characters are one em, others
/// what they are on average, so that a box is rather too wide than too narrow.
double text_width(std::string_view text, double size);

struct Point {
    double x = 0;
    double y = 0;  ///< downwards
};

/// The middle and size of a box or label.
struct Place {
    Point at;
    double width = 0;
    double height = 0;
};

struct Laid {
    double width = 0;
    double height = 0;
    std::vector<Place> boxes;
    std::vector<Place> groups;               ///< 0: the whole picture
    std::vector<std::vector<Point>> arrows;  ///< cubic Bézier: a point, then three a piece
    std::vector<Place> labels;               ///< of each arrow; without size when it has none
};

/// Lays a chart out from top to bottom. Not for use by two threads at once.
Laid lay_out(const Chart& chart);

}  // namespace countersign::cli
