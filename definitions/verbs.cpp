// Verbs and their outcomes; see verbs.hpp. `each` and `decide` have files of their own.

#include "definitions/verbs.hpp"

#include "definitions/expressions.hpp"

#include <algorithm>

namespace countersign::definitions {

using expr::Type;
using expr::TypeKind;
using model::OutcomeKind;

namespace {

// ── call ─────────────────────────────────────────────────────────────────────────────────────

std::uint32_t add_operation(Draft& draft, const std::string& key,
                            const model::Operation& operation) {
    auto& keys = draft.operation_keys;
    const auto known = std::find(keys.begin(), keys.end(), key);
    if (known != keys.end()) return static_cast<std::uint32_t>(known - keys.begin());
    keys.push_back(key);
    draft.process.operations.push_back(operation);
    return static_cast<std::uint32_t>(keys.size() - 1);
}

const model::Operation* find_operation(Draft& draft,
                                       const std::vector<model::Operation>& operations,
                                       const Node& node, std::size_t dot,
                                       const std::string& owner) {
    const std::string name = node.text.substr(dot + 1);
    for (const model::Operation& operation : operations) {
        if (operation.name == name) return &operation;
    }
    draft.found.error("CS2005",
                      yaml::span_within(draft.found.sources(), node, dot + 1, name.size()),
                      owner + " has no operation `" + name + "`",
                      diagnostics::did_you_mean(name, names_of(operations)));
    return nullptr;
}

/// `call: NAME.op` with a name bound by `each`. Null after reporting.
const model::Operation* bound_operation(Draft& draft, StepIndex binder, const Node& node,
                                        std::size_t dot, model::CallVerb& call) {
    const DepartmentChoice* choice = draft.steps[binder].choice;
    const std::string name = node.text.substr(0, dot);
    if (choice == nullptr) {
        draft.found.error(
            "CS2081", yaml::span_within(draft.found.sources(), node, 0, dot),
            "`" + name +
                "` does not name a department: only an item of a `choices` field with "
                "`of: { contract, as }`, taken whole, does",
            "write `each: { " + name + ": form.FIELD }` with such a field");
        return nullptr;
    }
    const ContractDefinition* contract = draft.catalog.contract(choice->contract);
    if (contract == nullptr) return nullptr;  // reported at the field
    const auto* operation = find_operation(draft, contract->operations, node, dot,
                                           "the contract `" + contract->id + "`");
    if (operation == nullptr) return nullptr;
    call.target.bound = binder;
    call.target.members = choice->members;
    call.operation = add_operation(draft, contract->id + "/" + operation->name, *operation);
    return operation;
}

const model::Operation* fixed_operation(Draft& draft, const Node& node, std::size_t dot,
                                        model::CallVerb& call) {
    const std::string id = node.text.substr(0, dot);
    const DepartmentDefinition* department = draft.catalog.department(id);
    if (department == nullptr) {
        std::vector<std::string> known;
        for (const auto& other : draft.catalog.departments) known.push_back(other.id);
        draft.found.error("CS2004", yaml::span_within(draft.found.sources(), node, 0, dot),
                          "there is no department `" + id + "`",
                          diagnostics::did_you_mean(id, known));
        return nullptr;
    }
    const auto* operation =
        find_operation(draft, department->operations, node, dot, "the department `" + id + "`");
    if (operation == nullptr) return nullptr;
    call.target.department = id;
    call.operation = add_operation(draft, id + "." + operation->name, *operation);
    return operation;
}

void read_call(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    model::Step& model_step = draft.process.steps[step];
    const Node& node = *text.verb_node;
    model::CallVerb call;
    if (!yaml::as_text(node, draft.found, "`call`")) return;
    const std::size_t dot = node.text.find('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == node.text.size()) {
        draft.found.error("CS2005", node.span, "`call` must name a department and its operation",
                          "write `department.operation`");
        return;
    }
    StepIndex binder = none;
    for (StepIndex at = step; at != none && binder == none; at = stage_of(draft, at)) {
        const auto& each = draft.process.steps[at].each;
        if (each && each->name == node.text.substr(0, dot)) binder = at;
    }
    const model::Operation* operation = binder != none
                                            ? bound_operation(draft, binder, node, dot, call)
                                            : fixed_operation(draft, node, dot, call);
    if (operation == nullptr) return;
    model_step.verb = call;
    model_step.outcomes = operation->outcomes;
    text.result = model::type_of(operation->output);
    text.has_result = true;
    text.outcomes_known = true;
}

// ── ask, do, wait ────────────────────────────────────────────────────────────────────────────

void read_ask(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    model::Step& model_step = draft.process.steps[step];
    model::AskVerb ask;
    ask.form.type = model::FieldType::record;
    ask.form.required = true;
    if (yaml::as_text(*text.verb_node, draft.found, "`ask`")) {
        check_role(*text.verb_node, draft.catalog, draft.found);
        ask.role = text.verb_node->text;
    }
    if (const Node* form = part(*text.node, "form")) {
        FieldSet set = read_fields(*form, FieldsOf::form, draft.found, "`form`");
        for (const FieldCondition& condition : set.conditions) {
            draft.found.error("CS2012", condition.node->span,
                              "`required` must be `true` or `false` in the form of a task");
        }
        ask.form = std::move(set.root);
    }
    model_step.outcomes = {{"done", OutcomeKind::ok}};
    if (const Node* choices = part(*text.node, "choices")) {
        model_step.outcomes = read_outcomes(*choices, draft.found, "`choices`");
        if (model_step.outcomes.empty()) {
            draft.found.error("CS2015", choices->span, "`choices` has no outcome");
        }
    }
    text.result = model::type_of(ask.form);
    text.has_result = true;
    text.outcomes_known = !model_step.outcomes.empty();
    model_step.verb = std::move(ask);
}

void read_do(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    auto& outcomes = draft.process.steps[step].outcomes;
    outcomes = {{"done", OutcomeKind::ok}};
    if (const Node* own = part(*text.node, "outcomes")) {
        for (const model::Outcome& outcome : read_outcomes(*own, draft.found, "`outcomes`")) {
            if (outcome.name == "done") {
                draft.found.error("CS2015", own->entry("done")->key.span,
                                  "every stage has the outcome `done`, of kind `ok`",
                                  "leave it out");
            } else {
                outcomes.push_back(outcome);
            }
        }
    }
    text.outcomes_known = true;
    read_verbs(draft, std::get<model::DoVerb>(draft.process.steps[step].verb).scope);
}

bool read_wait_branch(Draft& draft, StepIndex step, const Node& node, bool named,
                      model::WaitVerb::Branch& branch) {
    branch.name = "done";
    if (node.is_scalar()) {
        const auto delay = read_limit(node, draft.found, "`wait`");
        branch.delay = delay;
        if (named) branch.name = "elapsed";
        return delay.has_value();
    }
    yaml::Keys keys(node, draft.found, "`wait`");
    const Node* after = named ? keys.optional("after") : nullptr;
    const Node* until = keys.optional("until");
    const Node* signal = keys.optional("signal");
    const Node* as = named ? keys.optional("as") : nullptr;
    if (!named) keys.also("first_of");
    refuse_unavailable(keys, node, draft.found, {"before"});
    keys.finish();
    if (!keys.ok()) return false;
    const int given = (after != nullptr) + (until != nullptr) + (signal != nullptr);
    if (given != 1) {
        if (given > 1 || node.find("before") == nullptr) {
            draft.found.error(
                "CS2082", node.span, "`wait` must wait for one thing",
                "write `3d`, `{ until: … }`, `{ signal: NAME }` or `{ first_of: […] }`");
        }
        return false;
    }
    if (after != nullptr) {
        branch.delay = read_limit(*after, draft.found, "`after`");
        branch.name = "elapsed";
    } else if (until != nullptr) {
        branch.until = compile_condition(draft, *until, site_of(draft, step), "`until`");
        if (branch.until) check_now(draft, *until, *branch.until);
        if (named) branch.name = "reached";
    } else if (const auto name = read_id(*signal, draft.found, "the signal", false)) {
        branch.signal = *name;
        if (named) branch.name = *name;
    }
    if (as != nullptr)
        branch.name = read_id(*as, draft.found, "the outcome", false).value_or(branch.name);
    return true;
}

void read_wait(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    model::WaitVerb wait;
    const Node* first_of =
        text.verb_node->is_mapping() ? part(*text.verb_node, "first_of") : nullptr;
    if (first_of == nullptr) {
        wait.branches.emplace_back();
        read_wait_branch(draft, step, *text.verb_node, false, wait.branches.back());
    } else if (yaml::expect_sequence(*first_of, draft.found, "`first_of`")) {
        yaml::Keys keys(*text.verb_node, draft.found, "`wait`");
        keys.also("first_of");
        keys.finish();
        for (const Node& item : first_of->items) {
            model::WaitVerb::Branch branch;
            if (!read_wait_branch(draft, step, item, true, branch)) continue;
            const bool taken = std::any_of(
                wait.branches.begin(), wait.branches.end(),
                [&](const model::WaitVerb::Branch& other) { return other.name == branch.name; });
            if (taken) {
                draft.found.error("CS2003", item.span,
                                  "two of these have the outcome `" + branch.name + "`",
                                  "name one of them: `{ …, as: NAME }`");
            }
            wait.branches.push_back(std::move(branch));
        }
    }
    for (const auto& branch : wait.branches) {
        draft.process.steps[step].outcomes.push_back({branch.name, OutcomeKind::ok});
    }
    text.outcomes_known = true;
    draft.process.steps[step].verb = std::move(wait);
}

}  // namespace

void read_verbs(Draft& draft, ScopeIndex scope) {
    for (const StepIndex step : draft.order[scope]) {
        read_each(draft, step);
        switch (draft.steps[step].verb) {
            case VerbKind::call:
                read_call(draft, step);
                break;
            case VerbKind::ask:
                read_ask(draft, step);
                break;
            case VerbKind::do_:
                read_do(draft, step);
                break;
            case VerbKind::decide:
                read_decide(draft, step);
                break;
            case VerbKind::wait:
                read_wait(draft, step);
                break;
            case VerbKind::broken:
                break;
        }
        draft.steps[step].typed = true;
        compute_result_sure(draft, step);
    }
}

}  // namespace countersign::definitions
