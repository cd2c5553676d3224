// Typed access to nodes.

#include "definitions/yaml/access.hpp"

#include "engine/base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace countersign::yaml {

namespace {

std::string shortened(const std::string& text) {
    constexpr std::size_t bytes_max = 40;
    std::string line = text.substr(0, text.find('\n'));
    if (line.size() <= bytes_max) return line;
    std::size_t cut = bytes_max;
    while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xc0U) == 0x80U) --cut;
    return line.substr(0, cut) + "…";
}

void wrong_kind(const Node& node, Diagnostics& diagnostics, const Text& what, const Text& wanted,
                Text suggestion = {}) {
    diagnostics.error("CS1018", node.span,
                      format_both("{} must be {}, but here is {}", "{}应为{}，但此处是{}", what,
                                  wanted, describe(node)),
                      std::move(suggestion));
}

/// `a:b` alone is a text, and so is `a：b`; who wrote it meant a key and its value.
Text space_after_colon(const Node& node) {
    if (!node.is_scalar() || !node.is_plain()) return {};
    constexpr std::string_view full_width = "：";
    const std::size_t wide = node.text.find(full_width);
    if (wide != 0 && wide != std::string::npos)
        return format_both("write a half-width colon and a space: `{}: {}`",
                           "请用半角冒号加空格：`{}: {}`", node.text.substr(0, wide),
                           shortened(node.text.substr(wide + full_width.size())));
    const std::size_t colon = node.text.find(':');
    if (colon == 0 || colon == std::string::npos) return {};
    if (colon + 1 < node.text.size() && node.text[colon + 1] == '/') return {};
    return format_both("write a space after the colon: `{}: {}`", "冒号后请加空格：`{}: {}`",
                       node.text.substr(0, colon), shortened(node.text.substr(colon + 1)));
}

/// The cure for a number in quotes.
Text without_quotes(const Node& node) {
    if (!node.is_scalar() || node.is_plain()) return {};
    return {"write it without quotes", "请去掉引号"};
}

}  // namespace

Text describe(const Node& node) {
    switch (node.kind) {
        case NodeKind::null:
            return {"nothing", "空的"};
        case NodeKind::sequence:
            return {"a list", "列表"};
        case NodeKind::mapping:
            return {"a mapping", "键值对"};
        case NodeKind::scalar:
            break;
    }
    if (node.text.empty()) return {"an empty text", "空文本"};
    Text type{"text", "文本"};
    switch (node.type()) {
        case ScalarType::text:
            break;
        case ScalarType::boolean:
            type = {"boolean", "布尔值"};
            break;
        case ScalarType::integer:
            type = {"integer", "整数"};
            break;
        case ScalarType::real:
            type = {"number", "数字"};
            break;
    }
    return format_both("the {} `{}`", "{}`{}`", type, shortened(node.text));
}

std::optional<std::string> as_text(const Node& node, Diagnostics& diagnostics, const Text& what) {
    if (node.is_scalar() && node.type() == ScalarType::text && !node.text.empty()) return node.text;
    const bool is_other_scalar = node.is_scalar() && !node.text.empty();
    wrong_kind(node, diagnostics, what, {"a text", "文本"},
               is_other_scalar
                   ? format_both("put it in quotes: `{}`", "请加引号：`{}`", quoted(node.text))
                   : Text{});
    return std::nullopt;
}

std::optional<std::string> as_expression(const Node& node, Diagnostics& diagnostics,
                                         const Text& what) {
    if (node.is_scalar() && !node.text.empty()) return node.text;
    wrong_kind(node, diagnostics, what, {"an expression", "表达式"},
               node.is_scalar() || node.is_null()
                   ? Text{}
                   : Text{"put the whole expression in quotes", "请把整个表达式放在引号内"});
    return std::nullopt;
}

std::optional<std::int64_t> as_integer(const Node& node, Diagnostics& diagnostics,
                                       const Text& what) {
    if (node.is_scalar() && node.type() == ScalarType::integer) {
        std::string_view digits = node.text;
        if (digits.front() == '+') digits.remove_prefix(1);
        std::int64_t value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error == std::errc() && end == digits.data() + digits.size()) return value;
        const bool too_large = error == std::errc::result_out_of_range;
        wrong_kind(node, diagnostics, what,
                   too_large ? Text{"an integer of at most 19 digits", "不超过19位的整数"}
                             : Text{"a decimal integer", "十进制整数"});
        return std::nullopt;
    }
    wrong_kind(node, diagnostics, what, {"an integer", "整数"}, without_quotes(node));
    return std::nullopt;
}

std::optional<double> as_number(const Node& node, Diagnostics& diagnostics, const Text& what) {
    const bool is_numeric =
        node.is_scalar() && (node.type() == ScalarType::integer || node.type() == ScalarType::real);
    if (is_numeric) {
        std::string_view digits = node.text;
        if (digits.front() == '+') digits.remove_prefix(1);
        double value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error == std::errc() && end == digits.data() + digits.size() && std::isfinite(value))
            return value;
        wrong_kind(node, diagnostics, what, {"a decimal number", "十进制数字"});
        return std::nullopt;
    }
    wrong_kind(node, diagnostics, what, {"a number", "数字"}, without_quotes(node));
    return std::nullopt;
}

std::optional<bool> as_boolean(const Node& node, Diagnostics& diagnostics, const Text& what) {
    if (node.is_scalar() && node.type() == ScalarType::boolean)
        return node.text[0] == 't' || node.text[0] == 'T';
    const std::string& text = node.text;
    const bool means_true = text == "yes" || text == "on" || text == "Yes" || text == "true";
    const bool means_false = text == "no" || text == "off" || text == "No" || text == "false";
    wrong_kind(node, diagnostics, what, {"`true` or `false`", "`true`或`false`"},
               means_true    ? Text{"write `true`", "请写`true`"}
               : means_false ? Text{"write `false`", "请写`false`"}
                             : Text{});
    return std::nullopt;
}

std::optional<Text> as_title(const Node& node, Diagnostics& diagnostics, const Text& what) {
    if (!node.is_mapping()) {
        const auto text = as_text(node, diagnostics, what);
        if (!text) return std::nullopt;
        return Text{*text, {}};
    }
    Keys keys(node, diagnostics, what);
    Text title;
    const std::size_t errors = diagnostics.errors();
    if (const Node* en = keys.optional("en"))
        title.en =
            as_text(*en, diagnostics, format_both("`en` of {}", "{}的`en`", what)).value_or("");
    if (const Node* zh = keys.optional("zh"))
        title.zh =
            as_text(*zh, diagnostics, format_both("`zh` of {}", "{}的`zh`", what)).value_or("");
    keys.finish();
    if (diagnostics.errors() != errors) return std::nullopt;
    if (!title.empty()) return title;
    diagnostics.error("CS1021", node.span,
                      format_both("{} needs `en` or `zh`", "{}缺少`en`或`zh`", what),
                      {"write `{ en: …, zh: … }`", "请写成`{ en: …, zh: … }`"});
    return std::nullopt;
}

std::optional<std::vector<const Node*>> as_texts(const Node& node, Diagnostics& diagnostics,
                                                 const Text& what) {
    std::vector<const Node*> texts;
    const std::size_t errors = diagnostics.errors();
    if (node.is_sequence()) {
        for (const Node& item : node.items) {
            as_text(item, diagnostics, format_both("each item of {}", "{}的每一项", what));
            texts.push_back(&item);
        }
    } else if (node.is_scalar() && as_text(node, diagnostics, what)) {
        texts.push_back(&node);
    } else if (!node.is_scalar()) {
        wrong_kind(node, diagnostics, what, {"a text or a list of texts", "文本或文本列表"});
    }
    if (diagnostics.errors() != errors) return std::nullopt;
    return texts;
}

bool expect_mapping(const Node& node, Diagnostics& diagnostics, const Text& what) {
    if (node.is_mapping()) return true;
    wrong_kind(node, diagnostics, what, {"a mapping", "键值对"},
               node.is_sequence()
                   ? Text{"write `name: …` for each, without dashes and square brackets",
                          "请逐项写成`名称: …`，不用短横和方括号"}
                   : space_after_colon(node));
    return false;
}

bool expect_sequence(const Node& node, Diagnostics& diagnostics, const Text& what) {
    if (node.is_sequence()) return true;
    wrong_kind(node, diagnostics, what, {"a list", "列表"},
               node.is_scalar()
                   ? format_both("write `[{0}]`", "请写成`[{0}]`", shortened(node.text))
                   : Text{"put it in square brackets: `[{ … }]`", "请放进方括号：`[{ … }]`"});
    return false;
}

Keys::Keys(const Node& node, Diagnostics& diagnostics, Text what, std::string_view section)
    : node_(node),
      diagnostics_(diagnostics),
      what_(std::move(what)),
      section_(section.empty() ? nullptr : &yaml::section(section)),
      is_mapping_(expect_mapping(node, diagnostics, what_)) {}

const Node* Keys::optional(std::string_view key) {
    CHECK(section_ == nullptr || section_->row(key) != nullptr);
    also(key);
    const Entry* entry = node_.entry(key);
    if (entry == nullptr) return nullptr;
    if (!entry->value.is_null()) return &entry->value;
    diagnostics_.error(
        "CS1021", entry->key.span,
        format_both("`{0}` of {1} has no value", "{1}的`{0}`没有值", key, what_),
        format_both("write it behind the colon: `{}: …`", "请写在冒号之后：`{}: …`", key));
    return nullptr;
}

const Node* Keys::required(std::string_view key) {
    const Node* value = optional(key);
    if (value != nullptr || !is_mapping_ || node_.entry(key) != nullptr) return value;
    Span first = node_.span;
    if (!node_.entries.empty()) first = node_.entries.front().key.span;
    diagnostics_.error("CS1021", first, format_both("{} has no `{}`", "{}缺少`{}`", what_, key),
                       format_both("add `{}: …`", "请补上`{}: …`", key));
    return nullptr;
}

void Keys::also(std::string_view key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
}

namespace {

/// What people write whose other tools have other words.
constexpr std::pair<std::string_view, std::string_view> other_words[] = {
    {"cn", "zh"},
    {"chinese", "zh"},
    {"english", "en"},
    {"depends_on", "needs"},
    {"after", "needs"},
    {"condition", "when"},
    {"deadline", "limit"},
    {"timeout", "limit"},
    {"foreach", "each"},
    {"for_each", "each"},
    {"options", "of"},
    {"values", "of"},
    {"inputs", "with"},
    {"label", "title"},

    {"description", "title"},
    {"mandatory", "required"},
};

/// Returns the known key that is meant: the usual word of other tools, else the nearest.
Text meant(std::string_view key, const std::vector<std::string>& known) {
    for (const auto& [other, ours] : other_words) {
        if (key == other && std::find(known.begin(), known.end(), ours) != known.end())
            return format_both("write `{}`", "请写`{}`", ours);
    }
    return diagnostics::did_you_mean(key, known);
}

}  // namespace

void Keys::finish() {
    for (const Entry& entry : node_.entries) {
        bool is_known = false;
        for (const std::string& known : known_) is_known = is_known || known == entry.key.text;
        if (is_known) continue;
        diagnostics_.error("CS1020", entry.key.span,
                           format_both("{} has no key `{}`", "{}没有键`{}`", what_, entry.key.text),
                           meant(entry.key.text, known_));
    }
}

}  // namespace countersign::yaml
