// Sources: where lines begin, and which line and column a byte stands in.

#include "definitions/diagnostics/characters.hpp"
#include "definitions/diagnostics/diagnostic.hpp"
#include "engine/base/check.hpp"

#include <algorithm>
#include <utility>

namespace countersign::diagnostics {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Bytes from one checkpoint to the next.
constexpr std::size_t checkpoint_bytes = 1024;

std::size_t mark_bytes(std::string_view text) {
    return text.substr(0, byte_order_mark.size()) == byte_order_mark ? byte_order_mark.size() : 0;
}

}  // namespace

Span join(const Span& first, const Span& last) {
    return {first.file, first.line, first.column, last.end_line, last.end_column};
}

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
    starts_.push_back(mark_bytes(text_));
    for (std::size_t i = starts_.front(); i < text_.size(); ++i) {
        const bool crlf = text_[i] == '\r' && i + 1 < text_.size() && text_[i + 1] == '\n';
        if (text_[i] == '\n' || (text_[i] == '\r' && !crlf)) starts_.push_back(i + 1);
    }
    checkpoints_.push_back({});
    std::size_t characters = 0;
    for (std::size_t at = 0; at < text_.size(); at += character_bytes(text_, at), ++characters)
        if (at >= checkpoints_.back().offset + checkpoint_bytes)
            checkpoints_.push_back({at, characters});
}

std::size_t Source::characters_before(std::size_t offset) const {
    const auto after =
        std::upper_bound(checkpoints_.begin(), checkpoints_.end(), offset,
                         [](std::size_t at, const Checkpoint& point) { return at < point.offset; });
    const Checkpoint& point = *(after - 1);
    const std::string_view between =
        std::string_view(text_).substr(point.offset, offset - point.offset);
    return point.characters + count_characters(between);
}

std::size_t Source::line_start(std::uint32_t number) const {
    if (number == 0) return 0;
    return number <= starts_.size() ? starts_[number - 1] : text_.size();
}

std::string_view Source::line(std::uint32_t number) const {
    if (number == 0 || number > starts_.size()) return {};
    const std::size_t begin = starts_[number - 1];
    const std::size_t end = number < starts_.size() ? starts_[number] : text_.size();
    std::string_view line = std::string_view(text_).substr(begin, end - begin);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    return line;
}

Source::Place Source::place(std::size_t offset) const {
    offset = std::clamp(offset, starts_.front(), text_.size());
    // Within a character means at it.
    for (std::size_t back = 1; back < 4 && back <= offset && offset < text_.size(); ++back)
        if (character_bytes(text_, offset - back) > back) {
            offset -= back;
            break;
        }
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto index = static_cast<std::size_t>(after - starts_.begin()) - 1;
    const std::size_t column = characters_before(offset) - characters_before(starts_[index]) + 1;
    return {static_cast<std::uint32_t>(index + 1), static_cast<std::uint32_t>(column)};
}

FileIndex Sources::add(std::string name, std::string text) {
    sources_.emplace_back(std::move(name), std::move(text));
    return static_cast<FileIndex>(sources_.size() - 1);
}

const Source& Sources::operator[](FileIndex file) const {
    CHECK(file < sources_.size());
    return sources_[file];
}

Span Sources::span(FileIndex file, std::size_t begin, std::size_t end) const {
    const Source& source = (*this)[file];
    const Source::Place from = source.place(begin);
    const Source::Place to = source.place(std::max(begin, end));
    return {file, from.line, from.column, to.line, to.column};
}

}  // namespace countersign::diagnostics
