// Queries over derived rows. Lists that span partitions are merges of one range a partition.
#include "engine/store/queries.hpp"

#include "engine/base/bytes.hpp"
#include "engine/store/merge.hpp"
#include "engine/store/meta.hpp"
#include "engine/store/seal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace countersign::store {

namespace {

constexpr std::size_t page_max = 1'000;
constexpr std::size_t looked_at_max = 5'000;  ///< rows a page may drop; bounds a request's work
constexpr std::array statuses{core::CaseStatus::open, core::CaseStatus::ended,
                              core::CaseStatus::closed};

/// Returns the least key behind the case `last` in lists whose keys are prefix and rest of the
/// case: ids order by milliseconds, partition, counter, but keys within a partition by milliseconds
/// and counter. Not for the partition of `last` itself.
std::string resume_oldest(CaseId last, std::uint8_t partition, std::string prefix) {
    put_big_endian(prefix, last.ms, 6);
    return partition > last.partition ? prefix : after_prefix(prefix);
}

/// The same for lists whose rests are inverted, and for every partition.
std::string resume_newest(CaseId last, std::uint8_t partition, const std::string& prefix) {
    std::string key = with_case_inverted(prefix, last);
    if (partition == last.partition) return key + '\0';
    key.resize(prefix.size() + 6);
    return partition < last.partition ? key : after_prefix(key);
}

/// Orders cases from the newest on.
struct Newest {
    CaseId id;
    bool operator<(const Newest& other) const { return other.id < id; }
};

std::optional<Newest> read_newest(std::string_view key) {
    const auto id = read_case_inverted(key);
    return id ? std::optional(Newest{*id}) : std::nullopt;
}

result<std::optional<CaseInfo>> find_info(const Store& store, CaseId id) {
    const auto bytes = store.get(Family::cases, case_row_key(id, CaseRow::info));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<CaseInfo>();
    auto info = decode_row<CaseInfo>(**bytes, "the summary of case " + id.text());
    if (!info) return info.error();
    return std::optional(std::move(*info));
}

bool fits(const CaseInfo& info, const CaseFilter& filter) {
    return (!filter.status || info.status == *filter.status) &&
           (!filter.process || info.process == *filter.process) &&
           (!filter.applicant || info.applicant == *filter.applicant);
}

/// The index that drops most for this filter.
std::vector<std::string> index_prefixes(const CaseFilter& filter, std::uint8_t partition) {
    if (filter.applicant) return {applicant_index_prefix(partition, sha256(*filter.applicant))};
    if (!filter.status && !filter.process) return {opened_index_prefix(partition)};
    std::vector<std::string> prefixes;
    for (const core::CaseStatus status : statuses) {
        if (filter.status && *filter.status != status) continue;
        prefixes.push_back(filter.process ? process_index_prefix(partition, *filter.process, status)
                                          : status_index_prefix(partition, status));
    }
    return prefixes;
}

Merge<Newest> newest_first(const Store& store, const CaseFilter& filter,
                           const std::optional<CaseId>& last) {
    Merge<Newest> merge(store, Family::indexes, read_newest);
    for (unsigned partition = 0; partition < partitions; ++partition) {
        const auto number = static_cast<std::uint8_t>(partition);
        for (const std::string& prefix : index_prefixes(filter, number))
            merge.add(last ? resume_newest(*last, number, prefix) : prefix, after_prefix(prefix));
    }
    return merge;
}

std::optional<TaskId> read_role_key(std::string_view key) {
    if (key.size() < case_key_bytes + 4) return std::nullopt;
    const auto id = read_case_rest(key, key.size() - 4 - (case_key_bytes - 1));
    if (!id) return std::nullopt;
    return TaskId{*id, static_cast<std::uint32_t>(get_big_endian(key.substr(key.size() - 4), 4))};
}

result<std::optional<TaskListing>> read_task(const Store& store, TaskId id,
                                             std::string_view bytes) {
    auto row = decode_row<TaskRow>(bytes, "task " + id.text());
    if (!row) return row.error();
    auto claimed = store.get(Family::indexes, claim_index_key(id));
    if (!claimed) return claimed.error();
    return std::optional(TaskListing{id, std::move(*row), claimed->value_or("")});
}

/// Nothing when the task was settled after its index row was read.
result<std::optional<TaskListing>> find_task(const Store& store, TaskId id) {
    const auto bytes = store.get(Family::tasks, task_key(id));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<TaskListing>();
    return read_task(store, id, **bytes);
}

std::string outbox_low(std::uint8_t partition, std::string_view department,
                       const std::optional<CallKey>& after) {
    const std::string prefix = call_prefix(partition, department);
    if (!after) return prefix;
    const CaseId id = after->call.case_id;
    const std::string key = call_key(*after);
    if (partition == id.partition) return key + '\0';
    const std::string due = key.substr(prefix.size(), 8);
    return resume_oldest(id, partition, prefix + due);
}

result<CallRow> read_call(const Store& store, const CallKey& key, std::string_view bytes) {
    const auto secret = read_secret(store, key.call.case_id);
    if (!secret) return secret.error();
    const Fetching fetching(store, key.call.case_id, *secret);
    return decode_row<CallRow>(bytes, "the outbox row of call " + key.call.text(),
                               &fetching.archive());
}

/// Lists what stands under a role, oldest case first; `fetch` reads a row, or nothing when it was
/// settled meanwhile.
template <class Fetch>
result<Page<TaskListing>> list_role(const Store& store, std::string_view role, std::size_t limit,
                                    std::string_view cursor, Fetch fetch) {
    limit = std::clamp<std::size_t>(limit, 1, page_max);
    std::optional<TaskId> last;
    if (!cursor.empty()) {
        const auto id = TaskId::parse(cursor);
        if (!id)
            return failure(ErrorKind::invalid, format_both("'{}' is not the cursor of a worklist",
                                                           "“{}”不是任务列表的翻页位置", cursor));
        last = *id;
    }
    Merge<TaskId> merge(store, Family::indexes, read_role_key);
    for (unsigned partition = 0; partition < partitions; ++partition) {
        const auto number = static_cast<std::uint8_t>(partition);
        const std::string prefix = role_index_prefix(number, role);
        std::string low = prefix;
        if (last && number == last->case_id.partition)
            low = role_index_key(role, *last) + '\0';
        else if (last)
            low = resume_oldest(last->case_id, number, prefix);
        merge.add(std::move(low), after_prefix(prefix));
    }
    Page<TaskListing> page;
    for (;;) {
        const auto row = merge.next();
        if (!row) return row.error();
        if (!*row) return page;
        if (page.rows.size() == limit) {
            page.next = last->text();
            return page;
        }
        last = (*row)->id;
        auto task = fetch(*last);
        if (!task) return task.error();
        if (*task) page.rows.push_back(std::move(**task));
    }
}

bool is_movable(std::string_view byte) { return !byte.empty() && byte.front() != '\0'; }

}  // namespace

result<Page<CaseListing>> list_cases(const Store& store, const CaseFilter& filter,
                                     std::size_t limit, std::string_view cursor) {
    limit = std::clamp<std::size_t>(limit, 1, page_max);
    std::optional<CaseId> last;
    if (!cursor.empty()) {
        const auto id = CaseId::parse(cursor);
        if (!id)
            return failure(ErrorKind::invalid,
                           format_both("'{}' is not the cursor of a list of cases",
                                       "“{}”不是办件列表的翻页位置", cursor));
        last = *id;
    }
    Merge<Newest> merge = newest_first(store, filter, last);
    Page<CaseListing> page;
    for (std::size_t looked_at = 0;; ++looked_at) {
        const auto row = merge.next();
        if (!row) return row.error();
        if (!*row) return page;
        // A page ends only when there is a row behind it.
        if (page.rows.size() == limit || looked_at == looked_at_max) {
            page.next = last->text();
            return page;
        }
        // A case that changed its status while it was listed may be met under both.
        if (last && (*row)->id.id == *last) continue;
        last = (*row)->id.id;
        auto info = find_info(store, *last);
        if (!info) return info.error();
        if (*info && fits(**info, filter)) page.rows.push_back({*last, std::move(**info)});
    }
}

result<std::vector<CaseId>> open_cases_of(const Store& store, std::string_view applicant,
                                          std::string_view process, std::size_t limit) {
    constexpr std::size_t newest_max = 200;
    CaseFilter filter;
    filter.applicant = applicant;
    filter.process = process;
    filter.status = core::CaseStatus::open;
    Merge<Newest> merge = newest_first(store, filter, std::nullopt);
    std::vector<CaseId> found;
    for (std::size_t seen = 0; seen < newest_max && found.size() < limit; ++seen) {
        const auto row = merge.next();
        if (!row) return row.error();
        if (!*row) break;
        const auto info = find_info(store, (*row)->id.id);
        if (!info) return info.error();
        if (*info && fits(**info, filter)) found.push_back((*row)->id.id);
    }
    return found;
}

result<CaseInfo> case_info(const Store& store, CaseId id) {
    auto info = find_info(store, id);
    if (!info) return info.error();
    if (!*info)
        return failure(ErrorKind::not_found,
                       format_both("there is no case {}", "没有办件 {}", id.text()));
    return std::move(**info);
}

result<std::uint64_t> count_open_cases(const Store& store) {
    std::uint64_t count = 0;
    for (unsigned partition = 0; partition < partitions; ++partition) {
        const std::string prefix = status_index_prefix(static_cast<std::uint8_t>(partition),
                                                       core::CaseStatus::open);
        const auto scanned = store.scan(Family::indexes, prefix, after_prefix(prefix),
                                        [&count](std::string_view, std::string_view) {
                                            ++count;
                                            return true;
                                        });
        if (!scanned) return scanned.error();
    }
    return count;
}

result<void> each_case(const Store& store, std::uint8_t partition,
                       const std::function<bool(CaseId)>& visit) {
    const std::string prefix = opened_index_prefix(partition);
    bool damaged = false;
    const auto scanned = store.scan_back(Family::indexes, prefix, after_prefix(prefix),
                                         [&](std::string_view key, std::string_view) {
                                             const auto id = read_case_inverted(key);
                                             damaged = !id;
                                             return id && visit(*id);
                                         });
    if (!scanned) return scanned.error();
    if (damaged) return failure(ErrorKind::corrupt, "a row of the store has a damaged key");
    return {};
}

result<Page<TaskListing>> list_tasks(const Store& store, std::string_view role, std::size_t limit,
                                     std::string_view cursor) {
    return list_role(store, role, limit, cursor,
                     [&](const TaskId& id) { return find_task(store, id); });
}

result<Page<TaskListing>> list_in_hand(const Store& store, std::string_view department,
                                       std::size_t limit, std::string_view cursor) {
    const std::string role = in_hand_role(department);
    const auto fetch = [&](const TaskId& id) -> result<std::optional<TaskListing>> {
        const auto bytes = store.get(Family::indexes, role_index_key(role, id));
        if (!bytes) return bytes.error();
        if (!*bytes) return std::optional<TaskListing>();
        auto row = decode_row<TaskRow>(**bytes, "a call in hand, " + id.text());
        if (!row) return row.error();
        return std::optional(TaskListing{id, std::move(*row), {}});
    };
    return list_role(store, role, limit, cursor, fetch);
}

result<std::vector<TaskListing>> tasks_of(const Store& store, CaseId id) {
    std::vector<TaskListing> tasks;
    std::optional<Error> error;
    const std::string prefix = case_key(id);
    const auto scanned = store.scan(Family::tasks, prefix, after_prefix(prefix),
                                    [&](std::string_view key, std::string_view value) {
                                        const auto task = read_task_key(key);
                                        if (!task) {
                                            error = failure(ErrorKind::corrupt,
                                                            "a row of the store has a damaged key");
                                            return false;
                                        }
                                        auto listing = read_task(store, *task, value);
                                        if (listing)
                                            tasks.push_back(std::move(**listing));
                                        else
                                            error = listing.error();
                                        return !error;
                                    });
    if (!scanned) return scanned.error();
    if (error) return *error;
    return tasks;
}

result<std::vector<OutboxRow>> outbox(const Store& store, std::string_view department,
                                      PartitionRange range, std::size_t limit,
                                      const std::optional<CallKey>& after) {
    Merge<CallKey> merge(store, Family::calls, read_call_key);
    for (unsigned partition = range.first; partition <= range.last; ++partition) {
        const auto number = static_cast<std::uint8_t>(partition);
        merge.add(outbox_low(number, department, after),
                  after_prefix(call_prefix(number, department)));
    }
    std::vector<OutboxRow> rows;
    while (rows.size() < limit) {
        auto next = merge.next();
        if (!next) return next.error();
        if (!*next) break;
        auto row = read_call(store, (*next)->id, (*next)->value);
        if (!row) return row.error();
        rows.push_back({std::move((*next)->id), std::move(*row)});
    }
    return rows;
}

result<std::vector<std::string>> outbox_departments(const Store& store, PartitionRange range) {
    std::set<std::string> names;
    const std::string end = after_prefix(std::string(1, static_cast<char>(range.last)));
    std::string from(1, static_cast<char>(range.first));
    for (;;) {
        std::optional<CallKey> found;
        bool damaged = false;
        const auto scanned =
            store.scan(Family::calls, from, end, [&](std::string_view key, std::string_view) {
                found = read_call_key(key);
                damaged = !found;
                return false;
            });
        if (!scanned) return scanned.error();
        if (damaged) return failure(ErrorKind::corrupt, "a row of the store has a damaged key");
        if (!found) return std::vector<std::string>(names.begin(), names.end());
        from = after_prefix(call_prefix(found->call.case_id.partition, found->department));
        names.insert(std::move(found->department));
    }
}

core::CallView view_of(const OutboxRow& row) {
    core::CallView view;
    view.id = row.key.call;
    view.attempt = row.key.attempt;
    view.department = row.key.department;
    view.process = row.row.process;
    view.step = row.row.step;
    view.operation = row.row.operation;
    view.round = row.row.round;
    if (row.row.supersedes != 0) view.supersedes = CallId{row.key.call.case_id, row.row.supersedes};
    view.due_when_asked = row.key.due;
    view.requested = row.row.requested;
    view.input = row.row.input.value;
    return view;
}

result<std::vector<FiledTimer>> due_timers(const Store& store, std::uint8_t partition, Instant from,
                                           Instant until, std::size_t limit,
                                           const std::optional<TimerKey>& after) {
    std::vector<FiledTimer> timers;
    bool damaged = false;
    if (limit == 0) return timers;
    const std::string low = after ? timer_key(*after) + '\0' : timer_bound(partition, from);
    const auto scanned =
        store.scan(Family::timers, low, after_prefix(timer_bound(partition, until)),
                   [&](std::string_view key, std::string_view value) {
                       const auto timer = read_timer_key(key);
                       damaged = !timer;
                       if (!damaged) timers.push_back({*timer, is_movable(value)});
                       return !damaged && timers.size() < limit;
                   });
    if (!scanned) return scanned.error();
    if (damaged) return failure(ErrorKind::corrupt, "a row of the store has a damaged key");
    return timers;
}

result<std::vector<FiledTimer>> timers_of_case(const Store& store, CaseId id) {
    std::vector<FiledTimer> timers;
    bool damaged = false;
    const std::string prefix = case_key(id);
    const auto scanned = store.scan(
        Family::filed, prefix, after_prefix(prefix),
        [&](std::string_view key, std::string_view value) {
            CaseId found;
            const auto timer = read_filed_key(key, found);
            damaged = !timer || value.size() != 9;
            if (damaged) return false;
            timers.push_back({{read_time(value), id, *timer}, is_movable(value.substr(8))});
            return true;
        });
    if (!scanned) return scanned.error();
    if (damaged)
        return failure(ErrorKind::corrupt, fmt::format("a timer of case {} is damaged", id.text()));
    return timers;
}

result<std::optional<Repeat>> find_repeat(const Store& store, std::string_view principal,
                                          std::string_view key) {
    const auto bytes = store.get(Family::indexes, idempotency_key(principal, key));
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<Repeat>();
    const std::string_view row(**bytes);
    constexpr std::size_t hash_at = 1 + case_key_bytes;
    constexpr std::size_t time_at = hash_at + 32;
    Repeat repeat;
    const auto id = row.size() == time_at + 8 ? read_case_key(row.substr(1)) : std::nullopt;
    if (!id || row[0] != static_cast<char>(archive_format))
        return failure(ErrorKind::corrupt, "the row of an Idempotency-Key is damaged");
    repeat.case_id = *id;
    std::copy_n(row.begin() + hash_at, repeat.body.size(), repeat.body.begin());
    repeat.at = read_time(row.substr(time_at));
    return std::optional(repeat);
}

result<bool> is_content_named(const Store& store, const Hash& content) {
    bool named = false;
    for (std::uint8_t partition = 0; partition < partitions && !named; ++partition) {
        const std::string prefix = content_index_prefix(partition, content);
        const auto scanned =
            store.scan(Family::indexes, prefix, after_prefix(prefix),
                       [&](std::string_view, std::string_view) { return !(named = true); });
        if (!scanned) return scanned.error();
    }
    return named;
}

result<void> each_content_named(const Store& store, std::uint8_t partition,
                                const std::function<bool(const Hash&, CaseId)>& visit) {
    const std::string prefix = content_index_prefix(partition);
    return store.scan(Family::indexes, prefix, after_prefix(prefix),
                      [&](std::string_view key, std::string_view) {
                          Hash hash{};
                          const auto id = read_case_rest(key, prefix.size() + hash.size());
                          if (!id) return true;
                          std::copy_n(key.begin() + static_cast<std::ptrdiff_t>(prefix.size()),
                                      hash.size(), hash.begin());
                          return visit(hash, *id);
                      });
}

result<std::optional<Instant>> last_stamp(const Store& store) {
    const auto bytes = store.get(Family::meta, stamp_row);
    if (!bytes) return bytes.error();
    if (!*bytes) return std::optional<Instant>();
    if ((*bytes)->size() != 8) return failure(ErrorKind::corrupt, "the last case time is damaged");
    return std::optional(read_time(**bytes));
}

}  // namespace countersign::store
