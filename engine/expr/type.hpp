#pragma once
// Types of expressions: what the checker of `definitions` deduces and what forms, inputs and
// results are declared to be.

#include "engine/base/archive.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::expr {

enum class TypeKind : std::uint8_t {
    dyn = 0,
    null = 1,
    boolean = 2,
    integer = 3,
    unsigned_integer = 4,
    real = 5,
    string = 6,
    bytes = 7,
    list = 8,
    map = 9,
    record = 10,
    timestamp = 11,
    duration = 12,
    money = 13,
    type = 14,
    optional = 15,
    error = 16,
};

struct TypeField;

/// A type. Immutable after it is built; copies share nothing but are small.
struct Type {
    TypeKind kind = TypeKind::dyn;
    std::vector<Type> arguments;    ///< list: item; map: key, value; optional, type: inner
    std::vector<TypeField> fields;  ///< record: its fields in declared order

    static Type of(TypeKind kind) { return Type{kind, {}, {}}; }
    static Type list_of(Type item);
    static Type map_of(Type key, Type value);
    static Type optional_of(Type inner);
    static Type record_of(std::vector<TypeField> fields);

    /// Returns the field of a record, or null.
    const TypeField* field(std::string_view name) const;
    bool operator==(const Type& other) const;
    /// Returns the type as CEL writes it: "int", "list(string)", "optional_type(int)", and records
    /// as "{name: string, phone?: string}".
    std::string text() const;

    template <class Archive>
    void serialize(Archive& ar, unsigned version);
};

struct TypeField {
    std::string name;
    Type type;
    bool optional = false;  ///< may be absent: an expression must guard it with has() or `.?`
    bool operator==(const TypeField&) const = default;

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("name", name) & make_field("type", type) & make_field("optional", optional);
    }
};

template <class Archive>
void Type::serialize(Archive& ar, unsigned) {
    ar& make_field("kind", kind) & make_field("arguments", arguments) &
        make_field("fields", fields);
}

}  // namespace countersign::expr
