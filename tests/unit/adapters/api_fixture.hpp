#pragma once
// The API over a real engine with stores in memory: each request goes through a socket.

#include "adapters/departments/registry.hpp"
#include "adapters/http/server.hpp"
#include "engine/base/bytes.hpp"
#include "engine/expr/json.hpp"
#include "engine/store/blobs.hpp"
#include "engine/store/memory.hpp"
#include "wire.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <future>

namespace countersign::tests {

using namespace http;

inline constexpr std::string_view grid_text = R"(
department: grid
title: { en: Grid, zh: 电网 }
operations:
  plan:
    input: { address: { type: text, required: true } }
    output: { drawing: { type: text, required: true } }
    outcomes: { approved: ok, rejected: refusal }
)";

inline constexpr std::string_view hall_text = R"(
department: hall
title: { en: Hall, zh: 大厅 }
roles: [clerk]
)";

inline constexpr std::string_view process_text = R"(
process: hookup
version: 1
title: { en: Hookup, zh: 报装 }
calendar: jiading
form:
  address: { type: text, required: true, title: { en: Address, zh: 地址 } }
  phone: { type: text, personal: true }
  people: { type: list, personal: true, of: { name: text } }
  scan: { type: file }
materials:
  site_plan: { title: { en: Site plan, zh: 总平面图 }, accept: [pdf, jpg], max_size: 2MB }
steps:
  plan:
    call: grid.plan
    with: { address: =form.address }
    limit: 3wd
    on:
      rejected:
        end: refused
        also:
          send: { to: hall.clerk, text: { en: "call ${form.?phone.orValue('-')}", zh: "致电" } }
  accept:
    needs: plan
    ask: hall.clerk
    choices: { accepted: ok, refused: refusal }
    on: { refused: { end: refused } }
ends:
  granted: { kind: granted, otherwise: true }
  refused: { kind: refused }
  withdrawn: { kind: withdrawn }
)";

/// What the server answered.
struct Reply {
    unsigned status = 0;
    std::string head;
    std::string body;
    expr::Value json() const {
        auto value = expr::from_json(body);
        REQUIRE_MESSAGE(value.has_value(), body);
        return *value;
    }
    std::string text(std::string_view member) const {
        const expr::Value whole = json();
        const expr::Value* found = whole.find(member);
        REQUIRE_MESSAGE(found != nullptr, body);
        return found->is(expr::Kind::string) ? found->as_string() : expr::to_json(*found);
    }
};

inline const std::string operator_token = "operator-token-0123456789";
inline const std::string clerk_token = "clerk-token-0123456789";
inline const std::string auditor_token = "auditor-token-0123456789";
inline const std::string applicant_token = "applicant-token-0123456789";
inline const std::string planner_token = "planner-token-0123456789";
inline const std::string stranger_token = "stranger-token-0123456789";

/// A server over an engine with two shards, a hall's clerk and a grid that never answers.
struct ApiFixture {
    std::unique_ptr<store::Store> store = store::make_memory_store();
    std::unique_ptr<store::Blobs> blobs = store::make_memory_blobs();
    runtime::ManualClock clock{*parse_rfc3339("2026-03-03T10:00:00+08:00")};
    Signer capabilities = *Signer::from_key(std::string(32, 'c'));
    deployment::Deployment deployment;
    std::vector<definitions::SourceFile> sources = documents();  ///< of the deployment file
    std::vector<definitions::DepartmentDefinition> departments;
    std::unique_ptr<runtime::Engine> engine;
    std::unique_ptr<Server> server;
    boost::asio::io_context context;

    explicit ApiFixture(bool signature_required = false, std::uint64_t cases_in_flight = 0) {
        deployment.port = 0;
        deployment.hosts = {"127.0.0.1"};
        deployment::Department grid;
        grid.id = "grid";
        grid.binding = deployment::WorklistBinding{};
        auto config = departments::make_department(grid, "test");
        REQUIRE(config.has_value());
        if (signature_required) {
            // The engine keeps the silent adapter; only the check of callbacks sees the push
            // binding.
            deployment::PushBinding push;
            push.signer = *Signer::from_key(std::string(32, 'g'));
            grid.binding = push;
        }
        deployment.departments.push_back(grid);
        deployment.people = {{"li", {"hall.clerk"}, clerk_token},
                             {"wu", {"auditor"}, auditor_token},
                             {"acme", {"applicant"}, applicant_token},
                             {"zhao", {"grid.planner"}, planner_token},
                             {"sun", {"water.clerk"}, stranger_token}};
        auto checked = definitions::check(documents());
        REQUIRE_EQ(checked.found.errors(), 0);
        runtime::EngineConfig engine_config;
        engine_config.store = store.get();
        engine_config.clock = &clock;
        engine_config.shards = 2;
        engine_config.cases_in_flight_max = cases_in_flight;
        engine_config.contents = [this](const std::string& sha256) { return content_of(sha256); };
        engine_config.departments.push_back(*config);
        for (const auto& data : checked.deployable.calendars)
            engine_config.calendars.by_id[data.id] = calendar::make_calendar(data);
        auto made = runtime::Engine::make(std::move(engine_config));
        REQUIRE(made.has_value());
        engine = std::move(*made);
        REQUIRE(engine->start().has_value());
        deploy(checked.deployable);
        departments = checked.deployable.departments;
        serve();
    }
    /// Starts the server, or starts it again with what the deployment says now.
    void serve() {
        if (server) server->stop(std::chrono::milliseconds(0));
        server.reset();
        auto started = start_server(*engine, deployment,
                                    {capabilities, operator_token, sources, "test",
                                     departments, blobs.get()});
        REQUIRE(started.has_value());
        server = std::move(*started);
    }
    ~ApiFixture() {
        if (server) server->stop(std::chrono::milliseconds(0));
        if (engine) engine->stop();
    }

    std::optional<core::Content> content_of(const std::string& sha256) const {
        const auto bytes = unhex(sha256);
        store::Hash hash{};
        std::copy_n(bytes->begin(), hash.size(), hash.begin());
        const auto found = blobs->find(hash);
        REQUIRE(found.has_value());
        if (!*found) return std::nullopt;
        return core::Content{(*found)->bytes, (*found)->first};
    }

    static std::vector<definitions::SourceFile> documents() {
        auto files = definitions::read_sources({LIBRARY_CALENDARS});
        REQUIRE(files.has_value());
        files->push_back({"grid.yaml", std::string(grid_text)});
        files->push_back({"hall.yaml", std::string(hall_text)});
        files->push_back({"hookup.yaml", std::string(process_text)});
        return *files;
    }
    void deploy(const definitions::Deployable& deployable) {
        std::vector<runtime::Engine::NewProcess> processes;
        for (std::size_t i = 0; i < deployable.processes.size(); ++i)
            processes.push_back({deployable.processes[i], deployable.sources[i]});
        std::promise<result<void>> done;
        engine->deploy(std::move(processes), engine->executor(0),
                       [&done](result<void> came) { done.set_value(came); });
        REQUIRE(done.get_future().get().has_value());
    }

    Reply send(const std::string& line, const std::string& token, const std::string& body = {},
               const std::string& fields = {}) {
        RawClient client(context, server->port());
        const std::string authorization =
            token.empty() ? "" : "authorization: Bearer " + token + "\r\n";
        client.send(
            fmt::format("{} HTTP/1.1\r\nhost: 127.0.0.1\r\n{}{}content-length: {}\r\n\r\n{}", line,
                        authorization, fields, body.size(), body));
        const std::string response = client.response();
        Reply reply;
        REQUIRE_GE(response.size(), 12);
        reply.status = static_cast<unsigned>(std::stoul(response.substr(9, 3)));
        const std::size_t end = response.find("\r\n\r\n");
        reply.head = response.substr(0, end);
        reply.body = response.substr(end + 4);
        return reply;
    }
    std::string open(const std::string& token = operator_token) {
        const Reply reply = send("POST /v1/processes/hookup/cases", token,
                                 R"({"form": {"address": "Road 1", "phone": "021"}})");
        REQUIRE_MESSAGE(reply.status == 201, reply.body);
        return reply.text("case");
    }
    std::string answer_line(const std::string& call) {
        return "POST /v1/calls/" + call + "/answer?k=" + capabilities.capability(call);
    }
};

}  // namespace countersign::tests
