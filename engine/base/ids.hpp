#pragma once
// Ids of cases, calls and tasks. engine/store/README.md fixes their bits for ever.

#include "engine/base/field.hpp"
#include "engine/base/result.hpp"
#include "engine/base/time.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign {

/// Partitions are fixed for ever; shards own ranges of them (design.md §3).
inline constexpr unsigned partitions = 64;

/// The id of a case: 48 bits of milliseconds, 8 of partition, 24 of counter. Ids order by time.
struct CaseId {
    std::uint64_t ms = 0;        ///< case time of the opening, below 2^48
    std::uint8_t partition = 0;  ///< below `partitions`
    std::uint32_t counter = 0;   ///< below 2^24; unique within the millisecond and partition
    auto operator<=>(const CaseId&) const = default;

    /// Returns 16 characters of Crockford base 32 (no I, L, O, U): can be read out by phone.
    std::string text() const;
    /// Reads text(), in either case and with I, L, O taken for 1, 1, 0.
    static result<CaseId> parse(std::string_view text);

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("ms", ms) & make_field("partition", partition) &
            make_field("counter", counter);
    }
};

/// The id of a call to a department, for life: its case and its number there, from 1.
struct CallId {
    CaseId case_id;
    std::uint32_t number = 0;
    auto operator<=>(const CallId&) const = default;

    std::string text() const;  ///< "06ETMB…-C3"
    static result<CallId> parse(std::string_view text);

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("case_id", case_id) & make_field("number", number);
    }
};

/// The id of a task on a person's worklist: its case and its number there, from 1.
struct TaskId {
    CaseId case_id;
    std::uint32_t number = 0;
    auto operator<=>(const TaskId&) const = default;

    std::string text() const;  ///< "06ETMB…-T1"
    static result<TaskId> parse(std::string_view text);
};

}  // namespace countersign
