#pragma once
// The deployed processes as the shards see them: immutable, replaced as a whole.

#include "engine/base/result.hpp"
#include "engine/runtime/messages.hpp"
#include "engine/store/definitions_store.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::runtime {

class Catalog {
  public:
    /// Returns the process of that id and version (0: the latest), or null.
    std::shared_ptr<const DeployedProcess> find(std::string_view id, std::uint32_t version) const;
    /// Returns the process of that hash, or null.
    std::shared_ptr<const DeployedProcess> of_hash(const std::string& hash) const;
    /// Returns all, by id and version.
    std::vector<std::shared_ptr<const DeployedProcess>> all() const;

    /// Adds a process. Fails with conflict when the version is there with another hash.
    result<void> add(std::shared_ptr<const DeployedProcess> deployed);

  private:
    std::map<std::string, std::map<std::uint32_t, std::shared_ptr<const DeployedProcess>>,
             std::less<>> by_id_;
    std::map<std::string, std::shared_ptr<const DeployedProcess>> by_hash_;
};

/// Reads all stored processes. Fails with corrupt when one does not read back.
result<Catalog> load_catalog(const store::Store& store);

/// Adds a process to the catalog and its rows to the batch.
result<std::shared_ptr<const DeployedProcess>> deploy(Catalog& catalog, store::Batch& batch,
                                                      model::Process process,
                                                      std::string_view source);

}  // namespace countersign::runtime
