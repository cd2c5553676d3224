// Checks of the tree that need the source beside it.

#include "definitions/yaml/checks.hpp"

#include "definitions/yaml/quoting.hpp"
#include "engine/base/text.hpp"

#include <algorithm>
#include <map>

namespace countersign::yaml {

namespace {

class TreeCheck {
  public:
    explicit TreeCheck(std::string_view source) : source_(source) {}

    // The depth of a tree is bounded by limits::yaml_depth_max.
    void check(const Node& node, bool in_flow) {
        if (node.is_scalar()) return check_tabs(node, in_flow);
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            check_item(node, i, in_flow || node.flow);
            check(node.items[i], in_flow || node.flow);
        }
        for (std::size_t i = 0; i < node.entries.size(); ++i) {
            check_entry(node, i, in_flow || node.flow);
            check(node.entries[i].value, in_flow || node.flow);
        }
    }

    std::vector<Finding> take() { return std::move(findings_); }

  private:
    void check_item(const Node& list, std::size_t index, bool in_flow) {
        const Node& item = list.items[index];
        if (!is_plain_line(item) || item.begin < skip_until_) return;
        if (has_open_bracket(item.text)) check_cut(item, in_flow, {});
    }

    void check_entry(const Node& mapping, std::size_t index, bool in_flow) {
        const Entry& entry = mapping.entries[index];
        if (entry.key.is_plain() && entry.key.text == "<<")
            findings_.push_back(
                {"CS1011",
                 entry.key.begin,
                 entry.key.end,
                 {"merge keys (`<<`) are not part of the language", "本语言没有合并键（`<<`）"},
                 {"write the entries out", "请把各项逐一写出"}});
        if (entry.key.begin < skip_until_) return;
        if (mapping.flow && entry.value.is_null()) check_colon(entry.key);
        check_tabs(entry.key, in_flow);
        const Node& value = entry.value;
        if (!is_plain_line(value)) return;
        const bool is_open = has_open_bracket(value.text);
        const bool is_cut_string =
            has_open_string(value.text) && looks_like_expression(entry.key.text, value.text);
        if (is_open || is_cut_string || is_split(mapping, index))
            check_cut(value, in_flow, entry.key.text);
    }

    /// A comma inside a string of an expression: the rest became a key without a value.
    bool is_split(const Node& mapping, std::size_t index) const {
        const Node& value = mapping.entries[index].value;
        if (!mapping.flow || index + 1 >= mapping.entries.size() || !has_open_string(value.text))
            return false;
        return mapping.entries[index + 1].value.is_null();
    }

    bool is_plain_line(const Node& node) const {
        return node.is_scalar() && node.is_plain() &&
               source_.substr(node.begin, node.text.size()) == node.text;
    }

    void check_cut(const Node& value, bool in_flow, std::string_view key) {
        const auto end = expression_end(source_, value.begin, in_flow);
        if (!end || *end <= value.end) return;
        Finding finding = must_be_quoted(source_, value.begin, *end, in_flow);
        const bool is_title = !looks_like_expression(key, value.text);
        const bool is_comment = finding.code == "CS1014";
        // "Hall (ground floor # 3)" may be a comment that closes a bracket by chance.
        if (is_title && is_comment) return;
        findings_.push_back(std::move(finding));
        skip_until_ = *end;
    }

    /// `{a:1}` is a key `a:1` without a value, and so is `{a：1}`.
    void check_colon(const Node& key) {
        constexpr std::string_view full_width = "：";
        if (const std::size_t wide = key.text.find(full_width);
            key.is_plain() && wide != 0 && wide != std::string::npos)
            findings_.push_back(
                {"CS1017",
                 key.begin,
                 key.end,
                 {"this is a full-width colon, which YAML takes for a letter",
                  "这是全角冒号，YAML会把它当作普通字符"},
                 format_both("write a half-width colon and a space: `{}: {}`",
                             "请用半角冒号加空格：`{}: {}`", key.text.substr(0, wide),
                             key.text.substr(wide + full_width.size()))});
        const std::size_t colon = key.text.find(':');
        if (!key.is_plain() || colon == std::string::npos || colon == 0 ||
            colon + 1 >= key.text.size())
            return;
        findings_.push_back({"CS1006",
                             key.begin,
                             key.end,
                             {"there is no space after the colon", "冒号后没有空格"},
                             format_both("write `{}: {}`", "请写成`{}: {}`",
                                         key.text.substr(0, colon), key.text.substr(colon + 1))});
    }

    void check_tabs(const Node& node, bool in_flow) {
        if (in_flow) return;
        std::size_t line = node.begin;
        while (line > 0 && (source_[line - 1] == ' ' || source_[line - 1] == '\t')) --line;
        const bool is_first = line == 0 || source_[line - 1] == '\n' || source_[line - 1] == '\r';
        const std::string_view indent = source_.substr(line, node.begin - line);
        const std::size_t tab = indent.find('\t');
        if (is_first && tab != std::string_view::npos)
            findings_.push_back({"CS1005",
                                 line + tab,
                                 line + tab + 1,
                                 {"a tab indents this line", "这一行用制表符缩进"},
                                 {"indent with spaces only", "缩进只用空格"}});
    }

    std::string_view source_;
    std::vector<Finding> findings_;
    std::size_t skip_until_ = 0;  ///< pieces of an expression that is reported already
};

}  // namespace

std::vector<Finding> check_tree(std::string_view source, const Node& root) {
    TreeCheck check(source);
    check.check(root, false);
    return check.take();
}

void check_duplicates(const Node& root, Diagnostics& diagnostics) {
    std::map<std::string_view, const Node*> first;
    for (const Entry& entry : root.entries) {
        const auto [place, is_new] = first.emplace(entry.key.text, &entry.key);
        if (!is_new && !entry.key.text.empty())
            diagnostics
                .error("CS1009", entry.key.span,
                       format_both("the key `{}` stands here twice", "键`{}`出现了两次",
                                   entry.key.text),
                       {"keep one of them", "请只保留一个"})
                .notes.push_back({place->second->span, {"the first stands here", "第一处在这里"}});
        check_duplicates(entry.value, diagnostics);
    }
    for (const Node& item : root.items) check_duplicates(item, diagnostics);
}

}  // namespace countersign::yaml
