// The compiler of processes: its passes in their order. Structure first, so that every name is
// known; then types, needs first; then what refers to them; then what only the whole shows.

#include "definitions/compiler.hpp"

#include "definitions/bundle.hpp"
#include "definitions/clocks.hpp"
#include "definitions/deadlines.hpp"
#include "definitions/documents.hpp"
#include "definitions/ends.hpp"
#include "definitions/expressions.hpp"
#include "definitions/fetch.hpp"
#include "definitions/follow.hpp"
#include "definitions/meet.hpp"
#include "definitions/moves.hpp"
#include "definitions/outline.hpp"
#include "definitions/runs.hpp"
#include "definitions/savings.hpp"
#include "definitions/tables.hpp"
#include "definitions/turns.hpp"
#include "definitions/undo.hpp"
#include "definitions/verbs.hpp"

#include <algorithm>
#include <charconv>

namespace countersign::definitions {

namespace {

void read_head(Draft& draft) {
    yaml::Keys keys(draft.root, draft.found, {"the process", "流程"}, "process");
    if (const Node* id = keys.required("process")) {
        draft.process.id = read_id(*id, draft.found, {"the process", "流程"}, true).value_or("");
    }
    if (const Node* version = keys.required("version")) {
        const auto number = read_count(*version, draft.found, ticked("version"), 1, 1'000'000);
        draft.process.version = static_cast<std::uint32_t>(number.value_or(1));
    }
    draft.process.title = read_title(keys.required("title"), draft.found, {"the title", "标题"});
    if (const Node* calendar = keys.optional("calendar")) {
        draft.process.calendar =
            yaml::as_text(*calendar, draft.found, ticked("calendar")).value_or("");
        const auto& known = draft.catalog.calendars;
        const bool exists =
            std::find(known.begin(), known.end(), draft.process.calendar) != known.end();
        if (!draft.process.calendar.empty() && !exists) {
            draft.found.error(
                "CS2008", calendar->span,
                format_both("there is no calendar `{}`", "没有日历`{}`", draft.process.calendar),
                diagnostics::did_you_mean(draft.process.calendar, known));
        }
    }
    read_basis(keys.optional("legal_basis"), draft.found);
    for (const char* key :
         {"form", "materials", "documents", "supplement", "limits", "clocks", "after_end"})
        keys.optional(key);
    if (keys.optional("bundle") == nullptr)
        keys.required("steps");
    else
        keys.optional("steps");
    keys.required("ends");
    refuse_unavailable(keys, draft.root, draft.found, {"migrate", "amends", "keep"});
    keys.finish();
}

// ── Form ─────────────────────────────────────────────────────────────────────────────────────

void check_departments(Draft& draft) {
    for (const DepartmentChoice& choice : draft.form.departments) {
        if (draft.catalog.contract(choice.contract) == nullptr &&
            !draft.catalog.is_unread("contract", choice.contract)) {
            std::vector<std::string> known;
            for (const auto& contract : draft.catalog.contracts) known.push_back(contract.id);
            draft.found.error(
                "CS2006", choice.place,
                format_both("there is no contract `{}`", "没有约定`{}`", choice.contract),
                diagnostics::did_you_mean(choice.contract, known));
        }
        for (std::size_t i = 0; i < choice.members.size(); ++i) {
            const std::string& id = choice.members[i].department;
            const DepartmentDefinition* department = draft.catalog.department(id);
            if (department == nullptr) {
                if (draft.catalog.is_unread("department", id)) continue;
                std::vector<std::string> known;
                for (const auto& other : draft.catalog.departments) known.push_back(other.id);
                draft.found.error("CS2004", choice.member_places[i],
                                  format_both("there is no department `{}`", "没有部门`{}`", id),
                                  diagnostics::did_you_mean(id, known));
                continue;
            }
            const auto& contracts = department->implements;
            if (draft.catalog.contract(choice.contract) == nullptr) continue;
            if (std::find(contracts.begin(), contracts.end(), choice.contract) == contracts.end()) {
                draft.found.error(
                    "CS2006", choice.member_places[i],
                    format_both("the department `{}` does not implement the contract `{}`",
                                "部门`{}`没有实现约定`{}`", id, choice.contract),
                    format_both("add `implements: [{}]` to the department",
                                "请在该部门补上`implements: [{}]`", choice.contract));
            }
        }
    }
}

/// A field whose type is wrong has any type: what uses it is not wrong, too.
void forget_type(expr::Type& root, const std::vector<std::size_t>& at) {
    expr::Type* type = &root;
    for (const std::size_t i : at) {
        const bool is_list = type->kind == expr::TypeKind::list;
        type = is_list ? &type->arguments.front() : &type->fields[i].type;
    }
    *type = expr::Type::of(expr::TypeKind::dyn);
}

void read_form(Draft& draft) {
    draft.process.form.type = model::FieldType::record;
    draft.process.form.required = true;
    const Node* form = part(draft.root, "form");
    if (form != nullptr) {
        draft.form = read_fields(*form, FieldsOf::form, draft.found, ticked("form"));
        if (!form->is_mapping()) {
            // What its fields are is not known: what names them is not wrong, too.
            draft.form_type = expr::Type::of(expr::TypeKind::dyn);
            draft.process.form = draft.form.root;
            return;
        }
    } else {
        draft.form.root = draft.process.form;
    }
    merge_form(draft);
    // A condition makes its field optional, so the types stand before the conditions are compiled.
    draft.form_type = model::type_of(draft.form.root);
    for (const auto& at : draft.form.untyped) forget_type(draft.form_type, at);
    check_departments(draft);
    Site site;
    site.form_only = true;
    for (const FieldCondition& condition : draft.form.conditions) {
        auto compiled = compile_condition(draft, *condition.node, site, ticked("required"));
        model::Field* field = &draft.form.root;
        for (const std::size_t at : condition.at) field = &field->fields[at];
        field->required_when = std::move(compiled);
    }
    draft.process.form = draft.form.root;
}

// ── Materials, supplement ────────────────────────────────────────────────────────────────────

std::optional<std::uint64_t> read_size(Draft& draft, const Node& node) {
    const std::string_view text =
        node.is_scalar() ? std::string_view(node.text) : std::string_view();
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit = text.substr(static_cast<std::size_t>(read.ptr - text.data()));
    const std::uint64_t factor = unit == "B"    ? 1
                                 : unit == "KB" ? 1'000
                                 : unit == "MB" ? 1'000'000
                                                : 0;
    if (read.ec == std::errc() && factor != 0 && number >= 1 && number <= 100'000)
        return number * factor;
    draft.found.error("CS2016", node.span,
                      format_both("`max_size` must be a size, but this is {}",
                                  "`max_size`应为大小，但此处是{}", yaml::describe(node)),
                      {"write `20MB` or `500KB`", "请写成`20MB`或`500KB`"});
    return std::nullopt;
}

void read_material(Draft& draft, const Node& key, const Node& value) {
    const auto id = read_id(key, draft.found, {"the material", "材料"}, false);
    if (!id) return;
    model::Material material;
    material.id = *id;
    yaml::Keys keys(value, draft.found, format_both("material `{}`", "材料`{}`", *id), "material");
    if (!keys.ok()) return;
    material.title = read_title(keys.required("title"), draft.found,
                                format_both("the title of `{}`", "`{}`的标题", *id));
    if (const Node* required = keys.optional("required")) {
        const bool fixed = required->is_scalar() && required->is_plain() &&
                           (required->text == "true" || required->text == "false");
        Site site;
        site.form_only = true;
        if (fixed)
            material.required = required->text == "true";
        else
            material.required_when = compile_condition(draft, *required, site, ticked("required"));
    }
    if (const Node* accept = keys.optional("accept")) {
        for (const Node* item : yaml::as_texts(*accept, draft.found, ticked("accept"))
                                    .value_or(std::vector<const Node*>{})) {
            material.accept.push_back(item->text);
        }
    }
    if (const Node* element = keys.optional("element"))
        material.element = yaml::as_text(*element, draft.found, ticked("element")).value_or("");
    if (const Node* size = keys.optional("max_size"))
        material.max_bytes = read_size(draft, *size).value_or(0);
    keys.optional("may_follow");  // names a step: read_follows() looks at it
    keys.optional("from");        // is a step: add_fetches() makes it
    refuse_unavailable(keys, value, draft.found, {"commit"});
    keys.finish();
    draft.process.materials.push_back(std::move(material));
}

void read_materials(Draft& draft) {
    const Node* materials = part(draft.root, "materials");
    if (materials == nullptr || !yaml::expect_mapping(*materials, draft.found, ticked("materials")))
        return;
    for (const auto& [key, value] : materials->entries) read_material(draft, key, value);
}

void read_supplement(Draft& draft) {
    const Node* node = part(draft.root, "supplement");
    if (node == nullptr) return;
    yaml::Keys keys(*node, draft.found, ticked("supplement"), "supplement");
    if (!keys.ok()) return;
    model::Supplement supplement;
    if (const Node* window = keys.optional("window")) {
        supplement.window =
            read_limit(*window, draft.found, ticked("window")).value_or(supplement.window);
    }
    if (const Node* times = keys.optional("times")) {
        supplement.times = static_cast<std::uint32_t>(
            read_count(*times, draft.found, ticked("times"), 1, 100).value_or(1));
    }
    if (const Node* limit = keys.optional("limit")) {
        supplement.limit =
            read_limit(*limit, draft.found, ticked("limit")).value_or(supplement.limit);
    }
    if (const Node* pauses = keys.optional("pauses")) {
        supplement.pauses_case = pauses->is_scalar() && pauses->text == "case";
        if (!supplement.pauses_case && !(pauses->is_scalar() && pauses->text == "nothing")) {
            draft.found.error(
                "CS2034", pauses->span,
                {"`pauses` must be `case` or `nothing`", "`pauses`应为`case`或`nothing`"},
                {"write `case` if the case's clocks stand still meanwhile, else `nothing`",
                 "补正期间办件停表请写`case`，否则写`nothing`"});
        }
    }
    keys.also("deems_accepted");  // read once the intake is known
    keys.finish();
    draft.process.supplement = supplement;
}

// ── Steps ────────────────────────────────────────────────────────────────────────────────────

/// `not_by` of an ask: another ask beside it, or on a level around it.
void read_not_by(Draft& draft, StepIndex step) {
    const Node* node = part(*draft.steps[step].node, "not_by");
    if (node == nullptr) return;
    const std::string id = yaml::as_text(*node, draft.found, ticked("not_by")).value_or("");
    if (id.empty()) return;
    std::vector<std::string> known;
    for (ScopeIndex scope = draft.process.steps[step].scope;;) {
        for (const StepIndex other : draft.process.scopes[scope].steps) {
            if (other == step || draft.steps[other].verb != VerbKind::ask) continue;
            if (draft.process.steps[other].id == id) {
                draft.process.steps[step].not_by = other;
                return;
            }
            known.push_back(draft.process.steps[other].id);
        }
        const StepIndex stage = draft.process.scopes[scope].owner;
        if (stage == none) break;
        scope = draft.process.steps[stage].scope;
    }
    draft.found.error(
        "CS2049", node->span,
        id == draft.process.steps[step].id
            ? format_both("step `{}` cannot be kept apart from itself", "步骤`{}`不能与自身回避",
                          id)
            : format_both("no step `{}` that asks a person stands beside this one or around it",
                          "此步骤同级或外层没有由人办理的步骤`{}`", id),
        diagnostics::did_you_mean(id, known));
}

void read_modifiers(Draft& draft, StepIndex step) {
    const Node& node = *draft.steps[step].node;
    if (const Node* when = part(node, "when")) {
        draft.process.steps[step].when =
            compile_condition(draft, *when, site_of(draft, step), ticked("when"));
    }
    if (const Node* offered = part(node, "while")) {
        model::Step& model_step = draft.process.steps[step];
        model_step.offered_while =
            compile_condition(draft, *offered, site_of(draft, step), ticked("while"));
        if (model_step.offered_while)
            model_step.while_moments = check_now(draft, *offered, *model_step.offered_while);
    }
    if (const Node* critical = part(node, "safety_critical")) {
        draft.process.steps[step].safety_critical =
            yaml::as_boolean(*critical, draft.found, ticked("safety_critical")).value_or(false);
    }
    draft.process.steps[step].legal_basis = read_basis(part(node, "legal_basis"), draft.found);
    read_open(draft, step);
    read_inputs(draft, step);
    read_step_clocks(draft, step);
    read_on(draft, step);
    read_silence(draft, step);
    read_pauses(draft, step);
    read_undo(draft, step);
    read_exclusive(draft, step);
    read_not_by(draft, step);
    read_fetched(draft, step);
}

}  // namespace

namespace {

void compile(Draft& draft) {
    const std::size_t errors_before = draft.found.errors();
    read_head(draft);
    read_ends(draft);
    read_bundle(draft);
    read_form(draft);
    read_materials(draft);
    merge_materials(draft);
    read_supplement(draft);
    read_outline(draft);
    read_needs(draft);
    compute_flow(draft);
    for (ScopeIndex scope = 0; scope < draft.process.scopes.size(); ++scope) {
        if (draft.process.scopes[scope].owner == none) read_verbs(draft, scope);
    }
    read_case_clocks(draft);
    for (StepIndex step = 0; step < draft.steps.size(); ++step) read_modifiers(draft, step);
    read_deems_accepted(draft);
    finish_bundle(draft);
    for (StepIndex step = 0; step < draft.steps.size(); ++step)
        if (draft.steps[step].verb == VerbKind::appoint) read_slots(draft, step);
    read_follows(draft);
    read_documents(draft);
    check_turns(draft);
    compile_ends(draft);
    check_whole(draft);
    check_tables(draft);
    check_conditions(draft);
    // What could not be compiled may well have used a field, so this is said of sound texts only.
    if (draft.found.errors() != errors_before) return;
    check_fields_used(draft);
    check_materials_used(draft);
    check_deadlines(draft);
}

}  // namespace

CompiledProcess compile_process(const Node& root, const Catalog& catalog, Diagnostics& found) {
    Draft draft{root, catalog, found};
    const std::size_t errors_before = found.errors();
    compile(draft);
    ProcessSignature signature = signature_of(draft);
    std::optional<Savings> savings;
    if (found.errors() == errors_before) {
        signature.takes = time_of(draft);
        signature.trips = trips_of(draft.process);
        savings = savings_of(draft);
    }
    return {std::move(draft.process), std::move(signature), std::move(savings)};
}

}  // namespace countersign::definitions
