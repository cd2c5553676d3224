#pragma once
// How archives reach the store: sealing of personal values and rows for large ones (README.md,
// "Records"). Used inside this room.

#include "engine/base/archive.hpp"
#include "engine/store/journal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::store {

/// The byte of format that all archives in the store begin with today.
inline constexpr unsigned char archive_format = 0;

/// Seals personal values with `secret`, and refers to large ones by hash. With a batch their rows
/// are added to it; without one they are in the store already. All must outlive it. Not movable.
class Keeping {
  public:
    Keeping(CaseId id, const CaseSecret& secret, Batch* batch);
    Keeping(const Keeping&) = delete;
    Keeping& operator=(const Keeping&) = delete;
    const ArchiveKeeping& archive() const { return archive_; }

  private:
    std::string seal(std::string_view plain) const;
    std::string keep(std::string_view bytes);

    CaseId id_;
    const CaseSecret& secret_;
    Batch* batch_;
    ArchiveKeeping archive_;
};

/// The way back. Without a secret (an erased case) sealed values read as erased.
class Fetching {
  public:
    Fetching(const Store& store, CaseId id, std::optional<CaseSecret> secret);
    Fetching(const Fetching&) = delete;
    Fetching& operator=(const Fetching&) = delete;
    const ArchiveFetching& archive() const { return archive_; }

  private:
    std::optional<std::string> open(std::string_view sealed) const;
    result<std::string> fetch(std::string_view hash) const;

    const Store& store_;
    CaseId id_;
    std::optional<CaseSecret> secret_;
    ArchiveFetching archive_;
};

/// Returns the case's key, or nothing when it has none (any more).
result<std::optional<CaseSecret>> read_secret(const Store& store, CaseId id);

/// The format of a row's type: its own where it has grown, else that of all.
template <class T>
constexpr unsigned row_format() {
    if constexpr (requires { T::format; })
        return T::format;
    else
        return archive_format;
}

/// Returns a row: the byte of format and the archive.
template <class T>
std::string encode_row(const T& value, const ArchiveKeeping* keeping = nullptr) {
    std::string out(1, static_cast<char>(row_format<T>()));
    BinaryWriter writer(out, row_format<T>(), keeping);
    writer& value;
    return out;
}

/// Reads encode_row(); `what` names the row in messages.
template <class T>
result<T> decode_row(std::string_view bytes, std::string_view what,
                     const ArchiveFetching* fetching = nullptr) {
    if (bytes.empty() || static_cast<unsigned char>(bytes.front()) > row_format<T>())
        return failure(ErrorKind::corrupt, std::string(what) + ": the format is unknown");
    const auto format = static_cast<unsigned char>(bytes.front());
    auto value = decode<T>(bytes.substr(1), format, fetching);
    if (!value)
        return failure(value.error().kind, std::string(what) + ": " + value.error().message);
    return value;
}

}  // namespace countersign::store
