// The archive: every kind of value there and back; any bytes read without harm.
#include "engine/base/archive.hpp"

#include "engine/base/date.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/text.hpp"
#include "seed.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace countersign;

namespace {

enum class Colour : std::uint8_t { green = 0, red = 7 };

struct Opened {
    static constexpr unsigned number = 1;
    std::string name;
    bool operator==(const Opened&) const = default;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("name", name);
    }
};

struct Moved {
    static constexpr unsigned number = 300;
    std::vector<std::pair<std::int32_t, std::uint16_t>> places;
    bool operator==(const Moved&) const = default;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("places", places);
    }
};

struct Everything {
    bool yes = false;
    std::int8_t small = 0;
    std::int64_t wide = 0;
    std::uint64_t natural = 0;
    double real = 0;
    Colour colour = Colour::green;
    std::string text;
    std::optional<Instant> at;
    std::vector<std::string> list;
    std::map<std::string, std::vector<std::int32_t>> map;
    std::variant<Opened, Moved> change;
    CaseId id;
    std::uint32_t added = 0;  ///< since version 1
    bool operator==(const Everything&) const = default;
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("yes", yes) & make_field("small", small) & make_field("wide", wide) &
            make_field("natural", natural) & make_field("real", real) &
            make_field("colour", colour) & make_field("text", text) & make_field("at", at) &
            make_field("list", list) & make_field("map", map) & make_field("change", change) &
            make_field("id", id);
        if (version >= 1) ar& make_field("added", added);
    }
};

struct Tree {
    std::vector<Tree> children;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("children", children);
    }
};

Everything full() {
    Everything value;
    value.yes = true;
    value.small = -128;
    value.wide = std::numeric_limits<std::int64_t>::min();
    value.natural = std::numeric_limits<std::uint64_t>::max();
    value.real = -0.1;
    value.colour = Colour::red;
    value.text = std::string("嘉定\0x", 8);
    value.at = Instant{1'790'000'000'000};
    value.list = {"", "a", std::string(300, 'b')};
    value.map = {{"power", {1, -1}}, {"water", {}}};
    value.change = Moved{{{-5, 65'535}, {0, 0}}};
    value.id = {1'790'000'000'000ULL, 63, 12};
    value.added = 9;
    return value;
}

}  // namespace

TEST_CASE("archive: every kind of value reads back; an old format lacks what came later") {
    const Everything value = full();
    const auto read = decode<Everything>(encode(value, 1), 1);
    REQUIRE(read.has_value());
    CHECK(*read == value);

    const auto old = decode<Everything>(encode(value, 0), 0);
    REQUIRE(old.has_value());
    CHECK(old->added == 0);
    CHECK(old->text == value.text);
    CHECK(decode<Everything>(encode(Everything{}))->yes == false);
}

TEST_CASE("archive: its bytes are fixed for ever") {
    CHECK(encode(std::uint32_t{300}) == "\xac\x02");
    CHECK(encode(std::int32_t{-1}) == "\x01");
    CHECK(encode(std::int32_t{1}) == "\x02");
    CHECK(encode(std::string("ab")) ==
          "\x02"
          "ab");
    CHECK(encode(std::variant<Opened, Moved>{Moved{}}) == std::string("\xac\x02\x00", 3));
    CHECK(encode(std::optional<bool>{}) == std::string(1, '\0'));
    CHECK(encode(1.0) == std::string("\0\0\0\0\0\0\xf0\x3f", 8));
}

TEST_CASE(
    "archive: bytes left over, cut off, out of range or of unknown number are refused as corrupt") {
    const std::string bytes = encode(full(), 1);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CAPTURE(size);
        const auto read = decode<Everything>(std::string_view(bytes).substr(0, size), 1);
        REQUIRE(read.has_error());
        CHECK(read.error().kind == ErrorKind::corrupt);
    }
    CHECK(decode<Everything>(bytes + "x", 1).has_error());
    CHECK(decode<std::int8_t>(encode(std::int32_t{128})).has_error());
    CHECK(decode<std::uint16_t>(encode(std::uint32_t{65'536})).has_error());
    CHECK(decode<std::variant<Opened, Moved>>(encode(std::uint32_t{2})).has_error());
    CHECK(decode<std::uint64_t>("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02").has_error());
    CHECK(decode<std::uint64_t>("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01").has_error());
}

TEST_CASE("archive: a size beyond the bytes left allocates nothing") {
    const std::string huge = "\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
    CHECK(decode<std::string>(huge).has_error());
    CHECK(decode<std::vector<std::string>>(huge).has_error());
    CHECK(decode<std::map<std::string, std::vector<std::int32_t>>>(huge).has_error());
}

TEST_CASE("archive: nesting beyond the bound is refused, not a stack overflow") {
    const auto shallow = decode<Tree>(std::string(100, '\1') + std::string(1, '\0'));
    CHECK(shallow.has_value());
    const auto deep = decode<Tree>(std::string(1'000'000, '\1'));
    REQUIRE(deep.has_error());
    CHECK(deep.error().message.find("nested too deeply") != std::string::npos);
}

TEST_CASE("archive: one value has one encoding, so a hash over bytes is a hash over the value") {
    CHECK(decode<bool>("\x02").has_error());
    CHECK(decode<bool>(std::string("\x80\x00", 2)).has_error());
    CHECK(decode<std::uint32_t>(std::string("\x80\x00", 2)).has_error());
    CHECK(decode<std::optional<bool>>("\x02\x01").has_error());
    const std::string twice =
        std::string("\x02\x01") + "a" + std::string(1, '\0') + "\x01" + "a" + std::string(1, '\0');
    CHECK(decode<std::map<std::string, std::vector<std::int32_t>>>(twice).has_error());
}

TEST_CASE("archive: any bytes are read or refused, and what was read encodes to the same bytes") {
    const std::uint64_t first = testing::first_seed();
    const std::string good = encode(full(), 1);
    int read_back = 0;
    for (std::uint64_t seed = first; seed < first + 20'000; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        std::string bytes = good;
        if (seed % 2 == 0) {
            bytes.resize(random() % 64);
            for (char& c : bytes)
                c = static_cast<char>(random() % 3 == 0 ? random() : random() % 4);
        } else {
            for (std::uint64_t i = 0; i <= random() % 3; ++i)
                bytes[random() % bytes.size()] = static_cast<char>(random());
        }
        const auto read = decode<Everything>(bytes, 1);
        if (!read) continue;
        ++read_back;
        CHECK(encode(*read, 1) == bytes);
    }
    CHECK(read_back > 0);
}
