// The form as people read it: one line a field, by title, with choices, units and dates in words.
#include "adapters/http/api/views.hpp"
#include "engine/core/words.hpp"

#include <fmt/format.h>

namespace countersign::http {

namespace {

using expr::Value;
using model::Field;
using model::FieldType;

Text title_of_choice(const Field& field, const std::string& value) {
    for (const model::Choice& choice : field.choices)
        if (choice.value == value && !choice.title.empty()) return choice.title;
    return both(value, value);
}

Text joined(const Text& some, const Text& more) {
    return some.empty() ? more : format_both("{}, {}", "{}、{}", some, more);
}

/// A number without an exponent, which JSON would give 200.0: "200 kW".
Text quantity(const Field& field, const Value& value) {
    std::string text = value.is(expr::Kind::real) ? fmt::format("{}", value.as_real()) : "";
    if (text.empty()) expr::append_json(text, value, expr::Personal::open);
    if (!field.unit.empty()) text += " " + field.unit;
    return both(text, text);
}

Text as_json(const Value& value) {
    std::string text;
    expr::append_json(text, value, expr::Personal::open);
    return both(text, text);
}

Text words_of_value(const Viewed& viewed, const Field& field, const Value& value) {
    switch (field.type) {
        case FieldType::boolean:
            if (!value.is(expr::Kind::boolean)) break;
            return value.as_boolean() ? both("yes", "是") : both("no", "否");
        case FieldType::choice:
            if (!value.is(expr::Kind::string)) break;
            return title_of_choice(field, value.as_string());
        case FieldType::choices: {
            if (!value.is(expr::Kind::list)) break;
            Text all;
            for (const Value& item : value.items())
                if (item.is(expr::Kind::string))
                    all = joined(all, title_of_choice(field, item.as_string()));
            return all;
        }
        case FieldType::integer:
        case FieldType::number:
            return quantity(field, value);
        case FieldType::time:
            if (!value.is(expr::Kind::timestamp)) break;
            return viewed.wall(value.as_instant());
        case FieldType::file:
            if (const Value* name = value.find("name"); name != nullptr)
                return both(name->as_string(), name->as_string());
            break;
        case FieldType::text:
        case FieldType::date:
        case FieldType::money:
        case FieldType::phone:
        case FieldType::email:
        case FieldType::uscc:
        case FieldType::citizen_id:
        case FieldType::division:
        case FieldType::point:
        case FieldType::record:
        case FieldType::list:
            break;
    }
    if (value.is(expr::Kind::string)) return both(value.as_string(), value.as_string());
    return as_json(value);
}

/// Writes the fields below one that are filled in; the depth is bounded by the definition's.
class Rows {
  public:
    Rows(JsonWriter& json, const Viewed& viewed, expr::Personal personal)
        : json_(json), viewed_(viewed), personal_(personal) {}

    void below(const Field& record, const Value& value, const std::string& prefix) {
        for (const Field& field : record.fields) {
            const Value* found = value.find(field.name);
            if (found != nullptr && !found->is_null()) one(field, *found, prefix + field.name);
        }
    }

  private:
    void one(const Field& field, const Value& value, const std::string& path) {
        if (field.type == FieldType::record) return below(field, value, path + ".");
        if (field.type == FieldType::list && value.is(expr::Kind::list))
            return items(field, value, path);
        const bool masked = personal_ != expr::Personal::open && value.holds_personal();
        json_.begin_object();
        json_.member("path", path);
        json_.member("title", field.title.empty() ? both(path, path) : field.title);
        json_.member("text", masked ? both(std::string(masked_text), std::string(masked_text))
                                    : words_of_value(viewed_, field, value));
        json_.end_object();
    }

    void items(const Field& list, const Value& value, const std::string& path) {
        std::size_t index = 0;
        Field item = list.fields.front();
        if (item.title.empty()) item.title = list.title;
        for (const Value& one_of : value.items())
            one(item, one_of, fmt::format("{}[{}]", path, index++));
    }

    JsonWriter& json_;
    const Viewed& viewed_;
    expr::Personal personal_;
};

}  // namespace

void write_form_text(JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
    write_fields_text(json, viewed, "form_text", viewed.process.form, viewed.state.form.value,
                      personal);
}

void write_fields_text(JsonWriter& json, const Viewed& viewed, std::string_view name,
                       const Field& record, const Value& value, expr::Personal personal) {
    json.key(name);
    json.begin_array();
    Rows(json, viewed, personal).below(record, value, "");
    json.end_array();
}

void write_missing(JsonWriter& json, const Viewed& viewed) {
    const core::CaseState& state = viewed.state;
    json.key("missing");
    json.begin_array();
    if (state.status == core::CaseStatus::open)
        for (const std::string& id :
             core::missing_materials(viewed.process, state.form.value, state.materials)) {
            if (core::fetching_call(state, viewed.process, id) != nullptr) continue;
            json.begin_object();
            json.member("id", id);
            json.member("title", core::title_of_item(viewed.process, id));
            json.end_object();
        }
    json.end_array();
}

}  // namespace countersign::http
