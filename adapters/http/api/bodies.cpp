// Reading request bodies.
#include "adapters/http/api/bodies.hpp"

#include "engine/base/bytes.hpp"

#include <fmt/format.h>

namespace countersign::http {

namespace {

using expr::Kind;
using expr::Value;

Error wrong(std::string_view name, const Text& wanted) {
    return failure(ErrorKind::invalid, format_both("`{}` must be {}", "`{}`应为{}", name, wanted));
}

result<core::GivenMaterial> material_of(const Value& given) {
    core::GivenMaterial material;
    if (given.is(Kind::string)) {
        material.id = given.as_string();
        return material;
    }
    if (!given.is(Kind::map))
        return wrong("materials", both("a list of ids or objects", "编号或对象的列表"));
    auto id = text_of(given, "id");
    auto name = text_of(given, "name");
    auto hash = text_of(given, "sha256");
    if (!id) return id.error();
    if (!name) return name.error();
    if (!hash) return hash.error();
    if (id->empty()) return wrong("materials.id", both("the id of a material", "材料编号"));
    if (!hash->empty() && (hash->size() != 64 || !unhex(*hash)))
        return wrong("materials.sha256", both("64 hexadecimal digits", "64 位十六进制数"));
    const Value* bytes = given.find("bytes");
    if (bytes != nullptr && !bytes->is_null()) {
        if (!bytes->is(Kind::integer) || bytes->as_integer() < 0)
            return wrong("materials.bytes", both("a number of bytes", "字节数"));
        material.bytes = static_cast<std::uint64_t>(bytes->as_integer());
    }
    material.id = std::move(*id);
    material.name = std::move(*name);
    material.sha256 = hash->empty() ? "" : hex(*unhex(*hash));  // in lower case
    return material;
}

}  // namespace

result<std::string> text_of(const Value& object, std::string_view name) {
    const Value* found = object.find(name);
    if (found == nullptr || found->is_null()) return std::string();
    if (!found->is(Kind::string)) return wrong(name, both("a text", "文本"));
    return found->as_string();
}

result<Value> record_of(const Value& object, std::string_view name) {
    const Value* found = object.find(name);
    if (found == nullptr || found->is_null()) return Value::record({});
    if (!found->is(Kind::map)) return wrong(name, both("an object", "对象"));
    return *found;
}

result<bool> flag_of(const Value& object, std::string_view name) {
    const Value* found = object.find(name);
    if (found == nullptr || found->is_null()) return false;
    if (!found->is(Kind::boolean)) return wrong(name, both("true or false", "true 或 false"));
    return found->as_boolean();
}

result<std::optional<Instant>> moment_of(const Value& object, std::string_view name,
                                         int offset_minutes) {
    auto text = text_of(object, name);
    if (!text) return text.error();
    if (text->empty()) return std::optional<Instant>();
    const auto at = parse_moment(*text, offset_minutes);
    if (!at)
        return wrong(name, both("a day or a moment such as 2026-02-10 10:00 or "
                                "2026-02-10T10:00+08:00",
                                "日期或时刻，如 2026-02-10 10:00 或 2026-02-10T10:00+08:00"));
    return std::optional<Instant>(*at);
}

result<std::vector<core::GivenMaterial>> materials_of(const Value& object) {
    std::vector<core::GivenMaterial> materials;
    const Value* found = object.find("materials");
    if (found == nullptr || found->is_null()) return materials;
    if (!found->is(Kind::list))
        return wrong("materials", both("a list of ids or objects", "编号或对象的列表"));
    for (const Value& given : found->items()) {
        auto material = material_of(given);
        if (!material) return material.error();
        materials.push_back(std::move(*material));
    }
    return materials;
}

result<std::vector<core::FieldOverride>> overrides_of(const Value& object) {
    const Text wanted = both(R"(a list of {"field": …, "reason": …})",
                             R"(由 {"field": …, "reason": …} 组成的列表)");
    std::vector<core::FieldOverride> overrides;
    const Value* found = object.find("overrides");
    if (found == nullptr || found->is_null()) return overrides;
    if (!found->is(Kind::list)) return wrong("overrides", wanted);
    for (const Value& given : found->items()) {
        if (!given.is(Kind::map)) return wrong("overrides", wanted);
        auto field = text_of(given, "field");
        auto reason = text_of(given, "reason");
        if (!field || !reason || field->empty()) return wrong("overrides", wanted);
        overrides.push_back({std::move(*field), std::move(*reason)});
    }
    return overrides;
}

result<std::vector<std::pair<std::string, Value>>> fields_of(const Value& object) {
    std::vector<std::pair<std::string, Value>> fields;
    auto given = record_of(object, "fields");
    if (!given) return given.error();
    for (const auto& [key, value] : given->entries()) fields.emplace_back(key.as_string(), value);
    return fields;
}

}  // namespace countersign::http
