// Values: equality, order, finding keys, and personal marks.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/expr/numbers.hpp"
#include "engine/expr/value.hpp"

using namespace countersign;
using namespace countersign::expr;

TEST_CASE("value: numbers of different kinds are equal by exact value") {
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();

    CHECK(Value::integer(1) == Value::unsigned_integer(1));
    CHECK(Value::integer(1) == Value::real(1.0));
    CHECK(Value::integer(-1) != Value::unsigned_integer(UINT64_MAX));
    CHECK(Value::integer(most) != Value::real(9223372036854775808.0));
    CHECK(Value::real(std::nan("")) != Value::real(std::nan("")));
    CHECK(Value::integer(1) != Value::string("1"));
}

TEST_CASE("value: a map keeps one entry of numerically equal keys, the last one") {
    const Value map = Value::map({{Value::unsigned_integer(1), Value::string("first")},
                                  {Value::string("a"), Value::string("text")},
                                  {Value::integer(1), Value::string("last")}});

    REQUIRE(map.size() == 2);
    REQUIRE(map.find(Value::real(1.0)) != nullptr);
    CHECK(map.find(Value::real(1.0))->as_string() == "last");
    CHECK(map.find("a")->as_string() == "text");
    CHECK(map.find("b") == nullptr);
    CHECK(map.find(Value::real(1.5)) == nullptr);
    CHECK(map.find(Value::real(std::nan(""))) == nullptr);
}

TEST_CASE("value: a record is found by path and changed by with()") {
    const Value record =
        Value::record({{"site", Value::record({{"road", Value::string("Nanjing Rd")}})},
                       {"load", Value::integer(12)}});
    const std::vector<std::string> path{"site", "road"};
    const std::vector<std::string> broken{"load", "road"};

    CHECK(record.at(path)->as_string() == "Nanjing Rd");
    CHECK(record.at(broken) == nullptr);
    CHECK(record.with("load", Value::integer(13)).find("load")->as_integer() == 13);
    CHECK(record.find("load")->as_integer() == 12);
    CHECK(Value().with("a", Value::integer(1)).size() == 1);
}

TEST_CASE("value: marking goes into parts and is seen from outside") {
    const Value marked = Value::record({{"name", Value::string("Wang")}}).marked_personal();

    CHECK_FALSE(marked.personal());
    CHECK(marked.holds_personal());
    CHECK(marked.find("name")->personal());
    CHECK(Value::list({Value::integer(1), marked}).holds_personal());
    CHECK_FALSE(Value::list({Value::integer(1)}).holds_personal());
    CHECK(marked == Value::record({{"name", Value::string("Wang")}}));
}

TEST_CASE("value: depth and weight count shared parts as often as they occur") {
    Value nested = Value::integer(0);
    for (int i = 0; i < 70; ++i) nested = Value::list({nested, nested});

    CHECK(nested.depth() == 70);
    CHECK(nested.weight() == UINT64_MAX);
    CHECK(Value::list({Value::integer(1), Value::list({})}).weight() == 3);
}

TEST_CASE("value: order is total, NaN included, and strings count characters") {
    CHECK(Value::order(Value::real(std::nan("")), Value::real(std::nan(""))) == 0);
    CHECK(Value::order(Value::integer(5), Value::real(5.5)) < 0);
    CHECK(Value::order(Value::real(std::nan("")), Value::integer(5)) > 0);
    CHECK(Value::order(Value::string("b"), Value::string("a")) > 0);
    CHECK(Value::string("电网 A").size() == 4);
}

TEST_CASE("texts: money, durations and timestamps read back") {
    CHECK(money_text(-5) == "-0.05");
    CHECK(money_text(1234) == "12.34");
    CHECK(money_text(std::numeric_limits<std::int64_t>::min()) == "-92233720368547758.08");
    CHECK(read_money("12.3") == 1230);
    CHECK(read_money("-92233720368547758.08") == std::numeric_limits<std::int64_t>::min());
    CHECK_FALSE(read_money("1.234").has_value());
    CHECK_FALSE(read_money("").has_value());
    CHECK_FALSE(read_money("12.").has_value());
    CHECK_FALSE(read_money("92233720368547758.08").has_value());
    CHECK(duration_text({-2, 500'000'000}) == "-1.5s");
    CHECK(read_duration("1h30m") == Seconds{5400, 0});
    CHECK(read_duration("-1.5s") == Seconds{-2, 500'000'000});
    CHECK_FALSE(read_duration("1").has_value());
    CHECK_FALSE(read_duration("320000000000s").has_value());
    CHECK(timestamp_text(*read_timestamp("2026-02-10T10:00:00.25+08:00")) ==
          "2026-02-10T02:00:00.25Z");
    CHECK_FALSE(read_timestamp("2026-02-30T10:00:00Z").has_value());
    CHECK_FALSE(read_timestamp("0001-01-01T00:00:00+08:00").has_value());
}
