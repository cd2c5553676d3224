// The world's clockwork.
#include "adapters/rehearsal/world.hpp"

#include "engine/runtime/calendars.hpp"
#include "engine/runtime/committer.hpp"
#include "engine/store/queries.hpp"

#include <algorithm>

namespace countersign::rehearsal {

using runtime::Mail;

namespace {

/// Steps without a pause, and jumps, after which a world is given up: far more than any case takes.
constexpr int steps_at_once_max = 100'000;
constexpr int jumps_max = 1'000'000;

}  // namespace

// ── The stage ────────────────────────────────────────────────────────────────────────────────
calendar::Calendars calendars_of(const definitions::Deployable& set) {
    calendar::Calendars calendars;
    for (const calendar::CalendarData& data : set.calendars)
        calendars.by_id[data.id] = calendar::make_calendar(data);
    return calendars;
}

result<Stage> make_stage(const definitions::Deployable& set, std::string_view usual_calendar) {
    runtime::Catalog catalog;
    store::Batch rows;
    for (std::size_t i = 0; i < set.processes.size(); ++i) {
        const auto deployed = runtime::deploy(catalog, rows, set.processes[i], set.sources[i]);
        if (!deployed) return deployed.error();
    }
    auto store = store::make_memory_store();
    if (const auto committed = store->commit(rows); !committed) return committed.error();
    calendar::Calendars calendars = calendars_of(set);
    if (const auto usual = calendars.by_id.find(usual_calendar); usual != calendars.by_id.end())
        calendars.by_id[""] = usual->second;
    Stage stage;
    stage.catalog = std::make_shared<const runtime::Catalog>(std::move(catalog));
    stage.calendars =
        std::make_shared<const calendar::Calendars>(runtime::completed(std::move(calendars), {}));
    for (const definitions::DepartmentDefinition& one : set.departments)
        stage.departments.push_back(one.id);
    stage.names = http::names_of(set.departments);
    stage.store = std::move(store);
    return stage;
}

std::optional<core::Content> every_content(const std::string&) { return core::Content{1, {}}; }

// ── The played department ────────────────────────────────────────────────────────────────────
class World::Played final : public runtime::Adapter {
  public:
    Played(World& world, std::string id) : world_(world), id_(std::move(id)) {}

    void send(const runtime::OutboundCall& call, runtime::Completion done) override {
        world_.seen_.push_back({world_.now(), id_, call});
        const auto behaviour = world_.behaviours_.find(id_);
        if (behaviour == world_.behaviours_.end()) return;
        const Play play = behaviour->second(call);
        if (play.silent) return;
        const Instant ready = world_.now() + play.after;
        world_.at(ready, [done = std::move(done), result = play.result] { done(result); });
        if (play.callback) call_back(call.view.id, *play.callback, ready + play.later);
    }

    void cancel(const runtime::CancelNotice& notice) override {
        world_.cancelled_.push_back(notice.call);
    }

  private:
    void call_back(const CallId& call, const runtime::Answered& said, Instant when) {
        core::AnswerCall answer{call.number, said.outcome,     said.result,
                                said.note,   said.happened_at, said.missing};
        core::Command command{
            call.text() + "/callback", call.case_id, {"department:" + id_, {}}, std::move(answer)};
        world_.at(when, [world = &world_, command = std::move(command)] {
            world->take(command.case_id, runtime::CommandMail{command, {}});
        });
    }

    World& world_;
    std::string id_;
};

// ── The world ────────────────────────────────────────────────────────────────────────────────
World::World(Stage stage, WorldOptions options)
    : clock_(options.start),
      options_(std::move(options)),
      stage_(std::move(stage)),
      store_(store::clone(*stage_.store)) {
    if (const auto made = make_shards(options_.shards); !made) broken_ = made.error();
}

World::~World() = default;

void World::department(const std::string& id, Behaviour behaviour) {
    behaviours_[id] = std::move(behaviour);
}

result<void> World::forget_department(const std::string& id) {
    forgotten_ = id;
    return restart();
}

void World::at(Instant when, std::function<void()> happens) {
    planned_.emplace(std::max(when, now()), std::move(happens));
}

runtime::ShardConfig World::shard_config(unsigned index, unsigned shards, Instant floor) {
    runtime::ShardConfig config;
    config.index = index;
    config.shards = shards;
    config.store = store_.get();
    config.clock = &clock_;
    config.floor = floor;
    config.catalog = stage_.catalog;
    config.calendars = stage_.calendars;
    for (const std::string& id : stage_.departments) {
        if (id == forgotten_) continue;
        runtime::DepartmentConfig department;
        department.id = id;
        department.concurrency = options_.concurrency;
        department.rate_per_second = options_.rate_per_second;
        department.retry = options_.retry;
        department.breaker_failures = options_.breaker_failures;
        department.adapter = [this, id](const boost::asio::any_io_executor&) {
            return std::make_unique<Played>(*this, id);
        };
        config.departments.push_back(std::move(department));
    }
    config.real_now = [this] { return std::chrono::milliseconds(clock_.now().ms); };
    config.route = [this](unsigned shard, Mail mail) {
        routed_.emplace_back(shard, std::move(mail));
    };
    config.contents = options_.contents;
    config.note = [this](const std::string& text) {
        if (options_.note) options_.note(text);
    };
    config.cases_cached_max = options_.cases_cached_max;
    config.timers_in_window_max = options_.timers_in_window_max;
    config.dispatch_queue_max = options_.dispatch_queue_max;
    config.mailbox_max = options_.mailbox_max;
    return config;
}

result<void> World::make_shards(unsigned shards) {
    const auto stamp = store::last_stamp(*store_);
    if (!stamp) return stamp.error();
    for (unsigned index = 0; index < shards; ++index)
        shards_.push_back(std::make_unique<runtime::Shard>(
            shard_config(index, shards, stamp->value_or(Instant{}))));
    return {};
}

result<void> World::restart(unsigned shards) {
    const auto count = static_cast<unsigned>(shards_.size());
    shards_.clear();
    routed_.clear();
    committing_ = true;
    return make_shards(shards == 0 ? count : shards);
}

result<void> World::change_calendars(const calendar::Calendars& calendars, bool told) {
    stage_.calendars = std::make_shared<const calendar::Calendars>(
        runtime::completed(calendars, *stage_.calendars));
    store::Batch rows;
    runtime::put_calendars(rows, *stage_.calendars);
    if (const auto committed = store_->commit(rows); !committed) return committed.error();
    if (!told) return {};
    for (auto& shard : shards_) shard->take(runtime::CalendarsMail{stage_.calendars});
    return settle();
}

// ── Steps ────────────────────────────────────────────────────────────────────────────────────
result<bool> World::step_one(unsigned index, std::vector<runtime::SealedBatch>& sealed) {
    auto step = shards_[index]->step();
    if (!step) return step.error();
    if (step->next_timer && (!next_timer_ || *step->next_timer < *next_timer_))
        next_timer_ = step->next_timer;
    if (step->next_wake && (!next_wake_ || *step->next_wake < *next_wake_))
        next_wake_ = step->next_wake;
    if (step->sealed) sealed.push_back(*std::move(step->sealed));
    return step->more;
}

result<void> World::commit(std::vector<runtime::SealedBatch> sealed) {
    std::vector<std::pair<unsigned, std::uint64_t>> numbers;
    for (const runtime::SealedBatch& batch : sealed)
        numbers.emplace_back(batch.shard, batch.number);
    const auto committed = runtime::commit_merged(*store_, sealed);
    if (!committed) return committed.error();
    for (const auto& [shard, number] : numbers) shards_[shard]->committed(number);
    return {};
}

result<bool> World::step_all() {
    std::vector<runtime::SealedBatch> sealed;
    bool more = false;
    next_timer_.reset();
    next_wake_.reset();
    for (unsigned index = 0; index < shards_.size(); ++index) {
        const auto stepped = step_one(index, sealed);
        if (!stepped) return stepped.error();
        more |= *stepped;
    }
    if (committing_ && !sealed.empty()) {
        if (const auto committed = commit(std::move(sealed)); !committed) return committed.error();
        more = true;
    }
    std::vector<std::pair<unsigned, Mail>> routed;
    routed.swap(routed_);
    more |= !routed.empty();
    for (auto& [shard, mail] : routed) shards_[shard]->take(std::move(mail));
    return more;
}

result<void> World::settle() {
    if (broken_) return *broken_;
    for (int steps = 0; steps < steps_at_once_max; ++steps) {
        if (++steps_ == options_.restart_at_step)
            if (const auto restarted = restart(); !restarted) return restarted.error();
        const auto more = step_all();
        if (!more) return more.error();
        if (!*more) return {};
    }
    return failure(ErrorKind::invalid,
                   "there is always something left to do at " + rfc3339(now(), 480));
}

std::optional<Instant> World::next_happening() const {
    std::optional<Instant> next = next_timer_;
    if (!planned_.empty() && (!next || planned_.begin()->first < *next))
        next = planned_.begin()->first;
    if (next_wake_) {
        // A world's real time is case time, to the millisecond.
        const std::int64_t ns = next_wake_->count();
        const Instant wake{(ns + 999'999) / 1'000'000};
        if (!next || wake < *next) next = wake;
    }
    return next;
}

result<void> World::run_to(Instant until) {
    for (int jumps = 0; jumps < jumps_max; ++jumps) {
        if (const auto settled = settle(); !settled) return settled.error();
        if (watcher_) watcher_();
        const auto next = next_happening();
        if (!next || *next > until) return {};
        if (*next > now()) clock_.set(*next);
        while (!planned_.empty() && planned_.begin()->first <= now()) {
            auto first = planned_.extract(planned_.begin());
            first.mapped()();
        }
    }
    return failure(ErrorKind::invalid, "time does not move on from " + rfc3339(now(), 480));
}

result<void> World::pass_until(Instant until) {
    if (const auto ran = run_to(until); !ran) return ran.error();
    if (until > now()) clock_.set(until);
    return settle();
}

// ── Commands ─────────────────────────────────────────────────────────────────────────────────
void World::take(const CaseId& id, Mail mail) {
    const auto count = static_cast<unsigned>(shards_.size());
    shards_[runtime::shard_of_partition(id.partition, count)]->take(std::move(mail));
}

runtime::OpenResult World::open(runtime::OpenRequest request) {
    if (broken_) return *broken_;
    const auto count = static_cast<unsigned>(shards_.size());
    const unsigned shard =
        request.key.empty()
            ? static_cast<unsigned>(cases_.size()) % count
            : runtime::shard_of_partition(
                  store::idempotency_partition(request.by.name, request.key), count);
    std::optional<runtime::OpenResult> came;
    shards_[shard]->take(runtime::OpenMail{
        std::move(request), [&came](runtime::OpenResult result) { came = std::move(result); }});
    if (const auto settled = settle(); !settled) return settled.error();
    if (!came) return failure(ErrorKind::unavailable, "nobody answered to the opening of a case");
    if (const auto* opened = std::get_if<runtime::Opened>(&*came))
        if (!opened->existing) cases_.push_back(opened->case_id);
    return *std::move(came);
}

runtime::CommandResult World::submit(core::Command command) {
    if (broken_) return *broken_;
    std::optional<runtime::CommandResult> came;
    const CaseId id = command.case_id;
    take(id, runtime::CommandMail{std::move(command), [&came](runtime::CommandResult result) {
                                      came = std::move(result);
                                  }});
    if (const auto settled = settle(); !settled) return settled.error();
    if (!came) return failure(ErrorKind::unavailable, "nobody answered to a command");
    return *std::move(came);
}

result<void> World::visit(const CaseId& id,
                          const std::function<void(const runtime::CaseRead&)>& look) {
    if (broken_) return *broken_;
    result<void> came = failure(ErrorKind::unavailable, "nobody showed the case");
    take(id, runtime::VisitMail{id, [&](const result<runtime::CaseRead>& read) {
                                    if (read) {
                                        came = result<void>();
                                        look(*read);
                                    } else {
                                        came = read.error();
                                    }
                                    return [] {};
                                }});
    return came;
}

result<core::CaseState> World::state(const CaseId& id) {
    core::CaseState state;
    const auto seen = visit(id, [&](const runtime::CaseRead& read) { state = read.state; });
    if (!seen) return seen.error();
    return state;
}

}  // namespace countersign::rehearsal
