// Types and their texts.
#include "engine/expr/type.hpp"

namespace countersign::expr {

Type Type::list_of(Type item) {
    Type type = of(TypeKind::list);
    type.arguments.push_back(std::move(item));
    return type;
}

Type Type::map_of(Type key, Type value) {
    Type type = of(TypeKind::map);
    type.arguments.push_back(std::move(key));
    type.arguments.push_back(std::move(value));
    return type;
}

Type Type::optional_of(Type inner) {
    Type type = of(TypeKind::optional);
    type.arguments.push_back(std::move(inner));
    return type;
}

Type Type::record_of(std::vector<TypeField> fields) {
    Type type = of(TypeKind::record);
    type.fields = std::move(fields);
    return type;
}

const TypeField* Type::field(std::string_view name) const {
    for (const TypeField& field : fields)
        if (field.name == name) return &field;
    return nullptr;
}

bool Type::operator==(const Type& other) const {
    return kind == other.kind && arguments == other.arguments && fields == other.fields;
}

namespace {

std::string name_of(TypeKind kind) {
    switch (kind) {
        case TypeKind::dyn:
            return "dyn";
        case TypeKind::null:
            return "null_type";
        case TypeKind::boolean:
            return "bool";
        case TypeKind::integer:
            return "int";
        case TypeKind::unsigned_integer:
            return "uint";
        case TypeKind::real:
            return "double";
        case TypeKind::string:
            return "string";
        case TypeKind::bytes:
            return "bytes";
        case TypeKind::list:
            return "list";
        case TypeKind::map:
            return "map";
        case TypeKind::record:
            return "record";
        case TypeKind::timestamp:
            return "timestamp";
        case TypeKind::duration:
            return "duration";
        case TypeKind::money:
            return "money";
        case TypeKind::type:
            return "type";
        case TypeKind::optional:
            return "optional_type";
        case TypeKind::error:
            return "error";
    }
    return "?";
}

}  // namespace

std::string Type::text() const {
    std::string out;
    if (kind == TypeKind::record) {
        for (const TypeField& field : fields) {
            out += out.empty() ? "" : ", ";
            out += field.name + (field.optional ? "?: " : ": ") + field.type.text();
        }
        return "{" + out + "}";
    }
    if (arguments.empty()) return name_of(kind);
    for (const Type& argument : arguments) out += (out.empty() ? "" : ", ") + argument.text();
    return name_of(kind) + "(" + out + ")";
}

}  // namespace countersign::expr
