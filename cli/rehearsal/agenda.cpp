// One reader a kind of thing that a case waits for.
#include "cli/rehearsal/agenda.hpp"

#include "adapters/http/api/views.hpp"
#include "adapters/rehearsal/facts.hpp"
#include "engine/core/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::cli {

namespace {

/// Calls and tasks wait until their step's limit, where it has one.
Text until(const http::Viewed& viewed, std::uint32_t instance) {
    const core::ClockState* clock = http::deadline_clock(viewed, instance);
    if (clock == nullptr) return {};
    return format_both(", until {}", "，截止{}", viewed.wall(http::view_of(viewed, *clock).due.at));
}

/// The outcomes in people's words: "approved, rejected", 同意、不同意.
Text words_of(const std::vector<model::Outcome>& outcomes) {
    Text all;
    for (const model::Outcome& one : outcomes) {
        const Text word = core::word_of(one.name);
        all = all.empty() ? word : format_both("{}, {}", "{}、{}", all, word);
    }
    return all;
}

/// "--choose accept=accepted|refused"; in quotation marks, which shells need around these.
std::string choose(const std::string& address, const std::vector<model::Outcome>& outcomes) {
    std::string names;
    for (const model::Outcome& one : outcomes) names += (names.empty() ? "" : "|") + one.name;
    return fmt::format("--choose '{}={}'", address, names);
}

void add_tasks(const http::Viewed& viewed, std::vector<Due>& agenda) {
    for (const core::Task& task : viewed.state.tasks) {
        if (task.status != core::TaskStatus::open && task.status != core::TaskStatus::claimed)
            continue;
        const std::uint32_t step = viewed.state.instances[task.instance].step;
        const std::vector<model::Outcome>& outcomes = viewed.process.steps[step].outcomes;
        agenda.push_back(
            {Due::Kind::task, task.number, step, task.role,
             format_both("{}: {} decides ({}){}", "{}：由{}办理（{}）{}",
                         viewed.titles(task.instance), viewed.names.role(task.role),
                         words_of(outcomes),
                         until(viewed, task.instance)),
             choose(rehearsal::plain_address(viewed.state, viewed.process, task.instance),
                    outcomes)});
    }
}

void add_calls(const http::Viewed& viewed, std::vector<Due>& agenda) {
    for (const core::Call& call : viewed.state.calls) {
        if (!call.is_open()) continue;
        const model::Operation& operation = viewed.process.operations[call.operation];
        agenda.push_back(
            {Due::Kind::call, call.number, call.operation, call.department,
             format_both("{}: {} answers ({}){}", "{}：由{}答复（{}）{}",
                         viewed.titles(call.instance), viewed.department(call.department),
                         words_of(operation.outcomes), until(viewed, call.instance)),
             fmt::format("--profile {}=FILE", call.department)});
    }
}

void add(std::vector<std::string>& missing, const std::string& id) {
    if (std::find(missing.begin(), missing.end(), id) == missing.end()) missing.push_back(id);
}

std::vector<std::string> missing_in(const http::Viewed& viewed) {
    std::vector<std::string> missing;
    for (const auto& request : viewed.state.supplement.requests)
        for (const core::MissingItem& item : request.items)
            if (!item.supplied) add(missing, item.id);
    for (const core::HeldStep& held : viewed.state.held)
        for (const std::string& id : core::awaited_materials(viewed.state, viewed.context(), held))
            add(missing, id);
    return missing;
}

void add_papers(const http::Viewed& viewed, std::vector<Due>& agenda) {
    Text items;
    for (const std::string& id : missing_in(viewed)) {
        const Text title = core::title_of_item(viewed.process, id);
        items = items.empty() ? title : format_both("{}, {}", "{}、{}", items, title);
    }
    if (!items.empty())
        agenda.push_back({Due::Kind::papers, 0, 0, "applicant",
                          format_both("the applicant hands in what is missing: {}",
                                      "申请人补交所缺材料：{}", items),
                          "--interactive"});
}

void add_incidents(const http::Viewed& viewed, std::vector<Due>& agenda) {
    for (const core::Incident& incident : viewed.state.incidents)
        if (!incident.resolved)
            agenda.push_back({Due::Kind::incident, incident.number, 0, "operator",
                              format_both("{}: an operator has it tried again; {}",
                                          "{}：由运维人员重试；{}",
                                          viewed.titles(incident.instance),
                                          core::incident_words(incident)),
                              "--interactive"});
}

}  // namespace

std::vector<Due> agenda_of(rehearsal::World& world, const CaseId& id) {
    std::vector<Due> agenda;
    (void)world.visit(id, [&](const runtime::CaseRead& read) {
        const http::Viewed viewed(read, world.stage().names);
        add_tasks(viewed, agenda);
        add_calls(viewed, agenda);
        add_papers(viewed, agenda);
        add_incidents(viewed, agenda);
    });
    return agenda;
}

std::vector<std::string> missing_of(rehearsal::World& world, const CaseId& id) {
    std::vector<std::string> missing;
    (void)world.visit(id, [&](const runtime::CaseRead& read) {
        missing = missing_in(http::Viewed(read, world.stage().names));
    });
    return missing;
}

std::shared_ptr<const model::Process> process_of(rehearsal::World& world, const CaseId& id) {
    const auto state = world.state(id);
    if (!state) return nullptr;
    const auto deployed = world.stage().catalog->of_hash(state->process.hash);
    return deployed == nullptr ? nullptr : deployed->process;
}

}  // namespace countersign::cli
