// Opening cases and showing them.
#include "adapters/http/api/api.hpp"
#include "adapters/http/api/bodies.hpp"
#include "adapters/http/api/history.hpp"
#include "adapters/http/api/views.hpp"
#include "engine/core/transitions.hpp"
#include "engine/core/words.hpp"
#include "engine/store/queries.hpp"

#include <charconv>

#include <fmt/format.h>

namespace countersign::http {

namespace {

constexpr std::chrono::seconds wait_max{60};
constexpr std::size_t duplicates_max = 5;  ///< named in a warning

/// Runs `write` on the case's shard and responds with 200 and what it wrote; an applicant sees only
/// its own cases.
template <class Write>
void respond_with_case(const Exchange& exchange, const CaseId& id, Write write) {
    exchange.api->engine.read_case(
        id, exchange.request->executor,
        [exchange, write = std::move(write)](const runtime::CaseRead& read) {
            if (!may_see(*exchange.who, read.state))
                return exchange.problem_of(
                    404, "not_found", both("there is no such case of yours", "您没有这个办件"));
            Response response;
            JsonWriter json(response.body);
            const auto names = exchange.api->names();
            const Viewed viewed(read, *names);
            write(json, viewed, personal_for(*exchange.who, read.state, viewed.process));
            return response;
        },
        [exchange](result<Response> shown) {
            if (!shown) return exchange.error(shown.error());
            exchange.respond(std::move(*shown));
        });
}

/// The short form of a case in answers to opening it.
/// `duplicates`: other open cases of the same applicant and process.
Response opened_response(const CaseId& id, const core::CaseState* state, const Viewed* viewed,
                         std::string_view process, unsigned status,
                         const std::vector<CaseId>& duplicates = {}) {
    Response response;
    response.status = status;
    response.headers.emplace_back("location", "/v1/cases/" + id.text());
    JsonWriter json(response.body);
    json.begin_object();
    json.member("case", id.text());
    json.member("process", process);
    json.member("status", state == nullptr ? "open" : core::name_of(state->status));
    json.member("opened", Instant{static_cast<std::int64_t>(id.ms)});
    if (viewed != nullptr && state->end) {
        json.key("end");
        write_end(json, *viewed, expr::Personal::masked);
    }
    if (!duplicates.empty()) {
        json.key("possible_duplicates");
        json.begin_array();
        for (const CaseId& duplicate : duplicates) json.value(duplicate.text());
        json.end_array();
    }
    json.end_object();
    return response;
}

/// Waits until the case has ended, then 200 with its end; 201 or 200 as it is when that takes long.
void respond_ended(const Exchange& exchange, const runtime::Opened& opened) {
    exchange.api->engine.wait_ended(
        opened.case_id, wait_max, exchange.request->executor,
        [api = exchange.api, existing = opened.existing](const runtime::CaseRead& read) {
            const auto names = api->names();
            const Viewed viewed(read, *names);
            const bool ended = read.state.end.has_value();
            return opened_response(read.state.id, &read.state, &viewed, read.state.process.id,
                                   ended || existing ? 200 : 201);
        },
        [exchange](result<Response> shown) {
            if (!shown) return exchange.error(shown.error());
            exchange.respond(std::move(*shown));
        });
}

/// Responds to a new case, naming other open cases of its applicant: a hint only, so that what goes
/// wrong with it does not take the case's id away.
void respond_new(const Exchange& exchange, const CaseId& id, const std::string& applicant) {
    const auto respond = [id](const Exchange& then, const std::vector<CaseId>& duplicates) {
        then.respond(
            opened_response(id, nullptr, nullptr, then.parameters[0], 201, duplicates));
    };
    // Staff that names nobody applies for nobody in particular.
    if (!exchange.who->is_applicant && applicant == exchange.who->id)
        return respond(exchange, {});
    exchange.in_pool([id, applicant, respond](const Exchange& then) {
        auto found = store::open_cases_of(then.api->engine.store(), applicant, then.parameters[0],
                                          duplicates_max + 1);
        std::vector<CaseId> others;
        if (found)
            for (const CaseId& one : *found)
                if (one != id && others.size() < duplicates_max) others.push_back(one);
        respond(then, others);
    });
}

/// What to say of a case that was opened.
struct Opening {
    bool wait = false;
    std::string applicant;
};

void respond_opened(const Exchange& exchange, const runtime::OpenResult& came,
                    const Opening& opening) {
    if (const auto* rejected = std::get_if<core::Rejection>(&came))
        return exchange.rejection(*rejected);
    if (const auto* failed = std::get_if<Error>(&came)) return exchange.error(*failed);
    const auto& opened = std::get<runtime::Opened>(came);
    if (opening.wait) return respond_ended(exchange, opened);
    if (!opened.existing) return respond_new(exchange, opened.case_id, opening.applicant);
    exchange.api->engine.read_case(
        opened.case_id, exchange.request->executor,
        [api = exchange.api](const runtime::CaseRead& read) {
            const auto names = api->names();
            const Viewed viewed(read, *names);
            return opened_response(read.state.id, &read.state, &viewed, read.state.process.id, 200);
        },
        [exchange](result<Response> shown) {
            if (!shown) return exchange.error(shown.error());
            exchange.respond(std::move(*shown));
        });
}

/// Reads the body of an application; responds and returns nothing when it is none.
std::optional<runtime::OpenRequest> open_request(const Exchange& exchange) {
    const auto given = exchange.object();
    if (!given) return std::nullopt;
    const auto refuse = [&](const Error& error) {
        exchange.error(error);
        return std::nullopt;
    };
    runtime::OpenRequest open;
    auto form = record_of(*given, "form");
    if (!form) return refuse(form.error());
    auto materials = materials_of(*given);
    if (!materials) return refuse(materials.error());
    auto applicant = text_of(*given, "applicant");
    if (!applicant) return refuse(applicant.error());
    auto received = moment_of(*given, "received", exchange.api->offset_minutes());
    if (!received) return refuse(received.error());
    auto overrides = overrides_of(*given);
    if (!overrides) return refuse(overrides.error());
    auto incomplete = flag_of(*given, "incomplete");
    if (!incomplete) return refuse(incomplete.error());
    open.incomplete = *incomplete;
    open.overrides = std::move(*overrides);
    open.form = std::move(*form);
    open.materials = std::move(*materials);
    open.applicant = applicant->empty() ? exchange.who->id : std::move(*applicant);
    open.received = *received;
    if (exchange.who->is_applicant && open.applicant != exchange.who->id) {
        exchange.problem(403, "forbidden",
                         both("an applicant applies in its own name", "申请人只能以本人名义申请"));
        return std::nullopt;
    }
    return open;
}

}  // namespace

void open_case(const Exchange& exchange) {
    auto open = open_request(exchange);
    if (!open) return;
    const Request& request = *exchange.request;
    open->process = exchange.parameters[0];
    open->by = exchange.who->principal;
    open->key = request.header("idempotency-key");
    if (open->key.size() > 255)
        return exchange.problem(400, "invalid",
                                both("an Idempotency-Key has at most 255 characters",
                                     "Idempotency-Key 最多 255 个字符"));
    if (!open->key.empty())
        open->fingerprint = fmt::format("{}\n{}", exchange.parameters[0], request.body);
    Opening opening{!request.query.empty() && request.parameter("wait") == "ended",
                    open->applicant};
    exchange.api->engine.open_case(std::move(*open), request.executor,
                                   [exchange, opening](const runtime::OpenResult& result) {
                                       respond_opened(exchange, result, opening);
                                   });
}

void show_case(const Exchange& exchange) {
    if (const auto id = exchange.case_id()) respond_with_case(exchange, *id, write_case);
}

void list_materials(const Exchange& exchange) {
    const auto id = exchange.case_id();
    if (!id) return;
    respond_with_case(exchange, *id,
                      [](JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
                          json.begin_object();
                          json.member("case", viewed.state.id.text());
                          write_materials(json, viewed, personal);
                          json.end_object();
                      });
}

void list_documents(const Exchange& exchange) {
    const auto id = exchange.case_id();
    if (!id) return;
    respond_with_case(exchange, *id,
                      [](JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
                          json.begin_object();
                          json.member("case", viewed.state.id.text());
                          write_documents(json, viewed, personal);
                          json.end_object();
                      });
}

void show_why(const Exchange& exchange) {
    const auto id = exchange.case_id();
    if (!id) return;
    respond_with_case(exchange, *id, write_why);
}

void show_form(const Exchange& exchange) {
    const auto id = exchange.case_id();
    if (!id) return;
    respond_with_case(exchange, *id,
                      [](JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
                          json.begin_object();
                          json.member("case", viewed.state.id.text());
                          json.member("version", viewed.state.form_version);
                          json.member("form", viewed.state.form.value, personal);
                          json.end_object();
                      });
}

namespace {

std::optional<core::CaseStatus> status_named(std::string_view name) {
    for (const auto status :
         {core::CaseStatus::open, core::CaseStatus::ended, core::CaseStatus::closed})
        if (core::name_of(status) == name) return status;
    return std::nullopt;
}

/// What people call the end of a listed case.
Text end_title(const Api& api, const store::CaseInfo& info) {
    const auto deployed = api.engine.process(info.process, info.version);
    const model::End* end = deployed == nullptr ? nullptr : deployed->process->end(info.end);
    return end == nullptr || end->title.empty() ? core::word_of(info.end) : end->title;
}

void write_listing(JsonWriter& json, const Api& api, const store::CaseListing& listing,
                   const Names& names, int offset) {
    json.begin_object();
    json.member("case", listing.id.text());
    json.member("process", listing.info.process);
    json.member("version", listing.info.version);
    json.member("title", listing.info.title);
    json.member("applicant", listing.info.applicant);
    json.member("applicant_title", names.applicant(listing.info.applicant));
    const Instant received =
        listing.info.received.ms == 0 ? listing.info.opened : listing.info.received;
    json.member("received", rfc3339(received, offset));
    json.member("opened", rfc3339(listing.info.opened, offset));
    json.member("status", core::name_of(listing.info.status));
    json.member_if("end", listing.info.end);
    if (!listing.info.end.empty()) json.member("end_title", end_title(api, listing.info));
    std::optional<std::string> ended;
    if (listing.info.ended) ended = rfc3339(*listing.info.ended, offset);
    json.member("ended", ended);
    json.end_object();
}

void list_in_pool(const Exchange& exchange) {
    const Request& request = *exchange.request;
    store::CaseFilter filter;
    if (const auto status = request.parameter("status")) {
        filter.status = status_named(*status);
        if (!filter.status)
            return exchange.problem(400, "invalid",
                                    both("`status` is one of open, ended, closed",
                                         "status 只能是 open、ended 或 closed"));
    }
    filter.process = request.parameter("process");
    filter.applicant = request.parameter("applicant");
    if (exchange.who->is_applicant) filter.applicant = exchange.who->id;
    const auto page = store::list_cases(exchange.api->engine.store(), filter, exchange.limit(100),
                                        request.parameter("after").value_or(""));
    if (!page) return exchange.error(page.error());
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.key("cases");
    json.begin_array();
    const int offset = exchange.api->offset_minutes();
    const auto names = exchange.api->names();
    for (const store::CaseListing& listing : page->rows)
        write_listing(json, *exchange.api, listing, *names, offset);
    json.end_array();
    json.member("next", page->next);
    json.end_object();
    exchange.json(200, std::move(body));
}

}  // namespace

void list_cases(const Exchange& exchange) { exchange.in_pool(list_in_pool); }

void show_history(const Exchange& exchange) {
    const auto id = exchange.case_id();
    if (!id) return;
    std::uint64_t after = 0;
    const std::string text = exchange.request->parameter("after").value_or("0");
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), after);
    if (error != std::errc() || stop != text.data() + text.size())
        return exchange.problem(400, "invalid",
                                both("`after` is the number of a record", "after 应为记录的序号"));
    exchange.in_pool([id = *id, after](const Exchange& then) {
        const auto names = then.api->names();
        const HistorySight sight{
            [&then](const std::string& hash) { return then.api->engine.process_of_hash(hash); },
            [&then](const core::CaseState& state,
                    const model::Process& process) -> std::optional<expr::Personal> {
                if (!may_see(*then.who, state)) return std::nullopt;
                return personal_for(*then.who, state, process);
            },
            *names};
        auto body = history_of(then.api->engine.store(), id, after, sight);
        if (!body) return then.error(body.error());
        then.json(200, std::move(*body));
    });
}

}  // namespace countersign::http
