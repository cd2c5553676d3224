// Types of the scope of expressions; see scope_types.hpp.

#include "definitions/scope_types.hpp"

#include "definitions/fetch.hpp"
#include "engine/base/check.hpp"

#include <algorithm>

namespace countersign::definitions {

using expr::Type;
using expr::TypeField;
using expr::TypeKind;

namespace {

bool has_each(const Draft& draft, StepIndex step) {
    return part(*draft.steps[step].node, "each") != nullptr;
}

/// Whether an instance of a set may have been skipped or cancelled although the set is settled.
bool instances_always_end(const Draft& draft, StepIndex step) {
    const Node& node = *draft.steps[step].node;
    if (part(node, "when") != nullptr || part(node, "while") != nullptr) return false;
    if (part(node, "veto") != nullptr) return false;
    const Node* silence = part(node, "silence");
    if (silence != nullptr && silence->is_scalar() && silence->text == "absent") return false;
    const Node* join = part(node, "join");
    if (join != nullptr && !(join->is_scalar() && join->text == "ended")) return false;
    for (const StepIndex other : draft.process.steps[step].dependents) {
        if (draft.process.steps[other].needs.cancel_rest) return false;
    }
    return true;
}

/// Whether the stage ends by running out only, so that its steps are settled.
bool only_runs_out(const Draft& draft, StepIndex stage) {
    const Node& node = *draft.steps[stage].node;
    return part(node, "outcomes") == nullptr && part(node, "silence") == nullptr &&
           (part(node, "limit") == nullptr || part(node, "on") == nullptr);
}

/// The same record with every field optional: a step may have ended without the result that goes
/// with success.
Type all_optional(Type record) {
    for (TypeField& field : record.fields) field.optional = true;
    return record;
}

/// The fields of `steps.X`, or of a member of the list of a step with `each`.
std::vector<TypeField> instance_fields(const Draft& draft, StepIndex step, bool ended, bool member,
                                       bool granted = false) {
    const StepDraft& text = draft.steps[step];
    std::vector<TypeField> fields;
    const Type timestamp = Type::of(TypeKind::timestamp);
    // A member that was skipped has the outcome "", so that lists can be asked without a guard.
    fields.push_back({"outcome", Type::of(TypeKind::string), !ended && !member});
    if (text.has_result) {
        const bool sure = text.result_sure || (granted && ok_has_result(draft, step));
        const Type result = sure ? text.result : all_optional(text.result);
        fields.push_back({"result", result, !ended});
        if (text.verb == VerbKind::run) fields.push_back({"gives", result, !ended});
    }
    fields.push_back({"round", Type::of(TypeKind::integer), !ended && !member});
    fields.push_back({"started", timestamp, !ended});
    fields.push_back({"ended", timestamp, !ended});
    if (text.verb == VerbKind::do_) {
        const auto* stage = std::get_if<model::DoVerb>(&draft.process.steps[step].verb);
        std::vector<TypeField> inner;
        const bool run_out = ended && only_runs_out(draft, step);
        for (const StepIndex other : draft.process.scopes[stage->scope].steps) {
            const bool sure = run_out && draft.flow.always_ends[other];
            inner.push_back({draft.process.steps[other].id,
                             type_of_step(draft, {other, sure, run_out}), !run_out});
        }
        fields.push_back({"steps", Type::record_of(std::move(inner)), !ended && !member});
    }
    return fields;
}

Type case_type(const Draft& draft) {
    std::vector<TypeField> clocks;
    if (!draft.process.scopes.empty()) {
        for (const model::Clock& clock : draft.process.scopes[0].clocks) {
            clocks.push_back({clock.name,
                              Type::record_of({{"due", Type::of(TypeKind::timestamp), false}}),
                              true});
        }
    }
    return Type::record_of({{"id", Type::of(TypeKind::string), false},
                            {"opened", Type::of(TypeKind::timestamp), false},
                            {"due", Type::of(TypeKind::timestamp), true},
                            {"overdue", Type::of(TypeKind::boolean), false},
                            {"round", Type::of(TypeKind::integer), false},
                            {"clocks", Type::record_of(std::move(clocks)), false}});
}

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

std::vector<SeenStep> seen_steps(const Draft& draft, const Site& site) {
    std::vector<SeenStep> seen;
    if (site.form_only) return seen;
    StepIndex reader = site.step;
    ScopeIndex scope = site.scope;
    for (bool innermost = true;; innermost = false) {
        for (const StepIndex step : draft.process.scopes[scope].steps) {
            if (is_fetch(draft, step)) continue;  // `materials.ID` tells of it
            if (step == reader) {
                if (innermost && site.own_result) seen.push_back({step, false, false});
                continue;
            }
            if (reader == none) {
                seen.push_back(
                    {step, site.all_settled && draft.flow.always_ends[step], site.all_settled});
            } else {
                seen.push_back({step, draft.flow.ended_before[reader][step],
                                draft.flow.settled_before[reader][step],
                                draft.flow.granted_before[reader][step]});
            }
        }
        const model::Scope& level = draft.process.scopes[scope];
        if (level.owner == none) {
            if (!level.after_end) return seen;
            // The case may have ended anywhere, so nothing is certain about the process's own
            // steps.
            for (const StepIndex step : draft.process.scopes[0].steps)
                if (!is_fetch(draft, step)) seen.push_back({step, false, false});
            return seen;
        }
        reader = level.owner;
        scope = draft.process.steps[reader].scope;
    }
}

std::vector<StepIndex> bound_steps(const Draft& draft, const Site& site) {
    std::vector<StepIndex> steps;
    if (site.form_only) return steps;
    if (site.step != none && site.own_item && has_each(draft, site.step))
        steps.push_back(site.step);
    for (StepIndex stage = draft.process.scopes[site.scope].owner; stage != none;
         stage = stage_of(draft, stage)) {
        if (has_each(draft, stage)) steps.push_back(stage);
    }
    return steps;
}

Type type_of_step(const Draft& draft, const SeenStep& seen) {
    const StepIndex step = seen.step;
    if (!has_each(draft, step))
        return Type::record_of(instance_fields(draft, step, seen.ended, false, seen.granted));
    const bool all_ended = seen.settled && instances_always_end(draft, step);
    std::vector<TypeField> fields = {{"key", draft.steps[step].key, false},
                                     {"item", draft.steps[step].item, false},
                                     {"index", Type::of(TypeKind::integer), false}};
    for (TypeField& field : instance_fields(draft, step, all_ended, true))
        fields.push_back(std::move(field));
    return Type::list_of(Type::record_of(std::move(fields)));
}

std::vector<StepMention> mentions_of_steps(std::string_view text) {
    std::vector<StepMention> mentions;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == '\\')
                ++i;
            else if (c == quote)
                quote = 0;
            continue;
        }
        if (c == '\'' || c == '"') {
            quote = c;
            continue;
        }
        const bool begins = i == 0 || (!is_name_character(text[i - 1]) && text[i - 1] != '.');
        if (!begins || text.substr(i, 6) != "steps.") continue;
        std::size_t end = i + 6;
        while (end < text.size() && is_name_character(text[end])) ++end;
        if (end > i + 6) mentions.push_back({std::string(text.substr(i + 6, end - i - 6)), i + 6});
        i = end - 1;
    }
    return mentions;
}

cel::Environment environment(const Draft& draft, const Site& site,
                             const std::vector<SeenStep>& steps) {
    cel::Environment result;
    result.declarations.push_back({{"form"}, draft.form_type, 1});
    if (site.form_only) return result;
    result.functions = {"workdays(string, string) -> int",
                        "workdays(string, timestamp) -> int",
                        "workdays(timestamp, string) -> int",
                        "workdays(timestamp, timestamp) -> int",
                        "workday(string) -> bool",
                        "workday(timestamp) -> bool"};
    std::vector<TypeField> materials;
    for (const model::Material& material : draft.process.materials) {
        materials.push_back({material.id,
                             Type::record_of({{"present", Type::of(TypeKind::boolean), false},
                                              {"count", Type::of(TypeKind::integer), false}}),
                             false});
    }
    result.declarations.push_back({{"materials"}, Type::record_of(std::move(materials)), 2});
    std::vector<TypeField> fields;
    for (const SeenStep& seen : steps) {
        fields.push_back({draft.process.steps[seen.step].id, type_of_step(draft, seen), false});
    }
    result.declarations.push_back({{"steps"}, Type::record_of(std::move(fields)), 2});
    result.declarations.push_back({{"case"}, case_type(draft), 2});
    result.declarations.push_back({{"now"}, Type::of(TypeKind::timestamp), 1});
    for (const StepIndex step : bound_steps(draft, site)) {
        result.declarations.push_back(
            {{draft.process.steps[step].each->name}, draft.steps[step].item, 1});
    }
    if (site.own_result && site.step != none && draft.steps[site.step].has_result) {
        result.declarations.push_back({{"result"}, draft.steps[site.step].result, 1});
    }
    return result;
}

model::VariableRef reference(const Draft& draft, const Site& site,
                             const std::vector<std::string>& path) {
    using model::VariableRoot;
    const std::string& root = path.front();
    if (path.size() == 2 && root == "steps") {
        for (const SeenStep& seen : seen_steps(draft, site)) {
            if (draft.process.steps[seen.step].id == path[1])
                return {VariableRoot::step, seen.step};
        }
    }
    if (path.size() == 2 && root == "materials") {
        for (std::uint32_t i = 0; i < draft.process.materials.size(); ++i) {
            if (draft.process.materials[i].id == path[1]) return {VariableRoot::material, i};
        }
    }
    if (path.size() == 2 && root == "case") {
        constexpr const char* facts[] = {"id", "opened", "due", "overdue", "round", "clocks"};
        for (std::uint32_t i = 0; i < 6; ++i) {
            if (path[1] == facts[i]) return {VariableRoot::case_fact, i};
        }
    }
    for (const StepIndex step : bound_steps(draft, site)) {
        if (draft.process.steps[step].each->name == root) return {VariableRoot::bound, step};
    }
    if (root == "now") return {VariableRoot::now, 0};
    if (root == "result" && site.own_result) return {VariableRoot::own_result, site.step};
    CHECK(root == "form");
    return {VariableRoot::form, 0};
}

}  // namespace countersign::definitions
