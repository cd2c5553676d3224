// What every Store keeps: whole batches, order, bounds, snapshots of scans, durability.
#include "tests/conformance/store/kinds.hpp"
#include "tests/main.hpp"

#include <map>
#include <random>
#include <vector>

namespace countersign::store::tests {

namespace {

using Row = std::pair<std::string, std::string>;
using Rows = std::vector<Row>;

Rows rows_of(const Store& store, Family family, std::string_view from = {},
             std::string_view to = {}) {
    Rows rows;
    const auto scanned =
        store.scan(family, from, to, [&](std::string_view key, std::string_view value) {
            rows.emplace_back(key, value);
            return true;
        });
    REQUIRE(scanned.has_value());
    return rows;
}

Rows rows_back(const Store& store, Family family, std::string_view from = {},
               std::string_view to = {}) {
    Rows rows;
    const auto scanned =
        store.scan_back(family, from, to, [&](std::string_view key, std::string_view value) {
            rows.emplace_back(key, value);
            return true;
        });
    REQUIRE(scanned.has_value());
    return rows;
}

void put(Store& store, Family family, std::string_view key, std::string_view value) {
    Batch batch;
    batch.put(family, key, value);
    REQUIRE(store.commit(batch).has_value());
}

std::optional<std::string> get(const Store& store, Family family, std::string_view key) {
    const auto value = store.get(family, key);
    REQUIRE(value.has_value());
    return *value;
}

}  // namespace

TEST_CASE_TEMPLATE("store: a fresh one holds nothing but what it is", Kind, Memory, Rocks) {
    const Kind kind;
    for (std::size_t family = 0; family < families; ++family) {
        const Rows rows = rows_of(*kind.store, static_cast<Family>(family));
        CHECK(rows.size() == (static_cast<Family>(family) == Family::meta ? 2 : 0));
    }
    CHECK(!get(*kind.store, Family::cases, "x"));
    CHECK(!kind.store->statistics().empty());
}

TEST_CASE_TEMPLATE("store: a batch is applied in order, each family by itself", Kind, Memory,
                   Rocks) {
    Kind kind;
    put(*kind.store, Family::cases, "old", "1");
    put(*kind.store, Family::values, "old", "kept");
    Batch batch;
    batch.put(Family::cases, "a", "first");
    batch.put(Family::cases, "a", "second");
    batch.put(Family::cases, "b", "gone");
    batch.remove(Family::cases, "b");
    batch.remove(Family::cases, "old");
    batch.put(Family::cases, "c", "");
    batch.remove(Family::cases, "never there");
    batch.remove(Family::cases, "d");
    batch.put(Family::cases, "d", "after its removal");

    REQUIRE(kind.store->commit(batch).has_value());

    CHECK(rows_of(*kind.store, Family::cases) ==
          Rows{{"a", "second"}, {"c", ""}, {"d", "after its removal"}});
    CHECK(rows_of(*kind.store, Family::values) == Rows{{"old", "kept"}});
    CHECK(get(*kind.store, Family::cases, "c") == "");
    CHECK(!get(*kind.store, Family::cases, "b"));
}

TEST_CASE_TEMPLATE("store: commits are counted from one", Kind, Memory, Rocks) {
    Kind kind;
    Batch batch;
    batch.put(Family::cases, "a", "1");
    const auto first = kind.store->commit(batch);
    const auto empty = kind.store->commit(Batch());
    REQUIRE(first.has_value());
    REQUIRE(empty.has_value());
    CHECK(empty->number == first->number + 1);
}

TEST_CASE_TEMPLATE("store: scans go by unsigned bytes within half-open bounds", Kind, Memory,
                   Rocks) {
    Kind kind;
    const std::string zero("k\0", 2);
    Batch batch;
    for (const std::string& key : {std::string("k\xff\xff"), std::string("k"), zero,
                                   std::string("k\x80"), std::string("k\x7f"), std::string("l")})
        batch.put(Family::journal, key, "v");
    REQUIRE(kind.store->commit(batch).has_value());
    const Rows all{{"k", "v"},     {zero, "v"},        {"k\x7f", "v"},
                   {"k\x80", "v"}, {"k\xff\xff", "v"}, {"l", "v"}};

    CHECK(rows_of(*kind.store, Family::journal) == all);
    CHECK(rows_back(*kind.store, Family::journal) == Rows(all.rbegin(), all.rend()));
    CHECK(rows_of(*kind.store, Family::journal, zero, "k\x80") ==
          Rows(all.begin() + 1, all.begin() + 3));
    CHECK(rows_back(*kind.store, Family::journal, zero, "k\x80") ==
          Rows{{"k\x7f", "v"}, {zero, "v"}});
    CHECK(rows_of(*kind.store, Family::journal, "k\x80", "k\x80").empty());
    CHECK(rows_of(*kind.store, Family::journal, "l", "k").empty());
    CHECK(rows_back(*kind.store, Family::journal, "l", "k").empty());
    CHECK(rows_back(*kind.store, Family::journal, "m", "").empty());
    CHECK(rows_of(*kind.store, Family::journal, "k\xff", after_prefix("k\xff")).size() == 1);
}

TEST_CASE_TEMPLATE("store: a scan stops when its visitor says so", Kind, Memory, Rocks) {
    Kind kind;
    for (const char* key : {"a", "b", "c"}) put(*kind.store, Family::values, key, "v");
    std::string seen;
    const auto two = [&](std::string_view key, std::string_view) {
        seen += key;
        return seen.size() < 2;
    };
    REQUIRE(kind.store->scan(Family::values, {}, {}, two).has_value());
    CHECK(seen == "ab");
    seen.clear();
    REQUIRE(kind.store->scan_back(Family::values, {}, {}, two).has_value());
    CHECK(seen == "cb");
}

TEST_CASE_TEMPLATE("store: a key that is written once is removed once, and may come again", Kind,
                   Memory, Rocks) {
    Kind kind;
    for (int round = 0; round < 3; ++round) {
        put(*kind.store, Family::calls, "attempt", std::to_string(round));
        put(*kind.store, Family::calls, "attempt of another", "stays" + std::to_string(round));
        CHECK(get(*kind.store, Family::calls, "attempt") == std::to_string(round));
        Batch batch;
        batch.remove_single(Family::calls, "attempt");
        batch.remove_single(Family::calls, "attempt of another");
        REQUIRE(kind.store->commit(batch).has_value());
        CHECK(rows_of(*kind.store, Family::calls).empty());
        kind.reopen();
        CHECK(!get(*kind.store, Family::calls, "attempt"));
    }
}

TEST_CASE_TEMPLATE("store: large values come back whole", Kind, Memory, Rocks) {
    Kind kind;
    std::string large(9u << 20, '\0');
    std::mt19937 random(1);
    for (char& byte : large) byte = static_cast<char>(random());
    put(*kind.store, Family::values, "large", large);
    put(*kind.store, Family::values, std::string(4'000, 'k'), "long key");
    kind.reopen();
    CHECK((get(*kind.store, Family::values, "large") == large));
    CHECK(get(*kind.store, Family::values, std::string(4'000, 'k')) == "long key");
}

TEST_CASE_TEMPLATE("store: a scan shows the rows as they were when it began", Kind, Memory, Rocks) {
    Kind kind;
    Rows before;
    for (int i = 100; i < 400; ++i) {
        before.emplace_back(std::to_string(i), "before");
        put(*kind.store, Family::timers, before.back().first, "before");
    }
    for (const bool back : {false, true}) {
        Rows seen;
        const Visitor visit = [&](std::string_view key, std::string_view value) {
            seen.emplace_back(key, value);
            if (seen.size() != 1) return true;
            Batch batch;
            for (int i = 100; i < 400; i += 2) batch.remove(Family::timers, std::to_string(i));
            for (int i = 101; i < 400; i += 2)
                batch.put(Family::timers, std::to_string(i), "after");
            batch.put(Family::timers, "250 new", "after");
            REQUIRE(kind.store->commit(batch).has_value());
            CHECK(get(*kind.store, Family::timers, "101") == "after");
            CHECK(rows_of(*kind.store, Family::timers).size() == 151);
            return true;
        };

        REQUIRE((back ? kind.store->scan_back(Family::timers, {}, {}, visit)
                      : kind.store->scan(Family::timers, {}, {}, visit))
                    .has_value());

        CHECK(seen == (back ? Rows(before.rbegin(), before.rend()) : before));
        CHECK(rows_of(*kind.store, Family::timers).size() == 151);
        Batch restored;
        restored.remove(Family::timers, "250 new");
        for (const auto& [key, value] : before) restored.put(Family::timers, key, value);
        REQUIRE(kind.store->commit(restored).has_value());
        CHECK(rows_of(*kind.store, Family::timers) == before);
    }
}

TEST_CASE_TEMPLATE("store: what was committed is there when it is opened again", Kind, Memory,
                   Rocks) {
    Kind kind;
    put(*kind.store, Family::journal, "1", "one");
    put(*kind.store, Family::keys, "1", "key");
    kind.reopen();
    put(*kind.store, Family::journal, "2", "two");
    kind.reopen();
    CHECK(rows_of(*kind.store, Family::journal) == Rows{{"1", "one"}, {"2", "two"}});
    CHECK(get(*kind.store, Family::keys, "1") == "key");
}

TEST_CASE_TEMPLATE("store: random batches and scans agree with a map", Kind, Memory, Rocks) {
    Kind kind;
    std::mt19937_64 random(countersign::tests::seed());
    std::map<std::string, std::string> model;
    const auto key = [&] {
        std::string out;
        for (std::uint64_t length = random() % 3 + 1; length > 0; --length)
            out += static_cast<char>("\0\x01\x7f\x80\xff"[random() % 5]);
        return out;
    };
    for (int round = 0; round < 60; ++round) {
        Batch batch;
        for (std::uint64_t count = random() % 20; count > 0; --count) {
            const std::string changed = key();
            if (random() % 3 == 0) {
                batch.remove(Family::indexes, changed);
                model.erase(changed);
            } else {
                const std::string value = std::to_string(random() % 1'000);
                batch.put(Family::indexes, changed, value);
                model[changed] = value;
            }
        }
        REQUIRE(kind.store->commit(batch).has_value());
        if (round % 20 == 19) kind.reopen();
        const std::string from = random() % 4 == 0 ? std::string() : key();
        const std::string to = random() % 4 == 0 ? std::string() : key();
        Rows expected;
        for (const auto& row : model)
            if (row.first >= from && (to.empty() || row.first < to)) expected.push_back(row);
        CHECK(rows_of(*kind.store, Family::indexes, from, to) == expected);
        CHECK(rows_back(*kind.store, Family::indexes, from, to) ==
              Rows(expected.rbegin(), expected.rend()));
        const std::string asked = key();
        const auto found = model.find(asked);
        CHECK(get(*kind.store, Family::indexes, asked) ==
              (found == model.end() ? std::nullopt : std::optional(found->second)));
    }
}

TEST_CASE("store: RocksDB and its twin hold the same rows after the same batches") {
    Memory memory;
    Rocks rocks;
    Batch batch;
    batch.put(Family::journal, "a", "1");
    batch.put(Family::tasks, "t", "2");
    for (Store* store : {memory.store.get(), rocks.store.get()})
        REQUIRE(store->commit(batch).has_value());

    const auto in_memory = dump(*memory.store);
    const auto on_disk = dump(*rocks.store);

    REQUIRE(in_memory.has_value());
    REQUIRE(on_disk.has_value());
    CHECK(*in_memory == *on_disk);
    const auto loaded = load_memory_store(*on_disk);
    REQUIRE(loaded.has_value());
    CHECK(dump(**loaded).value() == *on_disk);
    CHECK(!load_memory_store(on_disk->substr(0, on_disk->size() - 1)).has_value());
}

TEST_CASE("batch: one appended to another keeps the order and its own copy of the bytes") {
    Batch batch;
    {
        std::string key = "key";
        Batch other;
        other.put(Family::cases, key, "value");
        other.remove(Family::cases, "removed");
        key = "changed";
        batch.remove_single(Family::tasks, "first");
        batch.append(other);
        other.clear();
        CHECK(other.empty());
    }
    REQUIRE(batch.size() == 3);
    CHECK(batch.change(0).kind == Batch::Kind::remove_single);
    CHECK(batch.change(0).key == "first");
    CHECK(batch.change(1).key == "key");
    CHECK(batch.change(1).value == "value");
    CHECK(batch.change(2).kind == Batch::Kind::remove);
    CHECK(batch.change(2).key == "removed");
    CHECK(batch.bytes() == std::string("firstkeyvalueremoved").size());
}

TEST_CASE("keys: what comes after a prefix is greater than all that begins with it") {
    CHECK(after_prefix("a") == "b");
    CHECK(after_prefix("a\xff") == "b");
    CHECK(after_prefix("\xff\xff") == "");
    CHECK(after_prefix("") == "");
}

}  // namespace countersign::store::tests
