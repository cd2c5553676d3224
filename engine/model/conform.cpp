// Checks a filled-in form against its fields and types it: one walk over the fields, then the
// conditions, which may look at the whole typed form.

#include "engine/base/limits.hpp"
#include "engine/expr/evaluate.hpp"
#include "engine/model/form.hpp"
#include "engine/model/messages.hpp"
#include "engine/model/scalar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace countersign::model {

namespace {

using expr::Kind;
using expr::Value;

/// Whether a value says nothing: browsers send empty texts for fields left alone.
bool is_absent(const Value& value) {
    if (value.is(Kind::optional)) return value.held() == nullptr || is_absent(*value.held());
    return value.is_null() || (value.is(Kind::string) && value.as_string().empty());
}

const Value& unwrapped(const Value& value) {
    return value.is(Kind::optional) ? unwrapped(*value.held()) : value;
}

bool is_suspicion(const Problem& problem) { return problem.code == "suspicious"; }

class Conforming {
  public:
    explicit Conforming(bool strict_unknown) : strict_unknown_(strict_unknown) {}

    Conformed run(const Field& root, const Value& given) {
        const Complaints complaints(problems_, "", label_of(root, ""));
        Value value = Value::record({});
        if (is_absent(given) || unwrapped(given).is(Kind::map)) {
            value = record(root, is_absent(given) ? value : unwrapped(given), "");
        } else {
            Complaints(complaints)
                .add("not_a_record", "must be a record of fields", "应为由字段组成的记录");
        }
        const bool is_whole = nothing_stops();
        for (const Conditional& conditional : conditionals_)
            check_condition(conditional, value, is_whole);
        if (nothing_stops() && encode(value).size() > limits::form_bytes_max)
            Complaints(complaints)
                .add("too_large",
                     fmt::format("is larger than {} KiB", limits::form_bytes_max >> 10),
                     fmt::format("超过 {} KiB", limits::form_bytes_max >> 10));
        return {std::move(value), std::move(problems_)};
    }

  private:
    /// A suspicious number may still be accepted, so it hides no other mistake.
    bool nothing_stops() const {
        return std::all_of(problems_.begin(), problems_.end(), is_suspicion);
    }

    /// A field that is absent and that a condition may require.
    struct Conditional {
        const Field* field;
        std::string path;
    };

    static std::string joined(const std::string& path, std::string_view name) {
        return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
    }

    Value record(const Field& field, const Value& given, const std::string& path) {
        std::vector<std::pair<std::string, Value>> members;
        for (const Field& member : field.fields) {
            const Value* value = given.find(member.name);
            if (auto typed = this->member(member, value, joined(path, member.name)))
                members.emplace_back(member.name, std::move(*typed));
        }
        if (strict_unknown_) refuse_unknown(field, given, path);
        Value typed = Value::record(std::move(members));
        return field.personal ? typed.marked_personal() : typed;
    }

    void refuse_unknown(const Field& field, const Value& given, const std::string& path) {
        std::vector<std::string_view> known;
        for (const Field& member : field.fields) known.push_back(member.name);
        for (const auto& [key, value] : given.entries()) {
            const std::string name = key.is(Kind::string) ? key.as_string() : key.dump_text();
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            const std::string near = nearest_name(name, known);
            Complaints complaints(problems_, joined(path, name),
                                  label_of(Field{}, joined(path, name)));
            if (near.empty())
                complaints.add("unknown_field", "is not a field of this form", "不是本表单的字段");
            else
                complaints.add("unknown_field",
                               fmt::format("is not a field of this form; did you mean `{}`?", near),
                               fmt::format("不是本表单的字段，是否为“{}”？", near));
        }
    }

    /// Returns the typed value of a record's member, or nothing when it is absent or wrong.
    std::optional<Value> member(const Field& field, const Value* given, const std::string& path) {
        const bool is_given = given != nullptr && !is_absent(*given);
        if (!is_given && field.default_value)
            return value(field, *field.default_value, path, label_of(field, path));
        if (!is_given && field.type == FieldType::record) return absent_record(field, path);
        if (!is_given) {
            report_absent(field, path);
            return std::nullopt;
        }
        const Value& present = unwrapped(*given);
        // An empty list has no items to miss, yet whoever requires a list wants some.
        const bool is_empty_list = present.is(Kind::list) && present.items().empty();
        if (is_empty_list && !(field.min.value_or(0) > 0)) report_absent(field, path);
        return value(field, present, path, label_of(field, path));
    }

    void report_absent(const Field& field, const std::string& path) {
        if (field.required_when)
            conditionals_.push_back({&field, path});
        else if (field.required)
            missing(field, path);
    }

    void missing(const Field& field, const std::string& path) {
        Complaints(problems_, path, label_of(field, path))
            .add("missing", "is required", "为必填项");
    }

    /// A record left out is as good as one without members: their defaults and demands still count.
    std::optional<Value> absent_record(const Field& field, const std::string& path) {
        const std::size_t before = problems_.size();
        Value typed = record(field, Value::record({}), path);
        if (typed.size() > 0) return typed;
        if (problems_.size() == before) report_absent(field, path);
        return std::nullopt;
    }

    /// Types a value that is present.
    std::optional<Value> value(const Field& field, const Value& given, const std::string& path,
                               const Text& label) {
        Complaints complaints(problems_, path, label);
        if (given.is(Kind::erased)) return given;
        if (field.type == FieldType::list) return list(field, given, complaints);
        if (field.type == FieldType::record) {
            if (given.is(Kind::map)) return record(field, given, path);
            complaints.add("not_a_record", "must be a record of fields", "应为由字段组成的记录");
            return std::nullopt;
        }
        auto typed = conform_scalar(field, given, complaints);
        if (typed && field.personal) return typed->marked_personal();
        return typed;
    }

    std::optional<Value> list(const Field& field, const Value& given, Complaints& complaints) {
        if (!given.is(Kind::list)) {
            complaints.add("not_a_list", "must be a list", "应为列表");
            return std::nullopt;
        }
        check_count(field, given.items().size(), complaints);
        if (field.fields.empty()) return given;
        const Field& item_field = field.fields.front();
        std::vector<Value> items;
        for (std::size_t i = 0; i < given.items().size(); ++i) {
            const std::string path = fmt::format("{}[{}]", complaints.path(), i);
            const Text label = label_of_item(complaints.label(), i);
            const Value& item = given.items()[i];
            if (is_absent(item)) {
                Complaints(problems_, path, label).add("missing", "is empty", "为空");
            } else if (auto typed = value(item_field, unwrapped(item), path, label)) {
                items.push_back(std::move(*typed));
            }
        }
        Value typed = Value::list(std::move(items));
        return field.personal ? typed.marked_personal() : typed;
    }

    /// With other problems the form is not whole, and a condition that cannot be told is left to
    /// the next attempt.
    void check_condition(const Conditional& conditional, const Value& form, bool is_whole) {
        const Expression& condition = *conditional.field->required_when;
        const auto lookup = [&](std::uint32_t index) -> std::optional<Value> {
            const bool is_form =
                index < condition.refs.size() && condition.refs[index].root == VariableRoot::form;
            if (!is_form) return std::nullopt;
            const Value* found = &form;
            const auto& names = condition.program.variables[index].path;
            for (std::size_t i = 1; i < names.size() && found != nullptr; ++i)
                found = found->find(names[i]);
            return found == nullptr ? std::nullopt : std::optional(*found);
        };
        const expr::Evaluated required = expr::evaluate(condition.program, lookup);
        if (required && required->is(Kind::boolean)) {
            if (required->as_boolean()) missing(*conditional.field, conditional.path);
            return;
        }
        if (!is_whole) return;
        const std::string why = required ? "it is not true or false" : required.error().message;
        Complaints(problems_, conditional.path, label_of(*conditional.field, conditional.path))
            .add("undecidable", "may be required, but its condition cannot be told: " + why,
                 "是否必填无法判定：" + why);
    }

    bool strict_unknown_;
    std::vector<Problem> problems_;
    std::vector<Conditional> conditionals_;
};

/// Takes "name" or "[3]" and the dot behind it from the front of a path.
std::string_view next_part(std::string_view& path) {
    const bool is_item = path.starts_with('[');
    std::size_t end = is_item ? path.find(']') : path.find_first_of(".[");
    if (end == std::string_view::npos) end = path.size();
    const std::string_view part = path.substr(is_item ? 1 : 0, is_item ? end - 1 : end);
    path.remove_prefix(std::min(path.size(), is_item ? end + 1 : end));
    if (path.starts_with('.')) path.remove_prefix(1);
    return part;
}

}  // namespace

const Value* part_at(const Value& form, std::string_view path) {
    const Value* at = &form;
    while (at != nullptr && !path.empty()) {
        const std::string_view part = next_part(path);
        if (at->is(Kind::list)) {
            std::size_t index = 0;
            const auto [stop, error] =
                std::from_chars(part.data(), part.data() + part.size(), index);
            const bool is_index = error == std::errc() && stop == part.data() + part.size();
            at = is_index && index < at->items().size() ? &at->items()[index] : nullptr;
        } else {
            at = at->is(Kind::map) ? at->find(part) : nullptr;
        }
    }
    return at;
}

Value with_part_at(const Value& record, std::string_view path, const Value& value) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    if (dot == std::string_view::npos) return record.with(name, value);
    const Value* inner = record.find(name);
    return record.with(name, with_part_at(inner != nullptr ? *inner : Value::record({}),
                                          path.substr(dot + 1), value));
}

Conformed conform(const Field& root, const Value& given, bool strict_unknown) {
    return Conforming(strict_unknown).run(root, given);
}

}  // namespace countersign::model
