#pragma once
// A department's answer as JSON: in the body of a 200, or posted to the callback.

#include "engine/base/result.hpp"
#include "engine/runtime/adapter.hpp"

#include <string>
#include <string_view>

namespace countersign::http {

/// Reads {"outcome": "approved", "result": {...}, "happened_at": "...", "note": "...", "missing":
/// [{"material" or "field", "reason"}]}; only `outcome` is needed, other members are passed over.
/// Fails with ErrorKind::invalid and what is wrong. The contract is checked by the core.
result<runtime::Answered> parse_answer(std::string_view json);

/// Reads the same members from a value; for bodies that hold more than an answer.
result<runtime::Answered> answer_of(const expr::Value& value);

/// Returns the start of what somebody sent, as one line of valid UTF-8 for an incident.
std::string excerpt(std::string_view bytes);

}  // namespace countersign::http
