// Bundles (一件事): what the one form says for each item, and when the applicant gets what items
// grant, each as it is ready or all together (language.md, "Bundles").
#include "engine/core/flow.hpp"
#include "engine/model/bundle.hpp"

#include <algorithm>

namespace countersign::core {

namespace {

bool is_to_hand_over(const Instance& instance) {
    return instance.role != InstanceRole::set && instance.status == StepStatus::ended &&
           instance.outcome_kind == model::OutcomeKind::ok && instance.handed_over.ms == 0;
}

/// Returns the instances of an item that were granted and that nobody was handed yet.
std::vector<std::uint32_t> to_hand_over(const Flow& flow, const model::BundleItem& item) {
    const auto& items = flow.at(0).children;
    const auto found = items.find(item.step);
    if (found == items.end()) return {};
    std::vector<std::uint32_t> granted;
    const auto look_at = [&](std::uint32_t number) {
        if (is_to_hand_over(flow.at(number))) granted.push_back(number);
    };
    if (flow.at(found->second).role != InstanceRole::set)
        look_at(found->second);
    else
        for (const auto& [index, member] : flow.at(found->second).children) look_at(member);
    return granted;
}

bool is_settled(const Flow& flow, const model::BundleItem& item) {
    const auto& items = flow.at(0).children;
    const auto found = items.find(item.step);
    return found != items.end() && flow.at(found->second).settled();
}

void hand_over(Flow& flow, std::vector<std::uint32_t> granted) {
    if (granted.empty()) return;
    Text titles;
    for (const std::uint32_t instance : granted) {
        const Text title = titles_of(flow.state(), flow.process(), instance);
        titles = titles.empty() ? title : format_both("{}, {}", "{}、{}", titles, title);
    }
    flow.draft.add(HandedOver{std::move(granted)});
    flow.draft.add(NoticeGiven{0, model::ActionKind::send, "applicant",
                               format_both("Ready for you: {}", "可领取：{}", titles)});
}

}  // namespace

void add_from_bundle(const Flow& flow, std::uint32_t instance, expr::Value& input) {
    const auto& bundle = flow.process().bundle;
    const model::BundleItem* item = bundle ? bundle->item(flow.at(instance).step) : nullptr;
    if (item == nullptr) return;
    expr::Value whole = model::form_of_item(*item, flow.state().form.value);
    for (const auto& [name, value] : input.entries()) whole = whole.with(name.as_string(), value);
    input = std::move(whole);
}

void hand_over_ready(Flow& flow, std::uint32_t settled) {
    const auto& bundle = flow.process().bundle;
    if (!bundle || bundle->item(flow.at(settled).step) == nullptr) return;
    if (bundle->deliver == model::Delivery::as_ready) {
        if (is_to_hand_over(flow.at(settled))) hand_over(flow, {settled});
        return;
    }
    const bool all_settled =
        std::all_of(bundle->items.begin(), bundle->items.end(),
                    [&](const model::BundleItem& item) { return is_settled(flow, item); });
    if (!all_settled) return;
    std::vector<std::uint32_t> granted;
    for (const model::BundleItem& item : bundle->items)
        for (const std::uint32_t instance : to_hand_over(flow, item)) granted.push_back(instance);
    hand_over(flow, std::move(granted));
}

void hand_over_at_end(Flow& flow, model::EndKind kind) {
    const auto& bundle = flow.process().bundle;
    if (!bundle) return;
    std::vector<std::uint32_t> granted;
    for (const model::BundleItem& item : bundle->items) {
        // What is taken back because the case was not granted is nobody's to keep.
        const bool is_kept =
            kind == model::EndKind::granted || !flow.process().steps[item.step].undo;
        if (!is_kept) continue;
        for (const std::uint32_t instance : to_hand_over(flow, item)) granted.push_back(instance);
    }
    hand_over(flow, std::move(granted));
}

}  // namespace countersign::core
