// The nearest of known names: optimal string alignment over characters, in half edits, so that a
// wrong case counts as half a replacement.

#include "definitions/diagnostics/characters.hpp"
#include "definitions/diagnostics/diagnostic.hpp"
#include "engine/base/text.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace countersign::diagnostics {

namespace {

/// Longer names are not compared: the cost is quadratic and nobody mistypes them.
constexpr std::size_t characters_max = 64;

std::vector<std::string_view> characters_of(std::string_view text) {
    std::vector<std::string_view> characters;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = character_bytes(text, at);
        characters.push_back(text.substr(at, bytes));
        at += bytes;
    }
    return characters;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t replacement_cost(std::string_view a, std::string_view b) {
    if (a == b) return 0;
    return a.size() == 1 && b.size() == 1 && lower(a[0]) == lower(b[0]) ? 1 : 2;
}

std::size_t half_edits(const std::vector<std::string_view>& a,
                       const std::vector<std::string_view>& b) {
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = 2 * j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = 2 * i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({above[j] + 2, row[j - 1] + 2,
                               above[j - 1] + replacement_cost(a[i - 1], b[j - 1])});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 2);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
    const auto wanted = characters_of(name);
    if (wanted.empty() || wanted.size() > characters_max) return {};
    std::size_t best = 2 * std::max<std::size_t>(1, wanted.size() / 3) + 1;
    std::string found;
    for (const std::string& candidate : candidates) {
        const auto characters = characters_of(candidate);
        if (characters.size() > characters_max) continue;
        const std::size_t distance = half_edits(wanted, characters);
        // One replacement turns any one-character name into any other: that is no likeness.
        if (distance >= best || distance >= 2 * std::max(wanted.size(), characters.size()))
            continue;
        best = distance;
        found = candidate;
    }
    return found;
}

Text did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
    constexpr std::size_t listed_max = 10;
    if (const std::string near = nearest(name, candidates); !near.empty())
        return format_both("did you mean `{}`?", "是否应为`{}`？", near);
    if (candidates.empty()) return {};
    const std::size_t shown = std::min(candidates.size(), listed_max);
    const std::vector<std::string> list(candidates.begin(),
                                        candidates.begin() + static_cast<std::ptrdiff_t>(shown));
    const bool has_more = candidates.size() > shown;
    return {fmt::format("known are `{}`{}", fmt::join(list, "`, `"), has_more ? ", …" : ""),
            fmt::format("可用的有`{}`{}", fmt::join(list, "`、`"), has_more ? "等" : "")};
}

}  // namespace countersign::diagnostics
