#pragma once
// Reading test documents, once the processes that they are about are compiled.

#include "definitions/catalog.hpp"
#include "definitions/testing/test.hpp"

#include <optional>
#include <vector>

namespace countersign::definitions {

/// The checked set that a test refers to. The references must outlive the call.
struct TestSet {
    const std::vector<model::Process>& processes;
    const std::vector<bool>& broken;  ///< processes with errors: nothing is said of their tests
    const std::vector<calendar::CalendarData>& calendars;
    const Catalog& catalog;
    Diagnostics& found;
};

/// Reads a test document; all that is wrong with it is in `found`. Nothing when it is about no
/// process of the set, or about a broken one.
std::optional<TestDefinition> read_test(const Node& root, const TestSet& set);

}  // namespace countersign::definitions
