// Care for contents: removing what nobody names, and reading all to see whether it is whole.
#include "engine/base/bytes.hpp"
#include "engine/store/blob_rows.hpp"
#include "engine/store/journal.hpp"
#include "engine/store/queries.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::store {

namespace {

constexpr std::int64_t unnamed_ms = 24LL * 3'600'000;

/// One turn of Blobs::sweep.
class Sweeper {
  public:
    Sweeper(Blobs::Inside& blobs, const Store& store) : blobs_(blobs), store_(store) {}

    result<BlobSweep> run(Instant now, std::size_t most) {
        forget_pins();
        if (auto dropped = drop_unfinished(most); !dropped) return dropped.error();
        const auto old =
            rows(BlobFamily::waiting, waiting_key({now.ms - unnamed_ms}, {}), most + 1);
        if (!old) return old.error();
        done_.more = done_.more || old->size() > most;
        for (std::size_t i = 0; i < std::min(old->size(), most); ++i)
            if (auto settled = settle((*old)[i]); !settled) return settled.error();
        return done_;
    }

  private:
    void forget_pins() {
        const std::lock_guard lock(blobs_.guard);
        const auto now = std::chrono::steady_clock::now();
        std::erase_if(blobs_.pinned, [&](const auto& pin) { return pin.second <= now; });
    }

    /// Returns up to `most` keys of a family, those below `to` when it is given.
    result<std::vector<std::string>> rows(BlobFamily family, std::string_view to,
                                          std::size_t most) const {
        rocksdb::ReadOptions options;
        const rocksdb::Slice bound = slice_of(to);
        if (!to.empty()) options.iterate_upper_bound = &bound;
        const std::unique_ptr<rocksdb::Iterator> at(
            blobs_.database->NewIterator(options, blobs_.family(family)));
        std::vector<std::string> keys;
        for (at->SeekToFirst(); at->Valid() && keys.size() < most; at->Next())
            keys.push_back(at->key().ToString());
        if (!at->status().ok()) return blobs_.error(at->status(), "read");
        return keys;
    }

    result<void> drop_unfinished(std::size_t most) {
        std::size_t under_way = 0;
        {
            const std::lock_guard lock(blobs_.guard);
            under_way = blobs_.under_way.size();
        }
        const auto ids = rows(BlobFamily::uploads, {}, most + under_way);
        if (!ids) return ids.error();
        rocksdb::WriteBatch batch;
        for (const std::string& id : *ids) {
            const std::lock_guard lock(blobs_.guard);
            if (blobs_.under_way.count(id) != 0) continue;
            remove_upload(blobs_, batch, id);
            ++done_.unfinished;
        }
        if (done_.unfinished == 0) return {};
        return blobs_.write(batch, false);
    }

    /// Decides on one content that has waited long enough for a case to name it.
    result<void> settle(const std::string& waiting) {
        Hash hash{};
        if (waiting.size() != 8 + hash.size()) return {};
        std::copy(waiting.begin() + 8, waiting.end(), hash.begin());
        const std::lock_guard order(blobs_.order);
        const auto manifest = blobs_.manifest_of(hash);
        if (!manifest) return manifest.error();
        const auto named = is_content_named(store_, hash);
        if (!named) return named.error();
        rocksdb::WriteBatch batch;
        batch.Delete(blobs_.family(BlobFamily::waiting), waiting);
        // Renewed since: its row stands further behind.
        const bool stale = !*manifest || waiting_key((*manifest)->renewed, hash) != waiting;
        if (*named && !stale) ++done_.named;
        if (*named || stale) return blobs_.write(batch, false);
        {
            const std::lock_guard lock(blobs_.guard);
            if (blobs_.is_pinned(hash)) return {};
            blobs_.removing.insert(hash);
        }
        batch.Delete(blobs_.family(BlobFamily::manifests), slice_of(view_of(hash)));
        remove_upload(blobs_, batch, (*manifest)->upload);
        auto written = blobs_.write(batch, false);
        const std::lock_guard lock(blobs_.guard);
        blobs_.removing.erase(hash);
        if (!written) return written;
        ++done_.removed;
        done_.bytes += (*manifest)->bytes;
        return {};
    }

    Blobs::Inside& blobs_;
    const Store& store_;
    BlobSweep done_;
};

}  // namespace

result<BlobSweep> Blobs::sweep(const Store& store, Instant now, std::size_t most) const {
    return Sweeper(*inside_, store).run(now, most);
}

// ── Verifying ────────────────────────────────────────────────────────────────────────────────
namespace {

constexpr std::size_t digits_told = 12;  ///< of a hash in a report

/// Adds a problem of a content. More people read reports than may know a hash, which is as good as
/// the content: the first digits tell an operator which one it is.
void add_problem(BlobReport& report, const Hash& hash, std::string problem) {
    const std::string whole = hex(view_of(hash));
    if (const std::size_t at = problem.find(whole); at != std::string::npos)
        problem.replace(at + digits_told, whole.size() - digits_told, "…");
    if (report.problems.size() < chain_problems_max)
        report.problems.push_back(std::move(problem));
    else
        ++report.problems_left_out;
}

/// Reads one content to its end. One that a sweep has removed meanwhile is passed over unless it is
/// `needed`.
void check_content(const Blobs& blobs, const Hash& hash, bool needed, BlobReport& report) {
    const auto reader = blobs.read(hash);
    if (!reader && reader.error().kind == ErrorKind::not_found && !needed) return;
    ++report.contents;
    if (!reader) return add_problem(report, hash, reader.error().message);
    for (;;) {
        const auto piece = (*reader)->next();
        if (!piece) return add_problem(report, hash, piece.error().message);
        if (piece->empty()) return;
        report.bytes += piece->size();
    }
}

/// Adds each content that a case names and that is not there; returns how many are named, each once
/// a partition.
result<std::uint64_t> add_missing(const Blobs::Inside& blobs, const Store& store,
                                  BlobReport& report) {
    std::uint64_t named = 0;
    std::optional<Error> failed;
    for (std::uint8_t partition = 0; partition < partitions; ++partition) {
        std::optional<Hash> last;
        const auto scanned = each_content_named(store, partition, [&](const Hash& hash, CaseId id) {
            if (last != hash) ++named;
            last = hash;
            const auto manifest = blobs.manifest_of(hash);
            if (!manifest && manifest.error().kind != ErrorKind::corrupt)
                failed = manifest.error();
            else if (!manifest)
                add_problem(report, hash, manifest.error().message);
            else if (!*manifest)
                add_problem(report, hash,
                            fmt::format("the content {} that case {} names is missing; restore it "
                                        "from a backup, or have it uploaded again",
                                        hex(view_of(hash)), id.text()));
            return !failed;
        });
        if (!scanned) return scanned.error();
        if (failed) return *failed;
    }
    return named;
}

}  // namespace

result<BlobReport> Blobs::verify(const std::vector<Hash>& hashes) const {
    BlobReport report;
    for (const Hash& hash : hashes) check_content(*this, hash, true, report);
    return report;
}

result<BlobReport> Blobs::verify(const Store& store) const {
    BlobReport report;
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> at(
        inside_->database->NewIterator(options, inside_->family(BlobFamily::manifests)));
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
        Hash hash{};
        if (at->key().size() != hash.size()) continue;
        std::copy_n(at->key().data(), hash.size(), hash.begin());
        check_content(*this, hash, false, report);
    }
    if (!at->status().ok()) return inside_->error(at->status(), "read");
    if (auto named = add_missing(*inside_, store, report); !named) return named.error();
    return report;
}

result<BlobReport> Blobs::verify_named(const Store& store) const {
    BlobReport report;
    const auto named = add_missing(*inside_, store, report);
    if (!named) return named.error();
    report.contents = *named;
    return report;
}

result<BlobReport> Blobs::verify_case(const Store& store, CaseId id) const {
    std::vector<Hash> hashes;
    const auto scanned =
        each_content_named(store, id.partition, [&](const Hash& hash, CaseId names) {
            if (names == id) hashes.push_back(hash);
            return true;
        });
    if (!scanned) return scanned.error();
    return verify(hashes);
}

}  // namespace countersign::store
