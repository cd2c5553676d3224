// Breaker and rate cap in real time that the test makes up.

#include "engine/runtime/dispatcher.hpp"

#include <doctest/doctest.h>

namespace countersign::runtime {

namespace {
RealTime at(std::int64_t ms) { return std::chrono::milliseconds(ms); }
}  // namespace

TEST_CASE("breaker: opens at the failures in a row, not at scattered ones") {
    Breaker breaker(3, seconds(30));
    breaker.failed(at(0));
    breaker.failed(at(1));
    breaker.succeeded();
    breaker.failed(at(2));
    breaker.failed(at(3));
    CHECK(breaker.allows(at(3)));
    breaker.failed(at(4));

    CHECK(breaker.is_open());
    CHECK_FALSE(breaker.allows(at(30'003)));
    CHECK(breaker.allows(at(30'004)));
    CHECK(breaker.next() == at(30'004));
}

TEST_CASE("breaker: half open lets one probe through, whose result decides") {
    Breaker breaker(1, seconds(30));
    breaker.failed(at(0));
    breaker.sent();
    CHECK_FALSE(breaker.allows(at(60'000)));
    CHECK(breaker.next() == std::nullopt);

    breaker.failed(at(60'000));
    CHECK_FALSE(breaker.allows(at(89'999)));
    CHECK(breaker.allows(at(90'000)));
    breaker.sent();
    breaker.succeeded();
    CHECK(breaker.allows(at(90'001)));
    CHECK_FALSE(breaker.is_open());
}

TEST_CASE("breaker: with no failures configured it never opens") {
    Breaker breaker(0, seconds(30));
    for (int i = 0; i < 100; ++i) breaker.failed(at(i));
    CHECK(breaker.allows(at(100)));
}

TEST_CASE("rate: a second's tokens at once, then one by one") {
    RateCap rate(4);
    for (int i = 0; i < 4; ++i) CHECK(rate.take(at(0)));
    CHECK_FALSE(rate.take(at(0)));
    CHECK(rate.next(at(0)) == at(250));
    CHECK_FALSE(rate.take(at(249)));
    CHECK(rate.take(at(250)));
    CHECK_FALSE(rate.take(at(250)));
}

TEST_CASE("rate: below one a second still lets one pass at a time") {
    RateCap rate(0.5);
    CHECK(rate.take(at(0)));
    CHECK_FALSE(rate.take(at(1'999)));
    CHECK(rate.take(at(2'000)));
}

TEST_CASE("rate: none is no cap") {
    RateCap rate(0);
    for (int i = 0; i < 10'000; ++i) CHECK(rate.take(at(0)));
}

}  // namespace countersign::runtime
