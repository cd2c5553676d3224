// The tags of values and types, one way and the other.
#include "cli/eval/tagged.hpp"

#include "adapters/http/signature.hpp"
#include "engine/expr/json.hpp"
#include "engine/expr/numbers.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace countersign::cli {

namespace {

namespace json = boost::json;
using expr::Kind;
using expr::Type;
using expr::TypeKind;
using expr::Value;

const json::value* member(const json::value& value, std::string_view name) {
    return value.is_object() ? value.get_object().if_contains(name) : nullptr;
}

std::string string_of(const json::value* value) {
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

/// A whole number, as a text or as a number.
template <class Integer>
std::optional<Integer> whole(const json::value& value) {
    const std::string text =
        value.is_string() ? std::string(value.get_string()) : json::serialize(value);
    Integer number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool all = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return all ? std::optional(number) : std::nullopt;
}

std::optional<double> real(const json::value& value) {
    if (value.is_number()) return value.to_number<double>();
    const std::string text = string_of(&value);
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    double number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool all = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return all && !text.empty() ? std::optional(number) : std::nullopt;
}

std::optional<Value> list_of(const json::value& inner) {
    std::vector<Value> items;
    if (const json::value* values = member(inner, "values"); values != nullptr) {
        if (!values->is_array()) return std::nullopt;
        for (const json::value& one : values->get_array()) {
            auto item = value_of_tagged(one);
            if (!item) return std::nullopt;
            items.push_back(*std::move(item));
        }
    }
    return Value::list(std::move(items));
}

std::optional<Value> map_of(const json::value& inner) {
    std::vector<expr::Entry> entries;
    if (const json::value* all = member(inner, "entries"); all != nullptr) {
        if (!all->is_array()) return std::nullopt;
        for (const json::value& one : all->get_array()) {
            const json::value* key = member(one, "key");
            const json::value* held = member(one, "value");
            auto read_key = key != nullptr ? value_of_tagged(*key) : std::nullopt;
            auto read_value = held != nullptr ? value_of_tagged(*held) : std::nullopt;
            if (!read_key || !read_value || !expr::is_key(read_key->kind())) return std::nullopt;
            entries.emplace_back(*std::move(read_key), *std::move(read_value));
        }
    }
    return Value::map(std::move(entries));
}

/// What messages of the specification stand for: times, lengths, and the wrappers of scalars.
std::optional<Value> object_of(const json::value& inner) {
    const std::string type = string_of(member(inner, "@type"));
    const json::value* held = member(inner, "value");
    const std::string text = string_of(held);
    if (type.ends_with("google.protobuf.Timestamp")) {
        const auto read = expr::read_timestamp(text);
        return read ? std::optional(Value::timestamp(*read)) : std::nullopt;
    }
    if (type.ends_with("google.protobuf.Duration")) {
        const auto read = expr::read_duration(text);
        return read ? std::optional(Value::duration(*read)) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<Value> optional_of(const json::value& inner) {
    const json::value* held = member(inner, "value");
    if (held == nullptr) return Value::none();
    auto read = value_of_tagged(*held);
    return read ? std::optional(Value::some(*std::move(read))) : std::nullopt;
}

std::string quoted(std::string_view text) {
    std::string out;
    expr::append_json_string(out, text);
    return out;
}

/// A number that reads back, with a point or an exponent so that it stays a double.
std::string double_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    std::string text = expr::real_text(value);
    if (value == 0 && std::signbit(value)) text = "-0";
    if (text.find_first_of(".eE") == std::string::npos) text += ".0";
    return text;
}

/// The parts of a list or map between brackets.
template <class Write>
std::string joined(const Value& value, Write write) {
    std::string out;
    if (value.is(Kind::map)) {
        for (const auto& [key, held] : value.entries())
            out += (out.empty() ? "" : ", ") + write(key, &held);
    } else {
        for (const Value& item : value.items())
            out += (out.empty() ? "" : ", ") + write(item, nullptr);
    }
    return out;
}

std::string tagged_map(const Value& value) {
    if (value.entries().empty()) return R"({"map_value": {}})";
    return R"({"map_value": {"entries": [)" +
           joined(value,
                  [](const Value& key, const Value* held) {
                      return R"({"key": )" + tagged_text(key) + R"(, "value": )" +
                             tagged_text(*held) + "}";
                  }) +
           "]}}";
}

std::string tagged_object(std::string_view type, std::string_view text) {
    return fmt::format(R"({{"object_value": {{"@type": "type.googleapis.com/google.protobuf.{}", )"
                       R"("value": "{}"}}}})",
                       type, text);
}

struct Primitive {
    TypeKind kind;
    std::string_view tag;
    std::string_view name;
};
constexpr std::array<Primitive, 6> primitives = {{
    {TypeKind::boolean, "BOOL", "bool"},
    {TypeKind::integer, "INT64", "int"},
    {TypeKind::unsigned_integer, "UINT64", "uint"},
    {TypeKind::real, "DOUBLE", "double"},
    {TypeKind::string, "STRING", "string"},
    {TypeKind::bytes, "BYTES", "bytes"},
}};

std::string arguments_text(const Type& type) {
    std::string out;
    for (const Type& argument : type.arguments)
        out += (out.empty() ? "" : ", ") + tagged_text(argument);
    return out;
}

}  // namespace

std::optional<Value> value_of_tagged(const json::value& tagged) {
    if (!tagged.is_object() || tagged.get_object().size() != 1) return std::nullopt;
    const auto& [tag, inner] = *tagged.get_object().begin();
    if (tag == "null_value") return Value();
    if (tag == "bool_value")
        return inner.is_bool() ? std::optional(Value::boolean(inner.get_bool())) : std::nullopt;
    if (tag == "string_value")
        return inner.is_string() ? std::optional(Value::string(string_of(&inner))) : std::nullopt;
    if (tag == "int64_value") {
        const auto number = whole<std::int64_t>(inner);
        return number ? std::optional(Value::integer(*number)) : std::nullopt;
    }
    if (tag == "uint64_value") {
        const auto number = whole<std::uint64_t>(inner);
        return number ? std::optional(Value::unsigned_integer(*number)) : std::nullopt;
    }
    if (tag == "double_value") {
        const auto number = real(inner);
        return number ? std::optional(Value::real(*number)) : std::nullopt;
    }
    if (tag == "bytes_value") {
        if (string_of(&inner).empty()) return Value::bytes("");
        auto bytes = http::unbase64(string_of(&inner));
        return bytes ? std::optional(Value::bytes(*std::move(bytes))) : std::nullopt;
    }
    if (tag == "type_value") return Value::type(string_of(&inner));
    if (tag == "list_value") return list_of(inner);
    if (tag == "map_value") return map_of(inner);
    if (tag == "object_value") return object_of(inner);
    if (tag == "optional_value") return optional_of(inner);
    if (tag == "money_value") {
        const auto fen = expr::read_money(string_of(&inner));
        return fen ? std::optional(Value::money(*fen)) : std::nullopt;
    }
    return std::nullopt;
}

Value value_of_plain(const json::value& plain) {
    if (plain.is_bool()) return Value::boolean(plain.get_bool());
    if (plain.is_int64()) return Value::integer(plain.get_int64());
    if (plain.is_uint64()) return Value::unsigned_integer(plain.get_uint64());
    if (plain.is_double()) return Value::real(plain.get_double());
    if (plain.is_string()) return Value::string(std::string(plain.get_string()));
    if (plain.is_array()) {
        std::vector<Value> items;
        for (const json::value& item : plain.get_array()) items.push_back(value_of_plain(item));
        return Value::list(std::move(items));
    }
    if (plain.is_object()) {
        std::vector<expr::Entry> entries;
        for (const auto& [key, held] : plain.get_object())
            entries.emplace_back(Value::string(std::string(key)), value_of_plain(held));
        return Value::map(std::move(entries));
    }
    return Value();
}

std::string tagged_text(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
        case Kind::erased:
            return R"({"null_value": null})";
        case Kind::boolean:
            return fmt::format(R"({{"bool_value": {}}})", value.as_boolean());
        case Kind::integer:
            return fmt::format(R"({{"int64_value": "{}"}})", value.as_integer());
        case Kind::unsigned_integer:
            return fmt::format(R"({{"uint64_value": "{}"}})", value.as_unsigned());
        case Kind::real: {
            const std::string text = double_text(value.as_real());
            return fmt::format(R"({{"double_value": {}}})",
                               std::isfinite(value.as_real()) ? text : quoted(text));
        }
        case Kind::string:
            return fmt::format(R"({{"string_value": {}}})", quoted(value.as_string()));
        case Kind::bytes:
            return fmt::format(R"({{"bytes_value": "{}"}})", http::base64(value.as_string()));
        case Kind::type:
            return fmt::format(R"({{"type_value": {}}})", quoted(value.as_string()));
        case Kind::list:
            if (value.items().empty()) return R"({"list_value": {}})";
            return R"({"list_value": {"values": [)" +
                   joined(value,
                          [](const Value& item, const Value*) { return tagged_text(item); }) +
                   "]}}";
        case Kind::map:
            return tagged_map(value);
        case Kind::timestamp:
            return tagged_object("Timestamp", expr::timestamp_text(value.as_seconds()));
        case Kind::duration:
            return tagged_object("Duration", expr::duration_text(value.as_seconds()));
        case Kind::money:
            return fmt::format(R"({{"money_value": "{}"}})", expr::money_text(value.as_fen()));
        case Kind::optional:
            return value.held() == nullptr ? std::string(R"({"optional_value": {}})")
                                           : fmt::format(R"({{"optional_value": {{"value": {}}}}})",
                                                         tagged_text(*value.held()));
    }
    return {};
}

std::string cel_text(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
        case Kind::erased:
            return "null";
        case Kind::boolean:
            return value.as_boolean() ? "true" : "false";
        case Kind::integer:
            return std::to_string(value.as_integer());
        case Kind::unsigned_integer:
            return std::to_string(value.as_unsigned()) + "u";
        case Kind::real:
            return double_text(value.as_real());
        case Kind::string:
            return quoted(value.as_string());
        case Kind::bytes: {
            std::string out = "b\"";
            for (const char c : value.as_string())
                out += c >= ' ' && c <= '~' && c != '"' && c != '\\'
                           ? std::string(1, c)
                           : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            return out + "\"";
        }
        case Kind::type:
            return value.as_string();
        case Kind::list:
            return "[" +
                   joined(value, [](const Value& item, const Value*) { return cel_text(item); }) +
                   "]";
        case Kind::map:
            return "{" +
                   joined(value,
                          [](const Value& key, const Value* held) {
                              return cel_text(key) + ": " + cel_text(*held);
                          }) +
                   "}";
        case Kind::timestamp:
            return fmt::format("timestamp(\"{}\")", expr::timestamp_text(value.as_seconds()));
        case Kind::duration:
            return fmt::format("duration(\"{}\")", expr::duration_text(value.as_seconds()));
        case Kind::money:
            return fmt::format("money(\"{}\")", expr::money_text(value.as_fen()));
        case Kind::optional:
            return value.held() == nullptr ? std::string("optional.none()")
                                           : "optional.of(" + cel_text(*value.held()) + ")";
    }
    return {};
}

std::string type_text(const json::value& tagged) {
    if (!tagged.is_object() || tagged.get_object().size() != 1) return "dyn";
    const auto& [tag, inner] = *tagged.get_object().begin();
    if (tag == "primitive" || tag == "wrapper") {
        for (const Primitive& one : primitives)
            if (one.tag == string_of(&inner)) return std::string(one.name);
        return "dyn";
    }
    const auto part = [&, &held = inner](std::string_view name) {
        const json::value* found = member(held, name);
        return found == nullptr ? std::string("dyn") : type_text(*found);
    };
    if (tag == "list_type") return "list(" + part("elem_type") + ")";
    if (tag == "map_type") return "map(" + part("key_type") + ", " + part("value_type") + ")";
    if (tag == "type_param") return string_of(&inner);
    if (tag == "null") return "null_type";
    if (tag == "type")
        return inner.is_object() && !inner.get_object().empty() ? "type(" + type_text(inner) + ")"
                                                                : "type";
    if (tag == "message_type" || tag == "well_known") {
        const std::string name = string_of(&inner);
        if (name == "google.protobuf.Duration" || name == "DURATION") return "duration";
        if (name == "google.protobuf.Timestamp" || name == "TIMESTAMP") return "timestamp";
        return "dyn";
    }
    if (tag != "abstract_type") return "dyn";
    std::string arguments;
    if (const json::value* all = member(inner, "parameter_types"); all && all->is_array())
        for (const json::value& argument : all->get_array())
            arguments += (arguments.empty() ? "" : ", ") + type_text(argument);
    return string_of(member(inner, "name")) + "(" + arguments + ")";
}

Type type_of_tagged(const json::value& tagged) {
    if (const json::value* inner = member(tagged, "list_type")) {
        const json::value* item = member(*inner, "elem_type");
        return Type::list_of(item ? type_of_tagged(*item) : Type::of(TypeKind::dyn));
    }
    if (const json::value* inner = member(tagged, "map_type")) {
        const json::value* key = member(*inner, "key_type");
        const json::value* held = member(*inner, "value_type");
        return Type::map_of(key ? type_of_tagged(*key) : Type::of(TypeKind::dyn),
                            held ? type_of_tagged(*held) : Type::of(TypeKind::dyn));
    }
    const json::value* abstract = member(tagged, "abstract_type");
    if (abstract != nullptr && string_of(member(*abstract, "name")) == "optional_type") {
        const json::value* all = member(*abstract, "parameter_types");
        const bool has_one = all != nullptr && all->is_array() && all->get_array().size() == 1;
        return Type::optional_of(has_one ? type_of_tagged(all->get_array().front())
                                         : Type::of(TypeKind::dyn));
    }
    const std::string text = type_text(tagged);
    for (int kind = 0; kind <= static_cast<int>(TypeKind::error); ++kind)
        if (Type::of(static_cast<TypeKind>(kind)).text() == text)
            return Type::of(static_cast<TypeKind>(kind));
    return Type::of(TypeKind::dyn);
}

std::string tagged_text(const Type& type) {
    for (const Primitive& one : primitives)
        if (one.kind == type.kind) return fmt::format(R"({{"primitive": "{}"}})", one.tag);
    switch (type.kind) {
        case TypeKind::null:
            return R"({"null": null})";
        case TypeKind::list:
            return fmt::format(R"({{"list_type": {{"elem_type": {}}}}})", arguments_text(type));
        case TypeKind::map:
            return fmt::format(R"({{"map_type": {{"key_type": {}, "value_type": {}}}}})",
                               tagged_text(type.arguments.at(0)),
                               tagged_text(type.arguments.at(1)));
        case TypeKind::timestamp:
            return R"({"well_known": "TIMESTAMP"})";
        case TypeKind::duration:
            return R"({"well_known": "DURATION"})";
        case TypeKind::optional:
            return fmt::format(
                R"({{"abstract_type": {{"name": "optional_type", "parameter_types": [{}]}}}})",
                arguments_text(type));
        case TypeKind::type:
            return fmt::format(R"({{"type": {}}})",
                               type.arguments.empty() ? "{}" : arguments_text(type));
        case TypeKind::money:
            return R"({"abstract_type": {"name": "money", "parameter_types": []}})";
        case TypeKind::error:
            return R"({"error": {}})";
        case TypeKind::record:
        case TypeKind::dyn:
        case TypeKind::boolean:
        case TypeKind::integer:
        case TypeKind::unsigned_integer:
        case TypeKind::real:
        case TypeKind::string:
        case TypeKind::bytes:
            break;
    }
    return R"({"dyn": {}})";
}

}  // namespace countersign::cli
