#pragma once
// The archive of the store: little-endian varints, no tracking, explicit variant numbers that are
// never reused, sizes checked against the bytes left before anything is allocated.
//
// A type has one `template <class Archive> void serialize(Archive&, unsigned version)` as with
// Boost.Serialization, whose xml_oarchive takes the same types (archive_xml.hpp). `version` is the
// byte of format that the record began with. An alternative of a variant names its number:
// `static constexpr unsigned number`.

#include "engine/base/field.hpp"
#include "engine/base/result.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace countersign {

/// What a writer of records needs from the store. Left empty (tests, plain encodings), personal
/// values are written open and large values in place.
struct ArchiveKeeping {
    std::function<std::string(std::string_view plain)> seal;  ///< personal bytes → sealed bytes
    std::function<std::string(std::string_view bytes)> keep;  ///< large value's bytes → its SHA-256
};

/// What a reader of records needs from the store.
struct ArchiveFetching {
    /// Sealed bytes → personal bytes; nothing when the key is gone (an erased case).
    std::function<std::optional<std::string>(std::string_view sealed)> open;
    std::function<result<std::string>(std::string_view sha256)> fetch;  ///< the reverse of `keep`
};

namespace archive_detail {
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class K, class V>
struct is_map<std::map<K, V>> : std::true_type {};
template <class T>
struct is_pair : std::false_type {};
template <class A, class B>
struct is_pair<std::pair<A, B>> : std::true_type {};
template <class T>
struct is_variant : std::false_type {};
template <class... T>
struct is_variant<std::variant<T...>> : std::true_type {};
}  // namespace archive_detail

/// Writes values to the end of a string. Not shared between threads.
class BinaryWriter {
  public:
    using is_for_store = std::true_type;
    using is_saving = std::true_type;
    using is_loading = std::false_type;

    /// `out` and `keeping` (may be null) must outlive the writer; `version` is the record's format.
    explicit BinaryWriter(std::string& out, unsigned version = 0,
                          const ArchiveKeeping* keeping = nullptr)
        : out_(out), version_(version), keeping_(keeping) {}

    template <class T>
    BinaryWriter& operator&(const boost::serialization::nvp<T>& field) {
        put(field.const_value());
        return *this;
    }
    template <class T>
    BinaryWriter& operator&(const T& value) {
        put(value);
        return *this;
    }

    void put_varint(std::uint64_t value) {
        while (value >= 0x80) {
            out_ += static_cast<char>(value | 0x80);
            value >>= 7;
        }
        out_ += static_cast<char>(value);
    }
    void put_bytes(std::string_view bytes) {
        put_varint(bytes.size());
        out_.append(bytes);
    }
    std::string& out() { return out_; }
    unsigned version() const { return version_; }
    const ArchiveKeeping* keeping() const { return keeping_; }

  private:
    template <class T>
    void put(const T& value) {
        using namespace archive_detail;
        if constexpr (std::is_same_v<T, bool>) {
            out_ += value ? '\1' : '\0';
        } else if constexpr (std::is_enum_v<T>) {
            put(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
            const auto wide = static_cast<std::int64_t>(value);
            put_varint(static_cast<std::uint64_t>(wide) << 1 ^
                       static_cast<std::uint64_t>(wide >> 63));
        } else if constexpr (std::is_integral_v<T>) {
            put_varint(value);
        } else if constexpr (std::is_same_v<T, double>) {
            std::uint64_t bits = 0;
            std::memcpy(&bits, &value, sizeof bits);
            for (unsigned i = 0; i < 8; ++i) out_ += static_cast<char>(bits >> (8 * i) & 0xff);
        } else if constexpr (std::is_same_v<T, std::string>) {
            put_bytes(value);
        } else if constexpr (is_vector<T>::value || is_map<T>::value) {
            put_varint(value.size());
            for (const auto& item : value) put(item);
        } else if constexpr (is_optional<T>::value) {
            out_ += value ? '\1' : '\0';
            if (value) put(*value);
        } else if constexpr (is_pair<T>::value) {
            put(value.first);
            put(value.second);
        } else if constexpr (is_variant<T>::value) {
            std::visit(
                [this](const auto& alternative) {
                    put_varint(std::decay_t<decltype(alternative)>::number);
                    put(alternative);
                },
                value);
        } else {
            const_cast<T&>(value).serialize(*this, version_);
        }
    }

    std::string& out_;
    unsigned version_;
    const ArchiveKeeping* keeping_;
};

/// Reads what BinaryWriter wrote and nothing else: a value has one encoding, so that bytes that
/// were hashed are the bytes that its value encodes to. After the first mistake every read gives a
/// default value and `ok()` is false; nothing is allocated beyond what the bytes left could hold.
/// Depth is bounded.
class BinaryReader {
  public:
    using is_for_store = std::true_type;
    using is_saving = std::false_type;
    using is_loading = std::true_type;

    /// The bytes and `fetching` (may be null) must outlive the reader.
    explicit BinaryReader(std::string_view bytes, unsigned version = 0,
                          const ArchiveFetching* fetching = nullptr)
        : left_(bytes), version_(version), fetching_(fetching) {}

    template <class T>
    BinaryReader& operator&(const boost::serialization::nvp<T>& field) {
        get(field.value());
        return *this;
    }
    template <class T>
    BinaryReader& operator&(T& value) {
        get(value);
        return *this;
    }

    bool ok() const { return ok_; }
    bool at_end() const { return left_.empty(); }
    std::string_view left() const { return left_; }
    unsigned version() const { return version_; }
    const ArchiveFetching* fetching() const { return fetching_; }
    const std::string& why() const { return why_; }
    void fail(std::string_view why) {
        if (ok_) why_ = why;
        ok_ = false;
        left_ = {};
    }

    std::uint64_t get_varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !left_.empty(); shift += 7) {
            const auto byte = static_cast<std::uint8_t>(left_.front());
            left_.remove_prefix(1);
            if (shift == 63 && byte > 1) break;
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte >= 0x80) continue;
            if (byte == 0 && shift > 0) break;  // a shorter encoding of the same number exists
            return value;
        }
        fail("a number is cut off, too large or longer than it needs to be");
        return 0;
    }
    /// Reads a size that says how many items of at least one byte follow.
    std::size_t get_size() {
        const std::uint64_t size = get_varint();
        if (size > left_.size()) {
            fail("a size exceeds the bytes left");
            return 0;
        }
        return static_cast<std::size_t>(size);
    }
    std::string_view get_bytes() {
        const std::size_t size = get_size();
        const std::string_view bytes = left_.substr(0, size);
        left_.remove_prefix(size);
        return bytes;
    }

    /// Guards recursion of types that hold themselves; false (and failed) beyond the bound.
    bool enter() {
        if (++depth_ <= depth_max) return true;
        fail("nested too deeply");
        return false;
    }
    void leave() { --depth_; }

  private:
    static constexpr int depth_max = 200;

    bool get_flag() {
        const std::uint64_t flag = get_varint();
        if (flag > 1) fail("a flag is neither 0 nor 1");
        return ok_ && flag == 1;
    }

    template <class T>
    void get_integer(T& value) {
        if constexpr (std::is_signed_v<T>) {
            const std::uint64_t raw = get_varint();
            const auto wide = static_cast<std::int64_t>(raw >> 1 ^ (~(raw & 1) + 1));
            value = static_cast<T>(wide);
            if (static_cast<std::int64_t>(value) != wide) fail("a number is out of its range");
        } else {
            const std::uint64_t wide = get_varint();
            value = static_cast<T>(wide);
            if (value != wide) fail("a number is out of its range");
        }
    }

    template <class T>
    void get(T& value) {
        using namespace archive_detail;
        if constexpr (std::is_same_v<T, bool>) {
            value = get_flag();
        } else if constexpr (std::is_enum_v<T>) {
            std::underlying_type_t<T> raw{};
            get(raw);
            value = static_cast<T>(raw);
        } else if constexpr (std::is_integral_v<T>) {
            get_integer(value);
        } else if constexpr (std::is_same_v<T, double>) {
            if (left_.size() < 8) return fail("a real number is cut off");
            std::uint64_t bits = 0;
            for (unsigned i = 0; i < 8; ++i)
                bits |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(left_[i])) << (8 * i);
            std::memcpy(&value, &bits, sizeof bits);
            left_.remove_prefix(8);
        } else if constexpr (std::is_same_v<T, std::string>) {
            value = std::string(get_bytes());
        } else if constexpr (is_vector<T>::value) {
            value.clear();
            const std::size_t size = get_size();
            for (std::size_t i = 0; i < size && ok_; ++i) get(value.emplace_back());
        } else if constexpr (is_map<T>::value) {
            value.clear();
            const std::size_t size = get_size();
            for (std::size_t i = 0; i < size && ok_; ++i) {
                std::pair<typename T::key_type, typename T::mapped_type> item;
                get(item);
                if (!value.empty() && !(value.rbegin()->first < item.first))
                    return fail("the keys of a map are out of order");
                value.emplace_hint(value.end(), std::move(item.first), std::move(item.second));
            }
        } else if constexpr (is_optional<T>::value) {
            value.reset();
            if (get_flag()) get(value.emplace());
        } else if constexpr (is_pair<T>::value) {
            get(value.first);
            get(value.second);
        } else if constexpr (is_variant<T>::value) {
            get_variant(value);
        } else {
            if (enter()) value.serialize(*this, version_);
            leave();
        }
    }

    template <class... T>
    void get_variant(std::variant<T...>& value) {
        const std::uint64_t number = get_varint();
        const bool known =
            ok_ && ((T::number == number && (get(value.template emplace<T>()), true)) || ...);
        if (!known) fail("an alternative has an unknown number");
    }

    std::string_view left_;
    unsigned version_;
    const ArchiveFetching* fetching_;
    std::string why_;
    bool ok_ = true;
    int depth_ = 0;
};

/// Whether a record of format `version` has the members that came with format `since`. Dumps, which
/// only people read, always show all.
template <class Archive>
bool has_since(unsigned version, unsigned since) {
    constexpr bool is_stored =
        std::is_same_v<Archive, BinaryWriter> || std::is_same_v<Archive, BinaryReader>;
    return !is_stored || version >= since;
}

/// Returns the archive's bytes of `value`, without a byte of format.
template <class T>
std::string encode(const T& value, unsigned version = 0, const ArchiveKeeping* keeping = nullptr) {
    std::string out;
    BinaryWriter writer(out, version, keeping);
    writer& value;
    return out;
}

/// Reads all of `bytes` as a T; ErrorKind::corrupt when they are not one or something is left over.
template <class T>
result<T> decode(std::string_view bytes, unsigned version = 0,
                 const ArchiveFetching* fetching = nullptr) {
    T value{};
    BinaryReader reader(bytes, version, fetching);
    reader& value;
    if (!reader.ok())
        return failure(ErrorKind::corrupt, "cannot read a stored record: " + reader.why());
    if (!reader.at_end())
        return failure(ErrorKind::corrupt, "cannot read a stored record: bytes are left over");
    return value;
}

}  // namespace countersign
