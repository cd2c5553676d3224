// Readers of small things; see reading.hpp.

#include "definitions/reading.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

bool is_word_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_working(calendar::Unit unit) {
    return unit == calendar::Unit::working_day || unit == calendar::Unit::working_hour;
}

/// Milliseconds of a unit of elapsed or calendar time; 0 for units of working time.
std::int64_t unit_ms(calendar::Unit unit) {
    switch (unit) {
        case calendar::Unit::second:
            return 1'000;
        case calendar::Unit::minute:
            return 60'000;
        case calendar::Unit::hour:
            return 3'600'000;
        case calendar::Unit::day:
            return 86'400'000;
        case calendar::Unit::month:
            return 30LL * 86'400'000;
        case calendar::Unit::year:
            return 365LL * 86'400'000;
        case calendar::Unit::working_day:
        case calendar::Unit::working_hour:
            return 0;
    }
    return 0;
}

}  // namespace

bool is_id(std::string_view text, bool hyphens) {
    if (text.empty() || text.size() > 64 || !(text[0] >= 'a' && text[0] <= 'z')) return false;
    const char joint = hyphens ? '-' : '_';
    if (text.back() == joint) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == joint && text[i - 1] != joint) continue;
        if (!is_word_character(text[i])) return false;
    }
    return true;
}

std::optional<std::string> read_id(const Node& node, Diagnostics& found, std::string_view what,
                                   bool hyphens) {
    auto text = yaml::as_text(node, found, what);
    if (!text) return std::nullopt;
    if (is_id(*text, hyphens)) return text;
    std::string cure;
    for (const char c : *text) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (is_word_character(lower))
            cure += lower;
        else if ((lower == '-' || lower == '_' || lower == ' ') && !cure.empty())
            cure += hyphens ? '-' : '_';
    }
    found.error("CS2002", node.span,
                std::string(what) + " `" + *text +
                    "` is not an id: lower-case words of letters and "
                    "digits joined by " +
                    (hyphens ? "hyphens" : "underscores"),
                is_id(cure, hyphens) ? "write `" + cure + "`" : "");
    return std::nullopt;
}

Text read_title(const Node* node, Diagnostics& found, std::string_view what) {
    if (node == nullptr) return {};
    const auto title = yaml::as_title(*node, found, what);
    if (!title) return {};
    if (node->is_mapping() && (title->en.empty() || title->zh.empty())) {
        found.warning(
            "CS2101", node->span,
            std::string(what) + " has no text in " + (title->en.empty() ? "English" : "Chinese"),
            std::string("add `") + (title->en.empty() ? "en" : "zh") + ": …`");
    }
    return *title;
}

Text read_basis(const Node* node, Diagnostics& found) {
    if (node == nullptr) return {};
    return yaml::as_title(*node, found, "`legal_basis`").value_or(Text{});
}

std::optional<calendar::Limit> read_limit(const Node& node, Diagnostics& found,
                                          std::string_view what) {
    const std::string hint =
        "write a number and a unit: `3wd` working days, `4wh` working hours, `10d`, "
        "`1month`, `1year`, `2h`, `30min`, `30s`";
    if (!node.is_scalar()) {
        found.error(
            "CS2014", node.span,
            std::string(what) + " must be a length of time, but this is " + yaml::describe(node),
            hint);
        return std::nullopt;
    }
    auto limit = calendar::Limit::parse(node.text);
    if (!limit) {
        found.error(
            "CS2014", node.span,
            std::string(what) + " must be a length of time, but this is " + yaml::describe(node),
            hint);
        return std::nullopt;
    }
    return *limit;
}

std::optional<int> compare_limits(const calendar::Limit& a, const calendar::Limit& b) {
    const auto sign = [](std::int64_t x, std::int64_t y) { return x < y ? -1 : x > y ? 1 : 0; };
    if (a.unit == b.unit) return sign(a.count, b.count);
    if (is_working(a.unit) != is_working(b.unit)) {
        // n working days take at least n - 1 whole days, so they may be surely longer, never surely
        // shorter.
        if (a.unit == calendar::Unit::working_day &&
            a.count * 86'400'000 > b.count * unit_ms(b.unit) + 86'400'000)
            return 1;
        if (b.unit == calendar::Unit::working_day &&
            b.count * 86'400'000 > a.count * unit_ms(a.unit) + 86'400'000)
            return -1;
        return std::nullopt;
    }
    if (is_working(a.unit)) return std::nullopt;
    return sign(a.count * unit_ms(a.unit), b.count * unit_ms(b.unit));
}

std::vector<model::Outcome> read_outcomes(const Node& node, Diagnostics& found,
                                          std::string_view what) {
    std::vector<model::Outcome> outcomes;
    if (!yaml::expect_mapping(node, found, what)) return outcomes;
    for (const auto& [key, value] : node.entries) {
        const auto name = read_id(key, found, "the outcome", false);
        if (!name) continue;
        const std::string kind = value.is_scalar() ? value.text : "";
        if (*name == "timeout" || *name == "failure") {
            found.error("CS2015", key.span,
                        "`" + *name + "` is an outcome that every step may have",
                        "leave it out here, and say in `on` what follows");
        } else if (kind == "ok") {
            outcomes.push_back({*name, model::OutcomeKind::ok});
        } else if (kind == "refusal") {
            outcomes.push_back({*name, model::OutcomeKind::refusal});
        } else if (kind == "supplement") {
            outcomes.push_back({*name, model::OutcomeKind::supplement});
        } else {
            found.error("CS2015", value.span,
                        "the outcome `" + *name + "` must be of a kind, but this is " +
                            yaml::describe(value),
                        "write `ok`, `refusal` or `supplement`");
        }
    }
    return outcomes;
}

std::optional<std::int64_t> read_count(const Node& node, Diagnostics& found, std::string_view what,
                                       std::int64_t low, std::int64_t high) {
    const auto number = yaml::as_integer(node, found, what);
    if (!number) return std::nullopt;
    if (*number >= low && *number <= high) return number;
    found.error("CS2016", node.span,
                std::string(what) + " must lie between " + std::to_string(low) + " and " +
                    std::to_string(high));
    return std::nullopt;
}

void refuse_unavailable(yaml::Keys& keys, const Node& node, Diagnostics& found,
                        const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        keys.also(name);
        if (const auto* entry = node.entry(name)) {
            found.error("CS2009", entry->key.span,
                        "`" + name + "` is not available in this version");
        }
    }
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
        text += "`" + names[i] + "`";
    }
    return text;
}

}  // namespace countersign::definitions
