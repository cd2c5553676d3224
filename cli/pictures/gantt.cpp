// The chart of a case; see gantt.hpp.
#include "cli/pictures/gantt.hpp"

#include "cli/json_view.hpp"
#include "cli/output/moment.hpp"
#include "cli/output/text.hpp"
#include "cli/pictures/layout.hpp"
#include "cli/pictures/svg.hpp"
#include "engine/base/date.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace countersign::cli {

namespace {

namespace json = boost::json;

constexpr double margin = 24;
constexpr double head_height = 52;
constexpr double axis_height = 26;
constexpr double row_height = 26;
constexpr double group_height = 28;
constexpr double bar_height = 12;
constexpr double plot_width = 860;
constexpr double names_max = 340;
constexpr double legend_height = 40;
constexpr std::int64_t day_ms = 86'400'000;

constexpr std::string_view style = R"(
.page{fill:#ffffff}
.head{font:600 18px sans-serif;fill:#1b1f24}
.who{font:600 13px sans-serif;fill:#1b1f24}
.line{font:12px sans-serif;fill:#3d444d}
.small{font:11px sans-serif;fill:#3d444d}
.off{fill:#eceff2}
.grid{stroke:#d4d9de;stroke-width:1}
.plan{fill:#cfe0f5;stroke:#8fb2dc}
.bar{fill:#2f6db5}
.ok{fill:#2a7d3f}
.late{fill:#c23a31}
.cut{fill:#98a1ab}
.due{stroke:#c23a31;stroke-width:1.5;stroke-dasharray:5 3}
.now{stroke:#1b1f24;stroke-width:1.2}
.hatch{stroke:#a67c00;stroke-width:1.4}
.duelabel{font:11px sans-serif;fill:#c23a31}
@media (prefers-color-scheme: dark){
.page{fill:#14171b}
.head,.who{fill:#eef1f4}
.line,.small{fill:#c3cad2}
.off{fill:#20262c}
.grid{stroke:#39414a}
.plan{fill:#1d3148;stroke:#47698f}
.bar{fill:#64a8ff}
.ok{fill:#5cb876}
.late{fill:#e0736b}
.cut{fill:#5d6670}
.due{stroke:#e0736b}
.now{stroke:#eef1f4}
.hatch{stroke:#d1a93a}
.duelabel{fill:#e0736b}
}
)";

std::string safe(std::string_view text) { return escaped(printable_lines(text)); }

/// As much of a text as fits.
std::string fitting(const std::string& text, double width, double size) {
    if (text_width(text, size) <= width) return text;
    std::string cut = text;
    while (!cut.empty() && text_width(cut + "…", size) > width) {
        std::size_t end = cut.size() - 1;
        while (end > 0 && (static_cast<unsigned char>(cut[end]) & 0xc0U) == 0x80U) --end;
        cut.resize(end);
    }
    return cut + "…";
}

/// One row of the chart.
struct Row {
    std::string who;
    std::string title;
    Instant from;
    std::optional<Instant> to;
    std::optional<Instant> plan_from;
    std::optional<Instant> due;
    std::string outcome;
    bool cut = false;
};

class Gantt {
  public:
    Gantt(const json::value& ledger, std::string_view language)
        : ledger_(ledger), language_(language), zh_(language == "zh") {}

    std::string run() {
        read();
        const double height =
            head_height + axis_height + body_height() + legend_height + 2 * margin;
        const double width = names_width_ + plot_width + 2 * margin;
        out_ += fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
            "viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\" lang=\"{2}\">\n<title>{3}</title>\n"
            "<style>{4}</style>\n<defs><pattern id=\"pause\" width=\"7\" height=\"7\" "
            "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><line class=\"hatch\" "
            "x1=\"0\" y1=\"0\" x2=\"0\" y2=\"7\"/></pattern></defs>\n"
            "<rect class=\"page\" width=\"{0:.0f}\" height=\"{1:.0f}\"/>\n",
            width, height, language_, safe(title()), style);
        text("head", margin, margin + 18, title());
        draw_days();
        draw_rows();
        draw_dues();
        draw_now();
        draw_legend(height - margin - legend_height + 22);
        return std::move(out_) + "</svg>\n";
    }

  private:
    std::string word(std::string_view en, std::string_view zh) const {
        return std::string(zh_ ? zh : en);
    }
    std::string title() const {
        return fmt::format("{} {}", title_at(ledger_, "title", language_),
                           text_at(ledger_, "case"));
    }

    // ── What is drawn ──
    void read() {
        offset_ = offset_of(text_at(ledger_, "now"));
        now_ = instant_at(ledger_, "now").value_or(Instant{});
        const Instant begun = instant_at(ledger_, "from").value_or(now_);
        first_ = instant_of(local_time(begun, offset_).date, 0, offset_);
        const Instant last = instant_at(ledger_, "last").value_or(now_);
        last_ = instant_of(local_time(last, offset_).date + 1, 0, offset_);
        for (const json::value& bar : list_at(ledger_, "bars")) {
            Row row;
            row.who = title_at(bar, "who", language_);
            row.title = title_at(bar, "title", language_);
            row.from = instant_at(bar, "from").value_or(begun);
            row.to = instant_at(bar, "to");
            row.plan_from = instant_at(bar, "plan_from");
            row.due = instant_at(bar, "due");
            row.outcome = title_at(bar, "outcome_title", language_);
            row.cut = flag_at(bar, "cut");
            rows_.push_back(std::move(row));
        }
        // By who has it, in the order in which each first had something.
        std::vector<std::string> order;
        for (const Row& row : rows_)
            if (std::find(order.begin(), order.end(), row.who) == order.end())
                order.push_back(row.who);
        std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
            return std::find(order.begin(), order.end(), a.who) <
                   std::find(order.begin(), order.end(), b.who);
        });
        groups_ = order.size();
        for (const Row& row : rows_) {
            names_width_ = std::max(names_width_, text_width(row.title, line_size) + 30);
            names_width_ = std::max(names_width_, text_width(row.who, 13) + 20);
        }
        names_width_ = std::min(names_width_, names_max);
    }

    double body_height() const {
        return static_cast<double>(rows_.size()) * row_height +
               static_cast<double>(groups_) * group_height + 8;
    }
    double top() const { return margin + head_height + axis_height; }
    double bottom() const { return top() + body_height(); }
    double left() const { return margin + names_width_; }
    double x_of(Instant at) const {
        const double share = static_cast<double>(at.ms - first_.ms) /
                             static_cast<double>(std::max<std::int64_t>(1, last_.ms - first_.ms));
        return left() + std::clamp(share, 0.0, 1.0) * plot_width;
    }

    // ── Drawing ──
    void text(std::string_view name, double x, double y, const std::string& said,
              std::string_view anchor = "start") {
        out_ += fmt::format(
            "<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", name, x,
            y, anchor, safe(said));
    }
    void rect(std::string_view name, double from, double to, double y, double height,
              std::string_view more = {}) {
        out_ += fmt::format(
            "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
            "height=\"{:.1f}\"{}/>\n",
            name, from, y, std::max(1.5, to - from), height, more);
    }
    void upright(std::string_view name, double x, double from, double to) {
        out_ += fmt::format(
            "<line class=\"{0}\" x1=\"{1:.1f}\" y1=\"{2:.1f}\" x2=\"{1:.1f}\" y2=\"{3:.1f}\"/>\n",
            name, x, from, to);
    }

    /// Days off shaded; a date at each day, each Monday or each first, as there is room.
    void draw_days() {
        for (const json::value& off : list_at(ledger_, "off"))
            rect("off", x_of(instant_at(off, "from").value_or(first_)),
                 x_of(instant_at(off, "to").value_or(first_)), top() - 4, body_height() + 4);
        const std::int64_t days = (last_.ms - first_.ms) / day_ms;
        const double a_day = plot_width / static_cast<double>(std::max<std::int64_t>(1, days));
        const std::int64_t step =
            std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(46 / a_day)));
        for (std::int64_t day = 0; day <= days; day += step) {
            const Instant at{first_.ms + day * day_ms};
            upright("grid", x_of(at), top() - 4, bottom());
            if (day == days) break;
            const std::string date = local_time(at, offset_).date.text();
            text("small", x_of(at) + 3, top() - 10, date.substr(5));
        }
        for (const json::value& clock : list_at(ledger_, "dues"))
            for (const json::value& pause : list_at(clock, "pauses"))
                rect("pause", x_of(instant_at(pause, "from").value_or(first_)),
                     x_of(instant_at(pause, "to").value_or(first_)), top() - 4, body_height() + 4,
                     " fill=\"url(#pause)\" fill-opacity=\".35\"");
    }

    void draw_bar(const Row& row, double y) {
        const double at = y + (row_height - bar_height) / 2;
        if (row.plan_from && row.due)
            rect("plan", x_of(*row.plan_from), x_of(*row.due), at - 3, bar_height + 6, " rx=\"3\"");
        const Instant to = row.to.value_or(std::max(now_, row.from));
        const std::string_view name = row.cut ? "cut" : row.to ? "ok" : "bar";
        const bool late = row.due && to > *row.due;
        const Instant good = late ? std::max(row.from, *row.due) : to;
        if (good > row.from || !late) rect(name, x_of(row.from), x_of(good), at, bar_height);
        if (late) rect("late", x_of(good), x_of(to), at, bar_height);
        const double behind = x_of(std::max(to, row.due.value_or(to))) + 6;
        const double room = left() + plot_width - behind;
        if (!row.outcome.empty() && text_width(row.outcome, 11) < room)
            text("small", behind, at + 10, row.outcome);
    }

    void draw_rows() {
        double y = top();
        const std::string* who = nullptr;
        for (const Row& row : rows_) {
            if (who == nullptr || *who != row.who) {
                text("who", margin, y + 19, fitting(row.who, names_width_ - 10, 13));
                y += group_height;
                who = &row.who;
            }
            out_ += fmt::format("<g><title>{}</title>\n", safe(row.title));
            text("line", margin + 14, y + 17, fitting(row.title, names_width_ - 24, line_size));
            draw_bar(row, y);
            out_ += "</g>\n";
            y += row_height;
        }
    }

    /// The case's own dues as lines; their names stand above the axis, the later one higher where
    /// both would not fit beside each other.
    void draw_dues() {
        double free = left();
        for (const json::value& clock : list_at(ledger_, "dues")) {
            const auto due = instant_at(clock, "due");
            if (!due) continue;
            const std::string name = title_at(clock, "title", language_);
            const double x = x_of(*due);
            upright("due", x, top() - 4, bottom());
            const double width = text_width(name, 11);
            const double begins = std::min(x - width / 2, left() + plot_width - width);
            const bool fits = begins >= free;
            text("duelabel", begins, top() - (fits ? 26 : 40), name);
            if (fits) free = begins + width + 8;
        }
    }

    void draw_now() {
        if (flag_at(ledger_, "ended")) return;
        upright("now", x_of(now_), top() - 4, bottom());
    }

    void draw_legend(double y) {
        double x = margin;
        const auto entry = [&](std::string_view name, const std::string& said,
                               std::string_view more = {}) {
            rect(name, x, x + 18, y - 10, bar_height, more);
            text("small", x + 24, y, said);
            x += 24 + text_width(said, 11) + 22;
        };
        entry("plan", word("limit", "时限"));
        entry("ok", word("done", "已办结"));
        entry("bar", word("at work", "办理中"));
        entry("late", word("past its due", "超期"));
        entry("cut", word("cancelled", "取消"));
        entry("off", word("no working day", "非工作日"));
        entry("pause", word("clocks stand still", "停表"),
              " fill=\"url(#pause)\" fill-opacity=\".6\"");
    }

    const json::value& ledger_;
    std::string_view language_;
    bool zh_;
    int offset_ = 0;
    Instant now_;
    Instant first_;
    Instant last_;
    std::vector<Row> rows_;
    std::size_t groups_ = 0;
    double names_width_ = 120;
    std::string out_;
};

}  // namespace

std::string draw_gantt(const json::value& ledger, std::string_view language) {
    return Gantt(ledger, language).run();
}

}  // namespace countersign::cli
