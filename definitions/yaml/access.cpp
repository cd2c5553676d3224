// Typed access to nodes.

#include "definitions/yaml/access.hpp"

#include <fmt/format.h>

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

void wrong_kind(const Node& node, Diagnostics& diagnostics, std::string_view what,
                std::string_view wanted, std::string suggestion = {}) {
    diagnostics.error("CS1018", node.span,
                      fmt::format("{} must be {}, but here is {}", what, wanted, describe(node)),
                      std::move(suggestion));
}

/// `a:b` alone is a text, and so is `a：b`; who wrote it meant a key and its value.
std::string space_after_colon(const Node& node) {
    if (!node.is_scalar() || !node.is_plain()) return {};
    constexpr std::string_view full_width = "：";
    const std::size_t wide = node.text.find(full_width);
    if (wide != 0 && wide != std::string::npos)
        return fmt::format("write a half-width colon and a space: `{}: {}`",
                           node.text.substr(0, wide),
                           shortened(node.text.substr(wide + full_width.size())));
    const std::size_t colon = node.text.find(':');
    if (colon == 0 || colon == std::string::npos) return {};
    if (colon + 1 < node.text.size() && node.text[colon + 1] == '/') return {};
    return fmt::format("write a space after the colon: `{}: {}`", node.text.substr(0, colon),
                       shortened(node.text.substr(colon + 1)));
}

}  // namespace

std::string describe(const Node& node) {
    switch (node.kind) {
        case NodeKind::null:
            return "nothing";
        case NodeKind::sequence:
            return "a list";
        case NodeKind::mapping:
            return "a mapping";
        case NodeKind::scalar:
            break;
    }
    const char* type = "text";
    switch (node.type()) {
        case ScalarType::text:
            break;
        case ScalarType::boolean:
            type = "boolean";
            break;
        case ScalarType::integer:
            type = "integer";
            break;
        case ScalarType::real:
            type = "number";
            break;
    }
    return node.text.empty() ? "an empty text"
                             : fmt::format("the {} `{}`", type, shortened(node.text));
}

std::optional<std::string> as_text(const Node& node, Diagnostics& diagnostics,
                                   std::string_view what) {
    if (node.is_scalar() && node.type() == ScalarType::text && !node.text.empty()) return node.text;
    const bool is_other_scalar = node.is_scalar() && !node.text.empty();
    wrong_kind(node, diagnostics, what, "a text",
               is_other_scalar ? "put it in quotes: `" + quoted(node.text) + "`" : std::string());
    return std::nullopt;
}

std::optional<std::string> as_expression(const Node& node, Diagnostics& diagnostics,
                                         std::string_view what) {
    if (node.is_scalar() && !node.text.empty()) return node.text;
    wrong_kind(
        node, diagnostics, what, "an expression",
        node.is_scalar() || node.is_null() ? std::string() : "put the whole expression in quotes");
    return std::nullopt;
}

std::optional<std::int64_t> as_integer(const Node& node, Diagnostics& diagnostics,
                                       std::string_view what) {
    if (node.is_scalar() && node.type() == ScalarType::integer) {
        std::string_view digits = node.text;
        if (digits.front() == '+') digits.remove_prefix(1);
        std::int64_t value = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (error == std::errc() && end == digits.data() + digits.size()) return value;
        const bool too_large = error == std::errc::result_out_of_range;
        wrong_kind(node, diagnostics, what,
                   too_large ? "an integer of at most 19 digits" : "a decimal integer");
        return std::nullopt;
    }
    wrong_kind(node, diagnostics, what, "an integer",
               node.is_scalar() && !node.is_plain() ? "write it without quotes" : "");
    return std::nullopt;
}

std::optional<double> as_number(const Node& node, Diagnostics& diagnostics, std::string_view what) {
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
        wrong_kind(node, diagnostics, what, "a decimal number");
        return std::nullopt;
    }
    wrong_kind(node, diagnostics, what, "a number",
               node.is_scalar() && !node.is_plain() ? "write it without quotes" : "");
    return std::nullopt;
}

std::optional<bool> as_boolean(const Node& node, Diagnostics& diagnostics, std::string_view what) {
    if (node.is_scalar() && node.type() == ScalarType::boolean)
        return node.text[0] == 't' || node.text[0] == 'T';
    const std::string& text = node.text;
    const bool means_true = text == "yes" || text == "on" || text == "Yes" || text == "true";
    const bool means_false = text == "no" || text == "off" || text == "No" || text == "false";
    wrong_kind(node, diagnostics, what, "`true` or `false`",
               means_true    ? "write `true`"
               : means_false ? "write `false`"
                             : "");
    return std::nullopt;
}

std::optional<Text> as_title(const Node& node, Diagnostics& diagnostics, std::string_view what) {
    if (!node.is_mapping()) {
        const auto text = as_text(node, diagnostics, what);
        if (!text) return std::nullopt;
        return Text{*text, {}};
    }
    Keys keys(node, diagnostics, std::string(what));
    Text title;
    const std::size_t errors = diagnostics.errors();
    if (const Node* en = keys.optional("en"))
        title.en = as_text(*en, diagnostics, fmt::format("`en` of {}", what)).value_or("");
    if (const Node* zh = keys.optional("zh"))
        title.zh = as_text(*zh, diagnostics, fmt::format("`zh` of {}", what)).value_or("");
    keys.finish();
    if (diagnostics.errors() != errors) return std::nullopt;
    if (!title.empty()) return title;
    diagnostics.error("CS1021", node.span, fmt::format("{} needs `en` or `zh`", what));
    return std::nullopt;
}

std::optional<std::vector<const Node*>> as_texts(const Node& node, Diagnostics& diagnostics,
                                                 std::string_view what) {
    std::vector<const Node*> texts;
    const std::size_t errors = diagnostics.errors();
    if (node.is_sequence()) {
        for (const Node& item : node.items) {
            as_text(item, diagnostics, fmt::format("each item of {}", what));
            texts.push_back(&item);
        }
    } else if (node.is_scalar() && as_text(node, diagnostics, what)) {
        texts.push_back(&node);
    } else if (!node.is_scalar()) {
        wrong_kind(node, diagnostics, what, "a text or a list of texts");
    }
    if (diagnostics.errors() != errors) return std::nullopt;
    return texts;
}

bool expect_mapping(const Node& node, Diagnostics& diagnostics, std::string_view what) {
    if (node.is_mapping()) return true;
    wrong_kind(node, diagnostics, what, "a mapping", space_after_colon(node));
    return false;
}

bool expect_sequence(const Node& node, Diagnostics& diagnostics, std::string_view what) {
    if (node.is_sequence()) return true;
    wrong_kind(node, diagnostics, what, "a list",
               node.is_scalar() ? fmt::format("write `[{}]`", shortened(node.text)) : "");
    return false;
}

Keys::Keys(const Node& node, Diagnostics& diagnostics, std::string what)
    : node_(node),
      diagnostics_(diagnostics),
      what_(std::move(what)),
      is_mapping_(expect_mapping(node, diagnostics, what_)) {}

const Node* Keys::optional(std::string_view key) {
    also(key);
    const Node* value = node_.find(key);
    return value == nullptr || value->is_null() ? nullptr : value;
}

const Node* Keys::required(std::string_view key) {
    const Node* value = optional(key);
    if (value != nullptr || !is_mapping_) return value;
    if (const Entry* entry = node_.entry(key)) {
        diagnostics_.error("CS1021", entry->key.span,
                           fmt::format("`{}` of {} has no value", key, what_));
        return nullptr;
    }
    Span first = node_.span;
    if (!node_.entries.empty()) first = node_.entries.front().key.span;
    diagnostics_.error("CS1021", first, fmt::format("{} has no `{}`", what_, key),
                       fmt::format("add `{}: …`", key));
    return nullptr;
}

void Keys::also(std::string_view key) { known_.emplace_back(key); }

void Keys::finish() {
    for (const Entry& entry : node_.entries) {
        bool is_known = false;
        for (const std::string& known : known_) is_known = is_known || known == entry.key.text;
        if (is_known) continue;
        diagnostics_.error("CS1020", entry.key.span,
                           fmt::format("{} has no key `{}`", what_, entry.key.text),
                           diagnostics::did_you_mean(entry.key.text, known_));
    }
}

}  // namespace countersign::yaml
