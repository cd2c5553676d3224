// Random processes under random commands: after every one the journal replays to the same bytes
// (the lab checks), no join sticks, and when everybody has answered the case is closed.
#include "lab.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

using namespace countersign;
using namespace countersign::core;
using lab::Builder;
using lab::Lab;

namespace {

struct Dice {
    std::mt19937_64 source;
    std::uint32_t roll(std::uint32_t sides) { return static_cast<std::uint32_t>(source() % sides); }
    bool chance(std::uint32_t percent) { return roll(100) < percent; }
};

void fill_scope(Builder& b, Dice& dice, model::ScopeIndex scope, int depth, int& made) {
    std::vector<model::StepIndex> siblings;
    const std::uint32_t count = 1 + dice.roll(4);
    for (std::uint32_t i = 0; i < count; ++i) {
        std::vector<model::StepIndex> needs;
        for (const model::StepIndex sibling : siblings)
            if (dice.chance(40)) needs.push_back(sibling);
        const std::string id = "s" + std::to_string(made++);
        const bool stage = depth < 2 && dice.chance(30);
        const model::StepIndex step = stage             ? b.stage(scope, id, needs)
                                      : dice.chance(30) ? b.ask(scope, id, needs)
                                                        : b.call(scope, id, "dept", needs);
        if (needs.size() > 1 && dice.chance(50)) {
            b.step(step).needs.kind =
                dice.chance(50) ? model::NeedsKind::any : model::NeedsKind::at_least;
            b.step(step).needs.count = 1 + dice.roll(static_cast<std::uint32_t>(needs.size()));
            b.step(step).needs.cancel_rest = dice.chance(50);
        }
        if (scope == 0 && dice.chance(20)) b.step(step).needs.granted = true;
        if (dice.chance(20))
            b.step(step).when = lab::constant(expr::Value::boolean(dice.chance(50)));
        if (dice.chance(30)) {
            const std::vector<std::string> all = {"a", "b", "c"};
            std::vector<std::string> items(all.begin(), all.begin() + dice.roll(4));
            b.each(step, items, static_cast<model::JoinKind>(dice.roll(5)), 1 + dice.roll(3));
            if (b.step(step).each->join == model::JoinKind::percent) b.step(step).each->count *= 33;
            b.step(step).each->cancel_rest = dice.chance(50);
            b.step(step).each->sequence = dice.chance(20);
        }
        // Two names, and never one inside the other, which the compiler refuses.
        if (!stage && dice.chance(25)) b.step(step).exclusive = dice.chance(50) ? "dig" : "room";
        if (!stage && dice.chance(40)) {
            b.limit(step, {1 + dice.roll(5), calendar::Unit::working_day});
            if (dice.chance(50)) b.on(step, "timeout", lab::move(model::MoveKind::continue_));
            else b.step(step).silence.kind = model::SilenceKind::absent;
        }
        if (!stage && dice.chance(30)) {
            model::Move move = lab::move(model::MoveKind::repeat, "", 1 + dice.roll(2));
            move.otherwise = {depth > 0 ? lab::move(model::MoveKind::end_branch, "refused")
                                        : lab::move(model::MoveKind::continue_)};
            b.on(step, "rejected", move);
        }
        if (!stage && dice.chance(30)) {
            model::Move move = lab::move(model::MoveKind::supplement);
            move.otherwise = {lab::move(model::MoveKind::continue_)};
            b.on(step, "incomplete", move);
        }
        if (stage) fill_scope(b, dice, b.inside(step), depth + 1, made);
        siblings.push_back(step);
    }
}

/// A step and all siblings that need it, directly or through others.
std::vector<model::StepIndex> redone_by(const model::Process& process, model::StepIndex step) {
    std::vector<model::StepIndex> redone = {step};
    for (std::size_t i = 0; i < redone.size(); ++i)
        for (const model::StepIndex next : process.steps[redone[i]].dependents)
            if (std::find(redone.begin(), redone.end(), next) == redone.end())
                redone.push_back(next);
    return redone;
}

/// Lets some steps go back to one that comes before them, or before the stage around them.
void add_backs(Builder& b, Dice& dice) {
    for (model::StepIndex step = 0; step < b.process.steps.size(); ++step) {
        if (std::holds_alternative<model::DoVerb>(b.step(step).verb) || !dice.chance(25)) continue;
        model::StepIndex from = step;
        const model::StepIndex stage = b.process.scopes[b.step(step).scope].owner;
        if (stage != none && dice.chance(40)) from = stage;
        const auto& needs = b.step(from).needs.steps;
        if (needs.empty()) continue;
        model::Move move = lab::move(model::MoveKind::back, "", 1 + dice.roll(2));
        move.redone =
            redone_by(b.process, needs[dice.roll(static_cast<std::uint32_t>(needs.size()))]);
        move.otherwise = {lab::move(model::MoveKind::continue_)};
        std::erase_if(b.step(step).on, [](const auto& on) { return on.outcome == "rejected"; });
        b.on(step, "rejected", move);
    }
}

/// What may take a call back; its answers are named like the calls'.
void add_undoing(Builder& b, Dice& dice) {
    model::Operation remove;
    remove.name = "remove";
    remove.input.type = model::FieldType::record;
    remove.output.type = model::FieldType::record;
    remove.outcomes = {{"approved", model::OutcomeKind::ok},
                       {"rejected", model::OutcomeKind::refusal}};
    b.process.operations.push_back(remove);
    const auto undoing = static_cast<std::uint32_t>(b.process.operations.size()) - 1;
    for (model::Step& step : b.process.steps)
        if (std::holds_alternative<model::CallVerb>(step.verb) && dice.chance(40))
            step.undo = model::Undo{{"dept", none, {}}, undoing, {}};
}

/// One random thing that may happen to the case; whether anything was open to happen.
bool anything(Lab& lab, Dice& dice) {
    std::vector<std::uint32_t> calls;
    std::vector<std::uint32_t> tasks;
    for (const Call& call : lab.state().calls)
        if (call.is_open()) calls.push_back(call.number);
    for (const Task& task : lab.state().tasks)
        if (task.status == TaskStatus::open) tasks.push_back(task.number);
    const bool asked = lab.state().supplement.status != SupplementStatus::idle;
    if (calls.empty() && tasks.empty() && !asked) return false;
    const char* outcomes[] = {"approved", "rejected", "incomplete"};
    const std::string outcome = outcomes[dice.chance(60) ? 0 : dice.roll(3)];
    const std::uint32_t what = dice.roll(10);
    if (what == 0) lab.advance(hours(dice.roll(60)));
    if (dice.chance(3)) lab.tell(WithdrawCase{"changed plans"});
    if (asked && (what < 3 || (calls.empty() && tasks.empty()))) {
        Supply supply;
        supply.materials = {{"plan", "p", "", 0}};
        lab.tell(supply);
    } else if (!calls.empty() && (what < 8 || tasks.empty())) {
        const std::uint32_t call = calls[dice.roll(static_cast<std::uint32_t>(calls.size()))];
        if (lab.state().calls[call - 1].is_open() && dice.chance(15)) {
            ReportAttempt report;
            report.call = call;
            report.attempt = lab.state().calls[call - 1].attempt;
            report.outcome = static_cast<AttemptOutcome>(dice.roll(4));
            lab.tell(report);
        } else {
            AnswerCall answer;
            answer.call = call;
            answer.outcome = outcome;
            answer.result = expr::Value::record({});
            if (outcome == "incomplete") answer.missing = {{"plan", "", false}};
            lab.tell(answer);
        }
    } else if (!tasks.empty()) {
        CompleteTask complete;
        complete.task = tasks[dice.roll(static_cast<std::uint32_t>(tasks.size()))];
        complete.outcome = outcome;
        complete.form = expr::Value::record({});
        if (outcome == "incomplete") complete.missing = {{"plan", "", false}};
        lab.tell(complete);
    }
    return true;
}

}  // namespace

TEST_CASE("random: whatever happens, replay equals live and every case can reach its end") {
    const char* given = std::getenv("COUNTERSIGN_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    MESSAGE("COUNTERSIGN_SEED=", seed);
    for (std::uint64_t round = 0; round < 400; ++round) {
        CAPTURE(seed);
        CAPTURE(round);
        Dice dice{std::mt19937_64(seed + round)};
        Builder b;
        b.process.supplement = model::Supplement{};
        int made = 0;
        fill_scope(b, dice, 0, 0, made);
        add_undoing(b, dice);
        add_backs(b, dice);
        Lab lab(b.process);
        lab.open();
        int turns = 0;
        while (lab.state().status != CaseStatus::closed && anything(lab, dice))
            REQUIRE(++turns < 3'000);
        if (lab.state().status != CaseStatus::closed) lab.advance(hours(24 * 60));
        INFO(lab.steps());
        REQUIRE(lab.state().status == CaseStatus::closed);
        REQUIRE(timers_of(lab.state(), lab.context()).empty());
    }
}
