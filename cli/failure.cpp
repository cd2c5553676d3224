// Failures on standard error: "countersign: WHAT", and the cure below it.
#include "cli/failure.hpp"

#include "cli/output/text.hpp"
#include "engine/base/check.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace countersign::cli {

void throw_exception_from_error(const Failure&, const boost::source_location&) {
    check_failed("the outcome has a value", __FILE__, __LINE__);
}

int report(const Failure& failure) {
    fmt::print(stderr, "countersign: {}\n", printable_lines(failure.what));
    if (!failure.cure.empty()) fmt::print(stderr, "  cure: {}\n", printable_lines(failure.cure));
    return code_of(failure.exit);
}

}  // namespace countersign::cli
