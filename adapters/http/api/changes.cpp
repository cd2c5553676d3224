// What changes a case from outside its tasks and calls: papers, withdrawal, signals, incidents.
#include "adapters/http/api/api.hpp"
#include "adapters/http/api/bodies.hpp"

#include <charconv>

namespace countersign::http {

namespace {

void done(const Exchange& exchange, const runtime::CommandDone& result) {
    std::string body;
    JsonWriter json(body);
    json.begin_object();
    json.member("case", result.case_id.text());
    json.member("sequence", result.sequence);
    json.end_object();
    exchange.json(200, std::move(body));
}

/// Submits for an operator at once, for others after a look at the case: who has no part in it
/// changes nothing.
void submit_if_part(const Exchange& exchange, const CaseId& id, core::CommandBody body) {
    if (exchange.who->is_operator) return exchange.submit(id, std::move(body), done);
    struct Part {
        bool seen = false;
        std::optional<core::Principal> by;
    };
    exchange.api->engine.read_case(
        id, exchange.request->executor,
        [who = exchange.who](const runtime::CaseRead& read) {
            return Part{may_see(*who, read.state),
                        part_of(*who, read.state, *read.deployed.process)};
        },
        [exchange, id, body = std::move(body)](result<Part> part) {
            if (!part) return exchange.error(part.error());
            if (!part->seen)
                return exchange.problem(
                    404, "not_found", both("there is no such case of yours", "您没有这个办件"));
            if (!part->by)
                return exchange.problem(
                    403, "forbidden",
                    format_both("{} has no part in this process: its applicant, whoever "
                                "entered it, the roles that it asks and the departments that "
                                "it calls may do this",
                                "{} 与本事项无关：只有申请人、登记人、参与办理的角色和部门可以"
                                "办理",
                                exchange.who->id));
            exchange.submit_as(std::move(*part->by), id, body, done);
        });
}

}  // namespace

void supply_case(const Exchange& exchange) {
    const auto id = exchange.case_id();
    const auto given = id ? exchange.object() : std::nullopt;
    if (!given) return;
    auto fields = fields_of(*given);
    if (!fields) return exchange.error(fields.error());
    auto materials = materials_of(*given);
    if (!materials) return exchange.error(materials.error());
    auto overrides = overrides_of(*given);
    if (!overrides) return exchange.error(overrides.error());
    submit_if_part(exchange, *id,
                  core::Supply{std::move(*fields), std::move(*materials), std::move(*overrides)});
}

void withdraw_case(const Exchange& exchange) {
    const auto id = exchange.case_id();
    const auto given = id ? exchange.object() : std::nullopt;
    if (!given) return;
    auto reason = text_of(*given, "reason");
    if (!reason) return exchange.error(reason.error());
    submit_if_part(exchange, *id, core::WithdrawCase{std::move(*reason)});
}

void signal_case(const Exchange& exchange) {
    const auto id = exchange.case_id();
    const auto given = id ? exchange.object() : std::nullopt;
    if (!given) return;
    auto name = text_of(*given, "name");
    if (!name) return exchange.error(name.error());
    exchange.submit(*id, core::SignalCase{std::move(*name)}, done);
}

void extend_clock(const Exchange& exchange) {
    const auto id = exchange.case_id();
    const auto given = id ? exchange.object() : std::nullopt;
    if (!given) return;
    core::ExtendClock extend;
    const std::pair<const char*, std::string*> texts[] = {
        {"clock", &extend.clock}, {"of", &extend.owner}, {"reason", &extend.reason}};
    for (const auto& [name, text] : texts) {
        if (name == std::string_view("of") && given->find(name) == nullptr) continue;
        auto read = text_of(*given, name);
        if (!read) return exchange.error(read.error());
        *text = std::move(*read);
    }
    const auto by = text_of(*given, "by");
    if (!by) return exchange.error(by.error());
    const auto length = calendar::Limit::parse(*by);
    if (!length) return exchange.error(length.error());
    extend.by = *length;
    exchange.submit(*id, std::move(extend), done);
}

void add_item(const Exchange& exchange) {
    const auto id = exchange.case_id();
    const auto given = id ? exchange.object() : std::nullopt;
    if (!given) return;
    auto step = text_of(*given, "step");
    if (!step) return exchange.error(step.error());
    const expr::Value* item = given->find("item");
    if (item == nullptr)
        return exchange.problem(
            400, "invalid",
            both("`item` is missing: say what is to be added", "缺少 item：请写明要追加的事项"));
    exchange.submit(*id, core::AddItem{std::move(*step), *item}, done);
}

void retry_incident(const Exchange& exchange) {
    const auto id = exchange.case_id();
    if (!id) return;
    const std::string_view text = exchange.parameters[1];
    std::uint32_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || stop != text.data() + text.size())
        return exchange.problem(404, "not_found",
                                both("this is no number of an incident", "这不是异常的编号"));
    exchange.submit(*id, core::RetryIncident{number}, done);
}

}  // namespace countersign::http
