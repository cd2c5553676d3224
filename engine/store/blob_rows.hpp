#pragma once
// The inside of the store of contents: its families, its rows, and what uploads, readers and sweeps
// share. Used inside this room only.

#include "engine/store/blobs.hpp"

#include <rocksdb/db.h>

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <set>

namespace countersign::store {

inline rocksdb::Slice slice_of(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

/// The families of README.md, "Contents".
enum class BlobFamily : std::uint8_t {
    chunks = 0,
    manifests = 1,
    waiting = 2,
    uploads = 3,
    meta = 4
};
inline constexpr std::size_t blob_families = 5;

inline constexpr std::size_t upload_id_bytes = 16;

/// A row of `manifests`.
struct Manifest {
    std::string upload;  ///< id that the chunks' keys begin with
    std::uint64_t bytes = 0;
    std::uint32_t chunks = 0;
    Instant renewed;  ///< when the content came last: where its row of `waiting` is
    std::string first;
};
std::string encode_manifest(const Manifest& manifest);
std::optional<Manifest> decode_manifest(std::string_view bytes);

/// Returns a fresh id: the machine's time and random bytes, so that keys of chunks grow.
std::string make_upload_id(Instant now);
std::string chunk_key(std::string_view upload, std::uint32_t number);
std::string waiting_key(Instant at, const Hash& hash);

struct Blobs::Inside {
    ~Inside();
    result<void> open();
    rocksdb::ColumnFamilyHandle* family(BlobFamily which) const {
        return handles[static_cast<std::size_t>(which)];
    }
    /// Writes all or nothing; a failure is nobody's but that of the upload it belongs to.
    result<void> write(rocksdb::WriteBatch& batch, bool sync);
    /// Reads a row, as it was at `then` when that is given.
    result<std::optional<std::string>> get(BlobFamily which, std::string_view key,
                                           const rocksdb::Snapshot* then = nullptr) const;
    result<std::optional<Manifest>> manifest_of(const Hash& hash,
                                                const rocksdb::Snapshot* then = nullptr) const;
    /// Fails with unavailable when `bytes` more would leave the disk with less than its reserve.
    result<void> room_for(std::uint64_t bytes) const;
    void pin(const Hash& hash);
    bool is_pinned(const Hash& hash) const;  ///< with `guard` held
    Error error(const rocksdb::Status& status, std::string_view what) const;
    Error corrupt(const Hash& hash, std::string_view what) const;

    std::string folder;
    BlobOptions options;
    std::unique_ptr<rocksdb::Env> own_env;
    std::shared_ptr<rocksdb::Cache> cache;
    std::unique_ptr<rocksdb::DB> database;
    std::array<rocksdb::ColumnFamilyHandle*, blob_families> handles{};

    std::mutex order;                 ///< held while a manifest is written or removed
    std::mutex guard;                 ///< of what follows; never held while the disk is waited for
    std::set<std::string> under_way;  ///< ids of uploads
    std::map<Hash, std::chrono::steady_clock::time_point> pinned;  ///< until when a sweep spares it
    std::set<Hash> removing;  ///< decided by a sweep: they are no longer found
};

/// Adds the removal of all chunks of an upload and of its row.
void remove_upload(const Blobs::Inside& blobs, rocksdb::WriteBatch& batch, std::string_view upload);

/// Opens a reader of a content; not_found when it is not stored.
result<std::unique_ptr<BlobReader>> make_reader(std::shared_ptr<Blobs::Inside> blobs,
                                                const Hash& hash);
/// Begins an upload.
std::unique_ptr<BlobUpload> make_upload(std::shared_ptr<Blobs::Inside> blobs, Instant now);

}  // namespace countersign::store
