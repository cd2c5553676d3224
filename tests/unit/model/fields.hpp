#pragma once
// Fields, conditions and lists of problems for the tests of the model.

#include "engine/model/form.hpp"

#include <string>
#include <utility>
#include <vector>

namespace countersign::model {

inline Field field(std::string name, FieldType type) {
    Field made;
    made.name = std::move(name);
    made.type = type;
    return made;
}

inline Field required(Field made) {
    made.required = true;
    return made;
}

inline Field record(std::string name, std::vector<Field> fields) {
    Field made = field(std::move(name), FieldType::record);
    made.fields = std::move(fields);
    return made;
}

inline Field list(std::string name, Field item) {
    Field made = field(std::move(name), FieldType::list);
    made.fields.push_back(std::move(item));
    return made;
}

inline Field choices(std::string name, FieldType type, const std::vector<std::string>& values) {
    Field made = field(std::move(name), type);
    for (const std::string& value : values) made.choices.push_back({value, {}});
    return made;
}

/// The program of `has(form.NAME)`.
inline Expression has_in_form(const std::string& name) {
    Expression made;
    made.program.text = "has(form." + name + ")";
    made.program.variables.push_back({{"form"}});
    made.program.names.push_back(name);
    made.program.nodes.push_back({expr::Operation::variable, 0, 0, 0, 4});
    made.program.nodes.push_back({expr::Operation::has, 0, 0, 1, 0});
    made.program.children.push_back(0);
    made.refs.push_back({VariableRoot::form, 0});
    return made;
}

/// Returns "path code" of each problem, in order.
inline std::vector<std::string> told(const Conformed& conformed) {
    std::vector<std::string> list;
    for (const Problem& problem : conformed.problems)
        list.push_back(problem.path + " " + problem.code);
    return list;
}

}  // namespace countersign::model
