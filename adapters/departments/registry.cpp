// One line a binding: a new kind adds its own to the variant of the deployment and here.
#include "adapters/departments/registry.hpp"

#include "adapters/departments/push.hpp"
#include "engine/base/check.hpp"

#include <fmt/format.h>

namespace countersign::departments {

namespace {

struct MakeFactory {
    const deployment::Department& department;
    const std::string& source;

    result<runtime::AdapterFactory> operator()(const deployment::PushBinding& binding) const {
        PushConfig config{department.id, binding.client, binding.signer, source};
        if (auto usable = http::check_client(config.client); !usable)
            return failure(usable.error().kind, fmt::format("department `{}`: {}", department.id,
                                                            usable.error().message));
        return runtime::AdapterFactory([config](boost::asio::any_io_executor executor) {
            auto push = make_push(config, std::move(executor));
            CHECK(push.has_value());  // what could fail was tried above
            return std::move(*push);
        });
    }
    result<runtime::AdapterFactory> operator()(const deployment::WorklistBinding&) const {
        return runtime::AdapterFactory(
            [](const boost::asio::any_io_executor&) { return make_worklist(); });
    }
};

}  // namespace

result<runtime::DepartmentConfig> make_department(const deployment::Department& department,
                                                  const std::string& source) {
    auto factory = std::visit(MakeFactory{department, source}, department.binding);
    if (!factory) return factory.error();
    runtime::DepartmentConfig config;
    config.id = department.id;
    config.concurrency = department.concurrency;
    config.rate_per_second = department.rate_per_second;
    config.retry = department.retry;
    config.adapter = std::move(*factory);
    return config;
}

}  // namespace countersign::departments
