// Ids and partitions.

#include "engine/runtime/openings.hpp"

#include <doctest/doctest.h>

#include <set>

namespace countersign::runtime {

TEST_CASE("partitions: every number of shards owns each partition once") {
    for (unsigned shards = 1; shards <= partitions; ++shards) {
        CAPTURE(shards);
        std::set<unsigned> seen;
        for (unsigned shard = 0; shard < shards; ++shard) {
            const OwnedPartitions owned = owned_partitions(shard, shards);
            CHECK(owned.count >= 1);
            for (unsigned p = owned.first; p < owned.first + owned.count; ++p) {
                CHECK(seen.insert(p).second);
                CHECK(shard_of_partition(static_cast<std::uint8_t>(p), shards) == shard);
            }
        }
        CHECK(seen.size() == partitions);
    }
}

TEST_CASE("ids: rise with time, never repeat, and stay in the shard's partitions") {
    CaseIds ids({16, 16});
    std::set<CaseId> seen;
    std::uint64_t last_ms = 0;
    for (int i = 0; i < 1'000; ++i) {
        const CaseId id = ids.next(Instant{1'000 + i / 100});
        CHECK(seen.insert(id).second);
        CHECK(id.ms >= last_ms);
        last_ms = id.ms;
        CHECK(id.partition >= 16);
        CHECK(id.partition < 32);
    }
    CHECK(ids.next(Instant{2'000}, 17).partition == 17);
}

TEST_CASE("ids: a clock that steps back gives no id twice") {
    CaseIds ids({0, 1});
    const CaseId first = ids.next(Instant{5'000});
    const CaseId second = ids.next(Instant{4'000});
    CHECK(first < second);
    CHECK(second.ms == 5'000);
}

TEST_CASE("keys: known until their batch is durable") {
    PendingKeys keys;
    keys.add("li", "K", {CaseId{1, 2, 3}, {}, 7});
    REQUIRE(keys.find("li", "K") != nullptr);
    CHECK(keys.find("li", "K")->case_id == CaseId{1, 2, 3});
    CHECK(keys.find("wang", "K") == nullptr);
    keys.committed(6);
    CHECK(keys.find("li", "K") != nullptr);
    keys.committed(7);
    CHECK(keys.find("li", "K") == nullptr);
}

}  // namespace countersign::runtime
