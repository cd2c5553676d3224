// Profiles of played departments: what is read, what is refused, who is answered how.
#include "cli/department/profile.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace countersign;
using namespace countersign::cli;

namespace {

/// Reads a profile from a text.
std::optional<Profile> profile_of(const std::string& text, diagnostics::Diagnostics& found) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("countersign-profile-" + std::to_string(getpid()) + ".yaml");
    std::ofstream(path) << text;
    auto profile = read_profile(path.string(), found);
    std::filesystem::remove(path);
    return profile;
}

}  // namespace

TEST_CASE("profile: an operation's answer is read whole") {
    diagnostics::Diagnostics found;
    const auto profile = profile_of(
        "profile: tel\n"
        "operations:\n"
        "  plan: { after: 20h, outcome: approved, result: { drawing: T-1, free: true, n: 2, no: "
        "'7' },\n"
        "          note: ok, fault: error, fault_attempts: 1 }\n",
        found);

    REQUIRE(profile);
    const auto answer = profile->answer({"plan", "06ETMB-C1", 1, {}});
    REQUIRE(answer);
    CHECK(answer->after == hours(20));
    CHECK(answer->outcome == "approved");
    CHECK(answer->result ==
          boost::json::object{{"drawing", "T-1"}, {"free", true}, {"n", 2}, {"no", "7"}});
    CHECK(answer->fault == Fault::error);
    CHECK(answer->fault_attempts == 1);
    CHECK(!profile->answer({"survey", "06ETMB-C1", 1, {}}));
}

TEST_CASE("profile: who comes to a meeting can keep every slot unless the profile says otherwise") {
    diagnostics::Diagnostics found;
    const auto profile = profile_of(
        "profile: tel\noperations:\n  look: { outcome: seen }\n  see.slots: { outcome: offered, "
        "result: { slots: [] } }\n",
        found);

    REQUIRE(profile);
    const auto offered = boost::json::parse(R"({"slots": ["2026-03-03T10:00:00+08:00"]})");
    const auto all = profile->answer({"look.slots", "06ETMB-C1", 1, offered});
    REQUIRE(all);
    CHECK(all->outcome == "offered");
    CHECK(all->result == offered.as_object());
    const auto none = profile->answer({"see.slots", "06ETMB-C1", 1, offered});
    REQUIRE(none);
    CHECK(none->result == boost::json::object{{"slots", boost::json::array{}}});
}

TEST_CASE("profile: an answer may wait for a time of the day, as offices do") {
    diagnostics::Diagnostics found;
    const auto profile = profile_of(
        "profile: tel\noperations:\n  plan: { after: 20h, at: '10:30', outcome: approved }\n",
        found);

    REQUIRE(profile);
    const Answer answer = *profile->answer({"plan", "06ETMB-C1", 1, {}});
    const auto asked = [](const char* text) { return *parse_rfc3339(text); };
    CHECK(answering_time(answer, asked("2026-02-10T12:00+08:00")) == minutes(22 * 60 + 30));
    CHECK(answering_time(answer, asked("2026-02-10T14:30+08:00")) == hours(20));
    CHECK(answering_time(answer, asked("2026-02-10T14:31+08:00")) ==
          hours(20) + minutes(23 * 60 + 59));
}

TEST_CASE("profile: shares are drawn by the call's id, the same for each attempt") {
    diagnostics::Diagnostics found;
    const auto profile = profile_of(
        "profile: gasco\n"
        "operations:\n"
        "  '*': [ { share: 3, outcome: approved }, { share: 1, outcome: rejected } ]\n",
        found);

    REQUIRE(profile);
    int rejected = 0;
    for (int i = 0; i < 1'000; ++i) {
        const std::string call = "06ETMB-C" + std::to_string(i);
        const auto answer = profile->answer({"plan", call, 1, {}});
        REQUIRE(answer);
        CHECK(answer->outcome == profile->answer({"plan", call, 1, {}})->outcome);
        rejected += answer->outcome == "rejected";
    }
    CHECK(rejected > 180);
    CHECK(rejected < 320);
}

TEST_CASE("profile: an answer may be meant for some calls or for a round") {
    diagnostics::Diagnostics found;
    const auto profile = profile_of(
        "profile: gasco\n"
        "operations:\n"
        "  plan:\n"
        "    - { outcome: approved }\n"
        "    - { when: { address: Road 2, flow: 6 }, outcome: rejected, note: no main }\n"
        "    - { when: { address: Road 3 }, round: 1, outcome: incomplete,\n"
        "        missing: { site_plan: unreadable } }\n",
        found);
    const auto outcome = [&](const char* input, std::uint32_t round) {
        return profile->answer({"plan", "C1", round, boost::json::parse(input)})->outcome;
    };

    REQUIRE(profile);
    CHECK(outcome(R"({"address": "Road 1", "flow": 6})", 1) == "approved");
    CHECK(outcome(R"({"address": "Road 2", "flow": 6.0})", 1) == "rejected");
    CHECK(outcome(R"({"address": "Road 2"})", 1) == "approved");
    CHECK(outcome(R"({"address": "Road 3"})", 1) == "incomplete");
    CHECK(outcome(R"({"address": "Road 3"})", 2) == "approved");
    const boost::json::array expected{{{"id", "site_plan"}, {"reason", "unreadable"}}};
    CHECK(profile->operations.at("plan")[2].missing == expected);
}

TEST_CASE("profile: mistakes are refused with their place") {
    diagnostics::Diagnostics found;

    CHECK_FALSE(profile_of(
        "profile: x\noperations:\n  plan: { outcome: ok, fault: eror, after: soon }\n", found));

    REQUIRE(found.all().size() == 2);
    CHECK(found.ordered()[0].span.line == 3);
    CHECK(found.errors() == 2);
}

TEST_CASE("profile: an answer without an outcome is refused unless it never answers") {
    diagnostics::Diagnostics missing;
    diagnostics::Diagnostics silent;

    CHECK_FALSE(profile_of("profile: x\noperations:\n  plan: { after: 1h }\n", missing));
    CHECK(profile_of("profile: x\noperations:\n  plan: { fault: silence }\n", silent));
}
