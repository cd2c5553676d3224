// Breaker and rate cap of a department.

#include "engine/runtime/dispatcher.hpp"

#include <algorithm>
#include <cmath>

namespace countersign::runtime {

Breaker::Breaker(std::uint32_t failures, Duration open)
    : failures_max_(failures), open_for_(std::chrono::milliseconds(open.ms)) {}

bool Breaker::allows(RealTime now) const {
    return !open_until_ || (!probing_ && now >= *open_until_);
}

void Breaker::sent() { probing_ = open_until_.has_value(); }

void Breaker::succeeded() {
    failures_ = 0;
    probing_ = false;
    open_until_.reset();
}

void Breaker::failed(RealTime now) {
    ++failures_;
    probing_ = false;
    if (failures_max_ != 0 && failures_ >= failures_max_) open_until_ = now + open_for_;
}

std::optional<RealTime> Breaker::next() const {
    return probing_ ? std::nullopt : open_until_;
}

void RateCap::fill(RealTime now) {
    const double most = std::max(1.0, per_second_);
    if (tokens_ < 0) {
        tokens_ = most;
    } else {
        const double passed = std::chrono::duration<double>(now - filled_).count();
        tokens_ = std::min(most, tokens_ + passed * per_second_);
    }
    filled_ = now;
}

bool RateCap::take(RealTime now) {
    if (per_second_ <= 0) return true;
    fill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
}

RealTime RateCap::next(RealTime now) const {
    if (per_second_ <= 0 || tokens_ >= 1) return now;
    const double wait_ns = std::ceil((1 - tokens_) / per_second_ * 1e9);
    return now + RealTime(static_cast<std::int64_t>(wait_ns));
}

}  // namespace countersign::runtime
