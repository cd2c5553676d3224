#pragma once
// The state of one case: plain data that `evolve` changes and the store keeps as snapshots.
// It holds facts only: a due instant is never here (design.md §2), it is derived by `due_of`.

#include "engine/base/archive.hpp"
#include "engine/base/ids.hpp"
#include "engine/model/process.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace countersign::core {

using model::none;

/// What a case is pinned to.
struct ProcessRef {
    std::string id;
    std::uint32_t version = 0;
    std::string hash;  ///< SHA-256 of the stored compiled process, 32 bytes
    auto operator<=>(const ProcessRef&) const = default;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("id", id) & make_field("version", version);
        archive_bytes(ar, "hash", hash);
    }
};

// The transition tables of the machines below are data: engine/core/transitions.hpp.
enum class CaseStatus : std::uint8_t { absent = 0, open = 1, ended = 2, closed = 3 };
enum class StepStatus : std::uint8_t {
    waiting = 0,        ///< its needs are not met: it has no instance yet
    active = 1,
    supplementing = 2,  ///< asked for missing papers; redone when they are in
    ended = 3, skipped = 4, cancelled = 5,
};
enum class CallStatus : std::uint8_t {
    absent = 0,
    open = 1,      ///< to be sent, or sent and not yet accepted
    accepted = 2,  ///< the department took it (202) and will answer
    retrying = 3,  ///< the last attempt failed; a timer sends the next
    blocked = 4,   ///< attempts exhausted or an answer refused: an incident is open
    answered = 5, cancelled = 6,
};
enum class TaskStatus : std::uint8_t {
    absent = 0,
    open = 1,
    claimed = 2,
    completed = 3,
    cancelled = 4
};
enum class ClockStatus : std::uint8_t { absent = 0, running = 1, paused = 2, stopped = 3 };

enum class InstanceRole : std::uint8_t {
    root = 0,       ///< the case itself: instance 0 for the process's steps
    after_end = 1,  ///< the holder of after_end's steps
    single = 2,     ///< a step without `each`
    set = 3,        ///< a step with `each`, as a whole
    member = 4,     ///< one instance of such a step
};

/// Why a step was skipped.
enum class SkipReason : std::uint8_t {
    when_false = 0,
    dead_path = 1,
    absent = 2,
    empty_list = 3,
    not_needed = 4,  ///< a step that needed it went on without it, and cancels the rest
};

/// How an instance of a call is taken back, as it was when the call was sent: the form may change.
struct PreparedUndo {
    std::string department;
    std::uint32_t operation = 0;  ///< into Process::operations
    expr::StoredValue input;      ///< what comes of the step's own input; the result adds the rest
    std::uint32_t call = 0;       ///< the latest call that takes it back, 0 = none
    std::string outcome;          ///< once that is answered
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("department", department) & make_field("operation", operation) &
            make_field("input", input) & make_field("call", call) & make_field("outcome", outcome);
    }
};

/// One runtime instance of a step. Numbers are dense, from 0, and never reused in the case.
struct Instance {
    std::uint32_t step = none;
    std::uint32_t parent = none;      ///< instance number; of a member, its set
    InstanceRole role = InstanceRole::single;
    StepStatus status = StepStatus::active;
    std::uint32_t round = 1;
    std::uint32_t item_index = 0;     ///< of a member
    expr::Value key;                  ///< of a member
    expr::Value item;                 ///< of a member
    Instant started;
    Instant ended;
    std::string outcome;              ///< once ended
    model::OutcomeKind outcome_kind = model::OutcomeKind::ok;
    bool deemed = false;              ///< by silence or treat_as, not by an explicit answer
    SkipReason skip_reason = SkipReason::when_false;
    expr::StoredValue result;
    std::string note;
    std::uint32_t call = 0;           ///< number of its latest call, 0 = none
    std::uint32_t task = 0;           ///< number of its latest task, 0 = none
    std::map<std::uint32_t, std::uint32_t> children;  ///< scope holders: step → its instance; sets:
                                                      ///< item index → member
    std::vector<std::pair<expr::Value, expr::Value>> items;  ///< of a set: key, item
    std::vector<std::uint32_t> clocks;   ///< numbers of the clocks that it owns
    // Counters over children, kept by the one function that changes an instance's status.
    std::uint32_t children_open = 0;     ///< active or supplementing
    std::uint32_t children_ended = 0;
    std::uint32_t children_ok = 0;       ///< ended with an outcome of kind ok
    std::uint32_t children_skipped = 0;
    std::uint32_t children_cancelled = 0;
    std::optional<PreparedUndo> undo;
    std::map<std::uint32_t, std::uint32_t> rounds;  ///< of a holder: step → its last round, redone
    std::map<std::string, std::uint32_t>
        backs;  ///< of a holder: how often each move went back in it
    std::vector<std::string> forwarded;  ///< the departments or roles that got it, in their order
    std::vector<std::uint32_t> signing;  ///< the tasks of this round, if several people sign
    std::uint32_t after_undo = none;  ///< of a holder: the step that begins once all is taken back
    Instant handed_over;  ///< of a bundle's item: when the applicant got what it grants, or 0

    bool settled() const {
        return status == StepStatus::ended || status == StepStatus::skipped ||
               status == StepStatus::cancelled;
    }
    bool is_open() const {
        return status == StepStatus::active || status == StepStatus::supplementing;
    }
    std::uint32_t children_settled() const {
        return children_ended + children_skipped + children_cancelled;
    }

    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("step", step) & make_field("parent", parent) & make_field("role", role) &
            make_field("status", status) & make_field("round", round) &
            make_field("item_index", item_index) & make_field("key", key) &
            make_field("item", item) & make_field("started", started) & make_field("ended", ended) &
            make_field("outcome", outcome) & make_field("outcome_kind", outcome_kind) &
            make_field("deemed", deemed) & make_field("skip_reason", skip_reason) &
            make_field("result", result) & make_field("note", note) & make_field("call", call) &
            make_field("task", task) & make_field("children", children) &
            make_field("items", items) & make_field("clocks", clocks) &
            make_field("children_open", children_open) &
            make_field("children_ended", children_ended) & make_field("children_ok", children_ok) &
            make_field("children_skipped", children_skipped) &
            make_field("children_cancelled", children_cancelled);
        if (has_since<Archive>(version, 3)) ar& make_field("undo", undo);
        if (has_since<Archive>(version, 6))
            ar& make_field("rounds", rounds) & make_field("backs", backs);
        if (has_since<Archive>(version, 9))
            ar& make_field("forwarded", forwarded) & make_field("signing", signing) &
                make_field("after_undo", after_undo);
        if (has_since<Archive>(version, 10)) ar& make_field("handed_over", handed_over);
    }
};

struct Call {
    std::uint32_t number = 0;
    std::uint32_t instance = 0;
    std::uint32_t round = 1;
    std::uint32_t supersedes = 0;      ///< the call of the round before, 0 = none
    std::string department;
    std::uint32_t operation = 0;       ///< into Process::operations
    CallStatus status = CallStatus::open;
    std::uint32_t attempt = 1;         ///< the current or next attempt, from 1
    expr::StoredValue input;           ///< emptied once the call is answered or cancelled
    Instant requested;
    std::optional<Instant> accepted;
    std::optional<Instant> retry_at;   ///< of `retrying`
    std::optional<Instant> due_when_asked;
    std::string last_error;
    std::uint32_t extra_answers = 0;   ///< recorded beside the one that counted
    bool undoes = false;               ///< takes its instance back
    std::string claimed_by;            ///< who has it, of a department without a system
    std::optional<CaseId> child;       ///< of a call that runs a process: the case that it opened
    bool recalled = false;             ///< that case is to be told that nobody waits for it now

    /// Whether something of it is to be sent: its row is in the outbox.
    bool is_to_send() const { return status == CallStatus::open || recalled; }
    bool is_open() const {
        return status != CallStatus::answered && status != CallStatus::cancelled;
    }
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("number", number) & make_field("instance", instance) &
            make_field("round", round) & make_field("supersedes", supersedes) &
            make_field("department", department) & make_field("operation", operation) &
            make_field("status", status) & make_field("attempt", attempt) &
            make_field("input", input) & make_field("requested", requested) &
            make_field("accepted", accepted) & make_field("retry_at", retry_at) &
            make_field("due_when_asked", due_when_asked) & make_field("last_error", last_error) &
            make_field("extra_answers", extra_answers);
        if (has_since<Archive>(version, 3)) ar& make_field("undoes", undoes);
        if (has_since<Archive>(version, 4)) ar& make_field("claimed_by", claimed_by);
        if (has_since<Archive>(version, 7))
            ar& make_field("child", child) & make_field("recalled", recalled);
    }
};

/// What one of several people who sign chose.
struct Signature {
    std::string outcome;
    model::OutcomeKind kind = model::OutcomeKind::ok;
    std::string note;
    expr::StoredValue form;
    Instant happened;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("outcome", outcome) & make_field("kind", kind) & make_field("note", note) &
            make_field("form", form) & make_field("happened", happened);
    }
};

struct Task {
    std::uint32_t number = 0;
    std::uint32_t instance = 0;
    std::string role;
    TaskStatus status = TaskStatus::open;
    std::string claimed_by;
    Instant opened;
    expr::StoredValue input;  ///< what is shown to whoever does it; emptied once it is settled
    std::string completed_by = {};
    std::optional<Signature> signature = {};
    /// Whether nothing more is to be done about it.
    bool completed() const {
        return status == TaskStatus::completed || status == TaskStatus::cancelled;
    }
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar & make_field("number", number) & make_field("instance", instance) &
            make_field("role", role) & make_field("status", status) &
            make_field("claimed_by", claimed_by) & make_field("opened", opened) &
            make_field("input", input);
        if (has_since<Archive>(version, 5)) ar& make_field("completed_by", completed_by);
        if (has_since<Archive>(version, 9)) ar& make_field("signature", signature);
    }
};

/// Which clock of the process: `of_scope` ? scopes[index].clocks[clock] :
/// steps[index].clocks[clock].
struct ClockRef {
    bool of_scope = false;
    std::uint32_t index = 0;
    std::uint32_t clock = 0;
    auto operator<=>(const ClockRef&) const = default;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("of_scope", of_scope) & make_field("index", index) &
            make_field("clock", clock);
    }
};

/// A clock was prolonged.
struct ClockExtension {
    std::int64_t count = 0;  ///< in the clock's unit
    std::string by;
    std::string reason;
    Instant at;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("count", count) & make_field("by", by) & make_field("reason", reason) &
            make_field("at", at);
    }
};

struct ClockState {
    std::uint32_t number = 0;
    std::uint32_t owner = 0;           ///< instance
    ClockRef ref;
    ClockStatus status = ClockStatus::running;
    Instant from;                      ///< the event that it counts from
    std::vector<calendar::Pause> pauses;
    std::uint32_t rungs_done = 0;
    std::optional<Instant> due_passed; ///< the due that passed while it ran: the red card
    std::optional<Instant> stopped;
    bool met = false;                  ///< stopped by its `to` event, not by cancellation
    std::vector<ClockExtension> extensions = {};
    bool is_open() const { return status == ClockStatus::running || status == ClockStatus::paused; }
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("number", number) & make_field("owner", owner) & make_field("ref", ref) &
            make_field("status", status) & make_field("from", from) & make_field("pauses", pauses) &
            make_field("rungs_done", rungs_done) & make_field("due_passed", due_passed) &
            make_field("stopped", stopped) & make_field("met", met);
        if (has_since<Archive>(version, 9)) ar& make_field("extensions", extensions);
    }
};

enum class IncidentKind : std::uint8_t {
    attempts_exhausted = 0,
    answer_refused = 1,
    expression_failed = 2,
    refused_by_department = 3,
    undo_refused = 4,  ///< what was done stays done unless an operator sees to it
    undo_overdue = 5,  ///< the department that is to take it back is silent
};

/// Something that only an operator can move. `call` 0 when it is about an expression.
struct Incident {
    std::uint32_t number = 0;
    IncidentKind kind = IncidentKind::attempts_exhausted;
    std::uint32_t instance = 0;
    std::uint32_t call = 0;
    std::string message;
    std::string evidence;  ///< start of the answer that was refused
    Instant raised;
    std::optional<Instant> resolved;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("number", number) & make_field("kind", kind) &
            make_field("instance", instance) & make_field("call", call) &
            make_field("message", message) & make_field("evidence", evidence) &
            make_field("raised", raised) & make_field("resolved", resolved);
    }
};

struct GivenMaterial {
    std::string id;
    std::string name;      ///< file name or number of the paper
    std::string sha256;    ///< hexadecimal; empty when only its presence was recorded
    std::uint64_t bytes = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("id", id) & make_field("name", name) & make_field("sha256", sha256) &
            make_field("bytes", bytes);
    }
};

/// One missing paper or field that a step asked for.
struct MissingItem {
    std::string id;      ///< a material's id, or a field's path "site.address"
    std::string reason;
    bool supplied = false;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("id", id) & make_field("reason", reason) & make_field("supplied", supplied);
    }
};

enum class SupplementStatus : std::uint8_t { idle = 0, drafting = 1, noticed = 2 };

/// The one notice of missing papers that may be open at a time (language.md, "Supplement").
struct SupplementState {
    struct Request {
        std::uint32_t instance = 0;
        std::vector<MissingItem> items;
        template <class Archive>
        void serialize(Archive& ar, unsigned) {
            ar& make_field("instance", instance) & make_field("items", items);
        }
    };
    SupplementStatus status = SupplementStatus::idle;
    Instant opened;
    Instant noticed;
    std::uint32_t notices = 0;       ///< sent so far
    std::vector<Request> requests;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("status", status) & make_field("opened", opened) &
            make_field("noticed", noticed) & make_field("notices", notices) &
            make_field("requests", requests);
    }
};

/// A step whose needs are met and that waits for papers which may follow the application (容缺), or
/// for its turn among the steps of its `exclusive` name.
struct HeldStep {
    std::uint32_t step = none;
    std::uint32_t parent = 0;      ///< instance: the scope's holder; of a member, its set
    InstanceRole role = InstanceRole::single;
    std::uint32_t item_index = 0;  ///< of a member
    Instant since;
    std::vector<std::string> materials;  ///< what was missing when it began to wait; none: its turn
    bool waits_for_turn() const { return materials.empty(); }
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("step", step) & make_field("parent", parent) & make_field("role", role) &
            make_field("item_index", item_index) & make_field("since", since) &
            make_field("materials", materials);
    }
};

/// A number of the form whose check digit is wrong and that somebody vouched for.
struct AcceptedField {
    std::string field;   ///< path in the form
    std::string by;
    std::string reason;
    Instant at;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("field", field) & make_field("by", by) & make_field("reason", reason) &
            make_field("at", at);
    }
};

/// A paper that a step issued, as it was worded.
struct IssuedDocument {
    std::uint32_t paper = 0;  ///< in the case, from 1: "…-D1"
    std::uint32_t instance = 0;
    std::uint32_t document = 0;  ///< into Process::documents
    Instant issued;
    expr::StoredValue text_en;
    expr::StoredValue text_zh;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("paper", paper) & make_field("instance", instance) &
            make_field("document", document) & make_field("issued", issued) &
            make_field("text_en", text_en) & make_field("text_zh", text_zh);
    }
};

struct CaseEnd {
    std::string name;
    model::EndKind kind = model::EndKind::granted;
    Instant at;
    std::string reason;
    expr::StoredValue gives;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("name", name) & make_field("kind", kind) & make_field("at", at) &
            make_field("reason", reason) & make_field("gives", gives);
    }
};

/// The format of states in snapshots; a reader takes this and all before. A state gains members at
/// the end of its types' serialize(), each with the format that it came with.
inline constexpr unsigned state_format = 10;

struct CaseState {
    CaseId id;
    ProcessRef process;
    CaseStatus status = CaseStatus::absent;
    std::string applicant;     ///< principal or name of whoever applied
    std::string opened_by;     ///< principal who entered it
    Instant opened;            ///< entered here
    Instant received;          ///< received from the applicant (paper: earlier)
    Instant last;              ///< time of the last decision
    std::uint64_t sequence = 0;///< records applied
    expr::StoredValue form;
    std::uint32_t form_version = 0;
    std::vector<GivenMaterial> materials;
    std::optional<CaseEnd> end;
    std::optional<Instant> closed;
    std::vector<Instance> instances;
    std::vector<Call> calls;           ///< calls[n - 1] has number n
    std::vector<Task> tasks;           ///< likewise
    std::vector<ClockState> clocks;    ///< likewise
    std::vector<Incident> incidents;   ///< likewise
    SupplementState supplement;
    std::set<std::uint32_t> waits;     ///< active `wait` instances whose condition is looked at
    std::vector<std::string> refusal_notes;  ///< notes of refusals, for `otherwise` ends
    std::vector<HeldStep> held;        ///< in the order in which they began to wait
    Instant supplement_settled;        ///< when a request for papers was last settled
    std::vector<AcceptedField> accepted;  ///< of the present form version
    std::vector<std::uint32_t> to_undo;  ///< instances still to be taken back, in that order
    std::optional<CallId> parent;        ///< the call of another case for which this one was opened
    bool parent_told = false;  ///< that call was told how this case ended, or needs no word
    std::vector<IssuedDocument> documents;  ///< documents[n - 1] is paper n

    /// Whether the case that waits for this one is still to be told how it ended.
    bool tells_parent() const { return parent && end && !parent_told; }
    bool holds_personal_key() const { return status != CaseStatus::absent; }
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("id", id) & make_field("process", process) & make_field("status", status) &
            make_field("applicant", applicant) & make_field("opened_by", opened_by) &
            make_field("opened", opened) & make_field("received", received) &
            make_field("last", last) & make_field("sequence", sequence) & make_field("form", form) &
            make_field("form_version", form_version) & make_field("materials", materials) &
            make_field("end", end) & make_field("closed", closed) &
            make_field("instances", instances) & make_field("calls", calls) &
            make_field("tasks", tasks) & make_field("clocks", clocks) &
            make_field("incidents", incidents) & make_field("supplement", supplement) &
            make_field("refusal_notes", refusal_notes);
        serialize_waits(ar);
        if (has_since<Archive>(version, 1))
            ar& make_field("held", held) & make_field("supplement_settled", supplement_settled);
        if (has_since<Archive>(version, 2)) ar& make_field("accepted", accepted);
        if (has_since<Archive>(version, 3)) ar& make_field("to_undo", to_undo);
        if (has_since<Archive>(version, 7))
            ar& make_field("parent", parent) & make_field("parent_told", parent_told);
        if (has_since<Archive>(version, 8)) ar& make_field("documents", documents);
    }

  private:
    template <class Archive>
    void serialize_waits(Archive& ar) {
        std::vector<std::uint32_t> list(waits.begin(), waits.end());
        ar & make_field("waits", list);
        if constexpr (Archive::is_loading::value)
            waits = std::set<std::uint32_t>(list.begin(), list.end());
    }
};

/// Returns the address of an instance: "utility[power]/supply_plan", with "#2" from round 2 on;
/// "" for the case itself.
std::string address_of(const CaseState& state, const model::Process& process,
                       std::uint32_t instance);

/// Returns the address without a round.
std::string path_of(const CaseState& state, const model::Process& process, std::uint32_t instance);

/// Returns the instance of an address as address_of writes it (without a round), or none.
std::uint32_t find_instance(const CaseState& state, const model::Process& process,
                            std::string_view address);

/// Returns the clock of the process that `ref` names.
const model::Clock& clock_of(const model::Process& process, const ClockRef& ref);

}  // namespace countersign::core
