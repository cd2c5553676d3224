// The journal as JSON, record by record.
#include "adapters/http/api/history.hpp"

#include "adapters/http/api/api.hpp"
#include "adapters/http/api/event_json.hpp"
#include "engine/store/journal.hpp"

namespace countersign::http {

namespace {

/// Writes a case's records behind `after`, evolving the state along, so that every event is told
/// with the addresses of its time.
class History {
  public:
    History(const HistorySight& sight, std::uint64_t after) : sight_(sight), after_(after) {}

    result<std::string> write(const store::Store& store, const CaseId& id) {
        JsonWriter json(body_);
        json.begin_object();
        json.member("case", id.text());
        json.key("records");
        json.begin_array();
        std::optional<Error> stopped;
        const auto read =
            store::read_journal(store, id, [&](const core::Record& record, const store::Head&) {
                stopped = add(json, record);
                return !stopped;
            });
        if (stopped) return *stopped;
        if (!read) return read.error();
        json.end_array();
        json.member("last", state_.sequence);
        json.end_object();
        return std::move(body_);
    }

  private:
    std::optional<Error> add(JsonWriter& json, const core::Record& record) {
        const bool shown = record.sequence > after_;
        if (shown) {
            json.begin_object();
            json.member("sequence", record.sequence);
            json.member("at", record.at);
            json.member("by", record.principal);
            json.member("command", record.command_id);
            json.key("events");
            json.begin_array();
        }
        for (const core::Event& event : record.events) {
            core::evolve(state_, event, record.at);
            if (auto error = look_up()) return error;
            const Viewed viewed(state_, *deployed_->process, no_calendars_, record.at,
                                sight_.names);
            if (shown) write_event(json, viewed, event, personal_);
        }
        state_.sequence = record.sequence;
        state_.last = record.at;
        if (shown) {
            json.end_array();
            json.end_object();
        }
        return std::nullopt;
    }

    /// Finds the process once the first event has named it, and asks whether this may be seen.
    std::optional<Error> look_up() {
        if (deployed_ != nullptr) return std::nullopt;
        deployed_ = sight_.process_of_hash(state_.process.hash);
        if (deployed_ == nullptr)
            return failure(ErrorKind::corrupt, "the case's process is not in the store");
        const auto personal = sight_.personal(state_, *deployed_->process);
        if (!personal)
            return failure(ErrorKind::not_found,
                           both("there is no such case of yours", "您没有这个办件"));
        personal_ = *personal;
        return std::nullopt;
    }

    const HistorySight& sight_;
    std::uint64_t after_;
    std::string body_;
    core::CaseState state_;
    calendar::Calendars no_calendars_;
    std::shared_ptr<const runtime::DeployedProcess> deployed_;
    expr::Personal personal_ = expr::Personal::masked;
};

}  // namespace

result<std::string> history_of(const store::Store& store, const CaseId& id, std::uint64_t after,
                               const HistorySight& sight) {
    return History(sight, after).write(store, id);
}

}  // namespace countersign::http
