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

/// Returns the limit that people mean by "3 wd", "3 working days", "3个工作日"; else nothing.
std::string meant_limit(std::string_view text) {
    struct Unit {
        std::string_view said;
        const char* written;
    };
    static constexpr Unit units[] = {
        {"workingdays", "wd"}, {"workingday", "wd"}, {"workdays", "wd"},  {"workday", "wd"},
        {"个工作日", "wd"},    {"工作日", "wd"},     {"工作小时", "wh"},  {"workinghours", "wh"},
        {"workinghour", "wh"}, {"days", "d"},        {"day", "d"},        {"天", "d"},
        {"日", "d"},           {"个月", "month"},    {"months", "month"}, {"年", "year"},
        {"years", "year"},     {"hours", "h"},       {"hour", "h"},       {"小时", "h"},
        {"个小时", "h"},       {"minutes", "min"},   {"分钟", "min"}};
    std::string bare;
    for (const char c : text)
        if (c != ' ') bare += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const std::size_t digits = std::min(bare.find_first_not_of("0123456789"), bare.size());
    for (const Unit& unit : units)
        if (std::string_view(bare).substr(digits) == unit.said)
            bare = bare.substr(0, digits) + unit.written;
    return calendar::Limit::parse(bare) ? bare : "";
}

Text cure_of_limit(const std::string& meant) {
    if (meant.empty())
        return {
            "write a number and a unit: `3wd` working days, `4wh` working hours, `10d`, "
            "`1month`, `1year`, `2h`, `30min`, `30s`",
            "请写数字加单位：`3wd`（工作日）、`4wh`（工作小时）、`10d`（日）、`1month`、"
            "`1year`、`2h`、`30min`、`30s`"};
    const std::string count = meant.substr(0, meant.find_first_not_of("0123456789"));
    if (meant == count + "d")
        return format_both("write `{0}`, or `{1}wd` for working days",
                           "请写`{0}`；如指工作日，请写`{1}wd`", meant, count);
    return format_both("write `{}`", "请写`{}`", meant);
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

std::optional<std::string> read_id(const Node& node, Diagnostics& found, const Text& what,
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
    found.error(
        "CS2002", node.span,
        format_both("{} `{}` is not an id: lower-case words of letters and digits joined by {}",
                    "{}`{}`不能作标识：标识由小写字母和数字组成，词间用{}连接", what, *text,
                    hyphens ? Text{"hyphens", "连字符"} : Text{"underscores", "下划线"}),
        is_id(cure, hyphens) ? format_both("write `{}`", "请写`{}`", cure) : Text{});
    return std::nullopt;
}

Text read_title(const Node* node, Diagnostics& found, const Text& what) {
    if (node == nullptr) return {};
    const auto title = yaml::as_title(*node, found, what);
    if (!title) return {};
    if (node->is_mapping() && (title->en.empty() || title->zh.empty())) {
        found.warning(
            "CS2101", node->span,
            format_both("{} has no text in {}", "{}没有{}文本", what,
                        title->en.empty() ? Text{"English", "英文"} : Text{"Chinese", "中文"}),
            format_both("add `{}: …`", "请补上`{}: …`", title->en.empty() ? "en" : "zh"));
    }
    return *title;
}

Text read_basis(const Node* node, Diagnostics& found) {
    if (node == nullptr) return {};
    return yaml::as_title(*node, found, ticked("legal_basis")).value_or(Text{});
}

std::optional<calendar::Limit> read_limit(const Node& node, Diagnostics& found, const Text& what) {
    if (node.is_scalar())
        if (const auto limit = calendar::Limit::parse(node.text)) return *limit;
    const std::string meant = node.is_scalar() ? meant_limit(node.text) : "";
    found.error("CS2014", node.span,
                format_both("{} must be a length of time, but this is {}", "{}应为时长，但此处是{}",
                            what, yaml::describe(node)),
                cure_of_limit(meant));
    return std::nullopt;
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

std::vector<model::Outcome> read_outcomes(const Node& node, Diagnostics& found, const Text& what) {
    std::vector<model::Outcome> outcomes;
    if (!yaml::expect_mapping(node, found, what)) return outcomes;
    for (const auto& [key, value] : node.entries) {
        const auto name = read_id(key, found, {"the outcome", "结果"}, false);
        if (!name) continue;
        const std::string kind = value.is_scalar() ? value.text : "";
        if (*name == "timeout" || *name == "failure") {
            found.error("CS2015", key.span,
                        format_both("`{}` is an outcome that every step may have",
                                    "`{}`是每个步骤都可能有的结果", *name),
                        {"leave it out here, and say in `on` what follows",
                         "此处请去掉，在`on`中写明随后怎么办"});
        } else if (kind == "ok") {
            outcomes.push_back({*name, model::OutcomeKind::ok});
        } else if (kind == "refusal") {
            outcomes.push_back({*name, model::OutcomeKind::refusal});
        } else if (kind == "supplement") {
            outcomes.push_back({*name, model::OutcomeKind::supplement});
        } else {
            found.error("CS2015", value.span,
                        format_both("the outcome `{}` must be of a kind, but this is {}",
                                    "结果`{}`应写明种类，但此处是{}", *name, yaml::describe(value)),
                        {"write `ok`, `refusal` or `supplement`",
                         "请写`ok`（通过）、`refusal`（不予）或`supplement`（补正）"});
        }
    }
    return outcomes;
}

std::optional<std::int64_t> read_count(const Node& node, Diagnostics& found, const Text& what,
                                       std::int64_t low, std::int64_t high) {
    const auto number = yaml::as_integer(node, found, what);
    if (!number) return std::nullopt;
    if (*number >= low && *number <= high) return number;
    found.error(
        "CS2016", node.span,
        format_both("{} must lie between {} and {}", "{}应在 {} 与 {} 之间", what, low, high),
        format_both("write `{}` or {}", "请写`{}`或{}", *number < low ? low : high,
                    *number < low ? Text{"more", "更大的数"} : Text{"less", "更小的数"}));
    return std::nullopt;
}

void refuse_unavailable(yaml::Keys& keys, const Node& node, Diagnostics& found,
                        const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        keys.also(name);
        if (const auto* entry = node.entry(name)) {
            found.error(
                "CS2009", entry->key.span, not_available(name),
                {"leave it out until a later version has it", "请先去掉，待以后的版本支持"});
        }
    }
}

Text not_available(std::string_view name) {
    return format_both("`{}` is not available in this version", "本版本尚不支持`{}`", name);
}

Text listed(const std::vector<std::string>& names) {
    Text text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool last = i + 1 == names.size();
        if (i > 0)
            text = format_both("{}{}", "{}{}", text, last ? Text{" or ", "或"} : Text{", ", "、"});
        text = format_both("{}`{}`", "{}`{}`", text, names[i]);
    }
    return text;
}

}  // namespace countersign::definitions
