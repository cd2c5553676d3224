// The table of routes, and the way of a request through it: match, token, role, handler.
#include "adapters/http/api/api.hpp"
#include "engine/base/limits.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace countersign::http {

namespace {

enum class Access {
    open,       ///< anybody
    itself,     ///< the handler looks: a capability may stand for a token
    person,     ///< any token
    staff,      ///< any token but an applicant's
    operators,  ///< role operator
};

constexpr std::size_t segments_max = 6;
constexpr std::size_t control_bytes = 64 << 10;

struct Route {
    Method method;
    std::string_view pattern;  ///< "*" stands for one segment
    Access access;
    std::size_t body_bytes_max;
    void (*handle)(const Exchange&);
    /// Takes a body of upload_bytes_max() in pieces, instead of `handle`.
    std::shared_ptr<BodySink> (*receive)(const Exchange&) = nullptr;
};

constexpr Route routes[] = {
    {Method::post, "/v1/calls/*/answer", Access::itself, limits::answer_bytes_max, answer_call},
    {Method::post, "/v1/processes/*/cases", Access::person, limits::http_body_bytes_max, open_case},
    {Method::get, "/healthz", Access::open, 0, health},
    {Method::get, "/readyz", Access::open, 0, ready},
    {Method::get, "/metrics", Access::operators, 0, metrics},
    {Method::get, "/v1/me", Access::person, 0, show_me},
    {Method::get, "/v1/cases", Access::person, 0, list_cases},
    {Method::get, "/v1/cases/*", Access::person, 0, show_case},
    {Method::get, "/v1/cases/*/form", Access::person, 0, show_form},
    {Method::get, "/v1/cases/*/why", Access::person, 0, show_why},
    {Method::get, "/v1/cases/*/clock", Access::person, 0, show_clock},
    {Method::get, "/v1/cases/*/documents", Access::person, 0, list_documents},
    {Method::get, "/v1/cases/*/history", Access::person, 0, show_history},
    {Method::get, "/v1/cases/*/events", Access::person, 0, show_history},
    {Method::get, "/v1/cases/*/verify", Access::staff, 0, verify_one},
    {Method::post, "/v1/cases/*/supply", Access::person, limits::http_body_bytes_max, supply_case},
    {Method::post, "/v1/cases/*/withdraw", Access::person, control_bytes, withdraw_case},
    {Method::post, "/v1/cases/*/signal", Access::operators, control_bytes, signal_case},
    {Method::post, "/v1/cases/*/items", Access::person, control_bytes, add_item},
    {Method::post, "/v1/cases/*/extend", Access::person, control_bytes, extend_clock},
    {Method::post, "/v1/cases/*/incidents/*/retry", Access::operators, control_bytes,
     retry_incident},
    {Method::post, "/v1/materials", Access::person, 0, nullptr, receive_material},
    {Method::get, "/v1/cases/*/materials", Access::person, 0, list_materials},
    {Method::get, "/v1/cases/*/materials/*", Access::person, 0, show_material},
    {Method::get, "/v1/tasks", Access::person, 0, list_tasks},
    {Method::post, "/v1/tasks/*/claim", Access::person, control_bytes, claim_task},
    {Method::post, "/v1/tasks/*/release", Access::person, control_bytes, release_task},
    {Method::post, "/v1/tasks/*/complete", Access::person, limits::answer_bytes_max, complete_task},
    {Method::get, "/v1/calls/*", Access::itself, 0, show_call},
    {Method::post, "/v1/calls/*/retry", Access::operators, control_bytes, retry_call},
    {Method::get, "/v1/processes", Access::person, 0, list_processes},
    {Method::get, "/v1/processes/*", Access::person, 0, show_process},
    {Method::post, "/v1/deployments", Access::operators, limits::http_body_bytes_max, deploy},
    {Method::get, "/v1/verify", Access::operators, 0, verify_store},
};

/// A path's segments; `count` is 0 when it has too many.
struct Segments {
    std::array<std::string_view, segments_max> at{};
    std::size_t count = 0;
};

constexpr Segments split(std::string_view path) {
    Segments segments;
    path.remove_prefix(1);
    for (;;) {
        if (segments.count == segments_max) return {};
        const std::size_t end = path.find('/');
        segments.at[segments.count++] = path.substr(0, end);
        if (end == std::string_view::npos) return segments;
        path.remove_prefix(end + 1);
    }
}

/// The route of a request; null with `other_method` set when the path has routes of other methods.
struct Match {
    const Route* route = nullptr;
    std::array<std::string_view, 3> parameters{};
    bool other_method = false;
};

bool fits(const Segments& pattern, const Segments& path,
          std::array<std::string_view, 3>& parameters) {
    if (pattern.count != path.count) return false;
    std::size_t found = 0;
    for (std::size_t i = 0; i < path.count; ++i) {
        if (pattern.at[i] == "*")
            parameters[found++] = path.at[i];
        else if (pattern.at[i] != path.at[i])
            return false;
    }
    return true;
}

Match match(const Request& request) {
    static const auto patterns = [] {
        std::array<Segments, std::size(routes)> all;
        std::transform(std::begin(routes), std::end(routes), all.begin(),
                       [](const Route& route) { return split(route.pattern); });
        return all;
    }();
    Match found;
    const Segments path = split(request.path);
    for (std::size_t i = 0; i < std::size(routes); ++i) {
        std::array<std::string_view, 3> parameters{};
        if (!fits(patterns[i], path, parameters)) continue;
        if (routes[i].method != request.method) {
            found.other_method = true;
            continue;
        }
        found.route = &routes[i];
        found.parameters = parameters;
        return found;
    }
    return found;
}

/// Whether the asker may use the route; responds when not.
bool admitted(const Exchange& exchange, Access access) {
    if (access == Access::open || access == Access::itself) return true;
    if (exchange.who == nullptr) {
        Response response =
            exchange.problem_of(401, "unauthorized",
                                both("a known token is needed: Authorization: Bearer …",
                                     "需要有效的令牌（Authorization: Bearer …）"));
        response.headers.emplace_back("www-authenticate", "Bearer");
        exchange.respond(std::move(response));
        return false;
    }
    if (exchange.request->method == Method::post && exchange.who->is_only_auditor()) {
        exchange.problem(403, "forbidden",
                         both("an auditor looks and changes nothing", "审计人员只能查看，不能办理"));
        return false;
    }
    const bool enough = access == Access::person ||
                        (access == Access::staff && !exchange.who->is_applicant) ||
                        (access == Access::operators && exchange.who->is_operator);
    if (!enough)
        exchange.problem(403, "forbidden",
                         format_both("{} has no role that may do this", "{} 没有可办理此事的角色",
                                     exchange.who->id));
    return enough;
}

}  // namespace

Service make_service(std::shared_ptr<Api> api) {
    Service service;
    service.body_bytes_max = [api](const Request& request) -> std::uint64_t {
        const Match found = match(request);
        if (found.route == nullptr) return control_bytes;
        return found.route->receive == nullptr ? found.route->body_bytes_max
                                               : upload_bytes_max(*api);
    };
    service.open_body = [api](const Request& request,
                              Responder respond) -> std::shared_ptr<BodySink> {
        const Match found = match(request);
        if (found.route == nullptr || found.route->receive == nullptr) return nullptr;
        Exchange exchange{api, &request, std::move(respond), found.parameters, nullptr};
        exchange.who = asker_of(*api, request.header("authorization"));
        return admitted(exchange, found.route->access) ? found.route->receive(exchange) : nullptr;
    };
    service.handle = [api = std::move(api)](const Request& request, Responder respond) {
        const Match found = match(request);
        Exchange exchange{api, &request, std::move(respond), found.parameters, nullptr};
        if (found.route == nullptr && found.other_method)
            return exchange.problem(
                405, "method",
                both("this address does not take that method", "此地址不支持该方法"));
        if (found.route == nullptr)
            return exchange.problem(404, "not_found",
                                    both("there is nothing at this address", "此地址没有内容"));
        if (found.route->access != Access::open)
            exchange.who = asker_of(*api, request.header("authorization"));
        if (admitted(exchange, found.route->access)) found.route->handle(exchange);
    };
    return service;
}

}  // namespace countersign::http
