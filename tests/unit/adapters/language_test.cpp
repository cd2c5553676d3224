// Accept-Language for the two languages that there are.
#include "adapters/http/language.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace countersign::http;

TEST_CASE("language: the heavier of the two wins, a place's language is its language") {
    for (const char* wanted :
         {"zh", "zh-CN", "ZH-Hans-CN", "zh-CN,zh;q=0.9,en;q=0.8", "fr, en;q=0.2, zh;q=0.3",
          "en;q=0, zh;q=0.001", "zh, en", "en;q=0.5,*;q=0.7", " zh ; q=1.0 "}) {
        CAPTURE(wanted);
        CHECK_EQ(language_wanted(wanted), "zh");
    }
    for (const char* wanted : {"", "en", "en-GB,zh;q=0.9", "fr", "*", "zhx", "zho", "en, zh",
                               "zh;q=0", "zh;q=0.5, en;q=0.5, zh;q=0.4, en;q=0.6", ",;,;=,q"}) {
        CAPTURE(wanted);
        CHECK_EQ(language_wanted(wanted), "en");
    }
}

TEST_CASE("language: an item with a malformed weight is passed over, the others count") {
    for (const char* weight : {"q=2", "q=1.5", "q=0.1234", "q=", "q", "w=1", "q=-1", "q=0x1"}) {
        CAPTURE(weight);
        CHECK_EQ(language_wanted(std::string("zh;") + weight), "en");
        CHECK_EQ(language_wanted(std::string("en;") + weight + ",zh;q=0.1"), "zh");
    }
}
