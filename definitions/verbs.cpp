// Verbs and their outcomes; see verbs.hpp. `each` and `decide` have files of their own.

#include "definitions/verbs.hpp"

#include "definitions/expressions.hpp"
#include "definitions/lead.hpp"
#include "definitions/meet.hpp"
#include "definitions/runs.hpp"
#include "definitions/sign.hpp"

#include <algorithm>

namespace countersign::definitions {

using expr::Type;
using expr::TypeKind;
using model::OutcomeKind;

namespace {

// ── call ─────────────────────────────────────────────────────────────────────────────────────

const model::Operation* find_operation(Draft& draft,
                                       const std::vector<model::Operation>& operations,
                                       const Node& node, std::size_t dot, const Text& owner) {
    const std::string name = node.text.substr(dot + 1);
    for (const model::Operation& operation : operations) {
        if (operation.name == name) return &operation;
    }
    draft.found.error("CS2005",
                      yaml::span_within(draft.found.sources(), node, dot + 1, name.size()),
                      format_both("{} has no operation `{}`", "{}没有操作`{}`", owner, name),
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
            format_both("`{}` does not name a department: only an item of a `choices` field with "
                        "`of: {{ contract, as }}`, taken whole, does",
                        "`{}`不代表部门：只有整个取自带`of: {{ contract, as "
                        "}}`的`choices`字段的项才代表部门",
                        name),
            format_both("write `each: {{ {}: form.FIELD }}` with such a field",
                        "请用这样的字段写`each: {{ {}: form.字段 }}`", name));
        return nullptr;
    }
    const ContractDefinition* contract = draft.catalog.contract(choice->contract);
    if (contract == nullptr) return nullptr;  // reported at the field
    const auto* operation =
        find_operation(draft, contract->operations, node, dot,
                       format_both("the contract `{}`", "约定`{}`", contract->id));
    if (operation == nullptr) return nullptr;
    call.target.bound = binder;
    call.target.members = choice->members;
    call.operation = add_operation(draft, contract->id + "/" + operation->name, *operation);
    return operation;
}

/// Returns how to write what a department is asked, with its operations if it is known.
Text operation_cure(const Draft& draft, const std::string& id) {
    const DepartmentDefinition* department = draft.catalog.department(id);
    if (department == nullptr || department->operations.empty())
        return {"write `department.operation`", "请写成`部门.操作`"};
    std::vector<std::string> known;
    for (const auto& operation : department->operations) known.push_back(id + "." + operation.name);
    return format_both("write {}", "请写{}", listed(known));
}

const model::Operation* fixed_operation(Draft& draft, const Node& node, std::size_t dot,
                                        model::CallVerb& call) {
    const std::string id = node.text.substr(0, dot);
    const DepartmentDefinition* department =
        find_department(draft, id, yaml::span_within(draft.found.sources(), node, 0, dot));
    if (department == nullptr) return nullptr;
    const auto* operation = find_operation(draft, department->operations, node, dot,
                                           format_both("the department `{}`", "部门`{}`", id));
    if (operation == nullptr) return nullptr;
    call.target.department = id;
    call.operation = add_operation(draft, id + "." + operation->name, *operation);
    return operation;
}

void read_call(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    model::Step& model_step = draft.process.steps[step];
    model::CallVerb call;
    const model::Operation* operation = read_operation(draft, step, *text.verb_node, "call", call);
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
    if (const Node* form = part(*text.node, "form")) {
        FieldSet set = read_fields(*form, FieldsOf::form, draft.found, ticked("form"));
        for (const FieldCondition& condition : set.conditions) {
            draft.found.error("CS2012", condition.node->span,
                              {"`required` must be `true` or `false` in the form of a task",
                               "任务表单中的`required`应为`true`或`false`"},
                              {"only fields of the application form may be required by a condition",
                               "只有申请表单的字段才能按条件必填"});
        }
        ask.form = std::move(set.root);
    }
    model_step.outcomes = {{"done", OutcomeKind::ok}};
    if (const Node* choices = part(*text.node, "choices")) {
        model_step.outcomes = read_outcomes(*choices, draft.found, ticked("choices"));
        if (choices->is_mapping() && choices->entries.empty()) {
            draft.found.error("CS2015", choices->span,
                              {"`choices` has no outcome", "`choices`没有结果"},
                              {"write `choices: { accepted: ok, refused: refusal }`",
                               "请写成`choices: { accepted: ok, refused: refusal }`"});
        }
    }
    read_signers(draft, step, ask);
    text.result = ask.sign ? signatures_type(ask.form) : model::type_of(ask.form);
    text.has_result = true;
    text.outcomes_known = !model_step.outcomes.empty();
    model_step.verb = std::move(ask);
}

void read_do(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    auto& outcomes = draft.process.steps[step].outcomes;
    outcomes = {{"done", OutcomeKind::ok}};
    if (const Node* own = part(*text.node, "outcomes")) {
        for (const model::Outcome& outcome : read_outcomes(*own, draft.found, ticked("outcomes"))) {
            if (outcome.name == "done") {
                draft.found.error("CS2015", own->entry("done")->key.span,
                                  {"every stage has the outcome `done`, of kind `ok`",
                                   "每个阶段都有`ok`类的结果`done`"},
                                  {"leave it out", "请去掉"});
            } else {
                outcomes.push_back(outcome);
            }
        }
    }
    text.outcomes_known = true;
    auto& stage = std::get<model::DoVerb>(draft.process.steps[step].verb);
    if (text.meets) stage.appointment = draft.process.find(stage.scope, meeting_slot);
    const ScopeIndex scope = stage.scope;
    read_verbs(draft, scope);
    if (draft.steps[step].meets) read_meeting(draft, step);
    if (draft.steps[step].leads) read_lead(draft, step);
}

/// `before: {date, by}`: some time before a date or moment.
void read_before(Draft& draft, const Node& node, const Site& site,
                 model::WaitVerb::Branch& branch) {
    yaml::Keys keys(node, draft.found, ticked("before"), "before");
    const Node* date = keys.required("date");
    const Node* by = keys.required("by");
    keys.finish();
    if (date == nullptr || by == nullptr) return;
    branch.by = read_limit(*by, draft.found, ticked("by"));
    if (!yaml::as_expression(*date, draft.found, ticked("date"))) return;
    Compiled compiled = compile(draft, *date, 0, site, Form::expression);
    if (!compiled.ok) return;
    if (compiled.type.kind != TypeKind::string && compiled.type.kind != TypeKind::timestamp) {
        draft.found.error("CS2061", date->span,
                          format_both("this must be a date or a time, but it is {}",
                                      "此处应为日期或时间，但实为{}", compiled.type.text()),
                          {"name a `date` or `time` field, such as `form.begins`",
                           "请写`date`或`time`类型的字段，如`form.begins`"});
        return;
    }
    if (branch.by) branch.before = std::move(compiled.expression);
}

bool read_wait_branch(Draft& draft, StepIndex step, const Node& node, bool named,
                      model::WaitVerb::Branch& branch) {
    branch.name = "done";
    if (node.is_scalar()) {
        const auto delay = read_limit(node, draft.found, ticked("wait"));
        branch.delay = delay;
        if (named) branch.name = "elapsed";
        return delay.has_value();
    }
    yaml::Keys keys(node, draft.found, ticked("wait"), "wait");
    const Node* after = named ? keys.optional("after") : nullptr;
    const Node* until = keys.optional("until");
    const Node* signal = keys.optional("signal");
    const Node* as = named ? keys.optional("as") : nullptr;
    if (!named) keys.also("first_of");
    const Node* before = keys.optional("before");
    keys.finish();
    if (!keys.ok()) return false;
    const int given =
        (after != nullptr) + (until != nullptr) + (signal != nullptr) + (before != nullptr);
    if (given != 1) {
        draft.found.error("CS2082", node.span,
                          {"`wait` must wait for one thing", "`wait`只能等一件事"},
                          {"write `3d`, `{ until: … }`, `{ before: … }`, `{ signal: NAME }` or `{ "
                           "first_of: […] }`",
                           "请写`3d`、`{ until: … }`、`{ before: … }`、`{ signal: 名称 }`或`{ "
                           "first_of: […] }`"});
        return false;
    }
    if (after != nullptr) {
        branch.delay = read_limit(*after, draft.found, ticked("after"));
        branch.name = "elapsed";
    } else if (until != nullptr) {
        branch.until = compile_condition(draft, *until, site_of(draft, step), ticked("until"));
        if (branch.until) branch.moments = check_now(draft, *until, *branch.until);
        if (named) branch.name = "reached";
    } else if (before != nullptr) {
        read_before(draft, *before, site_of(draft, step), branch);
        if (named) branch.name = "reached";
    } else if (const auto name = read_id(*signal, draft.found, {"the signal", "信号"}, false)) {
        branch.signal = *name;
        if (named) branch.name = *name;
    }
    if (as != nullptr)
        branch.name =
            read_id(*as, draft.found, {"the outcome", "结果"}, false).value_or(branch.name);
    return true;
}

/// Of several times that are waited for at once only the shortest ever comes first.
void check_first_of(Draft& draft, const Node& list, const model::WaitVerb& wait) {
    if (wait.branches.size() != list.items.size()) return;
    for (std::size_t i = 0; i < wait.branches.size(); ++i) {
        for (std::size_t other = 0; other < wait.branches.size(); ++other) {
            const auto& late = wait.branches[i].delay;
            const auto& early = wait.branches[other].delay;
            if (i == other || !late || !early) continue;
            const int order = compare_limits(*late, *early).value_or(-1);
            if (order < 0 || (order == 0 && i < other)) continue;
            draft.found.error("CS2031", list.items[i].span,
                              format_both("this never comes first: after {} the wait is over",
                                          "这一项不会最先到：{}之后等待已经结束", early->text()),
                              {"leave it out, or mend the times", "请去掉，或改正时长"});
            break;
        }
    }
}

void read_wait(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    model::WaitVerb wait;
    const Node* first_of =
        text.verb_node->is_mapping() ? part(*text.verb_node, "first_of") : nullptr;
    if (first_of == nullptr) {
        wait.branches.emplace_back();
        read_wait_branch(draft, step, *text.verb_node, false, wait.branches.back());
    } else if (yaml::expect_sequence(*first_of, draft.found, ticked("first_of"))) {
        yaml::Keys keys(*text.verb_node, draft.found, ticked("wait"), "wait");
        keys.also("first_of");
        keys.finish();
        for (const Node& item : first_of->items) {
            model::WaitVerb::Branch branch;
            if (!read_wait_branch(draft, step, item, true, branch)) continue;
            const bool taken = std::any_of(
                wait.branches.begin(), wait.branches.end(),
                [&](const model::WaitVerb::Branch& other) { return other.name == branch.name; });
            if (taken) {
                draft.found.error(
                    "CS2003", item.span,
                    format_both("two of these have the outcome `{}`", "其中有两项的结果都是`{}`",
                                branch.name),
                    {"name one of them: `{ …, as: NAME }`", "请给其中一项取名：`{ …, as: 名称 }`"});
            }
            wait.branches.push_back(std::move(branch));
        }
    }
    if (first_of != nullptr) check_first_of(draft, *first_of, wait);
    for (const auto& branch : wait.branches) {
        draft.process.steps[step].outcomes.push_back({branch.name, OutcomeKind::ok});
    }
    text.outcomes_known = true;
    draft.process.steps[step].verb = std::move(wait);
}

}  // namespace

const DepartmentDefinition* find_department(Draft& draft, const std::string& id,
                                            const Span& place) {
    const DepartmentDefinition* department = draft.catalog.department(id);
    if (department != nullptr || draft.catalog.is_unread("department", id)) return department;
    std::vector<std::string> known;
    for (const auto& other : draft.catalog.departments) known.push_back(other.id);
    Text cure = diagnostics::did_you_mean(id, known);
    if (draft.catalog.contract(id) != nullptr) {
        std::vector<std::string> members;
        for (const auto& other : draft.catalog.departments)
            if (std::count(other.implements.begin(), other.implements.end(), id) != 0)
                members.push_back(other.id);
        if (!members.empty())
            cure = format_both("it is a contract; write one of those that implement it: {}",
                               "这是一份约定；请写实现它的部门：{}", listed(members));
    }
    draft.found.error("CS2004", place,
                      format_both("there is no department `{}`", "没有部门`{}`", id),
                      std::move(cure));
    return nullptr;
}

std::uint32_t add_operation(Draft& draft, const std::string& key,
                            const model::Operation& operation) {
    auto& keys = draft.operation_keys;
    const auto known = std::find(keys.begin(), keys.end(), key);
    if (known != keys.end()) return static_cast<std::uint32_t>(known - keys.begin());
    keys.push_back(key);
    draft.process.operations.push_back(operation);
    return static_cast<std::uint32_t>(keys.size() - 1);
}

const model::Operation* read_operation(Draft& draft, StepIndex step, const Node& node,
                                       std::string_view key, model::CallVerb& call) {
    if (!yaml::as_text(node, draft.found, ticked(key))) return nullptr;
    const std::size_t dot = node.text.find('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == node.text.size()) {
        draft.found.error("CS2005", node.span,
                          format_both("`{}` must name a department and its operation",
                                      "`{}`应写部门和它的操作", key),
                          operation_cure(draft, node.text));
        return nullptr;
    }
    StepIndex binder = none;
    for (StepIndex at = step; at != none && binder == none; at = stage_of(draft, at)) {
        const auto& each = draft.process.steps[at].each;
        if (each && each->name == node.text.substr(0, dot)) binder = at;
    }
    return binder != none ? bound_operation(draft, binder, node, dot, call)
                          : fixed_operation(draft, node, dot, call);
}

void read_verbs(Draft& draft, ScopeIndex scope) {
    for (const StepIndex step : draft.order[scope]) {
        read_each(draft, step);
        switch (draft.steps[step].verb) {
            case VerbKind::call:
                read_call(draft, step);
                break;
            case VerbKind::run:
                read_run(draft, step);
                break;
            case VerbKind::appoint:
                read_appointment(draft, step);
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
            case VerbKind::lead:  // a stage by now
            case VerbKind::broken:
                break;
        }
        draft.steps[step].typed = true;
        compute_result_sure(draft, step);
    }
}

}  // namespace countersign::definitions
