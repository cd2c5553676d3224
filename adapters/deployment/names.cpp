// Names of the deployment file against the definitions that it runs.
#include "adapters/deployment/deployment.hpp"
#include "engine/base/text.hpp"

#include <algorithm>
#include <set>

namespace countersign::deployment {

namespace {

using definitions::Deployable;

/// The departments that a process may call.
std::set<std::string> asked_by(const model::Process& process) {
    std::set<std::string> asked;
    for (const model::Step& step : process.steps)
        for (std::string& department : model::departments_of(process, step))
            asked.insert(std::move(department));
    return asked;
}

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> department_ids(const Deployable& deployable) {
    std::vector<std::string> ids;
    for (const auto& department : deployable.departments) ids.push_back(department.id);
    return ids;
}

std::vector<std::string> calendar_ids(const Deployable& deployable) {
    std::vector<std::string> ids;
    for (const auto& data : deployable.calendars) ids.push_back(data.id);
    return ids;
}

std::vector<std::string> role_ids(const Deployable& deployable) {
    std::vector<std::string> ids = {"applicant", "operator", "supervisor", "auditor"};
    for (const auto& department : deployable.departments)
        for (const std::string& role : department.roles) ids.push_back(department.id + "." + role);
    return ids;
}

/// A calendar has to be there at the start; nothing is counted by one that comes later.
void check_calendar(Loaded& loaded, const NameUse& use, const Deployable& deployable) {
    const std::vector<std::string> known = calendar_ids(deployable);
    if (has(known, use.name)) return;
    Text cure = diagnostics::did_you_mean(use.name, known);
    if (cure.empty())
        cure = {"add the calendar's file to `definitions`", "请把日历文件加入`definitions`"};
    loaded.found.error(
        "CS3013", use.span,
        format_both("no definition has the calendar `{}`", "定义中没有日历`{}`", use.name), cure);
}

void check_department(Loaded& loaded, const NameUse& use, const Deployable& deployable) {
    const std::vector<std::string> known = department_ids(deployable);
    if (known.empty() || has(known, use.name)) return;
    const Text message =
        format_both("no definition has the department `{}`", "定义中没有部门`{}`", use.name);
    if (!diagnostics::nearest(use.name, known).empty())
        loaded.found.error("CS3014", use.span, message, diagnostics::did_you_mean(use.name, known));
    else
        loaded.found.warning("CS3014", use.span, message,
                             {"add its document to `definitions`, unless it is deployed later",
                              "请把它的文档加入`definitions`，除非以后再部署"});
}

/// A role of a department that is not known is a warning, as the department itself is.
void check_role(Loaded& loaded, const NameUse& use, const Deployable& deployable) {
    const std::vector<std::string> departments = department_ids(deployable);
    const std::vector<std::string> known = role_ids(deployable);
    if (departments.empty() || has(known, use.name)) return;
    const Text message =
        format_both("no definition has the role `{}`", "定义中没有角色`{}`", use.name);
    const std::size_t point = use.name.find('.');
    const bool may_come = point != std::string::npos &&
                          !has(departments, use.name.substr(0, point)) &&
                          diagnostics::nearest(use.name, known).empty();
    if (may_come)
        loaded.found.warning("CS3012", use.span, message,
                             {"add the department's document to `definitions`, unless it is "
                              "deployed later",
                              "请把该部门的文档加入`definitions`，除非以后再部署"});
    else
        loaded.found.error("CS3012", use.span, message, diagnostics::did_you_mean(use.name, known));
}

}  // namespace

std::vector<Unbound> unbound_departments(const Deployment& deployment,
                                         const std::vector<model::Process>& processes) {
    std::vector<Unbound> unbound;
    std::set<std::string> told;
    for (const model::Process& process : processes)
        for (const std::string& department : asked_by(process))
            if (deployment.department(department) == nullptr && told.insert(department).second)
                unbound.push_back({department, process.id});
    return unbound;
}

Text text_of(const Unbound& unbound) {
    return format_both("process `{}` asks department `{}`, but nothing says how it is reached",
                       "流程`{}`要询问部门`{}`，但没有写明如何找到它", unbound.process,
                       unbound.department);
}

void check_names(Loaded& loaded, const definitions::Deployable& deployable) {
    for (const NameUse& use : loaded.names) switch (use.kind) {
            case NameUse::Kind::role:
                check_role(loaded, use, deployable);
                break;
            case NameUse::Kind::calendar:
                check_calendar(loaded, use, deployable);
                break;
            case NameUse::Kind::department:
                check_department(loaded, use, deployable);
                break;
        }
    for (const Unbound& unbound : unbound_departments(loaded.deployment, deployable.processes))
        loaded.found.error(
            "CS3015", loaded.departments, text_of(unbound),
            format_both("add under `departments`: `{0}: {{ push: {{ url: … }} }}` or "
                        "`{0}: {{ worklist: {{}} }}`",
                        "请在`departments`下补上`{0}: {{ push: {{ url: … }} }}`或"
                        "`{0}: {{ worklist: {{}} }}`",
                        unbound.department));
}

}  // namespace countersign::deployment
