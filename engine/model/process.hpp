#pragma once
// The compiled process: what the compiler of `definitions` makes of a checked document and the core
// runs. Plain immutable data, stored with the deployment in versioned bytes; a case pins its hash.

#include "engine/base/text.hpp"
#include "engine/calendar/calendar.hpp"
#include "engine/model/form.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::model {

using StepIndex = std::uint32_t;   ///< into Process::steps
using ScopeIndex = std::uint32_t;  ///< into Process::scopes
inline constexpr std::uint32_t none = 0xffffffff;

/// Kinds of outcome (language.md, "Steps"). `ok`, `refusal`, `supplement` are declared; a timeout
/// and a failure have no kind of their own for joins.
enum class OutcomeKind : std::uint8_t {
    ok = 0,
    refusal = 1,
    supplement = 2,
    timeout = 3,
    failure = 4
};

struct Outcome {
    std::string name;
    OutcomeKind kind = OutcomeKind::ok;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("name", name) & make_field("kind", kind);
    }
};

/// An operation of a department, as the process pins it.
struct Operation {
    std::string name;
    Field input;   ///< a record
    Field output;  ///< a record: the result's fields
    std::vector<Outcome> outcomes;
    std::optional<calendar::Limit> limit;
    bool safety_critical = false;
    std::string runs;                ///< of `run`: the process whose case answers; else empty
    std::uint32_t runs_version = 0;  ///< of that process, as it was checked
    Text runs_title;
    const Outcome* outcome(std::string_view name) const;  ///< or null
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar & make_field("name", name) & make_field("input", input) & make_field("output", output) &
            make_field("outcomes", outcomes) & make_field("limit", limit) &
            make_field("safety_critical", safety_critical);
        if (has_since<Archive>(version, 6))
            ar& make_field("runs", runs) & make_field("runs_version", runs_version) &
                make_field("runs_title", runs_title);
    }
};

/// One member of a department choice: the item's value and the department that it names.
struct Member {
    std::string value;
    std::string department;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("value", value) & make_field("department", department);
    }
};

/// Either one fixed department, or the one that a bound item names.
struct Target {
    std::string department;         ///< fixed; empty when bound
    StepIndex bound = none;         ///< the step whose `each` binds the item
    std::vector<Member> members;    ///< of a bound target: item value → department
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("department", department) & make_field("bound", bound) &
            make_field("members", members);
    }
};

// ── Verbs ────────────────────────────────────────────────────────────────────────────────────
/// call: asks a department through its adapter. run: opens a case of another process, whose end is
/// the answer; the operation tells which.
struct CallVerb {
    static constexpr unsigned number = 1;
    Target target;
    std::uint32_t operation = 0;  ///< into Process::operations; the members' are proven alike
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("target", target) & make_field("operation", operation);
    }
};

/// sign: a task for each of several people, of whom enough must agree (会签).
struct Sign {
    std::vector<std::string> roles;  ///< one for each task, in their order
    std::uint32_t count = 0;         ///< how many must choose the outcome of kind ok
    bool sequence = false;           ///< one after the other
    std::vector<std::string> veto;   ///< outcomes with which one alone decides
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("roles", roles) & make_field("count", count) &
            make_field("sequence", sequence) & make_field("veto", veto);
    }
};

/// ask: puts a task on the worklist of a role.
struct AskVerb {
    static constexpr unsigned number = 2;
    std::string role;  ///< "hall.clerk", "applicant" …
    Field form;        ///< a record; without fields when nothing is filled in
    std::optional<Sign> sign = {};  ///< several people sign
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("role", role) & make_field("form", form);
        if (has_since<Archive>(version, 12)) ar& make_field("sign", sign);
    }
};

/// do: a stage.
struct DoVerb {
    static constexpr unsigned number = 3;
    ScopeIndex scope = 0;
    StepIndex appointment = none;  ///< of a meeting: the step in it that fixes the slot
    StepIndex decision = none;     ///< of `lead`: the step in it whose outcome is the stage's
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("scope", scope);
        if (has_since<Archive>(version, 8)) ar& make_field("appointment", appointment);
        if (has_since<Archive>(version, 12)) ar& make_field("decision", decision);
    }
};

/// A value of a result: a name and an expression, or a constant.
struct Mapped {
    std::string name;
    std::optional<Expression> expression;  ///< absent: `constant`
    expr::Value constant;
    bool leave_out_when_empty = false;     ///< an optional form field alone (language.md §1)
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("name", name) & make_field("expression", expression) &
            make_field("constant", constant) &
            make_field("leave_out_when_empty", leave_out_when_empty);
    }
};

struct Action;

/// One rule of a decision table. Only the last may have no condition: it holds when no other does.
struct Rule {
    std::optional<Expression> condition;
    std::vector<Mapped> result;
    std::vector<Action> also;
    template <class Archive>
    void serialize(Archive& ar, unsigned version);
};

/// Which rules of a table count: the first that holds, the only one, or all.
enum class HitKind : std::uint8_t { first = 0, unique = 1, collect = 2 };

struct DecideVerb {
    static constexpr unsigned number = 4;
    std::vector<Rule> rules;
    HitKind hit = HitKind::first;
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("rules", rules);
        if (has_since<Archive>(version, 11)) ar& make_field("hit", hit);
    }
};

/// wait: for a time, a condition, or a signal; the first that comes ends it (`first_of`).
struct WaitVerb {
    static constexpr unsigned number = 5;
    struct Branch {
        std::string name;  ///< outcome when this came first; "done" for a single wait
        std::optional<calendar::Limit> delay;
        std::optional<Expression> until;
        std::string signal;
        std::vector<Expression> moments = {};  ///< with which `until` compares `now`
        std::optional<Expression> before = {};  ///< a date or time, and how long before it
        std::optional<calendar::Limit> by = {};
        template <class Archive>
        void serialize(Archive& ar, unsigned version) {
            ar& make_field("name", name) & make_field("delay", delay) & make_field("until", until) &
                make_field("signal", signal);
            if (has_since<Archive>(version, 4)) ar& make_field("moments", moments);
            if (has_since<Archive>(version, 12))
                ar& make_field("before", before) & make_field("by", by);
        }
    };
    std::vector<Branch> branches;
    template <class Archive>
    void serialize(Archive& ar, unsigned) { ar & make_field("branches", branches); }
};

/// Inside a meeting: fixes the earliest slot that all who answered can keep.
struct AppointVerb {
    static constexpr unsigned number = 6;
    StepIndex offers = none;  ///< the set whose members' `slots` say what each can keep
    StepIndex visits = none;  ///< the set that keeps the appointment
    Mapped slots;             ///< what was offered
    std::optional<calendar::Limit> within;  ///< from the meeting's start; a later slot is none
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("offers", offers) & make_field("visits", visits) &
            make_field("slots", slots) & make_field("within", within);
    }
};

using Verb = std::variant<CallVerb, AskVerb, DoVerb, DecideVerb, WaitVerb, AppointVerb>;

// ── Needs, each ──────────────────────────────────────────────────────────────────────────────
enum class NeedsKind : std::uint8_t { all = 0, any = 1, at_least = 2 };

struct Needs {
    NeedsKind kind = NeedsKind::all;
    std::uint32_t count = 0;        ///< of at_least
    std::vector<StepIndex> steps;   ///< siblings; empty: starts with its scope
    bool cancel_rest = false;
    bool granted =
        false;  ///< of a bundle's item: only those count that ended ok, and of `all` each
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar & make_field("kind", kind) & make_field("count", count) & make_field("steps", steps) &
            make_field("cancel_rest", cancel_rest);
        if (has_since<Archive>(version, 13)) ar& make_field("granted", granted);
    }
};

enum class JoinKind : std::uint8_t { ended = 0, all = 1, any = 2, at_least = 3, percent = 4 };

/// Who may add items to a set while it runs, and until when.
struct OpenRule {
    std::string role;
    StepIndex until_step = none;      ///< a sibling: until that is settled; else `until`
    std::optional<Expression> until;  ///< until this holds
    std::vector<Expression> moments;  ///< with which `until` compares `now`
    Field item;                       ///< what an item is
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("role", role) & make_field("until_step", until_step) &
            make_field("until", until) & make_field("moments", moments) & make_field("item", item);
    }
};

struct Each {
    std::string name;               ///< the bound name
    Expression items;
    std::optional<Expression> key;  ///< absent: the item is the key
    JoinKind join = JoinKind::ended;
    std::uint32_t count = 0;        ///< of at_least and percent
    bool sequence = false;
    bool cancel_rest = false;
    std::vector<std::string> veto;  ///< outcomes of an instance that the set ends with at once
    std::optional<OpenRule> open;   ///< items may be added
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("name", name) & make_field("items", items) & make_field("key", key) &
            make_field("join", join) & make_field("count", count) &
            make_field("sequence", sequence) & make_field("cancel_rest", cancel_rest);
        if (has_since<Archive>(version, 4)) ar& make_field("veto", veto);
        if (has_since<Archive>(version, 10)) ar& make_field("open", open);
    }
};

// ── Moves and actions ────────────────────────────────────────────────────────────────────────
enum class MoveKind : std::uint8_t {
    continue_ = 0,
    end = 1,
    end_branch = 2,
    repeat = 3,
    supplement = 4,
    treat_as = 5,
    back = 6,
    forward = 7,
};

enum class ActionKind : std::uint8_t { warn = 0, remind = 1, escalate = 2, send = 3 };

/// Leaves the step open: a reminder, an escalation, a notice. `text` pieces are programs that yield
/// strings, one a language.
struct Action {
    ActionKind kind = ActionKind::remind;
    std::string to;                       ///< role or department
    std::optional<calendar::Limit> limit; ///< of escalate
    std::optional<Expression> text_en;
    std::optional<Expression> text_zh;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("kind", kind) & make_field("to", to) & make_field("limit", limit) &
            make_field("text_en", text_en) & make_field("text_zh", text_zh);
    }
};

/// Ends or redoes a step.
struct Move {
    MoveKind kind = MoveKind::continue_;
    std::string target;        ///< end: the END; end_branch, treat_as: the outcome
    std::uint32_t times = 0;   ///< repeat, back, forward: at most this many further rounds
    std::vector<Move> otherwise;  ///< 0 or 1: `else` of repeat, back and supplement
    std::vector<Action> also;
    Text legal_basis;          ///< of treat_as
    std::vector<StepIndex> redone;  ///< back: siblings that are redone, first the one to go back to
    std::vector<std::string> to;    ///< forward: departments (of a call) or roles (of an ask)
    std::optional<Expression> chosen;  ///< forward: says to which of them; else in their order
    bool undo = false;                 ///< back: what was done is taken back first
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar & make_field("kind", kind) & make_field("target", target) & make_field("times", times) &
            make_field("otherwise", otherwise) & make_field("also", also) &
            make_field("legal_basis", legal_basis);
        if (has_since<Archive>(version, 5)) ar& make_field("redone", redone);
        if (has_since<Archive>(version, 12))
            ar& make_field("to", to) & make_field("chosen", chosen) & make_field("undo", undo);
    }
};

struct OutcomeMove {
    std::string outcome;
    Move move;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("outcome", outcome) & make_field("move", move);
    }
};

template <class Archive>
void Rule::serialize(Archive& ar, unsigned) {
    ar& make_field("condition", condition) & make_field("result", result) &
        make_field("also", also);
}

// ── Clocks ───────────────────────────────────────────────────────────────────────────────────
enum class ClockKind : std::uint8_t { statutory = 0, promised = 1, internal = 2 };

enum class EventKind : std::uint8_t {
    case_opened = 0,
    owner_started = 1,
    step_started = 2,
    step_ended = 3,
    step_ended_ok = 4,
    step_outcome = 5,
    received = 6,  ///< the application; in later rounds of the owner its start
};

/// The event from which a clock counts, or at which it is met.
struct ClockEvent {
    EventKind kind = EventKind::owner_started;
    StepIndex step = none;
    std::string outcome;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("kind", kind) & make_field("step", step) & make_field("outcome", outcome);
    }
};

/// What happens at a point of a clock: at a percentage of it, or some time after its due.
struct Rung {
    std::uint32_t percent = 100;
    std::optional<calendar::Limit> after;  ///< counted from the due; percent is 100 then
    std::vector<Action> actions;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("percent", percent) & make_field("after", after) &
            make_field("actions", actions);
    }
};

/// Who may prolong a clock, and how often by how much.
struct Extension {
    std::string role;
    calendar::Limit max;  ///< each time, in the clock's unit
    std::uint32_t times = 1;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("role", role) & make_field("max", max) & make_field("times", times);
    }
};

/// A limit on the case, a stage, a branch or a step. The deadline of a step (what `silence` and
/// `on.timeout` speak of) is its clock of the name "limit".
struct Clock {
    std::string name;  ///< "limit" for a step's own; "promised", "statutory" or as written
    ClockKind kind = ClockKind::internal;
    calendar::Limit within;
    calendar::Counting counting;
    std::string calendar;             ///< id; empty: the process's
    ClockEvent from;
    std::optional<ClockEvent> to;     ///< absent: the owner's end
    bool restart_on_redo = false;
    std::vector<Rung> rungs;          ///< ordered by when they come; the due itself needs none
    Text legal_basis;
    std::optional<Extension> extend = {};
    std::string deems = {};  ///< the outcome that its due means, as of the event it counts from
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("name", name) & make_field("kind", kind) & make_field("within", within) &
            make_field("counting", counting) & make_field("calendar", calendar) &
            make_field("from", from) & make_field("to", to) &
            make_field("restart_on_redo", restart_on_redo) & make_field("rungs", rungs) &
            make_field("legal_basis", legal_basis);
        if (has_since<Archive>(version, 12))
            ar& make_field("extend", extend) & make_field("deems", deems);
    }
};

enum class SilenceKind : std::uint8_t { escalate = 0, deem = 1, absent = 2 };

struct Silence {
    SilenceKind kind = SilenceKind::escalate;
    std::string outcome;  ///< of deem
    Text legal_basis;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("kind", kind) & make_field("outcome", outcome) &
            make_field("legal_basis", legal_basis);
    }
};

/// Where an input of an undoing comes from: the field of the same name of the step's result, else
/// of its own input.
struct UndoInput {
    std::string name;
    bool from_result = false;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("name", name) & make_field("from_result", from_result);
    }
};

/// undo: what takes a step back that had ended ok, when the case ends refused or withdrawn.
struct Undo {
    Target target;
    std::uint32_t operation = 0;  ///< into Process::operations
    std::vector<UndoInput> inputs;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("target", target) & make_field("operation", operation) &
            make_field("inputs", inputs);
    }
};

/// Which paper a step issues when.
struct DocumentRule {
    std::string outcome;         ///< empty: any of kind ok
    std::uint32_t document = 0;  ///< into Process::documents
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("outcome", outcome) & make_field("document", document);
    }
};

// ── Steps, scopes, ends ──────────────────────────────────────────────────────────────────────
struct Step {
    std::string id;
    Text title;
    ScopeIndex scope = 0;                 ///< the scope that it is a member of
    Verb verb;
    Needs needs;
    std::vector<StepIndex> dependents;    ///< siblings whose `needs` name it
    std::optional<Expression> when;
    std::optional<Each> each;
    std::vector<Mapped> with;
    std::vector<Outcome> outcomes;        ///< all that an instance may end with, but `timeout`
    std::vector<OutcomeMove> on;          ///< of each instance; `timeout` may be among them
    std::vector<OutcomeMove> set_on;      ///< of the set of an `each`
    std::vector<Clock> clocks;            ///< the step's own; the one named "limit" is its deadline
    Silence silence;
    bool safety_critical = false;
    std::vector<std::string> documents;  ///< of old formats; see `issues`
    Text legal_basis;
    bool pauses_case = false;   ///< the case's clocks stand still while an instance is open
    bool pauses_stage = false;  ///< so do those of the stage around it
    std::optional<Undo> undo;   ///< of a call
    std::optional<Expression> offered_while;  ///< `while`: cancelled once this is false
    std::vector<Expression> while_moments;    ///< with which it compares `now`
    StepIndex not_by = none;    ///< of an ask: who completed that one may not complete this
    std::string exclusive;      ///< never open at the same time as another step of that name
    std::vector<DocumentRule> issues;                     ///< the papers it issues when it ends
    const Outcome* outcome(std::string_view name) const;  ///< or null
    const Move* move_for(std::string_view outcome) const; ///< or null
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar& make_field("id", id) & make_field("title", title) & make_field("scope", scope) &
            make_field("verb", verb) & make_field("needs", needs) &
            make_field("dependents", dependents) & make_field("when", when) &
            make_field("each", each) & make_field("with", with) & make_field("outcomes", outcomes) &
            make_field("on", on) & make_field("set_on", set_on) & make_field("clocks", clocks) &
            make_field("silence", silence) & make_field("safety_critical", safety_critical) &
            make_field("documents", documents) & make_field("legal_basis", legal_basis);
        if (has_since<Archive>(version, 1))
            ar& make_field("pauses_case", pauses_case) & make_field("pauses_stage", pauses_stage);
        if (has_since<Archive>(version, 2)) ar& make_field("undo", undo);
        if (has_since<Archive>(version, 3)) ar& make_field("exclusive", exclusive);
        if (has_since<Archive>(version, 4))
            ar& make_field("while", offered_while) & make_field("while_moments", while_moments) &
                make_field("not_by", not_by);
        if (has_since<Archive>(version, 9)) ar& make_field("issues", issues);
    }
};

/// A `steps:` map: 0 is the process's, 1 (if `after_end` has steps) that of after_end, others
/// stages.
struct Scope {
    StepIndex owner = none;         ///< the `do` step, or none
    bool after_end = false;
    std::vector<StepIndex> steps;   ///< in the document's order
    std::vector<Clock> clocks;      ///< the stage's own (of the case for scope 0)
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("owner", owner) & make_field("after_end", after_end) &
            make_field("steps", steps) & make_field("clocks", clocks);
    }
};

enum class EndKind : std::uint8_t { granted = 0, refused = 1, withdrawn = 2 };

struct End {
    std::string name;
    EndKind kind = EndKind::granted;
    Text title;
    std::optional<Expression> when;
    bool otherwise = false;
    bool reason_required = false;
    std::vector<Mapped> gives;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar & make_field("name", name) & make_field("kind", kind) & make_field("title", title) &
            make_field("when", when) & make_field("otherwise", otherwise) &
            make_field("reason_required", reason_required) & make_field("gives", gives);
    }
};

struct Material {
    std::string id;
    Text title;
    bool required = false;
    std::optional<Expression> required_when;
    std::vector<std::string> accept;
    std::uint64_t max_bytes = 0;
    StepIndex follow_step = none;            ///< may_follow: a hidden need of this step
    std::optional<Expression> follow_when;   ///< … of those of its instances for which it holds
    StepIndex fetch_step = none;  ///< from: the step that fetches it, unless it was handed in
    std::string fetched_file;     ///< the field of that step's result that is the paper
    std::string fetched_number;   ///< … that says its number
    std::string element;          ///< shared data element: papers of one element are one paper
    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        ar & make_field("id", id) & make_field("title", title) & make_field("required", required) &
            make_field("required_when", required_when) & make_field("accept", accept) &
            make_field("max_bytes", max_bytes);
        if (has_since<Archive>(version, 1))
            ar& make_field("follow_step", follow_step) & make_field("follow_when", follow_when);
        if (has_since<Archive>(version, 7))
            ar& make_field("fetch_step", fetch_step) & make_field("fetched_file", fetched_file) &
                make_field("fetched_number", fetched_number);
        if (has_since<Archive>(version, 13)) ar& make_field("element", element);
    }
};

/// A paper that steps issue (文书).
struct Document {
    std::string id;
    Text title;
    std::optional<Expression> text_en;  ///< yields a string; without both, the standard text
    std::optional<Expression> text_zh;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("id", id) & make_field("title", title) & make_field("text_en", text_en) &
            make_field("text_zh", text_zh);
    }
};

/// Process-level rule for missing papers (补正). Absent: no step may ask for any.
struct Supplement {
    calendar::Limit window{4, calendar::Unit::working_hour};
    std::uint32_t times = 1;
    calendar::Limit limit{10, calendar::Unit::working_day};
    bool pauses_case = true;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("window", window) & make_field("times", times) & make_field("limit", limit) &
            make_field("pauses_case", pauses_case);
    }
};

// ── Bundles (一件事) ─────────────────────────────────────────────────────────────────────────
/// A field of the merged form and the field of an item's form that it fills: "shared.uscc",
/// "applicant.uscc".
struct FieldSource {
    std::string from;
    std::string to;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("from", from) & make_field("to", to);
    }
};

/// A paper of the merged materials and when an item asks for it, by the item's own form.
struct PaperWanted {
    std::string id;      ///< of the process's material
    std::string theirs;  ///< of the material that it is in the process of the item
    bool required = false;
    std::optional<Expression> required_when;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("id", id) & make_field("theirs", theirs) & make_field("required", required) &
            make_field("required_when", required_when);
    }
};

/// An item of a bundle: a step that runs a process, and what of the merged form is its.
struct BundleItem {
    StepIndex step = none;
    std::optional<Expression> wanted;  ///< its `when`, if the form alone decides; absent: wanted
    std::vector<FieldSource> fields;
    std::vector<PaperWanted> papers;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("step", step) & make_field("wanted", wanted) & make_field("fields", fields) &
            make_field("papers", papers);
    }
};

/// When the applicant gets what items grant: each as it is ready, or all together.
enum class Delivery : std::uint8_t { as_ready = 0, together = 1 };

struct Bundle {
    std::vector<BundleItem> items;
    Delivery deliver = Delivery::as_ready;
    const BundleItem* item(StepIndex step) const;  ///< or null
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("items", items) & make_field("deliver", deliver);
    }
};

struct Process {
    std::string id;
    std::uint32_t version = 0;
    Text title;
    std::string calendar;
    Field form;  ///< a record
    std::vector<Material> materials;
    std::vector<Document> documents;
    std::optional<Supplement> supplement;
    std::vector<Operation> operations;
    std::vector<Step> steps;
    std::vector<Scope> scopes;
    ScopeIndex after_end = none;
    std::vector<End> ends;
    std::optional<Bundle> bundle = {};

    const End* end(std::string_view name) const;      ///< or null
    std::uint32_t end_index(std::string_view name) const;  ///< or none
    StepIndex find(ScopeIndex scope, std::string_view id) const;  ///< a member, or none
    template <class Archive>
    void serialize(Archive& ar, unsigned format) {
        ar& make_field("id", id) & make_field("version", version) & make_field("title", title) &
            make_field("calendar", calendar) & make_field("form", form) &
            make_field("materials", materials) & make_field("supplement", supplement) &
            make_field("operations", operations) & make_field("steps", steps) &
            make_field("scopes", scopes) & make_field("after_end", after_end) &
            make_field("ends", ends);
        if (has_since<Archive>(format, 9)) ar& make_field("papers", documents);
        if (has_since<Archive>(format, 13)) ar& make_field("bundle", bundle);
    }
};

/// The format of compiled processes in the store; a reader takes this and all before.
inline constexpr unsigned process_format = 13;

/// Returns the material that the step fetches, or null.
const Material* fetched_by(const Process& process, StepIndex step);

/// Returns the roles on whose worklists the step may come: asked, signing, or forwarded to.
std::vector<std::string> roles_of(const Step& step);

/// Returns to whom the moves of the step may forward it: departments (of a call) or roles.
std::vector<std::string> forwarded_to(const Step& step);

/// Returns the departments that the step may call: the one named or each that a bound item may
/// name, those to which it may be forwarded, and whoever takes it back. Of a step that runs a
/// process none.
std::vector<std::string> departments_of(const Process& process, const Step& step);

/// Whether the step's verb is `run`.
bool runs_process(const Process& process, const Step& step);

/// Returns the stored bytes: the byte of format, then the archive's.
std::string encode_process(const Process& process);

/// Reads encode_process(); ErrorKind::corrupt when the bytes are not a process.
result<Process> decode_process(std::string_view bytes);

}  // namespace countersign::model
