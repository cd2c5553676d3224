// Tables whose columns stand under each other, in any script and width.
#include "cli/output/table.hpp"
#include "engine/base/text.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace countersign;
using namespace countersign::cli;

namespace {

Table hookups() {
    Table table({{"CASE"}, {"TITLE", true}, {"DAYS", false, true}});
    table.add({"A1", "水电气网联合报装", "7"});
    table.add({"A2", "Joint utility hookup", "10"});
    return table;
}

}  // namespace

TEST_CASE("table: columns align by display width") {
    const std::string drawn = hookups().draw(Terminal{});

    CHECK(drawn ==
          "CASE  TITLE                 DAYS\n"
          "A1    水电气网联合报装         7\n"
          "A2    Joint utility hookup    10\n");
}

TEST_CASE("table: a narrow terminal cuts the flexible column only") {
    Terminal terminal;
    terminal.columns = 24;

    CHECK(hookups().draw(terminal) ==
          "CASE  TITLE         DAYS\n"
          "A1    水电气网联…      7\n"
          "A2    Joint utili…    10\n");
}

TEST_CASE("table: no line is wider than the terminal while flexible columns can give way") {
    for (int columns = 22; columns < 50; ++columns) {
        Terminal terminal;
        terminal.columns = columns;
        std::istringstream lines(hookups().draw(terminal));
        for (std::string line; std::getline(lines, line);) CHECK(display_width(line) <= columns);
    }
}

TEST_CASE("table: colours add no width and leave no trailing blanks") {
    Terminal terminal;
    terminal.colours = true;
    Table table({{"A"}, {"B"}});
    table.add({{"x", Style::red}, {"", Style::plain}});

    CHECK(table.draw(terminal) == "\x1b[1mA\x1b[0m  \x1b[1mB\x1b[0m\n\x1b[31mx\x1b[0m\n");
}

TEST_CASE("table: a row may be shorter than the headings, and its cells hold no line breaks") {
    Table table({{"A"}, {"B"}});
    table.add({"one\ntwo"});

    CHECK(table.draw(Terminal{}) == "A        B\none two\n");
}

TEST_CASE("facts: values stand under each other, empty ones are left out") {
    CHECK(draw_facts({{"状态", "open"}, {"applicant", "示例"}, {"end", ""}}, Terminal{}) ==
          "状态       open\n"
          "applicant  示例\n");
}

TEST_CASE("facts: a long value goes on under itself") {
    Terminal terminal;
    terminal.columns = 30;

    CHECK(draw_facts({{"why", "one two three four five six seven"}}, terminal) ==
          "why  one two three four five\n"
          "     six seven\n");
}
