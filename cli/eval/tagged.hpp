#pragma once
// Values and types of expressions as the cases of the CEL specification write them in JSON: each
// with its kind, {"int64_value": "3"}, {"primitive": "INT64"}.

#include "cli/failure.hpp"
#include "engine/expr/type.hpp"
#include "engine/expr/value.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace countersign::cli {

/// Reads a tagged value; an empty optional and ours, {"money_value": "12.34"}, too. Nothing when it
/// is none: another tag, a number out of range, a duration or timestamp that is none.
std::optional<expr::Value> value_of_tagged(const boost::json::value& tagged);

/// Reads plain JSON as a value: integers as int, other numbers as double, objects as maps.
expr::Value value_of_plain(const boost::json::value& plain);

/// Writes a value with its tags, on one line.
std::string tagged_text(const expr::Value& value);

/// Writes a value as an expression would: `[1, 2u, 3.0]`, `"a"`, `duration("30s")`.
std::string cel_text(const expr::Value& value);

/// Reads a tagged type as the signatures of functions write it: "list(int)". A type that messages
/// alone have reads as "dyn".
std::string type_text(const boost::json::value& tagged);

/// Reads a tagged type.
expr::Type type_of_tagged(const boost::json::value& tagged);

/// Writes a type with its tags, on one line.
std::string tagged_text(const expr::Type& type);

}  // namespace countersign::cli
