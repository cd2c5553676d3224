// What does not parse, and what is said about it.
#include <doctest/doctest.h>

#include "support.hpp"

#include "definitions/cel/parser.hpp"

using namespace countersign;
using namespace countersign::cel;

namespace {

std::string mistakes(std::string_view text) {
    std::vector<Problem> problems;
    const bool parsed = parse(text, problems).has_value();
    return parsed ? "parsed" : cel::testing::show(problems);
}

}  // namespace

TEST_CASE("parser: says what other languages write differently") {
    CHECK(mistakes("a = 1") == "2+1: '=' is no operator [write '==' to compare]");
    CHECK(mistakes("a & b") == "2+1: '&' is no operator [write '&&' for \"and\"]");
    CHECK(mistakes("a | b") == "2+1: '|' is no operator [write '||' for \"or\"]");
    CHECK(mistakes("a and b") ==
          "2+3: expected an operator or the end, but found 'and' [write '&&']");
    CHECK(mistakes("a or b") ==
          "2+2: expected an operator or the end, but found 'or' [write '||']");
    CHECK(mistakes("not a") == "0+3: 'not' is no operator [write '!']");
    CHECK(mistakes("a <> b") ==
          "3+1: expected a value, but found '>' [write '!=' for \"not equal\"]");
    CHECK(mistakes("if a then b") == "0+2: 'if' is a reserved word [write 'condition ? a : b']");
    CHECK(mistakes("a === b") == "4+1: '=' is no operator [write '==' to compare]");
    CHECK(mistakes("“a”") == "0+3: typographic quotes cannot enclose a text [write '\"' or \"'\"]");
    CHECK(mistakes("size（a）") == "4+3: '（' is a full-width character [write '(']");
}

TEST_CASE("parser: points at what is missing") {
    CHECK(mistakes("") == "0+0: the expression is empty");
    CHECK(mistakes("1 +") == "3+0: the expression ends too early: expected a value");
    CHECK(mistakes("(1 + 2") == "6+0: the expression ends too early: expected ')'");
    CHECK(mistakes("a ? b") == "5+0: the expression ends too early: expected ':'");
    CHECK(mistakes("'open") == "0+5: the text is not closed [write ' at its end]");
    CHECK(mistakes("'a\\qb'") ==
          "2+2: there is no such escape in a text [write '\\\\' for one backslash]");
    CHECK(mistakes("f(1, )") == "5+1: expected a value, but found ')'");
    CHECK(mistakes("12ab") ==
          "0+4: '12ab' is no number [a name begins with a letter, and a number has no unit]");
    CHECK(mistakes("9223372036854775808") == "0+19: the number does not fit in 64 bits");
    CHECK(mistakes("a b") == "2+1: expected an operator or the end, but found 'b'");
    CHECK(mistakes("[1, 2].all(1, true)") ==
          "11+1: all() names its variable here [write a name such as item]");
    CHECK(mistakes("has(a)") == "0+3: has() asks for a field: has(form.phone)");
    CHECK(mistakes("[1, 2,]") == "parsed");
    CHECK(mistakes("-1.0e-3 < .5 // comment") == "parsed");
}

TEST_CASE("parser: bounds nesting, chains and length") {
    const std::string deep(70, '(');
    std::string chain = "1";
    for (int i = 0; i < 300; ++i) chain += "+1";
    std::string wide = "true";
    for (int i = 0; i < 300; ++i) wide += "&&true";

    CHECK(mistakes(deep + "1" + std::string(70, ')')).find("nested too deeply") !=
          std::string::npos);
    CHECK(mistakes(std::string(70, '[') + std::string(70, ']')).find("nested too deeply") !=
          std::string::npos);
    CHECK(mistakes(std::string(70, '!') + "true").find("nested too deeply") != std::string::npos);
    CHECK(mistakes(chain).find("nested too deeply or too long") != std::string::npos);
    CHECK(mistakes(wide) == "parsed");
    CHECK(mistakes(std::string(5'000, ' ')) ==
          "0+0: the expression is longer than 4096 bytes [split it into several]");
}

TEST_CASE("parser: damaged texts are refused or parsed, never crash") {
    const std::string_view good =
        R"(steps.a.all(x, has(x.b) && x.b[?0].orValue({'k': -1.5e3, "é": b'\xff'}) > 1u))"
        R"( ? [?a] : f(.g))";
    REQUIRE(mistakes(good) == "parsed");
    std::uint32_t random = 12345;
    for (int round = 0; round < 5'000; ++round) {
        std::string text(good);
        for (int change = 0; change < 2; ++change) {
            random = random * 1664525 + 1013904223;
            const std::size_t at = random >> 8 & 0x7fff;
            text[at % text.size()] = static_cast<char>(random >> 24);
        }
        std::vector<Problem> problems;
        const bool parsed = parse(text, problems).has_value();
        CHECK(parsed == problems.empty());
    }
}
