#pragma once
// The ledger of a case's time: its life from the receipt to the end, cut into intervals by who
// held it. Read from the records alone; README.md, "Who holds a case", has the rule.

#include "engine/base/text.hpp"
#include "engine/core/command.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::core {

/// Whose turn it was. The order is the one in which they are shown.
enum class Holder : std::uint8_t { government = 0, applicant = 1, third_party = 2, nobody = 3 };
inline constexpr std::size_t holders = 4;

/// What somebody who was busy had to do.
enum class Duty : std::uint8_t {
    entry = 0,       ///< enter an application that came on paper
    call = 1,        ///< answer a department's call
    task = 2,        ///< complete a task
    notice = 3,      ///< send the notice of missing papers that is being gathered
    supplement = 4,  ///< supply the papers of the notice
    papers = 5,      ///< supply papers that were allowed to follow the application
    incident = 6,    ///< set right what went wrong: an operator
    wait = 7,        ///< nothing: a time or an event is waited for
};

/// Returns the name that the API gives: "third_party", "supplement".
std::string_view name_of(Holder holder);
std::string_view name_of(Duty duty);

/// A step as it was addressed then, its round included, and the titles on the way to it.
struct BusyStep {
    std::string address;
    Text titles;
    bool operator==(const BusyStep&) const = default;
};

/// Somebody with open work: one a side, body and duty.
struct Busy {
    Holder side = Holder::nobody;
    std::string who;  ///< department, "applicant", "operator"; or empty
    Duty duty = Duty::wait;
    std::size_t open = 0;         ///< steps
    std::vector<BusyStep> steps;  ///< the first of them, ledger_steps_max at most
    bool operator==(const Busy&) const = default;
};
inline constexpr std::size_t ledger_steps_max = 3;

/// A length of time, by the process's calendar and by the wall.
struct Span {
    std::int64_t working_ms = 0;
    std::int64_t elapsed_ms = 0;
    bool operator==(const Span&) const = default;
    Span& operator+=(const Span& other);
};

/// [from, to) with one holder and the same people busy. Never empty.
struct LedgerInterval {
    Instant from;
    Instant to;
    Span span;
    Holder holder = Holder::nobody;
    std::vector<Busy> busy;             ///< all who were, the holder's side first
    std::vector<std::uint32_t> paused;  ///< numbers of the clocks that stood still
    /// Whether nothing changed from one to the other but the time.
    bool same_as(const LedgerInterval& other) const {
        return holder == other.holder && busy == other.busy && paused == other.paused;
    }
};

/// A body's part. `busy` may overlap with others'; `alone` is what the case waited for it and
/// nobody else of its side.
struct LedgerShare {
    Span busy;
    Span alone;
};

/// The intervals follow each other without a gap from `from` to `to`; `held` sums to `whole`, and
/// each side's `alone` with its `together` to what it held, to the millisecond.
struct Ledger {
    Instant from;  ///< the receipt
    Instant to;    ///< the end, or the present while the case is open
    bool ended = false;
    Span whole;
    std::array<Span, holders> held{};
    std::array<Span, holders> together{};  ///< several bodies of the side at once
    std::map<std::pair<Holder, std::string>, LedgerShare> shares;
    std::vector<LedgerInterval> intervals;
};

/// Reads a case's records, the first one first. The work for each is bounded by what it changes,
/// so that a case with thousands of branches is read, too.
class LedgerReader {
  public:
    /// `process` and `calendar` (the process's) must outlive the reader.
    LedgerReader(const model::Process& process, const calendar::Calendar& calendar)
        : process_(process), calendar_(calendar) {}

    /// Applies the next record. Records behind the case's end change nothing in the ledger.
    void read(const Record& record);
    const CaseState& state() const { return state_; }
    /// Returns the ledger as it stands at `now`, which an ended case does not look at.
    Ledger ledger(Instant now) const;

  private:
    using Key = std::pair<Holder, std::pair<std::string, Duty>>;  ///< side, (who, duty)
    void follow(const Event& event);
    void look_at(std::uint32_t instance);
    std::optional<Key> duty_of(std::uint32_t instance) const;
    std::optional<Key> work_of(std::uint32_t instance) const;
    bool stands_aside(std::uint32_t instance) const;
    Holder holder_of(const std::vector<Busy>& busy) const;
    LedgerInterval present(Instant at) const;
    Span between(Instant from, Instant to) const;
    void add(Ledger& ledger, LedgerInterval interval) const;

    const model::Process& process_;
    const calendar::Calendar& calendar_;
    CaseState state_;
    std::map<Key, std::set<std::uint32_t>> open_;  ///< instances by who must move them
    std::map<std::uint32_t, Key> where_;           ///< the same by instance
    std::set<std::uint32_t> troubled_;             ///< instances with an open incident
    std::set<std::uint32_t> paused_;               ///< clocks that stand still
    std::vector<LedgerInterval> begun_;            ///< in order; the next one ends each
};

/// Returns the ledger of a whole journal.
Ledger ledger_of(const std::vector<Record>& records, const model::Process& process,
                 const calendar::Calendar& calendar, Instant now);

}  // namespace countersign::core
