// The walk over a tree: literals, lists, maps, logic, conditions and loops. Names and fields are in
// check_paths.cpp, calls in check_calls.cpp.
#include "definitions/cel/checker.hpp"

#include <algorithm>

#include "definitions/cel/checking.hpp"
#include "definitions/cel/parser.hpp"

namespace countersign::cel {

using expr::Operation;
using expr::TypeKind;
using expr::Value;

Checking::Checking(const Tree& tree, const Environment& environment, expr::Program& program,
                   std::vector<Problem>& problems, std::uint32_t shift)
    : tree_(tree),
      environment_(environment),
      program_(program),
      problems_(problems),
      shift_(shift) {
    for (const std::string& text : environment.functions)
        if (auto signature = parse_signature(text)) {
            auto& overloads = added_[signature->name];
            overloads.push_back(std::move(*signature));
        }
}

Checking::Checked Checking::run() { return check(tree_.root); }

void Checking::problem(std::uint32_t begin, std::uint32_t end, Text message, Text suggestion,
                       ProblemKind kind) {
    Problem made{begin + shift_, end - begin, std::move(message), std::move(suggestion), kind};
    if (std::find(problems_.begin(), problems_.end(), made) == problems_.end())
        problems_.push_back(std::move(made));
}

void Checking::problem_at(const Ast& ast, Text message, Text suggestion, ProblemKind kind) {
    problem(ast.begin, ast.end, std::move(message), std::move(suggestion), kind);
}

Checking::Checked Checking::wrong(const Ast& ast) {
    return {dyn(), emit(Operation::constant, constant(Value()), {}, ast)};
}

std::uint32_t Checking::emit(Operation operation, std::uint32_t argument,
                             const std::vector<std::uint32_t>& children, const Ast& ast) {
    expr::Node node;
    node.operation = operation;
    node.argument = argument;
    node.first_child = static_cast<std::uint32_t>(program_.children.size());
    node.child_count = static_cast<std::uint32_t>(children.size());
    node.offset = ast.mark + shift_;
    program_.children.insert(program_.children.end(), children.begin(), children.end());
    program_.nodes.push_back(node);
    return static_cast<std::uint32_t>(program_.nodes.size() - 1);
}

std::uint32_t Checking::emit_call(expr::Function function,
                                  const std::vector<std::uint32_t>& children, const Ast& ast) {
    return emit(Operation::call, static_cast<std::uint32_t>(function), children, ast);
}

std::uint32_t Checking::constant(Value value) {
    program_.constants.push_back(std::move(value));
    return static_cast<std::uint32_t>(program_.constants.size() - 1);
}

std::uint32_t Checking::name_index(const std::string& name) {
    const auto at = std::find(program_.names.begin(), program_.names.end(), name);
    if (at == program_.names.end()) program_.names.push_back(name);
    return static_cast<std::uint32_t>(
        std::find(program_.names.begin(), program_.names.end(), name) - program_.names.begin());
}

std::uint32_t Checking::variable_index(std::vector<std::string> path) {
    const expr::Variable wanted{std::move(path)};
    for (std::size_t i = 0; i < program_.variables.size(); ++i)
        if (program_.variables[i] == wanted) return static_cast<std::uint32_t>(i);
    program_.variables.push_back(wanted);
    return static_cast<std::uint32_t>(program_.variables.size() - 1);
}

Checking::Checked Checking::check(std::uint32_t index) { return check_kind(tree_[index]); }

Checking::Checked Checking::check_kind(const Ast& ast) {
    switch (ast.kind) {
        case AstKind::literal:
            return literal(ast);
        case AstKind::name:
            return name(ast);
        case AstKind::select:
            return chained(ast, &Checking::select);
        case AstKind::optional_select:
            return chained(ast, &Checking::optional_select);
        case AstKind::has:
            return chained(ast, &Checking::has);
        case AstKind::index:
        case AstKind::optional_index:
            return index(ast);
        case AstKind::call:
            return call(ast);
        case AstKind::list:
            return list(ast);
        case AstKind::map:
            return map(ast);
        case AstKind::logical_and:
        case AstKind::logical_or:
            return logical(ast);
        case AstKind::conditional:
            return conditional(ast);
        case AstKind::comprehension:
            return comprehension(ast);
        case AstKind::optional_item:
            break;
    }
    problem_at(ast, {"'?' does not belong here", "'?'不该出现在此处"}, {"leave it out", "请去掉"},
               ProblemKind::syntax);
    return wrong(ast);
}

namespace {

TypeKind type_of_literal(const Value& value) {
    switch (value.kind()) {
        case expr::Kind::null:
            return TypeKind::null;
        case expr::Kind::boolean:
            return TypeKind::boolean;
        case expr::Kind::integer:
            return TypeKind::integer;
        case expr::Kind::unsigned_integer:
            return TypeKind::unsigned_integer;
        case expr::Kind::real:
            return TypeKind::real;
        case expr::Kind::string:
            return TypeKind::string;
        case expr::Kind::bytes:
            return TypeKind::bytes;
        case expr::Kind::list:
        case expr::Kind::map:
        case expr::Kind::timestamp:
        case expr::Kind::duration:
        case expr::Kind::money:
        case expr::Kind::type:
        case expr::Kind::optional:
        case expr::Kind::erased:
            break;
    }
    return TypeKind::dyn;
}

}  // namespace

Checking::Checked Checking::literal(const Ast& ast) {
    return {types.of(type_of_literal(ast.literal)),
            emit(Operation::constant, constant(ast.literal), {}, ast)};
}

void Checking::join_into(TypeId& type, const Checked& next, const Ast& ast, bool first,
                         const Text& what) {
    if (first) {
        type = next.type;
        return;
    }
    TypeId joined = 0;
    if (types.join(type, next.type, joined)) {
        type = joined;
        return;
    }
    if (strict())
        problem_at(ast, format_both("{0} must be of one type: found {1} after {2}",
                                    "{0}必须类型相同：前面是{2}，这里是{1}", what,
                                    types.text(next.type), types.text(type)));
    type = dyn();
}

/// An item of a list or a value of a map; of `?x` the value that the optional may hold.
Checking::Checked Checking::item(std::uint32_t index) {
    const Ast& ast = tree_[index];
    if (ast.kind != AstKind::optional_item) return check(index);
    Checked inner = check(ast.children[0]);
    if (types.is(inner.type, TypeKind::optional))
        inner.type = types.argument(inner.type, 0);
    else if (!types.is_dyn(inner.type) && !unchecked())
        problem_at(ast, format_both("'?' wants an optional here, but found {}",
                                    "'?'之后应为可能为空的值，但此处是{}", types.text(inner.type)));
    return {inner.type, emit(Operation::optional_item, 0, {inner.node}, ast)};
}

Checking::Checked Checking::list(const Ast& ast) {
    TypeId type = types.unknown();
    std::vector<std::uint32_t> children;
    for (const std::uint32_t index : ast.children) {
        const Checked next = item(index);
        join_into(type, next, tree_[index], children.empty(), {"the items of a list", "列表各项"});
        children.push_back(next.node);
    }
    return {types.list(type), emit(Operation::list, 0, children, ast)};
}

Checking::Checked Checking::map(const Ast& ast) {
    TypeId key = types.unknown();
    TypeId value = types.unknown();
    std::vector<std::uint32_t> children;
    for (std::size_t i = 0; i + 1 < ast.children.size(); i += 2) {
        const Checked next_key = check(ast.children[i]);
        const Checked next_value = item(ast.children[i + 1]);
        join_into(key, next_key, tree_[ast.children[i]], children.empty(),
                  {"the keys of a map", "映射的各个键"});
        join_into(value, next_value, tree_[ast.children[i + 1]], children.empty(),
                  {"the values of a map", "映射的各个值"});
        children.insert(children.end(), {next_key.node, next_value.node});
    }
    return {types.map(key, value), emit(Operation::map, 0, children, ast)};
}

void Checking::want_bool(const Checked& checked, const Ast& ast) {
    if (unchecked() || types.assign(boolean(), checked.type)) return;
    problem_at(ast, format_both("expected a condition (bool), but found {}",
                                "此处应为条件（bool），但实为{}", types.text(checked.type)));
}

Checking::Checked Checking::logical(const Ast& ast) {
    const bool is_and = ast.kind == AstKind::logical_and;
    const std::size_t before = present_.size();
    std::vector<std::uint32_t> children;
    for (const std::uint32_t index : ast.children) {
        const Checked operand = check(index);
        want_bool(operand, tree_[index]);
        children.push_back(operand.node);
        // In `has(x.y) && ...` and `!has(x.y) || ...` what follows is reached with the field only.
        const Facts known = facts(index, is_and);
        present_.insert(present_.end(), known.begin(), known.end());
    }
    present_.resize(before);
    return {boolean(),
            emit(is_and ? Operation::logical_and : Operation::logical_or, 0, children, ast)};
}

Checking::Checked Checking::conditional(const Ast& ast) {
    const Checked condition = check(ast.children[0]);
    want_bool(condition, tree_[ast.children[0]]);
    const std::size_t before = present_.size();
    Checked branches[2];
    for (std::size_t i = 0; i < 2; ++i) {
        const Facts known = facts(ast.children[0], i == 0);
        present_.insert(present_.end(), known.begin(), known.end());
        branches[i] = check(ast.children[i + 1]);
        present_.resize(before);
    }
    TypeId type = dyn();
    if (!types.join(branches[0].type, branches[1].type, type)) {
        type = dyn();
        if (!unchecked())
            problem_at(
                ast, format_both("both branches of '?:' must be of one type: found {} and {}",
                                 "'?:'两边必须类型相同：此处是{}和{}", types.text(branches[0].type),
                                 types.text(branches[1].type)));
    }
    return {type, emit(Operation::conditional, 0,
                       {condition.node, branches[0].node, branches[1].node}, ast)};
}

Checking::Checked Checking::index(const Ast& ast) {
    const Checked of = check(ast.children[0]);
    const Checked key = check(ast.children[1]);
    const bool is_optional = types.is(of.type, TypeKind::optional);
    const TypeId from = is_optional ? types.argument(of.type, 0) : of.type;
    TypeId type = dyn();
    if (types.is(from, TypeKind::list)) {
        type = types.argument(from, 0);
        if (!unchecked() && !types.assign(types.of(TypeKind::integer), key.type))
            problem_at(tree_[ast.children[1]],
                       format_both("a list is indexed by int, but found {}",
                                   "列表的下标应为int，但此处是{}", types.text(key.type)));
    } else if (types.is(from, TypeKind::map)) {
        type = types.argument(from, 1);
        const std::size_t mark = types.mark();
        if (!types.assign(types.argument(from, 0), key.type)) {
            types.undo(mark);
            if (!unchecked())
                problem_at(tree_[ast.children[1]],
                           format_both("this map has keys of {}, but found {}",
                                       "这个映射的键是{}，但此处是{}",
                                       types.text(types.argument(from, 0)), types.text(key.type)));
        }
    } else if (types.record(from)) {
        if (strict())
            problem_at(tree_[ast.children[1]],
                       {"fields of a record are named after a point", "记录的字段写在点号之后"},
                       {"write .name", "请写成 .name"});
    } else if (!types.is_dyn(from) && !types.is_unknown(from) && !unchecked()) {
        problem_at(ast, format_both("cannot index a {}", "{}不能取下标", types.text(from)));
    }
    const bool yields_optional = is_optional || ast.kind == AstKind::optional_index;
    return {yields_optional ? types.optional(type) : type,
            emit(ast.kind == AstKind::index ? Operation::index : Operation::optional_index, 0,
                 {of.node, key.node}, ast)};
}

Checking::Checked Checking::comprehension(const Ast& ast) {
    const Checked range = check(ast.children[0]);
    const bool two = !ast.value.empty();
    TypeId first = dyn();
    TypeId second = dyn();
    if (types.is_unknown(range.type)) types.assign(range.type, types.list(types.unknown()));
    if (types.is(range.type, TypeKind::list)) {
        first = two ? types.of(TypeKind::integer) : types.argument(range.type, 0);
        second = types.argument(range.type, 0);
    } else if (types.is(range.type, TypeKind::map)) {
        first = types.argument(range.type, 0);
        second = types.argument(range.type, 1);
    } else if (!types.is_dyn(range.type) && !unchecked() &&
               (strict() || !types.record(range.type))) {
        problem_at(tree_[ast.children[0]],
                   format_both("can only go over a list or a map, but found {}",
                               "只能逐项处理列表或映射，但此处是{}", types.text(range.type)));
    }
    const Checked initial = check(ast.children[1]);

    expr::Comprehension loop;
    loop.two_variables = two;
    loop.item_slot = program_.slots++;
    loop.value_slot = two ? program_.slots++ : loop.item_slot;
    loop.accumulator_slot = program_.slots++;
    const std::size_t outside = locals_.size();
    locals_.push_back({ast.accumulator, initial.type, loop.accumulator_slot});
    locals_.push_back({ast.item, first, loop.item_slot});
    if (two) locals_.push_back({ast.value, second, loop.value_slot});
    const Checked condition = check(ast.children[2]);
    const Checked step = check(ast.children[3]);
    locals_.resize(outside + 1);  // the result sees the accumulator only
    if (!types.assign(initial.type, step.type) && !unchecked())
        problem_at(
            ast, format_both("each turn must yield {}, but found {}", "每一轮应得到{}，但此处是{}",
                             types.text(initial.type), types.text(step.type)));
    const Checked result = check(ast.children[4]);
    locals_.resize(outside);

    loop.range = range.node;
    loop.initial = initial.node;
    loop.condition = condition.node;
    loop.step = step.node;
    loop.result = result.node;
    program_.comprehensions.push_back(loop);
    const auto index = static_cast<std::uint32_t>(program_.comprehensions.size() - 1);
    return {result.type, emit(Operation::comprehension, index, {}, ast)};
}

Checked check(std::string_view text, const Environment& environment) {
    Checked checked;
    checked.program.text = text;
    if (const auto tree = parse(text, checked.problems)) {
        Checking checking(*tree, environment, checked.program, checked.problems, 0);
        checked.type = checking.types.result(checking.run().type);
    }
    std::stable_sort(checked.problems.begin(), checked.problems.end(),
                     [](const Problem& a, const Problem& b) { return a.offset < b.offset; });
    return checked;
}

bool reads(const expr::Program& program, std::string_view root) {
    return std::any_of(
        program.variables.begin(), program.variables.end(),
        [&](const expr::Variable& variable) { return variable.path.front() == root; });
}

}  // namespace countersign::cel
