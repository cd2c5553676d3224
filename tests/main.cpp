// The main of the test executables that link `test_main`: doctest's options, and --seed=N or the
// variable COUNTERSIGN_SEED, which repeat a random test with the seed that a failure printed.
#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/main.hpp"

#include <doctest/doctest.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

namespace countersign::tests {

namespace {
std::uint64_t chosen_seed = 0;
}  // namespace

std::uint64_t seed() { return chosen_seed; }

}  // namespace countersign::tests

namespace {

/// Takes the seed from the text; false when it is not a whole number.
bool choose_seed(std::string_view text) {
    const char* end = text.data() + text.size();
    const auto [stop, error] =
        std::from_chars(text.data(), end, countersign::tests::chosen_seed);
    return error == std::errc() && stop == end;
}

}  // namespace

int main(int count, char** arguments) {
    std::random_device device;
    countersign::tests::chosen_seed = (std::uint64_t{device()} << 32) | device();
    constexpr std::string_view option = "--seed=";
    const char* variable = std::getenv("COUNTERSIGN_SEED");
    bool understood = variable == nullptr || choose_seed(variable);
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument.starts_with(option)) understood = choose_seed(argument.substr(option.size()));
    }
    if (!understood) {
        std::fputs("Expected a whole number as the seed, but got something else\n", stderr);
        return 2;
    }
    doctest::Context context(count, arguments);
    const int failures = context.run();
    if (failures != 0) {
        std::printf("repeat with COUNTERSIGN_SEED=%llu\n",
                    static_cast<unsigned long long>(countersign::tests::seed()));
    }
    return failures;
}
