#pragma once
// The batches of a shard: the open one, those that are being made durable, and what is released
// once they are.

#include "engine/core/command.hpp"
#include "engine/store/store.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace countersign::runtime {

/// A batch on its way to the committer.
struct SealedBatch {
    unsigned shard = 0;
    std::uint64_t number = 0;
    store::Batch rows;
    Instant stamp;  ///< latest case time in it
};

/// Not shared between threads.
class Batches {
  public:
    using Effects = std::vector<std::pair<CaseId, core::Effect>>;

    /// The rows of the open batch.
    store::Batch& rows() { return open_.rows; }
    /// The number of the open batch, from 1.
    std::uint64_t number() const { return open_.number; }
    /// Counts a decision and keeps its effects back.
    void add(const CaseId& id, const std::vector<core::Effect>& effects);
    /// Whether another command may be decided into the open batch.
    bool has_room() const;
    bool is_durable(std::uint64_t batch) const { return batch <= durable_; }
    std::uint64_t durable() const { return durable_; }

    /// Has `release` called when `batch` is durable; at once when it is. Releases run in order.
    void after(std::uint64_t batch, std::function<void()> release);

    /// Closes the open batch when it holds rows and fewer than two are under way.
    std::optional<SealedBatch> seal(unsigned shard, Instant stamp);
    /// Batches up to `number` are durable: returns what they held back, oldest first.
    struct Released {
        Effects effects;
        std::vector<std::function<void()>> replies;
    };
    Released committed(std::uint64_t number);
    /// Whether all that was decided is durable.
    bool idle() const { return under_way_.empty() && open_.rows.empty(); }

  private:
    struct Open {
        std::uint64_t number = 1;
        store::Batch rows;
        std::size_t decisions = 0;
        Released released;
    };
    Open open_;
    std::deque<Open> under_way_;
    std::uint64_t durable_ = 0;
};

}  // namespace countersign::runtime
