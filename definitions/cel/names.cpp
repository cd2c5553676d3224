// Edit distance with neighbouring swaps (optimal string alignment), over three rows.
#include "definitions/cel/names.hpp"

#include "engine/base/text.hpp"

#include <algorithm>

namespace countersign::cel {

namespace {

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
    const std::size_t allowed = name.size() < 5 ? 1 : 2;
    std::string best;
    std::size_t best_distance = allowed + 1;
    for (const std::string& candidate : known) {
        if (candidate.size() > name.size() + allowed || name.size() > candidate.size() + allowed)
            continue;
        const std::size_t found = distance(name, candidate);
        if (found >= best_distance) continue;
        best = candidate;
        best_distance = found;
    }
    return best;
}

Text did_you_mean(std::string_view near) {
    return near.empty() ? Text{} : format_both("did you mean '{}'?", "是否应为'{}'？", near);
}

}  // namespace countersign::cel
