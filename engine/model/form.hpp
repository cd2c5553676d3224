#pragma once
// Typed fields: of application forms, of operations' inputs and outputs, of tasks' forms.

#include "engine/base/archive.hpp"
#include "engine/base/text.hpp"
#include "engine/expr/program.hpp"
#include "engine/expr/type.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace countersign::model {

/// What a variable of an expression refers to, resolved by the compiler.
enum class VariableRoot : std::uint8_t {
    form = 0,       ///< the whole form version
    material = 1,   ///< materials.ID → {present, count}; `index` into Process::materials
    step = 2,       ///< steps.ID; `index` is the step, looked up from the instance outwards
    case_fact = 3,  ///< case.NAME; `index` is a CaseFact
    now = 4,        ///< the command's time
    bound = 5,      ///< a name bound by `each`; `index` is the step whose `each` binds it
    own_result = 6, ///< `result` of the step itself (in documents and texts of its moves)
    bound_key = 7,  ///< the key of the item bound by `index`
};

enum class CaseFact : std::uint32_t {
    id = 0,
    opened = 1,
    due = 2,
    overdue = 3,
    round = 4,
    clocks = 5
};

struct VariableRef {
    VariableRoot root = VariableRoot::form;
    std::uint32_t index = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("root", root) & make_field("index", index);
    }
};

/// A program and what each of its variables refers to (refs[i] belongs to program.variables[i]).
struct Expression {
    expr::Program program;
    std::vector<VariableRef> refs;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("program", program) & make_field("refs", refs);
    }
};

/// Types of fields. The numbers are stored: never reused. language.md, "Form".
enum class FieldType : std::uint8_t {
    text = 0, integer = 1, number = 2, boolean = 3, time = 4, choice = 5, choices = 6, record = 7,
    list = 8, date = 9, file = 10, money = 11, phone = 12, email = 13, uscc = 14, citizen_id = 15,
    division = 16, point = 17,
};

struct Choice {
    std::string value;
    Text title;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("value", value) & make_field("title", title);
    }
};

/// One field. `fields` are a record's fields, or the one item field of a list.
struct Field {
    std::string name;  ///< empty for the root record and for a list's item
    FieldType type = FieldType::text;
    bool required = false;
    std::optional<Expression> required_when;  ///< over `form`; true makes it required
    std::optional<expr::Value> default_value;
    std::optional<double> min;   ///< number: value; list, choices: count; text: length
    std::optional<double> max;
    std::string pattern;         ///< RE2, whole value; empty = any
    std::uint32_t max_length = 0;///< characters; 0 = limits only
    std::string unit;
    Text title;
    Text help;
    bool personal = false;
    std::string element;         ///< shared data element
    std::vector<Choice> choices; ///< of choice and choices
    std::vector<Field> fields;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("name", name) & make_field("type", type) & make_field("required", required) &
            make_field("required_when", required_when) &
            make_field("default_value", default_value) & make_field("min", min) &
            make_field("max", max) & make_field("pattern", pattern) &
            make_field("max_length", max_length) & make_field("unit", unit) &
            make_field("title", title) & make_field("help", help) &
            make_field("personal", personal) & make_field("element", element) &
            make_field("choices", choices) & make_field("fields", fields);
    }
};

/// Returns the expression type of a field's value: text → string, number → real, time → timestamp,
/// choices → list(string), record → record (a member is optional unless it is `required` without
/// condition or has a default; a record with only optional members is itself optional).
expr::Type type_of(const Field& field);

/// One mistake in a filled-in form, input or result. `path` such as "site.address" or
/// "rooms[2].area".
struct Problem {
    std::string path;
    std::string code;  ///< "missing", "not_a_number", "too_small", "too_long", "unknown_choice" …
    Text message;      ///< in both languages, naming the field by its title where it has one
    bool operator==(const Problem&) const = default;
};

/// What conform() yields: the typed value, and all problems at once. Use the value only when
/// there are none.
struct Conformed {
    expr::Value value;
    std::vector<Problem> problems;
};

/// Checks `given` (as JSON gives it: a record) against the fields of `root` and types it: times
/// from RFC 3339 text become timestamps, integers where numbers are wanted become reals, defaults
/// are filled in, personal scalars are marked, empty texts count as absent, members that no field
/// names are problems ("unknown_field", with the nearest name). `required_when` is evaluated over
/// the typed form. With `strict_unknown` false, unknown members are dropped (a department's answer
/// may say more). Pure; any thread.
Conformed conform(const Field& root, const expr::Value& given, bool strict_unknown = true);

/// Returns the part of a form at a problem's path ("site.address", "rooms[2].area"), or null.
const expr::Value* part_at(const expr::Value& form, std::string_view path);

/// Returns the record with a value at a path of names ("site.address"); what is missing on the way
/// is made.
expr::Value with_part_at(const expr::Value& record, std::string_view path,
                         const expr::Value& value);

}  // namespace countersign::model
