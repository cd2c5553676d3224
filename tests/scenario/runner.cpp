// Short ways to say what happens in a world.

#include "runner.hpp"

#include "definitions/diagnostics/render.hpp"
#include "engine/expr/json.hpp"
#include "engine/store/queries.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace countersign::scenario {

namespace {

expr::Value json(std::string_view text) {
    auto value = expr::from_json(text);
    REQUIRE_MESSAGE(value.has_value(), text);
    return *value;
}

Instant instant(std::string_view text) {
    const auto at = parse_rfc3339(text);
    REQUIRE_MESSAGE(at.has_value(), text);
    return *at;
}

std::vector<core::MissingItem> items(const std::vector<std::string>& ids) {
    std::vector<core::MissingItem> list;
    for (const std::string& id : ids) list.push_back({id, "missing", false});
    return list;
}

definitions::Deployable checked(std::vector<definitions::SourceFile> documents) {
    definitions::Checked result = definitions::check(std::move(documents));
    REQUIRE_MESSAGE(!result.found.has_errors(), diagnostics::render_human(result.found, "en"));
    return std::move(result.deployable);
}

/// Ends the test when the world itself failed.
template <class T>
T sound(result<T> came) {
    REQUIRE_MESSAGE(came.has_value(), came.error().message);
    if constexpr (!std::is_void_v<T>) return *std::move(came);
}

}  // namespace

// ── Plays ────────────────────────────────────────────────────────────────────────────────────
Play answer(std::string outcome, Duration after, std::string_view result) {
    Play play;
    play.result = runtime::Answered{std::move(outcome), json(result), "", {}, {}};
    play.after = after;
    return play;
}

Play ask_for(std::string outcome, std::vector<std::string> missing, Duration after) {
    Play play;
    play.result = runtime::Answered{std::move(outcome), json("{}"), "", {}, items(missing)};
    play.after = after;
    return play;
}

Play fail(std::string reason, Duration after) {
    Play play;
    play.result = runtime::Failed{std::move(reason), {}};
    play.after = after;
    return play;
}

Play refuse(std::string reason) {
    Play play;
    play.result = runtime::Refused{std::move(reason), ""};
    return play;
}

Play garbage(std::string evidence) {
    Play play;
    play.result = runtime::AnswerRefused{"this is no answer", std::move(evidence)};
    return play;
}

Play promise(std::string outcome, Duration later, std::string_view result) {
    Play play;
    play.callback = runtime::Answered{std::move(outcome), json(result), "", {}, {}};
    play.later = later;
    return play;
}

Play silence() {
    Play play;
    play.silent = true;
    return play;
}

Behaviour always(Play play) {
    return [play = std::move(play)](const runtime::OutboundCall&) { return play; };
}

Behaviour in_turn(std::vector<Play> plays) {
    auto next = std::make_shared<std::size_t>(0);
    return [plays = std::move(plays), next](const runtime::OutboundCall&) {
        const std::size_t at = std::min((*next)++, plays.size() - 1);
        return plays[at];
    };
}

// ── The world ────────────────────────────────────────────────────────────────────────────────
World::World(std::vector<definitions::SourceFile> documents, WorldOptions options) {
    rehearsal::WorldOptions given;
    given.shards = options.shards;
    given.start = instant(options.start);
    given.retry = options.retry;
    given.concurrency = options.concurrency;
    given.rate_per_second = options.rate_per_second;
    given.breaker_failures = options.breaker_failures;
    given.cases_cached_max = options.cases_cached_max;
    given.timers_in_window_max = options.timers_in_window_max;
    given.dispatch_queue_max = options.dispatch_queue_max;
    given.mailbox_max = options.mailbox_max;
    given.restart_at_step = options.restart_at_step;
    given.note = [](const std::string& text) { FAIL_CHECK(text); };
    world_ = std::make_unique<rehearsal::World>(
        sound(rehearsal::make_stage(checked(std::move(documents)))), std::move(given));
}

void World::department(const std::string& id, Behaviour behaviour) {
    world_->department(id, std::move(behaviour));
}

void World::forget_department(const std::string& id) { sound(world_->forget_department(id)); }

void World::restart(unsigned shards) { sound(world_->restart(shards)); }

void World::settle() { sound(world_->settle()); }

void World::run() { sound(world_->run_to(now() + hours(24 * 3650))); }

void World::run_until(std::string_view until) { sound(world_->pass_until(instant(until))); }

void World::run_for(Duration by) { sound(world_->pass_until(now() + by)); }

// ── Commands ─────────────────────────────────────────────────────────────────────────────────
runtime::OpenResult World::try_open(runtime::OpenRequest request) {
    return world_->open(std::move(request));
}

CaseId World::open(std::string process, std::string_view form, std::string key,
                   std::vector<core::GivenMaterial> materials) {
    runtime::OpenRequest request;
    request.process = std::move(process);
    request.by = {"clerk:zhao", {"hall.clerk"}};
    request.applicant = "Example Ltd";
    request.form = json(form);
    request.materials = std::move(materials);
    request.key = std::move(key);
    request.fingerprint = form;
    const runtime::OpenResult result = try_open(std::move(request));
    if (const auto* rejection = std::get_if<core::Rejection>(&result)) {
        for (const model::Problem& problem : rejection->problems) MESSAGE(problem.path);
        FAIL(rejection->message.en);
    }
    if (const auto* error = std::get_if<Error>(&result)) FAIL(error->message);
    return std::get<runtime::Opened>(result).case_id;
}

runtime::CommandResult World::submit(const CaseId& id, core::CommandBody body, core::Principal by) {
    return world_->submit(
        {"test/" + std::string(core::name_of(body)), id, std::move(by), std::move(body)});
}

runtime::CommandResult World::complete(const CaseId& id, std::string_view step,
                                       std::string outcome, std::string_view form,
                                       std::vector<std::string> missing) {
    const auto tasks = store::tasks_of(store(), id);
    REQUIRE(tasks.has_value());
    for (const store::TaskListing& task : *tasks) {
        if (task.row.step != step) continue;
        core::CompleteTask command{task.id.number, std::move(outcome), json(form), "", {},
                                   items(missing)};
        return submit(id, std::move(command), {"person:wang", {task.row.role}});
    }
    FAIL("no open task of step " << step << "\n" << timeline(id));
    return failure(ErrorKind::not_found, "no task");
}

void World::withdraw(const CaseId& id) {
    const auto result = submit(id, core::WithdrawCase{"no longer needed"});
    REQUIRE_MESSAGE(std::holds_alternative<runtime::CommandDone>(result), timeline(id));
}

runtime::CommandResult World::supply(const CaseId& id, std::vector<std::string> materials) {
    core::Supply supply;
    for (const std::string& material : materials)
        supply.materials.push_back({material, material + ".pdf", "", 100});
    return submit(id, std::move(supply));
}

runtime::CommandResult World::retry(const CaseId& id) {
    const core::CaseState now_is = state(id);
    for (auto at = now_is.incidents.rbegin(); at != now_is.incidents.rend(); ++at)
        if (!at->resolved) return submit(id, core::RetryIncident{at->number});
    FAIL("no open incident\n" << timeline(id));
    return failure(ErrorKind::not_found, "no incident");
}

void World::change_calendars(const std::vector<definitions::SourceFile>& documents, bool told) {
    sound(world_->change_calendars(rehearsal::calendars_of(checked(documents)), told));
}

std::vector<definitions::SourceFile> files_of(std::string_view folder) {
    auto files = definitions::read_sources({std::string(COUNTERSIGN_SOURCE) + std::string(folder)});
    REQUIRE_MESSAGE(files.has_value(), folder);
    return *std::move(files);
}

std::vector<definitions::SourceFile> with_departments(std::string_view process) {
    std::vector<definitions::SourceFile> files = files_of("tests/scenario/documents");
    for (definitions::SourceFile& calendar : files_of("definitions/library/calendars"))
        files.push_back(std::move(calendar));
    files.push_back({"process.yaml", std::string(process)});
    return files;
}

}  // namespace countersign::scenario
