// What a bundle saves; see savings.hpp.

#include "definitions/savings.hpp"

#include "definitions/bundle.hpp"
#include "definitions/longest_way.hpp"

#include <algorithm>

namespace countersign::definitions {

namespace {

constexpr double millionth = 1e-6;

std::size_t fields_in(const model::Field& record) {
    std::size_t count = 0;
    for (const model::Field& field : record.fields)
        count += field.type == model::FieldType::record ? fields_in(field) : 1;
    return count;
}

/// Papers that are asked for: what is fetched is not.
std::size_t papers_in(const std::vector<model::Material>& materials) {
    return static_cast<std::size_t>(
        std::count_if(materials.begin(), materials.end(),
                      [](const model::Material& one) { return one.fetch_step == none; }));
}

/// Fields of the item's form that its `with` does not give.
std::size_t asked_fields(const Draft& draft, StepIndex step, const model::Operation& runs) {
    const Node* with = part(*draft.steps[step].node, "with");
    model::Field asked = runs.input;
    std::erase_if(asked.fields, [&](const model::Field& field) {
        return with != nullptr && with->find(field.name) != nullptr &&
               !is_filled_by_bundle(draft, step, field.name);
    });
    return fields_in(asked);
}

bool comes_in_person(const model::Step& step) {
    if (const auto* ask = std::get_if<model::AskVerb>(&step.verb)) return ask->role == "applicant";
    return std::holds_alternative<model::AppointVerb>(step.verb);
}

std::size_t visits_of(const model::Process& process) {
    return static_cast<std::size_t>(
        std::count_if(process.steps.begin(), process.steps.end(), comes_in_person));
}

}  // namespace

std::optional<calendar::Limit> time_of(const Draft& draft) {
    for (const model::ClockKind kind : {model::ClockKind::promised, model::ClockKind::statutory})
        for (const model::Clock& clock : draft.process.scopes[0].clocks)
            if (clock.kind == kind) return clock.within;
    const Length length = Ways(draft, rate_of(draft), View{}).through(0).length;
    if (length == 0) return std::nullopt;
    constexpr Length day = 1'000'000;
    return calendar::Limit{static_cast<std::uint32_t>((length + day - 1) / day),
                           calendar::Unit::working_day};
}

std::size_t trips_of(const model::Process& process) { return 2 + visits_of(process); }

std::optional<Savings> savings_of(const Draft& draft) {
    if (!draft.process.bundle) return std::nullopt;
    const Rate rate = rate_of(draft);
    Savings savings;
    savings.process = draft.process.id;
    savings.together.fields = fields_in(draft.process.form);
    savings.together.papers = papers_in(draft.process.materials);
    savings.together.trips = 1 + visits_of(draft.process);
    const bool once = draft.process.bundle->deliver == model::Delivery::together;
    if (once) ++savings.together.trips;
    for (const model::BundleItem& item : draft.process.bundle->items) {
        const model::Step& step = draft.process.steps[item.step];
        const auto& call = std::get<model::CallVerb>(step.verb);
        const model::Operation& operation = draft.process.operations[call.operation];
        const ProcessSignature* runs = draft.catalog.process(operation.runs);
        if (runs == nullptr) continue;
        ItemAlone alone;
        alone.id = step.id;
        alone.process = operation.runs;
        alone.title = step.title;
        alone.several = step.each.has_value();
        alone.cost.fields = asked_fields(draft, item.step, operation);
        alone.cost.papers = papers_in(runs->materials);
        alone.cost.trips = runs->trips;
        if (runs->takes)
            alone.cost.days = static_cast<double>(rate.length(*runs->takes)) * millionth;
        alone.days_known = runs->takes.has_value();
        savings.apart.fields += alone.cost.fields;
        savings.apart.papers += alone.cost.papers;
        savings.apart.days += alone.cost.days;
        savings.apart.trips += alone.cost.trips;
        // Whoever comes for each result comes as often as there are items.
        savings.together.trips += alone.cost.trips - (once ? 2 : 1);
        savings.items.push_back(std::move(alone));
    }
    const definitions::Way way = Ways(draft, rate, View{}).through(0);
    savings.together.days = static_cast<double>(way.length) * millionth;
    for (const WayPart& on_way : way.parts) {
        if (on_way.step == none) continue;
        savings.way.push_back({draft.process.steps[on_way.step].id,
                               on_way.limit ? on_way.limit->text() : std::string()});
    }
    return savings;
}

}  // namespace countersign::definitions
