// Tolerant access to JSON members.
#include "cli/json_view.hpp"

#include <boost/json.hpp>

namespace countersign::cli {

namespace json = boost::json;

const json::value* find(const json::value& value, std::string_view path) {
    const json::value* at = &value;
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        const std::string_view name = path.substr(0, dot);
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
        const json::object* object = at->if_object();
        if (object == nullptr) return nullptr;
        at = object->if_contains({name.data(), name.size()});
        if (at == nullptr) return nullptr;
    }
    return at;
}

const json::array& list_at(const json::value& value, std::string_view path) {
    static const json::array none;
    const json::value* found = find(value, path);
    const json::array* list = found == nullptr ? nullptr : found->if_array();
    return list == nullptr ? none : *list;
}

std::string text_at(const json::value& value, std::string_view path) {
    const json::value* found = find(value, path);
    if (found == nullptr || found->is_null()) return {};
    if (const json::string* text = found->if_string()) return {text->data(), text->size()};
    return json::serialize(*found);
}

std::string title_at(const json::value& value, std::string_view path, std::string_view language) {
    const json::value* found = find(value, path);
    if (found == nullptr) return {};
    if (!found->is_object()) return text_at(value, path);
    std::string chosen = text_at(*found, language);
    return chosen.empty() ? text_at(*found, language == "zh" ? "en" : "zh") : chosen;
}

std::string titled(const json::value& value, std::string_view name, std::string_view language) {
    std::string title = title_at(value, std::string(name) + "_title", language);
    return title.empty() ? text_at(value, name) : title;
}

std::optional<Instant> instant_at(const json::value& value, std::string_view path) {
    const auto at = parse_rfc3339(text_at(value, path));
    return at ? std::optional<Instant>(*at) : std::nullopt;
}

std::int64_t integer_at(const json::value& value, std::string_view path, std::int64_t otherwise) {
    const json::value* found = find(value, path);
    if (found == nullptr) return otherwise;
    json::error_code error;
    const auto number = found->to_number<std::int64_t>(error);
    return error ? otherwise : number;
}

bool flag_at(const json::value& value, std::string_view path) {
    const json::value* found = find(value, path);
    const bool* flag = found == nullptr ? nullptr : found->if_bool();
    return flag != nullptr && *flag;
}

}  // namespace countersign::cli
