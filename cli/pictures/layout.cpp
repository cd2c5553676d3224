// Graphviz as a library: sizes go in, places come out.
#include "cli/pictures/layout.hpp"

#include "definitions/diagnostics/characters.hpp"
#include "engine/base/check.hpp"

#include <fmt/format.h>
#include <graphviz/gvc.h>

#include <algorithm>
#include <map>
#include <string>

namespace countersign::cli {

namespace {

constexpr double points_an_inch = 72;
constexpr double dot_size = 12;
constexpr double label_size = 11;
constexpr double group_title_height = 26;

void set(void* object, const char* name, const std::string& value) {
    agsafeset(object, const_cast<char*>(name), const_cast<char*>(value.c_str()),
              const_cast<char*>(""));
}

Place size_of(const Box& box) {
    if (box.lines.empty()) return {{}, dot_size, dot_size};
    double width = 0;
    for (std::size_t i = 0; i < box.lines.size(); ++i)
        width = std::max(width, text_width(box.lines[i], i == 0 ? title_size : line_size));
    const double height = line_height * static_cast<double>(box.lines.size());
    return {{}, width + 2 * box_padding, height + box_padding};
}

/// A label of a size that we choose: Graphviz would measure it by fonts of its own.
std::string room_for(double width, double height) {
    return fmt::format(
        "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\" "
        "FIXEDSIZE=\"TRUE\" WIDTH=\"{:.0f}\" HEIGHT=\"{:.0f}\"><TR><TD></TD></TR>"
        "</TABLE>",
        width, height);
}

void set_html(Agraph_t* graph, void* object, const char* name, const std::string& html) {
    char* kept = agstrdup_html(graph, const_cast<char*>(html.c_str()));
    agsafeset(object, const_cast<char*>(name), kept, const_cast<char*>(""));
    agstrfree(graph, kept);
}

class Layout {
  public:
    explicit Layout(const Chart& chart) : chart_(chart) {}

    Laid run() {
        GVC_t* context = gvContext();
        CHECK(context != nullptr);
        graph_ = agopen(const_cast<char*>("chart"), Agdirected, nullptr);
        set(graph_, "rankdir", "TB");
        set(graph_, "nodesep", "0.35");
        set(graph_, "ranksep", "0.45");
        set(graph_, "splines", "true");
        set(graph_, "pad", "0");
        add_groups();
        add_boxes();
        add_arrows();
        CHECK(gvLayout(context, graph_, "dot") == 0);
        Laid laid = read();
        gvFreeLayout(context, graph_);
        agclose(graph_);
        gvFreeContext(context);
        return laid;
    }

  private:
    void add_groups() {
        groups_.push_back(graph_);
        for (std::size_t i = 1; i < chart_.groups.size(); ++i) {
            const Group& group = chart_.groups[i];
            std::string name = fmt::format("cluster{}", i);
            Agraph_t* made = agsubg(groups_[group.parent], name.data(), 1);
            set(made, "margin", "14");
            set_html(
                graph_, made, "label",
                room_for(text_width(group.title, line_size) + 2 * box_padding, group_title_height));
            set(made, "labelloc", "t");
            set(made, "labeljust", "l");
            groups_.push_back(made);
        }
    }

    void add_boxes() {
        for (std::size_t i = 0; i < chart_.boxes.size(); ++i) {
            const Box& box = chart_.boxes[i];
            std::string name = fmt::format("box{}", i);
            Agnode_t* node = agnode(groups_[box.group], name.data(), 1);
            const Place size = size_of(box);
            set(node, "shape", box.lines.empty() ? "circle" : "box");
            set(node, "fixedsize", "true");
            set(node, "label", "");
            set(node, "width", fmt::format("{:.4f}", size.width / points_an_inch));
            set(node, "height", fmt::format("{:.4f}", size.height / points_an_inch));
            boxes_.push_back(node);
        }
    }

    void add_arrows() {
        for (const Arrow& arrow : chart_.arrows) {
            Agedge_t* edge = agedge(graph_, boxes_[arrow.from], boxes_[arrow.to], nullptr, 1);
            if (!arrow.label.empty())
                set_html(graph_, edge, "label",
                         room_for(text_width(arrow.label, label_size) + 10, 16));
            set(edge, "arrowsize", "0.8");
            if (arrow.move) set(edge, "weight", "0");
            if (arrow.again) set(edge, "constraint", "false");
            arrows_.push_back(edge);
        }
    }

    Point flipped(const pointf& at) const { return {at.x, height_ - at.y}; }

    Place place_of(const boxf& box) const {
        return {flipped({(box.LL.x + box.UR.x) / 2, (box.LL.y + box.UR.y) / 2}),
                box.UR.x - box.LL.x, box.UR.y - box.LL.y};
    }

    Laid read() {
        Laid laid;
        const boxf whole = GD_bb(graph_);
        height_ = whole.UR.y;
        laid.width = whole.UR.x;
        laid.height = whole.UR.y;
        for (Agraph_t* group : groups_) laid.groups.push_back(place_of(GD_bb(group)));
        for (Agnode_t* node : boxes_)
            laid.boxes.push_back({flipped(ND_coord(node)), ND_width(node) * points_an_inch,
                                  ND_height(node) * points_an_inch});
        for (Agedge_t* edge : arrows_) {
            laid.arrows.push_back(curve_of(edge));
            const textlabel_t* label = ED_label(edge);
            laid.labels.push_back(label == nullptr
                                      ? Place{}
                                      : Place{flipped(label->pos), label->dimen.x, label->dimen.y});
        }
        return laid;
    }

    std::vector<Point> curve_of(Agedge_t* edge) const {
        std::vector<Point> curve;
        const splines* found = ED_spl(edge);
        if (found == nullptr || found->size == 0) return curve;
        const bezier& piece = found->list[0];
        if (piece.sflag != 0) curve.assign(1, flipped(piece.sp));
        for (decltype(piece.size) i = 0; i < piece.size; ++i)
            curve.push_back(flipped(piece.list[i]));
        // The last point is where the arrow's head begins; the head is drawn up to the box.
        if (piece.eflag != 0) curve.push_back(flipped(piece.ep));
        return curve;
    }

    const Chart& chart_;
    Agraph_t* graph_ = nullptr;
    std::vector<Agraph_t*> groups_;
    std::vector<Agnode_t*> boxes_;
    std::vector<Agedge_t*> arrows_;
    double height_ = 0;
};

}  // namespace

double text_width(std::string_view text, double size) {
    double ems = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = diagnostics::character_bytes(text, at);
        const char first = text[at];
        // From three bytes on most are as wide as they are high.
        if (bytes >= 3)
            ems += 1.0;
        else
            ems += first >= 'A' && first <= 'Z' ? 0.72 : 0.58;
        at += bytes;
    }
    return ems * size;
}

Laid lay_out(const Chart& chart) { return Layout(chart).run(); }

}  // namespace countersign::cli
