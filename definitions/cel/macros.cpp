// The macros: has, all, exists, exists_one, map, filter, their forms with two variables, optMap,
// optFlatMap and cel.bind, expanded into comprehensions as the language defines them.
#include <algorithm>

#include "definitions/cel/builder.hpp"

namespace countersign::cel {

namespace {

using expr::Value;
using Nodes = std::vector<std::uint32_t>;

class Expansion {
  public:
    Expansion(Builder& builder, const MacroCall& call, std::vector<Problem>& problems)
        : builder_(builder), call_(call), problems_(problems) {}

    std::optional<std::uint32_t> run();

  private:
    std::uint32_t boolean(bool value) {
        return builder_.literal(call_.span, Value::boolean(value));
    }
    std::uint32_t integer(int value) { return builder_.literal(call_.span, Value::integer(value)); }
    std::uint32_t result() { return builder_.name(call_.span, macro_result); }
    std::uint32_t op(std::string name, Nodes arguments) {
        return builder_.call(call_.span, std::move(name), std::move(arguments), call_.mark);
    }
    std::uint32_t argument(std::size_t i) const { return call_.arguments[i]; }
    std::size_t count() const { return call_.arguments.size(); }

    std::uint32_t wrong(Text message) {
        problems_.push_back(
            {call_.mark.begin, call_.mark.end - call_.mark.begin, std::move(message), {}});
        return boolean(false);
    }

    /// Reads the first `variables` arguments as the names of the loop.
    bool names(std::size_t variables, Builder::Loop& loop) {
        for (std::size_t i = 0; i < variables; ++i) {
            const Ast& node = builder_.tree[argument(i)];
            if (node.kind != AstKind::name) {
                problems_.push_back({node.begin,
                                     node.end - node.begin,
                                     format_both("{}() names its variable here",
                                                 "{}() 在此处应写变量名", call_.name),
                                     {"write a name such as item", "请写一个名称，例如 item"}});
                return false;
            }
            (i == 0 ? loop.item : loop.value) = node.name;
        }
        if (loop.item == loop.value) {
            wrong(format_both("{}() needs two different names", "{}() 需要两个不同的变量名",
                              call_.name));
            return false;
        }
        return true;
    }

    std::uint32_t loop(Builder::Loop loop) {
        loop.range = *call_.receiver;
        return builder_.comprehension(call_.span, std::move(loop), call_.mark);
    }

    std::uint32_t has();
    std::uint32_t bind();
    std::uint32_t quantifier(bool all);
    std::uint32_t exactly_one();
    std::uint32_t collect(std::size_t variables, bool into_map);
    std::uint32_t filter();
    std::uint32_t entries();
    std::uint32_t optional_map(bool flat);

    Builder& builder_;
    const MacroCall& call_;
    std::vector<Problem>& problems_;
};

std::uint32_t Expansion::has() {
    const Ast& of = builder_.tree[argument(0)];
    if (of.kind != AstKind::select)
        return wrong({"has() asks for a field: has(form.phone)",
                      "has() 用来判断字段是否有值：has(form.phone)"});
    const Nodes children = of.children;
    return builder_.add(AstKind::has, call_.span, children, of.name,
                        Span{of.mark, of.mark + of.mark_length});
}

/// cel.bind(name, value, body): a loop over nothing whose accumulator is the name.
std::uint32_t Expansion::bind() {
    const Ast& name = builder_.tree[argument(0)];
    if (name.kind != AstKind::name)
        return wrong({"cel.bind() names its variable first", "cel.bind() 先写变量名"});
    Builder::Loop loop;
    loop.item = "@unused";
    loop.accumulator = name.name;
    loop.range = builder_.add(AstKind::list, call_.span, {});
    loop.initial = argument(1);
    loop.condition = boolean(false);
    loop.step = builder_.name(call_.span, loop.accumulator);
    loop.result = argument(2);
    return builder_.comprehension(call_.span, std::move(loop), call_.mark);
}

std::uint32_t Expansion::quantifier(bool all) {
    Builder::Loop parts;
    if (!names(count() - 1, parts)) return boolean(false);
    parts.initial = boolean(all);
    parts.condition = all ? op("@not_strictly_false", {result()})
                          : op("@not_strictly_false", {op("!", {result()})});
    parts.step = builder_.add(all ? AstKind::logical_and : AstKind::logical_or, call_.span,
                              {result(), call_.arguments.back()}, {}, call_.mark);
    parts.result = result();
    return loop(std::move(parts));
}

std::uint32_t Expansion::exactly_one() {
    Builder::Loop parts;
    if (!names(count() - 1, parts)) return boolean(false);
    parts.initial = integer(0);
    parts.condition = boolean(true);
    parts.step = builder_.add(AstKind::conditional, call_.span,
                              {call_.arguments.back(), op("+", {result(), integer(1)}), result()},
                              {}, call_.mark);
    parts.result = op("==", {result(), integer(1)});
    return loop(std::move(parts));
}

/// map(x, y), map(x, condition, y), and with two variables transformList and transformMap, where
/// the key stays the same.
std::uint32_t Expansion::collect(std::size_t variables, bool into_map) {
    Builder::Loop parts;
    if (!names(variables, parts)) return boolean(false);
    const bool has_condition = count() == variables + 2;
    Nodes arguments{result()};
    if (has_condition) arguments.push_back(argument(variables));
    if (into_map) arguments.push_back(builder_.name(call_.span, parts.item));
    arguments.push_back(call_.arguments.back());
    parts.initial = builder_.add(into_map ? AstKind::map : AstKind::list, call_.span, {});
    parts.condition = boolean(true);
    const std::string name = into_map ? "@insert" : "@append";
    parts.step = op(name + (has_condition ? "_if" : ""), std::move(arguments));
    parts.result = result();
    return loop(std::move(parts));
}

std::uint32_t Expansion::filter() {
    Builder::Loop parts;
    if (!names(1, parts)) return boolean(false);
    parts.initial = builder_.add(AstKind::list, call_.span, {});
    parts.condition = boolean(true);
    parts.step = op("@append_if", {result(), argument(1), builder_.name(call_.span, parts.item)});
    parts.result = result();
    return loop(std::move(parts));
}

std::uint32_t Expansion::entries() {
    Builder::Loop parts;
    if (!names(2, parts)) return boolean(false);
    parts.initial = builder_.add(AstKind::map, call_.span, {});
    parts.condition = boolean(true);
    Nodes arguments{result()};
    arguments.insert(arguments.end(), call_.arguments.begin() + 2, call_.arguments.end());
    parts.step = op(count() == 4 ? "@insert_all_if" : "@insert_all", std::move(arguments));
    parts.result = result();
    return loop(std::move(parts));
}

/// optional.optMap(x, y): the optional is bound first, so that it is evaluated once.
std::uint32_t Expansion::optional_map(bool flat) {
    const Ast& name = builder_.tree[argument(0)];
    if (name.kind != AstKind::name)
        return wrong(format_both("{}() names its variable first", "{}() 先写变量名", call_.name));
    static constexpr const char* target = "@target";
    const auto member = [&](const char* function) {
        const std::uint32_t node = op(function, {builder_.name(call_.span, target)});
        builder_.tree.nodes[node].on_receiver = true;
        return node;
    };
    const auto bound = [&](std::string variable, std::uint32_t value, std::uint32_t body) {
        Builder::Loop parts;
        parts.item = "@unused";
        parts.accumulator = std::move(variable);
        parts.range = builder_.add(AstKind::list, call_.span, {});
        parts.initial = value;
        parts.condition = boolean(false);
        parts.step = builder_.name(call_.span, parts.accumulator);
        parts.result = body;
        return builder_.comprehension(call_.span, std::move(parts), call_.mark);
    };
    const std::string variable = name.name;
    std::uint32_t body = bound(variable, member("value"), argument(1));
    if (!flat) body = op("optional.of", {body});
    const std::uint32_t choice =
        builder_.add(AstKind::conditional, call_.span,
                     {member("hasValue"), body, op("optional.none", {})}, {}, call_.mark);
    return bound(target, *call_.receiver, choice);
}

std::optional<std::uint32_t> Expansion::run() {
    const std::string& name = call_.name;
    const std::size_t n = count();
    if (!call_.receiver) return name == "has" && n == 1 ? std::optional(has()) : std::nullopt;
    const Ast& receiver = builder_.tree[*call_.receiver];
    if (name == "bind" && n == 3 && receiver.kind == AstKind::name && receiver.name == "cel")
        return bind();
    if ((name == "all" || name == "exists") && (n == 2 || n == 3)) return quantifier(name == "all");
    if (name == "exists_one" && n == 2) return exactly_one();
    if (name == "existsOne" && (n == 2 || n == 3)) return exactly_one();
    if (name == "map" && (n == 2 || n == 3)) return collect(1, false);
    if (name == "filter" && n == 2) return filter();
    if (name == "transformList" && (n == 3 || n == 4)) return collect(2, false);
    if (name == "transformMap" && (n == 3 || n == 4)) return collect(2, true);
    if (name == "transformMapEntry" && (n == 3 || n == 4)) return entries();
    if (name == "optMap" && n == 2) return optional_map(false);
    if (name == "optFlatMap" && n == 2) return optional_map(true);
    return std::nullopt;
}

}  // namespace

std::uint32_t Builder::add(AstKind kind, Span span, std::vector<std::uint32_t> children,
                           std::string name, std::optional<Span> mark) {
    Ast node;
    node.kind = kind;
    node.begin = span.begin;
    node.end = span.end;
    node.mark = mark.value_or(span).begin;
    node.mark_length = mark.value_or(span).end - node.mark;
    for (const std::uint32_t child : children)
        node.depth = std::max(node.depth, tree[child].depth + 1);
    node.name = std::move(name);
    node.children = std::move(children);
    tree.nodes.push_back(std::move(node));
    return static_cast<std::uint32_t>(tree.nodes.size() - 1);
}

std::uint32_t Builder::literal(Span span, Value value) {
    const std::uint32_t index = add(AstKind::literal, span, {});
    tree.nodes[index].literal = std::move(value);
    return index;
}

std::uint32_t Builder::call(Span span, std::string name, std::vector<std::uint32_t> arguments,
                            std::optional<Span> mark) {
    return add(AstKind::call, span, std::move(arguments), std::move(name), mark);
}

std::uint32_t Builder::comprehension(Span span, Loop loop, std::optional<Span> mark) {
    const std::uint32_t index =
        add(AstKind::comprehension, span,
            {loop.range, loop.initial, loop.condition, loop.step, loop.result}, {}, mark);
    tree.nodes[index].item = std::move(loop.item);
    tree.nodes[index].value = std::move(loop.value);
    tree.nodes[index].accumulator = std::move(loop.accumulator);
    return index;
}

std::optional<std::uint32_t> expand(Builder& builder, const MacroCall& call,
                                    std::vector<Problem>& problems) {
    return Expansion(builder, call, problems).run();
}

}  // namespace countersign::cel
