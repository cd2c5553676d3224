// The Store on RocksDB: one column family a Family, options as README.md gives them.
#include "engine/store/rocks.hpp"

#include "engine/base/check.hpp"
#include "engine/store/meta.hpp"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>

namespace countersign::store {

namespace {

constexpr std::array<const char*, families> family_names{
    "journal", "cases",   "timers",      "calls", "tasks", "filed",
    "values",  "indexes", "definitions", "keys",  "meta",
};

/// RocksDB asserts that even an empty slice points somewhere.
rocksdb::Slice slice(std::string_view bytes) {
    return bytes.empty() ? rocksdb::Slice() : rocksdb::Slice(bytes.data(), bytes.size());
}
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

Error error_of(const rocksdb::Status& status, std::string_view what, const std::string& folder) {
    const ErrorKind kind = status.IsCorruption() ? ErrorKind::corrupt : ErrorKind::io;
    std::string message =
        fmt::format("cannot {} the data in {}: {}", what, folder, status.ToString());
    if (status.IsNoSpace()) message += "; free space on its disk and start again";
    return failure(kind, std::move(message));
}

rocksdb::ColumnFamilyOptions family_options(Family family, const RocksOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::ColumnFamilyOptions out;
    out.write_buffer_size = std::max<std::size_t>(options.write_buffer_bytes / 4, 1u << 20);
    out.arena_block_size = 64u << 10;
    out.compression = rocksdb::kLZ4Compression;
    out.bottommost_compression = rocksdb::kZSTD;
    out.level_compaction_dynamic_level_bytes = true;
    if (family == Family::keys) out.periodic_compaction_seconds = 24 * 3600;
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.format_version = 5;
    out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return out;
}

rocksdb::DBOptions database_options(const RocksOptions& options) {
    rocksdb::DBOptions out;
    out.create_if_missing = true;
    out.create_missing_column_families = true;
    out.max_total_wal_size = 128u << 20;
    out.db_write_buffer_size = options.write_buffer_bytes;
    out.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    out.track_and_verify_wals_in_manifest = true;
    out.max_background_jobs = 2;
    out.max_open_files = 512;
    out.info_log_level = rocksdb::WARN_LEVEL;
    out.keep_log_file_num = 4;
    out.max_log_file_size = 4u << 20;
    out.stats_dump_period_sec = 0;
    out.stats_persist_period_sec = 0;
    if (options.env) out.env = options.env;
    return out;
}

class RocksStore final : public Store {
  public:
    RocksStore(std::string folder, RocksOptions options)
        : folder_(std::move(folder)),
          options_(options),
          cache_(rocksdb::NewLRUCache(options.block_cache_bytes, 2)) {}
    RocksStore(const RocksStore&) = delete;
    RocksStore& operator=(const RocksStore&) = delete;

    ~RocksStore() override {
        for (rocksdb::ColumnFamilyHandle* handle : handles_)
            if (handle) database_->DestroyColumnFamilyHandle(handle);
    }

    result<void> open() {
        std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
        descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName,
                                 family_options(Family::meta, options_, cache_));
        for (std::size_t i = 0; i < families; ++i)
            descriptors.emplace_back(family_names[i],
                                     family_options(static_cast<Family>(i), options_, cache_));
        std::vector<rocksdb::ColumnFamilyHandle*> handles;
        rocksdb::DB* database = nullptr;
        const auto status = rocksdb::DB::Open(database_options(options_), folder_, descriptors,
                                              &handles, &database);
        if (!status.ok()) return why_not_open(status);
        database_.reset(database);
        database_->DestroyColumnFamilyHandle(handles.front());
        std::copy(handles.begin() + 1, handles.end(), handles_.begin());
        write_options_.sync = options_.sync;
        return prepare_meta(*this, folder_);
    }

    result<Committed> commit(const Batch& batch) override {
        const std::lock_guard lock(mutex_);
        if (!failed_.ok()) return error_of(failed_, "write (an earlier write failed) to", folder_);
        if (!batch.empty()) {
            writes_.Clear();
            rocksdb::Status status;
            for (std::size_t i = 0; i < batch.size() && status.ok(); ++i)
                status = add(batch.change(i));
            if (status.ok()) status = database_->Write(write_options_, &writes_);
            if (!status.ok()) {
                failed_ = status;
                return error_of(status, "write to", folder_);
            }
            // One huge batch must not keep its memory for ever.
            if (writes_.GetDataSize() > kept_bytes_max) writes_ = rocksdb::WriteBatch();
        }
        return Committed{++commits_};
    }

    result<std::optional<std::string>> get(Family family, std::string_view key) const override {
        std::string value;
        const auto status = database_->Get({}, handle(family), slice(key), &value);
        if (status.IsNotFound()) return std::optional<std::string>();
        if (!status.ok()) return error_of(status, "read", folder_);
        return std::optional(std::move(value));
    }

    result<void> scan(Family family, std::string_view from, std::string_view to,
                      const Visitor& visit) const override {
        const Range range(from, to);
        if (range.empty) return {};
        const auto at = iterator(family, range);
        for (at->Seek(slice(from)); at->Valid(); at->Next())
            if (!visit(view(at->key()), view(at->value()))) return {};
        if (!at->status().ok()) return error_of(at->status(), "read", folder_);
        return {};
    }

    result<void> scan_back(Family family, std::string_view from, std::string_view to,
                           const Visitor& visit) const override {
        const Range range(from, to);
        if (range.empty) return {};
        const auto at = iterator(family, range);
        for (at->SeekToLast(); at->Valid(); at->Prev())
            if (!visit(view(at->key()), view(at->value()))) return {};
        if (!at->status().ok()) return error_of(at->status(), "read", folder_);
        return {};
    }

    std::string statistics() const override {
        std::string out = fmt::format("RocksDB in {}\n", folder_);
        for (std::size_t i = 0; i < families; ++i) {
            const auto number = [&](const std::string& name) {
                std::uint64_t value = 0;
                database_->GetIntProperty(handles_[i], name, &value);
                return value;
            };
            out += fmt::format("{}: about {} rows, {} bytes in files, {} in memory\n",
                               family_names[i], number(rocksdb::DB::Properties::kEstimateNumKeys),
                               number(rocksdb::DB::Properties::kTotalSstFilesSize),
                               number(rocksdb::DB::Properties::kSizeAllMemTables));
        }
        std::uint64_t stopped = 0;
        std::uint64_t delayed = 0;
        database_->GetIntProperty(rocksdb::DB::Properties::kIsWriteStopped, &stopped);
        database_->GetIntProperty(rocksdb::DB::Properties::kActualDelayedWriteRate, &delayed);
        out +=
            fmt::format("block cache: {} of {} bytes\n", cache_->GetUsage(), cache_->GetCapacity());
        out += fmt::format("writes: {}\n", stopped   ? "stopped until compaction catches up"
                                           : delayed ? fmt::format("slowed to {} bytes/s", delayed)
                                                     : "free");
        return out;
    }

  private:
    static constexpr std::size_t kept_bytes_max = 16u << 20;

    /// A scan's bounds as RocksDB wants them: slices that outlive the iterator.
    struct Range {
        Range(std::string_view from, std::string_view to)
            : low(slice(from)), high(slice(to)), empty(!to.empty() && from >= to) {}
        rocksdb::Slice low;
        rocksdb::Slice high;
        bool empty;
    };

    rocksdb::ColumnFamilyHandle* handle(Family family) const {
        return handles_[static_cast<std::size_t>(family)];
    }

    std::unique_ptr<rocksdb::Iterator> iterator(Family family, const Range& range) const {
        rocksdb::ReadOptions options;
        options.iterate_lower_bound = &range.low;
        if (!range.high.empty()) options.iterate_upper_bound = &range.high;
        return std::unique_ptr<rocksdb::Iterator>(database_->NewIterator(options, handle(family)));
    }

    rocksdb::Status add(const Batch::Change& change) {
        rocksdb::ColumnFamilyHandle* family = handle(change.family);
        switch (change.kind) {
            case Batch::Kind::put:
                return writes_.Put(family, slice(change.key), slice(change.value));
            case Batch::Kind::remove:
                return writes_.Delete(family, slice(change.key));
            case Batch::Kind::remove_single:
                return writes_.SingleDelete(family, slice(change.key));
        }
        CHECK(false);
    }

    Error why_not_open(const rocksdb::Status& status) const {
        const std::string text = status.ToString();
        // RocksDB has no code for a lock that is held; both of its texts name the lock.
        if (text.find("While lock file") != std::string::npos ||
            text.find("lock hold by current process") != std::string::npos) {
            return failure(
                ErrorKind::unavailable,
                fmt::format("cannot open the data in {}: another process has it open; stop that "
                            "engine first (fuser {}/LOCK names it), or ask it over HTTP",
                            folder_, folder_));
        }
        std::vector<std::string> names;
        if (status.IsInvalidArgument() &&
            rocksdb::DB::ListColumnFamilies(database_options(options_), folder_, &names).ok()) {
            for (const std::string& name : names) {
                const bool known =
                    name == rocksdb::kDefaultColumnFamilyName ||
                    std::find(family_names.begin(), family_names.end(), name) != family_names.end();
                if (!known)
                    return failure(
                        ErrorKind::invalid,
                        fmt::format(
                            "{}: the data has a family '{}' that this program does not know; "
                            "use the newer program that wrote it",
                            folder_, name));
            }
        }
        return error_of(status, "open", folder_);
    }

    std::string folder_;
    RocksOptions options_;
    std::shared_ptr<rocksdb::Cache> cache_;
    std::unique_ptr<rocksdb::DB> database_;
    std::array<rocksdb::ColumnFamilyHandle*, families> handles_{};
    rocksdb::WriteOptions write_options_;
    std::mutex mutex_;  ///< guards what follows
    rocksdb::WriteBatch writes_;
    rocksdb::Status failed_;  ///< of the first commit that failed
    std::uint64_t commits_ = 0;
};

}  // namespace

result<std::unique_ptr<Store>> open_rocks(const std::string& folder, RocksOptions options) {
    if (!options.env) {
        std::error_code error;
        std::filesystem::create_directories(folder, error);
        if (error)
            return failure(ErrorKind::io,
                           fmt::format("cannot make the folder {}: {}", folder, error.message()));
    }
    auto store = std::make_unique<RocksStore>(folder, options);
    const auto opened = store->open();
    if (!opened) return opened.error();
    return result<std::unique_ptr<Store>>(std::move(store));
}

}  // namespace countersign::store
