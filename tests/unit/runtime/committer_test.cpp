// The committer's thread: merging, order, and the end after a failure.

#include "engine/runtime/committer.hpp"
#include "engine/store/memory.hpp"
#include "engine/store/queries.hpp"

#include <doctest/doctest.h>

#include <future>
#include <map>

namespace countersign::runtime {

namespace {

SealedBatch batch(unsigned shard, std::uint64_t number, Instant stamp = {}) {
    SealedBatch sealed{shard, number, {}, stamp};
    sealed.rows.put(store::Family::meta, "batch/" + std::to_string(shard), std::to_string(number));
    return sealed;
}

/// A store whose disk fails from the n-th commit on.
class Failing final : public store::Store {
  public:
    explicit Failing(int works) : inner_(store::make_memory_store()), works_(works) {}
    result<store::Committed> commit(const store::Batch& rows) override {
        ++commits;
        if (commits > works_) return failure(ErrorKind::io, "no space left on device");
        return inner_->commit(rows);
    }
    result<std::optional<std::string>> get(store::Family family,
                                           std::string_view key) const override {
        return inner_->get(family, key);
    }
    result<void> scan(store::Family family, std::string_view from, std::string_view to,
                      const store::Visitor& visit) const override {
        return inner_->scan(family, from, to, visit);
    }
    result<void> scan_back(store::Family family, std::string_view from, std::string_view to,
                           const store::Visitor& visit) const override {
        return inner_->scan_back(family, from, to, visit);
    }
    std::string statistics() const override { return {}; }

    int commits = 0;

  private:
    std::unique_ptr<store::Store> inner_;
    int works_;
};

}  // namespace

TEST_CASE("committer: every batch becomes durable, each shard's in order, with the latest stamp") {
    const auto store = store::make_memory_store();
    std::map<unsigned, std::vector<std::uint64_t>> seen;
    std::promise<void> all;
    int left = 40;
    Committer committer(
        *store,
        [&](unsigned shard, std::uint64_t number) {
            seen[shard].push_back(number);
            if (--left == 0) all.set_value();
        },
        [](const Error& error) { FAIL_CHECK(error.message); });
    committer.start();
    for (std::uint64_t n = 1; n <= 20; ++n)
        for (unsigned shard = 0; shard < 2; ++shard)
            committer.take(batch(shard, n, Instant{static_cast<std::int64_t>(n * 10 + shard)}));
    all.get_future().wait();
    committer.stop();

    for (unsigned shard = 0; shard < 2; ++shard) {
        REQUIRE(seen[shard].size() == 20);
        for (std::uint64_t n = 1; n <= 20; ++n) CHECK(seen[shard][n - 1] == n);
        CHECK(*store->get(store::Family::meta, "batch/" + std::to_string(shard)) == "20");
    }
    CHECK(*store::last_stamp(*store) == Instant{201});
    CHECK(committer.commits() <= 40);
}

TEST_CASE("committer: what was taken before stop() is written") {
    const auto store = store::make_memory_store();
    int committed = 0;
    Committer committer(
        *store, [&](unsigned, std::uint64_t) { ++committed; }, [](const Error&) {});
    committer.take(batch(0, 1));
    committer.start();
    committer.stop();

    CHECK(committed == 1);
}

TEST_CASE("committer: after a failed commit nothing is written and nothing is reported durable") {
    Failing store(1);
    int committed = 0;
    std::vector<std::string> failures;
    Committer committer(
        store, [&](unsigned, std::uint64_t) { ++committed; },
        [&](const Error& error) { failures.push_back(error.message); });
    committer.start();
    std::promise<void> first;
    committer.take(store::Batch{}, [&](result<void>) { first.set_value(); });
    first.get_future().wait();
    committer.take(batch(0, 1));
    committer.take(batch(0, 2));
    committer.take(batch(1, 1));
    committer.stop();

    CHECK(committed == 0);
    CHECK(failures == std::vector<std::string>{"no space left on device"});
    CHECK(store.commits == 2);
}

}  // namespace countersign::runtime
