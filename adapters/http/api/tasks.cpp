// Worklists, and what people do with their tasks.
#include "adapters/http/answer.hpp"
#include "adapters/http/api/api.hpp"
#include "adapters/http/api/bodies.hpp"
#include "adapters/http/api/views.hpp"
#include "engine/core/words.hpp"
#include "engine/store/journal.hpp"
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
            for (const std::string& role : model::roles_of(step)) roles.insert(role);
    return {roles.begin(), roles.end()};
}

/// Writes the titles of the branches that a row's step is in, outermost first. Rows keep the
/// address alone; the newest version deployed titles its keys, and one that it does not know
/// stands as it is.
void write_branches(JsonWriter& json, const Exchange& exchange, const store::TaskRow& row) {
    const auto deployed = exchange.api->engine.process(row.process);
    json.key("branch_titles");
    json.begin_array();
    std::string_view rest = row.step;
    for (std::size_t open = rest.find('['); open != rest.npos; open = rest.find('[')) {
        const std::size_t close = rest.find(']', open);
        if (close == rest.npos) break;
        const std::string_view above = rest.substr(0, open);
        const std::string_view id = above.substr(above.rfind('/') + 1);
        const std::string_view key = rest.substr(open + 1, close - open - 1);
        Text title = both(std::string(key), std::string(key));
        if (deployed)
            for (const model::Step& step : deployed->process->steps)
                if (step.id == id && step.each)
                    title = core::title_of_key(*deployed->process, step, key);
        json.value(title);
        rest.remove_prefix(close + 1);
    }
    json.end_array();
}

/// Writes when the step of a row is due. A row does not have it: a clock that stands still moves
/// it, so it is read from the case, once for the rows of a case that follow each other.
class Dues {
  public:
    Dues(const Exchange& exchange, const Names& names)
        : exchange_(exchange), names_(names), now_(exchange.api->engine.clock().now()) {}

    /// Writes who has a call; a row does not have that either.
    void write_claim(JsonWriter& json, const CallId& id) {
        look_up(id.case_id);
        if (!case_ || id.number == 0 || id.number > case_->state.calls.size()) return;
        const std::string& by = case_->state.calls[id.number - 1].claimed_by;
        if (by.empty()) return;
        json.member("claimed_by", by);
        json.member("claimed_by_title", names_.principal(by));
    }

    void write(JsonWriter& json, const CaseId& id, std::string_view step) {
        look_up(id);
        if (!case_ || process_ == nullptr) return;
        const auto calendars = exchange_.api->engine.calendars();
        const Viewed viewed(case_->state, *process_->process, *calendars, now_, names_);
        const auto& instances = case_->state.instances;
        for (std::uint32_t i = 0; i < instances.size(); ++i) {
            if (!instances[i].is_open() || viewed.address(i) != step) continue;
            if (const core::ClockState* clock = deadline_clock(viewed, i)) {
                const ClockView view = view_of(viewed, *clock);
                json.member("due", viewed.time(view.due.at));
                json.member("remaining", view.remaining);
                json.member("card", view.card);
            }
            return;
        }
    }

    /// Whether the asker completed what keeps it from this task.
    bool is_kept_from(const TaskId& id) {
        look_up(id.case_id);
        return case_ && process_ != nullptr &&
               core::done_before(case_->state, *process_->process, id.number,
                                 exchange_.who->principal.name);
    }

  private:
    void look_up(const CaseId& id) {
        if (case_ && case_->state.id == id) return;
        auto loaded = store::load_case(exchange_.api->engine.store(), id);
        case_.reset();
        if (!loaded) return;  // who lists tasks is not stopped by one case that does not read back
        case_ = std::move(*loaded);
        process_ = exchange_.api->engine.process_of_hash(case_->state.process.hash);
    }

    const Exchange& exchange_;
    const Names& names_;
    Instant now_;
    std::optional<store::LoadedCase> case_;
    std::shared_ptr<const runtime::DeployedProcess> process_;
};

void write_task(JsonWriter& json, const Exchange& exchange, const store::TaskListing& task,
                const Names& names, int offset, Dues& dues) {
    json.begin_object();
    json.member("task", task.id.text());
    json.member("case", task.id.case_id.text());
    json.member("role", task.row.role);
    json.member("role_title", names.role(task.row.role));
    json.member("process", task.row.process);
    json.member("step", task.row.step);
    json.member("title", task.row.title);
    write_branches(json, exchange, task.row);
    json.member("opened", rfc3339(task.row.opened, offset));
    dues.write(json, task.id.case_id, task.row.step);
    json.member_if("claimed_by", task.claimed_by);
    if (!task.claimed_by.empty()) json.member("claimed_by_title", names.principal(task.claimed_by));
    json.end_object();
}

/// Departments whose calls their people answer here, of those that a role of the list belongs to;
/// an operator that names no role sees all.
std::vector<std::string> departments_to_list(const Exchange& exchange,
                                             const std::vector<std::string>& roles) {
    const bool all = exchange.who->is_operator && !exchange.request->parameter("role");
    std::vector<std::string> departments;
    for (const deployment::Department& department : exchange.api->deployment.departments) {
        if (!std::holds_alternative<deployment::WorklistBinding>(department.binding)) continue;
        const bool named = std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
            return role.starts_with(department.id + ".");
        });
        if (all || named) departments.push_back(department.id);
    }
    return departments;
}

/// A call of a department without a system: its id serves as a task's.
void write_call_as_task(JsonWriter& json, const Exchange& exchange, const store::TaskListing& call,
                        const std::string& role, const Names& names, int offset, Dues& dues) {
    const std::string id = CallId{call.id.case_id, call.id.number}.text();
    json.begin_object();
    json.member("task", id);
    json.member("call", id);
    json.member("case", call.id.case_id.text());
    json.member("role", role);
    json.member("role_title", names.addressee(role));
    json.member("department", call.row.role);
    json.member("department_title", names.department(call.row.role));
    json.member("process", call.row.process);
    json.member("step", call.row.step);
    json.member("title", call.row.title);
    write_branches(json, exchange, call.row);
    json.member("opened", rfc3339(call.row.opened, offset));
    dues.write_claim(json, CallId{call.id.case_id, call.id.number});
    dues.write(json, call.id.case_id, call.row.step);
    json.end_object();
}

/// Cursors of calls, which stand behind the tasks of a role's list.
constexpr std::string_view of_calls = "call:";

/// Adds what the departments have in hand, as far as `limit` goes; yields the next page's cursor.
result<std::optional<std::string>> write_in_hand(const Exchange& exchange, JsonWriter& json,
                                                 const std::vector<std::string>& departments,
                                                 std::size_t limit, std::string_view after) {
    const auto role = exchange.request->parameter("role");
    const auto names = exchange.api->names();
    const int offset = exchange.api->offset_minutes();
    std::optional<std::string> next;
    Dues dues(exchange, *names);
    for (const std::string& department : departments) {
        auto page = store::list_in_hand(exchange.api->engine.store(), department, limit, after);
        if (!page) return page.error();
        for (const store::TaskListing& call : page->rows)
            write_call_as_task(json, exchange, call, role.value_or(department), *names, offset,
                               dues);
        if (page->next) next = std::string(of_calls) + *page->next;
    }
    return next;
}

void list_tasks_in_pool(const Exchange& exchange) {
    const std::vector<std::string> roles = roles_to_list(exchange);
    const std::vector<std::string> departments = departments_to_list(exchange, roles);
    std::size_t room = exchange.limit(100);
    // A cursor belongs to one role's list: pages are for those who name the role.
    const bool paged = roles.size() == 1;
    std::string after = paged ? exchange.request->parameter("after").value_or("") : "";
    const bool behind_tasks = after.starts_with(of_calls);
    if (behind_tasks) after.erase(0, of_calls.size());
    std::optional<std::string> next;
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.key("tasks");
    json.begin_array();
    const auto names = exchange.api->names();
    const int offset = exchange.api->offset_minutes();
    Dues dues(exchange, *names);
    for (const std::string& role : behind_tasks ? std::vector<std::string>() : roles) {
        auto page = store::list_tasks(exchange.api->engine.store(), role, exchange.limit(100),
                                      after);
        if (!page) return exchange.error(page.error());
        for (const store::TaskListing& task : page->rows)
            if (!dues.is_kept_from(task.id)) write_task(json, exchange, task, *names, offset, dues);
        room -= std::min(room, page->rows.size());
        if (paged) next = page->next;
    }
    if (!next && !departments.empty() && room == 0) {
        if (paged) next = of_calls;
    } else if (!next) {
        auto rest = write_in_hand(exchange, json, departments, room,
                                  behind_tasks ? after : std::string());
        if (!rest) return exchange.error(rest.error());
        if (paged) next = *rest;
    }
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

/// As whom the asker acts on a task; nothing when it is no task of its own. An applicant acts on
/// tasks of its own cases only: its role alone does not say whose case it is.
std::optional<core::Principal> actor(const Asker& who, const core::CaseState& state,
                                     std::uint32_t number) {
    const bool known = number >= 1 && number <= state.tasks.size();
    const std::string role = known ? state.tasks[number - 1].role : "";
    const bool own = who.is_operator || (role != "applicant" && !who.is_applicant) ||
                     state.applicant == who.id;
    if (!own) return std::nullopt;
    return who.acting(role);
}

/// The task is looked at first where its role decides who is acting.
void submit_task(const Exchange& exchange, const TaskId& id, core::CommandBody body) {
    const Asker& asks = *exchange.who;
    const bool plain = asks.is_operator || !asks.principal.has("applicant");
    if (plain && asks.loans.empty()) return exchange.submit(id.case_id, std::move(body), task_done);
    using Actor = std::optional<core::Principal>;
    exchange.api->engine.read_case(
        id.case_id, exchange.request->executor,
        [who = exchange.who, number = id.number](const runtime::CaseRead& read) {
            return actor(*who, read.state, number);
        },
        [exchange, id, body = std::move(body)](result<Actor> by) {
            if (!by) return exchange.error(by.error());
            if (!*by)
                return exchange.problem(
                    404, "not_found", both("there is no such task of yours", "您没有这个任务"));
            exchange.submit_as(std::move(**by), id.case_id, body, task_done);
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

namespace {

/// A department's call is on the worklist under its own id.
bool is_call(const Exchange& exchange) {
    return CallId::parse(exchange.parameters[0]).has_value();
}

}  // namespace

void claim_task(const Exchange& exchange) {
    if (is_call(exchange)) {
        const CallId id = *CallId::parse(exchange.parameters[0]);
        return take_call(exchange, id, core::ClaimCall{id.number}, task_done);
    }
    if (const auto id = exchange.task_id()) submit_task(exchange, *id, core::ClaimTask{id->number});
}

void release_task(const Exchange& exchange) {
    if (is_call(exchange)) {
        const CallId id = *CallId::parse(exchange.parameters[0]);
        return take_call(exchange, id, core::ReleaseCall{id.number}, task_done);
    }
    if (const auto id = exchange.task_id())
        submit_task(exchange, *id, core::ReleaseTask{id->number});
}

void complete_task(const Exchange& exchange) {
    const bool call = is_call(exchange);
    const auto id = call ? std::nullopt : exchange.task_id();
    const auto given = call || id ? exchange.object() : std::nullopt;
    if (!given) return;
    core::CompleteTask command;
    auto form = record_of(*given, "form");
    if (!form) return exchange.error(form.error());
    command.form = std::move(*form);
    const expr::Value* outcome = given->find("outcome");
    const auto happened = moment_of(*given, "happened_at", exchange.api->offset_minutes());
    if (!happened) return exchange.error(happened.error());
    // A task without choices ends `done`, which nobody has to spell out.
    const expr::Value spelled_out =
        outcome == nullptr ? given->with("outcome", expr::Value::string("done")) : *given;
    auto answer = answer_of(spelled_out.with("happened_at", expr::Value()));
    if (!answer) return exchange.error(answer.error());
    answer->happened_at = *happened;
    if (call) {
        auto answered = *answer;
        answered.result = std::move(command.form);
        return answer_by_hand(exchange, *CallId::parse(exchange.parameters[0]),
                              std::move(answered));
    }
    command.task = id->number;
    command.outcome = answer->outcome;
    command.note = answer->note;
    command.happened_at = answer->happened_at;
    command.missing = answer->missing;
    submit_task(exchange, *id, std::move(command));
}

}  // namespace countersign::http
