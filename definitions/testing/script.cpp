// What people and departments do in a test, checked like what they would really send.
#include "definitions/testing/reading.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <set>

namespace countersign::definitions {

namespace {

constexpr std::size_t rounds_scripted_max = 100;

/// Calls `read` for the one mapping, or for each of a list of them.
void each_of(const TestContext& context, const Node& node, const Text& what,
             const std::function<void(const Node&)>& read) {
    if (!node.is_sequence()) return read(node);
    if (node.items.empty() || node.items.size() > rounds_scripted_max)
        context.found.error("CS2016", node.span,
                            format_both("{} must be 1 … {} in number", "{}的个数应为1至{}", what,
                                        rounds_scripted_max));
    for (const Node& item : node.items) read(item);
}

/// The outcome under `key`, checked; a step or operation with one outcome needs none said.
std::string read_outcome(const TestContext& context, const Node* node, const Node& whole,
                         const std::vector<std::string>& known, std::string_view key) {
    if (node == nullptr) {
        if (known.size() == 1) return known.front();
        context.found.error("CS1021", whole.span, format_both("`{}` is missing", "缺少`{}`", key),
                            format_both("it is one of {}", "可为{}之一", listed(known)));
        return {};
    }
    if (!yaml::as_text(*node, context.found, ticked(key))) return {};
    if (!check_known(context, *node, known, "CS2031", Text{"outcome", "结果"})) return {};
    return node->text;
}

std::vector<std::string> outcome_names(const std::vector<model::Outcome>& outcomes) {
    std::vector<std::string> names;
    for (const model::Outcome& outcome : outcomes) names.push_back(outcome.name);
    return names;
}

const model::Outcome* outcome_named(const std::vector<model::Outcome>& outcomes,
                                    std::string_view name) {
    for (const model::Outcome& outcome : outcomes)
        if (outcome.name == name) return &outcome;
    return nullptr;
}

/// An outcome of kind supplement says what is missing, any other does not.
void check_missing_given(const TestContext& context, const Node& whole, const Node* missing,
                         const model::Outcome* outcome) {
    if (outcome == nullptr) return;
    const bool asks = outcome->kind == model::OutcomeKind::supplement;
    if (asks && missing == nullptr)
        context.found.error(
            "CS5007", whole.span,
            format_both("`{}` asks for papers, but nothing says which",
                        "`{}`要求补正，但未说明缺什么", outcome->name),
            Text{"add `missing: [a material or field]`", "加上`missing: [材料或字段]`"});
    if (!asks && missing != nullptr)
        context.found.error(
            "CS5007", missing->span,
            format_both("`missing` goes with an outcome of kind `supplement`, and `{}` is none",
                        "`missing`只用于`supplement`类的结果，而`{}`不是", outcome->name));
}

// ── People ───────────────────────────────────────────────────────────────────────────────────

PersonAct read_act(const TestContext& context, const Node& node, const model::Step& step) {
    PersonAct act;
    act.place = node.span;
    act.form = expr::Value::record({});
    yaml::Keys keys(node, context.found,
                    format_both("what is done about `{}`", "对`{}`的处理", step.id), "act");
    if (!keys.ok()) return act;
    act.when = read_moment(context, keys);
    const Node* choose = keys.optional("choose");
    const Node* note = keys.optional("note");
    const Node* form = keys.optional("form");
    const Node* missing = keys.optional("missing");
    if (const Node* by = keys.optional("by"))
        act.by = yaml::as_text(*by, context.found, ticked("by")).value_or("");
    keys.finish();
    act.outcome = read_outcome(context, choose, node, outcome_names(step.outcomes), "choose");
    if (note != nullptr)
        act.note = yaml::as_text(*note, context.found, ticked("note")).value_or("");
    if (missing != nullptr) act.missing = read_missing(context, *missing);
    check_missing_given(context, node, missing, outcome_named(step.outcomes, act.outcome));
    const auto& verb = std::get<model::AskVerb>(step.verb);
    if (form != nullptr) act.form = value_for(verb.form, *form);
    if (form == nullptr || yaml::expect_mapping(*form, context.found, ticked("form"))) {
        Node nothing;
        nothing.kind = yaml::NodeKind::mapping;
        nothing.span = node.span;
        check_fields(
            context, form == nullptr ? nothing : *form, verb.form, "CS5007",
            format_both("the form of `{}` would be refused", "`{}`的表单将被退回", step.id), false);
    }
    return act;
}

/// Returns the process whose step is meant: the test's own, unless only one that it runs has it.
const model::Process& process_with(const TestContext& context, const std::string& address) {
    const std::string id = address.substr(0, address.find_first_of("/["));
    const auto has = [&](const model::Process& process) {
        return std::any_of(process.steps.begin(), process.steps.end(),
                           [&](const model::Step& step) { return step.id == id; });
    };
    if (has(context.process)) return context.process;
    for (const model::Process* run : context.runs)
        if (has(*run)) return *run;
    return context.process;
}

void read_person(const TestContext& of_test, const Node& role, const yaml::Entry& entry,
                 TestDefinition& test) {
    const TestContext context{process_with(of_test, entry.key.text),
                              of_test.catalog,
                              of_test.offset_minutes,
                              of_test.found,
                              {}};
    const auto named = find_step(context, entry.key, true);
    if (!named) return;
    const model::Step& step = context.process.steps[named->index];
    const auto* ask = std::get_if<model::AskVerb>(&step.verb);
    if (ask == nullptr) {
        context.found.error("CS2021", entry.key.span,
                            format_both("`{}` asks no person", "`{}`不是由人办理的步骤", step.id),
                            Text{"people act on steps with `ask`; what a department answers "
                                 "stands under `departments`",
                                 "人办理`ask`步骤；部门的答复写在`departments`下"});
        return;
    }
    const std::vector<std::string> roles = model::roles_of(step);
    if (std::find(roles.begin(), roles.end(), role.text) == roles.end()) {
        context.found.error("CS2007", entry.key.span,
                            format_both("`{}` asks {}, not `{}`", "`{}`由{}办理，不是`{}`", step.id,
                                        listed(roles), role.text),
                            format_both("put it under {}", "应写在{}之下", listed(roles)));
        return;
    }
    PersonScript script{entry.key.span, role.text,         context.process.id,
                        entry.key.text, named->is_address, {}};
    each_of(context, entry.value, Text{"the acts of rounds", "各轮的处理"},
            [&](const Node& node) { script.acts.push_back(read_act(context, node, step)); });
    if (!script.acts.empty()) test.people.push_back(std::move(script));
}

// ── Departments ──────────────────────────────────────────────────────────────────────────────

/// A department and an operation that a process asks it for.
struct AskedFor {
    std::string department;
    const model::Operation* operation;
};

void add_asked(const model::Process& process, std::vector<AskedFor>& asked) {
    for (const model::Step& step : process.steps) {
        if (step.undo && !step.undo->target.department.empty())
            asked.push_back(
                {step.undo->target.department, &process.operations[step.undo->operation]});
        if (step.undo)
            for (const model::Member& member : step.undo->target.members)
                asked.push_back({member.department, &process.operations[step.undo->operation]});
        const auto* call = std::get_if<model::CallVerb>(&step.verb);
        if (call == nullptr || model::runs_process(process, step)) continue;
        const model::Operation* operation = &process.operations[call->operation];
        if (!call->target.department.empty()) asked.push_back({call->target.department, operation});
        for (const model::Member& member : call->target.members)
            asked.push_back({member.department, operation});
        for (const std::string& to : model::forwarded_to(step)) asked.push_back({to, operation});
    }
}

std::vector<AskedFor> asked_for(const TestContext& context) {
    std::vector<AskedFor> asked;
    add_asked(context.process, asked);
    for (const model::Process* run : context.runs) add_asked(*run, asked);
    return asked;
}

constexpr std::array<std::pair<std::string_view, TestFault>, 3> test_faults = {
    {{"error", TestFault::error}, {"refuse", TestFault::refuse}, {"garbage", TestFault::garbage}}};

void read_test_fault(const TestContext& context, yaml::Keys& keys, Reply& reply) {
    const Node* fault = keys.optional("fault");
    const Node* attempts = keys.optional("fault_attempts");
    if (fault != nullptr && yaml::as_text(*fault, context.found, ticked("fault"))) {
        std::vector<std::string> known;
        for (const auto& [name, kind] : test_faults) {
            known.emplace_back(name);
            if (name == fault->text) reply.fault = kind;
        }
        check_known(context, *fault, known, "CS5007", Text{"fault", "故障"});
    }
    if (attempts == nullptr) return;
    const auto count = read_count(*attempts, context.found, ticked("fault_attempts"), 1, 1'000);
    if (count) reply.fault_attempts = static_cast<std::uint32_t>(*count);
    if (fault == nullptr)
        context.found.error("CS1021", attempts->span,
                            Text{"`fault_attempts` says how often, but `fault` not what",
                                 "`fault_attempts`说明次数，但缺少`fault`说明故障"},
                            Text{"add `fault: error`", "加上`fault: error`"});
}

/// The keys of a reply; all others are fields of the result.
const std::set<std::string, std::less<>> reply_keys = {"outcome", "note", "happened_at", "missing",
                                                       "result"};

/// The result's fields as a mapping of their own.
Node result_of(const Node& said) {
    Node result;
    result.kind = yaml::NodeKind::mapping;
    result.span = said.span;
    if (const Node* whole = said.find("result")) result.entries = whole->entries;
    for (const yaml::Entry& entry : said.entries)
        if (!reply_keys.contains(entry.key.text)) result.entries.push_back(entry);
    return result;
}

void check_reply(const TestContext& context, const Node& said, const Reply& reply,
                 const AskedFor& asked) {
    const model::Outcome* outcome = asked.operation->outcome(reply.outcome);
    if (outcome == nullptr) return;
    const Node result = result_of(said);
    check_fields(context, result, asked.operation->output, "CS5007",
                 format_both("`{}.{}` would not take this answer", "`{}.{}`不接受这一答复",
                             asked.department, asked.operation->name),
                 outcome->kind != model::OutcomeKind::ok);
    check_missing_given(context, said, said.find("missing"), outcome);
}

void read_said(const TestContext& context, const Node& said, Reply& reply,
               const std::vector<AskedFor>& asked) {
    if (!yaml::expect_mapping(said, context.found, ticked("reply"))) return;
    const Node* outcome = said.find("outcome");
    reply.outcome = read_outcome(context, outcome, said,
                                 outcome_names(asked.front().operation->outcomes), "outcome");
    if (const Node* note = said.find("note"))
        reply.note = yaml::as_text(*note, context.found, ticked("note")).value_or("");
    if (const Node* happened = said.find("happened_at"))
        reply.happened_at = read_when(context, *happened, ticked("happened_at"));
    if (const Node* missing = said.find("missing")) reply.missing = read_missing(context, *missing);
    if (const Node* result = said.find("result"))
        yaml::expect_mapping(*result, context.found, ticked("result"));
    reply.result = value_for(asked.front().operation->output, result_of(said));
    const std::size_t before = context.found.errors();
    for (const AskedFor& one : asked) {
        check_reply(context, said, reply, one);
        if (context.found.errors() != before) return;  // the others would say the same
    }
}

/// The slots of a meeting that a department can keep.
void read_slots(const TestContext& context, const Node& node, Reply& reply) {
    reply.slots.emplace();
    for (const Node* item : yaml::as_texts(node, context.found, ticked("slots"))
                                .value_or(std::vector<const Node*>{})) {
        const auto slot = read_when(context, *item, ticked("slots"));
        if (slot) reply.slots->push_back(*slot);
    }
}

/// `at: slot` and `slots` need an operation that is a meeting.
void check_meets(const TestContext& context, const Node& node, const AskedFor& asked) {
    const auto& fields = asked.operation->input.fields;
    const bool meets = std::any_of(fields.begin(), fields.end(), [](const model::Field& field) {
        return field.name == "slot" && field.type == model::FieldType::time;
    });
    if (meets) return;
    const yaml::Entry* slots = node.entry("slots");
    context.found.error("CS2083", (slots != nullptr ? slots : node.entry("at"))->key.span,
                        format_both("`{}` is no meeting, so there is no slot",
                                    "`{}`不是会议，没有约定时段", asked.operation->name),
                        Text{"leave it out, or say `after: 1wd`", "去掉，或写`after: 1wd`"});
}

/// One entry of a department's list: when, and what. What is said may stand under `reply`.
void read_reply(const TestContext& context, const Node& node, const std::vector<AskedFor>& asked,
                std::vector<Reply>& replies) {
    yaml::Keys keys(node, context.found, Text{"the answer", "答复"}, "answer");
    if (!keys.ok()) return;
    Reply first;
    first.place = node.span;
    first.when = read_moment(context, keys, true);
    read_test_fault(context, keys, first);
    const Node* silent = keys.optional("silent");
    const Node* said = keys.optional("reply");
    if (const Node* slots = keys.optional("slots")) read_slots(context, *slots, first);
    keys.finish();
    if (first.when.at_slot || first.slots) check_meets(context, node, asked.front());
    if (silent != nullptr)
        first.silent = yaml::as_boolean(*silent, context.found, ticked("silent")).value_or(false);
    const bool never_answers =
        first.silent || (first.fault != TestFault::none && first.fault_attempts == 0);
    if (said == nullptr && !never_answers)
        context.found.error("CS1021", node.span, Text{"`reply` is missing", "缺少`reply`"},
                            Text{"add `reply: { outcome: … }`, or `silent: true`",
                                 "加上`reply: { outcome: … }`或`silent: true`"});
    if (said == nullptr) return replies.push_back(std::move(first));
    each_of(context, *said, Text{"the replies of rounds", "各轮的答复"}, [&](const Node& one) {
        Reply reply = first;
        reply.place = one.span;
        read_said(context, one, reply, asked);
        replies.push_back(std::move(reply));
    });
}

/// Returns what the name "grid.plan" or "*.plan" stands for in the process; else reports it.
std::vector<AskedFor> matching(const TestContext& context, const Node& name,
                               const std::string& department, const std::string& operation) {
    std::vector<AskedFor> matches;
    std::vector<std::string> known;
    for (const AskedFor& one : asked_for(context)) {
        known.push_back(one.department + "." + one.operation->name);
        if (one.operation->name == operation && (department == "*" || department == one.department))
            matches.push_back(one);
    }
    if (!matches.empty()) return matches;
    const DepartmentDefinition* defined = context.catalog.department(department);
    if (department != "*" && defined == nullptr) {
        std::vector<std::string> departments;
        for (const auto& other : context.catalog.departments) departments.push_back(other.id);
        context.found.error("CS2004", name.span,
                            format_both("there is no department `{}`", "没有部门`{}`", department),
                            diagnostics::did_you_mean(department, departments));
        return matches;
    }
    if (known.empty())
        context.found.error(
            "CS2005", name.span,
            format_both("`{}` asks no department", "`{}`不征询任何部门", context.process.id));
    else
        context.found.error(
            "CS2005", name.span,
            format_both("`{}` never asks `{}`", "`{}`从不征询`{}`", context.process.id, name.text),
            diagnostics::did_you_mean(name.text, known));
    return matches;
}

// ── Applicant and operators ──────────────────────────────────────────────────────────────────

/// Takes "#2" off the end of an occasion.
std::uint32_t take_nth(std::string& text) {
    const std::size_t mark = text.rfind('#');
    if (mark == std::string::npos) return 1;
    std::uint32_t nth = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + mark + 1, end, nth);
    if (read.ec != std::errc() || read.ptr != end || nth == 0) return 1;  // then no such step
    text.resize(mark);
    return nth;
}

void read_occasion(const TestContext& context, const Node& given, PartyAct& act) {
    if (!yaml::as_text(given, context.found, ticked("when"))) return;
    Node node = given;
    act.nth = take_nth(node.text);
    if (node.text == "opened" || node.text == "case.opened") return;
    if (node.text == "notice" || node.text == "incident") {
        act.occasion = node.text == "notice" ? Occasion::notice : Occasion::incident;
        return;
    }
    const std::size_t dot = node.text.rfind('.');
    Node step = node;
    step.text = node.text.substr(0, dot);
    const std::string what = dot == std::string::npos ? "ended" : node.text.substr(dot + 1);
    const auto named = find_step(context, step, true);
    if (!named) return;
    act.step = step.text;
    act.occasion = what == "started" ? Occasion::step_started : Occasion::step_ended;
    if (what == "started" || what == "ended") return;
    Node outcome = node;
    outcome.text = what;
    if (check_known(context, outcome, outcomes_of(context.process, *named), "CS2031",
                    Text{"outcome", "结果"}))
        act.outcome = what;
}

void read_party_fields(const TestContext& context, const Node& node, PartyAct& act) {
    if (!yaml::expect_mapping(node, context.found, ticked("fields"))) return;
    for (const yaml::Entry& entry : node.entries) {
        if (!is_form_path(context.process, entry.key.text)) {
            context.found.error(
                "CS5005", entry.key.span,
                format_both("`{}` is no field of the form", "`{}`不是申请表的字段", entry.key.text),
                Text{"write its path, such as `site.address`", "应写字段路径，如`site.address`"});
            continue;
        }
        const model::Field* field = field_at(context.process.form, entry.key.text);
        act.fields.emplace_back(entry.key.text, value_for(*field, entry.value));
        check_field(context, entry, act.accepted);
    }
}

/// `add: { to: STEP, item: … }`.
void read_added(const TestContext& context, const Node& node, PartyAct& act) {
    yaml::Keys keys(node, context.found, ticked("add"), "add");
    const Node* to = keys.required("to");
    const Node* item = keys.required("item");
    keys.finish();
    if (to == nullptr || item == nullptr) return;
    const auto named = find_step(context, *to, false);
    if (!named) return;
    const auto& each = context.process.steps[named->index].each;
    if (!each || !each->open) {
        context.found.error(
            "CS2085", to->span,
            format_both("`{}` takes no further items", "`{}`不接受追加事项", to->text),
            Text{"name a step with `open`", "请写带`open`的步骤"});
        return;
    }
    act.add_to = to->text;
    act.item = plain_value(*item);
    act.add_as = each->open->role;
}

const model::Clock* clock_named(const std::vector<model::Clock>& clocks, std::string_view name) {
    const auto found = std::find_if(clocks.begin(), clocks.end(),
                                    [&](const model::Clock& clock) { return clock.name == name; });
    return found == clocks.end() ? nullptr : &*found;
}

/// `extend: { clock: NAME, of: STEP, by: 5wd, reason: … }`, as the role that may.
void read_extension(const TestContext& context, const Node& node, PartyAct& act) {
    yaml::Keys keys(node, context.found, ticked("extend"), "extension");
    const Node* name = keys.required("clock");
    const Node* of = keys.optional("of");
    const Node* by = keys.required("by");
    const Node* reason = keys.optional("reason");
    keys.finish();
    if (name == nullptr || by == nullptr) return;
    const auto length = read_limit(*by, context.found, ticked("by"));
    if (length) act.extend_by = *length;
    act.extend_clock = name->text;
    act.extend_reason = reason == nullptr ? "" : reason->text;
    const model::Clock* clock = clock_named(context.process.scopes[0].clocks, name->text);
    if (of != nullptr) {
        const auto named = find_step(context, *of, false);
        if (!named) return;
        act.extend_of = of->text;
        const model::Step& step = context.process.steps[named->index];
        clock = clock_named(step.clocks, name->text);
        const auto* stage = std::get_if<model::DoVerb>(&step.verb);
        if (clock == nullptr && stage != nullptr)
            clock = clock_named(context.process.scopes[stage->scope].clocks, name->text);
    }
    if (clock != nullptr && clock->extend) {
        act.extend_as = clock->extend->role;
        return;
    }
    context.found.error(
        "CS5005", name->span,
        format_both("no clock `{}` there may be extended", "没有可延期的时限`{}`", name->text),
        Text{"name a clock whose definition has `extend`, with `of: STEP` for a "
             "step's",
             "请写带`extend`的时限；步骤的时限另写`of: 步骤`"});
}

PartyAct read_party_act(const TestContext& context, const Node& node, bool by_operator) {
    PartyAct act;
    act.place = node.span;
    act.by_operator = by_operator;
    yaml::Keys keys(node, context.found, Text{"the act", "行为"}, "party");
    if (!keys.ok()) return act;
    if (const Node* when = keys.optional("when")) read_occasion(context, *when, act);
    act.when = read_moment(context, keys);
    if (const Node* supply = keys.optional("supply")) act.supply = read_materials(context, *supply);
    // Before the fields, whose suspicious numbers it lets pass.
    if (by_operator)
        if (const Node* accepted = keys.optional("accept_suspicious"))
            act.accepted = read_accepted(context, *accepted);
    if (const Node* fields = keys.optional("fields")) read_party_fields(context, *fields, act);
    if (const Node* withdraw = keys.optional("withdraw"))
        act.withdraw = yaml::as_text(*withdraw, context.found, ticked("withdraw")).value_or("");
    if (by_operator) {
        if (const Node* signal = keys.optional("signal"))
            act.signal = yaml::as_text(*signal, context.found, ticked("signal")).value_or("");
        if (const Node* retry = keys.optional("retry"))
            act.retry = yaml::as_boolean(*retry, context.found, ticked("retry")).value_or(false);
    }
    if (const Node* add = keys.optional("add")) read_added(context, *add, act);
    if (by_operator)
        if (const Node* extend = keys.optional("extend")) read_extension(context, *extend, act);
    keys.finish();
    const int things = (!act.supply.empty() || !act.fields.empty() ? 1 : 0) +
                       (act.withdraw ? 1 : 0) + (act.signal.empty() ? 0 : 1) + (act.retry ? 1 : 0) +
                       (node.find("add") != nullptr ? 1 : 0) +
                       (node.find("extend") != nullptr ? 1 : 0);
    if (things == 1 || node.find("supply") != nullptr || node.find("fields") != nullptr) return act;
    context.found.error(
        "CS5009", node.span,
        things == 0 ? Text{"the act does nothing", "该行为什么也没做"}
                    : Text{"the act does several things at once", "该行为同时做了几件事"},
        by_operator ? Text{"write one of `supply`, `fields`, `withdraw`, `signal`, `retry: true`",
                           "写`supply`、`fields`、`withdraw`、`signal`、`retry: true`之一"}
                    : Text{"write `supply: [a material]`, `fields: { a.path: value }` or "
                           "`withdraw: the reason`",
                           "写`supply: [材料]`、`fields: { 字段路径: 值 }`或`withdraw: 理由`"});
    return act;
}

}  // namespace

void read_people(const TestContext& context, const Node& node, TestDefinition& test) {
    if (!yaml::expect_mapping(node, context.found, ticked("people"))) return;
    for (const yaml::Entry& role : node.entries) {
        if (!check_role(role.key, context.catalog, context.found)) continue;
        if (!yaml::expect_mapping(role.value, context.found,
                                  format_both("what `{}` does", "`{}`所做的事", role.key.text)))
            continue;
        for (const yaml::Entry& step : role.value.entries)
            read_person(context, role.key, step, test);
    }
}

void read_departments(const TestContext& context, const Node& node, TestDefinition& test) {
    if (!yaml::expect_mapping(node, context.found, ticked("departments"))) return;
    for (const yaml::Entry& entry : node.entries) {
        const std::size_t dot = entry.key.text.find('.');
        if (dot == std::string::npos) {
            context.found.error(
                "CS2005", entry.key.span,
                format_both("`{}` names no operation", "`{}`没有指明操作", entry.key.text),
                format_both("write `{}.OPERATION`, or `\"*.OPERATION\"` for every "
                            "department",
                            "应写`{}.操作`，或以`\"*.操作\"`表示所有部门", entry.key.text));
            continue;
        }
        DepartmentScript script;
        script.place = entry.key.span;
        script.department = entry.key.text.substr(0, dot);
        script.operation = entry.key.text.substr(dot + 1);
        const auto asked = matching(context, entry.key, script.department, script.operation);
        if (asked.empty()) continue;
        if (script.department == "*") script.department.clear();
        each_of(context, entry.value, Text{"the answers of rounds", "各轮的答复"},
                [&](const Node& one) { read_reply(context, one, asked, script.replies); });
        if (!script.replies.empty()) test.departments.push_back(std::move(script));
    }
}

void read_parties(const TestContext& context, const Node& node, bool by_operator,
                  TestDefinition& test) {
    each_of(context, node, Text{"the acts", "行为"}, [&](const Node& one) {
        test.parties.push_back(read_party_act(context, one, by_operator));
    });
}

}  // namespace countersign::definitions
