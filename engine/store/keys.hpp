#pragma once
// The keys of every family, as README.md fixes them. Builders never fail; readers give nothing when
// the bytes are no such key. Every key that a shard scans begins with the partition.

#include "engine/base/ids.hpp"
#include "engine/core/command.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::store {

/// A SHA-256.
using Hash = std::array<unsigned char, 32>;

/// Returns the SHA-256 of `bytes`. Any thread.
Hash sha256(std::string_view bytes);
/// Returns the hash's bytes as a view into it.
std::string_view view_of(const Hash& hash);

inline constexpr std::size_t case_key_bytes = 10;

/// partition 1, ms 6, counter 3.
std::string case_key(CaseId id);
std::optional<CaseId> read_case_key(std::string_view key);

/// Appends a time: 8 bytes that order as the signed number of milliseconds does.
void put_time(std::string& out, Instant at);
/// Reads put_time(); CHECKs that there are 8 bytes.
Instant read_time(std::string_view bytes);

/// Family journal: case key, sequence 8.
std::string journal_key(CaseId id, std::uint64_t sequence);
std::optional<std::uint64_t> read_journal_key(std::string_view key, CaseId& id);

/// Family cases: case key and one letter for the row.
enum class CaseRow : char { head = 'h', info = 'i', snapshot = 's' };
std::string case_row_key(CaseId id, CaseRow row);

/// Family values: case key, SHA-256 of the bytes.
std::string value_key(CaseId id, std::string_view hash);

/// A row of family timers: when a timer of a case was filed to fall due.
struct TimerKey {
    Instant due;
    CaseId case_id;
    core::TimerId timer;
    auto operator<=>(const TimerKey&) const = default;
};
/// Family timers: partition 1, due 8 (ordered as a signed number), rest of the case key 9, kind 1,
/// number 4.
std::string timer_key(const TimerKey& key);
std::optional<TimerKey> read_timer_key(std::string_view key);
/// Returns the bound below all timers of the partition that are due at `due` or later.
std::string timer_bound(std::uint8_t partition, Instant due);

/// Family filed: case key, kind 1, number 4.
std::string filed_key(CaseId id, core::TimerId timer);
std::optional<core::TimerId> read_filed_key(std::string_view key, CaseId& id);

/// A row of family calls: one attempt that has to be sent.
struct CallKey {
    std::string department;
    std::optional<Instant> due;
    CallId call;
    std::uint32_t attempt = 1;
    bool operator==(const CallKey&) const = default;
    /// The order of their keys within one partition, across partitions: a call without a due is
    /// last.
    std::strong_ordering operator<=>(const CallKey& other) const;
};
/// Family calls: partition 1, length of the department's name 1, name, due 8 (all ones when none),
/// rest of the case key 9, call 4, attempt 4. CHECKs that the name has at most 255 bytes.
std::string call_key(const CallKey& key);
std::optional<CallKey> read_call_key(std::string_view key);
/// Returns the prefix of all calls of a department in a partition.
std::string call_prefix(std::uint8_t partition, std::string_view department);

/// Family tasks: case key, number 4.
std::string task_key(TaskId id);
std::optional<TaskId> read_task_key(std::string_view key);

// Family indexes: partition 1, a letter, what is looked for, the case. Lists of cases end with the
// rest of the case key inverted, so that a scan meets the newest first; worklists with the rest as
// it is.
/// 'o', rest inverted: all cases.
std::string opened_index_prefix(std::uint8_t partition);
/// 's', status 1, rest inverted.
std::string status_index_prefix(std::uint8_t partition, core::CaseStatus status);
/// 'p', length 1, process, status 1, rest inverted.
std::string process_index_prefix(std::uint8_t partition, std::string_view process,
                                 core::CaseStatus status);
/// 'a', SHA-256 of the applicant, rest inverted: names are of any length and personal.
std::string applicant_index_prefix(std::uint8_t partition, const Hash& applicant);
/// 'r', length 1, role, rest, number 4.
std::string role_index_prefix(std::uint8_t partition, std::string_view role);
std::string role_index_key(std::string_view role, TaskId task);
/// 'c', rest, number 4 → who claimed the task.
std::string claim_index_key(TaskId task);
/// The role under which the calls stand that a department has in hand; the number of the "task" is
/// the call's. No role of a definition has a slash.
std::string in_hand_role(std::string_view department);
/// 'b', SHA-256 of a content, rest: a case that names it.
std::string content_index_prefix(std::uint8_t partition);
std::string content_index_prefix(std::uint8_t partition, const Hash& content);
/// 'k', SHA-256 of principal and key.
std::string idempotency_key(std::string_view principal, std::string_view key);
/// Returns the partition of the case that this principal opens with this Idempotency-Key.
std::uint8_t idempotency_partition(std::string_view principal, std::string_view key);
/// Appends the rest of the case key to an index prefix.
std::string with_case(std::string prefix, CaseId id);
/// Appends it with all bits inverted: later cases come first.
std::string with_case_inverted(std::string prefix, CaseId id);
/// Reads the inverted rest that a key ends with.
std::optional<CaseId> read_case_inverted(std::string_view key);
/// Reads the rest of the case key that begins at `at`; the partition is the key's first byte.
std::optional<CaseId> read_case_rest(std::string_view key, std::size_t at);

}  // namespace countersign::store
