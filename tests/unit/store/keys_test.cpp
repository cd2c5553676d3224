// Keys: their bytes are fixed for ever, they read back, and they order as what they name does.
#include "engine/base/bytes.hpp"
#include "engine/store/keys.hpp"
#include "tests/main.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>

namespace countersign::store::tests {

namespace {

constexpr CaseId id{0x0102'0304'0506, 0x3f, 0x0a0b0c};

CaseId random_case(std::mt19937_64& random) {
    return {random() % 4 == 0 ? random() % 4 : random() % (1ull << 48),
            static_cast<std::uint8_t>(random() % partitions),
            static_cast<std::uint32_t>(random() % 4 == 0 ? random() % 4 : random() % (1u << 24))};
}

Instant random_instant(std::mt19937_64& random) {
    if (random() % 4 == 0) return {static_cast<std::int64_t>(random() % 5) - 2};
    return {static_cast<std::int64_t>(random() >> 1) * (random() % 2 == 0 ? 1 : -1)};
}

}  // namespace

TEST_CASE("keys: the bytes are those of the README") {
    CHECK(hex(case_key(id)) == "3f0102030405060a0b0c");
    CHECK(hex(journal_key(id, 258)) == "3f0102030405060a0b0c0000000000000102");
    CHECK(hex(case_row_key(id, CaseRow::head)) == "3f0102030405060a0b0c68");
    CHECK(hex(case_row_key(id, CaseRow::snapshot)) == "3f0102030405060a0b0c73");
    CHECK(hex(timer_key({{1}, id, {core::TimerKind::retry, 7}})) ==
          "3f80000000000000010102030405060a0b0c0100000007");
    CHECK(hex(filed_key(id, {core::TimerKind::wait, 7})) == "3f0102030405060a0b0c0200000007");
    CHECK(hex(call_key({"ab", Instant{-1}, {id, 2}, 3})) ==
          "3f0261627fffffffffffffff0102030405060a0b0c0000000200000003");
    CHECK(hex(call_key({"ab", std::nullopt, {id, 2}, 3})) ==
          "3f026162ffffffffffffffff0102030405060a0b0c0000000200000003");
    CHECK(hex(task_key({id, 9})) == "3f0102030405060a0b0c00000009");
    CHECK(hex(with_case_inverted(status_index_prefix(0x3f, core::CaseStatus::ended), id)) ==
          "3f7302fefdfcfbfaf9f5f4f3");
    CHECK(hex(with_case_inverted(process_index_prefix(0x3f, "ab", core::CaseStatus::open), id)) ==
          "3f7002616201fefdfcfbfaf9f5f4f3");
    CHECK(hex(role_index_key("ab", {id, 9})) == "3f720261620102030405060a0b0c00000009");
    CHECK(hex(claim_index_key({id, 9})) == "3f630102030405060a0b0c00000009");
    CHECK(hex(view_of(sha256("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("keys: an Idempotency-Key has one partition, and its parts do not run together") {
    const std::string key = idempotency_key("applicant:zhang", "k1");
    CHECK(key.size() == 2 + 32);
    CHECK(static_cast<std::uint8_t>(key[0]) == idempotency_partition("applicant:zhang", "k1"));
    CHECK(key[1] == 'k');
    CHECK(key.substr(2) == view_of(sha256(std::string("applicant:zhang\0k1", 18))));
    CHECK(idempotency_key("ab", "c").substr(1) != idempotency_key("a", "bc").substr(1));
}

TEST_CASE("keys: all read back, cut ones do not") {
    std::mt19937_64 random(countersign::tests::seed());
    for (int round = 0; round < 500; ++round) {
        const CaseId one = random_case(random);
        const auto number = static_cast<std::uint32_t>(random());
        CaseId found;
        CHECK(read_case_key(case_key(one)) == one);
        CHECK(read_journal_key(journal_key(one, number), found) == number);
        CHECK(found == one);
        const TimerKey timer{
            random_instant(random), one, {static_cast<core::TimerKind>(random() % 5), number}};
        CHECK(read_timer_key(timer_key(timer)) == timer);
        CHECK(read_filed_key(filed_key(one, timer.timer), found) == timer.timer);
        CallKey call{std::string(random() % 256, 'd'), random_instant(random), {one, number}, 4};
        if (random() % 3 == 0) call.due.reset();
        CHECK(read_call_key(call_key(call)) == call);
        CHECK(read_case_inverted(with_case_inverted(opened_index_prefix(one.partition), one)) ==
              one);
        CHECK(read_task_key(task_key({one, number})) == TaskId{one, number});
        const auto cut = [&](const std::string& key) {
            return key.substr(0, random() % key.size());
        };
        CHECK(!read_timer_key(cut(timer_key(timer))));
        CHECK(!read_call_key(cut(call_key(call))));
        CHECK(!read_task_key(cut(task_key({one, number}))));
        CHECK(!read_filed_key(cut(filed_key(one, timer.timer)), found));
        CHECK(!read_journal_key(cut(journal_key(one, number)), found));
    }
    CHECK(!read_case_key(std::string(10, '\x40')));
    std::string unknown_kind = timer_key({{0}, id, {core::TimerKind::clock, 1}});
    unknown_kind[18] = '\x06';
    CHECK(!read_timer_key(unknown_kind));
}

TEST_CASE("keys: within a partition they order as timers and calls do") {
    std::mt19937_64 random(countersign::tests::seed());
    for (int round = 0; round < 2'000; ++round) {
        CaseId a = random_case(random);
        CaseId b = random_case(random);
        a.partition = b.partition = 5;
        const TimerKey first{random_instant(random), a, {core::TimerKind::clock, 1}};
        const TimerKey second{random_instant(random), b, {core::TimerKind::retry, 1}};
        CHECK((timer_key(first) < timer_key(second)) == (first < second));
        CHECK((timer_key(first) < timer_bound(5, second.due)) == (first.due < second.due));
        CallKey x{"grid", random_instant(random), {a, 1}, 1};
        CallKey y{"grid", random_instant(random), {b, 1}, 2};
        if (random() % 4 == 0) x.due.reset();
        if (random() % 4 == 0) y.due.reset();
        CHECK((call_key(x) < call_key(y)) == (x < y));
    }
    const Instant least{std::numeric_limits<std::int64_t>::min()};
    CHECK(timer_bound(0, least) < timer_bound(0, {-1}));
    CHECK(timer_bound(0, {-1}) < timer_bound(0, {0}));
}

}  // namespace countersign::store::tests
