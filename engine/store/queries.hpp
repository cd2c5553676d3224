#pragma once
// What is read from the derived rows: lists of cases, worklists, the outbox, due timers.

#include "engine/store/rows.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace countersign::store {

/// Which cases to list: all that are given must hold.
struct CaseFilter {
    std::optional<core::CaseStatus> status;
    std::optional<std::string> process;
    std::optional<std::string> applicant;
};

struct CaseListing {
    CaseId id;
    CaseInfo info;
};

/// A page of a list; `next` is the cursor of the next page, absent after the last.
template <class Row>
struct Page {
    std::vector<Row> rows;
    std::optional<std::string> next;
};

/// Lists cases, newest first. `cursor` is `next` of the page before, or empty. `limit` is 1 … 1,000
/// and cut to that. A page may be shorter than `limit` and still have a `next` when the filter
/// drops much. ErrorKind::invalid for a cursor that is none.
result<Page<CaseListing>> list_cases(const Store& store, const CaseFilter& filter,
                                     std::size_t limit, std::string_view cursor = {});

/// Returns up to `limit` open cases of the applicant and process, newest first. Looks at no more
/// than its 200 newest cases, so that an agent with thousands costs no more than others.
result<std::vector<CaseId>> open_cases_of(const Store& store, std::string_view applicant,
                                          std::string_view process, std::size_t limit);

/// Returns the summary of a case; ErrorKind::not_found.
result<CaseInfo> case_info(const Store& store, CaseId id);

/// Counts the cases that are open by their index, a row each: for a start, not for a request.
result<std::uint64_t> count_open_cases(const Store& store);

/// Visits the id of every case of a partition in the order of opening. For rebuilding and audits.
result<void> each_case(const Store& store, std::uint8_t partition,
                       const std::function<bool(CaseId)>& visit);

struct TaskListing {
    TaskId id;
    TaskRow row;
    std::string claimed_by;  ///< empty when nobody has
};

/// Lists open tasks of a role, oldest case first.
result<Page<TaskListing>> list_tasks(const Store& store, std::string_view role, std::size_t limit,
                                     std::string_view cursor = {});

/// Lists the calls that a department has accepted and not answered, oldest case first. The number
/// of an `id` is the call's, the row's role the department.
result<Page<TaskListing>> list_in_hand(const Store& store, std::string_view department,
                                       std::size_t limit, std::string_view cursor = {});

/// Lists the open tasks of a case in the order of their numbers.
result<std::vector<TaskListing>> tasks_of(const Store& store, CaseId id);

/// An attempt to send, with its key: the next scan starts behind it.
struct OutboxRow {
    CallKey key;
    CallRow row;
};

/// Partitions first … last, both included.
struct PartitionRange {
    std::uint8_t first = 0;
    std::uint8_t last = partitions - 1;
};

/// Returns up to `limit` attempts of a department that have to be sent, nearest due first (calls
/// without one last, older cases first), over these partitions. Rows at or before `after` are left
/// out: it is the key of the last row seen. A row whose large input is missing is an error.
result<std::vector<OutboxRow>> outbox(const Store& store, std::string_view department,
                                      PartitionRange range, std::size_t limit,
                                      const std::optional<CallKey>& after = std::nullopt);

/// Returns the departments that have rows in the outbox of these partitions, ordered, each once.
/// One seek a department and partition: for start-up.
result<std::vector<std::string>> outbox_departments(const Store& store, PartitionRange range);

/// Returns the row as the dispatcher takes it.
core::CallView view_of(const OutboxRow& row);

/// A timer as it is filed.
struct FiledTimer {
    TimerKey key;
    bool movable = false;  ///< a calendar's change may move it
};

/// Returns up to `limit` timers of a partition, nearest first: all with `from` <= due <= `until`,
/// or behind `after` when it is given.
result<std::vector<FiledTimer>> due_timers(const Store& store, std::uint8_t partition, Instant from,
                                           Instant until, std::size_t limit,
                                           const std::optional<TimerKey>& after = std::nullopt);

/// Returns where the timers of one case are filed.
result<std::vector<FiledTimer>> timers_of_case(const Store& store, CaseId id);

/// Returns what an Idempotency-Key led to, or nothing.
result<std::optional<Repeat>> find_repeat(const Store& store, std::string_view principal,
                                          std::string_view key);

/// Whether any case names the content (blobs.hpp): a seek a partition.
result<bool> is_content_named(const Store& store, const Hash& content);

/// Visits what the cases of a partition name, in the order of hashes and cases; false stops.
result<void> each_content_named(const Store& store, std::uint8_t partition,
                                const std::function<bool(const Hash&, CaseId)>& visit);

/// Returns the last case time that put_stamp() kept, or nothing in a fresh store.
result<std::optional<Instant>> last_stamp(const Store& store);

}  // namespace countersign::store
