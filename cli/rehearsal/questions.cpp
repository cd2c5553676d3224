// What people type becomes a value by the type of the field; whether it fits is for the model to
// say, as of an application.
#include "cli/rehearsal/questions.hpp"

#include "cli/output/text.hpp"
#include "definitions/diagnostics/diagnostic.hpp"
#include "engine/core/words.hpp"
#include "engine/expr/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <unistd.h>

namespace countersign::cli {

namespace {

constexpr std::size_t sha256_digits = 64;

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// Divides at commas, those of Chinese keyboards too.
std::vector<std::string> parts_of(std::string text) {
    for (const std::string_view wide : {"，", "、"})
        for (std::size_t at = 0; (at = text.find(wide, at)) != std::string::npos;)
            text.replace(at, wide.size(), ",");
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const std::string part = trimmed(text.substr(begin, end - begin));
        if (!part.empty()) parts.push_back(part);
        begin = end + 1;
    }
    return parts;
}

/// JSON where it is some, else a text, of which the model says that it does not fit.
expr::Value json_of(const std::string& said) {
    auto value = expr::from_json(said);
    return value ? *std::move(value) : expr::Value::string(said);
}

expr::Value boolean_of(const std::string& said) {
    for (const std::string_view yes : {"true", "yes", "y", "是"})
        if (said == yes) return expr::Value::boolean(true);
    for (const std::string_view no : {"false", "no", "n", "否"})
        if (said == no) return expr::Value::boolean(false);
    return expr::Value::string(said);
}

expr::Value chosen_of(const std::string& said) {
    std::vector<expr::Value> chosen;
    for (const std::string& part : parts_of(said)) chosen.push_back(expr::Value::string(part));
    return expr::Value::list(std::move(chosen));
}

expr::Value value_of(const model::Field& field, const std::string& said) {
    switch (field.type) {
        case model::FieldType::boolean:
            return boolean_of(said);
        case model::FieldType::choices:
            return said.starts_with('[') ? json_of(said) : chosen_of(said);
        case model::FieldType::integer:
        case model::FieldType::number:
        case model::FieldType::record:
        case model::FieldType::list:
        case model::FieldType::point:
            return json_of(said);
        case model::FieldType::file:
            // Nothing is stored here: any content will do.
            return expr::Value::record(
                {{"name", expr::Value::string(said)},
                 {"sha256", expr::Value::string(std::string(sha256_digits, '0'))}});
        // What looks like a number is still a text in these.
        case model::FieldType::text:
        case model::FieldType::time:
        case model::FieldType::choice:
        case model::FieldType::date:
        case model::FieldType::money:
        case model::FieldType::phone:
        case model::FieldType::email:
        case model::FieldType::uscc:
        case model::FieldType::citizen_id:
        case model::FieldType::division:
            return expr::Value::string(said);
    }
    return expr::Value::string(said);
}

/// How a value is typed, where that is not plain.
Text form_of(const model::Field& field) {
    Text choices;
    for (const model::Choice& one : field.choices)
        choices = choices.empty() ? Text{one.value, one.value}
                                  : format_both("{}, {}", "{}、{}", choices, one.value);
    switch (field.type) {
        case model::FieldType::boolean:
            return {"yes or no", "是或否"};
        case model::FieldType::choice:
            return format_both("one of {}", "{}之一", choices);
        case model::FieldType::choices:
            return format_both("some of {}, with commas", "{}，可多选，以逗号分隔", choices);
        case model::FieldType::time:
            return {"like 2026-02-10T10:00+08:00", "如 2026-02-10T10:00+08:00"};
        case model::FieldType::date:
            return {"like 2026-02-10", "如 2026-02-10"};
        case model::FieldType::money:
            return {"yuan", "元"};
        case model::FieldType::point:
            return {R"(JSON, like {"lon": 121.26, "lat": 31.38})",
                    R"(JSON，如 {"lon": 121.26, "lat": 31.38})"};
        case model::FieldType::list:
            return {"a list as JSON", "JSON 列表"};
        case model::FieldType::integer:
        case model::FieldType::number:
            return {field.unit, field.unit};
        case model::FieldType::file:
            return {"a file's name", "文件名"};
        case model::FieldType::record:
        case model::FieldType::text:
        case model::FieldType::phone:
        case model::FieldType::email:
        case model::FieldType::uscc:
        case model::FieldType::citizen_id:
        case model::FieldType::division:
            return {};
    }
    return {};
}

/// An outcome's name as it can be typed, in Chinese with its word beside it where it has one.
Text named(const std::string& name) {
    const Text word = core::word_of(name);
    if (word.zh == name || word.zh.starts_with("“")) return {name, name};
    return {name, fmt::format("{} {}", name, word.zh)};
}

/// "Fee (fee; yuan; may be empty): "
Text prompt_of(const model::Field& field, const std::string& path, bool lenient) {
    Text more;
    const auto add = [&more](const Text& one) {
        more = more.empty() ? one : format_both("{}; {}", "{}；{}", more, one);
    };
    if (!field.title.empty()) add({path, path});
    if (const Text form = form_of(field); !form.empty()) add(form);
    if (lenient || !field.required) add({"may be empty", "可留空"});
    const Text name = field.title.empty() ? Text{path, path} : field.title;
    return more.empty() ? format_both("{}: ", "{}：", name)
                        : format_both("{} ({}): ", "{}（{}）：", name, more);
}

/// What is wrong with a value of one field by itself. Conditions over the whole form wait for it.
std::vector<model::Problem> problems_of(const model::Field& field, const expr::Value& value,
                                        bool lenient) {
    model::Field root;
    root.type = model::FieldType::record;
    root.fields.push_back(field);
    root.fields.front().required_when.reset();
    if (lenient) root.fields.front().required = false;
    std::vector<std::pair<std::string, expr::Value>> given;
    if (!value.is(expr::Kind::null)) given.emplace_back(field.name, value);
    return model::conform(root, expr::Value::record(std::move(given))).problems;
}

}  // namespace

FoundField find_field(const model::Field& root, const std::string& path) {
    FoundField found{&root, ""};
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find_first_of(".[", begin), path.size());
        const std::string name = path.substr(begin, end - begin);
        const auto& fields = found.field->fields;
        const auto next = std::find_if(fields.begin(), fields.end(), [&name](const auto& field) {
            return field.name == name;
        });
        if (found.field->type != model::FieldType::record || next == fields.end()) break;
        found = {&*next, path.substr(0, end)};
        begin = end + 1;
    }
    return found;
}

void Questions::say(const Text& text) const {
    fmt::print("{}\n", printable_lines(text.in(terminal_.language)));
}

std::optional<std::string> Questions::ask(const Text& prompt) {
    if (ended_) return std::nullopt;
    fmt::print("{}", printable(prompt.in(terminal_.language)));
    std::fflush(stdout);
    std::string line;
    if (!std::getline(std::cin, line)) {
        fmt::print("\n");
        ended_ = true;
        return std::nullopt;
    }
    if (isatty(STDIN_FILENO) == 0) fmt::print("{}\n", printable(line));
    std::string said = trimmed(line);
    if (said == back) return std::nullopt;
    return said;
}

std::optional<model::Outcome> Questions::outcome(const std::vector<model::Outcome>& outcomes) {
    if (outcomes.size() == 1) return outcomes.front();
    std::vector<std::string> names;
    Text listed;
    for (const model::Outcome& one : outcomes) {
        names.push_back(one.name);
        const Text word = format_both("{} {}", "{} {}", names.size(), named(one.name));
        listed = listed.empty() ? word : format_both("{}, {}", "{}、{}", listed, word);
    }
    for (;;) {
        const auto said = ask(format_both("outcome ({}): ", "结果（{}）：", listed));
        if (!said) return std::nullopt;
        for (std::size_t i = 0; i < outcomes.size(); ++i)
            if (*said == names[i] || *said == std::to_string(i + 1)) return outcomes[i];
        say(said->empty() ? Text{"one must be chosen", "必须选择一项"}
                          : format_both("there is no outcome `{}`: {}", "没有结果`{}`：{}", *said,
                                        diagnostics::did_you_mean(*said, names)));
    }
}

std::optional<expr::Value> Questions::record(const model::Field& fields, bool lenient) {
    auto value = field(fields, "", lenient);
    // Only now can it be told what the answers require of each other.
    while (value && !lenient) {
        auto problems = model::conform(fields, *value).problems;
        std::erase_if(problems, [this](const model::Problem& problem) {
            return problem.code == "suspicious" && is_accepted(problem.path);
        });
        if (problems.empty()) break;
        say(problems.front().message);
        const FoundField found = find_field(fields, problems.front().path);
        if (found.path.empty()) break;  // of no field: the core will say it again
        const auto better = field(*found.field, found.path, false);
        if (!better) return std::nullopt;
        value = model::with_part_at(*value, found.path, *better);
    }
    return value;
}

std::optional<expr::Value> Questions::field(const model::Field& about, const std::string& path,
                                            bool lenient) {
    if (about.type == model::FieldType::record) {
        std::vector<std::pair<std::string, expr::Value>> members;
        for (std::size_t at = 0; at < about.fields.size();) {
            const model::Field& inner = about.fields[at];
            auto value =
                field(inner, path.empty() ? inner.name : path + "." + inner.name, lenient);
            if (!value && (ended_ || at == 0)) return std::nullopt;
            if (!value) {
                // Back to the question before; what was said there is asked anew.
                --at;
                std::erase_if(members, [&name = about.fields[at].name](const auto& member) {
                    return member.first == name;
                });
                continue;
            }
            if (!value->is(expr::Kind::null)) members.emplace_back(inner.name, *std::move(value));
            ++at;
        }
        // A part of the form that was left out whole is not there.
        if (members.empty() && !path.empty()) return expr::Value();
        return expr::Value::record(std::move(members));
    }
    for (;;) {
        const auto said = ask(prompt_of(about, path, lenient));
        if (!said) return std::nullopt;
        expr::Value value = said->empty() ? expr::Value() : value_of(about, *said);
        switch (judge(problems_of(about, value, lenient), path)) {
            case Fit::good:
                return value;
            case Fit::gone:
                return std::nullopt;
            case Fit::bad:
                break;
        }
    }
}

/// Explains what is wrong with the answer for `path`; a suspicious number may pass all the same.
Questions::Fit Questions::judge(const std::vector<model::Problem>& problems,
                                const std::string& path) {
    std::erase_if(accepted_, [&path](const auto& one) { return one.field == path; });
    for (const model::Problem& problem : problems) say(problem.message);
    if (problems.empty()) return Fit::good;
    if (!accepts_ || problems.front().code != "suspicious") return Fit::bad;
    const auto reason = ask({"why it is taken all the same (empty: another number): ",
                             "予以认可的理由（留空则重新填写号码）："});
    if (!reason) return Fit::gone;
    if (reason->empty()) return Fit::bad;
    accepted_.push_back({path, *reason});
    return Fit::good;
}

bool Questions::is_accepted(const std::string& path) const {
    return std::any_of(accepted_.begin(), accepted_.end(),
                       [&path](const auto& one) { return one.field == path; });
}

std::optional<std::string> Questions::text(const Text& what) {
    return ask(format_both("{} (may be empty): ", "{}（可留空）：", what));
}

std::optional<std::vector<std::string>> Questions::ids(const Text& what,
                                                       const std::vector<std::string>& known) {
    for (;;) {
        const auto said = ask(format_both("{}: ", "{}：", what));
        if (!said) return std::nullopt;
        std::vector<std::string> ids = parts_of(*said);
        const auto wrong = std::find_if(ids.begin(), ids.end(), [&known](const std::string& id) {
            return std::find(known.begin(), known.end(), id) == known.end();
        });
        if (wrong == ids.end()) return ids;
        say(format_both("`{}` is neither a material nor a field of the form; {}",
                        "`{}`既不是材料，也不是申请表的字段；{}", *wrong,
                        diagnostics::did_you_mean(*wrong, known)));
    }
}

}  // namespace countersign::cli
