// Worklists, and what people do with their tasks.
#include "adapters/http/answer.hpp"
#include "adapters/http/api/api.hpp"
#include "adapters/http/api/bodies.hpp"
#include "engine/store/queries.hpp"

#include <algorithm>
#include <set>

namespace countersign::http {

namespace {

/// The roles whose tasks are listed: the one asked for, else the asker's; an operator's are all.
std::vector<std::string> roles_to_list(const Exchange& exchange) {
    if (const auto role = exchange.request->parameter("role")) return {*role};
    if (!exchange.who->is_operator) return exchange.who->principal.roles;
    std::set<std::string> roles;
    for (const auto& deployed : exchange.api->engine.processes())
        for (const model::Step& step : deployed->process->steps)
            if (const auto* ask = std::get_if<model::AskVerb>(&step.verb)) roles.insert(ask->role);
    return {roles.begin(), roles.end()};
}

void write_task(JsonWriter& json, const store::TaskListing& task) {
    json.begin_object();
    json.member("task", task.id.text());
    json.member("case", task.id.case_id.text());
    json.member("role", task.row.role);
    json.member("process", task.row.process);
    json.member("step", task.row.step);
    json.member("title", task.row.title);
    json.member("opened", task.row.opened);
    json.member_if("claimed_by", task.claimed_by);
    json.end_object();
}

void list_tasks_in_pool(const Exchange& exchange) {
    const std::vector<std::string> roles = roles_to_list(exchange);
    const std::size_t limit = exchange.limit(100);
    const std::string after = exchange.request->parameter("after").value_or("");
    std::vector<store::TaskListing> rows;
    std::optional<std::string> next;
    for (const std::string& role : roles) {
        // A cursor belongs to one role's list: pages are for those who name the role.
        auto page = store::list_tasks(exchange.api->engine.store(), role, limit,
                                      roles.size() == 1 ? after : std::string());
        if (!page) return exchange.error(page.error());
        std::move(page->rows.begin(), page->rows.end(), std::back_inserter(rows));
        if (roles.size() == 1) next = page->next;
    }
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.key("tasks");
    json.begin_array();
    for (const store::TaskListing& task : rows) write_task(json, task);
    json.end_array();
    json.member("next", next);
    json.end_object();
    exchange.json(200, std::move(body));
}

void task_done(const Exchange& exchange, const runtime::CommandDone& result) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("task", exchange.parameters[0]);
    json.member("case", result.case_id.text());
    json.member("sequence", result.sequence);
    json.end_object();
    exchange.json(200, std::move(body));
}

/// An applicant acts on tasks of its own cases only: its role alone does not say whose case it is.
void submit_task(const Exchange& exchange, const TaskId& id, core::CommandBody body) {
    if (!exchange.who->principal.has("applicant") || exchange.who->is_operator)
        return exchange.submit(id.case_id, std::move(body), task_done);
    const auto looks = [who = exchange.who, number = id.number](const runtime::CaseRead& read) {
        const auto& tasks = read.state.tasks;
        const bool for_applicant =
            number >= 1 && number <= tasks.size() && tasks[number - 1].role == "applicant";
        return (!for_applicant && !who->is_applicant) || read.state.applicant == who->id;
    };
    exchange.api->engine.read_case(id.case_id, exchange.request->executor, looks,
                                   [exchange, id, body = std::move(body)](result<bool> own) {
                                       if (!own) return exchange.error(own.error());
                                       if (!*own)
                                           return exchange.problem(
                                               404, "not_found",
                                               both("there is no such task of yours",
                                                    "您没有这个任务"));
                                       exchange.submit(id.case_id, body, task_done);
                                   });
}

}  // namespace

void list_tasks(const Exchange& exchange) {
    const auto role = exchange.request->parameter("role");
    const bool allowed = !role || exchange.who->is_operator || exchange.who->principal.has(*role);
    // The applicants' list is everybody's: each sees the tasks of a case on the case itself.
    if (!allowed || exchange.who->is_applicant)
        return exchange.problem(403, "forbidden",
                                both("only those who have a role see its worklist",
                                     "只有具备该角色的人员可查看其任务"));
    exchange.in_pool(list_tasks_in_pool);
}

void claim_task(const Exchange& exchange) {
    if (const auto id = exchange.task_id()) submit_task(exchange, *id, core::ClaimTask{id->number});
}

void release_task(const Exchange& exchange) {
    if (const auto id = exchange.task_id())
        submit_task(exchange, *id, core::ReleaseTask{id->number});
}

void complete_task(const Exchange& exchange) {
    const auto id = exchange.task_id();
    const auto given = id ? exchange.object() : std::nullopt;
    if (!given) return;
    core::CompleteTask command;
    command.task = id->number;
    auto form = record_of(*given, "form");
    if (!form) return exchange.error(form.error());
    command.form = std::move(*form);
    const expr::Value* outcome = given->find("outcome");
    // A task without choices ends `done`, which nobody has to spell out.
    const auto answer = answer_of(
        outcome == nullptr ? given->with("outcome", expr::Value::string("done")) : *given);
    if (!answer) return exchange.error(answer.error());
    command.outcome = answer->outcome;
    command.note = answer->note;
    command.happened_at = answer->happened_at;
    command.missing = answer->missing;
    submit_task(exchange, *id, std::move(command));
}

}  // namespace countersign::http
