// Case time from the machine's monotonic clock, and the watch over wall time.

#include "engine/runtime/clock.hpp"

#include "engine/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

namespace countersign::runtime {

namespace {

using std::chrono::nanoseconds;

std::int64_t to_ms(nanoseconds time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

class SystemClock final : public Clock {
  public:
    SystemClock(const SystemClockOptions& options, MachineClocks machine)
        : machine_(std::move(machine)), speed_(options.speed) {
        CHECK(speed_ >= 0.001 && speed_ <= 1e6);
        const Instant wall = machine_.wall();
        monotonic_base_ = machine_.monotonic();
        case_base_ms_ = std::max(options.start.value_or(wall), options.not_below).ms;
        wall_compared_ = speed_ == 1 && !options.start;
        wall_base_ = wall;
        wall_monotonic_ = monotonic_base_;
    }

    Instant now() const override {
        const nanoseconds passed = machine_.monotonic() - monotonic_base_;
        if (speed_ == 1) return {case_base_ms_.load(std::memory_order_acquire) + to_ms(passed)};
        const double ms = static_cast<double>(passed.count()) / 1e6 * speed_;
        return {case_base_ms_.load(std::memory_order_acquire) + static_cast<std::int64_t>(ms)};
    }

    nanoseconds real_wait(Instant at) const override {
        const std::int64_t left_ms = at.ms - now().ms;
        if (left_ms <= 0) return nanoseconds(0);
        // An hour is waited for at most: the waiter asks again, and nothing can overflow.
        const double real_ms = std::min(static_cast<double>(left_ms) / speed_, 3'600'000.0);
        return nanoseconds(static_cast<std::int64_t>(std::ceil(real_ms * 1e6)));
    }

    ClockHealth check() override {
        const std::lock_guard lock(mutex_);
        if (!wall_compared_) return {};
        const nanoseconds at = machine_.monotonic();
        const Instant expected = wall_base_ + Duration{to_ms(at - wall_monotonic_)};
        const Duration departure = machine_.wall() - expected;
        const std::int64_t bound_ms = std::chrono::milliseconds(departure_max).count();
        if (!held_) {
            held_ = departure.ms > bound_ms || departure.ms < -bound_ms;
            quiet_since_ = at;
            quiet_departure_ = departure;
        } else if (departure.ms >= -bound_ms && departure.ms <= bound_ms) {
            held_ = false;
        } else if (std::abs(departure.ms - quiet_departure_.ms) > bound_ms) {
            quiet_since_ = at;
            quiet_departure_ = departure;
        } else if (departure.ms < 0 && at - quiet_since_ >= departure_quiet) {
            rebase_wall(at);
        }
        return {held_, held_ ? departure : Duration{}};
    }

    void accept_wall_time() override {
        const std::lock_guard lock(mutex_);
        if (!wall_compared_) return;
        const nanoseconds at = machine_.monotonic();
        const std::int64_t wall_base_ms = machine_.wall().ms - to_ms(at - monotonic_base_);
        if (wall_base_ms > case_base_ms_.load()) case_base_ms_ = wall_base_ms;
        rebase_wall(at);
    }

  private:
    void rebase_wall(nanoseconds at) {
        wall_base_ = machine_.wall();
        wall_monotonic_ = at;
        held_ = false;
    }

    MachineClocks machine_;
    double speed_;
    nanoseconds monotonic_base_{};
    std::atomic<std::int64_t> case_base_ms_{0};
    bool wall_compared_ = false;

    std::mutex mutex_;  // guards all below
    Instant wall_base_;
    nanoseconds wall_monotonic_{};
    bool held_ = false;
    nanoseconds quiet_since_{};
    Duration quiet_departure_;
};

}  // namespace

std::unique_ptr<Clock> make_system_clock(const SystemClockOptions& options, MachineClocks machine) {
    return std::make_unique<SystemClock>(options, std::move(machine));
}

std::unique_ptr<Clock> make_system_clock(const SystemClockOptions& options) {
    MachineClocks machine;
    machine.monotonic = [] {
        return nanoseconds(std::chrono::steady_clock::now().time_since_epoch());
    };
    machine.wall = [] {
        const auto since = std::chrono::system_clock::now().time_since_epoch();
        return Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
    };
    return make_system_clock(options, std::move(machine));
}

std::chrono::nanoseconds ManualClock::real_wait(Instant at) const {
    return nanoseconds(std::max<std::int64_t>(0, at.ms - now().ms) * 1'000'000);
}

void ManualClock::set(Instant at) {
    CHECK(at >= now());
    ms_.store(at.ms, std::memory_order_release);
}

}  // namespace countersign::runtime
