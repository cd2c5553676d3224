#pragma once
// Text as a terminal may show it: without control characters, cut and filled by display width.

#include <string>
#include <string_view>
#include <vector>

namespace countersign::cli {

/// Returns `text` on one line: line breaks and tabs as blanks, every other control or bidirectional
/// character and every malformed byte as U+FFFD. What departments and applicants write must not be
/// able to move the cursor, change colours or reorder the line.
std::string printable(std::string_view text);

/// The same, but line breaks stay.
std::string printable_lines(std::string_view text);

/// Returns `text` cut to at most `columns` (1 or more), with "…" where it was cut.
std::string truncated(std::string_view text, int columns);

/// Returns `text` filled with blanks to `columns`; longer text stays as it is.
std::string padded(std::string_view text, int columns);
/// The same with the blanks in front.
std::string padded_left(std::string_view text, int columns);

/// Splits a text into lines of at most `columns`, at blanks where there are any. A text without
/// characters is one empty line.
std::vector<std::string> wrapped(std::string_view text, int columns);

}  // namespace countersign::cli
