// The push binding: body, headers, and what each response means. Retries are the core's; here one
// attempt is one POST.
#include "adapters/departments/push.hpp"

#include "adapters/http/answer.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/json_writer.hpp"
#include "adapters/http/log.hpp"
#include "adapters/http/net.hpp"
#include "adapters/http/retry_after.hpp"
#include "engine/base/bytes.hpp"

#include <fmt/format.h>

namespace countersign::departments {

namespace {

using http::ExchangeOutcome;
using http::ExchangeResult;
using http::machine_now;

constexpr unsigned cancel_attempts = 4;

/// W3C trace context: one trace a case, one span an attempt, the same after a restart.
std::string traceparent(const std::string& case_text, std::string_view call,
                        std::uint32_t attempt) {
    return fmt::format("00-{:016x}{:016x}-{:016x}-01", stable_hash(case_text),
                       stable_hash("trace/" + case_text) | 1U,
                       stable_hash(fmt::format("{}#{}", call, attempt)) | 1U);
}

/// The signed head lines of a message; each ends with CRLF.
std::string signed_fields(const PushConfig& config, std::string_view id, std::string_view body) {
    const std::string timestamp = fmt::to_string(machine_now().ms / 1'000);
    std::string fields = fmt::format(
        "content-type: application/cloudevents+json\r\nwebhook-id: {}\r\nwebhook-timestamp: {}\r\n",
        id, timestamp);
    if (config.signer)
        fmt::format_to(std::back_inserter(fields), "webhook-signature: {}\r\n",
                       config.signer->sign(id, timestamp, body));
    return fields;
}

void write_envelope(http::JsonWriter& json, std::string_view id, std::string_view source,
                    std::string_view type, const std::string& subject) {
    json.begin_object();
    json.member("specversion", "1.0");
    json.member("id", id);
    json.member("source", source);
    json.member("type", type);
    json.member("subject", subject);
    json.member("datacontenttype", "application/json");
}

/// Names the inputs that hold personal values, so that the department can guard them.
void write_personal(http::JsonWriter& json, const expr::Value& input) {
    if (!input.is(expr::Kind::map) || !input.holds_personal()) return;
    json.key("personal");
    json.begin_array();
    for (const auto& [key, value] : input.entries())
        if (value.holds_personal()) json.value(key.as_string());
    json.end_array();
}

class Push final : public runtime::Adapter, public std::enable_shared_from_this<Push> {
  public:
    Push(PushConfig config, http::ContextExecutor executor, std::unique_ptr<http::Client> client)
        : config_(std::move(config)), executor_(executor), client_(std::move(client)) {}

    void send(const runtime::OutboundCall& call, runtime::Completion done) override {
        const std::string id = call.view.id.text();
        std::string body = push_body(call, config_.source);
        std::string fields = signed_fields(config_, id, body);
        fmt::format_to(std::back_inserter(fields), "traceparent: {}\r\ncountersign-attempt: {}\r\n",
                       traceparent(call.view.id.case_id.text(), id, call.view.attempt),
                       call.view.attempt);
        if (call.due)
            fmt::format_to(std::back_inserter(fields), "countersign-due: {}\r\n",
                           rfc3339(*call.due));
        if (!call.working_time_left.empty())
            fmt::format_to(std::back_inserter(fields), "countersign-working-time-left: {}\r\n",
                           call.working_time_left);
        client_->post(fields, std::move(body), [done = std::move(done)](ExchangeResult result) {
            done(push_result(result, machine_now()));
        });
    }

    void cancel(const runtime::CancelNotice& notice) override {
        const std::string call = notice.call.text();
        auto body = std::make_shared<std::string>();
        http::JsonWriter json(*body);
        write_envelope(json, call + "/cancelled", config_.source, "countersign.call.cancelled.v1",
                       notice.call.case_id.text());
        json.key("data");
        json.begin_object();
        json.member("call", call);
        json.end_object();
        json.end_object();
        post_cancel(call, std::move(body), 1);
    }

  private:
    void post_cancel(const std::string& call, std::shared_ptr<std::string> body, unsigned attempt) {
        client_->post(signed_fields(config_, call + "/cancelled", *body), *body,
                      [this, call, body, attempt](const ExchangeResult& result) {
                          const bool told = result.outcome == ExchangeOutcome::answered &&
                                            result.status < 500 && result.status != 429;
                          if (!told) cancel_later(call, body, attempt + 1);
                      });
    }

    void cancel_later(const std::string& call, std::shared_ptr<std::string> body,
                      unsigned attempt) {
        if (attempt > cancel_attempts) {
            http::log_warning(fmt::format("{} could not be told that call {} is cancelled",
                                          config_.department, call));
            return;
        }
        auto timer = std::make_shared<http::SteadyTimer>(executor_);
        timer->expires_after(config_.cancel_retry * (1U << (2 * (attempt - 2))));
        timer->async_wait([self = weak_from_this(), timer, call, body, attempt](const auto& error) {
            const auto alive = self.lock();
            if (!error && alive) alive->post_cancel(call, body, attempt);
        });
    }

    PushConfig config_;
    http::ContextExecutor executor_;
    std::unique_ptr<http::Client> client_;
};

/// What the dispatcher owns; the timers of cancellations watch the adapter behind it.
class PushHandle final : public runtime::Adapter {
  public:
    explicit PushHandle(std::shared_ptr<Push> push) : push_(std::move(push)) {}
    void send(const runtime::OutboundCall& call, runtime::Completion done) override {
        push_->send(call, std::move(done));
    }
    void cancel(const runtime::CancelNotice& notice) override { push_->cancel(notice); }

  private:
    std::shared_ptr<Push> push_;
};

bool is_json(std::string_view content_type) {
    return content_type.empty() || content_type.find("json") != std::string_view::npos;
}

runtime::SendResult answer_result(const ExchangeResult& exchange) {
    if (!is_json(exchange.content_type))
        return runtime::AnswerRefused{
            fmt::format("the answer is {}, not JSON", http::excerpt(exchange.content_type)),
            http::excerpt(exchange.body)};
    auto answer = http::parse_answer(exchange.body);
    if (!answer)
        return runtime::AnswerRefused{answer.error().message, http::excerpt(exchange.body)};
    return std::move(*answer);
}

}  // namespace

std::string push_body(const runtime::OutboundCall& call, std::string_view source) {
    const core::CallView& view = call.view;
    const std::string id = view.id.text();
    std::string body;
    body.reserve(1'024);
    http::JsonWriter json(body);
    write_envelope(json, id, source, "countersign.call.v1", view.id.case_id.text());
    json.member("time", view.requested);
    json.key("data");
    json.begin_object();
    json.member("call", id);
    json.member("process", view.process);
    json.member("step", view.step);
    json.member("operation", view.operation);
    json.member("department", view.department);
    json.member("round", view.round);
    if (view.supersedes) json.member("supersedes", view.supersedes->text());
    json.member("due_when_asked", view.due_when_asked);
    json.member_if("callback", call.callback);
    write_personal(json, view.input);
    json.member("input", view.input, expr::Personal::open);
    json.end_object();
    json.end_object();
    return body;
}

runtime::SendResult push_result(const ExchangeResult& exchange, Instant real_now) {
    const auto said = [&] { return http::excerpt(exchange.body); };
    switch (exchange.outcome) {
        case ExchangeOutcome::unreachable:
        case ExchangeOutcome::timed_out:
            return runtime::Failed{exchange.reason, std::nullopt};
        case ExchangeOutcome::too_large:
        case ExchangeOutcome::malformed:
            return runtime::AnswerRefused{exchange.reason, said()};
        case ExchangeOutcome::answered:
            break;
    }
    const unsigned status = exchange.status;
    if (status == 202) return runtime::Accepted{};
    if (status < 300) return answer_result(exchange);
    const std::string reason = fmt::format("HTTP {} {}", status, http::reason_of(status));
    if (status >= 500 || status == 408 || status == 425 || status == 429) {
        const auto wait = http::parse_retry_after(exchange.retry_after, real_now);
        const std::string body = said();
        return runtime::Failed{body.empty() ? reason : reason + ": " + body, wait};
    }
    if (status < 400) return runtime::Refused{reason + ": redirects are not followed", said()};
    return runtime::Refused{reason, said()};
}

result<std::unique_ptr<runtime::Adapter>> make_push(PushConfig config,
                                                    boost::asio::any_io_executor executor) {
    auto client = http::Client::make(executor, config.client);
    if (!client) return client.error();
    auto push = std::make_shared<Push>(std::move(config), http::context_executor(executor),
                                       std::move(*client));
    return std::unique_ptr<runtime::Adapter>(std::make_unique<PushHandle>(std::move(push)));
}

}  // namespace countersign::departments
