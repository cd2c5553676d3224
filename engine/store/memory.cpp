// The in-memory twin. A key holds its versions by commit number; a scan reads at the number at
// which it began, and versions that no scan can see are dropped when their key is next written or
// when the last scan ends.
#include "engine/store/memory.hpp"

#include "engine/base/archive.hpp"
#include "engine/base/check.hpp"
#include "engine/store/meta.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>

namespace countersign::store {

namespace {

struct Version {
    std::uint64_t number = 0;
    std::optional<std::string> value;  ///< nothing: removed
};
using Versions = std::vector<Version>;  ///< oldest first, never empty
using Rows = std::map<std::string, Versions, std::less<>>;

const Version* seen_at(const Versions& versions, std::uint64_t number) {
    for (auto at = versions.rbegin(); at != versions.rend(); ++at)
        if (at->number <= number) return at->value ? &*at : nullptr;
    return nullptr;
}

class MemoryStore final : public Store {
  public:
    MemoryStore() = default;

    result<Committed> commit(const Batch& batch) override {
        const std::unique_lock lock(mutex_);
        const std::uint64_t number = number_ + 1;
        for (std::size_t i = 0; i < batch.size(); ++i) apply(batch.change(i), number);
        number_ = number;
        return Committed{++commits_};
    }

    result<std::optional<std::string>> get(Family family, std::string_view key) const override {
        const std::shared_lock lock(mutex_);
        const Rows& rows = rows_[static_cast<std::size_t>(family)];
        const auto found = rows.find(key);
        if (found == rows.end()) return std::optional<std::string>();
        return found->second.back().value;
    }

    result<void> scan(Family family, std::string_view from, std::string_view to,
                      const Visitor& visit) const override {
        return visit_rows(family, std::string(from), std::string(to), visit, false);
    }

    result<void> scan_back(Family family, std::string_view from, std::string_view to,
                           const Visitor& visit) const override {
        return visit_rows(family, std::string(from), std::string(to), visit, true);
    }

    std::string statistics() const override {
        const std::shared_lock lock(mutex_);
        std::size_t count = 0;
        for (const Rows& rows : rows_) count += rows.size();
        return fmt::format("in memory: {} rows, {} commits\n", count, commits_);
    }

    std::unique_ptr<Store> copy() const {
        auto other = std::make_unique<MemoryStore>();
        const std::shared_lock lock(mutex_);
        other->number_ = number_;
        for (std::size_t family = 0; family < families; ++family) {
            for (const auto& [key, versions] : rows_[family]) {
                if (versions.back().value)
                    other->rows_[family].emplace(key, Versions{versions.back()});
            }
        }
        return other;
    }

  private:
    struct Chunk {
        std::vector<std::pair<std::string, std::string>> rows;
        bool last = false;
    };

    /// A scan's hold on the versions that it may still read.
    struct Hold {
        explicit Hold(const MemoryStore& owner) : store(owner) {
            const std::unique_lock lock(store.mutex_);
            number = store.number_;
            store.held_.insert(number);
        }
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;
        ~Hold() {
            const std::unique_lock lock(store.mutex_);
            store.held_.erase(store.held_.find(number));
            if (store.held_.empty()) store.sweep();
        }
        const MemoryStore& store;
        std::uint64_t number = 0;
    };

    void apply(const Batch::Change& change, std::uint64_t number) {
        Rows& rows = rows_[static_cast<std::size_t>(change.family)];
        auto at = rows.find(change.key);
        const bool there = at != rows.end() && at->second.back().value;
        const bool once = change.family == Family::calls || change.family == Family::tasks;
        const bool put = change.kind == Batch::Kind::put;
        CHECK(!once || there != put);
        if (!put && !there) return;
        if (at == rows.end()) at = rows.emplace(change.key, Versions()).first;
        Versions& versions = at->second;
        if (held_.empty()) {
            if (!put) {
                rows.erase(at);
                return;
            }
            versions.clear();
        } else if (!versions.empty() || !put) {
            littered_.emplace_back(change.family, std::string(change.key));
        }
        if (!versions.empty() && versions.back().number == number) versions.pop_back();
        versions.push_back({number, put ? std::optional<std::string>(change.value) : std::nullopt});
    }

    /// Drops what only scans that have ended could see.
    void sweep() const {
        for (const auto& [family, key] : littered_) {
            Rows& rows = rows_[static_cast<std::size_t>(family)];
            const auto at = rows.find(key);
            if (at == rows.end()) continue;
            Versions& versions = at->second;
            if (!versions.back().value)
                rows.erase(at);
            else if (versions.size() > 1)
                versions.erase(versions.begin(), versions.end() - 1);
        }
        littered_.clear();
    }

    /// Copies some rows out, so that the visitor runs without the lock and may use the store.
    Chunk chunk(Family family, const std::string& from, const std::string& to, bool back,
                std::uint64_t number, std::size_t most) const {
        const std::shared_lock lock(mutex_);
        const Rows& rows = rows_[static_cast<std::size_t>(family)];
        Chunk out;
        auto low = rows.lower_bound(from);
        auto high = to.empty() ? rows.end() : rows.lower_bound(to);
        if (!to.empty() && from >= to) low = high;
        while (low != high && out.rows.size() < most) {
            const auto& [key, versions] = back ? *--high : *low++;
            if (const Version* version = seen_at(versions, number))
                out.rows.emplace_back(key, *version->value);
        }
        out.last = low == high;
        return out;
    }

    result<void> visit_rows(Family family, std::string from, std::string to, const Visitor& visit,
                            bool back) const {
        const Hold hold(*this);
        for (std::size_t most = 4;; most = std::min<std::size_t>(most * 4, 256)) {
            const Chunk part = chunk(family, from, to, back, hold.number, most);
            for (const auto& [key, value] : part.rows)
                if (!visit(key, value)) return {};
            if (part.last) return {};
            if (back)
                to = part.rows.back().first;
            else
                from = part.rows.back().first + '\0';
        }
    }

    mutable std::shared_mutex mutex_;
    mutable std::array<Rows, families> rows_;
    mutable std::multiset<std::uint64_t> held_;  ///< commit numbers that running scans read at
    mutable std::vector<std::pair<Family, std::string>>
        littered_;  ///< keys with more than one version
    std::uint64_t number_ = 0;
    std::uint64_t commits_ = 0;
};

}  // namespace

std::unique_ptr<Store> make_memory_store() {
    auto store = std::make_unique<MemoryStore>();
    CHECK(prepare_meta(*store, "memory").has_value());
    return store;
}

std::unique_ptr<Store> clone(const Store& store) {
    const auto* memory = dynamic_cast<const MemoryStore*>(&store);
    CHECK(memory != nullptr);
    return memory->copy();
}

result<std::string> dump(const Store& store) {
    std::string out;
    BinaryWriter writer(out);
    for (std::size_t family = 0; family < families; ++family) {
        const auto scanned = store.scan(static_cast<Family>(family), {}, {},
                                        [&](std::string_view key, std::string_view value) {
                                            writer.put_varint(family);
                                            writer.put_bytes(key);
                                            writer.put_bytes(value);
                                            return true;
                                        });
        if (!scanned) return scanned.error();
    }
    return out;
}

result<std::unique_ptr<Store>> load_memory_store(std::string_view bytes) {
    auto store = std::make_unique<MemoryStore>();
    BinaryReader reader(bytes);
    std::set<std::pair<std::size_t, std::string>> seen;
    Batch batch;
    while (reader.ok() && !reader.at_end()) {
        const std::uint64_t family = reader.get_varint();
        const std::string_view key = reader.get_bytes();
        const std::string_view value = reader.get_bytes();
        if (!reader.ok()) break;
        if (family >= families || !seen.emplace(family, key).second)
            return failure(ErrorKind::corrupt,
                           "the dump of a store has an unknown family or a key twice");
        batch.put(static_cast<Family>(family), key, value);
    }
    if (!reader.ok())
        return failure(ErrorKind::corrupt,
                       "the dump of a store does not read back: " + reader.why());
    const auto committed = store->commit(batch);
    if (!committed) return committed.error();
    const auto prepared = prepare_meta(*store, "the dump of a store");
    if (!prepared) return prepared.error();
    return result<std::unique_ptr<Store>>(std::move(store));
}

}  // namespace countersign::store
