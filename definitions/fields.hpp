#pragma once
// Typed fields as documents write them: the application form, forms of tasks, and the inputs and
// outputs of operations.

#include "definitions/reading.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace countersign::definitions {

/// A `choices` field that stands for departments: `of: {contract, as}`.
struct DepartmentChoice {
    std::string path;  ///< "services", "site.services"
    std::string contract;
    std::vector<model::Member> members;
    Span place;  ///< of the `of`
    std::vector<Span> member_places;
};

/// A condition of a field that can be compiled once the whole form is known.
struct FieldCondition {
    std::vector<std::size_t> at;  ///< indexes from the root down
    const Node* node = nullptr;   ///< into the document
};

/// A field of a form that holds a value of its own, with its place.
struct FieldPlace {
    std::string path;
    Span place;
};

struct FieldSet {
    model::Field root;  ///< a record
    std::vector<DepartmentChoice> departments;
    std::vector<FieldCondition> conditions;
    std::vector<FieldPlace> leaves;
    std::vector<std::vector<std::size_t>> untyped;  ///< fields whose type is wrong, as `at` above
};

/// Whose fields they are: a form's are optional unless they say `required`; what an operation
/// names is required unless it says `required: false`.
enum class FieldsOf { form, operation };

/// Reads a mapping of fields. The defaults are checked against their types.
FieldSet read_fields(const Node& node, FieldsOf whose, Diagnostics& found, const Text& what);

/// Types a literal for `field`; nothing after adding CS2013 when it does not fit.
std::optional<expr::Value> constant_for(const model::Field& field, const Node& node,
                                        Diagnostics& found, const Text& what);

/// Returns a literal as the value that it looks like: text, integer, number, boolean, list, record.
expr::Value plain_value(const Node& node);

}  // namespace countersign::definitions
