// Batches: what waits for which, and in which order it is released.

#include "engine/runtime/batches.hpp"

#include <doctest/doctest.h>

namespace countersign::runtime {

namespace {

void decide(Batches& batches) {
    batches.rows().put(store::Family::meta, "key", "value");
    batches.add(CaseId{}, {});
}

}  // namespace

TEST_CASE("batches: at most two wait for the disk, the open one goes on") {
    Batches batches;
    CHECK_FALSE(batches.seal(0, Instant{1}).has_value());
    for (int i = 0; i < 3; ++i) {
        decide(batches);
        const auto sealed = batches.seal(0, Instant{1});
        CHECK(sealed.has_value() == (i < 2));
        if (sealed) CHECK(sealed->number == static_cast<std::uint64_t>(i + 1));
    }
    CHECK(batches.number() == 3);
    decide(batches);
    batches.committed(1);
    const auto third = batches.seal(0, Instant{1});
    REQUIRE(third.has_value());
    CHECK(third->rows.size() == 2);
}

TEST_CASE("batches: replies wait for their batch, in order; those of a durable one do not wait") {
    Batches batches;
    std::vector<int> called;
    const auto call = [&](int n) { return [&called, n] { called.push_back(n); }; };
    decide(batches);
    batches.after(1, call(1));
    (void)batches.seal(0, Instant{1});
    decide(batches);
    batches.after(2, call(2));
    batches.after(1, call(3));
    (void)batches.seal(0, Instant{1});
    CHECK(called.empty());

    for (const auto& reply : batches.committed(1).replies) reply();
    CHECK(called == std::vector<int>{1, 3});
    batches.after(1, call(4));
    CHECK(called == std::vector<int>{1, 3, 4});
    CHECK_FALSE(batches.idle());
    for (const auto& reply : batches.committed(2).replies) reply();
    CHECK(called == std::vector<int>{1, 3, 4, 2});
    CHECK(batches.idle());
}

TEST_CASE("batches: a full one takes no further command") {
    Batches batches;
    std::size_t taken = 0;
    while (batches.has_room() && taken < 100'000) {
        decide(batches);
        ++taken;
    }
    CHECK(taken == 1'024);
}

}  // namespace countersign::runtime
