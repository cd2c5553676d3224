// Askers, and the common ways to respond.
#include "adapters/http/api/api.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"
#include "engine/expr/json.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace countersign::http {

namespace {

bool holds(const std::vector<std::string>& roles, std::string_view role) {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::shared_ptr<const Asker> make_asker(const std::string& id,
                                        const std::vector<std::string>& own_roles,
                                        std::vector<Loan> loans) {
    auto asker = std::make_shared<Asker>();
    asker->id = id;
    asker->own_roles = own_roles;
    asker->principal.roles = own_roles;
    for (const Loan& loan : loans)
        for (const std::string& role : loan.roles)
            if (!asker->principal.has(role)) asker->principal.roles.push_back(role);
    asker->loans = std::move(loans);
    asker->is_operator = asker->principal.has("operator");
    asker->is_applicant =
        asker->principal.roles.size() == 1 && asker->principal.roles[0] == "applicant";
    const char* kind = holds(own_roles, "operator") ? "operator"
                       : asker->is_applicant        ? "applicant"
                                                    : "person";
    asker->principal.name = fmt::format("{}:{}", kind, id);
    // What only an operator may do is done for the one who lent the role.
    if (asker->is_operator) asker->principal = asker->acting("operator");
    return asker;
}

Known known_from(const deployment::Person& person) {
    return {person.token, make_asker(person.id, person.roles, {}), {}};
}

/// What is delegated to a person. Applications are a person's own: nobody applies for another so.
std::vector<Loan> loans_to(const deployment::Person& person,
                           const std::vector<deployment::Person>& people, int offset_minutes) {
    std::vector<Loan> loans;
    for (const deployment::Person& other : people)
        for (const deployment::Delegate& delegate : other.delegates) {
            if (delegate.to != person.id) continue;
            Loan loan{other.id, other.roles, instant_of(delegate.from, 0, offset_minutes),
                      instant_of(delegate.until + 1, 0, offset_minutes)};
            std::erase(loan.roles, "applicant");
            loans.push_back(std::move(loan));
        }
    return loans;
}

}  // namespace

Api::Api(runtime::Engine& served, deployment::Deployment deployed, ServerOptions given)
    : engine(served),
      deployment(std::move(deployed)),
      options(std::move(given)),
      boot("h" + hex(random_bytes(6))),
      names_(std::make_shared<const Names>(names_of(options.departments, deployment))) {
    for (const deployment::Person& person : deployment.people) {
        if (person.token.empty()) continue;
        people.push_back(known_from(person));
        people.back().loans = loans_to(person, deployment.people, offset_minutes());
    }
    if (!options.operator_token.empty())
        people.push_back({options.operator_token, make_asker("operator", {"operator"}, {}), {}});
}

std::shared_ptr<const Names> Api::names() {
    const std::lock_guard lock(sources_guard);
    return names_;
}

void Api::change_names(Names names) {
    auto changed = std::make_shared<const Names>(std::move(names));
    const std::lock_guard lock(sources_guard);
    names_ = std::move(changed);
}

int Api::offset_minutes() const {
    const auto calendars = engine.calendars();
    const calendar::Calendar* usual = calendars->find(deployment.calendar);
    return usual == nullptr ? 0 : calendar::data_of(*usual).offset_minutes;
}

std::string Api::next_command() { return fmt::format("{}-{}", boot, ++commands); }

bool Asker::has_any(const std::vector<std::string>& roles) const {
    return std::any_of(roles.begin(), roles.end(),
                       [&](const std::string& role) { return principal.has(role); });
}

core::Principal Asker::acting(std::string_view role) const {
    core::Principal by = principal;
    if (holds(own_roles, role) || holds(own_roles, "operator")) return by;
    for (const Loan& loan : loans)
        if (holds(loan.roles, role)) {
            by.name = fmt::format("person:{} for {}", id, loan.of);
            return by;
        }
    return by;
}

std::shared_ptr<const Asker> asker_of(const Api& api, std::string_view authorization) {
    constexpr std::string_view scheme = "Bearer ";
    if (authorization.size() <= scheme.size()) return nullptr;
    const std::string_view given = authorization.substr(0, scheme.size());
    if (given != scheme && given != "bearer ") return nullptr;
    const std::string_view token = authorization.substr(scheme.size());
    const Known* found = nullptr;
    // All are looked at, so that the time does not tell which token was nearly right.
    for (const Known& person : api.people)
        if (equal_in_constant_time(person.token, token)) found = &person;
    if (found == nullptr || found->loans.empty()) return found == nullptr ? nullptr : found->asker;
    const Instant now = api.engine.clock().now();
    std::vector<Loan> loans;
    for (const Loan& loan : found->loans)
        if (loan.from <= now && now < loan.before) loans.push_back(loan);
    return loans.empty() ? found->asker
                         : make_asker(found->asker->id, found->asker->own_roles, std::move(loans));
}

bool may_see(const Asker& who, const core::CaseState& state) {
    return !who.is_applicant || state.applicant == who.id;
}

namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether somebody who has `role` acts in the step: a role asked, or one of a department called.
bool acts_in(std::string_view role, const model::Process& process, const model::Step& step) {
    if (std::holds_alternative<model::AskVerb>(step.verb))
        return role != "applicant" && contains(model::roles_of(step), role);
    const std::string_view department = role.substr(0, role.find('.'));
    return department.size() < role.size() &&
           contains(model::departments_of(process, step), department);
}

}  // namespace

std::optional<core::Principal> part_of(const Asker& who, const core::CaseState& state,
                                       const model::Process& process) {
    if (who.is_operator || state.applicant == who.id || state.opened_by == who.principal.name)
        return who.principal;
    // Its own roles stand first: it acts for another only where it has no part itself.
    for (const std::string& role : who.principal.roles)
        for (const model::Step& step : process.steps)
            if (acts_in(role, process, step)) return who.acting(role);
    return std::nullopt;
}

expr::Personal personal_for(const Asker& who, const core::CaseState& state,
                            const model::Process& process) {
    if (who.is_operator || state.applicant == who.id) return expr::Personal::open;
    for (const model::Step& step : process.steps) {
        for (const std::string& role : model::roles_of(step))
            if (role != "applicant" && who.principal.has(role)) return expr::Personal::open;
    }
    return expr::Personal::masked;
}

void Exchange::json(unsigned status, std::string body) const {
    Response response;
    response.status = status;
    response.body = std::move(body);
    respond(std::move(response));
}

namespace {

/// What an error says in both languages; what only its place knows in English is quoted.
Text said_by(const Error& error) {
    if (!error.message_zh.empty()) return error.text();
    const bool ours = error.kind == ErrorKind::io || error.kind == ErrorKind::corrupt;
    return both(error.message,
                fmt::format("{}：“{}”", ours ? "系统故障" : "未能完成", error.message));
}

}  // namespace

Response error_response(const Error& error, std::string_view language) {
    switch (error.kind) {
        case ErrorKind::not_found:
            return problem_response(404, "not_found", said_by(error), language);
        case ErrorKind::invalid:
            return problem_response(400, "invalid", said_by(error), language);
        case ErrorKind::conflict:
            return problem_response(409, "conflict", said_by(error), language);
        case ErrorKind::unavailable: {
            Response response = problem_response(503, "unavailable", said_by(error), language);
            response.headers.emplace_back("retry-after", "1");
            return response;
        }
        case ErrorKind::io:
            return problem_response(500, "io", said_by(error), language);
        case ErrorKind::corrupt:
            return problem_response(500, "corrupt", said_by(error), language);
    }
    CHECK(false);
}

void Exchange::error(const Error& error) const { respond(error_response(error, language())); }

Response rejection_response(const core::Rejection& rejection, std::string_view language) {
    unsigned status = 409;
    std::string_view code = "state";
    switch (rejection.code) {
        case core::RejectionCode::invalid:
            status = 422;
            code = "invalid";
            break;
        case core::RejectionCode::state:
            break;
        case core::RejectionCode::not_found:
            status = 404;
            code = "not_found";
            break;
        case core::RejectionCode::not_allowed:
            status = 403;
            code = "forbidden";
            break;
        case core::RejectionCode::too_large:
            status = 413;
            code = "too_large";
            break;
    }
    Response response = problem_response(status, code, rejection.message, language);
    if (rejection.problems.empty()) return response;
    response.body.pop_back();
    response.body += R"(,"problems":)";
    JsonWriter json(response.body);
    json.begin_array();
    for (const model::Problem& problem : rejection.problems) {
        json.begin_object();
        json.member("path", problem.path);
        json.member("code", problem.code);
        json.member("message", problem.message);
        json.end_object();
    }
    json.end_array();
    response.body += '}';
    return response;
}

void Exchange::rejection(const core::Rejection& rejection) const {
    respond(rejection_response(rejection, language()));
}

std::optional<expr::Value> Exchange::object() const {
    if (request->body.empty()) return expr::Value::record({});
    auto value = expr::from_json(request->body);
    if (!value) {
        problem(
            400, "malformed",
            format_both("the body is not JSON: {}", "请求体不是 JSON：{}", value.error().text()));
        return std::nullopt;
    }
    if (!value->is(expr::Kind::map)) {
        problem(400, "malformed", both("the body must be a JSON object", "请求体应为 JSON 对象"));
        return std::nullopt;
    }
    return std::move(*value);
}

void Exchange::submit_as(
    core::Principal by, const CaseId& id, core::CommandBody body,
    std::function<void(const Exchange&, const runtime::CommandDone&)> then) const {
    core::Command command{api->next_command(), id, std::move(by), std::move(body)};
    api->engine.submit(std::move(command), request->executor,
                       [exchange = *this, then = std::move(then)](runtime::CommandResult result) {
                           if (const auto* rejected = std::get_if<core::Rejection>(&result))
                               return exchange.rejection(*rejected);
                           if (const auto* failed = std::get_if<Error>(&result))
                               return exchange.error(*failed);
                           then(exchange, std::get<runtime::CommandDone>(result));
                       });
}

void Exchange::in_pool(std::function<void(const Exchange&)> work) const {
    boost::asio::post(api->pool, [exchange = *this, work = std::move(work)] { work(exchange); });
}

std::optional<CaseId> Exchange::case_id(std::size_t parameter) const {
    const auto id = CaseId::parse(parameters[parameter]);
    if (id) return *id;
    problem(404, "not_found", both("this is no id of a case", "这不是办件编号"));
    return std::nullopt;
}

std::optional<CallId> Exchange::call_id() const {
    const auto id = CallId::parse(parameters[0]);
    if (id) return *id;
    problem(404, "not_found", both("this is no id of a call", "这不是调用编号"));
    return std::nullopt;
}

std::optional<TaskId> Exchange::task_id() const {
    const auto id = TaskId::parse(parameters[0]);
    if (id) return *id;
    problem(404, "not_found", both("this is no id of a task", "这不是任务编号"));
    return std::nullopt;
}

std::size_t Exchange::limit(std::size_t usual) const {
    const std::string text = request->parameter("limit").value_or("");
    std::size_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || stop != text.data() + text.size()) return usual;
    return std::clamp<std::size_t>(value, 1, 1'000);
}

}  // namespace countersign::http
