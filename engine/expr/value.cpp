// Values: making them and looking into them. Order and equality are in order.cpp, the archive's
// bytes in encoding.cpp.
#include "engine/expr/value.hpp"

#include <algorithm>

#include "engine/base/check.hpp"
#include "engine/expr/json.hpp"
#include "engine/expr/value_node.hpp"

namespace countersign::expr {

namespace {

constexpr std::uint64_t bytes_a_weight = 64;

std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
    return a + b < a ? UINT64_MAX : a + b;
}

/// Counts what a list, map or optional gathers from its parts.
struct Gathered {
    bool personal = false;
    unsigned depth = 0;
    std::uint64_t weight = 1;

    void add(const Value& part) {
        personal = personal || part.holds_personal();
        depth = std::max(depth, part.depth());
        weight = saturating_add(weight, part.weight());
    }
};

/// Keys that are equal numbers are not told apart, so that the sort keeps the order they came in.
bool key_less(const Entry& a, const Entry& b) {
    return a.first != b.first && Value::order(a.first, b.first) < 0;
}

}  // namespace

Value Value::with_node(Kind kind, std::shared_ptr<const Node> node) {
    Value value(kind);
    value.node_ = std::move(node);
    return value;
}

Value Value::boolean(bool value) {
    Value made(Kind::boolean);
    made.small_.integer = value ? 1 : 0;
    return made;
}

Value Value::integer(std::int64_t value) {
    Value made(Kind::integer);
    made.small_.integer = value;
    return made;
}

Value Value::unsigned_integer(std::uint64_t value) {
    Value made(Kind::unsigned_integer);
    made.small_.unsigned_integer = value;
    return made;
}

Value Value::real(double value) {
    Value made(Kind::real);
    made.small_.real = value;
    return made;
}

namespace {

template <class Node>
std::shared_ptr<Node> text_node(std::string text) {
    auto node = std::make_shared<Node>();
    node->weight = 1 + text.size() / bytes_a_weight;
    node->content = std::move(text);
    return node;
}

template <class Node>
std::shared_ptr<Node> items_node(std::vector<Value> items) {
    Gathered gathered;
    for (const Value& item : items) gathered.add(item);
    auto node = std::make_shared<Node>();
    node->holds_personal = gathered.personal;
    node->depth = gathered.depth + 1;
    node->weight = gathered.weight;
    node->content = std::move(items);
    return node;
}

}  // namespace

Value Value::string(std::string value) {
    return with_node(Kind::string, text_node<Node>(std::move(value)));
}

Value Value::bytes(std::string value) {
    return with_node(Kind::bytes, text_node<Node>(std::move(value)));
}

Value Value::type(std::string name) {
    return with_node(Kind::type, text_node<Node>(std::move(name)));
}

Value Value::list(std::vector<Value> items) {
    return with_node(Kind::list, items_node<Node>(std::move(items)));
}

Value Value::none() { return with_node(Kind::optional, items_node<Node>({})); }

Value Value::some(Value value) {
    std::vector<Value> items;
    items.push_back(std::move(value));
    return with_node(Kind::optional, items_node<Node>(std::move(items)));
}

Value Value::map(std::vector<Entry> entries) {
    if (!std::is_sorted(entries.begin(), entries.end(), key_less))
        std::stable_sort(entries.begin(), entries.end(), key_less);
    // Equal keys stand side by side now; of each such run only the last entry is kept.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i + 1 < entries.size() && entries[i].first == entries[i + 1].first) continue;
        if (kept != i) entries[kept] = std::move(entries[i]);
        ++kept;
    }
    entries.resize(kept);
    Gathered gathered;
    for (const auto& [key, value] : entries) {
        gathered.add(key);
        gathered.add(value);
    }
    auto node = std::make_shared<Node>();
    node->holds_personal = gathered.personal;
    node->depth = gathered.depth + 1;
    node->weight = gathered.weight;
    node->content = std::move(entries);
    return with_node(Kind::map, std::move(node));
}

Value Value::record(std::vector<std::pair<std::string, Value>> fields) {
    std::vector<Entry> entries;
    entries.reserve(fields.size());
    for (auto& [name, value] : fields)
        entries.emplace_back(string(std::move(name)), std::move(value));
    return map(std::move(entries));
}

Value Value::timestamp(Seconds since_1970) {
    CHECK(since_1970.nanos >= 0 && since_1970.nanos < 1'000'000'000);
    Value made(Kind::timestamp);
    made.small_.integer = since_1970.seconds;
    made.nanos_ = since_1970.nanos;
    return made;
}

Value Value::instant(Instant at) {
    std::int64_t rest = at.ms % 1000;
    if (rest < 0) rest += 1000;
    return timestamp({(at.ms - rest) / 1000, static_cast<std::int32_t>(rest * 1'000'000)});
}

Value Value::duration(Seconds length) {
    CHECK(length.nanos >= 0 && length.nanos < 1'000'000'000);
    Value made(Kind::duration);
    made.small_.integer = length.seconds;
    made.nanos_ = length.nanos;
    return made;
}

Value Value::money(std::int64_t fen) {
    Value made(Kind::money);
    made.small_.integer = fen;
    return made;
}

Value Value::erased() { return Value(Kind::erased); }

Value Value::marked_personal() const {
    if (kind_ == Kind::null) return *this;
    if (kind_ == Kind::list || kind_ == Kind::optional) {
        std::vector<Value> marked;
        for (const Value& item : std::get<std::vector<Value>>(node_->content))
            marked.push_back(item.marked_personal());
        return with_node(kind_, items_node<Node>(std::move(marked)));
    }
    if (kind_ == Kind::map) {
        std::vector<Entry> marked(entries().begin(), entries().end());
        for (Entry& entry : marked) entry.second = entry.second.marked_personal();
        return map(std::move(marked));
    }
    Value marked = *this;
    marked.personal_ = true;
    return marked;
}

bool Value::holds_personal() const { return personal_ || (node_ && node_->holds_personal); }

bool Value::as_boolean() const {
    CHECK(kind_ == Kind::boolean);
    return small_.integer != 0;
}

std::int64_t Value::as_integer() const {
    CHECK(kind_ == Kind::integer);
    return small_.integer;
}

std::uint64_t Value::as_unsigned() const {
    CHECK(kind_ == Kind::unsigned_integer);
    return small_.unsigned_integer;
}

double Value::as_real() const {
    CHECK(kind_ == Kind::real);
    return small_.real;
}

const std::string& Value::as_string() const {
    CHECK(kind_ == Kind::string || kind_ == Kind::bytes || kind_ == Kind::type);
    return std::get<std::string>(node_->content);
}

Seconds Value::as_seconds() const {
    CHECK(kind_ == Kind::timestamp || kind_ == Kind::duration);
    return {small_.integer, nanos_};
}

Instant Value::as_instant() const {
    CHECK(kind_ == Kind::timestamp);
    return {small_.integer * 1000 + nanos_ / 1'000'000};
}

std::int64_t Value::as_fen() const {
    CHECK(kind_ == Kind::money);
    return small_.integer;
}

std::span<const Value> Value::items() const {
    CHECK(kind_ == Kind::list);
    return std::get<std::vector<Value>>(node_->content);
}

std::span<const Entry> Value::entries() const {
    CHECK(kind_ == Kind::map);
    return std::get<std::vector<Entry>>(node_->content);
}

const Value* Value::held() const {
    CHECK(kind_ == Kind::optional);
    const auto& items = std::get<std::vector<Value>>(node_->content);
    return items.empty() ? nullptr : &items.front();
}

unsigned Value::depth() const { return node_ ? node_->depth : 0; }

std::uint64_t Value::weight() const { return node_ ? node_->weight : 1; }

std::size_t Value::size() const {
    switch (kind_) {
        case Kind::list:
            return items().size();
        case Kind::map:
            return entries().size();
        case Kind::bytes:
            return as_string().size();
        case Kind::string:
            // Characters are the bytes that do not continue one (10xxxxxx in UTF-8).
            return static_cast<std::size_t>(std::count_if(
                as_string().begin(), as_string().end(),
                [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
        case Kind::null:
        case Kind::boolean:
        case Kind::integer:
        case Kind::unsigned_integer:
        case Kind::real:
        case Kind::timestamp:
        case Kind::duration:
        case Kind::money:
        case Kind::type:
        case Kind::optional:
        case Kind::erased:
            break;
    }
    CHECK(false && "a value of this kind has no size");
    return 0;
}

const Value* Value::find(std::string_view key) const {
    if (kind_ != Kind::map) return nullptr;
    const std::span<const Entry> all = entries();
    // Keys order by kind first: everything that stands before the strings is less than any.
    const auto at = std::lower_bound(all.begin(), all.end(), key,
                                     [](const Entry& entry, std::string_view wanted) {
                                         if (entry.first.kind_ != Kind::string)
                                             return entry.first.kind_ < Kind::string;
                                         return entry.first.as_string() < wanted;
                                     });
    if (at == all.end() || at->first.kind_ != Kind::string) return nullptr;
    return at->first.as_string() == key ? &at->second : nullptr;
}

const Value* Value::at(std::span<const std::string> path) const {
    const Value* value = this;
    for (const std::string& key : path) {
        value = value->find(key);
        if (!value) return nullptr;
    }
    return value;
}

Value Value::with(std::string_view key, Value value) const {
    CHECK(kind_ == Kind::map || kind_ == Kind::null);
    std::vector<Entry> changed;
    if (kind_ == Kind::map) {
        changed.reserve(entries().size() + 1);
        changed.assign(entries().begin(), entries().end());
    }
    changed.emplace_back(string(std::string(key)), std::move(value));
    return map(std::move(changed));
}

std::string Value::dump_text() const { return to_json(*this, Personal::masked); }

}  // namespace countersign::expr
