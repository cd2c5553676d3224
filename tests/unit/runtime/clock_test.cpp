// Case time against a machine whose clocks the test turns.

#include "engine/runtime/clock.hpp"

#include <doctest/doctest.h>

namespace countersign::runtime {

namespace {

constexpr Instant wall_start{1'770'000'000'000};

struct Machine {
    std::shared_ptr<std::chrono::nanoseconds> up = std::make_shared<std::chrono::nanoseconds>(0);
    std::shared_ptr<Instant> wall = std::make_shared<Instant>(wall_start);

    MachineClocks clocks() const {
        return {[up = up] { return *up; }, [wall = wall] { return *wall; }};
    }
    void pass(Duration by) {
        *up += std::chrono::milliseconds(by.ms);
        *wall = *wall + by;
    }
};

}  // namespace

TEST_CASE("clock: case time is wall time at the start and advances with the monotonic clock") {
    Machine machine;
    const auto clock = make_system_clock({}, machine.clocks());

    machine.pass(hours(3));
    CHECK(clock->now() == wall_start + hours(3));
    *machine.wall = *machine.wall - hours(1);
    CHECK(clock->now() == wall_start + hours(3));
}

TEST_CASE("clock: starts no earlier than the last durable stamp") {
    Machine machine;
    const auto clock = make_system_clock({{}, 1, wall_start + hours(2)}, machine.clocks());

    CHECK(clock->now() == wall_start + hours(2));
}

TEST_CASE("clock: an accelerated one runs faster from its own start, and waits are shorter") {
    Machine machine;
    const auto clock = make_system_clock({Instant{0}, 3600, {}}, machine.clocks());

    machine.pass(seconds(2));
    CHECK(clock->now() == Instant{0} + hours(2));
    CHECK(clock->real_wait(Instant{0} + hours(3)) == std::chrono::seconds(1));
    CHECK(clock->real_wait(Instant{0}) == std::chrono::seconds(0));
    *machine.wall = *machine.wall + hours(100);
    CHECK_FALSE(clock->check().held);
}

TEST_CASE("clock: a departure of wall time by over five minutes holds the timers") {
    Machine machine;
    const auto clock = make_system_clock({}, machine.clocks());

    *machine.wall = *machine.wall + minutes(5);
    CHECK_FALSE(clock->check().held);
    *machine.wall = *machine.wall + milliseconds(1);
    CHECK(clock->check().held);
    CHECK(clock->check().departure == minutes(5) + milliseconds(1));
    machine.pass(hours(1));
    CHECK(clock->check().held);
}

TEST_CASE("clock: a departure that is taken back heals") {
    Machine machine;
    const auto clock = make_system_clock({}, machine.clocks());

    *machine.wall = *machine.wall + hours(1);
    CHECK(clock->check().held);
    *machine.wall = *machine.wall - hours(1);
    CHECK_FALSE(clock->check().held);
}

TEST_CASE("clock: an operator accepts a forward departure and case time moves forward to it") {
    Machine machine;
    const auto clock = make_system_clock({}, machine.clocks());
    *machine.wall = *machine.wall + hours(5);
    CHECK(clock->check().held);

    clock->accept_wall_time();

    CHECK_FALSE(clock->check().held);
    CHECK(clock->now() == wall_start + hours(5));
}

TEST_CASE("clock: ten quiet minutes resolve a backward departure, and case time never goes back") {
    Machine machine;
    const auto clock = make_system_clock({}, machine.clocks());
    *machine.wall = *machine.wall - hours(5);
    CHECK(clock->check().held);

    machine.pass(minutes(10) + milliseconds(-1));
    CHECK(clock->check().held);
    machine.pass(milliseconds(1));
    CHECK_FALSE(clock->check().held);
    CHECK(clock->now() == wall_start + minutes(10));
}

TEST_CASE("clock: a departure that moves on is not quiet") {
    Machine machine;
    const auto clock = make_system_clock({}, machine.clocks());
    *machine.wall = *machine.wall - hours(5);
    CHECK(clock->check().held);

    machine.pass(minutes(9));
    *machine.wall = *machine.wall - hours(1);
    CHECK(clock->check().held);
    machine.pass(minutes(9));
    CHECK(clock->check().held);
    machine.pass(minutes(1));
    CHECK_FALSE(clock->check().held);
}

}  // namespace countersign::runtime
