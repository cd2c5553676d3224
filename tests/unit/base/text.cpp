// UTF-8 checks, terminal widths, two-language texts.
#include "engine/base/text.hpp"

#include "seed.hpp"

#include <doctest/doctest.h>

using namespace countersign;

TEST_CASE(
    "utf-8: valid characters of every length; overlong, surrogate, cut off and stray bytes "
    "refused") {
    for (const char* text :
         {"", "a", "\xc2\x80", "\xdf\xbf", "嘉定", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
          "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "水😀电"})
        CHECK(is_utf8(text));
    for (const char* text :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x80\x80", "\xe0\x9f\xbf",
          "\xed\xa0\x80", "\xed\xbf\xbf", "\xe5\x98", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\xff", "a\xe5\x98z", "嘉\xe5"}) {
        CAPTURE(text);
        CHECK_FALSE(is_utf8(text));
    }
    CHECK(is_utf8(std::string_view("\0", 1)));
}

TEST_CASE(
    "width: Chinese takes two columns, combining marks and controls none, broken bytes one each") {
    CHECK(display_width("") == 0);
    CHECK(display_width("hall") == 4);
    CHECK(display_width("嘉定区") == 6);
    CHECK(display_width("（水）、電。") == 12);
    CHECK(display_width("ＡＢ") == 4);
    CHECK(display_width("é") == 1);
    CHECK(display_width("e\xcc\x81") == 1);
    CHECK(display_width("한글") == 4);
    CHECK(display_width("😀") == 2);
    CHECK(display_width("𠮷") == 2);
    CHECK(display_width("a\u200bb\ufeffc") == 3);
    CHECK(display_width("a\tb\n\x7f\u0085") == 2);
    CHECK(display_width("✅❌") == 4);
    CHECK(display_width("─│→") == 3);
    CHECK(display_width("\xe5\x98") == 2);
}

TEST_CASE("width: any bytes give a width within twice their number") {
    const std::uint64_t seed = testing::first_seed();
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 5'000; ++i) {
        std::string bytes(random() % 12, '\0');
        for (char& c : bytes) c = static_cast<char>(random());
        CAPTURE(i);
        const int width = display_width(bytes);
        CHECK(width >= 0);
        CHECK(static_cast<std::size_t>(width) <= 2 * bytes.size());
        is_utf8(bytes);
    }
}

TEST_CASE("text: the language asked for, else the other") {
    const Text both{"Hall", "大厅"};
    CHECK(both.in("zh") == "大厅");
    CHECK(both.in("en") == "Hall");
    CHECK(both.in("fr") == "Hall");
    CHECK(Text{"Hall", ""}.in("zh") == "Hall");
    CHECK(Text{"", "大厅"}.in("en") == "大厅");
    CHECK(Text{}.empty());
    CHECK_FALSE(both.empty());
}

TEST_CASE("text: one set of arguments fills both languages, a text gives each its own") {
    const Text late =
        format_both("{1} is late by {0} days", "{1}逾期 {0} 天", 3, both("the grid", "电网"));

    CHECK(late == Text{"the grid is late by 3 days", "电网逾期 3 天"});
}
