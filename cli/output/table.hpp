#pragma once
// Tables: columns stand under each other whatever the script, and fit the terminal.

#include "cli/output/terminal.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::cli {

/// A cell: its text (made printable when it is drawn) and how it looks.
struct Cell {
    std::string text;
    Style style = Style::plain;
    Cell(std::string text_, Style style_ = Style::plain) : text(std::move(text_)), style(style_) {}
    Cell(std::string_view text_, Style style_ = Style::plain) : text(text_), style(style_) {}
    Cell(const char* text_, Style style_ = Style::plain) : text(text_), style(style_) {}
};

/// A column's heading and its behaviour when the terminal is narrow.
struct Column {
    std::string heading;
    bool flexible = false;  ///< may be cut; ids and times are not
    bool right = false;     ///< numbers
};

/// Rows of cells under headings. A row may have fewer cells than there are columns, not more.
class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    void add(std::vector<Cell> row);
    bool empty() const { return rows_.empty(); }

    /// Returns the table, each line ended by a line break, without trailing blanks. On a terminal
    /// the widest flexible columns are cut until it fits, to no less than eight columns each.
    std::string draw(const Terminal& terminal) const;

  private:
    std::vector<int> widths(int columns_max) const;
    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

/// Returns "name   value" lines whose values stand under each other; rows with an empty value are
/// left out. Long values go on in lines of their own on a terminal.
std::string draw_facts(const std::vector<std::pair<std::string, Cell>>& facts,
                       const Terminal& terminal);

}  // namespace countersign::cli
