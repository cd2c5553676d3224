// What stays in memory: by number, by bytes, and never against a decision that is not durable.
#include "engine/runtime/case_cache.hpp"
#include "engine/store/memory.hpp"

#include <doctest/doctest.h>

namespace countersign::runtime {

namespace {

CaseId id_of(std::uint32_t number) {
    CaseId id;
    id.ms = 1'000;
    id.counter = number;
    return id;
}

/// A cache of its own store, and cases of given bytes in it.
struct Fixture {
    std::unique_ptr<store::Store> store = store::make_memory_store();
    CaseCache cache;

    Fixture(std::size_t cases_max, std::size_t bytes_max)
        : cache(*store, cases_max, bytes_max) {}

    CachedCase& add(std::uint32_t number, std::size_t bytes, std::uint64_t batch = 0) {
        CachedCase fresh;
        fresh.state.id = id_of(number);
        fresh.bytes = bytes;
        fresh.batch = batch;
        return cache.add(std::move(fresh));
    }
    bool holds(std::uint32_t number) { return cache.find(id_of(number)) != nullptr; }
};

}  // namespace

TEST_CASE("case cache: beyond the bytes allowed the least recently used cases leave") {
    Fixture f(100, 10'000);
    f.add(1, 4'000);
    f.add(2, 4'000);
    REQUIRE(f.holds(1));  // used again: case 2 is the older one now
    f.add(3, 4'000);
    f.add(4, 1'000);

    CHECK(f.holds(1));
    CHECK(!f.holds(2));
    CHECK(f.holds(3));
    CHECK(f.holds(4));
    CHECK(f.cache.bytes() <= 10'000);
}

TEST_CASE("case cache: a case that grew while it was used weighs what it has grown to") {
    Fixture f(100, 10'000);
    f.add(1, 1'000);
    CachedCase* grown = f.cache.find(id_of(1));
    REQUIRE(grown != nullptr);
    grown->bytes = 9'999;
    f.add(2, 1'000);
    CHECK(f.cache.size() == 2);
    f.add(3, 1'000);

    CHECK(!f.holds(1));
    CHECK(f.holds(2));
    CHECK(f.cache.bytes() == 2'000);
}

TEST_CASE("case cache: a case that is not durable stays, however many bytes are wanted") {
    Fixture f(100, 5'000);
    f.add(1, 4'000, 7);
    f.add(2, 4'000, 7);
    f.add(3, 4'000, 7);
    CHECK(f.cache.size() == 3);

    f.cache.committed(7);
    f.add(4, 4'000);

    CHECK(f.cache.size() == 2);
    CHECK(f.holds(4));
}

TEST_CASE("case cache: no more cases stay than are allowed, whatever their bytes") {
    Fixture f(2, 1 << 20);
    for (std::uint32_t number = 1; number <= 5; ++number) f.add(number, 10);

    CHECK(f.cache.size() == 2);
    CHECK(f.holds(4));
    CHECK(f.holds(5));
}

}  // namespace countersign::runtime
