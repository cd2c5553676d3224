// One decision and its rows.

#include "engine/runtime/deciding.hpp"

namespace countersign::runtime {

namespace {

std::uint32_t number_of(const core::CommandBody& body) {
    return std::visit([](const auto& command) { return std::decay_t<decltype(command)>::number; },
                      body);
}

bool is_over(core::CaseStatus status) {
    return status == core::CaseStatus::ended || status == core::CaseStatus::closed;
}

void write_record(Desk& desk, CachedCase& cached, const core::Command& command, core::Draft& draft,
                  const store::Before& before) {
    core::Record record;
    record.sequence = cached.state.sequence + 1;
    record.command_id = command.id;
    record.command_kind = number_of(command.body);
    record.principal = command.by.name;
    record.at = desk.now;
    record.events = draft.take_events();
    cached.state.sequence = record.sequence;
    cached.state.last = record.at;
    store::Batch& rows = desk.batches.rows();
    const std::size_t bytes_before = rows.bytes();
    cached.tail_bytes +=
        store::append_record(rows, cached.state.id, record, cached.head, cached.secret);
    store::add_rows(rows, cached.state, *cached.deployed->process, record.events, before,
                    cached.secret);
    cached.bytes += rows.bytes() - bytes_before;
    ++desk.counts.records;
    if (!is_over(before.status) && is_over(cached.state.status)) {
        ++desk.counts.ended;
        desk.in_flight.leave();
    }
    if (!store::snapshot_due(cached.snapshot_bytes, cached.tail_bytes)) return;
    cached.snapshot_bytes = store::write_snapshot(rows, cached.state, cached.head, cached.secret);
    cached.tail_bytes = 0;
    ++desk.counts.snapshots;
}

/// Looks up the contents that a command names, so that the core can judge them.
core::Contents contents_of(const Desk& desk, const core::CommandBody& body) {
    core::Contents contents;
    if (!desk.contents) return contents;
    core::each_hash_in(body, [&](std::string_view sha256) {
        if (contents.contains(sha256)) return;
        if (auto content = desk.contents(std::string(sha256)))
            contents.emplace(sha256, *std::move(content));
    });
    return contents;
}

}  // namespace

std::variant<CommandDone, core::Rejection> decide_into(Desk& desk, CachedCase& cached,
                                                       const core::Command& command,
                                                       const timer::Timer* fired) {
    ++desk.counts.commands;
    const store::Before before = store::before_of(cached.state);
    const core::Contents contents = contents_of(desk, command.body);
    const core::Context context{desk.now, *cached.deployed->process, desk.calendars, &contents};
    core::Draft draft(cached.state, desk.now);
    auto rejection = core::decide(draft, command, context);
    if (rejection) ++desk.counts.rejections;
    const bool recorded = !draft.events().empty();
    if (recorded) write_record(desk, cached, command, draft, before);
    std::set<core::TimerId> touched = draft.touched();
    if (fired != nullptr)
        touched.insert({static_cast<core::TimerKind>(fired->kind), fired->number});
    const std::uint64_t batch = desk.batches.number();
    const bool moved = desk.timers.file(cached, touched, context, desk.batches.rows(), batch);
    if (fired != nullptr) Timers::drop_stale(*fired, cached, desk.batches.rows());
    if (recorded || moved) {
        cached.batch = batch;
        desk.batches.add(cached.state.id, draft.effects());
    }
    if (rejection) return *std::move(rejection);
    return CommandDone{draft.reply(), cached.state.id, cached.state.sequence};
}

std::optional<DispatchJob> job_of(const CachedCase& cached, const core::DispatchCall& effect,
                                  const core::Context& context) {
    const core::CaseState& state = cached.state;
    const model::Process& process = *cached.deployed->process;
    DispatchJob job;
    if (effect.call.number == 0) {
        if (!state.tells_parent()) return std::nullopt;
        job.view = core::view_of_ended(state, process);
        return job;
    }
    const core::Call& call = state.calls[effect.call.number - 1];
    if (!call.is_to_send() || call.attempt != effect.attempt) return std::nullopt;
    job.view = core::view_of_call(state, process, effect.call.number);
    job.calendar = process.calendar;
    const auto due = core::deadline_of(state, call.instance, context);
    if (due) job.due = due->at;
    for (const model::Clock& clock : process.steps[state.instances[call.instance].step].clocks) {
        if (clock.name != "limit") continue;
        job.unit = clock.within.unit;
        if (!clock.calendar.empty()) job.calendar = clock.calendar;
    }
    return job;
}

namespace {

struct ReportOf {
    const AttemptResult& attempt;

    core::CommandBody operator()(const Answered& answer) const {
        return core::AnswerCall{attempt.call.number, answer.outcome,     answer.result,
                                answer.note,         answer.happened_at, answer.missing};
    }
    core::CommandBody operator()(const Accepted& accepted) const {
        core::ReportAttempt taken = report(core::AttemptOutcome::accepted, {}, {}, {});
        taken.child = accepted.child;
        return taken;
    }
    core::CommandBody operator()(const Failed& failed) const {
        std::optional<std::int64_t> retry_after_ms;
        if (failed.retry_after) retry_after_ms = failed.retry_after->ms;
        return report(core::AttemptOutcome::failed, failed.reason, {}, retry_after_ms);
    }
    core::CommandBody operator()(const Refused& refused) const {
        return report(core::AttemptOutcome::refused, refused.reason, refused.evidence, {});
    }
    core::CommandBody operator()(const AnswerRefused& refused) const {
        return report(core::AttemptOutcome::answer_refused, refused.reason, refused.evidence, {});
    }
    core::ReportAttempt report(core::AttemptOutcome outcome, std::string reason,
                               std::string evidence,
                               std::optional<std::int64_t> retry_after_ms) const {
        return {attempt.call.number, attempt.attempt, outcome,       std::move(reason),
                std::move(evidence), retry_after_ms,  attempt.policy};
    }
};

}  // namespace

core::Command command_of(const AttemptResult& result) {
    core::Command command;
    command.id = result.call.text() + "/" + std::to_string(result.attempt);
    command.case_id = result.call.case_id;
    const bool answered = std::holds_alternative<Answered>(result.result);
    command.by.name = answered ? "department:" + result.department : "engine";
    command.body = std::visit(ReportOf{result}, result.result);
    return command;
}

}  // namespace countersign::runtime
