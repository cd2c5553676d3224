#pragma once
// What is wrong with an author's text: collected with places, ordered, rendered (render.hpp). Each
// has a stable code whose page stands in definitions/codes (codes.hpp).

#include "engine/base/text.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::diagnostics {

/// Index into Sources.
using FileIndex = std::uint32_t;
inline constexpr FileIndex no_file = 0xffffffff;

/// A place in a source, in *characters* (Unicode code points): 1-based; the end is exclusive, so an
/// empty span (a point) has its end at its begin. `line` 0 means the file as a whole.
struct Span {
    FileIndex file = no_file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    std::uint32_t end_line = 0;
    std::uint32_t end_column = 0;
    auto operator<=>(const Span&) const = default;
};

/// Returns the span from the begin of `first` to the end of `last` (both of one file).
Span join(const Span& first, const Span& last);

/// A text that places refer to: its name as shown and its bytes. Lines end with LF, CRLF or CR, as
/// in YAML. A byte order mark at the start belongs to no column.
class Source {
  public:
    /// `text` should be valid UTF-8; where it is not, each stray byte counts as a character.
    Source(std::string name, std::string text);

    const std::string& name() const { return name_; }
    const std::string& text() const { return text_; }
    std::uint32_t lines() const { return static_cast<std::uint32_t>(starts_.size()); }
    /// Returns line `number` (1-based) without its line break; empty when there is no such line.
    std::string_view line(std::uint32_t number) const;
    /// Returns the byte offset at which line `number` (1-based) begins; the text's size past the
    /// last.
    std::size_t line_start(std::uint32_t number) const;

    struct Place {
        std::uint32_t line = 1;
        std::uint32_t column = 1;
    };
    /// Returns line and column, in characters, of a byte offset (at most the text's size).
    Place place(std::size_t offset) const;

  private:
    std::string name_;
    std::string text_;
    std::vector<std::size_t> starts_;
    struct Checkpoint {
        std::size_t offset = 0;
        std::size_t characters = 0;
    };
    /// Every kilobyte how many characters came before, so that a place in a very long line is
    /// cheap.
    std::vector<Checkpoint> checkpoints_;
    std::size_t characters_before(std::size_t offset) const;
};

/// The texts of one run. References stay valid while more are added.
class Sources {
  public:
    FileIndex add(std::string name, std::string text);
    const Source& operator[](FileIndex file) const;
    std::size_t size() const { return sources_.size(); }
    /// Returns the span of the bytes [begin, end) of a source.
    Span span(FileIndex file, std::size_t begin, std::size_t end) const;

  private:
    std::deque<Source> sources_;
};

enum class Severity : std::uint8_t { error, warning };

/// Another place that helps to understand: "the first one stands here".
struct Note {
    Span span;
    Text text;
    bool operator==(const Note&) const = default;
};

/// One mistake of an author. `message` and `suggestion` are sentences without a final full stop, in
/// both languages; format_both() of engine/base/text.hpp makes those with values in them.
struct Diagnostic {
    Severity severity = Severity::error;
    std::string code;  ///< "CS1001"; its page is definitions/codes/CS1001.md
    Span span;
    Text message;     ///< what is wrong
    Text suggestion;  ///< the cure, best as the text to write; may be empty
    std::vector<Note> notes;
    bool operator==(const Diagnostic&) const = default;
};

/// Collects diagnostics of a run together with the sources that they refer to.
class Diagnostics {
  public:
    /// Adds; the reference is for adding notes and valid until the next change.
    Diagnostic& add(Diagnostic diagnostic);
    Diagnostic& error(std::string_view code, const Span& span, Text message, Text suggestion = {});
    Diagnostic& warning(std::string_view code, const Span& span, Text message,
                        Text suggestion = {});

    /// In the order of adding, nothing dropped.
    const std::vector<Diagnostic>& all() const { return list_; }
    /// Ordered by file (as added), place, severity and code; of the same code, place and message
    /// one only. Not bounded.
    std::vector<Diagnostic> ordered() const;

    std::size_t errors() const { return errors_; }
    std::size_t warnings() const { return list_.size() - errors_; }
    bool has_errors() const { return errors_ != 0; }

    Sources& sources() { return sources_; }
    const Sources& sources() const { return sources_; }

  private:
    Sources sources_;
    std::vector<Diagnostic> list_;
    std::size_t errors_ = 0;
};

/// Returns the candidate nearest to `name` by edit distance (insert, delete, replace, swap of
/// neighbours; case costs little), or empty when none is near enough to be meant: a third of the
/// name's characters, at least one. The first of equals wins.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

/// Returns "did you mean `x`?" for the nearest candidate, else "known are `a`, `b`, …" (at most
/// ten), else empty.
Text did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace countersign::diagnostics
