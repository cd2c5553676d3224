// Reads the page of keys; see sections.hpp.

#include "definitions/yaml/sections.hpp"

#include "engine/base/check.hpp"

#include <algorithm>

namespace countersign::yaml {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// The cells of "| a | b |".
std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    line.remove_prefix(1);
    for (std::size_t bar = line.find('|'); bar != std::string_view::npos; bar = line.find('|')) {
        cells.emplace_back(trimmed(line.substr(0, bar)));
        line.remove_prefix(bar + 1);
    }
    return cells;
}

std::vector<Section> read_page(std::string_view page) {
    std::vector<Section> sections;
    while (!page.empty()) {
        const std::size_t end = std::min(page.find('\n'), page.size());
        const std::string_view line = page.substr(0, end);
        page.remove_prefix(std::min(end + 1, page.size()));
        if (line.substr(0, 3) == "## ") {
            sections.push_back({std::string(line.substr(3)), {}});
            continue;
        }
        const bool is_row = line.substr(0, 2) == "| " && line.substr(0, 6) != "| key ";
        if (!is_row) continue;
        std::vector<std::string> cells = cells_of(line);
        CHECK(cells.size() == 4 && !sections.empty());
        KeyRow row;
        row.required = cells[0].back() == '!';
        row.name = cells[0].substr(0, cells[0].size() - (row.required ? 1 : 0));
        row.holds = std::move(cells[1]);
        row.meaning = {std::move(cells[2]), std::move(cells[3])};
        CHECK(sections.back().row(row.name) == nullptr);
        sections.back().rows.push_back(std::move(row));
    }
    return sections;
}

}  // namespace

const KeyRow* Section::row(std::string_view key) const {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const KeyRow& one) { return one.name == key; });
    return found == rows.end() ? nullptr : &*found;
}

const std::vector<Section>& sections() {
    static const std::vector<Section> all = read_page(keys_page);
    return all;
}

const Section& section(std::string_view name) {
    for (const Section& one : sections())
        if (one.name == name) return one;
    CHECK(!"a section that the page of keys does not have");
    return sections().front();
}

}  // namespace countersign::yaml
