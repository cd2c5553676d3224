// The window over a durable index, against a model that keeps every timer.

#include "engine/timer/window.hpp"
#include "tests/main.hpp"

#include <doctest/doctest.h>

#include <random>

namespace countersign::timer {

namespace {

constexpr std::uint8_t first_partition = 8;
constexpr std::uint8_t partition_count = 4;

Timer timer_at(std::int64_t due, std::uint8_t partition = first_partition,
               std::uint32_t number = 1) {
    return {Instant{due}, CaseId{1, partition, 0}, 0, number};
}

/// The durable index, with the window's refills done.
struct Disk {
    std::set<Timer> rows;
    std::size_t reads = 0;

    void fill(Window& window) {
        while (const auto wanted = window.wanted()) {
            ++reads;
            std::vector<Timer> found;
            bool complete = true;
            for (const Timer& row : rows) {
                if (row.case_id.partition != wanted->partition) continue;
                if (wanted->after && row <= *wanted->after) continue;
                if (found.size() == wanted->rows_max) {
                    complete = false;
                    break;
                }
                found.push_back(row);
            }
            window.refill(*wanted, found, complete);
        }
    }
};

}  // namespace

TEST_CASE("window: gives what is due, nearest first over all partitions, and nothing else") {
    Window window(first_partition, partition_count, 100);
    Disk disk;
    disk.rows = {timer_at(30, 8), timer_at(10, 11), timer_at(20, 9), timer_at(40, 10)};
    disk.fill(window);

    CHECK(window.next() == Instant{10});
    CHECK(window.pop(Instant{30}) == timer_at(10, 11));
    CHECK(window.pop(Instant{30}) == timer_at(20, 9));
    CHECK(window.pop(Instant{30}) == timer_at(30, 8));
    CHECK(window.pop(Instant{30}) == std::nullopt);
    CHECK(window.next() == Instant{40});
}

TEST_CASE("window: nothing is given while rows must be read first") {
    Window window(first_partition, partition_count, 100);

    CHECK(window.wanted().has_value());
    CHECK(window.pop(Instant{1'000}) == std::nullopt);
}

TEST_CASE("window: a timer beyond the horizon that is not yet durable is not lost by a refill") {
    Window window(first_partition, 1, 2);
    Disk disk;
    disk.rows = {timer_at(10), timer_at(20), timer_at(50)};
    disk.fill(window);

    window.insert(timer_at(30), 7);  // beyond 20, and no scan can see it
    CHECK(window.pop(Instant{100}) == timer_at(10));
    CHECK(window.pop(Instant{100}) == timer_at(20));
    disk.fill(window);
    CHECK(window.pop(Instant{100}) == timer_at(30));
    disk.fill(window);
    CHECK(window.pop(Instant{100}) == timer_at(50));
}

TEST_CASE("window: memory is bounded and what was cut off comes back") {
    Window window(first_partition, 1, 10);
    Disk disk;
    disk.fill(window);
    for (int i = 200; i > 0; --i) {
        disk.rows.insert(timer_at(i));
        window.insert(timer_at(i), 1);
        window.committed(1);
        CHECK(window.size() <= 20);
    }

    for (int i = 1; i <= 200; ++i) {
        disk.fill(window);
        REQUIRE(window.pop(Instant{1'000}) == timer_at(i));
    }
    disk.fill(window);
    CHECK(window.pop(Instant{1'000}) == std::nullopt);
    CHECK(disk.reads < 60);
}

TEST_CASE("window: any order of filing, moving, committing and firing gives every timer in time") {
    std::mt19937_64 random(tests::seed());
    const auto pick = [&](std::uint64_t below) { return random() % below; };
    Window window(first_partition, partition_count, 12);
    Disk disk;
    std::set<Timer> filed;                     // the truth
    std::vector<std::set<Timer>> added(1);     // not yet durable, by batch
    std::vector<std::set<Timer>> removed(1);
    std::size_t durable = 0;                   // batches before this index are durable
    const auto remove = [&](const Timer timer) {  // a copy: it may stand in `filed`
        filed.erase(timer);
        window.erase(timer);
        removed.back().insert(timer);
    };

    for (int round = 0; round < 20'000; ++round) {
        const Instant now{round / 4};
        const auto action = pick(10);
        if (action < 5) {
            const Timer timer = timer_at(now.ms + static_cast<std::int64_t>(pick(400)),
                                         static_cast<std::uint8_t>(first_partition + pick(4)),
                                         static_cast<std::uint32_t>(round));
            filed.insert(timer);
            window.insert(timer, added.size() - 1);
            added.back().insert(timer);
        } else if (action < 6 && !filed.empty()) {
            remove(*filed.begin());
        } else if (action < 7) {
            added.emplace_back();
            removed.emplace_back();
        } else if (action < 8 && durable + 1 < added.size()) {
            disk.rows.insert(added[durable].begin(), added[durable].end());
            for (const Timer& timer : removed[durable]) disk.rows.erase(timer);
            window.committed(durable);
            ++durable;
        }
        disk.fill(window);
        const auto fired = window.pop(now);
        // A stale one is harmless, but a timer that is filed and due must not be passed over.
        if (!fired || !filed.contains(*fired)) {
            const bool stale = fired.has_value();
            if (!stale) REQUIRE((filed.empty() || filed.begin()->due > now));
            continue;
        }
        REQUIRE(*fired == *filed.begin());
        remove(*fired);
    }
    CHECK(window.size() <= 4 * 2 * 3 + 1);
}

}  // namespace countersign::timer
