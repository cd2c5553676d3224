#pragma once
// The working parts of decide, shared by its files: one command's draft, context and bounded work
// list. Not for use outside engine/core.

#include "engine/core/decide.hpp"
#include "engine/expr/evaluate.hpp"

#include <deque>
#include <string>
#include <vector>

namespace countersign::core {

/// Where an expression stands: an instance, or an item of a set whose member does not exist yet.
struct Place {
    std::uint32_t instance = 0;
    std::uint32_t item_index = none;
    const expr::Value* result = nullptr;  ///< of the instance, which has not ended with it yet
};

/// What a step ends with.
struct Ending {
    std::string outcome;
    model::OutcomeKind kind = model::OutcomeKind::ok;
    bool deemed = false;
    expr::Value result;
    std::string note;
    Instant happened;
    std::vector<MissingItem> missing;
};

/// One command's work. Functions over it are split by subject: flow (needs, each, joins, moves),
/// clocks, supplement. Each entry of the work list looks at a few instances only.
struct Flow {
    enum class Work : std::uint8_t { examine, settled, complete };
    struct Entry {
        Work work;
        std::uint32_t instance;  ///< examine: the scope's holder
        std::uint32_t step;      ///< examine only
    };

    Draft& draft;
    const Context& context;
    std::string by;              ///< the principal's name, for records
    std::deque<Entry> queue;
    std::size_t worked = 0;
    std::vector<HeldStep> ready;  ///< lack nothing but their turn, and no event says so yet
    bool pauses_moved = false;   ///< a step that pauses clocks, or a clock, came or went

    const CaseState& state() const { return draft.state(); }
    const Contents& contents() const;
    const model::Process& process() const { return context.process; }
    const Instance& at(std::uint32_t instance) const { return draft.state().instances[instance]; }
    const model::Step& step_of(std::uint32_t instance) const {
        return context.process.steps[at(instance).step];
    }
};

// ── values.cpp: what expressions see ─────────────────────────────────────────────────────────
expr::Evaluated evaluate_at(const CaseState& state, const Context& context,
                            const model::Expression& expression, Place place);
/// The same of an item that is not in the set yet: the name that its step binds is the item.
expr::Evaluated evaluate_with_item(const CaseState& state, const Context& context,
                                   const model::Expression& expression, std::uint32_t set,
                                   const expr::Value& item);
/// Evaluates a map of values; the error names the entry.
expr::Evaluated evaluate_mapped(const CaseState& state, const Context& context,
                                const std::vector<model::Mapped>& values, Place place);
/// Returns the instance that holds the scope in which `instance` stands (its stage, or the case).
std::uint32_t holder_of(const CaseState& state, std::uint32_t instance);
/// Returns the scope whose steps are children of this holder, or none.
model::ScopeIndex scope_of_holder(const CaseState& state, const model::Process& process,
                                  std::uint32_t holder);

// ── decide_flow.cpp: needs, each, joins, moves, ends ─────────────────────────────────────────
/// Queues the steps of a holder's scope that wait for nothing.
void enter_scope(Flow& flow, std::uint32_t holder);
/// Starts (or restarts, after an incident) the verb of an active instance.
void begin(Flow& flow, std::uint32_t instance);
/// Ends an open instance with an outcome and follows the move for it.
void end_step(Flow& flow, std::uint32_t instance, Ending ending);
/// Follows one move for an ending.
void follow(Flow& flow, std::uint32_t instance, Ending ending, const model::Move* move);
/// Cancels an open instance with all that is open inside it.
void cancel_instance(Flow& flow, std::uint32_t instance);
/// Skips an open instance as absent.
void skip_absent(Flow& flow, std::uint32_t instance);
/// Begins a new round of an open instance.
void redo(Flow& flow, std::uint32_t instance);
/// Sends an open instance to another department or role, or takes the move's `else`.
void forward(Flow& flow, std::uint32_t instance, Ending ending, const model::Move& move);
/// Ends the case: cancels everything open and starts what is due after the end.
void end_case(Flow& flow, std::string_view end, model::EndKind kind, std::string reason);
/// Works the queue off, then looks at the waits of the case until nothing moves.
void run(Flow& flow);
/// Gives a notice for each action: reminders, escalations, texts. `result` is that of the instance,
/// where it has not ended with it yet.
void act(Flow& flow, std::uint32_t instance, const std::vector<model::Action>& actions,
         const expr::Value* result = nullptr);
/// Returns what a text says here; an expression in it that fails is told in its place.
expr::Value rendered_text(Flow& flow, Place place,
                          const std::optional<model::Expression>& expression);
/// Raises an incident at an instance about an expression that failed.
void raise_expression(Flow& flow, std::uint32_t instance, const expr::EvaluationError& error,
                      std::string_view what);
/// Resolves the open incidents of an instance.
void resolve_incidents(Flow& flow, std::uint32_t instance);

/// Returns when a `wait` for some time before a date ends, or why that cannot be told.
boost::system::result<calendar::Due, expr::EvaluationError> moment_before(
    const CaseState& state, const Context& context, const model::WaitVerb::Branch& branch,
    std::uint32_t instance);

/// Whether a step's condition is looked at after each command, while an instance of it is open.
bool is_looked_at(const model::Step& step);
/// Makes an instance of a step whose needs are met and begins it; its papers are in.
void make_and_begin(Flow& flow, std::uint32_t parent, model::StepIndex step, InstanceRole role,
                    std::uint32_t item_index);

// ── decide_held.cpp: papers that may follow, and turns ───────────────────────────────────────
/// Lets a step whose needs are met wait for its papers or its turn; false when it may begin.
bool hold(Flow& flow, std::uint32_t parent, model::StepIndex step, InstanceRole role,
          std::uint32_t item_index);
/// Starts what waited for papers that are in by now.
void release_held(Flow& flow);
/// Begins those who waited longest for turns that are free by now; of those ready at the same time
/// the first by address. The others wait on.
void pass_turns(Flow& flow);
/// Whether a step that fetches a paper is to run: it is wanted and was not handed in.
bool is_to_fetch(const Flow& flow, const model::Material& material);
/// Records the paper that a step has fetched.
void take_fetched(Flow& flow, const model::Material& material, const expr::Value& result);
/// Calls off what fetches a paper that was handed in meanwhile.
void stop_fetching(Flow& flow, const std::string& material);
/// Whether a step, or a member of a set, waits for papers or its turn.
bool waits(const Flow& flow, std::uint32_t parent, model::StepIndex step);

// ── decide_overrides.cpp: numbers with a wrong check digit that somebody vouches for ─────────
/// What is to be recorded behind a form.
struct Acceptances {
    std::vector<AcceptanceLapsed> lapsed;
    std::vector<SuspiciousFieldAccepted> accepted;
};
/// Takes the problems that overrides answer out of `problems`, and those of numbers accepted before
/// that are still the same in `form`; adds a problem for each override that answers none. Returns
/// what is to be recorded, behind the form, if no problem is left.
Acceptances accept_suspicious(const Flow& flow, const expr::Value& form,
                              const std::vector<FieldOverride>& overrides,
                              std::vector<model::Problem>& problems);
void record(Flow& flow, const Acceptances& acceptances);
/// Refuses overrides of someone who is no member of staff, or of endless reasons.
std::optional<Rejection> refuse_overrides(const std::vector<FieldOverride>& overrides,
                                          const Principal& by);

// ── decide_items.cpp: sets that are open for more ────────────────────────────────────────────
std::optional<Rejection> decide_add(Flow& flow, const AddItem& command, const Principal& by);
/// Whether a set takes no further items: it is not open for any, or what closes it has come; or why
/// that cannot be told.
boost::system::result<bool, expr::EvaluationError> is_complete(const Flow& flow, std::uint32_t set);
/// Starts what an added item makes possible (decide_flow.cpp).
void begin_item(Flow& flow, std::uint32_t set, std::uint32_t item_index);

// ── decide_documents.cpp ─────────────────────────────────────────────────────────────────────
/// Issues the papers that the step issues with this ending, which is recorded already.
void issue_documents(Flow& flow, std::uint32_t instance, const Ending& ending);

// ── decide_meeting.cpp ───────────────────────────────────────────────────────────────────────
/// Fixes the earliest slot that all who answered can keep, and tells the applicant.
void begin_appointment(Flow& flow, std::uint32_t instance, const model::AppointVerb& verb);
/// Fills in what a meeting ends with: `no_slot`, or the slot and the findings.
void end_meeting(Flow& flow, std::uint32_t stage, model::StepIndex appointment, Ending& ending);

// ── decide_clocks.cpp ────────────────────────────────────────────────────────────────────────
/// Starts the clocks that an instance owns from its start on; those that run on from the round
/// before are left alone.
void start_clocks(Flow& flow, std::uint32_t instance);
/// Stops all open clocks of an instance.
void stop_clocks(Flow& flow, std::uint32_t instance, bool met, Instant when);
/// Stops those open clocks of an instance that start anew when it is redone; the others run on.
void stop_restarting_clocks(Flow& flow, std::uint32_t instance);
/// Starts and stops clocks of enclosing scopes that count from or to this event of a step.
void clocks_follow_start(Flow& flow, std::uint32_t instance);
void clocks_follow_end(Flow& flow, std::uint32_t instance);
/// A clock's timer came.
void fire_clock(Flow& flow, std::uint32_t clock);
std::optional<Rejection> decide_extend(Flow& flow, const ExtendClock& command, const Principal& by);
/// Lets every clock stand still or run as the open supplement and the open steps that pause want
/// it.
void settle_pauses(Flow& flow);
/// Says that an instance has opened or settled, so that the end of the command looks at the clocks.
void mark_pauses(Flow& flow, std::uint32_t instance);
/// Returns the next point of a running clock: a rung, or the due.
struct ClockPoint {
    calendar::Due due;
    std::uint32_t rung = none;  ///< none: the due itself
};
std::optional<ClockPoint> next_point(const CaseState& state, const ClockState& clock,
                                     const Context& context);
const calendar::Calendar& calendar_of(const Context& context, const model::Clock* clock);

// ── decide_supplement.cpp ────────────────────────────────────────────────────────────────────
/// A step asks for missing papers by its move `supplement`.
void ask_supplement(Flow& flow, std::uint32_t instance, Ending ending, const model::Move& move);
/// Drops the request of an instance that no longer asks.
void drop_request(Flow& flow, std::uint32_t instance);
std::optional<Rejection> decide_supply(Flow& flow, const Supply& command, const Principal& by);
void fire_supplement_window(Flow& flow);
void fire_supplement_limit(Flow& flow);
/// Returns what is wrong with a list of missing items, or an empty text.
Text check_missing(const model::Process& process, const std::vector<MissingItem>& missing);
/// Whether a step has an outcome that asks the applicant for missing papers.
bool may_ask_for_papers(const model::Step& step);
/// Returns missing papers as problems of an application.
std::vector<model::Problem> missing_problems(const model::Process& process,
                                             const std::vector<std::string>& missing);

// ── decide_calls.cpp ─────────────────────────────────────────────────────────────────────────
void request_call(Flow& flow, std::uint32_t instance, const model::CallVerb& verb);
void cancel_call(Flow& flow, std::uint32_t instance);
std::optional<Rejection> decide_answer(Flow& flow, const AnswerCall& command, const Principal& by);
std::optional<Rejection> decide_attempt(Flow& flow, const ReportAttempt& command);
std::optional<Rejection> decide_retry(Flow& flow, const RetryIncident& command);
void fire_retry(Flow& flow, std::uint32_t call);
/// Returns the instant to record for a fact that happened elsewhere, within the tolerance.
struct Happened {
    Instant at;
    bool cut = false;
};
Happened happened_at(std::optional<Instant> told, Instant not_before, Instant now);

/// Returns the department that a target names here; empty when a bound item names none.
std::string department_of(const Flow& flow, std::uint32_t instance, const model::Target& target);

// ── decide_undo.cpp: taking back what a case had done ────────────────────────────────────────
/// Notes how the instance would be taken back, from the input that its own call was sent with.
void prepare_undo(Flow& flow, std::uint32_t instance, const std::string& department,
                  const expr::Value& sent);
/// Returns what was done in these steps of a holder and is to be taken back, newest first.
std::vector<std::uint32_t> steps_to_undo(const Flow& flow, std::uint32_t holder,
                                         const std::vector<model::StepIndex>& steps);
/// Takes those back before the step of the holder begins anew.
void undo_before(Flow& flow, std::uint32_t holder, model::StepIndex step,
                 std::vector<std::uint32_t> instances);
/// Whether something is still being taken back, or is to be.
bool is_undoing(const Flow& flow);
/// The case has ended refused or withdrawn: begins to take back what had ended ok.
void begin_undo(Flow& flow);
/// Sends the next call that takes a step back, once the one before is answered or an operator's;
/// closes the case when nothing is left.
void go_on_undoing(Flow& flow);
/// A call that takes a step back was answered.
void end_undo(Flow& flow, const Call& call, const Ending& answer);
/// When silence about a call that takes a step back is told; none once it has been, until an
/// operator has it tried again.
std::optional<TimerDue> undo_due(const CaseState& state, std::uint32_t call,
                                 const Context& context);
/// The department has been silent for that long: reminds it and gives the undoing to an operator.
void fire_undo(Flow& flow, std::uint32_t call);
/// An operator has a refused undoing tried again, by a new call.
void repeat_undo(Flow& flow, std::uint32_t instance);
/// Closes a case that has ended and whose obligations and undoings are over.
void close_if_over(Flow& flow);

// ── decide_lead.cpp: assistants and a lead ───────────────────────────────────────────────────
/// Returns the open stage whose lead the instance is, or none.
std::uint32_t stage_led_by(const Flow& flow, std::uint32_t instance);
/// Returns the result of a lead's decision with what the assistants said.
expr::Value with_opinions(const Flow& flow, std::uint32_t stage, const expr::Value& result);
/// Adds what the assistants said to the input of the lead's call, as far as its operation takes it.
void add_opinions(const Flow& flow, std::uint32_t instance, const model::Operation& operation,
                  expr::Value& input);

// ── decide_bundle.cpp ────────────────────────────────────────────────────────────────────────
/// Adds what a bundle's form says for the item to the input of its run; `with` wins.
void add_from_bundle(const Flow& flow, std::uint32_t instance, expr::Value& input);
/// Hands over what items have granted, as far as the bundle delivers it now that one is settled.
void hand_over_ready(Flow& flow, std::uint32_t settled);
/// Hands over what is left when the case ends, but for what the end takes back.
void hand_over_at_end(Flow& flow, model::EndKind kind);

// ── decide_forward.cpp ───────────────────────────────────────────────────────────────────────
/// Returns to whom the move sends the step now; empty when to nobody.
std::string forward_target(const Flow& flow, std::uint32_t instance, const Ending& ending,
                           const model::Move& move);

// ── decide_sign.cpp: tasks that several people sign ──────────────────────────────────────────
/// Opens a task for each who is to sign, or for the first of them.
void open_signings(Flow& flow, std::uint32_t instance, const model::Sign& sign,
                   const expr::Value& input);
/// Ends the step once its signatures decide it, else lets the next one sign. `last` is the task
/// that was signed now; `missing` what that asks for.
void count_signatures(Flow& flow, std::uint32_t instance, const model::Sign& sign,
                      std::uint32_t last, std::vector<MissingItem> missing);

// ── decide_tasks.cpp ─────────────────────────────────────────────────────────────────────────
void open_task(Flow& flow, std::uint32_t instance, const model::AskVerb& verb);
void cancel_task(Flow& flow, std::uint32_t instance);
std::optional<Rejection> decide_claim(Flow& flow, const ClaimTask& command, const Principal& by);
std::optional<Rejection> decide_claim(Flow& flow, const ClaimCall& command, const Principal& by);
std::optional<Rejection> decide_release(Flow& flow, const ReleaseCall& command,
                                        const Principal& by);
std::optional<Rejection> decide_release(Flow& flow, const ReleaseTask& command,
                                        const Principal& by);
std::optional<Rejection> decide_complete(Flow& flow, const CompleteTask& command,
                                         const Principal& by);

// ── decide_case.cpp ──────────────────────────────────────────────────────────────────────────
std::optional<Rejection> decide_open(Flow& flow, const Command& command, const OpenCase& open);
std::optional<Rejection> decide_withdraw(Flow& flow, const WithdrawCase& command,
                                         const Principal& by);
std::optional<Rejection> decide_signal(Flow& flow, const SignalCase& command);
std::optional<Rejection> decide_recall(Flow& flow);
/// Whether a step that starts with the case may ask for missing papers.
bool intake_may_ask(const model::Process& process);
/// Chooses the end once all top-level steps are settled.
void finish_case(Flow& flow);

}  // namespace countersign::core
