// Decision tables and conditions that contradict each other; see tables.hpp.

#include "definitions/tables.hpp"

#include "definitions/conditions.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

/// Reports constants that a condition compares a choice with and that it never is; whether there
/// were any. Those of outcomes are reported where the condition is compiled (CS2031).
bool report_strays(Draft& draft, const Node& scalar, Conditions& conditions) {
    bool any = false;
    for (const StrayConstant& stray : conditions.take_strays()) {
        any = true;
        if (stray.term.ends_with(".outcome")) continue;
        draft.found.error(
            "CS2093",
            yaml::span_within(draft.found.sources(), scalar, stray.begin, stray.end - stray.begin),
            format_both("`{}` is never `{}`", "`{}`不会是`{}`", stray.term, stray.constant),
            diagnostics::did_you_mean(stray.constant, stray.known));
    }
    return any;
}

/// One rule of a table as far as conditions go.
struct RuleText {
    const Node* item = nullptr;
    const Node* condition = nullptr;  ///< null: it always holds
    Formula formula;
};

class TableCheck {
  public:
    TableCheck(Draft& draft, StepIndex step) : draft_(draft), step_(step), conditions_(draft) {}

    void run() {
        if (!read()) return;
        const Node* hit = part(*draft_.steps[step_].node, "hit");
        const std::string how = hit != nullptr && hit->is_scalar() ? hit->text : "first";
        if (how == "unique")
            check_overlaps();
        else if (how == "first")
            for (std::size_t i = 0; i < rules_.size(); ++i) check_hidden(i);
        if (how == "first" || how == "unique") check_gaps(how == "first");
    }

  private:
    /// Reads the rules; false when a mistake in one hides what the table says.
    bool read() {
        const auto* decide = std::get_if<model::DecideVerb>(&draft_.process.steps[step_].verb);
        const Node* list = draft_.steps[step_].verb_node;
        if (decide == nullptr || list == nullptr || !list->is_sequence()) return false;
        if (decide->rules.size() != list->items.size() || list->items.empty()) return false;
        bool sound = true;
        for (std::size_t i = 0; i < list->items.size(); ++i) {
            RuleText rule;
            rule.item = &list->items[i];
            rule.condition = part(*rule.item, "if");
            if (rule.condition != nullptr && !decide->rules[i].condition) return false;
            if (rule.condition != nullptr) {
                rule.formula = conditions_.read(*rule.condition, step_);
                sound = !report_strays(draft_, *rule.condition, conditions_) && sound;
            }
            rules_.push_back(std::move(rule));
        }
        return sound;
    }

    bool is_last(std::size_t i) const { return i + 1 == rules_.size(); }

    /// Reports a rule that can never hold, or that those above leave nothing.
    void check_hidden(std::size_t at) {
        const RuleText& rule = rules_[at];
        if (rule.condition == nullptr) return;
        if (conditions_.hold({&rule.formula}) == Holding::never) {
            report_never(rule);
            return;
        }
        // One above without a condition is reported where it stands (CS2090).
        for (std::size_t i = 0; i < at; ++i)
            if (rules_[i].condition == nullptr) return;
        for (std::size_t i = 0; i < at; ++i) {
            const Formula not_above = Conditions::negated(rules_[i].formula);
            if (conditions_.hold({&rule.formula, &not_above}) != Holding::never) continue;
            report_hidden(rule, format_both("this rule is never reached: whenever it holds, a rule "
                                            "above it holds too",
                                            "这条规则永远轮不到：它成立时，上面已有规则成立"))
                .notes.push_back({rules_[i].condition->span, {"namely this one", "即这一条"}});
            return;
        }
        std::vector<Formula> above;
        for (std::size_t i = 0; i < at; ++i)
            above.push_back(Conditions::negated(rules_[i].formula));
        std::vector<const Formula*> all{&rule.formula};
        for (const Formula& formula : above) all.push_back(&formula);
        if (at > 1 && conditions_.hold(all) == Holding::never) {
            report_hidden(rule, format_both("this rule is never reached: the rules above it "
                                            "together cover every case in which it holds",
                                            "这条规则永远轮不到：上面的规则合起来已涵盖它成立的所有"
                                            "情形"));
        }
    }

    void report_never(const RuleText& rule) {
        draft_.found.error(
            "CS2093", rule.condition->span,
            {"this rule is never used: its condition contradicts itself",
             "这条规则永远用不到：它的条件自相矛盾"},
            {"mend the condition, or leave the rule out", "请改正条件，或去掉该规则"});
    }

    diagnostics::Diagnostic& report_hidden(const RuleText& rule, Text message) {
        return draft_.found.warning(
            "CS2092", rule.condition->span, std::move(message),
            {"the first rule that holds decides: move this one up, or leave it out",
             "由第一条成立的规则决定：请把它往上移，或去掉"});
    }

    /// hit: unique: no two rules may hold at once.
    void check_overlaps() {
        for (std::size_t at = 0; at < rules_.size(); ++at) {
            if (rules_[at].condition == nullptr) continue;
            if (conditions_.hold({&rules_[at].formula}) == Holding::never) {
                report_never(rules_[at]);
                continue;
            }
            for (std::size_t i = 0; i < at; ++i) {
                if (rules_[i].condition == nullptr) continue;
                if (conditions_.hold({&rules_[i].formula, &rules_[at].formula}) != Holding::may)
                    continue;
                draft_.found
                    .error("CS2092", rules_[at].condition->span,
                           format_both("with `hit: unique` one rule only may hold, but two do when "
                                       "{}",
                                       "`hit: unique`只允许一条规则成立，但下列情形有两条成立：{}",
                                       conditions_.witness()),
                           {"let the conditions exclude each other, or write `hit: first`",
                            "请使各条件互不相容，或改为`hit: first`"})
                    .notes.push_back(
                        {rules_[i].condition->span, {"the other one stands here", "另一条在这里"}});
            }
        }
    }

    /// Reports a case that no rule covers, unless the last rule always holds. Of a table that is
    /// complete the last condition holds whenever it is reached, so it is not asked.
    void check_gaps(bool may_drop) {
        if (rules_.back().condition == nullptr) return;
        std::vector<Formula> none_holds;
        for (const RuleText& rule : rules_) none_holds.push_back(Conditions::negated(rule.formula));
        std::vector<const Formula*> all;
        for (const Formula& formula : none_holds) all.push_back(&formula);
        const Holding gap = conditions_.hold(all);
        if (gap == Holding::never) {
            auto& decide = std::get<model::DecideVerb>(draft_.process.steps[step_].verb);
            if (may_drop) decide.rules.back().condition.reset();
            return;
        }
        const Text witness = gap == Holding::may ? conditions_.witness() : Text{};
        draft_.found.error("CS2090", rules_.back().item->entry("if")->key.span,
                           witness.empty() ? Text{"this decision may have no rule that holds",
                                                  "这项决策可能没有一条规则成立"}
                                           : format_both("no rule of this decision holds when {}",
                                                         "下列情形没有一条规则成立：{}", witness),
                           {"add a last rule without `if` for all that is left: `- { then: {…} }`",
                            "请在最后补上一条不带`if`的规则，涵盖其余情形：`- { then: {…} }`"});
    }

    Draft& draft_;
    StepIndex step_;
    Conditions conditions_;
    std::vector<RuleText> rules_;
};

/// The steps that must run for `step` to run: its only needs in a row, and the stages around it.
std::vector<StepIndex> surely_before(const Draft& draft, StepIndex step) {
    std::vector<StepIndex> found;
    for (StepIndex at = step;;) {
        const auto& needs = draft.process.steps[at].needs.steps;
        const bool single = needs.size() == 1 && draft.steps[at].needs_known;
        at = single ? needs.front() : stage_of(draft, at);
        if (at == none || found.size() > draft.steps.size()) return found;
        found.push_back(at);
    }
}

void check_when(Draft& draft, StepIndex step, std::map<StepIndex, Formula>& whens,
                Conditions& conditions) {
    const Node* when = part(*draft.steps[step].node, "when");
    if (when == nullptr || whens.count(step) == 0) return;
    const std::string& id = draft.process.steps[step].id;
    const Formula& own = whens.at(step);
    if (conditions.hold({&own}) == Holding::never) {
        draft.found.error(
            "CS2093", when->span,
            format_both("step `{}` can never start: its `when` contradicts itself",
                        "步骤`{}`永远不会开始：它的`when`自相矛盾", id),
            {"mend the condition, or leave the step out", "请改正条件，或去掉该步骤"});
        return;
    }
    for (const StepIndex other : surely_before(draft, step)) {
        if (whens.count(other) == 0 || draft.process.steps[other].each) continue;
        if (conditions.hold({&own, &whens.at(other)}) != Holding::never) continue;
        const std::string& first = draft.process.steps[other].id;
        draft.found
            .error(
                "CS2093", when->span,
                format_both("step `{}` can never start: its `when` excludes that of `{}`, "
                            "without which it is skipped",
                            "步骤`{0}`永远不会开始：它的`when`与`{1}`的互相排斥，而`{1}`被跳过时它"
                            "也跳过",
                            id, first),
                format_both("mend the condition, or let it need a step before `{}` as well",
                            "请改正条件，或让它也以`{}`之前的步骤为前置", first))
            .notes.push_back(
                {part(*draft.steps[other].node, "when")->span,
                 format_both("`{}` runs when this holds", "此条件成立时`{}`才进行", first)});
        return;
    }
}

}  // namespace

void check_tables(Draft& draft) {
    for (StepIndex step = 0; step < draft.steps.size(); ++step)
        if (draft.steps[step].verb == VerbKind::decide) TableCheck(draft, step).run();
}

void check_conditions(Draft& draft) {
    Conditions conditions(draft);
    std::map<StepIndex, Formula> whens;
    for (StepIndex step = 0; step < draft.steps.size(); ++step) {
        const Node* when = part(*draft.steps[step].node, "when");
        if (when == nullptr || !draft.process.steps[step].when) continue;
        Formula formula = conditions.read(*when, step);
        if (!report_strays(draft, *when, conditions)) whens.emplace(step, std::move(formula));
    }
    for (StepIndex step = 0; step < draft.steps.size(); ++step)
        check_when(draft, step, whens, conditions);
    const Node* ends = part(draft.root, "ends");
    for (const model::End& end : draft.process.ends) {
        if (!end.when) continue;
        const Node& when = *part(*ends->find(end.name), "when");
        const Formula formula = conditions.read(when, none);
        if (report_strays(draft, when, conditions)) continue;
        if (conditions.hold({&formula}) != Holding::never) continue;
        draft.found.error(
            "CS2093", when.span,
            format_both("the end `{}` is never reached: its `when` contradicts itself",
                        "结局`{}`永远达不到：它的`when`自相矛盾", end.name),
            {"mend the condition", "请改正条件"});
    }
}

}  // namespace countersign::definitions
