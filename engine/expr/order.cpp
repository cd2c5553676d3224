// The total order of values, CEL's equality, and finding a key by it. Numbers of the three kinds
// compare by their exact value: an int64 that a double cannot hold is not equal to its rounding.
#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/base/check.hpp"
#include "engine/expr/numbers.hpp"
#include "engine/expr/value_node.hpp"

namespace countersign::expr {

namespace {

bool is_number(Kind kind) {
    return kind == Kind::integer || kind == Kind::unsigned_integer || kind == Kind::real;
}

/// Numbers share a rank, so that equal keys of different kinds stand side by side in a map. They
/// come before strings, which Value::find relies on.
int rank(Kind kind) {
    return is_number(kind) ? static_cast<int>(Kind::integer) : static_cast<int>(kind);
}

std::partial_ordering compare_signed_real(std::int64_t a, double b) {
    if (std::isnan(b)) return std::partial_ordering::unordered;
    if (b >= two_to_63) return std::partial_ordering::less;
    if (b < -two_to_63) return std::partial_ordering::greater;
    const double whole = std::trunc(b);
    const auto cut = static_cast<std::int64_t>(whole);
    if (a != cut) return a <=> cut;
    return whole <=> b;
}

std::partial_ordering compare_unsigned_real(std::uint64_t a, double b) {
    if (std::isnan(b)) return std::partial_ordering::unordered;
    if (b >= two_to_64) return std::partial_ordering::less;
    if (b < 0) return std::partial_ordering::greater;
    const double whole = std::trunc(b);
    const auto cut = static_cast<std::uint64_t>(whole);
    if (a != cut) return a <=> cut;
    return whole <=> b;
}

std::partial_ordering compare_signed_unsigned(std::int64_t a, std::uint64_t b) {
    if (a < 0) return std::partial_ordering::less;
    return static_cast<std::uint64_t>(a) <=> b;
}

std::partial_ordering reversed(std::partial_ordering order) { return 0 <=> order; }

/// Orders reals totally: -0.0 before 0.0, NaN last.
std::strong_ordering order_real(double a, double b) {
    const std::partial_ordering by_value = a <=> b;
    if (by_value < 0) return std::strong_ordering::less;
    if (by_value > 0) return std::strong_ordering::greater;
    if (std::isnan(a) != std::isnan(b))
        return std::isnan(a) ? std::strong_ordering::greater : std::strong_ordering::less;
    return std::bit_cast<std::int64_t>(a) <=> std::bit_cast<std::int64_t>(b);
}

std::strong_ordering order_numbers(const Value& a, const Value& b) {
    if (a.kind() == b.kind() && a.is(Kind::real)) return order_real(a.as_real(), b.as_real());
    const std::partial_ordering by_value = compare_numbers(a, b);
    if (by_value < 0) return std::strong_ordering::less;
    if (by_value > 0) return std::strong_ordering::greater;
    if (by_value == std::partial_ordering::unordered)  // NaN and a number of another kind
        return a.is(Kind::real) ? std::strong_ordering::greater : std::strong_ordering::less;
    return a.kind() <=> b.kind();
}

std::strong_ordering order_items(std::span<const Value> a, std::span<const Value> b) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        if (const auto order = Value::order(a[i], b[i]); order != 0) return order;
    return a.size() <=> b.size();
}

std::strong_ordering order_entries(std::span<const Entry> a, std::span<const Entry> b) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        if (const auto order = Value::order(a[i].first, b[i].first); order != 0) return order;
        if (const auto order = Value::order(a[i].second, b[i].second); order != 0) return order;
    }
    return a.size() <=> b.size();
}

std::span<const Value> held_as_items(const Value& optional) {
    const Value* held = optional.held();
    return held ? std::span<const Value>(held, 1) : std::span<const Value>();
}

}  // namespace

std::partial_ordering compare_numbers(const Value& a, const Value& b) {
    switch (a.kind()) {
        case Kind::integer:
            if (b.is(Kind::integer)) return a.as_integer() <=> b.as_integer();
            if (b.is(Kind::unsigned_integer))
                return compare_signed_unsigned(a.as_integer(), b.as_unsigned());
            return compare_signed_real(a.as_integer(), b.as_real());
        case Kind::unsigned_integer:
            if (b.is(Kind::unsigned_integer)) return a.as_unsigned() <=> b.as_unsigned();
            if (b.is(Kind::integer))
                return reversed(compare_signed_unsigned(b.as_integer(), a.as_unsigned()));
            return compare_unsigned_real(a.as_unsigned(), b.as_real());
        case Kind::real:
            if (b.is(Kind::real)) return a.as_real() <=> b.as_real();
            if (b.is(Kind::integer))
                return reversed(compare_signed_real(b.as_integer(), a.as_real()));
            return reversed(compare_unsigned_real(b.as_unsigned(), a.as_real()));
        case Kind::null:
        case Kind::boolean:
        case Kind::string:
        case Kind::bytes:
        case Kind::list:
        case Kind::map:
        case Kind::timestamp:
        case Kind::duration:
        case Kind::money:
        case Kind::type:
        case Kind::optional:
        case Kind::erased:
            break;
    }
    CHECK(false && "compare_numbers takes numbers");
    return std::partial_ordering::unordered;
}

std::strong_ordering Value::order(const Value& a, const Value& b) {
    if (rank(a.kind_) != rank(b.kind_)) return rank(a.kind_) <=> rank(b.kind_);
    switch (a.kind_) {
        case Kind::null:
        case Kind::erased:
            return std::strong_ordering::equal;
        case Kind::boolean:
        case Kind::money:
            return a.small_.integer <=> b.small_.integer;
        case Kind::integer:
        case Kind::unsigned_integer:
        case Kind::real:
            return order_numbers(a, b);
        case Kind::string:
        case Kind::bytes:
        case Kind::type:
            return a.as_string() <=> b.as_string();
        case Kind::list:
            return order_items(a.items(), b.items());
        case Kind::map:
            return order_entries(a.entries(), b.entries());
        case Kind::timestamp:
        case Kind::duration:
            return a.as_seconds() <=> b.as_seconds();
        case Kind::optional:
            return order_items(held_as_items(a), held_as_items(b));
    }
    CHECK(false && "a value has an unknown kind");
    return std::strong_ordering::equal;
}

bool operator==(const Value& a, const Value& b) {
    if (is_number(a.kind_) && is_number(b.kind_)) return compare_numbers(a, b) == 0;
    if (a.kind_ != b.kind_) return false;
    switch (a.kind_) {
        case Kind::null:
        case Kind::erased:
            return true;
        case Kind::boolean:
        case Kind::money:
            return a.small_.integer == b.small_.integer;
        case Kind::string:
        case Kind::bytes:
        case Kind::type:
            return a.as_string() == b.as_string();
        // No pointer comparison here: a list that holds NaN is not equal to itself.
        case Kind::list:
            return std::ranges::equal(a.items(), b.items());
        case Kind::map:
            return std::ranges::equal(a.entries(), b.entries());
        case Kind::timestamp:
        case Kind::duration:
            return a.as_seconds() == b.as_seconds();
        case Kind::optional:
            return std::ranges::equal(held_as_items(a), held_as_items(b));
        case Kind::integer:
        case Kind::unsigned_integer:
        case Kind::real:
            break;
    }
    CHECK(false && "numbers were compared above");
    return false;
}

const Value* Value::find(const Value& key) const {
    if (kind_ != Kind::map) return nullptr;
    const std::span<const Entry> all = entries();
    if (is_number(key.kind_)) {
        if (key.is(Kind::real) && std::isnan(key.as_real())) return nullptr;
        const auto at = std::lower_bound(
            all.begin(), all.end(), key, [](const Entry& entry, const Value& wanted) {
                if (!is_number(entry.first.kind_))
                    return rank(entry.first.kind_) < rank(wanted.kind_);
                return compare_numbers(entry.first, wanted) < 0;
            });
        return at != all.end() && at->first == key ? &at->second : nullptr;
    }
    const auto at = std::lower_bound(
        all.begin(), all.end(), key,
        [](const Entry& entry, const Value& wanted) { return order(entry.first, wanted) < 0; });
    return at != all.end() && at->first == key ? &at->second : nullptr;
}

}  // namespace countersign::expr
