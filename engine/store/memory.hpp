#pragma once
// The Store in memory, for tests, rehearsals and the simulator. It is stricter than RocksDB: in the
// families calls and tasks it CHECKs that a key is written once before it is removed once.

#include "engine/store/store.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace countersign::store {

/// Returns an empty store with the rows of `meta` that a fresh store begins with.
std::unique_ptr<Store> make_memory_store();

/// Returns a store that holds what `store` holds now; from then on both go their own ways.
/// CHECKs that `store` is one of make_memory_store(), clone() or load_memory_store().
std::unique_ptr<Store> clone(const Store& store);

/// Returns all rows of any store as bytes: equal stores give equal bytes.
result<std::string> dump(const Store& store);

/// Makes a memory store of dump()'s bytes; ErrorKind::corrupt when they are none.
result<std::unique_ptr<Store>> load_memory_store(std::string_view bytes);

}  // namespace countersign::store
