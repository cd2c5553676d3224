// The sweep's turns, one after the other on a strand of the pool.
#include "adapters/http/api/sweep.hpp"

#include "adapters/http/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <fmt/format.h>

namespace countersign::http {

namespace {

constexpr std::chrono::minutes between_sweeps{10};
constexpr std::chrono::seconds between_turns{1};

class PoolSweep final : public ContentSweep {
  public:
    explicit PoolSweep(std::shared_ptr<Api> api)
        : api_(std::move(api)), strand_(api_->files.get_executor()), timer_(strand_) {}

    void begin() {
        boost::asio::post(strand_, [self = shared()] { self->turn(); });
    }
    void stop() override {
        boost::asio::post(strand_, [self = shared()] {
            self->stopped_ = true;
            self->timer_.cancel();
        });
    }

  private:
    std::shared_ptr<PoolSweep> shared() {
        return std::static_pointer_cast<PoolSweep>(shared_from_this());
    }

    void turn() {
        if (stopped_) return;
        const auto swept = api_->blobs().sweep(api_->engine.store(), machine_now());
        if (!swept)
            log_error("contents cannot be swept: " + swept.error().message);
        else if (swept->removed + swept->unfinished > 0)
            log_info(
                fmt::format("swept {} contents ({} bytes) that no case names, and {} uploads "
                            "that were cut off",
                            swept->removed, swept->bytes, swept->unfinished));
        timer_.expires_after(swept && swept->more ? std::chrono::seconds(between_turns)
                                                  : std::chrono::seconds(between_sweeps));
        timer_.async_wait([self = shared()](const boost::system::error_code& error) {
            if (!error) self->turn();
        });
    }

    std::shared_ptr<Api> api_;
    boost::asio::strand<boost::asio::thread_pool::executor_type> strand_;
    boost::asio::steady_timer timer_;
    bool stopped_ = false;
};

}  // namespace

std::shared_ptr<ContentSweep> ContentSweep::start(std::shared_ptr<Api> api) {
    auto sweep = std::make_shared<PoolSweep>(std::move(api));
    sweep->begin();
    return sweep;
}

}  // namespace countersign::http
