#pragma once
// A case in a test tube: a process built by hand, commands in virtual time, and after every command
// the check that replaying the journal gives the same bytes and that the counters are right.

#include "engine/core/decide.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::core::lab {

/// 2026-02-10T10:00+08:00, a Tuesday.
Instant start_of_tests();
/// Monday to Friday, 09:00 to 17:00, UTC+8, no holidays.
calendar::Calendars plain_calendars();

/// Builds processes without YAML; each function returns the step's index.
struct Builder {
    model::Process process;

    Builder();
    model::ScopeIndex add_scope(model::StepIndex owner);
    model::StepIndex add(model::ScopeIndex scope, std::string id, model::Verb verb,
                         std::vector<model::StepIndex> needs = {});
    /// A call to `department`.review with the outcomes approved, rejected and incomplete.
    model::StepIndex call(model::ScopeIndex scope, std::string id, std::string department,
                          std::vector<model::StepIndex> needs = {});
    model::StepIndex ask(model::ScopeIndex scope, std::string id,
                         std::vector<model::StepIndex> needs = {});
    model::StepIndex stage(model::ScopeIndex scope, std::string id,
                           std::vector<model::StepIndex> needs = {});
    model::ScopeIndex inside(model::StepIndex stage) const;
    void each(model::StepIndex step, std::vector<std::string> items, model::JoinKind join,
              std::uint32_t count = 0);
    void on(model::StepIndex step, std::string outcome, model::Move move);
    void limit(model::StepIndex step, calendar::Limit within, std::vector<model::Rung> rungs = {});
    model::Step& step(model::StepIndex index) { return process.steps[index]; }
};

model::Move move(model::MoveKind kind, std::string target = {}, std::uint32_t times = 0);
/// A program that yields a constant.
model::Expression constant(expr::Value value);

class Lab {
  public:
    explicit Lab(model::Process process);

    /// Opens the case; CHECKs that it was not refused.
    void open();
    /// Decides a command at the present time; an empty text, or the rejection's message.
    std::string tell(CommandBody body, std::vector<std::string> roles = {"operator"}) {
        return tell_as("li", std::move(body), std::move(roles));
    }
    /// The same by someone of another name.
    std::string tell_as(std::string name, CommandBody body, std::vector<std::string> roles);
    std::string answer(std::string_view address, std::string outcome);
    std::string complete(std::string_view address, std::string outcome);
    /// Moves time on, firing each timer at its due on the way.
    void advance(Duration by);
    void advance_to(Instant to);

    const CaseState& state() const { return state_; }
    Instant now() const { return now_; }
    /// Returns "a:approved b:active utility[x]:done" for all instances but the roots, by number.
    std::string steps() const;
    /// Returns the names of the events of the last command.
    std::vector<std::string> last() const;
    const std::vector<Record>& journal() const { return journal_; }
    const std::vector<Effect>& effects() const { return effects_; }
    std::uint32_t instance(std::string_view address) const;
    /// Has a content stored: commands that name it are told its size.
    void store(const std::string& sha256, std::uint64_t bytes) { stored_[sha256] = {bytes, {}}; }
    Context context() const { return {now_, process_, calendars_}; }
    Reply reply() const { return reply_; }

  private:
    void check() const;

    model::Process process_;
    calendar::Calendars calendars_;
    Contents stored_;
    CaseState state_;
    Instant now_;
    std::vector<Record> journal_;
    std::vector<Event> last_;
    std::vector<Effect> effects_;
    Reply reply_ = Reply::done;
};

}  // namespace countersign::core::lab
