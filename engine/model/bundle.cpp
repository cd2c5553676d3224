// The parts of a bundle's form; see bundle.hpp.

#include "engine/model/bundle.hpp"

#include "engine/expr/evaluate.hpp"

#include <algorithm>
#include <string_view>

namespace countersign::model {

namespace {

using expr::Value;

/// Whether a condition over nothing but the form holds.
bool holds_for(const Expression& condition, const Value& form) {
    const expr::Evaluated value =
        expr::evaluate(condition.program, [&](std::uint32_t variable) -> std::optional<Value> {
            if (condition.refs[variable].root != VariableRoot::form) return std::nullopt;
            return form;
        });
    return value && value->is(expr::Kind::boolean) && value->as_boolean();
}

/// Returns the path in the merged form of what an item calls `path`; "" when the item's `with`
/// gives it, so that nobody can be asked for it.
std::string path_in_bundle(const BundleItem& item, std::string_view path) {
    for (const FieldSource& field : item.fields) {
        if (!path.starts_with(field.to)) continue;
        const std::string_view rest = path.substr(field.to.size());
        if (rest.empty() || rest.front() == '.' || rest.front() == '[')
            return field.from + std::string(rest);
    }
    // A record that is missing as a whole: it, or the first of what would be in it.
    for (const FieldSource& field : item.fields) {
        const std::string_view to = field.to;
        if (!to.starts_with(path) || to.size() <= path.size() || to[path.size()] != '.') continue;
        const std::string_view inner = to.substr(path.size());
        const std::string_view from = field.from;
        return std::string(from.ends_with(inner) ? from.substr(0, from.size() - inner.size())
                                                 : from);
    }
    return {};
}

void add_problems_of(const BundleItem& item, const Field& theirs, const Value& form,
                     std::vector<Problem>& problems) {
    for (Problem& problem : conform(theirs, form_of_item(item, form)).problems) {
        problem.path = path_in_bundle(item, problem.path);
        if (problem.path.empty()) continue;
        const bool known = std::any_of(problems.begin(), problems.end(), [&](const Problem& other) {
            return other.path == problem.path && other.code == problem.code;
        });
        if (!known) problems.push_back(std::move(problem));
    }
}

}  // namespace

const BundleItem* Bundle::item(StepIndex step) const {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const BundleItem& item) { return item.step == step; });
    return found == items.end() ? nullptr : &*found;
}

Value form_of_item(const BundleItem& item, const Value& form) {
    Value part = Value::record({});
    for (const FieldSource& field : item.fields)
        if (const Value* value = part_at(form, field.from); value != nullptr && !value->is_null())
            part = with_part_at(part, field.to, *value);
    return part;
}

bool is_wanted(const BundleItem& item, const Value& form) {
    return !item.wanted || holds_for(*item.wanted, form);
}

Conformed conform_application(const Process& process, const Value& given) {
    Conformed conformed = conform(process.form, given);
    const bool is_broken = std::any_of(
        conformed.problems.begin(), conformed.problems.end(),
        [](const Problem& one) { return one.code != "suspicious" && one.code != "missing"; });
    // What is wrong with a value has been said; the items look at values of the right type.
    if (!process.bundle || is_broken) return conformed;
    for (const BundleItem& item : process.bundle->items) {
        const auto* run = std::get_if<CallVerb>(&process.steps[item.step].verb);
        if (run == nullptr || !is_wanted(item, conformed.value)) continue;
        add_problems_of(item, process.operations[run->operation].input, conformed.value,
                        conformed.problems);
    }
    return conformed;
}

std::vector<std::string> required_materials(const Process& process, const Value& form) {
    std::vector<std::string> required;
    for (const Material& material : process.materials) {
        if (material.follow_step != none) continue;  // a need of its step, not of the case
        bool wanted = material.required ||
                      (material.required_when && holds_for(*material.required_when, form));
        if (!wanted && process.bundle)
            wanted = std::any_of(
                process.bundle->items.begin(), process.bundle->items.end(),
                [&](const BundleItem& item) {
                    return is_wanted(item, form) &&
                           std::any_of(
                               item.papers.begin(), item.papers.end(),
                               [&](const PaperWanted& paper) {
                                   return paper.id == material.id &&
                                          (paper.required || (paper.required_when &&
                                                              holds_for(*paper.required_when,
                                                                        form_of_item(item, form))));
                               });
                });
        if (wanted) required.push_back(material.id);
    }
    return required;
}

}  // namespace countersign::model
