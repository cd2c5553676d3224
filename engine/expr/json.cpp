// Writing values as JSON.
#include "engine/expr/json.hpp"

#include <array>
#include <cmath>

#include "engine/expr/numbers.hpp"

namespace countersign::expr {

namespace {

void append_base64(std::string& out, std::string_view bytes) {
    static constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            out += j <= count ? digits[group >> (18 - 6 * j) & 0x3f] : '=';
    }
}

void append_real(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    const std::string text = real_text(value);
    out += text;
    // Without a point it would read back as an integer.
    if (text.find_first_of(".e") == std::string::npos) out += ".0";
}

/// Appends an object's name; keys that are no strings as their text.
void append_key(std::string& out, const Value& key, Personal personal) {
    if (key.is(Kind::string) || (key.personal() && personal == Personal::masked)) {
        append_json(out, key, personal);
        return;
    }
    out += '"';
    append_json(out, key, personal);
    out += '"';
}

void append_map(std::string& out, const Value& map, Personal personal) {
    out += '{';
    bool first = true;
    for (const auto& [key, value] : map.entries()) {
        if (!first) out += ',';
        first = false;
        append_key(out, key, personal);
        out += ':';
        append_json(out, value, personal);
    }
    out += '}';
}

void append_list(std::string& out, const Value& list, Personal personal) {
    out += '[';
    bool first = true;
    for (const Value& item : list.items()) {
        if (!first) out += ',';
        first = false;
        append_json(out, item, personal);
    }
    out += ']';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    static constexpr std::string_view hex_digits = "0123456789abcdef";
    out += '"';
    std::size_t plain = 0;  // start of what needs no escape and is appended at once
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text.substr(plain, i - plain));
        plain = i + 1;
        out += '\\';
        switch (c) {
            case '"':
            case '\\':
                out += c;
                break;
            case '\b':
                out += 'b';
                break;
            case '\f':
                out += 'f';
                break;
            case '\n':
                out += 'n';
                break;
            case '\r':
                out += 'r';
                break;
            case '\t':
                out += 't';
                break;
            default:
                out += "u00";
                out += hex_digits[static_cast<unsigned char>(c) >> 4];
                out += hex_digits[static_cast<unsigned char>(c) & 0xf];
        }
    }
    out.append(text.substr(plain));
    out += '"';
}

void append_json(std::string& out, const Value& value, Personal personal) {
    if (value.personal() && personal == Personal::masked && !value.is(Kind::erased)) {
        out += "\"***\"";
        return;
    }
    switch (value.kind()) {
        case Kind::null:
            out += "null";
            return;
        case Kind::boolean:
            out += value.as_boolean() ? "true" : "false";
            return;
        case Kind::integer:
            out += std::to_string(value.as_integer());
            return;
        case Kind::unsigned_integer:
            out += std::to_string(value.as_unsigned());
            return;
        case Kind::real:
            append_real(out, value.as_real());
            return;
        case Kind::string:
        case Kind::type:
            append_json_string(out, value.as_string());
            return;
        case Kind::bytes:
            out += '"';
            append_base64(out, value.as_string());
            out += '"';
            return;
        case Kind::list:
            append_list(out, value, personal);
            return;
        case Kind::map:
            append_map(out, value, personal);
            return;
        case Kind::timestamp:
            append_json_string(out, timestamp_text(value.as_seconds()));
            return;
        case Kind::duration:
            append_json_string(out, duration_text(value.as_seconds()));
            return;
        case Kind::money:
            append_json_string(out, money_text(value.as_fen()));
            return;
        case Kind::optional:
            if (value.held())
                append_json(out, *value.held(), personal);
            else
                out += "null";
            return;
        case Kind::erased:
            out += "\"erased\"";
            return;
    }
}

std::string to_json(const Value& value, Personal personal) {
    std::string out;
    append_json(out, value, personal);
    return out;
}

}  // namespace countersign::expr
