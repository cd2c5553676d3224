// The picture's text: styles by class, so that one rule turns it dark.
#include "cli/pictures/svg.hpp"

#include "cli/output/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::cli {

namespace {

constexpr double margin = 24;
constexpr double head_height = 44;
constexpr double legend_row = 24;
constexpr double legend_mark = 14;
constexpr int colours = 8;

constexpr std::string_view style = R"(
.page{fill:#ffffff}
.head{font:600 18px sans-serif;fill:#1b1f24}
.title{font:600 14px sans-serif;fill:#1b1f24}
.line{font:12px sans-serif;fill:#3d444d}
.label{font:11px sans-serif;fill:#3d444d}
.under{fill:#ffffff;fill-opacity:.85}
.group{fill:#f3f5f7;stroke:#b9c0c8}
.grouptitle{font:600 12px sans-serif;fill:#3d444d}
.box{fill:#ffffff;stroke:#6b7480;stroke-width:1.2}
.decision{fill:#fff8e1;stroke:#a67c00}
.wait{fill:#ffffff;stroke:#6b7480;stroke-dasharray:5 3}
.dot{fill:#6b7480}
.start{fill:#1b1f24}
.granted{fill:#d9f2df;stroke:#2a7d3f}
.refused{fill:#fbdcdc;stroke:#b3372f}
.withdrawn{fill:#e8eaed;stroke:#6b7480}
.arrow{fill:none;stroke:#6b7480;stroke-width:1.3}
.move{fill:none;stroke:#a35200;stroke-width:1.2;stroke-dasharray:5 4}
.tip{fill:#6b7480}
.movetip{fill:#a35200}
.c0{fill:#e1edfb}.c1{fill:#e3f4e6}.c2{fill:#fdeedd}.c3{fill:#efe5f8}
.c4{fill:#ddf3f3}.c5{fill:#fbe4ee}.c6{fill:#f1f0d8}.c7{fill:#e6e8ec}
.active{stroke:#1a66c7;stroke-width:3}
.done{stroke:#2a7d3f;stroke-width:2.4}
.no{stroke:#b3372f;stroke-width:2.4}
.skipped{opacity:.45}
@media (prefers-color-scheme: dark){
.page{fill:#14171b}
.head,.title{fill:#eef1f4}
.line,.label,.grouptitle{fill:#c3cad2}
.under{fill:#14171b}
.group{fill:#1c2126;stroke:#48515b}
.box{fill:#232930;stroke:#8b95a1}
.decision{fill:#3a3216;stroke:#d1a93a}
.wait{fill:#14171b;stroke:#8b95a1}
.dot,.tip{fill:#8b95a1}
.start{fill:#eef1f4}
.granted{fill:#1d3b26;stroke:#5cb876}
.refused{fill:#452120;stroke:#e0736b}
.withdrawn{fill:#2a3037;stroke:#8b95a1}
.arrow{stroke:#8b95a1}
.move{stroke:#e29a52}
.movetip{fill:#e29a52}
.c0{fill:#1d3148}.c1{fill:#1e3826}.c2{fill:#43301b}.c3{fill:#33263f}
.c4{fill:#173a3a}.c5{fill:#42232f}.c6{fill:#38361b}.c7{fill:#2b3037}
.active{stroke:#64a8ff}
.done{stroke:#5cb876}
.no{stroke:#e0736b}
}
)";

/// Control characters have no place in XML, whatever a definition's text holds.
std::string safe(std::string_view text) { return escaped(printable_lines(text)); }

std::string class_of(const Box& box) {
    std::string name;
    switch (box.kind) {
        case BoxKind::step:
            name = "box";
            break;
        case BoxKind::decision:
            name = "box decision";
            break;
        case BoxKind::wait:
            name = "box wait";
            break;
        case BoxKind::start:
            name = "start";
            break;
        case BoxKind::join:
            name = "dot";
            break;
        case BoxKind::granted:
            name = "box granted";
            break;
        case BoxKind::refused:
            name = "box refused";
            break;
        case BoxKind::withdrawn:
            name = "box withdrawn";
            break;
    }
    if (box.colour >= 0) name += fmt::format(" c{}", box.colour % colours);
    switch (box.state) {
        case BoxState::none:
        case BoxState::waiting:
            break;
        case BoxState::active:
            name += " active";
            break;
        case BoxState::done:
            name += " done";
            break;
        case BoxState::refused:
            name += " no";
            break;
        case BoxState::skipped:
            name += " skipped";
            break;
    }
    return name;
}

class Drawing {
  public:
    Drawing(const Chart& chart, const Laid& laid, std::string_view language)
        : chart_(chart), laid_(laid), language_(language) {}

    std::string run() {
        const double legend = legend_height();
        const double width = std::max(laid_.width, legend_width_) + 2 * margin;
        const double height = head_height + laid_.height + legend + 2 * margin;
        out_ += fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
            "viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\" lang=\"{2}\">\n<title>{3}</title>\n"
            "<desc>{4}</desc>\n<style>{5}</style>\n",
            width, height, language_, safe(chart_.title), safe(description()), style);
        out_ += fmt::format("<rect class=\"page\" width=\"{:.0f}\" height=\"{:.0f}\"/>\n", width,
                            height);
        text("head", margin, margin + 16, chart_.title, false);
        out_ += fmt::format("<g transform=\"translate({:.1f} {:.1f})\">\n", margin,
                            margin + head_height);
        for (std::size_t i = 1; i < chart_.groups.size(); ++i) group(i);
        for (std::size_t i = 0; i < chart_.arrows.size(); ++i) arrow(i);
        for (std::size_t i = 0; i < chart_.boxes.size(); ++i) box(i);
        for (std::size_t i = 0; i < chart_.arrows.size(); ++i) label(i);
        out_ += "</g>\n";
        draw_legend(margin + head_height + laid_.height + 14);
        out_ += "</svg>\n";
        return std::move(out_);
    }

  private:
    std::string description() const {
        std::string text;
        for (const Box& box : chart_.boxes)
            if (!box.lines.empty()) text += (text.empty() ? "" : "; ") + box.lines.front();
        return text;
    }

    void text(std::string_view name, double x, double y, std::string_view content, bool centred) {
        out_ += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\"{}>{}</text>\n", name, x,
                            y, centred ? " text-anchor=\"middle\"" : "", safe(content));
    }

    void group(std::size_t index) {
        const Place& place = laid_.groups[index];
        const double x = place.at.x - place.width / 2;
        const double y = place.at.y - place.height / 2;
        out_ += fmt::format(
            "<rect class=\"group\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
            "height=\"{:.1f}\" rx=\"10\"/>\n",
            x, y, place.width, place.height);
        text("grouptitle", x + box_padding, y + 18, chart_.groups[index].title, false);
    }

    void arrow(std::size_t index) {
        const std::vector<Point>& curve = laid_.arrows[index];
        if (curve.size() < 4) return;
        const bool move = chart_.arrows[index].move;
        // Three points a piece behind the first; one more is the tip of the head.
        const bool has_tip = curve.size() % 3 == 2;
        const std::size_t last = curve.size() - (has_tip ? 2 : 1);
        std::string path = fmt::format("M{:.1f} {:.1f}", curve[0].x, curve[0].y);
        for (std::size_t i = 1; i + 2 <= last; i += 3)
            path +=
                fmt::format(" C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", curve[i].x, curve[i].y,
                            curve[i + 1].x, curve[i + 1].y, curve[i + 2].x, curve[i + 2].y);
        out_ += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", move ? "move" : "arrow", path);
        if (has_tip) head(curve[last], curve.back(), move ? "movetip" : "tip");
    }

    void head(const Point& base, const Point& tip, std::string_view name) {
        const double dx = tip.x - base.x;
        const double dy = tip.y - base.y;
        constexpr double half = 0.42;
        out_ += fmt::format(
            "<path class=\"{}\" d=\"M{:.1f} {:.1f} L{:.1f} {:.1f} L{:.1f} {:.1f} Z\"/>\n", name,
            tip.x, tip.y, base.x - dy * half, base.y + dx * half, base.x + dy * half,
            base.y - dx * half);
    }

    void label(std::size_t index) {
        const Place& place = laid_.labels[index];
        const std::string& said = chart_.arrows[index].label;
        if (said.empty() || place.width == 0) return;
        const double width = text_width(said, 11) + 4;
        out_ += fmt::format(
            "<rect class=\"under\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
            "height=\"15\" rx=\"3\"/>\n",
            place.at.x - width / 2, place.at.y - 8, width);
        text("label", place.at.x, place.at.y + 4, said, true);
    }

    void box(std::size_t index) {
        const Box& box = chart_.boxes[index];
        const Place& place = laid_.boxes[index];
        out_ += fmt::format("<g><title>{}</title>\n", safe(box.tip));
        if (box.lines.empty()) {
            out_ += fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"/>\n",
                                class_of(box), place.at.x, place.at.y, place.width / 2);
        } else {
            const bool pill = box.kind == BoxKind::granted || box.kind == BoxKind::refused ||
                              box.kind == BoxKind::withdrawn;
            const double x = place.at.x - place.width / 2;
            const double y = place.at.y - place.height / 2;
            out_ += fmt::format(
                "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                "height=\"{:.1f}\" rx=\"{:.1f}\"/>\n",
                class_of(box), x, y, place.width, place.height, pill ? place.height / 2 : 6.0);
            for (std::size_t line = 0; line < box.lines.size(); ++line)
                text(line == 0 ? "title" : "line", place.at.x,
                     y + box_padding / 2 + line_height * static_cast<double>(line) + 13,
                     box.lines[line], true);
        }
        out_ += "</g>\n";
    }

    double entry_width(const std::string& who) const {
        return legend_mark + 8 + text_width(who, line_size) + 24;
    }

    /// Entries go on in a further row where the picture is too narrow.
    double legend_height() {
        const double room = std::max(laid_.width, 360.0);
        double x = 0;
        double rows = chart_.legend.empty() ? 0 : 1;
        for (const std::string& who : chart_.legend) {
            const double width = entry_width(who);
            if (x > 0 && x + width > room) {
                ++rows;
                x = 0;
            }
            x += width;
            legend_width_ = std::max(legend_width_, x);
        }
        return rows * legend_row + (rows > 0 ? 14 : 0);
    }

    void draw_legend(double y) {
        const double room = std::max(laid_.width, 360.0);
        double x = 0;
        for (std::size_t i = 0; i < chart_.legend.size(); ++i) {
            const double width = entry_width(chart_.legend[i]);
            if (x > 0 && x + width > room) {
                x = 0;
                y += legend_row;
            }
            out_ += fmt::format(
                "<rect class=\"box c{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" "
                "height=\"{}\" rx=\"3\"/>\n",
                i % colours, margin + x, y, legend_mark, legend_mark);
            text("line", margin + x + legend_mark + 8, y + 11.5, chart_.legend[i], false);
            x += width;
        }
    }

    const Chart& chart_;
    const Laid& laid_;
    std::string_view language_;
    double legend_width_ = 0;
    std::string out_;
};

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string draw_svg(const Chart& chart, const Laid& laid, std::string_view language) {
    return Drawing(chart, laid, language).run();
}

}  // namespace countersign::cli
