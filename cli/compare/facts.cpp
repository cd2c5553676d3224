// A process as a list of facts.
#include "cli/compare/facts.hpp"

#include "engine/core/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <variant>

namespace countersign::cli {

namespace {

using model::none;
using model::Step;
using model::StepIndex;

Text plain(std::string text) { return {text, text}; }

/// Puts parts of a text one after the other.
struct Parts {
    Text text;
    void add(const Text& part) {
        if (part.empty()) return;
        text = text.empty() ? part : format_both("{}, {}", "{}，{}", text, part);
    }
    void add(std::string en, std::string zh) { add(Text{std::move(en), std::move(zh)}); }
};

Text length(const calendar::Limit& limit) { return calendar::length_words(limit.text()); }

std::string source_of(const model::Mapped& mapped) {
    return mapped.expression ? mapped.expression->program.text : mapped.constant.dump_text();
}

class Telling {
  public:
    Telling(const model::Process& process, const http::Names& names)
        : process_(process), names_(names) {}

    std::vector<Fact> run() {
        add(Section::process, "title", process_.title);
        add(Section::process, "calendar", plain(process_.calendar));
        if (const auto& rule = process_.supplement)
            add(Section::process, "supplement",
                format_both("window {}, {} times, limit {}, {}", "汇总 {}，{} 次，期限 {}，{}",
                            length(rule->window), rule->times, length(rule->limit),
                            rule->pauses_case ? Text{"the case's clocks stand still", "办件停表"}
                                              : Text{"no clock stands still", "不停表"}));
        if (const auto& bundle = process_.bundle)
            add(Section::process, "deliver",
                bundle->deliver == model::Delivery::together
                    ? Text{"what items grant is handed over together", "各事项办结后一并交付"}
                    : Text{"what an item grants is handed over once it is ready",
                           "办成一项交付一项"});
        fields(process_.form, "");
        for (const model::Material& material : process_.materials) add_material(material);
        for (StepIndex step = 0; step < process_.steps.size(); ++step) add_step(step);
        for (const model::Clock& clock : process_.scopes[0].clocks) add_clock(clock, "", "");
        for (const Disclosed& one : disclosed_by(process_, names_))
            add(Section::disclosure, fmt::format("{} ← {} ({})", one.who, one.field, one.step),
                plain(one.source), one.step);
        for (const model::End& end : process_.ends) add_end(end);
        return std::move(facts_);
    }

    std::string path(StepIndex step) const {
        std::string path = process_.steps[step].id;
        for (StepIndex stage = process_.scopes[process_.steps[step].scope].owner; stage != none;
             stage = process_.scopes[process_.steps[stage].scope].owner)
            path = process_.steps[stage].id + "/" + path;
        return path;
    }

  private:
    void add(Section section, std::string key, Text value, std::string belongs = {}) {
        facts_.push_back({section, std::move(key), std::move(value), std::move(belongs)});
    }

    // ── Form and materials ──
    static std::string_view name_of(model::FieldType type) {
        static constexpr std::array names = {"text",       "integer",  "number", "boolean", "time",
                                             "choice",     "choices",  "record", "list",    "date",
                                             "file",       "money",    "phone",  "email",   "uscc",
                                             "citizen_id", "division", "point"};
        return names[static_cast<std::size_t>(type)];
    }

    static Text field_text(const model::Field& field) {
        Parts parts;
        parts.add(plain(std::string(name_of(field.type))));
        if (field.required) parts.add("required", "必填");
        if (field.required_when)
            parts.add(
                format_both("required if {}", "当 {} 时必填", field.required_when->program.text));
        if (field.min) parts.add(plain(fmt::format("≥ {}", *field.min)));
        if (field.max) parts.add(plain(fmt::format("≤ {}", *field.max)));
        if (!field.pattern.empty()) parts.add(plain(fmt::format("/{}/", field.pattern)));
        if (field.default_value)
            parts.add(format_both("default {}", "默认 {}", field.default_value->dump_text()));
        if (!field.choices.empty()) {
            std::string choices;
            for (const model::Choice& choice : field.choices)
                choices += (choices.empty() ? "" : " | ") + choice.value;
            parts.add(plain(choices));
        }
        if (field.personal) parts.add("personal", "个人信息");
        if (!field.element.empty()) parts.add(plain("element " + field.element));
        return parts.text;
    }

    void fields(const model::Field& record, const std::string& prefix) {
        for (const model::Field& field : record.fields) {
            const std::string name = prefix + field.name;
            if (field.type == model::FieldType::record)
                fields(field, name + ".");
            else
                add(Section::form, name, field_text(field));
        }
    }

    void add_material(const model::Material& material) {
        Parts parts;
        if (material.required) parts.add("required", "必交");
        if (material.required_when)
            parts.add(format_both("required if {}", "当 {} 时必交",
                                  material.required_when->program.text));
        std::string kinds;
        for (const std::string& kind : material.accept) kinds += (kinds.empty() ? "" : " ") + kind;
        parts.add(plain(kinds));
        if (material.max_bytes != 0) parts.add(plain(fmt::format("≤ {} B", material.max_bytes)));
        if (material.follow_step != none)
            parts.add(
                format_both("may follow until {}", "可容缺至 {}", path(material.follow_step)));
        if (material.follow_when)
            parts.add(format_both("if {}", "当 {}", material.follow_when->program.text));
        add(Section::materials, material.id,
            parts.text.empty() ? Text{"optional", "选交"} : parts.text);
    }

    // ── Steps ──
    Text signing_text(const model::Sign& sign) const {
        Text roles;
        for (const std::string& role : sign.roles)
            roles = roles.empty() ? names_.role(role)
                                  : format_both("{}, {}", "{}、{}", roles, names_.role(role));
        return format_both("{} of {} sign{}: {}", "{1} 份签署中须有 {0} 份通过{2}：{3}", sign.count,
                           sign.roles.size(),
                           sign.sequence ? Text{" one after the other", "，依次签署"} : Text{},
                           roles);
    }

    Text verb_text(const Step& step) const {
        if (const auto* ask = std::get_if<model::AskVerb>(&step.verb))
            return ask->sign ? signing_text(*ask->sign)
                             : format_both("asks {}", "由 {} 办理", names_.role(ask->role));
        if (const auto* call = std::get_if<model::CallVerb>(&step.verb)) {
            const std::string& operation = process_.operations[call->operation].name;
            if (const auto run = core::title_of_run(process_, call->target.department))
                return format_both("runs the process {}", "启动流程“{}”", *run);
            if (!call->target.department.empty())
                return format_both("asks {} for {}", "向 {} 征询 {}",
                                   names_.department(call->target.department), operation);
            std::string members;
            for (const model::Member& member : call->target.members)
                members += (members.empty() ? "" : ", ") + member.department;
            return format_both("asks each of {} for {}", "分别向 {} 征询 {}", members, operation);
        }
        if (std::holds_alternative<model::DoVerb>(step.verb)) return {"is a stage", "为阶段"};
        if (const auto* decide = std::get_if<model::DecideVerb>(&step.verb)) {
            std::string rules;
            for (const model::Rule& rule : decide->rules) {
                std::string then;
                for (const model::Mapped& one : rule.result)
                    then += (then.empty() ? "" : ", ") + one.name + ": " + source_of(one);
                rules += fmt::format("{}{} → {{{}}}", rules.empty() ? "" : "; ",
                                     rule.condition ? rule.condition->program.text : "*", then);
            }
            if (decide->hit == model::HitKind::collect)
                return format_both("decides, all that hold: {}", "判断（成立的都计入）：{}", rules);
            if (decide->hit == model::HitKind::unique)
                return format_both("decides, one only may hold: {}", "判断（只允许一条成立）：{}",
                                   rules);
            return format_both("decides: {}", "判断：{}", rules);
        }
        if (const auto* appoint = std::get_if<model::AppointVerb>(&step.verb))
            return format_both("fixes the earliest of {} that suits all",
                               "在{}中选定各方都可的最早时段", source_of(appoint->slots));
        std::string waits;
        for (const auto& branch : std::get<model::WaitVerb>(step.verb).branches) {
            waits += waits.empty() ? "" : " | ";
            if (branch.delay) waits += branch.delay->text();
            if (branch.until) waits += branch.until->program.text;
            if (branch.before) waits += branch.before->program.text + " - " + branch.by->text();
            waits += branch.signal;
        }
        return format_both("waits: {}", "等待：{}", waits);
    }

    Text needs_text(const model::Needs& needs) const {
        std::string names;
        for (const StepIndex need : needs.steps)
            names += (names.empty() ? "" : ", ") + process_.steps[need].id;
        Parts parts;
        if (needs.kind == model::NeedsKind::any)
            parts.add(format_both("any of {}", "{} 之一", names));
        else if (needs.kind == model::NeedsKind::at_least)
            parts.add(format_both("{} of {}", "{1} 中的 {0} 项", needs.count, names));
        else
            parts.add(plain(names));
        if (needs.granted && !needs.steps.empty()) parts.add("granted", "均须准予");
        if (needs.cancel_rest) parts.add("the rest is cancelled", "其余取消");
        return parts.text;
    }

    static Text each_text(const model::Each& each) {
        Parts parts;
        parts.add(format_both("{} of {}", "{1} 中的每个 {0}", each.name, each.items.program.text));
        if (each.key) parts.add(format_both("by {}", "以 {} 区分", each.key->program.text));
        if (each.sequence) parts.add("one after the other", "依次");
        static constexpr std::array joins = {"ended", "all", "any", "at_least", "percent"};
        const std::string join = joins[static_cast<std::size_t>(each.join)];
        parts.add(plain("join " + join +
                        (each.count != 0 ? " " + std::to_string(each.count) : std::string())));
        for (const std::string& veto : each.veto) parts.add(plain("veto " + veto));
        if (each.cancel_rest) parts.add("the rest is cancelled", "其余取消");
        return parts.text;
    }

    void add_step(StepIndex index) {
        const Step& step = process_.steps[index];
        const std::string at = path(index);
        add(Section::steps, at, verb_text(step));
        const auto more = [&](std::string_view what, Text value) {
            if (!value.empty())
                add(Section::steps, fmt::format("{} {}", at, what), std::move(value), at);
        };
        if (!step.needs.steps.empty()) more("needs", needs_text(step.needs));
        if (step.when) more("when", plain(step.when->program.text));
        if (step.offered_while) more("while", plain(step.offered_while->program.text));
        if (step.each) more("each", each_text(*step.each));
        if (step.not_by != none) more("not_by", plain(path(step.not_by)));
        more("exclusive", plain(step.exclusive));
        if (step.pauses_case || step.pauses_stage)
            more("pauses", plain(step.pauses_case && step.pauses_stage ? "case, stage"
                                 : step.pauses_case                    ? "case"
                                                                       : "stage"));
        if (step.undo) more("undo", plain(process_.operations[step.undo->operation].name));
        if (step.silence.kind == model::SilenceKind::absent) more("silence", plain("absent"));
        if (step.silence.kind == model::SilenceKind::deem)
            more("silence", plain("deem " + step.silence.outcome));
        if (step.safety_critical) more("safety_critical", plain("true"));
        for (const model::Outcome& outcome : step.outcomes) add_outcome(step, at, outcome);
        for (const model::OutcomeMove& on : step.on)
            if (step.outcome(on.outcome) == nullptr)
                add(Section::outcomes, fmt::format("{} → {}", at, on.outcome), move_text(on.move),
                    at);
        for (const model::OutcomeMove& on : step.set_on)
            add(Section::outcomes, fmt::format("{} (set) → {}", at, on.outcome), move_text(on.move),
                at);
        for (const model::Clock& clock : step.clocks) add_clock(clock, at + " ", at);
        if (const auto* stage = std::get_if<model::DoVerb>(&step.verb))
            for (const model::Clock& clock : process_.scopes[stage->scope].clocks)
                add_clock(clock, at + " ", at);
    }

    // ── Outcomes ──
    Text move_text(const model::Move& move) const {
        Parts parts;
        switch (move.kind) {
            case model::MoveKind::continue_:
                parts.add("goes on", "继续");
                break;
            case model::MoveKind::end:
                parts.add(format_both("ends the case: {}", "办结：{}", move.target));
                break;
            case model::MoveKind::end_branch:
                parts.add(format_both("ends the stage: {}", "结束阶段：{}", move.target));
                break;
            case model::MoveKind::repeat:
                parts.add(format_both("repeats, {} more", "重办，至多 {} 次", move.times));
                break;
            case model::MoveKind::back:
                parts.add(format_both("goes back to {}, {} more", "退回至 {}，至多 {} 次",
                                      move.target, move.times));
                if (move.undo) parts.add("what was done is taken back first", "先撤销已办成的事项");
                break;
            case model::MoveKind::supplement:
                parts.add("asks for papers", "要求补正");
                break;
            case model::MoveKind::treat_as:
                parts.add(format_both("is treated as {}", "视为 {}", move.target));
                break;
            case model::MoveKind::forward:
                parts.add(format_both("is forwarded to {}, {} at most", "转交 {}，至多 {} 次",
                                      fmt::format("{}", fmt::join(move.to, ", ")), move.times));
                if (move.chosen)
                    parts.add(format_both("as {} says", "依 {} 所指", move.chosen->program.text));
                break;
        }
        for (const model::Move& otherwise : move.otherwise)
            parts.add(format_both("else {}", "否则{}", move_text(otherwise)));
        for (const model::Action& action : move.also) parts.add(action_text(action));
        return parts.text;
    }

    static Text action_text(const model::Action& action) {
        switch (action.kind) {
            case model::ActionKind::warn:
                return {"warns", "预警"};
            case model::ActionKind::remind:
                return format_both("reminds {}", "催办 {}", action.to);
            case model::ActionKind::escalate:
                return format_both("escalates to {}", "升级督办 {}", action.to);
            case model::ActionKind::send:
                return format_both("sends to {}", "通知 {}", action.to);
        }
        return {};
    }

    void add_outcome(const Step& step, const std::string& at, const model::Outcome& outcome) {
        static constexpr std::array kinds = {"ok", "refusal", "supplement", "timeout", "failure"};
        Parts parts;
        parts.add(plain(kinds[static_cast<std::size_t>(outcome.kind)]));
        if (const model::Move* move = step.move_for(outcome.name)) parts.add(move_text(*move));
        add(Section::outcomes, fmt::format("{} → {}", at, outcome.name), parts.text, at);
    }

    // ── Clocks ──
    std::string event_text(const model::ClockEvent& event) const {
        switch (event.kind) {
            case model::EventKind::case_opened:
                return "case.opened";
            case model::EventKind::received:
                return "case.received";
            case model::EventKind::owner_started:
                return {};
            case model::EventKind::step_started:
                return path(event.step) + ".started";
            case model::EventKind::step_ended:
                return path(event.step) + ".ended";
            case model::EventKind::step_ended_ok:
                return path(event.step);
            case model::EventKind::step_outcome:
                return path(event.step) + "." + event.outcome;
        }
        return {};
    }

    void add_clock(const model::Clock& clock, const std::string& prefix,
                   const std::string& belongs) {
        static constexpr std::array kinds = {"statutory", "promised", "internal"};
        Parts parts;
        parts.add(length(clock.within));
        parts.add(core::word_of(kinds[static_cast<std::size_t>(clock.kind)]));
        if (const std::string from = event_text(clock.from); !from.empty())
            parts.add(format_both("from {}", "自 {}", from));
        if (!clock.deems.empty())
            parts.add(format_both("then deemed {}", "到期视为 {}", clock.deems));
        if (clock.extend)
            parts.add(format_both(
                "{} may extend it by {}, {} at most", "{} 可批准延期，一次至多 {}，至多 {} 次",
                names_.role(clock.extend->role), length(clock.extend->max), clock.extend->times));
        if (clock.to) parts.add(format_both("to {}", "至 {}", event_text(*clock.to)));
        if (clock.counting.count_start_day) parts.add("the first day counts", "起算日计入");
        if (clock.counting.ends_midnight) parts.add("ends at midnight", "至24时");
        if (!clock.counting.roll) parts.add("does not roll on", "不顺延");
        if (!clock.calendar.empty()) parts.add(plain(clock.calendar));
        if (clock.restart_on_redo) parts.add("starts anew when redone", "重办时重新起算");
        for (const model::Rung& rung : clock.rungs) {
            Parts actions;
            for (const model::Action& action : rung.actions) actions.add(action_text(action));
            const Text point = rung.after ? plain("+" + rung.after->text())
                                          : plain(fmt::format("{} %", rung.percent));
            parts.add(format_both("at {}: {}", "{}：{}", point, actions.text));
        }
        add(Section::clocks, prefix + clock.name, parts.text, belongs);
    }

    void add_end(const model::End& end) {
        static constexpr std::array kinds = {"granted", "refused", "withdrawn"};
        Parts parts;
        parts.add(core::word_of(kinds[static_cast<std::size_t>(end.kind)]));
        if (end.when) parts.add(format_both("if {}", "当 {}", end.when->program.text));
        if (end.otherwise) parts.add("otherwise", "其他情形");
        if (end.reason_required) parts.add("with a reason", "须说明理由");
        for (const model::Mapped& one : end.gives)
            parts.add(format_both("gives {}: {}", "给出 {}：{}", one.name, source_of(one)));
        add(Section::ends, end.name, parts.text);
    }

    const model::Process& process_;
    const http::Names& names_;
    std::vector<Fact> facts_;
};

bool has_personal(const model::Field& field) {
    return field.personal || std::any_of(field.fields.begin(), field.fields.end(), has_personal);
}

/// Whether an expression reads a personal field of the form.
bool reads_personal(const model::Process& process, const std::string& text) {
    const auto any = [&](const auto& self, const model::Field& record,
                         const std::string& prefix) -> bool {
        return std::any_of(
            record.fields.begin(), record.fields.end(), [&](const model::Field& field) {
                const std::string path = prefix + field.name;
                if (field.type == model::FieldType::record)
                    return self(self, field, path + ".") || (text == path && has_personal(field));
                return field.personal && text.find(path) != std::string::npos;
            });
    };
    return any(any, process.form, "form.");
}

}  // namespace

Text title_of(Section section) {
    switch (section) {
        case Section::process:
            return {"process", "事项"};
        case Section::form:
            return {"form", "申请表"};
        case Section::materials:
            return {"materials", "材料"};
        case Section::steps:
            return {"steps", "步骤"};
        case Section::outcomes:
            return {"outcomes", "结果与流转"};
        case Section::clocks:
            return {"clocks and limits", "时钟与时限"};
        case Section::disclosure:
            return {"who sees what", "谁看到什么"};
        case Section::ends:
            return {"ends", "结局"};
    }
    return {};
}

std::vector<Fact> facts_of(const model::Process& process, const http::Names& names) {
    return Telling(process, names).run();
}

std::vector<Disclosed> disclosed_by(const model::Process& process, const http::Names& names) {
    std::vector<Disclosed> all;
    const Telling paths(process, names);
    for (StepIndex index = 0; index < process.steps.size(); ++index) {
        const Step& step = process.steps[index];
        std::vector<std::pair<std::string, Text>> seers;
        for (const std::string& role : model::roles_of(step))
            seers.emplace_back(role, names.role(role));
        if (const auto* call = std::get_if<model::CallVerb>(&step.verb)) {
            const auto run = core::title_of_run(process, call->target.department);
            if (run)
                seers.emplace_back(call->target.department,
                                   format_both("the process {}", "流程“{}”", *run));
            else if (!call->target.department.empty())
                seers.emplace_back(call->target.department,
                                   names.department(call->target.department));
            for (const model::Member& member : call->target.members)
                seers.emplace_back(member.department, names.department(member.department));
            for (const std::string& to : model::forwarded_to(step))
                seers.emplace_back(to, names.department(to));
        }
        for (const auto& [who, title] : seers)
            for (const model::Mapped& mapped : step.with)
                all.push_back({who, title, paths.path(index), mapped.name, source_of(mapped),
                               mapped.expression &&
                                   reads_personal(process, mapped.expression->program.text)});
        const model::BundleItem* item = process.bundle ? process.bundle->item(index) : nullptr;
        if (item == nullptr) continue;
        for (const auto& [who, title] : seers)
            for (const model::FieldSource& field : item->fields)
                all.push_back({who, title, paths.path(index), field.to, "form." + field.from,
                               reads_personal(process, "form." + field.from)});
    }
    return all;
}

std::vector<Change> changes_between(const std::vector<Fact>& before,
                                    const std::vector<Fact>& after) {
    using Key = std::pair<Section, std::string>;
    std::map<Key, const Fact*> old;
    std::map<Key, const Fact*> fresh;
    for (const Fact& fact : before) old[{fact.section, fact.key}] = &fact;
    for (const Fact& fact : after) fresh[{fact.section, fact.key}] = &fact;
    const auto is_step = [](const std::map<Key, const Fact*>& facts, const std::string& step) {
        return facts.count({Section::steps, step}) != 0;
    };
    /// A step that comes or goes is told by one line.
    const auto goes_without_saying = [&](const Fact& fact) {
        const bool kept = fact.section == Section::clocks || fact.section == Section::disclosure;
        return !kept && !fact.belongs.empty() &&
               is_step(old, fact.belongs) != is_step(fresh, fact.belongs);
    };
    std::vector<Change> changes;
    for (const Fact& fact : before) {
        const auto found = fresh.find({fact.section, fact.key});
        if (found == fresh.end()) {
            if (!goes_without_saying(fact))
                changes.push_back({fact.section, fact.key, fact.value, std::nullopt});
        } else if (found->second->value != fact.value) {
            changes.push_back({fact.section, fact.key, fact.value, found->second->value});
        }
    }
    for (const Fact& fact : after)
        if (old.count({fact.section, fact.key}) == 0 && !goes_without_saying(fact))
            changes.push_back({fact.section, fact.key, std::nullopt, fact.value});
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change& a, const Change& b) { return a.section < b.section; });
    return changes;
}

}  // namespace countersign::cli
