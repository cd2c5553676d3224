// What only RocksDB can do: be locked, be of another format, lose power, run out of space.
#include "engine/store/rocks.hpp"

#include "engine/base/bytes.hpp"
#include "engine/store/meta.hpp"
#include "tests/conformance/store/kinds.hpp"
#include "tests/unit/store/full_disk.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <doctest/doctest.h>

namespace countersign::store::tests {

namespace {

bool put(Store& store, const std::string& key, const std::string& value) {
    Batch batch;
    batch.put(Family::journal, key, value);
    return store.commit(batch).has_value();
}

}  // namespace

TEST_CASE("rocks: a folder that is open already is refused by name, and opens once it is free") {
    const TemporaryFolder folder;
    auto first = open_rocks(folder.path());
    REQUIRE(first.has_value());

    const auto second = open_rocks(folder.path());

    REQUIRE(!second.has_value());
    CHECK(second.error().kind == ErrorKind::unavailable);
    CHECK(second.error().message.find(folder.path()) != std::string::npos);
    CHECK(second.error().message.find("stop that engine first") != std::string::npos);
    first->reset();
    CHECK(open_rocks(folder.path()).has_value());
}

TEST_CASE("rocks: data of a newer format is refused, and so is a family that is not known") {
    const TemporaryFolder folder;
    {
        auto store = open_rocks(folder.path());
        REQUIRE(store.has_value());
        std::string newer;
        put_big_endian(newer, store_format + 1, 4);
        Batch batch;
        batch.put(Family::meta, format_row, newer);
        REQUIRE((*store)->commit(batch).has_value());
    }
    const auto opened = open_rocks(folder.path());
    REQUIRE(!opened.has_value());
    CHECK(opened.error().kind == ErrorKind::invalid);
    CHECK(opened.error().message.find("has format 2") != std::string::npos);

    const TemporaryFolder other;
    rocksdb::Options options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* database = nullptr;
    REQUIRE(rocksdb::DB::Open(options, other.path(), {{"default", {}}, {"future", {}}}, &handles,
                              &database)
                .ok());
    for (auto* handle : handles) database->DestroyColumnFamilyHandle(handle);
    delete database;
    const auto unknown = open_rocks(other.path());
    REQUIRE(!unknown.has_value());
    CHECK(unknown.error().kind == ErrorKind::invalid);
    CHECK(unknown.error().message.find("'future'") != std::string::npos);
}

TEST_CASE("rocks: a folder that cannot be made is an error that names it") {
    const auto opened = open_rocks("/proc/countersign/db");
    REQUIRE(!opened.has_value());
    CHECK(opened.error().kind == ErrorKind::io);
    CHECK(opened.error().message.find("/proc/countersign/db") != std::string::npos);
}

TEST_CASE("rocks: files copied while it runs hold every commit that had returned") {
    const TemporaryFolder folder;
    auto store = open_rocks(folder.path() + "/live");
    REQUIRE(store.has_value());
    for (int i = 0; i < 20; ++i) REQUIRE(put(**store, std::to_string(i), std::string(1'000, 'v')));

    std::filesystem::copy(folder.path() + "/live", folder.path() + "/copy",
                          std::filesystem::copy_options::recursive);

    const auto copy = open_rocks(folder.path() + "/copy");
    REQUIRE(copy.has_value());
    for (int i = 0; i < 20; ++i)
        CHECK((*copy)->get(Family::journal, std::to_string(i)).value() == std::string(1'000, 'v'));
}

TEST_CASE("rocks: a torn last write is dropped as a whole, and all before it stays") {
    const TemporaryFolder folder;
    {
        auto store = open_rocks(folder.path());
        REQUIRE(store.has_value());
        REQUIRE(put(**store, "before", "stays"));
        Batch batch;
        batch.put(Family::journal, "torn", std::string(5'000, 't'));
        batch.put(Family::timers, "torn", "t");
        REQUIRE((*store)->commit(batch).has_value());
    }
    std::filesystem::path log;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        if (entry.path().extension() == ".log" && entry.file_size() > 0) log = entry.path();
    REQUIRE(!log.empty());
    std::filesystem::resize_file(log, std::filesystem::file_size(log) - 100);

    const auto store = open_rocks(folder.path());

    REQUIRE(store.has_value());
    CHECK((*store)->get(Family::journal, "before").value() == "stays");
    CHECK(!(*store)->get(Family::journal, "torn").value());
    CHECK(!(*store)->get(Family::timers, "torn").value());
}

TEST_CASE("rocks: after a write that failed all later ones fail, until it is opened again") {
    const TemporaryFolder folder;
    const auto disk = std::make_shared<FullDisk>();
    const auto env = rocksdb::NewCompositeEnv(disk);
    RocksOptions options;
    options.env = env.get();
    {
        auto store = open_rocks(folder.path(), options);
        REQUIRE(store.has_value());
        REQUIRE(put(**store, "a", "1"));
        disk->full = true;
        Batch batch;
        batch.put(Family::journal, "b", "2");
        const auto failed = (*store)->commit(batch);
        REQUIRE(!failed.has_value());
        CHECK(failed.error().kind == ErrorKind::io);
        CHECK(failed.error().message.find("free space") != std::string::npos);
        disk->full = false;
        CHECK(!put(**store, "c", "3"));
        CHECK((*store)->get(Family::journal, "a").value() == "1");
    }
    const auto store = open_rocks(folder.path(), options);
    REQUIRE(store.has_value());
    CHECK((*store)->get(Family::journal, "a").value() == "1");
    CHECK(!(*store)->get(Family::journal, "c").value());
    CHECK(put(**store, "d", "4"));
}

TEST_CASE("rocks: the compressions that the options ask for are built in") {
    const TemporaryFolder folder;
    auto store = open_rocks(folder.path());
    REQUIRE(store.has_value());
    CHECK((*store)->statistics().find("writes: free") != std::string::npos);
    // An option that names a compression which is not built in fails at opening.
    rocksdb::Options options;
    options.create_if_missing = true;
    for (const auto compression : {rocksdb::kLZ4Compression, rocksdb::kZSTD}) {
        options.compression = compression;
        rocksdb::DB* database = nullptr;
        const TemporaryFolder other;
        CHECK(rocksdb::DB::Open(options, other.path(), &database).ok());
        delete database;
    }
}

}  // namespace countersign::store::tests
