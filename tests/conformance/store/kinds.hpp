#pragma once
// The kinds of store that the suite is run against.

#include "engine/store/memory.hpp"
#include "engine/store/rocks.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace countersign::store::tests {

/// A folder that is there while this lives.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

/// A store in memory.
struct Memory {
    std::unique_ptr<Store> store = make_memory_store();
    /// Closes the store and opens what it kept.
    void reopen() {
        auto kept = clone(*store);
        store = std::move(kept);
    }
};

/// A store on RocksDB in a folder of its own.
struct Rocks {
    TemporaryFolder folder;
    std::unique_ptr<Store> store = open();
    void reopen() {
        store.reset();
        store = open();
    }

  private:
    std::unique_ptr<Store> open() const {
        auto opened = open_rocks(folder.path() + "/db");
        REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
        return std::move(*opened);
    }
};

}  // namespace countersign::store::tests

TYPE_TO_STRING(countersign::store::tests::Memory);
TYPE_TO_STRING(countersign::store::tests::Rocks);
