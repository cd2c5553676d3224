// A watcher of the world that completes each task once.
#include "cli/rehearsal/choices.hpp"

#include "adapters/rehearsal/facts.hpp"
#include "cli/rehearsal/told.hpp"
#include "definitions/diagnostics/diagnostic.hpp"

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

}  // namespace

outcome<std::map<std::string, std::string>> read_choices(const std::vector<std::string>& given,
                                                         const model::Process& process) {
    std::map<std::string, std::string> choices;
    for (const std::string& one : given) {
        const std::size_t mark = one.rfind('=');
        if (mark == std::string::npos || mark == 0 || mark + 1 == one.size())
            return fail(Exit::usage,
                        format_both("--choose {} names no outcome", "--choose {}未指明结果", one),
                        {"write --choose STEP=OUTCOME", "请写 --choose STEP=OUTCOME"});
        const std::string address = one.substr(0, mark);
        const std::string chosen = one.substr(mark + 1);
        if (const auto fits = check(address, chosen, process); !fits) return fits.error();
        choices[address] = chosen;
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

void Choices::complete(const core::Task& task, const std::string& address,
                       const std::string& chosen) {
    core::CompleteTask complete;
    complete.task = task.number;
    complete.outcome = chosen;
    complete.form = expr::Value::record({});
    core::Command command{
        fmt::format("choose/{}", task.number), id_, {task.role, {task.role}}, std::move(complete)};
    const auto came = [this, address, chosen](const runtime::CommandResult& result) {
        if (const auto* no = std::get_if<core::Rejection>(&result))
            refused_.push_back(format_both("--choose {}={}: {}", "--choose {}={}：{}", address,
                                           chosen, told(*no)));
    };
    world_.at(world_.now(),
              [this, command, came] { world_.take(id_, runtime::CommandMail{command, came}); });
}

}  // namespace countersign::cli
