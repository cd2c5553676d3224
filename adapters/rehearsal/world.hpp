#pragma once
// World: the engine in virtual time. Shards are stepped by hand over the store in memory,
// departments are played, and time jumps to the next timer or planned happening: months pass in
// milliseconds. Core, shards, commits and chain are those of production.

#include "adapters/http/api/views.hpp"
#include "definitions/workspace.hpp"
#include "engine/runtime/openings.hpp"
#include "engine/runtime/shard.hpp"
#include "engine/store/journal.hpp"
#include "engine/store/memory.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::rehearsal {

/// What a played department does with one attempt of a call.
struct Play {
    runtime::SendResult result = runtime::Accepted{};
    Duration after;       ///< case time until the result
    bool silent = false;  ///< nothing ever comes
    /// Given as an answer of its own, `later` after the result, as by a callback.
    std::optional<runtime::Answered> callback;
    Duration later;
};
/// Plays one department; called once an attempt, at the moment at which it leaves.
using Behaviour = std::function<Play(const runtime::OutboundCall&)>;

/// What worlds begin with, made once for any number of them. Immutable; copies share.
struct Stage {
    std::shared_ptr<const runtime::Catalog> catalog;
    std::shared_ptr<const calendar::Calendars> calendars;
    std::vector<std::string> departments;
    http::Names names;                          ///< what departments and roles are called
    std::shared_ptr<const store::Store> store;  ///< the processes as they are deployed
};

/// Deploys the processes of a checked set, which must be free of errors. `usual_calendar` is the id
/// of the calendar for processes that name none; empty: Monday to Friday from 9 to 17 at UTC+8.
result<Stage> make_stage(const definitions::Deployable& set, std::string_view usual_calendar = {});

/// Returns the calendars of a set by id.
calendar::Calendars calendars_of(const definitions::Deployable& set);

/// How a world begins.
struct WorldOptions {
    unsigned shards = 1;
    Instant start;
    core::RetryPolicy retry;
    std::uint32_t concurrency = 16;
    double rate_per_second = 0;
    std::uint32_t breaker_failures = 0;
    std::size_t cases_cached_max = 1'000;
    std::size_t timers_in_window_max = 1'000;
    std::size_t dispatch_queue_max = 1'000;
    std::size_t mailbox_max = 1'000;
    std::size_t restart_at_step = 0;  ///< restarts by itself before that step(); 0: never
    runtime::ContentLookup contents;  ///< what is stored of papers; empty: nothing
    std::function<void(const std::string&)> note;  ///< trouble, for whoever watches; may be empty
};

/// Takes every content as stored: for worlds in which nobody uploads any.
std::optional<core::Content> every_content(const std::string& sha256);

/// An attempt as a department saw it.
struct Seen {
    Instant at;
    std::string department;
    runtime::OutboundCall call;
};

/// One thread. Failures are of the store in memory, or of a world in which time stands still;
/// neither should come, and after one nothing may be assumed.
class World {
  public:
    World(Stage stage, WorldOptions options);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// What a department does; without one it never answers. Takes effect with its next call.
    void department(const std::string& id, Behaviour behaviour);
    /// Starts anew with a deployment that does not name this department.
    result<void> forget_department(const std::string& id);
    /// Called whenever everything that could be done at a moment is done.
    void watch(std::function<void()> watcher) { watcher_ = std::move(watcher); }
    /// Plans something for a moment of case time; what lies in the past happens at once.
    void at(Instant when, std::function<void()> happens);

    /// Opens a case and works off what follows from it at once.
    runtime::OpenResult open(runtime::OpenRequest request);
    /// Has a command decided, with what follows from it at once.
    runtime::CommandResult submit(core::Command command);
    /// Gives a case's shard something to do, for the next settle().
    void take(const CaseId& id, runtime::Mail mail);
    /// Shows a case. Fails with not_found.
    result<void> visit(const CaseId& id, const std::function<void(const runtime::CaseRead&)>& look);
    /// Returns a copy of a case's state.
    result<core::CaseState> state(const CaseId& id);

    /// Works off what can be done now.
    result<void> settle();
    /// Settles and jumps from one happening to the next, up to and including `until`; the clock
    /// stays at the last.
    result<void> run_to(Instant until);
    /// The same, and then it is `until`.
    result<void> pass_until(Instant until);
    /// Returns when the next timer or planned happening comes; nothing when none ever will.
    std::optional<Instant> next_happening() const;
    Instant now() const { return clock_.now(); }

    /// Ends all shards without a word, as kill -9 would: what is not durable is gone, attempts
    /// under way are forgotten. Starts `shards` new ones (0: as many) over the same store.
    result<void> restart(unsigned shards = 0);
    /// Decided batches are no longer committed, so that restart() loses them.
    void stop_committing() { committing_ = false; }
    /// Puts other calendars in force; without `told`, the shards learn of them by restart() only.
    result<void> change_calendars(const calendar::Calendars& calendars, bool told = true);

    const std::vector<Seen>& seen() const { return seen_; }
    const std::vector<CallId>& cancelled() const { return cancelled_; }
    const std::vector<CaseId>& cases() const { return cases_; }
    /// How often all shards have made a step: what restart_at_step counts.
    std::size_t steps() const { return steps_; }
    const Stage& stage() const { return stage_; }
    const calendar::Calendars& calendars() const { return *stage_.calendars; }
    store::Store& store() { return *store_; }
    runtime::Shard& shard(unsigned index) { return *shards_[index]; }
    runtime::ManualClock& clock() { return clock_; }

  private:
    class Played;
    result<void> make_shards(unsigned shards);
    runtime::ShardConfig shard_config(unsigned index, unsigned shards, Instant floor);
    result<bool> step_all();
    result<bool> step_one(unsigned index, std::vector<runtime::SealedBatch>& sealed);
    result<void> commit(std::vector<runtime::SealedBatch> sealed);

    runtime::ManualClock clock_;
    WorldOptions options_;
    Stage stage_;
    std::unique_ptr<store::Store> store_;
    std::map<std::string, Behaviour> behaviours_;
    std::string forgotten_;
    std::function<void()> watcher_;
    std::multimap<Instant, std::function<void()>> planned_;
    std::vector<std::pair<unsigned, runtime::Mail>> routed_;
    std::vector<Seen> seen_;
    std::vector<CallId> cancelled_;
    std::vector<CaseId> cases_;
    bool committing_ = true;
    std::size_t steps_ = 0;  ///< of all shards, ever
    std::optional<Instant> next_timer_;
    std::optional<runtime::RealTime> next_wake_;
    std::optional<Error> broken_;  ///< the shards could not be made
    std::vector<std::unique_ptr<runtime::Shard>> shards_;
};

}  // namespace countersign::rehearsal
