// The test tube: see lab.hpp.
#include "lab.hpp"

#include "engine/core/transitions.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace countersign::core::lab {

using namespace model;

Instant start_of_tests() { return *parse_rfc3339("2026-02-10T10:00+08:00"); }

calendar::Calendars plain_calendars() {
    calendar::CalendarData data;
    data.id = "plain";
    data.version = 1;
    data.week.resize(7);
    for (std::size_t day = 0; day < 5; ++day) data.week[day] = {{9 * 60, 17 * 60}};
    data.notices = {{"unverified", {}, 2026}};
    data.first_year = 2020;
    data.last_year = 2030;
    calendar::Calendars calendars;
    calendars.by_id["plain"] = calendar::make_calendar(std::move(data));
    return calendars;
}

Expression constant(expr::Value value) {
    Expression expression;
    expression.program.text = "constant";
    expression.program.constants = {std::move(value)};
    expression.program.nodes = {expr::Node{}};
    return expression;
}

Move move(MoveKind kind, std::string target, std::uint32_t times) {
    Move made;
    made.kind = kind;
    made.target = std::move(target);
    made.times = times;
    return made;
}

Builder::Builder() {
    process.id = "test";
    process.version = 1;
    process.calendar = "plain";
    process.form.type = FieldType::record;
    Field site;
    site.name = "site";
    site.type = FieldType::text;
    process.form.fields = {site};
    Material plan;
    plan.id = "plan";
    process.materials = {plan};
    Operation review;
    review.name = "review";
    review.input.type = FieldType::record;
    review.output.type = FieldType::record;
    review.outcomes = {{"approved", OutcomeKind::ok}, {"rejected", OutcomeKind::refusal},
                       {"incomplete", OutcomeKind::supplement}};
    process.operations = {review};
    process.scopes.resize(1);
    End granted;
    granted.name = "granted";
    granted.otherwise = true;
    End refused;
    refused.name = "refused";
    refused.kind = EndKind::refused;
    process.ends = {granted, refused};
}

ScopeIndex Builder::add_scope(StepIndex owner) {
    Scope scope;
    scope.owner = owner;
    process.scopes.push_back(scope);
    return static_cast<ScopeIndex>(process.scopes.size() - 1);
}

StepIndex Builder::add(ScopeIndex scope, std::string id, Verb verb, std::vector<StepIndex> needs) {
    const auto index = static_cast<StepIndex>(process.steps.size());
    Step step;
    step.id = std::move(id);
    step.scope = scope;
    step.verb = std::move(verb);
    step.outcomes = {{"done", OutcomeKind::ok}};
    for (const StepIndex need : needs) process.steps[need].dependents.push_back(index);
    step.needs.steps = std::move(needs);
    process.steps.push_back(std::move(step));
    process.scopes[scope].steps.push_back(index);
    return index;
}

StepIndex Builder::call(ScopeIndex scope, std::string id, std::string department,
                        std::vector<StepIndex> needs) {
    CallVerb verb;
    verb.target.department = std::move(department);
    const StepIndex index = add(scope, std::move(id), verb, std::move(needs));
    step(index).outcomes = process.operations[0].outcomes;
    on(index, "rejected", move(MoveKind::continue_));
    return index;
}

StepIndex Builder::ask(ScopeIndex scope, std::string id, std::vector<StepIndex> needs) {
    AskVerb verb;
    verb.role = "hall.clerk";
    verb.form.type = FieldType::record;
    const StepIndex index = add(scope, std::move(id), verb, std::move(needs));
    step(index).outcomes = process.operations[0].outcomes;
    return index;
}

StepIndex Builder::stage(ScopeIndex scope, std::string id, std::vector<StepIndex> needs) {
    const StepIndex index = add(scope, std::move(id), DoVerb{}, std::move(needs));
    step(index).verb = DoVerb{add_scope(index)};
    step(index).outcomes.push_back({"refused", OutcomeKind::refusal});
    return index;
}

ScopeIndex Builder::inside(StepIndex stage) const {
    return std::get<DoVerb>(process.steps[stage].verb).scope;
}

void Builder::each(StepIndex index, std::vector<std::string> items, JoinKind join,
                   std::uint32_t count) {
    std::vector<expr::Value> values;
    for (std::string& item : items) values.push_back(expr::Value::string(std::move(item)));
    Each each;
    each.name = "s";
    each.items = constant(expr::Value::list(std::move(values)));
    each.join = join;
    each.count = count;
    step(index).each = std::move(each);
}

void Builder::on(StepIndex index, std::string outcome, Move made) {
    auto& moves = step(index).on;
    std::erase_if(moves, [&](const OutcomeMove& m) { return m.outcome == outcome; });
    moves.push_back({std::move(outcome), std::move(made)});
}

void Builder::limit(StepIndex index, calendar::Limit within, std::vector<Rung> rungs) {
    Clock clock;
    clock.name = "limit";
    clock.within = within;
    clock.rungs = std::move(rungs);
    step(index).clocks.push_back(std::move(clock));
}

Lab::Lab(Process process)
    : process_(std::move(process)), calendars_(plain_calendars()), now_(start_of_tests()) {}

void Lab::open() {
    OpenCase body;
    body.process = {"test", 1, std::string(32, 'h')};
    body.form = expr::Value::record({});
    REQUIRE_EQ(tell(body), "");
}

std::string Lab::tell_as(std::string name, CommandBody body, std::vector<std::string> roles) {
    Command command;
    command.id = "c" + std::to_string(journal_.size());
    command.case_id = {static_cast<std::uint64_t>(start_of_tests().ms), 7, 1};
    command.by = {std::move(name), std::move(roles)};
    command.body = std::move(body);
    Draft draft(state_, now_);
    // As the shards do: only what this command names is looked up.
    Contents named;
    each_hash_in(command.body, [&](std::string_view sha256) {
        if (const auto found = stored_.find(sha256); found != stored_.end()) named.insert(*found);
    });
    Context with = context();
    with.contents = &named;
    const auto rejection = decide(draft, command, with);
    effects_ = draft.effects();
    last_ = draft.events();
    reply_ = draft.reply();
    if (rejection) {
        CHECK(last_.empty());
        CHECK_FALSE(rejection->message.zh.empty());
        return rejection->message.en;
    }
    if (!last_.empty()) {
        state_.sequence += 1;
        state_.last = now_;
        Record record;
        record.sequence = state_.sequence;
        record.at = now_;
        record.events = draft.take_events();
        journal_.push_back(std::move(record));
    }
    check();
    return {};
}

std::uint32_t Lab::instance(std::string_view address) const {
    const std::uint32_t found = find_instance(state_, process_, address);
    REQUIRE_NE(found, none);
    return found;
}

std::string Lab::answer(std::string_view address, std::string outcome) {
    AnswerCall body;
    body.call = state_.instances[instance(address)].call;
    body.outcome = std::move(outcome);
    body.result = expr::Value::record({});
    if (body.outcome == "incomplete") body.missing = {{"plan", "not legible", false}};
    return tell(body);
}

std::string Lab::complete(std::string_view address, std::string outcome) {
    CompleteTask body;
    body.task = state_.instances[instance(address)].task;
    body.outcome = std::move(outcome);
    body.form = expr::Value::record({});
    if (body.outcome == "incomplete") body.missing = {{"plan", "not legible", false}};
    return tell(body, {"hall.clerk"});
}

void Lab::advance(Duration by) { advance_to(now_ + by); }

void Lab::advance_to(Instant to) {
    for (int fired = 0; fired < 10'000; ++fired) {
        const auto timers = timers_of(state_, context());
        const auto nearest = std::min_element(
            timers.begin(), timers.end(),
            [](const auto& a, const auto& b) { return a.second.at < b.second.at; });
        if (nearest == timers.end() || nearest->second.at > to) break;
        now_ = std::max(now_, nearest->second.at);
        tell(FireTimer{nearest->first}, {});
    }
    now_ = to;
}

std::string Lab::steps() const {
    std::string text;
    for (std::uint32_t i = 1; i < state_.instances.size(); ++i) {
        const Instance& found = state_.instances[i];
        if (found.step == none) continue;
        const bool ended = found.status == StepStatus::ended;
        text += (text.empty() ? "" : " ") + address_of(state_, process_, i) + ":" +
                (ended ? found.outcome : std::string(name_of(found.status))) +
                (found.deemed ? "(deemed)" : "");
    }
    return text;
}

std::vector<std::string> Lab::last() const {
    std::vector<std::string> names;
    for (const Event& event : last_) names.emplace_back(name_of(event));
    return names;
}

/// Replays the journal and recounts what evolve counts.
void Lab::check() const {
    CaseState replayed;
    for (const Record& record : journal_) {
        const auto read = decode<Record>(encode(record));
        REQUIRE(read.has_value());
        evolve(replayed, *read);
    }
    const std::string bytes = encode(state_, state_format);
    REQUIRE(encode(replayed, state_format) == bytes);
    const auto snapshot = decode<CaseState>(bytes, state_format);
    REQUIRE(snapshot.has_value());
    REQUIRE(encode(*snapshot, state_format) == bytes);
    for (std::uint32_t i = 0; i < state_.instances.size(); ++i) {
        std::uint32_t open = 0;
        std::uint32_t settled = 0;
        std::uint32_t ok = 0;
        for (const auto& [key, child] : state_.instances[i].children) {
            const Instance& c = state_.instances[child];
            open += c.is_open() ? 1 : 0;
            settled += c.settled() ? 1 : 0;
            ok += c.status == StepStatus::ended && c.outcome_kind == OutcomeKind::ok ? 1 : 0;
        }
        REQUIRE_EQ(open, state_.instances[i].children_open);
        REQUIRE_EQ(settled, state_.instances[i].children_settled());
        REQUIRE_EQ(ok, state_.instances[i].children_ok);
    }
    std::set<std::string> turns;
    for (const Instance& instance : state_.instances) {
        if (!instance.is_open() || instance.step == none || instance.role == InstanceRole::set)
            continue;
        const std::string& turn = process_.steps[instance.step].exclusive;
        REQUIRE((turn.empty() || turns.insert(turn).second));
    }
    // Whoever still waits for a turn does so because another has it.
    for (const HeldStep& held : state_.held)
        REQUIRE((!held.waits_for_turn() || turns.contains(process_.steps[held.step].exclusive)));
}

}  // namespace countersign::core::lab
