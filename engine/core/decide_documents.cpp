// Papers that a step issues (文书): rendered in both languages with the case's data when the step
// ends as the definition says, numbered in the case, and kept as they were worded.
#include "engine/core/flow.hpp"

#include "engine/base/date.hpp"
#include "engine/core/words.hpp"

#include <fmt/format.h>

namespace countersign::core {

using expr::Value;

namespace {

void add_line(std::string& text, std::string_view label, std::string_view separator,
              const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{}{}\n", label, separator, value);
}

/// The text of a paper whose definition gives none: what every such paper says.
Text standard_text(const Flow& flow, std::uint32_t instance, const model::Document& document,
                   std::uint32_t number) {
    const CaseState& state = flow.state();
    const model::Process& process = flow.process();
    const Instance& step = flow.at(instance);
    const int offset = calendar::data_of(calendar_of(flow.context, nullptr)).offset_minutes;
    const Text matter = process.title.empty() ? both(process.id, process.id) : process.title;
    const Text title = titles_of(state, process, instance);
    const Text outcome = word_of(step.outcome);
    const Text note = step.note.empty() ? Text() : note_words(step.note);
    const Text& basis = process.steps[step.step].legal_basis;
    const Text received = moment_text(state.received, offset);
    const Text issued = moment_text(flow.context.now, offset);
    const std::string id = document_number(state.id, number);
    Text text;
    for (const auto& [language, out] : {std::pair("en", &text.en), std::pair("zh", &text.zh)}) {
        const bool zh = out == &text.zh;
        const std::string_view is = zh ? "：" : ": ";
        *out = document.title.in(language) + "\n\n";
        add_line(*out, zh ? "编号" : "No.", zh ? is : " ", id);
        add_line(*out, zh ? "申请人" : "Applicant", is, state.applicant);
        add_line(*out, zh ? "事项" : "Matter", is, matter.in(language));
        add_line(*out, zh ? "办件编号" : "Case", is, state.id.text());
        add_line(*out, zh ? "收到时间" : "Received", is, received.in(language));
        add_line(*out, zh ? "环节" : "Step", is, title.in(language));
        add_line(*out, zh ? "结果" : "Outcome", is, outcome.in(language));
        add_line(*out, zh ? "说明" : "Note", is, note.in(language));
        add_line(*out, zh ? "依据" : "Legal basis", is, basis.in(language));
        add_line(*out, zh ? "日期" : "Date", is, issued.in(language));
    }
    return text;
}

}  // namespace

std::string document_number(const CaseId& id, std::uint32_t number) {
    return fmt::format("{}-D{}", id.text(), number);
}

void issue_documents(Flow& flow, std::uint32_t instance, const Ending& ending) {
    if (flow.at(instance).role == InstanceRole::set) return;
    for (const model::DocumentRule& rule : flow.step_of(instance).issues) {
        const bool fits = rule.outcome.empty() ? ending.kind == model::OutcomeKind::ok
                                               : rule.outcome == ending.outcome;
        if (!fits) continue;
        const model::Document& document = flow.process().documents[rule.document];
        DocumentIssued issued;
        issued.paper = static_cast<std::uint32_t>(flow.state().documents.size()) + 1;
        issued.instance = instance;
        issued.document = rule.document;
        if (document.text_en || document.text_zh) {
            issued.text_en.value = rendered_text(
                flow, {instance, none}, document.text_en ? document.text_en : document.text_zh);
            issued.text_zh.value = rendered_text(
                flow, {instance, none}, document.text_zh ? document.text_zh : document.text_en);
        } else {
            const Text text = standard_text(flow, instance, document, issued.paper);
            issued.text_en.value = Value::string(text.en);
            issued.text_zh.value = Value::string(text.zh);
        }
        flow.draft.add(std::move(issued));
    }
}

}  // namespace countersign::core
