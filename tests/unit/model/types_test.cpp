// type_of(): what expressions see of a form.

#include "fields.hpp"

#include <doctest/doctest.h>

using namespace countersign;
using namespace countersign::model;

TEST_CASE("type_of: members are optional unless required without condition or given by default") {
    Field with_default = field("outside_m", FieldType::number);
    with_default.default_value = expr::Value::integer(0);
    Field conditional = required(field("load_kw", FieldType::number));
    conditional.required_when = has_in_form("power");
    const Field root = record("", {required(field("name", FieldType::text)),
                                   field("note", FieldType::text), with_default, conditional});

    CHECK(type_of(root).text() ==
          "{name: string, note?: string, outside_m: double, load_kw?: double}");
}

TEST_CASE("type_of: a record with only optional members is itself optional") {
    const Field root = record("", {record("gas", {field("flow", FieldType::number)}),
                                   record("site", {required(field("address", FieldType::text))})});
    CHECK(type_of(root).text() == "{gas?: {flow?: double}, site: {address: string}}");
}

TEST_CASE("type_of: lists, choices, times and money") {
    const Field root = record(
        "", {required(list("slots", field("", FieldType::time))),
             required(choices("services", FieldType::choices, {"gas"})),
             required(choices("kind", FieldType::choice, {"new"})),
             required(field("fee", FieldType::money)), required(field("n", FieldType::integer)),
             required(field("b", FieldType::boolean)), required(field("day", FieldType::date))});
    const expr::Type type = type_of(root);
    CHECK(type.field("slots")->type ==
          expr::Type::list_of(expr::Type::of(expr::TypeKind::timestamp)));
    CHECK(type.field("services")->type ==
          expr::Type::list_of(expr::Type::of(expr::TypeKind::string)));
    CHECK(type.field("kind")->type.kind == expr::TypeKind::string);
    CHECK(type.field("fee")->type.kind == expr::TypeKind::money);
    CHECK(type.field("n")->type.kind == expr::TypeKind::integer);
    CHECK(type.field("b")->type.kind == expr::TypeKind::boolean);
    CHECK(type.field("day")->type.kind == expr::TypeKind::string);
}
