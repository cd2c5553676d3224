// Turns: who could wait for whom for ever.
#include "definitions/turns.hpp"

#include "definitions/outline.hpp"
#include "definitions/reading.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace countersign::definitions {

namespace {

/// One step waits for a turn while a stage around it has another.
struct Wanting {
    StepIndex holder = none;
    StepIndex step = none;
};
using Order = std::map<std::string, std::map<std::string, Wanting>>;

const Node& place_of(const Draft& draft, StepIndex step) {
    return *part(*draft.steps[step].node, "exclusive");
}

/// Which turns are waited for while which are had; a turn within itself is told at once.
Order read_order(Draft& draft) {
    Order order;
    for (StepIndex step = 0; step < draft.steps.size(); ++step) {
        const std::string& wanted = draft.process.steps[step].exclusive;
        if (wanted.empty()) continue;
        for (StepIndex stage = stage_of(draft, step); stage != none;
             stage = stage_of(draft, stage)) {
            const model::Step& around = draft.process.steps[stage];
            if (around.exclusive.empty()) continue;
            if (around.exclusive != wanted) {
                order[around.exclusive].emplace(wanted, Wanting{stage, step});
                continue;
            }
            draft.found
                .error("CS2048", place_of(draft, step).span,
                       format_both("step `{}` can never start: the stage `{}` around it has the "
                                   "turn `{}` until it ends",
                                   "步骤`{}`永远无法开始：其所在阶段`{}`在结束前一直占用`{}`",
                                   draft.process.steps[step].id, around.id, wanted),
                       {"leave it out here, or give the stage another name",
                        "请在此处去掉，或给阶段换个名称"})
                .notes.push_back({place_of(draft, stage).span,
                                  {"the stage takes the turn here", "阶段在这里占用"}});
        }
    }
    return order;
}

/// Whether `to` is waited for, directly or through others, by whoever has `from`.
bool leads(const Order& order, const std::string& from, const std::string& to) {
    std::set<std::string> seen;
    std::vector<std::string> next = {from};
    while (!next.empty()) {
        const std::string name = next.back();
        next.pop_back();
        if (!seen.insert(name).second) continue;
        const auto found = order.find(name);
        if (found == order.end()) continue;
        for (const auto& [wanted, wanting] : found->second) {
            if (wanted == to) return true;
            next.push_back(wanted);
        }
    }
    return false;
}

void refuse_circles(Draft& draft, const Order& order) {
    for (const auto& [had, all] : order)
        for (const auto& [wanted, wanting] : all) {
            if (!leads(order, wanted, had)) continue;
            draft.found.error(
                "CS2048", place_of(draft, wanting.step).span,
                format_both("step `{0}` waits for `{2}` while its stage has `{1}`, and elsewhere "
                            "one waits for `{1}` while its stage has `{2}`: neither would go on",
                            "步骤`{0}`所在阶段占用`{1}`并等待`{2}`，而别处占用`{2}`并等待`{1}`："
                            "双方都无法继续",
                            draft.process.steps[wanting.step].id, had, wanted),
                {"take turns in one order everywhere, or give both one name",
                 "请在各处按同一顺序占用，或共用一个名称"});
        }
}

/// Whether a step may be open more than once in a case.
bool has_instances(const Draft& draft, StepIndex step) {
    for (StepIndex at = step; at != none; at = stage_of(draft, at))
        if (draft.process.steps[at].each) return true;
    return false;
}

void warn_of_lonely_names(Draft& draft) {
    std::map<std::string, std::vector<StepIndex>> users;
    for (StepIndex step = 0; step < draft.steps.size(); ++step)
        if (const std::string& name = draft.process.steps[step].exclusive; !name.empty())
            users[name].push_back(step);
    std::vector<std::string> names;
    for (const auto& [name, steps] : users) names.push_back(name);
    for (const auto& [name, steps] : users) {
        if (steps.size() > 1 || has_instances(draft, steps.front())) continue;
        std::vector<std::string> others = names;
        std::erase(others, name);
        const std::string close = diagnostics::nearest(name, others);
        draft.found.warning(
            "CS2048", place_of(draft, steps.front()).span,
            format_both("no other step has `exclusive: {}`, so it keeps nothing apart",
                        "没有别的步骤写`exclusive: {}`，因此不起作用", name),
            close.empty() ? Text{"give it to the steps that must not be open together",
                                 "请给不能同时进行的各步骤都写上"}
                          : format_both("did you mean `{}`?", "是否应为`{}`？", close));
    }
}

}  // namespace

void read_exclusive(Draft& draft, StepIndex step) {
    const Node* node = part(*draft.steps[step].node, "exclusive");
    if (node == nullptr) return;
    if (draft.steps[step].verb == VerbKind::decide) {
        draft.found.error(
            "CS2048", node->span,
            {"a decision is made at once: it needs no turn", "判断即时完成，无需轮候"},
            {"leave `exclusive` out", "请去掉`exclusive`"});
        return;
    }
    draft.process.steps[step].exclusive =
        read_id(*node, draft.found, ticked("exclusive"), true).value_or("");
}

void check_turns(Draft& draft) {
    const Order order = read_order(draft);
    refuse_circles(draft, order);
    warn_of_lonely_names(draft);
}

}  // namespace countersign::definitions
