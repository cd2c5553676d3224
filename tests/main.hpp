#pragma once
// What the shared main of the tests (target `test_main`) offers to random tests.

#include <cstdint>

namespace countersign::tests {

/// The seed of this run: that of --seed=N or COUNTERSIGN_SEED, else a fresh one, which the main
/// prints when a test fails.
std::uint64_t seed();

}  // namespace countersign::tests
