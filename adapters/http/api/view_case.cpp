// The state view: what stands where, who holds what, which clocks run.
#include "adapters/http/api/views.hpp"

#include "engine/core/transitions.hpp"
#include "engine/core/words.hpp"

#include <algorithm>

namespace countersign::http {

namespace {

using core::Instance;
using core::InstanceRole;
using core::StepStatus;

/// Writes the tree; the depth is bounded by that of the definition's text.
class Steps {
  public:
    Steps(JsonWriter& json, const Viewed& viewed, expr::Personal personal)
        : json_(json), viewed_(viewed), personal_(personal) {}

    /// The steps of a scope under its holder, in the document's order; those without an instance
    /// wait for their needs.
    void scope(const model::Scope& scope, std::uint32_t holder, const std::string& prefix) {
        const Instance& instance = viewed_.state.instances[holder];
        for (const model::StepIndex index : scope.steps) {
            const auto found = instance.children.find(index);
            if (found != instance.children.end())
                step(found->second);
            else
                waiting(index, prefix, instance.is_open(), held(index, holder));
        }
    }

  private:
    /// What a step without an instance waits for beside its needs, or null.
    const core::HeldStep* held(model::StepIndex index, std::uint32_t parent) const {
        for (const core::HeldStep& one : viewed_.state.held)
            if (one.step == index && one.parent == parent && one.role != InstanceRole::member)
                return &one;
        return nullptr;
    }

    /// What a step waits for beside its needs: its turn, or papers that are still to follow, which
    /// the applicant has in hand.
    void awaits(const core::HeldStep& held) {
        json_.member("since", viewed_.time(held.since));
        if (held.waits_for_turn()) {
            json_.member("turn", viewed_.process.steps[held.step].exclusive);
            if (const auto other = turn_holder(viewed_, held))
                json_.member("turn_of_title", viewed_.titles(*other));
            return;
        }
        const auto awaited = core::awaited_materials(viewed_.state, viewed_.context(), held);
        if (const core::Call* call = fetching_all(viewed_, awaited))
            held_by(call->department, viewed_.department(call->department));
        else
            held_by("applicant", core::word_of("applicant"));
        json_.key("awaits");
        json_.begin_array();
        for (const std::string& id : awaited) json_.value(id);
        json_.end_array();
        json_.key("awaits_titles");
        json_.begin_array();
        for (const std::string& id : awaited)
            json_.value(core::title_of_item(viewed_.process, id));
        json_.end_array();
    }

    void held_member(const core::HeldStep& held) {
        const model::Step& step = viewed_.process.steps[held.step];
        json_.begin_object();
        json_.member("address", core::address_of(viewed_.state, viewed_.process, held));
        json_.member("step", step.id);
        json_.member("title", step.title);
        json_.member("verb", verb_of(viewed_.process, step));
        key(step, viewed_.state.instances[held.parent].items[held.item_index].first);
        json_.member("status", "waiting");
        awaits(held);
        json_.end_object();
    }

    void waiting(model::StepIndex index, const std::string& prefix, bool holder_open,
                 const core::HeldStep* held) {
        const model::Step& step = viewed_.process.steps[index];
        json_.begin_object();
        json_.member("address", prefix + step.id);
        json_.member("step", step.id);
        json_.member("title", step.title);
        json_.member("verb", verb_of(viewed_.process, step));
        json_.member("status", holder_open ? "waiting" : "never_started");
        json_.key("needs");
        json_.begin_array();
        for (const model::StepIndex need : step.needs.steps)
            json_.value(viewed_.process.steps[need].id);
        json_.end_array();
        if (held != nullptr) awaits(*held);
        json_.end_object();
    }

    void step(std::uint32_t number) {
        const Instance& instance = viewed_.state.instances[number];
        const model::Step& defined = viewed_.process.steps[instance.step];
        const std::string address = viewed_.address(number);
        json_.begin_object();
        json_.member("address", address);
        json_.member("step", defined.id);
        json_.member("title", defined.title);
        json_.member("verb", verb_of(viewed_.process, defined));
        if (instance.role == InstanceRole::member) {
            key(defined, instance.key);
        }
        facts(instance, number);
        if (instance.is_open()) holder(instance, defined);
        children(instance, number, defined, address);
        json_.end_object();
    }

    /// What tells a branch of an `each` from the others.
    void key(const model::Step& step, const expr::Value& key) {
        json_.key("key");
        json_.value(key, personal_);
        if (key.is(expr::Kind::string) && !key.holds_personal())
            json_.member("key_title",
                         core::title_of_key(viewed_.process, step, key.as_string()));
    }

    void facts(const Instance& instance, std::uint32_t number) {
        json_.member("status", core::name_of(instance.status));
        json_.member("round", instance.round);
        json_.member("started", viewed_.time(instance.started));
        if (instance.status == StepStatus::skipped)
            json_.member("skip_reason", name_of(instance.skip_reason));
        if (instance.settled()) json_.member("ended", viewed_.time(instance.ended));
        if (instance.status == StepStatus::ended) {
            json_.member("outcome", instance.outcome);
            json_.member("kind", name_of(instance.outcome_kind));
            json_.member("deemed", instance.deemed);
            json_.member("result", instance.result.value, personal_);
        }
        json_.member_if("note", instance.note);
        if (!instance.note.empty()) json_.member("note_text", core::note_words(instance.note));
        if (const core::ClockState* clock = deadline_clock(viewed_, number)) {
            const ClockView view = view_of(viewed_, *clock);
            json_.member("due", viewed_.time(view.due.at));
            json_.member("remaining", view.remaining);
            json_.member("card", view.card);
        }
    }

    /// Who has it in hand: a department, a role or person, the applicant, or time.
    void holder(const Instance& instance, const model::Step& defined) {
        if (instance.status == StepStatus::supplementing)
            return held_by("applicant", core::word_of("applicant"));
        if (instance.call != 0 && std::holds_alternative<model::CallVerb>(defined.verb)) {
            const core::Call& call = viewed_.state.calls[instance.call - 1];
            const Text who = viewed_.department(call.department);
            held_by(call.department, call.child ? format_both("{} (case {})", "{}（办件 {}）", who,
                                                              call.child->text())
                                                : who);
            json_.member("call", viewed_.call_id(call.number));
            if (call.child) json_.member("child", call.child->text());
        } else if (instance.task != 0 && std::holds_alternative<model::AskVerb>(defined.verb)) {
            const core::Task& task = viewed_.state.tasks[instance.task - 1];
            if (task.claimed_by.empty())
                held_by(task.role, viewed_.names.role(task.role));
            else
                held_by(task.claimed_by, viewed_.names.principal(task.claimed_by));
            json_.member("task", viewed_.task_id(task.number));
        } else if (std::holds_alternative<model::WaitVerb>(defined.verb)) {
            held_by("time", core::word_of("time"));
        }
    }
    void held_by(const std::string& id, const Text& title) {
        json_.member("holder", id);
        json_.member("holder_title", title);
    }

    void children(const Instance& instance, std::uint32_t number, const model::Step& defined,
                  const std::string& address) {
        const auto* stage = std::get_if<model::DoVerb>(&defined.verb);
        const bool is_set = instance.role == InstanceRole::set;
        const auto& all_held = viewed_.state.held;
        const bool holds = std::any_of(all_held.begin(), all_held.end(),
                                       [&](const auto& held) { return held.parent == number; });
        if (instance.children.empty() && !holds && (is_set || stage == nullptr)) return;
        json_.key("steps");
        json_.begin_array();
        if (is_set)
            members(instance, number);
        else if (stage != nullptr && instance.status != StepStatus::skipped)
            scope(viewed_.process.scopes[stage->scope], number, address + "/");
        json_.end_array();
    }

    void members(const Instance& set, std::uint32_t number) {
        for (const auto& [item, member] : set.children) step(member);
        for (const core::HeldStep& held : viewed_.state.held)
            if (held.parent == number && held.role == InstanceRole::member) held_member(held);
    }

    JsonWriter& json_;
    const Viewed& viewed_;
    expr::Personal personal_;
};

/// The open steps for whose sake a clock stands still; none of them where only papers are missing.
void write_pausing(JsonWriter& json, const Viewed& viewed, const core::ClockState& clock) {
    if (clock.status != core::ClockStatus::paused) return;
    json.key("paused_by");
    json.begin_array();
    for (const std::uint32_t instance :
         core::pausing_instances(viewed.state, viewed.process, clock))
        json.value(viewed.address(instance));
    json.end_array();
}

void write_clocks(JsonWriter& json, const Viewed& viewed) {
    json.key("clocks");
    json.begin_array();
    for (const core::ClockState& clock : viewed.state.clocks) {
        const model::Clock& defined = core::clock_of(viewed.process, clock.ref);
        const ClockView view = view_of(viewed, clock);
        json.begin_object();
        json.member("name", defined.name);
        json.member("kind", name_of(defined.kind));
        json.member("of", viewed.address(clock.owner));
        json.member("of_title", viewed.titles(clock.owner));
        json.member("within", core::within_of(clock, defined).text());
        json.member("status", core::name_of(clock.status));
        json.member("from", viewed.time(clock.from));
        json.member("due", viewed.time(view.due.at));
        json.member("provisional", view.due.provisional);
        json.member_if("remaining", view.remaining);
        json.member("card", view.card);
        if (clock.stopped) json.member("stopped", viewed.time(*clock.stopped));
        write_pausing(json, viewed, clock);
        if (!defined.legal_basis.empty()) json.member("legal_basis", defined.legal_basis);
        json.end_object();
    }
    json.end_array();
}

void write_calls(JsonWriter& json, const Viewed& viewed) {
    json.key("calls");
    json.begin_array();
    for (const core::Call& call : viewed.state.calls)
        if (call.is_open()) write_call(json, viewed, call);
    json.end_array();
}

void write_tasks(JsonWriter& json, const Viewed& viewed) {
    json.key("tasks");
    json.begin_array();
    for (const core::Task& task : viewed.state.tasks) {
        if (task.status != core::TaskStatus::open && task.status != core::TaskStatus::claimed)
            continue;
        json.begin_object();
        json.member("task", viewed.task_id(task.number));
        json.member("step", viewed.address(task.instance));
        json.member("role", task.role);
        json.member("role_title", viewed.names.role(task.role));
        json.member("status", core::name_of(task.status));
        json.member_if("claimed_by", task.claimed_by);
        if (!task.claimed_by.empty())
            json.member("claimed_by_title", viewed.names.principal(task.claimed_by));
        json.member("opened", viewed.time(task.opened));
        const Instance& instance = viewed.state.instances[task.instance];
        json.key("choices");
        json.begin_array();
        for (const model::Outcome& outcome : viewed.process.steps[instance.step].outcomes)
            json.value(outcome.name);
        json.end_array();
        json.end_object();
    }
    json.end_array();
}

void write_incidents(JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
    json.key("incidents");
    json.begin_array();
    for (const core::Incident& incident : viewed.state.incidents) {
        json.begin_object();
        json.member("incident", incident.number);
        json.member("kind", name_of(incident.kind));
        json.member("step", viewed.address(incident.instance));
        json.member("title", viewed.titles(incident.instance));
        if (incident.call != 0) json.member("call", viewed.call_id(incident.call));
        json.member("message", incident.message);
        json.member("text", core::incident_words(incident));
        if (!incident.evidence.empty())
            json.member("evidence", personal == expr::Personal::open
                                        ? std::string_view(incident.evidence)
                                        : masked_text);
        json.member("raised", viewed.time(incident.raised));
        if (incident.resolved) json.member("resolved", viewed.time(*incident.resolved));
        json.end_object();
    }
    json.end_array();
}

void write_supplement(JsonWriter& json, const Viewed& viewed) {
    const core::SupplementState& supplement = viewed.state.supplement;
    if (supplement.status == core::SupplementStatus::idle) return;
    json.key("supplement");
    json.begin_object();
    const bool noticed = supplement.status == core::SupplementStatus::noticed;
    json.member("status", noticed ? "noticed" : "drafting");
    json.member("opened", viewed.time(supplement.opened));
    if (noticed) json.member("noticed", viewed.time(supplement.noticed));
    json.key("requests");
    json.begin_array();
    for (const auto& request : supplement.requests) {
        json.begin_object();
        json.member("step", viewed.address(request.instance));
        json.key("items");
        json.begin_array();
        for (const core::MissingItem& item : request.items) {
            json.begin_object();
            json.member("id", item.id);
            json.member("title", core::title_of_item(viewed.process, item.id));
            json.member_if("reason", item.reason);
            json.member("supplied", item.supplied);
            json.end_object();
        }
        json.end_array();
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

}  // namespace

/// What is taken back of a case that ended refused or withdrawn, in that order.
std::vector<std::uint32_t> undone_instances(const core::CaseState& state) {
    std::vector<std::uint32_t> undone;
    for (std::uint32_t i = 0; i < state.instances.size(); ++i)
        if (state.instances[i].undo && state.instances[i].undo->call != 0) undone.push_back(i);
    std::sort(undone.begin(), undone.end(), [&](std::uint32_t a, std::uint32_t b) {
        return state.instances[a].undo->call < state.instances[b].undo->call;
    });
    for (const std::uint32_t instance : state.to_undo)
        if (state.instances[instance].undo->call == 0) undone.push_back(instance);
    return undone;
}

void write_undo(JsonWriter& json, const Viewed& viewed) {
    const std::vector<std::uint32_t> undone = undone_instances(viewed.state);
    if (undone.empty()) return;
    json.key("undo");
    json.begin_array();
    for (const std::uint32_t instance : undone) {
        const core::PreparedUndo& undo = *viewed.state.instances[instance].undo;
        const model::Operation& operation = viewed.process.operations[undo.operation];
        const model::Outcome* outcome = operation.outcome(undo.outcome);
        json.begin_object();
        json.member("step", viewed.address(instance));
        json.member("title", viewed.titles(instance));
        json.member("department", undo.department);
        json.member("department_title", viewed.department(undo.department));
        json.member("operation", operation.name);
        json.member("status", undo.call == 0
                                  ? "waiting"
                                  : core::name_of(viewed.state.calls[undo.call - 1].status));
        if (undo.call != 0) json.member("call", viewed.call_id(undo.call));
        json.member_if("outcome", undo.outcome);
        json.member("undone", outcome != nullptr && outcome->kind == model::OutcomeKind::ok);
        json.end_object();
    }
    json.end_array();
}

/// Numbers with a wrong check digit that somebody vouched for.
void write_overrides(JsonWriter& json, const Viewed& viewed) {
    if (viewed.state.accepted.empty()) return;
    json.key("overrides");
    json.begin_array();
    for (const core::AcceptedField& accepted : viewed.state.accepted) {
        json.begin_object();
        json.member("field", accepted.field);
        json.member("title", core::title_of_item(viewed.process, accepted.field));
        json.member("by", accepted.by);
        json.member("by_title", viewed.names.principal(accepted.by));
        json.member("reason", accepted.reason);
        json.member("at", viewed.time(accepted.at));
        json.end_object();
    }
    json.end_array();
}

void write_materials(JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
    json.key("materials");
    json.begin_array();
    for (const core::GivenMaterial& material : viewed.state.materials) {
        json.begin_object();
        json.member("id", material.id);
        json.member("title", core::title_of_item(viewed.process, material.id));
        const bool open = personal == expr::Personal::open;
        if (!material.name.empty()) json.member("name", open ? material.name : "***");
        json.member("on_paper", material.sha256.empty());
        // Whoever knows a content's hash may have a case name it: it is as good as the content.
        if (open) json.member_if("sha256", material.sha256);
        if (!material.sha256.empty()) json.member("bytes", material.bytes);
        json.end_object();
    }
    json.end_array();
}

void write_end(JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
    if (!viewed.state.end) return json.raw("null");
    const core::CaseEnd& end = *viewed.state.end;
    json.begin_object();
    json.member("name", end.name);
    json.member("kind", name_of(end.kind));
    json.member("title", end_title(viewed));
    json.member("at", viewed.time(end.at));
    json.member_if("reason", end.reason);
    if (!end.reason.empty()) json.member("reason_text", core::end_reason(viewed.state));
    json.member("gives", end.gives.value, personal);
    json.end_object();
}

void write_steps(JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
    json.begin_array();
    Steps steps(json, viewed, personal);
    const auto& instances = viewed.state.instances;
    for (std::uint32_t i = 0; i < instances.size(); ++i) {
        if (instances[i].role == InstanceRole::root)
            steps.scope(viewed.process.scopes[0], i, "");
        else if (instances[i].role == InstanceRole::after_end)
            steps.scope(viewed.process.scopes[viewed.process.after_end], i, "");
    }
    json.end_array();
}

void write_case(JsonWriter& json, const Viewed& viewed, expr::Personal personal) {
    const core::CaseState& state = viewed.state;
    json.begin_object();
    json.member("case", state.id.text());
    json.member("process", state.process.id);
    json.member("version", state.process.version);
    json.member("title", viewed.process.title);
    json.member("status", core::name_of(state.status));
    json.member("applicant", state.applicant);
    json.member("applicant_title", viewed.names.applicant(state.applicant));
    if (state.parent) {
        json.member("parent", state.parent->case_id.text());
        json.member("parent_call", state.parent->text());
    }
    json.member("opened_by", state.opened_by);
    json.member("opened_by_title", viewed.names.principal(state.opened_by));
    json.member("opened", viewed.time(state.opened));
    json.member("received", viewed.time(state.received));
    json.member("now", viewed.time(viewed.now));
    json.member("sequence", state.sequence);
    json.key("end");
    write_end(json, viewed, personal);
    json.key("steps");
    write_steps(json, viewed, personal);
    write_clocks(json, viewed);
    write_calls(json, viewed);
    write_tasks(json, viewed);
    write_incidents(json, viewed, personal);
    write_supplement(json, viewed);
    write_materials(json, viewed, personal);
    write_missing(json, viewed);
    write_overrides(json, viewed);
    write_undo(json, viewed);
    json.member("form", state.form.value, personal);
    write_form_text(json, viewed, personal);
    json.end_object();
}

}  // namespace countersign::http
