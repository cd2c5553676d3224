// Calls: finding the overload, and the few functions whose types no signature can tell.
#include <algorithm>

#include "definitions/cel/checking.hpp"
#include "definitions/cel/names.hpp"
#include "engine/expr/zone.hpp"

namespace countersign::cel {

using expr::Function;
using expr::TypeKind;

namespace {

std::vector<std::uint32_t> nodes_of(const std::vector<Checking::Checked>& given) {
    std::vector<std::uint32_t> nodes;
    for (const Checking::Checked& argument : given) nodes.push_back(argument.node);
    return nodes;
}

bool is_order(const std::string& name) {
    return name == "<" || name == "<=" || name == ">" || name == ">=";
}

bool is_operator(const std::string& name) {
    const char c = name.front();
    return !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '_' && c != '@';
}

const Text take_value{"take the value of the optional with .orValue(...)",
                      "请用 .orValue(...) 取出可能为空的值"};

std::string type_text(const TypeText& text) {
    std::string out = text.name;
    for (std::size_t i = 0; i < text.arguments.size(); ++i)
        out += (i == 0 ? "(" : ", ") + type_text(text.arguments[i]);
    return text.arguments.empty() ? out : out + ")";
}

}  // namespace

const std::vector<Signature>* Checking::overloads_of(const std::string& name) const {
    if (const auto at = added_.find(name); at != added_.end()) return &at->second;
    const auto at = standard_signatures().find(name);
    return at == standard_signatures().end() ? nullptr : &at->second;
}

std::vector<Checking::Checked> Checking::arguments(const Ast& ast, std::size_t skipped) {
    const std::size_t before = present_.size();
    const bool has_condition = ast.name.starts_with('@') && ast.name.ends_with("_if");
    std::vector<Checked> given;
    for (std::size_t i = skipped; i < ast.children.size(); ++i) {
        given.push_back(check(ast.children[i]));
        if (!has_condition || i != 1) continue;
        // map(x, has(x.y), x.y): the condition guards what is collected.
        want_bool(given.back(), tree_[ast.children[i]]);
        const Facts known = facts(ast.children[i], true);
        present_.insert(present_.end(), known.begin(), known.end());
    }
    present_.resize(before);
    return given;
}

TypeId Checking::instantiate(const TypeText& text,
                             std::vector<std::pair<std::string, TypeId>>& parameters) {
    if (text.is_parameter()) {
        for (const auto& [name, type] : parameters)
            if (name == text.name) return type;
        parameters.emplace_back(text.name, types.unknown());
        return parameters.back().second;
    }
    std::vector<TypeId> arguments;
    for (const TypeText& argument : text.arguments)
        arguments.push_back(instantiate(argument, parameters));
    if (text.name == "list" && arguments.size() == 1) return types.list(arguments[0]);
    if (text.name == "map" && arguments.size() == 2) return types.map(arguments[0], arguments[1]);
    if (text.name == "optional_type" && arguments.size() == 1) return types.optional(arguments[0]);
    if (text.name == "type" && arguments.size() == 1) return types.type_of(arguments[0]);
    static constexpr TypeKind simple[] = {TypeKind::dyn,
                                          TypeKind::null,
                                          TypeKind::boolean,
                                          TypeKind::integer,
                                          TypeKind::unsigned_integer,
                                          TypeKind::real,
                                          TypeKind::string,
                                          TypeKind::bytes,
                                          TypeKind::timestamp,
                                          TypeKind::duration,
                                          TypeKind::money};
    for (const TypeKind kind : simple)
        if (expr::Type::of(kind).text() == text.name) return types.of(kind);
    return types.named(text.name, std::move(arguments));
}

std::string Checking::shown(const std::vector<Checked>& given, bool on_receiver,
                            const std::string& name) const {
    std::string out;
    for (std::size_t i = on_receiver ? 1 : 0; i < given.size(); ++i)
        out += (out.empty() ? "" : ", ") + types.text(given[i].type);
    return (on_receiver ? types.text(given[0].type) + "." : "") + name + "(" + out + ")";
}

Checking::Checked Checking::unknown_function(const Ast& ast, const std::string& name) {
    if (!unchecked()) {
        std::vector<std::string> known;
        for (const auto& [other, overloads] : standard_signatures()) known.push_back(other);
        for (const auto& [other, overloads] : added_) known.push_back(other);
        for (const char* macro :
             {"all", "exists", "exists_one", "map", "filter", "has", "optMap", "optFlatMap"})
            known.emplace_back(macro);
        const std::string close = nearest(name, known);
        problem(ast.mark, ast.mark + ast.mark_length,
                format_both("there is no function '{}'", "没有函数'{}'", name), did_you_mean(close),
                ProblemKind::name);
    }
    const std::vector<Checked> given = arguments(ast, 0);
    return {dyn(), emit_call(Function::unbound, nodes_of(given), ast)};
}

Checking::Checked Checking::call(const Ast& ast) {
    // A chain of names before the call may be a namespace: math.abs(x).
    if (ast.on_receiver) {
        const Ast& receiver = tree_[ast.children[0]];
        const std::string qualified =
            receiver.kind == AstKind::name ? receiver.name + "." + ast.name : "";
        if (qualified == "math.greatest") return call_extreme(ast, Function::math_greatest, 1);
        if (qualified == "math.least") return call_extreme(ast, Function::math_least, 1);
        const auto* namespaced =
            qualified.empty() || local_named(receiver.name) ? nullptr : overloads_of(qualified);
        if (namespaced) return call_overloads(ast, *namespaced, qualified, false, 1);
    }
    if (!ast.on_receiver && (ast.name == "==" || ast.name == "!=")) return call_equality(ast);
    if (!ast.on_receiver && is_order(ast.name)) return call_order(ast);
    if (!ast.on_receiver && ast.name == "dyn" && ast.children.size() == 1) return call_dyn(ast);
    const auto* overloads = overloads_of(ast.name);
    if (!overloads) return unknown_function(ast, ast.name);
    return call_overloads(ast, *overloads, ast.name, ast.on_receiver, 0);
}

Checking::Checked Checking::call_overloads(const Ast& ast, const std::vector<Signature>& overloads,
                                           const std::string& name, bool on_receiver,
                                           std::size_t skipped) {
    const std::vector<Checked> given = arguments(ast, skipped);
    std::optional<TypeId> result;
    bool ambiguous = false;
    for (const Signature& signature : overloads) {
        if (signature.on_receiver != on_receiver || signature.parameters.size() != given.size())
            continue;
        const std::size_t before = types.mark();
        std::vector<std::pair<std::string, TypeId>> parameters;
        bool fits = true;
        for (std::size_t i = 0; fits && i < given.size(); ++i)
            fits = types.assign(instantiate(signature.parameters[i], parameters), given[i].type);
        if (!fits) {
            types.undo(before);
        } else if (!result) {
            result = instantiate(signature.result, parameters);
        } else {
            // A dyn argument fits several overloads; what they yield differs, so it is dyn, too.
            ambiguous = ambiguous || types.text(*result) !=
                                         types.text(instantiate(signature.result, parameters));
            types.undo(before);
        }
    }
    if (!result) return no_overload(ast, given, name, on_receiver, overloads);
    if (strict() && on_receiver && given.size() == 2 && name.starts_with("get")) check_zone(ast);
    const bool any_dyn = std::any_of(given.begin(), given.end(), [&](const Checked& argument) {
        return types.is_dyn(argument.type);
    });
    const Function function = expr::function_named(name).value_or(Function::unbound);
    return {ambiguous && any_dyn ? dyn() : *result, emit_call(function, nodes_of(given), ast)};
}

/// A zone is written out, so that it is known before a case runs whether there is one.
void Checking::check_zone(const Ast& ast) {
    const Ast& zone = tree_[ast.children[1]];
    const Text cure{"write an offset such as '+08:00', or a zone such as 'Asia/Shanghai'",
                    "请写时差，如'+08:00'，或时区，如'Asia/Shanghai'"};
    if (zone.kind != AstKind::literal)
        problem_at(zone, {"a time zone must be written out", "时区必须直接写明"}, cure,
                   ProblemKind::type);
    else if (!expr::zone_offset(zone.literal.as_string(), 0))
        problem_at(
            zone,
            format_both("there is no time zone '{}'", "没有时区'{}'", zone.literal.as_string()),
            cure, ProblemKind::name);
}

Checking::Checked Checking::no_overload(const Ast& ast, const std::vector<Checked>& given,
                                        const std::string& name, bool on_receiver,
                                        const std::vector<Signature>& overloads) {
    const bool is_stand_in = name == "orValue" && on_receiver && given.size() == 2 &&
                             types.is(given[0].type, TypeKind::optional);
    if (!unchecked() && is_stand_in) {
        wrong_stand_in(ast, given);
    } else if (!unchecked()) {
        Text suggestion;
        const bool has_optional = std::any_of(
            given.begin(), given.end(),
            [&](const Checked& argument) { return types.is(argument.type, TypeKind::optional); });
        if (has_optional) suggestion = take_value;
        std::string choices;
        std::size_t listed = 0;
        for (const Signature& signature : overloads) {
            if (++listed > 4) break;
            std::string parameters;
            for (std::size_t i = signature.on_receiver ? 1 : 0; i < signature.parameters.size();
                 ++i)
                parameters += (parameters.empty() ? "" : ", ") + type_text(signature.parameters[i]);
            choices += (choices.empty() ? "" : ", ") +
                       (signature.on_receiver ? type_text(signature.parameters[0]) + "." : "") +
                       name + "(" + parameters + ")";
        }
        if (suggestion.empty() && !is_operator(name) && overloads.size() <= 4)
            suggestion = format_both("there is {}", "可用的是 {}", choices);
        const std::string found =
            is_operator(name) && given.size() == 2 && name != "-x"
                ? types.text(given[0].type) + " " + name + " " + types.text(given[1].type)
                : shown(given, on_receiver, name == "-x" ? "-" : name);
        problem(ast.mark, ast.mark + ast.mark_length,
                format_both("these types do not go together: {}", "这些类型不能这样用：{}", found),
                std::move(suggestion));
    }
    const Function function = expr::function_named(name).value_or(Function::unbound);
    return {dyn(), emit_call(function, nodes_of(given), ast)};
}

void Checking::wrong_stand_in(const Ast& ast, const std::vector<Checked>& given) {
    const TypeId wanted = types.argument(given[0].type, 0);
    const bool is_number =
        types.is(wanted, TypeKind::real) && types.is(given[1].type, TypeKind::integer);
    const std::string stand_in_text = stand_in(wanted);
    Text cure;
    if (stand_in_text != "...")
        cure = format_both("write orValue({})", "请写 orValue({})", stand_in_text);
    if (is_number) cure = {"write numbers with a point (0.0)", "请写带小数点的数（0.0）"};
    problem_at(tree_[ast.children[1]],
               format_both("orValue must give {0} here, as what stands before it, but this is {1}",
                           "orValue 应与前面的值同为{0}，但此处是{1}", types.text(wanted),
                           types.text(given[1].type)),
               std::move(cure));
}

Checking::Checked Checking::call_equality(const Ast& ast) {
    const std::vector<Checked> given = arguments(ast, 0);
    TypeId joined = 0;
    const std::size_t before = types.mark();
    if (!types.join(given[0].type, given[1].type, joined)) {
        types.undo(before);
        if (!unchecked()) {
            const bool optional = types.is(given[0].type, TypeKind::optional) !=
                                  types.is(given[1].type, TypeKind::optional);
            const bool null =
                types.is(given[0].type, TypeKind::null) || types.is(given[1].type, TypeKind::null);
            const bool real =
                types.is(given[0].type, TypeKind::real) || types.is(given[1].type, TypeKind::real);
            problem(ast.mark, ast.mark + ast.mark_length,
                    format_both("cannot compare {} with {}", "{}不能与{}比较",
                                types.text(given[0].type), types.text(given[1].type)),
                    optional ? take_value
                    : null   ? Text{"ask whether a field is there with has(...)",
                                  "请用 has(...) 判断字段是否有值"}
                    : real ? Text{"write numbers with a point (100.0), or convert with double(...)",
                                  "请写带小数点的数（100.0），或用 double(...) 转换"}
                           : Text{});
        }
    }
    return {boolean(), emit_call(ast.name == "==" ? Function::equals : Function::not_equals,
                                 nodes_of(given), ast)};
}

Checking::Checked Checking::call_order(const Ast& ast) {
    const std::vector<Checked> given = arguments(ast, 0);
    const auto is_number = [&](TypeId type) {
        return types.is(type, TypeKind::integer) || types.is(type, TypeKind::unsigned_integer) ||
               types.is(type, TypeKind::real);
    };
    const auto is_ordered = [&](TypeId type) {
        for (const TypeKind kind :
             {TypeKind::boolean, TypeKind::string, TypeKind::bytes, TypeKind::timestamp,
              TypeKind::duration, TypeKind::money, TypeKind::dyn})
            if (types.is(type, kind)) return true;
        return is_number(type) || types.is_unknown(type);
    };
    bool fits = is_ordered(given[0].type) && is_ordered(given[1].type);
    const bool numbers = is_number(given[0].type) && is_number(given[1].type);
    if (fits && !numbers) fits = types.assign(given[0].type, given[1].type);
    if (!fits && !unchecked()) {
        const bool optional = types.is(given[0].type, TypeKind::optional) ||
                              types.is(given[1].type, TypeKind::optional);
        const auto counts = [&](std::size_t i) {
            return types.is(given[i].type, TypeKind::integer) ||
                   types.is(given[i].type, TypeKind::real);
        };
        const bool text = (counts(0) && types.is(given[1].type, TypeKind::string)) ||
                          (counts(1) && types.is(given[0].type, TypeKind::string));
        const bool money =
            types.is(given[0].type, TypeKind::money) || types.is(given[1].type, TypeKind::money);
        problem(ast.mark, ast.mark + ast.mark_length,
                format_both("cannot order {} and {}", "{}与{}不能比较大小",
                            types.text(given[0].type), types.text(given[1].type)),
                optional ? take_value
                : money  ? Text{"write amounts as money('12.34')", "金额请写成 money('12.34')"}
                : text   ? Text{"write the number without quotes", "数字请不加引号"}
                         : Text{});
    }
    const Function function = expr::function_named(ast.name).value_or(Function::unbound);
    return {boolean(), emit_call(function, nodes_of(given), ast)};
}

Checking::Checked Checking::call_dyn(const Ast& ast) {
    const std::vector<Checked> given = arguments(ast, 0);
    if (strict())
        problem(
            ast.mark, ast.mark + ast.mark_length,
            {"dyn() is not allowed here: types must be known", "此处不能用 dyn()：类型必须明确"},
            {"leave dyn() out", "请去掉 dyn()"});
    return {dyn(), emit_call(Function::dyn, nodes_of(given), ast)};
}

/// math.greatest and math.least take any count of numbers, or one list of them.
Checking::Checked Checking::call_extreme(const Ast& ast, Function function, std::size_t skipped) {
    const std::vector<Checked> given = arguments(ast, skipped);
    std::vector<TypeId> among;
    for (const Checked& argument : given) among.push_back(argument.type);
    if (among.size() == 1 && types.is(among[0], TypeKind::list))
        among = {types.argument(among[0], 0)};
    TypeId result = among.empty() ? dyn() : among.front();
    bool fits = !among.empty();
    for (const TypeId type : among) {
        fits = fits &&
               (types.is(type, TypeKind::integer) || types.is(type, TypeKind::unsigned_integer) ||
                types.is(type, TypeKind::real) || types.is_dyn(type) || types.is_unknown(type));
        if (types.text(type) != types.text(result)) result = dyn();
    }
    if (strict() && types.is_dyn(result)) fits = false;
    if (!fits && !unchecked())
        problem(ast.mark, ast.mark + ast.mark_length,
                strict()
                    ? format_both("math.{} takes numbers of one type",
                                  "math.{} 的各个数必须类型相同", ast.name)
                    : format_both("math.{} takes numbers", "math.{} 的参数必须是数", ast.name));
    return {result, emit_call(function, nodes_of(given), ast)};
}

}  // namespace countersign::cel
