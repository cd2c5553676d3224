// One department's queue and attempts. An attempt is told apart by call and number from the moment
// at which it is queued until its report is durable, so that the outbox's row, the effect after the
// commit and a refill never send it twice.

#include "engine/runtime/dispatcher.hpp"

#include "engine/base/check.hpp"

#include <limits>

namespace countersign::runtime {

namespace {

class MissingAdapter final : public Adapter {
  public:
    explicit MissingAdapter(std::string department) : department_(std::move(department)) {}
    void send(const OutboundCall&, Completion done) override {
        done(Refused{"the deployment names no department \"" + department_ + "\"", ""});
    }
    void cancel(const CancelNotice&) override {}

  private:
    std::string department_;
};

}  // namespace

std::unique_ptr<Adapter> make_missing_adapter(std::string department) {
    return std::make_unique<MissingAdapter>(std::move(department));
}

Dispatcher::Dispatcher(DepartmentConfig config, std::unique_ptr<Adapter> adapter,
                       DispatcherPorts ports)
    : config_(std::move(config)),
      ports_(std::move(ports)),
      breaker_(config_.breaker_failures, config_.breaker_open),
      rate_(config_.rate_per_second),
      alive_(std::make_shared<bool>(true)),
      adapter_(std::move(adapter)) {
    counts_.id = config_.id;
}

Dispatcher::Place Dispatcher::place_of(const DispatchJob& job) {
    const std::int64_t never = std::numeric_limits<std::int64_t>::max();
    const auto& due = job.view.due_when_asked;
    return {due ? due->ms : never, job.view.id, job.view.attempt};
}

void Dispatcher::offer(DispatchJob job) {
    const Place place = place_of(job);
    if (covers(place)) enqueue(place, std::move(job));
}

void Dispatcher::enqueue(const Place& place, DispatchJob job) {
    const AttemptKey key{place.call, place.attempt};
    if (flights_.contains(key) || !queued_.insert(key).second) return;
    queue_.emplace(place, std::move(job));
    if (queue_.size() <= ports_.queue_max) return;
    // The farthest goes back to the store, where it still is.
    const auto last = std::prev(queue_.end());
    queued_.erase({last->first.call, last->first.attempt});
    queue_.erase(last);
    spilled_ = true;
    horizon_.reset();
    horizon_key_.reset();
    if (queue_.empty()) return;
    const auto& [kept, kept_job] = *std::prev(queue_.end());
    horizon_ = kept;
    horizon_key_ =
        store::CallKey{config_.id, kept_job.view.due_when_asked, kept.call, kept.attempt};
}

void Dispatcher::cancel(const CallId& call) {
    const auto waiting = queued_.lower_bound({call, 0});
    if (waiting != queued_.end() && waiting->first == call) {
        std::erase_if(queue_, [&](const auto& entry) { return entry.first.call == call; });
        std::erase_if(queued_, [&](const AttemptKey& key) { return key.first == call; });
    }
    adapter_->cancel(CancelNotice{call, config_.id});
}

void Dispatcher::settled(const CallId& call, std::uint32_t attempt) {
    flights_.erase({call, attempt});
}

result<void> Dispatcher::refill() {
    const auto rows =
        store::outbox(*ports_.store, config_.id, {}, ports_.queue_max, horizon_key_);
    if (!rows) return rows.error();
    spilled_ = rows->size() == ports_.queue_max;
    for (const store::OutboxRow& row : *rows) {
        DispatchJob job;
        job.view = store::view_of(row);
        job.due = job.view.due_when_asked;
        const Place place = place_of(job);
        horizon_ = place;
        horizon_key_ = row.key;
        const AttemptKey key{place.call, place.attempt};
        if (flights_.contains(key) || !queued_.insert(key).second) continue;
        queue_.emplace(place, std::move(job));
    }
    return {};
}

result<void> Dispatcher::pump() {
    next_wake_.reset();
    while (sending_ < config_.concurrency) {
        if (queue_.empty()) {
            if (!spilled_) break;
            const auto refilled = refill();
            if (!refilled) return refilled.error();
            continue;
        }
        const RealTime now = ports_.real_now();
        if (!breaker_.allows(now)) {
            next_wake_ = breaker_.next();
            break;
        }
        if (!rate_.take(now)) {
            next_wake_ = rate_.next(now);
            break;
        }
        auto nearest = queue_.extract(queue_.begin());
        queued_.erase({nearest.key().call, nearest.key().attempt});
        send(std::move(nearest.mapped()));
    }
    return {};
}

void Dispatcher::send(DispatchJob job) {
    const AttemptKey key{job.view.id, job.view.attempt};
    flights_[key] = Flight::sending;
    ++sending_;
    ++counts_.sent;
    breaker_.sent();
    OutboundCall call;
    call.due = job.due;
    if (job.due) {
        const calendar::Calendar* working = ports_.calendars().find(job.calendar);
        if (working != nullptr)
            call.working_time_left =
                calendar::remaining_text(*working, ports_.now(), *job.due, job.unit);
    }
    if (ports_.callback_url) call.callback = ports_.callback_url(job.view.id);
    call.view = std::move(job.view);
    adapter_->send(call, [this, alive = std::weak_ptr<bool>(alive_), key](SendResult result) {
        if (!alive.expired()) finish(key, std::move(result));
    });
}

void Dispatcher::finish(const AttemptKey& key, SendResult result) {
    const auto flight = flights_.find(key);
    CHECK(flight != flights_.end() && flight->second == Flight::sending);
    flight->second = Flight::reported;
    --sending_;
    const bool failed = std::holds_alternative<Failed>(result);
    if (failed)
        breaker_.failed(ports_.real_now());
    else
        breaker_.succeeded();
    if (failed) ++counts_.failed;
    if (std::holds_alternative<Answered>(result)) ++counts_.answered;
    if (std::holds_alternative<Accepted>(result)) ++counts_.accepted;
    if (std::holds_alternative<Refused>(result) || std::holds_alternative<AnswerRefused>(result))
        ++counts_.refused;
    ports_.report({key.first, key.second, config_.id, config_.retry, std::move(result)});
}

DepartmentMetrics Dispatcher::metrics() const {
    DepartmentMetrics metrics = counts_;
    metrics.under_way = sending_;
    metrics.queued = queue_.size();
    metrics.spilled = spilled_;
    metrics.breaker_open = breaker_.is_open();
    return metrics;
}

}  // namespace countersign::runtime
