// Sets that are open for more (language.md, "Each"): items come while the set runs, until a step is
// settled or a condition holds. Nothing about a set is certain before that which more items could
// change.
#include "engine/core/flow.hpp"

#include "engine/base/limits.hpp"
#include "engine/core/words.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

Rejection refuse(RejectionCode code, Text text) { return {code, std::move(text), {}}; }

/// What keeps the set from taking an item, or nothing.
std::optional<Rejection> refuse_set(const Flow& flow, const AddItem& command, std::uint32_t set,
                                    const Principal& by) {
    const bool is_set = set != none && flow.at(set).role == InstanceRole::set &&
                        flow.step_of(set).each->open.has_value();
    if (!is_set)
        return refuse(RejectionCode::not_found,
                      format_both("Expected a step that takes further items, but `{}` is none of "
                                  "this case now",
                                  "办件目前没有可追加事项的步骤“{}”", command.step));
    const model::OpenRule& rule = *flow.step_of(set).each->open;
    if (!by.has(rule.role))
        return refuse(RejectionCode::not_allowed,
                      format_both("Expected {} to add items to `{}`, but somebody else did",
                                  "只有{}可以向“{}”追加事项", rule.role, command.step));
    const auto complete = is_complete(flow, set);
    if (!flow.at(set).is_open() || (complete && *complete))
        return refuse(RejectionCode::state,
                      format_both("Expected `{}` to take further items, but it is closed",
                                  "“{}”已不再接受追加事项", command.step));
    const std::size_t items = flow.at(set).items.size();
    if (items >= limits::each_items_max || flow.state().instances.size() >= limits::instances_max)
        return refuse(RejectionCode::too_large,
                      format_both("Expected at most {} items, but there would be more",
                                  "事项数量最多为 {}", items));
    return std::nullopt;
}

}  // namespace

boost::system::result<bool, expr::EvaluationError> is_complete(const Flow& flow,
                                                               std::uint32_t set) {
    const auto& rule = flow.step_of(set).each->open;
    if (!rule) return true;
    if (rule->until_step != none) {
        const auto& children = flow.at(flow.at(set).parent).children;
        const auto until = children.find(rule->until_step);
        return until != children.end() && flow.at(until->second).settled();
    }
    const auto holds = evaluate_at(flow.state(), flow.context, *rule->until, {set, none});
    if (!holds) return holds.error();
    return holds->as_boolean();
}

std::optional<Rejection> decide_add(Flow& flow, const AddItem& command, const Principal& by) {
    const std::uint32_t set = find_instance(flow.state(), flow.process(), command.step);
    if (auto refused = refuse_set(flow, command, set, by)) return refused;
    const model::Each& each = *flow.step_of(set).each;
    // The item stands alone: it conforms as the one member of a record.
    model::Field root;
    root.type = model::FieldType::record;
    root.required = true;
    root.fields.push_back(each.open->item);
    model::Conformed conformed =
        model::conform(root, expr::Value::record({{each.open->item.name, command.item}}));
    if (!conformed.problems.empty()) return form_refused(std::move(conformed.problems));
    const expr::Value item = *conformed.value.find(each.open->item.name);
    expr::Value key = item;
    if (each.key) {
        const auto found = evaluate_with_item(flow.state(), flow.context, *each.key, set, item);
        if (!found)
            return refuse(
                RejectionCode::invalid,
                both("Expected an item with a key, but it has none: " + found.error().message,
                     "该事项没有可用的键：" + found.error().message));
        key = *found;
    }
    const std::string text = key.dump_text();
    const auto& items = flow.at(set).items;
    if (std::any_of(items.begin(), items.end(),
                    [&](const auto& one) { return one.first.dump_text() == text; }))
        return refuse(RejectionCode::state,
                      format_both("Expected a further item, but `{}` has {} already",
                                  "“{}”中已有{}", command.step, text));
    const auto index = static_cast<std::uint32_t>(items.size());
    flow.draft.add(ItemAdded{set, key, item, flow.by});
    begin_item(flow, set, index);
    return std::nullopt;
}

}  // namespace countersign::core
