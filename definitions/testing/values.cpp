// Records in tests as they were written: typed as the core would type them, and what is wrong with
// them told at its place.
#include "definitions/testing/reading.hpp"

#include <algorithm>
#include <charconv>

namespace countersign::definitions {

namespace {

constexpr std::size_t sha256_digits = 64;

expr::Value with_files(const model::Field& field, const expr::Value& value) {
    if (field.type == model::FieldType::file && value.is(expr::Kind::string))
        return expr::Value::record(
            {{"name", value},
             {"sha256", expr::Value::string(std::string(sha256_digits, '0'))}});
    if (field.type == model::FieldType::list && value.is(expr::Kind::list)) {
        std::vector<expr::Value> items;
        for (const expr::Value& item : value.items())
            items.push_back(with_files(field.fields.front(), item));
        return expr::Value::list(std::move(items));
    }
    if (field.type != model::FieldType::record || !value.is(expr::Kind::map)) return value;
    expr::Value whole = value;
    for (const model::Field& inner : field.fields)
        if (const expr::Value* found = value.find(inner.name))
            whole = whole.with(inner.name, with_files(inner, *found));
    return whole;
}

}  // namespace

expr::Value value_for(const model::Field& field, const Node& node) {
    return with_files(field, plain_value(node));
}

const model::Field* field_at(const model::Field& fields, std::string_view path) {
    const model::Field* at = &fields;
    while (!path.empty() && at != nullptr) {
        const std::size_t end = path.find('.');
        const std::string_view part = path.substr(0, end);
        const std::string_view name = part.substr(0, part.find('['));
        path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
        const auto found = std::find_if(at->fields.begin(), at->fields.end(),
                                        [&](const auto& field) { return field.name == name; });
        at = found == at->fields.end() ? nullptr : &*found;
        // The item of a list is its one field, without a name.
        if (at != nullptr && name != part && at->fields.size() == 1) at = &at->fields.front();
    }
    return at;
}

namespace {

/// Returns the node behind a path of conform()'s problems, or where it breaks off; `key` is then
/// the name that stands before it.
struct Reached {
    const Node* node;
    const Node* key = nullptr;
    bool whole = true;
};

Reached reach(const Node& root, std::string_view path) {
    Reached at{&root};
    while (!path.empty()) {
        if (path.front() == '.') path.remove_prefix(1);
        const bool index = !path.empty() && path.front() == '[';
        const std::size_t end = index ? path.find(']') : path.find_first_of(".[");
        const std::string_view name = index ? path.substr(1, end - 1) : path.substr(0, end);
        path =
            end == std::string_view::npos ? std::string_view() : path.substr(end + (index ? 1 : 0));
        if (index) {
            std::size_t number = 0;
            std::from_chars(name.data(), name.data() + name.size(), number);
            if (!at.node->is_sequence() || number >= at.node->items.size())
                return at.whole = false, at;
            at.node = &at.node->items[number];
            at.key = nullptr;
        } else {
            const yaml::Entry* entry = at.node->entry(name);
            if (entry == nullptr) return at.whole = false, at;
            at.node = &entry->value;
            at.key = &entry->key;
        }
    }
    return at;
}

/// What to do about a value that is missing, or has a name that is not known.
Text cure_of(const model::Problem& problem, const Reached& reached, const model::Field& fields,
             std::string_view code) {
    if (problem.code == "suspicious" && code == "CS5008")
        return format_both("add `accept_suspicious: {{ {}: the reason }}` beside `form`",
                           "在`form`旁加上`accept_suspicious: {{ {}: 理由 }}`", problem.path);
    if (problem.code == "suspicious" && code == "CS5010")
        return format_both("write another, or let the `operator` supply it with "
                           "`accept_suspicious: {{ {}: the reason }}`",
                           "换一个号码，或由`operator`补交并写明`accept_suspicious: {{ {}: 理由 }}`",
                           problem.path);
    if (!reached.whole) return format_both("add `{}`", "请补上`{}`", problem.path);
    // Where a name is near, the problem asks after it itself.
    if (problem.code != "unknown_field" || problem.message.en.ends_with('?')) return {};
    const std::size_t dot = problem.path.rfind('.');
    const bool is_top = dot == std::string::npos;
    const model::Field* around = field_at(fields, is_top ? "" : problem.path.substr(0, dot));
    if (around == nullptr) return {};
    std::vector<std::string> known;
    for (const model::Field& field : around->fields) known.push_back(field.name);
    return diagnostics::did_you_mean(problem.path.substr(is_top ? 0 : dot + 1), known);
}

}  // namespace

AcceptedNumbers read_accepted(const TestContext& context, const Node& node) {
    AcceptedNumbers accepted;
    if (!yaml::expect_mapping(node, context.found, ticked("accept_suspicious"))) return accepted;
    for (const yaml::Entry& entry : node.entries) {
        if (!is_form_path(context.process, entry.key.text)) {
            context.found.error(
                "CS5005", entry.key.span,
                format_both("`{}` is no field of the form", "`{}`不是申请表的字段", entry.key.text),
                Text{"write its path, such as `applicant.uscc`",
                     "应写字段路径，如`applicant.uscc`"});
            continue;
        }
        const auto reason = yaml::as_text(entry.value, context.found, ticked(entry.key.text));
        if (reason) accepted.emplace_back(entry.key.text, *reason);
    }
    return accepted;
}

void check_fields(const TestContext& context, const Node& node, const model::Field& fields,
                  std::string_view code, const Text& what, bool lenient,
                  const AcceptedNumbers& accepted) {
    const model::Conformed typed = model::conform(fields, value_for(fields, node));
    for (const model::Problem& problem : typed.problems) {
        const Reached reached = reach(node, problem.path);
        if (!reached.whole && lenient) continue;
        const bool is_accepted =
            problem.code == "suspicious" &&
            std::any_of(accepted.begin(), accepted.end(),
                        [&problem](const auto& one) { return one.first == problem.path; });
        if (is_accepted) continue;
        const bool at_key =
            reached.key != nullptr && (!reached.whole || problem.code == "unknown_field");
        const Span place = at_key ? reached.key->span
                           : reached.node == &node
                               ? Span{node.span.file, node.span.line, node.span.column,
                                      node.span.line, node.span.column + 1}
                               : reached.node->span;
        // Who fills in a form sees its titles; who writes a test needs the field's path.
        const bool is_named = problem.message.en.find(problem.path) != std::string::npos;
        context.found.error(code, place,
                            is_named ? format_both("{}: {}", "{}：{}", what, problem.message)
                                     : format_both("{}: {} (`{}`)", "{}：{}（`{}`）", what,
                                                   problem.message, problem.path),
                            cure_of(problem, reached, fields, code));
    }
}

namespace {

/// Leaves of a field only what holds of it whatever else the form says.
void forget_conditions(model::Field& field) {
    field.required_when.reset();
    for (model::Field& inner : field.fields) forget_conditions(inner);
}

/// The field at `path` alone, in records that hold nothing else.
model::Field alone(const model::Field& record, std::string_view path) {
    const std::size_t dot = path.find('.');
    model::Field only = record;
    std::erase_if(only.fields, [name = path.substr(0, dot)](const model::Field& field) {
        return field.name != name;
    });
    if (dot != std::string_view::npos)
        only.fields.front() = alone(only.fields.front(), path.substr(dot + 1));
    return only;
}

/// "a.b": value, as the mapping a: { b: value } that the form would have.
Node nested(const yaml::Entry& entry, std::string_view path) {
    const std::size_t dot = path.find('.');
    Node record;
    record.kind = yaml::NodeKind::mapping;
    record.span = entry.key.span;
    yaml::Entry member = entry;
    member.key.text = path.substr(0, dot);
    if (dot != std::string_view::npos) member.value = nested(entry, path.substr(dot + 1));
    record.entries.push_back(std::move(member));
    return record;
}

}  // namespace

void check_field(const TestContext& context, const yaml::Entry& entry,
                 const AcceptedNumbers& accepted) {
    const std::string& path = entry.key.text;
    model::Field only = alone(context.process.form, path);
    forget_conditions(only);
    check_fields(context, nested(entry, path), only, "CS5010",
                 format_both("`{}` would be refused", "`{}`将被退回", path), false, accepted);
}

}  // namespace countersign::definitions
