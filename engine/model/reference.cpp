// Values of fixed parts: a file that is stored elsewhere, a point on the map.
#include "engine/model/scalar.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/limits.hpp"
#include "engine/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace countersign::model {

namespace {

using expr::Kind;
using expr::Value;

constexpr std::size_t sha256_digits = 64;
constexpr double longitude_max = 180;
constexpr double latitude_max = 90;

const std::string* text_member(const Value& record, std::string_view name) {
    const Value* member = record.find(name);
    return member != nullptr && member->is(Kind::string) ? &member->as_string() : nullptr;
}

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    return text;
}

/// Returns a number of degrees, or nothing.
std::optional<double> degrees(const Value* value) {
    if (value == nullptr) return std::nullopt;
    if (value->is(Kind::real)) return value->as_real();
    if (value->is(Kind::integer)) return static_cast<double>(value->as_integer());
    return std::nullopt;
}

std::optional<double> degrees(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The longitude and latitude of either spelling, if there are two numbers.
std::pair<std::optional<double>, std::optional<double>> place_of(const Value& given) {
    if (given.is(Kind::map) && given.size() == 2)
        return {degrees(given.find("lon")), degrees(given.find("lat"))};
    if (!given.is(Kind::string)) return {};
    const std::string& text = given.as_string();
    const std::size_t comma = text.find(',');
    if (comma == std::string::npos) return {};
    const std::string_view whole = text;
    return {degrees(whole.substr(0, comma)), degrees(whole.substr(comma + 1))};
}

}  // namespace

std::optional<Value> conform_file(const Value& given, Complaints& complaints) {
    const std::string* name = given.is(Kind::map) ? text_member(given, "name") : nullptr;
    const std::string* hash = given.is(Kind::map) ? text_member(given, "sha256") : nullptr;
    if (name == nullptr || hash == nullptr) {
        complaints.add("not_a_file", "must name a file: {name, sha256}, as its upload gave them",
                       "应为文件：{name, sha256}，即上传后返回的内容");
        return std::nullopt;
    }
    const bool odd = std::any_of(name->begin(), name->end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == '\\';
    });
    if (name->empty() || name->size() > limits::file_name_bytes_max || odd)
        complaints.add("bad_name",
                       "needs the file's own name: up to 255 bytes, without slashes and control "
                       "characters",
                       "的文件名应为文件本身的名称：不超过 255 字节，不含斜杠和控制字符");
    if (hash->size() != sha256_digits || !unhex(*hash))
        complaints.add("malformed", "needs a SHA-256 of 64 hexadecimal digits",
                       "的 SHA-256 应为 64 位十六进制数");
    const Value* bytes = given.find("bytes");
    const std::int64_t size = bytes != nullptr && bytes->is(Kind::integer)
                                  ? std::max<std::int64_t>(bytes->as_integer(), 0)
                                  : 0;
    return Value::record({{"name", Value::string(*name)},
                          {"sha256", Value::string(lower_case(*hash))},
                          {"bytes", Value::integer(size)}});
}

std::optional<Value> conform_point(const Value& given, Complaints& complaints) {
    const auto [lon, lat] = place_of(given);
    if (!lon || !lat) {
        complaints.add("not_a_point",
                       "must be a point in degrees, longitude first: {lon: 121.25, lat: 31.38} or "
                       "\"121.25,31.38\"",
                       "应为以度表示的坐标，经度在前：{lon: 121.25, lat: 31.38} 或“121.25,31.38”");
        return std::nullopt;
    }
    // A NaN is in no range either.
    if (!(std::abs(*lon) <= longitude_max) || !(std::abs(*lat) <= latitude_max)) {
        complaints.add("out_of_range",
                       "has a longitude beyond 180 or a latitude beyond 90 degrees; the longitude "
                       "comes first",
                       "的经度超出 180 度或纬度超出 90 度；经度在前，纬度在后");
        return std::nullopt;
    }
    return Value::record({{"lon", Value::real(*lon)}, {"lat", Value::real(*lat)}});
}

}  // namespace countersign::model
