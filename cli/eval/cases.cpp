// Reading a case, running it, and comparing.
#include "cli/eval/cases.hpp"

#include "cli/eval/tagged.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace countersign::cli {

namespace {

namespace json = boost::json;
using expr::Kind;
using expr::Value;

const json::value* member(const json::value& value, std::string_view name) {
    return value.is_object() ? value.get_object().if_contains(name) : nullptr;
}

std::string text_of(const json::value& value, std::string_view name) {
    const json::value* found = member(value, name);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
}

std::vector<std::string> parts_of(std::string_view dotted) {
    std::vector<std::string> parts(1);
    for (const char c : dotted) {
        if (c == '.')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

std::string dotted(const std::vector<std::string>& path) {
    return fmt::format("{}", fmt::join(path, "."));
}

void declare_function(const std::string& name, const json::value& function,
                      cel::Environment& environment) {
    const json::value* overloads = member(function, "overloads");
    if (overloads == nullptr || !overloads->is_array()) return;
    for (const json::value& overload : overloads->get_array()) {
        std::string parameters;
        if (const json::value* all = member(overload, "params"); all && all->is_array())
            for (const json::value& parameter : all->get_array())
                parameters += (parameters.empty() ? "" : ", ") + type_text(parameter);
        const json::value* result = member(overload, "result_type");
        environment.functions.push_back(
            fmt::format("{}({}) -> {}", name, parameters, result ? type_text(*result) : "dyn"));
    }
}

void declare(const json::value& declaration, cel::Environment& environment) {
    const std::string name = text_of(declaration, "name");
    if (const json::value* ident = member(declaration, "ident"))
        if (const json::value* type = member(*ident, "type")) {
            environment.declarations.push_back({parts_of(name), type_of_tagged(*type), 1});
        }
    if (const json::value* function = member(declaration, "function"))
        declare_function(name, *function, environment);
}

/// Equal, and of the same kind; NaN is NaN.
bool same(const Value& a, const Value& b) {
    if (a.is(Kind::real) && b.is(Kind::real) && std::isnan(a.as_real()) && std::isnan(b.as_real()))
        return true;
    if (a.kind() != b.kind()) return false;
    if (a.is(Kind::list))
        return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(),
                          same);
    if (a.is(Kind::map))
        return std::equal(a.entries().begin(), a.entries().end(), b.entries().begin(),
                          b.entries().end(), [](const auto& x, const auto& y) {
                              return same(x.first, y.first) && same(x.second, y.second);
                          });
    return a == b;
}

/// Some expected texts of the specification are escapes themselves: the six characters "\u0100"
/// where the expression yields U+0100. Returns the text that was meant.
Value unescaped(const Value& wanted) {
    if (!wanted.is(Kind::string) || wanted.as_string().find('\\') == std::string::npos)
        return wanted;
    const cel::Checked checked =
        cel::check("'''" + wanted.as_string() + "'''", {{}, cel::Mode::dyn, {}, false});
    if (!checked.ok()) return wanted;
    const expr::Evaluated meant = evaluate_in(checked.program, {});
    return meant ? *meant : wanted;
}

bool is_expected(const Value& got, const json::value& wanted) {
    const auto read = value_of_tagged(wanted);
    return read && (same(got, *read) || same(got, unescaped(*read)));
}

/// Whether types of their own that only their functions know stand in a deduced type.
bool has_own_types(const json::value& deduced) {
    const json::value* abstract = member(deduced, "abstract_type");
    if (abstract != nullptr && text_of(*abstract, "name") != "optional_type") return true;
    if (!deduced.is_object()) return false;
    return std::any_of(deduced.get_object().begin(), deduced.get_object().end(),
                       [](const auto& entry) { return has_own_types(entry.value()); });
}

CaseResult check_type(const json::value& typed, const cel::Checked& checked) {
    const json::value* deduced = member(typed, "deduced_type");
    CaseResult result{true, {}, {}};
    if (deduced == nullptr || has_own_types(*deduced)) return result;
    result.expected = type_text(*deduced);
    result.got = checked.type.text();
    result.passed = result.expected == result.got;
    return result;
}

}  // namespace

std::string problems_text(const std::vector<cel::Problem>& problems, std::string_view language) {
    std::string text;
    for (const cel::Problem& problem : problems)
        text += (text.empty() ? "" : "; ") + problem.message.in(language);
    return text;
}

outcome<Setting> setting_of(const json::value& given) {
    Setting setting;
    if (const json::value* off = member(given, "disable_check"); off && *off == json::value(true))
        setting.environment.mode = cel::Mode::unchecked;
    if (const json::value* declared = member(given, "type_env"); declared && declared->is_array())
        for (const json::value& declaration : declared->get_array())
            declare(declaration, setting.environment);
    const json::value* bindings = member(given, "bindings");
    if (bindings == nullptr || !bindings->is_object()) return setting;
    for (const auto& [name, one] : bindings->get_object()) {
        const json::value* tagged = member(one, "value");
        auto value = value_of_tagged(tagged != nullptr ? *tagged : one);
        if (!value)
            return fail(Exit::usage,
                        format_both("the binding of {} is no tagged value",
                                    "变量 {} 的取值不是带类型标记的值", std::string_view(name)),
                        both(R"(write it like {"x": {"value": {"int64_value": "3"}}})",
                             R"(应写成 {"x": {"value": {"int64_value": "3"}}})"));
        setting.bound.emplace(std::string(name), *std::move(value));
    }
    return setting;
}

expr::Evaluated evaluate_in(const expr::Program& program, const Bound& bound) {
    return expr::evaluate(program, [&](std::uint32_t index) -> std::optional<Value> {
        const auto found = bound.find(dotted(program.variables[index].path));
        return found == bound.end() ? std::nullopt : std::optional(found->second);
    });
}

CaseResult run_case(const json::value& given) {
    const json::value* error = member(given, "eval_error");
    const json::value* typed = member(given, "typed_result");
    const json::value* wanted = typed ? member(*typed, "result") : member(given, "value");
    CaseResult result;
    if (wanted != nullptr) result.expected = json::serialize(*wanted);
    if (error != nullptr) result.expected = "an error";
    const auto setting = setting_of(given);
    if (!setting) {
        result.got = setting.error().what.en;
        return result;
    }
    const cel::Checked checked = cel::check(text_of(given, "expr"), setting->environment);
    if (!checked.ok()) {
        result.got = "refused: " + problems_text(checked.problems, "en");
        result.passed = error != nullptr;
        return result;
    }
    if (typed != nullptr) {
        CaseResult deduced = check_type(*typed, checked);
        if (!deduced.passed || member(given, "check_only") != nullptr) return deduced;
    }
    const expr::Evaluated value = evaluate_in(checked.program, setting->bound);
    if (!value) {
        result.got = "error: " + value.error().message;
        result.passed = error != nullptr;
        return result;
    }
    result.got = tagged_text(*value);
    if (error != nullptr) return result;
    // Without any expectation an expression must yield true.
    if (wanted == nullptr) {
        result.expected = R"({"bool_value": true})";
        result.passed = same(*value, Value::boolean(true));
        return result;
    }
    result.passed = is_expected(*value, *wanted);
    return result;
}

}  // namespace countersign::cli
