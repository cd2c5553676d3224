// Text on a terminal: what may reach it, and how it is cut.
#include "cli/output/text.hpp"
#include "engine/base/text.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::cli;

TEST_CASE("text: a department cannot steer the terminal by what it answers") {
    CHECK(printable("a\x1b[31mb") == "a\xEF\xBF\xBD[31mb");
    CHECK(printable("one\ntwo\tthree") == "one two three");
    CHECK(printable("a\xC2\x9B"
                    "31m") ==
          "a\xEF\xBF\xBD"
          "31m");  // C1: control sequence introducer
    CHECK(printable("\xE2\x80\xAE"
                    "evil") ==
          "\xEF\xBF\xBD"
          "evil");  // right-to-left override
    CHECK(printable("\xff") == "\xEF\xBF\xBD");
    CHECK(printable("嘉定区") == "嘉定区");
}

TEST_CASE("text: line breaks stay where several lines are meant") {
    CHECK(printable_lines("one\ntwo\x07") == "one\ntwo\xEF\xBF\xBD");
}

TEST_CASE("text: what is cut keeps to the columns, wide characters whole") {
    CHECK(truncated("short", 5) == "short");
    CHECK(truncated("longer", 5) == "long…");
    CHECK(truncated("水电气网", 8) == "水电气网");
    CHECK(truncated("水电气网", 7) == "水电气…");
    CHECK(truncated("水电气网", 6) == "水电…");
    for (int columns = 1; columns < 10; ++columns)
        CHECK(display_width(truncated("水a电b气c网", columns)) <= columns);
}

TEST_CASE("text: filling counts columns, not bytes") {
    CHECK(padded("水", 4) == "水  ");
    CHECK(padded_left("水", 4) == "  水");
    CHECK(padded("long", 2) == "long");
}

TEST_CASE("text: long lines break at blanks, and anywhere when there is none") {
    CHECK(wrapped("one two three", 8) == std::vector<std::string>{"one two", "three"});
    CHECK(wrapped("水电气网联合", 5) == std::vector<std::string>{"水电", "气网", "联合"});
    CHECK(wrapped("", 5) == std::vector<std::string>{""});
    CHECK(wrapped("水", 1) == std::vector<std::string>{"水"});
}
