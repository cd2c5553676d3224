#pragma once
// Rows of the journal as bytes: heads, hashes and the walk along a chain. Used inside this room.

#include "engine/store/journal.hpp"
#include "engine/store/seal.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::store {

inline constexpr std::size_t hash_bytes = 32;
inline constexpr std::size_t record_begin = 1 + hash_bytes;  ///< where a record's archive begins
inline constexpr std::size_t snapshot_begin =
    1 + 8 + hash_bytes;  ///< where a snapshot's archive begins

/// Returns what stands as "record before" in the first record of a case.
Hash hash_before(CaseId id);

std::string encode_head(const Head& head);
/// Returns the case's head, or nothing when it has none.
result<std::optional<Head>> read_head(const Store& store, CaseId id);

/// Returns an error that names the record of a case.
Error broken(CaseId id, std::uint64_t sequence, std::string_view what);

/// The row of one record and the head after it; false stops.
using RawVisitor = std::function<bool(std::string_view row, const Head& head)>;

/// Visits the rows behind `start` up to and including record `last`, checking that none is missing
/// and that each names the hash of the one before. Returns the head of the last row visited. On a
/// break `at` is the sequence at which it is.
result<Head> walk_chain(const Store& store, CaseId id, const Head& start, std::uint64_t last,
                        const RawVisitor& visit, std::uint64_t& at);

/// Reads a row as a record; its sequence must be `sequence`.
result<core::Record> decode_record(std::string_view row, CaseId id, std::uint64_t sequence,
                                   const ArchiveFetching* fetching);

/// Returns the first case at or behind `from` that has a row in `family`, whose keys begin with the
/// case key.
result<std::optional<CaseId>> next_case(const Store& store, Family family, std::string_view from);

}  // namespace countersign::store
