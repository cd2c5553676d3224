#pragma once
// The dispatchers at home on one shard, by department.

#include "engine/runtime/dispatcher.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace countersign::runtime {

/// Not shared between threads.
class Departments {
  public:
    /// Makes the adapter of a department that stands for other cases (is_of_cases()).
    using MakeCaseAdapter = std::function<std::unique_ptr<Adapter>(const std::string&)>;

    /// Makes the dispatchers of the departments that `is_home` names.
    Departments(const std::vector<DepartmentConfig>& configs,
                const std::function<bool(const std::string&)>& is_home,
                boost::asio::any_io_executor executor, DispatcherPorts ports,
                MakeCaseAdapter make_case_adapter);

    /// Makes dispatchers for what stands in the outbox but not in the deployment: words to other
    /// cases, and calls to departments that it no longer names, which become incidents.
    result<void> find_missing(const std::function<bool(const std::string&)>& is_home);

    /// Returns the department's dispatcher; for one that the deployment does not name, one that
    /// refuses every call.
    Dispatcher& at(const std::string& department);
    result<void> pump();
    std::optional<RealTime> next_wake() const;
    std::vector<DepartmentMetrics> metrics() const;

  private:
    DispatcherPorts ports_;
    MakeCaseAdapter make_case_adapter_;
    std::map<std::string, std::unique_ptr<Dispatcher>, std::less<>> by_id_;
};

}  // namespace countersign::runtime
