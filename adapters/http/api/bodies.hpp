#pragma once
// Request bodies as commands' parts. Each fails with ErrorKind::invalid and the member's name.

#include "engine/core/command.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::http {

/// A text member; empty when it is absent or null.
result<std::string> text_of(const expr::Value& object, std::string_view name);

/// A record member; an empty record when it is absent or null.
result<expr::Value> record_of(const expr::Value& object, std::string_view name);

/// A boolean member; false when it is absent or null.
result<bool> flag_of(const expr::Value& object, std::string_view name);

/// A moment as parse_moment reads it; nothing when it is absent or null.
result<std::optional<Instant>> moment_of(const expr::Value& object, std::string_view name,
                                         int offset_minutes);

/// `materials`: a list of ids, or of {id, name, sha256, bytes}.
result<std::vector<core::GivenMaterial>> materials_of(const expr::Value& object);

/// `overrides`: a list of {field, reason}.
result<std::vector<core::FieldOverride>> overrides_of(const expr::Value& object);

/// `fields`: {"site.address": value, …} as Supply has them.
result<std::vector<std::pair<std::string, expr::Value>>> fields_of(const expr::Value& object);

}  // namespace countersign::http
