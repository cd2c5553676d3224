// JSON at the borders: what is read, what is refused, what is written.
#include <doctest/doctest.h>

#include "engine/base/limits.hpp"
#include "engine/expr/json.hpp"

using namespace countersign;
using namespace countersign::expr;

namespace {

std::string why(std::string_view text) {
    const result<Value> read = from_json(text);
    return read ? "read: " + to_json(*read) : read.error().message;
}

}  // namespace

TEST_CASE("json: reads and writes canonically") {
    CHECK(why(R"({"b":[1,2.5,true,null],"a":"\u7535\n\"x\""})") ==
          R"(read: {"a":"电\n\"x\"","b":[1,2.5,true,null]})");
    CHECK(why(" 1.0 ") == "read: 1.0");
    CHECK(why("-9223372036854775808") == "read: -9223372036854775808");
    CHECK(why("1e3") == "read: 1000.0");
    CHECK(why("0.1") == "read: 0.1");
    CHECK(why("123456789.12345678") == "read: 123456789.12345678");
    CHECK(why("4.9406564584124654e-324") == "read: 5e-324");
    CHECK(why("\"\\ud83d\\ude00 long text with an escape in the middle\"") ==
          "read: \"😀 long text with an escape in the middle\"");
}

TEST_CASE("json: refuses what is malformed, ambiguous or too large") {
    CHECK(why("9223372036854775808") ==
          "not acceptable as JSON: an integer is outside the 64 bits at byte 19");
    CHECK(why("123456789012345678901234567890").find("outside the 64 bits") != std::string::npos);
    CHECK(why("1e999").find("too large") != std::string::npos);
    CHECK(why(R"({"a":1,"a":2})").find("a name occurs twice") != std::string::npos);
    CHECK(why("{} {}").find("something follows the value at byte 3") != std::string::npos);
    CHECK(why("").find("not acceptable") != std::string::npos);
    CHECK(why("\"\xc3\x28\"").find("not acceptable") != std::string::npos);
    CHECK(why("[1,]").find("not acceptable") != std::string::npos);
    CHECK(why(std::string(33, '[') + std::string(33, ']')).find("not acceptable") !=
          std::string::npos);
    CHECK(why(std::string(32, '[') + std::string(32, ']')).starts_with("read: "));
    std::string many = "[0";
    for (std::size_t i = 0; i < limits::json_members_max; ++i) many += ",0";
    CHECK(why(many + "]").find("not acceptable") != std::string::npos);
    CHECK(why('"' + std::string(limits::json_string_bytes_max + 1, 'x') + '"')
              .find("not acceptable") != std::string::npos);
}

TEST_CASE("json: writes the kinds that JSON lacks and masks personal scalars") {
    const Value value = Value::record({{"amount", Value::money(1234)},
                                       {"bytes", Value::bytes("\xff\x01")},
                                       {"erased", Value::erased().marked_personal()},
                                       {"length", Value::duration({30, 0})},
                                       {"name", Value::string("Wang").marked_personal()},
                                       {"none", Value::none()},
                                       {"when", Value::instant({1'500})}});

    CHECK(
        to_json(value) ==
        R"({"amount":"12.34","bytes":"/wE=","erased":"erased","length":"30s",)"
        R"("name":"***","none":null,)"
        R"("when":"1970-01-01T00:00:01.5Z"})");
    CHECK(to_json(value, Personal::open).find("\"Wang\"") != std::string::npos);
    CHECK(to_json(Value::map({{Value::integer(2), Value::real(1)}})) == R"({"2":1.0})");
}
