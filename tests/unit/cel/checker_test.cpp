// What the checker refuses in definitions, and the types that it deduces.
#include <doctest/doctest.h>

#include "support.hpp"

using namespace countersign;
using namespace countersign::cel;
using expr::Type;
using expr::TypeKind;

namespace {

Environment definitions() {
    const Type text = Type::of(TypeKind::string);
    const Type site =
        Type::record_of({{"road", text, false}, {"number", Type::of(TypeKind::integer), true}});
    const Type form = Type::record_of({{"name", text, false},
                                       {"phone", text, true},
                                       {"load_kw", Type::of(TypeKind::real), false},
                                       {"site", site, true},
                                       {"fee", Type::of(TypeKind::money), false},
                                       {"sites", Type::list_of(site), false}});
    const Type step = Type::record_of(
        {{"outcome", text, false},
         {"result", Type::record_of({{"fee", Type::of(TypeKind::money), false}}), true}});
    Environment environment;
    environment.declarations = {
        {{"form"}, form, 1},
        {{"steps"}, Type::record_of({{"survey", step, false}, {"design", step, true}}), 2},
        {{"now"}, Type::of(TypeKind::timestamp), 1}};
    return environment;
}

std::string outcome(std::string_view text, const Environment& environment = definitions()) {
    const Checked checked = check(text, environment);
    return checked.ok() ? checked.type.text() : cel::testing::show(checked.problems);
}

}  // namespace

TEST_CASE("checker: deduces types") {
    CHECK(outcome("form.name") == "string");
    CHECK(outcome("form.load_kw * 2.0 > 100") == "bool");
    CHECK(outcome("form.sites.filter(s, s.road != '').map(s, s.road)") == "list(string)");
    CHECK(outcome("form.fee + money('1.00')") == "money");
    CHECK(outcome("form.?phone.orValue('none')") == "string");
    CHECK(outcome("now - now") == "duration");
    CHECK(outcome("{'a': [1]}") == "map(string, list(int))");
    CHECK(outcome("steps.survey.outcome == 'done'") == "bool");
    CHECK(outcome("true ? optional.of(1) : optional.none()") == "optional_type(int)");
    CHECK(outcome("form.sites[0].road.size()") == "int");
    CHECK(outcome("form.site") ==
          "0+9: 'form.site' may be absent [guard it: has(form.site) && ...]");
}

TEST_CASE("checker: names the nearest known name, field or function") {
    CHECK(outcome("frm.name") == "0+3: 'frm' is not known here [did you mean 'form'?]");
    CHECK(outcome("form.nmae") == "5+4: there is no field 'nmae' [did you mean 'name'?]");
    CHECK(outcome("load_kw > 1.0") ==
          "0+7: 'load_kw' is not known here [did you mean 'form.load_kw'?]");
    CHECK(outcome("steps.survy.outcome") ==
          "6+5: there is no field 'survy' [did you mean 'survey'?]");
    CHECK(outcome("form.name.startWith('a')") ==
          "10+9: there is no function 'startWith' [did you mean 'startsWith'?]");
    CHECK(outcome("form.sites.exist(s, true)").find("did you mean 'exists'?") != std::string::npos);
    CHECK(outcome("steps == 1")
              .find("'steps' is no value by itself [name one of its parts: steps.NAME]") !=
          std::string::npos);
}

TEST_CASE("checker: a field that may be absent needs a guard on the way to it") {
    const std::string absent = "'form.phone' may be absent";

    CHECK(outcome("form.phone == '1'").find(absent) != std::string::npos);
    CHECK(outcome("has(form.phone) && form.phone == '1'") == "bool");
    CHECK(outcome("form.phone == '1' && has(form.phone)").find(absent) != std::string::npos);
    CHECK(outcome("!has(form.phone) || form.phone == '1'") == "bool");
    CHECK(outcome("has(form.phone) || form.phone == '1'").find(absent) != std::string::npos);
    CHECK(outcome("has(form.phone) ? form.phone : 'none'") == "string");
    CHECK(outcome("!has(form.phone) ? 'none' : form.phone") == "string");
    CHECK(outcome("!has(form.phone) ? form.phone : 'none'").find(absent) != std::string::npos);
    CHECK(outcome("(has(form.phone) && true) ? form.phone : 'none'") == "string");
    CHECK(outcome("has(form.site) && has(form.site.number) && form.site.number > 1") == "bool");
    CHECK(outcome("has(form.site.number)").find("'form.site' may be absent") != std::string::npos);
    CHECK(outcome("form.?site.?number.orValue(0)") == "int");
    CHECK(outcome("form.?site.road.orValue('')") == "string");
    CHECK(outcome("form.sites.filter(s, has(s.number) && s.number > 1).size()") == "int");
    CHECK(outcome("form.sites.map(s, has(s.number), s.number)") == "list(int)");
    CHECK(outcome("form.sites.all(s, form.sites.all(s, has(s.number)) && s.number > 1)")
              .find("'s.number' may be absent") != std::string::npos);
    CHECK(outcome("has(steps.design) && has(steps.design.result) && steps.design.result.fee > "
                  "money('1')") == "bool");
}

TEST_CASE(
    "checker: the cure of a part that may be absent is the whole path, and a value to stand in") {
    CHECK_EQ(outcome("steps.survey.result.fee"),
             "0+23: 'steps.survey.result.fee' may be absent [guard it: has(steps.survey.result) && "
             "..., or write steps.survey.?result.fee.orValue(money('0'))]");
    CHECK_EQ(outcome("steps.design.outcome"),
             "0+20: 'steps.design.outcome' may be absent [guard it: has(steps.design) && ..., or "
             "write steps.?design.outcome.orValue('')]");
    CHECK_EQ(
        outcome("form.?phone.orValue(3)"),
        "20+1: orValue must give string here, as what stands before it, but this is int [write "
        "orValue('')]");
    CHECK_EQ(outcome("form.?fee.orValue(0)"),
             "18+1: orValue must give money here, as what stands before it, but this is int [write "
             "orValue(money('0'))]");
    // Each cure does what it says.
    CHECK_EQ(outcome("steps.survey.?result.fee.orValue(money('0'))"), "money");
    CHECK_EQ(outcome("steps.?design.outcome.orValue('')"), "string");
}

TEST_CASE("checker: an optional field may stand alone where its absence is allowed") {
    Environment environment = definitions();
    environment.may_be_absent = true;

    CHECK(outcome("form.phone", environment) == "optional_type(string)");
    CHECK(outcome("form.site.number", environment) == "optional_type(int)");
    CHECK(outcome("steps.design.outcome", environment) == "optional_type(string)");
    CHECK(outcome("form.name", environment) == "string");
    CHECK(outcome("form.phone + ''", environment).find("may be absent") != std::string::npos);
    CHECK(cel::testing::eval("form.site.number", environment,
                             {{"form", expr::Value::record({})}}) == "null");
}

TEST_CASE("checker: tells which types do not go together") {
    CHECK(outcome("form.name + 1") == "10+1: these types do not go together: string + int");
    CHECK(outcome("form.load_kw == 100") ==
          "13+2: cannot compare double with int [write numbers with a point (100.0), or convert "
          "with double(...)]");
    CHECK(outcome("form.fee > 100") ==
          "9+1: cannot order money and int [write amounts as money('12.34')]");
    CHECK(outcome("form.name && true") == "0+9: expected a condition (bool), but found string");
    CHECK(
        outcome("form.name == null") ==
        "10+2: cannot compare string with null_type [ask whether a field is there with has(...)]");
    CHECK(outcome("form.?phone == '1'").find("take the value of the optional with .orValue(...)") !=
          std::string::npos);
    CHECK(outcome("[1, 'a']") ==
          "4+3: the items of a list must be of one type: found string after int");
    CHECK(outcome("dyn(1)") ==
          "0+3: dyn() is not allowed here: types must be known [leave dyn() out]");
    CHECK(outcome("form.name.contains(1)") ==
          "10+8: these types do not go together: string.contains(int) [there is "
          "string.contains(string)]");
    CHECK(outcome("form.name.all(x, true)") ==
          "0+9: can only go over a list or a map, but found string");
    CHECK(outcome("form['name']") ==
          "5+6: fields of a record are named after a point [write .name]");
    CHECK(outcome("true ? 1 : 'a'")
              .find("both branches of '?:' must be of one type: found int and string") !=
          std::string::npos);
    CHECK_EQ(outcome("form.a + form.b"),
             "5+1: there is no field 'a' [its fields are name, phone, load_kw, site, fee, sites]\n"
             "14+1: there is no field 'b' [its fields are name, phone, load_kw, site, fee, sites]");
    CHECK_EQ(outcome("form.nam"), "5+3: there is no field 'nam' [did you mean 'name'?]");
    CHECK_EQ(outcome("steps.survey.fee"),
             "13+3: there is no field 'fee' [did you mean 'result.fee'?]");
}

TEST_CASE("checker: the modes for eval take what is unknown as dyn") {
    const Environment dyn{{}, Mode::dyn, {}, false};
    const Environment unchecked{{}, Mode::unchecked, {}, false};

    CHECK(outcome("x.y + 1", dyn) == "int");
    CHECK(outcome("[1, 'a']", dyn) == "list(dyn)");
    CHECK(outcome("'a' + 1", dyn).find("do not go together") != std::string::npos);
    CHECK(outcome("'a' + 1", unchecked) == "dyn");
    CHECK(outcome("nothing(1)", dyn).find("there is no function 'nothing'") != std::string::npos);
}

TEST_CASE("checker: functions of the environment are checked by their signatures") {
    Environment environment = definitions();
    environment.functions = {"fee_of(string, int) -> money", "list(A).first() -> optional_type(A)"};

    CHECK(outcome("fee_of('a', 1) + form.fee", environment) == "money");
    CHECK(outcome("form.sites.first().road.orValue('')", environment) == "string");
    CHECK(outcome("fee_of(1)", environment) ==
          "0+6: these types do not go together: fee_of(int) [there is fee_of(string, int)]");
}

TEST_CASE("checker: a definition writes its time zones out, and they exist") {
    const Environment environment = definitions();
    const Environment dyn{{}, Mode::dyn, {}, false};

    CHECK(outcome("timestamp(0).getHours('Asia/Shanghai')", environment) == "int");
    CHECK(outcome("timestamp(0).getHours('+08:00')", environment) == "int");
    CHECK(outcome("timestamp(0).getHours()", environment) == "int");
    CHECK(outcome("timestamp(0).getHours('Asia/Shangai')", environment)
              .starts_with("22+14: there is no time zone 'Asia/Shangai'"));
    CHECK(outcome("timestamp(0).getHours('+08' + ':00')", environment)
              .starts_with("22+13: a time zone must be written out"));
    CHECK(outcome("timestamp(0).getHours('+08' + ':00')", dyn) == "int");
}

TEST_CASE("checker: assignability of declared types") {
    const Type text = Type::of(TypeKind::string);
    const Type full = Type::record_of({{"a", text, false}, {"b", text, false}});
    const Type optional = Type::record_of({{"a", text, false}, {"b", text, true}});

    CHECK(is_assignable(full, optional));
    CHECK_FALSE(is_assignable(optional, full));
    CHECK_FALSE(is_assignable(Type::of(TypeKind::integer), Type::of(TypeKind::real)));
    CHECK(is_assignable(Type::list_of(full), Type::list_of(optional)));
    CHECK(is_assignable(Type::of(TypeKind::dyn), full));
}
