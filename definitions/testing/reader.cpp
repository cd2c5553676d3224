// A test document as a whole: its head, its application, and in which order its parts are read.
#include "definitions/testing/reader.hpp"

#include "definitions/testing/reading.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

void read_form(const TestContext& context, const Node* form, bool may_be_refused,
               TestDefinition& test, const Span& place) {
    test.form = form == nullptr ? expr::Value::record({}) : value_for(context.process.form, *form);
    if (form != nullptr && !yaml::expect_mapping(*form, context.found, ticked("form"))) return;
    if (may_be_refused) return;
    Node nothing;
    nothing.kind = yaml::NodeKind::mapping;
    nothing.span = place;
    check_fields(context, form == nullptr ? nothing : *form, context.process.form, "CS5008",
                 Text{"the application would be refused", "申请将被退回"}, false, test.accepted);
}

void read_given(const TestContext& context, const Node& node, bool may_be_refused,
                TestDefinition& test) {
    yaml::Keys keys(node, context.found, ticked("given"), "given");
    if (!keys.ok()) return;
    const Node* at = keys.required("at");
    const Node* form = keys.optional("form");
    const Node* materials = keys.optional("materials");
    const Node* applicant = keys.optional("applicant");
    const Node* received = keys.optional("received");
    const Node* incomplete = keys.optional("incomplete");
    const Node* accepted = keys.optional("accept_suspicious");
    keys.finish();
    if (at != nullptr) {
        const auto when = read_when(context, *at, ticked("at"));
        if (when && !when->ms_of_day)
            context.found.error(
                "CS5006", at->span,
                Text{"`at` is a day, but not a moment of it", "`at`只有日期，没有时刻"},
                format_both("write `{} 10:00`", "应写`{} 10:00`", at->text));
        else if (when)
            test.start = instant_of(*when, context.offset_minutes);
    }
    if (accepted != nullptr) test.accepted = read_accepted(context, *accepted);
    read_form(context, form, may_be_refused, test, node.span);
    if (materials != nullptr) test.materials = read_materials(context, *materials);
    if (applicant != nullptr)
        test.applicant = yaml::as_text(*applicant, context.found, ticked("applicant")).value_or("");
    if (received != nullptr)
        if (const auto when = read_when(context, *received, ticked("received")))
            test.received = instant_of(*when, context.offset_minutes);
    if (incomplete != nullptr)
        test.incomplete =
            yaml::as_boolean(*incomplete, context.found, ticked("incomplete")).value_or(false);
}

bool expects_rejection(const Node* expect) {
    return expect != nullptr &&
           std::any_of(expect->items.begin(), expect->items.end(),
                       [](const Node& item) { return item.find("rejected") != nullptr; });
}

/// Returns the offset of the calendar by which the process counts.
int offset_of(const model::Process& process, const std::vector<calendar::CalendarData>& calendars) {
    for (const calendar::CalendarData& data : calendars)
        if (data.id == process.calendar) return data.offset_minutes;
    return 480;
}

/// Returns the processes that one runs, and those that they run.
std::vector<const model::Process*> run_by(const model::Process& process, const TestSet& set) {
    std::vector<const model::Process*> runs;
    std::vector<const model::Process*> open{&process};
    while (!open.empty()) {
        const model::Process* at = open.back();
        open.pop_back();
        for (const model::Operation& operation : at->operations)
            for (const model::Process& other : set.processes) {
                const bool known = std::find(runs.begin(), runs.end(), &other) != runs.end();
                if (operation.runs != other.id || operation.runs.empty() || known) continue;
                runs.push_back(&other);
                open.push_back(&other);
            }
    }
    return runs;
}

std::optional<std::size_t> find_process(const Node& node, const TestSet& set) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < set.processes.size(); ++i) {
        if (set.processes[i].id == node.text) return i;
        known.push_back(set.processes[i].id);
    }
    if (set.catalog.is_unread("process", node.text)) return std::nullopt;
    if (known.empty())
        set.found.error("CS5002", node.span,
                        format_both("there is no process `{}` here: no process is among the files",
                                    "没有流程`{}`：所给文件中没有任何流程", node.text),
                        Text{"name the process, its departments and calendar beside the test",
                             "请将该流程及其部门、日历与测试一并给出"});
    else
        set.found.error("CS5002", node.span,
                        format_both("there is no process `{}`", "没有流程`{}`", node.text),
                        diagnostics::did_you_mean(node.text, known));
    return std::nullopt;
}

TestDefinition read_parts(yaml::Keys& keys, const TestContext& context) {
    TestDefinition test;
    test.process = context.process.id;
    test.offset_minutes = context.offset_minutes;
    const Node* given = keys.required("given");
    const Node* people = keys.optional("people");
    const Node* departments = keys.optional("departments");
    const Node* applicant = keys.optional("applicant");
    const Node* by_operator = keys.optional("operator");
    const Node* expect = keys.required("expect");
    keys.finish();
    if (given != nullptr) read_given(context, *given, expects_rejection(expect), test);
    if (people != nullptr) read_people(context, *people, test);
    if (departments != nullptr) read_departments(context, *departments, test);
    if (applicant != nullptr) read_parties(context, *applicant, false, test);
    if (by_operator != nullptr) read_parties(context, *by_operator, true, test);
    if (expect != nullptr) read_expectations(context, *expect, test);
    return test;
}

}  // namespace

std::optional<TestDefinition> read_test(const Node& root, const TestSet& set) {
    yaml::Keys keys(root, set.found, Text{"the test", "测试"}, "test");
    const Node* name = keys.required("test");
    const Node* process = keys.required("process");
    if (name == nullptr || process == nullptr ||
        !yaml::as_text(*process, set.found, ticked("process")))
        return std::nullopt;
    const auto text = yaml::as_text(*name, set.found, ticked("test"));
    const auto index = find_process(*process, set);
    if (!text || !index || set.broken[*index]) return std::nullopt;
    const model::Process& about = set.processes[*index];
    const TestContext context{about, set.catalog, offset_of(about, set.calendars), set.found,
                              run_by(about, set)};
    TestDefinition test = read_parts(keys, context);
    test.name = *text;
    test.place = name->span;
    return test;
}

}  // namespace countersign::definitions
