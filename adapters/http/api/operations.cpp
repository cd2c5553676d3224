// For operators: health, numbers, verification, processes and their deployment.
#include "adapters/http/api/api.hpp"
#include "adapters/http/api/documents.hpp"
#include "adapters/http/api/views.hpp"
#include "definitions/diagnostics/render.hpp"
#include "engine/base/limits.hpp"
#include "engine/core/words.hpp"
#include "engine/store/journal.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace countersign::http {

namespace {

/// Gathers metric families for the text exposition.
class Families {
  public:
    void counter(const char* name, const char* help, std::uint64_t value) {
        add(name, help, prometheus::MetricType::Counter, value, {});
    }
    void gauge(const char* name, const char* help, std::uint64_t value) {
        add(name, help, prometheus::MetricType::Gauge, value, {});
    }
    void of_departments(const char* name, const char* help, prometheus::MetricType type,
                        const std::vector<runtime::DepartmentMetrics>& departments,
                        std::uint64_t (*value)(const runtime::DepartmentMetrics&)) {
        for (const auto& department : departments)
            add(name, help, type, value(department), department.id);
    }
    std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

  private:
    void add(const char* name, const char* help, prometheus::MetricType type, std::uint64_t value,
             const std::string& department) {
        if (families_.empty() || families_.back().name != name)
            families_.push_back({name, help, type, {}});
        prometheus::ClientMetric metric;
        if (!department.empty()) metric.label.push_back({"department", department});
        if (type == prometheus::MetricType::Counter)
            metric.counter.value = static_cast<double>(value);
        else
            metric.gauge.value = static_cast<double>(value);
        families_.back().metric.push_back(std::move(metric));
    }

    std::vector<prometheus::MetricFamily> families_;
};

void add_shards(Families& families, const runtime::ShardMetrics& shards) {
    families.counter("countersign_commands_total", "Commands decided", shards.commands);
    families.counter("countersign_rejections_total", "Commands that did not fit",
                     shards.rejections);
    families.counter("countersign_records_total", "Records journaled", shards.records);
    families.counter("countersign_cases_opened_total", "Cases opened", shards.opened);
    families.counter("countersign_cases_ended_total", "Cases ended", shards.ended);
    families.counter("countersign_timers_fired_total", "Timers fired", shards.timers_fired);
    families.counter("countersign_batches_total", "Batches sealed", shards.batches);
    families.counter("countersign_batch_bytes_total", "Bytes of batches", shards.batch_bytes);
    families.counter("countersign_snapshots_total", "Snapshots written", shards.snapshots);
    families.counter("countersign_cases_loaded_total", "Cases read from the store",
                     shards.cases_loaded);
    families.counter("countersign_refused_full_total", "Commands refused at a full mailbox",
                     shards.refused_full);
    families.gauge("countersign_mailbox", "Commands waiting", shards.mailbox);
    families.gauge("countersign_cases_cached", "Case states in memory", shards.cached);
    families.gauge("countersign_timers_in_window", "Timers in memory", shards.timers_in_window);
}

void add_departments(Families& families, const std::vector<runtime::DepartmentMetrics>& all) {
    using Of = const runtime::DepartmentMetrics&;
    const auto counter = prometheus::MetricType::Counter;
    const auto gauge = prometheus::MetricType::Gauge;
    families.of_departments("countersign_department_sent_total", "Attempts sent", counter, all,
                            [](Of d) { return d.sent; });
    families.of_departments("countersign_department_answered_total", "Attempts answered at once",
                            counter, all, [](Of d) { return d.answered; });
    families.of_departments("countersign_department_accepted_total", "Attempts accepted", counter,
                            all, [](Of d) { return d.accepted; });
    families.of_departments("countersign_department_failed_total", "Attempts failed", counter, all,
                            [](Of d) { return d.failed; });
    families.of_departments("countersign_department_refused_total", "Attempts refused", counter,
                            all, [](Of d) { return d.refused; });
    families.of_departments("countersign_department_under_way", "Attempts under way", gauge, all,
                            [](Of d) { return d.under_way; });
    families.of_departments("countersign_department_queued", "Calls queued in memory", gauge, all,
                            [](Of d) { return d.queued; });
    families.of_departments("countersign_department_breaker_open", "Whether its breaker is open",
                            gauge, all,
                            [](Of d) { return std::uint64_t{d.breaker_open ? 1U : 0U}; });
}

void write_report(const Exchange& exchange, const store::ChainReport& report,
                  const result<store::BlobReport>& contents) {
    if (!contents) return exchange.error(contents.error());
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("ok", report.ok() && contents->problems.empty());
    json.member("cases", report.cases);
    json.member("records", report.records);
    json.member("values", report.values);
    json.member("snapshots", report.snapshots);
    json.member("erased", report.erased);
    json.key("problems");
    json.begin_array();
    for (const store::ChainProblem& problem : report.problems) {
        json.begin_object();
        json.member("case", problem.case_id.text());
        json.member("sequence", problem.sequence);
        json.member("message", problem.message);
        json.end_object();
    }
    json.end_array();
    json.member("problems_left_out", report.problems_left_out);
    json.member("contents", contents->contents);
    json.member("content_bytes_read", contents->bytes);
    json.key("content_problems");
    json.begin_array();
    for (const std::string& problem : contents->problems) json.value(problem);
    json.end_array();
    json.member("content_problems_left_out", contents->problems_left_out);
    json.end_object();
    exchange.json(200, std::move(body));
}

void write_process(JsonWriter& json, const runtime::DeployedProcess& deployed) {
    const model::Process& process = *deployed.process;
    json.begin_object();
    json.member("process", process.id);
    json.member("version", process.version);
    json.member("title", process.title);
    json.member("calendar", process.calendar);
    json.key("ends");
    json.begin_array();
    for (const model::End& end : process.ends) {
        json.begin_object();
        json.member("name", end.name);
        json.member("kind", name_of(end.kind));
        json.member("title", end.title);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

std::string_view type_name(model::FieldType type) {
    constexpr std::string_view names[] = {"text",       "integer",  "number", "boolean", "time",
                                          "choice",     "choices",  "record", "list",    "date",
                                          "file",       "money",    "phone",  "email",   "uscc",
                                          "citizen_id", "division", "point"};
    return names[static_cast<std::size_t>(type)];
}

/// A field as a form builder needs it; the depth is bounded by the definition's text.
void write_field(JsonWriter& json, const model::Field& field) {
    json.begin_object();
    json.member_if("name", field.name);
    json.member("type", type_name(field.type));
    json.member("required", field.required);
    json.member("required_when", field.required_when.has_value());
    if (!field.title.empty()) json.member("title", field.title);
    if (!field.help.empty()) json.member("help", field.help);
    if (field.default_value) json.member("default", *field.default_value, expr::Personal::masked);
    json.member("min", field.min);
    json.member("max", field.max);
    json.member_if("pattern", field.pattern);
    if (field.max_length != 0) json.member("max_length", field.max_length);
    json.member_if("unit", field.unit);
    json.member("personal", field.personal);
    if (!field.choices.empty()) {
        json.key("choices");
        json.begin_array();
        for (const model::Choice& choice : field.choices) {
            json.begin_object();
            json.member("value", choice.value);
            json.member("title", choice.title);
            json.end_object();
        }
        json.end_array();
    }
    if (!field.fields.empty()) {
        json.key("fields");
        json.begin_array();
        for (const model::Field& inner : field.fields) write_field(json, inner);
        json.end_array();
    }
    json.end_object();
}

/// What the branches of an `each` are called, where its list comes from a form's choices.
void write_keys(JsonWriter& json, const model::Process& process, const model::Step& step) {
    const std::vector<model::Choice>& choices = core::choices_of(process, step);
    if (choices.empty()) return;
    json.key("keys");
    json.begin_object();
    for (const model::Choice& choice : choices)
        json.member(choice.value, core::title_of_key(process, step, choice.value));
    json.end_object();
}

void write_steps_of(JsonWriter& json, const model::Process& process) {
    json.key("steps");
    json.begin_array();
    for (const model::Step& step : process.steps) {
        json.begin_object();
        json.member("step", step.id);
        json.member("title", step.title);
        json.member("verb", verb_of(process, step));
        if (const auto* ask = std::get_if<model::AskVerb>(&step.verb)) {
            json.member("role", ask->role);
            json.key("form");
            write_field(json, ask->form);
        }
        json.key("outcomes");
        json.begin_array();
        for (const model::Outcome& outcome : step.outcomes) json.value(outcome.name);
        json.end_array();
        write_keys(json, process, step);
        json.end_object();
    }
    json.end_array();
}

/// What the departments that it asks and the roles that it asks or tells are called.
void write_names(JsonWriter& json, const Names& names, const model::Process& process) {
    json.key("departments");
    json.begin_object();
    for (const auto& [id, title] : names.departments) json.member(id, names.department(id));
    json.end_object();
    std::set<std::string> roles = {"supervisor", "operator", "applicant"};
    for (const model::Step& step : process.steps)
        for (const std::string& role : model::roles_of(step)) roles.insert(role);
    json.key("roles");
    json.begin_object();
    for (const std::string& role : roles) json.member(role, names.role(role));
    json.end_object();
}

void respond_deployed(const Exchange& exchange, const definitions::Deployable& deployable,
                      const std::string& found) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.key("processes");
    json.begin_array();
    for (const model::Process& process : deployable.processes) {
        json.begin_object();
        json.member("process", process.id);
        json.member("version", process.version);
        json.end_object();
    }
    json.end_array();
    json.key("found");
    json.raw(found);
    json.end_object();
    exchange.json(201, std::move(body));
}

/// Marks that checked documents are on their way into the store. False when others are, or were
/// since there had been `seen` deployments: what was checked would overlook theirs.
bool begin_deployment(Api& api, std::uint64_t seen) {
    const std::lock_guard lock(api.sources_guard);
    if (api.deploying || api.deployments != seen) return false;
    return api.deploying = true;
}

/// Checks and deploys on the pool.
void deploy_in_pool(const Exchange& exchange, const std::vector<definitions::SourceFile>& given) {
    Api& api = *exchange.api;
    std::vector<definitions::SourceFile> files;
    std::vector<definitions::SourceFile> posted;
    std::uint64_t seen = 0;
    {
        const std::lock_guard lock(api.sources_guard);
        seen = api.deployments;
        files = merged(api.options.sources, given);
        posted = merged(api.posted, given);
    }
    auto checked = std::make_shared<definitions::Checked>(definitions::check(files));
    const std::string found = diagnostics::render_json(checked->found);
    if (checked->found.has_errors()) {
        Response response = exchange.problem_of(
            422, "definitions", both("the documents have mistakes", "定义文件有错误"));
        response.body.pop_back();
        response.body += R"(,"found":)" + found + "}";
        return exchange.respond(std::move(response));
    }
    // A step that asks a department which nobody can reach would wait for ever.
    if (const auto unbound =
            deployment::unbound_departments(api.deployment, checked->deployable.processes);
        !unbound.empty())
        return exchange.respond(exchange.problem_of(
            422, "unbound_department",
            format_both("{}: add it under `departments` of the deployment file and restart",
                        "{}：请在部署文件的`departments`下补上它，然后重新启动",
                        deployment::text_of(unbound.front()))));
    std::vector<runtime::Engine::NewProcess> processes;
    for (std::size_t i = 0; i < checked->deployable.processes.size(); ++i)
        processes.push_back({checked->deployable.processes[i], checked->deployable.sources[i]});
    const std::string document = json_of(posted);
    // What the store keeps must read back at the next start.
    if (!files_of_json(document))
        return exchange.problem(
            413, "too_large",
            both("all that was posted so far is more than the store keeps for the next start: name "
                 "these documents under `definitions` of the deployment file instead",
                 "历次提交的文档过多，无法留存到下次启动：请改在部署文件的`definitions`下列出"));
    if (!begin_deployment(api, seen))
        return exchange.error(failure(ErrorKind::unavailable,
                                      both("another deployment came in between; try again",
                                           "其间另有一次部署，请重试")));
    const auto deployed = [exchange, checked, found, files, posted](const result<void>& done) {
        Api& then = *exchange.api;
        if (done) {
            calendar::Calendars calendars;
            for (const auto& data : checked->deployable.calendars)
                calendars.by_id[data.id] = calendar::make_calendar(data);
            then.engine.change_calendars(std::move(calendars));
            then.change_names(names_of(checked->deployable.departments, then.deployment));
        }
        {
            const std::lock_guard lock(then.sources_guard);
            then.deploying = false;
            if (done) {
                then.options.sources = files;
                then.posted = posted;
                ++then.deployments;
            }
        }
        if (!done) return exchange.error(done.error());
        respond_deployed(exchange, checked->deployable, found);
    };
    api.engine.deploy(std::move(processes), exchange.request->executor, deployed, document);
}

}  // namespace

void health(const Exchange& exchange) { exchange.json(200, R"({"status":"alive"})"); }

void ready(const Exchange& exchange) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("status", "ready");
    json.member("version", exchange.api->options.version);
    json.member("now", exchange.api->engine.clock().now());
    json.end_object();
    exchange.json(200, std::move(body));
}

void metrics(const Exchange& exchange) {
    const runtime::EngineMetrics all = exchange.api->engine.metrics();
    Families families;
    add_shards(families, all.shards);
    families.counter("countersign_commits_total", "Synced writes", all.commits);
    families.counter("countersign_commit_bytes_total", "Bytes of synced writes", all.commit_bytes);
    families.gauge("countersign_clock_held", "Whether timers are held", all.clock.held ? 1 : 0);
    add_departments(families, all.departments);
    Response response;
    response.content_type = "text/plain; version=0.0.4";
    response.body = families.text();
    exchange.respond(std::move(response));
}

void show_me(const Exchange& exchange) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("id", exchange.who->id);
    json.member("name", exchange.who->principal.name);
    json.key("roles");
    json.begin_array();
    for (const std::string& role : exchange.who->principal.roles) json.value(role);
    json.end_array();
    json.key("acts_for");
    json.begin_array();
    for (const Loan& loan : exchange.who->loans) {
        json.begin_object();
        json.member("id", loan.of);
        json.key("roles");
        json.begin_array();
        for (const std::string& role : loan.roles) json.value(role);
        json.end_array();
        json.member("before", rfc3339(loan.before, exchange.api->offset_minutes()));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    exchange.json(200, std::move(body));
}

void verify_one(const Exchange& exchange) {
    const auto id = exchange.case_id();
    if (!id) return;
    exchange.in_pool([id = *id](const Exchange& then) {
        const store::Store& store = then.api->engine.store();
        write_report(then, store::verify_case(store, id),
                     then.api->blobs().verify_case(store, id));
    });
}

void verify_store(const Exchange& exchange) {
    const std::string how = exchange.request->parameter("contents").value_or("named");
    if (how != "named" && how != "read")
        return exchange.problem(400, "invalid",
                                both("`contents` must be `named` (each is there) or `read` (each "
                                     "is read and has its SHA-256)",
                                     "contents 应为 named（只查是否都在）或 read（逐一读取并核对 "
                                     "SHA-256）"));
    exchange.in_pool([read = how == "read"](const Exchange& then) {
        const store::Store& store = then.api->engine.store();
        const store::Blobs& blobs = then.api->blobs();
        write_report(then, store::verify_all(store),
                     read ? blobs.verify(store) : blobs.verify_named(store));
    });
}

void list_processes(const Exchange& exchange) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.key("processes");
    json.begin_array();
    for (const auto& deployed : exchange.api->engine.processes()) write_process(json, *deployed);
    json.end_array();
    json.end_object();
    exchange.json(200, std::move(body));
}

void write_process_page(JsonWriter& json, const model::Process& process, const Names& names) {
    json.begin_object();
    json.member("process", process.id);
    json.member("version", process.version);
    json.member("title", process.title);
    write_names(json, names, process);
    json.key("form");
    write_field(json, process.form);
    json.key("materials");
    json.begin_array();
    for (const model::Material& material : process.materials) {
        json.begin_object();
        json.member("id", material.id);
        json.member("title", material.title);
        json.member("required", material.required);
        json.member("required_when", material.required_when.has_value());
        json.key("accept");
        json.begin_array();
        for (const std::string& extension : material.accept) json.value(extension);
        json.end_array();
        json.member("max_bytes",
                    material.max_bytes == 0 ? limits::material_bytes_usual : material.max_bytes);
        json.end_object();
    }
    json.end_array();
    write_steps_of(json, process);
    json.end_object();
}

void show_process(const Exchange& exchange) {
    const auto deployed = exchange.api->engine.process(exchange.parameters[0]);
    if (deployed == nullptr)
        return exchange.problem(404, "not_found",
                                both("no process of that id is deployed", "未部署该编号的事项"));
    std::string body;
    JsonWriter json(body);
    write_process_page(json, *deployed->process, *exchange.api->names());
    exchange.json(200, std::move(body));
}

void deploy(const Exchange& exchange) {
    const auto given = exchange.object();
    if (!given) return;
    auto files = files_of(*given);
    if (!files) return exchange.error(files.error());
    exchange.in_pool(
        [files = std::move(*files)](const Exchange& then) { deploy_in_pool(then, files); });
}

}  // namespace countersign::http
