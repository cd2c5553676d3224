#pragma once
// What the chart of a case shows of its journal: each round of each step from its start to its end.

#include "adapters/http/api/views.hpp"
#include "engine/core/command.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::http {

/// A round of a step that somebody, or time, has in hand.
struct Bar {
    std::uint32_t instance = 0;
    std::uint32_t round = 1;
    Instant from;
    std::optional<Instant> to;  ///< nothing while it is open
    std::string outcome;        ///< of an ended one
    bool cut = false;           ///< cancelled, or skipped after it had begun
    std::string forwarded;      ///< the department or role that had got it by then; else the first
};

/// Reads a case's records, from the first on.
class BarReader {
  public:
    void read(const core::Record& record);
    const std::vector<Bar>& bars() const { return bars_; }

  private:
    /// A further round, in the same hands as the one before.
    void begin_round(std::uint32_t instance, std::uint32_t round, Instant at);
    void close(std::uint32_t instance, Instant at, std::string outcome, bool cut);
    std::vector<Bar> bars_;
};

/// Writes the bars of the steps that are asked for or waited for, the days off among them, and when
/// the case's own clocks fall due and stood still.
void write_chart(JsonWriter& json, const Viewed& viewed, const std::vector<Bar>& bars);

}  // namespace countersign::http
