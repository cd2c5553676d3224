#pragma once
// The derived rows that stand beside a record: outbox, tasks, timers, indexes and the case's
// summary. All follow from events and state, so that they can be rebuilt.

#include "engine/core/decide.hpp"
#include "engine/store/journal.hpp"
#include "engine/store/store.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace countersign::store {

/// What add_rows must know of the state before the record, because evolve changes it in place.
struct Before {
    core::CaseStatus status = core::CaseStatus::absent;
    std::vector<std::pair<std::uint32_t, std::uint32_t>>
        to_send;  ///< call, attempt: rows of `calls`
    std::vector<std::uint32_t> accepted;  ///< calls that a department has in hand
    bool tells_parent = false;
};

/// Returns it; call this before `decide`.
Before before_of(const core::CaseState& state);

/// One attempt of a call that has to be sent: all of a core::CallView that its key does not hold.
struct CallRow {
    std::string process;
    std::string step;
    std::string operation;
    std::uint32_t round = 1;
    std::uint32_t supersedes = 0;  ///< number of the call of the round before, 0 = none
    Instant requested;
    expr::StoredValue input;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("process", process) & make_field("step", step) &
            make_field("operation", operation) & make_field("round", round) &
            make_field("supersedes", supersedes) & make_field("requested", requested) &
            make_field("input", input);
    }
};

/// An open task as worklists show it.
struct TaskRow {
    std::string role;
    std::string process;
    std::string step;  ///< address
    Text title;
    Instant opened;
    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        ar& make_field("role", role) & make_field("process", process) & make_field("step", step) &
            make_field("title", title) & make_field("opened", opened);
    }
};

/// A case as lists show it; rewritten when its status changes.
struct CaseInfo {
    std::string process;
    std::uint32_t version = 0;
    Text title;  ///< of the process
    std::string applicant;
    Instant opened;
    core::CaseStatus status = core::CaseStatus::absent;
    std::string end;  ///< name of the end reached, or empty
    std::optional<Instant> ended;
    Instant received;  ///< from the applicant; 0 in rows of format 0
    static constexpr unsigned format = 1;
    template <class Archive>
    void serialize(Archive& ar, unsigned read_format) {
        ar& make_field("process", process) & make_field("version", version) &
            make_field("title", title) & make_field("applicant", applicant) &
            make_field("opened", opened) & make_field("status", status) & make_field("end", end) &
            make_field("ended", ended);
        if (has_since<Archive>(read_format, 1)) ar& make_field("received", received);
    }
};

/// Adds the rows that the events of one record change: status, process and applicant indexes, the
/// summary, the outbox, tasks and worklists. `after` is the state after the record. Call it in the
/// same batch as append_record.
void add_rows(Batch& batch, const core::CaseState& after, const model::Process& process,
              std::span<const core::Event> events, const Before& before, const CaseSecret& secret);

/// Adds that the case names the content; in the batch of the record that does.
void put_content_name(Batch& batch, CaseId id, const Hash& content);

/// Moves a timer's row from where it is filed (nothing: nowhere) to `due` (nothing: it is removed).
void file_timer(Batch& batch, CaseId id, core::TimerId timer, std::optional<Instant> filed,
                std::optional<core::TimerDue> due);

/// What an Idempotency-Key led to.
struct Repeat {
    CaseId case_id;
    Hash body{};  ///< SHA-256 of the request's body: another body with the same key is a conflict
    Instant at;
};

/// Adds the key's row; in the batch of the case that it opens.
void put_repeat(Batch& batch, std::string_view principal, std::string_view key,
                const Repeat& repeat);

/// Adds the last case time that the engine has given out.
void put_stamp(Batch& batch, Instant at);

}  // namespace countersign::store
