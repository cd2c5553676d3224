// The abort behind CHECK.
#include "engine/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace countersign {

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", condition, file, line);
    std::abort();
}

}  // namespace countersign
