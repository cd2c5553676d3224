// The engine: shards on their threads, the committer, and the ways in.

#include "engine/runtime/engine.hpp"

#include "engine/base/check.hpp"
#include "engine/runtime/calendars.hpp"
#include "engine/runtime/catalog.hpp"
#include "engine/runtime/openings.hpp"
#include "engine/runtime/shard_thread.hpp"
#include "engine/store/definitions_store.hpp"
#include "engine/store/queries.hpp"

#include <boost/asio/post.hpp>

#include <atomic>

namespace countersign::runtime {

using boost::asio::any_io_executor;

struct Engine::Inside {
    explicit Inside(EngineConfig given)
        : config(std::move(given)),
          committer(*config.store,
                    [this](unsigned shard, std::uint64_t number) {
                        threads[shard]->committed(number);
                    },
                    [this](const Error& error) { fail(error); }) {}

    void fail(const Error& error);
    result<void> make_shards();
    /// Completes the calendars given by those in the store, and keeps them when they are others.
    result<void> settle_calendars();
    void watch_clock();
    /// Wraps a handler so that it runs on `reply_on`, through a shard's inbox where it can.
    template <class Result>
    std::function<void(Result)> replying(any_io_executor reply_on,
                                         std::function<void(Result)> done);
    std::optional<unsigned> shard_with(const any_io_executor& executor) const;
    unsigned shard_for_opening(const OpenRequest& request, const any_io_executor& reply_on);
    void tell_all(const std::function<Mail()>& make);
    /// Grows the catalog and has it made durable; then all shards and `answer` are told.
    result<void> stage(std::vector<NewProcess> processes, const std::string& document,
                       const std::function<void(result<void>)>& answer);

    EngineConfig config;
    std::atomic<bool> failed{false};
    std::atomic<unsigned> turn{0};
    bool started = false;
    bool stopped = false;
    bool held = false;  ///< of shard 0's thread

    mutable std::mutex catalog_mutex;  // guards the three below
    std::shared_ptr<const calendar::Calendars> calendars;
    std::shared_ptr<const Catalog> catalog;
    Catalog staged;  ///< with what is being made durable

    // The committer calls the threads, the threads feed the committer: both end before either goes.
    std::vector<std::unique_ptr<ShardThread>> threads;
    Committer committer;
    std::optional<boost::asio::steady_timer> watch;  ///< on shard 0's thread, gone before it
};

void Engine::Inside::fail(const Error& error) {
    if (failed.exchange(true)) return;
    if (config.on_failure) config.on_failure(error);
}

result<void> Engine::Inside::settle_calendars() {
    const auto stored = stored_calendars(*config.store);
    if (!stored) return stored.error();
    calendars = std::make_shared<const calendar::Calendars>(
        completed(std::move(config.calendars), *stored));
    for (const auto& deployed : catalog->all())
        for (const std::string& id : deployed->calendars)
            if (calendars->find(id) == nullptr)
                return failure(
                    ErrorKind::invalid,
                    format_both(
                        "process {} counts by the calendar {}, which is not in the deployment",
                        "事项 {} 按工作日历 {} 计时，但部署中没有该日历", deployed->ref.id, id));
    if (same_tables(*calendars, *stored)) return {};
    store::Batch rows;
    put_calendars(rows, *calendars);
    const auto written = config.store->commit(rows);
    if (!written) return written.error();
    return {};
}

result<void> Engine::Inside::make_shards() {
    const auto stamp = store::last_stamp(*config.store);
    if (!stamp) return stamp.error();
    const auto settled = settle_calendars();
    if (!settled) return settled.error();
    // Counted once; from then on the number is kept.
    const auto open = config.cases_in_flight_max == 0 ? result<std::uint64_t>(std::uint64_t{0})
                                                      : store::count_open_cases(*config.store);
    if (!open) return open.error();
    const auto in_flight = std::make_shared<InFlight>(config.cases_in_flight_max, *open);
    for (unsigned index = 0; index < config.shards; ++index)
        threads.push_back(std::make_unique<ShardThread>(
            committer, *config.clock, [this](const Error& error) { fail(error); }));
    for (unsigned index = 0; index < config.shards; ++index) {
        ShardConfig shard;
        shard.index = index;
        shard.shards = config.shards;
        shard.store = config.store;
        shard.clock = config.clock;
        shard.floor = stamp->value_or(Instant{});
        shard.catalog = catalog;
        shard.calendars = calendars;
        shard.departments = config.departments;
        shard.callback_url = config.callback_url;
        shard.contents = config.contents;
        shard.in_flight = in_flight;
        shard.note = config.note;
        threads[index]->make(std::move(shard), threads);
    }
    return {};
}

void Engine::Inside::watch_clock() {
    watch->expires_after(std::chrono::seconds(1));
    watch->async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        const ClockHealth health = config.clock->check();
        if (health.held != held) {
            held = health.held;
            if (config.note)
                config.note(held ? "wall time departed from case time: timers are held until an "
                                   "operator accepts it"
                                 : "wall time agrees with case time: timers run again");
            for (auto& thread : threads)
                thread->deliver(std::function<void()>([one = thread.get(), now_held = held] {
                    one->shard().hold_timers(now_held);
                }));
        }
        watch_clock();
    });
}

std::optional<unsigned> Engine::Inside::shard_with(const any_io_executor& executor) const {
    for (unsigned i = 0; i < threads.size(); ++i)
        if (executor == any_io_executor(threads[i]->executor())) return i;
    return std::nullopt;
}

template <class Result>
std::function<void(Result)> Engine::Inside::replying(any_io_executor reply_on,
                                                     std::function<void(Result)> done) {
    if (!done) return done;
    const auto home = shard_with(reply_on);
    if (!home)
        return [reply_on, done = std::move(done)](Result result) {
            boost::asio::post(reply_on, [done, result = std::move(result)] { done(result); });
        };
    return [thread = threads[*home].get(), done = std::move(done)](Result result) {
        if (thread->is_here()) return done(std::move(result));
        thread->deliver(std::function<void()>(
            [done, result = std::move(result)] { done(result); }));
    };
}

unsigned Engine::Inside::shard_for_opening(const OpenRequest& request,
                                           const any_io_executor& reply_on) {
    if (!request.key.empty())
        return shard_of_partition(store::idempotency_partition(request.by.name, request.key),
                                  config.shards);
    const auto home = shard_with(reply_on);
    return home ? *home : turn++ % config.shards;
}

result<void> Engine::Inside::stage(std::vector<NewProcess> processes, const std::string& document,
                                   const std::function<void(result<void>)>& answer) {
    const std::lock_guard lock(catalog_mutex);
    Catalog grown = staged;
    store::Batch rows;
    for (NewProcess& one : processes) {
        const auto added = runtime::deploy(grown, rows, std::move(one.process), one.source);
        if (!added) return added.error();
    }
    if (!document.empty()) store::put_deployment(rows, document);
    staged = grown;
    const auto next = std::make_shared<const Catalog>(std::move(grown));
    // Taken under the lock, so that catalogs become known in the order in which they grew.
    committer.take(std::move(rows), [this, next, answer](result<void> written) {
        if (!written) return answer(written);
        {
            const std::lock_guard inner(catalog_mutex);
            catalog = next;
        }
        tell_all([next] { return CatalogMail{next}; });
        answer(written);
    });
    return {};
}

void Engine::Inside::tell_all(const std::function<Mail()>& make) {
    for (auto& thread : threads) thread->deliver(make());
}

// ── The face ─────────────────────────────────────────────────────────────────────────────────
Engine::Engine(EngineConfig config) : inside_(std::make_unique<Inside>(std::move(config))) {}

Engine::~Engine() { stop(); }

result<std::unique_ptr<Engine>> Engine::make(EngineConfig config) {
    CHECK(config.store != nullptr && config.clock != nullptr);
    CHECK(config.shards >= 1 && config.shards <= partitions);
    auto catalog = load_catalog(*config.store);
    if (!catalog) return catalog.error();
    std::unique_ptr<Engine> engine(new Engine(std::move(config)));
    engine->inside_->staged = *catalog;
    engine->inside_->catalog = std::make_shared<const Catalog>(*std::move(catalog));
    const auto made = engine->inside_->make_shards();
    if (!made) return made.error();
    return engine;
}

result<void> Engine::start() {
    Inside& in = *inside_;
    CHECK(!in.started);
    in.started = true;
    in.committer.start();
    in.watch.emplace(in.threads[0]->executor());
    in.watch_clock();
    for (auto& thread : in.threads) thread->start();
    return {};
}

void Engine::stop() {
    Inside& in = *inside_;
    if (!in.started || in.stopped) return;
    in.stopped = true;
    if (!in.failed) {
        constexpr std::chrono::seconds patience{10};
        const auto until = std::chrono::steady_clock::now() + patience;
        std::vector<std::future<void>> drained;
        for (auto& thread : in.threads) drained.push_back(thread->drain());
        // A disk that hangs must not hang the stop: what is not durable was not promised.
        for (auto& one : drained) one.wait_until(until);
    }
    for (auto& thread : in.threads) thread->stop();
    in.committer.stop();
}

unsigned Engine::shards() const { return inside_->config.shards; }

any_io_executor Engine::executor(unsigned shard) { return inside_->threads[shard]->executor(); }

unsigned Engine::shard_of(const CaseId& id) const {
    return shard_of_partition(id.partition, inside_->config.shards);
}

void Engine::deploy(std::vector<NewProcess> processes, any_io_executor reply_on,
                    std::function<void(result<void>)> done, std::string document) {
    Inside& in = *inside_;
    auto answer = in.replying<result<void>>(std::move(reply_on), std::move(done));
    const auto staged = in.stage(std::move(processes), document, answer);
    // Outside the lock: the handler may ask for processes.
    if (!staged) answer(staged.error());
}

void Engine::change_calendars(calendar::Calendars calendars) {
    Inside& in = *inside_;
    const std::lock_guard lock(in.catalog_mutex);
    const auto next = std::make_shared<const calendar::Calendars>(
        completed(std::move(calendars), *in.calendars));
    if (same_tables(*next, *in.calendars)) return;
    in.calendars = next;
    store::Batch rows;
    put_calendars(rows, *next);
    in.committer.take(std::move(rows), [&in, next](const result<void>& written) {
        if (written) in.tell_all([next] { return CalendarsMail{next}; });
    });
}

std::shared_ptr<const calendar::Calendars> Engine::calendars() const {
    const std::lock_guard lock(inside_->catalog_mutex);
    return inside_->calendars;
}

std::shared_ptr<const DeployedProcess> Engine::process(std::string_view id,
                                                       std::uint32_t version) const {
    const std::lock_guard lock(inside_->catalog_mutex);
    return inside_->catalog->find(id, version);
}

std::shared_ptr<const DeployedProcess> Engine::process_of_hash(const std::string& hash) const {
    const std::lock_guard lock(inside_->catalog_mutex);
    return inside_->catalog->of_hash(hash);
}

std::vector<std::shared_ptr<const DeployedProcess>> Engine::processes() const {
    const std::lock_guard lock(inside_->catalog_mutex);
    return inside_->catalog->all();
}

void Engine::open_case(OpenRequest request, any_io_executor reply_on, OpenHandler done) {
    Inside& in = *inside_;
    const unsigned shard = in.shard_for_opening(request, reply_on);
    auto answer = in.replying<OpenResult>(std::move(reply_on), std::move(done));
    in.threads[shard]->deliver(Mail(OpenMail{std::move(request), std::move(answer)}));
}

void Engine::submit(core::Command command, any_io_executor reply_on, CommandHandler done) {
    Inside& in = *inside_;
    const unsigned shard = shard_of(command.case_id);
    auto answer = in.replying<CommandResult>(std::move(reply_on), std::move(done));
    in.threads[shard]->deliver(Mail(CommandMail{std::move(command), std::move(answer)}));
}

void Engine::visit_case(const CaseId& id, CaseVisitor visitor) {
    inside_->threads[shard_of(id)]->deliver(Mail(VisitMail{id, std::move(visitor)}));
}

void Engine::visit_ended(const CaseId& id, std::chrono::milliseconds at_most,
                         CaseVisitor visitor) {
    inside_->threads[shard_of(id)]->deliver(
        Mail(EndedMail{id, machine_time() + at_most, std::move(visitor)}));
}

store::Store& Engine::store() { return *inside_->config.store; }

Clock& Engine::clock() { return *inside_->config.clock; }

EngineMetrics Engine::metrics() const {
    EngineMetrics metrics;
    for (const auto& thread : inside_->threads) {
        ShardThread::Published published = thread->published();
        metrics.shards += published.shard;
        std::move(published.departments.begin(), published.departments.end(),
                  std::back_inserter(metrics.departments));
    }
    metrics.commits = inside_->committer.commits();
    metrics.commit_bytes = inside_->committer.bytes();
    metrics.clock = inside_->config.clock->check();
    return metrics;
}

void Engine::accept_wall_time() {
    inside_->config.clock->accept_wall_time();
    for (auto& thread : inside_->threads)
        thread->deliver(std::function<void()>([one = thread.get()] {
            one->shard().hold_timers(false);
        }));
}

}  // namespace countersign::runtime
