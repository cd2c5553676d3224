// Whether expectations hold, and where they do not, what happened instead.
#include "adapters/http/api/views.hpp"
#include "adapters/rehearsal/play.hpp"
#include "adapters/rehearsal/telling.hpp"
#include "engine/base/text.hpp"
#include "engine/core/transitions.hpp"
#include "engine/expr/json.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace countersign::rehearsal {

namespace {

using definitions::ExpectClock;
using definitions::ExpectEnd;
using definitions::ExpectIncident;
using definitions::ExpectIssued;
using definitions::ExpectNotices;
using definitions::ExpectOpen;
using definitions::ExpectRejected;
using definitions::ExpectSent;
using definitions::ExpectStep;
using definitions::Placed;
using definitions::When;
using diagnostics::Span;

/// Values as people wrote and as departments gave them: numbers by value, all else by its JSON.
bool alike(const expr::Value& wanted, const expr::Value& found) {
    if (wanted == found) return true;
    if (wanted.is(expr::Kind::list) && found.is(expr::Kind::list))
        return std::equal(wanted.items().begin(), wanted.items().end(), found.items().begin(),
                          found.items().end(), alike);
    if (wanted.is(expr::Kind::map)) {
        return found.is(expr::Kind::map) &&
               std::all_of(wanted.entries().begin(), wanted.entries().end(),
                           [&](const expr::Entry& entry) {
                               const expr::Value* inner = found.find(entry.first);
                               return inner != nullptr && alike(entry.second, *inner);
                           });
    }
    if (found.is(expr::Kind::timestamp) && wanted.is(expr::Kind::string)) {
        const auto at = parse_rfc3339(wanted.as_string());
        return at && *at == found.as_instant();
    }
    if (found.is(expr::Kind::money) && wanted.is(expr::Kind::integer))
        return wanted.as_integer() * 100 == found.as_fen();
    if (found.is(expr::Kind::money) && wanted.is(expr::Kind::real))
        return std::llround(wanted.as_real() * 100) == found.as_fen();
    if (found.is(expr::Kind::money) && wanted.is(expr::Kind::string)) {
        const double yuan = std::strtod(wanted.as_string().c_str(), nullptr);
        return std::llround(yuan * 100) == found.as_fen();
    }
    return false;
}

std::string shown(const expr::Value& value) { return expr::to_json(value, expr::Personal::open); }

bool holds_text(const std::string& whole, const std::string& part) {
    return whole.find(part) != std::string::npos;
}

Text card_word(std::string_view card) {
    if (card == "red") return {"red", "红"};
    if (card == "yellow") return {"yellow", "黄"};
    return {"green", "绿"};
}

/// Looks at one expectation after the other.
class Judge {
  public:
    Judge(const definitions::TestDefinition& test, const Played& played)
        : played_(played),
          process_(*played.process->process),
          state_(played.facts.state),
          tell_(played, test.offset_minutes) {}

    void judge(const definitions::Expectation& expectation) {
        place_ = expectation.place;
        std::visit([this](const auto& one) { look(one); }, expectation.what);
    }
    std::vector<diagnostics::Diagnostic> take() { return std::move(found_); }

  private:
    void fail(const Span& place, const Text& message) {
        diagnostics::Diagnostic diagnostic;
        diagnostic.code = definitions::expectation_code;
        diagnostic.span = place;
        diagnostic.message = message;
        found_.push_back(std::move(diagnostic));
    }

    // ── Steps ──
    const RoundFacts* round_of(const ExpectStep& step) {
        const auto found = played_.facts.steps.find(step.step.value);
        if (found == played_.facts.steps.end() || found->second.empty()) {
            fail(step.step.place, tell_.never(step.step.value));
            return nullptr;
        }
        const auto& rounds = found->second;
        if (!step.round) return &rounds.back();
        const auto wanted = static_cast<std::size_t>(step.round->value);
        if (wanted <= rounds.size()) return &rounds[wanted - 1];
        fail(step.round->place,
             format_both("`{}` came to round {}, not {}; {}", "`{}`只进行到第{}轮，没有第{}轮；{}",
                         step.step.value, rounds.size(), wanted,
                         tell_.round(step.step.value, rounds.back())));
        return nullptr;
    }

    void look_never(const ExpectStep& step) {
        const auto found = played_.facts.steps.find(step.step.value);
        if (found == played_.facts.steps.end() || found->second.empty()) return;
        fail(*step.never_started, tell_.round(step.step.value, found->second.back()));
    }

    void look(const ExpectStep& step) {
        if (step.never_started) return look_never(step);
        const RoundFacts* found = round_of(step);
        if (found == nullptr) return;
        const RoundFacts& round = *found;
        const std::string& address = step.step.value;
        if (step.skipped && step.skipped->value != round.skipped.has_value())
            return fail(step.skipped->place,
                        step.skipped->value
                            ? format_both("{}, and was not skipped", "{}，并未被跳过",
                                          tell_.round(address, round))
                            : tell_.round(address, round));
        if (step.open && step.open->value != round.is_open())
            return fail(step.open->place, step.open->value
                                              ? format_both("{}; it is not open", "{}；已不在办理",
                                                            tell_.round(address, round))
                                              : tell_.round(address, round));
        if (step.cancelled && step.cancelled->value != round.cancelled)
            return fail(step.cancelled->place,
                        step.cancelled->value ? format_both("{}; it was not cancelled",
                                                            "{}；并未被取消",
                                                            tell_.round(address, round))
                                              : tell_.round(address, round));
        if (step.outcome && round.outcome != step.outcome->value)
            return fail(step.outcome->place, not_that_outcome(address, round, step));
        if (step.deemed && step.deemed->value != round.deemed)
            fail(step.deemed->place,
                 format_both("{}: {}", "{}：{}", tell_.round(address, round),
                             round.deemed ? Text{"that was deemed", "属视为"}
                                          : Text{"somebody said so, it was not deemed",
                                                 "系明确答复，并非视为"}));
        look_details(step, round);
    }

    Text not_that_outcome(const std::string& address, const RoundFacts& round,
                          const ExpectStep& step) const {
        const std::string& wanted = step.outcome->value;
        if (!round.ended || round.skipped)
            return format_both("{}; expected it to end `{}`", "{}；预期结果为`{}`",
                               tell_.round(address, round), wanted);
        Text text = format_both("`{0}` ended `{1}`, not `{2}`; it ended {3}",
                                "`{0}`以`{1}`办结，而不是`{2}`；办结于{3}", address, round.outcome,
                                wanted, tell_.moment(*round.ended));
        if (!round.note.empty()) text = format_both("{} ({})", "{}（{}）", text, round.note);
        // Where another round ended as expected, that is the likely mistake.
        const auto& rounds = played_.facts.steps.find(address)->second;
        for (std::size_t i = 0; i < rounds.size(); ++i)
            if (rounds[i].outcome == wanted)
                return format_both("{}; round {} ended `{}`", "{}；第{}轮以`{}`办结", text, i + 1,
                                   wanted);
        return text;
    }

    void look_details(const ExpectStep& step, const RoundFacts& round) {
        const std::string& address = step.step.value;
        if (step.card && step.card->value != round.card())
            fail(step.card->place,
                 format_both("the card of `{}` is {}, not {}", "`{}`为{}牌，而不是{}牌", address,
                             card_word(round.card()), card_word(step.card->value)));
        if (step.escalated_to) look_escalation(step, round);
        if (step.note && !holds_text(round.note, step.note->value))
            fail(step.note->place, round.note.empty()
                                       ? format_both("`{}` has no note", "`{}`没有附言", address)
                                       : format_both("the note of `{}` is \"{}\"",
                                                     "`{}`的附言为“{}”", address, round.note));
        if (step.started) look_time(*step.started, round.started, address, {"started", "开始"});
        if (step.ended) look_time(*step.ended, round.ended, address, {"ended", "办结"});
        for (const auto& [name, wanted] : step.result) {
            const expr::Value* value = round.result.find(name.value);
            if (value == nullptr)
                fail(name.place, format_both("the result of `{}` has no `{}`: it is {}",
                                             "`{}`的结果中没有`{}`：结果为{}", address, name.value,
                                             shown(round.result)));
            else if (!alike(wanted, *value))
                fail(name.place, format_both("`{}` of the result of `{}` is {}, not {}",
                                             "`{1}`的结果中`{0}`为{2}，而不是{3}", name.value,
                                             address, shown(*value), shown(wanted)));
        }
    }

    void look_escalation(const ExpectStep& step, const RoundFacts& round) {
        const auto& to = round.escalated_to;
        if (std::find(to.begin(), to.end(), step.escalated_to->value) != to.end()) return;
        if (to.empty())
            return fail(step.escalated_to->place,
                        format_both("`{}` was escalated to nobody; {}", "`{}`没有升级督办；{}",
                                    step.step.value, tell_.round(step.step.value, round)));
        fail(step.escalated_to->place,
             format_both("`{}` was escalated to {}, not to {}", "`{}`升级至{}，而不是{}",
                         step.step.value, to.back(), step.escalated_to->value));
    }

    void look_time(const Placed<When>& wanted, const std::optional<Instant>& found,
                   const std::string& address, const Text& did) {
        if (found && tell_.is_at(*found, wanted.value)) return;
        if (!found)
            return fail(wanted.place,
                        format_both("`{}` never {}; expected it {}", "`{}`没有{}；预期为{}",
                                    address, did, written(wanted.value)));
        fail(wanted.place, format_both("`{}` {} {}, not {}", "`{}`{}于{}，而不是{}", address, did,
                                       tell_.moment(*found), written(wanted.value)));
    }

    // ── The case ──
    void look(const ExpectEnd& end) {
        if (!state_.end)
            return fail(end.end.place,
                        format_both("{}; expected it to end `{}`", "{}；预期以`{}`办结",
                                    tell_.case_now(), end.end.value));
        const core::CaseEnd& found = *state_.end;
        if (found.name != end.end.value)
            fail(end.end.place,
                 format_both(
                     "the case ended `{}`, not `{}`; it ended {}{}",
                     "办件以`{}`办结，而不是`{}`；办结于{}{}", found.name, end.end.value,
                     tell_.moment(found.at),
                     found.reason.empty() ? Text{} : format_both(" ({})", "（{}）", found.reason)));
        if (end.reason && !holds_text(found.reason, end.reason->value))
            fail(end.reason->place, found.reason.empty()
                                        ? Text{"the end gives no reason", "办结未写明理由"}
                                        : format_both("the reason of the end is \"{}\"",
                                                      "办结理由为“{}”", found.reason));
        if (end.ended && !tell_.is_at(found.at, end.ended->value))
            fail(end.ended->place,
                 format_both("the case ended {}, not {}", "办件办结于{}，而不是{}",
                             tell_.moment(found.at), written(end.ended->value)));
    }

    void look(const ExpectOpen& open) {
        if (open.open.value == !state_.end.has_value()) return;
        fail(open.open.place, tell_.case_now());
    }

    void look(const ExpectNotices& notices) {
        const auto found = static_cast<std::int64_t>(played_.facts.papers_asked);
        if (found == notices.count.value) return;
        fail(notices.count.place,
             format_both("{} {} of missing papers left, not {}", "发出补正通知{0}次，而不是{2}次",
                         found, found == 1 ? "notice" : "notices", notices.count.value));
    }

    void look(const ExpectIssued& issued) {
        const bool wanted = !issued.never || !issued.never->value;
        const core::IssuedDocument* last = nullptr;
        for (const core::IssuedDocument& one : state_.documents) {
            if (process_.documents[one.document].id != issued.document.value) continue;
            last = &one;
            if (!issued.text || holds_text(text_of(one.text_en), issued.text->value) ||
                holds_text(text_of(one.text_zh), issued.text->value)) {
                if (wanted) return;
                break;
            }
        }
        if (!wanted && last == nullptr) return;
        if (!wanted)
            return fail(issued.never->place,
                        format_both("`{}` was issued {}", "`{}`已于{}出具", issued.document.value,
                                    tell_.moment(last->issued)));
        if (last == nullptr)
            return fail(issued.document.place,
                        format_both("`{}` was never issued; {}", "没有出具`{}`；{}",
                                    issued.document.value, tell_.case_now()));
        fail(issued.text->place, format_both("it says: {}", "其内容为：{}",
                                             both(text_of(last->text_en), text_of(last->text_zh))));
    }

    static std::string text_of(const expr::StoredValue& text) {
        return text.value.is(expr::Kind::string) ? text.value.as_string() : std::string();
    }

    void look(const ExpectSent& sent) {
        std::vector<const NoticeFacts*> to_whom;
        for (const NoticeFacts& notice : played_.facts.notices) {
            if (notice.kind == model::ActionKind::warn || notice.to != sent.to.value) continue;
            if (!sent.text || holds_text(notice.text.en, sent.text->value) ||
                holds_text(notice.text.zh, sent.text->value))
                return;
            to_whom.push_back(&notice);
        }
        if (!to_whom.empty())
            return fail(sent.text->place,
                        format_both("{} was sent something else: \"{}\"", "发给{}的是：“{}”",
                                    sent.to.value, to_whom.back()->text));
        std::set<std::string> others;
        for (const NoticeFacts& notice : played_.facts.notices)
            if (notice.kind != model::ActionKind::warn) others.insert(notice.to);
        Text list;
        for (const std::string& one : others) add_to_list(list, {one, one});
        fail(sent.to.place,
             list.empty() ? format_both("nothing was sent to {}, nor to anybody",
                                        "没有向{}或任何人发送通知", sent.to.value)
                          : format_both("nothing was sent to {}, but to {}",
                                        "没有向{}发送通知，只发给了{}", sent.to.value, list));
    }

    void look(const ExpectIncident& incident) {
        Text last;
        for (const core::Incident& found : state_.incidents) {
            const std::string address = plain_address(state_, process_, found.instance);
            const std::string_view kind = http::name_of(found.kind);
            last = format_both("incident {} is `{}` at `{}`: {}", "异常{}为`{}`，在`{}`：{}",
                               found.number, std::string(kind), address, found.message);
            if ((!incident.kind || incident.kind->value == kind) &&
                (!incident.step || incident.step->value == address) &&
                (!incident.text || holds_text(found.message, incident.text->value)))
                return;
        }
        fail(place_, last.empty()
                         ? format_both("there was no incident; {}", "没有发生异常；{}",
                                       tell_.case_now())
                         : last);
    }

    void look(const ExpectRejected& rejected) {
        if (!played_.rejection)
            return fail(place_, format_both("the application was accepted; {}", "申请已被受理；{}",
                                            tell_.case_now()));
        Text others;
        for (const model::Problem& problem : played_.rejection->problems) {
            if ((!rejected.path || rejected.path->value == problem.path) &&
                (!rejected.code || rejected.code->value == problem.code))
                return;
            add_to_list(others, format_both("{} ({})", "{}（{}）", problem.path, problem.code));
        }
        if (!rejected.path && !rejected.code) return;
        fail(place_, format_both("the application was refused for something else: {}",
                                 "申请因其他原因被退回：{}",
                                 others.empty() ? played_.rejection->message : others));
    }

    // ── Clocks ──
    /// The clock of the case or step named, the newest if it was started anew.
    const core::ClockState* clock_named(const ExpectClock& clock) const {
        const std::string of = clock.of ? clock.of->value : "";
        const core::ClockState* newest = nullptr;
        for (const core::ClockState& one : state_.clocks)
            if (core::clock_of(process_, one.ref).name == clock.clock.value &&
                plain_address(state_, process_, one.owner) == of)
                newest = &one;
        return newest;
    }

    void look(const ExpectClock& clock) {
        const core::ClockState* found = clock_named(clock);
        if (found == nullptr)
            return fail(clock.clock.place,
                        format_both("the clock `{}` never ran; {}", "时钟`{}`从未运行；{}",
                                    clock.clock.value, tell_.case_now()));
        const http::Viewed viewed(state_, process_, played_.world->calendars(), played_.facts.last,
                                  played_.world->stage().names);
        const http::ClockView view = http::view_of(viewed, *found);
        if (clock.card) look_card(clock, *found, view);
        if (clock.due && !tell_.is_at(view.due.at, clock.due->value))
            fail(clock.due->place,
                 format_both("`{}` is due {}, not {}", "`{}`截止于{}，而不是{}", clock.clock.value,
                             tell_.moment(view.due.at), written(clock.due->value)));
        if (clock.used) look_used(clock, *found);
    }

    void look_card(const ExpectClock& clock, const core::ClockState& found,
                   const http::ClockView& view) {
        const model::Clock& defined = core::clock_of(process_, found.ref);
        bool warned = false;
        for (std::uint32_t i = 0; i < found.rungs_done && i < defined.rungs.size(); ++i)
            for (const model::Action& action : defined.rungs[i].actions)
                warned |= action.kind == model::ActionKind::warn;
        const std::string_view card = view.card == "red" ? "red" : warned ? "yellow" : "green";
        if (card == clock.card->value) return;
        fail(clock.card->place,
             format_both("the card of `{}` is {}, not {}; it was due {}",
                         "`{}`为{}牌，而不是{}牌；截止于{}", clock.clock.value, card_word(card),
                         card_word(clock.card->value), tell_.moment(view.due.at)));
    }

    /// The whole units that a clock had counted when it stopped, or by now.
    std::int64_t used(const core::ClockState& clock, calendar::Unit unit) const {
        const model::Clock& defined = core::clock_of(process_, clock.ref);
        const std::string& id = defined.calendar.empty() ? process_.calendar : defined.calendar;
        const calendar::Calendar* counted_by = played_.world->calendars().find(id);
        const Instant until = clock.stopped.value_or(played_.facts.last);
        std::int64_t low = 0;
        for (std::int64_t high = 1; high <= 1 << 20; high *= 2) {
            const auto due = calendar::due_after(*counted_by, clock.from, {high, unit},
                                                 defined.counting, clock.pauses, until);
            if (due.at > until) {
                // The last that came lies in [low, high).
                for (std::int64_t top = high; low + 1 < top;) {
                    const std::int64_t middle = low + (top - low) / 2;
                    const auto at = calendar::due_after(*counted_by, clock.from, {middle, unit},
                                                        defined.counting, clock.pauses, until);
                    (at.at <= until ? low : top) = middle;
                }
                return low;
            }
            low = high;
        }
        return low;
    }

    void look_used(const ExpectClock& clock, const core::ClockState& found) {
        const calendar::Limit& wanted = clock.used->value;
        const calendar::Limit counted{used(found, wanted.unit), wanted.unit};
        if (counted == wanted) return;
        fail(clock.used->place,
             format_both("`{}` had used {} when it {}, not {}", "`{0}`在{2}时已用{1}，而不是{3}",
                         clock.clock.value, counted.text(),
                         found.stopped
                             ? format_both("stopped {}", "{}停止", tell_.moment(*found.stopped))
                             : Text{"was last looked at", "最后查看"},
                         wanted.text()));
    }

    const Played& played_;
    const model::Process& process_;
    const core::CaseState& state_;
    Telling tell_;
    Span place_;
    std::vector<diagnostics::Diagnostic> found_;
};

diagnostics::Diagnostic failed(const Span& place, const Text& message) {
    diagnostics::Diagnostic diagnostic;
    diagnostic.code = definitions::expectation_code;
    diagnostic.span = place;
    diagnostic.message = message;
    return diagnostic;
}

bool expects_rejection(const definitions::TestDefinition& test) {
    return std::any_of(test.expectations.begin(), test.expectations.end(), [](const auto& one) {
        return std::holds_alternative<ExpectRejected>(one.what);
    });
}

}  // namespace

std::vector<diagnostics::Diagnostic> unmet(const definitions::TestDefinition& test,
                                           const Played& played) {
    if (played.rejection && !expects_rejection(test)) {
        Text why = played.rejection->message;
        for (const model::Problem& problem : played.rejection->problems)
            why = format_both("{}; {}: {}", "{}；{}：{}", why, problem.path, problem.message);
        return {failed(test.place,
                       format_both("the application was refused: {}", "申请被退回：{}", why))};
    }
    Judge judge(test, played);
    for (const definitions::Expectation& expectation : test.expectations) judge.judge(expectation);
    std::vector<diagnostics::Diagnostic> found = judge.take();
    for (const Mishap& mishap : played.mishaps)
        if (mishap.refused) found.push_back(failed(mishap.place, mishap.message));
    if (found.empty()) return found;
    for (const Mishap& mishap : played.mishaps)
        if (!mishap.refused) found.back().notes.push_back({mishap.place, mishap.message});
    return found;
}

}  // namespace countersign::rehearsal
