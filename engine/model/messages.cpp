// Messages about fields.

#include "engine/model/messages.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::model {

namespace {

/// Levenshtein's distance in bytes; names are short.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

}  // namespace

Text label_of(const Field& field, const std::string& path) {
    if (!field.title.empty())
        return {field.title.in("en"), fmt::format("“{}”", field.title.in("zh"))};
    if (path.empty()) return {"The form", "表单"};
    return {fmt::format("`{}`", path), fmt::format("“{}”", path)};
}

Text label_of_item(const Text& list, std::size_t index) {
    return {fmt::format("{}, item {},", list.en, index + 1),
            fmt::format("{}第{}项", list.zh, index + 1)};
}

Text message(const Text& label, std::string_view en, std::string_view zh) {
    return {fmt::format("{} {}", label.en, en), fmt::format("{}{}", label.zh, zh)};
}

std::string number_text(double value) { return fmt::format("{}", value); }

std::string nearest_name(std::string_view name, const std::vector<std::string_view>& known) {
    // Whoever sends names of kilobytes did not mistype one.
    constexpr std::size_t bytes_max = 64;
    if (name.empty() || name.size() > bytes_max) return {};
    std::size_t best = std::max<std::size_t>(1, name.size() / 3) + 1;
    std::string found;
    for (const std::string_view candidate : known) {
        if (candidate.size() > bytes_max) continue;
        const std::size_t edits = distance(name, candidate);
        if (edits >= best || edits >= std::max(name.size(), candidate.size())) continue;
        best = edits;
        found = candidate;
    }
    return found;
}

}  // namespace countersign::model
