#pragma once
// Shard: decides the commands of its partitions' cases, in batches, and dispatches for the
// departments at home on it. It knows no thread: production loops step() on the shard's
// io_context, tests, rehearsals and simulation call it by hand.

#include "engine/base/limits.hpp"
#include "engine/runtime/adapter.hpp"
#include "engine/runtime/batches.hpp"
#include "engine/runtime/cases.hpp"
#include "engine/runtime/catalog.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/dispatcher.hpp"
#include "engine/runtime/in_flight.hpp"
#include "engine/runtime/messages.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace countersign::runtime {

/// From outside: opens a case. Refused when the mailbox is full.
struct OpenMail {
    OpenRequest request;
    OpenHandler done;
};
/// A command. From outside it is refused when the mailbox is full; answers, reports and timers
/// never are.
struct CommandMail {
    core::Command command;
    CommandHandler done;
};
/// Shows a case.
struct VisitMail {
    CaseId case_id;
    CaseVisitor visitor;
};
/// Shows a case once it has ended, or at `until` (real time).
struct EndedMail {
    CaseId case_id;
    RealTime until{};
    CaseVisitor visitor;
};
/// To a department's home: an attempt whose request is durable.
struct DispatchMail {
    DispatchJob job;
};
/// To a department's home: a call that is no longer wanted.
struct CancelMail {
    core::CancelCall cancel;
};
/// From a department's home to the case's shard.
struct ResultMail {
    AttemptResult result;
};
/// Back to the department's home: the report is durable.
struct SettledMail {
    CallId call;
    std::uint32_t attempt = 1;
    std::string department;
};
/// To all: other processes, or other calendars.
struct CatalogMail {
    std::shared_ptr<const Catalog> catalog;
};
struct CalendarsMail {
    std::shared_ptr<const calendar::Calendars> calendars;
};
/// From a case to another one.
struct ErrandMail {
    Errand errand;
};
/// To the case that was opened for a call: nobody waits for it. Never refused.
struct RecallMail {
    CallId call;
    std::function<void(result<void>)> done;
};
using Mail =
    std::variant<OpenMail, CommandMail, VisitMail, EndedMail, DispatchMail, CancelMail, ResultMail,
                 SettledMail, CatalogMail, CalendarsMail, ErrandMail, RecallMail>;

/// What a shard is made of. The pointers must outlive it.
struct ShardConfig {
    unsigned index = 0;
    unsigned shards = 1;
    const store::Store* store = nullptr;
    const Clock* clock = nullptr;
    Instant floor;  ///< the last durable stamp: case time here is never at or below it
    std::shared_ptr<const Catalog> catalog;
    std::shared_ptr<const calendar::Calendars> calendars;
    std::vector<DepartmentConfig> departments;  ///< all: the shard takes those at home on it
    boost::asio::any_io_executor executor;      ///< handed to adapters
    std::function<RealTime()> real_now;
    std::function<std::string(const CallId&)> callback_url;
    ContentLookup contents;
    /// Shared by all shards.
    std::shared_ptr<InFlight> in_flight = std::make_shared<InFlight>(0, 0);
    std::function<void(unsigned shard, Mail)> route;  ///< to another shard; keeps their order
    /// An adapter completed outside step(): another step has something to do.
    std::function<void()> wake;
    std::function<void(const std::string&)> note;  ///< trouble for the log: never personal values
    std::size_t cases_cached_max = limits::cases_cached_max;
    std::size_t cases_cached_bytes_max = limits::cases_cached_bytes_max;
    std::size_t timers_in_window_max = limits::timers_in_window_max;
    std::size_t dispatch_queue_max = limits::dispatch_queue_max;
    std::size_t mailbox_max = limits::mailbox_max;
};

/// What one step left to do.
struct StepResult {
    std::optional<SealedBatch> sealed;    ///< for the committer; then committed() must follow
    bool more = false;                    ///< step() again as soon as possible
    std::optional<Instant> next_timer;    ///< in case time; nothing while timers are held
    std::optional<RealTime> next_wake;    ///< in real time: dispatchers and waiters
};

/// Not shared between threads: every member is called on one thread at a time.
class Shard {
  public:
    /// Reads nothing: the timer window and the outbox are read by the first step.
    explicit Shard(ShardConfig config);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    /// Takes something to do; it is worked off by step(). A full mailbox answers at once.
    void take(Mail mail);

    /// Works a bounded slice off: reports, due timers nearest first, commands from outside.
    /// Fails when the store cannot be read: the engine stops.
    result<StepResult> step();

    /// Batches up to `number` are durable: effects leave, replies are given.
    void committed(std::uint64_t number);

    /// Timers do not fire while wall time has departed.
    void hold_timers(bool held);
    /// From now on commands from outside are answered "unavailable".
    void refuse_outside();
    /// Whether no command from outside waits and nothing is decided that is not durable.
    bool idle() const;

    ShardMetrics metrics() const;
    std::vector<DepartmentMetrics> departments() const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace countersign::runtime
