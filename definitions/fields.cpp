// Reading of typed fields; see fields.hpp.

#include "definitions/fields.hpp"

#include "engine/base/limits.hpp"
#include "engine/model/pattern.hpp"

#include <algorithm>
#include <charconv>

namespace countersign::definitions {

using model::Field;
using model::FieldType;

namespace {

struct NamedType {
    const char* name;
    FieldType type;
};

constexpr NamedType types[] = {
    {"text", FieldType::text},         {"integer", FieldType::integer},
    {"number", FieldType::number},     {"boolean", FieldType::boolean},
    {"date", FieldType::date},         {"time", FieldType::time},
    {"choice", FieldType::choice},     {"choices", FieldType::choices},
    {"record", FieldType::record},     {"list", FieldType::list},
    {"file", FieldType::file},         {"money", FieldType::money},
    {"phone", FieldType::phone},       {"email", FieldType::email},
    {"uscc", FieldType::uscc},         {"citizen_id", FieldType::citizen_id},
    {"division", FieldType::division}, {"point", FieldType::point},
};

std::optional<FieldType> type_named(std::string_view name) {
    for (const NamedType& type : types) {
        if (name == type.name) return type.type;
    }
    return std::nullopt;
}

bool is_textual(FieldType type) {
    return type == FieldType::text || type == FieldType::phone || type == FieldType::email;
}

/// What stands beside `type`.
const std::vector<std::string> attributes = {"required",   "default", "title", "help", "unit",
                                             "personal",   "element", "min",   "max",  "pattern",
                                             "max_length", "of",      "fields"};

bool is_attribute(const std::string& key) {
    return std::find(attributes.begin(), attributes.end(), key) != attributes.end();
}

/// Whether what stands under a key is a field, and no attribute's value.
bool reads_as_field(const Node& value) {
    if (value.is_scalar()) {
        const std::string_view text = value.text;
        return type_named(text.substr(0, 8) == "list of " ? text.substr(8) : text).has_value();
    }
    return value.is_mapping() && value.find("en") == nullptr && value.find("zh") == nullptr;
}

bool has_bounds(FieldType type) {
    return is_textual(type) || type == FieldType::integer || type == FieldType::number ||
           type == FieldType::list || type == FieldType::choices || type == FieldType::money;
}

/// The walk over one mapping of fields.
/// What other tools call our types.
constexpr std::pair<std::string_view, std::string_view> other_types[] = {
    {"string", "text"},    {"str", "text"},     {"varchar", "text"},        {"textarea", "text"},
    {"int", "integer"},    {"long", "integer"}, {"float", "number"},        {"double", "number"},
    {"decimal", "number"}, {"bool", "boolean"}, {"checkbox", "boolean"},    {"select", "choice"},
    {"enum", "choice"},    {"radio", "choice"}, {"multiselect", "choices"}, {"array", "list"},
    {"object", "record"},  {"group", "record"}, {"datetime", "time"},       {"timestamp", "time"},
    {"currency", "money"}, {"amount", "money"}, {"upload", "file"},         {"tel", "phone"},
    {"mail", "email"},
};

class FieldReader {
  public:
    FieldReader(FieldsOf whose, Diagnostics& found, FieldSet& set)
        : whose_(whose), found_(found), set_(set) {}

    void read_record(const Node& node, Field& record, const std::string& prefix, const Text& what) {
        if (!yaml::expect_mapping(node, found_, what)) return;
        for (const auto& [key, value] : node.entries) {
            const auto name = read_id(key, found_, {"the field", "字段"}, false);
            if (!name) continue;
            record.fields.emplace_back();
            at_.push_back(record.fields.size() - 1);
            Field& field = record.fields.back();
            field.name = *name;
            read_field(value, key.span, field, prefix.empty() ? *name : prefix + "." + *name);
            at_.pop_back();
        }
    }

  private:
    void read_field(const Node& node, const Span& place, Field& field, const std::string& path) {
        field.required = whose_ == FieldsOf::operation;
        if (node.is_scalar()) {
            read_short(node, field);
        } else if (!node.is_mapping()) {
            found_.error("CS2011", node.is_null() ? place : node.span,
                         format_both("`{}` must be a field, but this is {}",
                                     "`{}`应为字段，但此处是{}", path, yaml::describe(node)),
                         format_both("write `{}: {{ type: text }}`", "请写成`{}: {{ type: text }}`",
                                     field.name));
        } else if (const Node* type = node.find("type")) {
            read_long(node, *type, field, path);
        } else if (const yaml::Entry* attribute = stray_attribute(node)) {
            set_.untyped.push_back(at_);
            report_stray(node, *attribute, field, path);
        } else {
            field.type = FieldType::record;
            read_record(node, field, path, ticked(path));
            return;
        }
        if (field.type != FieldType::record && !in_list_) set_.leaves.push_back({path, place});
    }

    /// Returns an entry that only makes sense beside a `type`, which the mapping lacks.
    static const yaml::Entry* stray_attribute(const Node& node) {
        const auto found =
            std::find_if(node.entries.begin(), node.entries.end(), [](const yaml::Entry& entry) {
                return is_attribute(entry.key.text) && !reads_as_field(entry.value);
            });
        return found == node.entries.end() ? nullptr : &*found;
    }

    void report_stray(const Node& node, const yaml::Entry& attribute, const Field& field,
                      const std::string& path) {
        for (const auto& [key, value] : node.entries) {
            if (is_attribute(key.text)) continue;
            if (value.is_mapping() && value.find("type") != nullptr) {
                found_.error("CS2011", attribute.key.span,
                             format_both("`{}` stands among the fields of `{}`",
                                         "`{}`混在`{}`的字段之中", attribute.key.text, path),
                             format_both("write `{}: {{ type: record, {}: …, fields: {{ … }} }}`",
                                         "请写成`{}: {{ type: record, {}: …, fields: {{ … }} }}`",
                                         field.name, attribute.key.text));
                return;
            }
            if (diagnostics::nearest(key.text, {"type"}).empty()) continue;
            found_.error("CS2011", key.span,
                         format_both("the field `{}` has no `type`", "字段`{}`没有`type`", path),
                         diagnostics::did_you_mean(key.text, {"type"}));
            return;
        }
        found_.error("CS2011", node.entries.front().key.span,
                     format_both("the field `{}` has no `type`", "字段`{}`没有`type`", path),
                     {"add `type: text` or another type", "请补上`type: text`或别的类型"});
    }

    /// `name: text`, `name: list of text`.
    void read_short(const Node& node, Field& field) {
        std::string_view text = node.text;
        Field* target = &field;
        if (text.substr(0, 8) == "list of ") {
            text.remove_prefix(8);
            field.type = FieldType::list;
            field.fields.emplace_back();
            target = &field.fields.back();
            target->required = true;
        }
        const auto type = type_named(text);
        if (!type || *type == FieldType::record || *type == FieldType::list ||
            *type == FieldType::choice || *type == FieldType::choices) {
            refuse_type(node, text);
            set_.untyped.push_back(at_);
            return;
        }
        target->type = *type;
    }

    void read_pattern(const Node& node, Field& field) {
        field.pattern = yaml::as_text(node, found_, ticked("pattern")).value_or("");
        if (field.pattern.empty()) return;
        const auto problem = model::pattern_problem(field.pattern);
        if (!problem) return;
        found_.error(
            "CS2012", node.span,
            format_both("this pattern cannot be read: {}", "这个模式无法识别：{}", *problem),
            {"write a regular expression of RE2 such as `[0-9]{6}`; a sign that stands for "
             "itself has a backslash before it",
             "请写RE2正则表达式，如`[0-9]{6}`；表示自身的符号前加反斜杠"});
        field.pattern.clear();
    }

    void refuse_type(const Node& node, std::string_view text) {
        std::vector<std::string> names;
        for (const NamedType& type : types) names.emplace_back(type.name);
        const auto known = type_named(text);
        if (!known) {
            const auto* ours = std::find_if(std::begin(other_types), std::end(other_types),
                                            [&](const auto& pair) { return pair.first == text; });
            if (ours == std::end(other_types)) ours = nullptr;
            found_.error("CS2011", node.span,
                         format_both("there is no type `{}`", "没有类型`{}`", text),
                         ours == nullptr ? diagnostics::did_you_mean(text, names)
                                         : format_both("write `{}`", "请写`{}`", ours->second));
            return;
        }
        const char* rest = *known == FieldType::record ? "fields: {…}" : "of: …";
        found_.error(
            "CS2011", node.span,
            format_both("the type `{}` needs more than its name", "类型`{}`不能只写名称", text),
            format_both("write `{{ type: {}, {} }}`", "请写成`{{ type: {}, {} }}`", text, rest));
    }

    void read_long(const Node& node, const Node& type, Field& field, const std::string& path) {
        if (type.is_mapping()) {
            found_.error(
                "CS2011", type.span,
                {"a mapping with a key `type` is a field, so a field cannot be named `type` here",
                 "带有键`type`的就是一个字段，因此这里的字段不能叫`type`"},
                format_both("write `{}: {{ type: record, fields: {{ type: … }} }}`",
                            "请写成`{}: {{ type: record, fields: {{ type: … }} }}`", field.name));
            set_.untyped.push_back(at_);
            return;
        }
        const auto known = type.is_scalar() ? type_named(type.text) : std::nullopt;
        yaml::Keys keys(node, found_, format_both("field `{}`", "字段`{}`", path), "field");
        keys.also("type");
        if (!known) {
            refuse_type(type, type.text);
            set_.untyped.push_back(at_);
        } else {
            field.type = *known;
        }
        read_requirement(keys, field, path);
        field.title = read_title(keys.optional("title"), found_,
                                 format_both("the title of `{}`", "`{}`的标题", path));
        field.help = read_title(keys.optional("help"), found_,
                                format_both("the help of `{}`", "`{}`的说明", path));
        if (const Node* unit = keys.optional("unit")) {
            field.unit = yaml::as_text(*unit, found_, ticked("unit")).value_or("");
        }
        if (const Node* personal = keys.optional("personal")) {
            field.personal =
                yaml::as_boolean(*personal, found_, ticked("personal")).value_or(false);
        }
        if (const Node* element = keys.optional("element")) {
            field.element = yaml::as_text(*element, found_, ticked("element")).value_or("");
        }
        if (known) {
            read_bounds(keys, field, path);
            read_parts(keys, node, field, path);
            if (const Node* value = keys.optional("default")) read_default(*value, field, path);
        } else {
            // Whether they go with the type that was meant is not known.
            for (const std::string& attribute : attributes) keys.also(attribute);
        }
        refuse_unavailable(keys, node, found_, {"prefill"});
        keys.finish();
    }

    void read_requirement(yaml::Keys& keys, Field& field, const std::string& path) {
        const Node* node = keys.optional("required");
        if (node == nullptr) return;
        if (node->is_scalar() && node->is_plain() &&
            (node->text == "true" || node->text == "false")) {
            field.required = node->text == "true";
            return;
        }
        if (whose_ == FieldsOf::operation || in_list_) {
            found_.error("CS2012", node->span,
                         format_both("`required` of `{}` must be `true` or `false` here",
                                     "此处`{}`的`required`应为`true`或`false`", path),
                         {"only fields of the application form may be required by a condition",
                          "只有申请表单的字段才能按条件必填"});
            return;
        }
        field.required = false;
        set_.conditions.push_back({at_, node});
    }

    void refuse_attribute(const Node& node, std::string_view key, const Field& field) {
        std::string_view type;
        for (const NamedType& known : types) {
            if (known.type == field.type) type = known.name;
        }
        found_.error(
            "CS2012", node.span,
            format_both("`{}` does not go with the type `{}`", "`{}`不能用于类型`{}`", key, type),
            {"leave it out", "请去掉"});
    }

    void read_bounds(yaml::Keys& keys, Field& field, const std::string& path) {
        for (const char* key : {"min", "max"}) {
            const Node* node = keys.optional(key);
            if (node == nullptr) continue;
            if (!has_bounds(field.type)) {
                refuse_attribute(*node, key, field);
            } else if (const auto bound = yaml::as_number(*node, found_, ticked(key))) {
                (key == std::string_view("min") ? field.min : field.max) = *bound;
            }
        }
        if (field.min && field.max && *field.min > *field.max) {
            found_.error(
                "CS2012", keys.optional("min")->span,
                format_both("`min` of `{}` is above its `max`", "`{}`的`min`大于`max`", path),
                {"write the smaller number as `min`", "`min`请写较小的数"});
        }
        if (const Node* node = keys.optional("pattern")) {
            if (!is_textual(field.type))
                refuse_attribute(*node, "pattern", field);
            else
                read_pattern(*node, field);
        }
        if (const Node* node = keys.optional("max_length")) {
            if (!is_textual(field.type)) {
                refuse_attribute(*node, "max_length", field);
            } else if (const auto length =
                           read_count(*node, found_, ticked("max_length"), 1,
                                      static_cast<std::int64_t>(limits::form_bytes_max))) {
                field.max_length = static_cast<std::uint32_t>(*length);
            }
        }
    }

    /// `of` and `fields`: what choices, lists and records are made of.
    void read_parts(yaml::Keys& keys, const Node& node, Field& field, const std::string& path) {
        const bool needs_of = field.type == FieldType::choice || field.type == FieldType::choices ||
                              field.type == FieldType::list;
        const Node* of = needs_of ? keys.required("of") : keys.optional("of");
        const Node* fields =
            field.type == FieldType::record ? keys.required("fields") : keys.optional("fields");
        if (fields != nullptr && field.type == FieldType::record) {
            read_record(*fields, field, path, ticked("fields"));
        } else if (fields != nullptr) {
            refuse_attribute(node.entry("fields")->key, "fields", field);
        }
        if (of == nullptr) return;
        if (!needs_of)
            refuse_attribute(node.entry("of")->key, "of", field);
        else if (field.type == FieldType::list)
            read_items(*of, field, path);
        else
            read_choices(*of, field, path);
    }

    void read_items(const Node& of, Field& field, const std::string& path) {
        field.fields.emplace_back();
        at_.push_back(0);
        const bool was_in_list = in_list_;
        in_list_ = true;
        read_field(of, of.span, field.fields.back(), path + "[]");
        field.fields.back().required = true;
        in_list_ = was_in_list;
        at_.pop_back();
    }

    void read_choices(const Node& of, Field& field, const std::string& path) {
        if (of.is_mapping() && of.find("contract") != nullptr && of.find("as") != nullptr) {
            read_departments(of, field, path);
        } else if (of.is_mapping()) {
            for (const auto& [key, value] : of.entries) {
                field.choices.push_back(
                    {key.text, read_title(&value, found_,
                                          format_both("the choice `{}`", "选项`{}`", key.text))});
            }
        } else if (yaml::expect_sequence(of, found_, ticked("of"))) {
            for (const Node& item : of.items) {
                if (const auto value = yaml::as_text(item, found_, {"a choice", "选项"}))
                    field.choices.push_back({*value, {}});
            }
        }
        for (std::size_t i = 0; i < field.choices.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (field.choices[i].value != field.choices[j].value) continue;
                found_.error("CS2003", of.span,
                             format_both("the choice `{}` stands twice", "选项`{}`出现了两次",
                                         field.choices[i].value),
                             {"keep one of them", "请只保留一个"});
            }
        }
        if (field.choices.empty())
            found_.error("CS2012", of.span,
                         format_both("`{}` has no choices", "`{}`没有选项", path),
                         {"write `of: [a, b]`", "请写成`of: [a, b]`"});
    }

    /// `{ department: grid, title: … }`: reads the title and returns the department's place.
    const Node* titled_department(const Node& node, const std::string& choice, Text& title) {
        yaml::Keys keys(node, found_, format_both("the choice `{}`", "选项`{}`", choice));
        const Node* department = keys.required("department");
        title = read_title(keys.optional("title"), found_,
                           format_both("the choice `{}`", "选项`{}`", choice));
        keys.finish();
        return department;
    }

    void read_departments(const Node& of, Field& field, const std::string& path) {
        yaml::Keys keys(of, found_, ticked("of"));
        const Node* contract_node = keys.required("contract");
        const Node* as_node = keys.required("as");
        keys.finish();
        if (contract_node == nullptr || as_node == nullptr) return;
        const auto contract = yaml::as_text(*contract_node, found_, ticked("contract"));
        const Node& as = *as_node;
        if (!contract || !yaml::expect_mapping(as, found_, ticked("as"))) return;
        DepartmentChoice choice{path, *contract, {}, of.find("contract")->span, {}};
        for (const auto& [key, value] : as.entries) {
            Text title;
            const Node* at = &value;
            if (value.is_mapping()) at = titled_department(value, key.text, title);
            if (at == nullptr) continue;
            const auto department = yaml::as_text(*at, found_, {"the department", "部门"});
            if (!department) continue;
            field.choices.push_back({key.text, std::move(title)});
            choice.members.push_back({key.text, *department});
            choice.member_places.push_back(at->span);
        }
        if (whose_ == FieldsOf::operation || in_list_) {
            found_.error("CS2012", of.span,
                         {"only a field of the application form may stand for departments",
                          "只有申请表单的字段才能代表部门"},
                         {"write `of: [a, b]`", "请写成`of: [a, b]`"});
            return;
        }
        set_.departments.push_back(std::move(choice));
    }

    void read_default(const Node& node, Field& field, const std::string& path) {
        if (in_list_) {
            found_.error("CS2012", node.span,
                         {"items of a list have no default", "列表的各项没有默认值"},
                         {"leave it out", "请去掉"});
            return;
        }
        field.default_value = constant_for(
            field, node, found_, format_both("the default of `{}`", "`{}`的默认值", path));
    }

    FieldsOf whose_;
    Diagnostics& found_;
    FieldSet& set_;
    std::vector<std::size_t> at_;
    bool in_list_ = false;
};

}  // namespace

FieldSet read_fields(const Node& node, FieldsOf whose, Diagnostics& found, const Text& what) {
    FieldSet set;
    set.root.type = FieldType::record;
    set.root.required = true;
    FieldReader(whose, found, set).read_record(node, set.root, "", what);
    return set;
}

expr::Value plain_value(const Node& node) {
    switch (node.kind) {
        case yaml::NodeKind::null:
            return {};
        case yaml::NodeKind::sequence: {
            std::vector<expr::Value> items;
            for (const Node& item : node.items) items.push_back(plain_value(item));
            return expr::Value::list(std::move(items));
        }
        case yaml::NodeKind::mapping: {
            std::vector<std::pair<std::string, expr::Value>> fields;
            for (const auto& [key, value] : node.entries)
                fields.emplace_back(key.text, plain_value(value));
            return expr::Value::record(std::move(fields));
        }
        case yaml::NodeKind::scalar:
            break;
    }
    switch (node.type()) {
        case yaml::ScalarType::boolean:
            return expr::Value::boolean(node.text == "true");
        case yaml::ScalarType::integer: {
            std::int64_t number = 0;
            const char* last = node.text.data() + node.text.size();
            const char* first = node.text.data() + (node.text.front() == '+' ? 1 : 0);
            if (std::from_chars(first, last, number).ptr == last)
                return expr::Value::integer(number);
            return expr::Value::string(node.text);
        }
        case yaml::ScalarType::real:
            return expr::Value::real(std::strtod(node.text.c_str(), nullptr));
        case yaml::ScalarType::text:
            break;
    }
    return expr::Value::string(node.text);
}

std::optional<expr::Value> constant_for(const Field& field, const Node& node, Diagnostics& found,
                                        const Text& what) {
    Field root;
    root.type = FieldType::record;
    root.fields.push_back(field);
    Field& only = root.fields.back();
    if (only.name.empty()) only.name = "value";
    only.required_when.reset();
    only.default_value.reset();
    const auto given = expr::Value::record({{only.name, plain_value(node)}});
    const model::Conformed typed = model::conform(root, given);
    if (typed.problems.empty()) {
        if (const expr::Value* value = typed.value.find(only.name)) return *value;
        return expr::Value();
    }
    const bool unquoted = is_textual(field.type) && node.is_scalar() && node.is_plain() &&
                          node.type() != yaml::ScalarType::text;
    found.error(
        "CS2013", node.span,
        format_both("{} does not fit: {}", "{}不符：{}", what, typed.problems.front().message),
        unquoted ? format_both("put it in quotes: `\"{}\"`", "请加引号：`\"{}\"`", node.text)
                 : Text{"write a value of that type; an expression begins with `=`",
                        "请写该类型的值；表达式以`=`开头"});
    return std::nullopt;
}

}  // namespace countersign::definitions
