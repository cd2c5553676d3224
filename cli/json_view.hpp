#pragma once
// Reading the server's JSON: a member that is absent reads as empty, so that an older or newer
// server shows less instead of breaking the program.

#include "engine/base/time.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::cli {

/// Returns the member behind a path of names ("case.title"), or null.
const boost::json::value* find(const boost::json::value& value, std::string_view path);

/// Returns the members of a list behind a path; an empty list when there is none.
const boost::json::array& list_at(const boost::json::value& value, std::string_view path);

/// Returns a text, or a number or boolean as text; empty when absent or null.
std::string text_at(const boost::json::value& value, std::string_view path);

/// Returns a title: a text, or {"en", "zh"} in `language`, else in the other one.
std::string title_at(const boost::json::value& value, std::string_view path,
                     std::string_view language);

/// Returns the title that the server gives beside an id, "role_title" beside "role"; without one
/// the id.
std::string titled(const boost::json::value& value, std::string_view name,
                   std::string_view language);

/// Returns an instant, or nothing when the member is absent or is none.
std::optional<Instant> instant_at(const boost::json::value& value, std::string_view path);

/// Returns an integer; `otherwise` when the member is absent or is none.
std::int64_t integer_at(const boost::json::value& value, std::string_view path,
                        std::int64_t otherwise = 0);

/// Returns a boolean; false when the member is absent.
bool flag_at(const boost::json::value& value, std::string_view path);

}  // namespace countersign::cli
