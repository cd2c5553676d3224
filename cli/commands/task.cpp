// task: worklists, and what people do with their tasks.
#include "cli/commands/commands.hpp"

#include "cli/commands/case_view.hpp"
#include "cli/commands/papers.hpp"
#include "cli/json_view.hpp"
#include "cli/output/table.hpp"
#include "cli/output/words.hpp"
#include "engine/base/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <memory>

namespace countersign::cli {

namespace {

namespace json = boost::json;

struct Completion {
    std::string task;
    std::string outcome;
    std::vector<std::string> fields;
    std::string note;
    std::string happened_at;
    std::vector<std::string> missing;
};

/// The step's title with the branches that it is of: "Plan [Power]". Those of one case that wait
/// for the same role have the same title otherwise.
std::string branch_title(const json::value& task, std::string_view language) {
    std::string title = title_at(task, "title", language);
    for (const json::value& branch : list_at(task, "branch_titles"))
        title += fmt::format(" [{}]", title_at(branch, "", language));
    return title;
}

void show_list(const Globals& globals, const json::value& answer) {
    const Terminal& terminal = globals.terminal;
    Table table({{std::string(terminal.say("TASK", "任务"))},
                 {std::string(terminal.say("SINCE", "到达时间"))},
                 {std::string(terminal.say("DUE", "截止"))},
                 {std::string(terminal.say("ROLE", "角色"))},
                 {std::string(terminal.say("TITLE", "环节")), true},
                 {std::string(terminal.say("STEP", "步骤")), true},
                 {std::string(terminal.say("CLAIMED BY", "领取人")), true}});
    for (const json::value& task : list_at(answer, "tasks"))
        table.add({text_at(task, "task"), when(globals, task, "opened"),
                   Cell(when(globals, task, "due"),
                        text_at(task, "card") == "red" ? Style::red : Style::plain),
                   titled(task, "role", terminal.language), branch_title(task, terminal.language),
                   text_at(task, "step"), titled(task, "claimed_by", terminal.language)});
    if (table.empty())
        fmt::print(stderr, "{}\n", terminal.say("no task waits", "没有待办任务"));
    else
        fmt::print("{}", table.draw(terminal));
}

/// Returns a choice as it has to be typed, and what it means where that is said otherwise.
std::string choice_words(const Terminal& terminal, const std::string& choice) {
    const std::string meaning = word(terminal, choice);
    if (meaning == choice) return choice;
    return format_both("{} ({})", "{}（{}）", choice, meaning).in(terminal.language);
}

/// Names that have to be typed, one after the other.
std::string names_at(const json::value& value, std::string_view path) {
    std::string names;
    for (const json::value& name : list_at(value, path))
        names += (names.empty() ? "" : ", ") + text_at(name, "");
    return names;
}

/// Choices with what they mean, one after the other.
std::string choices_at(const Terminal& terminal, const json::value& value, std::string_view path) {
    std::string choices;
    for (const json::value& choice : list_at(value, path))
        choices.append(choices.empty() ? "" : terminal.say(", ", "、"))
            .append(choice_words(terminal, text_at(choice, "")));
    return choices;
}

/// Returns what is missing as the API has it: "material=reason" or "field.path=reason".
json::array missing_of(const std::vector<std::string>& given) {
    json::array items;
    for (const std::string& one : given) {
        const std::size_t equals = one.find('=');
        json::object item{{"id", one.substr(0, equals)}};
        if (equals != std::string::npos) item["reason"] = one.substr(equals + 1);
        items.push_back(std::move(item));
    }
    return items;
}

/// A department's call may have been answered or called off meanwhile, which refuses nothing.
std::string_view what_came_of(const Terminal& terminal, const json::value& answer) {
    const std::string status = text_at(answer, "status");
    if (status == "already_answered")
        return terminal.say(
            "was answered before: this is kept beside that answer and moves nothing",
            "此前已答复；本次答复存档备查，不影响办理");
    if (status == "cancelled")
        return terminal.say("was called off: this is kept and moves nothing",
                            "已取消；本次答复存档备查，不影响办理");
    return terminal.say("is completed", "已办理");
}

int complete(const Globals& globals, const Completion& given) {
    outcome<json::object> form = form_of(given.fields);
    if (!form) return report(form.error());
    json::object body{{"form", std::move(*form)}};
    if (!given.outcome.empty()) body["outcome"] = given.outcome;
    if (!given.note.empty()) body["note"] = given.note;
    if (!given.happened_at.empty()) body["happened_at"] = given.happened_at;
    if (!given.missing.empty()) body["missing"] = missing_of(given.missing);
    return post_and_show(globals, fmt::format("/v1/tasks/{}/complete", percent_encoded(given.task)),
                         body, [&](const json::value& answer) {
                             fmt::print(stderr, "{} {}\n", given.task,
                                        what_came_of(globals.terminal, answer));
                         });
}

/// What was handed in of a paper: "list.pdf (1.2 KB)", "on paper".
std::string paper_text(const Terminal& terminal, const json::value& material) {
    if (flag_at(material, "on_paper")) return std::string(terminal.say("on paper", "纸质"));
    const auto bytes = static_cast<std::uint64_t>(integer_at(material, "bytes", 0));
    return format_both("{} ({})", "{}（{}）", text_at(material, "name"), size_text(bytes))
        .in(terminal.language);
}

/// The form by its titles, and the papers: what whoever has the task looks at.
void print_application(const Terminal& terminal, const json::value& shown) {
    std::vector<std::pair<std::string, Cell>> lines;
    for (const json::value& field : list_at(shown, "form_text"))
        lines.emplace_back(title_at(field, "title", terminal.language),
                           title_at(field, "text", terminal.language));
    if (!lines.empty())
        fmt::print("\n{}\n{}", terminal.say("the application", "申请表"),
                   draw_facts(lines, terminal));
    lines.clear();
    for (const json::value& material : list_at(shown, "materials"))
        lines.emplace_back(title_at(material, "title", terminal.language),
                           paper_text(terminal, material));
    for (const json::value& material : list_at(shown, "missing"))
        lines.emplace_back(title_at(material, "title", terminal.language),
                           Cell(std::string(terminal.say("missing", "缺")), Style::red));
    if (!lines.empty())
        fmt::print("\n{}\n{}", terminal.say("its papers", "申请材料"), draw_facts(lines, terminal));
}

void print_task(const Globals& globals, const json::value& shown, const json::value& task) {
    const Terminal& terminal = globals.terminal;
    const auto name = [&](std::string_view en, std::string_view zh) {
        return std::string(terminal.say(en, zh));
    };
    const json::value* found = find_step(shown, text_at(task, "step"));
    const json::value step = found == nullptr ? json::value(nullptr) : *found;
    fmt::print(
        "{}",
        draw_facts({{name("task", "任务"), text_at(task, "task")},
                    {name("title", "环节"), title_at(step, "title", terminal.language)},
                    {name("step", "步骤"), text_at(task, "step")},
                    {name("role", "角色"), titled(task, "role", terminal.language)},
                    {name("since", "到达时间"), when(globals, task, "opened")},
                    {name("due", "截止"), when(globals, step, "due")},
                    {name("left", "剩余"), length(terminal, text_at(step, "remaining"))},
                    {name("claimed by", "领取人"), titled(task, "claimed_by", terminal.language)},
                    {name("choices", "可选结果"), choices_at(terminal, task, "choices")}},
                   terminal));
    print_application(terminal, shown);
}

/// What a call's status is called; that it is on the worklist goes without saying.
std::string status_of_call(const Terminal& terminal, const std::string& status) {
    return status == "accepted" ? std::string() : word(terminal, status);
}

void print_call(const Globals& globals, const json::value& call) {
    const Terminal& terminal = globals.terminal;
    const auto name = [&](std::string_view en, std::string_view zh) {
        return std::string(terminal.say(en, zh));
    };
    fmt::print(
        "{}",
        draw_facts({{name("task", "任务"), text_at(call, "call")},
                    {name("title", "环节"), title_at(call, "title", terminal.language)},
                    {name("step", "步骤"), text_at(call, "step")},
                    {name("department", "部门"), titled(call, "department", terminal.language)},
                    {name("operation", "操作"), text_at(call, "operation")},
                    {name("since", "到达时间"), when(globals, call, "requested")},
                    {name("due", "截止"), when(globals, call, "due")},
                    {name("left", "剩余"), length(terminal, text_at(call, "working_time_left"))},
                    {name("status", "状态"), status_of_call(terminal, text_at(call, "status"))},
                    {name("claimed by", "领取人"), titled(call, "claimed_by", terminal.language)},
                    {name("choices", "可选结果"), choices_at(terminal, call, "outcomes")},
                    {name("fields", "填写字段"), names_at(call, "result_fields")}},
                   terminal));
    std::vector<std::pair<std::string, Cell>> lines;
    for (const json::value& field : list_at(call, "input_text"))
        lines.emplace_back(title_at(field, "title", terminal.language),
                           title_at(field, "text", terminal.language));
    if (!lines.empty())
        fmt::print("\n{}\n{}", name("what was asked", "来件内容"), draw_facts(lines, terminal));
}

/// Shows one task with what its case says about it; of a department's call what it was asked.
int show(const Globals& globals, const std::string& id) {
    const std::string case_id = id.substr(0, id.find('-'));
    outcome<Client> client = connect(globals);
    if (!client) return report(client.error());
    if (id.find("-C") != std::string::npos) {
        const outcome<Reply> call = client->get("/v1/calls/" + percent_encoded(id));
        if (!call) return report(call.error());
        globals.json() ? print_json(call->json) : print_call(globals, call->json);
        return code_of(Exit::ok);
    }
    const outcome<Reply> reply = client->get("/v1/cases/" + percent_encoded(case_id));
    if (!reply) return report(reply.error());
    for (const json::value& task : list_at(reply->json, "tasks")) {
        if (text_at(task, "task") != id) continue;
        globals.json() ? print_json(task) : print_task(globals, reply->json, task);
        return code_of(Exit::ok);
    }
    return report(fail(Exit::refused,
                       format_both("case {} has no open task {}", "办件 {} 没有待办任务 {}",
                                   case_id, id),
                       both("countersign task list shows the open ones",
                            "countersign task list 列出待办任务")));
}

void add_simple(CommandLine& line, CLI::App* group, const char* verb, const char* help,
                const char* done_en, const char* done_zh) {
    auto id = std::make_shared<std::string>();
    CLI::App* sub = group->add_subcommand(verb, help);
    sub->add_option("TASK", *id, "its id")->required();
    sub->callback([=, &run = line.run, &globals = line.globals] {
        run = [=, &globals] {
            return post_and_show(
                globals, fmt::format("/v1/tasks/{}/{}", percent_encoded(*id), verb), json::object(),
                [&](const json::value&) {
                    fmt::print(stderr, "{} {}\n", *id, globals.terminal.say(done_en, done_zh));
                });
        };
    });
}

void add_complete(CommandLine& line, CLI::App* group) {
    auto given = std::make_shared<Completion>();
    CLI::App* sub = group->add_subcommand("complete", "Say what came of a task");
    sub->add_option("TASK", given->task, "its id")->required();
    sub->add_option("--choose,--outcome", given->outcome, "one of its choices; without any: done");
    sub->add_option("--field", given->fields, "PATH=VALUE of its form; may be repeated");
    sub->add_option("--note", given->note, "reasons, kept with the case");
    sub->add_option("--happened-at", given->happened_at,
                    "when it was decided, such as \"2026-02-10 15:30\"");
    sub->add_option(
        "--missing", given->missing,
        "ID=REASON of a paper or field that the applicant must hand in; may be repeated");
    sub->callback([given, &run = line.run, &globals = line.globals] {
        run = [given, &globals] { return complete(globals, *given); };
    });
}

}  // namespace

void add_task(CommandLine& line) {
    CLI::App* group = line.app.add_subcommand("task", "See and do what waits for people");
    group->require_subcommand(1);
    auto role = std::make_shared<std::string>();
    CLI::App* list = group->add_subcommand("list", "List open tasks");
    list->add_option("--role", *role, "of this role (default: all of yours)");
    list->callback([role, &run = line.run, &globals = line.globals] {
        run = [role, &globals] {
            const std::string filter = role->empty() ? "" : "?role=" + percent_encoded(*role);
            return show_answer(globals, "/v1/tasks" + filter,
                               [&](const json::value& answer) { show_list(globals, answer); });
        };
    });
    auto id = std::make_shared<std::string>();
    CLI::App* one = group->add_subcommand("show", "Show a task");
    one->add_option("TASK", *id, "its id")->required();
    one->callback([id, &run = line.run, &globals = line.globals] {
        run = [id, &globals] { return show(globals, *id); };
    });
    add_simple(line, group, "claim", "Take a task for yourself", "is yours", "已领取");
    add_simple(line, group, "release", "Give a claimed task back", "is free again", "已退回");
    add_complete(line, group);
}

}  // namespace countersign::cli
