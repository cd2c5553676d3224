// Diagnostics for people: the place, the source line, and carets that stand where a terminal shows
// the characters.

#include "definitions/diagnostics/characters.hpp"
#include "definitions/diagnostics/render.hpp"
#include "definitions/diagnostics/shown.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::diagnostics {

namespace {

/// Terminal columns of a source line that are shown; longer lines are cut around the place.
constexpr int columns_max = 120;
/// Columns kept before the place when a line is cut.
constexpr int columns_before = 40;

/// One character as it is shown: tabs and control characters would move the carets.
std::string shown_character(std::string_view character) {
    if (character == "\t") return "    ";
    const auto byte = static_cast<unsigned char>(character.front());
    if (byte < 0x20 || byte == 0x7f || (character.size() == 1 && byte >= 0x80))
        return "\xEF\xBF\xBD";
    return std::string(character);
}

struct Cell {
    std::string text;
    int width = 0;
};

/// The part of a line around a place, as cells of the terminal.
struct Window {
    std::vector<Cell> cells;
    std::size_t skipped = 0;  ///< characters left out before
    bool is_cut = false;      ///< whether characters are left out behind
};

/// Returns the characters around `column` (1-based): enough for the columns shown, so that a line
/// of a megabyte is not turned into cells for each of its mistakes.
Window window_of(std::string_view line, std::size_t column) {
    constexpr std::size_t around = 130;
    Window window;
    std::size_t at = 0;
    while (at < line.size() && window.skipped + 1 + around < column) {
        at += character_bytes(line, at);
        ++window.skipped;
    }
    while (at < line.size() && window.cells.size() < 2 * around) {
        const std::size_t bytes = character_bytes(line, at);
        std::string text = shown_character(line.substr(at, bytes));
        const int width = display_width(text);
        window.cells.push_back({std::move(text), width});
        at += bytes;
    }
    window.is_cut = at < line.size();
    return window;
}

int width_of(const std::vector<Cell>& cells, std::size_t begin, std::size_t end) {
    int width = 0;
    for (std::size_t i = begin; i < end && i < cells.size(); ++i) width += cells[i].width;
    return width;
}

/// Returns the source line and the caret line under it, each with its gutter.
std::string excerpt(const Span& span, const Source& source) {
    const Window window = window_of(source.line(span.line), span.column);
    const std::vector<Cell>& cells = window.cells;
    const auto index_of = [&](std::size_t column) {
        return std::min(column - 1 > window.skipped ? column - 1 - window.skipped : 0,
                        cells.size());
    };
    const std::size_t from = index_of(span.column);
    const std::size_t to =
        std::max(from, span.end_line == span.line ? index_of(span.end_column) : cells.size());

    std::size_t first = 0;
    if (window.skipped > 0 || window.is_cut || width_of(cells, 0, cells.size()) > columns_max)
        while (first < from && width_of(cells, first, from) > columns_before) ++first;
    std::size_t last = first;
    for (int width = 0; last < cells.size() && width + cells[last].width <= columns_max; ++last)
        width += cells[last].width;

    const bool cut_before = first > 0 || window.skipped > 0;
    std::string line = cut_before ? "…" : "";
    for (std::size_t i = first; i < last; ++i) line += cells[i].text;
    if (last < cells.size() || window.is_cut) line += "…";
    const int before = width_of(cells, first, from) + (cut_before ? 1 : 0);
    const int carets = std::max(1, width_of(cells, from, std::min(to, last)));
    return fmt::format("{:5} | {}\n      | {}{}\n", span.line, line,
                       std::string(static_cast<std::size_t>(before), ' '),
                       std::string(static_cast<std::size_t>(carets), '^'));
}

std::string place(const Span& span, const Sources& sources) {
    if (span.file == no_file) return {};
    const std::string& name = sources[span.file].name();
    if (span.line == 0) return name + ": ";
    return fmt::format("{}:{}:{}: ", name, span.line, span.column);
}

std::string place_and_line(const Span& span, const Sources& sources, const std::string& text) {
    std::string out = place(span, sources) + text + "\n";
    if (span.file != no_file && span.line != 0) out += excerpt(span, sources[span.file]);
    return out;
}

Text counted(std::size_t count, const Text& one, const char* many) {
    return {fmt::format("{} {}", count, count == 1 ? one.en.c_str() : many),
            fmt::format("{} {}", count, one.zh)};
}

}  // namespace

Shown choose_shown(const Diagnostics& diagnostics) {
    Shown shown;
    shown.list = diagnostics.ordered();
    for (const Diagnostic& diagnostic : shown.list)
        ++(diagnostic.severity == Severity::error ? shown.errors : shown.warnings);
    if (shown.list.size() <= limits::diagnostics_max) return shown;
    const std::size_t errors_kept = std::min(shown.errors, limits::diagnostics_max);
    std::size_t errors = errors_kept;
    std::size_t warnings = limits::diagnostics_max - errors_kept;
    const auto is_left_out = [&](const Diagnostic& diagnostic) {
        std::size_t& room = diagnostic.severity == Severity::error ? errors : warnings;
        if (room == 0) return true;
        --room;
        return false;
    };
    std::vector<Diagnostic> kept;
    for (Diagnostic& diagnostic : shown.list)
        if (!is_left_out(diagnostic)) kept.push_back(std::move(diagnostic));
    shown.list = std::move(kept);
    return shown;
}

std::string render_human(const Diagnostic& diagnostic, const Sources& sources,
                         std::string_view language) {
    static const Text error{"error", "错误"};
    static const Text warning{"warning", "警告"};
    static const Text help{"help: ", "改法："};
    static const Text note_head{"note: ", "参见："};
    static const Text colon{": ", "："};
    const Text& severity = diagnostic.severity == Severity::error ? error : warning;
    std::string out =
        place_and_line(diagnostic.span, sources,
                       fmt::format("{} {}{}{}", severity.in(language), diagnostic.code,
                                   colon.in(language), diagnostic.message.in(language)));
    if (!diagnostic.suggestion.empty())
        out += fmt::format("  = {}{}\n", help.in(language), diagnostic.suggestion.in(language));
    for (const Note& note : diagnostic.notes)
        out += place_and_line(note.span, sources, note_head.in(language) + note.text.in(language));
    return out;
}

std::string render_human(const Diagnostics& diagnostics, std::string_view language) {
    const Shown shown = choose_shown(diagnostics);
    if (shown.list.empty()) return {};
    std::string out;
    for (const Diagnostic& diagnostic : shown.list)
        out += render_human(diagnostic, diagnostics.sources(), language) + "\n";
    if (shown.left_out() > 0)
        out +=
            format_both("{} more not shown\n", "另有 {} 处未列出\n", shown.left_out()).in(language);
    if (shown.errors > 0) out += counted(shown.errors, {"error", "处错误"}, "errors").in(language);
    if (shown.errors > 0 && shown.warnings > 0) out += Text{", ", "，"}.in(language);
    if (shown.warnings > 0)
        out += counted(shown.warnings, {"warning", "处警告"}, "warnings").in(language);
    return out + "\n";
}

}  // namespace countersign::diagnostics
