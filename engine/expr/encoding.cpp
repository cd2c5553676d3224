// The archive's bytes of values (README.md gives the format) and of stored values.
#include <cmath>

#include "engine/base/check.hpp"
#include "engine/expr/numbers.hpp"
#include "engine/expr/value_node.hpp"

namespace countersign::expr {

namespace {

// The first byte of a value stays below 0x80, so that it is a varint of one byte.
constexpr std::uint8_t sealed_flag = 0x20;
constexpr std::uint8_t personal_flag = 0x10;
constexpr std::size_t sha256_bytes = 32;

void put_byte(BinaryWriter& out, std::uint8_t byte) { out.out() += static_cast<char>(byte); }

std::uint64_t zigzag(std::int64_t value) {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t unzigzag(std::uint64_t raw) {
    return static_cast<std::int64_t>(raw >> 1 ^ (~(raw & 1) + 1));
}

std::uint8_t get_byte(BinaryReader& in) {
    const std::uint64_t byte = in.get_varint();
    if (byte >= 0x80) in.fail("a value begins with an unknown byte");
    return in.ok() ? static_cast<std::uint8_t>(byte) : 0;
}

std::vector<Value> read_items(BinaryReader& in) {
    std::vector<Value> items;
    const std::size_t size = in.get_size();
    for (std::size_t i = 0; i < size && in.ok(); ++i) items.push_back(Value::read(in));
    return items;
}

Value read_map(BinaryReader& in) {
    std::vector<Entry> entries;
    const std::size_t size = in.get_size();
    for (std::size_t i = 0; i < size && in.ok(); ++i) {
        Value key = Value::read(in);
        Value value = Value::read(in);
        if (!is_key(key.kind()) && !key.is(Kind::erased))
            in.fail("a map has a key of a wrong kind");
        entries.emplace_back(std::move(key), std::move(value));
    }
    return in.ok() ? Value::map(std::move(entries)) : Value();
}

Value read_seconds(BinaryReader& in, Kind kind) {
    Seconds seconds;
    seconds.seconds = unzigzag(in.get_varint());
    const std::uint64_t nanos = in.get_varint();
    if (nanos >= 1'000'000'000) in.fail("a time has too many nanoseconds");
    if (!in.ok()) return {};
    seconds.nanos = static_cast<std::int32_t>(nanos);
    const bool fits = kind == Kind::timestamp ? is_timestamp(seconds) : is_duration(seconds);
    if (!fits) in.fail("a time is out of its range");
    if (!fits) return {};
    return kind == Kind::timestamp ? Value::timestamp(seconds) : Value::duration(seconds);
}

Value read_optional(BinaryReader& in) {
    std::vector<Value> held = read_items(in);
    if (held.size() > 1) in.fail("an optional holds more than one value");
    return held.empty() ? Value::none() : Value::some(std::move(held.front()));
}

}  // namespace

void Value::write_plain(BinaryWriter& out) const {
    put_byte(out, static_cast<std::uint8_t>(kind_) | (personal_ ? personal_flag : 0));
    switch (kind_) {
        case Kind::null:
        case Kind::erased:
            return;
        case Kind::boolean:
            put_byte(out, small_.integer != 0 ? 1 : 0);
            return;
        case Kind::integer:
        case Kind::money:
            out.put_varint(zigzag(small_.integer));
            return;
        case Kind::unsigned_integer:
            out.put_varint(small_.unsigned_integer);
            return;
        case Kind::real: {
            // One encoding of NaN: its sign and payload differ between machines.
            const double number = std::isnan(small_.real) ? std::nan("") : small_.real;
            out& number;
            return;
        }
        case Kind::string:
        case Kind::bytes:
        case Kind::type:
            out.put_bytes(as_string());
            return;
        case Kind::list:
        case Kind::optional: {
            const auto& items = std::get<std::vector<Value>>(node_->content);
            out.put_varint(items.size());
            for (const Value& item : items) item.write(out);
            return;
        }
        case Kind::map:
            out.put_varint(entries().size());
            for (const auto& [key, value] : entries()) {
                key.write(out);
                value.write(out);
            }
            return;
        case Kind::timestamp:
        case Kind::duration:
            out.put_varint(zigzag(small_.integer));
            out.put_varint(static_cast<std::uint64_t>(nanos_));
            return;
    }
}

void Value::write(BinaryWriter& out) const {
    const ArchiveKeeping* keeping = out.keeping();
    // What is erased already has nothing left to seal.
    if (!personal_ || kind_ == Kind::erased || !keeping || !keeping->seal) return write_plain(out);
    std::string plain;
    BinaryWriter writer(plain, out.version());
    write_plain(writer);
    put_byte(out, sealed_flag);
    out.put_bytes(keeping->seal(plain));
}

Value Value::read_content(BinaryReader& in, Kind kind) {
    switch (kind) {
        case Kind::null:
            return {};
        case Kind::boolean:
            return boolean(get_byte(in) != 0);
        case Kind::integer:
            return integer(unzigzag(in.get_varint()));
        case Kind::unsigned_integer:
            return unsigned_integer(in.get_varint());
        case Kind::real: {
            double number = 0;
            in& number;
            return real(number);
        }
        case Kind::string:
            return string(std::string(in.get_bytes()));
        case Kind::bytes:
            return bytes(std::string(in.get_bytes()));
        case Kind::list:
            return list(read_items(in));
        case Kind::map:
            return read_map(in);
        case Kind::timestamp:
        case Kind::duration:
            return read_seconds(in, kind);
        case Kind::money:
            return money(unzigzag(in.get_varint()));
        case Kind::type:
            return type(std::string(in.get_bytes()));
        case Kind::optional:
            return read_optional(in);
        case Kind::erased:
            return erased();
    }
    in.fail("a value has an unknown kind");
    return {};
}

Value Value::read(BinaryReader& in) {
    Value value;
    if (in.enter()) {
        const std::uint8_t byte = get_byte(in);
        if (byte == sealed_flag) {
            const std::string_view sealed = in.get_bytes();
            const ArchiveFetching* fetching = in.fetching();
            const auto plain =
                in.ok() && fetching && fetching->open ? fetching->open(sealed) : std::nullopt;
            if (plain) {
                BinaryReader inner(*plain, in.version());
                value = read_content(inner, static_cast<Kind>(get_byte(inner) & ~personal_flag));
                if (!inner.ok() || !inner.at_end()) in.fail("a sealed value does not read back");
            } else {
                value = erased();
            }
            value.personal_ = true;
        } else {
            value = read_content(in, static_cast<Kind>(byte & ~personal_flag));
            value.personal_ = (byte & personal_flag) != 0;
        }
    }
    in.leave();
    return in.ok() ? value : Value();
}

void StoredValue::write(BinaryWriter& out) const {
    std::string& bytes = out.out();
    const std::size_t start = bytes.size();
    put_byte(out, 0);
    value.write(out);
    const ArchiveKeeping* keeping = out.keeping();
    if (bytes.size() - start - 1 <= inline_bytes_max || !keeping || !keeping->keep) return;
    const std::string hash = keeping->keep(std::string_view(bytes).substr(start + 1));
    CHECK(hash.size() == sha256_bytes);
    bytes.resize(start);
    put_byte(out, 1);
    out.put_bytes(hash);
}

void StoredValue::read(BinaryReader& in) {
    const std::uint8_t tag = get_byte(in);
    if (!in.ok()) return;
    if (tag == 0) {
        value = Value::read(in);
        return;
    }
    const std::string_view hash = in.get_bytes();
    if (tag != 1 || hash.size() != sha256_bytes) return in.fail("a stored value has a wrong tag");
    if (!in.fetching() || !in.fetching()->fetch)
        return in.fail("a large value cannot be fetched here");
    const result<std::string> bytes = in.fetching()->fetch(hash);
    if (!bytes) return in.fail("a large value is missing: " + bytes.error().message);
    BinaryReader inner(*bytes, in.version(), in.fetching());
    value = Value::read(inner);
    if (!inner.ok()) return in.fail("a large value cannot be read: " + inner.why());
    if (!inner.at_end()) in.fail("a large value has bytes left over");
}

}  // namespace countersign::expr
