#pragma once
// Adapter: how one department is reached. A binding (adapters/departments) implements it; the
// dispatcher of the department's home shard owns it and keeps its caps, rates and breaker.

#include "engine/core/decide.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace countersign::runtime {

/// One attempt of a call as it leaves. `view` is the same on every attempt but for `view.attempt`.
struct OutboundCall {
    core::CallView view;
    std::optional<Instant> due;     ///< of the step as it stands now; absent without a deadline
    std::string working_time_left;  ///< "2.5wd", "overdue 1wd"; empty without a deadline
    std::string callback;           ///< absolute URL with its capability; empty without HTTP
};

/// The department answered. `result` is as it came: the core checks it against the contract.
struct Answered {
    std::string outcome;
    expr::Value result;
    std::string note;
    std::optional<Instant> happened_at;
    std::vector<core::MissingItem> missing;
};
/// The department took the call and promises an answer (202, lease, received).
struct Accepted {
    std::optional<CaseId> child = {};  ///< of a call that runs a process: the case that it opened
};
/// The attempt failed and may work when repeated.
struct Failed {
    std::string reason;
    std::optional<Duration> retry_after;  ///< what the department asked for; real time
};
/// The department refuses the call for good (4xx): an incident.
struct Refused {
    std::string reason;
    std::string evidence;  ///< the start of what it said
};
/// What came is no answer (garbage, too large, not JSON): an incident.
struct AnswerRefused {
    std::string reason;
    std::string evidence;
};
/// What came of one attempt.
using SendResult = std::variant<Answered, Accepted, Failed, Refused, AnswerRefused>;
/// Must be called exactly once, on the adapter's executor, also from within send().
using Completion = std::function<void(SendResult)>;

/// A call that is no longer wanted.
struct CancelNotice {
    CallId call;
    std::string department;
};

/// Reaches one department. Lives on its home shard: every member is called on that shard's thread,
/// and completions must be called there. Must not block; blocking work goes to a pool.
class Adapter {
  public:
    virtual ~Adapter() = default;

    /// Sends one attempt. Keeps its own transport time-out: `done` must come in bounded real time.
    virtual void send(const OutboundCall& call, Completion done) = 0;

    /// Tells the department, once and best effort. An attempt under way still completes.
    virtual void cancel(const CancelNotice& notice) = 0;
};

/// Makes the adapter on its home shard's executor, before any call is sent. In tests and rehearsals
/// that drive shards by hand, the executor is empty.
using AdapterFactory = std::function<std::unique_ptr<Adapter>(boost::asio::any_io_executor)>;

/// A department as the deployment file has it.
struct DepartmentConfig {
    std::string id;
    std::uint32_t concurrency = 16;       ///< attempts under way at once, 1 … dispatch_queue_max
    double rate_per_second = 0;           ///< attempts a real second; 0: no cap
    core::RetryPolicy retry;
    std::uint32_t breaker_failures = 5;   ///< failures in a row that open the breaker; 0: none
    Duration breaker_open = seconds(30);  ///< real time until one probe is let through
    AdapterFactory adapter;
};

}  // namespace countersign::runtime
