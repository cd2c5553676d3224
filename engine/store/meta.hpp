#pragma once
// The rows of family meta: what a store is.

#include "engine/store/store.hpp"

#include <cstdint>
#include <string_view>

namespace countersign::store {

/// The format that this program writes; it reads this and all before.
inline constexpr std::uint32_t store_format = 1;

inline constexpr std::string_view format_row = "format";
inline constexpr std::string_view partitions_row = "partitions";
inline constexpr std::string_view stamp_row = "stamp";

/// Writes format and partitions into an empty store, or checks those of another. ErrorKind::invalid
/// when a newer program wrote it; `where` names it in messages.
result<void> prepare_meta(Store& store, std::string_view where);

}  // namespace countersign::store
