// Conversions between types.
#include <array>
#include <charconv>
#include <cmath>

#include "engine/base/text.hpp"
#include "engine/expr/call.hpp"
#include "engine/expr/numbers.hpp"

namespace countersign::expr {

namespace {

/// Reads all of `text` as a number of type T.
template <class T>
std::optional<T> read_number(std::string_view text) {
    // from_chars takes no plus; the text after one must begin with a digit.
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

Value range(Call& call) {
    return call.fail("number out of range for " + std::string(name_of(call.function)));
}

Value to_int(Call& call) {
    if (call.count() != 1) return call.no_overload();
    const Value& from = call[0];
    if (from.is(Kind::integer)) return from;
    if (from.is(Kind::unsigned_integer)) {
        if (from.as_unsigned() > INT64_MAX) return range(call);
        return Value::integer(static_cast<std::int64_t>(from.as_unsigned()));
    }
    if (from.is(Kind::real)) {
        // The bounds themselves are excluded: near them a double's neighbours are far apart.
        if (!(from.as_real() > -two_to_63 && from.as_real() < two_to_63)) return range(call);
        return Value::integer(static_cast<std::int64_t>(from.as_real()));
    }
    if (from.is(Kind::string)) {
        const auto number = read_number<std::int64_t>(from.as_string());
        return number ? Value::integer(*number) : call.fail("text is not an int");
    }
    if (from.is(Kind::timestamp)) return Value::integer(from.as_seconds().seconds);
    return call.no_overload();
}

Value to_uint(Call& call) {
    if (call.count() != 1) return call.no_overload();
    const Value& from = call[0];
    if (from.is(Kind::unsigned_integer)) return from;
    if (from.is(Kind::integer)) {
        if (from.as_integer() < 0) return range(call);
        return Value::unsigned_integer(static_cast<std::uint64_t>(from.as_integer()));
    }
    if (from.is(Kind::real)) {
        if (!(from.as_real() > -1 && from.as_real() < two_to_64) || from.as_real() < 0)
            return range(call);
        return Value::unsigned_integer(static_cast<std::uint64_t>(from.as_real()));
    }
    if (!from.is(Kind::string)) return call.no_overload();
    const auto number = read_number<std::uint64_t>(from.as_string());
    return number ? Value::unsigned_integer(*number) : call.fail("text is not a uint");
}

Value to_double(Call& call) {
    if (call.takes({Kind::real})) return call[0];
    if (call.takes({Kind::integer})) return Value::real(static_cast<double>(call[0].as_integer()));
    if (call.takes({Kind::unsigned_integer}))
        return Value::real(static_cast<double>(call[0].as_unsigned()));
    if (!call.takes({Kind::string})) return call.no_overload();
    const auto number = read_number<double>(call[0].as_string());
    return number ? Value::real(*number) : call.fail("text is not a double");
}

Value to_string(Call& call) {
    if (call.takes({Kind::string})) return call[0];
    if (call.takes({Kind::bytes})) {
        if (!is_utf8(call[0].as_string())) return call.fail("bytes are not UTF-8");
        return Value::string(call[0].as_string());
    }
    auto text = call.count() == 1 ? scalar_text(call[0]) : std::nullopt;
    return text ? Value::string(std::move(*text)) : call.no_overload();
}

Value to_bytes(Call& call) {
    if (call.takes({Kind::bytes})) return call[0];
    if (!call.takes({Kind::string})) return call.no_overload();
    return Value::bytes(call[0].as_string());
}

Value to_bool(Call& call) {
    if (call.takes({Kind::boolean})) return call[0];
    if (!call.takes({Kind::string})) return call.no_overload();
    const std::string& text = call[0].as_string();
    for (const std::string_view yes : {"1", "t", "true", "TRUE", "True"})
        if (text == yes) return Value::boolean(true);
    for (const std::string_view no : {"0", "f", "false", "FALSE", "False"})
        if (text == no) return Value::boolean(false);
    return call.fail("text is not a bool");
}

Value to_type(Call& call) {
    if (call.count() != 1) return call.no_overload();
    return Value::type(std::string(type_name(call[0])));
}

Value to_dyn(Call& call) { return call.count() == 1 ? call[0] : call.no_overload(); }

Value to_money(Call& call) {
    if (call.takes({Kind::money})) return call[0];
    if (!call.takes({Kind::string})) return call.no_overload();
    const auto fen = read_money(call[0].as_string());
    return fen ? Value::money(*fen) : call.fail("text is not an amount such as '12.34'");
}

Value to_duration(Call& call) {
    if (call.takes({Kind::duration})) return call[0];
    if (!call.takes({Kind::string})) return call.no_overload();
    const auto length = read_duration(call[0].as_string());
    return length ? Value::duration(*length)
                  : call.fail("text is not a duration such as '1h30m', or out of range");
}

Value to_timestamp(Call& call) {
    if (call.takes({Kind::timestamp})) return call[0];
    if (call.takes({Kind::integer})) {
        const Seconds at{call[0].as_integer(), 0};
        return is_timestamp(at) ? Value::timestamp(at) : call.fail("timestamp out of range");
    }
    if (!call.takes({Kind::string})) return call.no_overload();
    const auto at = read_timestamp(call[0].as_string());
    return at ? Value::timestamp(*at)
              : call.fail("text is not an RFC 3339 timestamp, or out of range");
}

}  // namespace

std::optional<std::string> scalar_text(const Value& value) {
    switch (value.kind()) {
        case Kind::boolean:
            return value.as_boolean() ? "true" : "false";
        case Kind::integer:
            return std::to_string(value.as_integer());
        case Kind::unsigned_integer:
            return std::to_string(value.as_unsigned());
        case Kind::real:
            return real_text(value.as_real());
        case Kind::string:
        case Kind::type:
            return value.as_string();
        case Kind::timestamp:
            return timestamp_text(value.as_seconds());
        case Kind::duration:
            return duration_text(value.as_seconds());
        case Kind::money:
            return money_text(value.as_fen());
        // What was erased stands in texts as what it is, so that old cases can still be shown.
        case Kind::erased:
            return "erased";
        case Kind::null:
        case Kind::bytes:
        case Kind::list:
        case Kind::map:
        case Kind::optional:
            break;
    }
    return std::nullopt;
}

std::span<const FunctionEntry> conversion_functions() {
    static constexpr std::array<FunctionEntry, 11> all{{
        {Function::to_int, "int", to_int},
        {Function::to_uint, "uint", to_uint},
        {Function::to_double, "double", to_double},
        {Function::to_string, "string", to_string},
        {Function::to_bytes, "bytes", to_bytes},
        {Function::to_bool, "bool", to_bool},
        {Function::type, "type", to_type},
        {Function::dyn, "dyn", to_dyn},
        {Function::money, "money", to_money},
        {Function::duration, "duration", to_duration},
        {Function::timestamp, "timestamp", to_timestamp},
    }};
    return all;
}

}  // namespace countersign::expr
