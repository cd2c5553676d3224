// Batches: one arena of bytes and a list of where each change lies in it.
#include "engine/base/check.hpp"
#include "engine/store/store.hpp"

namespace countersign::store {

namespace {

/// Whether the family's keys are written once and removed once.
bool is_once(Family family) { return family == Family::calls || family == Family::tasks; }

}  // namespace

void Batch::add(Family family, Kind kind, std::string_view key, std::string_view value) {
    entries_.push_back({family, kind, arena_.size(), key.size(), value.size()});
    arena_.append(key).append(value);
}

void Batch::put(Family family, std::string_view key, std::string_view value) {
    add(family, Kind::put, key, value);
}

void Batch::remove(Family family, std::string_view key) {
    CHECK(!is_once(family));
    add(family, Kind::remove, key, {});
}

void Batch::remove_single(Family family, std::string_view key) {
    CHECK(is_once(family));
    add(family, Kind::remove_single, key, {});
}

void Batch::append(const Batch& other) {
    CHECK(&other != this);
    const std::size_t start = arena_.size();
    arena_ += other.arena_;
    entries_.reserve(entries_.size() + other.entries_.size());
    for (Entry entry : other.entries_) {
        entry.key_at += start;
        entries_.push_back(entry);
    }
}

void Batch::clear() {
    arena_.clear();
    entries_.clear();
}

Batch::Change Batch::change(std::size_t index) const {
    const Entry& entry = entries_[index];
    const std::string_view arena(arena_);
    return {entry.family, entry.kind, arena.substr(entry.key_at, entry.key_size),
            arena.substr(entry.key_at + entry.key_size, entry.value_size)};
}

std::string after_prefix(std::string_view prefix) {
    std::string after(prefix);
    while (!after.empty() && after.back() == '\xff') after.pop_back();
    if (!after.empty())
        after.back() = static_cast<char>(static_cast<unsigned char>(after.back()) + 1);
    return after;
}

}  // namespace countersign::store
