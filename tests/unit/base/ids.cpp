// Ids: texts there and back, order, and what is refused.
#include "engine/base/ids.hpp"

#include "seed.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>

using namespace countersign;

TEST_CASE("case id: any id there and back, 16 characters, lower case read; text orders as ids do") {
    const std::uint64_t seed = testing::first_seed();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    CaseId before;
    for (int i = 0; i < 2'000; ++i) {
        const CaseId id{random() >> 16, static_cast<std::uint8_t>(random() % partitions),
                        static_cast<std::uint32_t>(random() >> 40)};
        std::string text = id.text();
        CHECK(text.size() == 16);
        CHECK((id < before) == (text < before.text()));
        std::transform(text.begin(), text.end(), text.begin(), [](char c) {
            return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        });
        const auto read = CaseId::parse(text);
        REQUIRE(read.has_value());
        CHECK(*read == id);
        before = id;
    }
}

TEST_CASE("case id: its bits are fixed for ever") {
    CHECK(CaseId{}.text() == "0000000000000000");
    CHECK(CaseId{0xffffffffffffULL, 63, 0xffffff}.text() == "ZZZZZZZZZWZZZZZZ");
    CHECK(CaseId{1'790'000'000'000ULL, 5, 1}.text() == "06GC8M3C002G0001");
}

TEST_CASE("case id: I, L and O are read as 1, 1 and 0") {
    const auto read = CaseId::parse("OOOOOOOOOOOOOOIl");
    REQUIRE(read.has_value());
    CHECK(*read == CaseId{0, 0, 33});
}

TEST_CASE("case id: a wrong length, letter or partition is refused") {
    for (const char* text : {"", "000000000000000", "00000000000000000", "000000000000000U",
                             "00000000000000-0", "ZZZZZZZZZZZZZZZZ", "0000000000000 00"}) {
        CAPTURE(text);
        const auto read = CaseId::parse(text);
        REQUIRE(read.has_error());
        CHECK(read.error().kind == ErrorKind::invalid);
        CHECK(read.error().message.find("is not the id of a case") != std::string::npos);
    }
}

TEST_CASE("call and task ids: there and back; letters are not mixed; numbers start at 1") {
    const CaseId case_id{1'790'000'000'000ULL, 5, 1};
    const CallId call{case_id, 4'294'967'295U};
    const TaskId task{case_id, 7};
    const std::string base = case_id.text();
    CHECK(call.text() == base + "-C4294967295");
    CHECK(*CallId::parse(call.text()) == call);
    CHECK(*TaskId::parse(base + "-t7") == task);
    for (const char* tail :
         {"", "-", "-C", "-C0", "-C01", "-C4294967296", "-C-1", "-C1 ", "-T1", "C1", "-C1-C1"}) {
        CAPTURE(tail);
        CHECK(CallId::parse(base + tail).has_error());
    }
    CHECK(TaskId::parse(base + "-C1").has_error());
    CHECK(CallId::parse("-C1").has_error());
}
