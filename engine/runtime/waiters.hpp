#pragma once
// Who waits for a case to end.

#include "engine/runtime/case_cache.hpp"
#include "engine/runtime/messages.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace countersign::runtime {

/// Not shared between threads. Deadlines are real time.
class Waiters {
  public:
    using Time = std::chrono::nanoseconds;

    void add(const CaseId& id, Time until, CaseVisitor visitor);
    /// Takes all who wait for this case.
    std::vector<CaseVisitor> take(const CaseId& id);
    /// Takes all whose time is up.
    std::vector<std::pair<CaseId, CaseVisitor>> take_expired(Time now);
    /// Returns the nearest deadline.
    std::optional<Time> next() const;

  private:
    using Deadlines = std::multimap<Time, CaseId>;
    struct Waiter {
        CaseVisitor visitor;
        Deadlines::iterator deadline;
    };
    std::unordered_map<CaseId, std::vector<Waiter>, CaseIdHash> by_case_;
    Deadlines deadlines_;
};

}  // namespace countersign::runtime
