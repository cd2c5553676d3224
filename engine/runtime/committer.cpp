// Group commit: while one write syncs, the next one's batches gather.

#include "engine/runtime/committer.hpp"

#include "engine/base/check.hpp"
#include "engine/store/rows.hpp"

#include <algorithm>

namespace countersign::runtime {

result<store::Committed> commit_merged(store::Store& store, std::vector<SealedBatch>& batches) {
    CHECK(!batches.empty());
    Instant stamp = batches.front().stamp;
    store::Batch& all = batches.front().rows;
    for (std::size_t i = 1; i < batches.size(); ++i) {
        all.append(batches[i].rows);
        stamp = std::max(stamp, batches[i].stamp);
    }
    store::put_stamp(all, stamp);
    return store.commit(all);
}

Committer::Committer(store::Store& store, std::function<void(unsigned, std::uint64_t)> committed,
                     std::function<void(const Error&)> failed)
    : store_(store), committed_(std::move(committed)), failed_(std::move(failed)) {}

Committer::~Committer() { stop(); }

void Committer::start() {
    thread_ = std::thread([this] { loop(); });
}

void Committer::take(SealedBatch batch) {
    const std::lock_guard lock(mutex_);
    batches_.push_back(std::move(batch));
    wakes_.notify_one();
}

void Committer::take(store::Batch rows, std::function<void(result<void>)> done) {
    const std::lock_guard lock(mutex_);
    others_.push_back({std::move(rows), std::move(done)});
    wakes_.notify_one();
}

void Committer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wakes_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void Committer::loop() {
    for (;;) {
        std::vector<SealedBatch> batches;
        std::vector<Other> others;
        {
            std::unique_lock lock(mutex_);
            wakes_.wait(lock,
                        [this] { return stopping_ || !batches_.empty() || !others_.empty(); });
            if (batches_.empty() && others_.empty()) return;
            batches.swap(batches_);
            others.swap(others_);
        }
        write(std::move(batches), std::move(others));
    }
}

void Committer::write(std::vector<SealedBatch> batches, std::vector<Other> others) {
    // After a failure nothing is written or answered: restart and replay decide what was kept.
    if (broken_) return;
    for (Other& other : others) {
        const auto written = store_.commit(other.rows);
        if (written) {
            other.done({});
            continue;
        }
        broken_ = true;
        other.done(written.error());
        return failed_(written.error());
    }
    if (batches.empty()) return;
    std::vector<std::pair<unsigned, std::uint64_t>> numbers;
    for (const SealedBatch& batch : batches) numbers.emplace_back(batch.shard, batch.number);
    const auto written = commit_merged(store_, batches);
    if (!written) {
        broken_ = true;
        return failed_(written.error());
    }
    ++commits_;
    bytes_ += batches.front().rows.bytes();
    for (const auto& [shard, number] : numbers) committed_(shard, number);
}

}  // namespace countersign::runtime
