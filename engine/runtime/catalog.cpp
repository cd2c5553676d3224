// Stored processes in memory, by id and by hash.

#include "engine/runtime/catalog.hpp"

#include "engine/runtime/calendars.hpp"

namespace countersign::runtime {

using ProcessPointer = std::shared_ptr<const DeployedProcess>;

ProcessPointer Catalog::find(std::string_view id, std::uint32_t version) const {
    const auto versions = by_id_.find(id);
    if (versions == by_id_.end()) return nullptr;
    if (version == 0) return versions->second.rbegin()->second;
    const auto found = versions->second.find(version);
    return found == versions->second.end() ? nullptr : found->second;
}

ProcessPointer Catalog::of_hash(const std::string& hash) const {
    const auto found = by_hash_.find(hash);
    return found == by_hash_.end() ? nullptr : found->second;
}

std::vector<ProcessPointer> Catalog::all() const {
    std::vector<ProcessPointer> list;
    for (const auto& [id, versions] : by_id_)
        for (const auto& [version, deployed] : versions) list.push_back(deployed);
    return list;
}

result<void> Catalog::add(ProcessPointer deployed) {
    const core::ProcessRef& ref = deployed->ref;
    const ProcessPointer present = find(ref.id, ref.version);
    if (present && present->ref.hash != ref.hash) {
        return failure(
            ErrorKind::conflict,
            format_both("cannot deploy {} version {}: this version is deployed with other content; "
                        "raise the version",
                        "不能部署 {} 第 {} 版：该版本已以不同内容部署，请提高版本号", ref.id,
                        ref.version));
    }
    by_hash_[ref.hash] = deployed;
    by_id_[ref.id][ref.version] = std::move(deployed);
    return {};
}

result<Catalog> load_catalog(const store::Store& store) {
    Catalog catalog;
    const auto refs = store::list_definitions(store);
    if (!refs) return refs.error();
    for (const core::ProcessRef& ref : *refs) {
        const auto definition = store::get_definition(store, ref);
        if (!definition) return definition.error();
        auto process = model::decode_process(definition->compiled);
        if (!process) return process.error();
        auto shared = std::make_shared<const model::Process>(std::move(*process));
        const auto added = catalog.add(std::make_shared<DeployedProcess>(
            DeployedProcess{ref, shared, calendars_of(*shared)}));
        if (!added) return failure(ErrorKind::corrupt, added.error().message);
    }
    return catalog;
}

result<ProcessPointer> deploy(Catalog& catalog, store::Batch& batch, model::Process process,
                              std::string_view source) {
    // A version that is 0 would read as "the latest" wherever one is named.
    if (process.id.empty() || process.version == 0)
        return failure(ErrorKind::invalid,
                       both("cannot deploy a process without an id and a version",
                            "事项缺少编号或版本，不能部署"));
    const store::Definition definition{std::string(source), model::encode_process(process)};
    // What an older program stored has other bytes for the same content.
    if (ProcessPointer present = catalog.find(process.id, process.version);
        present && present->ref.hash != store::view_of(store::sha256(definition.compiled)) &&
        model::encode_process(*present->process) == definition.compiled)
        return present;
    store::Batch rows;
    core::ProcessRef ref = store::put_definition(rows, process.id, process.version, definition);
    auto shared = std::make_shared<const model::Process>(std::move(process));
    auto deployed = std::make_shared<DeployedProcess>(
        DeployedProcess{std::move(ref), shared, calendars_of(*shared)});
    const auto added = catalog.add(deployed);
    if (!added) return added.error();
    batch.append(rows);
    return ProcessPointer(std::move(deployed));
}

}  // namespace countersign::runtime
