#pragma once
// JSON at the borders: strict reading with bounds, canonical writing.

#include "engine/base/result.hpp"
#include "engine/expr/value.hpp"

#include <string>
#include <string_view>

namespace countersign::expr {

/// Reads one JSON text. Integers become `integer` (outside int64: refused), numbers with a point
/// or exponent `real`. Refused with ErrorKind::invalid and the byte offset in the message: invalid
/// UTF-8, duplicate names, depth or counts over limits::json_*, anything after the text.
result<Value> from_json(std::string_view text);

/// How personal scalars are written: open to those who may see them, else as "***".
enum class Personal { open, masked };

/// Returns compact JSON with fields in the map's order. Timestamps as RFC 3339 in UTC, durations
/// as "30s", money as a decimal string "12.34", bytes as base64, uint as a number, an empty
/// optional as null, `erased` as "erased". NaN and infinities, which JSON lacks, as null.
std::string to_json(const Value& value, Personal personal = Personal::masked);

/// Appends to_json() to `out`.
void append_json(std::string& out, const Value& value, Personal personal = Personal::masked);

/// Appends `text` as a JSON string, quoted and escaped.
void append_json_string(std::string& out, std::string_view text);

}  // namespace countersign::expr
