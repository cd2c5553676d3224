// The API's writers over a world.
#include "adapters/rehearsal/pages.hpp"

#include "adapters/http/api/history.hpp"

namespace countersign::rehearsal {

result<std::string> process_page(World& world, const CaseId& id) {
    std::string page;
    const auto seen = world.visit(id, [&](const runtime::CaseRead& read) {
        http::JsonWriter json(page);
        http::write_process_page(json, *read.deployed.process, world.stage().names);
    });
    if (!seen) return seen.error();
    return page;
}

result<std::string> case_page(World& world, const CaseId& id) {
    std::string page;
    const auto seen = world.visit(id, [&](const runtime::CaseRead& read) {
        http::JsonWriter json(page);
        http::write_case(json, http::Viewed(read, world.stage().names), expr::Personal::open);
    });
    if (!seen) return seen.error();
    return page;
}

result<std::string> history_page(World& world, const CaseId& id, std::uint64_t after) {
    const http::HistorySight sight{
        [&world](const std::string& hash) { return world.stage().catalog->of_hash(hash); },
        [](const core::CaseState&, const model::Process&) {
            return std::optional(expr::Personal::open);
        },
        world.stage().names};
    return http::history_of(world.store(), id, after, sight);
}

}  // namespace countersign::rehearsal
