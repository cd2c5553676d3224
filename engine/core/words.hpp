#pragma once
// Words in both languages: statuses, outcomes, who did something, where in a case it happened.

#include "engine/core/command.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::core {

/// Returns a fixed name of the core or the API (a status, a kind, a card, a skip reason), or an
/// outcome that many definitions use, as people say it: "supplementing" → "waits for papers",
/// 待补正. Any other name is somebody's own: in quotation marks where Chinese would swallow it.
Text word_of(std::string_view name);

/// Returns who a principal of the journal is: "operator:li" → "li"; "engine" → "the engine", 系统.
/// The words around it say what a department or applicant did; "li for wang" is 李's own doing.
Text name_of_principal(std::string_view principal);

/// Returns what the process that runs behind a call's department is called ("process:ID"), or
/// nothing when that is a department.
std::optional<Text> title_of_run(const model::Process& process, std::string_view department);

/// Returns the choices that the keys of an `each` come from: those of the form's field that its
/// list reads; none where it reads no such field.
const std::vector<model::Choice>& choices_of(const model::Process& process,
                                             const model::Step& step);

/// Returns what the key of an `each` is called: the title of the choice when the list comes from a
/// form's `choice` or `choices`, else the key itself.
Text title_of_key(const model::Process& process, const model::Step& step, std::string_view key);

/// Returns how people call the round of a step behind its title: " (round 2)", （第2轮）; nothing
/// for the first.
Text round_words(std::uint32_t round);

/// Returns the titles on the way to an instance: "Utility[gas] · Supply plan (round 2)",
/// 专业服务[气] · 供应方案（第2轮）. A step without a title has its id. Empty for the case itself.
Text titles_of(const CaseState& state, const model::Process& process, std::uint32_t instance);

/// Likewise of a step that waits for papers and has no instance yet.
Text titles_of(const CaseState& state, const model::Process& process, const HeldStep& held);

/// Returns what a material or a field of the form is called; the id when it has no title.
Text title_of_item(const model::Process& process, std::string_view id);

/// What the core notes itself, where no person did.
inline constexpr std::string_view papers_late_note = "the missing papers did not come in time";
inline constexpr std::string_view recalled_note = "the case that asked for it no longer needs it";
/// Returns a note as people read it: the core's own in both languages, all others as they are.
Text note_words(std::string_view note);
/// Returns the reason of a case's end: each note that it was made of by note_words.
Text end_reason(const CaseState& state);

/// Returns what an open incident is about. What a department, a transport or an expression said is
/// in quotation marks, in its own words.
Text incident_words(const Incident& incident);

/// Returns how people call the status: "claimed", 已领取.
Text words_of(CaseStatus status);
Text words_of(TaskStatus status);

/// Returns the outcomes' names one after the other: "accepted, refused", accepted、refused.
Text names_of(const std::vector<model::Outcome>& outcomes);

/// Rejections that several deciders give.
Rejection note_too_large();
Rejection form_refused(std::vector<model::Problem> problems);

}  // namespace countersign::core
