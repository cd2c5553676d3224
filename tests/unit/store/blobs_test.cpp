// Contents: stored once, whole or not at all, never given out wrong, and swept when nobody names
// them.
#include "engine/store/blobs.hpp"

#include "engine/base/bytes.hpp"
#include "engine/store/queries.hpp"
#include "engine/store/rows.hpp"
#include "tests/conformance/store/kinds.hpp"
#include "tests/unit/store/full_disk.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <doctest/doctest.h>

#include <functional>
#include <thread>

namespace countersign::store::tests {

namespace {

constexpr Instant now{1'800'000'000'000};
constexpr Instant two_days_later{now.ms + 2 * 86'400'000LL};
constexpr CaseId some_case{1'770'000'000'000, 5, 1};

/// Bytes that repeat nowhere near a chunk's length.
std::string bytes_of(std::size_t count, unsigned seed = 1) {
    std::string out;
    std::uint64_t state = seed;
    while (out.size() < count) {
        state = state * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
        put_big_endian(out, state, 8);
    }
    out.resize(count);
    return out;
}

/// A store of contents in a folder of its own.
struct Fixture {
    TemporaryFolder folder;
    std::unique_ptr<Blobs> blobs;
    explicit Fixture(BlobOptions options = {}) { open(std::move(options)); }
    void open(BlobOptions options = {}) {
        blobs.reset();
        auto opened = Blobs::open(path(), std::move(options));
        REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
        blobs = std::move(*opened);
    }
    std::string path() const { return folder.path() + "/blobs"; }
};

BlobUpload::Kept put(const Blobs& blobs, std::string_view content, Instant at = now,
                     std::size_t piece = 100'000) {
    auto upload = blobs.begin(at, content.size());
    REQUIRE_MESSAGE(upload.has_value(), upload.error().message);
    for (std::size_t i = 0; i < content.size(); i += piece)
        REQUIRE((*upload)->add(content.substr(i, piece)).has_value());
    REQUIRE((*upload)->end().has_value());
    auto kept = (*upload)->keep(at);
    REQUIRE_MESSAGE(kept.has_value(), kept.error().message);
    return *kept;
}

result<std::string> get(const Blobs& blobs, const Hash& hash) {
    auto reader = blobs.read(hash);
    if (!reader) return reader.error();
    std::string content;
    for (;;) {
        auto piece = (*reader)->next();
        if (!piece) return piece.error();
        if (piece->empty()) return content;
        CHECK(piece->size() <= blob_chunk_bytes);
        content += *piece;
    }
}

/// Opens the files by RocksDB itself, for looking behind and for damage.
void with_rows(const std::string& folder,
               const std::function<void(rocksdb::DB&, rocksdb::ColumnFamilyHandle* chunks)>& work) {
    std::vector<std::string> names;
    REQUIRE(rocksdb::DB::ListColumnFamilies({}, folder, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names)
        families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* database = nullptr;
    REQUIRE(rocksdb::DB::Open({}, folder, families, &handles, &database).ok());
    for (auto* handle : handles)
        if (handle->GetName() == "chunks") work(*database, handle);
    for (auto* handle : handles) database->DestroyColumnFamilyHandle(handle);
    delete database;
}

std::size_t count_chunks(const std::string& folder) {
    std::size_t count = 0;
    with_rows(folder, [&](rocksdb::DB& database, rocksdb::ColumnFamilyHandle* chunks) {
        const std::unique_ptr<rocksdb::Iterator> at(database.NewIterator({}, chunks));
        for (at->SeekToFirst(); at->Valid(); at->Next()) ++count;
    });
    return count;
}

void name_in_case(Store& store, const Hash& hash) {
    Batch batch;
    put_content_name(batch, some_case, hash);
    REQUIRE(store.commit(batch).has_value());
}

}  // namespace

TEST_CASE("blobs: a content comes back byte for byte, also after the store was opened again") {
    Fixture fixture;
    const std::string content = bytes_of(3 * blob_chunk_bytes + 17);

    const auto kept = put(*fixture.blobs, content);

    CHECK(!kept.known);
    CHECK(kept.info.hash == sha256(content));
    CHECK(kept.info.bytes == content.size());
    CHECK(kept.info.first == content.substr(0, blob_first_bytes));
    CHECK(get(*fixture.blobs, kept.info.hash).value() == content);
    fixture.open();
    CHECK(get(*fixture.blobs, kept.info.hash).value() == content);
    CHECK(fixture.blobs->find(kept.info.hash).value()->bytes == content.size());
    CHECK(!fixture.blobs->find(sha256("another")).value());
    CHECK(fixture.blobs->read(sha256("another")).error().kind == ErrorKind::not_found);
}

TEST_CASE("blobs: contents at the edges of a chunk come back, and the smallest too") {
    Fixture fixture;
    for (const std::size_t size : {std::size_t{1}, blob_chunk_bytes - 1, blob_chunk_bytes,
                                   blob_chunk_bytes + 1, 2 * blob_chunk_bytes}) {
        const std::string content = bytes_of(size, static_cast<unsigned>(size));
        const auto kept = put(*fixture.blobs, content, now, 65'537);
        CHECK_EQ(get(*fixture.blobs, kept.info.hash).value(), content);
    }
}

TEST_CASE("blobs: the same content twice is stored once") {
    Fixture fixture;
    const std::string content = bytes_of(2 * blob_chunk_bytes);

    CHECK(!put(*fixture.blobs, content).known);
    const auto again = put(*fixture.blobs, content);

    CHECK(again.known);
    CHECK(get(*fixture.blobs, again.info.hash).value() == content);
    fixture.blobs.reset();
    CHECK(count_chunks(fixture.path()) == 2);
}

TEST_CASE("blobs: many uploads of the same content at once leave one copy that reads back") {
    Fixture fixture;
    const std::string content = bytes_of(4 * blob_chunk_bytes + 1);
    std::vector<std::thread> threads;
    std::atomic<int> fresh = 0;
    for (int i = 0; i < 6; ++i)
        threads.emplace_back([&] {
            auto upload = fixture.blobs->begin(now);
            for (std::size_t at = 0; at < content.size(); at += 70'000)
                if (!(*upload)->add(std::string_view(content).substr(at, 70'000))) return;
            if (!(*upload)->end()) return;
            const auto kept = (*upload)->keep(now);
            if (kept && !kept->known) ++fresh;
        });
    for (std::thread& thread : threads) thread.join();

    CHECK(fresh == 1);
    CHECK(get(*fixture.blobs, sha256(content)).value() == content);
    fixture.blobs.reset();
    CHECK(count_chunks(fixture.path()) == 5);
}

TEST_CASE("blobs: an upload that is given up leaves nothing") {
    Fixture fixture;
    {
        auto upload = fixture.blobs->begin(now);
        REQUIRE((*upload)->add(bytes_of(3 * blob_chunk_bytes)).has_value());
    }
    fixture.blobs.reset();
    CHECK(count_chunks(fixture.path()) == 0);
}

TEST_CASE("blobs: after a crash what was kept is there, and what was cut off is swept") {
    Fixture fixture;
    const std::string whole = bytes_of(2 * blob_chunk_bytes, 1);
    const std::string cut = bytes_of(5 * blob_chunk_bytes, 2);
    const auto kept = put(*fixture.blobs, whole);
    auto upload = fixture.blobs->begin(now);
    REQUIRE((*upload)->add(cut).has_value());
    REQUIRE((*upload)->end().has_value());  // all chunks are written, the manifest is not

    // The files as they are at this moment: a process that is killed leaves no others.
    const std::string copy = fixture.folder.path() + "/copy";
    std::filesystem::copy(fixture.path(), copy, std::filesystem::copy_options::recursive);
    {
        auto opened = Blobs::open(copy);
        REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
        CHECK(get(**opened, kept.info.hash).value() == whole);
        CHECK(!(*opened)->find(sha256(cut)).value());
        const auto swept = (*opened)->sweep(*make_memory_store(), now);
        CHECK(swept.value().unfinished == 1);
        CHECK(swept.value().removed == 0);
    }
    CHECK(count_chunks(copy) == 2);
    // The upload that is still under way here is none of the sweep's business.
    CHECK(fixture.blobs->sweep(*make_memory_store(), now).value().unfinished == 0);
    CHECK((*upload)->keep(now).has_value());
    CHECK(get(*fixture.blobs, sha256(cut)).value() == cut);
}

TEST_CASE("blobs: a sweep removes what is older than a day and named by no case") {
    Fixture fixture;
    const auto store = make_memory_store();
    const Hash named = put(*fixture.blobs, bytes_of(1'000, 1)).info.hash;
    const Hash unnamed = put(*fixture.blobs, bytes_of(blob_chunk_bytes + 1, 2)).info.hash;
    const Hash fresh = put(*fixture.blobs, bytes_of(1'000, 3), two_days_later).info.hash;
    name_in_case(*store, named);
    fixture.open();  // what is spared for an hour is so in one process only

    CHECK(fixture.blobs->sweep(*store, now).value().removed == 0);
    const BlobSweep swept = fixture.blobs->sweep(*store, two_days_later).value();

    CHECK(swept.removed == 1);
    CHECK(swept.named == 1);
    CHECK(swept.bytes == blob_chunk_bytes + 1);
    CHECK(!swept.more);
    CHECK(!fixture.blobs->find(unnamed).value());
    CHECK(fixture.blobs->find(named).value());
    CHECK(fixture.blobs->find(fresh).value());
    CHECK(fixture.blobs->sweep(*store, two_days_later).value().named == 0);  // settled for good
    fixture.blobs.reset();
    CHECK(count_chunks(fixture.path()) == 2);
}

TEST_CASE("blobs: what was looked up for a case, or came again, is not swept from under it") {
    Fixture fixture;
    const auto store = make_memory_store();
    const std::string content = bytes_of(1'000, 1);
    const Hash looked_up = put(*fixture.blobs, content).info.hash;
    const Hash again = put(*fixture.blobs, bytes_of(1'000, 2)).info.hash;
    fixture.open();

    REQUIRE(fixture.blobs->find(looked_up).value());
    CHECK(fixture.blobs->sweep(*store, two_days_later).value().removed == 1);
    CHECK(fixture.blobs->find(looked_up).value());
    CHECK(!fixture.blobs->find(again).value());

    CHECK(put(*fixture.blobs, content, two_days_later).known);
    fixture.open();
    CHECK(fixture.blobs->sweep(*store, two_days_later).value().removed == 0);
    CHECK(fixture.blobs->find(looked_up).value());
}

TEST_CASE("blobs: a sweep does a bounded part of its work and says that there is more") {
    Fixture fixture;
    for (unsigned i = 0; i < 7; ++i) put(*fixture.blobs, bytes_of(100, i + 1));
    fixture.open();
    const auto store = make_memory_store();

    const BlobSweep first = fixture.blobs->sweep(*store, two_days_later, 4).value();
    CHECK(first.removed == 4);
    CHECK(first.more);
    const BlobSweep second = fixture.blobs->sweep(*store, two_days_later, 4).value();
    CHECK(second.removed == 3);
    CHECK(!second.more);
}

TEST_CASE("blobs: a chunk that was changed is never given out, and verification names it") {
    Fixture fixture;
    const auto store = make_memory_store();
    const std::string content = bytes_of(3 * blob_chunk_bytes);
    const Hash hash = put(*fixture.blobs, content).info.hash;
    const Hash sound = put(*fixture.blobs, bytes_of(10, 9)).info.hash;
    name_in_case(*store, hash);
    CHECK(fixture.blobs->verify(*store).value().problems.empty());
    fixture.blobs.reset();
    with_rows(fixture.path(), [](rocksdb::DB& database, rocksdb::ColumnFamilyHandle* chunks) {
        const std::unique_ptr<rocksdb::Iterator> at(database.NewIterator({}, chunks));
        at->SeekToFirst();
        if (at->value().size() < blob_chunk_bytes) at->Next();  // that is the other content's
        at->Next();
        std::string row = at->value().ToString();
        row[row.size() / 2] ^= 1;
        REQUIRE(database.Put({}, chunks, at->key(), row).ok());
    });
    fixture.open();

    auto reader = fixture.blobs->read(hash);
    CHECK((*reader)->next().value() == content.substr(0, blob_chunk_bytes));
    const auto second = (*reader)->next();
    REQUIRE(!second);
    CHECK(second.error().kind == ErrorKind::corrupt);
    CHECK(second.error().message.find(hex(view_of(hash))) != std::string::npos);
    CHECK(!(*reader)->next());

    const BlobReport report = fixture.blobs->verify(*store).value();
    CHECK(report.contents == 2);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems[0].find("piece 2 was changed") != std::string::npos);
    CHECK(fixture.blobs->verify({sound}).value().problems.empty());
    CHECK(fixture.blobs->verify({hash}).value().problems.size() == 1);
}

TEST_CASE("blobs: a damaged content is mended when it is uploaded again") {
    Fixture fixture;
    const std::string content = bytes_of(2 * blob_chunk_bytes);
    const Hash hash = put(*fixture.blobs, content).info.hash;
    fixture.blobs.reset();
    with_rows(fixture.path(), [](rocksdb::DB& database, rocksdb::ColumnFamilyHandle* chunks) {
        const std::unique_ptr<rocksdb::Iterator> at(database.NewIterator({}, chunks));
        at->SeekToFirst();
        REQUIRE(database.Delete({}, chunks, at->key()).ok());
    });
    fixture.open();
    REQUIRE(!get(*fixture.blobs, hash));

    CHECK(put(*fixture.blobs, content, two_days_later).known);

    CHECK(get(*fixture.blobs, hash).value() == content);
    CHECK(fixture.blobs->verify({hash}).value().problems.empty());
    fixture.blobs.reset();
    CHECK(count_chunks(fixture.path()) == 2);
}

TEST_CASE("blobs: a content that is being read is read to its end, whatever comes or goes") {
    Fixture fixture;
    const auto store = make_memory_store();
    const std::string content = bytes_of(3 * blob_chunk_bytes);
    const Hash hash = put(*fixture.blobs, content).info.hash;
    fixture.open();
    auto replaced = fixture.blobs->read(hash);
    CHECK((*replaced)->next().value() == content.substr(0, blob_chunk_bytes));

    REQUIRE(put(*fixture.blobs, content, now).known);
    CHECK((*replaced)->next().value() == content.substr(blob_chunk_bytes, blob_chunk_bytes));
    CHECK((*replaced)->next().value() == content.substr(2 * blob_chunk_bytes));
    replaced->reset();

    fixture.open();
    auto removed = fixture.blobs->read(hash);
    REQUIRE(fixture.blobs->sweep(*store, two_days_later).value().removed == 1);
    CHECK((*removed)->next().value() == content.substr(0, blob_chunk_bytes));
    CHECK(fixture.blobs->read(hash).error().kind == ErrorKind::not_found);
}

TEST_CASE("blobs: chunks put in another's place are found before the last one is given out") {
    Fixture fixture;
    const std::string content = bytes_of(2 * blob_chunk_bytes);
    const Hash hash = put(*fixture.blobs, content).info.hash;
    fixture.blobs.reset();
    with_rows(fixture.path(), [](rocksdb::DB& database, rocksdb::ColumnFamilyHandle* chunks) {
        const std::unique_ptr<rocksdb::Iterator> at(database.NewIterator({}, chunks));
        at->SeekToFirst();
        const Hash own = sha256("other");
        REQUIRE(database.Put({}, chunks, at->key(), std::string(view_of(own)) + "other").ok());
    });
    fixture.open();

    const auto read = get(*fixture.blobs, hash);

    REQUIRE(!read);
    CHECK(read.error().kind == ErrorKind::corrupt);
}

TEST_CASE("blobs: a content that a case names and that is not there is a finding") {
    const auto store = make_memory_store();
    const auto blobs = make_memory_blobs();
    name_in_case(*store, sha256("lost"));

    const BlobReport report = blobs->verify(*store).value();

    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems[0].find(some_case.text()) != std::string::npos);
    CHECK(blobs->verify_named(*store).value().problems == report.problems);
    CHECK(blobs->verify_named(*store).value().contents == 1);
    CHECK(blobs->verify_case(*store, some_case).value().problems.size() == 1);
    CHECK(blobs->verify_case(*store, {some_case.ms, some_case.partition, 2})
              .value()
              .problems.empty());
    CHECK(is_content_named(*store, sha256("lost")).value());
    CHECK(!is_content_named(*store, sha256("other")).value());
}

TEST_CASE("blobs: a full disk is an error, loses nothing, and passes when there is room again") {
    const auto disk = std::make_shared<FullDisk>();
    const auto env = rocksdb::NewCompositeEnv(disk);
    BlobOptions options;
    options.env = env.get();
    options.free_bytes = [] { return ~std::uint64_t{0}; };
    Fixture fixture(options);
    const std::string before = bytes_of(blob_chunk_bytes * 2, 1);
    const std::string content = bytes_of(blob_chunk_bytes * 40, 2);
    const Hash kept = put(*fixture.blobs, before).info.hash;

    disk->full = true;
    {
        auto upload = fixture.blobs->begin(now);
        REQUIRE(upload.has_value());
        const auto added = (*upload)->add(content);
        REQUIRE(!added);
        CHECK(added.error().kind == ErrorKind::io);
        CHECK(added.error().message.find("free space") != std::string::npos);
    }
    CHECK(get(*fixture.blobs, kept).value() == before);
    CHECK(!fixture.blobs->find(sha256(content)).value());

    disk->full = false;
    fixture.open(options);  // RocksDB recovers by itself as well, but takes some seconds for it
    CHECK(!put(*fixture.blobs, content).known);
    CHECK(get(*fixture.blobs, sha256(content)).value() == content);
    fixture.open(options);
    CHECK(get(*fixture.blobs, sha256(content)).value() == content);
    CHECK(get(*fixture.blobs, kept).value() == before);
    fixture.blobs.reset();
}

TEST_CASE("blobs: uploads leave the journal its reserve of the disk") {
    BlobOptions options;
    options.reserve_bytes = 1'000;
    options.free_bytes = [] { return std::uint64_t{1'500}; };
    Fixture fixture(options);

    const auto large = fixture.blobs->begin(now, 300);
    REQUIRE(!large);
    CHECK(large.error().kind == ErrorKind::unavailable);
    CHECK(!large.error().message_zh.empty());
    CHECK(fixture.blobs->begin(now, 200).has_value());
}

TEST_CASE("blobs: an upload that did not say its size ends when the reserve is reached") {
    std::uint64_t free = 1u << 30;
    BlobOptions options;
    options.reserve_bytes = 1u << 20;
    options.free_bytes = [&free] { return free; };
    Fixture fixture(options);
    auto upload = fixture.blobs->begin(now);
    REQUIRE((*upload)->add(bytes_of(40 * blob_chunk_bytes)).has_value());

    free = 1u << 20;  // others have written meanwhile
    const auto added = (*upload)->add(bytes_of(40 * blob_chunk_bytes));

    REQUIRE(!added);
    CHECK(added.error().kind == ErrorKind::unavailable);
    upload->reset();
    fixture.blobs.reset();
    CHECK(count_chunks(fixture.path()) == 0);
}

TEST_CASE("blobs: a folder in use, or one that cannot be made, is refused by name") {
    Fixture fixture;
    const auto second = Blobs::open(fixture.path());
    REQUIRE(!second);
    CHECK(second.error().message.find(fixture.path()) != std::string::npos);
    CHECK(!Blobs::open("/proc/countersign/blobs"));
}

}  // namespace countersign::store::tests
