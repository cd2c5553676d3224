// The route of a case's ledger: what its shard knows of process and calendars, then its journal,
// read in the pool.
#include "adapters/http/api/api.hpp"
#include "adapters/http/api/bars.hpp"
#include "adapters/http/api/views.hpp"
#include "engine/store/journal.hpp"

namespace countersign::http {

namespace {

/// What the ledger is read with; nothing of it changes while a process is pinned.
struct Facts {
    bool seen = false;  ///< whether the asker may see the case
    std::shared_ptr<const model::Process> process;
    calendar::Calendars calendars;
    Instant now;
};

void respond_with_ledger(const Exchange& exchange, const CaseId& id, const Facts& facts) {
    const model::Process& process = *facts.process;
    const calendar::Calendar* calendar = facts.calendars.find(process.calendar);
    if (calendar == nullptr)
        return exchange.error(
            failure(ErrorKind::corrupt,
                    both("the calendar of the case is not in force", "办件所用日历未生效")));
    core::LedgerReader reader(process, *calendar);
    BarReader bars;
    const auto read = store::read_journal(exchange.api->engine.store(), id,
                                          [&](const core::Record& record, const store::Head&) {
                                              reader.read(record);
                                              bars.read(record);
                                              return true;
                                          });
    if (!read) return exchange.error(read.error());
    const core::Ledger ledger = reader.ledger(facts.now);
    std::string body;
    JsonWriter json(body);
    const auto names = exchange.api->names();
    const Viewed viewed(reader.state(), process, facts.calendars, facts.now, *names);
    json.begin_object();
    write_ledger(json, viewed, ledger);
    write_chart(json, viewed, bars.bars());
    json.end_object();
    exchange.json(200, std::move(body));
}

}  // namespace

void show_clock(const Exchange& exchange) {
    const auto id = exchange.case_id();
    if (!id) return;
    exchange.api->engine.read_case(
        *id, exchange.request->executor,
        [who = exchange.who](const runtime::CaseRead& read) {
            return Facts{may_see(*who, read.state), read.deployed.process, read.calendars,
                         read.now};
        },
        [exchange, id = *id](result<Facts> facts) {
            if (!facts) return exchange.error(facts.error());
            if (!facts->seen)
                return exchange.problem(404, "not_found",
                                        both("there is no such case of yours", "您没有这个办件"));
            exchange.in_pool([id, facts = std::move(*facts)](const Exchange& then) {
                respond_with_ledger(then, id, facts);
            });
        });
}

}  // namespace countersign::http
