#pragma once
// The journal of cases: records chained by SHA-256, snapshots, and cases read back from both.
// README.md fixes the bytes. Personal values are sealed with the case's key, large values are rows
// of family `values`.

#include "engine/core/decide.hpp"
#include "engine/store/keys.hpp"
#include "engine/store/store.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace countersign::store {

/// The end of a case's chain: its last record's sequence and hash. {0, zeros} before the first.
struct Head {
    std::uint64_t sequence = 0;
    Hash hash{};
    bool operator==(const Head&) const = default;
};

/// The key that seals a case's personal values. Destroying it erases them.
struct CaseSecret {
    std::array<unsigned char, 32> bytes{};
    bool operator==(const CaseSecret&) const = default;
};

/// Returns a fresh random key, for a case that is opened.
CaseSecret make_secret();

/// Adds the record, the large values that it names and the new head to the batch, and moves `head`
/// on; with the first record also the case's key. CHECKs that `record.sequence` is the next one.
/// Returns the record's bytes: callers add them up for the snapshot rule (snapshot_due).
std::size_t append_record(Batch& batch, CaseId id, const core::Record& record, Head& head,
                          const CaseSecret& secret);

/// Whether a snapshot pays: the records since the last one outweigh it, and there are enough of
/// them.
bool snapshot_due(std::size_t snapshot_bytes, std::size_t tail_bytes);

/// Adds the state as the case's snapshot. `head` must be that of the state's last record. The large
/// values that it names are in the store already, or earlier in this batch: they came by records.
/// Returns its bytes.
std::size_t write_snapshot(Batch& batch, const core::CaseState& state, const Head& head,
                           const CaseSecret& secret);

/// Removes the case's key: its personal values read as `erased` from then on. Gone from the disk
/// when RocksDB has compacted the row away; backups made before still hold it.
void erase_case(Batch& batch, CaseId id);

/// A case as it was read back.
struct LoadedCase {
    core::CaseState state;
    Head head;
    CaseSecret secret;  ///< of an erased case a fresh one that is kept nowhere
    bool erased = false;
    bool snapshot_damaged = false;   ///< it did not read back; the state is from the whole journal
    std::size_t snapshot_bytes = 0;  ///< 0 when there is none
    std::size_t tail_bytes = 0;      ///< of the records after it
};

/// Reads a case: its snapshot and the records after it, hashes checked before any is applied.
/// ErrorKind::not_found when there is no such case; ErrorKind::corrupt names the record.
result<LoadedCase> load_case(const Store& store, CaseId id);

/// Reads a case from its records alone, up to and including record `last`.
result<core::CaseState> replay_case(const Store& store, CaseId id,
                                    std::uint64_t last = ~std::uint64_t{0});

/// Returns the plain canonical bytes of a state, for comparisons; personal values are open in them.
std::string encode_state(const core::CaseState& state);

/// One record and the head after it; false stops.
using JournalVisitor = std::function<bool(const core::Record& record, const Head& head)>;

/// Visits the records of a case in order, after the hashes of all were checked against its head.
/// Holds the case's journal in memory. ErrorKind::not_found when there is no such case.
result<void> read_journal(const Store& store, CaseId id, const JournalVisitor& visit);

/// One thing that verification found wrong.
struct ChainProblem {
    CaseId case_id;
    std::uint64_t sequence = 0;  ///< of the record; 0 when it is about no single record
    std::string message;
};

/// What verification looked at and found.
struct ChainReport {
    std::uint64_t cases = 0;
    std::uint64_t records = 0;
    std::uint64_t values = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t erased = 0;            ///< cases whose key is gone
    std::vector<ChainProblem> problems;  ///< at most chain_problems_max
    std::uint64_t problems_left_out = 0;
    bool ok() const { return problems.empty(); }
};
inline constexpr std::size_t chain_problems_max = 1'000;

/// Proves of one case: no gap, no edit, the head matches, values have their hashes and none that a
/// record names is missing, and the whole journal replays to what load_case gives. The removal of a
/// whole case, or of a tail together with its head, shows only against a copy kept elsewhere.
ChainReport verify_case(const Store& store, CaseId id);

/// The same for every case that has a row in families journal, cases or values.
ChainReport verify_all(const Store& store);

}  // namespace countersign::store
