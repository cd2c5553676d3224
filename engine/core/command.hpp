#pragma once
// What may be asked of a case. A command carries the time, who asks, and all values that the world
// produced; `decide` answers with events or with a Rejection that names the state it found.

#include "engine/core/event.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace countersign::core {

/// Somebody vouches for a number whose check digit is wrong. Only staff may.
struct FieldOverride {
    std::string field;  ///< a problem's path: "applicant.uscc"
    std::string reason;
};
/// Opens a case. `form` is what the applicant filled in, untyped: decide checks and types it.
struct OpenCase {
    static constexpr unsigned number = 1;
    ProcessRef process;
    std::string applicant;
    expr::Value form;
    std::vector<GivenMaterial> materials;
    std::optional<Instant> received;  ///< paper and walk-in: when it was received; else now
    std::vector<FieldOverride> overrides;
    /// Staff enters it although required papers are missing: the intake asks for them.
    bool incomplete = false;
    std::optional<CallId> parent = {};  ///< the call of another case that runs this process
};
/// A department's answer, or an operator's by hand. `result` is untyped: checked by the contract.
struct AnswerCall {
    static constexpr unsigned number = 2;
    std::uint32_t call = 0;
    std::string outcome;
    expr::Value result;
    std::string note;
    std::optional<Instant> happened_at;
    std::vector<MissingItem> missing;  ///< of an outcome of kind supplement
    bool by_hand = false;  ///< a person typed it: a mistake is told back, and blocks no call
};
/// How a call's attempts are repeated; from the deployment file.
struct RetryPolicy {
    std::int64_t first_ms = 1'000;
    double factor = 2;
    std::int64_t most_ms = 600'000;
    std::uint32_t attempts = 20;
};
enum class AttemptOutcome : std::uint8_t {
    accepted = 0,        ///< 202: an answer is promised
    failed = 1,          ///< may work when repeated
    refused = 2,         ///< 4xx: final, an operator must look
    answer_refused = 3,  ///< an answer came that is none: garbage, HTML, too large
};
/// The transport's report on one attempt. Refused when `attempt` is not the current one.
struct ReportAttempt {
    static constexpr unsigned number = 3;
    std::uint32_t call = 0;
    std::uint32_t attempt = 1;
    AttemptOutcome outcome = AttemptOutcome::failed;
    std::string reason;
    std::string evidence;                    ///< start of what the department said
    std::optional<std::int64_t> retry_after_ms;
    RetryPolicy policy;
    std::optional<CaseId> child = {};  ///< of a call that runs a process: the case it opened
};
struct ClaimTask {
    static constexpr unsigned number = 4;
    std::uint32_t task = 0;
};
struct ReleaseTask {
    static constexpr unsigned number = 5;
    std::uint32_t task = 0;
};
struct CompleteTask {
    static constexpr unsigned number = 6;
    std::uint32_t task = 0;
    std::string outcome;
    expr::Value form;
    std::string note;
    std::optional<Instant> happened_at;
    std::vector<MissingItem> missing;
};
enum class TimerKind : std::uint8_t {
    clock = 0,              ///< number: clock; its next rung or its due
    retry = 1,              ///< number: call
    wait = 2,               ///< number: instance; its earliest delay
    supplement_window = 3,  ///< number: 0
    supplement_limit = 4,   ///< number: 0
    undo = 5,               ///< number: call that takes a step back; when its silence is told
};
struct TimerId {
    TimerKind kind = TimerKind::clock;
    std::uint32_t number = 0;
    auto operator<=>(const TimerId&) const = default;
};
/// A timer that came. decide derives its due anew and, when it came early, only re-files it.
struct FireTimer {
    static constexpr unsigned number = 7;
    TimerId timer;
};
/// Papers and fields handed in later. `fields` maps paths ("site.address") to values.
struct Supply {
    static constexpr unsigned number = 8;
    std::vector<std::pair<std::string, expr::Value>> fields;
    std::vector<GivenMaterial> materials;
    std::vector<FieldOverride> overrides;
};
struct WithdrawCase {
    static constexpr unsigned number = 9;
    std::string reason;
};
/// An operator has a blocked call or a failed expression tried again.
struct RetryIncident {
    static constexpr unsigned number = 10;
    std::uint32_t incident = 0;
};
struct SignalCase {
    static constexpr unsigned number = 11;
    std::string name;
};

/// A call of a department without a system, taken from its worklist and given back. Whether `by` is
/// of the department is the caller's to know: the core knows no people of departments.
struct ClaimCall {
    static constexpr unsigned number = 12;
    std::uint32_t call = 0;
};
struct ReleaseCall {
    static constexpr unsigned number = 13;
    std::uint32_t call = 0;
};
/// The case whose step opened this one waits no longer: an open case ends as withdrawn.
struct RecallCase {
    static constexpr unsigned number = 14;
};
/// Adds an item to a set that is open for more. `item` is untyped: decide checks and types it.
struct AddItem {
    static constexpr unsigned number = 15;
    std::string step;  ///< the set's address: "phases", "plot[a]/phases"
    expr::Value item;
};

/// Prolongs a clock that may be prolonged.
struct ExtendClock {
    static constexpr unsigned number = 16;
    std::string owner;  ///< the address of what has the clock; empty: the case
    std::string clock;  ///< its name
    calendar::Limit by;
    std::string reason;
};

using CommandBody =
    std::variant<OpenCase, AnswerCall, ReportAttempt, ClaimTask, ReleaseTask, CompleteTask,
                 FireTimer, Supply, WithdrawCase, RetryIncident, SignalCase, ClaimCall, ReleaseCall,
                 RecallCase, AddItem, ExtendClock>;

/// Who asks: "operator:li", "department:grid", "applicant:…", "engine" (timers, transport).
struct Principal {
    std::string name;
    std::vector<std::string> roles;  ///< "operator", "hall.clerk", "applicant" …
    bool has(std::string_view role) const;
    /// Whether it is an applicant and nothing else: no member of staff.
    bool is_only_applicant() const;
};

struct Command {
    std::string id;  ///< unique; for the journal
    CaseId case_id;
    Principal by;
    CommandBody body;
};

/// Returns the name of the command's struct, e.g. "OpenCase".
std::string_view name_of(const CommandBody& body);

/// Why a command does not fit now. Stable codes; HTTP maps them to statuses.
enum class RejectionCode : std::uint8_t {
    invalid = 0,      ///< the form or answer has problems (see `problems`)
    state = 1,        ///< "Expected to complete open task T-17, but it is cancelled"
    not_found = 2,
    not_allowed = 3,
    too_large = 4,
};
struct Rejection {
    RejectionCode code = RejectionCode::state;
    Text message;
    std::vector<model::Problem> problems;
};

/// A call whose department is this with the id of a process behind it runs that process.
inline constexpr std::string_view process_prefix = "process:";
/// The department of what a case that has ended tells the case that waits for it.
inline constexpr std::string_view parent_department = "case:";
/// Operations of such rows, beside the process's own.
inline constexpr std::string_view ended_operation = "ended";
inline constexpr std::string_view recall_operation = "recall";

// ── Effects: all that the core can ask of the world. Hints: lost ones are rebuilt from state. ──
/// Send attempt `attempt` of a call. Number 0 is no call: the case has ended, and the case that
/// waits for it is to be told.
struct DispatchCall {
    CallId call;
    std::uint32_t attempt = 1;
    std::string department;
};
/// Tell a department that a call is no longer wanted.
struct CancelCall {
    CallId call;
    std::string department;
};
using Effect = std::variant<DispatchCall, CancelCall>;

/// What a command that was not rejected came to, for whoever sent it.
enum class Reply : std::uint8_t {
    done = 0,
    already_answered = 1,  ///< recorded beside the first answer, moved nothing
    cancelled = 2,         ///< the call is no longer wanted; kept as evidence
    answer_refused = 3,    ///< breaks the contract: an incident is open
    stale = 4,             ///< a report or timer that is out of date; nothing happened
};

/// One decision as the journal holds it. Records of a case are numbered from 1 without gaps.
struct Record {
    std::uint64_t sequence = 0;
    std::string command_id;
    std::uint32_t command_kind = 0;  ///< the `number` of the command's struct
    std::string principal;
    Instant at;
    std::vector<Event> events;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("sequence", sequence) & make_field("command_id", command_id) &
            make_field("command_kind", command_kind) & make_field("principal", principal) &
            make_field("at", at) & make_field("events", events);
    }
};

}  // namespace countersign::core
