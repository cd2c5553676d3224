// The cursor of re-filing.

#include "engine/runtime/refiling.hpp"

#include <algorithm>

namespace countersign::runtime {

void Refiling::begin(std::uint8_t first, std::uint8_t count) {
    left_.clear();
    after_.reset();
    for (unsigned i = 0; i < count; ++i) left_.push_back(static_cast<std::uint8_t>(first + i));
}

void Refiling::begin(std::uint8_t partition) {
    if (std::find(left_.begin(), left_.end(), partition) == left_.end()) left_.push_back(partition);
}

void Refiling::finish() {
    left_.pop_front();
    after_.reset();
}

}  // namespace countersign::runtime
