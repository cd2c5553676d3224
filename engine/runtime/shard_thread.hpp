#pragma once
// A shard on its thread: an io_context that loops step(), an inbox for other threads, and timers
// that wake it. Seen by the engine only.

#include "engine/runtime/committer.hpp"
#include "engine/runtime/shard.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

namespace countersign::runtime {

/// Something for a shard's thread to do: mail for the shard, or a function.
using Parcel = std::variant<Mail, std::function<void()>>;

/// Real time of the machine, monotonic.
RealTime machine_time();

class ShardThread {
  public:
    ShardThread(Committer& committer, Clock& clock, std::function<void(const Error&)> fail);
    ~ShardThread();

    boost::asio::io_context::executor_type executor() const { return executor_; }
    bool is_here() const { return executor_.running_in_this_thread(); }

    /// Makes the shard; `peers` (this one among them) live as long as this does.
    void make(ShardConfig config, std::vector<std::unique_ptr<ShardThread>>& peers);
    void start();
    /// Commits what is decided; the future is ready when that is done. Any thread.
    std::future<void> drain();
    /// Ends the thread. Handlers that wait are dropped with the io_context.
    void stop();

    /// Has the parcel worked off. On the shard's own thread mail is taken at once. Any thread.
    void deliver(Parcel parcel);
    /// Batch `number` is durable. Called by the committer.
    void committed(std::uint64_t number);
    /// From within the shard's thread: keeps a parcel for a peer until the step ends, so that a
    /// step locks each peer's inbox once.
    void send(std::size_t peer, Parcel parcel);

    struct Published {
        ShardMetrics shard;
        std::vector<DepartmentMetrics> departments;
    };
    Published published() const;
    /// Called on the shard's thread.
    Shard& shard() { return *shard_; }
    void schedule();

  private:
    void deliver_all(std::vector<Parcel>& parcels);
    void open_inbox();
    void run_step();
    void flush();
    void wake_later(const StepResult& step);
    void publish(bool quiet);

    boost::asio::io_context io_{1};
    boost::asio::io_context::executor_type executor_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::steady_timer timer_;
    Committer& committer_;
    Clock& clock_;
    std::function<void(const Error&)> fail_;

    // Of the shard's thread alone.
    std::unique_ptr<Shard> shard_;
    std::vector<std::unique_ptr<ShardThread>>* peers_ = nullptr;
    std::vector<std::vector<Parcel>> outgoing_;
    bool scheduled_ = false;
    bool broken_ = false;
    std::optional<RealTime> wakes_at_;
    std::vector<std::promise<void>> drained_;
    RealTime departments_published_{};

    std::mutex inbox_mutex_;  // guards the two below
    std::vector<Parcel> inbox_;
    bool inbox_posted_ = false;

    mutable std::mutex published_mutex_;
    Published published_;

    std::thread thread_;
};

}  // namespace countersign::runtime
