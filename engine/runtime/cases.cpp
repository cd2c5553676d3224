// The adapters between cases. Each hop runs on the thread of the shard whose case it reads or
// changes; the completion comes back to the home of the dispatcher.

#include "engine/runtime/cases.hpp"

#include "engine/runtime/openings.hpp"

#include <algorithm>

namespace countersign::runtime {

namespace {

using core::Call;
using core::CaseState;

std::string told(const core::Rejection& rejection) {
    std::string text = rejection.message.in("en");
    for (const model::Problem& problem : rejection.problems)
        text += "; " + problem.path + ": " + problem.message.in("en");
    return text;
}

struct Route {
    unsigned home = 0;
    unsigned shards = 1;
    unsigned of_case(const CaseId& id) const { return shard_of_partition(id.partition, shards); }
    unsigned of_key(const CallId& call) const {
        const core::Principal by = opener_for(call.case_id);
        return shard_of_partition(store::idempotency_partition(by.name, call.text()), shards);
    }
    void back(Place& from, const Completion& done, SendResult result) const {
        from.send_errand(home, [done, result = std::move(result)](Place&) { done(result); });
    }
};

SendResult result_of(const OpenResult& opened) {
    if (const auto* done = std::get_if<Opened>(&opened)) return Accepted{done->case_id};
    if (const auto* rejection = std::get_if<core::Rejection>(&opened))
        return Refused{told(*rejection), ""};
    const Error& error = std::get<Error>(opened);
    if (error.kind == ErrorKind::unavailable) return Failed{error.message, {}};
    return Refused{error.message, ""};
}

/// Opens cases of one process for the calls that run it.
class ChildAdapter final : public Adapter {
  public:
    ChildAdapter(Place& home, Route route) : home_(home), route_(route) {}

    void send(const OutboundCall& call, Completion done) override {
        const CallId id = call.view.id;
        if (call.view.operation == core::recall_operation) return recall(id, std::move(done));
        home_.send_errand(route_.of_case(id.case_id), [route = route_, id, done](Place& at) {
            at.visit(id.case_id, [&](const result<CaseRead>& read) {
                ask(at, route, id, read, done);
                return [] {};
            });
        });
    }

    /// Whoever no longer needs a case says so by an attempt of its own, which is durable.
    void cancel(const CancelNotice&) override {}

  private:
    /// The case's papers; an item of a bundle gets its own by the ids of its process.
    static std::vector<core::GivenMaterial> papers_for(const CaseRead& read, const Call& call) {
        const auto& bundle = read.deployed.process->bundle;
        const model::BundleItem* item =
            bundle ? bundle->item(read.state.instances[call.instance].step) : nullptr;
        std::vector<core::GivenMaterial> papers = read.state.materials;
        if (item == nullptr) return papers;
        for (const model::PaperWanted& wanted : item->papers)
            for (const core::GivenMaterial& given : read.state.materials)
                if (given.id == wanted.id && wanted.theirs != wanted.id) {
                    papers.push_back(given);
                    papers.back().id = wanted.theirs;
                }
        return papers;
    }
    static void ask(Place& at, const Route& route, const CallId& id, const result<CaseRead>& read,
                    const Completion& done) {
        if (!read) return route.back(at, done, Failed{read.error().message, {}});
        const Call& call = read->state.calls[id.number - 1];
        // Cancelled meanwhile: the report counts for nothing, and no case is opened.
        if (!call.is_open()) return route.back(at, done, Accepted{});
        const model::Operation& operation = read->deployed.process->operations[call.operation];
        OpenRequest request;
        request.process = operation.runs;
        request.version = operation.runs_version;
        request.by = opener_for(id.case_id);
        request.applicant = read->state.applicant;
        request.form = call.input.value;
        request.materials = papers_for(*read, call);
        request.key = id.text();
        request.parent = id;
        at.send_errand(route.of_key(id), [route, request, done](Place& there) {
            there.open(request, [&there, route, done](const OpenResult& opened) {
                route.back(there, done, result_of(opened));
            });
        });
    }

    void recall(const CallId& id, Completion done) {
        home_.send_errand(route_.of_key(id), [route = route_, id, done](Place& there) {
            there.recall(id, [&there, route, done](const result<void>& recalled) {
                if (recalled) return route.back(there, done, Accepted{});
                route.back(there, done, Failed{recalled.error().message, {}});
            });
        });
    }

    Place& home_;
    Route route_;
};

/// Tells the case that waits how the case that it had opened has ended.
class ParentAdapter final : public Adapter {
  public:
    ParentAdapter(Place& home, Route route) : home_(home), route_(route) {}

    void send(const OutboundCall& call, Completion done) override {
        const CaseId child = call.view.id.case_id;
        home_.send_errand(route_.of_case(child), [route = route_, child, done](Place& at) {
            at.visit(child, [&](const result<CaseRead>& read) {
                tell(at, route, read, done);
                return [] {};
            });
        });
    }
    void cancel(const CancelNotice&) override {}

  private:
    static void tell(Place& at, const Route& route, const result<CaseRead>& read,
                     const Completion& done) {
        if (!read) return route.back(at, done, Failed{read.error().message, {}});
        const CaseState& child = read->state;
        if (!child.tells_parent()) return route.back(at, done, Accepted{});
        core::AnswerCall answer;
        answer.call = child.parent->number;
        answer.outcome = child.end->name;
        answer.result = child.end->gives.value;
        answer.note = child.end->reason;
        answer.happened_at = child.end->at;
        core::Command command{"ended/" + child.id.text(), child.parent->case_id,
                              opener_for(child.id), std::move(answer)};
        at.send_errand(route.of_case(command.case_id), [route, command, done](Place& there) {
            there.submit(command, [&there, route, done](const CommandResult& taken) {
                // Whatever the other case makes of it, it has been told, and has it on record.
                if (const auto* error = std::get_if<Error>(&taken))
                    return route.back(there, done, Failed{error->message, {}});
                route.back(there, done, Accepted{});
            });
        });
    }

    Place& home_;
    Route route_;
};

}  // namespace

bool is_of_cases(const std::string& department) {
    return department == core::parent_department || department.rfind(core::process_prefix, 0) == 0;
}

DepartmentConfig config_of_cases(const std::string& department) {
    DepartmentConfig config;
    config.id = department;
    config.concurrency = 64;
    config.breaker_failures = 0;
    return config;
}

std::unique_ptr<Adapter> make_case_adapter(const std::string& department, Place& home,
                                           unsigned home_index, unsigned shards) {
    const Route route{home_index, shards};
    if (department == core::parent_department) return std::make_unique<ParentAdapter>(home, route);
    return std::make_unique<ChildAdapter>(home, route);
}

void hand_on(std::vector<core::GivenMaterial>& materials, const model::Process& process) {
    std::erase_if(materials, [&](const core::GivenMaterial& given) {
        return std::none_of(process.materials.begin(), process.materials.end(),
                            [&](const model::Material& asked) { return asked.id == given.id; });
    });
}

core::Principal opener_for(const CaseId& parent) { return {"case:" + parent.text(), {"engine"}}; }

}  // namespace countersign::runtime
