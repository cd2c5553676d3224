// Decision tables and conditions that contradict each other; see tables.hpp.

#include "definitions/tables.hpp"

#include "definitions/conditions.hpp"

#include <algorithm>
#include <bit>

namespace countersign::definitions {

namespace {

/// What a condition compares with that it can never be.
struct Strays {
    bool reported = false;  ///< a mistake hides what the condition says
    Text why;               ///< of a condition that can never hold: an outcome that nobody sees
};

/// Reports constants that a condition compares a choice with and that it never is. Outcomes that a
/// step does not have are reported where the condition is compiled (CS2031); those with which it
/// does not go on are a mistake only where the condition cannot hold without them.
Strays report_strays(Draft& draft, const Node& scalar, Conditions& conditions) {
    Strays strays;
    for (const StrayConstant& stray : conditions.take_strays()) {
        if (stray.term.ends_with(".outcome")) {
            const std::string id = stray.term.substr(6, stray.term.size() - 6 - 8);
            const StepIndex step = find_anywhere(draft, id);
            const bool leaves = step != none && outcome_leaves(draft, step, stray.constant);
            strays.reported = strays.reported || !leaves;
            if (leaves)
                strays.why = format_both(
                    "with the outcome `{}` step `{}` leaves this level (see "
                    "its `on`), so nothing here sees it",
                    "步骤`{1}`的结果为`{0}`时即离开这一层（见它的`on`），此处看"
                    "不到",
                    stray.constant, id);
            continue;
        }
        strays.reported = true;
        draft.found.error(
            "CS2093",
            yaml::span_within(draft.found.sources(), scalar, stray.begin, stray.end - stray.begin),
            format_both("`{}` is never `{}`", "`{}`不会是`{}`", stray.term, stray.constant),
            diagnostics::did_you_mean(stray.constant, stray.known));
    }
    return strays;
}

/// Reports a condition that can never hold: "step `x` can never start: …".
void report_never(Draft& draft, const Node& condition, const Text& what, const Text& why) {
    const Text reason =
        why.empty() ? Text{"its condition contradicts itself", "它的条件自相矛盾"} : why;
    draft.found.error("CS2093", condition.span, format_both("{}: {}", "{}：{}", what, reason),
                      why.empty()
                          ? Text{"mend the condition, or leave it out", "请改正条件，或整个去掉"}
                          : Text{"let that outcome `continue`, or leave this out",
                                 "请让该结果`continue`（继续），或去掉此处"});
}

/// One rule of a table as far as conditions go.
struct RuleText {
    const Node* item = nullptr;
    const Node* condition = nullptr;  ///< null: it always holds
    Formula formula;
    Text never_why;
};

class TableCheck {
  public:
    TableCheck(Draft& draft, StepIndex step) : draft_(draft), step_(step), conditions_(draft) {}

    void run() {
        if (!read()) return;
        const Node* hit = part(*draft_.steps[step_].node, "hit");
        const std::string how = hit != nullptr && hit->is_scalar() ? hit->text : "first";
        if (how == "first" || how == "unique") check_gaps(how == "first");
        if (how == "unique")
            check_overlaps();
        else if (how == "first")
            for (std::size_t i = 0; i < rules_.size(); ++i) check_hidden(i);
        else
            for (const RuleText& rule : rules_)
                if (rule.condition != nullptr &&
                    conditions_.hold({&rule.formula}) == Holding::never)
                    report_never(rule);
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
                Strays strays = report_strays(draft_, *rule.condition, conditions_);
                sound = !strays.reported && sound;
                rule.never_why = std::move(strays.why);
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
        std::vector<Formula> above;
        for (std::size_t i = 0; i < at; ++i)
            above.push_back(Conditions::negated(rules_[i].formula));
        std::vector<const Formula*> all{&rule.formula};
        for (const Formula& formula : above) all.push_back(&formula);
        if (at == 0 || conditions_.hold(all) != Holding::never) return;
        for (std::size_t i = 0; i < at; ++i) {
            if (conditions_.hold({&rule.formula, &above[i]}) != Holding::never) continue;
            report_hidden(rule, {"this rule is never reached: whenever it holds, a rule above it "
                                 "holds too",
                                 "这条规则永远轮不到：它成立时，上面已有规则成立"})
                .notes.push_back({rules_[i].condition->span, {"namely this one", "即这一条"}});
            return;
        }
        report_hidden(rule, {"this rule is never reached: the rules above it together cover every "
                             "case in which it holds",
                             "这条规则永远轮不到：上面的规则合起来已涵盖它成立的所有情形"});
    }

    void report_never(const RuleText& rule) {
        definitions::report_never(draft_, *rule.condition,
                                  {"this rule is never used", "这条规则永远用不到"},
                                  rule.never_why);
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

void check_when(Draft& draft, StepIndex step, const std::map<StepIndex, Formula>& whens,
                const std::map<StepIndex, Text>& whys, Conditions& conditions) {
    const Node* when = part(*draft.steps[step].node, "when");
    if (when == nullptr || whens.count(step) == 0) return;
    const std::string& id = draft.process.steps[step].id;
    const Formula& own = whens.at(step);
    if (conditions.hold({&own}) == Holding::never) {
        report_never(draft, *when,
                     format_both("step `{}` can never start", "步骤`{}`永远不会开始", id),
                     whys.at(step));
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

/// `at_least: 2` of steps whose conditions let fewer of them run at once.
void check_needs(Draft& draft, StepIndex step, const std::map<StepIndex, Formula>& whens,
                 Conditions& conditions) {
    constexpr std::size_t needs_max = 12;  // all sets of so many are tried
    const model::Needs& needs = draft.process.steps[step].needs;
    const std::size_t count = needs.steps.size();
    if (needs.kind != model::NeedsKind::at_least || count > needs_max || needs.count > count)
        return;
    for (std::uint32_t set = 0; set < 1u << count; ++set) {
        if (static_cast<std::uint32_t>(std::popcount(set)) != needs.count) continue;
        std::vector<const Formula*> formulas;
        for (std::size_t i = 0; i < count; ++i) {
            const auto found = whens.find(needs.steps[i]);
            const bool single = !draft.process.steps[needs.steps[i]].each;
            if ((set >> i & 1u) != 0 && found != whens.end() && single)
                formulas.push_back(&found->second);
        }
        if (conditions.hold(formulas) != Holding::never) return;
    }
    draft.found.error(
        "CS2025", part(*draft.steps[step].node, "needs")->span,
        format_both(
            "step `{}` can never start: no {} of these ever run in the same case, for their "
            "`when` exclude each other",
            "步骤`{}`永远不会开始：它们的`when`互相排斥，同一办件中不会有{}个同时进行",
            draft.process.steps[step].id, needs.count),
        {"ask for fewer, or mend the conditions", "请减少数目，或改正条件"});
}

/// Ends are tried in order: one whose condition holds only where one above holds is never taken.
void check_hidden_ends(Draft& draft, Conditions& conditions) {
    const Node* ends = part(draft.root, "ends");
    std::vector<Formula> above;
    for (const model::End& end : draft.process.ends) {
        if (!end.when) continue;
        const Node& when = *part(*ends->find(end.name), "when");
        const Formula own = conditions.read(when, none);
        conditions.take_strays();
        std::vector<const Formula*> all{&own};
        const bool possible = conditions.hold(all) != Holding::never;
        for (const Formula& formula : above) all.push_back(&formula);
        if (possible && !above.empty() && conditions.hold(all) == Holding::never) {
            draft.found.warning(
                "CS2052", when.span,
                format_both(
                    "the end `{}` is never taken by its `when`: ends are tried in order, and "
                    "whenever it holds one above holds too",
                    "结局`{}`不会因其`when`而达到：结局依次判断，它成立时前面的已经成立", end.name),
                {"move it up, or mend the conditions", "请往前移，或改正条件"});
        }
        above.push_back(Conditions::negated(own));
    }
}

/// Conditions of `required` and `while` that can never hold.
void check_other_conditions(Draft& draft, Conditions& conditions) {
    const auto check = [&](const Node& node, StepIndex step, const Text& what) {
        if (!node.is_scalar() || node.text == "true" || node.text == "false") return;
        const Formula formula = conditions.read(node, step);
        const Strays strays = report_strays(draft, node, conditions);
        if (!strays.reported && conditions.hold({&formula}) == Holding::never)
            report_never(draft, node, what, strays.why);
    };
    for (const FieldCondition& condition : draft.form.conditions)
        check(*condition.node, none, {"this is never required", "这一项永远不会成为必填"});
    if (const Node* materials = part(draft.root, "materials"); materials && materials->is_mapping())
        for (const auto& [key, value] : materials->entries)
            if (const Node* required = part(value, "required"))
                check(*required, none,
                      format_both("the material `{}` is never required", "材料`{}`永远不会必需",
                                  key.text));
    for (StepIndex step = 0; step < draft.steps.size(); ++step)
        if (const Node* condition = part(*draft.steps[step].node, "while"))
            check(*condition, step,
                  format_both("step `{}` is never offered", "步骤`{}`永远不会开放",
                              draft.process.steps[step].id));
}

}  // namespace

void check_tables(Draft& draft) {
    for (StepIndex step = 0; step < draft.steps.size(); ++step)
        if (draft.steps[step].verb == VerbKind::decide) TableCheck(draft, step).run();
}

void check_conditions(Draft& draft) {
    Conditions conditions(draft);
    std::map<StepIndex, Formula> whens;
    std::map<StepIndex, Text> whys;
    for (StepIndex step = 0; step < draft.steps.size(); ++step) {
        const Node* when = part(*draft.steps[step].node, "when");
        if (when == nullptr || !draft.process.steps[step].when) continue;
        Formula formula = conditions.read(*when, step);
        Strays strays = report_strays(draft, *when, conditions);
        if (strays.reported) continue;
        whens.emplace(step, std::move(formula));
        whys.emplace(step, std::move(strays.why));
    }
    for (StepIndex step = 0; step < draft.steps.size(); ++step) {
        check_when(draft, step, whens, whys, conditions);
        check_needs(draft, step, whens, conditions);
    }
    check_other_conditions(draft, conditions);
    check_hidden_ends(draft, conditions);
    const Node* ends = part(draft.root, "ends");
    for (const model::End& end : draft.process.ends) {
        if (!end.when) continue;
        const Node& when = *part(*ends->find(end.name), "when");
        const Formula formula = conditions.read(when, none);
        const Strays strays = report_strays(draft, when, conditions);
        if (strays.reported || conditions.hold({&formula}) != Holding::never) continue;
        report_never(draft, when,
                     format_both("the end `{}` is never reached", "结局`{}`永远达不到", end.name),
                     strays.why);
    }
}

}  // namespace countersign::definitions
