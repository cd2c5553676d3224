#pragma once
// What the routes share: the engine, who may do what, how results of the engine become responses.

#include "adapters/deployment/deployment.hpp"
#include "adapters/http/api/views.hpp"
#include "adapters/http/json_writer.hpp"
#include "adapters/http/message.hpp"
#include "adapters/http/server.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/store/blobs.hpp"

#include <boost/asio/thread_pool.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::http {

/// The roles that somebody has for another, and when: [from, before).
struct Loan {
    std::string of;  ///< id of the other
    std::vector<std::string> roles;
    Instant from;
    Instant before;
};

/// Who asks, as the token says, with all roles that it has at the time of the request.
struct Asker {
    std::string id;  ///< "li"
    core::Principal principal;
    bool is_operator = false;
    bool is_applicant = false;  ///< nothing but an applicant: sees its own cases only
    std::vector<std::string> own_roles;
    std::vector<Loan> loans;  ///< in force now; their roles are among the principal's
    /// Returns the principal under the name of whoever it has the role of: itself before others,
    /// "person:li", "person:li for wang". What is done is recorded by that name.
    core::Principal acting(std::string_view role) const;
    /// Whether it has the role of an auditor and no other.
    bool is_only_auditor() const {
        return principal.roles.size() == 1 && principal.roles[0] == "auditor";
    }
    bool has_any(const std::vector<std::string>& roles) const;
};

/// Somebody with a token.
struct Known {
    std::string token;
    std::shared_ptr<const Asker> asker;  ///< without loans
    std::vector<Loan> loans;             ///< at whatever time
};

/// Shared by all listeners; every member may be used from any thread.
struct Api {
    Api(runtime::Engine& served, deployment::Deployment deployed, ServerOptions given);

    runtime::Engine& engine;
    deployment::Deployment deployment;
    ServerOptions options;
    std::vector<Known> people;  ///< of the deployment, and the first operator
    /// For work that blocks: lists, histories, verification, the check of definitions.
    boost::asio::thread_pool pool{2};
    /// For contents of papers: a disk that is slow to take them holds nothing else up.
    boost::asio::thread_pool files{2};
    std::atomic<std::size_t> uploads{0};  ///< under way
    std::vector<definitions::SourceFile> posted;  ///< by POST /v1/deployments; in the store, too
    bool deploying = false;        ///< checked documents are on their way into the store
    std::uint64_t deployments = 0;  ///< since the start
    std::mutex sources_guard;  ///< of options.sources, the above and the names
    std::string boot;          ///< random; command ids begin with it
    std::atomic<std::uint64_t> commands{0};

    const store::Blobs& blobs() const { return *options.blobs; }
    /// Returns an id for a command that no other has.
    std::string next_command();
    /// Returns what departments are called now; a deployment may change it.
    std::shared_ptr<const Names> names();
    void change_names(Names names);
    /// Returns the offset of the deployment's calendar, by which lists tell times; UTC without one.
    int offset_minutes() const;

  private:
    std::shared_ptr<const Names> names_;
};

/// One request on its way through a handler. Copies share the response; views live until it is
/// given.
struct Exchange {
    std::shared_ptr<Api> api;
    const Request* request = nullptr;
    Responder respond;
    std::array<std::string_view, 3> parameters{};  ///< what stood for "*" in the route
    std::shared_ptr<const Asker> who;              ///< null where a route needs nobody

    /// The language of what is said about failures: "en" or "zh", as the request wants it.
    std::string_view language() const { return request->language(); }
    Response problem_of(unsigned status, std::string_view code, const Text& detail) const {
        return problem_response(status, code, detail, language());
    }
    void problem(unsigned status, std::string_view code, const Text& detail) const {
        respond(problem_of(status, code, detail));
    }
    void error(const Error& error) const;
    void rejection(const core::Rejection& rejection) const;
    void json(unsigned status, std::string body) const;
    /// Reads the body as a JSON object; an empty body as an empty one. Responds and returns nothing
    /// when it is none.
    std::optional<expr::Value> object() const;
    /// Has a command decided on a case and answers with its problem, or with `then`.
    void submit(const CaseId& id, core::CommandBody body,
                std::function<void(const Exchange&, const runtime::CommandDone&)> then) const {
        submit_as(who->principal, id, std::move(body), std::move(then));
    }
    void submit_as(core::Principal by, const CaseId& id, core::CommandBody body,
                   std::function<void(const Exchange&, const runtime::CommandDone&)> then) const;
    /// Runs on the pool.
    void in_pool(std::function<void(const Exchange&)> work) const;

    // Ids in the path; nothing after a 404.
    std::optional<CaseId> case_id(std::size_t parameter = 0) const;
    std::optional<CallId> call_id() const;
    std::optional<TaskId> task_id() const;
    /// ?limit=, 1 … 1000, else `usual`.
    std::size_t limit(std::size_t usual) const;
};

/// Whether the asker may see the case at all: everybody but an applicant who is not its own.
bool may_see(const Asker& who, const core::CaseState& state);

/// Returns as whom the asker has a part in the case: its applicant, whoever entered it, a role that
/// some step asks or a role of a department that some step calls; nothing without a part.
std::optional<core::Principal> part_of(const Asker& who, const core::CaseState& state,
                                       const model::Process& process);

/// Whether personal fields are open to the asker: operators, the applicant, and the roles that some
/// step of the process asks.
expr::Personal personal_for(const Asker& who, const core::CaseState& state,
                            const model::Process& process);

/// Returns the asker of a request's token, with what is delegated to it now, or null.
std::shared_ptr<const Asker> asker_of(const Api& api, std::string_view authorization);

/// Returns the bytes that an upload may have: the largest `max_size` of what is deployed.
std::uint64_t upload_bytes_max(const Api& api);

/// Returns the service that listeners run.
Service make_service(std::shared_ptr<Api> api);

/// Returns the RFC 9457 response to a rejection, with its `problems`.
Response rejection_response(const core::Rejection& rejection, std::string_view language);
/// Returns the response to a failure of the world; 503 has Retry-After.
Response error_response(const Error& error, std::string_view language);

// ── The handlers, by source file ─────────────────────────────────────────────────────────────
// cases.cpp
void open_case(const Exchange& exchange);
void list_cases(const Exchange& exchange);
void show_case(const Exchange& exchange);
void show_form(const Exchange& exchange);
void list_documents(const Exchange& exchange);
void show_why(const Exchange& exchange);
void show_history(const Exchange& exchange);
void verify_one(const Exchange& exchange);
// ledger.cpp
void show_clock(const Exchange& exchange);
// changes.cpp
void supply_case(const Exchange& exchange);
void withdraw_case(const Exchange& exchange);
void signal_case(const Exchange& exchange);
void add_item(const Exchange& exchange);
void extend_clock(const Exchange& exchange);
void retry_incident(const Exchange& exchange);
// materials.cpp
/// Takes an upload's body; null after a response.
std::shared_ptr<BodySink> receive_material(const Exchange& exchange);
void list_materials(const Exchange& exchange);
void show_material(const Exchange& exchange);
// tasks.cpp
void list_tasks(const Exchange& exchange);
void claim_task(const Exchange& exchange);
void release_task(const Exchange& exchange);
void complete_task(const Exchange& exchange);
// calls.cpp
void show_call(const Exchange& exchange);
void answer_call(const Exchange& exchange);
/// Submits what a person says for a department, if it may speak for it.
void answer_by_hand(const Exchange& exchange, const CallId& id, runtime::Answered answer);
/// Submits that a person takes a call from its department's worklist, or gives it back, if it may
/// speak for the department; a supervisor may give back what others have.
void take_call(const Exchange& exchange, const CallId& id, core::CommandBody body,
               std::function<void(const Exchange&, const runtime::CommandDone&)> done);
void retry_call(const Exchange& exchange);
// operations.cpp
void health(const Exchange& exchange);
void ready(const Exchange& exchange);
void metrics(const Exchange& exchange);
void show_me(const Exchange& exchange);
void verify_store(const Exchange& exchange);
void list_processes(const Exchange& exchange);
void show_process(const Exchange& exchange);
void deploy(const Exchange& exchange);

}  // namespace countersign::http
