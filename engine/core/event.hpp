#pragma once
// What the journal holds: every fact that a decision made, with all values that a process, calendar
// or expression produced, so that `evolve` needs neither. Numbers are stored and never reused; the
// fields of a released event are frozen (a change is a new event).

#include "engine/core/state.hpp"

#include <variant>

namespace countersign::core {

// ── The case ─────────────────────────────────────────────────────────────────────────────────
struct CaseOpened {
    static constexpr unsigned number = 1;
    CaseId id;
    ProcessRef process;
    std::string applicant;
    std::string opened_by;
    Instant received;
    expr::StoredValue form;
    std::vector<GivenMaterial> materials;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("id", id) & make_field("process", process) &
            make_field("applicant", applicant) & make_field("opened_by", opened_by) &
            make_field("received", received) & make_field("form", form) &
            make_field("materials", materials);
    }
};
struct FormChanged {
    static constexpr unsigned number = 2;
    std::uint32_t version = 0;
    expr::StoredValue form;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("version", version) & make_field("form", form);
    }
};
struct MaterialGiven {
    static constexpr unsigned number = 3;
    GivenMaterial material;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("material", material); }
};
struct SupplementRequested {
    static constexpr unsigned number = 4;
    std::uint32_t instance = 0;
    std::vector<MissingItem> items;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("items", items);
    }
};
struct SupplementNoticed {
    static constexpr unsigned number = 5;
    template <class Archive>
    void serialize(Archive&, unsigned) {}
};
/// All items of one asking step are in, or its request was dropped.
struct SupplementSettled {
    static constexpr unsigned number = 6;
    std::uint32_t instance = 0;
    bool lapsed = false;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("lapsed", lapsed);
    }
};
struct MissingItemSupplied {
    static constexpr unsigned number = 7;
    std::string id;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("id", id); }
};
struct CaseEnded {
    static constexpr unsigned number = 8;
    CaseEnd end;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("end", end); }
};
struct CaseClosed {
    static constexpr unsigned number = 9;
    template <class Archive>
    void serialize(Archive&, unsigned) {}
};
struct IncidentRaised {
    static constexpr unsigned number = 10;
    std::uint32_t incident = 0;
    IncidentKind kind = IncidentKind::attempts_exhausted;
    std::uint32_t instance = 0;
    std::uint32_t call = 0;
    std::string message;
    std::string evidence;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("incident", incident) & make_field("kind", kind) &
            make_field("instance", instance) & make_field("call", call) &
            make_field("message", message) & make_field("evidence", evidence);
    }
};
struct IncidentResolved {
    static constexpr unsigned number = 11;
    std::uint32_t incident = 0;
    std::string by;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("incident", incident) & make_field("by", by);
    }
};
struct SignalReceived {
    static constexpr unsigned number = 12;
    std::string name;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("name", name); }
};
/// A number with a wrong check digit was accepted all the same.
struct SuspiciousFieldAccepted {
    static constexpr unsigned number = 13;
    std::string field;  ///< path in the form
    std::string by;
    std::string reason;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("field", field) & make_field("by", by) & make_field("reason", reason);
    }
};
/// The number that was accepted has been changed: whoever vouched for it did so for that one alone.
struct AcceptanceLapsed {
    static constexpr unsigned number = 14;
    std::string field;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("field", field); }
};
/// The case ended refused or withdrawn: these instances are taken back, one after the other.
struct UndoBegun {
    static constexpr unsigned number = 15;
    std::vector<std::uint32_t> instances;  ///< newest ending first
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("instances", instances); }
};
/// The case was opened by a step of another one, which waits for its end.
struct CasePartOf {
    static constexpr unsigned number = 16;
    CallId parent;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("parent", parent);
    }
};
/// The case that waited for this one has recorded how it ended, or waits no longer.
struct ParentTold {
    static constexpr unsigned number = 17;
    template <class Archive>
    void serialize(Archive&, unsigned) {}
};
using CaseEvent =
    std::variant<CaseOpened, FormChanged, MaterialGiven, SupplementRequested, SupplementNoticed,
                 SupplementSettled, MissingItemSupplied, CaseEnded, CaseClosed, IncidentRaised,
                 IncidentResolved, SignalReceived, SuspiciousFieldAccepted, AcceptanceLapsed,
                 UndoBegun, CasePartOf, ParentTold>;

// ── Steps ────────────────────────────────────────────────────────────────────────────────────
struct StepStarted {
    static constexpr unsigned number = 1;
    std::uint32_t instance = 0;
    std::uint32_t step = none;
    std::uint32_t parent = 0;
    InstanceRole role = InstanceRole::single;
    std::uint32_t item_index = 0;  ///< of a member; key and item are in EachStarted
    bool waits = false;            ///< its verb is `wait`: its condition is looked at from now on
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("step", step) &
            make_field("parent", parent) & make_field("role", role) &
            make_field("item_index", item_index) & make_field("waits", waits);
    }
};
/// The list of a set, evaluated once.
struct EachStarted {
    static constexpr unsigned number = 2;
    std::uint32_t instance = 0;
    std::vector<std::pair<expr::Value, expr::Value>> items;  ///< key, item
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("items", items);
    }
};
/// A step that never starts; makes its instance when `fresh`, else settles an active one (absent).
struct StepSkipped {
    static constexpr unsigned number = 3;
    std::uint32_t instance = 0;
    bool fresh = true;
    std::uint32_t step = none;
    std::uint32_t parent = 0;
    InstanceRole role = InstanceRole::single;
    std::uint32_t item_index = 0;
    SkipReason reason = SkipReason::when_false;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("fresh", fresh) &
            make_field("step", step) & make_field("parent", parent) & make_field("role", role) &
            make_field("item_index", item_index) & make_field("reason", reason);
    }
};
struct StepEnded {
    static constexpr unsigned number = 4;
    std::uint32_t instance = 0;
    std::string outcome;
    model::OutcomeKind kind = model::OutcomeKind::ok;
    bool deemed = false;
    expr::StoredValue result;
    std::string note;
    Instant
        happened;  ///< when it happened, as the department or person says; else the record's time
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("outcome", outcome) &
            make_field("kind", kind) & make_field("deemed", deemed) & make_field("result", result) &
            make_field("note", note) & make_field("happened", happened);
    }
};
struct StepCancelled {
    static constexpr unsigned number = 5;
    std::uint32_t instance = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("instance", instance); }
};
/// The instance begins anew: its round goes up, its children and result are forgotten.
struct StepRedone {
    static constexpr unsigned number = 6;
    std::uint32_t instance = 0;
    std::uint32_t round = 2;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("round", round);
    }
};
/// A notice to a role or department (`send`, `remind`, `escalate`), as it was worded.
struct NoticeGiven {
    static constexpr unsigned number = 7;
    std::uint32_t instance = 0;
    model::ActionKind kind = model::ActionKind::send;
    std::string to;
    Text text;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("instance", instance) & make_field("kind", kind) & make_field("to", to) &
            make_field("text", text);
    }
};
/// The step waits for missing papers.
struct StepSupplementing {
    static constexpr unsigned number = 8;
    std::uint32_t instance = 0;
    std::string outcome;
    std::string note;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("outcome", outcome) &
            make_field("note", note);
    }
};
/// A step's needs are met, but papers that may follow (容缺) are missing: it starts once they are
/// in. Without papers: another step of its `exclusive` name is open, and it waits for its turn. It
/// has no instance yet; StepStarted ends its wait.
struct StepHeld {
    static constexpr unsigned number = 9;
    std::uint32_t step = none;
    std::uint32_t parent = 0;
    InstanceRole role = InstanceRole::single;
    std::uint32_t item_index = 0;
    std::vector<std::string> materials;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("step", step) & make_field("parent", parent) & make_field("role", role) &
            make_field("item_index", item_index) & make_field("materials", materials);
    }
};
/// What will take the step back if the case ends refused or withdrawn, as its own call was sent.
struct UndoPrepared {
    static constexpr unsigned number = 10;
    std::uint32_t instance = 0;
    std::string department;
    std::uint32_t operation = 0;
    expr::StoredValue input;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("department", department) &
            make_field("operation", operation) & make_field("input", input);
    }
};
/// The call that takes the step back was answered. With an outcome of kind ok it is undone.
struct StepUndone {
    static constexpr unsigned number = 11;
    std::uint32_t instance = 0;
    std::string outcome;
    model::OutcomeKind kind = model::OutcomeKind::ok;
    expr::StoredValue result;
    std::string note;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("outcome", outcome) &
            make_field("kind", kind) & make_field("result", result) & make_field("note", note);
    }
};
/// A notice whose text holds personal values: kept like them, sealed and shown to few.
struct PersonalNoticeGiven {
    static constexpr unsigned number = 12;
    std::uint32_t instance = 0;
    model::ActionKind kind = model::ActionKind::send;
    std::string to;
    expr::StoredValue text_en;
    expr::StoredValue text_zh;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("kind", kind) & make_field("to", to) &
            make_field("text_en", text_en) & make_field("text_zh", text_zh);
    }
};
/// A move went back: the steps of `holder`'s scope are redone, all that is open in them was
/// cancelled before. Their instances stay as history; new ones have the next round.
struct WentBack {
    static constexpr unsigned number = 13;
    std::uint32_t instance = 0;  ///< whose ending it was
    std::uint32_t holder = 0;
    std::vector<std::uint32_t> steps;  ///< first the one to which it went back
    std::string move;  ///< path and outcome, for the count: "utility[gas]/check:wrong"
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("holder", holder) &
            make_field("steps", steps) & make_field("move", move);
    }
};
/// A paper was issued, worded as it is kept.
struct DocumentIssued {
    static constexpr unsigned number = 14;
    std::uint32_t paper = 0;  ///< in the case, from 1
    std::uint32_t instance = 0;
    std::uint32_t document = 0;  ///< into Process::documents
    expr::StoredValue text_en;
    expr::StoredValue text_zh;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("paper", paper) & make_field("instance", instance) &
            make_field("document", document) & make_field("text_en", text_en) &
            make_field("text_zh", text_zh);
    }
};
/// An item came to a set that is open for more.
struct ItemAdded {
    static constexpr unsigned number = 15;
    std::uint32_t instance = 0;
    expr::Value key;
    expr::Value item;
    std::string by;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("key", key) & make_field("item", item) &
            make_field("by", by);
    }
};
/// The step goes to another department or role, as a new round of it.
struct StepForwarded {
    static constexpr unsigned number = 16;
    std::uint32_t instance = 0;
    std::uint32_t round = 2;
    std::string to;
    std::string reason;  ///< of whoever sent it away
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instance", instance) & make_field("round", round) & make_field("to", to) &
            make_field("reason", reason);
    }
};
/// The case went back, and what was done is taken back before `step` of `holder` begins anew.
struct UndoFirst {
    static constexpr unsigned number = 18;
    std::uint32_t holder = 0;
    std::uint32_t step = none;
    std::vector<std::uint32_t> instances;  ///< newest ending first
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("holder", holder) & make_field("step", step) &
            make_field("instances", instances);
    }
};
/// The applicant gets what items of a bundle have granted.
struct HandedOver {
    static constexpr unsigned number = 19;
    std::vector<std::uint32_t> instances;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("instances", instances);
    }
};
using StepEvent = std::variant<StepStarted, EachStarted, StepSkipped, StepEnded, StepCancelled,
                               StepRedone, NoticeGiven, StepSupplementing, StepHeld, UndoPrepared,
                               StepUndone, PersonalNoticeGiven, WentBack, DocumentIssued, ItemAdded,
                               StepForwarded, UndoFirst, HandedOver>;

// ── Calls ────────────────────────────────────────────────────────────────────────────────────
struct CallRequested {
    static constexpr unsigned number = 1;
    std::uint32_t call = 0;
    std::uint32_t instance = 0;
    std::uint32_t round = 1;
    std::uint32_t supersedes = 0;
    std::string department;
    std::uint32_t operation = 0;
    expr::StoredValue input;
    std::optional<Instant> due_when_asked;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call) & make_field("instance", instance) &
            make_field("round", round) & make_field("supersedes", supersedes) &
            make_field("department", department) & make_field("operation", operation) &
            make_field("input", input) & make_field("due_when_asked", due_when_asked);
    }
};
struct CallAccepted {
    static constexpr unsigned number = 2;
    std::uint32_t call = 0;
    std::uint32_t attempt = 1;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call) & make_field("attempt", attempt);
    }
};
/// The answer that counts. The values are in the StepEnded beside it.
struct CallAnswered {
    static constexpr unsigned number = 3;
    std::uint32_t call = 0;
    std::string outcome;
    std::string by;        ///< principal: the department, or an operator who answered by hand
    Instant happened;
    bool backdated = false;///< `happened_at` was outside the tolerance and was cut to it
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("call", call) & make_field("outcome", outcome) & make_field("by", by) &
            make_field("happened", happened) & make_field("backdated", backdated);
    }
};
/// An answer that moves nothing: a second one, or one to a cancelled call. Kept as evidence.
struct CallAnsweredLate {
    static constexpr unsigned number = 4;
    std::uint32_t call = 0;
    std::string outcome;
    std::string by;
    expr::StoredValue result;
    std::string note;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("call", call) & make_field("outcome", outcome) & make_field("by", by) &
            make_field("result", result) & make_field("note", note);
    }
};
/// The attempt failed and the next one, `attempt`, leaves at `at`.
struct CallRetryScheduled {
    static constexpr unsigned number = 5;
    std::uint32_t call = 0;
    std::uint32_t attempt = 2;
    Instant at;
    std::string reason;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("call", call) & make_field("attempt", attempt) & make_field("at", at) &
            make_field("reason", reason);
    }
};
/// The scheduled attempt leaves now (its time came, or an operator said so).
struct CallRetried {
    static constexpr unsigned number = 6;
    std::uint32_t call = 0;
    std::uint32_t attempt = 2;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call) & make_field("attempt", attempt);
    }
};
/// No further attempt by itself: an incident is open beside it.
struct CallBlocked {
    static constexpr unsigned number = 7;
    std::uint32_t call = 0;
    std::string reason;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call) & make_field("reason", reason);
    }
};
struct CallCancelled {
    static constexpr unsigned number = 8;
    std::uint32_t call = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("call", call); }
};
/// A call that takes a step back is to be sent. The step keeps its own call.
struct UndoRequested {
    static constexpr unsigned number = 9;
    std::uint32_t call = 0;
    std::uint32_t instance = 0;
    std::uint32_t round = 1;
    std::uint32_t supersedes = 0;
    std::string department;
    std::uint32_t operation = 0;
    expr::StoredValue input;
    std::optional<Instant> due_when_asked;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call) & make_field("instance", instance) &
            make_field("round", round) & make_field("supersedes", supersedes) &
            make_field("department", department) & make_field("operation", operation) &
            make_field("input", input) & make_field("due_when_asked", due_when_asked);
    }
};
/// Somebody of a department without a system took the call from its worklist: it is theirs.
struct CallClaimed {
    static constexpr unsigned number = 10;
    std::uint32_t call = 0;
    std::string by;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call) & make_field("by", by);
    }
};
struct CallReleased {
    static constexpr unsigned number = 11;
    std::uint32_t call = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call);
    }
};
/// The call that runs a process has opened this case.
struct ChildOpened {
    static constexpr unsigned number = 12;
    std::uint32_t call = 0;
    CaseId child;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call) & make_field("child", child);
    }
};
/// The cancelled call's case, if there is one, is to be told: by an attempt of its own.
struct RecallRequested {
    static constexpr unsigned number = 13;
    std::uint32_t call = 0;
    std::uint32_t attempt = 2;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call) & make_field("attempt", attempt);
    }
};
struct RecallTaken {
    static constexpr unsigned number = 14;
    std::uint32_t call = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("call", call);
    }
};
using CallEvent =
    std::variant<CallRequested, CallAccepted, CallAnswered, CallAnsweredLate, CallRetryScheduled,
                 CallRetried, CallBlocked, CallCancelled, UndoRequested, CallClaimed, CallReleased,
                 ChildOpened, RecallRequested, RecallTaken>;

// ── Tasks ────────────────────────────────────────────────────────────────────────────────────
struct TaskOpened {
    static constexpr unsigned number = 1;
    std::uint32_t task = 0;
    std::uint32_t instance = 0;
    std::string role;
    expr::StoredValue input;  ///< what the step's `with` shows to whoever does it
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("task", task) & make_field("instance", instance) &
            make_field("role", role) & make_field("input", input);
    }
};
struct TaskClaimed {
    static constexpr unsigned number = 2;
    std::uint32_t task = 0;
    std::string by;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("task", task) & make_field("by", by); }
};
struct TaskReleased {
    static constexpr unsigned number = 3;
    std::uint32_t task = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("task", task); }
};
struct TaskCompleted {
    static constexpr unsigned number = 4;
    std::uint32_t task = 0;
    std::string by;
    std::string outcome;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("task", task) & make_field("by", by) & make_field("outcome", outcome);
    }
};
struct TaskCancelled {
    static constexpr unsigned number = 5;
    std::uint32_t task = 0;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("task", task); }
};
/// A task for one of several people who sign.
struct SigningOpened {
    static constexpr unsigned number = 6;
    std::uint32_t task = 0;
    std::uint32_t instance = 0;
    std::string role;
    expr::StoredValue input;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("task", task) & make_field("instance", instance) & make_field("role", role) &
            make_field("input", input);
    }
};
/// One of several people has signed, or refused to.
struct TaskSigned {
    static constexpr unsigned number = 7;
    std::uint32_t task = 0;
    std::string by;
    Signature signature;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("task", task) & make_field("by", by) & make_field("signature", signature);
    }
};
using TaskEvent = std::variant<TaskOpened, TaskClaimed, TaskReleased, TaskCompleted, TaskCancelled,
                               SigningOpened, TaskSigned>;

// ── Clocks ───────────────────────────────────────────────────────────────────────────────────
struct ClockStarted {
    static constexpr unsigned number = 1;
    std::uint32_t clock = 0;
    std::uint32_t owner = 0;
    ClockRef ref;
    Instant from;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("clock", clock) & make_field("owner", owner) & make_field("ref", ref) &
            make_field("from", from);
    }
};
struct ClockPaused {
    static constexpr unsigned number = 2;
    std::uint32_t clock = 0;
    Instant at;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("clock", clock) & make_field("at", at);
    }
};
struct ClockResumed {
    static constexpr unsigned number = 3;
    std::uint32_t clock = 0;
    Instant at;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("clock", clock) & make_field("at", at);
    }
};
struct ClockStopped {
    static constexpr unsigned number = 4;
    std::uint32_t clock = 0;
    Instant at;
    bool met = false;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("clock", clock) & make_field("at", at) & make_field("met", met);
    }
};
/// Rung `rung` of the clock's ladder came at `at` (its own due; the record's time may be later).
struct ClockRungReached {
    static constexpr unsigned number = 5;
    std::uint32_t clock = 0;
    std::uint32_t rung = 0;
    Instant at;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("clock", clock) & make_field("rung", rung) & make_field("at", at);
    }
};
/// The clock's due passed while it ran: a red card.
struct ClockDuePassed {
    static constexpr unsigned number = 6;
    std::uint32_t clock = 0;
    Instant due;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("clock", clock) & make_field("due", due);
    }
};
/// The clock was prolonged by `count` of its unit.
struct ClockExtended {
    static constexpr unsigned number = 7;
    std::uint32_t clock = 0;
    std::int64_t count = 0;
    std::string by;
    std::string reason;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("clock", clock) & make_field("count", count) & make_field("by", by) &
            make_field("reason", reason);
    }
};
using ClockEventRecord = std::variant<ClockStarted, ClockPaused, ClockResumed, ClockStopped,
                                      ClockRungReached, ClockDuePassed, ClockExtended>;

/// The five machines' events under one roof. A group's number stands before its event's.
template <unsigned n, class Events>
struct EventGroup {
    static constexpr unsigned number = n;
    Events event;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("event", event); }
};
using Event =
    std::variant<EventGroup<1, CaseEvent>, EventGroup<2, StepEvent>, EventGroup<3, CallEvent>,
                 EventGroup<4, TaskEvent>, EventGroup<5, ClockEventRecord>>;

/// Whether T is an alternative of the variant V.
template <class T, class V>
struct is_alternative : std::false_type {};
template <class T, class... Ts>
struct is_alternative<T, std::variant<Ts...>> : std::bool_constant<(std::is_same_v<T, Ts> || ...)> {
};

/// Wraps an event of any machine. `T` must be one of the structs above.
template <class T>
Event make_event(T event) {
    if constexpr (is_alternative<T, CaseEvent>::value)
        return EventGroup<1, CaseEvent>{std::move(event)};
    else if constexpr (is_alternative<T, StepEvent>::value)
        return EventGroup<2, StepEvent>{std::move(event)};
    else if constexpr (is_alternative<T, CallEvent>::value)
        return EventGroup<3, CallEvent>{std::move(event)};
    else if constexpr (is_alternative<T, TaskEvent>::value)
        return EventGroup<4, TaskEvent>{std::move(event)};
    else return EventGroup<5, ClockEventRecord>{std::move(event)};
}

/// Returns the event as a T, or null when it is another.
template <class T>
const T* event_as(const Event& event) {
    return std::visit([](const auto& group) -> const T* {
        if constexpr (is_alternative<T, std::decay_t<decltype(group.event)>>::value)
            return std::get_if<T>(&group.event);
        else
            return nullptr;
    }, event);
}

/// Returns the name of the event's struct, e.g. "StepStarted".
std::string_view name_of(const Event& event);

}  // namespace countersign::core
