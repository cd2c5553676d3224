#pragma once
// Readers of small things that stand in documents of every kind: ids, titles, limits, outcomes.

#include "definitions/yaml/access.hpp"
#include "engine/calendar/calendar.hpp"
#include "engine/model/process.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::definitions {

using diagnostics::Diagnostics;
using diagnostics::Span;
using yaml::Node;

/// Whether `text` is a lower-case id: words of letters and digits joined by hyphens (`hyphens`) or
/// by underscores.
bool is_id(std::string_view text, bool hyphens);

/// Returns an id that stands as a value or key at `node`; else adds CS2002.
std::optional<std::string> read_id(const Node& node, Diagnostics& found, const Text& what,
                                   bool hyphens);

/// Returns a title; warns when one of the two languages is missing (CS2101) and the text is not
/// the same in both (a plain text).
Text read_title(const Node* node, Diagnostics& found, const Text& what);

/// Returns a legal basis: a text, or one in two languages.
Text read_basis(const Node* node, Diagnostics& found);

/// Returns a limit such as "3wd"; else adds CS2014.
std::optional<calendar::Limit> read_limit(const Node& node, Diagnostics& found, const Text& what);

/// Returns the milliseconds of limits that can be compared with each other: a working day counts as
/// the smallest possible stretch. Nothing for pairs of which neither is surely longer.
std::optional<int> compare_limits(const calendar::Limit& a, const calendar::Limit& b);

/// Reads {name: ok | refusal | supplement}; else adds CS2015.
std::vector<model::Outcome> read_outcomes(const Node& node, Diagnostics& found, const Text& what);

/// Reads an integer that must lie in [low, high]; else adds CS2016.
std::optional<std::int64_t> read_count(const Node& node, Diagnostics& found, const Text& what,
                                       std::int64_t low, std::int64_t high);

/// Adds CS2009 for each of `names` that the mapping has: keys of the language that this version
/// does not run yet. Call before Keys::finish.
void refuse_unavailable(yaml::Keys& keys, const Node& node, Diagnostics& found,
                        const std::vector<std::string>& names);

/// Returns the message of CS2009 about a key or word.
Text not_available(std::string_view name);

/// Returns "`a`, `b` or `c`", "`a`、`b`或`c`".
Text listed(const std::vector<std::string>& names);

}  // namespace countersign::definitions
