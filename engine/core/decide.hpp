#pragma once
// decide: a command and a case's state in, events and effects out. Pure: no I/O, no clock, no
// randomness; a join is a predicate over step states, never a token count.

#include "engine/core/command.hpp"
#include "engine/core/contents.hpp"

#include <optional>
#include <set>
#include <vector>

namespace countersign::core {

struct Context {
    Instant now;
    const model::Process& process;
    const calendar::Calendars& calendars;
    /// What is stored of the contents that the command names; null: none of them is.
    const Contents* contents = nullptr;
};

/// What one command adds to a case. `add` applies each event to the state in place by `evolve`,
/// so that a decider sees the effect of its own events.
class Draft {
  public:
    /// `state` must outlive the draft; `now` is the record's time.
    Draft(CaseState& state, Instant now) : state_(state), now_(now) {}

    /// Appends an event (any struct of event.hpp) and applies it.
    template <class T>
    void add(T event) { add_event(make_event(std::move(event))); }
    void effect(Effect effect) { effects_.push_back(std::move(effect)); }
    void set_reply(Reply reply) { reply_ = reply; }

    const CaseState& state() const { return state_; }
    Instant now() const { return now_; }
    const std::vector<Event>& events() const { return events_; }
    std::vector<Event> take_events() { return std::move(events_); }
    const std::vector<Effect>& effects() const { return effects_; }
    /// The timers whose dues may have changed: the caller re-files each by due_of().
    const std::set<TimerId>& touched() const { return touched_; }
    void touch(TimerId timer) { touched_.insert(timer); }
    Reply reply() const { return reply_; }

  private:
    void add_event(Event event);

    CaseState& state_;
    Instant now_;
    std::vector<Event> events_;
    std::vector<Effect> effects_;
    std::set<TimerId> touched_;
    Reply reply_ = Reply::done;
};

/// Decides one command. A Rejection leaves the draft without events (CHECKed). The caller numbers
/// the record. An empty draft without a rejection (stale timers, stale reports) needs no record.
std::optional<Rejection> decide(Draft& draft, const Command& command, const Context& context);

/// Applies one event of the record of `at` to the state. Total: cannot fail on a valid journal.
void evolve(CaseState& state, const Event& event, Instant at);

/// Applies a whole record: its events, the sequence and the time.
void evolve(CaseState& state, const Record& record);

/// A point in time at which a case's timer falls due, derived from facts and calendars.
struct TimerDue {
    Instant at;
    bool movable = false;  ///< depends on a calendar: a new notice may move it
};

/// Returns when the timer is due now, or nothing when nothing waits for it.
std::optional<TimerDue> due_of(const CaseState& state, TimerId timer, const Context& context);

/// Returns all timers of a case that is open or has obligations left. For recovery, tests, audits.
std::vector<std::pair<TimerId, TimerDue>> timers_of(const CaseState& state, const Context& context);

/// Returns what a clock allows: what its definition says, and what it was prolonged by.
calendar::Limit within_of(const ClockState& clock, const model::Clock& definition);

/// Returns the due of a clock, running, paused (as if it resumed at `now`) or stopped.
calendar::Due clock_due(const CaseState& state, const ClockState& clock, const Context& context);

/// Returns the deadline of an instance (its clock named "limit"), or nothing.
std::optional<calendar::Due> deadline_of(const CaseState& state, std::uint32_t instance,
                                         const Context& context);

/// Returns the instances that make a clock stand still now by their step's `pauses`, in the order
/// of their numbers. The open supplement is a reason beside them.
std::vector<std::uint32_t> pausing_instances(const CaseState& state, const model::Process& process,
                                             const ClockState& clock);

/// Returns the ids of the papers that the process requires of such a form and that were not given.
/// Those that may follow are not among them: they are a need of their step, not of the case.
std::vector<std::string> missing_materials(const model::Process& process, const expr::Value& form,
                                           const std::vector<GivenMaterial>& given);

/// Returns which papers the start of a step waits for, by their ids: required ones that may follow
/// and are not there. `held` as CaseState::held has it. While they alone are missing the applicant
/// holds the case.
std::vector<std::string> awaited_materials(const CaseState& state, const Context& context,
                                           const HeldStep& held);

/// Returns the open call that fetches the paper from a department, or null: then whoever waits for
/// it waits for the applicant.
const Call* fetching_call(const CaseState& state, const model::Process& process,
                          std::string_view material);

/// Whether the step under `parent` (for a step with `each`, any member of it) waits for papers.
bool is_held(const CaseState& state, std::uint32_t parent, model::StepIndex step);

/// Returns the address that the held step's instance will have, e.g. "utility[gas]/connect".
std::string address_of(const CaseState& state, const model::Process& process,
                       const HeldStep& held);

/// Returns what a dispatcher needs to send a call, read from the state.
struct CallView {
    CallId id;
    std::uint32_t attempt = 1;
    std::string department;
    std::string process;
    std::string step;        ///< address
    std::string operation;
    std::uint32_t round = 1;
    std::optional<CallId> supersedes;
    std::optional<Instant> due_when_asked;
    Instant requested;
    expr::Value input;
};
CallView view_of_call(const CaseState& state, const model::Process& process, std::uint32_t call);

/// Returns the same for the word that a case owes the case that waits for it (tells_parent()): the
/// call's number is 0, and `step` holds the id of the other case's call.
CallView view_of_ended(const CaseState& state, const model::Process& process);

/// Returns the number by which people know a paper that a case issued: "06ETMB…-D1".
std::string document_number(const CaseId& id, std::uint32_t paper);

/// Returns the task that a principal completed and that keeps it from this one (`not_by`), or
/// nothing. Who acts for somebody counts as both; only people are kept apart.
std::optional<std::uint32_t> done_before(const CaseState& state, const model::Process& process,
                                         std::uint32_t task, std::string_view principal);

}  // namespace countersign::core
