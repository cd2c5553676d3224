#pragma once
// CHECK: the one macro. A violated CHECK means that we were wrong; it is never used on outside
// input.

namespace countersign {

/// Prints the failed condition with its place to standard error and aborts. Any thread.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace countersign

/// Aborts unless `condition` holds, in every build: a broken invariant must not reach the disk.
#define CHECK(condition)                                                 \
    do {                                                                 \
        if (!(condition)) [[unlikely]]                                   \
            ::countersign::check_failed(#condition, __FILE__, __LINE__); \
    } while (false)
