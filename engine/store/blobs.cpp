// The store of contents on RocksDB: opening and finding. Chunks lie in blob files, so that
// compaction moves keys and not papers.
#include "engine/store/blobs.hpp"

#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"
#include "engine/store/blob_rows.hpp"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <sodium.h>

#include <algorithm>
#include <filesystem>

namespace countersign::store {

namespace {

constexpr std::array<const char*, blob_families> names_of_families{"chunks", "manifests", "waiting",
                                                                   "uploads", "meta"};
constexpr unsigned blobs_format = 1;
constexpr std::string_view format_key = "format";
constexpr std::chrono::hours pin_time{1};
constexpr std::size_t manifest_head_bytes = 1 + upload_id_bytes + 8 + 4 + 8;

std::string text_of(const Hash& hash) { return hex(view_of(hash)); }

rocksdb::ColumnFamilyOptions options_of(BlobFamily family,
                                        const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::ColumnFamilyOptions out;
    out.write_buffer_size = family == BlobFamily::chunks ? 16u << 20 : 1u << 20;
    out.arena_block_size = family == BlobFamily::chunks ? 512u << 10 : 64u << 10;
    out.max_write_buffer_number = 3;
    out.compression = rocksdb::kLZ4Compression;
    out.level_compaction_dynamic_level_bytes = true;
    out.periodic_compaction_seconds = 30ull * 24 * 3600;
    if (family == BlobFamily::chunks) {
        out.enable_blob_files = true;
        out.min_blob_size = 4u << 10;
        out.blob_file_size = 64u << 20;
        out.enable_blob_garbage_collection = true;
        out.blob_garbage_collection_force_threshold = 0.5;
    }
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.format_version = 5;
    out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return out;
}

rocksdb::DBOptions database_options_of(const BlobOptions& options) {
    rocksdb::DBOptions out;
    out.create_if_missing = true;
    out.create_missing_column_families = true;
    out.max_total_wal_size = 64u << 20;
    out.db_write_buffer_size = 32u << 20;
    out.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    out.track_and_verify_wals_in_manifest = true;
    out.max_background_jobs = 2;
    out.max_open_files = 256;
    out.info_log_level = rocksdb::WARN_LEVEL;
    out.keep_log_file_num = 4;
    out.max_log_file_size = 4u << 20;
    out.stats_dump_period_sec = 0;
    out.stats_persist_period_sec = 0;
    if (options.env) out.env = options.env;
    return out;
}

}  // namespace

// ── Rows ─────────────────────────────────────────────────────────────────────────────────────
std::string encode_manifest(const Manifest& manifest) {
    CHECK(manifest.upload.size() == upload_id_bytes);
    std::string out(1, '\0');
    out += manifest.upload;
    put_big_endian(out, manifest.bytes, 8);
    put_big_endian(out, manifest.chunks, 4);
    put_time(out, manifest.renewed);
    return out += manifest.first;
}

std::optional<Manifest> decode_manifest(std::string_view bytes) {
    if (bytes.size() < manifest_head_bytes || bytes.front() != '\0') return std::nullopt;
    Manifest manifest;
    manifest.upload = bytes.substr(1, upload_id_bytes);
    bytes.remove_prefix(1 + upload_id_bytes);
    manifest.bytes = get_big_endian(bytes, 8);
    manifest.chunks = static_cast<std::uint32_t>(get_big_endian(bytes.substr(8), 4));
    manifest.renewed = read_time(bytes.substr(12));
    manifest.first = bytes.substr(20);
    return manifest;
}

std::string make_upload_id(Instant now) {
    std::string id;
    put_time(id, now);
    std::array<char, upload_id_bytes - 8> random{};
    CHECK(sodium_init() >= 0);
    randombytes_buf(random.data(), random.size());
    return id.append(random.data(), random.size());
}

std::string chunk_key(std::string_view upload, std::uint32_t number) {
    std::string key(upload);
    put_big_endian(key, number, 4);
    return key;
}

std::string waiting_key(Instant at, const Hash& hash) {
    std::string key;
    put_time(key, at);
    return key.append(view_of(hash));
}

void remove_upload(const Blobs::Inside& blobs, rocksdb::WriteBatch& batch,
                   std::string_view upload) {
    const std::string end = after_prefix(upload);
    batch.DeleteRange(blobs.family(BlobFamily::chunks), slice_of(upload), slice_of(end));
    batch.Delete(blobs.family(BlobFamily::uploads), slice_of(upload));
}

// ── The inside ───────────────────────────────────────────────────────────────────────────────
Blobs::Inside::~Inside() {
    for (rocksdb::ColumnFamilyHandle* handle : handles)
        if (handle != nullptr) database->DestroyColumnFamilyHandle(handle);
}

Error Blobs::Inside::error(const rocksdb::Status& status, std::string_view what) const {
    const ErrorKind kind = status.IsCorruption() ? ErrorKind::corrupt : ErrorKind::io;
    std::string message =
        fmt::format("cannot {} the contents in {}: {}", what, folder, status.ToString());
    if (status.IsNoSpace()) message += "; free space on its disk";
    return failure(kind, std::move(message));
}

Error Blobs::Inside::corrupt(const Hash& hash, std::string_view what) const {
    return failure(ErrorKind::corrupt,
                   fmt::format("the content {} in {} does not read back: {}; restore it from a "
                               "backup, or have it uploaded again",
                               text_of(hash), folder, what));
}

result<void> Blobs::Inside::open() {
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName,
                             options_of(BlobFamily::meta, cache));
    for (std::size_t i = 0; i < blob_families; ++i)
        descriptors.emplace_back(names_of_families[i],
                                 options_of(static_cast<BlobFamily>(i), cache));
    std::vector<rocksdb::ColumnFamilyHandle*> opened;
    rocksdb::DB* raw = nullptr;
    const auto status =
        rocksdb::DB::Open(database_options_of(options), folder, descriptors, &opened, &raw);
    if (!status.ok()) {
        // The lock is the journal's business as well: two engines in one folder are refused there.
        return error(status, "open");
    }
    database.reset(raw);
    database->DestroyColumnFamilyHandle(opened.front());
    std::copy(opened.begin() + 1, opened.end(), handles.begin());
    const auto format = get(BlobFamily::meta, format_key);
    if (!format) return format.error();
    if (*format && (*format)->size() == 4 && get_big_endian(**format, 4) > blobs_format)
        return failure(ErrorKind::invalid,
                       fmt::format("the contents in {} have format {}, which this program does not "
                                   "know; use the newer program that wrote them",
                                   folder, get_big_endian(**format, 4)));
    if (*format) return {};
    std::string row;
    put_big_endian(row, blobs_format, 4);
    rocksdb::WriteBatch batch;
    batch.Put(family(BlobFamily::meta), slice_of(format_key), row);
    return write(batch, true);
}

result<void> Blobs::Inside::write(rocksdb::WriteBatch& batch, bool sync) {
    rocksdb::WriteOptions how;
    how.sync = sync;
    const auto status = database->Write(how, &batch);
    // RocksDB looks every few seconds whether a full disk has room again, and then goes on.
    if (!status.ok()) return error(status, "write to");
    return {};
}

result<std::optional<std::string>> Blobs::Inside::get(BlobFamily which, std::string_view key,
                                                      const rocksdb::Snapshot* then) const {
    rocksdb::ReadOptions how;
    how.snapshot = then;
    std::string value;
    const auto status = database->Get(how, family(which), slice_of(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return error(status, "read");
    return std::optional(std::move(value));
}

result<std::optional<Manifest>> Blobs::Inside::manifest_of(const Hash& hash,
                                                           const rocksdb::Snapshot* then) const {
    const auto row = get(BlobFamily::manifests, view_of(hash), then);
    if (!row) return row.error();
    if (!*row) return std::optional<Manifest>();
    auto manifest = decode_manifest(**row);
    if (!manifest) return corrupt(hash, "its manifest is of no known format");
    return manifest;
}

result<void> Blobs::Inside::room_for(std::uint64_t bytes) const {
    std::uint64_t free = ~std::uint64_t{0};
    if (options.free_bytes) {
        free = options.free_bytes();
    } else {
        std::error_code error;
        const auto space = std::filesystem::space(folder, error);
        if (!error) free = space.available;
    }
    // What is written goes into the log first and into its file then.
    if (free >= options.reserve_bytes && (free - options.reserve_bytes) / 2 >= bytes) return {};
    return failure(ErrorKind::unavailable,
                   format_both("the disk of {} has {} MB free, which is too little for this "
                               "file: {} MB are kept for the journal",
                               "{} 所在磁盘剩余 {} MB，不足以保存该文件：其中 {} MB 须留给业务记录",
                               folder, free / 1'000'000, options.reserve_bytes / 1'000'000));
}

void Blobs::Inside::pin(const Hash& hash) {
    const std::lock_guard lock(guard);
    pinned[hash] = std::chrono::steady_clock::now() + pin_time;
}

bool Blobs::Inside::is_pinned(const Hash& hash) const {
    const auto found = pinned.find(hash);
    return found != pinned.end() && found->second > std::chrono::steady_clock::now();
}

// ── The face ─────────────────────────────────────────────────────────────────────────────────
Blobs::Blobs(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}
Blobs::~Blobs() = default;

result<std::unique_ptr<Blobs>> Blobs::open(const std::string& folder, BlobOptions options) {
    if (options.env == nullptr) {
        std::error_code error;
        std::filesystem::create_directories(folder, error);
        if (error)
            return failure(ErrorKind::io,
                           fmt::format("cannot make the folder {}: {}", folder, error.message()));
    }
    auto inside = std::make_shared<Inside>();
    inside->folder = folder;
    inside->options = std::move(options);
    inside->cache = rocksdb::NewLRUCache(4u << 20, 2);
    if (auto opened = inside->open(); !opened) return opened.error();
    return std::make_unique<Blobs>(std::move(inside));
}

std::unique_ptr<Blobs> make_memory_blobs() {
    auto inside = std::make_shared<Blobs::Inside>();
    inside->folder = "/contents";
    inside->own_env.reset(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    inside->options.env = inside->own_env.get();
    inside->options.free_bytes = [] { return ~std::uint64_t{0}; };
    inside->cache = rocksdb::NewLRUCache(1u << 20, 0);
    CHECK(inside->open().has_value());
    return std::make_unique<Blobs>(std::move(inside));
}

result<std::unique_ptr<BlobUpload>> Blobs::begin(Instant now, std::uint64_t bytes) const {
    if (auto room = inside_->room_for(bytes); !room) return room.error();
    return make_upload(inside_, now);
}

result<std::optional<BlobInfo>> Blobs::find(const Hash& hash) const {
    Inside& in = *inside_;
    {
        const std::lock_guard lock(in.guard);
        if (in.removing.count(hash) != 0) return std::optional<BlobInfo>();
        // Before the look: a sweep that comes between spares it.
        in.pinned[hash] = std::chrono::steady_clock::now() + pin_time;
    }
    auto manifest = in.manifest_of(hash);
    if (!manifest) return manifest.error();
    if (*manifest)
        return std::optional<BlobInfo>({hash, (*manifest)->bytes, std::move((*manifest)->first)});
    const std::lock_guard lock(in.guard);
    in.pinned.erase(hash);
    return std::optional<BlobInfo>();
}

result<std::unique_ptr<BlobReader>> Blobs::read(const Hash& hash) const {
    return make_reader(inside_, hash);
}

std::string Blobs::statistics() const {
    const auto number = [&](BlobFamily family, const std::string& name) {
        std::uint64_t value = 0;
        inside_->database->GetIntProperty(inside_->family(family), name, &value);
        return value;
    };
    return fmt::format("contents in {}: about {}, {} bytes in files, {} in memory\n",
                       inside_->folder,
                       number(BlobFamily::manifests, rocksdb::DB::Properties::kEstimateNumKeys),
                       number(BlobFamily::chunks, rocksdb::DB::Properties::kLiveBlobFileSize),
                       number(BlobFamily::chunks, rocksdb::DB::Properties::kSizeAllMemTables));
}

}  // namespace countersign::store
