// The loop around step(). One step is posted at a time, so that sockets on the same io_context get
// their turn between two of them.

#include "engine/runtime/shard_thread.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace countersign::runtime {

RealTime machine_time() { return std::chrono::steady_clock::now().time_since_epoch(); }

ShardThread::ShardThread(Committer& committer, Clock& clock,
                         std::function<void(const Error&)> fail)
    : executor_(io_.get_executor()),
      work_(executor_),
      timer_(io_),
      committer_(committer),
      clock_(clock),
      fail_(std::move(fail)) {}

ShardThread::~ShardThread() { stop(); }

void ShardThread::make(ShardConfig config, std::vector<std::unique_ptr<ShardThread>>& peers) {
    peers_ = &peers;
    outgoing_.resize(peers.size());
    config.executor = io_.get_executor();
    config.real_now = machine_time;
    config.route = [this](unsigned shard, Mail mail) { send(shard, std::move(mail)); };
    config.wake = [this] { schedule(); };
    shard_ = std::make_unique<Shard>(std::move(config));
}

void ShardThread::start() {
    boost::asio::post(io_, [this] { schedule(); });
    thread_ = std::thread([this] { io_.run(); });
}

std::future<void> ShardThread::drain() {
    auto promise = std::make_shared<std::promise<void>>();
    std::future<void> done = promise->get_future();
    deliver(std::function<void()>([this, promise] {
        shard_->refuse_outside();
        drained_.push_back(std::move(*promise));
        schedule();
    }));
    return done;
}

void ShardThread::stop() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
}

void ShardThread::deliver(Parcel parcel) {
    if (Mail* mail = std::get_if<Mail>(&parcel); mail != nullptr && is_here()) {
        shard_->take(std::move(*mail));
        return schedule();
    }
    std::vector<Parcel> one;
    one.push_back(std::move(parcel));
    deliver_all(one);
}

void ShardThread::deliver_all(std::vector<Parcel>& parcels) {
    bool post = false;
    {
        const std::lock_guard lock(inbox_mutex_);
        std::move(parcels.begin(), parcels.end(), std::back_inserter(inbox_));
        post = !inbox_posted_;
        inbox_posted_ = true;
    }
    parcels.clear();
    if (post) boost::asio::post(io_, [this] { open_inbox(); });
}

void ShardThread::open_inbox() {
    std::vector<Parcel> parcels;
    {
        const std::lock_guard lock(inbox_mutex_);
        parcels.swap(inbox_);
        inbox_posted_ = false;
    }
    for (Parcel& parcel : parcels) {
        if (Mail* mail = std::get_if<Mail>(&parcel))
            shard_->take(std::move(*mail));
        else
            std::get<std::function<void()>>(parcel)();
    }
    schedule();
}

void ShardThread::committed(std::uint64_t number) {
    boost::asio::post(io_, [this, number] {
        if (broken_) return;
        shard_->committed(number);
        flush();
        schedule();
    });
}

void ShardThread::send(std::size_t peer, Parcel parcel) {
    outgoing_[peer].push_back(std::move(parcel));
    // Sent from outside a step (an adapter's completion): the next step flushes it.
    schedule();
}

void ShardThread::schedule() {
    if (scheduled_ || broken_) return;
    scheduled_ = true;
    boost::asio::post(io_, [this] { run_step(); });
}

void ShardThread::run_step() {
    auto step = shard_->step();
    if (!step) {
        broken_ = true;
        return fail_(step.error());
    }
    const bool quiet = !step->sealed && !step->more;
    if (step->sealed) committer_.take(*std::move(step->sealed));
    flush();
    scheduled_ = false;
    if (!drained_.empty() && shard_->idle()) {
        for (std::promise<void>& promise : drained_) promise.set_value();
        drained_.clear();
    }
    publish(quiet);
    if (step->more) return schedule();
    wake_later(*step);
}

void ShardThread::flush() {
    for (std::size_t peer = 0; peer < outgoing_.size(); ++peer)
        if (!outgoing_[peer].empty()) (*peers_)[peer]->deliver_all(outgoing_[peer]);
}

void ShardThread::wake_later(const StepResult& step) {
    std::optional<RealTime> at = step.next_wake;
    if (step.next_timer) {
        const RealTime due = machine_time() + clock_.real_wait(*step.next_timer);
        if (!at || due < *at) at = due;
    }
    // A wait that is too early costs one idle step; setting it anew each time would cost more.
    if (!at || (wakes_at_ && *wakes_at_ <= *at)) return;
    wakes_at_ = at;
    timer_.expires_at(std::chrono::steady_clock::time_point(*at));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        wakes_at_.reset();
        schedule();
    });
}

void ShardThread::publish(bool quiet) {
    // Under load the departments' numbers are copied ten times a second; the last word is exact.
    constexpr std::chrono::milliseconds often{100};
    const RealTime now = machine_time();
    const bool departments = quiet || now - departments_published_ >= often;
    const std::lock_guard lock(published_mutex_);
    published_.shard = shard_->metrics();
    if (!departments) return;
    published_.departments = shard_->departments();
    departments_published_ = now;
}

ShardThread::Published ShardThread::published() const {
    const std::lock_guard lock(published_mutex_);
    return published_;
}

}  // namespace countersign::runtime
