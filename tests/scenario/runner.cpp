// The world's clockwork.

#include "runner.hpp"

#include "definitions/diagnostics/render.hpp"
#include "engine/expr/json.hpp"
#include "engine/runtime/calendars.hpp"
#include "engine/runtime/committer.hpp"
#include "engine/store/queries.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace countersign::scenario {

using runtime::Mail;
using runtime::RealTime;

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

std::shared_ptr<const calendar::Calendars> calendars_of(const definitions::Deployable& set) {
    auto calendars = std::make_shared<calendar::Calendars>();
    for (const calendar::CalendarData& data : set.calendars)
        calendars->by_id[data.id] = calendar::make_calendar(data);
    return calendars;
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

// ── The scripted department ──────────────────────────────────────────────────────────────────
class World::Scripted final : public runtime::Adapter {
  public:
    Scripted(World& world, std::string id) : world_(world), id_(std::move(id)) {}

    void send(const runtime::OutboundCall& call, runtime::Completion done) override {
        world_.seen_.push_back({world_.now(), id_, call});
        const auto behaviour = world_.behaviours_.find(id_);
        const Play play =
            behaviour == world_.behaviours_.end() ? silence() : behaviour->second(call);
        if (play.silent) return;
        const Instant ready = world_.ready_at(play);
        world_.at(ready, [done = std::move(done), result = play.result] { done(result); });
        if (!play.callback) return;
        core::AnswerCall said{call.view.id.number,
                              play.callback->outcome,
                              play.callback->result,
                              play.callback->note,
                              {},
                              play.callback->missing};
        core::Command command{call.view.id.text() + "/callback",
                              call.view.id.case_id,
                              {"department:" + id_, {}},
                              std::move(said)};
        world_.at(ready + play.later, [world = &world_, command = std::move(command)] {
            world->take(command.case_id, runtime::CommandMail{command, {}});
        });
    }

    void cancel(const runtime::CancelNotice& notice) override {
        world_.cancelled_.push_back(notice.call);
    }

  private:
    World& world_;
    std::string id_;
};

// ── The world ────────────────────────────────────────────────────────────────────────────────
World::World(std::vector<definitions::SourceFile> documents, WorldOptions options)
    : clock_(instant(options.start)),
      options_(std::move(options)),
      store_(store::make_memory_store()) {
    definitions::Deployable set = checked(std::move(documents));
    runtime::Catalog catalog;
    store::Batch rows;
    for (std::size_t i = 0; i < set.processes.size(); ++i)
        REQUIRE(runtime::deploy(catalog, rows, set.processes[i], set.sources[i]).has_value());
    REQUIRE(store_->commit(rows).has_value());
    catalog_ = std::make_shared<const runtime::Catalog>(std::move(catalog));
    calendars_ =
        std::make_shared<const calendar::Calendars>(runtime::completed(*calendars_of(set), {}));
    first_calendar_ = set.processes.at(0).calendar;
    for (const definitions::DepartmentDefinition& one : set.departments)
        department_ids_.push_back(one.id);
    make_shards(options_.shards);
}

World::~World() = default;

void World::department(const std::string& id, Behaviour behaviour) {
    behaviours_[id] = std::move(behaviour);
}

void World::forget_department(const std::string& id) {
    forgotten_ = id;
    restart();
}

void World::make_shards(unsigned shards) {
    const auto stamp = store::last_stamp(*store_);
    REQUIRE(stamp.has_value());
    for (unsigned index = 0; index < shards; ++index) {
        runtime::ShardConfig config;
        config.index = index;
        config.shards = shards;
        config.store = store_.get();
        config.clock = &clock_;
        config.floor = stamp->value_or(Instant{});
        config.catalog = catalog_;
        config.calendars = calendars_;
        for (const std::string& id : department_ids_) {
            if (id == forgotten_) continue;
            runtime::DepartmentConfig department;
            department.id = id;
            department.concurrency = options_.concurrency;
            department.rate_per_second = options_.rate_per_second;
            department.retry = options_.retry;
            department.breaker_failures = options_.breaker_failures;
            department.adapter = [this, id](const boost::asio::any_io_executor&) {
                return std::make_unique<Scripted>(*this, id);
            };
            config.departments.push_back(std::move(department));
        }
        config.real_now = [this] { return std::chrono::milliseconds(clock_.now().ms); };
        config.route = [this](unsigned shard, Mail mail) {
            routed_.emplace_back(shard, std::move(mail));
        };
        config.note = [](const std::string& text) { FAIL_CHECK(text); };
        config.cases_cached_max = options_.cases_cached_max;
        config.timers_in_window_max = options_.timers_in_window_max;
        config.dispatch_queue_max = options_.dispatch_queue_max;
        config.mailbox_max = options_.mailbox_max;
        shards_.push_back(std::make_unique<runtime::Shard>(std::move(config)));
    }
}

void World::restart(unsigned shards) {
    const auto count = static_cast<unsigned>(shards_.size());
    shards_.clear();
    routed_.clear();
    committing_ = true;
    make_shards(shards == 0 ? count : shards);
}

void World::take(const CaseId& id, Mail mail) {
    const auto count = static_cast<unsigned>(shards_.size());
    shards_[runtime::shard_of_partition(id.partition, count)]->take(std::move(mail));
}

void World::at(Instant when, std::function<void()> happens) {
    script_.emplace(when, std::move(happens));
}

Instant World::ready_at(const Play& play) const {
    if (!play.working) return now() + play.after;
    return calendar::due_after(*calendars_->find(first_calendar_), now(), *play.working).at;
}

bool World::step_one(unsigned index, std::vector<runtime::SealedBatch>& sealed) {
    auto step = shards_[index]->step();
    REQUIRE_MESSAGE(step.has_value(), step.error().message);
    if (step->next_timer && (!next_timer_ || *step->next_timer < *next_timer_))
        next_timer_ = step->next_timer;
    if (step->next_wake && (!next_wake_ || *step->next_wake < *next_wake_))
        next_wake_ = step->next_wake;
    if (step->sealed) sealed.push_back(*std::move(step->sealed));
    return step->more;
}

bool World::step_all() {
    std::vector<runtime::SealedBatch> sealed;
    bool more = false;
    next_timer_.reset();
    next_wake_.reset();
    for (unsigned index = 0; index < shards_.size(); ++index) more |= step_one(index, sealed);
    if (committing_ && !sealed.empty()) {
        std::vector<std::pair<unsigned, std::uint64_t>> numbers;
        for (const runtime::SealedBatch& batch : sealed)
            numbers.emplace_back(batch.shard, batch.number);
        const auto committed = runtime::commit_merged(*store_, sealed);
        REQUIRE_MESSAGE(committed.has_value(), committed.error().message);
        for (const auto& [shard, number] : numbers) shards_[shard]->committed(number);
        more = true;
    }
    std::vector<std::pair<unsigned, Mail>> routed;
    routed.swap(routed_);
    more |= !routed.empty();
    for (auto& [shard, mail] : routed) shards_[shard]->take(std::move(mail));
    return more;
}

void World::settle() {
    for (int round = 0; step_all(); ++round) REQUIRE_MESSAGE(round < 100'000, "the world spins");
}

std::optional<Instant> World::next_event() const {
    std::optional<Instant> next = next_timer_;
    if (!script_.empty() && (!next || script_.begin()->first < *next))
        next = script_.begin()->first;
    if (next_wake_) {
        // The virtual machine's real time is case time, to the millisecond.
        const std::int64_t ns = next_wake_->count();
        const Instant wake{(ns + 999'999) / 1'000'000};
        if (!next || wake < *next) next = wake;
    }
    return next;
}

void World::run_to(Instant until) {
    settle();
    for (int round = 0;; ++round) {
        REQUIRE_MESSAGE(round < 1'000'000, "time does not move on");
        const auto next = next_event();
        if (!next || *next > until) break;
        if (*next > now()) clock_.set(*next);
        while (!script_.empty() && script_.begin()->first <= now()) {
            auto first = script_.extract(script_.begin());
            first.mapped()();
        }
        settle();
    }
}

void World::run() { run_to(now() + hours(24 * 3650)); }

void World::run_until(std::string_view until) {
    const Instant end = instant(until);
    run_to(end);
    clock_.set(std::max(end, now()));
    settle();
}

void World::run_for(Duration by) {
    const Instant end = now() + by;
    run_to(end);
    clock_.set(std::max(end, now()));
    settle();
}

// ── Commands ─────────────────────────────────────────────────────────────────────────────────
runtime::OpenResult World::try_open(runtime::OpenRequest request) {
    const auto count = static_cast<unsigned>(shards_.size());
    const unsigned shard =
        request.key.empty()
            ? static_cast<unsigned>(cases_.size()) % count
            : runtime::shard_of_partition(
                  store::idempotency_partition(request.by.name, request.key), count);
    std::optional<runtime::OpenResult> came;
    shards_[shard]->take(runtime::OpenMail{
        std::move(request), [&](runtime::OpenResult result) { came = std::move(result); }});
    settle();
    REQUIRE(came.has_value());
    if (const auto* opened = std::get_if<runtime::Opened>(&*came))
        if (!opened->existing) cases_.push_back(opened->case_id);
    return *came;
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
    std::optional<runtime::CommandResult> came;
    core::Command command{"test/" + std::string(core::name_of(body)), id, std::move(by),
                          std::move(body)};
    take(id, runtime::CommandMail{std::move(command), [&](runtime::CommandResult result) {
                                      came = std::move(result);
                                  }});
    settle();
    REQUIRE(came.has_value());
    return *came;
}

runtime::CommandResult World::complete(const CaseId& id, std::string_view step, std::string outcome,
                                       std::string_view form, std::vector<std::string> missing) {
    const auto tasks = store::tasks_of(*store_, id);
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
    calendars_ = std::make_shared<const calendar::Calendars>(
        runtime::completed(*calendars_of(checked(documents)), *calendars_));
    store::Batch rows;
    runtime::put_calendars(rows, *calendars_);
    REQUIRE(store_->commit(rows).has_value());
    if (!told) return;
    for (auto& shard : shards_) shard->take(runtime::CalendarsMail{calendars_});
    settle();
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
