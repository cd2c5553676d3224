#pragma once
// One check of one tree: types are deduced and the program is written in the same walk. Inside of
// this room only.

#include "definitions/cel/ast.hpp"
#include "definitions/cel/checker.hpp"
#include "definitions/cel/signatures.hpp"
#include "definitions/cel/types.hpp"
#include "engine/expr/functions.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::cel {

/// Writes into a program and a list of problems that may hold more already (templates have several
/// expressions). Offsets are shifted by `shift`.
class Checking {
  public:
    Checking(const Tree& tree, const Environment& environment, expr::Program& program,
             std::vector<Problem>& problems, std::uint32_t shift);

    /// What a node is: its type and where it stands in the program.
    struct Checked {
        TypeId type = 0;
        std::uint32_t node = 0;
    };

    /// Checks the whole tree.
    Checked run();

    Types types;

  private:
    /// A name bound by a macro.
    struct Local {
        std::string name;
        TypeId type = 0;
        std::uint32_t slot = 0;
    };
    /// A chain of names: form.site.road.
    struct Chain {
        std::vector<std::string> names;
        std::vector<const Ast*> nodes;  ///< the node of each name
    };
    using Facts = std::vector<std::string>;

    Checked check(std::uint32_t index);
    Checked check_kind(const Ast& ast);
    bool strict() const { return environment_.mode == Mode::strict; }
    bool unchecked() const { return environment_.mode == Mode::unchecked; }
    TypeId dyn() const { return types.of(expr::TypeKind::dyn); }
    TypeId boolean() const { return types.of(expr::TypeKind::boolean); }

    void problem(std::uint32_t begin, std::uint32_t end, Text message, Text suggestion = {},
                 ProblemKind kind = ProblemKind::type);
    void problem_at(const Ast& ast, Text message, Text suggestion = {},
                    ProblemKind kind = ProblemKind::type);
    /// What stands for something wrong: dyn, so that one mistake is told once.
    Checked wrong(const Ast& ast);
    std::uint32_t emit(expr::Operation operation, std::uint32_t argument,
                       const std::vector<std::uint32_t>& children, const Ast& ast);
    std::uint32_t emit_call(expr::Function function, const std::vector<std::uint32_t>& children,
                            const Ast& ast);
    std::uint32_t constant(expr::Value value);
    std::uint32_t name_index(const std::string& name);
    std::uint32_t variable_index(std::vector<std::string> path);

    Checked literal(const Ast& ast);
    Checked index(const Ast& ast);
    Checked list(const Ast& ast);
    Checked map(const Ast& ast);
    Checked item(std::uint32_t index);
    Checked logical(const Ast& ast);
    Checked conditional(const Ast& ast);
    Checked comprehension(const Ast& ast);
    /// Joins the type of a next item into that of those before; refuses or falls back to dyn.
    void join_into(TypeId& type, const Checked& next, const Ast& ast, bool first, const Text& what);
    void want_bool(const Checked& checked, const Ast& ast);

    // Names, fields and paths: check_paths.cpp
    std::optional<Chain> chain_of(const Ast& ast) const;
    const Local* local_named(const std::string& name) const;
    const Declaration* declaration_of(const Chain& chain) const;
    Checked name(const Ast& ast);
    /// Checks a selection by `part`. Of a chain of selections the outermost alone tells what may be
    /// absent in it, so that its cure is the whole path.
    Checked chained(const Ast& ast, Checked (Checking::*part)(const Ast&));
    Checked select(const Ast& ast);
    Checked select_from(const Ast& ast, Checked of);
    /// Names of parts that one variable takes from a chain, 0 when the chain must go on by fields.
    const Declaration* whole_variable(const Chain& chain) const;
    /// The type of the variable that a whole chain names; nothing (and a problem) when a part is
    /// unknown. `last_optional` tells of the last part; those before it are guarded here.
    std::optional<TypeId> variable_type(const Chain& chain, const Declaration& declaration,
                                        bool& last_optional);
    Checked variable(const Chain& chain, const Declaration& declaration, const Ast& ast);
    Checked has(const Ast& ast);
    Checked optional_select(const Ast& ast);
    /// Whether an absent field may make the whole expression absent (Environment::may_be_absent).
    bool may_be_absent(const Ast& ast) const;
    /// The type of a field, or dyn; adds a problem when there is no such field. `optional` is set.
    TypeId field_type(TypeId of, const Ast& ast, bool& optional);
    TypeId record_field_type(const expr::Type& record, const Ast& ast, bool& optional);
    /// What to write instead of a field that there is not.
    Text field_cure(const expr::Type& record, const std::string& name) const;
    /// Notes a part that may be absent, unless something guards it.
    void require_guard(const Ast& ast);
    /// Tells of the parts noted within the chain that ends with `ast`, whose type is `type`.
    void tell_unguarded(const Ast& ast, TypeId type);
    /// What stands for an absent value of a type: 0.0, '', …; "..." where it takes more.
    std::string stand_in(TypeId type) const;
    bool is_known_present(const Ast& ast) const;
    /// The text under which a chain is known to be present, or nothing when it is no chain.
    std::optional<std::string> fact_of(const Ast& ast) const;
    Facts facts(std::uint32_t index, bool holds) const;
    Checked unknown_name(const Chain& chain, const Ast& ast);

    // Calls: check_calls.cpp
    Checked call(const Ast& ast);
    Checked call_overloads(const Ast& ast, const std::vector<Signature>& overloads,
                           const std::string& name, bool on_receiver, std::size_t skipped);
    Checked call_equality(const Ast& ast);
    Checked call_order(const Ast& ast);
    Checked call_dyn(const Ast& ast);
    Checked call_extreme(const Ast& ast, expr::Function function, std::size_t skipped);
    std::vector<Checked> arguments(const Ast& ast, std::size_t skipped);
    const std::vector<Signature>* overloads_of(const std::string& name) const;
    TypeId instantiate(const TypeText& text,
                       std::vector<std::pair<std::string, TypeId>>& parameters);
    std::string shown(const std::vector<Checked>& given, bool on_receiver,
                      const std::string& name) const;
    void check_zone(const Ast& ast);
    Checked no_overload(const Ast& ast, const std::vector<Checked>& given, const std::string& name,
                        bool on_receiver, const std::vector<Signature>& overloads);
    /// Reports that `.orValue(x)` gives another type than what stands before it.
    void wrong_stand_in(const Ast& ast, const std::vector<Checked>& given);
    Checked unknown_function(const Ast& ast, const std::string& name);

    const Tree& tree_;
    const Environment& environment_;
    expr::Program& program_;
    std::vector<Problem>& problems_;
    std::uint32_t shift_;
    Signatures added_;
    std::vector<Local> locals_;
    Facts present_;
    std::vector<const Ast*> unguarded_;  ///< parts of the chain being checked that may be absent
    bool in_chain_ = false;
};

}  // namespace countersign::cel
