// Writing: records with their hashes, heads and snapshots; and the walk along a chain that all
// reading begins with.
#include "engine/store/journal.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"
#include "engine/store/chain.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::store {

namespace {

constexpr std::size_t snapshot_tail_min = 8u << 10;

Hash hash_at(std::string_view bytes, std::size_t at) {
    Hash hash{};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), hash.size(), hash.begin());
    return hash;
}

}  // namespace

Hash hash_before(CaseId id) { return sha256("countersign case " + case_key(id)); }

std::string encode_head(const Head& head) {
    std::string out(1, static_cast<char>(archive_format));
    put_big_endian(out, head.sequence, 8);
    return out.append(view_of(head.hash));
}

result<std::optional<Head>> read_head(const Store& store, CaseId id) {
    const auto bytes = store.get(Family::cases, case_row_key(id, CaseRow::head));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<Head>();
    const std::string& row = **bytes;
    if (row.size() != 1 + 8 + hash_bytes || static_cast<unsigned char>(row[0]) > archive_format)
        return failure(ErrorKind::corrupt,
                       fmt::format("the head of case {} is damaged", id.text()));
    return std::optional(Head{get_big_endian(std::string_view(row).substr(1), 8), hash_at(row, 9)});
}

Error broken(CaseId id, std::uint64_t sequence, std::string_view what) {
    return failure(ErrorKind::corrupt,
                   fmt::format("case {}, record {}: {}", id.text(), sequence, what));
}

std::size_t append_record(Batch& batch, CaseId id, const core::Record& record, Head& head,
                          const CaseSecret& secret) {
    CHECK(record.sequence == head.sequence + 1);
    if (head.sequence == 0) {
        batch.put(Family::keys, case_key(id),
                  {reinterpret_cast<const char*>(secret.bytes.data()), secret.bytes.size()});
        head.hash = hash_before(id);
    }
    thread_local std::string row;
    row.assign(1, static_cast<char>(archive_format));
    row.append(view_of(head.hash));
    const Keeping keeping(id, secret, &batch);
    BinaryWriter writer(row, archive_format, &keeping.archive());
    writer& record;
    batch.put(Family::journal, journal_key(id, record.sequence), row);
    head = {record.sequence, sha256(row)};
    batch.put(Family::cases, case_row_key(id, CaseRow::head), encode_head(head));
    return row.size();
}

bool snapshot_due(std::size_t snapshot_bytes, std::size_t tail_bytes) {
    return tail_bytes > std::max(snapshot_bytes, snapshot_tail_min);
}

std::size_t write_snapshot(Batch& batch, const core::CaseState& state, const Head& head,
                           const CaseSecret& secret) {
    CHECK(state.sequence == head.sequence);
    thread_local std::string row;
    row = encode_head(head);
    row.front() = static_cast<char>(core::state_format);
    const Keeping keeping(state.id, secret, nullptr);
    BinaryWriter writer(row, core::state_format, &keeping.archive());
    writer& state;
    const Hash hash = sha256(row);
    row.append(view_of(hash));
    batch.put(Family::cases, case_row_key(state.id, CaseRow::snapshot), row);
    return row.size();
}

void erase_case(Batch& batch, CaseId id) { batch.remove(Family::keys, case_key(id)); }

std::string encode_state(const core::CaseState& state) {
    return encode(state, core::state_format);
}

result<Head> walk_chain(const Store& store, CaseId id, const Head& start, std::uint64_t last,
                        const RawVisitor& visit, std::uint64_t& at) {
    Head head = start;
    if (head.sequence == 0) head.hash = hash_before(id);
    std::optional<Error> error;
    const auto scanned = store.scan(
        Family::journal, journal_key(id, start.sequence + 1), after_prefix(case_key(id)),
        [&](std::string_view key, std::string_view row) {
            if (head.sequence >= last) return false;
            CaseId found;
            const auto sequence = read_journal_key(key, found);
            at = head.sequence + 1;
            if (!sequence || *sequence != at)
                error = broken(id, at, "it is missing");
            else if (row.size() < record_begin)
                error = broken(id, at, "it is cut off");
            else if (hash_at(row, 1) != head.hash)
                error = broken(id, at,
                               "it does not follow the record before: one of the two was changed");
            if (error) return false;
            head = {at, sha256(row)};
            return visit(row, head);
        });
    if (!scanned) return scanned.error();
    if (error) return *error;
    return head;
}

result<core::Record> decode_record(std::string_view row, CaseId id, std::uint64_t sequence,
                                   const ArchiveFetching* fetching) {
    const auto format = row.size() < record_begin ? ~0u : static_cast<unsigned char>(row.front());
    if (format > archive_format) return broken(id, sequence, "its format is unknown");
    auto record = decode<core::Record>(row.substr(record_begin), format, fetching);
    if (!record) return broken(id, sequence, record.error().message);
    if (record->sequence != sequence) return broken(id, sequence, "it has another number inside");
    return record;
}

result<std::optional<CaseId>> next_case(const Store& store, Family family, std::string_view from) {
    std::optional<CaseId> found;
    bool damaged = false;
    const auto scanned = store.scan(family, from, {}, [&](std::string_view key, std::string_view) {
        found = read_case_key(key);
        damaged = !found;
        return false;
    });
    if (!scanned) return scanned.error();
    if (damaged) return failure(ErrorKind::corrupt, "a key of the store names no case");
    return found;
}

}  // namespace countersign::store
