// Walks along a scalar's source and its decoded text at once, following YAML's folding of lines,
// its escapes, and the indentation of block scalars (YAML 1.2.2, chapters 6.5, 7.3 and 8.1).

#include "definitions/yaml/scalar_text.hpp"

#include <algorithm>

namespace countersign::yaml {

namespace {


class Walk {
  public:
    Walk(std::string_view source, std::size_t begin, std::string_view text)
        : source_(source), at_(std::min(begin, source.size())), text_(text) {
        positions_.reserve(text.size() + 1);
    }

    std::vector<std::size_t> plain() {
        while (has_more()) {
            if (!fold()) take(1, 1);
        }
        return finish(at_);
    }

    std::vector<std::size_t> single_quoted() {
        advance(1);
        while (has_more()) {
            if (fold()) continue;
            take(starts_with("''") ? 2 : 1, 1);
        }
        return finish_quoted('\'');
    }

    std::vector<std::size_t> double_quoted() {
        advance(1);
        while (has_more()) {
            if (fold()) continue;
            if (peek() == '\\')
                escape();
            else
                take(1, 1);
        }
        return finish_quoted('"');
    }

    std::vector<std::size_t> block() {
        while (at_ < source_.size() && !is_break(source_[at_])) advance(1);
        std::size_t end = at_;
        const std::size_t indent = block_indent();
        while (at_ < source_.size()) {
            const std::size_t line = at_ + break_bytes();
            const std::size_t spaces = count_spaces(line);
            const bool is_empty =
                line + spaces >= source_.size() || is_break(source_[line + spaces]);
            if (!is_empty && spaces < std::max<std::size_t>(indent, 1)) break;
            if (positions_.size() == text_.size() && is_empty && line >= source_.size()) break;
            at_ = line + std::min(spaces, indent);
            skip_folded_breaks(end);
            while (at_ < source_.size() && !is_break(source_[at_])) {
                if (has_more()) positions_.push_back(at_);
                ++at_;
                end = at_;
            }
        }
        return finish(end);
    }

  private:
    bool has_more() const { return positions_.size() < text_.size() && at_ < source_.size(); }
    char peek() const { return source_[at_]; }
    bool starts_with(std::string_view what) const {
        return source_.substr(at_, what.size()) == what;
    }
    void advance(std::size_t bytes) { at_ = std::min(at_ + bytes, source_.size()); }

    /// `source_bytes` of the source gave `text_bytes` of the text.
    void take(std::size_t source_bytes, std::size_t text_bytes) {
        for (std::size_t i = 0; i < text_bytes && positions_.size() < text_.size(); ++i)
            positions_.push_back(at_);
        advance(source_bytes);
    }

    std::size_t break_bytes() const {
        if (at_ >= source_.size()) return 0;
        if (starts_with("\r\n")) return 2;
        return is_break(source_[at_]) ? 1 : 0;
    }

    /// At a line's end: takes white space and breaks; one break gave a space, n gave n - 1 line
    /// feeds.
    bool fold() {
        std::size_t behind = at_;
        while (behind < source_.size() && is_blank(source_[behind])) ++behind;
        if (behind >= source_.size() || !is_break(source_[behind])) return false;
        const std::size_t from = at_;
        at_ = behind;
        std::size_t breaks = 0;
        while (at_ < source_.size() && (is_break(peek()) || is_blank(peek()))) {
            breaks += is_break(peek()) ? 1 : 0;
            advance(std::max<std::size_t>(break_bytes(), 1));
        }
        const std::size_t made = std::max<std::size_t>(breaks, 2) - 1;
        for (std::size_t i = 0; i < made && positions_.size() < text_.size(); ++i)
            positions_.push_back(from);
        return true;
    }

    void escape() {
        const char kind = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
        if (is_break(kind)) {  // an escaped line break gives nothing
            advance(1);
            advance(break_bytes());
            while (at_ < source_.size() && is_blank(peek())) advance(1);
            return;
        }
        const std::size_t digits = kind == 'x' ? 2U : kind == 'u' ? 4U : kind == 'U' ? 8U : 0U;
        std::size_t made = kind == 'N' || kind == '_' ? 2U : kind == 'L' || kind == 'P' ? 3U : 1U;
        if (digits > 0 && positions_.size() < text_.size()) {
            const auto first = static_cast<unsigned char>(text_[positions_.size()]);
            made = first < 0x80 ? 1U : first < 0xe0 ? 2U : first < 0xf0 ? 3U : 4U;
        }
        take(2 + digits, made);
    }

    std::size_t count_spaces(std::size_t from) const {
        std::size_t count = 0;
        while (from + count < source_.size() && source_[from + count] == ' ') ++count;
        return count;
    }

    /// Returns the spaces before the first line of a block scalar that is not empty.
    std::size_t block_indent() const {
        std::size_t line = at_;
        while (line < source_.size()) {
            line += source_.substr(line, 2) == "\r\n" ? 2 : 1;
            const std::size_t spaces = count_spaces(line);
            if (line + spaces < source_.size() && !is_break(source_[line + spaces])) return spaces;
            line += spaces;
        }
        return 0;
    }

    /// A block scalar's line begins at `at_`: the text's breaks before it, folded or not, are due.
    /// They come from the end of the line before, `end`.
    void skip_folded_breaks(std::size_t end) {
        const bool at_text = at_ < source_.size() && !is_break(source_[at_]);
        if (positions_.empty() || !at_text) return;
        const auto is_due = [&] {
            const char c = text_[positions_.size()];
            return c == '\n' || (c == ' ' && source_[at_] != ' ');
        };
        while (has_more() && is_due()) positions_.push_back(end);
    }

    std::vector<std::size_t> finish(std::size_t end) {
        while (positions_.size() < text_.size()) positions_.push_back(end);
        positions_.push_back(end);
        return std::move(positions_);
    }

    /// The text is through: white space that folded away may stand before the closing quote.
    std::vector<std::size_t> finish_quoted(char quote) {
        const std::size_t close = source_.find(quote, at_);
        return finish(close == std::string_view::npos ? source_.size() : close + 1);
    }

    std::string_view source_;
    std::size_t at_;
    std::string_view text_;
    std::vector<std::size_t> positions_;
};

}  // namespace

Style style_at(std::string_view source, std::size_t begin) {
    const char first = begin < source.size() ? source[begin] : ' ';
    switch (first) {
        case '\'':
            return Style::single_quoted;
        case '"':
            return Style::double_quoted;
        case '|':
            return Style::literal;
        case '>':
            return Style::folded;
        default:
            return Style::plain;
    }
}

std::vector<std::size_t> positions_of(std::string_view source, std::size_t begin, Style style,
                                      std::string_view text) {
    Walk walk(source, begin, text);
    switch (style) {
        case Style::plain:
            return walk.plain();
        case Style::single_quoted:
            return walk.single_quoted();
        case Style::double_quoted:
            return walk.double_quoted();
        case Style::literal:
        case Style::folded:
            return walk.block();
    }
    return {};
}

Span span_within(const diagnostics::Sources& sources, const Node& scalar, std::size_t offset,
                 std::size_t length) {
    const std::string_view source = sources[scalar.span.file].text();
    const auto positions = positions_of(source, scalar.begin, scalar.style, scalar.text);
    const std::size_t last = scalar.text.size();
    const std::size_t from = std::min(offset, last);
    const std::size_t to = std::min(from + std::min(length, last), last);
    const bool is_quoted =
        scalar.style == Style::single_quoted || scalar.style == Style::double_quoted;
    const auto place = [&](std::size_t at) {
        // Behind the text means before the closing quote, not behind it.
        return at == last && is_quoted && positions[last] > scalar.begin + 1 ? positions[last] - 1
                                                                             : positions[at];
    };
    return sources.span(scalar.span.file, place(from), place(to));
}

}  // namespace countersign::yaml
