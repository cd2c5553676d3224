// Missing papers (补正): one notice for all that ask within the window, clocks stand still until the
// papers are in (language.md, "Supplement"; Administrative Licensing Law Art. 32).
#include "engine/core/flow.hpp"
#include "engine/core/words.hpp"
#include "engine/model/bundle.hpp"

#include "engine/base/limits.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

const model::Field* field_at(const model::Field& root, std::string_view path) {
    const model::Field* at = &root;
    while (!path.empty()) {
        const auto dot = path.find('.');
        const std::string_view name = path.substr(0, dot);
        const auto found = std::find_if(at->fields.begin(), at->fields.end(),
                                        [&](const model::Field& f) { return f.name == name; });
        if (at->type != model::FieldType::record || found == at->fields.end()) return nullptr;
        at = &*found;
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return at == &root ? nullptr : at;
}

/// What is stored of the form's files: those that the command names, and those that the form has
/// had before, which were looked up when they came.
Contents contents_for_form(const Flow& flow) {
    Contents contents = flow.contents();
    each_file(flow.process().form, flow.state().form.value,
              [&contents](std::string_view sha256, const expr::Value& file) {
                  const expr::Value* bytes = file.find("bytes");
                  const bool is_known = bytes != nullptr && bytes->is(expr::Kind::integer);
                  const std::int64_t count = is_known ? bytes->as_integer() : 0;
                  contents.try_emplace(std::string(sha256),
                                       Content{static_cast<std::uint64_t>(count), {}});
              });
    return contents;
}

bool is_material(const model::Process& process, std::string_view id) {
    return std::any_of(process.materials.begin(), process.materials.end(),
                       [&](const model::Material& m) { return m.id == id; });
}

/// Whether another open step might still ask, so that the notice waits for the window.
bool others_may_ask(const Flow& flow) {
    const auto& instances = flow.state().instances;
    return std::any_of(instances.begin(), instances.end(), [&](const Instance& i) {
        return i.status == StepStatus::active && i.step != none && i.role != InstanceRole::set &&
               may_ask_for_papers(flow.process().steps[i.step]);
    });
}

void give_notice(Flow& flow) {
    Text text;
    for (const auto& request : flow.state().supplement.requests)
        for (const MissingItem& item : request.items) {
            const Text line = format_both(
                "{}: {}{}", "{}：{}{}", titles_of(flow.state(), flow.process(), request.instance),
                title_of_item(flow.process(), item.id),
                item.reason.empty() ? Text() : both(" — " + item.reason, "，" + item.reason));
            text.en += (text.en.empty() ? "" : "\n") + line.en;
            text.zh += (text.zh.empty() ? "" : "\n") + line.zh;
        }
    flow.draft.add(SupplementNoticed{});
    flow.draft.add(NoticeGiven{0, model::ActionKind::send, "applicant", std::move(text)});
    settle_pauses(flow);
}

/// Begins the asking steps anew whose items are all in.
void redo_satisfied(Flow& flow) {
    std::vector<std::uint32_t> satisfied;
    for (const auto& request : flow.state().supplement.requests)
        if (std::all_of(request.items.begin(), request.items.end(),
                        [](const MissingItem& item) { return item.supplied; }))
            satisfied.push_back(request.instance);
    for (const std::uint32_t instance : satisfied)
        flow.draft.add(SupplementSettled{instance, false});
    settle_pauses(flow);
    for (const std::uint32_t instance : satisfied) redo(flow, instance);
}

/// Which of the supplied paths and papers somebody asked for.
bool was_asked(const Flow& flow, std::string_view id) {
    for (const auto& request : flow.state().supplement.requests)
        for (const MissingItem& item : request.items)
            if (item.id == id) return true;
    return false;
}

}  // namespace

bool may_ask_for_papers(const model::Step& step) {
    return std::any_of(step.on.begin(), step.on.end(), [](const model::OutcomeMove& on) {
        return on.move.kind == model::MoveKind::supplement;
    });
}

std::vector<model::Problem> missing_problems(const model::Process& process,
                                             const std::vector<std::string>& missing) {
    std::vector<model::Problem> problems;
    for (const std::string& id : missing)
        problems.push_back({"materials." + id, "missing",
                            format_both("{} is required", "缺少{}", title_of_item(process, id))});
    return problems;
}

Text check_missing(const model::Process& process, const std::vector<MissingItem>& missing) {
    if (missing.empty())
        return both(
            "Expected `missing` to list the papers or fields to be supplied, but it is "
            "empty",
            "未列出需补正的材料或字段（missing 为空）");
    for (const MissingItem& item : missing)
        if (!is_material(process, item.id) && field_at(process.form, item.id) == nullptr)
            return format_both("Expected a material or a field of the form, but '{}' is neither",
                               "“{}”既不是材料，也不是表单字段", item.id);
    return {};
}

void ask_supplement(Flow& flow, std::uint32_t instance, Ending ending, const model::Move& move) {
    const SupplementState& supplement = flow.state().supplement;
    const bool drafting = supplement.status == SupplementStatus::drafting;
    const bool allowed = flow.process().supplement &&
                         (drafting || supplement.notices < flow.process().supplement->times);
    if (!allowed)
        return follow(flow, instance, std::move(ending),
                      move.otherwise.empty() ? nullptr : &move.otherwise.front());
    std::vector<MissingItem> items = std::move(ending.missing);
    for (MissingItem& item : items) item.supplied = false;
    const bool noticed = supplement.status == SupplementStatus::noticed;
    resolve_incidents(flow, instance);
    flow.draft.add(StepSupplementing{instance, ending.outcome, ending.note});
    flow.draft.add(SupplementRequested{instance, std::move(items)});
    if (noticed || !others_may_ask(flow)) give_notice(flow);
}

void drop_request(Flow& flow, std::uint32_t instance) {
    const auto& requests = flow.state().supplement.requests;
    const bool asks = std::any_of(requests.begin(), requests.end(),
                                  [&](const auto& r) { return r.instance == instance; });
    if (!asks) return;
    flow.draft.add(SupplementSettled{instance, true});
    settle_pauses(flow);
}

std::optional<Rejection> decide_supply(Flow& flow, const Supply& command, const Principal& by) {
    if (flow.state().status != CaseStatus::open)
        return Rejection{RejectionCode::state,
                         both("Expected to supply papers to an open case, but it has ended",
                              "办件已办结，不能再补交材料"),
                         {}};
    if (command.fields.empty() && command.materials.empty())
        return Rejection{RejectionCode::invalid,
                         both("Expected a field or a material, but nothing was supplied",
                              "未补交任何字段或材料"),
                         {}};
    if (auto refused = refuse_overrides(command.overrides, by)) return refused;
    for (const GivenMaterial& material : command.materials)
        if (!is_material(flow.process(), material.id))
            return Rejection{RejectionCode::invalid,
                             format_both("Expected a material of this process, but '{}' is none",
                                         "“{}”不是本事项的材料", material.id),
                             {}};
    if (flow.state().materials.size() + command.materials.size() > limits::materials_max)
        return Rejection{
            RejectionCode::too_large,
            format_both("Expected at most {} papers in a case, but there would be more",
                        "一个办件最多可有 {} 份材料，本次补交后将超出", limits::materials_max),
            {}};
    std::vector<GivenMaterial> materials = command.materials;
    std::vector<model::Problem> problems =
        settle_materials(flow.process(), flow.contents(), materials);
    expr::Value form = flow.state().form.value;
    for (const auto& [path, value] : command.fields) {
        if (!was_asked(flow, path))
            return Rejection{RejectionCode::state,
                             format_both("Expected a field that was asked for, but '{}' was not",
                                         "字段“{}”不在补正范围内", path),
                             {}};
        form = model::with_part_at(form, path, value);
    }
    Acceptances accepted;
    if (!command.fields.empty() || !command.overrides.empty()) {
        model::Conformed conformed = model::conform_application(flow.process(), form);
        accepted = accept_suspicious(flow, conformed.value, command.overrides, conformed.problems);
        form = settle_files(flow.process().form, conformed.value, contents_for_form(flow),
                            conformed.problems);
        problems.insert(problems.begin(), conformed.problems.begin(), conformed.problems.end());
    }
    if (!problems.empty())
        return Rejection{RejectionCode::invalid,
                         both("Expected fields and papers without mistakes, but there are some",
                              "补交的字段或材料有误"),
                         std::move(problems)};
    if (!command.fields.empty())
        flow.draft.add(FormChanged{flow.state().form_version + 1, {std::move(form)}});
    record(flow, accepted);
    for (GivenMaterial& material : materials) flow.draft.add(MaterialGiven{std::move(material)});
    std::set<std::string> supplied;
    for (const auto& [path, value] : command.fields) supplied.insert(path);
    for (const GivenMaterial& material : command.materials) supplied.insert(material.id);
    for (const std::string& id : supplied)
        if (was_asked(flow, id)) flow.draft.add(MissingItemSupplied{id});
    for (const GivenMaterial& material : command.materials) stop_fetching(flow, material.id);
    redo_satisfied(flow);
    release_held(flow);
    return std::nullopt;
}

void fire_supplement_window(Flow& flow) {
    const SupplementState& supplement = flow.state().supplement;
    flow.draft.touch({TimerKind::supplement_window, 0});
    if (supplement.status != SupplementStatus::drafting) return;
    const auto due = due_of(flow.state(), {TimerKind::supplement_window, 0}, flow.context);
    if (due && due->at <= flow.context.now) give_notice(flow);
}

void fire_supplement_limit(Flow& flow) {
    const SupplementState& supplement = flow.state().supplement;
    flow.draft.touch({TimerKind::supplement_limit, 0});
    if (supplement.status != SupplementStatus::noticed) return;
    const auto due = due_of(flow.state(), {TimerKind::supplement_limit, 0}, flow.context);
    if (!due || due->at > flow.context.now) return;
    const auto requests = supplement.requests;
    for (const auto& request : requests) {
        const Instance& asking = flow.at(request.instance);
        if (asking.status != StepStatus::supplementing) continue;
        const model::Step& step = flow.step_of(request.instance);
        const model::Move* move = step.move_for(asking.outcome);
        Ending ending;
        ending.outcome = asking.outcome;
        ending.kind = model::OutcomeKind::supplement;
        ending.note = asking.note.empty() ? std::string(papers_late_note) : asking.note;
        ending.happened = flow.context.now;
        const bool has_else = move != nullptr && !move->otherwise.empty();
        follow(flow, request.instance, std::move(ending),
               has_else ? &move->otherwise.front() : nullptr);
        if (flow.state().status != CaseStatus::open) break;
    }
}

}  // namespace countersign::core
