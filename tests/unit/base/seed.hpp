#pragma once
// The seed of this run's random tests: COUNTERSIGN_SEED, or one that is printed.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace countersign::testing {

inline std::uint64_t first_seed() {
    static const std::uint64_t seed = [] {
        const char* given = std::getenv("COUNTERSIGN_SEED");
        const std::uint64_t chosen =
            given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
        std::printf("COUNTERSIGN_SEED=%llu\n", static_cast<unsigned long long>(chosen));
        return chosen;
    }();
    return seed;
}

}  // namespace countersign::testing
