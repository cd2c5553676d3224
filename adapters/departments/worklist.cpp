// worklist: a department without a system. Its calls are taken at once; its people see them in the
// console or the CLI and answer through the API.
#include "adapters/departments/registry.hpp"

namespace countersign::departments {

namespace {

class Worklist final : public runtime::Adapter {
  public:
    void send(const runtime::OutboundCall&, runtime::Completion done) override {
        done(runtime::Accepted{});
    }
    /// The call is closed in the case, so it is on no worklist any more.
    void cancel(const runtime::CancelNotice&) override {}
};

}  // namespace

std::unique_ptr<runtime::Adapter> make_worklist() { return std::make_unique<Worklist>(); }

}  // namespace countersign::departments
