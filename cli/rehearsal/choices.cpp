// A watcher of the world that completes each task once.
#include "cli/rehearsal/choices.hpp"

#include "adapters/rehearsal/facts.hpp"
#include "cli/commands/case_view.hpp"
#include "cli/rehearsal/told.hpp"
#include "definitions/diagnostics/diagnostic.hpp"
#include "engine/base/check.hpp"
#include "engine/expr/json.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace countersign::cli {

namespace {

/// The id of the step that an address names: "review" of "utility[gas]/review".
std::string step_of(const std::string& address) {
    const std::size_t slash = address.rfind('/');
    const std::string last = slash == std::string::npos ? address : address.substr(slash + 1);
    return last.substr(0, last.find('['));
}

outcome<void> check(const std::string& address, const std::string& chosen,
                    const model::Process& process) {
    std::vector<std::string> asking;
    for (const model::Step& step : process.steps) {
        if (!std::holds_alternative<model::AskVerb>(step.verb)) continue;
        asking.push_back(step.id);
        if (step.id != step_of(address)) continue;
        std::vector<std::string> known;
        for (const model::Outcome& one : step.outcomes) known.push_back(one.name);
        if (std::find(known.begin(), known.end(), chosen) != known.end())
            return boost::system::in_place_value;
        return fail(Exit::usage,
                    format_both("--choose {0}={1}: `{0}` has no outcome `{1}`",
                                "--choose {0}={1}：`{0}`没有结果`{1}`", address, chosen),
                    diagnostics::did_you_mean(chosen, known));
    }
    return fail(Exit::usage,
                format_both("--choose {}={}: no step of that name asks a person",
                            "--choose {}={}：没有由人办理的此步骤", address, chosen),
                diagnostics::did_you_mean(step_of(address), asking));
}

/// Where the path of "utility[gas]/review.note=x" begins, at its dot; npos where there is none.
std::size_t end_of_step(const std::string& field) {
    const std::size_t equals = field.find('=');
    const std::size_t slash = field.rfind('/', equals);
    const std::size_t dot = field.find('.', slash == std::string::npos ? 0 : slash);
    const bool whole = dot != std::string::npos && dot != 0 && dot < equals;
    return whole ? dot : std::string::npos;
}

/// Whether a step of that id asks a person.
bool asks(const std::string& id, const model::Process& process) {
    return std::any_of(process.steps.begin(), process.steps.end(), [&](const model::Step& step) {
        return step.id == id && std::holds_alternative<model::AskVerb>(step.verb);
    });
}

Failure not_chosen(const std::string& field, const std::string& address,
                   const ChoicesBySteps& choices, const model::Process& process) {
    std::vector<std::string> chosen;
    for (const auto& [step, choice] : choices) chosen.push_back(step);
    const Text nearest = diagnostics::did_you_mean(address, chosen);
    if (!asks(step_of(address), process))
        return fail(Exit::usage,
                    format_both("--field {}: no step of the name `{}` asks a person",
                                "--field {}：没有由人办理的步骤`{}`", field, address),
                    nearest);
    return fail(Exit::usage,
                format_both("--field {}: nothing is chosen for `{}`",
                            "--field {}：`{}`没有选定结果", field, address),
                nearest.empty() ? format_both("say also --choose {}=OUTCOME",
                                              "请同时写 --choose {}=OUTCOME", address)
                                : nearest);
}

}  // namespace

outcome<ChoicesBySteps> read_choices(const std::vector<std::string>& chosen,
                                     const std::vector<std::string>& fields,
                                     const model::Process& process) {
    ChoicesBySteps choices;
    for (const std::string& one : chosen) {
        const std::size_t mark = one.rfind('=');
        if (mark == std::string::npos || mark == 0 || mark + 1 == one.size())
            return fail(Exit::usage,
                        format_both("--choose {} names no outcome", "--choose {} 未指明结果", one),
                        {"write --choose STEP=OUTCOME", "请写 --choose STEP=OUTCOME"});
        const std::string address = one.substr(0, mark);
        const std::string outcome = one.substr(mark + 1);
        if (const auto fits = check(address, outcome, process); !fits) return fits.error();
        choices[address].outcome = outcome;
    }
    std::map<std::string, std::vector<std::string>> forms;
    for (const std::string& one : fields) {
        const std::size_t dot = end_of_step(one);
        if (dot == std::string::npos)
            return fail(
                Exit::usage,
                format_both("--field {} names no step's field", "--field {} 未指明步骤的字段", one),
                {"write --field STEP.FIELD=VALUE", "请写 --field STEP.FIELD=VALUE"});
        const std::string address = one.substr(0, dot);
        if (!choices.contains(address)) return not_chosen(one, address, choices, process);
        forms[address].push_back(one.substr(dot + 1));
    }
    for (const auto& [address, given] : forms) {
        const auto form = form_of(given);
        if (!form) return form.error();
        auto value = expr::from_json(boost::json::serialize(*form));
        CHECK(value.has_value());  // it was made as JSON
        choices[address].form = *std::move(value);
    }
    return choices;
}

void Choices::follow(const CaseId& id) {
    id_ = id;
    if (!choices_.empty()) world_.watch([this] { look(); });
}

void Choices::look() {
    (void)world_.visit(id_, [this](const runtime::CaseRead& read) {
        const core::CaseState& state = read.state;
        const model::Process& process = *read.deployed.process;
        for (; seen_ < state.tasks.size(); ++seen_) {
            const core::Task& task = state.tasks[seen_];
            const std::string address = rehearsal::plain_address(state, process, task.instance);
            auto choice = choices_.find(address);
            if (choice == choices_.end()) choice = choices_.find(step_of(address));
            if (choice != choices_.end()) complete(task, address, choice->second);
        }
    });
}

void Choices::complete(const core::Task& task, const std::string& address, const Choice& choice) {
    core::CompleteTask complete;
    complete.task = task.number;
    complete.outcome = choice.outcome;
    complete.form = choice.form;
    core::Command command{
        fmt::format("choose/{}", task.number), id_, {task.role, {task.role}}, std::move(complete)};
    const auto came = [this, address,
                       chosen = choice.outcome](const runtime::CommandResult& result) {
        if (const auto* no = std::get_if<core::Rejection>(&result))
            refused_.push_back(format_both("--choose {}={}: {}", "--choose {}={}：{}", address,
                                           chosen, told(*no)));
    };
    world_.at(world_.now(),
              [this, command, came] { world_.take(id_, runtime::CommandMail{command, came}); });
}

}  // namespace countersign::cli
