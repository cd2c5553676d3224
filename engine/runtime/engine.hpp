#pragma once
// Engine: the public face of the engine for HTTP, the command line and tests. Threads live here:
// one per shard, one committer. Everything in it may be called from any thread.

#include "engine/runtime/adapter.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/messages.hpp"
#include "engine/store/store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace countersign::runtime {

/// What an engine is made of. `store` and `clock` must outlive it.
struct EngineConfig {
    store::Store* store = nullptr;
    Clock* clock = nullptr;
    unsigned shards = 1;  ///< 1 … partitions
    std::vector<DepartmentConfig> departments;
    calendar::Calendars calendars;
    /// Makes the absolute callback URL of a call, with its capability. May be empty.
    std::function<std::string(const CallId&)> callback_url;
    /// Where papers' contents are looked up.
    ContentLookup contents;
    /// Open cases at most; while there are as many, none is opened (unavailable). 0: any number.
    std::uint64_t cases_in_flight_max = 0;
    /// Called once, from any thread, when the engine cannot go on (a failed commit): the process
    /// should report the message and exit non-zero. Nothing more is written after it.
    std::function<void(const Error&)> on_failure;
    /// Trouble for the log, on any thread; never personal values. May be empty.
    std::function<void(const std::string&)> note;
};

/// Numbers for operators: sums over all shards, read without stopping them.
struct EngineMetrics {
    ShardMetrics shards;
    std::uint64_t commits = 0;       ///< synced writes
    std::uint64_t commit_bytes = 0;
    std::vector<DepartmentMetrics> departments;
    ClockHealth clock;
};

class Engine {
  public:
    /// Nothing runs yet. Fails when stored definitions or meta do not read back.
    static result<std::unique_ptr<Engine>> make(EngineConfig config);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Recovers (last stamp, timer windows, open calls; in time that does not follow the number of
    /// cases) and starts the threads.
    result<void> start();
    /// Stops taking commands, commits what is decided, ends the threads. May be called twice.
    void stop();

    unsigned shards() const;
    /// The executor of a shard's thread: HTTP connections live there. Valid until stop().
    boost::asio::any_io_executor executor(unsigned shard);
    /// The shard that owns a case.
    unsigned shard_of(const CaseId& id) const;

    /// Adds compiled processes: stored, then known to all shards; `done` is called on `reply_on`.
    /// The same process and version with other bytes is a conflict. `source` is the YAML text.
    /// `document`, unless empty, becomes the store's document of what is deployed
    /// (store::current_deployment), with the processes or not at all.
    struct NewProcess {
        model::Process process;
        std::string source;
    };
    void deploy(std::vector<NewProcess> processes, boost::asio::any_io_executor reply_on,
                std::function<void(result<void>)> done, std::string document = {});
    /// Replaces calendars and adds new ones; those that are not named stay in force, since cases
    /// may count by them. Once they are durable every open clock reads right; its timers are
    /// re-filed in bounded slices, across a restart too. Processes that name no calendar count by
    /// that of the empty id.
    void change_calendars(calendar::Calendars calendars);
    /// Returns the calendars in force.
    std::shared_ptr<const calendar::Calendars> calendars() const;

    /// Returns the process of that id and version (0: the latest), or null; with its hash.
    std::shared_ptr<const DeployedProcess> process(std::string_view id,
                                                   std::uint32_t version = 0) const;
    std::shared_ptr<const DeployedProcess> process_of_hash(const std::string& hash) const;
    /// Returns all deployed processes, by id and version.
    std::vector<std::shared_ptr<const DeployedProcess>> processes() const;

    /// Opens a case. `done` runs on `reply_on` once the case is durable; the context of a
    /// `reply_on` that is no shard's must live until stop() has returned. When `reply_on` is the
    /// executor of the shard whose thread the caller is on, nothing crosses threads.
    void open_case(OpenRequest request, boost::asio::any_io_executor reply_on, OpenHandler done);
    /// Has a command decided; `done` runs on `reply_on` once it is durable.
    void submit(core::Command command, boost::asio::any_io_executor reply_on, CommandHandler done);

    /// Shows a case: `visit(const CaseRead&)` runs on the case's shard and returns a T; then
    /// `done(result<T>)` runs on `reply_on` once all that was seen is durable. not_found when there
    /// is no such case.
    template <class Visit, class Done>
    void read_case(const CaseId& id, boost::asio::any_io_executor reply_on, Visit visit,
                   Done done) {
        visit_case(id, make_visitor(std::move(reply_on), std::move(visit), std::move(done)));
    }
    /// The same when the case has ended, or `at_most` (real time) has passed: what comes first.
    template <class Visit, class Done>
    void wait_ended(const CaseId& id, std::chrono::milliseconds at_most,
                    boost::asio::any_io_executor reply_on, Visit visit, Done done) {
        visit_ended(id, at_most,
                    make_visitor(std::move(reply_on), std::move(visit), std::move(done)));
    }

    /// For queries of lists and histories (engine/store/queries.hpp).
    store::Store& store();
    Clock& clock();
    EngineMetrics metrics() const;
    /// An operator's word: see Clock::accept_wall_time.
    void accept_wall_time();

  private:
    explicit Engine(EngineConfig config);
    void visit_case(const CaseId& id, CaseVisitor visitor);
    void visit_ended(const CaseId& id, std::chrono::milliseconds at_most, CaseVisitor visitor);
    template <class Visit, class Done>
    static CaseVisitor make_visitor(boost::asio::any_io_executor reply_on, Visit visit, Done done) {
        return [reply_on, visit = std::move(visit), done = std::move(done)](
                   const result<CaseRead>& read) mutable -> std::function<void()> {
            using T = std::decay_t<decltype(visit(*read))>;
            auto shown = std::make_shared<result<T>>(
                read ? result<T>(visit(*read)) : result<T>(read.error()));
            return [reply_on, shown, done = std::move(done)]() mutable {
                boost::asio::dispatch(reply_on, [shown, done = std::move(done)]() mutable {
                    done(std::move(*shown));
                });
            };
        };
    }

    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace countersign::runtime
