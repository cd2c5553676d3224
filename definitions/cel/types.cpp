// Unification of types, with dyn as the type that fits everywhere.
#include "definitions/cel/types.hpp"

#include "definitions/cel/checker.hpp"

namespace countersign::cel {

using expr::Type;
using expr::TypeKind;

Types::Types() {
    // One entry for each kind at its number, so that of() needs no search.
    for (int kind = 0; kind <= static_cast<int>(TypeKind::error); ++kind)
        entries_.push_back({Shape::kind, static_cast<TypeKind>(kind), {}, {}, {}, unbound});
}

TypeId Types::add(Entry entry) {
    entries_.push_back(std::move(entry));
    return static_cast<TypeId>(entries_.size() - 1);
}

TypeId Types::list(TypeId item) {
    return add({Shape::kind, TypeKind::list, {}, {item}, {}, unbound});
}
TypeId Types::map(TypeId key, TypeId value) {
    return add({Shape::kind, TypeKind::map, {}, {key, value}, {}, unbound});
}
TypeId Types::optional(TypeId inner) {
    return add({Shape::kind, TypeKind::optional, {}, {inner}, {}, unbound});
}
TypeId Types::type_of(TypeId inner) {
    return add({Shape::kind, TypeKind::type, {}, {inner}, {}, unbound});
}
TypeId Types::unknown() { return add({Shape::unknown, TypeKind::dyn, {}, {}, {}, unbound}); }
TypeId Types::named(std::string name, std::vector<TypeId> arguments) {
    return add({Shape::named, TypeKind::dyn, std::move(name), std::move(arguments), {}, unbound});
}

TypeId Types::from(const Type& type) {
    if (type.kind == TypeKind::record)
        return add({Shape::kind, TypeKind::record, {}, {}, type, unbound});
    std::vector<TypeId> arguments;
    for (const Type& argument : type.arguments) arguments.push_back(from(argument));
    const std::size_t wanted = type.kind == TypeKind::map ? 2
                               : type.kind == TypeKind::list || type.kind == TypeKind::optional ||
                                       type.kind == TypeKind::type
                                   ? 1
                                   : 0;
    while (arguments.size() < wanted) arguments.push_back(of(TypeKind::dyn));
    if (arguments.empty()) return of(type.kind);
    return add({Shape::kind, type.kind, {}, std::move(arguments), {}, unbound});
}

TypeId Types::resolved(TypeId id) const {
    while (entries_[id].shape == Shape::unknown && entries_[id].bound != unbound)
        id = entries_[id].bound;
    return id;
}

bool Types::is(TypeId id, TypeKind kind) const {
    const Entry& entry = entries_[resolved(id)];
    return entry.shape == Shape::kind && entry.kind == kind;
}

bool Types::is_unknown(TypeId id) const { return entries_[resolved(id)].shape == Shape::unknown; }

TypeId Types::argument(TypeId id, std::size_t i) const {
    const Entry& entry = entries_[resolved(id)];
    return i < entry.arguments.size() ? entry.arguments[i] : of(TypeKind::dyn);
}

const Type* Types::record(TypeId id) const {
    const Entry& entry = entries_[resolved(id)];
    return entry.shape == Shape::kind && entry.kind == TypeKind::record ? &entry.record : nullptr;
}

bool Types::occurs(TypeId unknown, TypeId in) const {
    in = resolved(in);
    if (in == unknown) return true;
    for (const TypeId argument : entries_[in].arguments)
        if (occurs(unknown, argument)) return true;
    return false;
}

void Types::bind(TypeId unknown, TypeId to) {
    trail_.emplace_back(unknown, entries_[unknown].bound);
    entries_[unknown].bound = to;
}

void Types::undo(std::size_t mark) {
    while (trail_.size() > mark) {
        entries_[trail_.back().first].bound = trail_.back().second;
        trail_.pop_back();
    }
}

bool Types::same_shape(const Entry& a, const Entry& b) const {
    return a.shape == b.shape && a.kind == b.kind && a.name == b.name &&
           a.arguments.size() == b.arguments.size();
}

bool Types::assign_records(const Type& to, const Type& from) { return is_assignable(from, to); }

bool Types::assign(TypeId to, TypeId from) {
    // An unknown that was bound to a plain type and now meets dyn becomes dyn: the more general
    // one.
    if (entries_[to].shape == Shape::unknown && is_dyn(from) && !is_unknown(to) && !is_dyn(to)) {
        bind(to, from);
        return true;
    }
    to = resolved(to);
    from = resolved(from);
    if (to == from) return true;
    if (is_dyn(to) || is_dyn(from)) {
        if (entries_[to].shape == Shape::unknown) bind(to, from);
        return true;
    }
    if (entries_[to].shape == Shape::unknown || entries_[from].shape == Shape::unknown) {
        const bool to_is_unknown = entries_[to].shape == Shape::unknown;
        const TypeId unknown = to_is_unknown ? to : from;
        const TypeId other = to_is_unknown ? from : to;
        if (occurs(unknown, other)) return false;
        bind(unknown, other);
        return true;
    }
    // A map literal with text keys fits no record and the reverse: their fields would go unchecked.
    if (!same_shape(entries_[to], entries_[from])) return false;
    if (is(to, TypeKind::record)) return assign_records(entries_[to].record, entries_[from].record);
    // The value of a type expression is of any type: type(1) == type('a') compares two types.
    if (is(to, TypeKind::type)) return true;
    for (std::size_t i = 0; i < entries_[to].arguments.size(); ++i)
        if (!assign(entries_[to].arguments[i], entries_[from].arguments[i])) return false;
    return true;
}

bool Types::join(TypeId a, TypeId b, TypeId& joined) {
    a = resolved(a);
    b = resolved(b);
    if (is_dyn(a) || is_dyn(b)) {
        joined = of(TypeKind::dyn);
        return true;
    }
    const bool compound = entries_[a].shape != Shape::unknown && !entries_[a].arguments.empty() &&
                          same_shape(entries_[a], entries_[b]) && !is(a, TypeKind::type);
    if (compound) {
        std::vector<TypeId> arguments;
        for (std::size_t i = 0; i < entries_[a].arguments.size(); ++i) {
            TypeId argument = 0;
            if (!join(entries_[a].arguments[i], entries_[b].arguments[i], argument)) return false;
            arguments.push_back(argument);
        }
        Entry entry = entries_[a];
        entry.arguments = std::move(arguments);
        joined = add(std::move(entry));
        return true;
    }
    const std::size_t before = mark();
    if (assign(a, b)) {
        joined = a;
        return true;
    }
    undo(before);
    joined = b;
    return assign(b, a);
}

Type Types::result(TypeId id) const {
    const Entry& entry = entries_[resolved(id)];
    if (entry.shape != Shape::kind) return Type::of(TypeKind::dyn);
    if (entry.kind == TypeKind::record) return entry.record;
    Type type = Type::of(entry.kind);
    for (const TypeId argument : entry.arguments) type.arguments.push_back(result(argument));
    return type;
}

std::string Types::text(TypeId id) const {
    const Entry& entry = entries_[resolved(id)];
    if (entry.shape == Shape::unknown) return "?";
    if (entry.shape == Shape::kind && entry.kind == TypeKind::record) return "record";
    std::string out = entry.shape == Shape::named ? entry.name : Type::of(entry.kind).text();
    if (entry.arguments.empty()) return out;
    out += '(';
    for (std::size_t i = 0; i < entry.arguments.size(); ++i)
        out += (i == 0 ? "" : ", ") + text(entry.arguments[i]);
    return out + ")";
}

bool is_assignable(const Type& from, const Type& to) {
    if (to.kind == TypeKind::dyn || from.kind == TypeKind::dyn) return true;
    if (to.kind != from.kind) return false;
    if (to.kind != TypeKind::record) {
        for (std::size_t i = 0; i < to.arguments.size() && i < from.arguments.size(); ++i)
            if (!is_assignable(from.arguments[i], to.arguments[i])) return false;
        return true;
    }
    for (const expr::TypeField& field : to.fields) {
        const expr::TypeField* given = from.field(field.name);
        if (!given && !field.optional) return false;
        if (given &&
            ((given->optional && !field.optional) || !is_assignable(given->type, field.type)))
            return false;
    }
    return true;
}

}  // namespace countersign::cel
