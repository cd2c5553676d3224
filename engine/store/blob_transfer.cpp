// Contents on their way in and out, a chunk at a time.
#include "engine/base/bytes.hpp"
#include "engine/base/check.hpp"
#include "engine/store/blob_rows.hpp"
#include "engine/store/hasher.hpp"

#include <fmt/format.h>
#include <rocksdb/snapshot.h>

#include <algorithm>

namespace countersign::store {

constexpr std::uint32_t chunks_between_looks = 16;  ///< at the room that the disk has

// ── In ───────────────────────────────────────────────────────────────────────────────────────
struct BlobUpload::Inside {
    std::shared_ptr<Blobs::Inside> blobs;
    std::string id;
    Hasher whole;
    std::string chunk;  ///< taken and not yet written
    std::string first;
    std::uint64_t bytes = 0;
    std::uint32_t chunks = 0;
    std::optional<Hash> hash;  ///< once it has ended
    bool done = false;         ///< kept, or removed

    result<void> write_chunk() {
        // Others write to the same disk, and not every upload says how much it will be.
        if (chunks % chunks_between_looks == chunks_between_looks - 1)
            if (auto room = blobs->room_for(blob_chunk_bytes); !room) return room.error();
        const Hash own = sha256(chunk);
        const std::string key = chunk_key(id, chunks);
        const rocksdb::Slice name = slice_of(key);
        const std::array<rocksdb::Slice, 2> value{slice_of(view_of(own)), slice_of(chunk)};
        rocksdb::WriteBatch batch;
        if (chunks == 0) batch.Put(blobs->family(BlobFamily::uploads), slice_of(id), "");
        batch.Put(blobs->family(BlobFamily::chunks), rocksdb::SliceParts(&name, 1),
                  rocksdb::SliceParts(value.data(), static_cast<int>(value.size())));
        // Not synced: the manifest is, and it is behind all chunks in the same log.
        auto written = blobs->write(batch, false);
        ++chunks;
        chunk.clear();
        return written;
    }

    /// Writes the manifest. A copy that was there already makes room for this one, which is known
    /// to be good: to upload a content again is how one that has been damaged is mended.
    result<Kept> write_manifest(Instant now) {
        const std::lock_guard lock(blobs->order);
        auto known = blobs->manifest_of(*hash);
        if (!known) return known.error();
        rocksdb::WriteBatch batch;
        auto* const waiting = blobs->family(BlobFamily::waiting);
        if (*known) {
            batch.Delete(waiting, waiting_key((*known)->renewed, *hash));
            remove_upload(*blobs, batch, (*known)->upload);
        }
        batch.Delete(blobs->family(BlobFamily::uploads), slice_of(id));
        batch.Put(waiting, waiting_key(now, *hash), "");
        batch.Put(blobs->family(BlobFamily::manifests), slice_of(view_of(*hash)),
                  encode_manifest({id, bytes, chunks, now, first}));
        if (auto written = blobs->write(batch, true); !written) return written.error();
        return Kept{{*hash, bytes, first}, known->has_value()};
    }
};

BlobUpload::BlobUpload(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

BlobUpload::~BlobUpload() {
    Inside& in = *inside_;
    if (!in.done && in.chunks > 0) {
        rocksdb::WriteBatch batch;
        remove_upload(*in.blobs, batch, in.id);
        // When this fails the row of `uploads` stays, and a sweep removes the chunks.
        (void)in.blobs->write(batch, false);
    }
    const std::lock_guard lock(in.blobs->guard);
    in.blobs->under_way.erase(in.id);
}

result<void> BlobUpload::add(std::string_view bytes) {
    Inside& in = *inside_;
    CHECK(!in.hash);
    in.whole.add(bytes);
    in.bytes += bytes.size();
    in.first.append(
        bytes.substr(0, blob_first_bytes - std::min(in.first.size(), blob_first_bytes)));
    while (!bytes.empty()) {
        const auto taken = bytes.substr(0, blob_chunk_bytes - in.chunk.size());
        in.chunk.append(taken);
        bytes.remove_prefix(taken.size());
        if (in.chunk.size() < blob_chunk_bytes) break;
        if (auto written = in.write_chunk(); !written) return written.error();
    }
    return {};
}

result<Hash> BlobUpload::end() {
    Inside& in = *inside_;
    CHECK(!in.hash);
    if (!in.chunk.empty() || in.chunks == 0)
        if (auto written = in.write_chunk(); !written) return written.error();
    in.hash = in.whole.finish();
    return *in.hash;
}

result<BlobUpload::Kept> BlobUpload::keep(Instant now) {
    Inside& in = *inside_;
    CHECK(in.hash && !in.done);
    // The chunks go to the disk here, so that the row behind them makes nobody else wait long. Not
    // every file system can (the one in memory cannot): that row's own sync then takes them along.
    if (const auto synced = in.blobs->database->SyncWAL(); !synced.ok() && !synced.IsNotSupported())
        return in.blobs->error(synced, "write to");
    in.blobs->pin(*in.hash);
    auto kept = in.write_manifest(now);
    in.done = kept.has_value();
    return kept;
}

std::unique_ptr<BlobUpload> make_upload(std::shared_ptr<Blobs::Inside> blobs, Instant now) {
    auto inside = std::make_unique<BlobUpload::Inside>();
    inside->id = make_upload_id(now);
    {
        const std::lock_guard lock(blobs->guard);
        blobs->under_way.insert(inside->id);
    }
    inside->blobs = std::move(blobs);
    return std::make_unique<BlobUpload>(std::move(inside));
}

// ── Out ──────────────────────────────────────────────────────────────────────────────────────
struct BlobReader::Inside {
    explicit Inside(std::shared_ptr<Blobs::Inside> of)
        : blobs(std::move(of)), then(blobs->database.get()) {}

    std::shared_ptr<Blobs::Inside> blobs;
    /// The store as it was: a copy that another upload replaces, or a sweep removes, meanwhile can
    /// be read to its end.
    rocksdb::ManagedSnapshot then;
    BlobInfo info;
    Manifest manifest;
    Hasher whole;
    std::uint32_t number = 0;  ///< of the next chunk
    std::uint64_t bytes = 0;   ///< read so far

    result<std::string> chunk() {
        rocksdb::ReadOptions options;
        // Papers would drive everything else out of the cache, and are seldom read twice.
        options.fill_cache = false;
        options.snapshot = then.snapshot();
        std::string row;
        const auto status = blobs->database->Get(options, blobs->family(BlobFamily::chunks),
                                                 chunk_key(manifest.upload, number), &row);
        if (status.IsNotFound())
            return blobs->corrupt(info.hash, fmt::format("piece {} is missing", number + 1));
        if (!status.ok())
            return blobs->corrupt(info.hash, fmt::format("piece {} cannot be read: {}", number + 1,
                                                         status.ToString()));
        const std::string_view own = std::string_view(row).substr(0, sizeof(Hash));
        if (row.size() < sizeof(Hash) ||
            own != view_of(sha256(std::string_view(row).substr(sizeof(Hash)))))
            return blobs->corrupt(info.hash, fmt::format("piece {} was changed", number + 1));
        row.erase(0, sizeof(Hash));
        return row;
    }
};

BlobReader::BlobReader(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
BlobReader::~BlobReader() = default;

const BlobInfo& BlobReader::info() const { return inside_->info; }

result<std::string> BlobReader::next() {
    Inside& in = *inside_;
    if (in.number == in.manifest.chunks) return std::string();
    auto piece = in.chunk();
    if (!piece) return piece;
    ++in.number;
    in.bytes += piece->size();
    in.whole.add(*piece);
    if (in.number < in.manifest.chunks) return piece;
    if (in.bytes == in.info.bytes && in.whole.finish() == in.info.hash) return piece;
    --in.number;  // there is no end that could be taken for a good one
    return in.blobs->corrupt(in.info.hash, "its pieces are not what was stored");
}

result<std::unique_ptr<BlobReader>> make_reader(std::shared_ptr<Blobs::Inside> blobs,
                                                const Hash& hash) {
    auto inside = std::make_unique<BlobReader::Inside>(std::move(blobs));
    auto manifest = inside->blobs->manifest_of(hash, inside->then.snapshot());
    if (!manifest) return manifest.error();
    if (!*manifest)
        return failure(ErrorKind::not_found,
                       fmt::format("no content {} is stored", hex(view_of(hash))));
    inside->info = {hash, (*manifest)->bytes, (*manifest)->first};
    inside->manifest = std::move(**manifest);
    return std::make_unique<BlobReader>(std::move(inside));
}

}  // namespace countersign::store
