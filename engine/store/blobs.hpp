#pragma once
// Blobs: the contents of materials, each stored once under its SHA-256, in a RocksDB of its own
// beside the journal's (README.md, "Contents"). Contents come and go in pieces, so that none is
// ever in memory as a whole.

#include "engine/store/keys.hpp"
#include "engine/store/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rocksdb {
class Env;
}

namespace countersign::store {

inline constexpr std::size_t blob_chunk_bytes = 256u << 10;  ///< of a content that lie in one row
inline constexpr std::size_t blob_first_bytes = 1'024;  ///< of a content that its manifest repeats

/// How the store of contents is opened.
struct BlobOptions {
    /// Bytes that uploads leave free on the disk, which the journal shares: a disk that is full of
    /// papers would stop the engine.
    std::uint64_t reserve_bytes = 512u << 20;
    /// Returns the bytes that are free on the folder's disk; empty: asks the system.
    std::function<std::uint64_t()> free_bytes;
    rocksdb::Env* env = nullptr;  ///< tests: memory or faults; must outlive the store
};

/// A content as its manifest has it.
struct BlobInfo {
    Hash hash{};
    std::uint64_t bytes = 0;
    std::string first;  ///< its first bytes, at most blob_first_bytes: they tell its kind
};

/// A content on its way in. Destroyed before keep() has succeeded, it leaves nothing behind (or
/// what a later sweep removes). Not for several threads at once; every member may wait for the
/// disk.
class BlobUpload {
  public:
    struct Inside;
    explicit BlobUpload(std::unique_ptr<Inside> inside);
    ~BlobUpload();
    BlobUpload(const BlobUpload&) = delete;
    BlobUpload& operator=(const BlobUpload&) = delete;

    /// Takes the next bytes, any number of them. After an error only destruction makes sense.
    result<void> add(std::string_view bytes);
    /// Ends the content and returns its hash; nothing may be added any more.
    result<Hash> end();

    struct Kept {
        BlobInfo info;
        bool known = false;  ///< the same content was stored already: this copy is gone again
    };
    /// Makes the content durable under its hash; after end(). `now` is the machine's time.
    result<Kept> keep(Instant now);

  private:
    std::unique_ptr<Inside> inside_;
};

/// A content on its way out. Not for several threads at once; may wait for the disk.
class BlobReader {
  public:
    struct Inside;
    explicit BlobReader(std::unique_ptr<Inside> inside);
    ~BlobReader();
    BlobReader(const BlobReader&) = delete;
    BlobReader& operator=(const BlobReader&) = delete;

    const BlobInfo& info() const;
    /// Returns the next piece, at most blob_chunk_bytes; empty at the end. Each is checked against
    /// its own hash, and the last one is given out only when all together have the content's:
    /// ErrorKind::corrupt names the content and what is wrong with it; nothing comes after it.
    result<std::string> next();

  private:
    std::unique_ptr<Inside> inside_;
};

/// What one turn of sweeping did.
struct BlobSweep {
    std::size_t named = 0;       ///< old enough, and a case names them: they stay
    std::size_t removed = 0;     ///< old enough, and no case names them
    std::size_t unfinished = 0;  ///< uploads that a crash or a full disk had cut off
    std::uint64_t bytes = 0;     ///< of contents removed
    bool more = false;           ///< the bound was reached: another turn has work
};

/// What a verification of all contents found.
struct BlobReport {
    std::uint64_t contents = 0;         ///< looked at
    std::uint64_t bytes = 0;            ///< read
    std::vector<std::string> problems;  ///< at most chain_problems_max
    std::uint64_t problems_left_out = 0;
};

/// The store of contents. All members may be called from several threads at once; all may wait for
/// the disk, find() for no longer than a row takes. Uploads and readers keep what they need of it.
class Blobs {
  public:
    struct Inside;
    /// Opens the store in `folder` and makes it when it is not there. Fails as open_rocks() does.
    static result<std::unique_ptr<Blobs>> open(const std::string& folder, BlobOptions options = {});
    explicit Blobs(std::shared_ptr<Inside> inside);
    ~Blobs();
    Blobs(const Blobs&) = delete;
    Blobs& operator=(const Blobs&) = delete;

    /// Begins an upload of `bytes` bytes (0: not known). Fails with unavailable when the disk would
    /// be left with less than its reserve. `now` is the machine's time.
    result<std::unique_ptr<BlobUpload>> begin(Instant now, std::uint64_t bytes = 0) const;

    /// Returns what is known of a content, or nothing when it is not stored. The content then stays
    /// for at least an hour (while this process lives), so that a case can be written that names
    /// it.
    result<std::optional<BlobInfo>> find(const Hash& hash) const;

    /// Opens a content for reading; not_found when it is not stored.
    result<std::unique_ptr<BlobReader>> read(const Hash& hash) const;

    /// Removes cut-off uploads, and contents that are older than a day and that no case of `store`
    /// names; looks at `most` of those at most. `now` is the machine's time.
    result<BlobSweep> sweep(const Store& store, Instant now, std::size_t most = 64) const;

    /// Reads every content and checks it, and that all that cases of `store` name are there. Takes
    /// as long as the disk needs to read all.
    result<BlobReport> verify(const Store& store) const;
    /// Checks that what cases of `store` name is there, and reads none of it.
    result<BlobReport> verify_named(const Store& store) const;
    /// Reads the contents that one case names and checks them.
    result<BlobReport> verify_case(const Store& store, CaseId id) const;
    /// Reads these contents and checks them.
    result<BlobReport> verify(const std::vector<Hash>& hashes) const;

    /// Returns a few lines of numbers for operators.
    std::string statistics() const;

  private:
    std::shared_ptr<Inside> inside_;
};

/// Returns an empty store of contents in memory, for tests and rehearsals.
std::unique_ptr<Blobs> make_memory_blobs();

}  // namespace countersign::store
