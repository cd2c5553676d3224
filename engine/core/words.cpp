// Words in both languages. The terms are those of the public service in China (办件, 补正, 督办 …).
#include "engine/core/words.hpp"

#include "engine/core/transitions.hpp"

#include <algorithm>
#include <array>

namespace countersign::core {

namespace {

struct Word {
    std::string_view name;
    std::string_view en;
    std::string_view zh;
};

constexpr std::array<Word, 69> words = {{
    // Statuses of cases, steps, calls, tasks and clocks.
    {"absent", "did not come", "缺席"},
    {"accepted", "accepted", "已受理"},
    {"active", "active", "进行中"},
    {"answered", "answered", "已答复"},
    {"blocked", "blocked", "已阻塞"},
    {"cancelled", "cancelled", "已取消"},
    {"claimed", "claimed", "已领取"},
    {"closed", "closed", "已归档"},
    {"completed", "completed", "已办理"},
    {"drafting", "being gathered", "汇总中"},
    {"ended", "ended", "已办结"},
    {"never_started", "never started", "未启动"},
    {"noticed", "sent", "已发出"},
    {"open", "open", "办理中"},
    {"paused", "paused", "已停表"},
    {"retrying", "is tried again", "重试中"},
    {"running", "running", "计时中"},
    {"skipped", "skipped", "已跳过"},
    {"stopped", "stopped", "已止"},
    {"supplementing", "waits for papers", "待补正"},
    {"waiting", "waiting", "未开始"},
    // Kinds of ends and outcomes, and outcomes that many definitions use.
    {"approved", "approved", "同意"},
    {"connected", "connected", "已接通"},
    {"done", "done", "已完成"},
    {"failed", "failed", "未能办理"},
    {"failure", "failed", "未能办理"},
    {"fixed", "fixed", "已约定"},
    {"found", "found", "已查到"},
    {"granted", "granted", "准予"},
    {"incomplete", "incomplete", "材料不齐"},
    {"no_access", "no access", "无法进入"},
    {"no_slot", "no slot suits all", "无共同时段"},
    {"offered", "slots named", "已报时段"},
    {"ok", "ok", "通过"},
    {"passed", "passed", "通过"},
    {"refusal", "refused", "不予"},
    {"refused", "refused", "不予"},
    {"rejected", "rejected", "不同意"},
    {"supplement", "papers missing", "补正"},
    {"timeout", "out of time", "超时"},
    {"withdrawn", "withdrawn", "已撤回"},
    // Why a step was skipped, beside `absent`.
    {"dead_path", "nothing led to it", "前序未办"},
    {"empty_list", "nothing to do", "无事项"},
    {"not_needed", "no longer needed", "已无需办理"},
    {"when_false", "does not apply", "不适用"},
    // Cards.
    {"green", "green", "绿牌"},
    {"met", "met", "按时"},
    {"red", "red", "红牌"},
    {"yellow", "yellow", "黄牌"},
    // Clocks and what they are of.
    {"case", "case", "办件"},
    {"internal", "internal", "内部"},
    {"limit", "limit", "时限"},
    {"promised", "promised", "承诺"},
    {"statutory", "statutory", "法定"},
    // Who.
    {"applicant", "the applicant", "申请人"},
    {"auditor", "the auditor", "审计人员"},
    {"engine", "the engine", "系统"},
    {"government", "the departments", "承办单位"},
    {"nobody", "nobody", "无人持有"},
    {"operator", "the operator", "运维人员"},
    {"supervisor", "the supervisor", "督查人员"},
    {"third_party", "a third party", "第三方"},
    {"time", "time", "时间"},
    {"clerk", "clerk", "经办人员"},
    {"head", "head", "负责人"},
    // What a notice is.
    {"escalate", "escalate to", "升级督办"},
    {"remind", "remind", "催办"},
    {"send", "tell", "通知"},
    {"warn", "warn", "预警"},
}};

}  // namespace

Text word_of(std::string_view name) {
    for (const Word& word : words)
        if (word.name == name) return both(std::string(word.en), std::string(word.zh));
    return both(std::string(name), std::string(name));
}

Text name_of_principal(std::string_view principal) {
    const std::size_t colon = principal.find(':');
    if (colon == std::string_view::npos) return word_of(principal);
    const std::string_view name = principal.substr(colon + 1);
    if (principal.substr(0, colon) == "case") return format_both("case {}", "办件 {}", name);
    const std::size_t instead = name.find(" for ");
    if (instead != std::string_view::npos)
        return format_both("{} for {}", "{}（代{}）", name.substr(0, instead),
                           name.substr(instead + 5));
    // The first operator has no other name than its role.
    if (name == "operator") return word_of(name);
    return both(std::string(name), std::string(name));
}

std::optional<Text> title_of_run(const model::Process& process, std::string_view department) {
    if (department.substr(0, process_prefix.size()) != process_prefix) return std::nullopt;
    const std::string_view id = department.substr(process_prefix.size());
    for (const model::Operation& operation : process.operations)
        if (operation.runs == id && !operation.runs_title.empty()) return operation.runs_title;
    return both(std::string(id), std::string(id));
}

namespace {

const model::Field* member_of(const model::Field& record, std::string_view name) {
    const auto found =
        std::find_if(record.fields.begin(), record.fields.end(),
                     [name](const model::Field& field) { return field.name == name; });
    return found == record.fields.end() ? nullptr : &*found;
}

/// Returns the field of the form that a node of an expression reads, `form.a.b` or `form.?a.?b`;
/// null when it reads none.
const model::Field* field_read_by(const model::Process& process, const expr::Program& program,
                                  const expr::Node& node) {
    if (node.operation == expr::Operation::variable ||
        node.operation == expr::Operation::optional_variable) {
        const std::vector<std::string>& path = program.variables[node.argument].path;
        if (path.empty() || path.front() != "form") return nullptr;
        const model::Field* at = &process.form;
        for (std::size_t i = 1; i < path.size() && at != nullptr; ++i)
            at = member_of(*at, path[i]);
        return at;
    }
    if (node.operation != expr::Operation::select &&
        node.operation != expr::Operation::optional_select)
        return nullptr;
    const model::Field* record =
        field_read_by(process, program, program.nodes[program.children[node.first_child]]);
    return record == nullptr ? nullptr : member_of(*record, program.names[node.argument]);
}

}  // namespace

Text title_of_item(const model::Process& process, std::string_view id) {
    const Text untitled = both(std::string(id), std::string(id));
    for (const model::Material& material : process.materials)
        if (material.id == id) return material.title.empty() ? untitled : material.title;
    const model::Field* at = &process.form;
    for (std::string_view rest = id; at != nullptr && !rest.empty();) {
        const std::size_t dot = rest.find('.');
        at = member_of(*at, rest.substr(0, dot));
        rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    }
    return at == nullptr || at->title.empty() ? untitled : at->title;
}

const std::vector<model::Choice>& choices_of(const model::Process& process,
                                             const model::Step& step) {
    static const std::vector<model::Choice> no_choices;
    if (!step.each) return no_choices;
    const expr::Program& program = step.each->items.program;
    for (const expr::Node& node : program.nodes) {
        const model::Field* field = field_read_by(process, program, node);
        if (field != nullptr && !field->choices.empty()) return field->choices;
    }
    return no_choices;
}

Text title_of_key(const model::Process& process, const model::Step& step, std::string_view key) {
    for (const model::Choice& choice : choices_of(process, step))
        if (choice.value == key && !choice.title.empty()) return choice.title;
    return both(std::string(key), std::string(key));
}

Text round_words(std::uint32_t round) {
    return round > 1 ? format_both(" (round {})", "（第{}轮）", round) : Text();
}

Text note_words(std::string_view note) {
    if (note == papers_late_note) return both(std::string(note), "逾期未补正");
    if (note == recalled_note) return both(std::string(note), "发起的办件已不再需要");
    return both(std::string(note), std::string(note));
}

Text end_reason(const CaseState& state) {
    std::string joined;
    Text worded;
    for (const std::string& note : state.refusal_notes) {
        joined += (joined.empty() ? "" : "; ") + note;
        const Text words_of_it = note_words(note);
        worded.en += (worded.en.empty() ? "" : "; ") + words_of_it.en;
        worded.zh += (worded.zh.empty() ? "" : "；") + words_of_it.zh;
    }
    // A reason that somebody gave, of a withdrawal for instance, is not made of notes.
    const std::string& reason = state.end->reason;
    return reason == joined ? worded : note_words(reason);
}

Text incident_words(const Incident& incident) {
    switch (incident.kind) {
        case IncidentKind::attempts_exhausted:
            return format_both("no attempt got through, the last one: {}",
                               "各次发送均未成功，最后一次：“{}”", incident.message);
        case IncidentKind::answer_refused:
            return both(incident.message, "答复不可用：“" + incident.message + "”");
        case IncidentKind::expression_failed:
            return both(incident.message, "表达式无法计算：“" + incident.message + "”");
        case IncidentKind::undo_refused:
            return format_both("it was not taken back: {}", "未能撤销：“{}”", incident.message);
        case IncidentKind::undo_overdue:
            return both("it is not taken back in time, and the department has been reminded",
                        "逾期仍未撤销，已催办该部门");
        case IncidentKind::refused_by_department:
            return both(incident.message, "部门拒绝受理调用：“" + incident.message + "”");
    }
    return {};
}

Text words_of(CaseStatus status) {
    return status == CaseStatus::absent ? both("absent", "不存在") : word_of(name_of(status));
}

Text words_of(TaskStatus status) {
    if (status == TaskStatus::absent) return both("absent", "不存在");
    if (status == TaskStatus::open) return both("open", "待领取");
    return word_of(name_of(status));
}

Text names_of(const std::vector<model::Outcome>& outcomes) {
    Text names;
    for (const model::Outcome& outcome : outcomes) {
        names.en += (names.en.empty() ? "" : ", ") + outcome.name;
        names.zh += (names.zh.empty() ? "" : "、") + outcome.name;
    }
    return names;
}

Rejection note_too_large() {
    return {RejectionCode::too_large,
            both("Expected a note of at most 16 KiB, but it is longer", "说明过长，最多 16 KiB"),
            {}};
}

Rejection form_refused(std::vector<model::Problem> problems) {
    return {RejectionCode::invalid,
            both("Expected a form without mistakes, but it has some", "表单填写有误"),
            std::move(problems)};
}

}  // namespace countersign::core
