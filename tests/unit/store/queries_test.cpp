// Lists over all partitions: order, pages, filters.
#include "tests/main.hpp"
#include "tests/unit/store/sample.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

namespace countersign::store::tests {

namespace {

constexpr std::uint64_t start_ms = 1'770'000'000'000;

/// Some cases of two processes and three applicants, a third of them finished; many share a
/// millisecond.
struct Town {
    std::unique_ptr<Store> store = make_memory_store();
    std::map<CaseId, CaseInfo> cases;

    explicit Town(std::mt19937_64& random) {
        while (cases.size() < 120) {
            const CaseId id{start_ms + random() % 12,
                            static_cast<std::uint8_t>(random() % partitions),
                            static_cast<std::uint32_t>(random() % 3)};
            if (cases.count(id) != 0) continue;
            Writer writer(*store, id, sample_process(random() % 2 == 0 ? "hookup" : "inspection"));
            writer.open("applicant:" + std::to_string(random() % 3), 10);
            if (random() % 3 == 0) writer.finish();
            cases.emplace(id, case_info(*store, id).value());
        }
    }
};

std::vector<CaseId> all_pages(const Store& store, const CaseFilter& filter, std::size_t limit) {
    std::vector<CaseId> ids;
    std::string cursor;
    for (int pages = 0; pages < 1'000; ++pages) {
        const auto page = list_cases(store, filter, limit, cursor);
        REQUIRE(page.has_value());
        CHECK(page->rows.size() <= limit);
        for (const CaseListing& row : page->rows) ids.push_back(row.id);
        if (!page->next) return ids;
        CHECK(page->rows.size() == limit);
        cursor = *page->next;
    }
    FAIL("the pages do not end");
    return ids;
}

}  // namespace

TEST_CASE("queries: the open cases are counted over all partitions") {
    std::mt19937_64 random(countersign::tests::seed());
    const Town town(random);

    const auto open = std::count_if(town.cases.begin(), town.cases.end(), [](const auto& one) {
        return one.second.status == core::CaseStatus::open;
    });

    CHECK(count_open_cases(*town.store).value() == static_cast<std::uint64_t>(open));
    CHECK(count_open_cases(*make_memory_store()).value() == 0);
}

TEST_CASE("queries: cases are listed newest first in pages, under every filter") {
    std::mt19937_64 random(countersign::tests::seed());
    const Town town(random);
    for (int round = 0; round < 40; ++round) {
        CaseFilter filter;
        if (random() % 2 == 0)
            filter.status = random() % 3 == 0 ? core::CaseStatus::closed : core::CaseStatus::open;
        if (random() % 2 == 0) filter.process = random() % 5 == 0 ? "unknown" : "hookup";
        if (random() % 3 == 0) filter.applicant = "applicant:" + std::to_string(random() % 4);
        std::vector<CaseId> expected;
        for (auto at = town.cases.rbegin(); at != town.cases.rend(); ++at) {
            const CaseInfo& info = at->second;
            if ((!filter.status || info.status == *filter.status) &&
                (!filter.process || info.process == *filter.process) &&
                (!filter.applicant || info.applicant == *filter.applicant))
                expected.push_back(at->first);
        }
        const std::size_t limit = random() % 4 == 0 ? 1'000 : random() % 30 + 1;
        CHECK(all_pages(*town.store, filter, limit) == expected);
    }
    CHECK(list_cases(*town.store, {}, 10, "nonsense").error().kind == ErrorKind::invalid);
    CHECK(list_cases(*town.store, {}, 0)->rows.size() == 1);
}

TEST_CASE("queries: worklists are oldest first in pages") {
    std::mt19937_64 random(countersign::tests::seed());
    const Town town(random);
    std::vector<TaskId> expected;
    for (const auto& [id, info] : town.cases)
        if (info.status == core::CaseStatus::open) expected.push_back({id, 1});
    for (const std::size_t limit : {1u, 7u, 1'000u}) {
        std::vector<TaskId> tasks;
        std::string cursor;
        for (;;) {
            const auto page = list_tasks(*town.store, "hall.clerk", limit, cursor);
            REQUIRE(page.has_value());
            REQUIRE(page->rows.size() <= limit);
            for (const TaskListing& task : page->rows) tasks.push_back(task.id);
            if (!page->next) break;
            REQUIRE(!page->rows.empty());
            cursor = *page->next;
        }
        CHECK(tasks == expected);
    }
    CHECK(list_tasks(*town.store, "hall", 10)->rows.empty());
    CHECK(!list_tasks(*town.store, "hall.clerk", 10, "nonsense").has_value());
}

TEST_CASE("queries: the outbox goes nearest due first and on behind the last row seen") {
    std::mt19937_64 random(countersign::tests::seed());
    const auto store = make_memory_store();
    std::vector<CallKey> expected;
    std::set<CaseId> used;
    for (int i = 0; i < 60; ++i) {
        const CaseId id{start_ms + random() % 4, static_cast<std::uint8_t>(random() % 8),
                        static_cast<std::uint32_t>(random() % 4)};
        if (!used.insert(id).second) continue;
        Writer writer(*store, id);
        writer.open("applicant:zhang", 10);
        write_random(writer, random, 5);
        for (const core::Call& call : writer.state().calls)
            if (call.department == "grid" && call.status == core::CallStatus::open)
                expected.push_back({"grid", call.due_when_asked, {id, call.number}, call.attempt});
    }
    std::sort(expected.begin(), expected.end());
    for (const std::size_t limit : {1u, 6u, 1'000u}) {
        std::vector<CallKey> keys;
        std::optional<CallKey> last;
        for (;;) {
            const auto rows = outbox(*store, "grid", {}, limit, last);
            REQUIRE(rows.has_value());
            for (const OutboxRow& row : *rows) keys.push_back(row.key);
            if (rows->size() < limit) break;
            last = keys.back();
        }
        CHECK(keys == expected);
    }
    std::erase_if(expected, [](const CallKey& key) {
        return key.call.case_id.partition < 2 || key.call.case_id.partition > 5;
    });
    std::vector<CallKey> some;
    const auto rows = outbox(*store, "grid", {2, 5}, 1'000);
    REQUIRE(rows.has_value());
    for (const OutboxRow& row : *rows) some.push_back(row.key);
    CHECK(some == expected);
    CHECK(outbox_departments(*store, {63, 63})->empty());
}

TEST_CASE("queries: due timers come nearest first, within bounds, and on behind the last") {
    std::mt19937_64 random(countersign::tests::seed());
    const auto store = make_memory_store();
    std::set<TimerKey> filed;
    Batch batch;
    for (std::uint32_t i = 0; i < 200; ++i) {
        const TimerKey key{{static_cast<std::int64_t>(random() % 100) - 50},
                           {start_ms, static_cast<std::uint8_t>(random() % 2 + 62), i},
                           {core::TimerKind::clock, i}};
        file_timer(batch, key.case_id, key.timer, std::nullopt,
                   core::TimerDue{key.due, i % 2 == 0});
        if (key.case_id.partition == 63) filed.insert(key);
    }
    REQUIRE(store->commit(batch).has_value());
    std::vector<TimerKey> expected;
    for (const TimerKey& key : filed)
        if (key.due.ms >= -20 && key.due.ms <= 30) expected.push_back(key);
    std::vector<TimerKey> seen;
    std::optional<TimerKey> last;
    for (;;) {
        const auto timers = due_timers(*store, 63, {-20}, {30}, 7, last);
        REQUIRE(timers.has_value());
        for (const FiledTimer& timer : *timers) {
            CHECK(timer.movable == (timer.key.timer.number % 2 == 0));
            seen.push_back(timer.key);
        }
        if (timers->size() < 7) break;
        last = seen.back();
    }
    CHECK(seen == expected);
    CHECK(due_timers(*store, 63, {-99}, {INT64_MAX}, 1'000)->size() == filed.size());
    CHECK(due_timers(*store, 1, {-99}, {99}, 10)->empty());
}

TEST_CASE("queries: each case of a partition is visited once, in the order of opening") {
    std::mt19937_64 random(countersign::tests::seed());
    const Town town(random);
    std::set<CaseId> visited;
    for (unsigned partition = 0; partition < partitions; ++partition) {
        std::optional<CaseId> last;
        REQUIRE(each_case(*town.store, static_cast<std::uint8_t>(partition), [&](CaseId id) {
                    CHECK(id.partition == partition);
                    CHECK((!last || *last < id));
                    last = id;
                    visited.insert(id);
                    return true;
                }).has_value());
    }
    CHECK(visited.size() == town.cases.size());
    const ChainReport report = verify_all(*town.store);
    CHECK(report.ok());
    CHECK(report.cases == town.cases.size());
}

}  // namespace countersign::store::tests
