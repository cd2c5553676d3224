#pragma once
// Committer: one thread that merges the sealed batches of all shards into one synced write.

#include "engine/runtime/batches.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace countersign::runtime {

/// Writes sealed batches as one, with the latest stamp. On an error nothing may be assumed.
result<store::Committed> commit_merged(store::Store& store, std::vector<SealedBatch>& batches);

class Committer {
  public:
    /// `committed` is called on the committer's thread for every batch that is durable, `failed`
    /// at most once; nothing is written after it. Both must not block.
    Committer(store::Store& store, std::function<void(unsigned shard, std::uint64_t)> committed,
              std::function<void(const Error&)> failed);
    ~Committer();

    void start();
    /// Takes a batch; batches of one shard are written in the order given. Any thread.
    void take(SealedBatch batch);
    /// Writes rows that belong to no shard's batch; `done` is called on the committer's thread.
    void take(store::Batch rows, std::function<void(result<void>)> done);
    /// Writes what was taken, then ends the thread. May be called twice.
    void stop();

    std::uint64_t commits() const { return commits_; }
    std::uint64_t bytes() const { return bytes_; }

  private:
    struct Other {
        store::Batch rows;
        std::function<void(result<void>)> done;
    };
    void loop();
    void write(std::vector<SealedBatch> batches, std::vector<Other> others);

    store::Store& store_;
    std::function<void(unsigned, std::uint64_t)> committed_;
    std::function<void(const Error&)> failed_;
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> bytes_{0};
    bool broken_ = false;  ///< only the committer's thread uses it

    std::mutex mutex_;  // guards all below
    std::condition_variable wakes_;
    std::vector<SealedBatch> batches_;
    std::vector<Other> others_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace countersign::runtime
