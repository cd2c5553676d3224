// Reading a case back: snapshot, head and the records between them, checked before any is applied.
#include "engine/base/bytes.hpp"
#include "engine/store/chain.hpp"

#include <fmt/format.h>

namespace countersign::store {

namespace {

/// A snapshot whose hash is right and whose archive is not read yet.
struct RawSnapshot {
    std::string row;
    Head head;
    std::string_view archive() const {
        return std::string_view(row).substr(snapshot_begin,
                                            row.size() - snapshot_begin - hash_bytes);
    }
    unsigned format() const { return static_cast<unsigned char>(row.front()); }
};

/// Returns the snapshot; nothing when there is none or it is damaged.
result<std::optional<RawSnapshot>> read_snapshot(const Store& store, CaseId id, bool& damaged) {
    damaged = false;
    auto bytes = store.get(Family::cases, case_row_key(id, CaseRow::snapshot));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<RawSnapshot>();
    RawSnapshot out{std::move(**bytes), {}};
    const std::string_view row(out.row);
    damaged = row.size() < snapshot_begin + hash_bytes ||
              static_cast<unsigned char>(row[0]) > core::state_format ||
              view_of(sha256(row.substr(0, row.size() - hash_bytes))) !=
                  row.substr(row.size() - hash_bytes);
    if (damaged) return std::optional<RawSnapshot>();
    out.head.sequence = get_big_endian(row.substr(1), 8);
    std::copy_n(row.begin() + 9, hash_bytes, out.head.hash.begin());
    return std::optional(std::move(out));
}

struct RawRecord {
    std::string row;
    Head after;
};

/// Returns the rows behind `start` up to `head`, all of them checked.
result<std::vector<RawRecord>> checked_rows(const Store& store, CaseId id, const Head& start,
                                            const Head& head) {
    std::vector<RawRecord> records;
    std::uint64_t at = 0;
    const auto end = walk_chain(
        store, id, start, head.sequence,
        [&](std::string_view row, const Head& after) {
            records.push_back({std::string(row), after});
            return true;
        },
        at);
    if (!end) return end.error();
    if (end->sequence != head.sequence) return broken(id, end->sequence + 1, "it is missing");
    if (end->hash != head.hash)
        return broken(id, head.sequence, "it or the head of the case was changed");
    return records;
}

/// Applies the records behind the state, up to and including `last`; returns their bytes.
result<std::size_t> apply_tail(core::CaseState& state, CaseId id,
                               const std::vector<RawRecord>& records, std::uint64_t last,
                               const ArchiveFetching& fetching) {
    std::size_t bytes = 0;
    for (const RawRecord& raw : records) {
        if (raw.after.sequence > last) break;
        const auto record = decode_record(raw.row, id, raw.after.sequence, &fetching);
        if (!record) return record.error();
        core::evolve(state, *record);
        bytes += raw.row.size();
    }
    return bytes;
}

Error no_such_case(CaseId id) {
    return failure(ErrorKind::not_found,
                   format_both("there is no case {}", "没有办件 {}", id.text()));
}

}  // namespace

result<LoadedCase> load_case(const Store& store, CaseId id) {
    LoadedCase out;
    // The snapshot before the head: a commit between the two then only makes the tail longer.
    auto snapshot = read_snapshot(store, id, out.snapshot_damaged);
    if (!snapshot) return snapshot.error();
    const auto head = read_head(store, id);
    if (!head) return head.error();
    if (!*head) return no_such_case(id);
    out.head = **head;
    const auto secret = read_secret(store, id);
    if (!secret) return secret.error();
    out.erased = !*secret;
    out.secret = *secret ? **secret : make_secret();
    const Fetching fetching(store, id, *secret);

    Head start;
    if (*snapshot) {
        auto state =
            decode<core::CaseState>((*snapshot)->archive(), (*snapshot)->format(),
                                    &fetching.archive());
        out.snapshot_damaged =
            !state || state->sequence != (*snapshot)->head.sequence || state->id != id;
        if (!out.snapshot_damaged) {
            out.state = std::move(*state);
            out.snapshot_bytes = (*snapshot)->row.size();
            start = (*snapshot)->head;
        }
    }
    const auto records = checked_rows(store, id, start, out.head);
    if (!records) return records.error();
    const auto tail = apply_tail(out.state, id, *records, out.head.sequence, fetching.archive());
    if (!tail) return tail.error();
    out.tail_bytes = *tail;
    return out;
}

result<core::CaseState> replay_case(const Store& store, CaseId id, std::uint64_t last) {
    const auto head = read_head(store, id);
    if (!head) return head.error();
    if (!*head) return no_such_case(id);
    const auto secret = read_secret(store, id);
    if (!secret) return secret.error();
    const Fetching fetching(store, id, *secret);
    const auto records = checked_rows(store, id, {}, **head);
    if (!records) return records.error();
    core::CaseState state;
    const auto applied = apply_tail(state, id, *records, last, fetching.archive());
    if (!applied) return applied.error();
    return state;
}

result<void> read_journal(const Store& store, CaseId id, const JournalVisitor& visit) {
    const auto head = read_head(store, id);
    if (!head) return head.error();
    if (!*head) return no_such_case(id);
    const auto secret = read_secret(store, id);
    if (!secret) return secret.error();
    const Fetching fetching(store, id, *secret);
    const auto records = checked_rows(store, id, {}, **head);
    if (!records) return records.error();
    for (const RawRecord& raw : *records) {
        const auto record = decode_record(raw.row, id, raw.after.sequence, &fetching.archive());
        if (!record) return record.error();
        if (!visit(*record, raw.after)) break;
    }
    return {};
}

}  // namespace countersign::store
