// yaml-cpp says "end of map not found" for most mistakes. Which mistake it was is told by what
// stands around the place; each of the tests below knows one, the likeliest come first.

#include "definitions/yaml/syntax.hpp"

#include "definitions/yaml/quoting.hpp"
#include "definitions/yaml/scalar_text.hpp"
#include "engine/base/text.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace countersign::yaml {

namespace {

bool is_quote(Style style) {
    return style == Style::single_quoted || style == Style::double_quoted;
}

/// The failure with its surroundings.
class Scene {
  public:
    Scene(std::string_view source, const Parsed& parsed)
        : source_(source),
          parsed_(parsed),
          at_(parsed.failure->offset),
          message_(parsed.failure->message) {}

    Explained explain() const {
        using Test = std::optional<Explained> (Scene::*)() const;
        constexpr std::array<Test, 13> tests{
            &Scene::unclosed_quote, &Scene::bad_escape,
            &Scene::anchor,         &Scene::tab,
            &Scene::unquoted_value, &Scene::quote_inside,
            &Scene::runaway_quote,  &Scene::full_width,
            &Scene::no_space,       &Scene::unclosed_bracket,
            &Scene::stray_bracket,  &Scene::indentation,
            &Scene::list_item,
        };
        for (const Test test : tests)
            if (auto found = (this->*test)()) return *found;
        return other();
    }

  private:
    static Explained found(const char* code, std::size_t begin, std::size_t end, Text message,
                           Text suggestion) {
        return {
            {code, begin, std::max(begin, end), std::move(message), std::move(suggestion)}, 0, 0};
    }

    std::size_t line_begin(std::size_t at) const {
        while (at > 0 && !is_break(source_[at - 1])) --at;
        return at;
    }
    std::size_t line_end(std::size_t at) const {
        while (at < source_.size() && !is_break(source_[at])) ++at;
        return at;
    }
    bool on_one_line(std::size_t a, std::size_t b) const {
        const auto part = source_.substr(std::min(a, b), a < b ? b - a : a - b);
        return std::none_of(part.begin(), part.end(), is_break);
    }
    std::size_t skip_blanks(std::size_t at) const {
        while (at < source_.size() && is_blank(source_[at])) ++at;
        return at;
    }
    bool says(std::string_view what) const { return message_.find(what) != std::string::npos; }
    bool in_flow() const {
        return std::any_of(parsed_.open.begin(), parsed_.open.end(),
                           [](const auto& open) { return open.flow; });
    }
    /// Calls `test` with each line, without indentation and list dashes, from the last value (a
    /// block scalar's lines left out) to the place.
    template <class Test>
    std::optional<Explained> any_line(const Test& test) const {
        std::size_t line = 0;
        if (parsed_.last) {
            const bool is_block =
                parsed_.last->style == Style::literal || parsed_.last->style == Style::folded;
            line = line_begin(std::min(is_block ? parsed_.last->end : parsed_.last->begin, at_));
        }
        while (line <= at_ && line < source_.size()) {
            const std::size_t end = line_end(line);
            std::size_t begin = skip_blanks(line);
            while (begin + 1 < end && source_[begin] == '-' && source_[begin + 1] == ' ')
                begin = skip_blanks(begin + 1);
            if (begin < end && source_[begin] != '#')
                if (auto explained = test(line, begin, source_.substr(begin, end - begin)))
                    return explained;
            line = end + 1;
        }
        return std::nullopt;
    }

    std::optional<Explained> unclosed_quote() const {
        if (!says("EOF in scalar")) return std::nullopt;
        std::size_t at = parsed_.last ? parsed_.last->end : 0;
        while (at < source_.size() && source_[at] != '"' && source_[at] != '\'')
            at = source_[at] == '#' ? line_end(at) : at + 1;
        return found("CS1007", std::min(at, source_.size()), std::min(at + 1, source_.size()),
                     {"this quote is never closed", "这个引号没有闭合"},
                     {"close it on the same line", "请在同一行闭合"});
    }

    std::optional<Explained> bad_escape() const {
        if (!says("escape")) return std::nullopt;
        const std::size_t slash = source_.substr(0, std::min(at_ + 1, source_.size())).rfind('\\');
        const std::size_t begin = slash == std::string_view::npos ? at_ : slash;
        return found(
            "CS1001", begin, std::min(begin + 2, source_.size()),
            {"there is no such escape in a text with double quotes", "双引号文本中没有这种转义"},
            {"double the backslash, or use single quotes", "请把反斜杠写两个，或改用单引号"});
    }

    std::optional<Explained> anchor() const {
        if (!says("alias") && !says("anchor")) return std::nullopt;
        // `!form.a && form.b` is an expression; only its `&&` looks like an anchor.
        const auto value = value_begin();
        if (value && source_[*value] != '*' && source_[*value] != '&') return std::nullopt;
        std::size_t begin = at_;
        while (begin > line_begin(at_) && source_[begin - 1] != ' ' && source_[begin - 1] != '\t')
            --begin;
        return found("CS1011", begin, std::min(begin + 1, source_.size()),
                     {"`*` and `&` begin an alias or an anchor, which are not part of the language",
                      "`*`和`&`是别名和锚点的开头，本语言没有这两样"},
                     {"put a text that begins so in quotes", "以它们开头的文本请加引号"});
    }

    /// Where the value begins that stands on the line of the failure, or nothing.
    std::optional<std::size_t> value_begin() const {
        if (!parsed_.last || parsed_.last->begin > at_ || !on_one_line(parsed_.last->begin, at_))
            return std::nullopt;
        if (parsed_.last->is_value) return parsed_.last->begin;
        std::size_t at = skip_blanks(parsed_.last->end);
        if (at >= source_.size() || source_[at] != ':') return std::nullopt;
        at = skip_blanks(at + 1);
        return at <= at_ ? std::optional(at) : std::nullopt;
    }

    std::optional<Explained> unquoted_value() const {
        const auto begin = value_begin();
        if (!begin || says("block entry")) return std::nullopt;
        const auto end = expression_end(source_, *begin, in_flow());
        if (!end || at_ >= *end || *begin >= *end) return std::nullopt;
        return Explained{must_be_quoted(source_, *begin, *end, in_flow()), *begin, *end};
    }

    /// 'it's': the same quote inside.
    std::optional<Explained> quote_inside() const {
        const auto begin = value_begin();
        if (!begin || *begin >= source_.size() || in_flow()) return std::nullopt;
        const char quote = source_[*begin];
        std::size_t end = line_end(*begin);
        while (end > *begin && is_blank(source_[end - 1])) --end;
        if ((quote != '\'' && quote != '"') || end < *begin + 3 || source_[end - 1] != quote)
            return std::nullopt;
        const std::string_view inner = source_.substr(*begin + 1, end - *begin - 2);
        return Explained{{"CS1007", *begin, end,
                          format_both("a `{}` inside closes this text too early",
                                      "文本中间的`{}`让它提前闭合了", quote),
                          format_both("write `{}`", "请写成`{}`", quoted(inner))},
                         *begin,
                         end};
    }

    /// A quoted text over several lines, with something behind it that does not belong there.
    std::optional<Explained> runaway_quote() const {
        const auto& last = parsed_.last;
        if (!last || !last->scalar || !is_quote(last->style)) return std::nullopt;
        if (on_one_line(last->begin, last->end) || last->end > at_ || !on_one_line(last->end, at_))
            return std::nullopt;
        return found("CS1007", last->begin, last->begin + 1,
                     {"this quote is not closed on its line, and the next one closed it",
                      "这个引号没有在本行闭合，被后面的引号闭合了"},
                     {"close it on the same line", "请在同一行闭合"});
    }

    std::optional<Explained> full_width() const {
        static constexpr std::string_view colon = "：";
        return any_line(
            [&](std::size_t, std::size_t begin, std::string_view line) -> std::optional<Explained> {
                const std::size_t at = line.find(colon);
                if (at == std::string_view::npos || at == 0 || line.find(": ") < at)
                    return std::nullopt;
                const std::string_view key = line.substr(0, at);
                if (key.find_first_of(" '\"{[(") != std::string_view::npos) return std::nullopt;
                return found("CS1017", begin + at, begin + at + colon.size(),
                             {"this is a full-width colon, which YAML takes for a letter",
                              "这是全角冒号，YAML会把它当作普通字符"},
                             format_both("write a half-width colon and a space: `{}: `",
                                         "请用半角冒号加空格：`{}: `", key));
            });
    }

    std::optional<Explained> tab() const {
        return any_line(
            [&](std::size_t line, std::size_t begin, std::string_view) -> std::optional<Explained> {
                const std::size_t tab = source_.substr(line, begin - line).find('\t');
                if (tab == std::string_view::npos || in_flow()) return std::nullopt;
                return found("CS1005", line + tab, line + tab + 1,
                             {"a tab indents this line", "这一行用制表符缩进"},
                             {"indent with spaces only", "缩进只用空格"});
            });
    }

    std::optional<Explained> no_space() const {
        return any_line(
            [&](std::size_t, std::size_t begin, std::string_view line) -> std::optional<Explained> {
                const std::size_t colon = line.find(':');
                if (colon == std::string_view::npos || colon == 0 || colon + 1 >= line.size())
                    return std::nullopt;
                const std::string_view key = line.substr(0, colon);
                const char next = line[colon + 1];
                const bool is_word = key.find_first_of(" '\"{}[](),.") == std::string_view::npos;
                if (!is_word || is_blank(next) || next == '/' || next == ':') return std::nullopt;
                return found("CS1006", begin, begin + colon + 1,
                             {"there is no space after the colon", "冒号后没有空格"},
                             format_both("write `{}: …`", "请写成`{}: …`", key));
            });
    }

    std::optional<Explained> unclosed_bracket() const {
        if (!says("flow not found")) return std::nullopt;
        const auto open = std::find_if(parsed_.open.rbegin(), parsed_.open.rend(),
                                       [](const auto& o) { return o.flow; });
        if (open == parsed_.open.rend()) return std::nullopt;
        const char closing = open->mapping ? '}' : ']';
        const bool is_far = at_ >= source_.size() || !on_one_line(open->begin, at_);
        if (is_far)
            return found(
                "CS1007", open->begin, open->begin + 1,
                format_both("this `{}` is never closed", "这个`{}`没有闭合", source_[open->begin]),
                format_both("add the missing `{}`", "请补上缺少的`{}`", closing));
        return found("CS1007", at_, at_ + 1,
                     format_both("expected `,` or `{}` here", "此处应为`,`或`{}`", closing),
                     {"put the value in quotes if this belongs to it",
                      "如果它是值的一部分，请给整个值加引号"});
    }

    std::optional<Explained> stray_bracket() const {
        if (!says("flow end")) return std::nullopt;
        const auto open = std::find_if(parsed_.open.rbegin(), parsed_.open.rend(),
                                       [](const auto& o) { return o.flow; });
        const bool has_sign = at_ < source_.size() && (source_[at_] == '}' || source_[at_] == ']');
        if (open != parsed_.open.rend() && has_sign && (source_[at_] == '}') != open->mapping) {
            const char closing = open->mapping ? '}' : ']';
            return found(
                "CS1007", open->begin, open->begin + 1,
                format_both("this `{}` is still open where a `{}` comes",
                            "这个`{}`还没有闭合就遇到了`{}`", source_[open->begin], source_[at_]),
                format_both("add the missing `{}`", "请补上缺少的`{}`", closing));
        }
        return found("CS1007", at_, at_ + 1,
                     {"this bracket closes nothing", "这个括号没有对应的开括号"},
                     {"remove it, or put the value in quotes", "请删除它，或给整个值加引号"});
    }

    /// Returns the cure that names the indentations that a line here may have: of the open
    /// collections and the last key.
    Text indents_above() const {
        std::set<std::size_t> columns;
        for (const OpenCollection& open : parsed_.open)
            columns.insert(open.begin - line_begin(open.begin));
        if (parsed_.last) {
            const std::size_t line = line_begin(std::min(parsed_.last->begin, at_));
            columns.insert(skip_blanks(line) - line);
        }
        return {fmt::format("indent it by {}", fmt::join(columns, " or ")),
                fmt::format("请缩进 {} 格", fmt::join(columns, " 或 "))};
    }

    std::optional<Explained> indentation() const {
        const std::size_t line = line_begin(at_);
        const bool is_first = skip_blanks(line) >= at_;
        if (is_first && (says("end of map") || says("end of sequence"))) {
            if (source_.substr(at_, 2) == "- ")
                return found(
                    "CS1008", at_, at_ + 1,
                    {"a list item cannot stand between the keys of a mapping",
                     "列表项不能夹在键之间"},
                    {"indent it under the key that it belongs to", "请缩进到它所属的键之下"});
            return found(
                "CS1008", at_, line_end(at_),
                format_both(
                    "this line is indented by {}, unlike anything above that it could belong to",
                    "这一行缩进 {} 格，与上面它可能所属的任何内容都不对齐", at_ - line),
                indents_above());
        }
        const auto& last = parsed_.last;
        const bool joins_lines = last && last->scalar && last->style == Style::plain &&
                                 last->begin < line && last->end > line;
        if (!joins_lines) return std::nullopt;
        return found(
            "CS1008", skip_blanks(line), at_,
            {"this line is indented under a value that stands above, so YAML joins the two",
             "这一行缩进在上面的值之下，YAML会把两者连成一个值"},
            {"indent it like the key above, or leave that key without a value of its own",
             "请与上面的键对齐，或去掉那个键自己的值"});
    }

    std::optional<Explained> list_item() const {
        if (!says("block entry")) return std::nullopt;
        return found(
            "CS1008", at_, at_ + 1,
            {"a list item cannot begin on the line of its key", "列表项不能写在键的同一行"},
            {"begin it on the next line, or write `[a, b]`", "请另起一行，或写成`[a, b]`"});
    }

    Explained other() const {
        if (says("block scalar"))
            return found(
                "CS1001", at_, line_end(at_),
                {"nothing may stand behind `|` or `>` on its line", "`|`或`>`之后同一行不能有内容"},
                {"put a text that begins so in quotes", "以它们开头的文本请加引号"});
        return found("CS1001", at_, std::min(at_ + 1, line_end(at_)),
                     {fmt::format("this is not valid YAML ({})", message_), "此处不是有效的YAML"},
                     {"compare with the lines around; put unusual texts in quotes",
                      "请与前后各行比较；特殊文本请加引号"});
    }

    std::string_view source_;
    const Parsed& parsed_;
    std::size_t at_;
    const std::string& message_;
};

}  // namespace

Explained explain(std::string_view source, const Parsed& parsed) {
    return Scene(source, parsed).explain();
}

}  // namespace countersign::yaml
