// Ordered keys, hexadecimal text, the stable hash.
#include "engine/base/bytes.hpp"

#include <doctest/doctest.h>

using namespace countersign;

TEST_CASE("big endian: keys order as their numbers do, and read back") {
    const std::uint64_t numbers[] = {0, 1, 255, 256, 65'535, 0x0123456789abULL, 0xffffffffffffULL};
    std::string before;
    for (const std::uint64_t number : numbers) {
        std::string key;
        put_big_endian(key, number, 6);
        CHECK(key.size() == 6);
        CHECK(before < key);
        CHECK(get_big_endian(key, 6) == number);
        before = key;
    }
    std::string key;
    put_big_endian(key, 0xfedcba9876543210ULL, 8);
    CHECK(key == "\xfe\xdc\xba\x98\x76\x54\x32\x10");
    CHECK(get_big_endian(key, 8) == 0xfedcba9876543210ULL);
}

TEST_CASE("hex: any bytes there and back; upper case is read; anything else is refused") {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    CHECK(hex(all).size() == 512);
    CHECK(hex(std::string_view("\x00\xff\x1a", 3)) == "00ff1a");
    CHECK(unhex(hex(all)) == all);
    CHECK(unhex("FF0a") == std::string("\xff\x0a"));
    CHECK(unhex("") == std::string());
    CHECK_FALSE(unhex("f"));
    CHECK_FALSE(unhex("0g"));
    CHECK_FALSE(unhex("0x"));
}

TEST_CASE("stable hash: fixed for ever") {
    // Partitions and jitter depend on these numbers: they may never change.
    CHECK(stable_hash("") == 0xf52a15e9a9b5e89bULL);
    CHECK(stable_hash("a") == 0x02c0bdbf481420f8ULL);
    CHECK(stable_hash("a") != stable_hash(std::string_view("a\0", 2)));
}
