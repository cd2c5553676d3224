// One thread, one io_context: requests come in, timers run out, answers go to their callbacks.
#include "cli/department/played.hpp"

#include "adapters/http/client.hpp"
#include "adapters/http/listener.hpp"
#include "adapters/http/net.hpp"
#include "cli/json_view.hpp"
#include "cli/output/text.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/json.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

namespace countersign::cli {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::size_t request_bytes_max = 8u << 20;
constexpr std::size_t huge_bytes = 10'000'000;
constexpr std::chrono::milliseconds repeat_first = 200ms;
constexpr std::chrono::milliseconds repeat_most = 5s;
constexpr unsigned repeats_max = 1'000;  ///< then somebody must look why nobody takes the answer

std::int64_t machine_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

/// A call that was taken and what is left to do about it.
struct Taken {
    std::string id;
    std::string callback;
    std::string body;   ///< the answer
    bool done = false;  ///< answered or cancelled
    unsigned repeats = 0;
    std::unique_ptr<http::Client> client;
    std::shared_ptr<http::SteadyTimer> timer;
};

class Department {
  public:
    Department(PlayedOptions options, asio::io_context& context)
        : options_(std::move(options)), context_(context) {}
    ~Department() {
        if (journal_ != nullptr) std::fclose(journal_);
    }
    Department(const Department&) = delete;
    Department& operator=(const Department&) = delete;

    result<void> open_journal();
    void handle(const http::Request& request, const http::Responder& respond);

  private:
    void say(const std::string& line) {
        fmt::print(stderr, "{}: {}\n", options_.name, printable(line));
    }
    void note(const json::value& event, std::string_view attempt, std::string_view body);
    void take(const json::value& event, std::uint32_t attempt, const http::Responder& respond);
    void misbehave(Fault fault, const http::Responder& respond);
    void answer_later(const std::shared_ptr<Taken>& call, std::chrono::nanoseconds wait);
    void send(const std::shared_ptr<Taken>& call);
    void sent(const std::shared_ptr<Taken>& call, const http::ExchangeResult& exchange);

    PlayedOptions options_;
    asio::io_context& context_;
    std::FILE* journal_ = nullptr;
    std::map<std::string, std::shared_ptr<Taken>, std::less<>> calls_;
    std::vector<http::Responder> silent_;  ///< kept, so that the connections stay open
};

result<void> Department::open_journal() {
    if (options_.journal.empty()) return {};
    journal_ = std::fopen(options_.journal.c_str(), "a");
    if (journal_ == nullptr)
        return failure(ErrorKind::io, format_both("{} cannot be written", "{} 无法写入",
                                                  options_.journal));
    return {};
}

void Department::note(const json::value& event, std::string_view attempt, std::string_view body) {
    if (journal_ == nullptr) return;
    const json::object line = {{"type", text_at(event, "type")},
                               {"id", text_at(event, "id")},
                               {"attempt", std::string(attempt)},
                               {"body", http::sha256_hex(body)}};
    fmt::print(journal_, "{}\n", json::serialize(line));
    std::fflush(journal_);
}

void Department::handle(const http::Request& request, const http::Responder& respond) {
    if (request.method != http::Method::post)
        return respond(http::problem_response(
            405, "method", both("calls are posted here", "此处只接受 POST 的调用"),
            request.language()));
    if (options_.signer) {
        const auto valid = http::verify_signature(
            *options_.signer, request.header("webhook-id"), request.header("webhook-timestamp"),
            request.header("webhook-signature"), request.body, machine_seconds());
        if (!valid)
            return respond(
                http::problem_response(401, "signature", valid.error().text(), request.language()));
    }
    json::error_code error;
    const json::value event = json::parse({request.body.data(), request.body.size()}, error);
    if (error || text_at(event, "id").empty())
        return respond(http::problem_response(
            400, "event", both("the body is no CloudEvent", "请求体不是 CloudEvents 事件"),
            request.language()));
    const std::string attempt(request.header("countersign-attempt"));
    note(event, attempt, request.body);
    if (text_at(event, "type") == "countersign.call.cancelled.v1") {
        const auto found = calls_.find(text_at(event, "data.call"));
        if (found != calls_.end()) found->second->done = true;
        say(fmt::format("call {} is cancelled", text_at(event, "data.call")));
        return respond({200, "application/json", "{}", {}, false});
    }
    if (text_at(event, "type") != "countersign.call.v1")
        return respond({200, "application/json", "{}", {}, false});
    take(event, static_cast<std::uint32_t>(std::atoi(attempt.c_str())), respond);
}

void Department::misbehave(Fault fault, const http::Responder& respond) {
    switch (fault) {
        case Fault::none:
        case Fault::silence:
            return;
        case Fault::error:
            return respond({500, "text/plain", "out of order", {}, false});
        case Fault::refuse:
            return respond({422, "text/plain", "we do not do this", {}, false});
        case Fault::garbage:
            return respond({200, "application/json", "\x01{]\xff\xfe", {}, false});
        case Fault::html:
            return respond({200, "text/html", "<html><h1>Please sign in</h1></html>", {}, false});
        case Fault::huge:
            return respond({200, "application/json", std::string(huge_bytes, ' '), {}, false});
    }
}

void Department::take(const json::value& event, std::uint32_t attempt,
                      const http::Responder& respond) {
    const std::string id = text_at(event, "id");
    const std::string operation = text_at(event, "data.operation");
    const json::value* input = find(event, "data.input");
    const std::optional<Answer> answer = options_.profile.answer(
        {operation, id, static_cast<std::uint32_t>(integer_at(event, "data.round", 1)),
         input != nullptr ? *input : json::value()});
    if (!answer)
        return respond(http::problem_response(
            422, "operation",
            format_both("the profile has no answer for {}", "答复方案中没有操作 {}", operation),
            "en"));
    const bool first_attempts = answer->fault_attempts == 0 || attempt <= answer->fault_attempts;
    if (answer->fault != Fault::none && first_attempts) {
        say(fmt::format("{} for call {}: misbehaves on attempt {}", operation, id, attempt));
        if (answer->fault == Fault::silence) silent_.push_back(respond);
        return misbehave(answer->fault, respond);
    }
    json::object said = {{"outcome", answer->outcome}, {"result", answer->result}};
    if (!answer->note.empty()) said["note"] = answer->note;
    if (!answer->missing.empty()) said["missing"] = answer->missing;
    const std::string body = json::serialize(said);
    const std::string callback = text_at(event, "data.callback");
    const auto known = calls_.find(id);
    if ((answer->after.ms == 0 && !answer->at) || callback.empty() ||
        (known != calls_.end() && known->second->done)) {
        say(fmt::format("{} for call {}: {}", operation, id, answer->outcome));
        return respond({200, "application/json", body, {}, false});
    }
    if (known == calls_.end()) {
        auto call = std::make_shared<Taken>();
        call->id = id;
        call->callback = callback;
        call->body = body;
        calls_.emplace(id, call);
        const auto asked = instant_at(event, "time");
        const Duration takes = asked ? answering_time(*answer, *asked) : answer->after;
        const auto real = static_cast<double>(takes.ms) * 1e6 / options_.speed;
        answer_later(call, std::chrono::nanoseconds(static_cast<std::int64_t>(real)));
        say(fmt::format("{} for call {}: taken, will be {}", operation, id, answer->outcome));
    }
    respond({202, "application/json", "{}", {}, false});
}

void Department::answer_later(const std::shared_ptr<Taken>& call, std::chrono::nanoseconds wait) {
    call->timer = std::make_shared<http::SteadyTimer>(context_.get_executor());
    call->timer->expires_after(std::chrono::duration_cast<http::Steady::duration>(wait));
    call->timer->async_wait([this, call](const boost::system::error_code& error) {
        if (!error && !call->done) send(call);
    });
}

void Department::send(const std::shared_ptr<Taken>& call) {
    http::ClientOptions options;
    auto url = http::parse_url(call->callback);
    if (!url) return say(fmt::format("call {}: {}", call->id, url.error().message));
    options.url = std::move(*url);
    options.sweep = 20ms;
    auto client = http::Client::make(context_.get_executor(), std::move(options));
    if (!client) return say(fmt::format("call {}: {}", call->id, client.error().message));
    call->client = std::move(*client);
    std::string fields = "content-type: application/json\r\n";
    if (options_.signer) {
        const std::string id = call->id + "/answer";
        const std::string timestamp = fmt::to_string(machine_seconds());
        fields +=
            fmt::format("webhook-id: {}\r\nwebhook-timestamp: {}\r\nwebhook-signature: {}\r\n", id,
                        timestamp, options_.signer->sign(id, timestamp, call->body));
    }
    call->client->post(fields, call->body, [this, call](const http::ExchangeResult& exchange) {
        // The client must not be destroyed within its own completion.
        asio::post(context_, [this, call, exchange] { sent(call, exchange); });
    });
}

void Department::sent(const std::shared_ptr<Taken>& call, const http::ExchangeResult& exchange) {
    call->client.reset();
    const bool answered = exchange.outcome == http::ExchangeOutcome::answered;
    if (answered && exchange.status >= 200 && exchange.status < 300) {
        call->done = true;
        return;
    }
    const bool final = answered && exchange.status >= 400 && exchange.status < 500 &&
                       exchange.status != 408 && exchange.status != 429;
    if (final || ++call->repeats > repeats_max) {
        call->done = true;
        const std::string why =
            answered ? fmt::format("HTTP {} {}", exchange.status, exchange.body) : exchange.reason;
        return say(fmt::format("the answer to call {} is not taken: {}", call->id, why));
    }
    answer_later(call,
                 std::min<std::chrono::nanoseconds>(repeat_first * call->repeats, repeat_most));
}

}  // namespace

result<void> play_department(PlayedOptions options,
                             const std::function<void(std::uint16_t)>& ready) {
    asio::io_context context(1);
    http::ListenerOptions listen;
    listen.port = options.port;
    Department department(std::move(options), context);
    if (auto opened = department.open_journal(); !opened) return opened.error();
    http::Service service;
    service.body_bytes_max = [](const http::Request&) { return request_bytes_max; };
    service.handle = [&department](const http::Request& request, const http::Responder& respond) {
        department.handle(request, respond);
    };
    auto listener = http::Listener::make(context.get_executor(), listen, std::move(service));
    if (!listener) return listener.error();
    (*listener)->start();
    asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&context](const boost::system::error_code&, int) { context.stop(); });
    ready((*listener)->port());
    context.run();
    return {};
}

}  // namespace countersign::cli
