// Loads the stores that earlier releases wrote, and writes such folders (README.md).
#include "engine/base/archive_xml.hpp"
#include "engine/base/bytes.hpp"
#include "engine/store/journal.hpp"
#include "engine/store/memory.hpp"
#include "engine/store/queries.hpp"
#include "engine/store/rocks.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace countersign::store::tests {

namespace {

const std::filesystem::path folder = JOURNALS_FOLDER;

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    REQUIRE_MESSAGE(in.good(), path);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream out(path, std::ios::binary);
    out << bytes;
    REQUIRE_MESSAGE(out.good(), path);
}

std::unique_ptr<Store> load(const std::string& rows) {
    auto store = load_memory_store(rows);
    REQUIRE_MESSAGE(store.has_value(), store.error().message);
    return std::move(*store);
}

/// Returns what cases.txt holds of a store, replayed from the journals alone.
std::string cases_text(const Store& store) {
    std::ostringstream out;
    for (unsigned partition = 0; partition < partitions; ++partition) {
        const auto visited = each_case(store, static_cast<std::uint8_t>(partition), [&](CaseId id) {
            const auto loaded = load_case(store, id);
            REQUIRE_MESSAGE(loaded.has_value(), loaded.error().message);
            const auto replayed = replay_case(store, id);
            REQUIRE_MESSAGE(replayed.has_value(), replayed.error().message);
            CHECK(encode_state(*replayed) == encode_state(loaded->state));
            out << id.text() << ' ' << loaded->head.sequence << ' '
                << hex(view_of(loaded->head.hash)) << '\n'
                << to_xml("state", *replayed) << '\n';
            return true;
        });
        REQUIRE(visited.has_value());
    }
    return out.str();
}

void check_verified(const Store& store) {
    const ChainReport report = verify_all(store);
    for (const ChainProblem& problem : report.problems) MESSAGE(problem.message);
    CHECK(report.ok());
    CHECK(report.cases > 0);
    CHECK(report.records > 0);
}

/// A store of one case with a personal value and a large one.
std::unique_ptr<Store> small_store() {
    auto store = make_memory_store();
    const CaseId id{1'770'000'000'000, 9, 1};
    core::CaseOpened opened;
    opened.id = id;
    opened.process = {"hookup", 1, std::string(32, 'p')};
    opened.applicant = "applicant:zhang";
    opened.form = {expr::Value::record({{"name", expr::Value::string("张三").marked_personal()},
                                        {"text", expr::Value::string(std::string(200, 't'))}})};
    core::Record record{1, "command", 1, "operator:li", {1'770'000'000'000}, {}};
    record.events.push_back(core::make_event(opened));
    core::CaseState state;
    core::evolve(state, record);
    Batch batch;
    Head head;
    const CaseSecret secret = make_secret();
    append_record(batch, id, record, head, secret);
    add_rows(batch, state, {}, record.events, {}, secret);
    REQUIRE(store->commit(batch).has_value());
    return store;
}

}  // namespace

TEST_CASE(
    "golden journals: every stored one verifies and replays to the states written beside it") {
    const bool renew = std::getenv("COUNTERSIGN_GOLDEN_STATES") != nullptr;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (!entry.is_directory()) continue;
        CAPTURE(entry.path());
        const auto store = load(read(entry.path() / "rows.bin"));
        check_verified(*store);
        const std::string cases = cases_text(*store);
        if (renew) write(entry.path() / "cases.txt", cases);
        CHECK(cases == read(entry.path() / "cases.txt"));
    }
}

TEST_CASE("golden journals: a store that is written as one loads as it was") {
    const auto store = small_store();
    const auto loaded = load(dump(*store).value());
    check_verified(*loaded);
    const std::string cases = cases_text(*loaded);
    CHECK(cases == cases_text(*store));
    CHECK(cases.find("<applicant>applicant:zhang</applicant>") != std::string::npos);
    CHECK(cases.find("张三") == std::string::npos);
}

TEST_CASE("golden journals: a folder is written from the store that the environment names") {
    const char* from = std::getenv("COUNTERSIGN_GOLDEN_STORE");
    const char* name = std::getenv("COUNTERSIGN_GOLDEN_NAME");
    if (from == nullptr || name == nullptr) return;
    const auto store = open_rocks(from);
    REQUIRE_MESSAGE(store.has_value(), store.error().message);
    check_verified(**store);
    const auto rows = dump(**store);
    REQUIRE(rows.has_value());
    const auto target = folder / name;
    REQUIRE_MESSAGE(std::filesystem::create_directory(target), "the folder must be a new one");
    write(target / "rows.bin", *rows);
    write(target / "cases.txt", cases_text(**store));
}

}  // namespace countersign::store::tests
