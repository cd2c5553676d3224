#pragma once
// A test document as it was read: an application, what people and departments do about it, and what
// must come of it (README.md of this room, "Tests"). Plain data; adapters/rehearsal plays it.

#include "definitions/diagnostics/diagnostic.hpp"
#include "engine/base/date.hpp"
#include "engine/calendar/calendar.hpp"
#include "engine/expr/value.hpp"
#include "engine/model/process.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace countersign::definitions {

/// The code of the diagnostic that tells of an expectation that did not hold.
inline constexpr std::string_view expectation_code = "CS5001";

/// A value and where it stands.
template <class T>
struct Placed {
    T value{};
    diagnostics::Span place;
};

/// A day, or a moment of it, by the wall clock of the process's calendar.
struct When {
    Date date;
    std::optional<std::int64_t> ms_of_day;
    bool operator==(const When&) const = default;
};

/// When something happens, counted from what it answers to. Without a word: at once.
struct Moment {
    std::optional<calendar::Limit> after;     ///< by the process's calendar
    std::optional<std::int64_t> time_of_day;  ///< then at this time, in ms, of that day
    std::optional<When> at;                   ///< instead: at this moment
    bool at_slot = false;                     ///< instead: at the appointment that the call names
};

/// A paper or field of the form that somebody misses.
struct MissingThing {
    std::string id;
    std::string reason;
};

/// What a department does wrong instead of answering.
enum class TestFault : std::uint8_t { none, error, refuse, garbage };

/// One answer of a department.
struct Reply {
    diagnostics::Span place;
    Moment when;
    bool silent = false;  ///< never answers
    TestFault fault = TestFault::none;
    std::uint32_t fault_attempts = 0;  ///< the first attempts that go wrong; 0: all
    std::string outcome;
    std::string note;
    std::optional<When> happened_at;
    expr::Value result;  ///< a record, as it was written
    std::vector<MissingThing> missing;
    /// Of a meeting: the slots that it can keep; without it, all that are offered.
    std::optional<std::vector<When>> slots;
};

/// What a department, or each that has the operation, answers: the n-th reply to the n-th round,
/// the last to all that follow.
struct DepartmentScript {
    diagnostics::Span place;
    std::string department;  ///< empty: every one
    std::string operation;
    std::vector<Reply> replies;
};

/// How a person completes a task.
struct PersonAct {
    diagnostics::Span place;
    Moment when;
    std::string outcome;
    std::string by = {};  ///< who of the role does it; empty: the one who does all else
    std::string note;
    expr::Value form;  ///< a record, as it was written
    std::vector<MissingThing> missing;
};

/// What a role does about the tasks of a step: the n-th act in the n-th round, the last in all that
/// follow.
struct PersonScript {
    diagnostics::Span place;
    std::string role;
    std::string process;      ///< whose step it is: the test's, or one that this runs
    std::string step;         ///< an id, or an address such as "utility[gas]/review"
    bool is_address = false;  ///< goes before scripts that name the step only
    std::vector<PersonAct> acts;
};

/// What an act of the applicant or an operator answers to.
enum class Occasion : std::uint8_t { opened, notice, incident, step_started, step_ended };

/// Fields with a suspicious number that is taken all the same, and why: path → reason.
using AcceptedNumbers = std::vector<std::pair<std::string, std::string>>;

/// Something that the applicant or an operator does, once.
struct PartyAct {
    diagnostics::Span place;
    bool by_operator = false;
    Occasion occasion = Occasion::opened;
    std::uint32_t nth = 1;  ///< the first such occasion, the second …
    std::string step;       ///< of step_started and step_ended: an id or an address
    std::string outcome;    ///< of step_ended: only with this one; empty: any
    Moment when;
    std::vector<std::string> supply;                          ///< materials handed in
    std::vector<std::pair<std::string, expr::Value>> fields;  ///< paths and their values
    AcceptedNumbers accepted;                                 ///< of an operator
    std::optional<std::string> withdraw;                      ///< the reason
    std::string signal;                                       ///< of an operator
    std::string add_to;                                       ///< the step that gets `item`
    expr::Value item;
    std::string add_as;                                       ///< the role that may add it
    std::string extend_clock;                                 ///< the clock to prolong
    std::string extend_of;                                    ///< whose it is; empty: the case's
    calendar::Limit extend_by;
    std::string extend_reason;
    std::string extend_as;                                    ///< the role that may
    bool retry = false;                                       ///< of an operator: the last incident
};

// ── Expectations ─────────────────────────────────────────────────────────────────────────────
/// What became of a step. All that is given must hold of the round named, else of the last.
struct ExpectStep {
    Placed<std::string> step;  ///< an address
    std::optional<Placed<std::string>> outcome;
    std::optional<Placed<bool>> skipped;
    std::optional<Placed<bool>> open;
    std::optional<Placed<bool>> cancelled;
    std::optional<Placed<bool>> deemed;
    std::optional<Placed<std::int64_t>> round;
    std::optional<Placed<std::string>> card;  ///< green, yellow, red
    std::optional<Placed<std::string>> escalated_to;
    std::optional<Placed<std::string>> note;  ///< a part of it
    std::optional<Placed<When>> started;
    std::optional<diagnostics::Span> never_started;  ///< `started: never`, then nothing else
    std::optional<Placed<When>> ended;
    std::vector<std::pair<Placed<std::string>, expr::Value>> result;
};

struct ExpectEnd {
    Placed<std::string> end;
    std::optional<Placed<std::string>> reason;  ///< a part of it
    std::optional<Placed<When>> ended;
};

/// A clock of the case, or of a step (`of`).
struct ExpectClock {
    Placed<std::string> clock;
    std::optional<Placed<std::string>> of;
    std::optional<Placed<std::string>> card;
    std::optional<Placed<calendar::Limit>> used;  ///< whole units that were counted
    std::optional<Placed<When>> due;
};

/// A notice to somebody.
struct ExpectSent {
    Placed<std::string> to;
    std::optional<Placed<std::string>> text;  ///< a part of it, in either language
};

/// A paper that the case issues.
struct ExpectIssued {
    Placed<std::string> document;
    std::optional<Placed<std::string>> text;  ///< a part of it, in either language
    std::optional<Placed<bool>> never;        ///< true: it is not issued
};

/// How often a notice of missing papers left.
struct ExpectNotices {
    Placed<std::int64_t> count;
};

/// The application was refused.
struct ExpectRejected {
    std::optional<Placed<std::string>> path;
    std::optional<Placed<std::string>> code;
};

/// Something that only an operator can move came up.
struct ExpectIncident {
    std::optional<Placed<std::string>> kind;
    std::optional<Placed<std::string>> step;
    std::optional<Placed<std::string>> text;  ///< a part of its message
};

/// Whether the case is still open when nothing more happens.
struct ExpectOpen {
    Placed<bool> open;
};

struct Expectation {
    diagnostics::Span place;
    std::variant<ExpectStep, ExpectEnd, ExpectClock, ExpectSent, ExpectIssued, ExpectNotices,
                 ExpectRejected, ExpectIncident, ExpectOpen>
        what;
};

/// One test document.
struct TestDefinition {
    std::string name;
    std::string process;  ///< id
    diagnostics::Span place;
    int offset_minutes = 480;  ///< of the process's calendar: how times were read
    Instant start;
    expr::Value form;
    std::vector<std::string> materials;
    std::string applicant;
    std::optional<Instant> received;
    bool incomplete = false;  ///< staff enters it although required papers are missing
    AcceptedNumbers accepted;
    std::vector<PersonScript> people;
    std::vector<DepartmentScript> departments;
    std::vector<PartyAct> parties;
    std::vector<Expectation> expectations;
};

/// Returns the instant of a moment of a day; of a day alone its begin.
Instant instant_of(const When& when, int offset_minutes);

}  // namespace countersign::definitions
