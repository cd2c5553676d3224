// The archive's bytes of values: reading back, sealing, stored values, and hostile bytes.
#include <doctest/doctest.h>

#include <map>
#include <random>

#include "engine/base/bytes.hpp"
#include "engine/expr/value.hpp"

using namespace countersign;
using namespace countersign::expr;

namespace {

Value every_kind() {
    return Value::list(
        {Value(), Value::boolean(true), Value::integer(-7), Value::unsigned_integer(UINT64_MAX),
         Value::real(-0.5), Value::string("电"), Value::bytes(std::string("\0\xff", 2)),
         Value::list({}), Value::map({{Value::integer(1), Value::string("x")}}),
         Value::timestamp({-1, 999'999'999}), Value::duration({-5, 1}), Value::money(-12),
         Value::type("int"), Value::none(), Value::some(Value::integer(3)), Value::erased()});
}

/// A toy seal: the bytes, each with one bit turned.
ArchiveKeeping toy_keeping(std::map<std::string, std::string>& kept) {
    return {[](std::string_view plain) {
                std::string sealed(plain);
                for (char& byte : sealed) byte = static_cast<char>(byte ^ 0x55);
                return sealed;
            },
            [&kept](std::string_view bytes) {
                std::string hash(32, static_cast<char>('0' + kept.size()));
                kept[hash] = std::string(bytes);
                return hash;
            }};
}

ArchiveFetching toy_fetching(const std::map<std::string, std::string>& kept, bool key_lives) {
    return {[key_lives](std::string_view sealed) -> std::optional<std::string> {
                if (!key_lives) return std::nullopt;
                std::string plain(sealed);
                for (char& byte : plain) byte = static_cast<char>(byte ^ 0x55);
                return plain;
            },
            [&kept](std::string_view hash) -> result<std::string> {
                const auto at = kept.find(std::string(hash));
                if (at == kept.end()) return failure(ErrorKind::not_found, "no such value");
                return at->second;
            }};
}

}  // namespace

TEST_CASE("encoding: every kind reads back, and the bytes are the documented ones") {
    const Value value = every_kind();
    const std::string bytes = encode(value);

    const result<Value> read = decode<Value>(bytes);

    REQUIRE(read.has_value());
    CHECK(*read == value);
    CHECK(encode(*read) == bytes);
    CHECK(hex(encode(Value::record({{"a", Value::integer(-1)}}))) == "08010501610201");
    CHECK(hex(encode(Value::string("x").marked_personal())) == "150178");
}

TEST_CASE("encoding: marks survive, sealed scalars open with the key and are erased without it") {
    std::map<std::string, std::string> kept;
    const ArchiveKeeping keeping = toy_keeping(kept);
    const Value person = Value::record(
        {{"name", Value::string("Wang").marked_personal()}, {"open", Value::string("seen")}});
    const std::string bytes = encode(person, 0, &keeping);

    const ArchiveFetching with_key = toy_fetching(kept, true);
    const ArchiveFetching without_key = toy_fetching(kept, false);

    CHECK(bytes.find("Wang") == std::string::npos);
    const Value opened = decode<Value>(bytes, 0, &with_key).value();
    CHECK(opened.find("name")->as_string() == "Wang");
    CHECK(opened.find("name")->personal());
    const Value erased = decode<Value>(bytes, 0, &without_key).value();
    CHECK(erased.find("name")->is(Kind::erased));
    CHECK(erased.find("name")->personal());
    CHECK(erased.find("open")->as_string() == "seen");
    // What was erased is written again without a key and stays erased.
    CHECK(decode<Value>(encode(erased, 0, &keeping), 0, &with_key).value() == erased);
    CHECK(decode<Value>(encode(person)).value().find("name")->personal());
}

TEST_CASE("stored value: small ones stay in place, large ones become a record of their own") {
    std::map<std::string, std::string> kept;
    const ArchiveKeeping keeping = toy_keeping(kept);
    const ArchiveFetching fetching = toy_fetching(kept, true);
    const StoredValue small{Value::integer(5)};
    const StoredValue large{Value::string(std::string(200, 'x'))};

    const std::string small_bytes = encode(small, 0, &keeping);
    const std::string large_bytes = encode(large, 0, &keeping);

    CHECK(kept.size() == 1);
    CHECK(large_bytes.size() == 34);
    CHECK(decode<StoredValue>(small_bytes, 0, &fetching)->value == small.value);
    CHECK(decode<StoredValue>(large_bytes, 0, &fetching)->value == large.value);
    CHECK(decode<StoredValue>(large_bytes).error().kind == ErrorKind::corrupt);
    CHECK(decode<StoredValue>(encode(large))->value == large.value);
}

TEST_CASE("encoding: damaged bytes are refused or read as some value, never crash") {
    const std::string good = encode(every_kind());
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);

    for (std::size_t cut = 0; cut < good.size(); ++cut)
        CHECK_FALSE(decode<Value>(good.substr(0, cut)).has_value());
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes = good;
        for (int changes = 0; changes < 3; ++changes)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        if (const auto read = decode<Value>(bytes)) CHECK(decode<Value>(encode(*read)).has_value());
    }
    CHECK_FALSE(decode<Value>(std::string(1'000, '\7') + '\1').has_value());
}
