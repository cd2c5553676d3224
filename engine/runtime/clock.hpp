#pragma once
// Case time. The engine asks one Clock; it may be accelerated (demonstrations) or driven by hand
// (tests). Signatures, tokens and socket time-outs never ask it: they use the machine's real time.

#include "engine/base/time.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace countersign::runtime {

/// What a clock says about itself.
struct ClockHealth {
    bool held = false;      ///< wall time departed from case time: timers must not fire
    Duration departure;     ///< real milliseconds by which wall time is ahead (negative: behind)
};

/// Gives case time. All members may be called from any thread.
class Clock {
  public:
    virtual ~Clock() = default;

    /// Returns the present instant of case time. Never goes back.
    virtual Instant now() const = 0;

    /// Returns how long to wait in real time until case time reaches `at`; 0 when it has.
    virtual std::chrono::nanoseconds real_wait(Instant at) const = 0;

    /// Looks whether wall time has departed; called about once a second.
    virtual ClockHealth check() = 0;

    /// An operator's word that the wall clock is right: case time moves forward to it (never
    /// back), and timers run again.
    virtual void accept_wall_time() = 0;
};

/// How a SystemClock starts.
struct SystemClockOptions {
    /// Case time at the start; absent: the machine's wall time.
    std::optional<Instant> start;
    /// Case milliseconds a real millisecond, 0.001 … 1,000,000. Other than 1: accelerated, and
    /// wall time is not compared.
    double speed = 1;
    /// The last durable stamp: case time starts no earlier.
    Instant not_below;
};

/// Wall time further away than this holds the timers.
inline constexpr std::chrono::minutes departure_max{5};
/// A backward departure heals by itself when wall time has kept pace for so long.
inline constexpr std::chrono::minutes departure_quiet{10};

/// Returns a clock that is driven by the machine's monotonic clock.
std::unique_ptr<Clock> make_system_clock(const SystemClockOptions& options);

/// Where make_system_clock reads the machine's clocks; tests give their own.
struct MachineClocks {
    std::function<std::chrono::nanoseconds()> monotonic;
    std::function<Instant()> wall;
};
std::unique_ptr<Clock> make_system_clock(const SystemClockOptions& options, MachineClocks machine);

/// A clock that stands still until it is set. For tests, rehearsals and simulation.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Instant start) : ms_(start.ms) {}

    Instant now() const override { return {ms_.load(std::memory_order_acquire)}; }
    std::chrono::nanoseconds real_wait(Instant at) const override;
    ClockHealth check() override { return {held_.load(), {}}; }
    void accept_wall_time() override { held_ = false; }

    /// Sets the time. CHECKs that it does not go back.
    void set(Instant at);
    void advance(Duration by) { set(now() + by); }
    void hold(bool held) { held_ = held; }

  private:
    std::atomic<std::int64_t> ms_;
    std::atomic<bool> held_{false};
};

}  // namespace countersign::runtime
