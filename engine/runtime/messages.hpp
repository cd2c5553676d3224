#pragma once
// What goes in and out of the engine: requests, results, visitors of cases, and counters.

#include "engine/core/decide.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace countersign::runtime {

/// A process that cases may be opened of or are pinned to.
struct DeployedProcess {
    core::ProcessRef ref;
    std::shared_ptr<const model::Process> process;
    std::vector<std::string> calendars;  ///< ids of those that it counts by
};

/// What a command came to: done, a Rejection by the core, or an Error (unavailable: mailbox full or
/// stopping, try again; not_found: no such case).
struct CommandDone {
    core::Reply reply = core::Reply::done;
    CaseId case_id;
    std::uint64_t sequence = 0;  ///< of the record; the case's last when nothing was recorded
};
using CommandResult = std::variant<CommandDone, core::Rejection, Error>;
using CommandHandler = std::function<void(CommandResult)>;

/// Asks to open a case of a deployed process.
struct OpenRequest {
    std::string process;
    std::uint32_t version = 0;  ///< 0: the latest
    core::Principal by;
    std::string command_id;     ///< may be empty: one is made
    std::string applicant;
    expr::Value form;
    std::vector<core::GivenMaterial> materials;
    std::optional<Instant> received;
    std::vector<core::FieldOverride> overrides;
    bool incomplete = false;  ///< see core::OpenCase
    /// Idempotency-Key; empty: none. With the principal's name it names one case for ever.
    std::string key;
    /// Hash of the request's body: the same key with another fingerprint is a conflict.
    std::string fingerprint;
    /// The call of another case that has this one opened; it gets those papers that it asks for.
    std::optional<CallId> parent;
};
/// The case opened, or met again by its key.
struct Opened {
    CaseId case_id;
    bool existing = false;
};
/// Error: conflict (the key was used for another body), not_found (no such process), unavailable.
using OpenResult = std::variant<Opened, core::Rejection, Error>;
using OpenHandler = std::function<void(OpenResult)>;

/// A case as a visitor sees it, on its shard's thread and only during the visit.
struct CaseRead {
    const core::CaseState& state;
    const DeployedProcess& deployed;
    const calendar::Calendars& calendars;
    Instant now;
    /// For core's functions that derive dues.
    core::Context context() const { return {now, *deployed.process, calendars}; }
};
/// Runs on the shard's thread; what it returns runs there too, once all that was seen is durable.
using CaseVisitor = std::function<std::function<void()>(const result<CaseRead>&)>;

/// Returns what is stored of a content by its SHA-256 (lower-case hexadecimal), or nothing. It must
/// then stay stored for long enough that a case can be written that names it. Called on shards'
/// threads: it may take as long as reading a row. An empty function: nothing is stored.
using ContentLookup = std::function<std::optional<core::Content>(const std::string& sha256)>;

/// Counters of a shard; the engine adds them up.
struct ShardMetrics {
    std::uint64_t commands = 0;         ///< decided, rejected ones too
    std::uint64_t rejections = 0;
    std::uint64_t records = 0;
    std::uint64_t opened = 0;
    std::uint64_t ended = 0;
    std::uint64_t timers_fired = 0;
    std::uint64_t batches = 0;
    std::uint64_t batch_bytes = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t cases_loaded = 0;     ///< read from the store, not found in the cache
    std::uint64_t refused_full = 0;     ///< commands refused because the mailbox was full
    std::uint64_t mailbox = 0;          ///< now waiting
    std::uint64_t cached = 0;           ///< case states now in memory
    std::uint64_t timers_in_window = 0;
    ShardMetrics& operator+=(const ShardMetrics& other);
};

/// Counters of a department's dispatcher.
struct DepartmentMetrics {
    std::string id;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::uint64_t accepted = 0;
    std::uint64_t failed = 0;
    std::uint64_t refused = 0;
    std::uint64_t under_way = 0;   ///< attempts now
    std::uint64_t queued = 0;      ///< now in memory
    bool spilled = false;          ///< more wait in the store
    bool breaker_open = false;
};

}  // namespace countersign::runtime
