// Readers beside one committer: every read sees a batch whole or not at all.
#include "tests/conformance/store/kinds.hpp"

#include <atomic>
#include <thread>
#include <vector>

namespace countersign::store::tests {

namespace {

constexpr int rows = 40;
constexpr int commits = 300;

/// Looks at the rows until the committer is done; returns what it saw wrong.
std::string watch(const Store& store, const std::atomic<bool>& done, bool back) {
    int last = 0;
    bool last_look = false;
    do {
        last_look = done;
        int low = commits + 1;
        int high = -1;
        int count = 0;
        const Visitor visit = [&](std::string_view, std::string_view value) {
            const int number = std::stoi(std::string(value));
            low = std::min(low, number);
            high = std::max(high, number);
            ++count;
            return true;
        };
        const auto scanned = back ? store.scan_back(Family::timers, "r", "s", visit)
                                  : store.scan(Family::timers, "r", "s", visit);
        if (!scanned) return scanned.error().message;
        if (count != 0 && count != rows) return "a scan saw " + std::to_string(count) + " rows";
        if (count != 0 && low != high) return "a scan saw two batches at once";
        if (high != -1 && high < last) return "a later scan saw an older batch";
        last = std::max(last, high);
        const auto value = store.get(Family::journal, "last");
        if (!value) return value.error().message;
        if (last > 0 && (!*value || std::stoi(**value) < last)) return "a read saw half a batch";
    } while (!last_look);
    return last == commits ? "" : "the last batch was not seen";
}

}  // namespace

TEST_CASE_TEMPLATE("store: readers beside a committer see whole batches", Kind, Memory, Rocks) {
    Kind kind;
    std::atomic<bool> done = false;
    std::vector<std::string> found(3);
    std::vector<std::thread> readers;
    for (std::size_t i = 0; i < found.size(); ++i)
        readers.emplace_back([&, i] { found[i] = watch(*kind.store, done, i == 1); });

    bool committed = true;
    for (int number = 1; number <= commits; ++number) {
        Batch batch;
        batch.put(Family::journal, "last", std::to_string(number));
        // Rows move: the keys of one batch are not those of the next.
        for (int row = 0; row < rows; ++row) {
            batch.remove(Family::timers, "r" + std::to_string((number - 1) % 7 * rows + row));
            batch.put(Family::timers, "r" + std::to_string(number % 7 * rows + row),
                      std::to_string(number));
        }
        committed = committed && kind.store->commit(batch).has_value();
    }
    done = true;
    for (std::thread& reader : readers) reader.join();

    CHECK(committed);
    for (const std::string& wrong : found) CHECK(wrong == "");
}

TEST_CASE_TEMPLATE("store: several committers lose nothing", Kind, Memory, Rocks) {
    Kind kind;
    std::vector<std::thread> committers;
    std::atomic<int> failures = 0;
    for (int thread = 0; thread < 4; ++thread) {
        committers.emplace_back([&, thread] {
            for (int i = 0; i < 50; ++i) {
                Batch batch;
                batch.put(Family::cases, std::to_string(thread * 50 + i), "v");
                if (!kind.store->commit(batch)) ++failures;
            }
        });
    }
    for (std::thread& committer : committers) committer.join();
    CHECK(failures == 0);
    int count = 0;
    REQUIRE(kind.store
                ->scan(Family::cases, {}, {},
                       [&](std::string_view, std::string_view) {
                           ++count;
                           return true;
                       })
                .has_value());
    CHECK(count == 200);
}

}  // namespace countersign::store::tests
