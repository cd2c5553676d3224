// conform(): what forms take, how it is typed, what is said of what they do not take.

#include "fields.hpp"

#include "engine/expr/json.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::model;
using expr::Kind;
using expr::Value;
using Told = std::vector<std::string>;

namespace {

Conformed filled_in(const Field& root, const std::string& json, bool strict_unknown = true) {
    const auto value = expr::from_json(json);
    REQUIRE(value.has_value());
    return conform(root, *value, strict_unknown);
}

std::string typed(const Field& root, const std::string& json) {
    const Conformed conformed = filled_in(root, json);
    CHECK(told(conformed) == Told{});
    return expr::to_json(conformed.value, expr::Personal::open);
}

}  // namespace

TEST_CASE("conform: values are typed by their fields") {
    const Field root =
        record("", {field("name", FieldType::text), field("floors", FieldType::integer),
                    field("load_kw", FieldType::number), field("old", FieldType::boolean),
                    field("when", FieldType::time), field("fee", FieldType::money)});

    const Conformed conformed = filled_in(
        root,
        R"({"name":"仓库","floors":3.0,"load_kw":120,"old":false,)"
        R"("when":"2026-02-10T10:00+08:00","fee":"12.3"})");

    CHECK(told(conformed) == Told{});
    CHECK(conformed.value.find("floors")->kind() == Kind::integer);
    CHECK(conformed.value.find("load_kw")->kind() == Kind::real);
    CHECK(conformed.value.find("when")->as_instant() ==
          parse_rfc3339("2026-02-10T02:00:00Z").value());
    CHECK(conformed.value.find("fee")->as_fen() == 1230);
}

TEST_CASE("conform: every problem is told at once, with its path, in both languages") {
    Field load = required(field("load_kw", FieldType::number));
    load.min = 0;
    load.unit = "kW";
    load.title = {"Load", "用电负荷"};
    const Field root =
        record("", {record("site", {required(field("address", FieldType::text))}), load,
                    list("rooms", record("", {field("area", FieldType::number)}))});

    const Conformed conformed = filled_in(
        root, R"({"site":{"adress":"x"},"load_kw":-1,"rooms":[{"area":1},{"area":"big"}]})");

    CHECK(told(conformed) == Told{"site.address missing", "site.adress unknown_field",
                                  "load_kw too_small", "rooms[1].area not_a_number"});
    CHECK(conformed.problems[0].message ==
          Text{"`site.address` is required", "“site.address”为必填项"});
    CHECK(conformed.problems[1].message ==
          Text{"`site.adress` is not a field of this form; did you mean `address`?",
               "“site.adress”不是本表单的字段，是否为“address”？"});
    CHECK(conformed.problems[2].message ==
          Text{"Load must be at least 0 kW", "“用电负荷”不能小于 0 kW"});
}

TEST_CASE("conform: what a department adds beyond its contract is dropped") {
    const Field root = record("", {field("fee", FieldType::money)});

    const Conformed conformed = filled_in(root, R"({"fee":"0","clerk":"Li"})", false);

    CHECK(told(conformed) == Told{});
    CHECK(expr::to_json(conformed.value) == R"({"fee":"0.00"})");
}

TEST_CASE("conform: empty texts and nulls count as absent") {
    const Field root =
        record("", {required(field("a", FieldType::text)), required(field("b", FieldType::integer)),
                    field("c", FieldType::text)});
    CHECK(told(filled_in(root, R"({"a":"","b":null,"c":""})")) == Told{"a missing", "b missing"});
    CHECK(typed(root, R"({"a":" ","b":0,"c":""})") == R"({"a":" ","b":0})");
}

TEST_CASE("conform: defaults are filled in, also in a record that is left out") {
    Field outside = field("outside_m", FieldType::number);
    outside.default_value = Value::integer(0);
    const Field root = record("", {record("site", {outside})});

    const Conformed conformed = filled_in(root, "{}");

    CHECK(told(conformed) == Told{});
    CHECK(conformed.value.find("site")->find("outside_m")->kind() == Kind::real);
}

TEST_CASE("conform: a record left out misses its required members, else it is absent") {
    const Field root = record("", {record("site", {required(field("address", FieldType::text))}),
                                   record("gas", {field("flow", FieldType::number)})});
    const Conformed conformed = filled_in(root, "{}");
    CHECK(told(conformed) == Told{"site.address missing"});
    CHECK(conformed.value.find("gas") == nullptr);
}

TEST_CASE("conform: a condition over the typed form decides whether a field is required") {
    Field load = field("load_kw", FieldType::number);
    load.required_when = has_in_form("power");
    const Field root = record("", {field("power", FieldType::boolean), record("details", {load})});

    CHECK(told(filled_in(root, "{}")) == Told{});
    CHECK(told(filled_in(root, R"({"power":true})")) == Told{"details.load_kw missing"});
    CHECK(told(filled_in(root, R"({"power":true,"details":{"load_kw":1}})")) == Told{});
}

TEST_CASE("conform: a condition that fails is a problem of its own, but not beside others") {
    Field load = field("load_kw", FieldType::number);
    load.required_when = has_in_form("power");
    load.required_when->refs[0].root = VariableRoot::now;
    const Field root = record("", {required(field("name", FieldType::text)), load});

    CHECK(told(filled_in(root, R"({"name":"x"})")) == Told{"load_kw undecidable"});
    CHECK(told(filled_in(root, "{}")) == Told{"name missing"});
}

TEST_CASE("conform: choices are known, unique and counted") {
    Field services = choices("services", FieldType::choices, {"power", "water", "gas"});
    services.min = 1;
    services.required = true;
    const Field root =
        record("", {services, choices("kind", FieldType::choice, {"new", "change"})});

    CHECK(typed(root, R"({"services":["gas","power"],"kind":"new"})") ==
          R"({"kind":"new","services":["gas","power"]})");
    CHECK(told(filled_in(root, R"({"services":[]})")) == Told{"services too_few"});
    CHECK(told(filled_in(root, R"({"services":["gas","gas"]})")) ==
          Told{"services duplicate_choice"});
    CHECK(told(filled_in(root, R"({"services":"gas","kind":"old"})")) ==
          Told{"services not_a_list", "kind unknown_choice"});
    CHECK(filled_in(root, R"({"services":["watr"]})").problems[0].message.en ==
          "`services` must be one of: power, water, gas (did you mean `water`?)");
}

TEST_CASE("conform: a required list wants an item") {
    const Field root = record("", {required(list("slots", field("", FieldType::time)))});
    CHECK(told(filled_in(root, R"({"slots":[]})")) == Told{"slots missing"});
    CHECK(told(filled_in(root, R"({"slots":["2026-02-10"]})")) == Told{"slots[0] not_a_time"});
    CHECK(told(filled_in(root, R"({"slots":["2026-02-10T10:00:00Z",null]})")) ==
          Told{"slots[1] missing"});
}

TEST_CASE("conform: texts have lengths in characters and patterns over the whole value") {
    Field code = field("code", FieldType::text);
    code.pattern = "[A-Z]{2}\\d+";
    Field name = field("name", FieldType::text);
    name.min = 2;
    name.max_length = 4;
    const Field root = record("", {code, name});

    CHECK(told(filled_in(root, R"({"code":"AB12","name":"上海嘉定"})")) == Told{});
    CHECK(told(filled_in(root, R"({"code":"xAB12","name":"上海嘉定区"})")) ==
          Told{"code pattern_mismatch", "name too_long"});
    CHECK(told(filled_in(root, R"({"code":7,"name":"上"})")) ==
          Told{"code not_a_text", "name too_short"});
}

TEST_CASE("conform: numbers must be numbers and within their bounds") {
    Field stars = field("stars", FieldType::integer);
    stars.min = 1;
    stars.max = 5;
    const Field root = record("", {stars});
    CHECK(told(filled_in(root, R"({"stars":5})")) == Told{});
    CHECK(told(filled_in(root, R"({"stars":6})")) == Told{"stars too_large"});
    CHECK(told(filled_in(root, R"({"stars":1.5})")) == Told{"stars not_an_integer"});
    CHECK(told(filled_in(root, R"({"stars":"3"})")) == Told{"stars not_an_integer"});
}

TEST_CASE("conform: money is yuan with at most two decimals") {
    const Field root = record("", {field("fee", FieldType::money)});
    CHECK(typed(root, R"({"fee":"-0.5"})") == R"({"fee":"-0.50"})");
    CHECK(typed(root, R"({"fee":12.34})") == R"({"fee":"12.34"})");
    CHECK(typed(root, R"({"fee":7})") == R"({"fee":"7.00"})");
    for (const char* wrong :
         {R"("1.234")", R"(".5")", R"("1.")", R"("1,000")", R"("")", "1.001", "9223372036854775807",
          R"("99999999999999999999")", R"(" 1")", "true"})
        CHECK(told(filled_in(root, std::string("{\"fee\":") + wrong + "}")) ==
              (std::string(wrong) == R"("")" ? Told{} : Told{"fee not_money"}));
}

TEST_CASE("conform: dates exist") {
    const Field root = record("", {field("day", FieldType::date)});
    CHECK(typed(root, R"({"day":"2024-02-29"})") == R"({"day":"2024-02-29"})");
    CHECK(told(filled_in(root, R"({"day":"2025-02-29"})")) == Told{"day not_a_date"});
}

TEST_CASE("conform: telephone numbers, mail addresses and divisions have a form") {
    const Field root =
        record("", {field("phone", FieldType::phone), field("mail", FieldType::email),
                    field("division", FieldType::division)});
    CHECK(told(filled_in(root, R"({"phone":"13812345678","mail":"a@b.cn","division":"310114"})")) ==
          Told{});
    CHECK(told(filled_in(root, R"({"phone":"021-59998888","division":"310114103"})")) == Told{});
    CHECK(told(filled_in(root, R"({"phone":"123","mail":"a@b","division":"3101"})")) ==
          Told{"phone malformed", "mail malformed", "division malformed"});
}

TEST_CASE(
    "conform: an identity number with a wrong check digit is told apart from a malformed one") {
    const Field root =
        record("", {field("code", FieldType::uscc), field("id", FieldType::citizen_id)});
    CHECK(told(filled_in(root, R"({"code":"91310114MAC0TEX05A","id":"31011420001231123X"})")) ==
          Told{});
    CHECK(told(filled_in(root, R"({"code":"91350203M0001QAY9B","id":"11010519491231002X"})")) ==
          Told{"code suspicious"});
    CHECK(told(filled_in(root, R"({"code":"91310114","id":"310114198502290013"})")) ==
          Told{"code malformed", "id malformed"});
}

TEST_CASE("conform: a file is named by its name and its hash") {
    const Field root = record("", {field("scan", FieldType::file)});
    const std::string hash(64, 'A');
    const auto with = [&](const std::string& file) {
        return filled_in(root, R"({"scan":)" + file + "}");
    };

    const Conformed good = with(R"({"name":"图.pdf","sha256":")" + hash + R"("})");
    CHECK(told(good) == Told{});
    CHECK(good.value.find("scan")->find("sha256")->as_string() == std::string(64, 'a'));
    CHECK(good.value.find("scan")->find("bytes")->as_integer() == 0);
    CHECK(told(with(R"("plan.pdf")")) == Told{"scan not_a_file"});
    CHECK(told(with(R"({"name":"a.pdf"})")) == Told{"scan not_a_file"});
    CHECK(told(with(R"({"name":"../a.pdf","sha256":"12"})")) ==
          Told{"scan bad_name", "scan malformed"});
}

TEST_CASE("conform: a point is two numbers of degrees, the longitude first") {
    const Field root = record("", {field("at", FieldType::point)});
    const auto with = [&](const std::string& point) {
        return filled_in(root, R"({"at":)" + point + "}");
    };

    for (const char* spelled :
         {R"({"lon":121.25,"lat":31.5})", R"("121.25,31.5")", R"(" 121.25 , 31.5 ")"}) {
        const Conformed good = with(spelled);
        CHECK(told(good) == Told{});
        CHECK(good.value.find("at")->find("lon")->as_real() == 121.25);
        CHECK(good.value.find("at")->find("lat")->as_real() == 31.5);
    }
    CHECK(told(with(R"({"lon":-180,"lat":90})")) == Told{});
    for (const char* none : {R"("121.25")", R"("a,b")", R"("121.25,31.5,0")", R"({"lon":1})",
                             R"({"lon":1,"lat":2,"height":3})", "[1,2]"})
        CHECK(told(with(none)) == Told{"at not_a_point"});
    for (const char* beyond : {R"("31.5,121.25")", R"("181,0")", R"("nan,0")"})
        CHECK(told(with(beyond)) == Told{"at out_of_range"});
}

TEST_CASE("conform: numbers of China and of the world, each in its form") {
    const Field root = record("", {field("phone", FieldType::phone)});
    for (const char* good :
         {"13812345678", "+8613812345678", "86 13812345678", "021-59991234", "02159991234",
          "010-62345678-801", "0755-23456789", "+86 21-59991234", "4008001234", "400-800-1234",
          "+81312345678"}) {
        CAPTURE(good);
        CHECK(told(filled_in(root, std::string(R"({"phone":")") + good + R"("})")) == Told{});
    }
    for (const char* bad : {"12345678901", "1381234567", "59991234", "021-1234567", "+8612345",
                            "call me", "13812345678,13912345678"}) {
        CAPTURE(bad);
        CHECK(told(filled_in(root, std::string(R"({"phone":")") + bad + R"("})")) ==
              Told{"phone malformed"});
    }
}

TEST_CASE("conform: addresses of mail and divisions") {
    const Field root = record("", {field("m", FieldType::email), field("d", FieldType::division)});
    CHECK(told(filled_in(root, R"({"m":"li.si+x@mail.example.cn","d":"310114103002"})")) == Told{});
    for (const char* bad : {"a b@c.cn", "a@b..cn", ".a@b.cn", "a.@b.cn", "a@b.c", "a@@b.cn"}) {
        CAPTURE(bad);
        CHECK(told(filled_in(root, std::string(R"({"m":")") + bad + R"("})")) ==
              Told{"m malformed"});
    }
    for (const char* bad : {"160114", "31011", "3101141", "31011410300", "91310114"}) {
        CAPTURE(bad);
        CHECK(told(filled_in(root, std::string(R"({"d":")") + bad + R"("})")) ==
              Told{"d malformed"});
    }
}

TEST_CASE("conform: letters of identity numbers become capitals, and digits may be a number") {
    const Field root =
        record("", {field("code", FieldType::uscc), field("id", FieldType::citizen_id),
                    field("phone", FieldType::phone)});
    CHECK(typed(root, R"({"code":"91310114mac0tex05a","id":"31011420001231123x"})") ==
          R"({"code":"91310114MAC0TEX05A","id":"31011420001231123X"})");
    CHECK(typed(root, R"({"id":310114199001010014,"phone":13812345678})") ==
          R"({"id":"310114199001010014","phone":"13812345678"})");
}

TEST_CASE("part_at: follows the path of a problem") {
    const Value value = expr::Value::record(
        {{"rooms", Value::list({Value::record({{"area", Value::integer(3)}})})}});
    REQUIRE(part_at(value, "rooms[0].area") != nullptr);
    CHECK(part_at(value, "rooms[0].area")->as_integer() == 3);
    CHECK(part_at(value, "rooms[1].area") == nullptr);
    CHECK(part_at(value, "rooms[x]") == nullptr);
    CHECK(part_at(value, "rooms.area") == nullptr);
    CHECK(part_at(value, "rooms[0].area.more") == nullptr);
    CHECK(part_at(value, "") == &value);
}

TEST_CASE("conform: a suspicious number hides no other mistake") {
    Field code = field("code", FieldType::uscc);
    Field wanted = field("wanted", FieldType::text);
    wanted.required_when = has_in_form("code");
    const Field root = record("", {code, wanted});
    CHECK(told(filled_in(root, R"({"code":"91350203M0001QAY9B"})")) ==
          Told{"code suspicious", "wanted missing"});
}

TEST_CASE("conform: personal scalars are marked, and not repeated in messages") {
    Field phone = field("phone", FieldType::phone);
    phone.personal = true;
    Field illness = choices("illness", FieldType::choice, {"none", "asthma"});
    illness.personal = true;
    Field people = list("people", record("", {field("name", FieldType::text)}));
    people.personal = true;
    const Field root = record("", {phone, illness, people, field("open", FieldType::text)});

    const Conformed good =
        filled_in(root, R"({"phone":"13812345678","people":[{"name":"Li"}],"open":"x"})");
    CHECK(good.value.find("phone")->personal());
    CHECK(good.value.find("people")->items()[0].find("name")->personal());
    CHECK_FALSE(good.value.find("open")->personal());

    const Conformed wrong = filled_in(root, R"({"illness":"astma"})");
    CHECK(wrong.problems.at(0).message.en == "`illness` must be one of: none, asthma");
}

TEST_CASE("conform: what is no record is a problem, not a crash") {
    const Field root = record("", {record("site", {required(field("address", FieldType::text))})});
    CHECK(told(filled_in(root, "[1]")) == Told{" not_a_record"});
    CHECK(told(filled_in(root, R"({"site":[]})")) == Told{"site not_a_record"});
    CHECK(told(conform(root, Value())) == Told{"site.address missing"});
}

TEST_CASE("conform: a form over the bound is refused") {
    const Field root = record("", {list("texts", field("", FieldType::text))});
    std::vector<Value> texts(5, Value::string(std::string(250 << 10, 'x')));
    CHECK(told(conform(root, Value::record({{"texts", Value::list(texts)}}))) ==
          Told{" too_large"});
    texts.resize(4);
    CHECK(told(conform(root, Value::record({{"texts", Value::list(texts)}}))) == Told{});
}
