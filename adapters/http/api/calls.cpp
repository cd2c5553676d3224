// Calls: what a department sees of its call, its answer, an operator's answer by hand, and
// retrying.
#include "adapters/http/answer.hpp"
#include "adapters/http/api/api.hpp"
#include "adapters/http/api/views.hpp"

#include <fmt/format.h>

namespace countersign::http {

namespace {

/// Whether the URL carries the capability of this call.
bool has_capability(const Exchange& exchange, const CallId& id) {
    const auto given = exchange.request->parameter("k");
    return given &&
           equal_in_constant_time(*given, exchange.api->options.capabilities.capability(id.text()));
}

const core::Call* find_call(const core::CaseState& state, std::uint32_t number) {
    return number >= 1 && number <= state.calls.size() ? &state.calls[number - 1] : nullptr;
}

/// Who a person is when it speaks for a department: an operator, or one with a role in it; nothing
/// when it is neither.
std::optional<core::Principal> speaker(const Asker& who, std::string_view department) {
    const std::string prefix = std::string(department) + ".";
    for (const std::string& role : who.principal.roles)
        if (role.starts_with(prefix)) return who.acting(role);
    if (who.is_operator) return who.principal;
    return std::nullopt;
}

/// Why an answer with the capability may not count, or nothing: departments whose binding demands
/// it sign what they post, because knowing a URL is not authority.
std::optional<Response> unsigned_answer(const Exchange& exchange, const std::string& department) {
    const deployment::Department* known = exchange.api->deployment.department(department);
    const auto* push =
        known == nullptr ? nullptr : std::get_if<deployment::PushBinding>(&known->binding);
    if (push == nullptr || !push->signature_required) return std::nullopt;
    if (!push->signer)
        return exchange.problem_of(
            401, "signature",
            both("this department has no secret to sign with", "该部门没有用于签名的密钥"));
    const Request& request = *exchange.request;
    const auto verified = verify_signature(
        *push->signer, request.header("webhook-id"), request.header("webhook-timestamp"),
        request.header("webhook-signature"), request.body, machine_now().ms / 1'000);
    if (!verified) return exchange.problem_of(401, "signature", verified.error().text());
    return std::nullopt;
}

void respond_to_answer(const Exchange& exchange, core::Reply reply) {
    std::string_view status = "accepted";
    switch (reply) {
        case core::Reply::done:
            break;
        case core::Reply::already_answered:
            status = "already_answered";
            break;
        case core::Reply::cancelled:
            status = "cancelled";
            break;
        case core::Reply::answer_refused:
            return exchange.problem(422, "answer_refused",
                                    both("the answer breaks the operation's contract; an incident "
                                         "that shows both is open, and the call can be answered "
                                         "again",
                                         "答复不符合操作的约定，已登记异常并列明两者，可重新答复"));
        case core::Reply::stale:
            status = "stale";
            break;
    }
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("status", status);
    json.end_object();
    exchange.json(200, std::move(body));
}

void submit_answer(const Exchange& exchange, const CallId& id, const runtime::Answered& answer,
                   core::Principal by, bool by_hand) {
    core::AnswerCall command{id.number,          answer.outcome, answer.result, answer.note,
                             answer.happened_at, answer.missing, by_hand};
    exchange.api->engine.submit(
        core::Command{exchange.api->next_command(), id.case_id, std::move(by), std::move(command)},
        exchange.request->executor, [exchange](const runtime::CommandResult& result) {
            if (const auto* rejected = std::get_if<core::Rejection>(&result))
                return exchange.rejection(*rejected);
            if (const auto* failed = std::get_if<Error>(&result)) return exchange.error(*failed);
            respond_to_answer(exchange, std::get<runtime::CommandDone>(result).reply);
        });
}

/// Looks at the call on its shard: the response of who may not answer it, or the answer submitted
/// from there. An answer waits for no other commit than its own.
void answer_seen(const Exchange& exchange, const CallId& id, const runtime::CaseRead& read,
                 const runtime::Answered& answer, bool capable) {
    const core::Call* call = find_call(read.state, id.number);
    if (call == nullptr)
        return exchange.problem(
            404, "not_found", both("the case has no call of that number", "办件没有该编号的调用"));
    if (exchange.who != nullptr)
        if (auto by = speaker(*exchange.who, call->department))
            return submit_answer(exchange, id, answer, std::move(*by), true);
    if (!capable && !may_see(*exchange.who, read.state))
        return exchange.problem(404, "not_found",
                                both("there is no such case of yours", "您没有这个办件"));
    if (!capable)
        return exchange.problem(403, "forbidden",
                                format_both("{} does not speak for {}", "{} 不能代表 {} 答复",
                                            exchange.who->id, call->department));
    if (auto refused = unsigned_answer(exchange, call->department))
        return exchange.respond(std::move(*refused));
    submit_answer(exchange, id, answer, {"department:" + call->department, {}}, false);
}

void look_and_answer(const Exchange& exchange, const CallId& id, runtime::Answered answer,
                     bool capable) {
    exchange.api->engine.read_case(
        id.case_id, exchange.request->executor,
        [exchange, id, answer = std::move(answer), capable](const runtime::CaseRead& read) {
            answer_seen(exchange, id, read, answer, capable);
            return true;
        },
        [exchange](const result<bool>& seen) {
            if (!seen) exchange.error(seen.error());
        });
}

/// What whoever answers the call must know: what was asked, and what an answer may be.
void write_asked(JsonWriter& json, const Viewed& viewed, const core::Call& call) {
    const model::Operation& operation = viewed.process.operations[call.operation];
    json.member("title", viewed.titles(call.instance));
    json.key("outcomes");
    json.begin_array();
    for (const model::Outcome& outcome : operation.outcomes) json.value(outcome.name);
    json.end_array();
    json.key("result_fields");
    json.begin_array();
    for (const model::Field& field : operation.output.fields) json.value(field.name);
    json.end_array();
    json.member("input", call.input.value, expr::Personal::open);
    write_fields_text(json, viewed, "input_text", operation.input, call.input.value,
                      expr::Personal::open);
}

}  // namespace

void answer_call(const Exchange& exchange) {
    const auto id = exchange.call_id();
    if (!id) return;
    const bool capable = has_capability(exchange, *id);
    if (!capable && exchange.who == nullptr)
        return exchange.problem(401, "unauthorized",
                                both("the callback's capability ?k= or a token is needed",
                                     "需要回调地址中的 ?k= 或令牌"));
    auto answer = parse_answer(exchange.request->body);
    if (!answer) return exchange.problem(400, "malformed", answer.error().text());
    look_and_answer(exchange, *id, std::move(*answer), capable);
}

void answer_by_hand(const Exchange& exchange, const CallId& id, runtime::Answered answer) {
    look_and_answer(exchange, id, std::move(answer), false);
}

void take_call(const Exchange& exchange, const CallId& id, core::CommandBody body,
               std::function<void(const Exchange&, const runtime::CommandDone&)> done) {
    struct Found {
        std::string department;  ///< empty: there is no such call for the asker
        std::optional<core::Principal> by;
    };
    const bool gives_back = std::holds_alternative<core::ReleaseCall>(body);
    exchange.api->engine.read_case(
        id.case_id, exchange.request->executor,
        [who = exchange.who, number = id.number, gives_back](const runtime::CaseRead& read) {
            const core::Call* call = find_call(read.state, number);
            if (call == nullptr || !may_see(*who, read.state)) return Found{};
            Found found{call->department, speaker(*who, call->department)};
            if (!found.by && gives_back && who->principal.has("supervisor"))
                found.by = who->acting("supervisor");
            return found;
        },
        [exchange, id, body = std::move(body), done = std::move(done)](result<Found> found) {
            if (!found) return exchange.error(found.error());
            if (found->department.empty())
                return exchange.problem(404, "not_found",
                                        both("there is no such call", "没有这个调用"));
            const deployment::Department* known =
                exchange.api->deployment.department(found->department);
            if (known == nullptr ||
                !std::holds_alternative<deployment::WorklistBinding>(known->binding))
                return exchange.problem(
                    409, "state",
                    format_both("{} answers by a system of its own, nobody takes its calls",
                                "{} 由其自有系统答复，无需领取", found->department));
            if (!found->by)
                return exchange.problem(
                    403, "forbidden",
                    format_both("{} does not speak for {}", "{} 不能代表 {} 答复", exchange.who->id,
                                found->department));
            exchange.submit_as(std::move(*found->by), id.case_id, body, done);
        });
}

void show_call(const Exchange& exchange) {
    const auto id = exchange.call_id();
    if (!id) return;
    const bool capable = has_capability(exchange, *id);
    if (!capable && exchange.who == nullptr)
        return exchange.problem(401, "unauthorized",
                                both("the callback's capability ?k= or a token is needed",
                                     "需要回调地址中的 ?k= 或令牌"));
    exchange.api->engine.read_case(
        id->case_id, exchange.request->executor,
        [exchange, id = *id, capable](const runtime::CaseRead& read) {
            const core::Call* call = find_call(read.state, id.number);
            const bool visible = call != nullptr && (capable || may_see(*exchange.who, read.state));
            if (!visible)
                return exchange.problem_of(404, "not_found",
                                           both("there is no such call", "没有这个调用"));
            Response response;
            JsonWriter json(response.body);
            const auto names = exchange.api->names();
            const Viewed viewed(read, *names);
            json.begin_object();
            write_call_members(json, viewed, *call);
            // The input was sent to the department; others see it on the case, masked.
            if (capable || speaker(*exchange.who, call->department))
                write_asked(json, viewed, *call);
            json.end_object();
            return response;
        },
        [exchange](result<Response> shown) {
            if (!shown) return exchange.error(shown.error());
            exchange.respond(std::move(*shown));
        });
}

void retry_call(const Exchange& exchange) {
    const auto id = exchange.call_id();
    if (!id) return;
    exchange.api->engine.read_case(
        id->case_id, exchange.request->executor,
        [number = id->number](const runtime::CaseRead& read) {
            for (const core::Incident& incident : read.state.incidents)
                if (incident.call == number && !incident.resolved) return incident.number;
            return std::uint32_t{0};
        },
        [exchange, id = *id](const result<std::uint32_t>& incident) {
            if (!incident) return exchange.error(incident.error());
            if (*incident == 0)
                return exchange.problem(409, "state",
                                        both("Expected a blocked call, but it has no open incident",
                                             "该调用没有未处理的异常，无需重试"));
            exchange.submit(id.case_id, core::RetryIncident{*incident},
                            [id](const Exchange& then, const runtime::CommandDone&) {
                                std::string body;
                                JsonWriter json(body);
                                json.begin_object();
                                json.member("call", id.text());
                                json.member("status", "retried");
                                json.end_object();
                                then.json(200, std::move(body));
                            });
        });
}

}  // namespace countersign::http
