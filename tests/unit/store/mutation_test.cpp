// Bytes that were changed: decoding ends in a value or an error, and verification finds the change.
#include "engine/store/chain.hpp"
#include "tests/main.hpp"
#include "tests/unit/store/sample.hpp"

#include <doctest/doctest.h>

namespace countersign::store::tests {

namespace {

constexpr CaseId sample_id{1'770'000'000'000, 63, 1};

std::string mutated(std::string bytes, std::mt19937_64& random) {
    for (std::uint64_t count = random() % 4 + 1; count > 0 && !bytes.empty(); --count) {
        const std::size_t at = random() % bytes.size();
        switch (random() % 5) {
            case 0:
                bytes[at] = static_cast<char>(random());
                break;
            case 1:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
                break;
            case 2:
                bytes.erase(at, random() % 8 + 1);
                break;
            case 3:
                bytes.insert(at, std::string(random() % 8 + 1, static_cast<char>(random())));
                break;
            default:
                bytes.resize(at);
                break;
        }
    }
    return bytes;
}

struct StoredRow {
    Family family;
    std::string key;
    std::string value;
};

/// The rows that verification answers for.
std::vector<StoredRow> proven_rows(const Store& store) {
    std::vector<StoredRow> rows;
    for (const Family family : {Family::journal, Family::values, Family::cases}) {
        const auto scanned =
            store.scan(family, {}, {}, [&](std::string_view key, std::string_view value) {
                const bool info = family == Family::cases && key.back() == 'i';
                if (!info) rows.push_back({family, std::string(key), std::string(value)});
                return true;
            });
        REQUIRE(scanned.has_value());
    }
    return rows;
}

}  // namespace

TEST_CASE("mutation: damaged records and states decode to a value or an error") {
    std::mt19937_64 random(countersign::tests::seed());
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    write_random(writer, random, 15);
    const auto secret = read_secret(*store, sample_id);
    const Fetching fetching(*store, sample_id, secret.value());
    std::vector<std::string> rows;
    for (const StoredRow& row : proven_rows(*store))
        if (row.family == Family::journal) rows.push_back(row.value);
    int read = 0;
    int refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        const std::string bytes = mutated(rows[random() % rows.size()], random);
        const bool ok =
            decode_record(bytes, sample_id, 1 + random() % rows.size(), &fetching.archive())
                .has_value();
        ++(ok ? read : refused);
    }
    CHECK(refused > read);
    const std::string state = encode_state(writer.state());
    for (int round = 0; round < 5'000; ++round) {
        const auto decoded = decode<core::CaseState>(mutated(state, random), core::state_format);
        if (!decoded) CHECK(decoded.error().kind == ErrorKind::corrupt);
    }
}

TEST_CASE("mutation: every flipped bit of journal, values, heads and snapshots is found") {
    std::mt19937_64 random(countersign::tests::seed());
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    writer.snapshot();
    write_random(writer, random, 6);
    const std::vector<StoredRow> rows = proven_rows(*store);
    REQUIRE(verify_case(*store, sample_id).ok());
    for (int round = 0; round < 1'500; ++round) {
        const StoredRow& row = rows[random() % rows.size()];
        if (row.value.empty()) continue;
        std::string flipped = row.value;
        const std::size_t at = random() % flipped.size();
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
        Batch batch;
        batch.put(row.family, row.key, flipped);
        REQUIRE(store->commit(batch).has_value());

        CHECK_MESSAGE(!verify_case(*store, sample_id).ok(),
                      "family " << static_cast<int>(row.family) << " byte " << at);

        Batch restored;
        restored.put(row.family, row.key, row.value);
        REQUIRE(store->commit(restored).has_value());
    }
    CHECK(verify_case(*store, sample_id).ok());
}

}  // namespace countersign::store::tests
