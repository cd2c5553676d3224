// The composition of a server. Members are declared in the order of construction, so that they go
// in the reverse: HTTP before the engine, the engine before clock and store.
#include "adapters/serve/serve.hpp"

#include "adapters/departments/registry.hpp"
#include "adapters/http/held_port.hpp"
#include "adapters/http/log.hpp"
#include "adapters/http/server.hpp"
#include "engine/base/bytes.hpp"
#include "engine/runtime/engine.hpp"
#include "engine/store/blobs.hpp"
#include "engine/store/queries.hpp"
#include "engine/store/rocks.hpp"

#include <algorithm>
#include <filesystem>
#include <future>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace countersign::serve {

namespace {

/// The calendars by id; the deployment's own also counts for processes that name none.
calendar::Calendars calendars_of(const std::vector<calendar::CalendarData>& all,
                                 const std::string& usual) {
    calendar::Calendars calendars;
    for (const calendar::CalendarData& data : all)
        calendars.by_id[data.id] = calendar::make_calendar(data);
    if (const auto own = calendars.by_id.find(usual); own != calendars.by_id.end())
        calendars.by_id[""] = own->second;
    return calendars;
}

/// Returns what is stored of a content. A disk that cannot be read is told in the log: whoever
/// names the content hears that it is not there, and may try again.
std::optional<core::Content> content_of(const store::Blobs& blobs, const std::string& sha256) {
    const auto bytes = unhex(sha256);
    store::Hash hash{};
    if (!bytes || bytes->size() != hash.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), hash.begin());
    auto found = blobs.find(hash);
    if (!found) {
        http::log_error(found.error().message);
        return std::nullopt;
    }
    if (!*found) return std::nullopt;
    return core::Content{(*found)->bytes, std::move((*found)->first)};
}

/// One shard a core leaves none to the committer, which mostly waits for the disk.
unsigned shards_of(const deployment::Deployment& deployment) {
    if (deployment.shards != 0) return deployment.shards;
    return std::clamp(std::thread::hardware_concurrency(), 1U, partitions);
}

class Assembled final : public Running {
  public:
    ~Assembled() override { stop(std::chrono::milliseconds(0)); }

    result<void> assemble(deployment::Deployment deployment, ServeOptions options);

    const std::string& url() const override { return url_; }
    const std::string& operator_token_file() const override { return token_file_; }

    void stop(std::chrono::milliseconds grace) override {
        if (server_) server_->stop(grace);
        if (engine_) engine_->stop();
        server_.reset();
        engine_.reset();
    }

  private:
    result<void> open(const deployment::Deployment& deployment);
    result<void> make_engine(const deployment::Deployment& deployment, const ServeOptions& options,
                             const http::Signer& capabilities);
    result<void> deploy(const definitions::Deployable& deployable);

    std::unique_ptr<store::Store> store_;
    std::unique_ptr<store::Blobs> blobs_;
    std::unique_ptr<runtime::Clock> clock_;
    std::unique_ptr<runtime::Engine> engine_;
    std::unique_ptr<http::Server> server_;
    std::string token_file_;
    std::string url_;
};

/// Replaces port 0 by one of the system's choice, which is held until listeners have it.
result<std::unique_ptr<http::HeldPort>> hold_port(deployment::Deployment& deployment) {
    if (deployment.port != 0) return std::unique_ptr<http::HeldPort>();
    auto held = http::HeldPort::choose(deployment.address);
    if (!held) return held.error();
    deployment.port = (*held)->port();
    if (deployment.url.ends_with(":0")) {
        deployment.url.pop_back();
        deployment.url += std::to_string(deployment.port);
    }
    return held;
}

result<void> Assembled::open(const deployment::Deployment& deployment) {
    std::error_code error;
    std::filesystem::create_directories(deployment.data, error);
    if (error)
        return failure(ErrorKind::io, fmt::format("cannot make the data folder {}: {}",
                                                  deployment.data, error.message()));
    auto opened = store::open_rocks((std::filesystem::path(deployment.data) / "store").string());
    if (!opened) return opened.error();
    store_ = std::move(*opened);
    auto blobs = store::Blobs::open((std::filesystem::path(deployment.data) / "blobs").string());
    if (!blobs) return blobs.error();
    blobs_ = std::move(*blobs);
    const auto stamp = store::last_stamp(*store_);
    if (!stamp) return stamp.error();
    runtime::SystemClockOptions clock;
    clock.start = deployment.clock_start;
    clock.speed = deployment.clock_speed;
    clock.not_below = stamp->value_or(Instant{});
    clock_ = runtime::make_system_clock(clock);
    return {};
}

result<void> Assembled::make_engine(const deployment::Deployment& deployment,
                                    const ServeOptions& options, const http::Signer& capabilities) {
    runtime::EngineConfig config;
    config.store = store_.get();
    config.clock = clock_.get();
    config.shards = shards_of(deployment);
    for (const deployment::Department& department : deployment.departments) {
        auto made = departments::make_department(department, deployment.url);
        if (!made) return made.error();
        config.departments.push_back(std::move(*made));
    }
    config.calendars = calendars_of(options.deployable.calendars, deployment.calendar);
    config.callback_url = http::callback_urls(deployment.url, capabilities);
    config.contents = [this](const std::string& sha256) { return content_of(*blobs_, sha256); };
    config.cases_in_flight_max = deployment.cases_in_flight;
    config.on_failure = options.on_failure;
    config.note = [](const std::string& line) { http::log_warning(line); };
    auto engine = runtime::Engine::make(std::move(config));
    if (!engine) return engine.error();
    engine_ = std::move(*engine);
    return engine_->start();
}

result<void> Assembled::deploy(const definitions::Deployable& deployable) {
    std::vector<runtime::Engine::NewProcess> processes;
    for (std::size_t i = 0; i < deployable.processes.size(); ++i)
        processes.push_back({deployable.processes[i], deployable.sources[i]});
    if (processes.empty()) return {};
    std::promise<result<void>> deployed;
    engine_->deploy(std::move(processes), engine_->executor(0),
                    [&deployed](result<void> done) { deployed.set_value(std::move(done)); });
    return deployed.get_future().get();
}

result<void> Assembled::assemble(deployment::Deployment deployment, ServeOptions options) {
    const auto unbound = deployment::unbound_departments(deployment, options.deployable.processes);
    if (!unbound.empty()) return failure(ErrorKind::invalid, deployment::text_of(unbound.front()));
    if (auto opened = open(deployment); !opened) return opened.error();
    const auto held = hold_port(deployment);
    if (!held) return held.error();
    url_ = deployment.url;
    const std::filesystem::path data(deployment.data);
    token_file_ = options.operator_token_file.empty() ? (data / "operator.token").string()
                                                      : options.operator_token_file;
    auto token = deployment::load_or_make_secret(token_file_);
    if (!token) return token.error();
    const auto secret = deployment::load_or_make_secret((data / "callback.secret").string());
    if (!secret) return secret.error();
    const auto capabilities = http::Signer::from_secret(*secret);
    if (!capabilities) return capabilities.error();
    if (auto made = make_engine(deployment, options, *capabilities); !made) return made.error();
    if (auto deployed = deploy(options.deployable); !deployed) return deployed.error();
    http::ServerOptions serving{*capabilities,
                                std::move(*token),
                                std::move(options.sources),
                                options.version,
                                options.deployable.departments,
                                blobs_.get(),
                                *held != nullptr};
    auto server = http::start_server(*engine_, deployment, std::move(serving));
    if (!server) return server.error();
    server_ = std::move(*server);
    return {};
}

}  // namespace

result<std::unique_ptr<Running>> start(const deployment::Deployment& deployment,
                                       ServeOptions options) {
    auto running = std::make_unique<Assembled>();
    if (auto assembled = running->assemble(deployment, std::move(options)); !assembled)
        return assembled.error();
    return std::unique_ptr<Running>(std::move(running));
}

}  // namespace countersign::serve
