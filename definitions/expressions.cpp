// Compiling of expressions in their place; see expressions.hpp.

#include "definitions/expressions.hpp"

#include "definitions/cel/template.hpp"
#include "definitions/scope_types.hpp"
#include "engine/base/limits.hpp"

#include <algorithm>

namespace countersign::definitions {

using expr::Type;
using expr::TypeKind;

namespace {

/// Why `id` cannot be named at `site`, reported at the mention.
void report_unseen(Draft& draft, const Node& scalar, std::size_t offset, const std::string& id,
                   const Site& site, const std::vector<SeenStep>& seen) {
    const Span place = yaml::span_within(draft.found.sources(), scalar, offset, id.size());
    if (site.form_only) {
        draft.found.error("CS2021", place,
                          {"a condition of the form may only speak of the form itself",
                           "表单的条件只能引用表单本身"},
                          {"name a field of the form: `form.…`", "请写表单的字段：`form.…`"});
        return;
    }
    const StepIndex other = find_anywhere(draft, id);
    if (other == none) {
        std::vector<std::string> known;
        for (const SeenStep& step : seen) known.push_back(draft.process.steps[step.step].id);
        draft.found.error("CS2021", place, format_both("there is no step `{}`", "没有步骤`{}`", id),
                          diagnostics::did_you_mean(id, known));
        return;
    }
    Text message;
    Text cure;
    if (other == site.step) {
        message = format_both("step `{}` has not ended yet where this is evaluated",
                              "在此处求值时，步骤`{}`尚未结束", id);
    } else {
        StepIndex stage = stage_of(draft, other);
        std::string path = ".steps." + id;
        while (stage != none && std::none_of(seen.begin(), seen.end(), [&](const SeenStep& step) {
                   return step.step == stage;
               })) {
            path = ".steps." + draft.process.steps[stage].id + path;
            stage = stage_of(draft, stage);
        }
        message = format_both("step `{}` is not seen from here", "从此处看不到步骤`{}`", id);
        if (stage != none) {
            const std::string& outer = draft.process.steps[stage].id;
            message = format_both("step `{}` is inside the stage `{}`", "步骤`{}`在阶段`{}`之内",
                                  id, outer);
            cure = format_both("write `steps.{}{}`", "请写成`steps.{}{}`", outer, path);
            if (part(*draft.steps[stage].node, "each") != nullptr) {
                cure = format_both(
                    "the stage is a list of instances: write `steps.{}.exists(b, b{}…)` or "
                    "`.all(b, …)`",
                    "该阶段是实例的列表：请写`steps.{}.exists(b, b{}…)`或`.all(b, …)`", outer,
                    path);
            }
        } else if (draft.steps[other].verb == VerbKind::do_) {
            message = format_both("the stage `{}` has not ended yet where this is evaluated",
                                  "在此处求值时，阶段`{}`尚未结束", id);
        }
    }
    draft.found.error("CS2021", place, std::move(message), std::move(cure))
        .notes.push_back(
            {draft.steps[other].place, format_both("`{}` stands here", "`{}`在这里", id)});
}

/// Finds the steps that the text names; false after reporting one that cannot be named here, or
/// silently when one has mistakes of its own that hide what it yields.
bool collect_steps(Draft& draft, const Node& scalar, std::size_t skip, const Site& site,
                   std::vector<SeenStep>& named) {
    const auto seen = seen_steps(draft, site);
    bool ok = true;
    for (const StepMention& mention :
         mentions_of_steps(std::string_view(scalar.text).substr(skip))) {
        const auto found = std::find_if(seen.begin(), seen.end(), [&](const SeenStep& step) {
            return draft.process.steps[step.step].id == mention.id;
        });
        if (found == seen.end()) {
            report_unseen(draft, scalar, skip + mention.offset, mention.id, site, seen);
            ok = false;
            continue;
        }
        const StepDraft& text = draft.steps[found->step];
        if (text.typed && !text.outcomes_known) ok = false;
        if (!text.typed) {
            draft.found.error(
                "CS2064",
                yaml::span_within(draft.found.sources(), scalar, skip + mention.offset,
                                  mention.id.size()),
                format_both(
                    "what step `{}` yields is not known yet where this list or decision is made",
                    "形成此列表或决策时，还不知道步骤`{}`的结果数据", mention.id),
                format_both("let this step need `{}`", "请让本步骤以`{}`为前置", mention.id));
            ok = false;
        }
        const bool known = std::any_of(named.begin(), named.end(), [&](const SeenStep& step) {
            return step.step == found->step;
        });
        if (!known) named.push_back(*found);
    }
    return ok;
}

/// Marks the materials and the form's fields that a checked program reads: of a chain of selections
/// its last field, with all that is in it.
void mark_fields(Draft& draft, const expr::Program& program) {
    std::vector<std::string> paths(program.nodes.size());
    std::vector<bool> is_form(program.nodes.size(), false);
    std::vector<bool> inside(program.nodes.size(), false);
    for (std::size_t i = 0; i < program.nodes.size(); ++i) {
        const expr::Node& node = program.nodes[i];
        if (node.operation == expr::Operation::variable) {
            is_form[i] = program.variables[node.argument].path.front() == "form";
            continue;
        }
        const bool selects = node.operation == expr::Operation::select ||
                             node.operation == expr::Operation::has ||
                             node.operation == expr::Operation::optional_select;
        if (!selects || node.child_count == 0) continue;
        const std::uint32_t child = program.children[node.first_child];
        if (!is_form[child]) continue;
        is_form[i] = true;
        inside[child] = true;
        paths[i] = paths[child].empty() ? program.names[node.argument]
                                        : paths[child] + "." + program.names[node.argument];
    }
    for (const expr::Variable& variable : program.variables)
        if (variable.path.size() > 1 && variable.path.front() == "materials")
            draft.materials_used.insert(variable.path[1]);
    for (std::size_t i = 0; i < program.nodes.size(); ++i) {
        if (is_form[i] && !inside[i]) draft.fields_used.insert(paths[i]);
    }
}

void report_problems(Draft& draft, const Node& scalar, std::size_t skip,
                     const cel::Checked& checked) {
    for (const cel::Problem& problem : checked.problems) {
        Text cure = problem.suggestion;
        if (skip == 0 && problem.offset == 0 && scalar.text.substr(0, 1) == "=") {
            cure = {"leave out the `=`: this field always holds an expression",
                    "请去掉`=`：这里填的总是表达式"};
        }
        draft.found.error(
            cel::code_of(problem.kind),
            yaml::span_within(draft.found.sources(), scalar, skip + problem.offset, problem.length),
            problem.message, std::move(cure));
    }
}

/// The type that a value may have to stand for `field`: whole numbers may stand for numbers.
bool fits(const Type& type, const model::Field& field) {
    if (cel::is_assignable(type, model::type_of(field))) return true;
    if (field.type == model::FieldType::number) return type.kind == TypeKind::integer;
    if (field.type == model::FieldType::list && type.kind == TypeKind::list &&
        !field.fields.empty()) {
        return fits(type.arguments.front(), field.fields.front());
    }
    return false;
}

void read_expression_value(Draft& draft, const Node& node, const model::Field* field,
                           const Site& site, const Text& what, ValueRead& read) {
    Compiled compiled = compile(draft, node, 1, site, Form::value);
    if (!compiled.ok) return;
    read.type = compiled.type;
    if (compiled.type.kind == TypeKind::optional) {
        read.mapped.leave_out_when_empty = true;
        read.type = compiled.type.arguments.front();
        if (field != nullptr && field->required) {
            draft.found.error(
                "CS2062", node.span,
                format_both("{} may not be left out, but `{}` may be empty",
                            "{}不能缺省，但`{}`可能为空", what, node.text.substr(1)),
                {"make the field required, give it a default, or write `=form.?… .orValue(…)`",
                 "请把该字段设为必填、给出默认值，或写`=form.?… .orValue(…)`"});
            return;
        }
    }
    if (field != nullptr && read.type.kind != TypeKind::dyn && !fits(read.type, *field)) {
        draft.found.error("CS2061", node.span,
                          format_both("{} must be {}, but this is {}", "{}应为{}，但此处是{}", what,
                                      model::type_of(*field).text(), read.type.text()));
        return;
    }
    read.mapped.expression = std::move(compiled.expression);
    read.ok = true;
}

/// How a condition is made of what is none.
Text condition_cure(const Type& type) {
    const bool is_number = type.kind == TypeKind::integer ||
                           type.kind == TypeKind::unsigned_integer || type.kind == TypeKind::real;
    if (is_number) return {"compare it: `… > 0`", "请作比较：`… > 0`"};
    if (type.kind == TypeKind::string)
        return {"compare it: `… == 'text'`", "请作比较：`… == '文本'`"};
    if (type.kind == TypeKind::list)
        return {"ask about its items: `….size() > 0` or `….exists(x, …)`",
                "请判断其各项：`….size() > 0`或`….exists(x, …)`"};
    return {"compare it with something", "请与某个值比较"};
}

}  // namespace

Site site_of(const Draft& draft, StepIndex step) {
    Site site;
    site.step = step;
    site.scope = draft.process.steps[step].scope;
    return site;
}

Compiled compile(Draft& draft, const Node& scalar, std::size_t skip, const Site& site, Form form) {
    Compiled compiled;
    const std::string_view text = std::string_view(scalar.text).substr(skip);
    if (text.size() > limits::expression_bytes_max) {
        draft.found.error("CS2060", scalar.span,
                          format_both("an expression has at most {} bytes", "表达式最多 {} 字节",
                                      limits::expression_bytes_max),
                          {"split it into several", "请拆成几个"});
        return compiled;
    }
    std::vector<SeenStep> steps;
    const bool steps_ok = collect_steps(draft, scalar, skip, site, steps);
    if (!steps_ok) return compiled;
    cel::Environment names = environment(draft, site, steps);
    names.may_be_absent = form == Form::value;
    cel::Checked checked =
        form == Form::text ? cel::check_template(text, names) : cel::check(text, names);
    if (!checked.ok()) {
        report_problems(draft, scalar, skip, checked);
        return compiled;
    }
    mark_fields(draft, checked.program);
    check_outcome_names(draft, scalar, skip, steps, checked.program);
    compiled.type = checked.type;
    compiled.expression.program = std::move(checked.program);
    for (const expr::Variable& variable : compiled.expression.program.variables) {
        compiled.expression.refs.push_back(reference(draft, site, variable.path));
    }
    compiled.ok = true;
    return compiled;
}

std::optional<model::Expression> compile_condition(Draft& draft, const Node& node, const Site& site,
                                                   const Text& what) {
    if (!yaml::as_expression(node, draft.found, what)) return std::nullopt;
    Compiled compiled = compile(draft, node, 0, site, Form::expression);
    if (!compiled.ok) return std::nullopt;
    // What comes of a field whose type is wrong has any type.
    const TypeKind kind = compiled.type.kind;
    if (kind == TypeKind::boolean || kind == TypeKind::dyn) return std::move(compiled.expression);
    draft.found.error("CS2061", node.span,
                      format_both("{} must be a condition (bool), but this is {}",
                                  "{}应为条件（bool），但此处是{}", what, compiled.type.text()),
                      condition_cure(compiled.type));
    return std::nullopt;
}

void compile_text(Draft& draft, const Node& node, const Site& site,
                  std::optional<model::Expression>& en, std::optional<model::Expression>& zh) {
    if (node.is_scalar()) {
        if (!yaml::as_text(node, draft.found, {"the text", "文本"})) return;
        if (Compiled compiled = compile(draft, node, 0, site, Form::text); compiled.ok) {
            en = compiled.expression;
            zh = std::move(compiled.expression);
        }
        return;
    }
    read_title(&node, draft.found, {"the text", "文本"});
    for (const char* language : {"en", "zh"}) {
        const Node* text = part(node, language);
        if (text == nullptr || !text->is_scalar()) continue;
        Compiled compiled = compile(draft, *text, 0, site, Form::text);
        if (compiled.ok)
            (language == std::string_view("en") ? en : zh) = std::move(compiled.expression);
    }
}

ValueRead read_value(Draft& draft, const Node& node, const model::Field* field, const Site& site,
                     const Text& what) {
    ValueRead read;
    if (node.is_scalar() && node.text.substr(0, 1) == "=") {
        read_expression_value(draft, node, field, site, what, read);
        return read;
    }
    if (node.is_scalar() && cel::has_expressions(node.text)) {
        Compiled compiled = compile(draft, node, 0, site, Form::text);
        if (!compiled.ok) return read;
        read.type = compiled.type;
        if (field != nullptr && !fits(read.type, *field)) {
            draft.found.error(
                "CS2061", node.span,
                format_both("{} must be {}, but this is a text", "{}应为{}，但此处是文本", what,
                            model::type_of(*field).text()));
            return read;
        }
        read.mapped.expression = std::move(compiled.expression);
        read.ok = true;
        return read;
    }
    if (field != nullptr) {
        const auto constant = constant_for(*field, node, draft.found, what);
        if (!constant) return read;
        read.mapped.constant = *constant;
        read.type = model::type_of(*field);
    } else {
        read.mapped.constant = plain_value(node);
        switch (read.mapped.constant.kind()) {
            case expr::Kind::boolean:
                read.type = Type::of(TypeKind::boolean);
                break;
            case expr::Kind::integer:
                read.type = Type::of(TypeKind::integer);
                break;
            case expr::Kind::real:
                read.type = Type::of(TypeKind::real);
                break;
            case expr::Kind::string:
                read.type = Type::of(TypeKind::string);
                break;
            case expr::Kind::null:
            case expr::Kind::unsigned_integer:
            case expr::Kind::bytes:
            case expr::Kind::list:
            case expr::Kind::map:
            case expr::Kind::timestamp:
            case expr::Kind::duration:
            case expr::Kind::money:
            case expr::Kind::type:
            case expr::Kind::optional:
            case expr::Kind::erased:
                draft.found.error("CS2061", node.span,
                                  format_both("{} must be a text, a number or a boolean",
                                              "{}应为文本、数字或布尔值", what),
                                  {"write lists and records as expressions: `=[1, 2]`",
                                   "列表和记录请写成表达式：`=[1, 2]`"});
                return read;
        }
    }
    read.ok = true;
    return read;
}

}  // namespace countersign::definitions
