#pragma once
// Cases written record by record without the deciders: what the store sees of the engine.

#include "engine/store/memory.hpp"
#include "engine/store/queries.hpp"

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace countersign::store::tests {

/// A process with a call, a task and a second call; its operation is "review".
model::Process sample_process(const std::string& id = "hookup");

/// A form with a personal name and a text of `bytes` characters.
expr::StoredValue sample_form(const std::string& name, std::size_t bytes);

/// Writes the records of one case and commits each.
class Writer {
  public:
    Writer(Store& store, CaseId id, model::Process process = sample_process());

    /// Writes one record with these events; each must fit the state.
    template <class... Events>
    void write(Events... events) {
        write_all({core::make_event(std::move(events))...});
    }
    void write_all(std::vector<core::Event> events);
    /// Opens the case with its first call requested and a task open.
    void open(const std::string& applicant = "applicant:zhang", std::size_t form_bytes = 300);
    /// Runs the case to its end: both calls and the task.
    void finish();
    void snapshot();

    const core::CaseState& state() const { return state_; }
    const Head& head() const { return head_; }
    const std::vector<core::Record>& records() const { return records_; }
    Instant now() const { return now_; }

  private:
    Store& store_;
    CaseId id_;
    model::Process process_;
    core::CaseState state_;
    Head head_;
    CaseSecret secret_ = make_secret();
    Instant now_;
    std::vector<core::Record> records_;
};

/// Writes `records` records of random events that fit: calls requested, accepted, retried, blocked,
/// answered, cancelled; tasks opened, claimed, released, completed.
void write_random(Writer& writer, std::mt19937_64& random, int records);

/// Returns what the outbox must hold by the state: call and attempt of each call that is open.
std::vector<std::pair<std::uint32_t, std::uint32_t>> calls_to_send(const core::CaseState& state);

}  // namespace countersign::store::tests
