// `run`; see runs.hpp.

#include "definitions/runs.hpp"

#include "definitions/bundle.hpp"
#include "definitions/verbs.hpp"

#include <algorithm>

namespace countersign::definitions {

using expr::Type;
using expr::TypeField;
using expr::TypeKind;
using model::Field;
using model::FieldType;
using model::OutcomeKind;

namespace {

// ── Seen from outside ────────────────────────────────────────────────────────────────────────

const Node* given_node(const Draft& draft, const std::string& end, const std::string& name) {
    const Node* ends = part(draft.root, "ends");
    const Node* node = ends == nullptr ? nullptr : ends->find(end);
    const Node* gives = node == nullptr ? nullptr : part(*node, "gives");
    return gives == nullptr ? nullptr : gives->find(name);
}

/// The result: what the granted ends give. A value is sure if each of them gives it.
Field result_of(const Draft& draft) {
    Field result;
    result.type = FieldType::record;
    result.required = true;
    std::vector<TypeField> all;
    std::vector<std::size_t> times;
    std::size_t granted = 0;
    for (std::size_t i = 0; i < draft.gives.size(); ++i) {
        const model::End& end = draft.process.ends[i];
        if (end.kind != model::EndKind::granted) continue;
        ++granted;
        for (const TypeField& given : draft.gives[i]) {
            const auto known = std::find_if(all.begin(), all.end(), [&](const TypeField& other) {
                return other.name == given.name;
            });
            if (known == all.end()) {
                all.push_back(given);
                times.push_back(1);
                continue;
            }
            if (!(known->type == given.type))
                if (const Node* node = given_node(draft, end.name, given.name))
                    draft.found.error(
                        "CS2099", node->span,
                        format_both("`{}` is {} here, but another end gives {}",
                                    "`{}`在此处是{}，而另一个结局给出的是{}", given.name,
                                    given.type.text(), known->type.text()),
                        {"let the ends give the same type, or use two names",
                         "请让各结局给出同一种类型，或使用不同的名称"});
            known->optional = known->optional || given.optional;
            ++times[static_cast<std::size_t>(known - all.begin())];
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto field = field_for(all[i].type);
        if (!field) continue;
        field->name = all[i].name;
        field->required = !all[i].optional && times[i] == granted;
        result.fields.push_back(*std::move(field));
    }
    return result;
}

void collect_runs(const Node& steps, std::vector<std::string>& ids) {
    if (!steps.is_mapping()) return;
    for (const auto& [key, step] : steps.entries) {
        if (!step.is_mapping()) continue;
        if (const Node* run = part(step, "run"); run != nullptr && run->is_scalar())
            ids.push_back(run->text);
        if (const Node* stage = part(step, "do")) collect_runs(*stage, ids);
    }
}

/// Papers that the process asks for and this one does not have: nobody could hand them in.
void check_papers(Draft& draft, StepIndex step, const Node& node, const ProcessSignature& runs) {
    for (const model::Material& wanted : runs.materials) {
        const auto& own = draft.process.materials;
        const bool there = std::any_of(own.begin(), own.end(), [&](const model::Material& other) {
            return other.id == wanted.id;
        });
        const bool must = wanted.required || wanted.required_when.has_value();
        if (there || is_handed_by_bundle(draft, step, wanted.id) || !must ||
            wanted.follow_step != none || wanted.fetch_step != none)
            continue;
        draft.found.error(
            "CS2098", node.span,
            format_both("the process `{}` asks for the material `{}`, which this one has not",
                        "流程`{}`需要材料`{}`，而本流程没有这份材料", runs.operation.runs,
                        wanted.id),
            format_both("add `{}` to `materials`: papers are handed on by their id",
                        "请在`materials`中加上`{}`：同名材料会一并转交", wanted.id));
    }
}

}  // namespace

std::optional<Field> field_for(const Type& type) {
    Field field;
    switch (type.kind) {
        case TypeKind::boolean:
            field.type = FieldType::boolean;
            return field;
        case TypeKind::integer:
            field.type = FieldType::integer;
            return field;
        case TypeKind::real:
            field.type = FieldType::number;
            return field;
        case TypeKind::string:
            field.type = FieldType::text;
            return field;
        case TypeKind::timestamp:
            field.type = FieldType::time;
            return field;
        case TypeKind::money:
            field.type = FieldType::money;
            return field;
        case TypeKind::optional:
            return field_for(type.arguments.front());
        case TypeKind::list: {
            field.type = FieldType::list;
            auto item = field_for(type.arguments.front());
            if (!item) return std::nullopt;
            item->required = true;
            field.fields.push_back(*std::move(item));
            return field;
        }
        case TypeKind::record:
            field.type = FieldType::record;
            for (const TypeField& member : type.fields) {
                auto inner = field_for(member.type);
                if (!inner) return std::nullopt;
                inner->name = member.name;
                inner->required = !member.optional;
                field.fields.push_back(*std::move(inner));
            }
            return field;
        case TypeKind::dyn:
        case TypeKind::null:
        case TypeKind::unsigned_integer:
        case TypeKind::bytes:
        case TypeKind::map:
        case TypeKind::duration:
        case TypeKind::type:
        case TypeKind::error:
            return std::nullopt;
    }
    return std::nullopt;
}

std::vector<std::string> processes_run_by(const Node& root) {
    std::vector<std::string> ids;
    for (const char* key : {"steps", "after_end"})
        if (const Node* steps = part(root, key)) collect_runs(*steps, ids);
    const Node* bundle = part(root, "bundle");
    const Node* items = bundle == nullptr ? nullptr : part(*bundle, "items");
    if (items != nullptr) collect_runs(*items, ids);
    return ids;
}

ProcessSignature signature_of(const Draft& draft) {
    ProcessSignature signature;
    model::Operation& operation = signature.operation;
    operation.name = "run";
    operation.runs = draft.process.id;
    operation.runs_version = draft.process.version;
    operation.input = draft.process.form;
    operation.output = result_of(draft);
    bool withdrawn = false;
    for (const model::End& end : draft.process.ends) {
        const bool granted = end.kind == model::EndKind::granted;
        withdrawn = withdrawn || end.kind == model::EndKind::withdrawn;
        operation.outcomes.push_back({end.name, granted ? OutcomeKind::ok : OutcomeKind::refusal});
    }
    if (!withdrawn) operation.outcomes.push_back({"withdrawn", OutcomeKind::refusal});
    operation.runs_title = draft.process.title;
    signature.materials = draft.process.materials;
    return signature;
}

void read_run(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    const Node& node = *text.verb_node;
    if (!yaml::as_text(node, draft.found, ticked("run"))) return;
    const std::string& id = node.text;
    const auto cycle = draft.catalog.run_cycles.find({draft.process.id, id});
    if (cycle != draft.catalog.run_cycles.end()) {
        draft.found.error(
            "CS2097", node.span,
            format_both("the process runs itself: {}", "流程会启动它自己：{}", cycle->second),
            {"go back within a process with `repeat` or `back`, which count their rounds",
             "流程内的返工请用`repeat`或`back`，它们会计轮次"});
        return;
    }
    const ProcessSignature* runs = draft.catalog.process(id);
    if (runs == nullptr) {
        if (draft.catalog.is_unread("process", id)) return;
        std::vector<std::string> known = draft.catalog.process_ids;
        std::erase(known, draft.process.id);
        draft.found.error("CS2096", node.span,
                          format_both("there is no process `{}`", "没有流程`{}`", id),
                          diagnostics::did_you_mean(id, known));
        return;
    }
    check_papers(draft, step, node, *runs);
    model::CallVerb call;
    call.target.department = "process:" + id;
    call.operation = add_operation(draft, call.target.department, runs->operation);
    model::Step& model_step = draft.process.steps[step];
    model_step.verb = call;
    model_step.outcomes = runs->operation.outcomes;
    text.result = model::type_of(runs->operation.output);
    text.has_result = true;
    text.outcomes_known = true;
}

}  // namespace countersign::definitions
