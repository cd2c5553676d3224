// `lead`; see lead.hpp.

#include "definitions/lead.hpp"

#include "definitions/making.hpp"

#include <algorithm>

namespace countersign::definitions {

using expr::Type;
using expr::TypeField;
using expr::TypeKind;

namespace {

/// What stands under `assist`.
struct AssistText {
    std::vector<const Node*> of;  ///< "water.opinion" each
    const Node* within = nullptr;
    const Node* silence = nullptr;
};

std::optional<AssistText> read_assist(Draft& draft, const Node& node) {
    AssistText text;
    const Node* of = &node;
    if (node.is_mapping()) {
        yaml::Keys keys(node, draft.found, ticked("assist"), "assist");
        of = keys.required("of");
        text.within = keys.optional("within");
        text.silence = keys.optional("silence");
        keys.finish();
        if (of == nullptr) return std::nullopt;
    }
    auto list = yaml::as_texts(*of, draft.found, ticked("assist"));
    if (!list || list->empty()) return std::nullopt;
    text.of = std::move(*list);
    return text;
}

/// Builds the stage.
class LeadStage : public Maker {
  public:
    LeadStage(Draft& draft, const Node& step, const AssistText& text)
        : Maker(step), draft_(draft), step_(step), text_(text) {}

    /// The assistants, each under the id of its department.
    std::optional<Node> opinions() const {
        Node steps = mapping();
        for (const Node* one : text_.of) {
            std::string id = one->text.substr(0, one->text.find('.'));
            std::replace(id.begin(), id.end(), '-', '_');  // a step's id has no hyphens
            if (steps.find(id) != nullptr) {
                draft_.found.error("CS2028", one->span,
                                   format_both("`{}` assists twice", "`{}`重复列为协办", id),
                                   {"keep one of them", "请只保留一个"});
                return std::nullopt;
            }
            Node key = scalar(id);
            key.span = one->span;
            steps.entries.push_back({std::move(key), assistant(*one)});
        }
        return steps;
    }
    Node decision() const {
        Node inner = mapping();
        add(inner, "call", *part(step_, "lead"));
        add(inner, "needs", scalar(std::string(lead_opinions)));
        for (const char* key : {"with", "undo"})
            if (const Node* value = part(step_, key)) add(inner, key, *value);
        return inner;
    }

  private:
    Node assistant(const Node& named) const {
        Node inner = mapping();
        inner.span = named.span;
        add(inner, "call", named);
        if (const Node* with = part(step_, "with")) add(inner, "with", *with);
        if (text_.within != nullptr) add(inner, "limit", *text_.within);
        add(inner, "silence", text_.silence != nullptr ? *text_.silence : scalar("absent"));
        return inner;
    }

    Draft& draft_;
    const Node& step_;
    const AssistText& text_;
};

bool is_decisions(std::string_view key) {
    return key == "lead" || key == "assist" || key == "with" || key == "undo";
}

/// The fields that the opinions have beside who gave them: those of all assistants, each optional;
/// one that means different things to different assistants is left out.
std::vector<TypeField> opinion_fields(const Draft& draft, StepIndex opinions) {
    std::vector<TypeField> fields = {{"by", Type::of(TypeKind::string), false},
                                     {"outcome", Type::of(TypeKind::string), false},
                                     {"note", Type::of(TypeKind::string), false}};
    std::vector<std::string> unclear;
    const auto& stage = std::get<model::DoVerb>(draft.process.steps[opinions].verb);
    for (const StepIndex assistant : draft.process.scopes[stage.scope].steps)
        for (TypeField field : draft.steps[assistant].result.fields) {
            field.optional = true;
            const auto known =
                std::find_if(fields.begin(), fields.end(),
                             [&](const TypeField& other) { return other.name == field.name; });
            if (known == fields.end())
                fields.push_back(std::move(field));
            else if (!(known->type == field.type))
                unclear.push_back(field.name);
        }
    std::erase_if(fields, [&](const TypeField& field) {
        return field.optional &&
               std::find(unclear.begin(), unclear.end(), field.name) != unclear.end();
    });
    return fields;
}

/// Every assistant must have a time for its opinion, or the lead would wait for ever.
void check_times(Draft& draft, ScopeIndex opinions) {
    for (const StepIndex assistant : draft.process.scopes[opinions].steps) {
        const StepDraft& text = draft.steps[assistant];
        if (!text.outcomes_known || part(*text.node, "limit") != nullptr) continue;
        const auto& call = std::get<model::CallVerb>(draft.process.steps[assistant].verb);
        if (draft.process.operations[call.operation].limit) continue;
        draft.found.error(
            "CS2028", text.verb_node->span,
            format_both("nothing says how long `{}` has for its opinion, and the lead would wait "
                        "for ever",
                        "没有写明`{}`提出意见的时限，牵头部门会一直等下去", text.verb_node->text),
            {"write `assist: { of: […], within: 5wd }`, or give the operation a `limit`",
             "请写`assist: { of: […], within: 5wd }`，或在该操作中写`limit`"});
    }
}

}  // namespace

const Node* expand_lead(Draft& draft, StepIndex step, const Node& node) {
    const Node* assist = part(node, "assist");
    if (assist == nullptr) {
        draft.found.error("CS2028", part(node, "lead")->span,
                          {"`lead` decides on what assistants say, and there are none",
                           "`lead`（牵头）须有`assist`（协办）"},
                          {"add `assist: [department.operation, …]`, or write `call`",
                           "请补上`assist: [部门.操作, …]`，或改写为`call`"});
        return nullptr;
    }
    const auto text = read_assist(draft, *assist);
    if (!text) return nullptr;
    const LeadStage make(draft, node, *text);
    auto assistants = make.opinions();
    if (!assistants) return nullptr;
    draft.steps[step].leads = true;
    Node opinions = make.mapping();
    make.add(opinions, "do", std::move(*assistants));
    Node steps = make.mapping();
    make.add(steps, lead_opinions, std::move(opinions));
    make.add(steps, lead_decision, make.decision());
    Node stage = make.mapping();
    stage.span = node.span;
    make.add(stage, "do", std::move(steps));
    for (const yaml::Entry& entry : node.entries)
        if (!is_decisions(entry.key.text)) stage.entries.push_back(entry);
    return &draft.made.emplace_back(std::move(stage));
}

void read_lead(Draft& draft, StepIndex stage) {
    StepDraft& text = draft.steps[stage];
    auto& verb = std::get<model::DoVerb>(draft.process.steps[stage].verb);
    verb.decision = draft.process.find(verb.scope, lead_decision);
    const StepIndex opinions = draft.process.find(verb.scope, lead_opinions);
    check_times(draft, std::get<model::DoVerb>(draft.process.steps[opinions].verb).scope);
    text.outcomes_known = draft.steps[verb.decision].outcomes_known;
    draft.process.steps[stage].outcomes = draft.process.steps[verb.decision].outcomes;
    std::vector<TypeField> result = draft.steps[verb.decision].result.fields;
    std::erase_if(result, [](const TypeField& field) { return field.name == lead_opinions; });
    result.push_back({std::string(lead_opinions),
                      Type::list_of(Type::record_of(opinion_fields(draft, opinions))), false});
    text.result = Type::record_of(std::move(result));
    text.has_result = true;
}

bool is_filled_with_opinions(const Draft& draft, StepIndex step, std::string_view input) {
    const StepIndex stage = stage_of(draft, step);
    return stage != none && draft.steps[stage].leads && input == lead_opinions &&
           draft.process.steps[step].id == lead_decision;
}

bool is_assistant(const Draft& draft, StepIndex step) {
    const StepIndex opinions = stage_of(draft, step);
    const StepIndex stage = opinions == none ? none : stage_of(draft, opinions);
    return stage != none && draft.steps[stage].leads;
}

Text title_in_lead(const Draft& draft, std::string_view id, const Node& node) {
    if (id == lead_opinions) return {"Opinions", "征求意见"};
    if (id == lead_decision) return {"Decision", "作出决定"};
    const Node* call = part(node, "call");
    if (call == nullptr) return {};
    const std::string department = call->text.substr(0, call->text.find('.'));
    const DepartmentDefinition* assistant = draft.catalog.department(department);
    return assistant != nullptr ? assistant->title : Text();
}

}  // namespace countersign::definitions
