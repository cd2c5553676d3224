// Decision tables: what the checks find of random tables against trying every application, and
// that a table without a gap needs no default.

#include "support.hpp"
#include "tests/main.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>

namespace countersign::definitions {

namespace {

/// One application: a choice of three, a boolean, a whole number from 0 to 5.
struct Given {
    int kind = 0;
    bool urgent = false;
    int rooms = 0;
};

struct Condition {
    std::string text;
    std::function<bool(const Given&)> holds;
};

const char* const kinds[] = {"shop", "office", "store"};
const char* const signs[] = {"<", "<=", ">", ">=", "==", "!="};

class RandomTables {
  public:
    explicit RandomTables(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t bound) { return random_() % bound; }

    Condition condition(int depth) {
        if (depth == 0 || below(3) == 0) return comparison();
        const Condition a = condition(depth - 1);
        if (below(4) == 0)
            return {"!(" + a.text + ")", [a](const Given& given) { return !a.holds(given); }};
        const Condition b = condition(depth - 1);
        if (below(5) == 0) {
            const Condition c = comparison();
            return {"(" + c.text + " ? " + a.text + " : " + b.text + ")",
                    [a, b, c](const Given& given) {
                        return c.holds(given) ? a.holds(given) : b.holds(given);
                    }};
        }
        if (below(2) == 0)
            return {"(" + a.text + " && " + b.text + ")",
                    [a, b](const Given& given) { return a.holds(given) && b.holds(given); }};
        return {"(" + a.text + " || " + b.text + ")",
                [a, b](const Given& given) { return a.holds(given) || b.holds(given); }};
    }

  private:
    Condition comparison() {
        switch (below(4)) {
            case 0: {
                const int kind = static_cast<int>(below(3));
                const bool equal = below(2) == 0;
                return {
                    std::string("form.kind ") + (equal ? "==" : "!=") + " '" + kinds[kind] + "'",
                    [=](const Given& given) { return (given.kind == kind) == equal; }};
            }
            case 1: {
                const int left_out = static_cast<int>(below(3));
                std::string list;
                for (int i = 0; i < 3; ++i)
                    if (i != left_out)
                        list += (list.empty() ? "'" : ", '") + std::string(kinds[i]) + "'";
                return {"form.kind in [" + list + "]",
                        [=](const Given& given) { return given.kind != left_out; }};
            }
            case 2:
                return {"form.urgent", [](const Given& given) { return given.urgent; }};
            default:
                return number(below(6), static_cast<int>(below(6)), below(2) == 0);
        }
    }

    static Condition number(std::size_t sign, int bound, bool swapped) {
        const std::string rooms = "form.rooms", text = std::to_string(bound);
        return {swapped ? text + " " + signs[sign] + " " + rooms
                        : rooms + " " + signs[sign] + " " + text,
                [=](const Given& given) {
                    const int a = swapped ? bound : given.rooms;
                    const int b = swapped ? given.rooms : bound;
                    switch (sign) {
                        case 0:
                            return a < b;
                        case 1:
                            return a <= b;
                        case 2:
                            return a > b;
                        case 3:
                            return a >= b;
                        case 4:
                            return a == b;
                        default:
                            return a != b;
                    }
                }};
    }

    std::mt19937_64 random_;
};

std::string table_of(const std::vector<Condition>& rules) {
    std::string text =
        "process: trial\nversion: 1\ntitle: { en: Trial, zh: 试 }\n"
        "form:\n  kind: { type: choice, of: [shop, office, store], required: true }\n"
        "  urgent: { type: boolean, required: true }\n"
        "  rooms: { type: integer, min: 0, max: 5, required: true }\n"
        "steps:\n"
        "  read: { ask: hall.clerk, with: { a: =form.kind, b: =form.urgent, c: =form.rooms } }\n"
        "  route:\n    decide:\n";
    for (std::size_t i = 0; i < rules.size(); ++i)
        text +=
            "      - { if: \"" + rules[i].text + "\", then: { way: " + std::to_string(i) + " } }\n";
    return text +
           "ends:\n  granted: { kind: granted, when: steps.read.outcome == 'done' }\n"
           "  refused: { kind: refused, otherwise: true }\n";
}

std::vector<Given> all_given() {
    std::vector<Given> all;
    for (int kind = 0; kind < 3; ++kind)
        for (int urgent = 0; urgent < 2; ++urgent)
            for (int rooms = 0; rooms <= 5; ++rooms) all.push_back({kind, urgent == 1, rooms});
    return all;
}

/// What must be said of a table, by trying every application.
std::vector<std::string> expected_codes(const std::vector<Condition>& rules) {
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        bool holds = false, decides = false;
        for (const Given& given : all_given()) {
            if (!rules[i].holds(given)) continue;
            holds = true;
            decides = decides ||
                      std::none_of(rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const Condition& rule) { return rule.holds(given); });
        }
        if (!holds) expected.push_back("CS2093");
        if (holds && !decides) expected.push_back("CS2092");
    }
    for (const Given& given : all_given()) {
        if (std::any_of(rules.begin(), rules.end(),
                        [&](const Condition& rule) { return rule.holds(given); }))
            continue;
        expected.push_back("CS2090");
        break;
    }
    std::sort(expected.begin(), expected.end());
    return expected;
}

}  // namespace

TEST_CASE("tables: of random tables exactly the gaps and hidden rules are found that there are") {
    RandomTables random(tests::seed());
    INFO("seed ", tests::seed());
    for (int round = 0; round < 300; ++round) {
        std::vector<Condition> rules;
        const std::size_t count = 1 + random.below(4);
        for (std::size_t i = 0; i < count; ++i) rules.push_back(random.condition(2));
        const std::string text = table_of(rules);
        CAPTURE(text);

        auto found = codes(check(with_library(text)));
        std::sort(found.begin(), found.end());

        CHECK(found == expected_codes(rules));
    }
}

TEST_CASE("tables: where the rules leave nothing over, the last one holds whenever it is reached") {
    const Condition urgent{"form.urgent", {}}, calm{"!form.urgent", {}};

    const Checked checked = check(with_library(table_of({urgent, calm})));

    CHECK(rendered(checked) == "");
    const auto& decide =
        std::get<model::DecideVerb>(step_of(checked.deployable.processes.front(), "route").verb);
    REQUIRE(decide.rules.size() == 2);
    CHECK(decide.rules.front().condition.has_value());
    CHECK_FALSE(decide.rules.back().condition.has_value());
}

TEST_CASE("tables: what is compared with something else than a constant may be either way") {
    const Condition odd{"form.rooms % 2 == form.kind.size() % 2", {}};
    const Condition even{"!(form.rooms % 2 == form.kind.size() % 2)", {}};
    const Condition other{"form.rooms % 3 == form.kind.size() % 2", {}};

    CHECK(codes(check(with_library(table_of({odd, even})))) == std::vector<std::string>{});
    CHECK(codes(check(with_library(table_of({odd, other})))) == std::vector<std::string>{"CS2090"});
}

TEST_CASE(
    "conditions: somebody is asked where the conditions of those who may be leave nothing over") {
    const auto with = [](const std::string& second) {
        return codes(
            check(with_library("process: trial\nversion: 1\ntitle: { en: Trial, zh: 试 }\n"
                               "form:\n  urgent: { type: boolean, required: true }\n"
                               "steps:\n"
                               "  a: { ask: hall.clerk, when: form.urgent }\n"
                               "  b: { ask: hall.clerk, when: \"" +
                               second +
                               "\" }\n"
                               "ends:\n  granted: { kind: granted, otherwise: true }\n")));
    };

    CHECK(with("!form.urgent") == std::vector<std::string>{});
    CHECK(with("form.urgent") == std::vector<std::string>{"CS2051"});
}

TEST_CASE("conditions: after the end an outcome is seen that ended the case, before it is not") {
    const std::string process =
        "process: trial\nversion: 1\ntitle: { en: Trial, zh: 试 }\n"
        "steps:\n"
        "  read: { ask: hall.clerk, choices: { fine: ok, bad: refusal }, on: { bad: { end: refused "
        "} "
        "} }\n";
    const std::string appeal =
        "  appeal: { ask: applicant, needs: read, when: steps.read.outcome == 'bad' }\n";
    const std::string ends =
        "ends:\n  granted: { kind: granted, when: steps.read.outcome == 'fine' }\n"
        "  refused: { kind: refused, otherwise: true }\n";
    const std::string later =
        "after_end:\n  appeal: { ask: applicant, when: "
        "\"steps.read.?outcome.orValue('') == 'bad'\" }\n"
        "  note: { ask: applicant, when: has(steps.read.outcome) && "
        "steps.read.outcome == 'bad' }\n";

    CHECK(codes(check(with_library(process + appeal + ends))) ==
          std::vector<std::string>{"CS2093"});
    CHECK(codes(check(with_library(process + ends + later))) == std::vector<std::string>{});
}

}  // namespace countersign::definitions
