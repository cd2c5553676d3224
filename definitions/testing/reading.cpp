// Small things in tests: addresses of steps, times, papers, records checked against fields.
#include "definitions/testing/reading.hpp"

#include <algorithm>

namespace countersign::definitions {

using model::StepIndex;

namespace {

/// One part of an address: "utility[gas]".
struct Part {
    std::string id;
    std::optional<std::string> key;
};

std::optional<Part> part_of(std::string_view text) {
    Part part;
    const std::size_t bracket = text.find('[');
    part.id = text.substr(0, bracket);
    if (part.id.empty()) return std::nullopt;
    if (bracket == std::string_view::npos) return part;
    if (text.back() != ']' || text.size() < bracket + 3) return std::nullopt;
    part.key = text.substr(bracket + 1, text.size() - bracket - 2);
    return part;
}

std::vector<std::string> ids_in(const model::Process& process, model::ScopeIndex scope) {
    std::vector<std::string> ids;
    for (const StepIndex step : process.scopes[scope].steps) ids.push_back(process.steps[step].id);
    return ids;
}

/// The keys that an `each` over a choice of departments may have; none when they are not known.
std::vector<std::string> keys_of(const model::Process& process, StepIndex step) {
    std::vector<std::string> keys;
    if (process.steps[step].each->key) return keys;
    for (const model::Step& other : process.steps) {
        const auto* call = std::get_if<model::CallVerb>(&other.verb);
        if (call == nullptr || call->target.bound != step) continue;
        for (const model::Member& member : call->target.members) keys.push_back(member.value);
        break;
    }
    return keys;
}

/// The scope in which an address goes on below a step, or none.
model::ScopeIndex scope_in(const model::Step& step) {
    const auto* stage = std::get_if<model::DoVerb>(&step.verb);
    return stage == nullptr ? model::none : stage->scope;
}

/// The address of a step with "KEY" where one is needed, for a cure.
std::string pattern_of(const model::Process& process, StepIndex step) {
    std::string path;
    for (StepIndex at = step; at != model::none;) {
        const model::Step& found = process.steps[at];
        std::string part = found.id;
        if (found.each) {
            const auto keys = keys_of(process, at);
            part += fmt::format("[{}]", keys.empty() ? "KEY" : keys.front());
        }
        path = path.empty() ? part : part + "/" + path;
        at = process.scopes[found.scope].owner;
    }
    return path;
}

StepIndex find_anywhere(const model::Process& process, std::string_view id) {
    for (StepIndex i = 0; i < process.steps.size(); ++i)
        if (process.steps[i].id == id) return i;
    return model::none;
}

class AddressReader {
  public:
    AddressReader(const TestContext& context, const Node& node) : context_(context), node_(node) {}

    std::optional<NamedStep> read() {
        std::string_view rest = node_.text;
        NamedStep named;
        named.is_address = rest.find_first_of("/[") != std::string_view::npos;
        model::ScopeIndex scope = 0;
        for (bool more = true; more;) {
            const std::size_t slash = rest.find('/');
            more = slash != std::string_view::npos;
            const auto part = part_of(rest.substr(0, slash));
            if (!part)
                return refuse(
                    format_both("`{}` is no address of a step", "`{}`不是步骤地址", node_.text),
                    format_both("write it like `utility[gas]/survey`",
                                "应写成`utility[gas]/survey`的形式"));
            if (!step_into(*part, scope, named, more)) return std::nullopt;
            rest = more ? rest.substr(slash + 1) : std::string_view();
        }
        return named;
    }

  private:
    std::nullopt_t refuse(const Text& message, const Text& cure) {
        context_.found.error("CS2021", node_.span, message, cure);
        return std::nullopt;
    }

    bool step_into(const Part& part, model::ScopeIndex& scope, NamedStep& named, bool more) {
        const model::Process& process = context_.process;
        if (scope == model::none) {
            refuse(format_both("`{}` is no stage: there are no steps in it",
                               "`{}`不是阶段，其中没有步骤", process.steps[named.index].id),
                   {});
            return false;
        }
        named.index = process.find(scope, part.id);
        if (named.index == model::none && scope == 0 && process.after_end != model::none)
            named.index = process.find(process.after_end, part.id);
        if (named.index == model::none) return no_step(part, scope), false;
        const model::Step& step = process.steps[named.index];
        named.is_set = step.each && !part.key;
        if (!check_key(part, named.index, more)) return false;
        scope = scope_in(step);
        return true;
    }

    void no_step(const Part& part, model::ScopeIndex scope) {
        const model::Process& process = context_.process;
        const StepIndex elsewhere = find_anywhere(process, part.id);
        if (elsewhere != model::none) {
            refuse(format_both("the step `{}` is not here: it is in a stage",
                               "步骤`{}`不在这一层，而在某个阶段内", part.id),
                   format_both("write `{}`", "应写`{}`", pattern_of(process, elsewhere)));
            return;
        }
        std::vector<std::string> known = ids_in(process, scope);
        if (scope == 0 && process.after_end != model::none)
            for (std::string& id : ids_in(process, process.after_end))
                known.push_back(std::move(id));
        refuse(format_both("there is no step `{}`", "没有步骤`{}`", part.id),
               diagnostics::did_you_mean(part.id, known));
    }

    bool check_key(const Part& part, StepIndex index, bool more) {
        const model::Process& process = context_.process;
        const model::Step& step = process.steps[index];
        if (part.key && !step.each) {
            refuse(format_both("`{}` has no `each`, so there is one of it",
                               "`{}`没有`each`，只有一个", step.id),
                   format_both("write `{}`", "应写`{}`", step.id));
            return false;
        }
        if (!step.each) return true;
        const std::vector<std::string> keys = keys_of(process, index);
        if (!part.key && more) {
            refuse(format_both("`{}` has an instance for each item: which one is meant?",
                               "`{}`每项各有一个实例，须指明是哪一个", step.id),
                   format_both("write `{}[{}]/…`", "应写`{}[{}]/…`", step.id,
                               keys.empty() ? "KEY" : keys.front()));
            return false;
        }
        if (!part.key || keys.empty()) return true;
        if (std::find(keys.begin(), keys.end(), *part.key) != keys.end()) return true;
        refuse(format_both("`{}` has no item `{}`", "`{}`没有`{}`这一项", step.id, *part.key),
               diagnostics::did_you_mean(*part.key, keys));
        return false;
    }

    const TestContext& context_;
    const Node& node_;
};

}  // namespace

std::optional<NamedStep> find_step(const TestContext& context, const Node& node, bool anywhere) {
    if (!yaml::as_text(node, context.found, Text{"the step", "步骤"})) return std::nullopt;
    if (anywhere && node.text.find_first_of("/[") == std::string::npos) {
        const StepIndex index = find_anywhere(context.process, node.text);
        if (index != model::none) return NamedStep{index, false, false};
    }
    return AddressReader(context, node).read();
}

std::vector<std::string> outcomes_of(const model::Process& process, const NamedStep& named) {
    const model::Step& step = process.steps[named.index];
    std::vector<std::string> names;
    const auto add = [&names](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    if (named.is_set) {
        add("done");
        add("unmet");
        for (const model::OutcomeMove& on : step.set_on) add(on.outcome);
        return names;
    }
    for (const model::Outcome& outcome : step.outcomes) add(outcome.name);
    for (const model::OutcomeMove& on : step.on) add(on.outcome);
    return names;
}

bool check_known(const TestContext& context, const Node& node,
                 const std::vector<std::string>& known, std::string_view code, const Text& what) {
    if (std::find(known.begin(), known.end(), node.text) != known.end()) return true;
    context.found.error(code, node.span,
                        format_both("there is no {} `{}`", "没有{}`{}`", what, node.text),
                        diagnostics::did_you_mean(node.text, known));
    return false;
}

Instant instant_of(const When& when, int offset_minutes) {
    return countersign::instant_of(when.date, when.ms_of_day.value_or(0), offset_minutes);
}

std::optional<When> read_when(const TestContext& context, const Node& node, const Text& what) {
    const auto text = yaml::as_expression(node, context.found, what);
    if (!text) return std::nullopt;
    if (const auto date = Date::parse(*text)) return When{*date, std::nullopt};
    std::string whole = *text;
    if (whole.size() > 10 && whole[10] == ' ') whole[10] = 'T';
    if (const auto at = parse_rfc3339(whole)) {
        const LocalTime local = local_time(*at, context.offset_minutes);
        return When{local.date, local.ms_of_day};
    }
    // Without an offset it is the wall clock of the process's calendar.
    if (const auto at = parse_rfc3339(whole + "Z")) {
        const LocalTime local = local_time(*at, 0);
        return When{local.date, local.ms_of_day};
    }
    context.found.error("CS5006", node.span,
                        format_both("{} is no day and no moment", "{}不是日期，也不是时刻", what),
                        Text{"write `2026-02-12`, `2026-02-12 10:30` or "
                             "`2026-02-12T10:30+08:00`",
                             "应写`2026-02-12`、`2026-02-12 10:30`或`2026-02-12T10:30+08:00`"});
    return std::nullopt;
}

Moment read_moment(const TestContext& context, yaml::Keys& keys, bool may_meet) {
    Moment moment;
    const Node* after = keys.optional("after");
    const Node* at = keys.optional("at");
    if (after != nullptr) moment.after = read_limit(*after, context.found, ticked("after"));
    if (at == nullptr) return moment;
    const auto text = yaml::as_expression(*at, context.found, ticked("at"));
    if (!text) return moment;
    if (const auto time = parse_rfc3339("1970-01-01T" + *text + "Z")) {
        moment.time_of_day = time->ms;
        return moment;
    }
    if (*text == "slot") {
        moment.at_slot = may_meet;
        if (!may_meet)
            context.found.error("CS2083", at->span,
                                Text{"only a department that meets others has a slot",
                                     "只有参加会议的部门才有约定时段"},
                                Text{"say after how long, such as `after: 1wd`",
                                     "写明多久之后，如`after: 1wd`"});
        return moment;
    }
    moment.at = read_when(context, *at, ticked("at"));
    if (moment.at && !moment.at->ms_of_day) {
        context.found.error("CS5006", at->span,
                            Text{"`at` is a day, but not a moment of it", "`at`只有日期，没有时刻"},
                            format_both("write `{} 10:30`", "应写`{} 10:30`", *text));
    } else if (moment.at && after != nullptr) {
        context.found.error(
            "CS5006", at->span,
            Text{"`after` and the moment of `at` both say when", "`after`与`at`的时刻相冲突"},
            Text{"keep one of them; beside `after`, `at` is a time of the day such as `\"10:30\"`",
                 "只保留其一；与`after`并用时，`at`应为一天中的时间，如`\"10:30\"`"});
    }
    return moment;
}

bool is_form_path(const model::Process& process, std::string_view path) {
    const model::Field* at = &process.form;
    while (!path.empty()) {
        const std::size_t dot = path.find('.');
        const std::string_view name = path.substr(0, dot);
        const auto found =
            std::find_if(at->fields.begin(), at->fields.end(),
                         [&](const model::Field& field) { return field.name == name; });
        if (at->type != model::FieldType::record || found == at->fields.end()) return false;
        at = &*found;
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return at != &process.form;
}

namespace {

std::vector<std::string> material_ids(const model::Process& process) {
    std::vector<std::string> ids;
    for (const model::Material& material : process.materials) ids.push_back(material.id);
    return ids;
}

void check_thing(const TestContext& context, const Node& node) {
    if (is_form_path(context.process, node.text)) return;
    const std::vector<std::string> known = material_ids(context.process);
    if (std::find(known.begin(), known.end(), node.text) != known.end()) return;
    context.found.error("CS5005", node.span,
                        format_both("`{}` is neither a material nor a field of the form",
                                    "`{}`既不是材料，也不是申请表的字段", node.text),
                        diagnostics::did_you_mean(node.text, known));
}

}  // namespace

std::vector<MissingThing> read_missing(const TestContext& context, const Node& node) {
    std::vector<MissingThing> things;
    const std::vector<Node> alone{node};
    for (const Node& item : node.is_sequence() ? node.items : alone) {
        if (item.is_mapping()) {
            yaml::Keys keys(item, context.found, Text{"the missing paper", "缺少的材料"},
                            "missing");
            const Node* id = keys.required("id");
            const Node* reason = keys.optional("reason");
            keys.finish();
            if (id == nullptr || !yaml::as_text(*id, context.found, ticked("id"))) continue;
            check_thing(context, *id);
            things.push_back({id->text, reason == nullptr ? "" : reason->text});
        } else if (yaml::as_text(item, context.found, Text{"the missing paper", "缺少的材料"})) {
            check_thing(context, item);
            things.push_back({item.text, ""});
        }
    }
    return things;
}

std::vector<std::string> read_materials(const TestContext& context, const Node& node) {
    std::vector<std::string> ids;
    const auto items =
        yaml::as_texts(node, context.found, Text{"the list of materials", "材料清单"});
    if (!items) return ids;
    const std::vector<std::string> known = material_ids(context.process);
    for (const Node* item : *items)
        if (check_known(context, *item, known, "CS5005", Text{"material", "材料"}))
            ids.push_back(item->text);
    return ids;
}

}  // namespace countersign::definitions
