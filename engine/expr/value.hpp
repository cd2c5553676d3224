#pragma once
// expr::Value: the value of CEL and of every form, input and result. Immutable and shared; a copy
// is a reference count. One canonical encoding; JSON only at the borders (json.hpp).

#include "engine/base/archive.hpp"
#include "engine/base/time.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::expr {

/// What a value is. The numbers are stored: never reused.
enum class Kind : std::uint8_t {
    null = 0,
    boolean = 1,
    integer = 2,           ///< int64
    unsigned_integer = 3,  ///< uint64 (CEL uint)
    real = 4,              ///< double
    string = 5,            ///< UTF-8
    bytes = 6,
    list = 7,
    map = 8,        ///< keys bool, int, uint or string; ordered by key
    timestamp = 9,  ///< nanoseconds would overflow int64: kept as seconds and nanoseconds
    duration = 10,  ///< CEL duration: seconds and nanoseconds
    money = 11,     ///< CNY in fen, int64
    type = 12,      ///< the value of type(x); as_string() is its name
    optional = 13,  ///< CEL optional; empty or holding one value
    erased = 14,    ///< a personal value whose key was destroyed
};

/// Seconds and nanoseconds of a timestamp (since 1970) or a duration. 0 <= nanos < 10^9.
struct Seconds {
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
    auto operator<=>(const Seconds&) const = default;
};

class Value;
using Entry = std::pair<Value, Value>;

class Value {
  public:
    Value() = default;  ///< null

    static Value boolean(bool value);
    static Value integer(std::int64_t value);
    static Value unsigned_integer(std::uint64_t value);
    static Value real(double value);
    static Value string(std::string value);
    static Value bytes(std::string value);
    static Value list(std::vector<Value> items);
    /// Sorts by key; of equal keys the last wins (callers that must refuse duplicates do so
    /// before).
    static Value map(std::vector<Entry> entries);
    /// A map with string keys: what forms, inputs and results are.
    static Value record(std::vector<std::pair<std::string, Value>> fields);
    static Value timestamp(Seconds since_1970);
    static Value instant(Instant at);  ///< a timestamp
    static Value duration(Seconds length);
    static Value money(std::int64_t fen);
    static Value type(std::string name);
    static Value none();             ///< the empty optional
    static Value some(Value value);  ///< an optional that holds `value`
    static Value erased();

    Kind kind() const { return kind_; }
    bool is(Kind kind) const { return kind_ == kind; }
    bool is_null() const { return kind_ == Kind::null; }

    /// Marks scalars (and scalars inside lists and maps) as personal: sealed on disk, masked in
    /// outputs. The evaluator carries the mark into whatever is computed from a marked scalar,
    /// but not into booleans.
    Value marked_personal() const;
    /// Whether this scalar is marked; always false of lists and maps, whose parts may be.
    bool personal() const { return personal_; }
    /// Whether this value or any part of it is marked.
    bool holds_personal() const;

    // Each CHECKs the kind.
    bool as_boolean() const;
    std::int64_t as_integer() const;
    std::uint64_t as_unsigned() const;
    double as_real() const;
    const std::string& as_string() const;  ///< string, bytes, or the name of a type
    Seconds as_seconds() const;            ///< timestamp or duration
    Instant as_instant() const;            ///< timestamp, cut to milliseconds
    std::int64_t as_fen() const;
    std::span<const Value> items() const;    ///< of a list
    std::span<const Entry> entries() const;  ///< of a map, ordered by key
    const Value* held() const;               ///< of an optional; null when empty

    /// Levels of lists, maps and optionals: 0 of a scalar.
    unsigned depth() const;
    /// What going over the whole value costs: 1 a part and 1 for every 64 bytes of text. Parts that
    /// are shared count as often as they occur.
    std::uint64_t weight() const;

    std::size_t size() const;  ///< items, entries, bytes of bytes, or characters of a string
    /// Returns the entry of a string key, or null. Null also when this is no map.
    const Value* find(std::string_view key) const;
    /// Returns the entry of a key by CEL equality (1, 1u and 1.0 are one key), or null.
    const Value* find(const Value& key) const;
    /// Follows a path of string keys, e.g. {"site", "address"}; null where it breaks off.
    const Value* at(std::span<const std::string> path) const;

    /// Returns this map with `key` set to `value`. CHECKs that it is a map or null.
    Value with(std::string_view key, Value value) const;

    /// CEL equality: numbers across kinds by value, maps and lists deeply, NaN never equal.
    /// Personal marks do not count.
    friend bool operator==(const Value& a, const Value& b);

    /// Total order by kind and content, for canonical sorting; not CEL's `<`.
    static std::strong_ordering order(const Value& a, const Value& b);

    /// The canonical encoding. Marked scalars are sealed by the writer's ArchiveKeeping::seal if
    /// there is one; a reader that cannot open one reads `erased`, marked personal.
    void write(BinaryWriter& out) const;
    static Value read(BinaryReader& in);

    template <class Archive>
    void serialize(Archive& ar, unsigned) {
        if constexpr (std::is_same_v<Archive, BinaryWriter>) {
            write(ar);
        } else if constexpr (std::is_same_v<Archive, BinaryReader>) {
            *this = read(ar);
        } else {
            std::string text = dump_text();
            ar& make_field("text", text);
        }
    }
    /// Returns one line for dumps and failure messages, personal scalars masked.
    std::string dump_text() const;

  private:
    struct Node;
    explicit Value(Kind kind) : kind_(kind) {}
    static Value with_node(Kind kind, std::shared_ptr<const Node> node);
    void write_plain(BinaryWriter& out) const;
    static Value read_content(BinaryReader& in, Kind kind);

    Kind kind_ = Kind::null;
    bool personal_ = false;
    std::int32_t nanos_ = 0;
    union Small {
        std::int64_t integer;
        std::uint64_t unsigned_integer;
        double real;
    } small_{0};
    std::shared_ptr<const Node> node_;
};

/// A value that may be large: in an archive with ArchiveKeeping::keep, an encoding above
/// `inline_bytes_max` becomes a record of its own (the store's family `values`) and only its
/// SHA-256 stands in the event or snapshot.
struct StoredValue {
    static constexpr std::size_t inline_bytes_max = 64;
    Value value;

    template <class Archive>
    void serialize(Archive& ar, unsigned version) {
        if constexpr (std::is_same_v<Archive, BinaryWriter>) {
            write(ar);
        } else if constexpr (std::is_same_v<Archive, BinaryReader>) {
            read(ar);
        } else {
            value.serialize(ar, version);
        }
    }
    void write(BinaryWriter& out) const;
    void read(BinaryReader& in);
};

}  // namespace countersign::expr
