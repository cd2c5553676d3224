// `from` of a material; see fetch.hpp.

#include "definitions/fetch.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

using model::Field;
using model::FieldType;

/// Returns the mapping that stands for the step in the text: what `from` says, under `call`.
const Node* node_of_fetch(Draft& draft, const Node& from, const std::string& material) {
    Node node;
    node.kind = yaml::NodeKind::mapping;
    node.span = from.span;
    node.begin = from.begin;
    node.end = from.end;
    if (from.is_mapping()) {
        yaml::Keys keys(from, draft.found,
                        format_both("`from` of material `{}`", "材料`{}`的`from`", material),
                        "from");
        if (keys.required("call") == nullptr) return nullptr;
        for (const char* key : {"with", "limit", "silence", "legal_basis"}) keys.optional(key);
        keys.finish();
        node.entries = from.entries;
    } else {
        Node key = from;
        key.kind = yaml::NodeKind::scalar;
        key.text = "call";
        node.entries.push_back({std::move(key), from});
    }
    return &draft.made.emplace_back(std::move(node));
}

void add_fetch(Draft& draft, model::Material& material, const Node& from) {
    const Node* node = node_of_fetch(draft, from, material.id);
    if (node == nullptr) return;
    const auto step = static_cast<StepIndex>(draft.process.steps.size());
    model::Step made;
    made.id = "materials." + material.id;
    made.title = material.title;
    made.scope = 0;
    draft.process.steps.push_back(std::move(made));
    draft.process.scopes[0].steps.push_back(step);
    material.fetch_step = step;
    StepDraft text;
    text.node = node;
    text.place = from.span;
    text.verb = VerbKind::call;
    text.verb_node = part(*node, "call");
    if (text.verb_node == nullptr) text.verb = VerbKind::broken;
    draft.steps.push_back(text);
}

/// Where fields of a name stand in the form, by the deepest names.
void collect(const Field& record, const std::string& path, const Field& wanted, bool by_element,
             std::vector<std::string>& found) {
    for (const Field& field : record.fields) {
        const std::string at = path.empty() ? field.name : path + "." + field.name;
        if (field.type == FieldType::record)
            collect(field, at, wanted, by_element, found);
        else if (by_element ? field.element == wanted.element : field.name == wanted.name)
            found.push_back(at);
    }
}

}  // namespace

void add_fetches(Draft& draft) {
    const Node* materials = part(draft.root, "materials");
    if (materials == nullptr || !materials->is_mapping()) return;
    for (model::Material& material : draft.process.materials) {
        const Node* value = part(*materials, material.id);
        const Node* from = value == nullptr ? nullptr : part(*value, "from");
        if (from != nullptr) add_fetch(draft, material, *from);
    }
}

void read_fetched(Draft& draft, StepIndex step) {
    if (!is_fetch(draft, step) || !draft.steps[step].outcomes_known) return;
    const auto& call = std::get<model::CallVerb>(draft.process.steps[step].verb);
    const Field& output = draft.process.operations[call.operation].output;
    for (model::Material& material : draft.process.materials) {
        if (material.fetch_step != step) continue;
        for (const Field& field : output.fields) {
            if (field.type == FieldType::file && material.fetched_file.empty())
                material.fetched_file = field.name;
            const bool names = field.type == FieldType::text && !field.personal;
            if (names && (material.fetched_number.empty() || field.name == "number"))
                material.fetched_number = field.name;
        }
    }
}

std::string source_of_input(const Draft& draft, const Field& input) {
    for (const bool by_element : {true, false}) {
        if (by_element && input.element.empty()) continue;
        std::vector<std::string> found;
        collect(draft.form.root, "", input, by_element, found);
        if (found.size() == 1) return found.front();
    }
    return {};
}

bool is_fetch(const Draft& draft, StepIndex step) {
    return model::fetched_by(draft.process, step) != nullptr;
}

}  // namespace countersign::definitions
