// Dispatchers by department.

#include "engine/runtime/departments.hpp"

#include "engine/runtime/cases.hpp"

namespace countersign::runtime {

Departments::Departments(const std::vector<DepartmentConfig>& configs,
                         const std::function<bool(const std::string&)>& is_home,
                         boost::asio::any_io_executor executor, DispatcherPorts ports,
                         MakeCaseAdapter make_case_adapter)
    : ports_(std::move(ports)), make_case_adapter_(std::move(make_case_adapter)) {
    for (const DepartmentConfig& config : configs) {
        if (!is_home(config.id)) continue;
        std::unique_ptr<Adapter> adapter = config.adapter(executor);
        by_id_[config.id] = std::make_unique<Dispatcher>(config, std::move(adapter), ports_);
    }
}

result<void> Departments::find_missing(const std::function<bool(const std::string&)>& is_home) {
    const auto names = store::outbox_departments(*ports_.store, {});
    if (!names) return names.error();
    for (const std::string& name : *names)
        if (is_home(name)) at(name);
    return {};
}

Dispatcher& Departments::at(const std::string& department) {
    std::unique_ptr<Dispatcher>& dispatcher = by_id_[department];
    if (!dispatcher && is_of_cases(department)) {
        dispatcher = std::make_unique<Dispatcher>(config_of_cases(department),
                                                  make_case_adapter_(department), ports_);
    } else if (!dispatcher) {
        DepartmentConfig config;
        config.id = department;
        config.breaker_failures = 0;
        dispatcher = std::make_unique<Dispatcher>(config, make_missing_adapter(department), ports_);
    }
    return *dispatcher;
}

result<void> Departments::pump() {
    for (auto& [id, dispatcher] : by_id_) {
        const auto pumped = dispatcher->pump();
        if (!pumped) return pumped.error();
    }
    return {};
}

std::optional<RealTime> Departments::next_wake() const {
    std::optional<RealTime> nearest;
    for (const auto& [id, dispatcher] : by_id_) {
        const auto wake = dispatcher->next_wake();
        if (wake && (!nearest || *wake < *nearest)) nearest = wake;
    }
    return nearest;
}

std::vector<DepartmentMetrics> Departments::metrics() const {
    std::vector<DepartmentMetrics> all;
    for (const auto& [id, dispatcher] : by_id_) all.push_back(dispatcher->metrics());
    return all;
}

}  // namespace countersign::runtime
