#pragma once
// Types while an expression is checked: those of expressions, and the unknown ones that overloads
// and empty lists bring in. A type is an index into one table; unknowns are bound by unification.

#include "engine/expr/type.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::cel {

using TypeId = std::uint32_t;

class Types {
  public:
    Types();

    TypeId of(expr::TypeKind kind) const { return static_cast<TypeId>(kind); }
    TypeId list(TypeId item);
    TypeId map(TypeId key, TypeId value);
    TypeId optional(TypeId inner);
    TypeId type_of(TypeId inner);
    TypeId unknown();                                               ///< a new unknown
    TypeId from(const expr::Type& type);                            ///< records keep their fields
    TypeId named(std::string name, std::vector<TypeId> arguments);  ///< a type of the environment's

    /// Whether a type, seen through bindings, is of this kind; false of what is still unknown.
    bool is(TypeId id, expr::TypeKind kind) const;
    bool is_unknown(TypeId id) const;
    bool is_dyn(TypeId id) const { return is(id, expr::TypeKind::dyn); }
    /// The i-th argument of a list, map, optional or type.
    TypeId argument(TypeId id, std::size_t i) const;
    /// The declared record behind a type, or null.
    const expr::Type* record(TypeId id) const;

    /// Whether a value of `from` may stand where `to` is wanted; binds unknowns.
    bool assign(TypeId to, TypeId from);
    /// The one type of two branches or items; false when they have none.
    bool join(TypeId a, TypeId b, TypeId& joined);

    /// Undoing bindings: what was bound since `mark()` is unbound by `undo(mark)`.
    std::size_t mark() const { return trail_.size(); }
    void undo(std::size_t mark);

    /// What is still unknown becomes dyn.
    expr::Type result(TypeId id) const;
    /// As messages show it: "list(int)", a record as "record".
    std::string text(TypeId id) const;

    static constexpr std::uint32_t unbound = UINT32_MAX;

  private:
    enum class Shape : std::uint8_t { kind, unknown, named };
    struct Entry {
        Shape shape = Shape::kind;
        expr::TypeKind kind = expr::TypeKind::dyn;
        std::string name;
        std::vector<TypeId> arguments;
        expr::Type record;
        std::uint32_t bound = unbound;
    };

    TypeId add(Entry entry);
    TypeId resolved(TypeId id) const;
    bool occurs(TypeId unknown, TypeId in) const;
    void bind(TypeId unknown, TypeId to);
    bool same_shape(const Entry& a, const Entry& b) const;
    bool assign_records(const expr::Type& to, const expr::Type& from);

    std::vector<Entry> entries_;
    std::vector<std::pair<TypeId, std::uint32_t>>
        trail_;  ///< unknown and what it was bound to before
};

}  // namespace countersign::cel
