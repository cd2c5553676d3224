// Listeners on the shards' threads, and their orderly end.
#include "adapters/http/server.hpp"

#include "adapters/http/api/api.hpp"
#include "adapters/http/api/documents.hpp"
#include "adapters/http/api/sweep.hpp"
#include "adapters/http/listener.hpp"
#include "adapters/http/log.hpp"
#include "engine/base/check.hpp"

#include <future>
#include <utility>

namespace countersign::http {

namespace {

constexpr std::chrono::seconds stuck_max{5};

/// Fails when somebody else listens there: a port that is shared by our listeners would let another
/// server's share it silently, and each would get some of the connections.
result<void> check_free(runtime::Engine& engine, ListenerOptions options) {
    if (options.port == 0 || !options.share_port) return {};
    options.share_port = false;
    auto alone = Listener::make(engine.executor(0), options, {});
    if (!alone) return alone.error();
    return {};
}

class RunningServer final : public Server {
  public:
    RunningServer(std::shared_ptr<Api> api, std::vector<std::shared_ptr<Listener>> listeners)
        : api_(std::move(api)),
          listeners_(std::move(listeners)),
          sweep_(ContentSweep::start(api_)),
          port_(listeners_[0]->port()) {}
    ~RunningServer() override { stop(std::chrono::milliseconds(0)); }

    std::uint16_t port() const override { return port_; }

    void stop(std::chrono::milliseconds grace) override {
        // What is posted to pools that have been joined would stay there, and keep them.
        if (listeners_.empty()) return;
        // Shared, because a thread that hangs may end its listener after we have stopped waiting.
        const auto ended = std::make_shared<std::vector<std::promise<void>>>(listeners_.size());
        for (std::size_t i = 0; i < listeners_.size(); ++i)
            listeners_[i]->stop(grace, [ended, i] { (*ended)[i].set_value(); });
        const auto until = std::chrono::steady_clock::now() + grace + stuck_max;
        for (auto& one : *ended)
            if (one.get_future().wait_until(until) != std::future_status::ready)
                log_error("a listener did not stop: its thread hangs");
        listeners_.clear();
        sweep_->stop();
        api_->pool.join();
        api_->files.join();
    }

  private:
    std::shared_ptr<Api> api_;
    std::vector<std::shared_ptr<Listener>> listeners_;
    std::shared_ptr<ContentSweep> sweep_;
    std::uint16_t port_;
};

}  // namespace

result<std::unique_ptr<Server>> start_server(runtime::Engine& engine,
                                             const deployment::Deployment& deployment,
                                             ServerOptions options) {
    CHECK(options.blobs != nullptr);
    auto api = std::make_shared<Api>(engine, deployment, std::move(options));
    if (auto restored = restore_documents(*api); !restored) return restored.error();
    api->change_names(names_of(api->options.departments, api->deployment));
    ListenerOptions listening;
    listening.address = deployment.address;
    listening.port = deployment.port;
    listening.share_port = engine.shards() > 1 || api->options.port_held;
    listening.hosts = deployment.hosts;
    if (!api->options.port_held)
        if (auto free = check_free(engine, listening); !free) return free.error();
    std::vector<std::shared_ptr<Listener>> listeners;
    for (unsigned shard = 0; shard < engine.shards(); ++shard) {
        auto listener = Listener::make(engine.executor(shard), listening, make_service(api));
        if (!listener) return listener.error();
        // With port 0 the first one chooses for all.
        listening.port = (*listener)->port();
        listeners.push_back(std::move(*listener));
    }
    for (const auto& listener : listeners) listener->start();
    return std::unique_ptr<Server>(
        std::make_unique<RunningServer>(std::move(api), std::move(listeners)));
}

std::function<std::string(const CallId&)> callback_urls(std::string base, Signer capabilities) {
    return [base = std::move(base), signer = std::move(capabilities)](const CallId& call) {
        const std::string id = call.text();
        return base + "/v1/calls/" + id + "/answer?k=" + signer.capability(id);
    };
}

}  // namespace countersign::http
