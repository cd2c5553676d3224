// `documents`; see documents.hpp.

#include "definitions/documents.hpp"

#include "definitions/expressions.hpp"

#include <algorithm>
#include <array>

namespace countersign::definitions {

namespace {

struct Standard {
    std::string_view id;
    const char* en;
    const char* zh;
};

/// The papers that every office issues, by the terms of the Administrative Licensing Law.
constexpr std::array<Standard, 10> standards = {{
    {"receipt", "Receipt", "收件凭证"},
    {"acceptance_notice", "Notice of acceptance", "受理通知书"},
    {"correction_notice", "Notice of papers to be supplied", "补正通知书"},
    {"correction_receipt", "Receipt of papers supplied", "补正材料收件凭证"},
    {"non_acceptance", "Decision not to accept", "不予受理决定书"},
    {"approval_decision", "Decision to grant", "准予行政许可决定书"},
    {"refusal_decision", "Decision not to grant", "不予行政许可决定书"},
    {"special_procedure_notice", "Notice of a special procedure", "特别程序告知书"},
    {"delivery_proof", "Proof of delivery", "送达回证"},
    {"survey_notice", "Notice of a survey", "现场踏勘通知书"},
}};

void read_own(Draft& draft, const Node& key, const Node& value) {
    const auto id = read_id(key, draft.found, {"the document", "文书"}, false);
    if (!id) return;
    yaml::Keys keys(value, draft.found, format_both("document `{}`", "文书`{}`", *id), "document");
    if (!keys.ok()) return;
    model::Document document;
    document.id = *id;
    document.title = read_title(keys.required("title"), draft.found,
                                format_both("the title of `{}`", "`{}`的标题", *id));
    if (const Node* text = keys.optional("text"))
        compile_text(draft, *text, Site{}, document.text_en, document.text_zh);
    keys.finish();
    draft.process.documents.push_back(std::move(document));
}

/// Returns the index of a document by its id, a standard one if the process has no such; none
/// after reporting.
std::uint32_t find_document(Draft& draft, const Node& name) {
    auto& documents = draft.process.documents;
    for (std::uint32_t i = 0; i < documents.size(); ++i)
        if (documents[i].id == name.text) return i;
    std::vector<std::string> known;
    for (const model::Document& document : documents) known.push_back(document.id);
    for (const Standard& standard : standards) {
        if (standard.id == name.text) {
            documents.push_back({std::string(standard.id), {standard.en, standard.zh}, {}, {}});
            return static_cast<std::uint32_t>(documents.size() - 1);
        }
        known.emplace_back(standard.id);
    }
    draft.found.error("CS2084", name.span,
                      format_both("there is no document `{}`", "没有文书`{}`", name.text),
                      diagnostics::did_you_mean(name.text, known));
    return none;
}

void add_rules(Draft& draft, StepIndex step, const Node& list, const std::string& outcome) {
    for (const Node* name : yaml::as_texts(list, draft.found, ticked("documents"))
                                .value_or(std::vector<const Node*>{})) {
        const std::uint32_t document = find_document(draft, *name);
        if (document != none) draft.process.steps[step].issues.push_back({outcome, document});
    }
}

void read_of_step(Draft& draft, StepIndex step) {
    const Node* node = part(*draft.steps[step].node, "documents");
    if (node == nullptr || !draft.steps[step].outcomes_known) return;
    if (!node->is_mapping()) return add_rules(draft, step, *node, "");
    const model::Step& model_step = draft.process.steps[step];
    std::vector<std::string> known;
    for (const model::Outcome& outcome : model_step.outcomes) known.push_back(outcome.name);
    for (const auto& [key, value] : node->entries) {
        if (model_step.outcome(key.text) == nullptr && key.text != "timeout") {
            draft.found.error("CS2031", key.span,
                              format_both("step `{}` has no outcome `{}`", "步骤`{}`没有结果`{}`",
                                          model_step.id, key.text),
                              diagnostics::did_you_mean(key.text, known));
            continue;
        }
        add_rules(draft, step, value, key.text);
    }
}

}  // namespace

void read_documents(Draft& draft) {
    const Node* own = part(draft.root, "documents");
    if (own != nullptr && yaml::expect_mapping(*own, draft.found, ticked("documents")))
        for (const auto& [key, value] : own->entries) read_own(draft, key, value);
    for (StepIndex step = 0; step < draft.steps.size(); ++step) read_of_step(draft, step);
}

}  // namespace countersign::definitions
