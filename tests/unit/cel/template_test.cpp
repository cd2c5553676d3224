// Texts with embedded expressions.
#include <doctest/doctest.h>

#include "support.hpp"

#include "definitions/cel/template.hpp"

using namespace countersign;
using namespace countersign::cel;
using expr::Type;
using expr::TypeKind;
using expr::Value;

namespace {

std::string made(std::string_view text) {
    const Environment environment{{{{"name"}, Type::of(TypeKind::string), 1},
                                   {{"fee"}, Type::of(TypeKind::money), 1},
                                   {{"at"}, Type::of(TypeKind::timestamp), 1}},
                                  Mode::strict,
                                  {},
                                  false};
    const Checked checked = check_template(text, environment);
    if (!checked.ok()) return "problem: " + cel::testing::show(checked.problems);
    const auto value = cel::testing::run(checked.program, {{"name", Value::string("王")},
                                                           {"fee", Value::money(1234)},
                                                           {"at", Value::timestamp({0, 0})}});
    return value.has_value() ? value->as_string() : "error: " + value.error().message;
}

}  // namespace

TEST_CASE("template: inserts values as their texts") {
    CHECK(made("For ${name}: ${fee} CNY, ${1 + 1} copies, ${1.5}, ${true}, ${at}") ==
          "For 王: 12.34 CNY, 2 copies, 1.5, true, 1970-01-01T00:00:00Z");
    CHECK(made("no expression, $5 and }") == "no expression, $5 and }");
    CHECK(made("a literal $${name}") == "a literal ${name}");
    CHECK(made("${'}' + {'a': \"}\"}['a']}!") == "}}!");
    CHECK(made("") == "");
    CHECK(has_expressions("a ${b}"));
    CHECK_FALSE(has_expressions("a $${b} $b"));
}

TEST_CASE("template: places of mistakes are bytes of the whole text") {
    CHECK(made("王 ${nam}") == "problem: 6+3: 'nam' is not known here [did you mean 'name'?]");
    CHECK(made("a ${name") ==
          "problem: 2+2: '${' is not closed [write '}' after the expression, or '$${' for the "
          "characters themselves]");
    CHECK(made("${[name]}") == "problem: 2+6: a list(string) cannot stand in a text");
    CHECK(made("${optional.of(1)}") ==
          "problem: 2+14: a optional_type(int) cannot stand in a text [write .orValue('')]");
    CHECK(made("${name =}") == "problem: 7+1: '=' is no operator [write '==' to compare]");
    CHECK(made("x ${1 / 0}") == "error: division by zero");
    CHECK(made("${}") == "problem: 2+0: the expression is empty");
}

TEST_CASE("template: what holds a personal value is personal") {
    const Environment environment{
        {{{"name"}, Type::of(TypeKind::string), 1}}, Mode::strict, {}, false};
    const Checked checked = check_template("Dear ${name}", environment);

    const auto value =
        cel::testing::run(checked.program, {{"name", Value::string("Wang").marked_personal()}});

    REQUIRE(value.has_value());
    CHECK(value->personal());
}
