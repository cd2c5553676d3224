// Names, fields and paths: which variable a chain of names is, which fields records have, and
// whether a field that may be absent is guarded.
#include <algorithm>
#include <array>
#include <utility>

#include "definitions/cel/checking.hpp"
#include "definitions/cel/names.hpp"

namespace countersign::cel {

using expr::Operation;
using expr::TypeKind;
using expr::Value;

namespace {

struct TypeName {
    std::string_view name;
    TypeKind kind;
};

/// Names that stand for types: `type(x) == int`.
constexpr std::array<TypeName, 14> type_names{{
    {"bool", TypeKind::boolean},
    {"int", TypeKind::integer},
    {"uint", TypeKind::unsigned_integer},
    {"double", TypeKind::real},
    {"string", TypeKind::string},
    {"bytes", TypeKind::bytes},
    {"list", TypeKind::list},
    {"map", TypeKind::map},
    {"null_type", TypeKind::null},
    {"type", TypeKind::type},
    {"optional_type", TypeKind::optional},
    {"money", TypeKind::money},
    {"google.protobuf.Timestamp", TypeKind::timestamp},
    {"google.protobuf.Duration", TypeKind::duration},
}};

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ".") + name;
    return out;
}

}  // namespace

std::optional<Checking::Chain> Checking::chain_of(const Ast& ast) const {
    Chain chain;
    const Ast* at = &ast;
    while (at->kind == AstKind::select || at->kind == AstKind::has ||
           at->kind == AstKind::optional_select) {
        // Only the outermost node may be another selection than a plain one.
        if (at != &ast && at->kind != AstKind::select) return std::nullopt;
        chain.names.push_back(at->name);
        chain.nodes.push_back(at);
        at = &tree_[at->children[0]];
    }
    if (at->kind != AstKind::name) return std::nullopt;
    chain.names.push_back(at->name);
    chain.nodes.push_back(at);
    std::reverse(chain.names.begin(), chain.names.end());
    std::reverse(chain.nodes.begin(), chain.nodes.end());
    return chain;
}

const Checking::Local* Checking::local_named(const std::string& name) const {
    for (auto at = locals_.rbegin(); at != locals_.rend(); ++at)
        if (at->name == name) return &*at;
    return nullptr;
}

const Declaration* Checking::declaration_of(const Chain& chain) const {
    const Declaration* longest = nullptr;
    for (const Declaration& declaration : environment_.declarations) {
        const auto& path = declaration.path;
        if (path.size() > chain.names.size() || (longest && path.size() <= longest->path.size()))
            continue;
        if (std::equal(path.begin(), path.end(), chain.names.begin())) longest = &declaration;
    }
    return longest;
}

const Declaration* Checking::whole_variable(const Chain& chain) const {
    if (local_named(chain.names.front())) return nullptr;
    const Declaration* declaration = declaration_of(chain);
    if (!declaration) return nullptr;
    return chain.names.size() <= std::max(declaration->depth, declaration->path.size())
               ? declaration
               : nullptr;
}

Text Checking::field_cure(const expr::Type& record, const std::string& name) const {
    std::vector<std::string> known;
    for (const expr::TypeField& field : record.fields) known.push_back(field.name);
    if (const std::string near = nearest(name, known); !near.empty()) return did_you_mean(near);
    // What a step yields is looked for beside its outcome, where `result` has it.
    for (const expr::TypeField& field : record.fields)
        if (field.type.field(name)) return did_you_mean(field.name + "." + name);
    constexpr std::size_t listed_max = 10;
    if (known.empty()) return {};
    Text list = both(known.front(), known.front());
    for (std::size_t i = 1; i < std::min(known.size(), listed_max); ++i)
        list = format_both("{}, {}", "{}、{}", list, known[i]);
    return known.size() > listed_max ? format_both("its fields are {}, …", "可用的字段有{}等", list)
                                     : format_both("its fields are {}", "可用的字段有{}", list);
}

TypeId Checking::record_field_type(const expr::Type& record, const Ast& ast, bool& optional) {
    if (const expr::TypeField* field = record.field(ast.name)) {
        optional = field->optional;
        return types.from(field->type);
    }
    if (!unchecked()) {
        problem(ast.mark, ast.mark + ast.mark_length,
                format_both("there is no field '{}'", "没有字段'{}'", ast.name),
                field_cure(record, ast.name), ProblemKind::name);
    }
    return dyn();
}

TypeId Checking::field_type(TypeId of, const Ast& ast, bool& optional) {
    optional = false;
    if (const expr::Type* record = types.record(of)) {
        const expr::Type copy = *record;  // the table of types may grow while the field's is added
        return record_field_type(copy, ast, optional);
    }
    if (types.is(of, TypeKind::map)) {
        const std::size_t mark = types.mark();
        if (types.assign(types.argument(of, 0), types.of(TypeKind::string)))
            return types.argument(of, 1);
        types.undo(mark);
    }
    if (!types.is_dyn(of) && !types.is_unknown(of) && !unchecked())
        problem(
            ast.mark, ast.mark + ast.mark_length,
            format_both("a {} has no field '{}'", "{}没有字段'{}'", types.text(of), ast.name),
            types.is(of, TypeKind::list)
                ? format_both("it has many: write `.exists(x, x.{0} …)` or `.all(x, x.{0} …)` "
                              "behind the list",
                              "它有多项：请在列表之后写`.exists(x, x.{0} …)`或`.all(x, x.{0} …)`",
                              ast.name)
                : Text{},
            ProblemKind::name);
    return dyn();
}

std::optional<std::string> Checking::fact_of(const Ast& ast) const {
    const auto chain = chain_of(ast);
    if (!chain) return std::nullopt;
    // Names of loops can hide each other: they are told apart by their slots.
    const Local* local = local_named(chain->names.front());
    if (!local) return joined(chain->names);
    std::vector<std::string> names = chain->names;
    names.front() = "#" + std::to_string(local->slot);
    return joined(names);
}

bool Checking::is_known_present(const Ast& ast) const {
    const auto fact = fact_of(ast);
    return fact && std::find(present_.begin(), present_.end(), *fact) != present_.end();
}

Checking::Facts Checking::facts(std::uint32_t index, bool holds) const {
    const Ast& ast = tree_[index];
    Facts known;
    if (ast.kind == AstKind::has && holds) {
        if (auto fact = fact_of(ast)) known.push_back(std::move(*fact));
    } else if (ast.kind == AstKind::call && ast.name == "!" && ast.children.size() == 1) {
        known = facts(ast.children[0], !holds);
    } else if ((ast.kind == AstKind::logical_and && holds) ||
               (ast.kind == AstKind::logical_or && !holds)) {
        for (const std::uint32_t child : ast.children) {
            const Facts more = facts(child, holds);
            known.insert(known.end(), more.begin(), more.end());
        }
    }
    return known;
}

void Checking::require_guard(const Ast& ast) {
    if (strict() && !is_known_present(ast)) unguarded_.push_back(&ast);
}

std::string Checking::stand_in(TypeId type) const {
    if (types.is(type, TypeKind::real)) return "0.0";
    if (types.is(type, TypeKind::integer)) return "0";
    if (types.is(type, TypeKind::string)) return "''";
    if (types.is(type, TypeKind::boolean)) return "false";
    if (types.is(type, TypeKind::money)) return "money('0')";
    if (types.is(type, TypeKind::list)) return "[]";
    return "...";
}

void Checking::tell_unguarded(const Ast& ast, TypeId type) {
    const std::vector<const Ast*> unguarded = std::exchange(unguarded_, {});
    // Where a part has a mistake of its own, that is told alone.
    if (unguarded.empty() || types.is_dyn(type)) return;
    const auto chain = chain_of(ast);
    std::string path;
    std::string optional;
    std::string guards;
    for (std::size_t i = 0; i < chain->names.size(); ++i) {
        const bool open =
            std::find(unguarded.begin(), unguarded.end(), chain->nodes[i]) != unguarded.end() ||
            (i + 1 == chain->names.size() && ast.kind == AstKind::optional_select);
        path += (i == 0 ? "" : ".") + chain->names[i];
        optional += (i == 0 ? "" : open ? ".?" : ".") + chain->names[i];
        if (open) guards += (guards.empty() ? "has(" : " && has(") + path + ")";
    }
    Text cure = format_both("write {}", "请写{}", optional);
    if (ast.kind == AstKind::has || (ast.kind == AstKind::select && types.record(type))) {
        cure = format_both("guard it: {} && ...", "请先判断：{} && ...", guards);
    } else if (ast.kind == AstKind::select) {
        cure = format_both("guard it: {0} && ..., or write {1}.orValue({2})",
                           "请先判断：{0} && ...，或写 {1}.orValue({2})", guards, optional,
                           stand_in(type));
    }
    // A selection of another kind is all right itself: what it selects from is not.
    const Ast& told = ast.kind == AstKind::select ? ast : *unguarded.back();
    problem_at(told,
               format_both("'{}' may be absent", "'{}'可能为空", joined(chain_of(told)->names)),
               std::move(cure), ProblemKind::absent);
}

bool Checking::may_be_absent(const Ast& ast) const {
    if (!environment_.may_be_absent) return false;
    for (const Ast* at = &tree_[tree_.root]; at->kind == AstKind::select;
         at = &tree_[at->children[0]])
        if (at == &ast) return true;
    return false;
}

std::optional<TypeId> Checking::variable_type(const Chain& chain, const Declaration& declaration,
                                              bool& last_optional) {
    TypeId type = types.from(declaration.type);
    last_optional = false;
    for (std::size_t i = declaration.path.size(); i < chain.names.size(); ++i) {
        if (last_optional) require_guard(*chain.nodes[i - 1]);
        const std::size_t before = problems_.size();
        type = field_type(type, *chain.nodes[i], last_optional);
        if (problems_.size() != before) return std::nullopt;
    }
    return type;
}

Checking::Checked Checking::variable(const Chain& chain, const Declaration& declaration,
                                     const Ast& ast) {
    bool optional = false;
    const auto type = variable_type(chain, declaration, optional);
    if (!type) return wrong(ast);
    if (strict() && chain.names.size() < declaration.depth && types.record(*type)) {
        problem_at(ast,
                   format_both("'{}' is no value by itself", "'{}'本身不是值", joined(chain.names)),
                   format_both("name one of its parts: {}.NAME", "请写明其中一项：{}.NAME",
                               joined(chain.names)),
                   ProblemKind::name);
        return wrong(ast);
    }
    const std::uint32_t index = variable_index(chain.names);
    if (optional && !is_known_present(ast) && may_be_absent(ast))
        return {types.optional(*type), emit(Operation::optional_variable, index, {}, ast)};
    if (optional) require_guard(ast);
    return {*type, emit(Operation::variable, index, {}, ast)};
}

Checking::Checked Checking::unknown_name(const Chain& chain, const Ast& ast) {
    // Names from a macro of its own are never unknown; what the author wrote is.
    const std::string& name = chain.names.front();
    if (environment_.mode != Mode::strict)
        return {dyn(), emit(Operation::variable, variable_index({name}), {}, ast)};
    std::vector<std::string> known;
    for (const Declaration& declaration : environment_.declarations)
        known.push_back(declaration.path.front());
    for (const Local& local : locals_) known.push_back(local.name);
    Text suggestion = did_you_mean(nearest(name, known));
    // Someone who writes a bare word mostly wants a field of the form.
    for (const Declaration& declaration : environment_.declarations)
        if (suggestion.empty() && declaration.path.size() == 1 && declaration.type.field(name))
            suggestion = did_you_mean(declaration.path.front() + "." + name);
    for (const std::string_view yes : {"yes", "Yes", "YES", "on", "On", "ON", "True", "TRUE"})
        if (name == yes) suggestion = {"write `true`", "请写`true`"};
    for (const std::string_view no : {"no", "No", "NO", "off", "Off", "OFF", "False", "FALSE"})
        if (name == no) suggestion = {"write `false`", "请写`false`"};
    problem_at(ast, format_both("'{}' is not known here", "此处没有'{}'这个名称", name),
               std::move(suggestion), ProblemKind::name);
    return wrong(ast);
}

Checking::Checked Checking::name(const Ast& ast) {
    if (const Local* local = local_named(ast.name))
        return {local->type, emit(Operation::local, local->slot, {}, ast)};
    const auto chain = chain_of(ast);
    if (const Declaration* declaration = whole_variable(*chain))
        return variable(*chain, *declaration, ast);
    for (const TypeName& known : type_names)
        if (known.name == ast.name)
            return {types.type_of(types.of(known.kind)),
                    emit(Operation::constant, constant(Value::type(ast.name)), {}, ast)};
    return unknown_name(*chain, ast);
}

Checking::Checked Checking::chained(const Ast& ast, Checked (Checking::*part)(const Ast&)) {
    if (in_chain_ || !chain_of(ast)) return (this->*part)(ast);
    in_chain_ = true;
    const Checked checked = (this->*part)(ast);
    in_chain_ = false;
    tell_unguarded(ast, checked.type);
    return checked;
}

Checking::Checked Checking::select(const Ast& ast) {
    if (const auto chain = chain_of(ast)) {
        if (const Declaration* declaration = whole_variable(*chain))
            return variable(*chain, *declaration, ast);
        const std::string path = joined(chain->names);
        for (const TypeName& known : type_names)
            if (known.name == path)
                return {types.type_of(types.of(known.kind)),
                        emit(Operation::constant, constant(Value::type(path)), {}, ast)};
    }
    return select_from(ast, check(ast.children[0]));
}

Checking::Checked Checking::select_from(const Ast& ast, Checked of) {
    const std::uint32_t field = name_index(ast.name);
    const bool from_optional = types.is(of.type, TypeKind::optional);
    bool optional = false;
    const TypeId type =
        field_type(from_optional ? types.argument(of.type, 0) : of.type, ast, optional);
    // From an optional the field comes as an optional, absent or not.
    if (from_optional)
        return {types.optional(type), emit(Operation::select, field, {of.node}, ast)};
    if (optional && !is_known_present(ast) && may_be_absent(ast))
        return {types.optional(type), emit(Operation::optional_select, field, {of.node}, ast)};
    if (optional) require_guard(ast);
    return {type, emit(Operation::select, field, {of.node}, ast)};
}

Checking::Checked Checking::has(const Ast& ast) {
    bool optional = false;
    if (const auto chain = chain_of(ast))
        if (const Declaration* declaration = whole_variable(*chain)) {
            if (!variable_type(*chain, *declaration, optional)) return wrong(ast);
            return {boolean(),
                    emit(Operation::has_variable, variable_index(chain->names), {}, ast)};
        }
    const Checked of = check(ast.children[0]);
    const bool from_optional = types.is(of.type, TypeKind::optional);
    field_type(from_optional ? types.argument(of.type, 0) : of.type, ast, optional);
    return {boolean(), emit(Operation::has, name_index(ast.name), {of.node}, ast)};
}

Checking::Checked Checking::optional_select(const Ast& ast) {
    bool optional = false;
    if (const auto chain = chain_of(ast))
        if (const Declaration* declaration = whole_variable(*chain)) {
            const auto type = variable_type(*chain, *declaration, optional);
            if (!type) return wrong(ast);
            return {types.optional(*type),
                    emit(Operation::optional_variable, variable_index(chain->names), {}, ast)};
        }
    const Checked of = check(ast.children[0]);
    const bool from_optional = types.is(of.type, TypeKind::optional);
    const TypeId type =
        field_type(from_optional ? types.argument(of.type, 0) : of.type, ast, optional);
    return {types.optional(type),
            emit(Operation::optional_select, name_index(ast.name), {of.node}, ast)};
}

}  // namespace countersign::cel
