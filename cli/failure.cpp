// Failures on standard error: "countersign: WHAT", and the cure below it.
#include "cli/failure.hpp"

#include "cli/output/text.hpp"
#include "engine/base/check.hpp"

#include <fmt/core.h>

#include <cstdio>

namespace countersign::cli {

namespace {

/// Of the process: a failure may be found before there is anything to pass a language with.
std::string_view chosen = "en";

}  // namespace

void report_in(std::string_view language) { chosen = language == "zh" ? "zh" : "en"; }

void throw_exception_from_error(const Failure&, const boost::source_location&) {
    check_failed("the outcome has a value", __FILE__, __LINE__);
}

int report(const Failure& failure) {
    // What was printed before comes before, where both streams go to one place.
    std::fflush(stdout);
    fmt::print(stderr, "countersign: {}\n", printable_lines(failure.what.in(chosen)));
    if (!failure.cure.empty())
        fmt::print(stderr, "  {}{}\n", chosen == "zh" ? "处理办法：" : "cure: ",
                   printable_lines(failure.cure.in(chosen)));
    return code_of(failure.exit);
}

}  // namespace countersign::cli
