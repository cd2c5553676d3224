// A process as boxes and arrows.
#include "cli/pictures/chart.hpp"

#include "engine/core/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace countersign::cli {

namespace {

using model::MoveKind;
using model::none;
using model::ScopeIndex;
using model::Step;
using model::StepIndex;

class Charting {
  public:
    Charting(const model::Process& process, const http::Names& names, std::string_view language,
             const std::map<std::string, BoxState, std::less<>>& states)
        : process_(process), names_(names), language_(language), states_(states) {}

    Chart run() {
        chart_.title =
            said(process_.title.empty() ? both(process_.id, process_.id) : process_.title);
        chart_.groups.push_back({chart_.title, 0});
        entries_.resize(process_.steps.size(), none);
        exits_.resize(process_.steps.size(), none);
        const std::size_t start = add({BoxKind::start, {}, words("the case is opened", "开案"), 0});
        const std::size_t end =
            add({BoxKind::join, {}, words("all steps are settled", "各环节办结"), 0});
        for (const model::End& one : process_.ends) add_end(one);
        add_scope(0, 0, start, end);
        for (std::size_t i = 0; i < process_.ends.size(); ++i) {
            const model::End& one = process_.ends[i];
            if (one.when)
                arrow(end, ends_ + i, clipped(one.when->program.text), false);
            else if (one.otherwise)
                arrow(end, ends_ + i, words("otherwise", "其他"), false);
        }
        if (process_.after_end != none) add_after_end();
        add_moves();
        return std::move(chart_);
    }

  private:
    std::string said(const Text& text) const { return text.in(language_); }
    std::string words(std::string en, std::string zh) const { return language_ == "zh" ? zh : en; }

    /// A condition is there to be recognised; who points at its box reads it whole.
    static std::string clipped(std::string_view text) {
        constexpr std::size_t most = 36;
        if (text.size() <= most) return std::string(text);
        std::size_t cut = most;
        while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
        return std::string(text.substr(0, cut)) + "…";
    }

    std::size_t add(Box box) {
        chart_.boxes.push_back(std::move(box));
        return chart_.boxes.size() - 1;
    }

    void arrow(std::size_t from, std::size_t to, std::string label, bool move, bool again = false) {
        chart_.arrows.push_back({from, to, std::move(label), move, again});
    }

    void add_end(const model::End& end) {
        const BoxKind kind = end.kind == model::EndKind::granted   ? BoxKind::granted
                             : end.kind == model::EndKind::refused ? BoxKind::refused
                                                                   : BoxKind::withdrawn;
        const std::string title = said(end.title.empty() ? core::word_of(end.name) : end.title);
        const std::size_t made = add({kind, {title}, end.name, 0});
        if (ends_ == 0) ends_ = made;
    }

    int colour_of(const std::string& who) {
        const auto found = std::find(chart_.legend.begin(), chart_.legend.end(), who);
        if (found != chart_.legend.end()) return static_cast<int>(found - chart_.legend.begin());
        chart_.legend.push_back(who);
        return static_cast<int>(chart_.legend.size() - 1);
    }

    /// Who acts at a step; empty for the engine's own.
    std::string who_of(const Step& step) const {
        if (const auto* ask = std::get_if<model::AskVerb>(&step.verb))
            return said(names_.role(ask->role));
        const auto* call = std::get_if<model::CallVerb>(&step.verb);
        if (call == nullptr) return {};
        if (const auto run = core::title_of_run(process_, call->target.department))
            return said(*run);
        if (!call->target.department.empty())
            return said(names_.department(call->target.department));
        return words("each department named", "所选各部门");
    }

    std::string limit_of(const std::vector<model::Clock>& clocks) const {
        std::string text;
        for (const model::Clock& clock : clocks) {
            if (!text.empty()) text += words(", ", "，");
            if (clock.name != "limit") text += said(core::word_of(clock.name)) + " ";
            text += said(calendar::length_words(clock.within.text()));
        }
        return text.empty() ? text : words("within ", "限") + text;
    }

    std::string repeats(const Step& step) const {
        std::string text;
        if (step.each)
            text = fmt::format("{} {}", words("each of", "逐项："),
                               clipped(step.each->items.program.text));
        return text;
    }

    std::string tip_of(const Step& step) const {
        std::string tip = step.id;
        if (step.when) tip += fmt::format("\nwhen: {}", step.when->program.text);
        if (step.offered_while) tip += fmt::format("\nwhile: {}", step.offered_while->program.text);
        if (step.each) tip += fmt::format("\neach: {}", step.each->items.program.text);
        for (const model::Outcome& outcome : step.outcomes)
            tip += fmt::format("\n→ {}", outcome.name);
        return tip;
    }

    std::string title_of(const Step& step) const {
        return said(step.title.empty() ? both(step.id, step.id) : step.title);
    }

    BoxState state_of(const Step& step) const {
        const auto found = states_.find(step.id);
        if (found != states_.end()) return found->second;
        return states_.empty() ? BoxState::none : BoxState::waiting;
    }

    std::size_t add_step(StepIndex index, std::size_t group) {
        const Step& step = process_.steps[index];
        Box box;
        box.group = group;
        box.lines = {title_of(step)};
        box.tip = tip_of(step);
        box.state = state_of(step);
        const std::string who = who_of(step);
        if (!who.empty()) {
            box.lines.push_back(who);
            box.colour = colour_of(who);
        }
        if (std::holds_alternative<model::DecideVerb>(step.verb) ||
            std::holds_alternative<model::AppointVerb>(step.verb))
            box.kind = BoxKind::decision;
        if (const auto* wait = std::get_if<model::WaitVerb>(&step.verb)) {
            box.kind = BoxKind::wait;
            for (const auto& branch : wait->branches) {
                if (branch.delay)
                    box.lines.push_back(said(calendar::length_words(branch.delay->text())));
                if (branch.until) box.lines.push_back(clipped(branch.until->program.text));
                if (branch.before)
                    box.lines.push_back(said(format_both("{} before {}", "{1} 之前 {0}",
                                                         calendar::length_words(branch.by->text()),
                                                         clipped(branch.before->program.text))));
                if (!branch.signal.empty())
                    box.lines.push_back(words("signal ", "信号 ") + branch.signal);
            }
        }
        if (const std::string each = repeats(step); !each.empty()) box.lines.push_back(each);
        if (step.when) box.lines.push_back(words("if ", "当 ") + clipped(step.when->program.text));
        if (const std::string limit = limit_of(step.clocks); !limit.empty())
            box.lines.push_back(limit);
        return add(std::move(box));
    }

    void add_stage(StepIndex index, std::size_t group) {
        const Step& step = process_.steps[index];
        const ScopeIndex scope = std::get<model::DoVerb>(step.verb).scope;
        std::string title = title_of(step);
        if (const std::string each = repeats(step); !each.empty()) title += " · " + each;
        if (step.when) title += " · " + words("if ", "当 ") + clipped(step.when->program.text);
        std::vector<model::Clock> clocks = step.clocks;
        const auto& own = process_.scopes[scope].clocks;
        clocks.insert(clocks.end(), own.begin(), own.end());
        if (const std::string limit = limit_of(clocks); !limit.empty()) title += " · " + limit;
        chart_.groups.push_back({title, group});
        const std::size_t inside = chart_.groups.size() - 1;
        entries_[index] = add({BoxKind::join, {}, tip_of(step), inside});
        exits_[index] = add({BoxKind::join, {}, tip_of(step), inside});
        add_scope(scope, inside, entries_[index], exits_[index]);
    }

    void add_scope(ScopeIndex scope, std::size_t group, std::size_t start, std::size_t end) {
        const auto& steps = process_.scopes[scope].steps;
        for (const StepIndex index : steps) {
            if (std::holds_alternative<model::DoVerb>(process_.steps[index].verb))
                add_stage(index, group);
            else
                entries_[index] = exits_[index] = add_step(index, group);
        }
        for (const StepIndex index : steps) {
            const Step& step = process_.steps[index];
            if (step.needs.steps.empty()) arrow(start, entries_[index], "", false);
            std::string label;
            if (step.needs.kind == model::NeedsKind::any) label = words("any", "任一");
            if (step.needs.kind == model::NeedsKind::at_least)
                label = fmt::format("{} {}", words("at least", "至少"), step.needs.count);
            for (const StepIndex need : step.needs.steps)
                arrow(exits_[need], entries_[index], label, false);
            if (step.dependents.empty()) arrow(exits_[index], end, "", false);
        }
        if (steps.empty()) arrow(start, end, "", false);
    }

    void add_after_end() {
        chart_.groups.push_back({words("after the end", "办结之后"), 0});
        const std::size_t group = chart_.groups.size() - 1;
        const std::size_t start =
            add({BoxKind::start, {}, words("the case has ended", "办件已办结"), group});
        const std::size_t end = add({BoxKind::join, {}, words("closed", "归档"), group});
        add_scope(process_.after_end, group, start, end);
        for (std::size_t i = 0; i < process_.ends.size(); ++i)
            if (process_.ends[i].kind == model::EndKind::granted)
                arrow(ends_ + i, start, "", false);
    }

    void add_move(StepIndex index, const std::string& outcome, const model::Move& move) {
        const std::size_t from = exits_[index];
        const std::string label = said(core::word_of(outcome));
        switch (move.kind) {
            case MoveKind::end:
                for (std::size_t i = 0; i < process_.ends.size(); ++i)
                    if (process_.ends[i].name == move.target) arrow(from, ends_ + i, label, true);
                break;
            case MoveKind::end_branch: {
                const StepIndex stage = process_.scopes[process_.steps[index].scope].owner;
                if (stage != none) arrow(from, exits_[stage], label, true);
                break;
            }
            case MoveKind::back:
                arrow(from, entries_[move.redone.front()], fmt::format("{} ×{}", label, move.times),
                      true, true);
                break;
            case MoveKind::repeat:
            case MoveKind::forward:
                arrow(from, entries_[index], fmt::format("{} ×{}", label, move.times), true, true);
                break;
            case MoveKind::supplement:
                arrow(from, entries_[index], label, true, true);
                break;
            case MoveKind::continue_:
            case MoveKind::treat_as:
                break;
        }
        for (const model::Move& otherwise : move.otherwise)
            if (otherwise.kind == MoveKind::end || otherwise.kind == MoveKind::end_branch)
                add_move(index, outcome, otherwise);
    }

    void add_moves() {
        for (StepIndex index = 0; index < process_.steps.size(); ++index) {
            for (const model::OutcomeMove& on : process_.steps[index].on)
                add_move(index, on.outcome, on.move);
            for (const model::OutcomeMove& on : process_.steps[index].set_on)
                add_move(index, on.outcome, on.move);
        }
    }

    const model::Process& process_;
    const http::Names& names_;
    std::string_view language_;
    const std::map<std::string, BoxState, std::less<>>& states_;
    Chart chart_;
    std::vector<std::size_t> entries_;  ///< of each step: the box at which it begins
    std::vector<std::size_t> exits_;    ///< and the one at which it ends
    std::size_t ends_ = 0;              ///< box of the first end
};

}  // namespace

Chart chart_of(const model::Process& process, const http::Names& names, std::string_view language,
               const std::map<std::string, BoxState, std::less<>>& states) {
    return Charting(process, names, language, states).run();
}

}  // namespace countersign::cli
