// Reading answers, and showing bytes that are none.
#include "adapters/http/answer.hpp"

#include "engine/base/limits.hpp"
#include "engine/expr/json.hpp"

#include <fmt/format.h>

namespace countersign::http {

namespace {

using expr::Kind;
using expr::Value;

constexpr std::size_t excerpt_bytes = 400;

Error wrong(Text message) { return failure(ErrorKind::invalid, std::move(message)); }

/// Returns a text member; empty when it is absent or null.
result<std::string> text_member(const Value& object, std::string_view name) {
    const Value* found = object.find(name);
    if (found == nullptr || found->is_null()) return std::string();
    if (!found->is(Kind::string))
        return wrong(format_both("`{}` must be a text", "{} 应为文本", name));
    return found->as_string();
}

result<std::vector<core::MissingItem>> missing_items(const Value& object) {
    std::vector<core::MissingItem> items;
    const Value* found = object.find("missing");
    if (found == nullptr || found->is_null()) return items;
    if (!found->is(Kind::list)) return wrong(both("`missing` must be a list", "missing 应为列表"));
    for (const Value& given : found->items()) {
        if (!given.is(Kind::map))
            return wrong(
                both("an item of `missing` must be an object", "missing 的每一项应为对象"));
        core::MissingItem item;
        for (const std::string_view name : {"material", "field", "id"}) {
            auto id = text_member(given, name);
            if (!id) return id.error();
            if (item.id.empty()) item.id = std::move(*id);
        }
        if (item.id.empty())
            return wrong(both("an item of `missing` must name a `material` or a `field`",
                              "missing 的每一项应写明 material 或 field"));
        auto reason = text_member(given, "reason");
        if (!reason) return reason.error();
        item.reason = std::move(*reason);
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace

result<runtime::Answered> answer_of(const Value& value) {
    if (!value.is(Kind::map))
        return wrong(both("an answer must be a JSON object", "答复应为 JSON 对象"));
    runtime::Answered answer;
    auto outcome = text_member(value, "outcome");
    if (!outcome) return outcome.error();
    if (outcome->empty())
        return wrong(both("an answer must name its `outcome`", "答复应写明结果 outcome"));
    answer.outcome = std::move(*outcome);
    const Value* given = value.find("result");
    answer.result = given == nullptr || given->is_null() ? Value::record({}) : *given;
    if (!answer.result.is(Kind::map))
        return wrong(both("`result` must be an object", "result 应为对象"));
    auto note = text_member(value, "note");
    if (!note) return note.error();
    answer.note = std::move(*note);
    auto happened = text_member(value, "happened_at");
    if (!happened) return happened.error();
    if (!happened->empty()) {
        const auto at = parse_rfc3339(*happened);
        if (!at)
            return wrong(format_both("`happened_at`: {}", "happened_at：{}", at.error().text()));
        answer.happened_at = *at;
    }
    auto missing = missing_items(value);
    if (!missing) return missing.error();
    answer.missing = std::move(*missing);
    return answer;
}

result<runtime::Answered> parse_answer(std::string_view json) {
    if (json.size() > limits::answer_bytes_max)
        return wrong(format_both("an answer has at most {} bytes", "答复最多 {} 字节",
                                 limits::answer_bytes_max));
    const auto value = expr::from_json(json);
    if (!value)
        return wrong(format_both("this is not JSON: {}", "不是 JSON：{}", value.error().text()));
    return answer_of(*value);
}

std::string excerpt(std::string_view bytes) {
    std::string out;
    for (const char c : bytes.substr(0, excerpt_bytes)) {
        const auto byte = static_cast<unsigned char>(c);
        out.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
    }
    // A character that the cut has torn apart is dropped; bytes that are no text are shown as dots.
    for (int dropped = 0; dropped < 3 && !is_utf8(out) && bytes.size() > excerpt_bytes; ++dropped)
        out.pop_back();
    if (!is_utf8(out))
        for (char& c : out)
            if (static_cast<unsigned char>(c) >= 0x80) c = '.';
    if (bytes.size() > excerpt_bytes) out += "…";
    return out;
}

}  // namespace countersign::http
