#pragma once
// How cases reach each other: a step that runs a process has a case of it opened, and is told how
// that ended. Both go through the outbox like calls, so neither is lost; who carries them are the
// two adapters below.

#include "engine/runtime/adapter.hpp"
#include "engine/runtime/messages.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace countersign::runtime {

class Place;

/// Something to do on another shard's thread.
using Errand = std::function<void(Place&)>;

/// A shard as an errand sees it, on that shard's thread. Outlives whatever it is handed.
class Place {
  public:
    virtual void send_errand(unsigned shard, Errand errand) = 0;
    virtual void visit(const CaseId& id, const CaseVisitor& visitor) = 0;
    /// Opens a case here; its key must belong to this shard. `done` comes once it is durable.
    virtual void open(OpenRequest request, OpenHandler done) = 0;
    /// Has a command to a case of this shard decided. `done` comes once that is durable.
    virtual void submit(core::Command command, CommandHandler done) = 0;
    /// Tells the case that was opened for the call, if there is one, that nobody waits for it.
    virtual void recall(const CallId& call, std::function<void(result<void>)> done) = 0;

  protected:
    ~Place() = default;
};

/// Whether the department is none, but stands for a process or for the case that waits.
bool is_of_cases(const std::string& department);

/// Returns what the dispatcher of such a department is told about it.
DepartmentConfig config_of_cases(const std::string& department);

/// Returns the adapter of such a department. `home` is the shard that it lives on, and must outlive
/// it; `shards` is how many there are.
std::unique_ptr<Adapter> make_case_adapter(const std::string& department, Place& home,
                                           unsigned home_index, unsigned shards);

/// Drops the papers that the process does not ask for: what an opened case gets of its parent's.
void hand_on(std::vector<core::GivenMaterial>& materials, const model::Process& process);

/// Returns under whose name cases are opened for a case: with the call's id as key it names one
/// case for ever.
core::Principal opener_for(const CaseId& parent);

}  // namespace countersign::runtime
