// What expressions yield: one line a case, the expression and its value as JSON.
#include <doctest/doctest.h>

#include "support.hpp"

using namespace countersign;
using namespace countersign::cel;
using cel::testing::eval;
using expr::Type;
using expr::TypeKind;
using expr::Value;

namespace {

struct Line {
    const char* expression;
    const char* value;
};

void check_lines(std::initializer_list<Line> lines) {
    for (const Line& line : lines) {
        CAPTURE(line.expression);
        CHECK(eval(line.expression) == line.value);
    }
}

}  // namespace

TEST_CASE("evaluation: operators") {
    check_lines({{"1 + 2 * 3 - -4", "11"},
                 {"7 / 2", "3"},
                 {"-7 % 3", "-1"},
                 {"7.0 / 2.0", "3.5"},
                 {"'a' + 'b' == 'ab'", "true"},
                 {"[1] + [2, 3]", "[1,2,3]"},
                 {"2 in [1, 2]", "true"},
                 {"'k' in {'k': 1}", "true"},
                 {"true ? 1 : 2", "1"},
                 {"!(1 > 2)", "true"},
                 {"1 < 1.5 && 2u > 1", "true"},
                 {"-9223372036854775808", "-9223372036854775808"},
                 {"9223372036854775807 + 1", "error: integer overflow"},
                 {"1 / 0", "error: division by zero"},
                 {"1u - 2u", "error: integer overflow"},
                 {"[1, 2][2]", "error: index out of range"},
                 {"{'a': 1}.b", "error: no such key: b"},
                 {"{'a': 1, 'a': 2}", "error: a map has a repeated key"},
                 {"9007199254740993 == int(9007199254740992.0)", "false"}});
}

TEST_CASE("evaluation: an error gives way to an operand that decides, on either side") {
    check_lines({{"1 / 0 > 1 || true", "true"},
                 {"true || 1 / 0 > 1", "true"},
                 {"1 / 0 > 1 && false", "false"},
                 {"1 / 0 > 1 || false", "error: division by zero"},
                 {"[0, 2].exists(x, 4 / x == 2)", "true"},
                 {"[0, 2].all(x, 4 / x == 3)", "false"},
                 {"[0, 2].all(x, 4 / x == 2)", "error: division by zero"}});
}

TEST_CASE("evaluation: texts and conversions") {
    check_lines({{"'电网'.size()", "2"},
                 {"'hello'.contains('ell')", "true"},
                 {"'hello'.startsWith('he')", "true"},
                 {"'hello'.endsWith('lo')", "true"},
                 {"'SH-2026-0001'.matches('^[A-Z]{2}-[0-9]{4}-[0-9]+$')", "true"},
                 {"'x'.matches('(')", "error: not a regular expression (RE2 syntax)"},
                 {"int('42') + int(3.9)", "45"},
                 {"int('x')", "error: text is not an int"},
                 {"string(1.0)", "\"1\""},
                 {"double('1e3')", "1000.0"},
                 {"uint(-1)", "error: number out of range for uint"},
                 {"string(b'\\xff')", "error: bytes are not UTF-8"},
                 {"bool('true')", "true"},
                 {"type(1) == int", "true"},
                 {"'a,b'.split(',').join('-')", "\"a-b\""},
                 {"'%d%%'.format([5])", "\"5%\""}});
}

TEST_CASE("evaluation: times and money") {
    check_lines(
        {{"timestamp('2026-02-10T10:00:00+08:00')", "\"2026-02-10T02:00:00Z\""},
         {"timestamp('2026-02-10T02:00:00Z') + duration('36h')", "\"2026-02-11T14:00:00Z\""},
         {"timestamp('2026-02-10T20:00:00Z').getDate('+08:00')", "11"},
         {"timestamp('2026-02-10T20:00:00Z').getHours('Asia/Shanghai')", "4"},
         {"duration('1h30m').getMinutes()", "90"},
         {"duration('-1.5s')", "\"-1.5s\""},
         {"timestamp('2026-02-30T00:00:00Z')",
          "error: text is not an RFC 3339 timestamp, or out of range"},
         {"money('12.34') + money('0.66')", "\"13.00\""},
         {"money('2.50') * 3", "\"7.50\""},
         {"money('1.00') - money('1.01')", "\"-0.01\""},
         {"money('1.5') == money('1.50')", "true"},
         {"money('10') > money('9.99')", "true"},
         {"money('1.005')", "error: text is not an amount such as '12.34'"},
         {"string(money('-0.05'))", "\"-0.05\""}});
}

TEST_CASE("evaluation: macros") {
    check_lines({{"[1, 2, 3].all(x, x > 0)", "true"},
                 {"[1, 2, 3].exists(x, x == 2)", "true"},
                 {"[1, 2, 2].exists_one(x, x == 2)", "false"},
                 {"[1, 2].map(x, x * 2)", "[2,4]"},
                 {"[1, 2, 3].map(x, x > 1, x * 10)", "[20,30]"},
                 {"[1, 2, 3].filter(x, x % 2 == 1)", "[1,3]"},
                 {"[[1], [2, 3]].map(x, x.map(y, y + 1))", "[[2],[3,4]]"},
                 {"{'b': 1, 'a': 2}.map(k, k)", "[\"a\",\"b\"]"},
                 {"has({'a': 1}.a) && !has({'a': 1}.b)", "true"},
                 {"[3, 4].transformMap(i, v, v * i)", "{\"0\":0,\"1\":4}"},
                 {"{'a': 1}.transformMapEntry(k, v, {v: k})", "{\"1\":\"a\"}"},
                 {"[1, 2].transformMapEntry(i, v, {'same': v})", "error: a map has a repeated key"},
                 {"cel.bind(x, [1, 2], x + x)", "[1,2,1,2]"},
                 {"[].map(x, x + 1)", "[]"}});
}

TEST_CASE("evaluation: optionals") {
    check_lines({{"{'a': 1}.?a.orValue(0)", "1"},
                 {"{'a': 1}.?b.orValue(7)", "7"},
                 {"{}.?a.hasValue()", "false"},
                 {"[1][?5].hasValue()", "false"},
                 {"optional.of(3).value()", "3"},
                 {"optional.none().value()", "error: optional.none() has no value"},
                 {"{'a': {'b': 1}}.?a.b.orValue(0)", "1"},
                 {"{'a': {}}.?a.b.orValue(0)", "0"},
                 {"optional.of(2).optMap(x, x * 2).value()", "4"},
                 {"[?optional.none(), ?optional.of(1)]", "[1]"},
                 {"{?'a': optional.none(), 'b': 2}", "{\"b\":2}"},
                 {"optional.of(1).or(optional.of(1 / 0)).value()", "1"},
                 {"[{'key': 'x', 'n': 5}].at('x').n.orValue(0)", "5"},
                 {"[{'key': 'x'}].at('y').hasValue()", "false"}});
}

TEST_CASE("evaluation: what is computed from personal values is personal, but not conditions") {
    const Environment environment{{{{"name"}, Type::of(TypeKind::string), 1},
                                   {{"people"}, Type::list_of(Type::of(TypeKind::string)), 1}},
                                  Mode::dyn,
                                  {},
                                  false};
    const cel::testing::Bindings bindings{
        {"name", Value::string("Wang").marked_personal()},
        {"people", Value::list({Value::string("Wang").marked_personal(), Value::string("open")})}};
    const auto masked = [&](std::string_view text) {
        const Checked checked = check(text, environment);
        REQUIRE_MESSAGE(checked.ok(), cel::testing::show(checked.problems));
        return expr::to_json(*cel::testing::run(checked.program, bindings));
    };

    CHECK(masked("name + '!'") == "\"***\"");
    CHECK(masked("name.size()") == "\"***\"");
    CHECK(masked("name == 'Wang'") == "true");
    CHECK(masked("name.split('a')") == R"(["***","***"])");
    CHECK(masked("people.join(', ')") == "\"***\"");
    CHECK(masked("people.size()") == "2");
    CHECK(masked("people[1]") == "\"open\"");
    CHECK(masked("people.map(p, p + '')") == R"(["***","open"])");
    CHECK(masked("{'who': name, 'n': 1}") == R"({"n":1,"who":"***"})");
}

TEST_CASE("evaluation: the step budget and the sizes of values bound every expression") {
    std::string list = "[0";
    for (int i = 1; i < 300; ++i) list += ",0";
    list += "]";
    std::string doubling = "x";
    for (int i = 0; i < 20; ++i) doubling = "cel.bind(x, [x, x, x], " + doubling + ")";
    const Environment environment{{{{"x"}, Type::of(TypeKind::dyn), 1}}, Mode::dyn, {}, false};

    CHECK(eval("cel.bind(l, " + list + ", l.all(a, l.all(b, l.all(c, a == b && b == c))))") ==
          "error: step budget of 100000 exceeded");
    CHECK(eval(doubling, environment, {{"x", Value::integer(1)}}) == "error: value is too large");
    // An exhausted budget is no error that another operand could outweigh.
    CHECK(eval("cel.bind(l, " + list + ", l.all(a, l.all(b, l.all(c, true)))) || true") ==
          "error: step budget of 100000 exceeded");
    CHECK(eval("cel.bind(l, " + list + ", l.map(a, l.size()).size())") == "300");
}

TEST_CASE("evaluation: a variable is asked for once, and its absence is an error unless guarded") {
    const Type person = Type::record_of(
        {{"name", Type::of(TypeKind::string), false}, {"phone", Type::of(TypeKind::string), true}});
    const Environment environment{
        {{{"steps"}, Type::record_of({{"survey", person, true}}), 2}}, Mode::strict, {}, false};
    const Checked checked =
        check("has(steps.survey) ? steps.survey.name + steps.survey.name : 'none'", environment);
    REQUIRE_MESSAGE(checked.ok(), cel::testing::show(checked.problems));
    int asked = 0;
    const auto run_with = [&](std::optional<Value> value) {
        return *expr::evaluate(checked.program, [&](std::uint32_t) {
            ++asked;
            return value;
        });
    };

    CHECK(checked.program.variables == std::vector<expr::Variable>{{{"steps", "survey"}}});
    CHECK(run_with(std::nullopt).as_string() == "none");
    CHECK(run_with(Value::record({{"name", Value::string("W")}})).as_string() == "WW");
    CHECK(asked == 2);
    CHECK(eval("missing + 1") == "error: no such value: missing");
}

TEST_CASE("evaluation: errors tell the place in the text") {
    const Environment environment{{}, Mode::dyn, {}, false};
    const Checked checked = check("1 + (2 / 0)", environment);

    const expr::Evaluated value = cel::testing::run(checked.program);

    REQUIRE(value.has_error());
    CHECK(value.error().offset == 7);
}

TEST_CASE("evaluation: a program reads back from the archive and runs the same") {
    const Environment environment{{}, Mode::dyn, {}, false};
    const Checked checked = check("[1, 2, 3].filter(x, x > 1).map(y, {'n': y})", environment);

    const auto stored = decode<expr::Program>(encode(checked.program));

    REQUIRE(stored.has_value());
    CHECK(expr::to_json(*cel::testing::run(*stored)) == R"([{"n":2},{"n":3}])");
}
