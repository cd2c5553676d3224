#pragma once
// World: the product's engine in virtual time (adapters/rehearsal) with what tests add to it: short
// ways to say what happens, failures as doctest's, and `finish`, which proves of every case that
// its journal replays to the live state, that the chain holds, and that the derived rows are what
// the state says.

#include "adapters/rehearsal/world.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::scenario {

using rehearsal::Behaviour;
using rehearsal::Play;
using rehearsal::Seen;

/// Answers; `result` is JSON.
Play answer(std::string outcome, Duration after = seconds(1), std::string_view result = "{}");
/// Asks for missing papers.
Play ask_for(std::string outcome, std::vector<std::string> missing, Duration after = seconds(1));
Play fail(std::string reason, Duration after = seconds(1));
Play refuse(std::string reason);
Play garbage(std::string evidence);
/// Accepts at once and answers by its callback.
Play promise(std::string outcome, Duration later, std::string_view result = "{}");
Play silence();
/// The same for every call; or one after the other, the last for all that follow.
Behaviour always(Play play);
Behaviour in_turn(std::vector<Play> plays);

/// How a world begins.
struct WorldOptions {
    unsigned shards = 1;
    std::string start = "2026-02-10T10:00:00+08:00";  ///< a Tuesday
    core::RetryPolicy retry;
    std::uint32_t concurrency = 16;
    double rate_per_second = 0;
    std::uint32_t breaker_failures = 0;
    std::size_t cases_cached_max = 1'000;
    std::size_t timers_in_window_max = 1'000;
    std::size_t dispatch_queue_max = 1'000;
    std::size_t mailbox_max = 1'000;
    std::size_t restart_at_step = 0;
};

class World {
  public:
    /// `documents` are YAML texts of all kinds; they must check without an error.
    explicit World(std::vector<definitions::SourceFile> documents, WorldOptions options = {});

    /// What a department does; without one it never answers. Call it before the first step.
    void department(const std::string& id, Behaviour behaviour);
    /// Starts anew with a deployment that does not name this department.
    void forget_department(const std::string& id);

    /// Opens a case with a form of JSON; CHECKs that it was not refused.
    CaseId open(std::string process, std::string_view form, std::string key = {},
                std::vector<core::GivenMaterial> materials = {});
    /// The same, giving whatever came of it.
    runtime::OpenResult try_open(runtime::OpenRequest request);
    runtime::CommandResult submit(const CaseId& id, core::CommandBody body,
                                  core::Principal by = {"operator:li", {"operator"}});
    /// Completes the open task of a step, as someone with the task's role.
    runtime::CommandResult complete(const CaseId& id, std::string_view step, std::string outcome,
                                    std::string_view form = "{}",
                                    std::vector<std::string> missing = {});
    void withdraw(const CaseId& id);
    /// Hands in papers by their ids.
    runtime::CommandResult supply(const CaseId& id, std::vector<std::string> materials);
    /// Retries the newest open incident.
    runtime::CommandResult retry(const CaseId& id);

    /// Works off what can be done now.
    void settle();
    /// Settles and jumps until nothing is left to happen before `until` (default: ten years).
    void run();
    void run_until(std::string_view until);
    void run_for(Duration by);
    Instant now() const { return world_->now(); }

    /// Ends all shards without a word, as kill -9 would: what is not durable is gone, attempts
    /// under way are forgotten. Starts `shards` new ones over the same store.
    void restart(unsigned shards = 0);
    /// Decided batches are no longer committed, so that restart() loses them.
    void stop_committing() { world_->stop_committing(); }

    /// The live state, from the case's shard.
    core::CaseState state(const CaseId& id);
    /// "a:approved b:active utility[one]:approved" for all instances but the roots, by number.
    std::string steps(const CaseId& id);
    std::string end_of(const CaseId& id);
    /// Returns the names of all events of the case, in order.
    std::vector<std::string> events(const CaseId& id);
    /// The case's journal as text with times, for failure messages.
    std::string timeline(const CaseId& id);
    std::size_t count(const CaseId& id, std::string_view event);
    /// The cases that were opened here, and those that they have opened.
    std::vector<CaseId> all_cases();
    std::size_t engine_steps() const { return world_->steps(); }
    const std::vector<Seen>& seen() const { return world_->seen(); }
    const std::vector<CallId>& cancelled() const { return world_->cancelled(); }
    store::Store& store() { return world_->store(); }
    runtime::Shard& shard(unsigned index) { return world_->shard(index); }
    runtime::ManualClock& clock() { return world_->clock(); }
    /// Puts other calendars in force; without `told`, the shards learn of them by restart() only.
    void change_calendars(const std::vector<definitions::SourceFile>& documents,
                          bool told = true);

    /// Proves of every case what the file's head says.
    void finish();

  private:
    const model::Process& process_of(const core::CaseState& state) const;
    void check_rows(const core::CaseState& state);

    std::unique_ptr<rehearsal::World> world_;
};

/// Reads the YAML files of a folder of this repository.
std::vector<definitions::SourceFile> files_of(std::string_view folder);

/// The scenarios' departments a, b, c, d and hall, the shipped calendars, and this process.
std::vector<definitions::SourceFile> with_departments(std::string_view process);

}  // namespace countersign::scenario
