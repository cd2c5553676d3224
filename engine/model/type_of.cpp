// The expression types of fields.

#include "engine/model/form.hpp"

#include <algorithm>
#include <utility>

namespace countersign::model {

namespace {

using expr::Type;
using expr::TypeKind;

bool is_optional(const Field& field) {
    if (field.default_value) return false;
    if (field.required && !field.required_when) return false;
    if (field.type != FieldType::record) return true;
    // A record that must have a member must be there itself.
    return std::all_of(field.fields.begin(), field.fields.end(), is_optional);
}

Type record_type(const Field& field) {
    std::vector<expr::TypeField> members;
    for (const Field& member : field.fields)
        members.push_back({member.name, type_of(member), is_optional(member)});
    return Type::record_of(std::move(members));
}

}  // namespace

Type type_of(const Field& field) {
    switch (field.type) {
        case FieldType::integer:
            return Type::of(TypeKind::integer);
        case FieldType::number:
            return Type::of(TypeKind::real);
        case FieldType::boolean:
            return Type::of(TypeKind::boolean);
        case FieldType::time:
            return Type::of(TypeKind::timestamp);
        case FieldType::money:
            return Type::of(TypeKind::money);
        case FieldType::choices:
            return Type::list_of(Type::of(TypeKind::string));
        case FieldType::record:
            return record_type(field);
        case FieldType::list:
            return Type::list_of(field.fields.empty() ? Type::of(TypeKind::dyn)
                                                      : type_of(field.fields.front()));
        case FieldType::text:
        case FieldType::choice:
        case FieldType::date:
        case FieldType::phone:
        case FieldType::email:
        case FieldType::uscc:
        case FieldType::citizen_id:
        case FieldType::division:
            return Type::of(TypeKind::string);
        case FieldType::file:
            return Type::record_of({{"name", Type::of(TypeKind::string), false},
                                    {"sha256", Type::of(TypeKind::string), false},
                                    {"bytes", Type::of(TypeKind::integer), false}});
        case FieldType::point:
            return Type::record_of({{"lon", Type::of(TypeKind::real), false},
                                    {"lat", Type::of(TypeKind::real), false}});
    }
    return Type::of(TypeKind::dyn);
}

}  // namespace countersign::model
