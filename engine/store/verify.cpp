// Verification of cases: chain, values, and replay against what the engine would load.
#include "engine/base/bytes.hpp"
#include "engine/store/chain.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace countersign::store {

namespace {

constexpr int attempts_max = 5;

class Verification {
  public:
    Verification(const Store& store, CaseId id) : store_(store), id_(id) {}

    ChainReport run() {
        report_.cases = 1;
        const auto head = read_head(store_, id_);
        if (!head) return problem(0, head.error().message);
        check_chain(*head);
        check_values();
        // Applying records that were changed could break the engine's own invariants.
        if (report_.ok()) compare_states();
        return std::move(report_);
    }

  private:
    ChainReport problem(std::uint64_t sequence, std::string message) {
        if (report_.problems.size() < chain_problems_max)
            report_.problems.push_back({id_, sequence, std::move(message)});
        else
            ++report_.problems_left_out;
        return report_;
    }

    void check_chain(const std::optional<Head>& head) {
        std::uint64_t at = 0;
        Head at_head;
        const auto end = walk_chain(
            store_, id_, {}, ~std::uint64_t{0},
            [&](std::string_view, const Head& after) {
                ++report_.records;
                if (head && after.sequence == head->sequence) at_head = after;
                return true;
            },
            at);
        if (!end)
            problem(at, end.error().message);
        else if (!head)
            problem(end->sequence, fmt::format("case {} has no head", id_.text()));
        else if (end->sequence < head->sequence)
            problem(end->sequence + 1,
                    broken(id_, end->sequence + 1, "it is missing: the head is further").message);
        else if (at_head != *head)
            problem(head->sequence,
                    broken(id_, head->sequence, "it does not match the head").message);
        else if (end->sequence > head->sequence)
            problem(head->sequence + 1,
                    broken(id_, head->sequence + 1, "it is behind the head").message);
    }

    void check_values() {
        const std::string prefix = case_key(id_);
        const auto scanned =
            store_.scan(Family::values, prefix, after_prefix(prefix),
                        [&](std::string_view key, std::string_view value) {
                            ++report_.values;
                            const std::string_view hash = key.substr(case_key_bytes);
                            if (hash != view_of(sha256(value)))
                                problem(0, fmt::format("the value {} of case {} was changed",
                                                       hex(hash), id_.text()));
                            return true;
                        });
        if (!scanned) problem(0, scanned.error().message);
    }

    void compare_states() {
        const auto loaded = load_case(store_, id_);
        if (!loaded) {
            problem(0, loaded.error().message);
            return;
        }
        if (loaded->erased) ++report_.erased;
        if (loaded->snapshot_bytes > 0) ++report_.snapshots;
        if (loaded->snapshot_damaged)
            problem(0, fmt::format("the snapshot of case {} is damaged; the journal is not",
                                   id_.text()));
        const auto replayed = replay_case(store_, id_, loaded->head.sequence);
        if (!replayed)
            problem(0, replayed.error().message);
        else if (replayed->id != id_)
            problem(1, broken(id_, 1, "it opens another case").message);
        else if (encode_state(*replayed) != encode_state(loaded->state))
            problem(0, fmt::format("case {}: its journal and its snapshot give different states",
                                   id_.text()));
    }

    const Store& store_;
    CaseId id_;
    ChainReport report_;
};

void add(ChainReport& sum, ChainReport&& part) {
    sum.cases += part.cases;
    sum.records += part.records;
    sum.values += part.values;
    sum.snapshots += part.snapshots;
    sum.erased += part.erased;
    sum.problems_left_out += part.problems_left_out;
    for (ChainProblem& found : part.problems) {
        if (sum.problems.size() < chain_problems_max)
            sum.problems.push_back(std::move(found));
        else
            ++sum.problems_left_out;
    }
}

}  // namespace

ChainReport verify_case(const Store& store, CaseId id) {
    // A case that gets records while it is looked at is looked at again.
    for (int attempt = 1;; ++attempt) {
        const auto before = read_head(store, id);
        ChainReport report = Verification(store, id).run();
        if (report.ok() || attempt == attempts_max) return report;
        const auto after = read_head(store, id);
        if (!before || !after || *before == *after) return report;
    }
}

ChainReport verify_all(const Store& store) {
    ChainReport sum;
    std::string from;
    for (;;) {
        std::optional<CaseId> next;
        std::string next_key;
        for (const Family family : {Family::journal, Family::cases, Family::values, Family::keys}) {
            const auto found = next_case(store, family, from);
            if (!found) {
                sum.problems.push_back({{}, 0, found.error().message});
                return sum;
            }
            if (!*found) continue;
            std::string key = case_key(**found);
            if (next && key >= next_key) continue;
            next = **found;
            next_key = std::move(key);
        }
        if (!next) return sum;
        add(sum, verify_case(store, *next));
        from = after_prefix(next_key);
        if (from.empty()) return sum;
    }
}

}  // namespace countersign::store
