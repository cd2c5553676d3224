// At most two batches wait for the disk; further decisions gather in the open one.

#include "engine/runtime/batches.hpp"

#include "engine/base/check.hpp"
#include "engine/base/limits.hpp"

#include <iterator>

namespace countersign::runtime {

void Batches::add(const CaseId& id, const std::vector<core::Effect>& effects) {
    ++open_.decisions;
    for (const core::Effect& effect : effects) open_.released.effects.emplace_back(id, effect);
}

bool Batches::has_room() const {
    return open_.decisions < limits::batch_commands_max &&
           open_.rows.bytes() < limits::batch_bytes_max;
}

void Batches::after(std::uint64_t batch, std::function<void()> release) {
    if (is_durable(batch)) return release();
    if (batch == open_.number) {
        open_.released.replies.push_back(std::move(release));
        return;
    }
    for (Open& waiting : under_way_) {
        if (waiting.number == batch) return waiting.released.replies.push_back(std::move(release));
    }
    CHECK(false && "a batch is open, under way or durable");
}

std::optional<SealedBatch> Batches::seal(unsigned shard, Instant stamp) {
    constexpr std::size_t under_way_max = 2;
    if (open_.rows.empty() || under_way_.size() >= under_way_max) return std::nullopt;
    SealedBatch sealed{shard, open_.number, std::move(open_.rows), stamp};
    const std::uint64_t next = open_.number + 1;
    under_way_.push_back(std::move(open_));
    open_ = Open{};
    open_.number = next;
    return sealed;
}

Batches::Released Batches::committed(std::uint64_t number) {
    Released all;
    durable_ = number;
    while (!under_way_.empty() && under_way_.front().number <= number) {
        Released& front = under_way_.front().released;
        std::move(front.effects.begin(), front.effects.end(), std::back_inserter(all.effects));
        std::move(front.replies.begin(), front.replies.end(), std::back_inserter(all.replies));
        under_way_.pop_front();
    }
    return all;
}

}  // namespace countersign::runtime
