// `meet`; see meet.hpp.

#include "definitions/meet.hpp"

#include "definitions/expressions.hpp"
#include "definitions/making.hpp"

#include <algorithm>

namespace countersign::definitions {

using expr::Type;
using expr::TypeField;
using expr::TypeKind;
using model::Field;
using model::FieldType;
using model::OutcomeKind;

namespace {

Field time_field(std::string name, const char* en, const char* zh) {
    Field field;
    field.name = std::move(name);
    field.type = FieldType::time;
    field.required = true;
    field.title = {en, zh};
    return field;
}

Field slots_field(const char* en, const char* zh) {
    Field field = time_field("slots", en, zh);
    field.type = FieldType::list;
    field.fields.push_back(time_field("", "", ""));
    return field;
}

// ── The stage that a meeting stands for ──────────────────────────────────────────────────────

/// Who takes part: the name bound to each, and the list; or what is wrong has been reported.
struct Parties {
    std::string name;
    Node list;
    std::string operation;
    const DepartmentChoice* choice = nullptr;  ///< of `of`; else the list's field tells
};

/// "s in form.services": the list keeps its place in the line.
std::optional<Parties> parties_of_each(Draft& draft, const Node& each, const Node* operation) {
    if (!yaml::as_text(each, draft.found, ticked("each"))) return std::nullopt;
    const std::string& text = each.text;
    const std::size_t begin = text.find_first_not_of(' ');
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::size_t in = text.find_first_not_of(' ', end);
    if (begin == std::string::npos || in == std::string::npos || text.substr(in, 3) != "in ") {
        draft.found.error(
            "CS2083", each.span,
            {"`each` of a meeting must name who takes part", "`meet`的`each`应写明谁参加"},
            {"write `each: s in form.FIELD`", "请写成`each: s in form.字段`"});
        return std::nullopt;
    }
    Parties parties;
    parties.name = text.substr(begin, end - begin);
    parties.list = each;
    parties.list.text = std::string(in + 3, ' ') + text.substr(in + 3);
    if (operation == nullptr) {
        draft.found.error(
            "CS2083", each.span,
            {"the meeting does not say which operation it is", "没有写明会议是部门的哪个操作"},
            {"add `op: survey`", "请补上`op: survey`"});
        return std::nullopt;
    }
    if (!yaml::as_text(*operation, draft.found, ticked("op"))) return std::nullopt;
    parties.operation = operation->text;
    return parties;
}

/// The contract that all these departments implement and that has the operation, or null.
const ContractDefinition* common_contract(const Draft& draft,
                                          const std::vector<std::string>& departments,
                                          const std::string& operation) {
    for (const ContractDefinition& contract : draft.catalog.contracts) {
        const auto& all = contract.operations;
        if (std::none_of(all.begin(), all.end(),
                         [&](const model::Operation& one) { return one.name == operation; }))
            continue;
        const bool shared =
            std::all_of(departments.begin(), departments.end(), [&](const std::string& id) {
                const DepartmentDefinition* department = draft.catalog.department(id);
                if (department == nullptr) return false;
                const auto& list = department->implements;
                return std::find(list.begin(), list.end(), contract.id) != list.end();
            });
        if (shared) return &contract;
    }
    return nullptr;
}

/// `of: [grid.survey, water.survey]`: departments that implement one contract.
std::optional<Parties> parties_of_list(Draft& draft, const Node& of) {
    Parties parties;
    parties.name = "department";
    std::vector<std::string> departments;
    std::string list;
    for (const Node* item :
         yaml::as_texts(of, draft.found, ticked("of")).value_or(std::vector<const Node*>{})) {
        const std::size_t dot = item->text.find('.');
        const std::string operation = dot == std::string::npos ? "" : item->text.substr(dot + 1);
        if (operation.empty() || (!parties.operation.empty() && operation != parties.operation)) {
            draft.found.error("CS2083", item->span,
                              {"a meeting is one operation of several departments",
                               "一次会议是多个部门的同一操作"},
                              {"write `of: [grid.survey, water.survey]`",
                               "请写成`of: [grid.survey, water.survey]`"});
            return std::nullopt;
        }
        parties.operation = operation;
        departments.push_back(item->text.substr(0, dot));
        list += (list.empty() ? "'" : ", '") + departments.back() + "'";
    }
    if (departments.empty()) return std::nullopt;
    const ContractDefinition* contract = common_contract(draft, departments, parties.operation);
    if (contract == nullptr) {
        draft.found.error(
            "CS2083", of.span,
            format_both("these departments have no contract in common with the operation `{}`",
                        "这些部门没有共同实现含操作`{}`的约定", parties.operation),
            {"write a contract with the operation, and add it to `implements` of each department",
             "请写一份含该操作的约定，并加入各部门的`implements`"});
        return std::nullopt;
    }
    parties.list = Maker(of).scalar("[" + list + "]");
    DepartmentChoice choice;
    choice.contract = contract->id;
    for (const std::string& id : departments) choice.members.push_back({id, id});
    parties.choice = &draft.made_choices.emplace_back(std::move(choice));
    return parties;
}

bool is_meeting(const Draft& draft, const std::string& operation) {
    const auto has = [&](const std::vector<model::Operation>& operations) {
        const std::string name = slots_operation(operation);
        return std::any_of(operations.begin(), operations.end(),
                           [&](const model::Operation& one) { return one.name == name; });
    };
    return std::any_of(draft.catalog.contracts.begin(), draft.catalog.contracts.end(),
                       [&](const ContractDefinition& one) { return has(one.operations); });
}

/// Keys of the step that are each participant's; all others are the stage's.
bool is_participants(std::string_view key) {
    return key == "limit" || key == "silence" || key == "with" || key == "legal_basis" ||
           key == "meet";
}

/// How long departments have to name their slots: a working day, or the limit when that is shorter.
Node offers_limit(const Maker& make, const Node& limit, Diagnostics& found) {
    const Node* within = limit.is_mapping() ? limit.find("within") : &limit;
    const calendar::Limit day{1, calendar::Unit::working_day};
    if (within != nullptr && within->is_scalar()) {
        const auto whole = read_limit(*within, found, ticked("limit"));
        if (whole && compare_limits(*whole, day).value_or(1) <= 0) return *within;
    }
    return make.scalar("1wd");
}

/// What stands under `meet`.
struct MeetingText {
    const Node* of = nullptr;
    const Node* each = nullptr;
    const Node* operation = nullptr;
    const Node* slots = nullptr;
    const Node* answer_within = nullptr;
};

std::optional<Parties> read_parties(Draft& draft, const Node& meet, const MeetingText& text) {
    if ((text.of == nullptr) == (text.each == nullptr)) {
        draft.found.error("CS2083", meet.span,
                          {"a meeting says once who takes part", "参加方应写一次"},
                          {"write `each: s in form.FIELD` with `op`, or `of: [grid.survey, …]`",
                           "请写`each: s in form.字段`和`op`，或写`of: [grid.survey, …]`"});
        return std::nullopt;
    }
    auto parties = text.of != nullptr ? parties_of_list(draft, *text.of)
                                      : parties_of_each(draft, *text.each, text.operation);
    if (!parties || is_meeting(draft, parties->operation)) return parties;
    const Node& place = text.of != nullptr ? *text.of : *text.operation;
    draft.found.error("CS2083", place.span,
                      format_both("no contract declares `{}` as a meeting",
                                  "没有约定把`{}`声明为会议", parties->operation),
                      {"add `kind: meeting` to the operation", "请在该操作中写`kind: meeting`"});
    return std::nullopt;
}

/// Builds the three steps.
class Stage : public Maker {
  public:
    Stage(const Node& step, const Node& meet, const Parties& parties)
        : Maker(meet), step_(step), parties_(parties) {}

    Node offers(const MeetingText& text, Diagnostics& found) const {
        Node offers = participant(slots_operation(parties_.operation));
        add(offers, "with", with("slots", *text.slots));
        const Node* limit = part(step_, "limit");
        if (text.answer_within != nullptr)
            add(offers, "limit", *text.answer_within);
        else if (limit != nullptr)
            add(offers, "limit", offers_limit(*this, *limit, found));
        return offers;
    }
    Node appointment(const MeetingText& text) const {
        Node appointment = mapping();
        add(appointment, "needs", scalar(std::string(meeting_offers)));
        add(appointment, "appoint", *text.slots);
        return appointment;
    }
    Node visits() const {
        Node visits = participant(parties_.operation);
        add(visits, "needs", scalar(std::string(meeting_slot)));
        add(visits, "when",
            scalar("steps.slot.outcome == 'fixed' && steps.offers.exists(offer, offer.key == " +
                   parties_.name + " && offer.outcome == 'offered')"));
        add(visits, "with", with("slot", scalar("=steps.slot.result.slot")));
        if (const Node* limit = part(step_, "limit")) add(visits, "limit", *limit);
        return visits;
    }

  private:
    Node participant(std::string_view operation) const {
        Node inner = mapping();
        Node bound = mapping();
        add(bound, parties_.name, parties_.list);
        add(inner, "each", std::move(bound));
        add(inner, "call", scalar(parties_.name + "." + std::string(operation)));
        for (const char* key : {"silence", "legal_basis"})
            if (const Node* value = part(step_, key)) add(inner, key, *value);
        return inner;
    }
    Node with(std::string_view key, Node value) const {
        Node all = mapping();
        add(all, key, std::move(value));
        if (const Node* own = part(step_, "with"); own != nullptr && own->is_mapping())
            all.entries.insert(all.entries.end(), own->entries.begin(), own->entries.end());
        return all;
    }

    const Node& step_;
    const Parties& parties_;
};

}  // namespace

std::string slots_operation(std::string_view operation) {
    return std::string(operation) + ".slots";
}

model::Operation make_meeting(model::Operation& operation) {
    model::Operation slots;
    slots.name = slots_operation(operation.name);
    slots.input = operation.input;
    slots.input.fields.push_back(slots_field("Slots offered", "备选时段"));
    slots.output.type = FieldType::record;
    slots.output.required = true;
    slots.output.fields.push_back(slots_field("Slots that can be kept", "可参加的时段"));
    slots.outcomes = {{"offered", OutcomeKind::ok}};
    operation.input.fields.push_back(time_field("slot", "Appointment", "约定时间"));
    return slots;
}

const Node* expand_meeting(Draft& draft, StepIndex step, const Node& node) {
    const Node& meet = *part(node, "meet");
    yaml::Keys keys(meet, draft.found, ticked("meet"), "meet");
    if (!keys.ok()) return nullptr;
    MeetingText text;
    text.of = keys.optional("of");
    text.each = keys.optional("each");
    text.operation = keys.optional("op");
    text.slots = keys.required("slots");
    text.answer_within = keys.optional("answer_within");
    keys.finish();
    if (text.slots == nullptr) return nullptr;
    const auto parties = read_parties(draft, meet, text);
    if (!parties) return nullptr;
    draft.steps[step].meets = true;
    draft.steps[step].meeting_choice = parties->choice;

    const Stage make(node, meet, *parties);
    Node steps = make.mapping();
    make.add(steps, meeting_offers, make.offers(text, draft.found));
    make.add(steps, meeting_slot, make.appointment(text));
    make.add(steps, meeting_visits, make.visits());
    Node outcomes = make.mapping();
    make.add(outcomes, "no_slot", make.scalar("refusal"));
    Node stage = make.mapping();
    stage.span = node.span;
    make.add(stage, "do", std::move(steps));
    make.add(stage, "outcomes", std::move(outcomes));
    for (const yaml::Entry& entry : node.entries)
        if (!is_participants(entry.key.text)) stage.entries.push_back(entry);
    return &draft.made.emplace_back(std::move(stage));
}

void read_appointment(Draft& draft, StepIndex step) {
    StepDraft& text = draft.steps[step];
    model::Step& model_step = draft.process.steps[step];
    model::AppointVerb appoint;
    appoint.offers = draft.process.find(model_step.scope, meeting_offers);
    appoint.visits = draft.process.find(model_step.scope, meeting_visits);
    model_step.verb = appoint;
    model_step.outcomes = {{"fixed", OutcomeKind::ok}, {"no_slot", OutcomeKind::refusal}};
    text.result = Type::record_of({{"slot", Type::of(TypeKind::timestamp), false}});
    text.has_result = true;
    text.outcomes_known = true;
}

void read_slots(Draft& draft, StepIndex step) {
    const Node& node = *draft.steps[step].verb_node;
    auto& appoint = std::get<model::AppointVerb>(draft.process.steps[step].verb);
    const Field field = slots_field("", "");
    ValueRead read = read_value(draft, node, &field, site_of(draft, step), ticked("slots"));
    if (!read.ok) return;  // `offers` has the same input and has said so
    appoint.slots = std::move(read.mapped);
    // Each has its limit for the whole: to name its slots, to come, and to tell what it found.
    for (model::Clock& clock : draft.process.steps[appoint.visits].clocks) {
        if (clock.name != "limit") continue;
        clock.from = {model::EventKind::step_started, stage_of(draft, step), {}};
        appoint.within = clock.within;
    }
}

void read_meeting(Draft& draft, StepIndex stage) {
    StepDraft& text = draft.steps[stage];
    const auto& verb = std::get<model::DoVerb>(draft.process.steps[stage].verb);
    const StepIndex visits = draft.process.find(verb.scope, meeting_visits);
    if (visits == none || !draft.steps[visits].outcomes_known) {
        text.result = Type::of(TypeKind::dyn);
        text.has_result = true;
        return;
    }
    std::vector<TypeField> finding = {{"by", Type::of(TypeKind::string), false},
                                      {"outcome", Type::of(TypeKind::string), false}};
    for (TypeField field : draft.steps[visits].result.fields) {
        const auto& outcomes = draft.process.steps[visits].outcomes;
        const bool always = std::all_of(outcomes.begin(), outcomes.end(), [](const auto& outcome) {
            return outcome.kind == OutcomeKind::ok;
        });
        field.optional = field.optional || !always;
        if (field.name != "by" && field.name != "outcome") finding.push_back(std::move(field));
    }
    text.result =
        Type::record_of({{"slot", Type::of(TypeKind::timestamp), true},
                         {"findings", Type::list_of(Type::record_of(std::move(finding))), false}});
    text.has_result = true;
}

Text title_in_meeting(std::string_view id) {
    if (id == meeting_offers) return {"Slots", "报时段"};
    if (id == meeting_slot) return {"Appointment", "定时段"};
    return {"Visit", "到场"};
}

}  // namespace countersign::definitions
