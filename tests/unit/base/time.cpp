// RFC 3339 and durations as text.
#include "engine/base/time.hpp"

#include "seed.hpp"

#include <doctest/doctest.h>

using namespace countersign;

TEST_CASE("rfc 3339: any instant of four-digit years there and back, at any offset") {
    const std::uint64_t seed = testing::first_seed();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 2'000; ++i) {
        const Instant at{static_cast<std::int64_t>(random() % 315'000'000'000'000ULL) -
                         62'000'000'000'000};
        const int offset = static_cast<int>(random() % 1'681) - 840;
        const auto read = parse_rfc3339(rfc3339(at, offset));
        REQUIRE(read.has_value());
        CHECK(*read == at);
    }
}

TEST_CASE("rfc 3339: its text") {
    CHECK(rfc3339(Instant{0}) == "1970-01-01T00:00:00Z");
    CHECK(rfc3339(Instant{-1}) == "1969-12-31T23:59:59.999Z");
    CHECK(rfc3339(Instant{7}, 480) == "1970-01-01T08:00:00.007+08:00");
    CHECK(rfc3339(Instant{0}, -90) == "1969-12-31T22:30:00-01:30");
}

TEST_CASE("rfc 3339: short forms and finer fractions are read") {
    CHECK(*parse_rfc3339("1970-01-01T08:00+08:00") == Instant{0});
    CHECK(*parse_rfc3339("1970-01-01t00:00:01z") == Instant{1'000});
    CHECK(*parse_rfc3339("1970-01-01 00:00:00.5Z") == Instant{500});
    CHECK(*parse_rfc3339("1970-01-01T00:00:00.0129999Z") == Instant{12});
}

TEST_CASE("rfc 3339: what is none is refused with the reason") {
    for (const char* text :
         {"", "2026", "2026-02-10", "2026-02-10T10:00", "2026-02-30T10:00Z", "2026-02-10T24:00Z",
          "2026-02-10T10:60Z", "2026-02-10T10:00:60Z", "2026-02-10T10:00:00.Z",
          "2026-02-10T10:00+8:00", "2026-02-10T10:00+24:00", "2026-02-10T10:00+08:60",
          "2026-02-10T10:00+0800", "2026-02-10T10:00Z ", " 2026-02-10T10:00Z", "02026-02-10T10:00Z",
          "0000-01-01T00:00Z"}) {
        CAPTURE(text);
        const auto read = parse_rfc3339(text);
        REQUIRE(read.has_error());
        CHECK(read.error().kind == ErrorKind::invalid);
        CHECK(read.error().message.find("is not a date and time") != std::string::npos);
    }
}

TEST_CASE("durations: each unit, and what is none") {
    CHECK(*parse_duration("500ms") == milliseconds(500));
    CHECK(*parse_duration("30s") == seconds(30));
    CHECK(*parse_duration("10min") == minutes(10));
    CHECK(*parse_duration("2h") == hours(2));
    CHECK(*parse_duration("0s") == seconds(0));
    for (const char* text : {"", "s", "30", "-30s", "+30s", "30 s", "30m", "1d", "30s ", "1.5h",
                             "1000000001s", "99999999999999999999s"}) {
        CAPTURE(text);
        CHECK(parse_duration(text).has_error());
    }
}
