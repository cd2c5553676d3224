#pragma once
// A case as JSON: its state, its clocks, what it waits for. Pure: called within a visit of the
// case.

#include "adapters/deployment/deployment.hpp"
#include "adapters/http/json_writer.hpp"
#include "definitions/workspace.hpp"
#include "engine/base/date.hpp"
#include "engine/core/ledger.hpp"
#include "engine/runtime/engine.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::http {

/// What departments and their roles are called, by the documents that are deployed.
struct Names {
    std::map<std::string, Text, std::less<>> departments;
    std::map<std::string, Text, std::less<>> people;  ///< those that have a name
    std::set<std::string, std::less<>> by_hand;       ///< departments without a system

    /// Returns a department's title; its id in both languages when it has none.
    Text department(std::string_view id) const;
    /// Returns what a role is called: "clerk of the service centre", 服务中心经办人员; a built-in
    /// one by its word.
    Text role(std::string_view id) const;
    /// Returns to whom a notice goes: a role, a department.
    Text addressee(std::string_view id) const {
        return departments.contains(id) ? department(id) : role(id);
    }
    /// Returns who a principal of the journal is: a department's title, a person's name, the id of
    /// one that has none: "Wang Min for Li", 王敏（代李）.
    Text principal(std::string_view name) const;
    /// Returns what an applicant is called, whose text is a person's id or a name by itself.
    Text applicant(std::string_view text) const;
    /// Whether the deployment gives a principal, or one of two, a name.
    bool names_person(std::string_view principal) const;
};

/// Returns what the departments of these documents and the people of a deployment are called.
Names names_of(const std::vector<definitions::DepartmentDefinition>& departments,
               const deployment::Deployment& deployment = {});

/// A visited case, with what every view needs of it.
struct Viewed {
    Viewed(const runtime::CaseRead& read, const Names& called);
    Viewed(const core::CaseState& case_state, const model::Process& case_process,
           const calendar::Calendars& all, Instant time, const Names& called);

    const core::CaseState& state;
    const model::Process& process;
    const calendar::Calendars& calendars;
    Instant now;
    const Names& names;
    int offset_minutes = 0;  ///< of the process's calendar

    core::Context context() const { return {now, process, calendars}; }
    /// Returns RFC 3339 with the calendar's offset.
    std::string time(Instant at) const { return rfc3339(at, offset_minutes); }
    /// Returns "Fri 2026-02-27 17:00" as the calendar's place reads it.
    Text wall(Instant at) const { return moment_text(at, offset_minutes); }
    std::string address(std::uint32_t instance) const;
    /// Returns the titles on the way to an instance; "the case" for the case itself.
    Text titles(std::uint32_t instance) const;
    /// Returns the title of a department, or of the process that is run in its place.
    Text department(std::string_view id) const;
    std::string call_id(std::uint32_t number) const { return CallId{state.id, number}.text(); }
    std::string task_id(std::uint32_t number) const { return TaskId{state.id, number}.text(); }
};

/// Returns the first call that fetches one of these papers when all of them are being fetched, else
/// null: then the applicant has something to hand in.
const core::Call* fetching_all(const Viewed& viewed, const std::vector<std::string>& materials);

/// A clock as people read it.
struct ClockView {
    calendar::Due due;
    std::string remaining;  ///< "2.5wd", "overdue 1wd"; empty once stopped
    std::string_view card;  ///< "green", "yellow", "red", "paused", "met"
};
ClockView view_of(const Viewed& viewed, const core::ClockState& clock);

/// Returns what the end of a case is called; CHECKs that it has ended.
Text end_title(const Viewed& viewed);

/// Returns the open clock named "limit" of an instance, or null.
const core::ClockState* deadline_clock(const Viewed& viewed, std::uint32_t instance);

/// Writes the state view of GET /v1/cases/{id}.
void write_case(JsonWriter& json, const Viewed& viewed, expr::Personal personal);
/// Writes the member `materials`: the papers handed in, in their order. Names
/// and hashes are for those to whom personal values are open.
void write_materials(JsonWriter& json, const Viewed& viewed, expr::Personal personal);
/// Writes the member `form_text`: the fields that are filled in, each {path, title, text}.
void write_form_text(JsonWriter& json, const Viewed& viewed, expr::Personal personal);
/// Returns the open instance that has the turn which a step waits for, or nothing.
std::optional<std::uint32_t> turn_holder(const Viewed& viewed, const core::HeldStep& held);

/// Writes any record like that, under `name`.
void write_fields_text(JsonWriter& json, const Viewed& viewed, std::string_view name,
                       const model::Field& record, const expr::Value& value,
                       expr::Personal personal);
/// Writes the member `missing`: required papers of an open case that nobody has handed in.
void write_missing(JsonWriter& json, const Viewed& viewed);
/// What stands for a text that the asker may not see.
inline constexpr std::string_view masked_text = "***";

/// Writes the steps tree: an array.
void write_steps(JsonWriter& json, const Viewed& viewed, expr::Personal personal);
/// Writes one call as GET /v1/calls/{id} gives it.
void write_call(JsonWriter& json, const Viewed& viewed, const core::Call& call);
/// The same into an object that is open.
void write_call_members(JsonWriter& json, const Viewed& viewed, const core::Call& call);
/// Writes what GET /v1/processes/{id} gives: form, materials and steps of a process.
void write_process_page(JsonWriter& json, const model::Process& process, const Names& names);
/// Writes what the case waits for, as GET /v1/cases/{id}/why gives it.
void write_why(JsonWriter& json, const Viewed& viewed, expr::Personal personal);
/// Writes the members that tell where the time went (GET /v1/cases/{id}/clock). The view's state
/// is that of the ledger's journal.
void write_ledger(JsonWriter& json, const Viewed& viewed, const core::Ledger& ledger);

/// Writes the papers that the case has issued, with their texts and the hashes of those.
void write_documents(JsonWriter& json, const Viewed& viewed, expr::Personal personal);
/// Writes `end`, or null.
void write_end(JsonWriter& json, const Viewed& viewed, expr::Personal personal);

/// Returns the titles of materials, joined: "Gas appliances, Site plan".
Text titles_of(const Viewed& viewed, const std::vector<std::string>& materials);

/// Returns whether the wait of an instance ends by itself, and when.
std::optional<Instant> wait_due(const Viewed& viewed, std::uint32_t instance);

// Names as the API writes them.
std::string_view name_of(model::OutcomeKind kind);
std::string_view name_of(model::EndKind kind);
std::string_view name_of(model::ClockKind kind);
std::string_view name_of(model::ActionKind kind);
std::string_view name_of(core::SkipReason reason);
std::string_view name_of(core::IncidentKind kind);
std::string_view name_of(core::InstanceRole role);
std::string_view verb_of(const model::Process& process, const model::Step& step);

}  // namespace countersign::http
