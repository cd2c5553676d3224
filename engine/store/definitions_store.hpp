#pragma once
// Family definitions: processes by their hash, source beside compiled bytes, and the document that
// says what is deployed now.

#include "engine/core/state.hpp"
#include "engine/store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::store {

/// A stored process. `compiled` begins with its byte of format (model::encode_process).
struct Definition {
    std::string source;
    std::string compiled;
};

/// Adds the process and returns what cases pin: the hash is the SHA-256 of `compiled`. Adding the
/// same again changes nothing.
core::ProcessRef put_definition(Batch& batch, std::string_view id, std::uint32_t version,
                                const Definition& definition);

/// Returns the process; ErrorKind::not_found, or corrupt when the hash does not match.
result<Definition> get_definition(const Store& store, const core::ProcessRef& ref);

/// Returns all processes in the order of id, version and hash; with `id` only the versions of that.
result<std::vector<core::ProcessRef>> list_definitions(const Store& store,
                                                       std::string_view id = {});

/// Sets the document (any bytes) that says what is deployed now.
void put_deployment(Batch& batch, std::string_view document);

/// Returns that document, or nothing when none was set.
result<std::optional<std::string>> current_deployment(const Store& store);

}  // namespace countersign::store
