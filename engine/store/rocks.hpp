#pragma once
// The Store on RocksDB. README.md ("Options") gives the options and why they are so.

#include "engine/store/store.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace rocksdb {
class Env;
}

namespace countersign::store {

/// How a RocksDB store is opened.
struct RocksOptions {
    bool sync = true;                            ///< false only for bulk loads and benchmarks
    std::size_t block_cache_bytes = 32u << 20;   ///< filled as blocks are read
    std::size_t write_buffer_bytes = 64u << 20;  ///< of all families together
    rocksdb::Env* env = nullptr;  ///< tests: memory or faults; must outlive the store
};

/// Opens the store in `folder` and makes it (with its parents) when it is not there. Fails with
/// ErrorKind::unavailable when another process has it open, with ErrorKind::invalid when a newer
/// Countersign wrote it, else with io or corrupt; the message names the folder and the cure.
/// After a failed commit every later commit fails too: only opening it again decides what was kept.
result<std::unique_ptr<Store>> open_rocks(const std::string& folder, RocksOptions options = {});

}  // namespace countersign::store
