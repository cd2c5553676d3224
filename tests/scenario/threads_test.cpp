// The real engine: threads, RocksDB in a folder of its own, a department on the shards' executors,
// and a restart in between.

#include "definitions/diagnostics/render.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/store/journal.hpp"
#include "engine/store/queries.hpp"
#include "engine/store/rocks.hpp"
#include "runner.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>

namespace countersign::scenario {

namespace {

constexpr std::string_view process = R"yaml(
process: threaded
version: 1
title: { en: Four reviews, zh: 四项审查 }
calendar: jiading
form:
  address: { type: text, required: true }
  services:
    type: choices
    of: { contract: review, as: { one: a, two: b, three: c, four: d } }
    min: 1
    required: true
steps:
  utility:
    each: { s: form.services }
    call: s.check
    with: { address: =form.address }
    limit: 5wd
    on: { rejected: continue, incomplete: continue }
ends:
  granted: { kind: granted, when: "steps.utility.all(b, b.outcome == 'approved')" }
  refused: { kind: refused, otherwise: true }
)yaml";

/// A folder that is gone at the end.
struct Folder {
    std::string path;
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "scenario-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~Folder() { std::filesystem::remove_all(path); }
};

/// Answers on its executor after a moment; every seventh attempt fails first. Silent while told so.
class Replying final : public runtime::Adapter {
  public:
    Replying(boost::asio::any_io_executor executor, std::atomic<bool>& silent)
        : executor_(std::move(executor)), silent_(silent) {}

    void send(const runtime::OutboundCall& call, runtime::Completion done) override {
        if (silent_) return;
        runtime::SendResult result;
        if (call.view.attempt == 1 && ++count_ % 7 == 0)
            result = runtime::Failed{"try again", {}};
        else
            result = runtime::Answered{"approved", expr::Value::record({}), "", {}, {}};
        auto timer = std::make_shared<boost::asio::steady_timer>(executor_);
        timer->expires_after(std::chrono::microseconds(100 * (count_ % 20)));
        timer->async_wait([timer, done, result](const boost::system::error_code& error) {
            if (!error) done(result);
        });
    }
    void cancel(const runtime::CancelNotice&) override {}

  private:
    boost::asio::any_io_executor executor_;
    std::atomic<bool>& silent_;
    int count_ = 0;
};

/// Counts down to zero.
class Latch {
  public:
    explicit Latch(int left) : left_(left) {}
    void count_down() {
        const std::lock_guard lock(mutex_);
        if (--left_ == 0) done_.notify_all();
    }
    bool wait() {
        std::unique_lock lock(mutex_);
        return done_.wait_for(lock, std::chrono::minutes(3), [this] { return left_ <= 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable done_;
    int left_;
};

struct Running {
    std::unique_ptr<store::Store> store;
    std::unique_ptr<runtime::Clock> clock;
    std::unique_ptr<runtime::Engine> engine;

    Running(const std::string& folder, const definitions::Deployable& set, unsigned shards,
            std::atomic<bool>& silent_d) {
        static std::atomic<bool> speaks{false};
        auto opened = store::open_rocks(folder);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
        store = std::move(*opened);
        clock = runtime::make_system_clock({{}, 1, store::last_stamp(*store)->value_or(Instant{})});
        runtime::EngineConfig config;
        config.store = store.get();
        config.clock = clock.get();
        config.shards = shards;
        for (const char* id : {"a", "b", "c", "d"}) {
            runtime::DepartmentConfig department;
            department.id = id;
            department.retry.first_ms = 5;
            std::atomic<bool>& silent = *id == 'd' ? silent_d : speaks;
            department.adapter = [&silent](boost::asio::any_io_executor executor) {
                return std::make_unique<Replying>(std::move(executor), silent);
            };
            config.departments.push_back(std::move(department));
        }
        for (const calendar::CalendarData& data : set.calendars)
            config.calendars.by_id[data.id] = calendar::make_calendar(data);
        config.on_failure = [](const Error& error) { FAIL_CHECK(error.message); };
        auto made = runtime::Engine::make(std::move(config));
        REQUIRE_MESSAGE(made.has_value(), made.error().message);
        engine = std::move(*made);
        REQUIRE(engine->start().has_value());
    }
    ~Running() { engine->stop(); }
};

runtime::OpenRequest request(int number) {
    runtime::OpenRequest request;
    request.process = "threaded";
    request.by = {"clerk:zhao", {"hall.clerk"}};
    std::vector<expr::Value> services;
    for (const char* one : {"one", "two", "three", "four"})
        services.push_back(expr::Value::string(one));
    request.form = expr::Value::record({{"address", expr::Value::string("Example Road 1")},
                                        {"services", expr::Value::list(services)}});
    if (number % 3 == 0) request.key = "K-" + std::to_string(number);
    request.fingerprint = "f";
    return request;
}

/// Opens cases from threads that are no shard's; returns their ids.
std::vector<CaseId> open_many(runtime::Engine& engine, boost::asio::thread_pool& elsewhere,
                              int first, int count) {
    Latch latch(count);
    std::mutex mutex;
    std::vector<CaseId> ids;
    for (int i = first; i < first + count; ++i) {
        const auto reply_on = i % 2 == 0
                                  ? boost::asio::any_io_executor(elsewhere.get_executor())
                                  : engine.executor(static_cast<unsigned>(i) % engine.shards());
        engine.open_case(request(i), reply_on, [&](runtime::OpenResult result) {
            {
                const std::lock_guard lock(mutex);
                if (const auto* opened = std::get_if<runtime::Opened>(&result))
                    ids.push_back(opened->case_id);
            }
            latch.count_down();
        });
    }
    REQUIRE(latch.wait());
    REQUIRE(ids.size() == static_cast<std::size_t>(count));
    return ids;
}

/// Waits until all have ended; returns how many were granted.
int wait_for_all(runtime::Engine& engine, const std::vector<CaseId>& ids) {
    Latch latch(static_cast<int>(ids.size()));
    std::atomic<int> granted{0};
    for (const CaseId& id : ids)
        engine.wait_ended(
            id, std::chrono::minutes(2), engine.executor(0),
            [](const runtime::CaseRead& read) {
                return read.state.end ? read.state.end->name : std::string();
            },
            [&](result<std::string> end) {
                if (end && *end == "granted") ++granted;
                latch.count_down();
            });
    REQUIRE(latch.wait());
    return granted;
}

}  // namespace

TEST_CASE("threads: 500 cases over two shards, a restart to three, nothing lost, nothing twice") {
    const Folder folder;
    auto checked = definitions::check(with_departments(process));
    REQUIRE_MESSAGE(!checked.found.has_errors(), diagnostics::render_human(checked.found, "en"));
    std::atomic<bool> silent_d{false};
    // Outlives the engines: one may still be inside post() when its handler has run.
    boost::asio::thread_pool elsewhere(2);
    std::vector<CaseId> before;
    std::vector<CaseId> across;
    {
        Running first(folder.path, checked.deployable, 2, silent_d);
        std::promise<result<void>> deployed;
        first.engine->deploy({{checked.deployable.processes[0], checked.deployable.sources[0]}},
                             first.engine->executor(0),
                             [&](result<void> done) { deployed.set_value(std::move(done)); });
        REQUIRE(deployed.get_future().get().has_value());
        before = open_many(*first.engine, elsewhere, 0, 250);
        CHECK(wait_for_all(*first.engine, before) == 250);
        silent_d = true;
        across = open_many(*first.engine, elsewhere, 250, 250);
    }
    silent_d = false;
    {
        Running second(folder.path, checked.deployable, 3, silent_d);
        CHECK(second.engine->process("threaded") != nullptr);
        CHECK(wait_for_all(*second.engine, across) == 250);
        // A key of the first run names its case for ever.
        const std::vector<CaseId> again = open_many(*second.engine, elsewhere, 0, 1);
        CHECK(std::find(before.begin(), before.end(), again[0]) != before.end());
        CHECK(second.engine->metrics().shards.opened == 0);
    }
    auto opened = store::open_rocks(folder.path);
    REQUIRE(opened.has_value());
    const store::ChainReport report = store::verify_all(**opened);
    CHECK(report.ok());
    CHECK(report.cases == 500);
    for (const CaseId& id : across) {
        const auto replayed = store::replay_case(**opened, id);
        REQUIRE(replayed.has_value());
        CHECK(replayed->calls.size() == 4);
        for (const core::Call& call : replayed->calls)
            CHECK(call.status == core::CallStatus::answered);
    }
}

}  // namespace countersign::scenario
