#pragma once
// Dispatcher: sends one department's calls, on the department's home shard: cap, rate, breaker and
// a bounded queue in memory over the outbox in the store. What does not fit waits in the store.

#include "engine/runtime/adapter.hpp"
#include "engine/runtime/messages.hpp"
#include "engine/store/queries.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace countersign::runtime {

/// Real time as the dispatcher's rate and breaker see it.
using RealTime = std::chrono::nanoseconds;

/// An attempt that waits to be sent.
struct DispatchJob {
    core::CallView view;
    std::optional<Instant> due;  ///< of the step, as the state had it
    std::string calendar;        ///< whose working time is counted until `due`
    calendar::Unit unit = calendar::Unit::working_day;
};

/// What one attempt came to, on its way to the case's shard.
struct AttemptResult {
    CallId call;
    std::uint32_t attempt = 1;
    std::string department;
    core::RetryPolicy policy;
    SendResult result;
};

/// Closes after failures in a row, lets one probe through after a while. Real time.
class Breaker {
  public:
    Breaker(std::uint32_t failures, Duration open);
    bool allows(RealTime now) const;
    /// An attempt leaves: while the breaker is open it is the probe.
    void sent();
    void succeeded();
    void failed(RealTime now);
    bool is_open() const { return open_until_.has_value(); }
    /// Returns when a probe may leave; nothing while closed or while a probe is under way.
    std::optional<RealTime> next() const;

  private:
    std::uint32_t failures_max_;
    RealTime open_for_;
    std::uint32_t failures_ = 0;
    bool probing_ = false;
    std::optional<RealTime> open_until_;
};

/// A token bucket that holds one second's tokens, at least one. Real time.
class RateCap {
  public:
    explicit RateCap(double per_second) : per_second_(per_second) {}
    /// Takes a token; false when there is none.
    bool take(RealTime now);
    /// Returns when the next token is there.
    RealTime next(RealTime now) const;

  private:
    void fill(RealTime now);
    double per_second_;
    double tokens_ = -1;  ///< below zero: not begun
    RealTime filled_{};
};

/// What a dispatcher needs from its shard.
struct DispatcherPorts {
    const store::Store* store = nullptr;
    std::function<RealTime()> real_now;
    std::function<Instant()> now;
    std::function<const calendar::Calendars&()> calendars;
    std::function<std::string(const CallId&)> callback_url;  ///< may be empty
    std::function<void(AttemptResult)> report;  ///< may be called from within pump()
    std::size_t queue_max = 0;
};

/// Not shared between threads.
class Dispatcher {
  public:
    /// `adapter` belongs to the dispatcher. Nothing is sent before pump().
    Dispatcher(DepartmentConfig config, std::unique_ptr<Adapter> adapter, DispatcherPorts ports);

    /// Takes an attempt whose request is durable. One that is known already is dropped.
    void offer(DispatchJob job);
    /// Forgets the call when it waits, and tells the department when it may know of it.
    void cancel(const CallId& call);
    /// The report on an attempt is durable: the outbox no longer has it.
    void settled(const CallId& call, std::uint32_t attempt);

    /// Sends what cap, rate and breaker allow; reads the outbox when the queue has run dry. Fails
    /// when the outbox cannot be read.
    result<void> pump();
    /// Returns when pump() may do more without anything else happening; nothing when it cannot.
    std::optional<RealTime> next_wake() const { return next_wake_; }

    DepartmentMetrics metrics() const;

  private:
    /// Orders as the outbox does: nearest due first, calls without a due last.
    struct Place {
        std::int64_t due_ms = 0;
        CallId call;
        std::uint32_t attempt = 1;
        auto operator<=>(const Place&) const = default;
    };
    enum class Flight { sending, reported };
    using AttemptKey = std::pair<CallId, std::uint32_t>;

    static Place place_of(const DispatchJob& job);
    bool covers(const Place& place) const { return !spilled_ || (horizon_ && place <= *horizon_); }
    void enqueue(const Place& place, DispatchJob job);
    result<void> refill();
    void send(DispatchJob job);
    void finish(const AttemptKey& key, SendResult result);

    DepartmentConfig config_;
    DispatcherPorts ports_;
    std::map<Place, DispatchJob> queue_;
    std::set<AttemptKey> queued_;
    std::map<AttemptKey, Flight> flights_;
    std::uint32_t sending_ = 0;
    // All rows of the outbox up to the horizon are in the queue or under way; beyond it, while
    // spilled, only in the store.
    bool spilled_ = true;
    std::optional<Place> horizon_;
    std::optional<store::CallKey> horizon_key_;
    Breaker breaker_;
    RateCap rate_;
    std::optional<RealTime> next_wake_;
    DepartmentMetrics counts_;
    std::shared_ptr<bool> alive_;
    std::unique_ptr<Adapter> adapter_;  // last: it goes first, with its pending completions
};

/// Returns an adapter that refuses every call: for departments that the deployment does not name.
std::unique_ptr<Adapter> make_missing_adapter(std::string department);

}  // namespace countersign::runtime
