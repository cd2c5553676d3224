// The script of a test at work: departments answer calls, people complete tasks, and the applicant
// and operators act when their occasion comes.
#include "adapters/rehearsal/play.hpp"

#include "engine/base/text.hpp"

#include <algorithm>
#include <set>

namespace countersign::rehearsal {

namespace {

using definitions::Moment;
using definitions::Occasion;
using definitions::PartyAct;
using definitions::PersonScript;
using definitions::Reply;
using definitions::TestDefinition;

constexpr int days_searched_max = 4'000;
constexpr Duration longest = hours(24 * 3650);

bool counts_dates(calendar::Unit unit) {
    switch (unit) {
        case calendar::Unit::working_day:
        case calendar::Unit::day:
        case calendar::Unit::month:
        case calendar::Unit::year:
            return true;
        case calendar::Unit::working_hour:
        case calendar::Unit::hour:
        case calendar::Unit::minute:
        case calendar::Unit::second:
            return false;
    }
    return false;
}

/// The first working day's `time_of_day` that is not before `from`.
Instant next_time_of_day(std::int64_t time_of_day, Instant from,
                         const calendar::Calendar& calendar) {
    const int offset = calendar::data_of(calendar).offset_minutes;
    Date date = local_time(from, offset).date;
    for (int days = 0; days < days_searched_max; ++days, date = date + 1) {
        const Instant at = instant_of(date, time_of_day, offset);
        if (at >= from && calendar::is_working_day(calendar, date)) return at;
    }
    return from;
}

}  // namespace

Instant moment_after(const Moment& moment, Instant now, const calendar::Calendar& calendar) {
    const int offset = calendar::data_of(calendar).offset_minutes;
    if (moment.at) return std::max(now, definitions::instant_of(*moment.at, offset));
    Instant due = now;
    if (moment.after) due = calendar::due_after(calendar, now, *moment.after).at;
    if (!moment.time_of_day) return due;
    if (!moment.after || !counts_dates(moment.after->unit) || moment.after->count == 0)
        return next_time_of_day(*moment.time_of_day, due, calendar);
    // The last day ends with `due`, which may be the midnight after it.
    const Date last = local_time(due - milliseconds(1), offset).date;
    return std::max(now, instant_of(last, *moment.time_of_day, offset));
}

namespace {

runtime::SendResult fault_of(definitions::TestFault fault) {
    switch (fault) {
        case definitions::TestFault::refuse:
            return runtime::Refused{"HTTP 422", "refused by the test's script"};
        case definitions::TestFault::garbage:
            return runtime::AnswerRefused{"the answer is no JSON", "garbage by the test's script"};
        case definitions::TestFault::error:
        case definitions::TestFault::none:
            break;
    }
    return runtime::Failed{"HTTP 500", {}};
}

std::vector<core::MissingItem> items_of(const std::vector<definitions::MissingThing>& things) {
    std::vector<core::MissingItem> items;
    for (const definitions::MissingThing& thing : things)
        items.push_back({thing.id, thing.reason, false});
    return items;
}

std::vector<core::FieldOverride> overrides_of(const definitions::AcceptedNumbers& accepted) {
    std::vector<core::FieldOverride> overrides;
    for (const auto& [field, reason] : accepted) overrides.push_back({field, reason});
    return overrides;
}

Text text_of(const core::Rejection& rejection) {
    Text text = rejection.message;
    for (const model::Problem& problem : rejection.problems)
        text = format_both("{}; {}: {}", "{}；{}：{}", text, problem.path, problem.message);
    return text;
}

/// The n-th of the rounds' entries, the last for all that follow.
template <class T>
const T& of_round(const std::vector<T>& entries, std::size_t round) {
    return entries[std::min(round, entries.size() - 1)];
}

/// Who acts in a case, and what has been seen of it.
class Script {
  public:
    Script(const TestDefinition& test, World& world, const runtime::DeployedProcess& deployed)
        : test_(test),
          world_(world),
          process_(*deployed.process),
          calendar_(*world.calendars().find(process_.calendar)),
          done_(test.parties.size(), false) {}

    void bind_departments() {
        for (const std::string& id : world_.stage().departments)
            world_.department(id,
                              [this](const runtime::OutboundCall& call) { return answer(call); });
    }
    void follow(const CaseId& id) {
        id_ = id;
        followed_.push_back({id, &process_, 0, 0});
        world_.watch([this] { look(); });
    }
    /// Acts whose occasion never came.
    void miss(std::vector<Mishap>& mishaps) const {
        for (std::size_t i = 0; i < done_.size(); ++i)
            if (!done_[i])
                mishaps.push_back({test_.parties[i].place,
                                   Text{"this was never done: its occasion did not come",
                                        "此行为未发生：其时机没有出现"},
                                   false});
        for (const PersonScript& person : test_.people)
            if (!used_people_.contains(&person))
                mishaps.push_back({person.place,
                                   format_both("`{}` was never asked for `{}`",
                                               "从未请`{}`办理`{}`", person.role, person.step),
                                   false});
    }
    std::vector<Mishap> take_mishaps() { return std::move(mishaps_); }

  private:
    /// A case whose people act.
    struct Followed {
        CaseId id;
        const model::Process* process = nullptr;
        std::size_t tasks = 0;     ///< seen so far
        std::size_t children = 0;  ///< followed so far
    };

    // ── Departments ──
    const definitions::DepartmentScript* script_for(const std::string& department,
                                                    const std::string& operation) const {
        const definitions::DepartmentScript* any = nullptr;
        for (const definitions::DepartmentScript& script : test_.departments) {
            if (script.operation != operation) continue;
            if (script.department == department) return &script;
            if (script.department.empty()) any = &script;
        }
        return any;
    }

    Play answer(const runtime::OutboundCall& call) {
        Play play;
        const auto* script = script_for(call.view.department, call.view.operation);
        const std::string meeting = meeting_of(call.view.operation);
        if (script == nullptr && !meeting.empty()) {
            script = script_for(call.view.department, meeting);
            if (script != nullptr) return offer_slots(script->replies.front(), call);
        }
        // Rounds count for each department: one to whom a step is forwarded begins at its first.
        std::vector<std::uint32_t>& calls = rounds_[call.view.department + " " + call.view.step];
        if (calls.empty() || calls.back() != call.view.id.number)
            calls.push_back(call.view.id.number);
        if (script == nullptr) {
            play.silent = true;
            return play;
        }
        return play_of(of_round(script->replies, calls.size() - 1), call);
    }

    /// "survey" of "survey.slots", or an empty text.
    static std::string meeting_of(const std::string& operation) {
        constexpr std::string_view ending = ".slots";
        return operation.ends_with(ending) ? operation.substr(0, operation.size() - ending.size())
                                           : std::string();
    }

    /// At once: the slots that the script names, or all that are offered.
    Play offer_slots(const Reply& reply, const runtime::OutboundCall& call) const {
        Play play;
        play.silent = reply.silent;
        std::vector<expr::Value> slots;
        if (reply.slots)
            for (const definitions::When& slot : *reply.slots)
                slots.push_back(
                    expr::Value::instant(definitions::instant_of(slot, test_.offset_minutes)));
        const expr::Value* offered = call.view.input.find("slots");
        play.result = runtime::Answered{
            "offered",
            expr::Value::record(
                {{"slots", reply.slots || offered == nullptr ? expr::Value::list(std::move(slots))
                                                             : *offered}}),
            "",
            {},
            {}};
        return play;
    }

    Play play_of(const Reply& reply, const runtime::OutboundCall& call) const {
        const std::uint32_t attempt = call.view.attempt;
        Play play;
        const bool faulty = reply.fault != definitions::TestFault::none &&
                            (reply.fault_attempts == 0 || attempt <= reply.fault_attempts);
        if (faulty) {
            play.result = fault_of(reply.fault);
            return play;
        }
        if (reply.silent) {
            play.silent = true;
            return play;
        }
        runtime::Answered answered{
            reply.outcome, reply.result, reply.note, {}, items_of(reply.missing)};
        if (reply.happened_at)
            answered.happened_at =
                definitions::instant_of(*reply.happened_at, test_.offset_minutes);
        const expr::Value* slot = call.view.input.find("slot");
        const bool at_slot = reply.when.at_slot && slot != nullptr;
        const Instant from = at_slot ? std::max(world_.now(), slot->as_instant()) : world_.now();
        const Instant ready = moment_after(reply.when, from, calendar_);
        if (ready <= world_.now()) {
            play.result = std::move(answered);
        } else {  // accepted, and answered by its callback when the time has come
            play.callback = std::move(answered);
            play.later = ready - world_.now();
        }
        return play;
    }

    // ── What happens in the case ──
    void look() {
        // The watcher runs between steps: the case is at rest.
        for (std::size_t i = 0; i < followed_.size(); ++i) see_people(i);
        const auto seen = world_.visit(id_, [this](const runtime::CaseRead& read) {
            const core::CaseState& state = read.state;
            occur(Occasion::opened, 1);
            for (; notices_ < state.supplement.notices; ++notices_)
                occur(Occasion::notice, notices_ + 1);
            for (; incidents_ < state.incidents.size(); ++incidents_)
                occur(Occasion::incident, static_cast<std::uint32_t>(incidents_) + 1);
            sequence_ = state.sequence;
        });
        if (seen && watches_steps()) see_steps();
    }

    /// Has the people of one case act, and follows the cases that it has opened.
    void see_people(std::size_t index) {
        std::vector<CaseId> opened;
        (void)world_.visit(followed_[index].id, [&](const runtime::CaseRead& read) {
            Followed& seen = followed_[index];
            seen.process = read.deployed.process.get();
            const core::CaseState& state = read.state;
            for (; seen.tasks < state.tasks.size(); ++seen.tasks)
                see_task(seen, state, state.tasks[seen.tasks]);
            for (const core::Call& call : state.calls)
                if (call.child) opened.push_back(*call.child);
        });
        for (; followed_[index].children < opened.size(); ++followed_[index].children)
            followed_.push_back({opened[followed_[index].children], nullptr, 0, 0});
    }

    bool watches_steps() const {
        return std::any_of(test_.parties.begin(), test_.parties.end(), [](const PartyAct& act) {
            return act.occasion == Occasion::step_started || act.occasion == Occasion::step_ended;
        });
    }

    void see_steps() {
        const auto facts = read_facts(world_.store(), id_, process_);
        if (!facts) return;
        for (std::size_t i = 0; i < test_.parties.size(); ++i) {
            const PartyAct& act = test_.parties[i];
            if (done_[i] || act.step.empty()) continue;
            std::uint32_t times = 0;
            for (const auto& [address, rounds] : facts->steps)
                if (is_of(address, act.step))
                    for (const RoundFacts& round : rounds) times += came(act, round) ? 1 : 0;
            if (times >= act.nth) plan(i);
        }
    }

    static bool came(const PartyAct& act, const RoundFacts& round) {
        if (act.occasion == Occasion::step_started) return round.started.has_value();
        if (round.outcome.empty()) return false;
        return act.outcome.empty() ? round.ended.has_value() : round.outcome == act.outcome;
    }

    /// Whether an address is the one named, or of the step that is named by its id alone.
    static bool is_of(const std::string& address, const std::string& named) {
        if (address == named) return true;
        if (named.find_first_of("/[") != std::string::npos) return false;
        const std::size_t slash = address.rfind('/');
        const std::string last = slash == std::string::npos ? address : address.substr(slash + 1);
        return last == named || (last.starts_with(named) && last[named.size()] == '[');
    }

    void occur(Occasion occasion, std::uint32_t nth) {
        for (std::size_t i = 0; i < test_.parties.size(); ++i) {
            const PartyAct& act = test_.parties[i];
            if (!done_[i] && act.occasion == occasion && act.nth == nth) plan(i);
        }
    }

    void plan(std::size_t index) {
        done_[index] = true;
        world_.at(moment_after(test_.parties[index].when, world_.now(), calendar_),
                  [this, index] { perform(test_.parties[index]); });
    }

    // ── Acts ──
    void submit(core::CommandBody body, core::Principal by, const diagnostics::Span& place) {
        submit(id_, std::move(body), std::move(by), place);
    }

    void submit(const CaseId& to, core::CommandBody body, core::Principal by,
                const diagnostics::Span& place) {
        core::Command command{"test/" + std::to_string(++commands_), to, std::move(by),
                              std::move(body)};
        world_.take(to,
                    runtime::CommandMail{
                        std::move(command), [this, place](const runtime::CommandResult& came) {
                            if (const auto* no = std::get_if<core::Rejection>(&came))
                                mishaps_.push_back({place,
                                                    format_both("this was refused: {}",
                                                                "此行为被拒绝：{}", text_of(*no)),
                                                    true});
                        }});
    }

    core::Principal applicant() const { return {"applicant:" + test_.applicant, {"applicant"}}; }

    void perform(const PartyAct& act) {
        const core::Principal by =
            act.by_operator ? core::Principal{"operator", {"operator"}} : applicant();
        if (!act.supply.empty() || !act.fields.empty()) {
            core::Supply supply{act.fields, {}, overrides_of(act.accepted)};
            for (const std::string& id : act.supply) supply.materials.push_back({id, id, "", 0});
            submit(std::move(supply), by, act.place);
        }
        if (act.withdraw) submit(core::WithdrawCase{*act.withdraw}, by, act.place);
        if (!act.signal.empty()) submit(core::SignalCase{act.signal}, by, act.place);
        if (act.retry) retry(by, act.place);
        if (!act.extend_clock.empty())
            submit(core::ExtendClock{act.extend_of, act.extend_clock, act.extend_by,
                                     act.extend_reason},
                   {"person:" + act.extend_as, {act.extend_as}}, act.place);
        if (!act.add_to.empty())
            submit(core::AddItem{act.add_to, act.item},
                   act.add_as == "applicant"
                       ? applicant()
                       : core::Principal{"person:" + act.add_as, {act.add_as}},
                   act.place);
    }

    /// Tries the last incident again that nobody has dealt with yet.
    void retry(const core::Principal& by, const diagnostics::Span& place) {
        if (const std::uint32_t number = last_incident(); number != 0)
            return submit(core::RetryIncident{number}, by, place);
        mishaps_.push_back({place,
                            {"there was no open incident to try again", "没有待处理的异常可以重试"},
                            true});
    }

    std::uint32_t last_incident() {
        std::uint32_t number = 0;
        (void)world_.visit(id_, [&number](const runtime::CaseRead& read) {
            for (const core::Incident& incident : read.state.incidents)
                if (!incident.resolved) number = incident.number;
        });
        return number;
    }

    void see_task(const Followed& seen, const core::CaseState& state, const core::Task& task) {
        const std::string address = plain_address(state, *seen.process, task.instance);
        const std::string& id = seen.process->steps[state.instances[task.instance].step].id;
        const PersonScript* chosen = nullptr;
        for (const PersonScript& script : test_.people) {
            if (script.role != task.role || script.process != seen.process->id) continue;
            if (script.is_address && script.step == address) chosen = &script;
            if (!script.is_address && script.step == id && chosen == nullptr) chosen = &script;
        }
        const std::size_t round =
            task_rounds_[seen.process->id + ":" + task.role + ":" + address]++;
        if (chosen == nullptr) return;
        used_people_.insert(chosen);
        const definitions::PersonAct& act = of_round(chosen->acts, round);
        const core::Principal who = person_for(act, state, task);
        world_.at(moment_after(act.when, world_.now(), calendar_),
                  [this, &act, who, to = seen.id, number = task.number] {
                      complete(act, to, who, number);
                  });
    }

    /// Who does it: the one named, else the same person of the role; of several who sign one each.
    core::Principal person_for(const definitions::PersonAct& act, const core::CaseState& state,
                               const core::Task& task) const {
        if (task.role == "applicant") return applicant();
        if (!act.by.empty()) return {"person:" + act.by, {task.role}};
        const auto& signing = state.instances[task.instance].signing;
        const auto one = std::find(signing.begin(), signing.end(), task.number);
        const auto place = one - signing.begin();
        const bool first = one == signing.end() || place == 0;
        return {"person:" + task.role + (first ? "" : "-" + std::to_string(place + 1)),
                {task.role}};
    }

    void complete(const definitions::PersonAct& act, const CaseId& to, const core::Principal& by,
                  std::uint32_t number) {
        // A task that was cancelled meanwhile needs nobody.
        bool open = false;
        (void)world_.visit(to, [&open, number](const runtime::CaseRead& read) {
            const core::TaskStatus status = read.state.tasks[number - 1].status;
            open = status == core::TaskStatus::open || status == core::TaskStatus::claimed;
        });
        if (!open) return;
        core::CompleteTask command{number,   act.outcome, act.form,
                                   act.note, {},          items_of(act.missing)};
        submit(to, std::move(command), by, act.place);
    }

    const TestDefinition& test_;
    World& world_;
    const model::Process& process_;
    const calendar::Calendar& calendar_;
    CaseId id_;
    std::vector<bool> done_;                                    ///< of the parties' acts: planned
    std::map<std::string, std::vector<std::uint32_t>> rounds_;  ///< calls by the step's address
    std::map<std::string, std::size_t> task_rounds_;
    std::set<const PersonScript*> used_people_;
    std::vector<Followed> followed_;  ///< the test's case first
    std::uint32_t notices_ = 0;
    std::size_t incidents_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t commands_ = 0;
    std::vector<Mishap> mishaps_;
};

runtime::OpenRequest request_of(const TestDefinition& test) {
    runtime::OpenRequest request;
    request.process = test.process;
    request.applicant = test.applicant;
    request.form = test.form;
    for (const std::string& id : test.materials) request.materials.push_back({id, id, "", 0});
    request.received = test.received;
    request.incomplete = test.incomplete;
    request.overrides = overrides_of(test.accepted);
    request.by = opener_of(request);
    return request;
}

}  // namespace

core::Principal opener_of(const runtime::OpenRequest& request) {
    if (request.received || request.incomplete || !request.overrides.empty())
        return {"operator", {"operator"}};
    return {"applicant:" + request.applicant, {"applicant"}};
}

result<Played> play(const TestDefinition& test, const Stage& stage) {
    Played played;
    played.process = stage.catalog->find(test.process, 0);
    if (played.process == nullptr)
        return failure(ErrorKind::not_found, "there is no process " + test.process);
    WorldOptions options;
    options.start = test.start;
    options.concurrency = 1'000;
    options.contents = every_content;
    played.world = std::make_unique<World>(stage, options);
    Script script(test, *played.world, *played.process);
    script.bind_departments();
    auto opened = played.world->open(request_of(test));
    if (const auto* error = std::get_if<Error>(&opened)) return *error;
    if (auto* rejection = std::get_if<core::Rejection>(&opened)) {
        played.rejection = std::move(*rejection);
        return played;
    }
    played.case_id = std::get<runtime::Opened>(opened).case_id;
    script.follow(*played.case_id);
    const auto ran = played.world->run_to(test.start + longest);
    played.world->watch({});
    if (!ran) return ran.error();
    auto facts = read_facts(played.world->store(), *played.case_id, *played.process->process);
    if (!facts) return facts.error();
    played.facts = std::move(*facts);
    played.mishaps = script.take_mishaps();
    script.miss(played.mishaps);
    const auto* calendar = stage.calendars->find(played.process->process->calendar);
    played.working_days = static_cast<std::uint64_t>(
        calendar::working_days_between(*calendar, test.start, played.facts.last));
    return played;
}

}  // namespace countersign::rehearsal
