// Small pieces of the views: names, clocks, calls.
#include "adapters/http/api/views.hpp"

#include "engine/base/check.hpp"
#include "engine/core/transitions.hpp"
#include "engine/core/words.hpp"

#include <fmt/format.h>

namespace countersign::http {

namespace {

int offset_of(const model::Process& process, const calendar::Calendars& calendars) {
    const calendar::Calendar* found = calendars.find(process.calendar);
    return found == nullptr ? 0 : calendar::data_of(*found).offset_minutes;
}

/// Whether the warning or a later rung has come.
bool warned(const model::Clock& clock, const core::ClockState& state) {
    for (std::uint32_t i = 0; i < state.rungs_done && i < clock.rungs.size(); ++i)
        for (const model::Action& action : clock.rungs[i].actions)
            if (action.kind == model::ActionKind::warn) return true;
    return false;
}

/// The ids of a principal, "person:li for wang" → li, wang; both empty when it is no person.
std::pair<std::string_view, std::string_view> people_of(std::string_view principal) {
    const std::size_t colon = principal.find(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view ids = principal.substr(colon + 1);
    const std::size_t instead = ids.find(" for ");
    if (instead == std::string_view::npos) return {ids, {}};
    return {ids.substr(0, instead), ids.substr(instead + 5)};
}

}  // namespace

Names names_of(const std::vector<definitions::DepartmentDefinition>& departments,
               const deployment::Deployment& deployment) {
    Names names;
    for (const deployment::Department& department : deployment.departments)
        if (std::holds_alternative<deployment::WorklistBinding>(department.binding))
            names.by_hand.insert(department.id);
    for (const deployment::Person& person : deployment.people)
        if (!person.name.empty()) names.people.emplace(person.id, person.name);
    for (const definitions::DepartmentDefinition& department : departments)
        names.departments.emplace(department.id, department.title);
    return names;
}

std::optional<std::uint32_t> turn_holder(const Viewed& viewed, const core::HeldStep& held) {
    const std::string& name = viewed.process.steps[held.step].exclusive;
    for (std::uint32_t i = 0; i < viewed.state.instances.size(); ++i) {
        const core::Instance& instance = viewed.state.instances[i];
        if (instance.is_open() && instance.step != model::none &&
            instance.role != core::InstanceRole::set &&
            viewed.process.steps[instance.step].exclusive == name)
            return i;
    }
    return std::nullopt;
}

Text Names::department(std::string_view id) const {
    const auto found = departments.find(id);
    const bool titled = found != departments.end() && !found->second.empty();
    return titled ? found->second : both(std::string(id), std::string(id));
}

Text Names::role(std::string_view id) const {
    const std::size_t dot = id.find('.');
    if (dot == std::string_view::npos) return core::word_of(id);
    return format_both("{1} of {0}", "{0}{1}", department(id.substr(0, dot)),
                       core::word_of(id.substr(dot + 1)));
}

Text Names::principal(std::string_view name) const {
    constexpr std::string_view kind = "department:";
    if (name.starts_with(kind)) return department(name.substr(kind.size()));
    const auto [who, instead] = people_of(name);
    const auto called = [this](std::string_view id) {
        const auto found = people.find(id);
        return found == people.end() ? both(std::string(id), std::string(id)) : found->second;
    };
    if (!names_person(name)) return core::name_of_principal(name);
    return instead.empty() ? called(who)
                           : format_both("{} for {}", "{}（代{}）", called(who), called(instead));
}

Text Names::applicant(std::string_view text) const {
    const auto found = people.find(text);
    return found == people.end() ? both(std::string(text), std::string(text)) : found->second;
}

bool Names::names_person(std::string_view principal) const {
    const auto [who, instead] = people_of(principal);
    return people.contains(who) || people.contains(instead);
}

Viewed::Viewed(const core::CaseState& case_state, const model::Process& case_process,
               const calendar::Calendars& all, Instant time, const Names& called)
    : state(case_state),
      process(case_process),
      calendars(all),
      now(time),
      names(called),
      offset_minutes(offset_of(case_process, all)) {}

Viewed::Viewed(const runtime::CaseRead& read, const Names& called)
    : Viewed(read.state, *read.deployed.process, read.calendars, read.now, called) {}

Text Viewed::titles(std::uint32_t instance) const {
    const Text titles = core::titles_of(state, process, instance);
    return titles.empty() ? both("the case", "办件") : titles;
}

Text Viewed::department(std::string_view id) const {
    const auto run = core::title_of_run(process, id);
    return run ? *run : names.department(id);
}

std::string Viewed::address(std::uint32_t instance) const {
    return core::address_of(state, process, instance);
}

const core::Call* fetching_all(const Viewed& viewed, const std::vector<std::string>& materials) {
    const core::Call* first = nullptr;
    for (const std::string& id : materials) {
        const core::Call* call = core::fetching_call(viewed.state, viewed.process, id);
        if (call == nullptr) return nullptr;
        if (first == nullptr) first = call;
    }
    return first;
}

ClockView view_of(const Viewed& viewed, const core::ClockState& clock) {
    const core::Context context = viewed.context();
    const model::Clock& defined = core::clock_of(viewed.process, clock.ref);
    ClockView view;
    view.due = core::clock_due(viewed.state, clock, context);
    const std::string& id = defined.calendar.empty() ? viewed.process.calendar : defined.calendar;
    const calendar::Calendar* counted_by = viewed.calendars.find(id);
    if (clock.is_open() && counted_by != nullptr)
        view.remaining =
            calendar::remaining_text(*counted_by, viewed.now, view.due.at, defined.within.unit);
    const bool late = clock.due_passed || (clock.is_open() && view.due.at < viewed.now);
    view.card = late                                         ? "red"
                : clock.status == core::ClockStatus::stopped ? "met"
                : clock.status == core::ClockStatus::paused  ? "paused"
                : warned(defined, clock)                     ? "yellow"
                                                             : "green";
    return view;
}

Text end_title(const Viewed& viewed) {
    CHECK(viewed.state.end.has_value());
    const std::string& name = viewed.state.end->name;
    const model::End* defined = viewed.process.end(name);
    const bool titled = defined != nullptr && !defined->title.empty();
    return titled ? defined->title : core::word_of(name);
}

const core::ClockState* deadline_clock(const Viewed& viewed, std::uint32_t instance) {
    for (const core::ClockState& clock : viewed.state.clocks)
        if (clock.owner == instance && clock.is_open() &&
            core::clock_of(viewed.process, clock.ref).name == "limit")
            return &clock;
    return nullptr;
}

std::optional<Instant> wait_due(const Viewed& viewed, std::uint32_t instance) {
    const auto due =
        core::due_of(viewed.state, {core::TimerKind::wait, instance}, viewed.context());
    if (!due) return std::nullopt;
    return due->at;
}

Text titles_of(const Viewed& viewed, const std::vector<std::string>& materials) {
    Text titles;
    for (const std::string& id : materials) {
        const Text title = core::title_of_item(viewed.process, id);
        titles = titles.empty() ? title : format_both("{}, {}", "{}、{}", titles, title);
    }
    return titles;
}

void write_call(JsonWriter& json, const Viewed& viewed, const core::Call& call) {
    json.begin_object();
    write_call_members(json, viewed, call);
    json.end_object();
}

void write_call_members(JsonWriter& json, const Viewed& viewed, const core::Call& call) {
    json.member("call", viewed.call_id(call.number));
    json.member("case", viewed.state.id.text());
    json.member("process", viewed.process.id);
    json.member("step", viewed.address(call.instance));
    json.member("department", call.department);
    json.member("department_title", viewed.department(call.department));
    json.member("operation", viewed.process.operations[call.operation].name);
    json.member("status", core::name_of(call.status));
    if (!call.claimed_by.empty()) {
        json.member("claimed_by", call.claimed_by);
        json.member("claimed_by_title", viewed.names.principal(call.claimed_by));
    }
    if (call.undoes) json.member("undoes", true);
    json.member_if("runs", viewed.process.operations[call.operation].runs);
    if (call.child) json.member("child", call.child->text());
    json.member("round", call.round);
    if (call.supersedes != 0) json.member("supersedes", viewed.call_id(call.supersedes));
    json.member("attempt", call.attempt);
    json.member("requested", viewed.time(call.requested));
    if (call.accepted) json.member("accepted", viewed.time(*call.accepted));
    if (call.retry_at && call.status == core::CallStatus::retrying)
        json.member("next_attempt", viewed.time(*call.retry_at));
    if (call.due_when_asked) json.member("due_when_asked", viewed.time(*call.due_when_asked));
    const core::ClockState* clock =
        call.is_open() && !call.undoes ? deadline_clock(viewed, call.instance) : nullptr;
    if (clock != nullptr) {
        const ClockView view = view_of(viewed, *clock);
        json.member("due", viewed.time(view.due.at));
        json.member("working_time_left", view.remaining);
        json.member("card", view.card);
    }
    json.member_if("last_error", call.last_error);
    json.member("extra_answers", call.extra_answers);
}

std::string_view name_of(model::OutcomeKind kind) {
    switch (kind) {
        case model::OutcomeKind::ok:
            return "ok";
        case model::OutcomeKind::refusal:
            return "refusal";
        case model::OutcomeKind::supplement:
            return "supplement";
        case model::OutcomeKind::timeout:
            return "timeout";
        case model::OutcomeKind::failure:
            return "failure";
    }
    CHECK(false);
}

std::string_view name_of(model::EndKind kind) {
    switch (kind) {
        case model::EndKind::granted:
            return "granted";
        case model::EndKind::refused:
            return "refused";
        case model::EndKind::withdrawn:
            return "withdrawn";
    }
    CHECK(false);
}

std::string_view name_of(model::ClockKind kind) {
    switch (kind) {
        case model::ClockKind::statutory:
            return "statutory";
        case model::ClockKind::promised:
            return "promised";
        case model::ClockKind::internal:
            return "internal";
    }
    CHECK(false);
}

std::string_view name_of(model::ActionKind kind) {
    switch (kind) {
        case model::ActionKind::warn:
            return "warn";
        case model::ActionKind::remind:
            return "remind";
        case model::ActionKind::escalate:
            return "escalate";
        case model::ActionKind::send:
            return "send";
    }
    CHECK(false);
}

std::string_view name_of(core::SkipReason reason) {
    switch (reason) {
        case core::SkipReason::when_false:
            return "when_false";
        case core::SkipReason::dead_path:
            return "dead_path";
        case core::SkipReason::absent:
            return "absent";
        case core::SkipReason::empty_list:
            return "empty_list";
        case core::SkipReason::not_needed:
            return "not_needed";
    }
    CHECK(false);
}

std::string_view name_of(core::IncidentKind kind) {
    switch (kind) {
        case core::IncidentKind::attempts_exhausted:
            return "attempts_exhausted";
        case core::IncidentKind::answer_refused:
            return "answer_refused";
        case core::IncidentKind::expression_failed:
            return "expression_failed";
        case core::IncidentKind::undo_refused:
            return "undo_refused";
        case core::IncidentKind::undo_overdue:
            return "undo_overdue";
        case core::IncidentKind::refused_by_department:
            return "refused_by_department";
    }
    CHECK(false);
}

std::string_view name_of(core::InstanceRole role) {
    switch (role) {
        case core::InstanceRole::root:
            return "root";
        case core::InstanceRole::after_end:
            return "after_end";
        case core::InstanceRole::single:
            return "single";
        case core::InstanceRole::set:
            return "set";
        case core::InstanceRole::member:
            return "member";
    }
    CHECK(false);
}

std::string_view verb_of(const model::Process& process, const model::Step& step) {
    if (model::runs_process(process, step)) return "run";
    struct Name {
        std::string_view operator()(const model::CallVerb&) const { return "call"; }
        std::string_view operator()(const model::AskVerb&) const { return "ask"; }
        std::string_view operator()(const model::DoVerb&) const { return "do"; }
        std::string_view operator()(const model::DecideVerb&) const { return "decide"; }
        std::string_view operator()(const model::WaitVerb&) const { return "wait"; }
        std::string_view operator()(const model::AppointVerb&) const { return "appoint"; }
    };
    return std::visit(Name{}, step.verb);
}

}  // namespace countersign::http
