// Tables and lists of facts, laid out by display width.
#include "cli/output/table.hpp"

#include "cli/output/text.hpp"
#include "engine/base/check.hpp"
#include "engine/base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace countersign::cli {

namespace {

constexpr int gap = 2;             ///< blanks between columns
constexpr int flexible_least = 8;  ///< columns that a flexible column keeps

void append_line(std::string& out, std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    out.append(line).push_back('\n');
}

}  // namespace

void Table::add(std::vector<Cell> row) {
    CHECK(row.size() <= columns_.size());
    for (Cell& cell : row) cell.text = printable(cell.text);
    rows_.push_back(std::move(row));
}

std::vector<int> Table::widths(int columns_max) const {
    std::vector<int> widths;
    for (const Column& column : columns_) widths.push_back(display_width(column.heading));
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row[i].text));
    if (columns_max == 0) return widths;
    const int gaps = gap * (static_cast<int>(columns_.size()) - 1);
    while (std::accumulate(widths.begin(), widths.end(), gaps) > columns_max) {
        int* widest = nullptr;
        for (std::size_t i = 0; i < widths.size(); ++i)
            if (columns_[i].flexible && widths[i] > flexible_least &&
                (widest == nullptr || widths[i] > *widest))
                widest = &widths[i];
        if (widest == nullptr) break;
        --*widest;
    }
    return widths;
}

std::string Table::draw(const Terminal& terminal) const {
    const std::vector<int> width = widths(terminal.columns);
    std::string out;
    const auto draw_row = [&](const std::vector<Cell>& row) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i != 0) line.append(gap, ' ');
            const std::string shown = truncated(row[i].text, width[i]);
            const std::string filled =
                columns_[i].right ? padded_left(shown, width[i]) : padded(shown, width[i]);
            // Blanks stay outside of the style, so that they can be cut at the line's end.
            const std::size_t from = filled.find(shown);
            line += filled.substr(0, from);
            line += terminal.styled(shown, row[i].style);
            line += filled.substr(from + shown.size());
        }
        append_line(out, std::move(line));
    };
    std::vector<Cell> headings;
    for (const Column& column : columns_) headings.emplace_back(column.heading, Style::bold);
    draw_row(headings);
    for (const auto& row : rows_) draw_row(row);
    return out;
}

std::string draw_facts(const std::vector<std::pair<std::string, Cell>>& facts,
                       const Terminal& terminal) {
    int names = 0;
    for (const auto& [name, cell] : facts)
        if (!cell.text.empty()) names = std::max(names, display_width(name));
    const int room =
        terminal.columns == 0 ? 1'000'000 : std::max(20, terminal.columns - names - gap);
    std::string out;
    for (const auto& [name, cell] : facts) {
        if (cell.text.empty()) continue;
        std::string label = padded(name, names + gap);
        for (const std::string& part : wrapped(printable(cell.text), room)) {
            append_line(out,
                        terminal.styled(label, Style::dim) + terminal.styled(part, cell.style));
            label.assign(static_cast<std::size_t>(names + gap), ' ');
        }
    }
    return out;
}

}  // namespace countersign::cli
