// Records, chains, snapshots, sealing and erasing.
#include "engine/base/bytes.hpp"
#include "engine/store/chain.hpp"
#include "tests/main.hpp"
#include "tests/unit/store/sample.hpp"

#include <doctest/doctest.h>

namespace countersign::store::tests {

namespace {

constexpr CaseId sample_id{1'770'000'000'000, 7, 42};

std::string all_bytes(const Store& store) { return dump(store).value(); }

}  // namespace

TEST_CASE("journal: a case is read back as it was written, with and without a snapshot") {
    for (const int snapshot_after : {0, 1, 3, 6, 7}) {
        const auto store = make_memory_store();
        Writer writer(*store, sample_id);
        writer.open();
        if (snapshot_after == 1) writer.snapshot();
        writer.write(core::CallAccepted{1, 1});
        writer.write(core::TaskClaimed{1, "operator:li"});
        if (snapshot_after == 3) writer.snapshot();
        for (int i = 0; i < 3; ++i) writer.write(core::SignalReceived{"paid"});
        if (snapshot_after == 6) writer.snapshot();
        writer.write(core::CallAnswered{1, "approved", "department:grid", writer.now(), false});
        if (snapshot_after == 7) writer.snapshot();

        const auto loaded = load_case(*store, sample_id);

        REQUIRE(loaded.has_value());
        CHECK(encode_state(loaded->state) == encode_state(writer.state()));
        CHECK(loaded->head == writer.head());
        CHECK(!loaded->erased);
        CHECK((loaded->snapshot_bytes > 0) == (snapshot_after > 0));
        CHECK((loaded->tail_bytes == 0) == (snapshot_after == 7));
        const ChainReport report = verify_case(*store, sample_id);
        CHECK(report.ok());
        CHECK(report.records == 7);
        CHECK(report.snapshots == (snapshot_after > 0 ? 1 : 0));
        CHECK(report.values == 2);
    }
}

TEST_CASE("journal: a snapshot of format 0 reads, what it lacks as its default") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    const std::string old = encode(writer.state(), 0);

    const auto read = decode<core::CaseState>(old, 0);

    REQUIRE(read.has_value());
    CHECK(old.size() < encode_state(writer.state()).size());
    CHECK(read->held.empty());
    CHECK(encode(*read, 0) == old);
    CHECK_FALSE(decode<core::CaseState>(old, core::state_format).has_value());
}

TEST_CASE("journal: a record's row is format, the hash before, and the archive") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    writer.write(core::SignalReceived{"paid"});

    const std::string first =
        store->get(Family::journal, journal_key(sample_id, 1)).value().value();
    const std::string second =
        store->get(Family::journal, journal_key(sample_id, 2)).value().value();

    CHECK(first[0] == '\0');
    CHECK(first.substr(1, 32) == view_of(sha256("countersign case " + case_key(sample_id))));
    CHECK(second.substr(1, 32) == view_of(sha256(first)));
    CHECK(view_of(writer.head().hash) == view_of(sha256(second)));
    CHECK(second.substr(33) == encode(writer.records()[1]));
    const std::string head =
        store->get(Family::cases, case_row_key(sample_id, CaseRow::head)).value().value();
    CHECK(head == std::string(8, '\0') + '\2' + std::string(view_of(sha256(second))));
}

TEST_CASE("journal: the same records encode to the same bytes, sealed with the same key") {
    const CaseSecret secret = make_secret();
    const auto source = make_memory_store();
    Writer writer(*source, sample_id);
    writer.open();
    std::string first;
    for (int round = 0; round < 2; ++round) {
        const auto store = make_memory_store();
        Head head;
        Batch batch;
        append_record(batch, sample_id, writer.records()[0], head, secret);
        write_snapshot(batch, writer.state(), head, secret);
        REQUIRE(store->commit(batch).has_value());
        if (round == 0)
            first = all_bytes(*store);
        else
            CHECK((all_bytes(*store) == first));
    }
    CHECK(make_secret() != secret);
}

TEST_CASE("journal: personal values are nowhere on the disk, and other values are") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    writer.finish();
    writer.snapshot();
    const std::string bytes = all_bytes(*store);
    CHECK(bytes.find("张三") == std::string::npos);
    CHECK(bytes.find("王五") == std::string::npos);
    CHECK(bytes.find(std::string(90, 's')) != std::string::npos);
}

TEST_CASE("journal: an erased case still verifies, and its personal values read as erased") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    writer.finish();
    writer.snapshot();
    Batch batch;
    erase_case(batch, sample_id);
    REQUIRE(store->commit(batch).has_value());

    const auto loaded = load_case(*store, sample_id);

    REQUIRE(loaded.has_value());
    CHECK(loaded->erased);
    const std::vector<std::string> name{"name"};
    REQUIRE(loaded->state.form.value.at(name) != nullptr);
    CHECK(loaded->state.form.value.at(name)->is(expr::Kind::erased));
    const std::vector<std::string> text{"site", "text"};
    CHECK(loaded->state.form.value.at(text)->as_string() == std::string(500, 's'));
    const ChainReport report = verify_case(*store, sample_id);
    CHECK(report.ok());
    CHECK(report.erased == 1);
}

TEST_CASE("journal: a large value is one row however often it is named") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open("applicant:zhang", 200);
    for (std::uint32_t version = 2; version < 5; ++version) {
        core::FormChanged changed;
        changed.version = version;
        changed.form = sample_form("张三", 200);
        writer.write(changed);
    }
    writer.snapshot();
    CHECK(verify_case(*store, sample_id).values == 1);
    core::FormChanged changed;
    changed.form = {expr::Value::string("short")};
    writer.write(changed);
    const ChainReport report = verify_case(*store, sample_id);
    CHECK(report.ok());
    CHECK(report.values == 1);
}

TEST_CASE("journal: a damaged snapshot is passed over and reported") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    writer.snapshot();
    const std::string key = case_row_key(sample_id, CaseRow::snapshot);
    std::string row = store->get(Family::cases, key).value().value();
    row[row.size() / 2] = static_cast<char>(row[row.size() / 2] ^ 1);
    Batch batch;
    batch.put(Family::cases, key, row);
    REQUIRE(store->commit(batch).has_value());

    const auto loaded = load_case(*store, sample_id);

    REQUIRE(loaded.has_value());
    CHECK(loaded->snapshot_damaged);
    CHECK(encode_state(loaded->state) == encode_state(writer.state()));
    const ChainReport report = verify_case(*store, sample_id);
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems[0].message.find("snapshot") != std::string::npos);
}

TEST_CASE("journal: a removed record, a foreign one and one behind the head are found") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    for (int i = 0; i < 4; ++i) writer.write(core::SignalReceived{"paid"});
    const CaseId other_id{sample_id.ms, 7, 43};
    Writer other(*store, other_id);
    other.open();
    const auto after = [&](auto&& change) {
        const auto copy = clone(*store);
        Batch batch;
        change(batch);
        REQUIRE(copy->commit(batch).has_value());
        const ChainReport report = verify_case(*copy, sample_id);
        CHECK(!report.ok());
        CHECK(verify_case(*copy, other_id).ok());
        CHECK(verify_all(*copy).problems.size() == report.problems.size());
        return report.problems.empty() ? 0 : report.problems[0].sequence;
    };
    const std::string foreign =
        store->get(Family::journal, journal_key(other_id, 1)).value().value();

    CHECK(after([&](Batch& b) { b.remove(Family::journal, journal_key(sample_id, 3)); }) == 3);
    CHECK(after([&](Batch& b) { b.remove(Family::journal, journal_key(sample_id, 5)); }) == 5);
    CHECK(after([&](Batch& b) { b.put(Family::journal, journal_key(sample_id, 1), foreign); }) ==
          1);
    CHECK(after([&](Batch& b) { b.put(Family::journal, journal_key(sample_id, 6), foreign); }) ==
          6);
    CHECK(after([&](Batch& b) { b.put(Family::journal, journal_key(sample_id, 2), "x"); }) == 2);
    CHECK(after([&](Batch& b) {
              b.remove(Family::cases, case_row_key(sample_id, CaseRow::head));
          }) == 5);
    CHECK(verify_all(*store).ok());
    CHECK(verify_all(*store).cases == 2);
}

TEST_CASE("journal: reading stops before a broken record is applied, and names it") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    writer.write(core::SignalReceived{"paid"});
    std::string row = store->get(Family::journal, journal_key(sample_id, 2)).value().value();
    row.back() = static_cast<char>(row.back() ^ 4);
    Batch batch;
    batch.put(Family::journal, journal_key(sample_id, 2), row);
    REQUIRE(store->commit(batch).has_value());

    const auto loaded = load_case(*store, sample_id);

    REQUIRE(!loaded.has_value());
    CHECK(loaded.error().kind == ErrorKind::corrupt);
    CHECK(loaded.error().message.find(sample_id.text() + ", record 2") != std::string::npos);
    int visited = 0;
    CHECK(!read_journal(*store, sample_id, [&](const core::Record&, const Head&) {
        ++visited;
        return true;
    }));
    CHECK(visited == 0);
    CHECK(load_case(*store, CaseId{1, 1, 1}).error().kind == ErrorKind::not_found);
}

TEST_CASE("journal: reading visits the records in order and replay stops where it is told") {
    const auto store = make_memory_store();
    Writer writer(*store, sample_id);
    writer.open();
    writer.finish();
    std::vector<core::Record> seen;
    REQUIRE(read_journal(*store, sample_id, [&](const core::Record& record, const Head& head) {
                CHECK(head.sequence == record.sequence);
                seen.push_back(record);
                return true;
            }).has_value());
    REQUIRE(seen.size() == writer.records().size());
    for (std::size_t i = 0; i < seen.size(); ++i)
        CHECK(encode(seen[i]) == encode(writer.records()[i]));
    const auto third = replay_case(*store, sample_id, 3);
    REQUIRE(third.has_value());
    CHECK(third->sequence == 3);
    CHECK(third->tasks[0].status == core::TaskStatus::claimed);
    CHECK(encode_state(replay_case(*store, sample_id).value()) == encode_state(writer.state()));
}

TEST_CASE("journal: snapshots pay when the records since the last one outweigh it") {
    CHECK(!snapshot_due(0, 1'000));
    CHECK(snapshot_due(0, 9'000));
    CHECK(!snapshot_due(100'000, 100'000));
    CHECK(snapshot_due(100'000, 100'001));
}

}  // namespace countersign::store::tests
